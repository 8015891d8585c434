"""How a database of PostgreSQL is opened, and how its transactions begin."""

from collections.abc import Mapping
from typing import Final

from sqlalchemy import URL, Engine, create_engine, event, pool
from sqlalchemy.engine import ExceptionContext

from zhupei_cli.store.engines.postgresql.words import without_details
from zhupei_cli.words.errors import ZhupeiError

WRITING: Final = {"isolation_level": "READ COMMITTED"}
#: All queries of a reader see one state of the database, as on a file.
_READING: Final = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
#: A network that swallows everything is told after a minute, not never: libpq asks the other side whether
#: it is there, and gives up what is not confirmed. Times in seconds, the last one in milliseconds.
PATIENCE: Final[Mapping[str, int]] = {
    "connect_timeout": 10,
    "keepalives": 1,
    "keepalives_idle": 20,
    "keepalives_interval": 10,
    "keepalives_count": 4,
    "tcp_user_timeout": 60_000,
}


def open_engine(url: URL) -> Engine:
    """Return an engine whose errors carry no values of rows; E526 where its driver is not installed."""
    try:
        engine = create_engine(
            url,
            poolclass=pool.NullPool,
            hide_parameters=True,
            connect_args={**PATIENCE, "application_name": "zhupei", "client_encoding": "utf8"},
        )
    except ImportError as error:  # the driver, or the library of PostgreSQL it needs
        raise ZhupeiError("E526", driver="psycopg", name="PostgreSQL", extra="pg") from error
    event.listen(engine, "handle_error", _without_details)
    return engine


def _without_details(context: ExceptionContext) -> None:
    primary = without_details(context.original_exception)
    if primary and context.sqlalchemy_exception is not None:
        context.sqlalchemy_exception.args = (primary,)


def at_work(engine: Engine, *, read_only: bool) -> Engine:
    """Return the engine whose transactions write, or only read."""
    return engine.execution_options(**(_READING if read_only else WRITING))
