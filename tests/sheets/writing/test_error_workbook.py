"""Error workbooks: the bad rows with their reasons, which come back as they went out."""

import re
import stat
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.sheets.books import typed
from tests.sheets.taken import take, take_named, take_sheet
from zhupei_cli.sheets.kinds.cells import Cell, Spoilt
from zhupei_cli.sheets.kinds.columns import Kind
from zhupei_cli.sheets.kinds.serials import Serial1904
from zhupei_cli.sheets.kinds.workbook_kinds import EDUCATION, PERSON, REVIEW, SCORE, WORK
from zhupei_cli.sheets.reading.book import Book, Sheet, read_book
from zhupei_cli.sheets.taking.lines import Line
from zhupei_cli.sheets.taking.table import Table
from zhupei_cli.sheets.writing.error_workbook import errors_path, write_error_workbook
from zhupei_cli.words.catalogue import CATALOGUE
from zhupei_cli.words.errors import Fault

_REVIEWS: list[list[Any]] = [
    ["报名号", "姓名", "审核结果", "原因", "别的"],
    ["A-1", "张三", "通过", "", "x"],
    ["A-2", "=cmd|' /C calc'!A0", "也许", "+1", "y"],
    ["", "王五", "通过", "@a", 3],
]


def _table(path: Path, kind: Kind) -> Table:
    return take(read_book(path), kind)


def _write(target: Path, *tables: Table, masked: bool = False) -> Path:
    path = write_error_workbook(target, tables, masked=masked)
    assert path is not None
    return path


def test_a_number_is_not_divided(tmp_path: Path) -> None:
    rows = [["准考证号", "姓名", "笔试"], ["20260100101", "王一", "也许"]]
    path = _write(tmp_path / "a.xlsx", _table(typed(tmp_path / "成绩.xlsx", ("成绩", rows)), SCORE))
    sheet = openpyxl.load_workbook(path)["成绩"]
    assert sheet["C2"].value == "20260100101"
    assert sheet.column_dimensions["C"].width >= 13


def test_a_day_counted_from_1904_stays_that_day(tmp_path: Path) -> None:
    """The error workbook counts from 1900, as every new one does."""
    header: list[Cell] = ["证件号码", "学历", "院校", "专业", "毕业时间", "是否全日制"]
    row: list[Cell] = ["1", "本科", "甲", "乙", Serial1904(44011.0), "也许"]
    path = _write(tmp_path / "a.xlsx", take_sheet(Sheet("教育经历", 1, [header, row]), EDUCATION))
    assert openpyxl.load_workbook(path).worksheets[0]["G2"].value == "2024-06-30"


def test_the_file_whole(tmp_path: Path) -> None:
    table = _table(typed(tmp_path / "意见.xlsx", ("审核意见", _REVIEWS)), REVIEW)
    table.rows[2].faults.append(Fault("E056", "name", "warning", {"value": "王五", "others": "A-9"}))
    table.rows[2].faults.append(Fault("E436", ""))
    path = _write(errors_path(tmp_path / "意见.xlsx"), table)
    assert (path, stat.S_IMODE(path.stat().st_mode)) == (tmp_path / "意见_未通过.xlsx", 0o600)
    book = openpyxl.load_workbook(path)
    assert (book.sheetnames, book["字典"].sheet_state) == (["审核意见", "字典"], "hidden")
    sheet = book["审核意见"]
    unknown = "审核结果“也许”不认识；可填：通过、不通过、退回修改"
    blank, taken = "“报名号”没有填写；请补填", "“王五”已被 A-9 使用；换一个，或改正编号"
    alone = "只填了这一格，本行没有结果，略过；填上结果后再导入"
    assert [[cell.value for cell in row] for row in sheet.rows] == [
        ["原行号", "错误说明", "报名号*", "姓名", "审核结果*", "原因", "别的"],
        ["3", f"{unknown} [E014]", "A-2", "=cmd|' /C calc'!A0", "也许", "+1", "y"],
        [
            "4",
            f"{blank} [E023]\n{alone} [E436]\n（提醒）姓名：{taken} [E056]",
            *(None, "王五", "通过", "@a", "3"),
        ],
    ]
    cells = [cell for row in sheet.rows for cell in row]
    assert {cell.data_type for cell in cells if cell.value} == {"s"}
    assert {cell.number_format for cell in cells} == {"@"}
    marked = {
        cell.coordinate: (cell.fill.fgColor.rgb, cell.comment.text)
        for cell in cells
        if cell.comment is not None
    }
    red, yellow = "FFFFC7CE", "FFFFEB9C"
    assert marked == {"E2": (red, unknown), "C3": (red, blank), "D3": (yellow, taken)}
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("B2", "A1:G3")
    assert [cell.value for cell in book["字典"]["A"]] == ["审核结果", "通过", "不通过", "退回修改"]
    assert [
        (str(one.sqref), one.formula1, one.showErrorMessage) for one in sheet.data_validations.dataValidation
    ] == [("E2:E3", "字典!$A$2:$A$4", True)]


def test_a_long_name_is_not_cut_by_what_stands_beside_it(tmp_path: Path) -> None:
    name = "阿卜杜热合曼·麦麦提吐尔逊江·艾合买提"
    rows = [_REVIEWS[0], ["A-1", name, "也许", "缺", ""], ["A-2", "王五", "也许", "缺", ""]]
    table = _table(typed(tmp_path / "意见.xlsx", ("审核意见", rows)), REVIEW)
    sheet = openpyxl.load_workbook(_write(tmp_path / "差错.xlsx", table))["审核意见"]
    assert (sheet["D2"].value, sheet["D2"].alignment.wrap_text) == (name, True)
    assert sheet.row_dimensions[2].height > sheet.row_dimensions[3].height


def test_no_bad_row_no_file(tmp_path: Path) -> None:
    table = _table(typed(tmp_path / "a.xlsx", ("审核意见", _REVIEWS[:2])), REVIEW)
    table.rows[0].faults.append(Fault("E055", "name", "warning", {"value": ""}))
    assert write_error_workbook(tmp_path / "b.xlsx", [table]) is None
    assert [path.name for path in tmp_path.iterdir()] == ["a.xlsx"]


def test_a_file_that_is_there_is_left_alone(tmp_path: Path) -> None:
    table = _table(typed(tmp_path / "a.xlsx", ("审核意见", _REVIEWS)), REVIEW)
    target = errors_path(tmp_path / "a.xlsx")
    names = [_write(target, table).name for _ in range(3)]
    assert names == ["a_未通过.xlsx", "a_未通过-2.xlsx", "a_未通过-3.xlsx"]


def test_mended_it_is_imported_without_a_word_about_the_columns_in_front(tmp_path: Path) -> None:
    rows = [row[:4] for row in _REVIEWS]
    path = _write(tmp_path / "b.xlsx", _table(typed(tmp_path / "a.xlsx", ("一", rows)), REVIEW))
    book = openpyxl.load_workbook(path)
    book["审核意见"]["E2"] = "不通过"
    book["审核意见"]["C3"] = "A-3"
    book.save(path)
    table = _table(path, REVIEW)
    assert (table.faults, [(row.values, row.faults) for row in table.rows]) == (
        [],
        [
            (
                {
                    "application_no": "A-2",
                    "name": "=cmd|' /C calc'!A0",
                    "decision": "reject",
                    "reason": "+1",
                },
                [],
            ),
            ({"application_no": "A-3", "name": "王五", "decision": "approve", "reason": "@a"}, []),
        ],
    )
    again = _write(tmp_path / "c.xlsx", _bad(table))
    assert [cell.value for cell in openpyxl.load_workbook(again)["审核意见"][1]] == [
        *("原行号", "错误说明", "报名号*", "姓名", "审核结果*", "原因")
    ]


def _bad(table: Table) -> Table:
    for row in table.rows:
        row.faults.append(Fault("E436", ""))
    return table


def test_every_sheet_of_a_file(tmp_path: Path) -> None:
    people: tuple[str, list[list[Any]]] = ("名单", [["姓名", "证件号码"], ["张三", "1"], ["李四", 4e17]])
    education = ("教育经历", [["证件号码", "学历", "院校", "专业", "毕业时间", "是否全日制"], ["1"]])
    work = ("工作经历", [["证件号码", "单位名称"], ["1", "甲医院"]])
    book = read_book(typed(tmp_path / "a.xlsx", people, education, work))
    optional = {column.key for column in PERSON.columns}
    tables = [take(book, PERSON, optional=optional), take_named(book, EDUCATION), take_named(book, WORK)]
    path = _write(tmp_path / "b.xlsx", *[table for table in tables if table is not None])
    written = openpyxl.load_workbook(path)
    assert written.sheetnames == ["报名信息", "教育经历", "字典"]
    assert [cell.value for cell in written["报名信息"][2]][2:] == ["李四", "4.00000000000000E+17"]


def test_personal_data_may_be_masked(tmp_path: Path) -> None:
    header: list[Any] = ["姓名", "证件号码", "手机号码", "电子邮箱", "通讯地址", "民族"]
    row: list[Any] = [
        "张三",
        "41010119900101001X",
        13800000000,
        "zhang@example.com",
        "郑州市金水区 1 号",
        "火星族",
    ]
    book = read_book(typed(tmp_path / "a.xlsx", ("报名信息", [header, row])))
    table = take(book, PERSON, optional={column.key for column in PERSON.columns})
    sheet = openpyxl.load_workbook(_write(tmp_path / "b.xlsx", table, masked=True))["报名信息"]
    assert sheet["B1"].value == "本表的证件号码、电话、地址等已遮盖，只供查看，不能再导入"
    assert [cell.value for cell in sheet[3]][2:] == [
        *("张三", "4101**********001X", "138****0000", "z****@example.com", "郑州市****", "火星族")
    ]


_AT = datetime.fromisoformat("2024-06-30 08:30")
_CELLS: st.SearchStrategy[Cell] = st.one_of(
    st.text(max_size=20),
    st.sampled_from(["_x0041_", "=1+1", "'x", "清空", "缺考", "是", "2024.6", "2024-06-30 8:30", "85.50"]),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([2024.1, 2024.6, 45444.0, 85.5, 4.1e17, 12345678.0]),
    st.booleans(),
    st.dates(date(1900, 1, 1)),
    st.just(_AT),
    st.sampled_from([Spoilt("E019", "#REF!"), Spoilt("E025"), Spoilt("E027")]),
)
#: Codes of cells that cannot be read: what comes back in their place cannot be read either.
_AS_BAD = dict.fromkeys(("E013", "E132", "E019", "E025", "E027"), "unreadable") | {"E024": "E018"}


def _said(row: Line) -> tuple[Mapping[str, Any], list[tuple[str, str]]]:
    return row.values, [(fault.field, _AS_BAD.get(fault.code, fault.code)) for fault in row.faults]


_WIDEST = max(len(SCORE.columns), len(WORK.columns))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.lists(_CELLS, min_size=_WIDEST, max_size=_WIDEST), min_size=1, max_size=5),
    st.sampled_from([SCORE, WORK]),
)
def test_unmended_it_is_as_wrong_as_before(tmp_path: Path, rows: list[list[Any]], kind: Kind) -> None:
    """Though all cells have become text, the same values and the same faults come back."""
    header: list[Cell] = [column.heading for column in kind.columns]
    table = take_sheet(Sheet("S", 1, [header, *(row[: len(header)] for row in rows)]), kind)
    bad = [row for row in table.rows if row.bad]
    path = write_error_workbook(tmp_path / "b.xlsx", [table])
    if path is None:
        assert bad == []
        return
    back = take_sheet(read_book(path).sheets[0], kind)
    path.unlink()
    assert (back.faults, list(map(_said, back.rows))) == ([], list(map(_said, bad)))


def test_unmended_a_row_is_struck_through_once_more(tmp_path: Path) -> None:
    rows: list[list[Cell]] = [["报名号", "审核结果", "原因"], ["A-1", "通过", ""], ["A-2", "?", "因"]]
    sheet = Sheet("S", 1, rows, struck=frozenset({2}))
    back = take_sheet(read_book(_write(tmp_path / "b.xlsx", take_sheet(sheet, REVIEW))).sheets[0], REVIEW)
    assert [[fault.code for fault in row.faults] for row in back.rows] == [["E139"], ["E014"]]


def test_text_longer_than_a_cell_may_be_is_cut(tmp_path: Path) -> None:
    sheet = Sheet("S", 1, [["报名号", "审核结果", "原因"], ["A", "?", "长" * 40_000]])
    back = take_sheet(read_book(_write(tmp_path / "b.xlsx", take_sheet(sheet, REVIEW))).sheets[0], REVIEW)
    assert "长" * 32_767 in back.cells_of(back.rows[0])


def test_what_was_read_of_a_book_is_not_needed_again(tmp_path: Path) -> None:
    book = Book("a.xlsx", "0", (Sheet("S", 5, [["报名号", "审核结果"], ["A", "?"]]),))
    table = take(book, REVIEW)
    del book
    assert [row.number for row in take(read_book(_write(tmp_path / "b.xlsx", table)), REVIEW).rows] == [2]
    assert table.rows[0].number == 6


@pytest.mark.parametrize("name", ["报名.xlsx", "报名.csv", "报名.2024.xls"])
def test_the_name_of_an_error_workbook(name: str) -> None:
    assert errors_path(Path(name)).name == f"{name.rpartition('.')[0]}_未通过.xlsx"


def test_the_name_does_not_grow() -> None:
    names = ["报名.xlsx", "报名_未通过.xlsx", "报名_未通过-2.xlsx"]
    assert {errors_path(Path(name)).name for name in names} == {"报名_未通过.xlsx"}


def test_a_name_that_is_as_long_as_it_may_be_is_cut(tmp_path: Path) -> None:
    book = Book("a.xlsx", "0", (Sheet("S", 5, [["报名号", "审核结果"], ["A", "?"]]),))
    long = tmp_path / f"{'报' * 81}.xlsx"
    for ending in ("", "-2", "-3"):
        written = write_error_workbook(errors_path(long), [take(book, REVIEW)])
        assert written is not None
        assert written.name.startswith("报" * 76)
        assert written.name.endswith(f"_未通过{ending}.xlsx")


class _Anything(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "x"


@pytest.mark.parametrize("code", CATALOGUE)
def test_offices_are_told_no_commands(code: str) -> None:
    told = Fault(code, "", values=_Anything()).message_for_offices
    cure = told.removeprefix(CATALOGUE[code].message.format_map(_Anything()))
    assert not re.search("zhupei |--[a-z]|●", cure)
    assert len(cure) > 1


def test_a_cure_keeps_what_offices_can_do() -> None:
    values = {"base": "甲", "nearest": "您要找的是不是 乙？"}
    told = [Fault("E302", "", values=values), Fault("E302", "", values={**values, "nearest": ""})]
    assert [fault.message_for_offices for fault in told] == [
        "没有培训基地 甲；您要找的是不是 乙？",
        "没有培训基地 甲；请与省级管理员联系",
    ]
    assert Fault("E302", "", values=values).message.endswith("zhupei base list 查看全部基地")
