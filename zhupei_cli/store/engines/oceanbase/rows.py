"""Many rows on OceanBase: statements of thousands of rows, written out column by column.

The protocol of MySQL has no parameters for many rows: its driver writes each value into the statement, one by
one, and takes three times as long over it as the server.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from functools import partial
from typing import Final

from sqlalchemy import Connection, LargeBinary, Table, Text

from zhupei_cli.store.engines.oceanbase.opening import is_mariadb
from zhupei_cli.store.engines.values import (
    Rows,
    given_names,
    in_chunks,
    processed,
    processors,
    run_behind,
)

#: Rows of one statement, and the characters of their values: sixteen million bytes are the most there are.
_ROWS_AT_ONCE: Final = 5_000
_MOST: Final = 2_000_000
#: A text that may stand between quotes as it is: double ones, of which JSON is full, mean nothing there.
_plain: Final = re.compile(r"[^'\\\0\n\r\x1a]*").fullmatch


def insert(
    connection: Connection,
    table: Table,
    columns: Sequence[str],
    rows: Iterable[tuple[object, ...]],
    *,
    looked_at: bool,
) -> None:
    """Insert rows as they come."""
    del looked_at
    quote = connection.dialect.identifier_preparer.quote
    head = f"INSERT INTO {quote(table.name)} ({', '.join(map(quote, columns))}) VALUES "

    def statements() -> Iterator[str]:
        for piece in _pieces(table, columns, rows):
            for given in _given(connection, table, columns, piece):
                yield head + ", ".join(given)

    # The server is another process: it works while the next statement is written out.
    run_behind(statements(), partial(_run, connection))


def _pieces(table: Table, columns: Sequence[str], rows: Iterable[tuple[object, ...]]) -> Iterator[Rows]:
    """Yield the rows in pieces that are no more than a statement or two: a photo is as long as 5,000 rows."""
    long = [at for at, name in enumerate(columns) if isinstance(table.c[name].type, Text | LargeBinary)]
    if not long:
        yield from in_chunks(rows, _ROWS_AT_ONCE)
        return
    piece: list[tuple[object, ...]] = []
    length = 0
    for row in rows:
        piece.append(row)
        length += sum(len(value) for at in long if isinstance(value := row[at], str | bytes))
        if len(piece) == _ROWS_AT_ONCE or length > _MOST:
            yield piece
            piece, length = [], 0
    if piece:
        yield piece


def update(
    connection: Connection, table: Table, key: Sequence[str], columns: Sequence[str], rows: Rows
) -> None:
    """Update `columns` where `key` matches, with the rows as a table: one statement, not one a row."""
    names = given_names(key, columns)
    quote = connection.dialect.identifier_preparer.quote
    name = quote(table.name)
    on = " AND ".join(f"{name}.{quote(each)} = given.key_{each}" for each in key)
    to = ", ".join(f"{name}.{quote(each)} = given.new_{each}" for each in columns)

    columns_of = f"given ({', '.join(names)})"

    def written(given: Sequence[str]) -> str:
        if is_mariadb(connection):  # it names the columns in a WITH alone, and knows no ROW
            rows_ = f"(WITH {columns_of} AS (VALUES {', '.join(given)}) SELECT * FROM given) AS given"
        else:
            rows_ = f"(VALUES {', '.join(f'ROW{row}' for row in given)}) AS {columns_of}"
        return f"UPDATE {name} JOIN {rows_} ON {on} SET {to}"

    for piece in in_chunks(rows, _ROWS_AT_ONCE):
        _execute(connection, table, (*key, *columns), piece, written)


def delete(connection: Connection, table: Table, key: Sequence[str], rows: Rows) -> None:
    """Delete the rows whose `key` columns have the values of each tuple."""
    quote = connection.dialect.identifier_preparer.quote
    head = f"DELETE FROM {quote(table.name)} WHERE ({', '.join(map(quote, key))}) IN"
    for piece in in_chunks(rows, _ROWS_AT_ONCE):
        _execute(connection, table, key, piece, lambda given: f"{head} ({', '.join(given)})")


def _execute(
    connection: Connection,
    table: Table,
    columns: Sequence[str],
    rows: Rows,
    written: Callable[[Sequence[str]], str],
) -> None:
    for given in _given(connection, table, columns, rows):
        _run(connection, written(given))


def _run(connection: Connection, statement: str) -> None:
    # What is written out here holds no place for a parameter, whatever percent signs there are.
    connection.exec_driver_sql(statement, execution_options={"no_parameters": True})


def _given(connection: Connection, table: Table, columns: Sequence[str], rows: Rows) -> Iterator[list[str]]:
    """Yield the rows as they stand in a statement, as many at once as it may hold."""
    ready = processed(rows, processors(table, columns, connection))
    literals = map(_literals, zip(*ready, strict=True))
    given = [f"({', '.join(row)})" for row in zip(*literals, strict=True)]
    yield from in_chunks(given, max(1, _MOST // max(map(len, given))))


def _literals(column: Sequence[object]) -> list[str]:
    """Return the values of a column as they stand in a statement; most of them repeat."""
    known = {value: _literal(value) for value in set(column)}
    return [known[value] for value in column]


def _literal(value: object) -> str:
    """Return a value as it stands in a statement."""
    kind = type(value)
    if kind not in _WRITTEN:
        # Members of enums, names that SQLAlchemy marks.
        kind = next(base for base in _WRITTEN if isinstance(value, base))
    return _WRITTEN[kind](value)


def _quoted(text: str) -> str:
    if _plain(text):
        return f"'{text}'"
    from pymysql.converters import escape_string

    return f"'{escape_string(text)}'"


_WRITTEN: Final[dict[type, Callable[..., str]]] = {
    type(None): lambda _: "NULL",
    bool: lambda value: "1" if value else "0",
    int: str,
    str: _quoted,
    datetime: lambda value: f"'{value.isoformat(' ')}'",
    date: lambda value: f"'{value.isoformat()}'",
    bytes: lambda value: f"x'{value.hex()}'",
}
