"""The template commands, and the error workbooks of every import, from the shell."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.conftest import Ran, Run
from tests.people import id_number, open_batch, person, write_book
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.sheets.kinds.columns import Kind
from zhupei_cli.store.engine import transaction

_NOWHERE = ("--database", "sqlite:///nowhere.sqlite")
_EMPTY = "表头以下还没有填写任何一行，没有可导入的内容\n"
_BASE = {"code": "4105001", "name": "安阳示例医院", "city": "安阳市"}
_SPECIALTY = {"code": "9900", "name": "示例专业", "category": "西医"}
_EMPLOYER = {"name": "某县医院", "city": "安阳市", "is_medical": "是"}
_PLACE = {"base": "郑州第一医院", "specialty": "皮肤科", "quota": 3}


@pytest.fixture
def shell(database: str, zhupei: Run) -> Run:
    """Run on a database with an open batch."""
    with transaction(database) as session:
        open_batch(session)
    return lambda *args: zhupei("--database", database, *args)


def _rules(path: Path, kind: Kind) -> dict[str, str]:
    sheet = openpyxl.load_workbook(path)[kind.title]
    rules = sheet.data_validations.dataValidation
    header = 1 if sheet["A1"].value else 2
    return {
        str(sheet.cell(header, next(iter(rule.sqref.ranges)).min_col).value): rule.formula1 for rule in rules
    }


def _words(path: Path, formula: str) -> list[Any]:
    area = (formula.partition(")=0,")[2].partition(",")[0] or formula).partition("!")[2].replace("$", "")
    return [cell.value for (cell,) in openpyxl.load_workbook(path)["字典"][area]]


def _fill(path: Path, kind: Kind, rows: Sequence[Mapping[str, Any]]) -> Path:
    book = openpyxl.load_workbook(path)
    sheet = book[kind.title]
    headings = {str(cell.value).rstrip("*"): cell.column for cell in sheet[2]}
    for at, row in enumerate(rows, 3):
        for key, word in row.items():
            sheet.cell(at, headings[kind.headings[key]]).value = word
    book.save(path)
    return path


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("command", "name", "sheets"),
    [
        ("trainee", "报名信息", ["报名信息", "教育经历", "工作经历", "字典"]),
        ("base", "基地", ["基地", "字典"]),
        ("base specialty", "专业", ["专业", "字典"]),
        ("trainee employer", "单位", ["单位", "字典"]),
        ("batch plan", "招收计划", ["招收计划", "字典"]),
    ],
)
def test_no_template_needs_a_database(
    zhupei: Run, home: Path, command: str, name: str, sheets: list[str]
) -> None:
    path = home / f"{name}模板.xlsx"
    ran = zhupei(*_NOWHERE, *command.split(), "template")
    said = f"已写入 {path.name}\n下一步：zhupei {command} import {path.name}（填好后导入）\n"
    assert ran == Ran(0, "", said)
    assert (path.stat().st_mode & 0o777, openpyxl.load_workbook(path).sheetnames) == (0o600, sheets)
    again = zhupei(*_NOWHERE, *command.split(), "template")
    assert (again.code, again.err.partition("\n")[0]) == (5, f"错误 [E002]：文件 {path.name} 已存在")
    assert zhupei(*_NOWHERE, *command.split(), "template", "--force", "--json") == Ran(
        0, f'{{\n  "file": "{path.name}",\n  "dry_run": false\n}}\n', ""
    )
    assert zhupei(*_NOWHERE, *command.split(), "template", "-o", "a.csv").code == 2


@pytest.mark.sqlite
def test_without_a_database_the_programs_specialties_are_offered_and_no_base(zhupei: Run, home: Path) -> None:
    assert zhupei(*_NOWHERE, "trainee", "template", "-o", "a.xlsx").code == 0
    rules = _rules(home / "a.xlsx", workbook_kinds.PERSON)
    assert "第一志愿基地*" not in rules
    words = _words(home / "a.xlsx", rules["报名专业*"])
    assert (words[:2], len(words)) == (["内科", "儿科"], len(set(words)))
    assert zhupei(*_NOWHERE, "trainee", "template", "-o", "b.xlsx", "--batch", "X").code == 6


def test_the_only_live_batch_is_what_is_offered(shell: Run, home: Path) -> None:
    shell("batch", "plan", "stop", "4101002", "0100", "--reason", "师资不足")
    assert shell("trainee", "template", "-o", "a.xlsx").code == 0
    path = home / "a.xlsx"
    sheet = openpyxl.load_workbook(path)["报名信息"]
    assert str(sheet["B1"].value).startswith("2026 年招收 报名信息")
    rules = _rules(path, workbook_kinds.PERSON)
    assert _words(path, rules["报名专业*"]) == ["内科", "儿科", "口腔全科"]
    assert _words(path, rules["第一志愿基地*"]) == ["郑州第一医院", "郑州第二医院", "洛阳中心医院"]
    book = openpyxl.load_workbook(path)
    pairs = {
        (key.value, word.value)
        for key, word in zip(book["字典"]["Q"], book["字典"]["R"], strict=True)
        if key.value == "内科"
    }
    assert pairs == {("内科", "郑州第一医院"), ("内科", "洛阳中心医院")}
    assert _words(path, rules["生源类型*"])[0] == "应届毕业生"


def test_with_several_batches_all_that_exists_is_offered(shell: Run, home: Path, database: str) -> None:
    with transaction(database) as session:
        open_batch(session, code="HN2025")
    assert shell("trainee", "template", "-o", "a.xlsx").code == 0
    words = _words(home / "a.xlsx", _rules(home / "a.xlsx", workbook_kinds.PERSON)["报名专业*"])
    assert len(words) > 30
    assert shell("trainee", "template", "-o", "b.xlsx", "--batch", "HN2062").code == 4
    assert not (home / "b.xlsx").exists()


def test_a_name_that_two_bases_share_is_offered_as_a_code(shell: Run, home: Path) -> None:
    twin = {**_BASE, "aliases": "洛阳中心医院"}
    path = write_book(home / "基地.xlsx", [(workbook_kinds.BASE, [twin])])
    assert shell("base", "import", path).code == 0
    shell("trainee", "template", "-o", "a.xlsx")
    words = _words(home / "a.xlsx", _rules(home / "a.xlsx", workbook_kinds.PERSON)["第一志愿基地*"])
    assert words == ["郑州第一医院", "郑州第二医院", "4103001"]


_FILLED: list[tuple[str, Kind, dict[str, Any]]] = [
    ("trainee", workbook_kinds.PERSON, person(1)),
    ("base", workbook_kinds.BASE, _BASE),
    ("base specialty", workbook_kinds.SPECIALTY, _SPECIALTY),
    ("trainee employer", workbook_kinds.EMPLOYER, _EMPLOYER),
    ("batch plan", workbook_kinds.PLAN, _PLACE),
]


@pytest.mark.sqlite
@pytest.mark.parametrize(("command", "kind", "row"), _FILLED)
def test_as_it_is_it_imports_nothing_and_filled_its_row(
    shell: Run, home: Path, command: str, kind: Kind, row: dict[str, Any]
) -> None:
    group = command.split()
    assert shell(*group, "template", "-o", "a.xlsx").code == 0
    ran = shell(*group, "import", "a.xlsx")
    assert (ran.code, ran.err.partition("\n")[2]) == (0, _EMPTY)
    assert ran.err.startswith("导入完成：共 0 行，新增 0，")
    _fill(home / "a.xlsx", kind, [row])
    ran = shell(*group, "import", "a.xlsx", "--json")
    found = json.loads(ran.out)
    assert (ran.code, found["counts"]["inserted"], found["problems"]) == (0, 1, [])


def test_a_wide_plan_has_the_bases_and_is_taken_back(shell: Run, home: Path) -> None:
    assert shell("batch", "plan", "template", "--wide", "-o", "a.xlsx").code == 0
    ran = shell("batch", "plan", "import", "a.xlsx", "--json")
    counts = json.loads(ran.out)["counts"]
    assert (ran.code, counts["rows"], counts["unchanged"]) == (0, 3, 3)
    book = openpyxl.load_workbook(home / "a.xlsx")
    sheet = book["招收计划"]
    headings = [cell.value for cell in sheet[2]]
    sheet.cell(3, headings.index("皮肤科") + 1).value = 4
    book.save(home / "a.xlsx")
    counts = json.loads(shell("batch", "plan", "import", "a.xlsx", "--json").out)["counts"]
    assert (counts["rows"], counts["inserted"], counts["unchanged"]) == (3, 1, 2)


#: Command, kind, a bad row and the cells that mend it.
_REFUSED: list[tuple[str, Kind, dict[str, Any], dict[str, Any]]] = [
    (
        "trainee",
        workbook_kinds.PERSON,
        person(1, choice1_base="=cmd|x", ethnicity="火星族"),
        {"choice1_base": "郑州第一医院", "ethnicity": "汉族"},
    ),
    ("base", workbook_kinds.BASE, {**_BASE, "city": "火星市"}, {"city": "安阳市"}),
    (
        "base specialty",
        workbook_kinds.SPECIALTY,
        {**_SPECIALTY, "is_shortage": "也许"},
        {"is_shortage": "是"},
    ),
    ("trainee employer", workbook_kinds.EMPLOYER, {**_EMPLOYER, "is_medical": "也许"}, {"is_medical": "否"}),
    ("batch plan", workbook_kinds.PLAN, {**_PLACE, "base": "没有的医院"}, {"base": "洛阳中心医院"}),
]


@pytest.mark.sqlite
@pytest.mark.parametrize(("command", "kind", "row", "cure"), _REFUSED)
def test_refused_rows_come_back_with_drop_downs_and_go_in_when_mended(
    shell: Run, home: Path, command: str, kind: Kind, row: dict[str, Any], cure: dict[str, Any]
) -> None:
    write_book(home / "a.xlsx", [(kind, [row])])
    ran = shell(*command.split(), "import", "a.xlsx", "--json")
    found = json.loads(ran.out)
    assert (ran.code, found["counts"]["rejected"], found["errors_files"]) == (3, 1, ["a_未通过.xlsx"])
    path = home / "a_未通过.xlsx"
    rules = _rules(path, kind)
    book = openpyxl.load_workbook(path)
    sheet = book[kind.title]
    headings = {str(cell.value).rstrip("*"): cell for cell in sheet[1]}
    assert sheet.max_row - 1 == found["counts"]["rejected"]
    for key, word in cure.items():
        head = headings[kind.headings[key]]
        assert word in _words(path, rules[str(head.value)])
        cell = sheet.cell(2, head.column)
        assert (cell.fill.fgColor.rgb, cell.comment is not None) == ("FFFFC7CE", True)
        cell.value = word
    book.save(path)
    ran = shell(*command.split(), "import", path.name, "--json")
    assert (ran.code, json.loads(ran.out)["counts"]["inserted"]) == (0, 1)


@pytest.mark.sqlite
@pytest.mark.parametrize(("command", "kind", "row", "cure"), _REFUSED)
def test_masked_it_is_for_reading_only(
    shell: Run, home: Path, command: str, kind: Kind, row: dict[str, Any], cure: dict[str, Any]
) -> None:
    del cure
    write_book(home / "a.xlsx", [(kind, [row])])
    ran = shell(*command.split(), "import", "a.xlsx", "--mask")
    assert ran.err.endswith("不合格的行已写入 a_未通过.xlsx，证件号码等已遮盖，只供查看\n")
    sheet = openpyxl.load_workbook(home / "a_未通过.xlsx")[kind.title]
    assert sheet["B1"].value == "本表的证件号码、电话、地址等已遮盖，只供查看，不能再导入"
    cells = {str(cell.value) for line in sheet.iter_rows() for cell in line}
    assert not cells & {id_number(1), "13800000001", "郑州市金水区文化路 1 号"}
    if command == "trainee":
        assert {"4101**********" + id_number(1)[-4:], "138****0001"} <= cells
        assert shell("trainee", "import", "a_未通过.xlsx").code == 3
