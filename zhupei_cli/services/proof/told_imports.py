"""`db check`: the records of imports compared with what their events say."""

import json
from collections.abc import Container, Iterator, Sequence
from typing import Final

from sqlalchemy import RowMapping, Table, select
from sqlalchemy.orm import Session

from zhupei_cli.model import Application, Base, ImportRow, ImportRun, TraineePhoto
from zhupei_cli.rules.proof.retelling import Happened, Told
from zhupei_cli.services.records.import_ledger import Touched, rows_digest
from zhupei_cli.store.bulk import rows_of

_APPLICATION: Table = Base.metadata.tables[Application.__tablename__]
_RUN: Table = Base.metadata.tables[ImportRun.__tablename__]
_ROW: Table = Base.metadata.tables[ImportRow.__tablename__]
_COUNTS: Final = ("inserted", "updated", "unchanged", "rejected", "warned")


def unlike_imports(session: Session, told: Told) -> Iterator[tuple[str, str]]:
    """Yield what the records of imports say otherwise than their events."""
    seen, unread = set(), {event.seq for event in told.unread}
    for run in session.execute(select(_RUN)).mappings():
        seen.add(run["id"])
        event = told.imports.get(run["id"])
        if run["event_seq"] in unread:
            continue
        if event is None or not _same(run, event, told):
            yield "E648", f"导入 {run['id']}"
    yield from (("E648", f"导入 {id_} 不见了") for id_ in sorted(told.imports.keys() - seen))
    erased = _erased(session, told)
    statement = select(_ROW.c.entity, _ROW.c.key, _ROW.c.action, _ROW.c.before)
    for id_, event in told.imports.items():
        rows = [_row(*row) for row in session.execute(statement.where(_ROW.c.import_id == id_))]
        if not _whole(rows, told.import_rows.get(id_), event, erased):
            yield "E648", f"导入 {id_} 写入的行"


def _erased(session: Session, told: Told) -> set[tuple[str, str]]:
    """Return the rows, by table and key, whose images were taken out with a person."""
    applied = rows_of(session, select(_APPLICATION.c.id), _APPLICATION.c.application_no, told.erased)
    return {("admission", str(row.id)) for row in applied} | {
        (entity, key)
        for what, _, key in (subject.partition(" ") for subject in told.erased_rows)
        for entity in ((what, TraineePhoto.__tablename__) if what == "trainee" else (what,))
    }


def _row(entity: str, key: str, action: str, before: str | None) -> Touched:
    return entity, key, action, before


def _whole(
    rows: Sequence[Touched], said: tuple[int, str] | None, event: Happened, erased: Container[tuple[str, str]]
) -> bool:
    if said is None:  # by an earlier version, or a base's login
        counts = event.data["counts"]
        return bool(rows) or not (counts["inserted"] or counts["updated"])
    count, digest = said
    blanked = [
        (entity, key) for entity, key, action, before in rows if action == "updated" and before is None
    ]
    # What stood there before is taken out when a person is erased.
    if blanked and all(row in erased for row in blanked):
        return len(rows) == count
    return len(rows) == count and rows_digest(rows) == digest


def _same(run: RowMapping, event: Happened, told: Told) -> bool:
    counts = {name: event.data["counts"].get(name, 0) for name in _COUNTS}
    undone = None if run["undone_at"] is None else run["undone_at"].isoformat()
    return (
        (run["kind"], run["batch_id"]) == (event.action.partition(".")[0], event.batch)
        and (run["made_by"], run["made_at"].isoformat(), run["event_seq"]) == (event.who, event.at, event.seq)
        and {name: run[name] for name in _COUNTS} == counts
        and json.loads(run["files"]) == event.data["files"]
        and undone == told.undone.get(run["id"])
    )
