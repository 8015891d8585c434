"""How a database of OceanBase is opened, how its transactions begin, and how writers take turns."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event, exc, pool
from sqlalchemy.dialects import registry
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.pool import ConnectionPoolEntry

from zhupei_cli.store.engines.oceanbase.words import number_of, without_values
from zhupei_cli.words.errors import ZhupeiError

#: A statement of ours may take an hour, a transaction half a day, in microseconds; as OceanBase comes it ends
#: a statement after ten seconds.
QUERY_TIMEOUT: Final = 3_600_000_000
TRANSACTION_TIMEOUT: Final = 43_200_000_000
#: What is too long or no number is refused, not cut; `a || b` joins texts, as it does elsewhere.
_MODE: Final = "STRICT_ALL_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,PIPES_AS_CONCAT"
#: Texts are compared by their bytes, also those that a statement brings along.
COLLATION: Final = "utf8mb4_bin"
_NO_TABLE: Final = 1146
#: A CHECK that does not hold, there and on MariaDB.
_CHECKS: Final = (3819, 4025)
#: Where a connection keeps whether its server is OceanBase.
_OURS: Final = "oceanbase"

registry.register("mysql.oceanbase", "zhupei_cli.store.engines.oceanbase.dialect", "OceanBaseDialect")


def open_engine(url: URL) -> Engine:
    """Return an engine whose errors carry no values of rows; E526 where its driver is not installed."""
    try:
        from pymysql.constants import FIELD_TYPE
        from pymysql.converters import conversions
        from pymysql.err import IntegrityError, error_map
    except ImportError as error:
        raise ZhupeiError("E526", driver="pymysql", name="OceanBase", extra="oceanbase") from error
    # A CHECK that does not hold is a constraint like the others; the driver knows none of them.
    error_map.update(dict.fromkeys(_CHECKS, IntegrityError))
    # Sums of whole numbers are whole numbers, as everywhere else; there they come as decimals.
    reads: dict[Any, Any] = {**conversions, FIELD_TYPE.NEWDECIMAL: _number, FIELD_TYPE.DECIMAL: _number}
    arguments: dict[str, Any] = {"charset": "utf8mb4", "collation": COLLATION, "conv": reads}
    if "unix_socket" in url.query and not any(name.startswith("ssl") for name in url.query):
        # Nobody can listen there, and making ready for TLS reads every certificate of the machine each time.
        arguments["ssl_disabled"] = True
    engine = create_engine(
        url.set(drivername="mysql+oceanbase"),
        poolclass=pool.NullPool,
        hide_parameters=True,
        connect_args={"connect_timeout": 10, **arguments},
    )
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    event.listen(engine, "handle_error", _without_values)
    return engine


def _number(text: str) -> int | Decimal:
    return Decimal(text) if "." in text else int(text)


def is_oceanbase(connection: Connection) -> bool:
    """Return whether the server is OceanBase, and not a relative that speaks the same protocol."""
    return bool(connection.info[_OURS])


def is_mariadb(connection: Connection) -> bool:
    """Return whether the server is the relative of Debian and others: some words are not the same there."""
    return bool(getattr(connection.dialect, "is_mariadb", False))


def _on_connect(connection: Any, record: ConnectionPoolEntry) -> None:
    settings = [f"sql_mode = '{_MODE}'", "time_zone = '+00:00'"]
    with closing(connection.cursor()) as cursor:
        cursor.execute("SELECT VERSION()")
        record.info[_OURS] = "OceanBase" in cursor.fetchone()[0]
        if record.info[_OURS]:
            settings += [f"ob_query_timeout = {QUERY_TIMEOUT}", f"ob_trx_timeout = {TRANSACTION_TIMEOUT}"]
        cursor.execute(f"SET SESSION {', SESSION '.join(settings)}")


def _on_begin(connection: Connection) -> None:
    # A reader sees one state of the database all the time, a writer what the one before has just written.
    if connection.get_execution_options().get("zhupei_read_only", False):
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        connection.exec_driver_sql("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")
    else:
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
        connection.exec_driver_sql("START TRANSACTION")


def _without_values(context: ExceptionContext) -> None:
    left, raised = without_values(context.original_exception), context.sqlalchemy_exception
    if left and raised is not None:
        raised.args = (left,)
    if raised is not None and raised.statement:
        # Statements of many rows hold them.
        raised.statement = raised.statement.partition("VALUES")[0]


def at_work(engine: Engine, *, read_only: bool) -> Engine:
    """Return the engine whose transactions write, or only read."""
    return engine.execution_options(zhupei_read_only=read_only)


def has_version(connection: Connection) -> bool:
    """Return whether the table of versions stands there. Tried: a failure ends no transaction here."""
    return _read(connection, "SELECT 1 FROM alembic_version LIMIT 1")


def take_turn(connection: Connection, patience: int) -> None:
    """Take the turn of writers: the lock of the one row that says the version, until the transaction ends.

    Locks by name (GET_LOCK) outlive whoever took them there. Where the row is not, nothing of ours can be
    written: `transaction` refuses, and who makes tables holds `kept_apart`: its row, which relatives of
    OceanBase would wait for, is no version.
    """
    _wait_no_longer_than(connection, patience)
    _read(connection, "SELECT version_num FROM alembic_version WHERE version_num > '' FOR UPDATE")


def holder(url: URL) -> str:
    """Return "": whose transaction it is the server tells its administrator only."""
    del url
    return ""


def _wait_no_longer_than(connection: Connection, patience: int) -> None:
    if is_oceanbase(connection):
        connection.exec_driver_sql(f"SET SESSION ob_trx_lock_timeout = {patience * 1000}")
    else:
        connection.exec_driver_sql(f"SET SESSION innodb_lock_wait_timeout = {-(-patience // 1000)}")


def _read(connection: Connection, statement: str) -> bool:
    """Run a query of the table of versions and return whether there is one."""
    try:
        connection.exec_driver_sql(statement).all()
    except exc.ProgrammingError as error:
        if number_of(error.orig) != _NO_TABLE:
            raise
        return False
    return True


@contextmanager
def kept_apart(url: URL, patience: int) -> Iterator[None]:
    """Let nobody else make or change our tables while the block lasts.

    A row of the table of versions that is never committed: it stays whatever the block commits, and goes
    away with the connection. Raises E601 when another one has it.
    """
    with open_engine(url).connect() as connection:
        _wait_no_longer_than(connection, patience)
        connection.exec_driver_sql(
            "CREATE TABLE IF NOT EXISTS alembic_version"
            " (version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
        )
        connection.exec_driver_sql("INSERT INTO alembic_version VALUES ('')")
        yield
