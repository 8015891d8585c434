"""Whether an import can be taken back: not once a later event touched what it wrote, or rests on it."""

import json
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session

from zhupei_cli.model import Account, Application, Base, Batch, Choice, Event, ImportRun, Plan, Score
from zhupei_cli.rules.batch.lifecycle import BATCH, directions
from zhupei_cli.services.people.people import subject_of
from zhupei_cli.services.records.event_words import action_label
from zhupei_cli.services.undo.import_rows import Written, last_event, load_rows, names, texts
from zhupei_cli.store.bulk import in_chunks, rows_of
from zhupei_cli.words.errors import ZhupeiError
from zhupei_cli.words.vocabulary import BATCH_STATUS, BatchStatus

_TABLES: Final = Base.metadata.tables
_APPLICATION: Table = _TABLES[Application.__tablename__]
_ACCOUNT: Table = _TABLES[Account.__tablename__]
_SCORE: Table = _TABLES[Score.__tablename__]
_PLAN: Table = _TABLES[Plan.__tablename__]
_CHOICE: Table = _TABLES[Choice.__tablename__]
_EVENT: Table = _TABLES[Event.__tablename__]

_ENTERING: Final = (BatchStatus.OPEN, BatchStatus.CLOSED)
#: The states of the batch in which what an import wrote may still change.
WHEN: Final[Mapping[str, Sequence[BatchStatus]]] = {
    "application": _ENTERING,
    "score": _ENTERING,
    "plan": (BatchStatus.DRAFT, *_ENTERING, BatchStatus.LOCKED),
    "admission": (BatchStatus.FINAL,),
}
#: Events about reference data that say nothing of what is in it.
_READING: Final = ("base.reveal",)


@dataclass(frozen=True, slots=True)
class Blocked:
    """A row that cannot be taken back: what was done since, by whom and when, as far as it is known."""

    text: str
    entity: str
    key: str
    seq: int | None = None
    action_label: str = "已不在库中"
    who: str | None = None
    at: datetime | None = None


def require_time(session: Session, run: ImportRun, rows: Iterable[Written], *, hold: bool = True) -> None:
    """Raise E401 when what the import wrote to its batch may not change any more; `hold` locks the batch."""
    entities = {row.entity for row in rows} & WHEN.keys()
    if run.batch_id is None or not entities:
        return
    batch = session.get_one(Batch, run.batch_id)
    session.refresh(batch, with_for_update=hold)
    states = frozenset.intersection(*(frozenset(WHEN[entity]) for entity in entities))
    if batch.status not in states:
        cure = directions(BATCH, batch.status, states, batch.code)
        status = BATCH_STATUS.label(batch.status)
        raise ZhupeiError("E401", name=batch.code, status=status, wanted="撤销这次导入", cure=cure)


def blocked(session: Session, run: ImportRun, rows: Sequence[Written]) -> list[Blocked]:
    """Return the rows that a later event touched, or that something later rests on, each once."""
    groups: dict[str, list[Written]] = {}
    for row in rows:
        groups.setdefault(row.entity, []).append(row)
    found: dict[Written, int | None] = {}
    for entity, group in groups.items():
        for row, seq in _CHECKS[entity](session, run, group):
            found.setdefault(row, seq)
    own = {row.id for row in groups.get("application", ())}
    for row, seq in _applied_elsewhere(session, groups.get("trainee", ()), own):
        found.setdefault(row, seq)
    return _told(session, found)


def _told(session: Session, found: Mapping[Written, int | None]) -> list[Blocked]:
    seqs = {seq for seq in found.values() if seq is not None}
    statement = select(_EVENT.c.seq, _EVENT.c.action, _EVENT.c.who, _EVENT.c.at)
    events = {row.seq: row for row in rows_of(session, statement, _EVENT.c.seq, seqs)}
    called = texts(session, found)
    told = []
    for row, seq in found.items():
        event = events.get(seq or 0)
        if event is None:
            told.append(Blocked(called[row], row.entity, row.key))
        else:
            what = action_label(event.action)
            told.append(Blocked(called[row], row.entity, row.key, seq, what, event.who, event.at))
    return told


Found = Iterator[tuple[Written, int | None]]


def _overwritten(session: Session, table: Table, rows: Sequence[Written], expected: int) -> Found:
    by_id = {row.id: row for row in rows}
    written = dict(
        tuple(row) for row in rows_of(session, select(table.c.id, table.c.touched_by), table.c.id, by_id)
    )
    for id_, row in by_id.items():
        seq = written.get(id_)
        if seq != expected or (row.action == "updated" and row.before is None):
            yield row, seq


def _trainees(session: Session, run: ImportRun, rows: Sequence[Written]) -> Found:
    yield from _overwritten(session, _TABLES["trainee"], rows, run.event_seq)
    new = {row.id: row for row in rows if row.action == "inserted"}
    accounts = [id_ for (id_,) in rows_of(session, select(_ACCOUNT.c.trainee_id), _ACCOUNT.c.trainee_id, new)]
    opened = _latest(session, [subject_of(id_) for id_ in accounts], "account")
    for id_ in accounts:
        yield new[id_], opened.get(subject_of(id_))


def _applied_elsewhere(session: Session, rows: Iterable[Written], own: Container[int]) -> Found:
    """Find new people with applications that are not the import's own."""
    new = {row.id: row for row in rows if row.action == "inserted"}
    statement = select(_APPLICATION.c.trainee_id, _APPLICATION.c.id, _APPLICATION.c.touched_by)
    for trainee_id, id_, seq in rows_of(session, statement, _APPLICATION.c.trainee_id, new):
        if id_ not in own:
            yield new[trainee_id], seq


def _latest(session: Session, subjects: Sequence[str], group: str) -> dict[str, int]:
    statement = (
        select(_EVENT.c.subject, func.max(_EVENT.c.seq))
        .where(_EVENT.c.action.startswith(f"{group}."))
        .group_by(_EVENT.c.subject)
    )
    return dict(tuple(row) for row in rows_of(session, statement, _EVENT.c.subject, subjects))


def _applications(session: Session, run: ImportRun, rows: Sequence[Written]) -> Found:
    # A review writes the number of its last event into all it decided.
    expected = last_event(run, len(rows)) if run.kind == "review" else run.event_seq
    yield from _overwritten(session, _APPLICATION, rows, expected)
    new = {row.id: row for row in rows if row.action == "inserted"}
    statement = select(_SCORE.c.application_id, _SCORE.c.touched_by)
    for id_, seq in rows_of(session, statement, _SCORE.c.application_id, new):
        yield new[id_], seq


def _scores(session: Session, run: ImportRun, rows: Sequence[Written]) -> Found:
    columns = (_SCORE.c.application_id, _SCORE.c.record, _SCORE.c.touched_by)
    stored = rows_of(session, select(*columns), columns[0], {row.id for row in rows})
    written = {f"{id_}/{record}": seq for id_, record, seq in stored}
    for row in rows:
        if written.get(row.key) != run.event_seq:
            yield row, written.get(row.key)


def _named(session: Session, run: ImportRun, rows: Sequence[Written]) -> Found:
    """Find rows of tables without `touched_by` by the events that name them."""
    group = {"plan": "plan", "checkin": "admission"}.get(run.kind, run.kind)
    called = names(session, rows)
    yield from ((row, None) for row in rows if row not in called)
    later = naming(session, run, group, set(called.values()), after=last_event(run, len(rows)))
    yield from ((row, later[name]) for row, name in called.items() if name in later)


def naming(session: Session, run: ImportRun, group: str, wanted: set[str], *, after: int) -> dict[str, int]:
    """Return which names later events of a group speak of; the latest event of each.

    Events of imports that were taken back themselves are as if they had not been.
    """
    statement = select(_EVENT.c.seq, _EVENT.c.subject, _EVENT.c.data).where(
        _EVENT.c.seq > after, _EVENT.c.action.startswith(f"{group}."), _EVENT.c.action.not_in(_READING)
    )
    if run.batch_id is not None:
        statement = statement.where(_EVENT.c.batch_id == run.batch_id)
    passed = _taken_back(session, "checkin" if group == "admission" else group, after)
    found: dict[str, int] = {}
    for seq, subject, data in session.execute(statement.order_by(_EVENT.c.seq)):
        if not any(first <= seq <= last for first, last in passed):
            spoken = {subject, *(json.loads(data).get("keys", ()) if data else ())}
            found |= dict.fromkeys(spoken & wanted, seq)
    return found


def _taken_back(session: Session, kind: str, after: int) -> list[tuple[int, int]]:
    statement = select(ImportRun).where(ImportRun.event_seq > after, ImportRun.undone_at.is_not(None))
    return [
        (other.event_seq, last_event(other, len(load_rows(session, other))))
        for other in session.execute(statement.where(ImportRun.kind == kind)).scalars()
    ]


def _places(session: Session, run: ImportRun, rows: Sequence[Written]) -> Found:
    yield from _named(session, run, rows)
    new = {row.key: row for row in rows if row.action == "inserted"}
    statement = (
        select(_CHOICE.c.base_code, _CHOICE.c.specialty_code, func.max(_APPLICATION.c.touched_by))
        .join(_APPLICATION, _APPLICATION.c.id == _CHOICE.c.application_id)
        .where(_CHOICE.c.batch_id == run.batch_id)
        .group_by(_CHOICE.c.base_code, _CHOICE.c.specialty_code)
    )
    for base, specialty, seq in session.execute(statement) if new else ():
        if f"{base}/{specialty}" in new:
            yield new[f"{base}/{specialty}"], seq


def _reference(session: Session, run: ImportRun, rows: Sequence[Written]) -> Found:
    """Find entries that were changed since, and new ones that a plan or a mark rests on."""
    yield from _named(session, run, rows)
    new = {row.key: row for row in rows if row.action == "inserted"}
    column = _PLAN.c.base_code if run.kind == "base" else _PLAN.c.specialty_code
    places: dict[str, set[str]] = {}
    columns = (column, _PLAN.c.base_code, _PLAN.c.specialty_code)
    for code, base, specialty in rows_of(session, select(*columns), column, new):
        places.setdefault(code, set()).add(f"{base}/{specialty}")
    planned = (
        naming(session, run, "plan", set().union(*places.values()), after=run.event_seq) if places else {}
    )
    for code, keys in places.items():
        yield new[code], max((seq for key in keys if (seq := planned.get(key))), default=None)
    if run.kind == "base":
        marks = select(_SCORE.c.base_code, func.max(_SCORE.c.touched_by)).group_by(_SCORE.c.base_code)
        for chunk in in_chunks(new):
            for code, seq in session.execute(marks.where(_SCORE.c.base_code.in_(chunk))):
                yield new[code], seq


_CHECKS: Final[Mapping[str, Callable[[Session, ImportRun, Sequence[Written]], Found]]] = {
    "trainee": _trainees,
    "application": _applications,
    "score": _scores,
    "admission": _named,
    "employer": _named,
    "bar": _named,
    "plan": _places,
    "base": _reference,
    "specialty": _reference,
}
