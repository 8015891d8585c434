import os
import subprocess
import sys

import pytest

from tests.report_world import World, draw, store
from zhupei_cli.shell.cli import COMMANDS
from zhupei_cli.store.engine import transaction

#: What takes longer to import than the whole of `zhupei --help`; and what only running commands need.
HEAVY = {
    *("sqlalchemy", "alembic", "pandas", "numpy", "openpyxl", "xlsxwriter", "python_calamine"),
    *("tabulate", "wcwidth", "platformdirs", "tomllib", "json", "dataclasses", "importlib.metadata"),
    *("shutil", "tempfile", "sqlite3", "zhupei_cli.words.catalogue", "zhupei_cli.settings"),
}
PRINT_MODULES = """
import sys
from zhupei_cli.shell.cli import main
try:
    main()
finally:
    print(*sys.modules, file=sys.stderr)
"""


def modules(*args: str, env: dict[str, str] | None = None) -> tuple[str, set[str]]:
    ran = subprocess.run(
        [sys.executable, "-c", PRINT_MODULES, *args],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONUTF8": "1", **(env or {})},
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout, set(ran.stderr.split())


def test_help_imports_click_and_nothing_heavy() -> None:
    out, found = modules("--help")
    assert out.startswith("用法：zhupei ")
    assert found & HEAVY == set()
    assert {name for name in found if name.startswith("zhupei_cli.commands")} == set()


@pytest.mark.sqlite
@pytest.mark.parametrize(
    "command",
    [
        *(
            "report --help",
            "report pivot --help",
            "frames",
            "batch list",
            "base list",
            "apply list --limit 1",
        ),
        *("report funnel --batch R", "report nightly -n -o 日报 --batch R"),
    ],
)
def test_only_figures_over_years_import_pandas(command: str, database: str) -> None:
    with transaction(database) as session:
        store(session, World(draw(1).plan, []), status="open")
    if command == "frames":
        ran = subprocess.run(
            [sys.executable, "-c", "import sys, zhupei_cli.frames; print(*sys.modules)"],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        found = set(ran.stdout.split())
    else:
        _, found = modules("--database", database, *command.split())
    assert found & {"pandas", "numpy", "pyarrow"} == set()


@pytest.mark.sqlite
def test_a_figure_over_years_imports_pandas(database: str) -> None:
    """Were the test above to look for the wrong name, it could not fail."""
    with transaction(database) as session:
        store(session, World(draw(1).plan, []), status="open")
    _, found = modules("--database", database, "report", "trend", "--by", "base")
    assert "pandas" in found
    assert "zhupei_cli.services.reports.reporting" not in found, "nor the nightly report"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("zhupei ", list(COMMANDS)),
        ("zhupei b", ["base", "batch"]),
        ("zhupei --da", ["--database"]),
        ("zhupei batch plan se", ["set"]),
        ("zhupei review approve --sk", ["--skip-bad"]),
        ("zhupei --database sqlite:///none.sqlite base show ", []),
    ],
)
def test_completion_imports_no_command(words: str, expected: list[str]) -> None:
    env = {"_ZHUPEI_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))}
    out, found = modules(env=env)
    assert out.split() == [f"plain,{name}" for name in expected]
    assert {name for name in found if name.startswith(("zhupei_cli.commands", "sqlalchemy"))} == set()


def test_help_speaks_chinese_whatever_the_shell_speaks() -> None:
    pages = {modules("--help", env={"LANGUAGE": lang, "LC_ALL": lang})[0] for lang in ("C", "en_US", "zh_CN")}
    assert len(pages) == 1


def test_a_stream_that_is_not_utf8_shows_what_it_can() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", "from zhupei_cli.shell.cli import main; main()", "explain", "𠮷é"],
        capture_output=True,
        env={**os.environ, "PYTHONUTF8": "0", "PYTHONIOENCODING": "gbk"},
        check=False,
    )
    assert ran.returncode == 4
    assert ran.stderr.decode("gbk").splitlines()[0] == "错误 [E390]：没有错误代码 ?é"
