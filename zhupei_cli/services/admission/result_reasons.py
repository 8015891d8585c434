"""Why somebody has no seat in the result of a batch, as it is now: no reason is told that became false."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from sqlalchemy import Row, Table, select
from sqlalchemy.orm import Session

from zhupei_cli.model import Admission, Application, Batch, Run, RunRow
from zhupei_cli.rules.admission.run import Inputs, Place, Reason, Round, Spot
from zhupei_cli.rules.admission.vacancy import seatable
from zhupei_cli.rules.batch.lifecycle import BATCH, SEATED
from zhupei_cli.services.admission.run_inputs import load_inputs
from zhupei_cli.services.batches.ceding import ceded_of, rounds_of
from zhupei_cli.services.batches.taking_part import seated_elsewhere
from zhupei_cli.words.vocabulary import AdmissionStatus, BatchStatus, Outcome, Rule

_ADMISSION: Table = Admission.metadata.tables[Admission.__tablename__]
_APPLICATION: Table = Admission.metadata.tables[Application.__tablename__]
_ROW: Table = Admission.metadata.tables[RunRow.__tablename__]

#: The states of a batch in which seats given up are refilled.
_REFILLED: Final = tuple(BATCH.verbs["refill"].moves)
#: Reasons that say there was no seat: false once there is one.
_SEATS: Final = (Reason.FULL, Reason.NO_VACANCY, "reinstated")

#: With what the run found of them that the row of admission comes from.
_WITHOUT_SEAT: Final = (
    select(*_APPLICATION.c["id", "application_no"], _ADMISSION.c.status, *_ROW.c["outcome", "reason"])
    .join(_ADMISSION, _ADMISSION.c.application_id == _APPLICATION.c.id)
    .outerjoin(_ROW, (_ROW.c.run_id == _ADMISSION.c.run_id) & (_ROW.c.application_id == _APPLICATION.c.id))
    .where(_ADMISSION.c.status.not_in(SEATED))
)


def reasons_now(session: Session, batch: Batch) -> dict[int, str]:
    """Return application id → the code of WITHOUT_SEAT that is true now, of everybody without a seat.

    Who decided, or was decided on, has the state itself; of those 未录取 it is the reason of their newest
    run, unless they have a seat in another batch (`elsewhere`; `left_out` until that one is published), or a
    seat for them is free by now (`vacant`), went to a supplement round (`ceded`), or is free though there is
    one (`placeable`). In an archived batch nobody is seated any more (`over`); what a round left free is its
    parent's (`returned`).
    """
    rows = session.execute(_WITHOUT_SEAT.where(_ADMISSION.c.batch_id == batch.id)).all()
    reasons = {row.id: _reason(row) for row in rows}
    moved_on = _anything_given_up(rows) or _anybody_placed(session, batch)
    moved_on = moved_on or _committed(session, batch, Round.ADJUST)
    if any(reason in _SEATS for reason in reasons.values()):
        reasons |= _of_others(session, batch, reasons, moved_on=moved_on)
    if moved_on:
        waiting = {row.application_no: row.id for row in rows if reasons[row.id] in _SEATS}
        reasons |= _of_free_seats(session, batch, waiting, reasons)
    return reasons


def _of_free_seats(
    session: Session, batch: Batch, waiting: Mapping[str, int], reasons: Mapping[int, str]
) -> dict[int, str]:
    """Return the reasons of those for whom a seat is free by now; `waiting` is number → application id."""
    loaded = load_inputs(session, batch, rule=Rule.CHOICE_FIRST, round_=Round.REFILL, adjust=True).inputs
    free = _seatable(loaded, {})
    now = {id_: "vacant" for no, id_ in waiting.items() if no in free[reasons[id_]]}
    if now and batch.status != BatchStatus.ARCHIVED and rounds_of(session, batch):
        kept = _seatable(loaded, ceded_of(session, batch))
        left = {id_ for no, id_ in waiting.items() if no in kept[reasons[id_]]}
        now = {id_: "placeable" if id_ in left else "ceded" for id_ in now}
    if batch.status == BatchStatus.ARCHIVED:
        now = dict.fromkeys(now, "over" if batch.parent_id is None else "returned")
    return now


def _of_others(
    session: Session, batch: Batch, reasons: Mapping[int, str], *, moved_on: bool
) -> dict[int, str]:
    """Return what is true of those with a seat in another batch of the year.

    Nobody may know yet of one that is not published: only that no later round asked them is said, once there
    were seats to give.
    """
    later = (Round.ADJUST, Round.REFILL)
    ids, told = select(_APPLICATION.c.id), moved_on or _committed(session, batch, *later)
    known = set(session.execute(ids.where(*seated_elsewhere(batch, published=True))).scalars())
    out = session.execute(ids.where(*seated_elsewhere(batch))).scalars() if told else known
    return {id_: "elsewhere" if id_ in known else "left_out" for id_ in out if reasons.get(id_) in _SEATS}


def _committed(session: Session, batch: Batch, *rounds: Round) -> bool:
    """Return whether a run of such a round is committed.

    One of adjustment offers nobody their own choices: that these are full, which it says, may be false.
    """
    runs = select(Run.id).where(
        Run.batch_id == batch.id, Run.committed_at.is_not(None), Run.round.in_(rounds)
    )
    return session.execute(runs.limit(1)).first() is not None


def count_refillable(session: Session, batch: Batch) -> int:
    """Return how many people without a seat a refill could seat now; 0 where there can be no refill."""
    if batch.status not in _REFILLED or rounds_of(session, batch):
        return 0
    return sum(code == "vacant" for code in reasons_now(session, batch).values())


def _reason(row: Row[*tuple[object, ...]]) -> str:
    if row.status != AdmissionStatus.NOT_ADMITTED:
        return str(row.status)
    return row.reason if row.outcome == Outcome.NOT_ADMITTED else "reinstated"


def _anything_given_up(rows: Sequence[Row[*tuple[object, ...]]]) -> bool:
    """Return whether a seat may have become free since the newest run: until then its reasons are true."""
    return any(row.status != AdmissionStatus.NOT_ADMITTED or row.reason is None for row in rows)


def _anybody_placed(session: Session, batch: Batch) -> bool:
    """Return whether somebody has a seat by hand: they may have left another one for it."""
    placed = select(_ADMISSION.c.application_id).where(
        _ADMISSION.c.batch_id == batch.id, _ADMISSION.c.via == "place", _ADMISSION.c.status.in_(SEATED)
    )
    return session.execute(placed.limit(1)).first() is not None


def _seatable(inputs: Inputs, ceded: Mapping[Spot, Mapping[str, int]]) -> dict[str, set[str]]:
    """Return reason → whom it is no longer true of, without the seats that supplement rounds have."""
    places = tuple(_less(place, ceded.get(place.spot, {})) for place in inputs.places)
    found = {adjust: seatable(replace(inputs, places=places, adjust=adjust)) for adjust in (False, True)}
    # "All choices full" says nothing of adjustment.
    return {Reason.FULL: found[False], Reason.NO_VACANCY: found[True], "reinstated": found[True]}


def _less(place: Place, ceded: Mapping[str, int]) -> Place:
    limits = {who: most - ceded.get(f"ceded_{who}", 0) for who, most in place.limits.items()}
    return replace(place, quota=place.quota - ceded.get("ceded", 0), limits=limits)
