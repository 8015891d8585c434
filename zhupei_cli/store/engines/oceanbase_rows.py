"""Many rows on OceanBase: statements of thousands of rows, which the driver writes out."""

from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from typing import Any, Final

from sqlalchemy import Connection, Table

from zhupei_cli.store.engines.values import Rows, given_names, in_chunks, processed, processors

#: Rows of one statement: some hundred kilobytes, where sixteen million bytes are the most.
_ROWS_AT_ONCE: Final = 5_000


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
    place = ", ".join(["%s"] * len(columns))
    # The driver makes statements of many rows out of this one, each within the server's limit of bytes.
    statement = f"INSERT INTO {quote(table.name)} ({', '.join(map(quote, columns))}) VALUES ({place})"
    each = processors(table, columns, connection)
    for piece in in_chunks(rows, _ROWS_AT_ONCE):
        connection.exec_driver_sql(statement, list(processed(piece, each)))


def update(
    connection: Connection, table: Table, key: Sequence[str], columns: Sequence[str], rows: Rows
) -> None:
    """Update `columns` where `key` matches, with the rows as a table: executemany goes row by row."""
    names = given_names(key, columns)
    quote = connection.dialect.identifier_preparer.quote
    name = quote(table.name)
    on = " AND ".join(f"{name}.{quote(each)} = given.key_{each}" for each in key)
    to = ", ".join(f"{name}.{quote(each)} = given.new_{each}" for each in columns)

    def written(places: Sequence[str]) -> str:
        values = ", ".join(f"ROW{place}" for place in places)
        return f"UPDATE {name} JOIN (VALUES {values}) AS given ({', '.join(names)}) ON {on} SET {to}"

    _execute(connection, table, (*key, *columns), rows, written)


def delete(connection: Connection, table: Table, key: Sequence[str], rows: Rows) -> None:
    """Delete the rows whose `key` columns have the values of each tuple."""
    quote = connection.dialect.identifier_preparer.quote
    head = f"DELETE FROM {quote(table.name)} WHERE ({', '.join(map(quote, key))}) IN"
    _execute(connection, table, key, rows, lambda places: f"{head} ({', '.join(places)})")


def _execute(
    connection: Connection,
    table: Table,
    columns: Sequence[str],
    rows: Rows,
    written: Callable[[Sequence[str]], str],
) -> None:
    each = processors(table, columns, connection)
    place = f"({', '.join(['%s'] * len(columns))})"
    for piece in in_chunks(rows, _ROWS_AT_ONCE):
        values: tuple[Any, ...] = tuple(chain.from_iterable(processed(piece, each)))
        connection.exec_driver_sql(written([place] * len(piece)), values)
