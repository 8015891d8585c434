"""Is everything there that an admission is computed from? Asked before `admit run`, answered with counts."""

from collections.abc import Iterable
from typing import TypedDict

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from zhupei_cli.model import Admission, Application, Batch
from zhupei_cli.rules.admission.free_seats import open_rooms
from zhupei_cli.rules.admission.readiness import Doubt, doubts, is_marked
from zhupei_cli.rules.admission.run import Inputs
from zhupei_cli.rules.batch.lifecycle import ADMISSION, PUBLISHED
from zhupei_cli.rules.batch.phases import is_changeable
from zhupei_cli.rules.proof.audit import Finding
from zhupei_cli.services.admission.run_inputs import load_inputs
from zhupei_cli.services.applications.past import not_allowed
from zhupei_cli.services.batches.ceding import ceded_of
from zhupei_cli.services.batches.order_seats import seats_astray
from zhupei_cli.services.batches.plans import list_plan
from zhupei_cli.services.batches.taking_part import count_gave_up, count_sitting_out
from zhupei_cli.services.marks.score_marks import absences
from zhupei_cli.services.records.lookup import base_names, specialty_names
from zhupei_cli.words.errors import sentence
from zhupei_cli.words.vocabulary import BATCH_STATUS, ApplicationStatus, BatchStatus, Rule


class InputCounts(TypedDict):
    """What an admission would be computed from, in numbers."""

    batch: str
    status: str
    status_label: str
    candidates: int
    sitting_out: int
    with_scores: int
    absent: int
    own_records: int
    places: int
    free_seats: int | None
    unreviewed: int
    gave_up: int


def check_admission(
    session: Session, batch: Batch, *, unpublished: bool = False
) -> tuple[InputCounts, list[Finding]]:
    """Return what an admission of `batch` would be computed from, and what is doubtful about it.

    Free seats are None where they would tell, before publication, how many are taken; unless `unpublished`.
    """
    inputs = load_inputs(session, batch, rule=Rule.CHOICE_FIRST, round_="main", adjust=True).inputs
    waiting = _waiting(session, batch)
    absent = absences(session, batch)
    found = [Doubt("E485", {"count": waiting})] if waiting else []
    found += _cut_shares(session, batch)
    found += _forbidden(session, batch, inputs)
    found += _astray(session, batch)
    rooms, ceded = open_rooms(inputs), ceded_of(session, batch)
    free = sum(max(0, room.free - ceded.get(spot, {}).get("ceded", 0)) for spot, room in rooms.items())
    told = unpublished or not inputs.held or batch.status in PUBLISHED
    counts: InputCounts = {
        "batch": batch.code,
        "status": batch.status,
        "status_label": BATCH_STATUS.label(batch.status),
        "candidates": len(inputs.candidates),
        "sitting_out": count_sitting_out(session, batch),
        "with_scores": sum(map(is_marked, inputs.candidates)),
        "absent": sum(1 for one in inputs.candidates if one.no in absent),
        "own_records": sum(1 for one in inputs.candidates if any(record.base for record in one.records)),
        "places": len(rooms),
        "free_seats": free if told else None,
        "unreviewed": waiting,
        "gave_up": count_gave_up(session, batch),
    }
    return counts, _findings(session, [*found, *doubts(inputs, absent)])


def doubts_about(session: Session, batch: Batch, inputs: Inputs) -> list[Finding]:
    """Return what `admit check` finds doubtful about these inputs of the batch."""
    found = [*_forbidden(session, batch, inputs), *_astray(session, batch)]
    return _findings(session, [*found, *doubts(inputs, absences(session, batch))])


def _forbidden(session: Session, batch: Batch, inputs: Inputs) -> list[Doubt]:
    """Return the doubt about candidates whom the past forbids this batch, as it came to light since."""
    candidates = {one.no for one in inputs.candidates}
    found = {no: why for no, why in not_allowed(session, batch).items() if no in candidates}
    if not found:
        return []
    example = min(found)
    values = {"count": len(found), "example": example, "why": found[example], "batch": batch.code}
    return [Doubt("E422", {**values, "cure": _out_of_it(batch, example)})]


def _out_of_it(batch: Batch, number: str) -> str:
    """Return how somebody who should have no seat is kept from one, as the batch stands now."""
    if batch.status in (BatchStatus.COMMITTED, *PUBLISHED):  # the review is over for good
        act = f"zhupei admit revoke {number} --reason 原因"
        return f"不应录取的，确定以后取消录取，空出的名额可再递补：{act}"
    first = (
        f"先 zhupei batch unlock {batch.code} --reason 原因，再" if batch.status == BatchStatus.LOCKED else ""
    )
    return f"不应参加的{first}撤销审核（zhupei review revoke {number} --reason 原因）后审核为不通过"


def _astray(session: Session, batch: Batch) -> list[Doubt]:
    """Return the doubt about seats given already that are not open to the students by order who hold them."""
    if not (found := seats_astray(session, batch)):
        return []
    example = min(found)
    values = {"count": len(found), "example": example, "value": found[example]["value"]}
    return [Doubt("E729", {**values, "cure": _seat_back(session, batch, example)})]


def _seat_back(session: Session, batch: Batch, number: str) -> str:
    """Return how the seat of somebody is taken back, by how it was given and how far the batch is."""
    statement = (
        select(Admission.via, Admission.status)
        .join(Application, Application.id == Admission.application_id)
        .where(Application.batch_id == batch.id, Application.application_no == number)
    )
    via, status = session.execute(statement).one()
    if via == "preplaced" and is_changeable("parameters", batch.status):
        return f"撤销安排：zhupei admit preplace undo {number} --reason 原因"
    if status in ADMISSION.verbs["revoke"].moves:
        return f"取消录取：zhupei admit revoke {number} --reason 原因"
    return f"登记退培：zhupei admit quit {number} --reason 原因"


def _cut_shares(session: Session, batch: Batch) -> list[Doubt]:
    """Return the places, the first of them named, that cannot reserve what the share of the batch asks."""
    cut = [row for row in list_plan(session, batch) if row["reserve_cut"]]
    if not cut:
        return []
    one = cut[0]
    place = f"{one['base_label']} 的 {one['specialty_label']}"
    wanted = one["reserve_shared"] + one["reserve_cut"]
    return [
        Doubt("E778", {"count": len(cut), "place": place, "wanted": wanted, "seats": one["reserve_shared"]})
    ]


def _findings(session: Session, found: Iterable[Doubt]) -> list[Finding]:
    bases, specialties = base_names(session).labels, specialty_names(session).labels
    return [_finding(doubt, bases, specialties) for doubt in found]


def _waiting(session: Session, batch: Batch) -> int:
    statement = select(func.count()).where(
        Application.batch_id == batch.id, Application.status == ApplicationStatus.SUBMITTED
    )
    return session.execute(statement).scalar_one()


def _finding(doubt: Doubt, bases: dict[str, str], specialties: dict[str, str]) -> Finding:
    values = doubt.values
    if "specialty" in values:
        names = {"base": bases[values["base"]], "specialty": specialties[values["specialty"]]}
        values = {**values, **names}
    return Finding(doubt.code, sentence(doubt.code, values))
