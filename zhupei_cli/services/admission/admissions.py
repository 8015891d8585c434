"""Admission (录取): computed, audited and stored as a run, made the result, taken back."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Row, Table, delete, func, or_, select, update
from sqlalchemy.orm import Session

from zhupei_cli.acting import Acting
from zhupei_cli.model import Admission, Application, Batch, Event, Preplaced, Run, RunRow
from zhupei_cli.rules.admission.admission import admit
from zhupei_cli.rules.admission.canonical import digest, inputs_text
from zhupei_cli.rules.admission.run import Inputs, ResultRow, Round
from zhupei_cli.rules.batch.lifecycle import ADMISSION, BATCH, step, target
from zhupei_cli.rules.proof.audit import Finding, audit
from zhupei_cli.services.admission.give_up import place_held
from zhupei_cli.services.admission.readiness import doubts_about
from zhupei_cli.services.admission.run_inputs import Loaded, load_inputs
from zhupei_cli.services.admission.runs import RunSummary, find_run, main_inputs, result_run, store_run
from zhupei_cli.services.admission.seats import SeatTaken, free_seats, take_seats
from zhupei_cli.services.admission.stages import Moved, move_batch
from zhupei_cli.services.admission.stale_runs import outrun
from zhupei_cli.services.admission.vacated import Vacated
from zhupei_cli.services.batches.ceding import require_no_round, rounds_of
from zhupei_cli.services.records.events import Change, record
from zhupei_cli.store.bulk import insert_rows, update_rows
from zhupei_cli.store.walls import require_whole
from zhupei_cli.words.errors import ZhupeiError, sentence
from zhupei_cli.words.vocabulary import RULE, AdmissionStatus, ApplicationStatus, BatchStatus, Outcome, Rule

_TABLES = Admission.metadata.tables
_ADMISSION: Table = _TABLES[Admission.__tablename__]
_APPLICATION: Table = _TABLES[Application.__tablename__]
_PREPLACED: Table = _TABLES[Preplaced.__tablename__]
_ROW: Table = _TABLES[RunRow.__tablename__]

#: The verb of the lifecycle that a run of each round needs.
_RUN_VERBS = {Round.MAIN: "run", Round.ADJUST: "adjust", Round.REFILL: "refill"}
_COMMIT_VERBS = {Round.MAIN: "commit", Round.ADJUST: "adjust", Round.REFILL: "refill"}

_FRESH = ("application_id", "application_status", "batch_id", "identity")
_DECIDED = (
    "status",
    "live_key",
    "base_code",
    "specialty_code",
    "via",
    "total",
    "rank",
    "run_id",
    "decided_at",
)


@dataclass(frozen=True, slots=True)
class Computed:
    """A run that was computed and audited, and is stored nowhere yet.

    `read_at` is the number of the last event when its inputs were read.
    """

    loaded: Loaded
    rows: Sequence[ResultRow]
    read_at: int


def run_admission(
    session: Session,
    batch: Batch,
    *,
    by: Acting,
    rule: str | None = None,
    round_: str = Round.MAIN,
    adjust: bool = True,
) -> RunSummary:
    """Compute a run and store it; return its summary. Raises what `compute_run` does."""
    computed = compute_run(session, batch, rule=rule, round_=round_, adjust=adjust)
    return keep_run(session, batch, computed, by=by)


def compute_run(
    session: Session, batch: Batch, *, rule: str | None = None, round_: str = Round.MAIN, adjust: bool = True
) -> Computed:
    """Compute a run from what the database holds, and audit it.

    Without a rule it is choice-first, for a refill that of the main run. Raises E401 when the batch is not
    locked (or has no result, for later rounds), E683 for a refill by another rule, E486 when a supplement
    round has the seats it would give, E432 when `score-first` meets a base's own record, E448 when the audit
    finds something, E605 for a login that does not see every row whole.
    """
    require_whole(session)
    _require_runnable(session, batch, round_)
    if round_ == Round.REFILL:
        rule = _rule_of_refill(session, batch, rule)
    loaded = load_inputs(session, batch, rule=rule or Rule.CHOICE_FIRST, round_=round_, adjust=adjust)
    main = main_inputs(session, batch.id, loaded.inputs)
    rows = admit(loaded.inputs, main)
    findings = audit(loaded.inputs, rows, main)
    if findings:
        shown = "；".join(finding.message for finding in findings[:3])
        raise ZhupeiError("E448", count=len(findings), findings=shown)
    return Computed(loaded, rows, session.execute(select(func.max(Event.seq))).scalar() or 0)


def keep_run(session: Session, batch: Batch, computed: Computed, *, by: Acting) -> RunSummary:
    """Store what was computed, maybe before others wrote: a commit compares it with what stands by then.

    Raises E401 and E486 as `compute_run`.
    """
    session.refresh(batch, with_for_update=True)  # nobody unlocks or commits meanwhile
    _require_runnable(session, batch, computed.loaded.inputs.round)
    summary = store_run(session, batch, computed.loaded, computed.rows, by=by)
    data = {
        "run": summary["run"],
        "rule": summary["rule"],
        "round": summary["round"],
        "inputs_sha256": summary["inputs_sha256"],
        "results_sha256": summary["results_sha256"],
        "adjust": computed.loaded.inputs.adjust,
        "read_at": computed.read_at,
    }
    record(session, by, [Change("admission.run", batch.code, batch.id, data=data)])
    return summary


def _require_runnable(session: Session, batch: Batch, round_: str) -> None:
    if batch.status == BatchStatus.FINAL:
        require_no_round(session, batch)  # a refill, which is what is offered there, would be refused too
    step(BATCH, batch.status, _RUN_VERBS[Round(round_)], name=batch.code)
    if round_ == Round.REFILL:
        require_no_round(session, batch)


def _rule_of_refill(session: Session, batch: Batch, given: str | None) -> str:
    result = result_run(session, batch)
    assert result is not None  # the batch has a result: its state says so
    if given not in (None, result.rule):
        raise ZhupeiError("E683", rule=RULE.label(given or ""), main=RULE.label(result.rule))
    return result.rule


def commit_run(session: Session, batch: Batch, number: int, *, by: Acting) -> Moved:
    """Make a run the round's result: 拟录取 and 未录取 are written, seats taken, the batch moves on.

    A refill of a final batch admits at once; its events name whose seats they were. `doubts` are those of
    `admit check`, about what the run was computed from. Raises E305 (no such run), E401 (not now), E461
    (there is a result), E462 (the run is stale), E486 (a supplement round has the seats).
    """
    run = find_run(session, batch, number)
    _require_no_result(session, batch, run)
    if run.round == Round.REFILL:
        require_no_round(session, batch)
    moved = move_batch(session, batch, _COMMIT_VERBS[Round(run.round)], by=by)
    found = doubts_about(session, batch, _require_fresh(session, batch, run), status=moved["before"])
    decided = list(_decided(session, run))
    data = {key: getattr(run, key) for key in ("number", "inputs_sha256", "results_sha256")}
    chosen = Change("admission.commit", batch.code, batch.id, data=data)
    vacated = Vacated(session, batch) if run.round == Round.REFILL else None
    record(session, by, [chosen, *_changes(batch, run, decided, vacated)])
    proposed = [_seat(row) for row, status in decided if status != AdmissionStatus.NOT_ADMITTED]
    take_seats(session, batch, proposed)
    _write(session, batch, run, decided, by=by)
    run.committed_at = by.at
    session.flush()
    if batch.status == BatchStatus.FINAL:
        # As placing does there: who is admitted at once was never on a list that people could object to.
        found = [*found, _at_once(batch, len(proposed))]
    return moved | {
        "run": run.number,
        "proposed": len(proposed),
        "not_admitted": run.candidates - run.admitted,
        "doubts": found,
    }


def _at_once(batch: Batch, count: int) -> Finding:
    values = {"batch": batch.code, "count": count}
    return Finding("E707", sentence("E707", values))


def _require_no_result(session: Session, batch: Batch, run: Run) -> None:
    result = run if run.committed_at is not None else result_run(session, batch)
    if result is not None and (run.round == Round.MAIN or result is run):
        cure = _instead(session, batch)
        if result is run:
            otherwise = f"；{cure}" if batch.status == BatchStatus.COMMITTED else ""
            cure = f"就是这一次，不必再做{otherwise}"
        raise ZhupeiError("E461", batch=batch.code, run=result.number, cure=cure)


def _instead(session: Session, batch: Batch) -> str:
    """Return what can be done about a result that is there."""
    if batch.status == BatchStatus.COMMITTED:
        return f"要换结果，先撤销全部拟录取：zhupei admit uncommit --batch {batch.code} --reason 原因"
    if rounds := rounds_of(session, batch):
        own = f"其余的空缺用 zhupei export vacancies --batch {batch.code} 查看，个别安排或再次补录"
        return f"结果已经公示，不能再换；转给补录批次 {'、'.join(rounds)} 的名额由它招收，{own}"
    if batch.status in BATCH.verbs["refill"].moves:
        again = f"zhupei admit run --round refill --batch {batch.code}"
        return f"结果已经公示，不能再换；空出的名额用 {again} 递补"
    return "结果不再改变"


def _require_fresh(session: Session, batch: Batch, run: Run) -> Inputs:
    """Return what the run was computed from, as it is in the database; E462 when that is not the same."""
    now = load_inputs(session, batch, rule=run.rule, round_=run.round, adjust=run.adjust).inputs
    if digest(inputs_text(now)) != run.inputs_sha256 or run.number in outrun(session, batch):
        again = "" if run.round == Round.MAIN else f" --round {run.round}"
        raise ZhupeiError("E462", run=run.number, again=f"{again} --batch {batch.code}")
    return now


def _decided(session: Session, run: Run) -> Iterator[tuple[Row[*tuple[object, ...]], str]]:
    """Yield each row of the run with the state it leads to, the best of each place first."""
    statement = (
        select(
            *_ROW.c["application_id", "outcome", "base_code", "specialty_code", "via"],
            *_ROW.c["total", "rank", "reason"],
            *_APPLICATION.c["application_no", "trainee_id", "identity"],
            _ADMISSION.c.status.label("now"),
        )
        .join(_APPLICATION, _APPLICATION.c.id == _ROW.c.application_id)
        .outerjoin(_ADMISSION, _ADMISSION.c.application_id == _ROW.c.application_id)
        .where(_ROW.c.run_id == run.id)
        .order_by(_ROW.c.application_id)
    )
    final = (
        session.execute(select(Batch.status).where(Batch.id == run.batch_id)).scalar() == BatchStatus.FINAL
    )
    for row in session.execute(statement):
        if row.outcome == Outcome.ADMITTED:
            after = step(ADMISSION, row.now, "propose", name=row.application_no)
            yield row, step(ADMISSION, after, "finalize", name=row.application_no) if final else after
        elif (passed := target(ADMISSION, row.now, "pass_over")) is not None:
            yield row, passed


def _changes(
    batch: Batch, run: Run, decided: Sequence[tuple[Row[*tuple[object, ...]], str]], vacated: Vacated | None
) -> Iterator[Change]:
    # Seats are named in the order of merit: the first of the refilled has the one that was free first.
    owners = {}
    for row, _ in sorted(decided, key=_merit):
        if vacated is not None and row.base_code:
            owners[row.application_no] = vacated.take((row.base_code, row.specialty_code))
    for row, status in decided:
        subject = (row.application_no, batch.id)
        if not row.base_code:
            reason = {"run": run.number, "reason": row.reason}
            yield Change("admission.pass_over", *subject, row.now, status, data=reason)
            continue
        told: dict[str, object] = {"run": run.number, **place_held(row), "via": row.via}
        if owner := owners.get(row.application_no):
            told["seat_of"] = owner
        yield Change("admission.propose", *subject, row.now, AdmissionStatus.PROPOSED, data=told)
        if status != AdmissionStatus.PROPOSED:
            yield Change("admission.finalize", *subject, AdmissionStatus.PROPOSED, status)


def _merit(decision: tuple[Row[*tuple[object, ...]], str]) -> tuple[int, str]:
    row = decision[0]
    return -(row.total or 0), row.application_no


def _seat(row: Row[*tuple[object, ...]]) -> SeatTaken:
    return row.base_code, row.specialty_code, row.identity


def _write(
    session: Session,
    batch: Batch,
    run: Run,
    decided: Sequence[tuple[Row[*tuple[object, ...]], str]],
    *,
    by: Acting,
) -> None:
    new, changed = [], []
    for row, status in decided:
        live = f"{batch.year}:{row.trainee_id}" if status != AdmissionStatus.NOT_ADMITTED else None
        seat = (row.base_code, row.specialty_code, row.via, row.total, row.rank)
        values = (status, live, *seat, run.id, by.at)
        if row.now is None:
            new.append((row.application_id, ApplicationStatus.APPROVED, batch.id, row.identity, *values))
        else:
            changed.append((row.application_id, *values))
    insert_rows(session, _ADMISSION, (*_FRESH, *_DECIDED), new)
    update_rows(session, _ADMISSION, ("application_id",), _DECIDED, changed)


def uncommit(session: Session, batch: Batch, *, reason: str | None, by: Acting) -> Moved:
    """Take the result back before publication, with whoever was placed by hand since (`placed`).

    Who gave a seat up, or lost it, stays no candidate: `admit reinstate` makes them one again. Raises E401
    when it is too late or there is nothing to take back, E404 without a reason.
    """
    moved = move_batch(session, batch, "uncommit", by=by, reason=reason)
    taken_back = session.execute(
        select(_ADMISSION, _APPLICATION.c.application_no)
        .join(_APPLICATION, _APPLICATION.c.id == _ADMISSION.c.application_id)
        .where(*_undecided(batch))
        .order_by(_ADMISSION.c.application_id)
    ).all()
    changes = [
        Change("admission.uncommit", row.application_no, batch.id, row.status, None, reason, _given(row))
        for row in taken_back
    ]
    record(session, by, changes)
    seated = [row for row in taken_back if row.status == AdmissionStatus.PROPOSED]
    free_seats(session, batch, [_seat(row) for row in seated])
    _forget_result(session, batch)
    placed = [row.application_no for row in seated if row.via == "place"]
    return moved | {"proposed": len(seated), "taken_back": len(taken_back), "placed": placed}


def _forget_result(session: Session, batch: Batch) -> None:
    # Left by versions that kept it when somebody was made a candidate again.
    gone = select(_ADMISSION.c.application_id).where(*_undecided(batch))
    session.execute(delete(_PREPLACED).where(_PREPLACED.c.application_id.in_(gone)))
    session.execute(delete(_ADMISSION).where(*_undecided(batch)))
    # Those who gave up what a run gave them keep their place in the records, not the run.
    session.execute(update(_ADMISSION).where(_ADMISSION.c.batch_id == batch.id).values(run_id=None))
    session.execute(update(Run).where(Run.batch_id == batch.id).values(committed_at=None))


def _given(row: Row[*tuple[object, ...]]) -> dict[str, str] | None:
    return {**place_held(row), "via": row.via} if row.status == AdmissionStatus.PROPOSED else None


def _undecided(batch: Batch) -> tuple[ColumnElement[bool], ...]:
    states = (AdmissionStatus.PROPOSED, AdmissionStatus.NOT_ADMITTED)
    # Seats before a run were no result of it: they stay.
    given = or_(_ADMISSION.c.via.is_(None), _ADMISSION.c.via != "preplaced")
    return _ADMISSION.c.batch_id == batch.id, _ADMISSION.c.status.in_(states), given
