"""A whole database copied to another one, of the same kind or the other, and compared row by row."""

import hashlib
from collections.abc import Iterator
from typing import TypedDict

from sqlalchemy import Connection, Table, select
from sqlalchemy.orm import Session

from zhupei_cli.model import Base
from zhupei_cli.store.bulk import insert_rows
from zhupei_cli.store.engine import reading
from zhupei_cli.store.engines.addresses import shown_url
from zhupei_cli.store.engines.choosing import backend_at
from zhupei_cli.store.schema import new_tables
from zhupei_cli.words.errors import ZhupeiError

#: Rows in memory at once.
ROWS_AT_ONCE = 10_000


class Copied(TypedDict):
    """What was copied: the rows of all tables, and of each."""

    source: str
    target: str
    rows: int
    tables: dict[str, int]
    dry_run: bool


def copy_database(source: str, target: str, *, dry_run: bool = False) -> Copied:
    """Copy every row of `source` into `target`, which must not exist yet, or be empty on a server.

    What is read is one moment of the source; what is written is there whole or not at all. Returns the
    number of rows of each table. Raises E508 or E514 when the target holds something, E532 when a table
    reads back differently.
    """
    counts = {}
    with (
        reading(source) as session,
        new_tables(target, dry_run=dry_run) as connection,
        Session(connection) as into,
    ):
        for table in Base.metadata.sorted_tables:
            written = _digest(_copied(session.connection(), into, table))
            if _digest(_rows(connection, table)) != written:
                raise ZhupeiError("E532", table=table.name)
            counts[table.name] = written[0]
    return {
        "source": shown_url(source),
        "target": shown_url(target),
        "rows": sum(counts.values()),
        "tables": counts,
        "dry_run": dry_run,
    }


def _copied(source: Connection, into: Session, table: Table) -> Iterator[list[tuple[object, ...]]]:
    names = [column.name for column in table.columns]
    for rows in _rows(source, table):
        insert_rows(into, table, names, rows)
        yield rows


def _rows(connection: Connection, table: Table) -> Iterator[list[tuple[object, ...]]]:
    """Yield the rows of a table in the order of its key, the same on every database."""
    order = map(backend_at(connection).in_order, table.primary_key)
    statement = select(table).order_by(*order).execution_options(yield_per=ROWS_AT_ONCE)
    for rows in connection.execute(statement).partitions():
        yield [tuple(row) for row in rows]


def _digest(parts: Iterator[list[tuple[object, ...]]]) -> tuple[int, str]:
    """Return how many rows there are, and the SHA-256 of what Python reads in them."""
    count, digest = 0, hashlib.sha256()
    for rows in parts:
        count += len(rows)
        digest.update(repr(rows).encode("utf-8", "surrogatepass"))
    return count, digest.hexdigest()
