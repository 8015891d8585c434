"""What is kept for good and what is shown: reasons, operators, characters that steer a terminal, clocks."""

import json
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.conftest import NOW, Ran, Run
from tests.people import open_batch, person, write_book, write_people
from zhupei_cli.acting import Acting
from zhupei_cli.services.records.events import Change, record
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.store.engine import parse_url, transaction
from zhupei_cli.store.engines.sqlite.file import sqlite_path

FIRST, SECOND = "HN2026-0000001", "HN2026-0000002"
STEERING = "好\x1b[2J\x9b5m\u202e坏"


@pytest.fixture
def shell(zhupei: Run, database: str, home: Path) -> Run:
    """Two applications that are submitted, the second one turned down."""
    with transaction(database) as session:
        open_batch(session)

    def run(*args: str | Path, **more: object) -> Ran:
        return zhupei("--database", database, *args, **more)

    assert (
        run("trainee", "import", write_people(home / "人.xlsx", [person(1), person(2)]), "--submit").code == 0
    )
    assert run("review", "reject", SECOND, "--reason", "材料不全").code == 0
    return run


@pytest.mark.parametrize(
    ("reason", "code"), [("长" * 501, "E660"), ("缺\ue123少", "E661"), ("缺\U000f0001", "E661")]
)
def test_a_reason_has_one_rule_on_every_database(shell: Run, home: Path, reason: str, code: str) -> None:
    for command in (
        ("review", "reject", FIRST, "--reason", reason),
        ("apply", "withdraw", FIRST, "--yes", "--reason", reason),
        ("batch", "close", "HN2026", "--yes", "--reason", reason),
    ):
        ran = shell(*command)
        assert (ran.code, ran.err.startswith(f"错误 [{code}]：原因")) == (2, True), ran.err
    rows = [{"application_no": FIRST, "decision": "不通过", "reason": reason}]
    ran = shell("review", "import", write_book(home / "审.xlsx", [(workbook_kinds.REVIEW, rows)]))
    assert (ran.code, f"[{code}] 审.xlsx 审核意见 第 2 行" in ran.err) == (3, True), ran.err
    assert shell("review", "reject", FIRST, "--reason", "长" * 500).code == 0


def test_an_operator_has_one_rule_on_every_database(shell: Run, database: str) -> None:
    for name, code in (("长" * 65, "E660"), ("王\ue123", "E661")):
        ran = shell("--operator", name, "review", "approve", FIRST)
        assert (ran.code, ran.err.startswith(f"错误 [{code}]：经办人")) == (2, True), ran.err
    with pytest.raises(Exception, match="E660"), transaction(database) as session:
        record(session, Acting("甲", NOW), [Change("batch.edit", "HN2026", 1, reason="长" * 501)])


def test_another_reason_is_not_passed_over(shell: Run, home: Path) -> None:
    row = {"application_no": SECOND, "decision": "不通过", "reason": "学历不符"}
    ran = shell("review", "import", write_book(home / "审.xlsx", [(workbook_kinds.REVIEW, [row])]))
    assert (ran.code, "不变 0，未通过 1" in ran.err, "[E662]" in ran.err) == (3, True, True), ran.err
    assert "登记的原因是“材料不全”" in ran.err
    for reason in ("材料不全", None):
        book = write_book(home / "同.xlsx", [(workbook_kinds.REVIEW, [row | {"reason": reason}])])
        ran = shell("review", "import", book)
        assert (ran.code, "不变 1" in ran.err) == (0, True), ran.err
    assert shell("review", "reject", SECOND, "--reason", "学历不符").code == 5
    assert shell("review", "reject", SECOND, "--reason", "材料不全").code == 0


def test_a_clock_that_was_set_back_is_told(shell: Run, database: str) -> None:
    def remarks() -> tuple[list[str], bool]:
        told = json.loads(shell("audit", "verify", "--json").out)
        looked = json.loads(shell("doctor", "--json").out)
        assert told["ok"]
        return [one["code"] for one in told["warnings"]], any("比前一条早" in one["found"] for one in looked)

    assert remarks() == ([], False)
    for minutes in (-4, -60):
        with transaction(database) as session:
            at = NOW + timedelta(minutes=minutes)
            record(session, Acting("甲", at), [Change("batch.edit", "HN2026", 1, data={})])
    assert remarks() == (["E663"], True)
    assert "提醒 [E663]：有 1 条操作记录比前一条早" in shell("audit", "verify").err


def test_nothing_that_is_stored_steers_a_terminal_or_the_log(shell: Run, database: str, home: Path) -> None:
    with transaction(database) as session:
        session.execute(text("UPDATE trainee SET name = :name WHERE id = 1"), {"name": STEERING})
        session.execute(text("UPDATE batch SET name = :name"), {"name": STEERING})
        session.execute(text("UPDATE review SET reason = :name"), {"name": STEERING})
    for words in (
        "trainee list",
        "trainee show 编号:1",
        "batch show",
        "status",
        "review log " + SECOND,
        "batch list",
    ):
        ran = shell(*words.split(), "--log-file", home / "log.txt")
        assert "好" in ran.out, words
        assert not any(char in ran.out + ran.err for char in "\x1b\x9b\u202e"), words
    ran = shell("--operator", "王\x1b[2J", "trainee", "show", "\x1b[2J无", "--log-file", home / "log.txt")
    assert ran.code == 4
    ran = shell("trainee", "edit", "编号:1", "--mobile", "1\u202e", "--log-file", home / "log.txt")
    assert not any(char in (home / "log.txt").read_text("utf-8") for char in "\x1b\x9b\u202e")


@pytest.mark.sqlite
def test_text_that_is_no_utf8_is_a_damaged_file(shell: Run, database: str) -> None:
    with sqlite3.connect(sqlite_path(parse_url(database))) as connection:
        connection.execute("UPDATE trainee SET name = CAST(x'e78e8bff' AS TEXT) WHERE id = 1")
    connection.close()
    for words in ("trainee list", "trainee show 编号:1"):
        ran = shell(*words.split())
        assert (ran.code, ran.err[:9]) == (6, "错误 [E505]"), (words, ran.err)
        assert "王" not in ran.err
