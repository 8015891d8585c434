import os
import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pexpect
import pytest

from tests.conftest import Ran, Run
from tests.outline import FILE, written
from tests.people import BASES, open_batch
from zhupei_cli.model import Run as StoredRun
from zhupei_cli.store.engine import transaction

BASE_CODES = [code for code, _ in BASES]


def test_the_outline_is_that_of_the_program() -> None:
    assert FILE.read_text("utf-8") == written(), "run `python -m tests.outline`"


@pytest.fixture
def tab(zhupei: Run) -> Run:
    """Return what answers Tab as bash asks it: the values offered after `line`."""

    def values(line: str, url: str = "sqlite:///none.sqlite", shell: str = "bash") -> Ran:
        env = {
            "_ZHUPEI_COMPLETE": f"{shell}_complete",
            "COMP_WORDS": line,
            "COMP_CWORD": str(line.count(" ")),
            "ZHUPEI_DATABASE_URL": url,
        }
        return zhupei(env=env)

    return values


def offered(ran: Ran) -> list[str]:
    assert (ran.code, ran.err) == (0, "")
    return [line.removeprefix("plain,") for line in ran.out.splitlines() if line]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("zhupei batch cre", ["create"]),
        ("zhupei batch plan s", ["set", "stop"]),
        ("zhupei admit run --rule s", ["score-first", "stable"]),
        ("zhupei trainee import --sub", ["--submit"]),
        ("zhupei trainee import ", ["file,"]),
        ("zhupei completion ", ["bash", "zsh", "fish", "powershell"]),
        ("zhupei help batch plan s", ["set", "stop"]),
        ("zhupei explain e50", [f"E50{digit}" for digit in range(1, 10)]),
        ("zhupei batch edit --set min", ["min_score="]),
    ],
)
def test_what_needs_no_database(tab: Run, line: str, expected: list[str]) -> None:
    assert offered(tab(line)) == expected


def test_what_the_database_knows(tab: Run, database: str) -> None:
    with transaction(database) as session:
        batch = open_batch(session)
        batch.name = "2026 年招收"
        open_batch(session, code="HN2025", status="archived").year = 2025
        session.add(_run(batch.id))

    def values(line: str) -> list[str]:
        return offered(tab(line, database))

    assert values("zhupei batch show ") == ["HN2026", "HN2025"]
    assert values("zhupei review queue --batch HN2025") == ["HN2025"]
    assert values("zhupei base show 4101") == ["4101001", "4101002"]
    assert values("zhupei base show 郑州") == ["郑州第一医院", "郑州第二医院"]
    assert values("zhupei base show 中心") == ["洛阳中心医院"]
    assert values("zhupei batch plan set 4101001 28") == ["2800"]
    assert values("zhupei batch plan set 4101001 内") == ["内科"]
    assert values("zhupei admit show ") == ["7"]
    assert values("zhupei admit commit --batch HN2025 ") == []
    assert values("zhupei review approve HN2026-0") == []


def _run(batch_id: int) -> StoredRun:
    from datetime import UTC, datetime

    counts = {"candidates": 0, "admitted": 0, "vacancies": 0}
    return StoredRun(
        id=1,
        batch_id=batch_id,
        number=7,
        rule="stable",
        round="main",
        adjust=True,
        inputs_sha256="0" * 64,
        results_sha256="0" * 64,
        made_by="x",
        made_at=datetime(2026, 7, 1, tzinfo=UTC),
        **counts,
    )


def test_other_shells_see_the_words_too(tab: Run, database: str) -> None:
    with transaction(database) as session:
        open_batch(session)
    assert tab("zhupei batch show ", database, "zsh").out == "plain\nHN2026\n2026 年招收\n"
    assert tab("zhupei base show 41030", database, "powershell").out == "plain\n4103001\n洛阳中心医院\n"


def test_powershell_reads_the_answer_as_utf8_and_sets_the_console_back(zhupei: Run) -> None:
    script = zhupei("completion", "powershell").out
    asked = script.index("$response = & zhupei")
    assert script.index("[Console]::OutputEncoding = [System.Text.Encoding]::UTF8") < asked
    assert script.index("[Console]::OutputEncoding = $prev_encoding") > script.index("} finally {") > asked


@pytest.mark.parametrize("content", [None, b"", b"no database" * 100])
def test_without_a_database_nothing_is_offered_and_nothing_made(
    tab: Run, home: Path, content: bytes | None
) -> None:
    if content is not None:
        (home / "a.sqlite").write_bytes(content)
    before = sorted(home.iterdir())
    assert offered(tab("zhupei base show ", "sqlite:///a.sqlite")) == []
    assert offered(tab("zhupei base show ", "nonsense")) == []
    assert sorted(home.iterdir()) == before


def test_a_writer_holds_nobody_up(tab: Run, home: Path, template: Path) -> None:
    shutil.copyfile(template, home / "a.sqlite")
    with closing(sqlite3.connect(home / "a.sqlite", isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        assert "0100" in offered(tab("zhupei batch plan set 4101001 ", "sqlite:///a.sqlite"))


# -- real shells -----------------------------------------------------------------------------------


def _shell(name: str, *args: str, home: Path, template: Path) -> "pexpect.spawn[str]":
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"NO {name} HERE: its completion was not tried")
    shutil.copyfile(template, home / "a.sqlite")
    programs = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    # Variables that a test run sets for itself change how an interactive shell behaves.
    kept = {key: os.environ[key] for key in ("LD_LIBRARY_PATH", "PYTHONPATH") if key in os.environ}
    env = {"PATH": programs, "HOME": str(home), "TERM": "xterm", "LC_ALL": "C.UTF-8", "PYTHONUTF8": "1"}
    env |= {"ZHUPEI_DATABASE_URL": "sqlite:///a.sqlite", "XDG_CONFIG_HOME": str(home / "config")}
    return pexpect.spawn(
        found, list(args), env=env | kept, cwd=home, encoding="utf-8", timeout=20, dimensions=(24, 120)
    )


def test_in_bash(home: Path, template: Path) -> None:
    shell = _shell("bash", "--norc", "--noprofile", home=home, template=template)
    shell.sendline("eval \"$(zhupei completion bash)\"; echo load''ed")
    shell.expect("loaded")
    shell.send("zhupei bat\tpl\tse\tX 儿\t\t")  # two begin so: the second Tab lists them
    shell.expect("儿科")
    shell.close(force=True)


def test_in_zsh(home: Path, template: Path) -> None:
    shell = _shell("zsh", "-f", home=home, template=template)
    shell.sendline("autoload -U compinit && compinit -u; eval \"$(zhupei completion zsh)\"; echo load''ed")
    shell.expect("loaded")
    shell.send("zhupei bat\tpl\tse\tX 儿\t")
    shell.expect("儿科")
    shell.close(force=True)


def test_in_fish(home: Path, template: Path) -> None:
    shell = _shell("fish", "--no-config", "--private", home=home, template=template)
    shell.sendline("zhupei completion fish | source; echo load''ed")
    shell.expect("loaded")
    shell.send("zhupei batch plan set X 儿\t")
    shell.expect("儿科")
    shell.close(force=True)
