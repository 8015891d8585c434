"""`zhupei objection`: the register, what holds finalize, what status and reports say."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.builders import store_world, worked_example
from tests.conftest import Ran, Run
from zhupei_cli.services.upkeep.invariants import check_database
from zhupei_cli.store.engine import reading, transaction

Call = Callable[..., Ran]
NO = "T-000000{}".format
WHY = ("--reason", "核实属实")


@pytest.fixture
def call(database: str, zhupei: Run) -> Call:
    """The worked example as batch T, published: 1 and 2 sit at A, 4 at B, 5 at C; 3 has nothing."""
    with transaction(database) as session:
        store_world(session, worked_example(), told=True)

    def run(*args: str | Path) -> Ran:
        return zhupei("--database", database, *args)

    add = ("objection", "add", NO(1), "--text", "经历不实")
    assert run("admit", "run").code == run("admit", "commit", "1").code == 0
    assert run(*add).err.startswith("错误 [E704]：批次 T 现为“已定拟录取”，不能登记异议")
    assert run("batch", "publish", "T", "--yes").code == 0
    return run


def _listed(call: Call) -> list[tuple[object, ...]]:
    rows = json.loads(call("objection", "list", "--json").out)
    return [
        (row["objection"], row["about"], row["signed_label"], row["state"], row["upheld"]) for row in rows
    ]


def test_open_objections_hold_finalize_and_closed_ones_do_not(call: Call, tmp_path: Path) -> None:
    added = call("objection", "add", NO(1), "--text", "经历不实，电话 13812345678", "--from", "李明")
    assert (added.code, added.err.splitlines()[0]) == (0, "已登记异议 1（T-0000001）：待处理")
    place = ("objection", "add", "--base", "A", "--specialty", "0100", "--text", "名额不符")
    assert call(*place).code == call(*place, "-n").code == 0
    twice = call(*place)
    assert (twice.code, "与还没有办结的异议 2 相同" in twice.err) == (2, True)
    assert call("objection", "add", "--text", "没有对象").code == 2
    assert call("objection", "add", NO(9), "--text", "没有此人").code == 4
    tomorrow = ("--received", "2099-01-01")
    assert call("objection", "add", NO(1), "--text", "明天", *tomorrow).code == 2
    (_, (_, about, *_)) = _listed(call)
    assert _listed(call) == [
        (1, NO(1), "实名（李**）", "open", None),
        (2, about, "匿名", "open", None),
    ]
    assert "13812345678" not in call("objection", "list").out
    # What can be chosen is said in words, wherever it is said.
    asked = [call("objection", "close", "1", *more, *WHY).err for more in ((), ("--outcome", "也许"))]
    assert [("成立、不成立" in err, "1、0" in err) for err in asked] == [(True, False)] * 2
    assert "[成立|不成立]" in call("objection", "close", "--help").out
    status = json.loads(call("status", "T", "--json").out)
    assert (status["objections"], "公示异议" in call("status", "T").out) == (2, True)
    assert "zhupei objection list --batch T" in [step["command"] for step in status["next"]]
    rows = json.loads(call("report", "anomalies", "--batch", "T", "--json").out)
    assert [row["count"] for row in rows if row["kind"] == "objections"] == [2]
    held = call("batch", "finalize", "T", "--yes")
    assert (held.code, "E701" in held.err) == (5, True)
    assert call("objection", "assign", "1", "--to", "科教处").code == 0
    assert call("objection", "answer", "1", "--text", "已核实").code == 0
    closed = call("objection", "close", "1", "--outcome", "成立", *WHY)
    assert closed.err == (
        "已办结异议 1（T-0000001）：已办结，成立\n"
        "下一步：zhupei admit revoke T-0000001 --reason 异议成立（取消录取）\n"
    )
    assert call("objection", "answer", "1", "--text", "又").code == 5
    assert call("objection", "close", "7", "--outcome", "成立", *WHY).code == 4
    assert call("batch", "finalize", "T", "--yes").code == 5
    early = call("objection", "close", "2", "--outcome", "不成立", *WHY)
    assert (early.code, "zhupei objection answer 2 --text" in early.err) == (5, True)
    assert call("objection", "answer", "2", "--text", "查无实据").code == 0
    assert call("objection", "close", "2", "--outcome", "不成立", *WHY).code == 0
    assert call("objection", "export", "-o", tmp_path / "登记表.csv").code == 0
    assert "李明" in (tmp_path / "登记表.csv").read_text("utf-8-sig")
    assert call("batch", "finalize", "T", "--yes").code == 0


def test_a_reason_finalizes_all_the_same_and_planted_changes_are_found(call: Call, database: str) -> None:
    assert call("objection", "add", NO(2), "--text", "有异议").code == 0
    assert call("batch", "finalize", "T", "--yes", "--reason", "另行核实").code == 0

    def told() -> list[str]:
        with reading(database) as session:
            return [one.code for one in check_database(session, deep=True) if "异议" in one.message]

    assert told() == []
    for plant in (
        "UPDATE objection SET content = '别的'",
        "UPDATE objection SET state = 'closed', upheld = false",
    ):
        with transaction(database) as session:
            before = session.execute(text("SELECT content, state, upheld FROM objection")).one()
            session.execute(text(plant))
        assert told() == ["E641"]
        with transaction(database) as session:
            session.execute(
                text("UPDATE objection SET content = :content, state = :state, upheld = :upheld"),
                dict(before._mapping),
            )
    with transaction(database) as session:
        session.execute(text("DELETE FROM objection"))
    assert told() == ["E643"]


def test_status_suggests_a_refill_while_one_could_be_made(call: Call) -> None:
    def refills() -> list[str]:
        steps = json.loads(call("status", "T", "--json").out)["next"]
        return [one["purpose"] for one in steps if "--round refill" in one["command"]]

    assert refills() == []
    assert call("admit", "decline", NO(1), "--reason", "本人放弃").code == 0
    assert refills() == ["递补空出的名额，1 人可以递补"]
    assert call("admit", "run", "--round", "refill").code == call("admit", "commit", "2").code == 0
    assert refills() == []
