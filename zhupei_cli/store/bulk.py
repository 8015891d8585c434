"""Writing many rows with one statement, and reading the rows of many keys."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar, TypeVarTuple

from sqlalchemy import Row, Select, Table
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import SQLCoreOperations

from zhupei_cli.store.engines import values
from zhupei_cli.store.engines.choosing import backend_at
from zhupei_cli.store.engines.values import Rows
from zhupei_cli.store.walls import login_of

#: Keys in one IN list: few enough for every database's limit on variables.
KEYS_AT_ONCE = 5_000
_T = TypeVar("_T")
_Ts = TypeVarTuple("_Ts")


def insert_rows(
    session: Session, table: Table, columns: Sequence[str], rows: Iterable[tuple[object, ...]]
) -> None:
    """Insert `rows` (tuples in the order of `columns`) as they come; they may not use the session."""
    connection = session.connection()
    looked_at = login_of(session).row_security
    backend_at(connection).insert(connection, table, columns, rows, looked_at=looked_at)


def update_rows(
    session: Session, table: Table, key: Sequence[str], columns: Sequence[str], rows: Rows
) -> None:
    """Update `columns` where `key` matches; each row holds the key's values, then the columns' values."""
    if rows:
        connection = session.connection()
        backend_at(connection).update(connection, table, key, columns, rows)


def delete_rows(session: Session, table: Table, key: Sequence[str], rows: Rows) -> None:
    """Delete the rows whose `key` columns have the values of each tuple."""
    if rows:
        connection = session.connection()
        backend_at(connection).delete(connection, table, key, rows)


def in_chunks(keys: Iterable[_T], size: int = KEYS_AT_ONCE) -> Iterator[list[_T]]:
    """Yield the keys in lists of at most `size`."""
    return values.in_chunks(keys, size)


def rows_of(
    session: Session,
    statement: Select[*_Ts],
    column: SQLCoreOperations[object],
    keys: Iterable[object],
) -> Iterator[Row[*_Ts]]:
    """Yield the rows of `statement` whose `column` is among `keys`, one query per 5,000 keys."""
    for chunk in in_chunks(keys):
        yield from session.execute(statement.where(column.in_(chunk))).all()
