"""What is particular to a PostgreSQL server: how it is opened, and how writers take turns."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    Subquery,
    Table,
    bindparam,
    create_engine,
    event,
    exc,
    func,
    pool,
    select,
)
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.types import TypeEngine

from zhupei_cli.rules.batch.times import show_time
from zhupei_cli.words.errors import ZhupeiError

#: One number for all that our program writes; an advisory lock belongs to the database it is taken in.
TURN = 0x7A68_7570_6569
WRITING = {"isolation_level": "READ COMMITTED"}
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
#: All queries of a reader see one state of the database, as on a file.
READING = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


def server_engine(url: URL) -> Engine:
    """Return an engine whose errors carry no values of rows; E526 where its driver is not installed."""
    try:
        engine = create_engine(
            url,
            poolclass=pool.NullPool,
            hide_parameters=True,
            connect_args={**PATIENCE, "application_name": "zhupei", "client_encoding": "utf8"},
        )
    except ImportError as error:  # the driver, or the library of PostgreSQL it needs
        raise ZhupeiError("E526", driver="psycopg") from error
    event.listen(engine, "handle_error", _without_details)
    return engine


def _without_details(context: ExceptionContext) -> None:
    # "DETAIL: Key (id_number)=(…) already exists" tells of people whoever must not know them.
    primary = _without(context.original_exception)
    if primary and context.sqlalchemy_exception is not None:
        context.sqlalchemy_exception.args = (primary,)


def _without(error: BaseException | None) -> str | None:
    diagnosis = getattr(error, "diag", None)
    if error is None or diagnosis is None or not diagnosis.message_primary:
        return None
    error.args = (f"({diagnosis.sqlstate}) {diagnosis.message_primary}",)
    return str(error)


def wait_for_turn(connection: Connection, patience: int) -> None:
    """Make the transaction the only one of our program that writes, until it ends.

    The server says "lock not available" after `patience` milliseconds.

    Reading, judging and writing is then one step, as on a file: no seat is given twice, no two writers
    wait for each other. The chain of events would let only one of them go on anyway.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {patience}")
        # READ COMMITTED: a snapshot older than the turn would show what the one before has changed since.
        try:
            connection.exec_driver_sql(_turn(connection))
        except exc.OperationalError as error:
            if getattr(error.orig, "sqlstate", None) != _LOCKED:
                raise
            raise ZhupeiError("E601", holder=_holder(connection)) from error


#: SQLSTATE of a lock that did not come in time.
_LOCKED: Final = "55P03"


def _turn(connection: Connection) -> str:
    """Return how the login takes its turn: behind the walls nobody but a function of theirs takes locks."""
    asked = "SELECT has_function_privilege('pg_advisory_xact_lock(bigint)', 'EXECUTE')"
    free = connection.exec_driver_sql(asked).scalar()
    return f"SELECT pg_advisory_xact_lock({TURN})" if free else "SELECT zhupei.take_turn()"


_HOLDING: Final = f"""
    SELECT a.usename, a.client_addr::text AS address, a.xact_start, a.state LIKE 'idle in%%' AS idle
    FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
    WHERE l.locktype = 'advisory' AND l.granted
      AND l.classid = {TURN >> 32} AND l.objid = {TURN & 0xFFFF_FFFF}
      AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    LIMIT 1
"""


def _holder(connection: Connection) -> str:
    """Return who holds the turn, for whoever waited for it, as far as the server tells this login."""
    with connection.engine.connect() as apart:
        row = apart.exec_driver_sql(_HOLDING).one_or_none()
    if row is None or row.usename is None:
        return ""
    if row.xact_start is None:  # of others' sessions the server tells no more than the name
        return f"：登录账号 {row.usename}"
    idle = "，现在闲置" if row.idle else ""
    return f"：登录账号 {row.usename}（{row.address or '本机'}，自 {show_time(row.xact_start)} 起{idle}）"


def copy_rows(
    connection: Connection, table: Table, columns: Sequence[str], rows: Iterable[tuple[object, ...]]
) -> None:
    """Write `rows` by COPY inside the transaction of `connection`: nine times as fast as INSERT."""
    import psycopg

    quote = connection.dialect.identifier_preparer.quote
    statement = f"COPY {quote(table.name)} ({', '.join(map(quote, columns))}) FROM STDIN"
    # Any: SQLAlchemy knows no driver's own methods.
    driver: Any = connection.connection.driver_connection
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
    except psycopg.Error as error:
        _without(error)
        raise exc.DBAPIError.instance(
            statement, (), error, psycopg.Error, hide_parameters=True, dialect=connection.dialect
        ) from error


def given_rows(
    names: Sequence[str], types: Sequence[TypeEngine[object]], rows: Sequence[tuple[object, ...]]
) -> Subquery:
    """Return `rows` as a table with columns `names`: one array a column, whatever their number."""
    from sqlalchemy.dialects.postgresql import ARRAY

    columns = zip(names, types, zip(*rows, strict=True), strict=True)
    return select(
        *(func.unnest(bindparam(name, list(each), ARRAY(type_))).label(name) for name, type_, each in columns)
    ).subquery("given")
