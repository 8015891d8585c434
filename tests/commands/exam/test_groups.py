"""`zhupei exam groups`: the second exam (复试), from the workbook to the sheets and the notices."""

import json
import re
from collections.abc import Callable
from datetime import time, timedelta
from pathlib import Path

import openpyxl
import pytest
from pypdf import PdfReader
from sqlalchemy import update

from tests.conftest import Ran, Run
from tests.exam_world import ROOMS, closed_batch, step
from tests.people import write_book
from zhupei_cli.model import Snapshot
from zhupei_cli.sheets.kinds.cells import Cell, Unreadable
from zhupei_cli.sheets.kinds.exam_kinds import EXAM_GROUP, EXAM_ROOM, clock
from zhupei_cli.store.engine import transaction

Call = Callable[..., Ran]
NO = "T-{:07d}".format


@pytest.fixture
def call(database: str, zhupei: Run) -> Call:
    """Batch T, closed, of six approved people, the sixth not yet."""
    with transaction(database) as session:
        closed_batch(session, 6, told=True)
        step(session, (6,), "submitted")
    return lambda *args: zhupei("--database", database, *args)


def _write(home: Path, *rows: tuple[str, str, str, str, str]) -> None:
    keys = ("application_no", "group", "day", "clock", "place")
    write_book(home / "复试.xlsx", [(EXAM_GROUP, [dict(zip(keys, row, strict=True)) for row in rows])])


def test_groups_from_the_workbook_to_the_sheets(call: Call, home: Path) -> None:
    assert call("exam", "groups", "template").code == 0
    one, two = ("2026.7.10", "8:30-11:30", "示教室"), ("2026-07-11", "14:00", "会议室")
    _write(home, (NO(1), "内科一组", *one), (NO(2), "内科一组", *one), (NO(3), "外科组", *two))
    taken = call("exam", "groups", "import", "复试.xlsx")
    assert (taken.code, "新增 3，更新 0，不变 0，未通过 0" in taken.err) == (0, True)
    assert "不变 3" in call("exam", "groups", "import", "复试.xlsx").err
    rows = json.loads(call("exam", "groups", "list", "--json").out)
    assert [(row["group"], row["day"], row["clock"], row["application_no"]) for row in rows] == [
        ("内科一组", "2026-07-10", "08:30-11:30", NO(1)),
        ("内科一组", "2026-07-10", "08:30-11:30", NO(2)),
        ("外科组", "2026-07-11", "14:00", NO(3)),
    ]
    assert all("*" in row["id_number"] for row in rows)
    # What was listed comes in again unchanged; what is wrong stays out, and says where.
    assert call("exam", "groups", "list", "--reveal", "-o", "again.xlsx").code == 0
    assert "不变 3" in call("exam", "groups", "import", "again.xlsx").err
    _write(
        home,
        (NO(1), "外科组", *two),
        (NO(4), "外科组", "2026-07-11", "下午", "会议室"),
        (NO(6), "外科组", *two),
        (NO(9), "外科组", *two),
    )
    mixed = json.loads(call("exam", "groups", "import", "复试.xlsx", "--json").out)
    assert mixed["counts"]["updated"] == 1
    assert [(one["row"], one["code"]) for one in mixed["problems"]] == [(3, "E790"), (4, "E172"), (5, "E304")]
    # A year mistyped is no day to come to, and of two rows of one person neither says marks.
    gone = ("外科组", "2025-07-11", "14:00", "会议室")
    _write(home, (NO(4), *gone), (NO(5), "外科组", *two), (NO(5), "内科一组", *one))
    wrong = json.loads(call("exam", "groups", "import", "复试.xlsx", "--json", "--log-file", "记.log").out)
    kept = (home / "记.log").read_text("utf-8").splitlines()
    assert [re.findall(r"未通过 3|E714|E174", line) for line in kept] == [
        ["未通过 3"],
        ["E714"],
        *[["E174"]] * 2,
    ]
    assert [(row["row"], row["code"]) for row in wrong["problems"]] == [(2, "E714"), (3, "E174"), (4, "E174")]
    assert ["复试分组" in row["message"] for row in wrong["problems"][1:]] == [True, True]
    assert "成绩" not in str(wrong["problems"])
    # Each group on pages of its own, with exactly its people.
    printed = call("exam", "groups", "sheets", "-o", "签到.pdf")
    assert printed.err == "印制 2 组、3 人的复试签到表，存放在 签到.pdf\n"
    pages = [page.extract_text() for page in PdfReader(home / "签到.pdf").pages]
    assert [sorted(n for n in range(1, 7) if NO(n) in page) for page in pages] == [[2], [1, 3]]
    assert ["示教室" in pages[0], "外科组" in pages[1], "2026-07-11 14:00" in pages[1]] == [True] * 3
    assert call("exam", "groups", "sheets", "--group", "无", "-o", "x.pdf").code == 4
    twice = ("--group", "内科一组", "--group", "外科组")
    both = json.loads(call("exam", "groups", "list", *twice, "--json").out)
    assert {row["group"] for row in both} == {"内科一组", "外科组"}
    assert call("exam", "groups", "list", *twice, "--group", "无").code == 4
    assert call("exam", "groups", "sheets", "-o", "x.txt").code == 2
    # Who moved is told anew, the others are not.
    notice = ("notice", "export", "--event", "复试", "-o")
    assert json.loads(call(*notice, "一.xlsx", "--json").out)["people"] == 3
    sheet = openpyxl.load_workbook(home / "一.xlsx").worksheets[0]
    assert "请于2026-07-11 14:00到会议室参加" in str(sheet.cell(2, 3).value)
    _write(home, (NO(3), "外科组", "2026-07-12", "14:00", "会议室"))
    assert call("exam", "groups", "import", "复试.xlsx").code == 0
    assert json.loads(call(*notice, "二.xlsx", "--json").out)["people"] == 1
    # Each import is taken back as it came, and every row stands as its events say.
    assert call("imports", "undo", "2", "--reason", "有误", "--yes").code == 5
    newest = max(row["import_id"] for row in json.loads(call("imports", "list", "--json").out))
    assert call("imports", "undo", str(newest), "--reason", "有误", "--yes").code == 0
    rows = json.loads(call("exam", "groups", "list", "--json").out)
    assert [row["day"] for row in rows if row["application_no"] == NO(3)] == ["2026-07-11"]
    assert "复试" not in call("db", "check").out


@pytest.mark.parametrize(
    ("cell", "hour"),
    [
        *(("8：30", "08:30"), ("8点", "08:00"), (0.354166666, "08:30"), ("08:30 至 11:00", "08:30-11:00")),
        # As Excel keeps 8:30 in a cell that is not text, as .ods keeps it, and as .csv shows it.
        *((time(8, 30), "08:30"), (time(8, 29, 59, 999_999), "08:30"), (timedelta(hours=8.5), "08:30")),
        *(("8:30:00", "08:30"), ("08:30:00-11:00:00", "08:30-11:00"), (time(), "00:00")),
    ],
)
def test_hours_as_people_write_them(cell: Cell, hour: str) -> None:
    assert clock(cell) == hour


@pytest.mark.parametrize(
    "cell", ["25:00", "上午", "8:60", 1.5, "11:30-08:30", "8:30-8:30", 0.99999, timedelta(days=1)]
)
def test_hours_that_are_none(cell: Cell) -> None:
    with pytest.raises(Unreadable):
        clock(cell)


def test_groups_are_counted_and_their_people_stand_by_ticket(call: Call, home: Path, database: str) -> None:
    write_book(home / "考场.xlsx", [(EXAM_ROOM, ROOMS)])
    assert call("exam", "sites", "import", "考场.xlsx").code == 0
    assert call("exam", "allot", "--seed", "5").code == 0
    when = ("2026-07-10", "08:30", "某某大学附属医院联合国家区域医疗中心" * 4)
    groups = ("第10组", "第10组", "第10组", "第2组", "第9组")
    _write(home, *((NO(at), group, *when) for at, group in enumerate(groups, 1)))
    assert call("exam", "groups", "import", "复试.xlsx").code == 0
    rows = json.loads(call("exam", "groups", "list", "--json").out)
    assert [row["group"] for row in rows] == sorted(groups, key=lambda name: int(name[1:-1]))
    tickets = [row["ticket"] for row in rows[2:]]
    assert tickets == sorted(tickets) and [row["application_no"] for row in rows[2:]] != [NO(1), NO(2), NO(3)]
    # Somebody no font can show stops the sheet of their own group.
    with transaction(database) as session:
        session.execute(update(Snapshot).where(Snapshot.application_id == 5).values(name="王𠀀"))
    printed = call("exam", "groups", "sheets", "-o", "签到.pdf")
    told = "错误 [E797] 第9组：没有印 第9组 的材料：字体里没有 王𠀀 的𠀀（U+20000）"
    assert (printed.code, printed.err.splitlines()[1].startswith(told)) == (3, True)
    pages = [page.extract_text() for page in PdfReader(home / "签到.pdf").pages]
    assert len(pages) == 2
    assert all("第 1 页，共 1 页" in page for page in pages), "not wrapped within"
