"""Objections to what was published (公示异议): from entry to the end, each step with its event."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final, TypedDict, Unpack

from sqlalchemy import ColumnElement, Table, func, select, update
from sqlalchemy.orm import Session

from zhupei_cli.acting import Acting
from zhupei_cli.model import Admission, Application, Batch, Objection, Plan
from zhupei_cli.model.base import TableRow
from zhupei_cli.rules.batch.lifecycle import BATCH, directions
from zhupei_cli.rules.people.masking import masked_text
from zhupei_cli.rules.people.plain_words import require
from zhupei_cli.rules.proof.digests import named_digest
from zhupei_cli.services.applications import store
from zhupei_cli.services.records.events import Change, record
from zhupei_cli.services.records.lookup import base_names, specialty_names
from zhupei_cli.store.bulk import insert_rows
from zhupei_cli.store.counters import take
from zhupei_cli.words.errors import ZhupeiError
from zhupei_cli.words.vocabulary import BATCH_STATUS, OBJECTION_STATE, UPHELD, BatchStatus, flag_label

_OBJECTION: Table = Objection.metadata.tables[Objection.__tablename__]
_APPLICATION: Table = Objection.metadata.tables[Application.__tablename__]
_ADMISSION: Table = Objection.metadata.tables[Admission.__tablename__]
_COLUMNS: Final = tuple(column.name for column in _OBJECTION.columns)
_LONGEST: Final = 2000
_LONGEST_NAME: Final = 100
_PUBLIC: Final = (BatchStatus.PUBLICITY, BatchStatus.FINAL)
#: The states each step is possible in.
_FROM: Final[Mapping[str, tuple[str, ...]]] = {
    "assign": ("open", "answered"),
    "answer": ("open", "answered"),
    "close": ("answered",),
}
_LABELS: Final = {"assign": "交办", "answer": "答复", "close": "办结"}

ObjectionRow = dict[str, object]


class StepWords(TypedDict, total=False):
    """What a step of an objection writes down."""

    assigned_to: str
    answer: str
    upheld: bool
    reason: str


def enter_objection(
    session: Session,
    batch: Batch,
    *,
    number: str | None,
    place: tuple[str, str] | None,
    content: str,
    received_on: date,
    signed: str | None,
    by: Acting,
) -> ObjectionRow:
    """Enter an objection about an application or a place; E704 before publication, E703 for a day to come,
    E306 for a place that is not in the plan.

    `signed` is whose it is; without it nobody's.
    """
    session.refresh(batch, with_for_update=True)
    if batch.status not in _PUBLIC:
        cure = directions(BATCH, batch.status, frozenset({BatchStatus.PUBLICITY}), batch.code)
        raise ZhupeiError("E704", batch=batch.code, status=BATCH_STATUS.label(batch.status), cure=cure)
    if received_on > by.today:
        raise ZhupeiError("E703", value=received_on.isoformat())
    require(content, "异议内容", _LONGEST)
    require(signed, "异议人", _LONGEST_NAME)
    about = None if number is None else store.find_stored(session, batch, number).id
    base, specialty = place or (None, None)
    if place is not None and session.get(Plan, (batch.id, *place)) is None:
        raise ZhupeiError("E306", base=base, specialty=specialty)
    (id_,) = take(session, "objection", 1)
    row: ObjectionRow = {
        "id": id_,
        "batch_id": batch.id,
        "application_id": about,
        "base_code": base,
        "specialty_code": specialty,
        "signed": signed,
        "content": content,
        "received_on": received_on.isoformat(),
        "assigned_to": None,
        "answer": None,
        "state": "open",
        "upheld": None,
        "reason": None,
    }
    insert_rows(session, _OBJECTION, _COLUMNS, [tuple(row[name] for name in _COLUMNS)])
    record(session, by, [_change(row, "add", None)])
    return list_objections(session, batch, objection=id_)[0]


def like_it(session: Session, objection: ObjectionRow) -> int | None:
    """Return the number of an open objection that says the same of the same, received the same day."""
    entered = session.get_one(Objection, objection["objection"])
    same = ("batch_id", "application_id", "base_code", "specialty_code", "signed", "content", "received_on")
    statement = select(func.min(_OBJECTION.c.id)).where(
        _OBJECTION.c.id != entered.id,
        _OBJECTION.c.state != "closed",
        *(_OBJECTION.c[name].is_not_distinct_from(getattr(entered, name)) for name in same),
    )
    return session.execute(statement).scalar()


def _change(row: TableRow, verb: str, before: str | None, reason: str | None = None) -> Change:
    digest = named_digest({name: row[name] for name in _COLUMNS})
    subject = f"objection {row['id']}"
    data = {"digest": digest}
    return Change(f"objection.{verb}", subject, row["batch_id"], before, row["state"], reason, data)


def step_objection(
    session: Session, objection: int, verb: str, *, by: Acting, **given: Unpack[StepWords]
) -> ObjectionRow:
    """Assign, answer or close an objection, with what is `given`. E699 unknown, E700 not possible now."""
    columns = select(_OBJECTION).where(_OBJECTION.c.id == objection).with_for_update()
    found = session.execute(columns).mappings().one_or_none()
    if found is None:
        raise ZhupeiError("E699", objection=objection)
    batch = session.get_one(Batch, found["batch_id"])
    if found["state"] not in _FROM[verb]:
        values = {"status": OBJECTION_STATE.label(found["state"]), "wanted": _LABELS[verb]}
        cure = f"先答复：zhupei objection answer {objection} --text 答复"
        if found["state"] == "closed":
            cure = f"zhupei objection list --batch {batch.code} 查看；又有新的异议的，另行登记"
        raise ZhupeiError("E700", objection=objection, cure=cure, **values)
    require(given.get("answer"), "答复", _LONGEST)
    require(given.get("assigned_to"), "承办人", _LONGEST_NAME)
    states = {"answer": "answered", "close": "closed"}
    row = {**found, **given, "state": states.get(verb, found["state"])}
    session.execute(update(_OBJECTION).where(_OBJECTION.c.id == objection).values(**row))
    record(session, by, [_change(row, verb, found["state"], given.get("reason"))])
    return list_objections(session, batch, objection=objection)[0]


def count_open(session: Session, batch: Batch) -> int:
    """Return how many objections to a batch are not closed."""
    statement = select(func.count()).select_from(_OBJECTION).where(*_open(batch))
    return session.execute(statement).scalar_one()


def _open(batch: Batch) -> tuple[ColumnElement[bool], ...]:
    return _OBJECTION.c.batch_id == batch.id, _OBJECTION.c.state != "closed"


def open_ids(session: Session, batch: Batch) -> Sequence[int]:
    """Return the numbers of the objections to a batch that are not closed."""
    statement = select(_OBJECTION.c.id).where(*_open(batch)).order_by(_OBJECTION.c.id)
    return session.execute(statement).scalars().all()


def require_none_open(session: Session, batch: Batch, reason: str | None) -> None:
    """Raise E701 while objections to the batch are open, unless there is a reason to go on."""
    ids = open_ids(session, batch)
    if ids and not (reason or "").strip():
        raise ZhupeiError("E701", batch=batch.code, count=len(ids), objection=ids[0])


def open_objections(session: Session, batch: Batch) -> list[tuple[str, int, str]]:
    """Return what a report says of the open ones: nothing of who objected, nor what."""
    rows = session.execute(
        select(_OBJECTION.c.state, func.count(), func.min(_OBJECTION.c.received_on))
        .where(*_open(batch))
        .group_by(_OBJECTION.c.state)
        .order_by(_OBJECTION.c.state)
    )
    return [
        (label := OBJECTION_STATE.label(state), count, f"{label} {count} 件，最早收到于 {oldest}")
        for state, count, oldest in rows
    ]


def list_objections(
    session: Session,
    batch: Batch,
    *,
    state: str | None = None,
    objection: int | None = None,
    reveal: bool = False,
) -> list[ObjectionRow]:
    """Return the objections to a batch in the order they came; names of who objected only if revealed."""
    statement = (
        select(_OBJECTION, _APPLICATION.c.application_no, *_ADMISSION.c["live_key", "status"])
        .outerjoin(_APPLICATION, _APPLICATION.c.id == _OBJECTION.c.application_id)
        .outerjoin(_ADMISSION, _ADMISSION.c.application_id == _OBJECTION.c.application_id)
        .where(_OBJECTION.c.batch_id == batch.id)
        .order_by(_OBJECTION.c.id)
    )
    if state is not None:
        statement = statement.where(_OBJECTION.c.state == state)
    if objection is not None:
        statement = statement.where(_OBJECTION.c.id == objection)
    bases, specialties = base_names(session).labels, specialty_names(session).labels
    found = []
    for row in session.execute(statement).mappings():
        base, specialty = row["base_code"], row["specialty_code"]
        place = f"{bases.get(base, base)}的{specialties.get(specialty, specialty)}" if base else None
        found.append(
            {
                "objection": row["id"],
                "batch": batch.code,
                "application_no": row["application_no"],
                "base": base,
                "specialty": specialty,
                "about": row["application_no"] or place,
                "seated": row["live_key"] is not None,
                "admission_status": row["status"],
                "signed": row["signed"] is not None,
                "signed_label": _whose(row["signed"], reveal=reveal),
                "content": row["content"] if reveal else masked_text(row["content"]),
                "received_on": row["received_on"],
                "assigned_to": row["assigned_to"],
                "answer": row["answer"] if reveal else masked_text(row["answer"]),
                "state": row["state"],
                "state_label": OBJECTION_STATE.label(row["state"]),
                "upheld": row["upheld"],
                "upheld_label": None if row["upheld"] is None else flag_label(UPHELD, row["upheld"]),
                "reason": row["reason"] if reveal else masked_text(row["reason"]),
            }
        )
    return found


def _whose(signed: str | None, *, reveal: bool) -> str:
    if signed is None:
        return "匿名"
    return signed if reveal else f"实名（{signed[:1]}**）"


def record_export(session: Session, batch: Batch, rows: int, *, by: Acting) -> None:
    """Write down that the register left with the names in it."""
    record(session, by, [Change("objection.export", batch.code, batch.id, data={"rows": rows})])
