"""The stages of a batch: what each step demands, and what it does besides moving the batch on."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final, NotRequired, TypedDict

from sqlalchemy import Table, delete, func, select, update
from sqlalchemy.orm import Session

from zhupei_cli.acting import Acting
from zhupei_cli.model import Admission, Application, Batch, Plan, Run, RunInput, RunRow, TrainingBase
from zhupei_cli.rules.admission.run import Round
from zhupei_cli.rules.batch.lifecycle import ADMISSION, BATCH, step
from zhupei_cli.rules.batch.setting_words import label_of
from zhupei_cli.rules.batch.times import DATES, show_time
from zhupei_cli.rules.proof.audit import Finding
from zhupei_cli.services.admission.objections import open_ids, require_none_open
from zhupei_cli.services.admission.readiness import doubts_about, seated_doubts
from zhupei_cli.services.admission.result_reasons import count_refillable
from zhupei_cli.services.admission.run_inputs import load_inputs
from zhupei_cli.services.admission.runs import waiting_run
from zhupei_cli.services.admission.stale_runs import stale_runs
from zhupei_cli.services.batches.batches import edit_batch, require_order
from zhupei_cli.services.batches.ceding import cede_seats
from zhupei_cli.services.batches.plans import list_plan
from zhupei_cli.services.batches.taking_part import (
    count_gave_up,
    count_sitting_out,
    preplaced,
)
from zhupei_cli.services.records.events import Change, record
from zhupei_cli.services.records.lookup import find_batch, settings_of
from zhupei_cli.words.errors import ZhupeiError, sentence
from zhupei_cli.words.vocabulary import BATCH_STATUS, ROUND, AdmissionStatus, ApplicationStatus, Rule


class Moved(TypedDict):
    """What a step did; what it concerns, in numbers, where people should think about it."""

    batch: str
    before: str
    status: str
    status_label: str
    seats: NotRequired[int]
    apply_until: NotRequired[datetime]
    candidates: NotRequired[int]
    sitting_out: NotRequired[int]
    gave_up: NotRequired[int]
    unsent: NotRequired[int]
    returned_count: NotRequired[int]
    waiting: NotRequired[int]
    unreviewed: NotRequired[int]
    runs_dropped: NotRequired[int]
    run: NotRequired[int]
    proposed: NotRequired[int]
    taken_back: NotRequired[int]
    placed: NotRequired[list[str]]
    not_admitted: NotRequired[int]
    publicity_until: NotRequired[datetime | None]
    admitted: NotRequired[int]
    reported_count: NotRequired[int]
    no_show_count: NotRequired[int]
    admitted_count: NotRequired[int]
    applications: NotRequired[dict[str, int]]
    doubts: NotRequired[list[Finding]]


_ADMISSION: Table = Admission.metadata.tables["admission"]
#: Settings that stand on lists and letters which leave the house.
ON_PAPER: Final = ("authority", "contact", "checkin_place")


def move_batch(session: Session, batch: Batch, verb: str, *, by: Acting, reason: str | None = None) -> Moved:
    """Take a step that demands nothing but the right state.

    Returns batch, before, status and status_label, as all steps do; steps that people should think about
    also return what they concern, in numbers, and `doubts`. Raises E401 for the wrong state.
    """
    session.refresh(batch, with_for_update=True)
    before = batch.status
    batch.status = step(BATCH, before, verb, name=batch.code, reason=reason)
    record(session, by, [Change(f"batch.{verb}", batch.code, batch.id, before, batch.status, reason)])
    session.flush()
    label = BATCH_STATUS.label(batch.status)
    return {"batch": batch.code, "before": before, "status": batch.status, "status_label": label}


def open_batch(session: Session, batch: Batch, *, by: Acting, reason: str | None = None) -> Moved:
    """Open the batch for applications.

    Raises E409 without a plan that has seats, E408 or E412 for dates in which nobody could apply.
    """
    moved = move_batch(session, batch, "open", by=by, reason=reason)
    seats = _count_seats(session, batch)
    if not seats:
        raise ZhupeiError("E409", batch=batch.code)
    _require_time_left(batch, by)
    return moved | {"seats": seats}


def _require_time_left(batch: Batch, by: Acting) -> None:
    require_order({key: getattr(batch, key) for key in DATES})
    if batch.apply_until < by.at:
        raise ZhupeiError("E412", batch=batch.code, until=show_time(batch.apply_until))


def close_batch(session: Session, batch: Batch, *, by: Acting, reason: str | None = None) -> Moved:
    """End the applications; returns how many stay unsent, are with their people to mend, wait for review."""
    moved = move_batch(session, batch, "close", by=by, reason=reason)
    counts = _count_applications(session, batch)
    return moved | {
        "unsent": counts.get(ApplicationStatus.DRAFT, 0),
        "returned_count": counts.get(ApplicationStatus.RETURNED, 0),
        "waiting": counts.get(ApplicationStatus.SUBMITTED, 0),
    }


def reopen_batch(session: Session, batch: Batch, *, by: Acting, reason: str | None = None) -> Moved:
    """Open a closed batch again inside its dates; E412 when they are over: extend it instead."""
    moved = move_batch(session, batch, "reopen", by=by, reason=reason)
    _require_time_left(batch, by)
    return moved


def extend_batch(
    session: Session, batch: Batch, until: str, *, by: Acting, reason: str | None = None
) -> Moved:
    """Move the end of applications to `until`, opening the batch again if it was closed."""
    moved = move_batch(session, batch, "extend", by=by, reason=reason)
    edit_batch(session, batch, {"apply_until": until}, by=by, reason=reason)
    _require_time_left(batch, by)
    return moved | {"apply_until": batch.apply_until}


def lock_batch(session: Session, batch: Batch, *, by: Acting, reason: str | None = None) -> Moved:
    """Lock the batch: its candidates are settled. `doubts` are those of `admit check`.

    Raises E413 while applications wait for their review, unless there is a reason to lock without them.
    """
    moved = move_batch(session, batch, "lock", by=by, reason=reason)
    unreviewed = _unreviewed(session, batch, reason)
    inputs = load_inputs(session, batch, rule=Rule.CHOICE_FIRST, round_=Round.MAIN, adjust=True).inputs
    found = doubts_about(session, batch, inputs, status=moved["before"])
    sitting_out = count_sitting_out(session, batch)
    return moved | {
        "candidates": len(inputs.candidates),
        "sitting_out": sitting_out,
        "gave_up": count_gave_up(session, batch),
        "unreviewed": unreviewed,
        "doubts": found,
    }


def _unreviewed(session: Session, batch: Batch, reason: str | None) -> int:
    """Return how many applications wait for their review; E413 when there is no reason to go on."""
    waiting = select(func.count(), func.min(Application.application_no)).where(
        Application.batch_id == batch.id, Application.status == ApplicationStatus.SUBMITTED
    )
    count, first = session.execute(waiting).one()
    if count and not (reason or "").strip():
        raise ZhupeiError("E413", batch=batch.code, count=count, application_no=first)
    return int(count)


def unlock_batch(session: Session, batch: Batch, *, by: Acting, reason: str | None = None) -> Moved:
    """Take the lock back; the runs computed under it are dropped."""
    moved = move_batch(session, batch, "unlock", by=by, reason=reason)
    runs = session.execute(select(Run.id).where(Run.batch_id == batch.id)).scalars().all()
    for table, column in ((RunRow, RunRow.run_id), (RunInput, RunInput.run_id), (Run, Run.id)):
        session.execute(delete(table).where(column.in_(runs)), execution_options=_BLIND)
    return moved | {"runs_dropped": len(runs)}


#: Nothing of these rows is held in the session.
_BLIND: Mapping[str, object] = {"synchronize_session": False}


def publish_batch(session: Session, batch: Batch, *, by: Acting, reason: str | None = None) -> Moved:
    """Publish who is 拟录取; doubtful without anybody, without an end of the 公示期, or after it.

    So it is while lists and letters would lack whose they are.
    """
    moved = move_batch(session, batch, "publish", by=by, reason=reason)
    counts = _count_admissions(session, batch)
    proposed, until = counts.get(AdmissionStatus.PROPOSED, 0), batch.publicity_until
    found = [] if proposed else [_doubt("E418", batch=batch.code)]
    if until is None:
        found.append(_doubt("E414", batch=batch.code, setting=_publicity(batch, by)))
    elif until < by.at:
        found.append(_doubt("E415", batch=batch.code, until=show_time(until), setting=_publicity(batch, by)))
    found += [*unsigned(session, batch), *seated_doubts(session, batch)]
    passed_over = counts.get(AdmissionStatus.NOT_ADMITTED, 0)
    return moved | {
        "proposed": proposed,
        "not_admitted": passed_over,
        "publicity_until": until,
        "doubts": found,
    }


def unsigned(session: Session, batch: Batch) -> list[Finding]:
    """Return the doubt about paper that would not say whose it is, whom to ask or where to come."""
    known = settings_of(session, batch)
    lacking = {key: label_of(key) for key in ON_PAPER if not known.get(key)}
    pairs = " ".join(f"--set {key}={label}" for key, label in lacking.items())
    what = "、".join(lacking.values())
    return [_doubt("E789", batch=batch.code, what=what, pairs=pairs)] if lacking else []


def _publicity(batch: Batch, by: Acting) -> str:
    """Return the command that says until when the 公示期 lasts, and which times it takes.

    Application and review are over by now, whatever their dates say. The moment itself is not told: whoever
    takes a while to answer would be told that something has changed.
    """
    after = batch.checkin_until
    command = f"zhupei batch edit {batch.code} --set publicity_until=截止时间"
    if after is None:
        return f"{command}（晚于现在）"
    if after <= by.at:  # E408 would refuse whatever is still to come
        return f"{command} --set checkin_until=其后的时间（报到截止 {show_time(after)} 太早，须一并改）"
    return f"{command}（晚于现在，不晚于报到截止 {show_time(after)}）"


def finalize_batch(session: Session, batch: Batch, *, by: Acting, reason: str | None = None) -> Moved:
    """Make every 拟录取 of the batch 已录取, one event each; doubtful before the 公示期 is over.

    Raises E701 while objections are open, unless there is a reason to go on.
    """
    moved = move_batch(session, batch, "finalize", by=by, reason=reason)
    require_none_open(session, batch, reason)
    proposed = (_ADMISSION.c.batch_id == batch.id, _ADMISSION.c.status == AdmissionStatus.PROPOSED)
    numbers = session.execute(
        select(Application.application_no)
        .join(_ADMISSION, _ADMISSION.c.application_id == Application.id)
        .where(*proposed)
        .order_by(Application.application_no)
    ).scalars()
    after = step(ADMISSION, AdmissionStatus.PROPOSED, "finalize", name=batch.code)
    changes = [
        Change("admission.finalize", number, batch.id, AdmissionStatus.PROPOSED, after) for number in numbers
    ]
    record(session, by, changes)
    session.execute(update(_ADMISSION).where(*proposed).values(status=after, decided_at=by.at))
    nobody = [] if changes else [_doubt("E418", batch=batch.code)]
    found = [
        *nobody,
        *_publicity_doubts(batch, by),
        *_left_over(session, batch),
        *seated_doubts(session, batch),
    ]
    return moved | {"admitted": len(changes), "publicity_until": batch.publicity_until, "doubts": found}


def _publicity_doubts(batch: Batch, by: Acting) -> list[Finding]:
    until = batch.publicity_until
    if until is None:
        return [_doubt("E229", batch=batch.code, setting=_publicity(batch, by))]
    return [_doubt("E416", batch=batch.code, until=show_time(until))] if until > by.at else []


def _left_over(session: Session, batch: Batch) -> Iterator[Finding]:
    """Yield a doubt where a later round gives seats and was not committed: nobody would publish them."""
    if (run := waiting_run(session, batch)) is not None:
        cure = f"先运行 zhupei admit commit {run.number} --batch {batch.code}"
        if stale_runs(session, batch, [run.number]):
            again = f"zhupei admit run --round {run.round} --batch {batch.code}"
            cure = f"这次计算已过时，先重新计算再确定：{again}"
        values = {"run": run.number, "round": ROUND.label(run.round), "admitted": run.admitted}
        yield _doubt("E489", batch=batch.code, **values, cure=cure)


def passed_over(session: Session, code: str) -> list[Finding]:
    """Return the doubts about a supplement round: who still waits for its seats, and which stay behind.

    The round takes the seats away from people who wait (E499): its parent is refilled no more (E486). It gets
    none of bases that are disabled (E819).
    """
    parent = find_batch(session, code)
    return [*_still_waiting(session, parent), *_left_behind(session, parent)]


def _still_waiting(session: Session, parent: Batch) -> list[Finding]:
    if not (count := count_refillable(session, parent)):
        return []
    run = waiting_run(session, parent)
    fresh = run is not None and not stale_runs(session, parent, [run.number])
    verb = f"commit {run.number}" if run is not None and fresh else "run --round refill"
    done = "再建" if fresh else "确定以后再建"
    cure = f"zhupei admit {verb} --batch {parent.code}，{done}补录批次"
    return [_doubt("E499", batch=parent.code, count=count, cure=cure)]


def _left_behind(session: Session, parent: Batch) -> list[Finding]:
    disabled = set(session.scalars(select(TrainingBase.code).where(TrainingBase.status == "disabled")))
    rows = [row for row in list_plan(session, parent) if row["vacant"] and row["base"] in disabled]
    if not rows:
        return []
    bases = "、".join(dict.fromkeys(row["base_label"] for row in rows))
    values = {"count": sum(row["vacant"] or 0 for row in rows), "bases": bases, "base": rows[0]["base"]}
    return [_doubt("E819", batch=parent.code, **values)]


def archive_batch(session: Session, batch: Batch, *, by: Acting, reason: str | None = None) -> Moved:
    """Close the batch for good; doubtful while somebody admitted has neither come nor stayed away."""
    moved = move_batch(session, batch, "archive", by=by, reason=reason)
    cede_seats(session, batch)  # the parent of a supplement round has the seats nobody took again
    counts = _count_admissions(session, batch)
    found = []
    if waiting := counts.get(AdmissionStatus.ADMITTED, 0):
        first = session.execute(
            select(func.min(Application.application_no))
            .join(_ADMISSION, _ADMISSION.c.application_id == Application.id)
            .where(_ADMISSION.c.batch_id == batch.id, _ADMISSION.c.status == AdmissionStatus.ADMITTED)
        ).scalar_one()
        found = [_doubt("E417", batch=batch.code, count=waiting, example=first)]
    if open_ := open_ids(session, batch):
        found.append(_doubt("E426", batch=batch.code, count=len(open_), objection=open_[0]))
    return moved | {
        "reported_count": counts.get(AdmissionStatus.REPORTED, 0),
        "no_show_count": counts.get(AdmissionStatus.NO_SHOW, 0),
        "admitted_count": counts.get(AdmissionStatus.ADMITTED, 0),
        "doubts": found,
    }


def cancel_batch(session: Session, batch: Batch, *, by: Acting, reason: str | None = None) -> Moved:
    """Give the batch up, with whatever applications it has; E768 while seats are given before a run."""
    if given := preplaced(session, batch).total():
        raise ZhupeiError("E768", batch=batch.code, count=given)
    moved = move_batch(session, batch, "cancel", by=by, reason=reason)
    cede_seats(session, batch)  # the parent of a supplement round has its seats back
    seats = _count_seats(session, batch)
    return moved | {"applications": _count_applications(session, batch), "seats": seats}


def _count_seats(session: Session, batch: Batch) -> int:
    """Return how many seats the plan offers: a stopped place has none."""
    seats = select(func.sum(Plan.quota)).where(Plan.batch_id == batch.id, Plan.stopped.is_(False))
    return session.execute(seats).scalar() or 0


def _count_applications(session: Session, batch: Batch) -> dict[str, int]:
    statement = select(Application.status, func.count()).where(Application.batch_id == batch.id)
    return dict(session.execute(statement.group_by(Application.status)).all())


def _count_admissions(session: Session, batch: Batch) -> dict[str, int]:
    statement = (
        select(_ADMISSION.c.status, func.count())
        .where(_ADMISSION.c.batch_id == batch.id)
        .group_by(_ADMISSION.c.status)
    )
    return dict(session.execute(statement).all())


def _doubt(code: str, **values: object) -> Finding:
    return Finding(code, sentence(code, values))
