"""What is particular to a PostgreSQL server: how it is opened, and how writers take turns."""

from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, pool
from sqlalchemy.engine import ExceptionContext

#: One number for all that our program writes; an advisory lock belongs to the database it is taken in.
TURN = 0x7A68_7570_6569
#: How long a writer waits for its turn, in seconds: as long as on a file.
PATIENCE = 30

WRITING = {"isolation_level": "READ COMMITTED"}
#: All queries of a reader see one state of the database, as on a file.
READING = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


def server_engine(url: URL) -> Engine:
    """Return an engine whose errors carry no values of rows."""
    engine = create_engine(
        url,
        poolclass=pool.NullPool,
        hide_parameters=True,
        connect_args={"connect_timeout": 10, "application_name": "zhupei", "client_encoding": "utf8"},
    )
    event.listen(engine, "handle_error", _without_details)
    return engine


def _without_details(context: ExceptionContext) -> None:
    # "DETAIL: Key (id_number)=(…) already exists" tells whoever must not know it that a person exists.
    diagnosis: Any = getattr(context.original_exception, "diag", None)
    if diagnosis is not None and diagnosis.message_primary:
        context.original_exception.args = (diagnosis.message_primary,)
        if context.sqlalchemy_exception is not None:
            context.sqlalchemy_exception.args = (f"({diagnosis.sqlstate}) {diagnosis.message_primary}",)


def wait_for_turn(connection: Connection) -> None:
    """Make the transaction the only one of our program that writes, until it ends; E601 after 30 seconds.

    Reading, judging and writing is then one step, as on a file: no seat is given twice, no two writers
    wait for each other. The chain of events would let only one of them go on anyway.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{PATIENCE}s'")
        # READ COMMITTED: a snapshot older than the turn would show what the one before has changed since.
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({TURN})")
