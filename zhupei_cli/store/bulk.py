"""Writing many rows with one statement, and reading the rows of many keys."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from sqlite3 import SQLITE_LIMIT_VARIABLE_NUMBER
from typing import Any, Final, TypeVar

from sqlalchemy import (
    BindParameter,
    Connection,
    Delete,
    Row,
    Select,
    Table,
    Update,
    bindparam,
    select,
    update,
)
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import SQLCoreOperations
from sqlalchemy.types import TypeEngine

from zhupei_cli.store.server import copy_rows, given_rows
from zhupei_cli.store.walls import login_of

#: Keys in one IN list: few enough for every database's limit on variables.
KEYS_AT_ONCE = 5_000
#: Rows of one INSERT on SQLite where a statement is dear.
_ROWS_AT_ONCE: Final = 1_000

Rows = Sequence[tuple[object, ...]]
Processor = Callable[[object], object]
#: SQL, and the values of one row or of many.
_Statement = tuple[str, Any]
S = TypeVar("S", Update, Delete)


def insert_rows(
    session: Session, table: Table, columns: Sequence[str], rows: Iterable[tuple[object, ...]]
) -> None:
    """Insert `rows` (tuples in the order of `columns`) as they come; they may not use the session."""
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        _insert(connection, table, columns, rows)
    elif rows := list(rows):
        _insert_on_server(session, connection, table, columns, rows)


def _insert_on_server(
    session: Session, connection: Connection, table: Table, columns: Sequence[str], rows: Rows
) -> None:
    types = [table.c[name].type for name in columns]
    if login_of(session).row_security:
        # Row security refuses COPY: it wants to look at each row.
        connection.execute(table.insert().from_select(columns, select(given_rows(columns, types, rows))))
    else:
        processors = [_processor(each, connection) for each in types]
        copy_rows(connection, table, columns, _processed(rows, processors))


def update_rows(
    session: Session, table: Table, key: Sequence[str], columns: Sequence[str], rows: Rows
) -> None:
    """Update `columns` where `key` matches; each row holds the key's values, then the columns' values."""
    if not rows:
        return
    names = [f"key_{name}" for name in key] + [f"new_{name}" for name in columns]
    types = [table.c[name].type for name in (*key, *columns)]
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        given = given_rows(names, types, rows)
        values = {name: given.c[f"new_{name}"] for name in columns}
        connection.execute(_matching(update(table).values(values), table, key, dict(given.c)))
        return
    binds = _binds(names, types)
    values = {name: binds[f"new_{name}"] for name in columns}
    _execute(connection, _matching(update(table).values(values), table, key, binds), names, rows)


def delete_rows(session: Session, table: Table, key: Sequence[str], rows: Rows) -> None:
    """Delete the rows whose `key` columns have the values of each tuple."""
    if not rows:
        return
    names, types = [f"key_{name}" for name in key], [table.c[name].type for name in key]
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(_matching(table.delete(), table, key, dict(given_rows(names, types, rows).c)))
    else:
        _execute(connection, _matching(table.delete(), table, key, _binds(names, types)), names, rows)


def _binds(names: Sequence[str], types: Sequence[TypeEngine[object]]) -> dict[str, BindParameter[object]]:
    return {name: bindparam(name, type_=type_) for name, type_ in zip(names, types, strict=True)}


def _matching(statement: S, table: Table, key: Sequence[str], values: Mapping[str, object]) -> S:
    return statement.where(*(table.c[name] == values[f"key_{name}"] for name in key))


def _execute(connection: Connection, statement: Update | Delete, names: Sequence[str], rows: Rows) -> None:
    # Core takes a dict per row and is four times slower; the SQL is still compiled from the Table.
    compiled = statement.compile(dialect=connection.dialect)
    assert isinstance(compiled, SQLCompiler)
    if not compiled.positional:
        connection.execute(statement, [dict(zip(names, row, strict=True)) for row in rows])
        return
    order = [names.index(name) for name in compiled.positiontup or ()]
    processors = [_processor(compiled.binds[name].type, connection) for name in compiled.positiontup or ()]
    columns = list(zip(*rows, strict=True))
    connection.exec_driver_sql(str(compiled), list(_converted([columns[at] for at in order], processors)))


def _insert(
    connection: Connection, table: Table, columns: Sequence[str], rows: Iterable[tuple[object, ...]]
) -> None:
    quote = connection.dialect.identifier_preparer.quote
    head = f"INSERT INTO {quote(table.name)} ({', '.join(map(quote, columns))}) VALUES "
    place = f"({', '.join('?' * len(columns))})"
    processors = [_processor(table.c[name].type, connection) for name in columns]
    most: int = connection.connection.getlimit(SQLITE_LIMIT_VARIABLE_NUMBER)
    at_once = min(most // len(columns), _ROWS_AT_ONCE)

    def statements() -> Iterator[_Statement]:
        for piece in in_chunks(rows, at_once):
            converted = _processed(piece, processors)
            if table.foreign_key_constraints:
                # A statement that looks at other tables gets a savepoint: as dear as the row itself.
                yield head + ", ".join([place] * len(piece)), tuple(chain.from_iterable(converted))
            else:
                yield head + place, converted

    _run(connection, statements())


def _run(connection: Connection, statements: Iterator[_Statement]) -> None:
    """Run statements in order, each while the next is being made: SQLite works outside Python's lock."""
    waiting = next(statements, None)
    if waiting is None:
        return
    following = next(statements, None)
    if following is None:
        connection.exec_driver_sql(*waiting)
        return
    from concurrent.futures import ThreadPoolExecutor

    # Left by whatever way, the block waits for the statement under way: nobody rolls back beneath it.
    with ThreadPoolExecutor(1) as behind:
        running = behind.submit(connection.exec_driver_sql, *waiting)
        for statement in chain([following], statements):
            running.result()
            running = behind.submit(connection.exec_driver_sql, *statement)
        running.result()


def _processor(type_: TypeEngine[object], connection: Connection) -> Processor | None:
    return type_.dialect_impl(connection.dialect).bind_processor(connection.dialect)


def _processed(rows: Rows, processors: list[Processor | None]) -> Rows:
    return rows if not any(processors) else list(_converted(list(zip(*rows, strict=True)), processors))


def _converted(
    columns: list[tuple[object, ...]], processors: list[Processor | None]
) -> Iterator[tuple[object, ...]]:
    converted = [
        column if process is None else _each_once(process, column)
        for column, process in zip(columns, processors, strict=True)
    ]
    return zip(*converted, strict=True)


def _each_once(process: Processor, column: Sequence[object]) -> list[object]:
    # Instants and days repeat: most rows of a command carry its own instant.
    known = {value: process(value) for value in set(column)}
    return [known[value] for value in column]


T = TypeVar("T")


def in_chunks(keys: Iterable[T], size: int = KEYS_AT_ONCE) -> Iterator[list[T]]:
    """Yield the keys in lists of at most `size`."""
    rest = iter(keys)
    while chunk := list(islice(rest, size)):
        yield chunk


def rows_of(
    session: Session,
    statement: Select[*tuple[object, ...]],
    column: SQLCoreOperations[object],
    keys: Iterable[object],
) -> Iterator[Row[*tuple[Any, ...]]]:
    """Yield the rows of `statement` whose `column` is among `keys`, one query per 5,000 keys."""
    for chunk in in_chunks(keys):
        yield from session.execute(statement.where(column.in_(chunk))).all()
