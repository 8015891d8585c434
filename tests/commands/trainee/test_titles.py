"""A workbook whose title names another batch than the one it is imported into."""

from pathlib import Path

import openpyxl
import pytest

from tests.conftest import Run
from tests.people import open_batch, person, write_people
from zhupei_cli.sheets.kinds.workbook_kinds import PERSON
from zhupei_cli.store.engine import transaction


@pytest.fixture
def of_supplement(zhupei: Run, database: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The template of another batch with one person filled in, while ZHUPEI_BATCH names the first."""
    monkeypatch.setenv("ZHUPEI_DATABASE_URL", database)
    monkeypatch.setenv("ZHUPEI_BATCH", "HN2026")
    with transaction(database) as session:
        open_batch(session)
        open_batch(session, code="HN2025").name = "2026 年招收 补录"
    path = home / "补录.xlsx"
    assert zhupei("trainee", "template", "--batch", "HN2025", "-o", path).code == 0
    book = openpyxl.load_workbook(path)
    words = [str(cell.value or "").strip(" *") for cell in book.worksheets[0][2]]
    keys = {column.heading: column.key for column in PERSON.columns}
    for at, word in enumerate(words, 1):
        book.worksheets[0].cell(3, at).value = person(1).get(keys.get(word, ""))
    book.save(path)
    return path


def test_it_is_not_taken_unless_the_batch_is_named(zhupei: Run, of_supplement: Path) -> None:
    ran = zhupei("trainee", "import", of_supplement)
    assert (ran.code, ran.err.splitlines()) == (
        3,
        [
            "没有导入：共 0 行，新增 0，更新 0，不变 0，未通过 0，提醒 0",
            "错误 [E435] 补录.xlsx 报名信息：标题写的是批次“2026 年招收 补录”，"
            "导入的是 HN2026（2026 年招收）；确是这个批次的，加 --batch HN2026 再导入，或改正标题；"
            "不是的，用 --batch 写明它的批次",
        ],
    )
    assert zhupei("apply", "list", "--json").out == zhupei("trainee", "list", "--json").out == "[]\n"
    ran = zhupei("trainee", "import", of_supplement, "--batch", "HN2026")
    assert (ran.code, "提醒 [E435] 补录.xlsx 报名信息：标题写的是批次" in ran.err) == (0, True)
    assert "新增 1" in ran.err


def test_a_title_of_another_year_hides_none_of_another_batch(zhupei: Run, of_supplement: Path) -> None:
    book = openpyxl.load_workbook(of_supplement)
    first = book.copy_worksheet(book.worksheets[0])
    first.title = "去年的表"
    titles = [cell for cell in first[1] if str(cell.value).startswith("2026 年招收 补录")]
    assert titles
    for cell in titles:
        cell.value = "河南省2025年住院医师规范化培训招收 报名信息"
    book.move_sheet(first, -book.index(first))
    book.save(of_supplement)
    ran = zhupei("trainee", "import", of_supplement)
    assert (ran.code, "[E795]" in ran.err, "错误 [E435]" in ran.err) == (3, True, True)


def test_its_own_title_is_no_matter(zhupei: Run, of_supplement: Path) -> None:
    del of_supplement
    assert zhupei("trainee", "template", "-o", "自己.xlsx").code == 0
    ran = zhupei("trainee", "import", "自己.xlsx")
    assert (ran.code, "E435" in ran.err) == (0, False)


@pytest.mark.parametrize(
    ("title", "told"),
    [
        ("河南省2025年住院医师规范化培训招收 报名信息", 2025),
        ("附件2：2025年度住培招录人员汇总表", 2025),
        ("示例市第1人民医院 2027 年规培招收名单", 2027),
        ("河南省2026年住院医师规范化培训招收 报名信息", None),
        ("2026 年招收 （2025年修订）", None),  # it has the name of the batch
        ("2025—2026年住院医师招收汇总", None),
        ("住院医师招收报名表 填报时间：2025年12月3日", None),
        ("住院医师招收 2025年毕业生", None),
        ("2025年度应届毕业生住培招收", None),
        ("2025 年 应届毕业生住培招收", None),
        ("2025年度12月住培招收", None),
        ("2025年度以前住培招收", None),
        ("根据河南省2025年住院医师规范化培训招收通知填写", None),
        ("2025年优秀学员", None),
        ("报名信息", None),
    ],
)
def test_a_title_of_another_year_is_told(
    zhupei: Run, database: str, home: Path, title: str, told: int | None
) -> None:
    with transaction(database) as session:
        open_batch(session)
    book = openpyxl.load_workbook(write_people(home / "报名.xlsx", [person(1)]))
    book.worksheets[0].insert_rows(1)
    book.worksheets[0].cell(1, 1).value = title
    book.save(home / "报名.xlsx")
    ran = zhupei("--database", database, "trainee", "import", "报名.xlsx")
    assert (ran.code, "新增 1" in ran.err) == (0, True)
    lines = [line for line in ran.err.splitlines() if "E795" in line]
    assert [line.partition("；")[0] for line in lines] == (
        []
        if told is None
        else [f"提醒 [E795] 报名.xlsx 报名信息：标题写的是 {told} 年，批次 HN2026 的年份是 2026"]
    )


def test_the_years_of_columns_are_no_title(zhupei: Run, database: str, home: Path) -> None:
    with transaction(database) as session:
        open_batch(session)
    book = openpyxl.load_workbook(write_people(home / "报名.xlsx", [person(1)]))
    sheet = book.worksheets[0]
    sheet.cell(1, sheet.max_column + 1).value = "2025年住培招收批次"
    book.save(home / "报名.xlsx")
    ran = zhupei("--database", database, "trainee", "import", "报名.xlsx")
    assert (ran.code, "E795" in ran.err) == (0, False)
