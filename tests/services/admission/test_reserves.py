"""Reserved seats on a real database: from the plan through all rules to a sealed file."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select, update

from tests.builders import drawn_world, store_world, worked_example
from tests.conftest import Ran, Run
from zhupei_cli.acting import Acting
from zhupei_cli.model import Plan
from zhupei_cli.rules.admission.canonical import digest, inputs_text
from zhupei_cli.rules.admission.reserves import with_social_share, without_social_share
from zhupei_cli.rules.admission.run import Place
from zhupei_cli.services.admission import admissions, by_hand, stages
from zhupei_cli.services.admission.give_up import decide_admissions
from zhupei_cli.services.admission.run_inputs import load_inputs
from zhupei_cli.services.batches import batches
from zhupei_cli.services.records.lookup import find_batch
from zhupei_cli.store.engine import reading, transaction

NO = "T-000000{}".format
DATES = {"name": "补录", "apply_from": "2026-06-01", "apply_until": "2026-06-20"}


def test_digests_of_batches_without_reserves_stay() -> None:
    # Of the version before there were any.
    assert digest(inputs_text(worked_example())) == (
        "d593a84fd94735b708f31c6a957d57493a6399ad78723746742cdf218effc89d"
    )
    assert digest(inputs_text(drawn_world(500))) == (
        "99bdcecb072ba5c3b89de890049b28e380b14ece210faa2d3824eb189909d578"
    )


@pytest.mark.parametrize(
    ("quota", "share", "limits", "reserves", "social"),
    [
        (10, "0.25", {}, {}, 3),  # half-up
        (10, "0.24", {}, {}, 2),
        (1, "0.3", {}, {}, 0),
        (10, "0.5", {"social": 2}, {}, 2),
        (10, "0.5", {}, {"own": 8}, 2),
        (10, "0.5", {}, {"social": 1}, 1),
        (10, "0", {}, {}, 0),
    ],
)
def test_the_share_of_a_batch_reserves_seats(
    quota: int, share: str, limits: dict[str, int], reserves: dict[str, int], social: int
) -> None:
    from decimal import Decimal

    place = Place("A", "0100", quota, None, False, limits, reserves=reserves)
    derived = with_social_share(place, Decimal(share))
    assert derived.reserves.get("social", 0) == social
    assert {**derived.reserves, "social": 0} == {**reserves, "social": 0}
    if "social" not in reserves:
        assert without_social_share(derived, Decimal(share)) == place


def test_from_the_plan_to_the_sealed_file(database: str, zhupei: Run) -> None:
    def call(*args: str | Path) -> Ran:
        return zhupei("--database", database, *args)

    example = worked_example()
    people = [one._replace(identity="own") if one.no == NO(3) else one for one in example.candidates]
    people = [one._replace(identity="entrusted") if one.no == NO(5) else one for one in people]
    with transaction(database) as session:
        store_world(session, replace(example, candidates=tuple(people)), told=True)
    ran = call("batch", "plan", "set", "A", "0100", "2", "--reserve-own", "1")
    assert ran == Ran(0, "", "基地A 的 内科：计划 2 人，本单位保留 1 人\n")
    assert call("batch", "plan", "set", "A", "0100", "2", "--reserve-own", "3").code == 5
    # 2 stood before 3, who sits on the seat reserved for 本单位 now.
    stable = ["A", "B", "A", None, "C"]
    for rule, seats in {
        "choice-first": ["A", None, "A", "B", "C"],
        "score-first": stable,
        "stable": stable,
    }.items():
        summary = json.loads(call("admit", "run", "--rule", rule, "--json").out)
        rows = json.loads(call("admit", "list", "--run", str(summary["run"]), "--json").out)
        assert [row["base"] for row in rows] == seats
        assert call("admit", "verify", str(summary["run"])).code == 0
    assert "录取于保留名额（为本单位住院医师保留 1 人）" in call("admit", "explain", NO(3)).out
    told = json.loads(call("admit", "explain", NO(3), "--json").out)
    assert [step["reserved"] for step in told["steps"]] == [True, False]
    beaten = call("admit", "explain", NO(2), "--run", "3").out
    assert "名额已录满，其中有为其他身份保留的名额（本单位住院医师 1 人）" in beaten
    ranking = call("admit", "explain", "--place", "A", "0100")
    assert "为本单位住院医师保留 1 人" in ranking.err and "录取于保留名额" in ranking.out
    # Without reserves 2 would sit there: what-if, and a quota below what is reserved.
    assumed = json.loads(call("admit", "what-if", "--no-reserves", "--json").out)
    assert {one["application_no"] for one in assumed["moved"]} >= {NO(2), NO(3)}
    assert [run["envy"] for run in assumed["runs"]] == [0, 0]
    assert call("admit", "what-if", "--quota", "A", "0100", "-2").code == 5
    # The plan goes out and comes in again, unchanged; a share of the batch makes runs stale.
    assert call("batch", "plan", "list", "-o", "计划.xlsx").code == 0
    assert "不变 3" in call("batch", "plan", "import", "计划.xlsx").err
    shared = call("batch", "edit", "T", "--set", "reserve.social_share=0.5")
    assert (shared.code, "录取计算不再有效" in shared.err) == (0, True)
    assert call("admit", "commit", "3").code == 5
    with reading(database) as session:
        batch = find_batch(session, "T")
        inputs = load_inputs(session, batch, rule="stable", round_="main", adjust=True).inputs
        assert {place.base: dict(place.reserves) for place in inputs.places} == {
            "A": {"own": 1, "social": 1},
            "B": {"social": 1},
            "C": {"social": 1},
        }
    for step in (("admit", "run", "--rule", "stable"), ("admit", "commit", "4")):
        assert call(*step).code == 0
    for verb in ("publish", "finalize", "seal"):
        assert call("batch", verb, "--yes").code == 0
    assert call("verify", "T_封存.zip").code == 0
    assert "录取于保留名额" in call("verify", "T_封存.zip", "--explain", NO(3)).out
    # A world of the tests has bases and a counter nobody told of; of the plan all is told.
    checked = json.loads(call("db", "check", "--deep", "--json").out)
    assert [one["code"] for one in checked["findings"]] == ["E547", "E546", "E642"]
    assert "岗位" not in str(checked)


def test_what_if_derives_the_share_anew(database: str, zhupei: Run) -> None:
    def call(*args: str) -> Ran:
        return zhupei("--database", database, *args)

    def moved(*args: str) -> list[tuple[str, str | None, str | None]]:
        ran = call("admit", *args, "--json")
        assert ran.code == 0, ran.err
        return [(one["application_no"], one["a"], one["b"]) for one in json.loads(ran.out)["moved"]]

    example = worked_example()
    people = [one._replace(identity="own") if one.no in (NO(1), NO(2)) else one for one in example.candidates]
    people.append(people[4]._replace(no=NO(6), choices=(("A", "0100"),)))
    places = (replace(example.places[0], quota=1), *example.places[1:])
    with transaction(database) as session:
        store_world(session, replace(example, candidates=tuple(people), places=places), told=True)
    call("batch", "edit", "T", "--set", "reserve.social_share=0.5")
    assert call("admit", "run", "--rule", "stable").code == 0
    # Of three seats two are reserved by share, and 6 gets the second; of one seat one.
    more = moved("what-if", "--quota", "A", "0100", "+2")
    assert [(NO(1), None, "A/0100"), (NO(6), None, "A/0100")] == [one for one in more if one[2] == "A/0100"]
    ran = call("batch", "plan", "set", "A", "0100", "3", "--reserve-social", "0")
    assert ran.err.startswith("基地A 的 内科：计划 3 人，按比例为社会招收保留 2 人\n")
    assert call("admit", "run", "--rule", "stable").code == 0
    assert moved("compare", "1", "2") == more
    back = [(no, after, before) for no, before, after in more]
    assert moved("what-if", "--run", "2", "--quota", "A", "0100", "-2") == back
    # What the plan says itself stays.
    call("batch", "plan", "set", "A", "0100", "3", "--reserve-social", "2")
    refused = call("admit", "what-if", "--run", "2", "--quota", "A", "0100", "-2")
    assert (refused.code, "E761" in refused.err) == (5, True)


def test_placing_by_hand_looks_at_room_alone(database: str, by: Acting) -> None:
    # B has one seat, reserved for 本单位; nobody of them is here, and 1 of 社会招收 is placed all the same.
    with transaction(database) as session:
        example = worked_example()
        places = (*example.places[:1], replace(example.places[1], reserves={"own": 1}), *example.places[2:])
        batch = store_world(session, replace(example, places=places))
        admissions.run_admission(session, batch, adjust=False, by=by)
        admissions.commit_run(session, batch, 1, by=by)
        decide_admissions(session, batch, "revoke", (NO(4),), reason="x", by=by)
        assert by_hand.place(session, batch, NO(3), ("B", "0100"), reason="x", by=by)["status"] == "proposed"


def test_a_supplement_round_takes_what_is_left_of_reserves(database: str, by: Acting) -> None:
    with transaction(database) as session:
        batch = store_world(session, worked_example())
        session.execute(update(Plan).where(Plan.base_code == "A").values(reserve_own=1, reserve_social=1))
        session.execute(update(Plan).where(Plan.base_code == "B").values(reserve_social=1))
        admissions.run_admission(session, batch, by=by)
        admissions.commit_run(session, batch, 1, by=by)
        stages.move_batch(session, batch, "publish", by=by)
        stages.finalize_batch(session, batch, by=by)
        decide_admissions(session, batch, "decline", (NO(2), NO(4)), reason="放弃", by=by)
        batches.create_batch(session, "S", year=2026, given=DATES, by=by, supplement_of="T")
        columns = (Plan.base_code, Plan.quota, Plan.reserve_own, Plan.reserve_social)
        batch = find_batch(session, "S")
        plan = session.execute(select(*columns).where(Plan.batch_id == batch.id).order_by(Plan.base_code))
        # Social people sit at A: their reserve there is used, the other is not.
        assert [tuple(row) for row in plan] == [("A", 1, 1, 0), ("B", 1, 0, 1)]
