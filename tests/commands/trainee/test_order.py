"""Students by order (订单定向): known from import on, refused or told of wherever a form is looked at."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from tests.conftest import Ran, Run
from tests.people import open_batch, person, write_people
from zhupei_cli.model import Plan
from zhupei_cli.store.engine import transaction

BY_ORDER = {
    "identity": "委培",
    "order_oriented": "是",
    "source_type": "农村订单定向",
    "order_county": "中牟县",
    "order_base": "郑州第一医院",
    "has_employer": "是",
    "employer_name": "中牟县卫生院",
    "specialty": "全科",
}


@pytest.fixture
def shell(zhupei: Run, database: str) -> Run:
    with transaction(database) as session:
        batch = open_batch(session)
        for base in ("4101001", "4103001"):
            taken = {f"taken_{who}": 0 for who in ("own", "entrusted", "social")}
            place = Plan(batch_id=batch.id, base_code=base, specialty_code="0700", quota=1, stopped=False)
            for name, value in taken.items():
                setattr(place, name, value)
            session.add(place)

    def run(*args: str | Path, code: int = 0, **kwargs: Any) -> Ran:
        ran = zhupei("--database", database, *args, **kwargs)
        assert ran.code == code, ran.err
        return ran

    return run


def test_the_rules_from_import_to_admission(shell: Run, database: str, tmp_path: Path) -> None:
    rows = [
        person(1, **BY_ORDER),
        person(2, **BY_ORDER | {"specialty": "内科"}),
        person(3, **BY_ORDER | {"choice1_base": "4103001", "choice2_base": None}),
        person(
            4,
            **BY_ORDER
            | {"order_county": None, "order_base": None, "has_employer": "否"}
            | {"employer_name": None, "identity": "社会人"},
        ),
        person(5, order_county="中牟县"),
    ]
    book = write_people(tmp_path / "报名信息.xlsx", rows)
    ran = shell("trainee", "import", book, "--submit", "--json", code=3)
    told = [
        (one["row"], one["column"], one["code"], one["severity"]) for one in json.loads(ran.out)["problems"]
    ]
    assert told == [
        (3, "报名专业", "E771", "error"),
        (4, "第一志愿基地", "E772", "error"),
        (5, "定向县", "E774", "warning"),
        (5, "工作单位", "E773", "warning"),
        (6, "是否订单定向", "E775", "warning"),
    ]
    # A batch may be less strict; then it is told wherever a form is looked at.
    for rule in ("order.specialty", "order.base"):
        shell("batch", "edit", "HN2026", "--set", f"severity.{rule}=warning")
    shell("trainee", "import", book, "--submit")
    listed = json.loads(shell("apply", "list", "--json").out)
    numbers = {one["name"]: one["application_no"] for one in listed}
    second = numbers["王二"]
    assert "E771" in shell("review", "show", second).err
    found = json.loads(shell("report", "anomalies", "--json").out)
    about = {one["subject"]: one["message"] for one in found if one["kind"] == "orders"}
    assert {number: len(words) > 10 for number, words in about.items()} == {
        numbers[name]: True for name in ("王二", "王三", "王四")
    }
    shell("review", "approve", *numbers.values(), "-y")
    shell("batch", "close", "HN2026")
    # That somebody is one after all is an input of admission, and changes with its version of the snapshot.
    shell("apply", "correct", numbers["王五"], "是否订单定向", "是", "--reason", "漏报")
    with transaction(database) as session:
        flags = text("SELECT application_no FROM application WHERE order_oriented")
        assert set(session.execute(flags).scalars()) == {number for name, number in numbers.items()}
    shell("batch", "lock", "HN2026", "-y")
    ran = shell("admit", "check", "--json", code=3)
    assert {one["code"]: one["message"] for one in json.loads(ran.out)["findings"]}["E777"].startswith(
        "2 名订单定向的考生"
    )
    # What is told of them on the screen, and taken out again unchanged.
    shown = shell("trainee", "show", numbers["王一"]).out
    assert "定向县" in shown and "中牟县" in shown
    exported = json.loads(shell("export", "applicants", "--json").out)
    assert exported[0]["order_oriented"] == "是"
    with transaction(database) as session:
        session.execute(text("UPDATE application SET order_oriented = NULL"))
    assert "E718" in shell("db", "check", code=3).out
