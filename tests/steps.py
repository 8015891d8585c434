"""Counting how much work SQLite has with statements: the same on every machine, however busy it is."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import event
from sqlalchemy.pool import Pool

#: Instructions of its virtual machine that are counted as one step.
_FINE: Final = 50


class Steps:
    """How many steps were taken so far."""

    count: int = 0


@contextmanager
def steps() -> Iterator[Steps]:
    """Count the steps of all connections to files that are opened inside."""
    taken = Steps()

    def step() -> int:
        taken.count += 1
        return 0

    def opened(connection: object, _record: object) -> None:
        assert isinstance(connection, sqlite3.Connection)
        connection.set_progress_handler(step, _FINE)

    event.listen(Pool, "connect", opened)
    try:
        yield taken
    finally:
        event.remove(Pool, "connect", opened)
