"""Students by order after the review: a correction, a seat before the run, a seat by hand know the rule."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdf
import pytest

from tests.commands.trainee.test_order import BY_ORDER
from tests.conftest import Ran, Run
from tests.people import open_batch, person, write_book, write_people
from zhupei_cli.model import Plan
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.store.engine import transaction

NO = "HN2026-000000{}".format
A = "4101001"
Call = Callable[..., Ran]


@pytest.fixture
def call(zhupei: Run, database: str, tmp_path: Path) -> Call:
    """Three people, approved, the batch closed: the first two by order at 全科, the third at 内科 not."""
    with transaction(database) as session:
        batch = open_batch(session)
        taken = {f"taken_{who}": 0 for who in ("own", "entrusted", "social")}
        session.add(
            Plan(batch_id=batch.id, base_code=A, specialty_code="0700", quota=3, stopped=False, **taken)
        )

    def run(*args: str | Path, code: int = 0, **kwargs: Any) -> Ran:
        ran = zhupei("--database", database, *args, **kwargs)
        assert ran.code == code, (args, ran.out, ran.err)
        return ran

    by_order = BY_ORDER | {"choice2_base": None}
    rows = [person(1, **by_order), person(2, **by_order), person(3, choice2_base=None)]
    run("trainee", "import", write_people(tmp_path / "报名信息.xlsx", rows), "--submit")
    run("review", "approve", *map(NO, (1, 2, 3)))
    run("batch", "close", "HN2026")
    return run


def test_who_is_one_after_all_is_named(call: Call, tmp_path: Path) -> None:
    """Corrected after the review: named wherever the batch is looked at, by choice and by seat."""
    rows = [{"application_no": NO(no), "place_base": A, "place_specialty": "内科"} for no in (1, 3)]
    book = write_book(tmp_path / "专硕安排.xlsx", [(workbook_kinds.PREPLACE, rows)])
    problems = json.loads(call("admit", "preplace", "import", book, "--json").out)["problems"]
    told = [(one["row"], one["code"], one["severity"]) for one in problems if one["code"] == "E728"]
    assert told == [(2, "E728", "warning")]
    call("apply", "correct", NO(2), "报名专业", "内科", "--reason", "填错")
    assert _named(call) == {NO(2): ["内科"]}
    warned = call("batch", "lock", "HN2026", "-y").err
    assert ("E777" in warned, NO(2) in warned) == (True, True)
    assert f"1 名订单定向学生的名额不在可去的专业之内，例如 {NO(1)}（内科）" in warned
    assert "E729" in {
        one["code"] for one in json.loads(call("admit", "check", "--json", code=3).out)["findings"]
    }
    # By hand it takes a yes, chosen or not; the event says what was overridden.
    call("admit", "run", "--no-adjust")
    call("admit", "commit", "1", "-y")
    asked = call("admit", "place", NO(2), A, "内科", "--reason", "协议", code=5)
    assert f"{NO(2)} 是订单定向学生，内科不是可去的专业（可去：全科）" in asked.err
    call("admit", "place", NO(2), A, "内科", "--reason", "协议", "-y")
    assert "E728" in call("audit", "log", "--json").out
    # A seat shows among the anomalies from publication on.
    assert _named(call) == {NO(2): ["内科"]}
    call("batch", "publish", "HN2026", "-y")
    assert _named(call) == {NO(1): ["可去"], NO(2): ["内科", "可去"]}


def test_the_type_of_source_and_the_order_say_the_same(call: Call, tmp_path: Path) -> None:
    """Told at import, in the check of people, and among the anomalies."""
    call("batch", "reopen", "HN2026", "-y")
    by_order = BY_ORDER | {"choice2_base": None, "source_type": "应届毕业生"}
    blank = {"source_type": "农村订单定向", "choice2_base": None}
    rows = [person(4, **by_order), person(5, **blank), person(6, **blank, order_oriented="否")]
    book = write_people(tmp_path / "补报.xlsx", rows)
    told = {
        (2, "E757", "生源类型", "生源类型是应届毕业生，是否订单定向却是“是”"),
        (3, "E757", "生源类型", "生源类型是农村订单定向，是否订单定向却是“空白（即否）”"),
        (4, "E757", "生源类型", "生源类型是农村订单定向，是否订单定向却是“否”"),
    }
    ran = json.loads(call("trainee", "import", book, "--json").out)
    found = [one for one in ran["problems"] if one["code"] == "E757"]
    assert {(one["row"], one["code"], one["column"], one["message"].split("；")[0]) for one in found} == told
    assert ran["counts"]["inserted"] == 3
    checked = json.loads(call("trainee", "check", "--batch", "HN2026", "--json").out)
    assert [one["severity"] for one in checked if one["code"] == "E757"] == ["warning"] * 3
    call("apply", "submit", "--all-ready", "-y")
    found = json.loads(call("report", "anomalies", "--json").out)
    named = {one["subject"] for one in found if "生源类型是" in one["message"]}
    assert named == {NO(4), NO(5), NO(6)}
    # A batch that thinks little of it says nothing.
    call("batch", "edit", "HN2026", "--set", "severity.order.source=off")
    assert "生源类型是" not in call("report", "anomalies", "--json").out


def test_the_order_stands_on_screen_and_paper(call: Call, home: Path) -> None:
    line = "定向县：中牟县"
    for group in ("apply", "review"):
        assert line in call(group, "show", NO(1)).out and "订单定向" not in call(group, "show", NO(3)).out
    call("apply", "correct", NO(1), "定向基地", A, "--reason", "写编号")
    call("apply", "print", NO(1), NO(3), "-o", "表.pdf")
    first, third = (page.extract_text() for page in pypdf.PdfReader(home / "表.pdf").pages)
    assert f"是否订单定向：是　{line}　定向基地：郑州第一医院" in first.replace("\n", "")
    assert "订单定向" not in third
    # A base is told by its name, however it was written.
    call("apply", "correct", NO(1), "定向基地", "4101002", "--reason", "改协议")
    assert "协议写明的基地是 郑州第二医院" in call("report", "anomalies").out


def test_specialties_of_the_order_are_in_the_catalogue(call: Call) -> None:
    edit = ("batch", "edit", "HN2026", "--set")
    refused = call(*edit, "order_specialties=全科,9999", code=4)
    assert refused.err.startswith("错误 [E303]：没有专业 9999") and "base specialty list" in refused.err
    dates = ("--year", "2026", "--apply-from", "2026-06-01", "--apply-until", "2026-06-20", "--name", "二")
    assert "E303" in call("batch", "create", "HN2", *dates, "--set", "order_specialties=全料", code=4).err
    call(*edit, "order_specialties=全科,助理全科,0200")
    assert "order_specialties" in call("batch", "show", "HN2026", "--json").out


def _named(call: Call) -> dict[str, list[str]]:
    found = json.loads(call("report", "anomalies", "--json").out)
    words = {"内科": "不能报 内科", "可去": "内科不是可去的专业"}
    return {
        one["subject"]: [key for key, word in words.items() if word in one["message"]]
        for one in found
        if one["kind"] == "orders"
    }
