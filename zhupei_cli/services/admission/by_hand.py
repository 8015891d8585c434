"""Placing one person by hand, beside what a run decided."""

from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from zhupei_cli.acting import Acting
from zhupei_cli.model import Admission, Application, Batch, Plan
from zhupei_cli.rules.admission.merit import Merits, bids, open_lines
from zhupei_cli.rules.admission.run import Round, Spot
from zhupei_cli.rules.admission.scores import mark_text
from zhupei_cli.rules.batch.lifecycle import ADMISSION, directions, step
from zhupei_cli.rules.proof.audit import Finding
from zhupei_cli.rules.proof.explanation_words import no_total
from zhupei_cli.services.admission.give_up import require_state
from zhupei_cli.services.admission.run_inputs import load_inputs
from zhupei_cli.services.admission.seats import take_seats
from zhupei_cli.services.applications.store import near_numbers
from zhupei_cli.services.batches.taking_part import seats_of
from zhupei_cli.services.marks.score_marks import counting, load_marks
from zhupei_cli.services.records.events import Change, record
from zhupei_cli.services.records.lookup import base_names, specialty_names
from zhupei_cli.words.errors import ZhupeiError, sentence
from zhupei_cli.words.vocabulary import (
    IDENTITY,
    AdmissionStatus,
    ApplicationStatus,
    BatchStatus,
    Identity,
    Rule,
)


def place(
    session: Session, batch: Batch, number: str, seat: tuple[str, str], *, reason: str | None, by: Acting
) -> dict[str, Any]:
    """Propose an approved applicant for the place `seat` (base, specialty) of the plan.

    In a batch that is final they are admitted at once, as long as no supplement round offers its vacancies
    (E486). `doubts` say what speaks against it: no total there, below the line, others who come before.
    Raises E304 (no such application), E468 (not approved), E306 (no such place), E469 (the place is
    stopped), E463 (no free seat, or a limit reached), E439 (has a seat in this batch), E467 (in another one
    this year), E401, E402 or E403 for the wrong state, E404 without a reason.
    """
    require_state(session, batch, "place")
    application = _candidate(session, batch, number)
    admission = session.get(Admission, application.id)
    now = None if admission is None else admission.status
    if admission is not None and admission.live_key is not None:
        raise _placed_already(session, number, admission, seat)
    after = step(ADMISSION, now, "place", name=number, reason=reason)
    _require_room(session, batch, seat, application.identity)
    live_key = _free_key(session, batch, application)
    found = _doubts(session, batch, application, seat)
    data = {"base": seat[0], "specialty": seat[1], "via": "place"}
    changes = [Change("admission.place", number, batch.id, now, after, reason, data)]
    if batch.status == BatchStatus.FINAL:
        _require_no_supplement(session, batch)
        proposed, after = after, step(ADMISSION, after, "finalize", name=number)
        changes.append(Change("admission.finalize", number, batch.id, proposed, after, reason))
    record(session, by, changes)
    take_seats(session, batch, [(*seat, application.identity)])
    if admission is None:
        admission = Admission(
            application_id=application.id,
            application_status=ApplicationStatus.APPROVED,
            batch_id=batch.id,
            identity=application.identity,
        )
        session.add(admission)
    admission.status, admission.live_key, admission.via = after, live_key, "place"
    admission.base_code, admission.specialty_code = seat
    admission.total = admission.rank = admission.run_id = None
    admission.reason, admission.decided_at = reason, by.at
    session.flush()
    return {
        "application_no": number,
        "status": after,
        "base": seat[0],
        "base_label": base_names(session).labels[seat[0]],
        "specialty": seat[1],
        "specialty_label": specialty_names(session).labels[seat[1]],
        "doubts": found,
    }


def _placed_already(
    session: Session, number: str, admission: Admission, seat: tuple[str, str]
) -> ZhupeiError:
    """Return the refusal for who has a seat in the batch: this one, or one to be given up first."""
    held = admission.base_code or "", admission.specialty_code or ""
    again = frozenset({AdmissionStatus.NOT_ADMITTED})
    way = directions(ADMISSION, admission.status, again, number)
    if (
        admission.status in ADMISSION.verbs["revoke"].moves
    ):  # nobody gave anything up, as the shortest way has it
        way = way.replace("admit decline", "admit revoke")
    values = {
        "application_no": number,
        "status": ADMISSION.label(admission.status),
        "place": f"{base_names(session).labels[held[0]]}的{specialty_names(session).labels[held[1]]}",
        "cure": "不必再安排" if held == seat else f"要换岗位，{way}，然后再安排",
    }
    return ZhupeiError("E439", **values)


def _candidate(session: Session, batch: Batch, number: str) -> Application:
    found = session.execute(
        select(Application).where(Application.batch_id == batch.id, Application.application_no == number)
    ).scalar()
    if found is None:
        raise ZhupeiError("E304", application_no=number, nearest=near_numbers(session, batch, number))
    if found.status != ApplicationStatus.APPROVED:
        raise ZhupeiError("E468", application_no=number)
    return found


def _require_room(session: Session, batch: Batch, seat: tuple[str, str], identity: str) -> None:
    # Held until the seat is counted, so that what is told here is what the counters say.
    plan = session.get(Plan, (batch.id, *seat), with_for_update=True, populate_existing=True)
    if plan is None:
        raise ZhupeiError("E306", base=seat[0], specialty=seat[1])
    if plan.stopped:
        raise ZhupeiError("E469", base=seat[0], specialty=seat[1])
    where = f"{base_names(session).labels[seat[0]]} 的 {specialty_names(session).labels[seat[1]]}"
    taken = sum(getattr(plan, f"taken_{who}") for who in Identity)
    if taken >= plan.quota:
        raise ZhupeiError("E463", what=f"{where} 计划 {plan.quota} 人，已占 {taken} 人")
    limit, held = getattr(plan, f"max_{identity}"), getattr(plan, f"taken_{identity}")
    if limit is not None and held >= limit:
        who = IDENTITY.label(identity)
        raise ZhupeiError("E463", what=f"{where} 对{who}上限 {limit} 人，已占 {held} 人")


def _doubts(session: Session, batch: Batch, application: Application, seat: Spot) -> list[Finding]:
    """Return what a run would have held against this placement."""
    number = application.application_no
    inputs = load_inputs(session, batch, rule=Rule.CHOICE_FIRST, round_=Round.MAIN, adjust=True).inputs
    rivals = tuple([one for one in inputs.candidates if seat in one.choices or one.no == number])
    contest = replace(inputs, candidates=rivals)
    merits = Merits(contest)
    position, line = merits.at(number, seat[0]), open_lines(contest)[seat]
    total = None if position is None else merits.totals[position]
    found: list[tuple[str, dict[str, Any]]] = []
    if total is None:
        records = load_marks(session, [application.id]).get(application.id, {})
        why = no_total([counting(records, seat[0])], inputs.weights)
        found.append(("E419", {"application_no": number, "why": why}))
    elif total < line:
        found.append(("E420", {"application_no": number, "total": mark_text(total), "line": mark_text(line)}))
    before = [
        bid.candidate.no
        for bid in bids(contest, merits)
        if bid.spot == seat and bid.candidate.no != number and (position is None or bid.position < position)
    ]
    if before:
        found.append(("E421", {"count": len(before), "example": before[0]}))
    return [Finding(code, sentence(code, values)) for code, values in found]


def _require_no_supplement(session: Session, batch: Batch) -> None:
    """Raise E486 when a supplement round has taken the vacancies over: one seat would be given twice."""
    rounds = select(Batch.code).where(Batch.parent_id == batch.id, Batch.status != BatchStatus.CANCELLED)
    if codes := sorted(session.execute(rounds).scalars()):
        raise ZhupeiError("E486", batch=batch.code, rounds="、".join(codes))


def _free_key(session: Session, batch: Batch, application: Application) -> str:
    """Return the key that says who holds a seat this year; E467 when this person does already."""
    key = f"{batch.year}:{application.trainee_id}"
    seat = seats_of(session, batch.year, (application.trainee_id,)).get(application.trainee_id)
    if seat is not None:
        raise ZhupeiError("E467", application_no=application.application_no, **seat.values)
    return key
