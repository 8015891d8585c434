"""What happened to rows after an import wrote them."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session

from zhupei_cli.model import Event, ImportRun
from zhupei_cli.rules.proof.digests import event_data
from zhupei_cli.services.kinds.parts.kind import Found, ImportKind
from zhupei_cli.services.kinds.parts.written import MODEL_TABLES, Written, load_rows
from zhupei_cli.store.bulk import rows_of

_EVENT: Table = MODEL_TABLES[Event.__tablename__]
#: Events about reference data that say nothing of what is in it.
_READING: Final = ("base.reveal",)


def overwritten(session: Session, table: Table, rows: Sequence[Written], expected: int) -> Found:
    """Find rows whose `touched_by` is not the event of the import any more."""
    by_id = {row.id: row for row in rows}
    written = dict(
        tuple(row) for row in rows_of(session, select(table.c.id, table.c.touched_by), table.c.id, by_id)
    )
    for id_, row in by_id.items():
        seq = written.get(id_)
        if seq != expected or (row.action == "updated" and row.before is None):
            yield row, seq


def latest_event(session: Session, subjects: Sequence[str], group: str) -> dict[str, int]:
    """Return the last event of a group about each subject."""
    statement = (
        select(_EVENT.c.subject, func.max(_EVENT.c.seq))
        .where(_EVENT.c.action.startswith(f"{group}."))
        .group_by(_EVENT.c.subject)
    )
    return dict(tuple(row) for row in rows_of(session, statement, _EVENT.c.subject, subjects))


def named_later(session: Session, run: ImportRun, kind: ImportKind, rows: Sequence[Written]) -> Found:
    """Find rows of tables without `touched_by` by the events that name them."""
    called = kind.part(rows[0].entity).called(session, rows)
    yield from ((row, None) for row in rows if row not in called)
    names = {name for name, _ in called.values()}
    later = naming(session, run, kind, names, after=kind.last_event(run, len(rows)))
    yield from ((row, later[name]) for row, (name, _) in called.items() if name in later)


def naming(
    session: Session, run: ImportRun, kind: ImportKind, wanted: set[str], *, after: int
) -> dict[str, int]:
    """Return which names later events about rows of a kind speak of; the latest event of each.

    Events of imports that were taken back themselves are as if they had not been.
    """
    group = kind.events or kind.key
    statement = select(_EVENT.c.seq, _EVENT.c.subject, _EVENT.c.data).where(
        _EVENT.c.seq > after, _EVENT.c.action.startswith(f"{group}."), _EVENT.c.action.not_in(_READING)
    )
    if run.batch_id is not None:
        statement = statement.where(_EVENT.c.batch_id == run.batch_id)
    passed = _taken_back(session, kind, after)
    found: dict[str, int] = {}
    for seq, subject, data in session.execute(statement.order_by(_EVENT.c.seq)):
        if not any(first <= seq <= last for first, last in passed):
            spoken = {subject, *(event_data(data).get("keys", ()))}
            found |= dict.fromkeys(spoken & wanted, seq)
    return found


def told_in(session: Session, group: str, wanted: set[str], *, after: int) -> dict[str, int]:
    """Return which names later events of a group speak of; the latest event of each."""
    statement = select(_EVENT.c.seq, _EVENT.c.subject, _EVENT.c.data).where(
        _EVENT.c.seq > after, _EVENT.c.action.startswith(f"{group}.")
    )
    found: dict[str, int] = {}
    for seq, subject, data in session.execute(statement.order_by(_EVENT.c.seq)) if wanted else ():
        spoken = {subject, *(event_data(data).get("keys", ()))}
        found |= dict.fromkeys(spoken & wanted, seq)
    return found


def _taken_back(session: Session, kind: ImportKind, after: int) -> list[tuple[int, int]]:
    statement = select(ImportRun).where(ImportRun.event_seq > after, ImportRun.undone_at.is_not(None))
    return [
        (other.event_seq, kind.last_event(other, len(load_rows(session, other))))
        for other in session.execute(statement.where(ImportRun.kind == kind.key)).scalars()
    ]
