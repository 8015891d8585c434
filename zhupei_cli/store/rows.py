"""All rows of a database, copied to another one of whatever kind, and compared."""

import hashlib
from collections.abc import Iterable, Iterator
from typing import Final

from sqlalchemy import Connection, Table, select
from sqlalchemy.orm import Session

from zhupei_cli.store.bulk import insert_rows
from zhupei_cli.store.engines.choosing import backend_at
from zhupei_cli.words.errors import ZhupeiError

#: Rows in memory at once, and of tables that keep photos, now or as they were: one takes 300 KB.
ROWS_AT_ONCE = 10_000
_FEW: Final = {"trainee_photo": 50, "import_row": 500}


def copy_rows(source: Connection, target: Connection, tables: Iterable[Table]) -> dict[str, int]:
    """Copy every row of `tables`, in their order, and return how many each has.

    Raises E532 when a table reads back differently.
    """
    counts = {}
    with Session(target) as into:
        for table in tables:
            written = _digest(_copied(source, into, table))
            if _digest(_rows(target, table)) != written:
                raise ZhupeiError("E532", table=table.name)
            counts[table.name] = written[0]
    return counts


def _copied(source: Connection, into: Session, table: Table) -> Iterator[list[tuple[object, ...]]]:
    names = [column.name for column in table.columns]
    for rows in _rows(source, table):
        insert_rows(into, table, names, rows)
        yield rows


def _rows(connection: Connection, table: Table) -> Iterator[list[tuple[object, ...]]]:
    """Yield the rows of a table in the order of its key, the same on every database."""
    order = map(backend_at(connection).in_order, table.primary_key)
    size = _FEW.get(table.name, ROWS_AT_ONCE)
    statement = select(table).order_by(*order).execution_options(yield_per=size)
    for rows in connection.execute(statement).partitions():
        yield [tuple(row) for row in rows]


def _digest(parts: Iterator[list[tuple[object, ...]]]) -> tuple[int, str]:
    """Return how many rows there are, and the SHA-256 of what Python reads in them."""
    count, digest = 0, hashlib.sha256()
    for rows in parts:
        count += len(rows)
        for row in rows:
            digest.update(repr(row).encode("utf-8", "surrogatepass"))
    return count, digest.hexdigest()
