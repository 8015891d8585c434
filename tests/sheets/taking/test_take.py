"""Headers found, columns matched, rows read: every problem of every row."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sheets.books import typed
from tests.sheets.taken import take, take_named, take_sheet
from zhupei_cli.rules.people.dates import Month
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.sheets.kinds.cells import ABSENT, CLEAR, Cell, Spoilt
from zhupei_cli.sheets.kinds.columns import Kind, heading_key, headings_of
from zhupei_cli.sheets.kinds.workbook_kinds import (
    BASE,
    EDUCATION,
    EMPLOYER,
    PERSON,
    PLAN,
    PLAN_WIDE,
    PREPLACE,
    REVIEW,
    SCORE,
    SPECIALTY,
    WORK,
)
from zhupei_cli.sheets.reading.book import Book, Sheet, read_book
from zhupei_cli.sheets.taking.lines import Line
from zhupei_cli.sheets.taking.table import Table
from zhupei_cli.sheets.taking.takings import Takings
from zhupei_cli.words.errors import Fault

ALL_KINDS = [kind for kind in vars(workbook_kinds).values() if isinstance(kind, Kind)]


#: The file and the sheet of lines.
S = ("", "S")


def _sheet(*rows: Sequence[Any], first_row: int = 1, name: str = "S", hidden: Sequence[int] = ()) -> Sheet:
    width = max(map(len, rows))
    return Sheet(name, first_row, [[*row, *[""] * (width - len(row))] for row in rows], frozenset(hidden))


def _taken(table: Table) -> list[tuple[int, Mapping[str, Any], list[tuple[str, str]]]]:
    """Return rows as (number, values, [(field, code)])."""
    return [(row.number, row.values, [(one.field, one.code) for one in row.faults]) for row in table.rows]


def _noted(table: Table) -> list[tuple[str, str, dict[str, Any]]]:
    return [(fault.code, fault.severity, dict(fault.values)) for fault in table.faults]


def test_a_table_whole() -> None:
    table = take_sheet(_sheet(["报名号", "审核结果", "原因"], ["A-1", "通过"], ["A-2", "也许", 3.0]), REVIEW)
    choices = "通过、不通过、退回修改"
    fault = Fault("E014", "decision", values={"label": "审核结果", "value": "也许", "choices": choices})
    assert table == Table(
        REVIEW,
        "S",
        table.header,
        [
            Line(*S, 2, "review", {"application_no": "A-1", "decision": "approve"}, []),
            Line(*S, 3, "review", {"application_no": "A-2", "reason": "3"}, [fault]),
        ],
        [],
        {"application_no": 3, "decision": 7, "reason": 1},
        ["报名号", "审核结果", "原因"],
    )
    assert (table.readable, [row.bad for row in table.rows]) == (True, [False, True])
    assert [*map(table.cells_of, table.rows)] == [["A-1", "通过", ""], ["A-2", "也许", 3.0]]
    assert table.headings == {"application_no": "报名号", "decision": "审核结果", "reason": "原因"}


def test_headings_in_every_spelling() -> None:
    header = ["　报 名 号*", "●审核\n结果（必填）", "原因（可空）", "原行号", "错误说明", "序号", ""]
    table = take_sheet(_sheet(header, ["A-1", "不通过", "x", "9", "y", 1.0]), REVIEW)
    assert (_taken(table), _noted(table)) == (
        [(2, {"application_no": "A-1", "decision": "reject", "reason": "x"}, [])],
        [],
    )


def test_a_remark_never_wins_over_the_heading_itself() -> None:
    header = ["报名号（旧）", "报名号", "笔试（百分制）"]
    table = take_sheet(_sheet(header, ["A-0", "A-1", 60.0]), SCORE)
    assert _taken(table) == [(2, {"application_no": "A-1", "written": 6000}, [])]
    assert _noted(table) == [("E022", "warning", {"names": "报名号（旧）"})]


def test_titles_above_the_header_and_true_row_numbers() -> None:
    rows: list[list[Any]] = [
        ["成绩登记表"],
        ["考点：", "郑州"],
        [],
        ["姓名", "报名号", "面试"],
        ["张三", "A-1", "缺考"],
        [],
        ["李四", "A-2", 90.0],
    ]
    table = take_sheet(_sheet(*rows, first_row=3), SCORE)
    assert _taken(table) == [
        (7, {"name": "张三", "application_no": "A-1", "interview": ABSENT}, []),
        (9, {"name": "李四", "application_no": "A-2", "interview": 9000}, []),
    ]


@pytest.mark.parametrize(
    "header",
    [
        (["报名号", "姓名", "成绩", "", ""], ["", "", "笔试", "技能", "面试"]),
        (["", "姓名", "", "", ""], ["报名号", "", "笔试", "技能", "面试"]),
    ],
)
def test_a_header_of_two_rows(header: tuple[list[str], list[str]]) -> None:
    table = take_sheet(_sheet(*header, ["A-1", "张三", 1.0, 2.0, 3.0]), SCORE)
    values = {"application_no": "A-1", "name": "张三", "written": 100, "skill": 200, "interview": 300}
    assert (_taken(table), table.header.words[2:]) == ([(3, values, [])], ("笔试", "技能", "面试"))


@pytest.mark.parametrize(
    ("kind", "header", "rows"),
    [
        (PLAN, ["基地编号", "基地性质", "专业代码", "计划人数"], [["4101001", "主基地", "0100", "5"]] * 2),
        (
            SCORE,
            ["报名号", "姓名", "笔试", "备注"],
            [["A-1", "张三", 80.0, "面试缺考"], ["A-2", "李四", 70.0, ""]],
        ),
        (SCORE, ["报名号", "姓名", "备注"], [["A-1", "张三", "笔试缺考"], ["A-2", "李四", "病假"]]),
    ],
)
def test_a_remark_that_is_a_heading_elsewhere_makes_no_header_of_a_row(
    kind: Kind, header: list[str], rows: list[list[Any]]
) -> None:
    table = take_sheet(_sheet(header, *rows), kind)
    assert [row.number for row in table.rows] == [2, 3]
    assert table.header.words == tuple(header)


@pytest.mark.parametrize(
    ("kind", "header", "rows"),
    [
        (SPECIALTY, ["专业代码", "专业名称", "类别"], [["0700", "全科", "西医"], ["0100", "内科", "西医"]]),
        (EMPLOYER, ["单位名称", "级别"], [["郑州医院", "三甲"], ["洛阳医院", "三甲"]]),
        (PREPLACE, ["报名号", "基地编号", "专业代码"], [["A-1", "1", "0100"], ["A-2", "1", "0100"]]),
    ],
)
def test_a_repeated_header_is_no_row_where_all_columns_are_text(
    kind: Kind, header: list[str], rows: list[list[str]]
) -> None:
    spelt = [f"{word[:2]}\n{word[2:]}*" for word in header]
    for first, again in ((header, header), (spelt, spelt), (header, [f"{word} " for word in header])):
        table = take_sheet(_sheet(first, rows[0], again, rows[1]), kind)
        assert ([row.number for row in table.rows], [row.faults for row in table.rows]) == ([2, 4], [[], []])


def test_problems_of_a_header() -> None:
    table = take_sheet(_sheet(["基地编号", "基地名称", "基地编号", "电话"], ["1", "2", "3", "4"]), BASE)
    assert (table.rows, table.readable) == ([], False)
    assert _noted(table) == [
        ("E022", "warning", {"names": "电话"}),
        ("E020", "error", {"heading": "基地编号", "where": "A 列“基地编号”、C 列“基地编号”"}),
        ("E021", "error", {"heading": "所在地市"}),
    ]


def test_one_of_two_headings_is_enough_and_one_is_needed() -> None:
    assert take_sheet(_sheet(["身份证号", "笔试"]), SCORE).readable
    table = take_sheet(_sheet(["姓名", "笔试"]), SCORE)
    assert _noted(table) == [("E021", "error", {"heading": "报名号 或 证件号码 或 准考证号"})]


def test_columns_that_need_not_be_there_this_time() -> None:
    header = headings_of(
        column for column in PERSON.columns if column.key not in workbook_kinds.APPLICATION_KEYS
    )
    missing = [fault.field for fault in take_sheet(_sheet(header), PERSON).faults]
    assert missing == [
        c.key for c in PERSON.columns if c.key in workbook_kinds.APPLICATION_KEYS and c.required
    ]
    assert take_sheet(_sheet(header), PERSON, optional=workbook_kinds.APPLICATION_KEYS).faults == []


def test_no_header_at_all() -> None:
    table = take_sheet(_sheet(["甲", "乙"], [1.0, 2.0]), REVIEW)
    values = {"headings": "报名号、审核结果", "rows": 20, "nearest": "；最接近的是第 1 行（甲、乙）"}
    assert _noted(table) == [("E030", "error", values)]
    rows = (["报名编码", "审核的结果", "原困"], ["A-1", "通过", "x"])
    table = take_sheet(_sheet(["a", "b", "c"], *rows, first_row=3), REVIEW)
    assert table.faults[0].values["nearest"] == "；最接近的是第 4 行（报名编码、审核的结果、原困）"
    far = take_sheet(_sheet(*[["x"]] * 20, ["报名号", "审核结果"]), REVIEW)
    assert [fault.code for fault in far.faults] == ["E030"]


def test_rows_that_are_no_rows() -> None:
    rows: list[list[Any]] = [
        ["报名号", "姓名", "笔试"],
        ["", "", ""],
        ["A-1", "", 60.0],
        ["报名号*", "姓 名", "笔试"],
        ["\u200b", " ", ""],
        ["A-2", "", 70.0],
        ["合 计：", "", 130.0],
        [Spoilt("E027"), Spoilt("E027"), ""],
    ]
    table = take_sheet(_sheet(*rows, hidden=[3, 5, 6]), SCORE)
    assert [row.number for row in table.rows] == [3, 6]
    assert _noted(table) == [("E026", "warning", {"rows": "7"}), ("E028", "warning", {"count": 2})]


@pytest.mark.parametrize(
    "cells",
    [
        ["注：以上属实", "", ""],
        ["备注：1.按身份证填写", "", "附证明"],
        ["", "说明", ""],
        ["1、姓名按身份证填写", "", ""],
        ["以上信息由本人填写，如有不实，后果自负。", "", ""],
        ["填表人：张三", "", "联系电话：0371-66666666"],
        ["", "", "单位（盖章）"],
        ["2026 年 11 月 30 日", "", ""],
        ["填报单位：甲医院", Spoilt("E027"), Spoilt("E027")],
    ],
)
def test_a_note_is_no_row(cells: list[Cell]) -> None:
    for kind, heads in ((REVIEW, ["报名号", "审核结果", "原因"]), (SCORE, ["报名号", "姓名", "笔试"])):
        table = take_sheet(_sheet(heads, ["A-1", "", ""], cells), kind)
        assert [row.number for row in table.rows] == [2]
        assert _noted(table) == [("E140", "warning", {"rows": "3"})]


@pytest.mark.parametrize(
    "cells",
    [
        ["张三", "", ""],
        ["HN2026-0000001", "", "注：缺材料"],
        ["合计", "HN2026-0000001", ""],
        ["说明", "通过", ""],
        ["注", "410101199003072026", "x"],
        ["1.5", "", ""],
    ],
)
def test_what_may_be_a_row_is_one(cells: list[Cell]) -> None:
    table = take_sheet(_sheet(["报名号", "审核结果", "原因"], cells), REVIEW)
    assert ([row.number for row in table.rows], _noted(table)) == ([2], [])


def test_a_row_full_of_words_is_no_sum() -> None:
    """A person who is called so, as it seems, and has a passport: it must be told what is the matter."""
    said = {
        "name": "总计",
        "id_type": "护照",
        "id_number": "E12345678",
        "ethnicity": "汉族",
        "school": "郑州大学",
    }
    row = [said.get(column.key, "某某") for column in PERSON.columns]
    total = ["总计", *["3"] * (len(row) - 1)]
    table = take_sheet(_sheet([column.heading for column in PERSON.columns], row, total), PERSON)
    assert [row.number for row in table.rows] == [2]
    assert "E122" in [fault.code for fault in table.rows[0].faults]
    assert ("E026", "warning", {"rows": "3"}) in _noted(table)


def test_a_row_that_is_struck_through_is_not_taken() -> None:
    sheet = _sheet(["报名号", "审核结果"], ["A-1", "通过"], ["A-2", "通过"])
    sheet.struck = frozenset({3})
    table = take_sheet(sheet, REVIEW)
    assert [(row.number, [(fault.code, fault.field) for fault in row.faults]) for row in table.rows] == [
        (2, []),
        (3, [("E139", "")]),
    ]
    assert table.rows[1].bad


def test_a_row_with_nothing_but_its_number_is_blank() -> None:
    table = take_sheet(_sheet(["序号", "报名号", "审核结果"], [1.0, "", ""], [2.0, "A", "通过"]), REVIEW)
    assert [row.number for row in table.rows] == [3]


def test_required_cells() -> None:
    table = take_sheet(_sheet(["报名号", "审核结果"], ["A-1", ""], ["", "通过"], [True, "x"]), REVIEW)
    assert [(number, faults) for number, _, faults in _taken(table)] == [
        (2, []),  # not decided yet
        (3, [("application_no", "E023")]),
        (4, [("decision", "E014")]),
    ]
    table = take_sheet(_sheet(["证件号码", "报名号", "笔试"], ["", "", 1.0], [4e17, "", 1.0]), SCORE)
    assert [faults for _, _, faults in _taken(table)] == [
        [("id_number", "E023")],
        [("id_number", "E013")],
    ]
    assert table.rows[0].faults[0].values == {"heading": "证件号码 或 报名号"}


def test_what_a_profile_lacks_is_for_those_to_say_who_know_what_is_stored() -> None:
    table = take_sheet(_sheet(headings_of(PERSON.columns), ["张三"]), PERSON)
    assert _taken(table) == [(2, {"name": "张三"}, [])]


def test_words_that_are_no_value() -> None:
    rows: list[list[Any]] = [
        ["证件号码", "单位名称", "科室", "起始", "终止"],
        ["1", "甲医院", "清空", "2020.7", "至今"],
        ["2", Spoilt("E019", "#REF!"), "#n/a", Spoilt("E025"), Spoilt("E027")],
        ["3", float("nan"), "", float("inf"), ""],
    ]
    table = take_sheet(_sheet(*rows), WORK)
    values = {
        "id_number": "1",
        "employer_name": "甲医院",
        "department": CLEAR,
        "from_date": Month(2020, 7, 1),
        "to_date": CLEAR,
    }
    assert _taken(table) == [
        (2, values, []),
        (
            3,
            {"id_number": "2"},
            [("employer_name", "E019"), ("department", "E019"), ("from_date", "E025"), ("to_date", "E027")],
        ),
        (4, {"id_number": "3"}, [("employer_name", "E019"), ("from_date", "E019")]),
    ]
    assert table.rows[1].faults[0].values == {"value": "#REF!"}


@pytest.mark.parametrize(
    ("kind", "key"), [(REVIEW, "application_no"), (workbook_kinds.CHECK_IN, "application_no")]
)
def test_what_says_which_row_it_is_cannot_be_cleared(kind: Kind, key: str) -> None:
    headings = [column.heading for column in kind.columns]
    row = ["清空" if column.key == key else "" for column in kind.columns]
    table = take_sheet(_sheet(headings, row), kind)
    faults = [(one.field, one.code) for one in table.rows[0].faults]
    assert (key, "E051") in faults
    assert key not in table.rows[0].values


def test_numbers_flags_and_text_that_equal_each_other_are_kept_apart() -> None:
    header = ["专业代码", "专业名称", "类别", "紧缺"]
    rows: list[list[Any]] = [["1", 1.0, True, flag] for flag in (True, 1.0, "1", False, 0.0, "√")]
    table = take_sheet(_sheet(header, *rows), workbook_kinds.SPECIALTY)
    assert [row.values for row in table.rows] == [
        {"code": "1", "name": "1", "category": "是", "is_shortage": flag}
        for flag in (True, True, True, False, False, True)
    ]


def test_a_wide_plan() -> None:
    rows: list[list[Any]] = [
        ["基地编号", "基地名称", "外科（神经外科方向）", "0100", "合计"],
        ["4101", "甲", 3.0, "x", 3.0],
        ["4102", "乙", "", 0.0, 0.0],
    ]
    table = take_sheet(_sheet(*rows), PLAN_WIDE)
    assert _taken(table) == [
        (2, {"base": "4101", "外科（神经外科方向）": 3, "合计": 3}, [("0100", "E016")]),
        (3, {"base": "4102", "0100": 0, "合计": 0}, []),
    ]
    doubled = take_sheet(_sheet(["基地编号", "内科", "内科"], ["1", 1.0, 2.0]), PLAN_WIDE)
    assert (_noted(doubled), doubled.rows) == (
        [("E020", "error", {"heading": "内科", "where": "B 列“内科”、C 列“内科”"})],
        [],
    )


def test_a_long_plan() -> None:
    header = ["基地编号", "基地名称", "专业", "计划人数", "最低分", "状态"]
    table = take_sheet(_sheet(header, ["1", "甲", "内科", "5人", 60.5, "停招"], ["1", "", "儿科", 2.0]), PLAN)
    assert _taken(table) == [
        (2, {"base": "1", "specialty": "内科", "quota": 5, "min_score": 6050, "stopped": True}, []),
        (3, {"base": "1", "specialty": "儿科", "quota": 2}, []),
    ]


def _book(*sheets: Sheet, hidden: tuple[str, ...] = ()) -> Book:
    return Book("b.xlsx", "0", sheets, hidden)


SCORES = ["报名号", "笔试", "技能", "面试"]


def _read_of(book: Book, kind: Kind, *further: Kind) -> tuple[list[tuple[str, list[int]]], list[Any]]:
    """Return the tables as (sheet, numbers of rows), and what the first one notes."""
    tables = Takings(kind, further).tables(book)
    return [(table.sheet, [row.number for row in table.rows]) for table in tables], _noted(tables[0])


def _unread(names: str) -> list[Any]:
    return [("E029", "error", {"names": names})]


def test_every_sheet_with_the_headings_is_taken() -> None:
    notes = _sheet(["填写说明"], name="说明")
    first, second = _sheet(SCORES, ["A", 1.0], name="4001"), _sheet(SCORES, ["B", 1.0], name="4002")
    named, blank = _sheet(["报名号", "笔试"], ["C", 1.0], name=" 成绩 "), _sheet(SCORES, name="成绩")
    schooling = _sheet(["证件号码", "院校", "专业"], ["1", "甲", "乙"], name="教育经历")
    assert _read_of(_book(notes, first, schooling), SCORE) == ([("4001", [2])], [])
    # The headings say what a sheet is; its name may be that of another kind.
    others = _sheet(SCORES, ["B", 1.0], name="教育经历")
    assert _read_of(_book(first, others), SCORE) == ([("4001", [2]), ("教育经历", [2])], [])
    assert _read_of(_book(notes, first, second), SCORE) == ([("4001", [2]), ("4002", [2])], [])
    assert _read_of(_book(first, named), SCORE) == ([("4001", [2]), (" 成绩 ", [2])], [])
    assert _read_of(_book(blank, first), SCORE) == ([("成绩", []), ("4001", [2])], [])
    # A list of the same people without marks is no sheet of marks.
    people = _sheet(["报名号", "姓名"], ["A", "张三"], name="名单")
    assert _read_of(_book(people, first), SCORE) == ([("4001", [2])], [])


def test_a_sheet_that_looks_like_one_and_is_not_read_is_named() -> None:
    first = _sheet(SCORES, ["A", 1.0], name="4001")
    lacking = _sheet(["考号", *SCORES[1:]], ["B", 1.0, 2.0, 3.0], name="4002")
    assert _read_of(_book(first, lacking), SCORE) == (
        [("4001", [2])],
        _unread("4002（缺少列 报名号 或 证件号码 或 准考证号）"),
    )
    assert _read_of(_book(first, _sheet(["考号", *SCORES[1:]], name="4002")), SCORE) == ([("4001", [2])], [])
    hidden = _book(first, hidden=("成绩", "字典"))
    assert _read_of(hidden, SCORE) == ([("4001", [2])], _unread("成绩（隐藏）"))
    assert [table.readable for table in Takings(SCORE).tables(hidden)] == [True]


def test_a_list_that_goes_on_without_a_header_is_named() -> None:
    first = _sheet(SCORES, ["T-0000001", 1.0], name="4001")
    rest = _sheet(["T-0000002", 80.0], ["T-0000001", 70.0], name="4002")
    told = "4002（有 1 个不在别处的证件号码或报名号）"
    assert _read_of(_book(first, rest), SCORE) == ([("4001", [2])], _unread(told))
    far = _sheet(*[["说明"]] * 25, SCORES, ["410101199003072024", 80.0], name="4003")
    told = "4003（有 1 个不在别处的证件号码或报名号）"
    assert _read_of(_book(first, far), SCORE) == ([("4001", [2])], _unread(told))
    same = _sheet(["合格"], ["T-0000001"], name="4004")
    assert _read_of(_book(first, same), SCORE) == ([("4001", [2])], [])


def test_hidden_sheets_are_named_where_nothing_else_fits() -> None:
    faults = take(_book(_sheet(["请看下表"], name="说明"), hidden=("Sheet2", "字典")), PERSON).faults
    assert [(fault.code, fault.values.get("names")) for fault in faults] == [
        ("E030", None),
        ("E029", "Sheet2（隐藏）"),
    ]


@pytest.mark.parametrize(
    ("rows", "name", "kind", "told"),
    [
        ([["基地编号", "专业代码", "计划人数"], ["1", "0100", 3.0]], "招收计划", PERSON, "招收计划"),
        ([["基地编号", "专业代码", "计划人数"], ["1", "0100", 3.0]], "Sheet1", BASE, "招收计划"),
        ([["基地编号", "基地名称", "0100"], ["1", "甲", 3.0]], "Sheet1", BASE, "招收计划"),
        ([headings_of(PERSON.columns)], "Sheet1", BASE, "报名信息"),
        ([headings_of(PERSON.columns)], "Sheet1", SCORE, "报名信息"),
        ([SCORES], "Sheet1", REVIEW, "成绩"),
    ],
)
def test_another_kind_of_workbook_is_named(rows: list[list[Any]], name: str, kind: Kind, told: str) -> None:
    table = take(_book(_sheet(*rows, name=name)), kind)
    assert [(fault.code, fault.values["is"], fault.values["wanted"]) for fault in table.faults] == [
        ("E058", told, kind.title)
    ]


@pytest.mark.parametrize(
    "around",
    ["{}：", "1、{}", "12.{}", "{}【必填】", "(1){}", "（1）{}", "{}（必填）：", "*{}", "3.{}[文本]"],
)
def test_what_stands_around_a_heading(around: str) -> None:
    table = take_sheet(_sheet([around.format(one.heading) for one in PERSON.columns]), PERSON)
    assert (list(table.headings), table.faults) == ([one.key for one in PERSON.columns], [])


def test_a_heading_that_only_two_rows_say_together() -> None:
    top = [one.heading for one in PERSON.columns]
    at = top.index("紧急联系人")
    top[at + 1] = Spoilt("E027")  # type: ignore[call-overload]  # what a merged range swallows
    below = ["", *[""] * (len(top) - 1)]
    below[at : at + 2] = ["姓名", "电话"]
    table = take_sheet(_sheet(top, below), PERSON)
    assert (list(table.headings), table.faults) == ([one.key for one in PERSON.columns], [])
    below[at : at + 2] = ["", ""]
    table = take_sheet(_sheet(top, below), PERSON)
    assert _noted(table) == [("E021", "error", {"heading": "紧急联系电话"})]


def test_parts_and_units_below_headings_are_headings() -> None:
    """A limit over three identities beside a unit; 紧急联系人 over words that are no headings alone."""
    gone = Spoilt("E027")
    top = ["基地编号", "专业代码", "计划人数", "上限", gone, gone]
    below = [gone, gone, "（人）", "本单位上限", "委托培养上限", "社会招收上限"]
    (row,) = take_sheet(_sheet(top, below, ["4101001", "0100", 5.0, 1.0, 2.0, 3.0]), PLAN).rows
    assert (row.number, row.faults) == (3, [])
    assert {"quota": 5, "max_own": 1, "max_entrusted": 2, "max_social": 3}.items() <= row.values.items()
    people: list[Any] = [one.heading for one in PERSON.columns]
    at = people.index("紧急联系人")
    people[at + 1] = gone
    parts = ["", *[""] * (len(people) - 1)]
    parts[at : at + 2] = ["联系人姓名", "电话"]
    table = take_sheet(_sheet(people, parts), PERSON)
    assert (list(table.headings), table.faults) == ([one.key for one in PERSON.columns], [])


def test_further_sheets() -> None:
    rows = (
        ["证件号码", "学历", "院校", "专业", "毕业时间", "是否全日制"],
        ["1", "本科", "甲", "乙", "202406", "是"],
    )
    table = take_named(_book(_sheet(["x"]), _sheet(*rows, name="教育经历")), EDUCATION)
    assert table is not None
    values = {"id_number": "1", "level": "21", "school": "甲", "major": "乙"}
    assert _taken(table) == [(2, {**values, "graduated_on": Month(2024, 6, 1), "full_time": True}, [])]
    assert take_named(_book(_sheet(["x"])), EDUCATION) is None
    people = _sheet(headings_of(PERSON.columns), name="4001")
    assert _read_of(_book(people, _sheet(*rows, name="学历")), PERSON, EDUCATION) == (
        [("4001", []), ("学历", [2])],
        [],
    )
    assert _read_of(_book(people, hidden=("教育经历",)), PERSON, EDUCATION) == (
        [("4001", [])],
        _unread("教育经历（隐藏）"),
    )


@pytest.mark.parametrize("kind", ALL_KINDS, ids=lambda kind: kind.key)
def test_headings_name_one_column_each(kind: Kind) -> None:
    words = [heading_key(word) for column in kind.columns for word in (column.heading, *column.aliases)]
    assert sorted(words) == sorted(kind.by_heading)
    keys = [column.key for column in kind.columns]
    assert (len(set(keys)), set(kind.one_of) <= set(keys)) == (len(keys), True)
    header = _sheet(headings_of(kind.columns))
    assert (take_sheet(header, kind).faults, list(take_sheet(header, kind).headings)) == ([], keys)


def test_the_columns_of_the_contract() -> None:
    assert {kind.key: len(kind.columns) for kind in ALL_KINDS} == {
        "person": 39,  # three of students by order, not of the contract
        "education": 8,
        "work": 7,
        "base": 12,  # 主基地编号 是否协同 机构类别 at the end
        "specialty": 5,
        "plan": 22,  # 培训容量 at the end: not of the contract, and may be left out
        "preplace": 11,
        "plan_wide": 2,
        "score": 15,  # three to tick, four to read only
        "review": 4,
        "check_in": 8,  # three of them to read only
        "employer": 7,  # 机构类别 隶属关系 at the end
        "bar": 11,  # four of them to read only
        "exam_room": 10,  # two of them to read only
        "exam_group": 10,
    }
    required = " ".join(column.heading for column in PERSON.columns if column.required)
    assert required == (
        "姓名 证件号码 民族 手机号码 通讯地址 紧急联系人 紧急联系电话 最高学历 "
        "毕业院校 毕业专业 毕业时间 "
        "是否全日制 应届往届 是否有工作单位 个人身份 生源类型 培训年限 报名专业 第一志愿基地 是否服从调剂"
    )


_CELLS = st.one_of(
    st.none(),
    st.text(max_size=12),
    st.sampled_from(["清空", "缺考", "合计", "#N/A", "报名号", "是", "2024.6", "通过"]),
    st.floats(allow_nan=False),
    st.booleans(),
    st.dates(),
    st.just(Spoilt("E019")),
)


@given(st.lists(st.lists(_CELLS, min_size=4, max_size=4), max_size=6), st.sampled_from([SCORE, REVIEW, WORK]))
def test_no_cell_is_lost_without_a_word(rows: list[list[Cell]], kind: Kind) -> None:
    columns = kind.columns[:4]
    sheet = _sheet([column.heading for column in columns], *rows)
    table = take_sheet(sheet, kind)
    numbers = {row.number for row in table.rows}
    for row in table.rows:
        said = row.values.keys() | {fault.field for fault in row.faults}
        for column, cell in zip(columns, table.cells_of(row), strict=True):
            blank = cell is None or (isinstance(cell, str) and not cell.strip())
            printable = not isinstance(cell, str) or cell.isprintable()
            assert column.key in said or blank or not printable
    assert numbers <= set(range(2, len(rows) + 2))


@given(
    st.lists(st.lists(_CELLS, min_size=4, max_size=6), min_size=1, max_size=9),
    st.lists(st.integers(1, 9)),
    st.sampled_from([SCORE, REVIEW, WORK]),
)
def test_pieces_make_the_same_table(rows: list[list[Cell]], cuts: list[int], kind: Kind) -> None:
    header: list[Cell] = [column.heading for column in kind.columns[:4]]
    whole = _sheet(header, *rows)
    coming, takings = Sheet("S"), Takings(kind)
    for start, end in pairwise([0, *sorted({cut for cut in cuts if cut <= len(rows)}), len(rows) + 1]):
        # What has come is even in itself, and shorter than what comes later.
        piece = [list(row) for row in [header, *rows][start:end]]
        width = max(map(len, [*piece, *coming.rows[-1:]]))
        coming.rows = [*coming.rows, *([*row, *[""] * (width - len(row))] for row in piece)]
        takings.watch(coming)
    for row in coming.rows:
        row += [""] * (len(whole.rows[0]) - len(row))
    (table,) = takings.tables(Book("", "", (coming,)))
    assert table == take_sheet(whole, kind)


def test_lines_are_prepared_as_they_come_and_again_where_the_end_tells_more(tmp_path: Path) -> None:
    import openpyxl

    def prepare(line: Line) -> None:
        line.said = line.values["application_no"]
        told.append(line.said)

    told: list[str] = []
    book = openpyxl.Workbook()
    for row in (["报名号", "审核结果"], ["A-1", "通过"], ["A-2"]):
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    book.active.merge_cells("B2:B3")
    book.save(tmp_path / "b.xlsx")
    for name, times in (("a.xlsx", 1), ("b.xlsx", 2)):
        told.clear()
        takings = Takings(REVIEW, prepare=prepare)
        (table,) = takings.tables(read_book(tmp_path / name, watch=takings.watch))
        assert [line.said for line in table.rows] == ["A-1", "A-2"]
        assert told == ["A-1", "A-2"] * times


def test_from_the_file_on(tmp_path: Path) -> None:
    (tmp_path / "成绩.csv").write_text(
        "成绩表,,\n\n身份证号码,笔试,面试\n'410101,85.5,缺考\n4.1E+17,,101\n", "gb18030"
    )
    table = take(read_book(tmp_path / "成绩.csv"), SCORE)
    assert _taken(table) == [
        (4, {"id_number": "410101", "written": 8550, "interview": ABSENT}, []),
        (5, {}, [("id_number", "E013"), ("interview", "E017")]),
    ]


@pytest.mark.parametrize(
    ("further", "named"),
    [
        ([["报名号", "姓名", "审核意见"], ["A-2", "李四", "通过"]], "二（缺少列 审核结果）"),
        ([["报名号", "姓名", "审核意见"]], None),  # nobody stands on it
        ([["日期", "说明"], ["今天", "随便"]], None),
    ],
)
def test_a_sheet_about_the_same_things_that_is_not_read_is_named(
    tmp_path: Path, further: list[list[Any]], named: str | None
) -> None:
    first = [["报名号", "姓名", "审核结果"], ["A-1", "张三", "通过"]]
    table = take(read_book(typed(tmp_path / "a.xlsx", ("一", first), ("二", further))), REVIEW)
    found = [fault.values["names"] for fault in table.faults if fault.code == "E029"]
    assert found == ([] if named is None else [named])


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_a_hidden_sheet_that_carries_the_headings_is_named(tmp_path: Path, state: str) -> None:
    import openpyxl

    path = typed(tmp_path / "a.xlsx", ("内科", [["报名号", "笔试"], ["A-1", 80]]),
                 ("旧", [["报名号", "笔试"], ["A-2", 90]]), ("说明", [["随便"]]))  # fmt: skip
    book = openpyxl.load_workbook(path)
    book["旧"].sheet_state = book["说明"].sheet_state = state
    book.save(path)
    faults = [(one.code, one.severity, one.values) for one in take(read_book(path), SCORE).faults]
    assert faults == [("E029", "error", {"names": "旧（隐藏）"})]


@pytest.mark.parametrize("order", [1, -1])
def test_a_plan_of_the_other_form_on_a_further_sheet_is_named(tmp_path: Path, order: int) -> None:
    long: list[list[Any]] = [["基地编号", "专业代码", "计划人数"], ["4001", "0500", 31]]
    wide: list[list[Any]] = [["基地编号", "基地名称", "精神科"], ["4002", "甲", 33]]
    sheets = [("长", long), ("宽", wide)][::order]
    table = take(read_book(typed(tmp_path / "a.xlsx", *sheets)), PLAN)
    assert (len(table.rows), [fault.code for fault in table.faults]) == (1, ["E029"])
