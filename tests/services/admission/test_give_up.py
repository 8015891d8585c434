"""Every step of an admission from every state and in every state of its batch, through the services.

The tables are written by themselves, after DOMAIN's words, not taken from the program's.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.builders import store_world, worked_example
from tests.people import write_book
from zhupei_cli.acting import Acting
from zhupei_cli.model import Admission, Application, Batch, Event, Plan
from zhupei_cli.services.admission import by_hand, checkins, give_up, stages
from zhupei_cli.services.records.workbooks import Reading, read_workbooks
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.store.engine import transaction
from zhupei_cli.words.errors import ZhupeiError
from zhupei_cli.words.vocabulary import AdmissionStatus, BatchStatus

NO, SPOT, WHY = "T-0000001", ("A", "0100"), "有原因"
LIVE = ("proposed", "admitted", "reported")

# What each state becomes, verb by verb; "none" is no admission yet. A state that is not named stays.
STEPS = {
    "place": {"none": "proposed", "not_admitted": "proposed"},
    "finalize": {"proposed": "admitted"},
    "decline": {"proposed": "declined", "admitted": "declined"},
    "revoke": {"proposed": "revoked", "admitted": "revoked"},
    "reinstate": {"declined": "not_admitted", "revoked": "not_admitted", "no_show": "not_admitted"},
    "report": {"admitted": "reported", "no_show": "reported"},
    "no_show": {"admitted": "no_show", "reported": "no_show"},
}
# Where an act finds what it wants, and so neither does anything nor refuses.
STANDING = {
    "decline": {"declined"},
    "revoke": {"revoked"},
    "reinstate": {"not_admitted"},
    "report": {"reported"},
    "no_show": {"no_show"},
}
WHEN = {
    "place": {"committed", "publicity", "final"},
    "finalize": {"publicity"},
    "decline": {"committed", "publicity", "final", "archived"},
    "revoke": {"committed", "publicity", "final", "archived"},
    "reinstate": {"open", "closed", "locked", "committed", "publicity", "final"},
    "report": {"final"},
    "no_show": {"final"},
}

Act = Callable[[Session, Batch, Acting], Any]


@pytest.fixture
def world(database: str) -> str:
    """The worked example, nobody decided on."""
    with transaction(database) as session:
        store_world(session, worked_example())
    return database


@pytest.fixture
def acts(tmp_path: Path) -> dict[str, Act]:
    """What does each verb to NO; a refused row of a workbook is raised."""

    def decide(verb: str) -> Act:
        return lambda session, batch, by: give_up.decide_admissions(
            session, batch, verb, [NO], reason=WHY, by=by
        )

    def check_in(came: str) -> Act:
        row = {"application_no": NO, "checked_in": came, "note": WHY}
        path = write_book(tmp_path / f"{came}.xlsx", [(workbook_kinds.CHECK_IN, [row])])

        def act(session: Session, batch: Batch, by: Acting) -> None:
            reading = read_workbooks([path], workbook_kinds.CHECK_IN)
            checkins.import_checkins(session, reading, batch=batch, by=by)
            _raise_first(reading)

        return act

    return {
        "place": lambda session, batch, by: by_hand.place(session, batch, NO, SPOT, reason=WHY, by=by),
        "finalize": lambda session, batch, by: stages.finalize_batch(session, batch, by=by),
        **{verb: decide(verb) for verb in ("decline", "revoke", "reinstate")},
        "report": check_in("是"),
        "no_show": check_in("否"),
    }


def _raise_first(reading: Reading) -> None:
    for fault in reading.lines[0].faults:
        raise ZhupeiError(fault.code, **fault.values)


def _stand(session: Session, state: str, batch_status: str) -> Batch:
    batch = session.execute(select(Batch)).scalar_one()
    batch.status = batch_status
    one = session.execute(select(Application).where(Application.application_no == NO)).scalar_one()
    if state != "none":
        seat = {} if state == "not_admitted" else {"base_code": SPOT[0], "specialty_code": SPOT[1]}
        live = f"2026:{one.trainee_id}" if state in LIVE else None
        known = {"application_status": "approved", "batch_id": batch.id, "identity": "social"}
        session.add(
            Admission(
                application_id=one.id, status=state, live_key=live, decided_at=one.created_at, **known, **seat
            )
        )
        session.execute(update(Plan).where(Plan.base_code == SPOT[0]).values(taken_social=int(state in LIVE)))
    session.flush()
    return batch


def _found(session: Session) -> str:
    session.expire_all()
    admission = session.execute(select(Admission)).scalar()
    taken = session.execute(select(Plan.taken_social).where(Plan.base_code == SPOT[0])).scalar_one()
    status = "none" if admission is None else admission.status
    # The seat is counted, and the person's year taken, exactly while the admission is live.
    assert taken == int(status in LIVE)
    assert (admission is not None and admission.live_key is not None) == (status in LIVE)
    return status


@pytest.mark.parametrize("verb", STEPS)
def test_every_step_from_every_state(world: str, by: Acting, acts: dict[str, Act], verb: str) -> None:
    for state in ("none", *AdmissionStatus):
        wanted = STEPS[verb].get(state, str(state))
        with transaction(world, dry_run=True) as session:
            batch = _stand(session, state, "publicity" if verb in ("place", "finalize") else "final")
            before = session.execute(select(Event.seq)).all()
            refused = None
            try:
                acts[verb](session, batch, by)
            except ZhupeiError as refusal:
                refused = refusal.code
            assert (state, _found(session)) == (state, wanted)
            told = session.execute(select(Event).where(Event.action == f"admission.{verb}")).scalars().all()
            moved = state in STEPS[verb]
            # The last step of a batch takes those who are proposed and passes over all others.
            quiet = moved or verb == "finalize" or state in STANDING.get(verb, ())
            # Who has a seat already is told which one, by words of its own.
            code = "E439" if verb == "place" and state in LIVE else "E403"
            assert (state, refused) == (state, None if quiet else code)
            events = [(one.subject, one.before, one.after) for one in told]
            assert events == ([(NO, None if state == "none" else state, wanted)] if moved else [])
            assert moved or verb == "finalize" or session.execute(select(Event.seq)).all() == before


@pytest.mark.parametrize("verb", STEPS)
def test_every_step_in_every_state_of_the_batch(
    world: str, by: Acting, acts: dict[str, Act], verb: str
) -> None:
    start = next(iter(STEPS[verb]))
    possible, codes = set(), set()
    for state in BatchStatus:
        with transaction(world, dry_run=True) as session:
            batch = _stand(session, start, state)
            try:
                acts[verb](session, batch, by)
                possible.add(str(state))
            except ZhupeiError as refusal:
                codes.add((refusal.code, refusal.exit_code))
    assert (possible, codes) == (WHEN[verb], {("E401", 5)})
