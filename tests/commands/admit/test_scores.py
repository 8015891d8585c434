"""`zhupei admit scores template` and `bands`, whole output."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlalchemy import delete, select, update

from tests.builders import store_world, worked_example
from tests.conftest import Ran, Run
from tests.people import write_book
from zhupei_cli.model import Score, Specialty
from zhupei_cli.rules.admission.scores import Record
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.store.engine import transaction

Call = Callable[..., Ran]


@pytest.fixture
def season(database: str) -> str:
    """Closed: 1 has a record of B's own, 2 missed the interview, 5 only has an own record of C."""
    one, two, three, four, five = worked_example().candidates
    people = (
        one._replace(records=(*one.records, Record("B", 10000, 10000, 10000))),
        two._replace(records=(Record(None, 8000, 8000, None),)),
        three,
        four._replace(records=(Record(None, 7000, 7000, 7001),)),
        five._replace(records=(Record("C", 6000, 6000, 6000),)),
    )
    with transaction(database) as session:
        store_world(session, replace(worked_example(), candidates=people), status="closed")
        session.execute(update(Specialty).where(Specialty.code == "0100").values(name="内"))
        session.execute(update(Score).where(Score.application_id == 2).values(interview_absent=True))
    return database


@pytest.fixture
def scores(season: str, zhupei: Run) -> Call:
    return lambda *args: zhupei("--database", season, "admit", "scores", *args)


def _cells(path: Path) -> list[tuple[object, ...]]:
    return [tuple(row) for row in load_workbook(path).worksheets[0].iter_rows(values_only=True)]


def test_template(scores: Call, home: Path) -> None:
    assert scores("template", "-o", "成绩.xlsx") == Ran(
        0,
        "",
        "已写入 成绩.xlsx（5 人）\n下一步：zhupei admit scores import 成绩.xlsx（填好后导入）\n",
    )
    title, *cells = _cells(home / "成绩.xlsx")
    assert str(title[2]).startswith("T 招收 成绩　")
    assert cells == [
        ("报名号", "姓名", "笔试", "技能", "面试", "基地编号"),
        ("T-0000001", "考生1", "90.00", "90.00", "90.00", None),
        # Absent from the interview; the fifth has only a record of a base's own.
        ("T-0000002", "考生2", "80.00", "80.00", "缺考", None),
        ("T-0000003", "考生3", "78.00", "78.00", "78.00", None),
        ("T-0000004", "考生4", "70.00", "70.00", "70.01", None),
        ("T-0000005", "考生5", None, None, None, None),
    ]
    sheet = load_workbook(home / "成绩.xlsx").worksheets[0]
    assert [cell.number_format for cell in sheet[3]] == ["@", "@", "General", "General", "General", "@"]
    again = json.loads(scores("import", "成绩.xlsx", "--json").out)
    assert again["counts"] == {
        **dict.fromkeys(("inserted", "updated", "rejected", "warned", "replaced"), 0),
        "rows": 5,
        "unchanged": 4,
        "blank": 1,
    }
    assert scores("template", "-o", "成绩.xlsx").code == 5
    assert scores("template", "-o", "成绩.csv").code == 2


def test_template_of_a_base_filled_in_is_imported(scores: Call, home: Path, season: str) -> None:
    path = home / "C.xlsx"
    assert scores("template", "--base", "C", "-o", path, "--json").out == (
        f'{{\n  "file": "{path}",\n  "people": 1,\n  "base": "C",\n  "dry_run": false\n}}\n'
    )
    book = load_workbook(path)
    assert [cell.value for cell in book.worksheets[0][3]] == [
        *("T-0000005", "考生5", "60.00", "60.00", "60.00", "C")
    ]
    book.worksheets[0]["C3"] = 95.5
    book.save(path)
    assert scores("import", path).code == 0
    with transaction(season, read_only=True) as session:
        stored = session.execute(
            select(Score.written, Score.skill).where(Score.application_id == 5, Score.record == "C")
        )
        assert [tuple(row) for row in stored] == [(9550, 6000)]


def test_refused_rows_come_back_with_drop_downs_and_go_in_when_mended(scores: Call, home: Path) -> None:
    path = home / "成绩.xlsx"
    assert scores("template", "-o", path).code == 0
    book = load_workbook(path)
    sheet = book["成绩"]
    rules = {str(rule.sqref): rule.formula1 for rule in sheet.data_validations.dataValidation}
    assert rules.keys() == {"C3:C7", "D3:D7", "E3:E7", "F3:F7"}
    assert (book["字典"]["A1"].value, book["字典"]["A2"].value) == ("笔试", "缺考")
    for row, mark in enumerate(("101", 80, "缺考", 80, None), 3):
        sheet.cell(row, 3).value = mark
    book.save(path)
    ran = scores("import", path, "--json")
    path = home / "成绩_未通过.xlsx"
    book = load_workbook(path)
    sheet = book["成绩"]
    assert (ran.code, json.loads(ran.out)["counts"]["rejected"], sheet.max_row - 1) == (3, 1, 1)
    rules = {str(rule.sqref): rule.formula1 for rule in sheet.data_validations.dataValidation}
    assert rules == {**dict.fromkeys(("E2", "F2", "G2"), "字典!$A$2:$A$2"), "H2": "字典!$B$2:$B$4"}
    sheet["E2"] = "100"
    book.save(path)
    ran = scores("import", path, "--json")
    assert (ran.code, json.loads(ran.out)["counts"]["rejected"]) == (0, 0)


BANDS = """\
第一志愿专业  考生  无总成绩  平均   最高   最低   90-100  80-89.99  70-79.99  60-69.99  50-59.99  40-49.99  30-39.99  20-29.99  10-19.99  0-9.99
------------  ----  --------  -----  -----  -----  ------  --------  --------  --------  --------  --------  --------  --------  --------  ------
全部          5     2         79.33  90.00  70.00  1       0         2         0         0         0         0         0         0         0
内            5     2         79.33  90.00  70.00  1       0         2         0         0         0         0         0         0         0
"""  # noqa: E501


def test_bands(scores: Call, home: Path) -> None:
    assert scores("bands") == Ran(0, BANDS, "")
    whole, _ = json.loads(scores("bands", "--json").out)
    assert whole == {
        "specialty": None,
        "specialty_label": "全部",
        "candidates": 5,
        "absent": 2,
        "mean": 79.33,
        "highest": 90.0,
        "lowest": 70.0,
        "from_90": 1,
        "from_80": 0,
        "from_70": 2,
        **{f"from_{band}": 0 for band in range(60, -1, -10)},
    }
    assert scores("bands", "-o", "分数段.xlsx").code == 0
    assert _cells(home / "分数段.xlsx")[2][6] == "90-100"


def test_bands_of_nobody(scores: Call, season: str) -> None:
    with transaction(season) as session:
        session.execute(update(Score).values(written=None, skill=None, interview=None))
    whole, _ = json.loads(scores("bands", "--json").out)
    assert [whole[key] for key in ("candidates", "absent", "mean", "highest", "from_90")] == [
        5,
        5,
        None,
        None,
        0,
    ]


def test_a_trial_says_what_an_absence_replaces(scores: Call, home: Path) -> None:
    rows: list[dict[str, object]] = [
        {"application_no": "T-0000003", "written": "缺考"},
        {"application_no": "T-0000002", "interview": 60},
    ]
    ran = scores("import", write_book(home / "成绩.xlsx", [(workbook_kinds.SCORE, rows)]), "--dry-run")
    assert (ran.code, ran.out) == (
        0,
        "工作表  行  对象             项目  原来   改为\n"
        "------  --  ---------------  ----  -----  -----\n"
        "成绩    2   T-0000003 考生3  笔试  78.00  缺考\n"
        "成绩    3   T-0000002 考生2  面试  缺考   60.00\n",
    )


def test_the_list_says_who_was_absent(scores: Call) -> None:
    lines = scores("list").out.splitlines()
    assert lines[4].split()[-3:] == ["80.00", "80.00", "缺考"]
    row = next(
        one for one in json.loads(scores("list", "--json").out) if one["application_no"] == "T-0000002"
    )
    assert (row["interview"], row["interview_absent"], row["skill_absent"]) == (None, True, False)


def test_the_list_has_who_was_forgotten(scores: Call, season: str) -> None:
    with transaction(season) as session:
        session.execute(delete(Score).where(Score.application_id == 3))
    ran = scores("list")
    assert ran.err == "1 名考生没有成绩，也没有登记缺考（成绩空白）\n"
    assert ran.out.splitlines()[5].split()[0] == "T-0000003"
    (row,) = json.loads(scores("list", "--missing", "--json").out)
    assert (row["application_no"], row["forgotten"], row["written"], row["total"]) == (
        *("T-0000003", True),
        *(None, None),
    )
