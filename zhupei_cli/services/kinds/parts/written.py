"""The rows an import wrote, and how many events tell of them."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, TypeVarTuple

from sqlalchemy import Column, Row, Select, Table, select
from sqlalchemy.orm import Session

from zhupei_cli.model import Base, ImportRow, ImportRun
from zhupei_cli.services.records.import_ledger import keys_of
from zhupei_cli.store.bulk import delete_rows, rows_of

MODEL_TABLES: Final = Base.metadata.tables
_ROW: Table = MODEL_TABLES[ImportRow.__tablename__]
_ROWS_AT_ONCE: Final = 5_000
_Ts = TypeVarTuple("_Ts")


#: What stood in a row, from JSON. Any: each table keeps what it needs to put the row back.
Image = Any


class Written(NamedTuple):
    """One row that an import wrote: its table, its key in there, and what stood there before (JSON)."""

    entity: str
    key: str
    action: str
    before: str | None

    @property
    def image(self) -> Image:
        """What stood there before; None for a row that is new."""
        return None if self.before is None else json.loads(self.before)

    @property
    def id(self) -> int:
        """The id of the row; of marks, that of their application."""
        return int(self.key.partition("/")[0])


def load_rows(session: Session, run: ImportRun) -> list[Written]:
    """Return what the import wrote, by table and key."""
    columns = (_ROW.c.entity, _ROW.c.key, _ROW.c.action, _ROW.c.before)
    return [
        Written(entity, key, action, before)
        for entity, keys, action, before in session.execute(
            select(*columns).where(_ROW.c.import_id == run.id)
        )
        for key in keys_of(entity, keys)
    ]


def load_ids(session: Session, run: ImportRun, entity: str) -> set[int]:
    """Return the ids of the rows that the import wrote to one table."""
    statement = select(_ROW.c.key).where(_ROW.c.import_id == run.id, _ROW.c.entity == entity)
    return {int(key) for (keys,) in session.execute(statement) for key in keys_of(entity, keys)}


def by_id(
    session: Session, statement: Select[int, *_Ts], rows: Iterable[Written]
) -> Mapping[int, Row[int, *_Ts]]:
    """Return id → row of a statement whose first column is the id of the rows an import wrote."""
    column = statement.selected_columns[0]
    return {row[0]: row for row in rows_of(session, statement, column, {row.id for row in rows})}


@dataclass(frozen=True, slots=True)
class Halves:
    """The rows of one table: those that are new, and those that were changed with their images."""

    new: list[Written]
    changed: list[tuple[Written, Image]]


def halves(rows: Sequence[Written]) -> Halves:
    """Sort the rows of one table."""
    new = [row for row in rows if row.action == "inserted"]
    return Halves(new, [(row, row.image) for row in rows if row.action == "updated"])


def new_of(rows: Iterable[Written]) -> dict[int, Written]:
    """Return those that are new, by id."""
    return {row.id: row for row in rows if row.action == "inserted"}


def delete_of(session: Session, name: str, key: str, rows: Iterable[Written]) -> None:
    """Delete the rows of a table whose `key` is the id of one of these."""
    delete_rows(session, MODEL_TABLES[name], (key,), [(row.id,) for row in rows])


def witnessed_rows(
    session: Session,
    statement: Select[*_Ts],
    column: Column[object],
    keys: Iterable[object] | None,
) -> Iterator[Row[*_Ts]]:
    """Yield the rows of a statement with these keys, or all of them in small portions."""
    if keys is not None:
        return iter(rows_of(session, statement, column, keys))
    return iter(session.execute(statement.execution_options(yield_per=_ROWS_AT_ONCE)))
