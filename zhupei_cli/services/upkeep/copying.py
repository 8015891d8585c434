"""A whole database copied to another one, of the same kind or the other, and compared row by row."""

from typing import TypedDict

from zhupei_cli.model import Base
from zhupei_cli.store.engine import reading
from zhupei_cli.store.engines.addresses import shown_url
from zhupei_cli.store.rows import copy_rows
from zhupei_cli.store.schema import new_tables


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
    with reading(source) as session, new_tables(target, dry_run=dry_run) as connection:
        counts = copy_rows(session.connection(), connection, Base.metadata.sorted_tables)
    return {
        "source": shown_url(source),
        "target": shown_url(target),
        "rows": sum(counts.values()),
        "tables": counts,
        "dry_run": dry_run,
    }
