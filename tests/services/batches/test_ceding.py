"""A place's seats over a batch and its supplement rounds: one sum, whatever is done in whichever of them."""

from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests.builders import store_world, worked_example
from tests.people import write_book
from zhupei_cli.acting import Acting
from zhupei_cli.model import Admission, Plan
from zhupei_cli.services.admission import admissions, checkins, stages
from zhupei_cli.services.admission.by_hand import place
from zhupei_cli.services.admission.give_up import decide_admissions
from zhupei_cli.services.admission.seats import free_seats, list_vacancies, take_seats
from zhupei_cli.services.applications.withdrawing import withdraw
from zhupei_cli.services.batches import batches, plans
from zhupei_cli.services.records.lookup import find_batch
from zhupei_cli.services.records.workbooks import read_workbooks
from zhupei_cli.services.results.year import year_by_base
from zhupei_cli.services.reviews import decisions
from zhupei_cli.services.reviews.decisions import Verdict
from zhupei_cli.services.undo import undoing
from zhupei_cli.services.upkeep import invariants
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.store.engine import transaction
from zhupei_cli.words.errors import ZhupeiError
from zhupei_cli.words.vocabulary import Decision

DATES = {"name": "补录", "apply_from": "2026-06-01", "apply_until": "2026-06-20"}


@pytest.fixture
def final(database: str, by: Acting) -> str:
    """The worked example, final: 1 and 2 sit at A, 4 gave the seat at B up, 5 sits at C."""
    with transaction(database) as session:
        batch = store_world(session, worked_example())
        session.execute(update(Plan).where(Plan.base_code == "A").values(max_social=2))
        admissions.run_admission(session, batch, by=by)
        admissions.commit_run(session, batch, 1, by=by)
        stages.move_batch(session, batch, "publish", by=by)
        stages.finalize_batch(session, batch, by=by)
        decide_admissions(session, batch, "decline", ["T-0000004"], reason="放弃", by=by)
    return database


def _create(database: str, by: Acting, code: str = "S") -> None:
    with transaction(database) as session:
        batches.create_batch(session, code, year=2026, given=DATES, by=by, supplement_of="T")


def _check_in(database: str, by: Acting, folder: Path, came: str) -> tuple[int | None, list[str]]:
    row = {"application_no": "T-0000001", "checked_in": came, "note": "核实"}
    path = write_book(folder / f"{came}.xlsx", [(workbook_kinds.CHECK_IN, [row])])
    with transaction(database) as session:
        reading = read_workbooks([path], workbook_kinds.CHECK_IN)
        done = checkins.import_checkins(session, reading, batch=find_batch(session, "T"), by=by)
        return done.import_id, [fault.message for line in reading.lines for fault in line.faults]


def _plan(session: Session, code: str) -> list[tuple[Any, ...]]:
    columns = (Plan.base_code, Plan.quota, Plan.taken_social, Plan.ceded, Plan.ceded_social)
    statement = select(*columns).where(Plan.batch_id == find_batch(session, code).id).order_by(Plan.base_code)
    return [tuple(row) for row in session.execute(statement)]


def _damage(session: Session) -> list[str]:
    """What is wrong about seats; the people of these tests were written straight into the tables."""
    about = ("E540", "E541", "E542", "E543", "E548", "E682")
    found = invariants.check_database(session)
    return [f"{one.code} {one.message}" for one in found if one.code in about]


def _refused(database: str, act: Any) -> str:
    with pytest.raises(ZhupeiError) as error, transaction(database) as session:
        act(session)
    return error.value.code


def test_a_seat_that_a_round_took_over_is_the_rounds(final: str, by: Acting, tmp_path: Path) -> None:
    undone, faults = _check_in(final, by, tmp_path, "否")
    assert faults == []
    _create(final, by)
    with transaction(final) as session:
        assert _plan(session, "T") == [("A", 2, 1, 1, 1), ("B", 1, 0, 1, 1), ("C", 1, 1, 0, 0)]
        assert _plan(session, "S") == [("A", 1, 0, 0, 0), ("B", 1, 0, 0, 0)]
        assert [one["vacant"] for one in list_vacancies(session, find_batch(session, "T"))] == [0, 0, 0]
        assert _damage(session) == []
        # The database itself knows: nobody gets a seat past the counters.
        with pytest.raises(IntegrityError), session.begin_nested():
            session.execute(text("UPDATE plan SET taken_social = 2 WHERE base_code = 'A' AND ceded = 1"))
    # A second round has nothing left to offer, who came after all no seat, and the import no way back.
    assert _refused(final, lambda session: _second(session, by)) == "E471"
    late = _check_in(final, by, tmp_path, "是")
    words = "基地A 的 内科 空出的名额已转给补录批次 S（1 个）；在补录批次 S 中录取"
    assert late[0] is None and late[1][0].startswith(words)
    assert (
        _refused(final, lambda session: undoing.undo(session, undone or 0, by=by, reason="误导入")) == "E495"
    )

    # What the round gives back is the batch's again.
    def give_back(session: Session) -> None:
        plans.set_place(session, find_batch(session, "S"), "A", "0100", by=by, terms={"quota": 0})

    with transaction(final) as session:
        give_back(session)
        assert _plan(session, "T")[0] == ("A", 2, 1, 0, 0)
    assert _check_in(final, by, tmp_path, "是")[1] == []
    with transaction(final) as session:
        assert _damage(session) == []
        stages.cancel_batch(session, find_batch(session, "S"), by=by)
        assert _plan(session, "T") == [("A", 2, 2, 0, 0), ("B", 1, 0, 0, 0), ("C", 1, 1, 0, 0)]
    _create(final, by, "S2")
    with transaction(final, read_only=True) as session:
        assert _plan(session, "S2") == [("B", 1, 0, 0, 0)]


def test_what_an_archived_round_did_not_take_is_its_parents_again(final: str, by: Acting) -> None:
    _create(final, by)
    with transaction(final) as session:
        round_ = find_batch(session, "S")
        # A later round by hand: nobody applied to it, and it went its way all the same.
        round_.status = "final"
        session.flush()
        assert _plan(session, "T") == [("A", 2, 2, 0, 0), ("B", 1, 0, 1, 1), ("C", 1, 1, 0, 0)]
        stages.archive_batch(session, round_, by=by)
        assert _plan(session, "T") == [("A", 2, 2, 0, 0), ("B", 1, 0, 0, 0), ("C", 1, 1, 0, 0)]
        assert _damage(session) == []
        # Whoever still sits there keeps what they have; whoever leaves gives it back too.
        take_seats(session, round_, [("B", "0100", "social")])
        assert _plan(session, "T")[1] == ("B", 1, 0, 1, 1)
        free_seats(session, round_, [("B", "0100", "social")])
        assert _damage(session) == []
        place(session, find_batch(session, "T"), "T-0000003", ("B", "0100"), reason="补录未满", by=by)
        assert _plan(session, "T")[1] == ("B", 1, 1, 0, 0)
        assert year_by_base(session, 2026)["bases"][1]["vacant"] == 0
        assert _damage(session) == []
    # Nobody gets it back in the round once it is given.
    assert (
        _refused(
            final, lambda session: take_seats(session, find_batch(session, "S"), [("B", "0100", "social")])
        )
        == "E680"
    )
    with transaction(final) as session:
        decide_admissions(session, find_batch(session, "T"), "decline", ["T-0000001"], reason="放弃", by=by)
    _create(final, by, "S2")
    with transaction(final, read_only=True) as session:
        assert _plan(session, "S2") == [("A", 1, 0, 0, 0)]


def _second(session: Session, by: Acting) -> None:
    batches.create_batch(session, "S9", year=2026, given=DATES, by=by, supplement_of="T")


def test_a_round_has_no_place_its_parent_has_not(final: str, by: Acting) -> None:
    _create(final, by)

    def change(session: Session, quota: int) -> None:
        plans.set_place(session, find_batch(session, "S"), "B", "0900", by=by, terms={"quota": quota})

    assert _refused(final, partial(change, quota=1)) == "E680"
    with transaction(final) as session:
        change(session, 0)
    assert _refused(final, partial(change, quota=3)) == "E680"


@pytest.mark.parametrize(
    ("terms", "code"), [({"quota": 2}, "E680"), ({"quota": 1, "max_social": None}, None)]
)
def test_a_round_offers_no_more_than_its_parent_has(
    final: str, by: Acting, terms: dict[str, Any], code: str | None
) -> None:
    _create(final, by)

    def change(session: Session) -> None:
        plans.set_place(session, find_batch(session, "S"), "B", "0100", by=by, terms=terms)

    if code is not None:
        assert _refused(final, change) == code
        return
    with transaction(final) as session:
        change(session)
        session.execute(update(Plan).where(Plan.base_code == "A").values(quota=9))
        plans.set_place(session, find_batch(session, "S"), "C", "0100", by=by, terms={"quota": 0})
    # Eight seats of A are free, but nobody of the two identities has a limit beyond the two who sit there.
    assert (
        _refused(
            final,
            lambda session: plans.set_place(
                session, find_batch(session, "S"), "A", "0100", by=by, terms={"quota": 1}
            ),
        )
        == "E681"
    )


def test_check_names_places_that_are_counted_wrong(final: str, by: Acting) -> None:
    _create(final, by)
    with transaction(final) as session:
        session.execute(update(Plan).where(Plan.ceded == 1).values(ceded=0))
        (found,) = _damage(session)
    assert found.startswith("E682") and "：T B 0100；" in found


@pytest.mark.parametrize("more", [1, -1])
def test_check_names_shares_of_identities_that_are_counted_wrong(final: str, by: Acting, more: int) -> None:
    _create(final, by)
    with transaction(final) as session:
        assert _damage(session) == []
        session.execute(update(Plan).where(Plan.ceded == 1).values(ceded_own=Plan.ceded_own + more))
        (found,) = _damage(session)
    assert found.startswith("E682") and "：T B 0100；" in found


def test_uncommit_takes_back_who_was_placed_and_a_decline_is_no_damage(database: str, by: Acting) -> None:
    with transaction(database) as session:
        batch = store_world(session, worked_example())
        admissions.run_admission(session, batch, by=by)
        admissions.commit_run(session, batch, 1, by=by)
        decide_admissions(session, batch, "decline", ["T-0000001", "T-0000004"], reason="放弃", by=by)
        place(session, batch, "T-0000003", ("B", "0100"), reason="递补", by=by)
        done = admissions.uncommit(session, batch, reason="重来", by=by)
        assert (done["placed"], done["proposed"]) == (["T-0000003"], 3)
        states = session.execute(select(Admission.status, Admission.live_key)).all()
        assert states == [("declined", None), ("declined", None)]
        assert _damage(session) == []
        # Of who gave a seat up the record stays, so the application must: words of its own, and the way out.
        stages.unlock_batch(session, batch, by=by)
        for number, code in (("T-0000001", "E686"), ("T-0000002", None)):
            verdict = Verdict(number, Decision.REVOKE, "重审")
            _good, _standing, faults = decisions.faults(session, batch, [verdict], base=None)
            assert [fault.code for _, fault in faults] == ([] if code is None else [code])
        # A base learns nothing of it.
        verdict = Verdict("T-0000001", Decision.REVOKE, "重审")
        faults = decisions.faults(session, batch, [verdict], base="A")[2]
        assert [(fault.code, "放弃" in fault.message) for _, fault in faults] == [("E708", False)]
        with pytest.raises(ZhupeiError, match="E686"):
            withdraw(session, batch, "T-0000004", by=by, reason="撤回")
        decide_admissions(session, batch, "reinstate", ["T-0000001"], reason="改变主意", by=by)
        assert decisions.faults(session, batch, [Verdict("T-0000001", Decision.REVOKE, "重审")], base=None)[0]
        stages.lock_batch(session, batch, by=by)
        assert admissions.run_admission(session, batch, by=by)["candidates"] == 4
        assert _damage(session) == []


def test_a_round_of_a_round_holds_the_same_seats(final: str, by: Acting) -> None:
    _create(final, by)
    spot, seat = ("B", "0100"), [("B", "0100", "social")]

    def refused(session: Session) -> str:
        with pytest.raises(ZhupeiError, match="E495") as error, session.begin_nested():
            place(session, find_batch(session, "T"), "T-0000003", spot, reason="补", by=by)
        return f"{error.value.values['rounds']}：{error.value.values['cure']}"

    with transaction(final) as session:
        first = find_batch(session, "S")
        assert refused(session).startswith("S：在补录批次 S 中录取")
        first.status = "final"
        session.flush()
        batches.create_batch(session, "S2", year=2026, given=DATES, by=by, supplement_of="S")
        assert [_plan(session, code)[-1] for code in ("S", "S2")] == [("B", 1, 0, 1, 1), ("B", 1, 0, 0, 0)]
        assert refused(session) == (
            "S2：在补录批次 S2 中录取、递补或个别安排；补录批次归档以后，没有录取的名额回到原批次；"
            "还没有锁定的补录批次可以取消：zhupei batch cancel S2 --reason 原因"
        )
        # The one between is over: its own round goes on with the seat, which is neither's before it ends.
        stages.archive_batch(session, first, by=by)
        assert _plan(session, "T")[1] == ("B", 1, 0, 1, 1)
        assert refused(session).startswith("S2：在补录批次 S2 中录取")
        assert _damage(session) == []
        second = find_batch(session, "S2")
        take_seats(session, second, seat)
        second.status = "final"
        session.flush()
        stages.archive_batch(session, second, by=by)
        assert _plan(session, "T")[1] == ("B", 1, 0, 1, 1)
        assert refused(session) == "S2：这些名额已由补录批次录取的人占着，其中有人放弃、退培以后才空出"
        # Whoever leaves gives it back over both, and it is given once.
        free_seats(session, second, seat)
        assert [_plan(session, code)[-1][3] for code in ("S2", "S")] == [0, 0]
        assert _plan(session, "T")[1] == ("B", 1, 0, 0, 0)
        place(session, find_batch(session, "T"), "T-0000003", spot, reason="补", by=by)
        assert _plan(session, "T")[1] == ("B", 1, 1, 0, 0)
        assert _damage(session) == []
    for code in ("S", "S2"):
        assert _refused(final, lambda s, code=code: take_seats(s, find_batch(s, code), seat)) == "E680"
