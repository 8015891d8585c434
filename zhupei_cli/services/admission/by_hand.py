"""Placing one person by hand, beside what a run decided."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final, TypedDict

from sqlalchemy import select
from sqlalchemy.orm import Session

from zhupei_cli.acting import Acting
from zhupei_cli.model import Admission, Application, Batch
from zhupei_cli.rules.admission.main_ranks import MainRanks
from zhupei_cli.rules.admission.overriding import Looks, Unwanted, look_at
from zhupei_cli.rules.admission.run import Inputs, Round, Spot
from zhupei_cli.rules.admission.scores import mark_number, mark_text
from zhupei_cli.rules.batch.lifecycle import ADMISSION, step
from zhupei_cli.rules.proof.audit import Finding
from zhupei_cli.rules.proof.explanation_words import no_total
from zhupei_cli.services.admission.give_up import require_state
from zhupei_cli.services.admission.run_inputs import load_inputs
from zhupei_cli.services.admission.runs import result_run, stored_inputs
from zhupei_cli.services.admission.seats import hold_places, take_seats
from zhupei_cli.services.admission.vacated import Vacated
from zhupei_cli.services.applications.past import not_allowed
from zhupei_cli.services.applications.store import near_numbers
from zhupei_cli.services.batches.ceding import held_by_rounds, place_label
from zhupei_cli.services.batches.order_seats import OrderRule
from zhupei_cli.services.batches.taking_part import seats_of
from zhupei_cli.services.batches.vacant_seats import NoRoom, no_room_at, told_taken
from zhupei_cli.services.marks.score_marks import counting, load_marks
from zhupei_cli.services.records.events import Change, record
from zhupei_cli.services.records.lookup import base_names, specialty_names
from zhupei_cli.words.errors import ZhupeiError, sentence
from zhupei_cli.words.vocabulary import (
    ADJUST_SCOPE,
    ApplicationStatus,
    BatchStatus,
    Rule,
)

_WHY_UNWANTED: Final = {
    Unwanted.NO_CONSENT: "本人不服从调剂",
    Unwanted.OUT_OF_SCOPE: "也不在调剂范围（{scope}）之内",
}


class PlacedByHand(TypedDict):
    """Who was given a seat by hand, and what speaks against it."""

    application_no: str
    status: str
    base: str
    base_label: str
    specialty: str
    specialty_label: str
    total: Decimal | None
    rank: int | None
    passed_over: list[str]
    doubts: list[Finding]


def place(
    session: Session, batch: Batch, number: str, seat: tuple[str, str], *, reason: str | None, by: Acting
) -> PlacedByHand:
    """Propose an approved applicant for the place `seat` (base, specialty) of the plan.

    In a batch that is final they are admitted at once, on a seat that no supplement round holds (E495).
    `doubts` say what speaks against it: no total there, below the line, others who come before, a
    place the person neither chose nor would be adjusted to, a specialty not open to who studies by order.
    Total and rank are stored as a refill does.
    Raises E304 (no such application), E468 (not approved), E306 (no such place), E469 (the place is
    stopped), E463 (no free seat, or a limit reached), E439 (has a seat in this batch), E467 (in another one
    this year), E401, E402 or E403 for the wrong state, E404 without a reason.
    """
    require_state(session, batch, "place")
    application = _candidate(session, batch, number)
    admission = session.get(Admission, application.id)
    now = None if admission is None else admission.status
    if admission is not None and admission.live_key is not None:
        if (admission.base_code, admission.specialty_code) != seat:
            _require_room(session, batch, seat, application.identity)  # before anybody gives a seat up for it
        raise _placed_already(session, number, admission, seat)
    after = step(ADMISSION, now, "place", name=number, reason=reason)
    _require_room(session, batch, seat, application.identity)
    live_key = _free_key(session, batch, application)
    looks, inputs = _looks(session, batch, application, seat)
    found = _doubts(session, batch, application, seat, looks, inputs)
    rank = _rank(session, batch, number, seat)
    owner = Vacated(session, batch).take(seat)
    data = _told(seat, looks, found, rank=rank, owner=owner)
    changes = [Change("admission.place", number, batch.id, now, after, reason, data)]
    if batch.status == BatchStatus.FINAL:
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
    admission.total, admission.rank, admission.run_id = looks.total, rank, None
    admission.reason, admission.decided_at = reason, by.at
    session.flush()
    return {
        "application_no": number,
        "status": after,
        "base": seat[0],
        "base_label": base_names(session).labels[seat[0]],
        "specialty": seat[1],
        "specialty_label": specialty_names(session).labels[seat[1]],
        "total": mark_number(looks.total),
        "rank": rank,
        "passed_over": list(looks.before),
        "doubts": found,
    }


def _placed_already(
    session: Session, number: str, admission: Admission, seat: tuple[str, str]
) -> ZhupeiError:
    """Return the refusal for who has a seat in the batch: this one, or one to be given up first."""
    held = admission.base_code or "", admission.specialty_code or ""
    # Said outright: no cure leads over an act that takes a seat unless it is the very thing that is wanted.
    way = "已报到的，先更正报到"
    if admission.status in ADMISSION.verbs["revoke"].moves:
        acts = (f"zhupei admit {verb} {number} --reason 原因" for verb in ("revoke", "reinstate"))
        way = f"先取消原来的录取再恢复资格：先运行 {'，再运行 '.join(acts)}"
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
    plan = hold_places(session, batch, [seat]).get(seat)
    if plan is None:
        raise ZhupeiError("E306", base=seat[0], specialty=seat[1])
    if plan["stopped"]:
        raise ZhupeiError("E469", base=seat[0], specialty=seat[1])
    if (why := no_room_at(plan, identity)) is None:
        return
    where = place_label(session, plan)
    if why is NoRoom.CEDED:
        raise ZhupeiError("E495", **held_by_rounds(session, plan, where=where))
    raise ZhupeiError("E463", what=f"{where} {told_taken(plan, identity, why)}")


def _looks(session: Session, batch: Batch, application: Application, seat: Spot) -> tuple[Looks, Inputs]:
    """Return what a run would have held against this placement, and what it would be computed from."""
    inputs = load_inputs(session, batch, rule=Rule.CHOICE_FIRST, round_=Round.MAIN, adjust=True).inputs
    person = next(one for one in inputs.candidates if one.no == application.application_no)
    return look_at(inputs, person, seat), inputs


def _doubts(
    session: Session, batch: Batch, application: Application, seat: Spot, looks: Looks, inputs: Inputs
) -> list[Finding]:
    number = application.application_no
    found: list[tuple[str, dict[str, object]]] = []
    if why := not_allowed(session, batch, (number,)).get(number):
        found.append(("E423", {"application_no": number, "why": why}))
    if looks.total is None:
        records = load_marks(session, [application.id]).get(application.id, {})
        why = no_total([counting(records, seat[0])], inputs.weights)
        found.append(("E419", {"application_no": number, "why": why}))
    elif looks.total < looks.line:
        marks = {"total": mark_text(looks.total), "line": mark_text(looks.line)}
        found.append(("E420", {"application_no": number, **marks}))
    if looks.before:
        found.append(("E421", {"count": len(looks.before), "numbers": "、".join(looks.before)}))
    if looks.unwanted is not None:
        why = _WHY_UNWANTED[looks.unwanted].format(scope=ADJUST_SCOPE.label(inputs.adjust_scope))
        found.append(("E687", {"application_no": number, "why": why}))
    if told := OrderRule(session, batch).against(seat[1], by_order=application.order_oriented):
        found.append(("E728", {"application_no": number, **told}))
    return [Finding(code, sentence(code, values)) for code, values in found]


def _rank(session: Session, batch: Batch, number: str, seat: Spot) -> int | None:
    """Return the rank there among the candidates of the committed main run, as a refill has it."""
    main = result_run(session, batch)
    return None if main is None else MainRanks(stored_inputs(session, main)).at(number, seat)


def _told(
    seat: Spot, looks: Looks, found: Sequence[Finding], *, rank: int | None, owner: str | None
) -> dict[str, object]:
    """Return what the event says: the seat and whose it was, total and rank, what was overridden."""
    total = None if looks.total is None else mark_text(looks.total)
    data: dict[str, object] = {
        "base": seat[0],
        "specialty": seat[1],
        "via": "place",
        "total": total,
        "rank": rank,
    }
    if owner is not None:
        data["seat_of"] = owner
    if found:
        data["overridden"] = [one.code for one in found]
    if looks.before:
        data["passed_over"] = list(looks.before)
    return data


def _free_key(session: Session, batch: Batch, application: Application) -> str:
    """Return the key that says who holds a seat this year; E467 when this person does already."""
    key = f"{batch.year}:{application.trainee_id}"
    seat = seats_of(session, batch.year, (application.trainee_id,)).get(application.trainee_id)
    if seat is not None:
        raise ZhupeiError("E467", application_no=application.application_no, **seat.values)
    return key
