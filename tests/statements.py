"""Counting the statements that reach the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import psycopg
from sqlalchemy import event
from sqlalchemy.engine import Engine


@contextmanager
def statements() -> Iterator[list[str]]:
    """Collect the SQL of every statement executed inside; an executemany is one, a COPY is one."""
    seen: list[str] = []

    def count(_connection: Any, _cursor: Any, sql: str, *_rest: Any) -> None:
        seen.append(sql)

    def copied(cursor: psycopg.Cursor[Any], sql: str) -> Any:
        seen.append(sql)
        return copy(cursor, sql)

    copy = psycopg.Cursor.copy
    event.listen(Engine, "before_cursor_execute", count)
    try:
        with patch.object(psycopg.Cursor, "copy", copied):
            yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", count)
