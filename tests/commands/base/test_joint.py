"""Joint bases (协同单位): taken in with their main base, and named with it wherever a base is named."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete

from tests.conftest import Ran, Run
from tests.people import open_batch, person, write_book, write_people
from zhupei_cli.model import Plan
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.store.engine import transaction

JOINT = {"code": "4101009", "name": "中牟医院", "city": "郑州市", "main_code": "4101001", "is_joint": "是"}
BOTH = "中牟医院（郑州第一医院协同单位）"
PIVOT = ("report", "pivot", "--rows", "choice1_base", "--columns", "identity", "--values", "applied")


@pytest.fixture
def call(zhupei: Run, database: str) -> Run:
    with transaction(database) as session:
        open_batch(session)

    def run(*args: str | Path, code: int = 0, **kwargs: Any) -> Ran:
        ran = zhupei("--database", database, *args, **kwargs)
        assert ran.code == code, ran.err
        return ran

    return run


def _import(call: Run, folder: Path, *rows: dict[str, str], code: int = 0) -> list[tuple[int, str, str]]:
    book = write_book(folder / "基地.xlsx", [(workbook_kinds.BASE, rows)])
    ran = call("base", "import", book, "--json", code=code)
    (folder / "基地_未通过.xlsx").unlink(missing_ok=True)
    return [(one["row"], one["column"], one["code"]) for one in json.loads(ran.out)["problems"]]


def test_a_joint_base_needs_a_main_base_that_is_none_itself(call: Run, database: str, tmp_path: Path) -> None:
    other = {**JOINT, "code": "4101008", "name": "登封医院"}
    wrong = [
        {**JOINT, "main_code": ""},
        {**other, "is_joint": "否"},
        {**JOINT, "code": "4101007", "name": "乙医院", "main_code": "999"},
        {**JOINT, "code": "4101006", "name": "丙医院", "main_code": "4101006"},
        {**JOINT, "code": "4101005", "name": "丁医院", "main_code": "4101004"},
        {**JOINT, "code": "4101004", "name": "戊医院"},
    ]
    found = _import(call, tmp_path, *wrong, code=3)
    assert sorted(found) == [
        (2, "主基地编号", "E776"),
        (3, "是否协同", "E776"),
        (4, "主基地编号", "E776"),
        (5, "主基地编号", "E776"),
        (6, "主基地编号", "E776"),
    ]
    # A bad row hinders no good one, though it names it as its main base.
    assert json.loads(call("base", "show", "4101004", "--json").out)["main_base"] == "4101001"
    # Without the word it follows from the main base; who leads others cannot become one.
    assert _import(call, tmp_path, {**JOINT, "is_joint": ""}) == []
    assert json.loads(call("base", "show", "4101009", "--json").out)["is_joint"] is True
    ran = call("base", "edit", "4101001", "--main-code", "4103001", "--is-joint", "是", code=3)
    assert "别的协同单位的主基地" in ran.err
    assert call("base", "list").out.count("4101001") == 3
    # A main base that goes leaves its joint ones: they are named, a disabled one is not.
    with transaction(database) as session:
        session.execute(delete(Plan))
    told = call("base", "disable", "4101001", "--reason", "资格终止").err.splitlines()
    assert told[1].startswith("提醒：郑州第一医院的协同单位还在使用：4101004 戊医院、4101009 中牟医院；")
    for joint in ("4101004", "4101009"):
        call("base", "disable", joint, "--reason", "资格终止")
    assert len(call("base", "disable", "4101001").err.splitlines()) == 1


def test_an_import_under_a_joint_base_that_came_later_is_not_taken_back(call: Run, tmp_path: Path) -> None:
    """It would make a joint base of a main base."""
    assert _import(call, tmp_path, JOINT) == []
    assert _import(call, tmp_path, {**JOINT, "main_code": "清空", "is_joint": "否"}) == []
    run = max(one["import_id"] for one in json.loads(call("imports", "list", "--json").out))
    other = {**JOINT, "code": "4101008", "name": "登封医院", "main_code": "4101009"}
    assert _import(call, tmp_path, other) == []
    assert "可以撤销" not in call("imports", "show", str(run)).out
    refused = call("imports", "undo", str(run), "--reason", "不对", "--yes", code=5)
    assert ("错误 [E491]" in refused.err, "写入基地" in refused.err) == (True, True), refused
    call("imports", "undo", str(run + 1), "--reason", "不对", "--yes")
    call("imports", "undo", str(run), "--reason", "不对", "--yes")
    assert json.loads(call("base", "show", "4101009", "--json").out)["main_base"] == "4101001"


def test_both_names_wherever_a_base_is_named(call: Run, tmp_path: Path) -> None:
    _import(call, tmp_path, JOINT)
    call("batch", "plan", "set", "中牟医院", "内科", "3")
    planned = json.loads(call("batch", "plan", "list", "--base", BOTH, "--json").out)
    assert [(one["base"], one["base_label"], one["main_base_label"]) for one in planned] == [
        ("4101009", "中牟医院", "郑州第一医院")
    ]
    # The list is taken in again as it stands, and people may write either name.
    out = tmp_path / "招收计划.xlsx"
    call("batch", "plan", "list", "-o", out)
    assert json.loads(call("batch", "plan", "import", out, "--json").out)["counts"]["unchanged"] == 10
    rows = [person(1, choice1_base=BOTH), person(2, choice1_base="中牟医院"), person(3, choice2_base=BOTH)]
    call("trainee", "import", write_people(tmp_path / "报名信息.xlsx", rows), "--submit")
    labels = [one["choice1_base_label"] for one in json.loads(call("apply", "list", "--json").out)]
    assert labels == [BOTH, BOTH, "郑州第一医院"]
    assert BOTH in call("review", "queue").out
    assert BOTH in call("export", "vacancies").out
    exported = tmp_path / "导出.xlsx"
    call("export", "applicants", "-o", exported)
    again = json.loads(call("trainee", "import", exported, "--json").out)
    assert (again["counts"]["unchanged"], again["problems"]) == (3, [])
    assert BOTH in call(*PIVOT).out
    folder = tmp_path / "日报"
    call("report", "nightly", "-o", folder, "--no-input")
    page = next(folder.glob("*.html")).read_text("utf-8")
    assert BOTH in page
