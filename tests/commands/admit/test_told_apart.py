"""What is reserved by share, and who was seated before any run: told wherever people look."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from tests.builders import store_world, worked_example
from tests.conftest import Ran, Run
from tests.people import write_book
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.store.engine import transaction

NO = "T-000000{}".format
Call = Callable[..., Ran]


@pytest.fixture
def call(database: str, zhupei: Run) -> Call:
    """The worked example, closed, with a postgraduate who chose C."""
    example = worked_example()
    sixth = example.candidates[4]._replace(no=NO(6), identity="postgrad", choices=(("C", "0100"),))
    with transaction(database) as session:
        store_world(
            session, replace(example, candidates=(*example.candidates, sixth)), status="closed", told=True
        )

    def run(*args: str | Path, code: int = 0) -> Ran:
        ran = zhupei("--database", database, *args)
        assert ran.code == code, ran.err
        return ran

    return run


def test_a_share_that_cannot_be_kept_is_told(call: Call) -> None:
    call("batch", "plan", "set", "A", "0100", "2", "--max-social", "1", "--reserve-own", "1")
    ran = call("batch", "edit", "T", "--set", "reserve.social_share=1")
    told = "提醒：1 个岗位留不足 reserve.social_share 的名额，上限或其他保留不允许"
    assert told in ran.err
    ran = call("batch", "plan", "list", "--json")
    assert told in ran.err
    shares = {one["base"]: (one["reserve_shared"], one["reserve_cut"]) for one in json.loads(ran.out)}
    assert shares == {"A": (1, 1), "B": (1, 0), "C": (1, 0)}
    found = {
        one["code"]: one["message"]
        for one in json.loads(call("admit", "check", "--json", code=3).out)["findings"]
    }
    assert found["E778"].startswith("1 个岗位按比例为社会招收保留的名额留不足，例如 基地A 的 ")
    assert "应保留 2 人，只能保留 1 人" in found["E778"]
    # The list is taken in again as it stands.
    call("batch", "plan", "list", "-o", "计划.xlsx")
    again = json.loads(call("batch", "plan", "import", "计划.xlsx", "--json").out)
    assert (again["counts"]["unchanged"], again["problems"]) == (3, [])
    call("batch", "edit", "T", "--set", "reserve.social_share=0.5")
    assert "留不足" not in call("batch", "plan", "list").err


def test_who_was_seated_before_the_run_is_told_apart(call: Call, tmp_path: Path) -> None:
    keys = ("application_no", "place_base", "place_specialty", "university", "tutor")
    rows = [dict(zip(keys, (NO(6), "A", "0100", "郑州大学医学院", "李教授"), strict=True))]
    book = write_book(tmp_path / "专硕安排.xlsx", [(workbook_kinds.PREPLACE, rows)])
    problems = json.loads(call("admit", "preplace", "import", book, "--json").out)["problems"]
    assert [(one["code"], one["severity"]) for one in problems] == [("E727", "warning")]
    assert "没有填报基地A的" in problems[0]["message"]
    # The same again has nothing to warn of: the seat is held.
    assert json.loads(call("admit", "preplace", "import", book, "--json").out)["problems"] == []
    call("batch", "lock", "T", "--yes")
    call("admit", "run")
    said = "计划 2 人，此前已占 1 人，本次录取 1 人"
    assert said in call("admit", "explain", "--place", "A", "0100").err
    call("admit", "commit", "1")
    assert said in call("admit", "explain", "--place", "A", "0100").err
    assert "其中预先安排" not in call("report", "summary").out
    call("batch", "publish", "--yes")
    figures = {one["figure"]: one["count"] for one in json.loads(call("report", "summary", "--json").out)}
    assert (figures["preplaced"], figures["admitted"]) == (1, 4)
    remarks = {
        one["application_no"]: one["remark"] for one in json.loads(call("export", "public", "--json").out)
    }
    assert {number for number, remark in remarks.items() if remark == "预先安排"} == {NO(6)}
    call("export", "public", "-o", "公示.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "公示.xlsx").worksheets[0]
    assert "备注" in [cell.value for row in sheet.iter_rows() for cell in row]
    call("export", "public", "-o", "公示.html")
    assert 'data-heading="备注">预先安排<' in Path("公示.html").read_text("utf-8")
    call("export", "roster", "--all", "-o", "名单")
    roster = openpyxl.load_workbook(next((tmp_path / "名单").glob("A_*.xlsx"))).worksheets[1]
    told = [row[-1].value for row in roster.iter_rows() if row[1].value == NO(6)]
    assert told == ["郑州大学医学院；导师 李教授"]
    # As many columns as every roster has: a page is no wider for it.
    assert roster.max_column == 22 and roster.page_setup.fitToWidth == 1
    # The place adds up at each moment; whose seat is given up holds it no longer.
    assert said in call("admit", "explain", "--place", "A", "0100").err
    call("admit", "decline", NO(6), "--reason", "放弃", "--yes")
    assert "计划 2 人，本次录取 1 人" in call("admit", "explain", "--place", "A", "0100").err
    call("admit", "run", "--round", "refill")
    call("admit", "commit", "2")
    assert "计划 2 人，录取 2 人" in call("admit", "explain", "--place", "A", "0100").err
