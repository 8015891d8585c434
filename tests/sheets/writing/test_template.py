"""Templates: what their drop-downs offer, how they look, and that the import takes what is typed in."""

import warnings
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from tests.people import person
from tests.sheets.taken import take
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.sheets.kinds.columns import Choices, Kind, Offer, headings_of
from zhupei_cli.sheets.reading.book import read_book
from zhupei_cli.sheets.taking.table import Table
from zhupei_cli.sheets.writing.template import ROWS, BlankForm, comment_of, form_of, wide_form, write_template

_KINDS = (
    *(
        workbook_kinds.PERSON,
        workbook_kinds.EDUCATION,
        workbook_kinds.WORK,
        workbook_kinds.BASE,
        workbook_kinds.SPECIALTY,
    ),
    *(
        workbook_kinds.PLAN,
        workbook_kinds.SCORE,
        workbook_kinds.REVIEW,
        workbook_kinds.CHECK_IN,
        workbook_kinds.EMPLOYER,
    ),
)
_CHOICES = Choices(
    bases=("郑州第一医院", "洛阳中心医院", "=cmd|' /C calc'!A0"),
    base_codes=("4101001", "4103001", "4104001"),
    specialties=("内科", "儿科"),
    source_types=("应届毕业生", "其他"),
    places=(("郑州第一医院", "内科"), ("郑州第一医院", "儿科"), ("洛阳中心医院", "内科")),
)


def _write(path: Path, *forms: BlankForm, choices: Choices = _CHOICES) -> Path:
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # XlsxWriter warns of a rule Excel would refuse, and leaves it out
        write_template(path, forms, choices)
    return path


def _sheet(path: Path, kind: Kind) -> Worksheet:
    sheet: Worksheet = openpyxl.load_workbook(path)[kind.title]
    return sheet


def _rules(sheet: Worksheet) -> dict[str, Any]:
    """Return the validations by heading."""
    assert sheet.cell(2, 1).value
    found = {}
    for rule in sheet.data_validations.dataValidation:
        (cells,) = rule.sqref.ranges
        assert (cells.min_row, cells.max_row, cells.min_col) == (3, ROWS + 2, cells.max_col)
        found[str(sheet.cell(2, cells.min_col).value)] = rule
    return found


def _fill(path: Path, kind: Kind, row: dict[str, Any]) -> Table:
    book = openpyxl.load_workbook(path)
    sheet = book[kind.title]
    headings = {str(cell.value).rstrip("*"): cell.column for cell in sheet[2]}
    for key, word in row.items():
        sheet.cell(3, headings[kind.headings[key]]).value = word
    book.save(path)
    return take(read_book(path), kind)


@pytest.mark.parametrize("kind", _KINDS, ids=lambda kind: kind.key)
def test_a_template_as_it_is_has_no_row_and_no_problem(tmp_path: Path, kind: Kind) -> None:
    table = take(read_book(_write(tmp_path / "a.xlsx", form_of(kind, "某批次 某表"))), kind)
    assert (table.rows, table.faults, table.header.body) == ([], [], 2)


@pytest.mark.parametrize("kind", _KINDS, ids=lambda kind: kind.key)
def test_every_column_that_offers_words_has_its_list_in_the_dictionary(tmp_path: Path, kind: Kind) -> None:
    path = _write(tmp_path / "a.xlsx", form_of(kind, "表"))
    book = openpyxl.load_workbook(path)
    sheet = book[kind.title]
    rules = _rules(sheet)
    for column in kind.columns:
        heading = f"{column.heading}*" if column.required else column.heading
        words = _CHOICES.of(column)
        if not words:
            assert rules.get(heading) is None or rules[heading].type in ("whole", "decimal")
            continue
        formula = rules[heading].formula1
        # Where another column narrows it, all the words come after what tells that it does not.
        plain = formula.partition(")=0,")[2].partition(",")[0] or formula
        title, area = plain.split("!")
        found = [cell.value for (cell,) in book[title][area.replace("$", "")]]
        assert (rules[heading].type, found) == ("list", list(words))
    if "字典" in book.sheetnames:
        assert (book.sheetnames[-1], book["字典"].sheet_state) == ("字典", "hidden")


def test_choices_narrow_each_other_by_the_plan(tmp_path: Path) -> None:
    path = _write(tmp_path / "a.xlsx", form_of(workbook_kinds.PERSON, "表"))
    book = openpyxl.load_workbook(path)
    rules = _rules(book["报名信息"])
    assert rules["报名专业*"].formula1 == (
        "IF(COUNTIF(字典!$N:$N,$AJ3)=0,字典!$M$2:$M$3,"
        "OFFSET(字典!$O$1,MATCH($AJ3,字典!$N:$N,0)-1,0,COUNTIF(字典!$N:$N,$AJ3),1))"
    )
    assert rules["第一志愿基地*"].formula1 == (
        "IF(COUNTIF(字典!$Q:$Q,$AI3)=0,字典!$P$2:$P$4,"
        "OFFSET(字典!$R$1,MATCH($AI3,字典!$Q:$Q,0)-1,0,COUNTIF(字典!$Q:$Q,$AI3),1))"
    )
    which = 'IF($AL3="",$AI3,$AL3)'
    assert rules["第二志愿基地"].formula1 == (
        f"IF(COUNTIF(字典!$Q:$Q,{which})=0,字典!$P$2:$P$4,"
        f"OFFSET(字典!$R$1,MATCH({which},字典!$Q:$Q,0)-1,0,COUNTIF(字典!$Q:$Q,{which}),1))"
    )
    assert "$AK3" in rules["第二志愿专业"].formula1
    words = {
        letter: [cell.value for cell in book["字典"][letter] if cell.value] for letter in ("N", "O", "Q", "R")
    }
    first, second = "郑州第一医院", "洛阳中心医院"
    assert words == {
        "N": ["基地的专业：按", second, first, first],
        "O": ["基地的专业", "内科", "内科", "儿科"],
        "Q": ["专业的基地：按", "儿科", "内科", "内科"],
        "R": ["专业的基地", first, first, second],
    }


def test_what_a_rule_does_with_other_words(tmp_path: Path) -> None:
    person_rules = _rules(
        _sheet(_write(tmp_path / "a.xlsx", form_of(workbook_kinds.PERSON, "表")), workbook_kinds.PERSON)
    )
    # openpyxl has None for "stop", which is what a rule does that says nothing.
    styles = {heading: rule.errorStyle for heading, rule in person_rules.items()}
    assert {heading for heading, style in styles.items() if style is None} == {
        *("民族*", "最高学历*", "是否全日制*", "应届往届*", "是否有工作单位*"),
        *("个人身份*", "培训年限*", "是否服从调剂*"),
    }
    assert {style for style in styles.values() if style} == {"warning"}
    scores = _rules(
        _sheet(_write(tmp_path / "b.xlsx", form_of(workbook_kinds.SCORE, "表")), workbook_kinds.SCORE)
    )
    assert [scores[part].showErrorMessage for part in ("笔试", "技能", "面试")] == [False] * 3
    plan = _rules(
        _sheet(_write(tmp_path / "c.xlsx", form_of(workbook_kinds.PLAN, "表")), workbook_kinds.PLAN)
    )
    assert [
        (plan[word].type, plan[word].formula1, plan[word].formula2) for word in ("计划人数*", "最低分")
    ] == [
        ("whole", "0", "100000"),
        ("decimal", "0", "100"),
    ]


def test_without_a_plan_nothing_narrows_and_without_bases_nothing_is_asked(tmp_path: Path) -> None:
    choices = Choices(specialties=("内科",))
    path = _write(tmp_path / "a.xlsx", form_of(workbook_kinds.PERSON, "表"), choices=choices)
    rules = _rules(_sheet(path, workbook_kinds.PERSON))
    assert "第一志愿基地*" not in rules
    assert rules["报名专业*"].formula1 == rules["第二志愿专业"].formula1 == "字典!$M$2:$M$2"


def test_the_look(tmp_path: Path) -> None:
    sheet = _sheet(
        _write(tmp_path / "a.xlsx", form_of(workbook_kinds.PERSON, "2026 年 报名信息")), workbook_kinds.PERSON
    )
    assert sheet["B1"].value == "2026 年 报名信息　带 * 的列必填；鼠标停在列名上，可看这一列怎么填"
    assert [cell.value for cell in sheet[2]] == headings_of(workbook_kinds.PERSON.columns)
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("B3", f"A2:AM{ROWS + 2}")
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert (sheet.print_title_rows, sheet.print_title_cols) == ("$1:$2", "$A:$A")
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (4, 0)
    formats = {sheet.column_dimensions[letter].number_format for letter in ("A", "C", "H", "AB", "AG")}
    assert formats == {"@"}
    comments = {str(cell.value): cell.comment.text for cell in sheet[2] if cell.comment}
    assert comments["性别"].startswith("可填：男、女。")
    assert comments["民族*"] == "必填。\n从下拉列表中选择。"
    assert "2024-06-30" in comments["毕业时间*"]


def test_numbers_are_typed_as_numbers_and_codes_as_text(tmp_path: Path) -> None:
    sheet = _sheet(_write(tmp_path / "a.xlsx", form_of(workbook_kinds.PLAN, "表")), workbook_kinds.PLAN)
    formats = {cell.value: sheet.column_dimensions[cell.column_letter].number_format for cell in sheet[2]}
    assert {heading for heading, shown in formats.items() if shown == "General"} == {
        *("计划人数*", "最低分", "本单位上限", "委托培养上限", "社会招收上限", "专硕上限", "培训容量"),
        *("本单位保留", "委托培养保留", "社会招收保留", "专硕保留"),
    }


@pytest.mark.parametrize("kind", _KINDS, ids=lambda kind: kind.key)
def test_a_comment_says_how_to_fill_every_required_column(kind: Kind) -> None:
    for column in kind.columns:
        remark = comment_of(column, _CHOICES)
        assert remark.startswith("必填。") == (column.required and not column.may_wait)
        if column.closed or isinstance(column.offers, Offer):
            assert "下拉列表" in remark or "可填：" in remark


def test_names_that_look_like_formulas_are_text(tmp_path: Path) -> None:
    hostile = ("=cmd|' /C calc'!A0", "+1", "@a", "-2+3")
    choices = Choices(bases=hostile, specialties=hostile, places=((hostile[0], hostile[1]),))
    rows = [{"application_no": "=1+1", "name": word} for word in hostile]
    form = form_of(workbook_kinds.SCORE, "=1+1", rows=rows)
    path = _write(tmp_path / "a.xlsx", form_of(workbook_kinds.PERSON, "=a"), form, choices=choices)
    book = openpyxl.load_workbook(path)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    (names,) = [column for column in book["成绩"].iter_cols() if column[1].value == "姓名"]
    assert [cell.value for cell in names[2:]] == list(hostile)


def test_a_filled_template_is_read(tmp_path: Path) -> None:
    row = person(choice1_base="郑州第一医院", has_employer="否")
    path = _write(tmp_path / "a.xlsx", *(form_of(kind, "表") for kind in _KINDS[:3]))
    table = _fill(path, workbook_kinds.PERSON, row)
    ((number, values, faults),) = [(one.number, one.values, one.faults) for one in table.rows]
    assert (number, faults, table.faults) == (3, [], [])
    assert {key: values[key] for key in ("id_number", "mobile", "choice1_base", "train_years")} == {
        "id_number": row["id_number"],
        "mobile": row["mobile"],
        "choice1_base": "郑州第一医院",
        "train_years": 3,
    }
    assert values.keys() == row.keys()


def test_a_wide_plan_has_its_bases(tmp_path: Path) -> None:
    path = _write(tmp_path / "a.xlsx", wide_form("计划", _CHOICES))
    book = openpyxl.load_workbook(path)
    sheet = book["招收计划"]
    assert [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)] == [
        ["基地编号*", "基地名称", "内科", "儿科"],
        *([code, name, None, None] for code, name in zip(_CHOICES.base_codes, _CHOICES.bases, strict=True)),
    ]
    sheet["C3"] = 12
    book.save(path)
    table = take(read_book(path), workbook_kinds.PLAN_WIDE)
    assert [row.values for row in table.rows] == [
        {"base": "4101001", "内科": 12},
        {"base": "4103001"},
        {"base": "4104001"},
    ]


def test_rows_stand_there_already_and_what_is_to_be_filled_is_coloured(tmp_path: Path) -> None:
    rows = [{"application_no": f"A-{number}", "name": "张三"} for number in range(1, 4)]
    form = form_of(workbook_kinds.CHECK_IN, "报到", without=("id_number",), rows=rows)
    sheet = _sheet(_write(tmp_path / "a.xlsx", form), workbook_kinds.CHECK_IN)
    (rule,) = sheet.data_validations.dataValidation
    assert (str(rule.sqref), sheet.freeze_panes, sheet.auto_filter.ref) == ("C3:C5", "C3", "A2:D5")
    colours = [cell.fill.fgColor.rgb for cell in sheet[3]]
    assert colours == ["00000000", "00000000", "FFFFF9E5", "FFFFF9E5"]
    assert sheet.dimensions == "A1:D5"


def test_the_same_template_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        forms = [form_of(workbook_kinds.PERSON, "表")]
        write_template(tmp_path / name, forms, _CHOICES, made_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
