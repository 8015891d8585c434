"""A season in which every 下一步 that is said is typed, and succeeds."""

import re
import shlex
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.builders import store_world, worked_example
from tests.conftest import Ran, Run
from tests.people import write_book
from zhupei_cli.model import Batch
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.store.engine import transaction

Call = Callable[..., Ran]
_HINT = re.compile(r"下一步：zhupei (.+)（[^（）]*）$", re.MULTILINE)
#: What ends something asks on a terminal.
_FINAL = ("publish", "finalize", "archive")
_NO = "T-000000{}".format
_WHY = ("--reason", "有原因")


@pytest.fixture
def season(database: str) -> str:
    """The worked example, closed, its marks still to come and somebody absent among them."""
    example = worked_example()
    with transaction(database) as session:
        people = tuple(one._replace(records=()) for one in example.candidates)
        store_world(session, replace(example, candidates=people), status="closed", told=True)
    return database


@pytest.fixture
def call(season: str, zhupei: Run, home: Path) -> Call:
    marks: list[dict[str, Any]] = [
        {"application_no": _NO(number), "written": mark, "skill": mark, "interview": mark}
        for number, mark in ((1, 90), (2, 80), (3, 78), (4, 70), (5, "缺考"))
    ]
    write_book(home / "成绩.xlsx", [(workbook_kinds.SCORE, marks)])
    return lambda *args, **options: zhupei("--database", season, *args, **options)


def _hints(ran: Ran) -> Iterator[list[str]]:
    for found in _HINT.finditer(ran.err):
        yield shlex.split(found[1])


def _follow(call: Call, ran: Ran) -> Ran:
    """Type all the hints of a command; return what the last one gave."""
    assert ran.code == 0, ran.err
    hints = list(_hints(ran))
    assert hints, ran.err
    for words in hints:
        ran = call(*words, *_further(words))
        assert ran.code == 0, (words, ran.err)
    return ran


def _further(words: list[str]) -> list[str]:
    """Return what somebody adds at this terminal: consent, and that a file of before may go."""
    return ["--yes"] * (words[1] in _FINAL) + ["--force"] * ("-o" in words)


def _status(call: Call) -> str:
    sheet = call("status").out
    return sheet.partition("状态")[2].split()[0]


def test_from_the_end_of_applications_to_the_archive_by_hints_alone(call: Call, home: Path) -> None:
    ran = call("admit", "check", "--batch", "T")
    assert ran.code == 3
    # status says the same as the hints of the steps.
    assert "zhupei admit scores import 成绩.xlsx --batch T（导入成绩）" in call("status").out
    assert call("admit", "scores", "import", "成绩.xlsx", "--batch", "T").code == 0
    assert "zhupei batch lock T（锁定，准备录取）" in call("status").out
    assert _status(call) == "报名结束"
    ran = _follow(call, call("admit", "check", "--batch", "T"))  # lock
    ran = _follow(call, ran)  # check
    ran = _follow(call, ran)  # run
    ended = ("--apply-until", "2026-06-05 09:00", "--set", "publicity_until=2026-06-06 10:00")
    assert call("batch", "edit", "T", *ended).code == 0
    ran = _follow(call, ran)  # list, commit
    assert _status(call) == "已定拟录取"
    ran = _follow(call, ran)  # rosters, publish
    assert _status(call) == "公示中"
    # Who was not admitted has nothing to give up; who was, has.
    refused = call("admit", "decline", _NO(5), *_WHY)
    assert refused.code == 5
    assert "admit commit" not in refused.err
    assert call("admit", "decline", _NO(1), *_WHY).code == 0
    adjusted = call("admit", "run", "--round", "adjust")
    assert adjusted.code == 0
    again = [words for words in _hints(adjusted) if words[1] == "commit"]
    committed = call(*again[0], "--yes")
    assert "batch publish" not in committed.err
    _follow(call, committed)  # the list to publish, finalize
    assert _status(call) == "已正式录取"
    sheet = home / "报到.xlsx"
    assert call("admit", "checkin", "template", "--batch", "T", "-o", sheet).code == 0
    book = openpyxl.load_workbook(sheet)
    for row in range(3, book.worksheets[0].max_row + 1):
        book.worksheets[0].cell(row, 3, "是")
    book.save(sheet)
    assert call("admit", "checkin", "import", sheet).code == 0
    assert "zhupei batch archive T（归档）" in call("status").out
    assert call("batch", "seal", "T", "-o", "T.zip").code == 0
    archived = call("batch", "archive", "T", "--yes")
    assert archived == Ran(
        0, "", "批次 T 已由“已正式录取”变为“已归档”，已报到 3 人，未报到 0 人，没有登记报到 0 人\n"
    )
    assert "zhupei batch create HN2027 " in call("status").out


def test_a_code_that_is_taken_is_not_proposed(zhupei: Run, season: str) -> None:
    with transaction(season) as session:
        batch = session.get_one(Batch, 1)
        batch.status, batch.code = "archived", "HN2027"
    assert "zhupei batch create HN2027-2 " in zhupei("--database", season, "status").out
