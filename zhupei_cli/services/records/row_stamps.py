"""What stands in a row before an import writes it, beyond what people fill in: enough to put it back."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Column, Table, select
from sqlalchemy.orm import Session

from zhupei_cli.model import Admission, Application, Base, Score, Trainee
from zhupei_cli.store.bulk import rows_of

Stamp = list[object]

_SCORE: Table = Base.metadata.tables[Score.__tablename__]

#: The columns of each table that only the program writes, in the order of a stamp.
STAMPS: Final = {
    Trainee.__tablename__: ("updated_at", "touched_by"),
    Application.__tablename__: (
        "first_submitted_at",
        "submitted_on",
        "submitted_at",
        "snapshot_version",
        "touched_by",
    ),
    Admission.__tablename__: ("status", "live_key", "reason", "decided_at"),
}


def _table(name: str) -> Table:
    """Return a table of the model."""
    return Base.metadata.tables[name]


def _key(table: Table) -> Column[int]:
    """Return the column that says which row a stamp is of."""
    return table.c.id if "id" in table.c else table.c.application_id


def stamps(session: Session, name: str, ids: Iterable[int | None]) -> dict[int, Stamp]:
    """Return the stamps of rows by id, ready for JSON: days and instants as ISO texts."""
    table = _table(name)
    statement = select(_key(table), *(table.c[column] for column in STAMPS[name]))
    return {
        row[0]: [_plain(value) for value in row[1:]] for row in rows_of(session, statement, _key(table), ids)
    }


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def score_stamps(session: Session, ids: Iterable[int]) -> dict[tuple[int, str], int]:
    """Return the event that wrote each record of marks of these applications."""
    columns = (_SCORE.c.application_id, _SCORE.c.record, _SCORE.c.touched_by)
    return {(id_, of): seq for id_, of, seq in rows_of(session, select(*columns), columns[0], set(ids))}


def unstamped(name: str, stamp: Stamp) -> list[Any]:
    """Return the values of a stamp as the columns hold them."""
    return [_typed(column, value) for column, value in zip(STAMPS[name], stamp, strict=True)]


def _typed(column: str, value: Any) -> object:
    if value is None or not column.endswith(("_at", "_on")):
        return value
    return datetime.fromisoformat(value) if column.endswith("_at") else date.fromisoformat(value)
