"""Writing many rows with one statement, and reading the rows of many keys."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import Delete, Dialect, Insert, Row, Select, Table, Update, bindparam, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import SQLCoreOperations

#: Keys in one IN list: few enough for every database's limit on variables.
KEYS_AT_ONCE = 5_000

Rows = Sequence[tuple[Any, ...]]
Processor = Callable[[Any], Any]


def insert_rows(session: Session, table: Table, columns: Sequence[str], rows: Rows) -> None:
    """Insert `rows` (tuples in the order of `columns`) with one executemany; nothing when there are none."""
    if rows:
        _execute(session, table.insert(), columns, rows)


def update_rows(
    session: Session, table: Table, key: Sequence[str], columns: Sequence[str], rows: Rows
) -> None:
    """Update `columns` where `key` matches; each row holds the key's values, then the columns' values."""
    if not rows:
        return
    statement = update(table).values(
        {name: bindparam(f"new_{name}", type_=table.c[name].type) for name in columns}
    )
    for name in key:
        statement = statement.where(table.c[name] == bindparam(f"key_{name}", type_=table.c[name].type))
    names = [f"key_{name}" for name in key] + [f"new_{name}" for name in columns]
    _execute(session, statement, names, rows)


def delete_rows(session: Session, table: Table, key: Sequence[str], rows: Rows) -> None:
    """Delete the rows whose `key` columns have the values of each tuple."""
    if not rows:
        return
    statement = table.delete()
    for name in key:
        statement = statement.where(table.c[name] == bindparam(f"key_{name}", type_=table.c[name].type))
    _execute(session, statement, [f"key_{name}" for name in key], rows)


def _execute(session: Session, statement: Insert | Update | Delete, names: Sequence[str], rows: Rows) -> None:
    # Core takes a dict per row and is four times slower; the SQL is still compiled from the Table.
    connection = session.connection()
    keys = list(names) if isinstance(statement, Insert) else None
    compiled = statement.compile(dialect=connection.dialect, column_keys=keys)
    assert isinstance(compiled, SQLCompiler)
    if not compiled.positional:
        connection.execute(statement, [dict(zip(names, row, strict=True)) for row in rows])
        return
    order = [names.index(name) for name in compiled.positiontup or ()]
    processors = [_processor(compiled, name, connection.dialect) for name in compiled.positiontup or ()]
    connection.exec_driver_sql(str(compiled), _processed(rows, order, processors))


def _processor(compiled: SQLCompiler, name: str, dialect: Dialect) -> Processor | None:
    return compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect)


def _processed(rows: Rows, order: list[int], processors: list[Processor | None]) -> list[tuple[Any, ...]]:
    columns = list(zip(*rows, strict=True))
    converted = [
        columns[index] if process is None else _each_once(process, columns[index])
        for index, process in zip(order, processors, strict=True)
    ]
    return list(zip(*converted, strict=True))


def _each_once(process: Processor, column: Sequence[Any]) -> list[Any]:
    # Instants and days repeat: most rows of a command carry its own instant.
    known = {value: process(value) for value in set(column)}
    return [known[value] for value in column]


def in_chunks(keys: Iterable[Any], size: int = KEYS_AT_ONCE) -> Iterator[list[Any]]:
    """Yield the keys in lists of at most `size`."""
    rest = iter(keys)
    while chunk := list(islice(rest, size)):
        yield chunk


def rows_of(
    session: Session, statement: Select[*tuple[Any, ...]], column: SQLCoreOperations[Any], keys: Iterable[Any]
) -> Iterator[Row[*tuple[Any, ...]]]:
    """Yield the rows of `statement` whose `column` is among `keys`, one query per 5,000 keys."""
    for chunk in in_chunks(keys):
        yield from session.execute(statement.where(column.in_(chunk)))
