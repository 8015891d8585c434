"""What a session of PostgreSQL shows to whoever types statements: rows, notices, the text of an error."""

from typing import Any, NamedTuple

import psycopg
from sqlalchemy import make_url


class Seen(NamedTuple):
    """All that came back: rows of every statement, notices, notifications, the error with its parts."""

    rows: str
    said: str
    sqlstate: str


def ask(url: str, sql: str) -> Seen:
    """Run the statements in a session of their own, committing if it can be, and return what was seen."""
    rows: list[Any] = []
    said: list[str] = []
    sqlstate = ""
    with psycopg.connect(address(url), autocommit=True) as connection:
        connection.add_notice_handler(lambda notice: said.append(_parts(notice)))
        connection.add_notify_handler(lambda notify: rows.append(notify))
        try:
            if sql.startswith("COPY") and sql.endswith("TO STDOUT"):
                _copy(connection, sql, rows)
            else:
                _execute(connection, sql, rows)
        except psycopg.Error as error:
            said += [str(error), _parts(error.diag)]
            sqlstate = error.sqlstate or "?"
    return Seen(str(rows), "\n".join(said), sqlstate)


def address(url: str) -> str:
    """Return a URL of ours as libpq wants it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def _execute(connection: psycopg.Connection[Any], sql: str, rows: list[Any]) -> None:
    cursor = connection.execute(sql.encode())
    while True:
        if cursor.description is not None:
            rows += cursor.fetchall()
        if not cursor.nextset():
            return


def _copy(connection: psycopg.Connection[Any], sql: str, rows: list[Any]) -> None:
    with connection.cursor() as cursor, cursor.copy(sql.encode()) as copy:
        rows += [bytes(block).decode() for block in copy]


def _parts(diagnosis: psycopg.errors.Diagnostic) -> str:
    names = ("message_primary", "message_detail", "message_hint", "context", "internal_query")
    return " ".join(filter(None, (getattr(diagnosis, name) for name in names)))
