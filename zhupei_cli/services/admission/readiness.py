"""Is everything there that an admission is computed from? Asked before `admit run`, answered with counts."""

from collections.abc import Collection, Iterable
from typing import TypedDict

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from zhupei_cli.acting import CST
from zhupei_cli.model import Admission, Application, Batch, Event, Trainee
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
from zhupei_cli.services.batches.taking_part import count_gave_up, count_seated, count_sitting_out
from zhupei_cli.services.marks.score_marks import absences
from zhupei_cli.services.people.bars import BAR_TABLE
from zhupei_cli.services.records.lookup import base_names, specialty_names
from zhupei_cli.store.bulk import rows_of
from zhupei_cli.words.errors import sentence
from zhupei_cli.words.vocabulary import BATCH_STATUS, AdmissionStatus, ApplicationStatus, BatchStatus, Rule


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
    found += [*_seated_forbidden(session, batch), *_astray(session, batch)]
    rooms, ceded = open_rooms(inputs), ceded_of(session, batch)
    free = sum(max(0, room.free - ceded.get(spot, {}).get("ceded", 0)) for spot, room in rooms.items())
    told = unpublished or not inputs.held or batch.status in PUBLISHED
    before = is_changeable("parameters", batch.status)
    counts: InputCounts = {
        "batch": batch.code,
        "status": batch.status,
        "status_label": BATCH_STATUS.label(batch.status),
        "candidates": len(inputs.candidates),
        "sitting_out": count_sitting_out(session, batch) if before else count_seated(session, batch),
        "with_scores": sum(map(is_marked, inputs.candidates)),
        "absent": sum(1 for one in inputs.candidates if one.no in absent),
        "own_records": sum(1 for one in inputs.candidates if any(record.base for record in one.records)),
        "places": len(rooms),
        "free_seats": free if told else None,
        "unreviewed": waiting,
        "gave_up": count_gave_up(session, batch),
    }
    return counts, _findings(session, batch, batch.status, [*found, *doubts(inputs, absent)])


def doubts_about(session: Session, batch: Batch, inputs: Inputs, *, status: str) -> list[Finding]:
    """Return what `admit check` finds doubtful about these inputs; `status` is that of before a move."""
    found = [*_forbidden(session, batch, inputs), *_astray(session, batch)]
    return _findings(session, batch, status, [*found, *doubts(inputs, absences(session, batch))])


def _forbidden(session: Session, batch: Batch, inputs: Inputs) -> list[Doubt]:
    """Return the doubt about candidates whom the past forbids this batch, as it came to light since."""
    candidates = {one.no for one in inputs.candidates}
    found = {no: why for no, why in not_allowed(session, batch).items() if no in candidates}
    if not found:
        return []
    example = min(found)
    values = {"count": len(found), "example": example, "why": found[example], "batch": batch.code}
    return [Doubt("E422", {**values, "cure": _out_of_it(batch, example)})]


def seated_doubts(session: Session, batch: Batch) -> list[Finding]:
    """Return the doubt about who has a seat and is forbidden this batch, as it came to light since."""
    return _findings(session, batch, batch.status, _seated_forbidden(session, batch))


def _seated_forbidden(session: Session, batch: Batch) -> list[Doubt]:
    if batch.status not in (BatchStatus.COMMITTED, *PUBLISHED) or not (why := not_allowed(session, batch)):
        return []
    holders = (
        select(Application.application_no, Admission.status)
        .join(Admission, Admission.application_id == Application.id)
        .where(Admission.batch_id == batch.id, Admission.live_key.is_not(None))
    )
    seated = {number: status for number, status in session.execute(holders) if number in why}
    found = sorted(seated.keys() - _agreed_to(session, batch, seated))
    if not found:
        return []
    example = found[0]
    act = "已报到的登记退培" if seated[example] == AdmissionStatus.REPORTED else "不应录取的取消录取"
    verb = "quit" if seated[example] == AdmissionStatus.REPORTED else "revoke"
    cure = f"{act}：zhupei admit {verb} {example} --reason 原因"
    values = {"count": len(found), "batch": batch.code, "example": example, "why": why[example]}
    return [Doubt("E813", {**values, "cure": cure})]


def _agreed_to(session: Session, batch: Batch, numbers: Collection[str]) -> set[str]:
    """Return who was given their seat by hand although the past spoke against it (E423), with a reason."""
    told = select(Event.subject, Event.data).where(
        Event.batch_id == batch.id, Event.action == "admission.place", Event.data.contains("E423")
    )
    return {subject for subject, _ in session.execute(told) if subject in numbers}


def _out_of_it(batch: Batch, number: str) -> str:
    """Return how somebody who should have no seat is kept from one, as the batch stands now."""
    if batch.status in (BatchStatus.COMMITTED, *PUBLISHED):  # the review is over for good
        act = f"zhupei admit revoke {number} --reason 原因"
        return f"不应录取的，确定以后取消录取，空出的名额可再递补：{act}"
    first = (
        f"先 zhupei batch unlock {batch.code} --reason 原因，再" if batch.status == BatchStatus.LOCKED else ""
    )
    return f"不应参加的{first}撤销审核（zhupei review revoke {number} --reason 原因）后审核为不通过"


def left_standing(session: Session, records: Iterable[int]) -> tuple[list[str], str]:
    """Return the applications that these records of conduct leave as they are, and a cure for the first.

    Of people whom a record in force is about, where something stands in a batch under way: a form that may
    come to a seat, or a seat. A record that ended before people could apply there is none of its business.
    """
    statement = (
        select(Application, Batch, Admission.status, BAR_TABLE.c.until)
        .join(Batch, Batch.id == Application.batch_id)
        .join(Trainee, Trainee.id == Application.trainee_id)
        .join(
            BAR_TABLE,
            (BAR_TABLE.c.id_type == Trainee.id_type) & (BAR_TABLE.c.id_number == Trainee.id_number),
        )
        .outerjoin(Admission, (Admission.application_id == Application.id) & Admission.live_key.is_not(None))
        .where(BAR_TABLE.c.state == "active", Application.live_key.is_not(None))
        .where(Batch.status.not_in((BatchStatus.ARCHIVED, BatchStatus.CANCELLED)))
        .where(Application.status != ApplicationStatus.REJECTED)
    )
    found: dict[str, str] = {}
    for one, batch, seat, until in rows_of(session, statement, BAR_TABLE.c.id, records):
        over = until is not None and until < batch.apply_from.astimezone(CST).date().isoformat()
        decided = batch.status in (BatchStatus.COMMITTED, *PUBLISHED)
        if not over and (seat is not None or not decided):
            found[one.application_no] = _way_out(one, batch, seat)
    return sorted(found), found[min(found)] if found else ""


def _way_out(one: Application, batch: Batch, seat: str | None) -> str:
    number = one.application_no
    if seat == AdmissionStatus.REPORTED:
        return f"已报到的登记退培：zhupei admit quit {number} --reason 原因"
    if seat is not None and batch.status in (BatchStatus.COMMITTED, *PUBLISHED):
        return f"不应录取的取消录取：zhupei admit revoke {number} --reason 原因"
    if one.status == ApplicationStatus.APPROVED:
        undone = (
            f"先撤销安排（zhupei admit preplace undo {number} --reason 原因）；" if seat is not None else ""
        )
        return undone + _out_of_it(batch, number)
    if one.status == ApplicationStatus.SUBMITTED:
        return f"不应参加的审核为不通过：zhupei review reject {number} --reason 原因"
    return f"不应参加的撤回报名：zhupei apply withdraw {number} --reason 原因"


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


def _findings(session: Session, batch: Batch, status: str, found: Iterable[Doubt]) -> list[Finding]:
    bases, specialties = base_names(session).labels, specialty_names(session).labels
    common = {"batch": batch.code}
    return [_finding(doubt, bases, specialties, common | _cure(doubt, batch.code, status)) for doubt in found]


def _cure(doubt: Doubt, code: str, status: str) -> dict[str, str]:
    """Return what a batch of this state can still do about nobody to admit, or people without a mark."""
    if doubt.code == "E480":
        return {"cure": _review(code, status)}
    if doubt.code not in ("E481", "E482"):
        return {}
    absent = (
        "" if status in (*PUBLISHED, BatchStatus.ARCHIVED) or doubt.code == "E481" else "，缺考的填“缺考”"
    )
    return {"cure": _marks(code, status, doubt.values["example"]) + absent}


def _review(code: str, status: str) -> str:
    if not is_changeable("parameters", status):
        again = "zhupei admit reinstate 报名号 --reason 原因"
        return f"已有录取结果，其余的人都有名额或不再是考生，不必再算；确应恢复资格的 {again}"
    unlock = f"先 zhupei batch unlock {code}，再" if status == BatchStatus.LOCKED else "先"
    return f"{unlock}审核报名：zhupei review queue --batch {code}"


def _marks(code: str, status: str, example: str) -> str:
    if status == BatchStatus.ARCHIVED:
        return "批次已归档，不再补录成绩"
    if status in PUBLISHED:
        acts = f"zhupei admit place {example} 基地 专业 --reason 原因"
        return f"公示以后不能再补导成绩，zhupei admit explain {example} 查看；确应录取的个别安排：{acts}"
    steps = {
        BatchStatus.LOCKED: [f"zhupei batch unlock {code}"],
        BatchStatus.COMMITTED: [
            f"zhupei admit uncommit --batch {code} --reason 原因（全部拟录取随之撤销）",
            f"zhupei batch unlock {code}",
        ],
    }.get(BatchStatus(status), [])
    first = f"先运行 {'，再运行 '.join(steps)}，然后" if steps else ""
    return f"{first}补导成绩：zhupei admit scores import 成绩.xlsx"


def _waiting(session: Session, batch: Batch) -> int:
    statement = select(func.count()).where(
        Application.batch_id == batch.id, Application.status == ApplicationStatus.SUBMITTED
    )
    return session.execute(statement).scalar_one()


def _finding(
    doubt: Doubt, bases: dict[str, str], specialties: dict[str, str], more: dict[str, str]
) -> Finding:
    values = more | doubt.values
    if "specialty" in values:
        names = {"base": bases[values["base"]], "specialty": specialties[values["specialty"]]}
        values = {**values, **names}
    return Finding(doubt.code, sentence(doubt.code, values))
