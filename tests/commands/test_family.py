"""Every workbook the program writes looks like one of the family: fonts, A4 landscape, title, headings."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.builders import store_world, worked_example
from tests.conftest import Ran, Run
from tests.people import id_number, open_batch, person, write_people
from zhupei_cli.sheets.writing.looks import BODY, HEADING
from zhupei_cli.store.engine import transaction

Call = Callable[..., Ran]

#: Sheets that go back as they are: the first row is their headings. An error workbook has the file's name
#: above the page.
_UNTITLED = {"报名信息.xlsx", "有误_未通过.xlsx"}
_A3, _A4, _FOOTER = 8, 9, "第 &P 页，共 &N 页"


def _written(call: Call, *args: str | Path) -> None:
    ran = call(*args)
    assert ran.code == 0, (args, ran)


@pytest.fixture
def call(database: str, zhupei: Run) -> Call:
    def run(*args: str | Path) -> Ran:
        return zhupei("--database", database, *args)

    return run


@pytest.fixture
def forms(call: Call, database: str, home: Path) -> Path:
    """The workbooks that come back filled in."""
    with transaction(database) as session:
        open_batch(session)
    for kind in ("trainee", "base", "base specialty", "trainee employer", "batch plan"):
        _written(call, *kind.split(), "template", "-o", f"{kind}.xlsx")
    _written(call, "batch", "plan", "template", "--wide", "-o", "宽.xlsx")
    write_people(home / "有误.xlsx", [person(1), person(2), person(3, ethnicity="火星族")])
    assert call("trainee", "import", "有误.xlsx").code == 3
    (home / "有误.xlsx").unlink()
    _written(call, "apply", "submit", "HN2026-0000001")
    _written(call, "review", "export", "--base", "4101001", "-o", "审核.xlsx")
    _written(call, "review", "approve", "HN2026-0000001")
    _written(call, "batch", "close")
    _written(call, "admit", "scores", "template", "-o", "成绩.xlsx")
    return home


@pytest.fixture
def lists(call: Call, database: str, home: Path) -> Path:
    """The workbooks to read: rosters and lists."""
    with transaction(database) as session:
        store_world(session, worked_example())
    for words in ("admit run", "admit commit 1", "batch publish --yes"):
        _written(call, *words.split())
    _written(call, "export", "roster", "--all", "-o", "名单")
    _written(call, "export", "public", "--draft", "-o", "送审稿.xlsx")
    for name in ("public", "ranking", "unadmitted", "vacancies", "applicants"):
        _written(call, "export", name, "-o", {"applicants": "报名信息.xlsx"}.get(name, f"{name}.xlsx"))
    _written(call, "batch", "finalize", "--yes")
    _written(call, "export", "register", "-o", "register.xlsx")
    for words in ("apply list", "apply stats", "base list", "batch list", "batch plan list", "trainee list"):
        _written(call, *words.split(), "-o", f"{words}.xlsx")
    for words in (
        *("admit list", "admit runs", "admit preplace list", "admit scores list", "review log", "audit log"),
        *("exam list", "exam sites list", "exam groups list", "notice list", "objection list"),
        *("imports list", "trainee bar list", "base specialty list", "report funnel"),
    ):
        _written(call, *words.split(), "-o", f"{words}.xlsx")
    return home


def _unlike(path: Path) -> list[str]:
    """Return what of a workbook is not as it is in all of them."""
    return [
        f"{path.name} {sheet.title}: {what}"
        for sheet in openpyxl.load_workbook(path).worksheets
        if sheet.sheet_state == "visible"
        for what in _oddities(sheet, titled=path.name not in _UNTITLED)
    ]


#: What A4 would take in letters of five points only.
_LARGE = frozenset(("审核意见",))


def _oddities(sheet: Any, *, titled: bool) -> list[str]:
    page, fit = sheet.page_setup, sheet.sheet_properties.pageSetUpPr
    filled = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    first = [cell for cell in filled if cell.row == 1]
    checks = {
        "name": not sheet.title.startswith("Sheet"),
        "paper": (page.orientation, int(page.paperSize))
        == ("landscape", _A3 if sheet.title in _LARGE else _A4),
        "fit": fit is not None and fit.fitToPage and int(page.fitToHeight) == 0,
        "headings on every page": sheet.print_title_rows is not None,
        "footer": sheet.oddFooter.center.text == _FOOTER,
        "fonts": {cell.font.name for cell in filled} <= {BODY, HEADING},
        "title": not titled or (len(first) == 1 and first[0].font.name == HEADING and first[0].font.sz >= 14),
        "frozen": sheet.freeze_panes is not None,
    }
    return [what for what, holds in checks.items() if not holds]


@pytest.mark.sqlite
def test_forms_to_fill_in(forms: Path) -> None:
    books = sorted(forms.glob("*.xlsx"))
    assert len(books) == 9
    assert [what for book in books for what in _unlike(book)] == []


@pytest.mark.sqlite
def test_rosters_and_lists(lists: Path) -> None:
    books = sorted(lists.rglob("*.xlsx"))
    assert len(books) == 31
    assert [what for book in books for what in _unlike(book)] == []


@pytest.mark.sqlite
def test_the_names_of_sheets_say_what_is_on_them(lists: Path) -> None:
    names = {book.stem: openpyxl.load_workbook(book).sheetnames for book in lists.glob("*.xlsx")}
    assert names["public"] == ["拟录取公示名单"]
    assert names["送审稿"] == ["拟录取公示名单（送审稿）"]
    assert names["vacancies"] == ["招收计划空缺情况"]
    assert names["register"] == ["学员登记表"]
    assert names["batch plan list"] == ["招收计划"]
    assert names["audit log"] == ["操作记录"]


@pytest.mark.sqlite
def test_nobody_is_offered_a_sex_that_is_not_known(forms: Path) -> None:
    sheet = openpyxl.load_workbook(forms / "trainee.xlsx")["字典"]
    words = {cell.value for row in sheet.iter_rows() for cell in row}
    assert (words & {"男", "女", "未知的性别", "未说明的性别"}) == {"男", "女"}
    assert id_number(1) not in words
