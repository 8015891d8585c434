"""How a database of OceanBase does, what stands in it, and how its tables go away again."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Final

from sqlalchemy import URL, Connection, exc, inspect, text

from zhupei_cli.store.engines import patience
from zhupei_cli.store.engines.backend import Check, State
from zhupei_cli.store.engines.oceanbase.opening import (
    COLLATION,
    at_work,
    has_version,
    is_mariadb,
    is_oceanbase,
    kept_apart,
    open_engine,
)
from zhupei_cli.store.engines.oceanbase.words import number_of
from zhupei_cli.store.engines.servers import address, require_no_tables, shown
from zhupei_cli.words.errors import ZhupeiError

_PLANTED: Final = text("""
    SELECT CONCAT('trigger ', trigger_name) FROM information_schema.triggers
     WHERE trigger_schema = DATABASE()
    UNION ALL SELECT CONCAT('view ', table_name) FROM information_schema.views
     WHERE table_schema = DATABASE()
""")
_SIZE: Final = text("""
    SELECT COALESCE(SUM(data_length + index_length), 0) FROM information_schema.tables
    WHERE table_schema = DATABASE()
""")
_VERSION: Final = "alembic_version"
#: Numbers of a lock that somebody else has.
_TAKEN: Final = (1205, 3572)


def described(connection: Connection) -> str:
    """Return the engine and its version, as the server itself names them."""
    comment = str(connection.exec_driver_sql("SELECT @@version_comment").scalar() or "")
    if comment.startswith("OceanBase"):
        return comment.partition(" (")[0]
    return f"MySQL {connection.exec_driver_sql('SELECT VERSION()').scalar()}"


def size(connection: Connection, url: URL) -> int:
    """Return the bytes the tables take on disk; what was just written is not there yet."""
    del url
    return int(connection.execute(_SIZE).scalar_one())


def require_room(connection: Connection, url: URL) -> None:
    """Raise E508, E514 or E711 when our tables cannot be made in this database."""
    if not is_hollow(connection):
        require_no_tables(connection, url, ours=has_version(connection))
    collation = _collation(connection)
    if collation != COLLATION:
        raise ZhupeiError("E711", database=shown(url), collation=collation, name=url.database)


def _collation(connection: Connection) -> str:
    return str(connection.exec_driver_sql("SELECT @@collation_database").scalar_one())


def is_hollow(connection: Connection) -> bool:
    """Return whether there are only tables of ours without any event: what a killed `db init` left.

    Each table is made for good at once; rows and their event come together.
    """
    from zhupei_cli.model import Base

    tables = set(inspect(connection).get_table_names())
    if _VERSION not in tables or tables - {_VERSION, *Base.metadata.tables}:
        return False
    return "event" not in tables or not connection.exec_driver_sql("SELECT 1 FROM event LIMIT 1").all()


@contextmanager
def made(url: URL, *, dry_run: bool = False) -> Iterator[str]:
    """Yield the address of the database itself; what fails, or was only tried, is taken away again.

    Tables stay with their first word here, whatever becomes of the transaction. Raises what `require_room`
    does.
    """
    _look_for_room(url)
    kept = False
    try:
        with kept_apart(url, patience.BUSY_TIMEOUT):
            _look_for_room(url)  # again: another one may have been first
            drop_tables(url)
            try:
                yield address(url)
                kept = not dry_run
            finally:
                if not kept:
                    drop_tables(url)
    finally:
        if not kept:
            _drop_versions(url)


def _look_for_room(url: URL) -> None:
    with at_work(open_engine(url), read_only=True).begin() as connection:
        require_room(connection, url)


def _drop_versions(url: URL) -> None:
    """Take the table of versions away where it is all there is, and empty."""
    with open_engine(url).begin() as connection:
        tables = inspect(connection).get_table_names()
        if tables == [_VERSION] and not connection.exec_driver_sql(f"SELECT 1 FROM {_VERSION}").all():
            connection.exec_driver_sql(f"DROP TABLE {_VERSION}")


def drop_tables(url: URL) -> None:
    """Take away the tables of ours; the one of versions stays, empty, for whoever holds `kept_apart`."""
    with open_engine(url).begin() as connection:
        tables = [name for name in inspect(connection).get_table_names() if name != _VERSION]
        connection.exec_driver_sql("SET SESSION foreign_key_checks = 0")
        quote = connection.dialect.identifier_preparer.quote
        for name in tables:
            connection.exec_driver_sql(f"DROP TABLE {quote(name)}")
        connection.exec_driver_sql(f"DELETE FROM {_VERSION} WHERE version_num > ''")


def place_checks(url: URL) -> Iterator[Check]:
    """Look at nothing: what is around a server is its administrator's."""
    del url
    yield from ()


def running_checks(url: URL) -> Iterator[Check]:
    """Look at the collation and the time-outs that our connections have, and at who waits."""
    with open_engine(url).connect() as connection:
        collation = _collation(connection)
        state = State.OK if collation == COLLATION else State.BAD
        cure = "" if state is State.OK else f"新建用 {COLLATION} 的空数据库，用 zhupei db copy 复制过去"
        yield Check("排序规则", f"{collation}，行尾空格不作区分", state, cure)
        yield from _timeouts(connection)
        yield _occupied(connection)


def _timeouts(connection: Connection) -> Iterator[Check]:
    if is_oceanbase(connection):
        row = connection.exec_driver_sql("SELECT @@ob_query_timeout, @@ob_trx_timeout").one()
        query, whole = (value // 1_000_000 for value in row)
        yield Check("超时", f"一条语句 {query:,} 秒，一次写入 {whole:,} 秒")


def _occupied(connection: Connection) -> Check:
    """Look whether somebody has the turn of writers just now."""
    try:
        connection.exec_driver_sql(
            f"SELECT version_num FROM {_VERSION} WHERE version_num > '' FOR UPDATE NOWAIT"
        ).all()
    except exc.DBAPIError as error:
        if number_of(error.orig) not in _TAKEN:
            raise
        cure = "等它结束；没有命令在运行的，看看有没有卡住的程序"
        return Check("占用", "别的程序正在写入数据库", State.WARNING, cure)
    return Check("占用", "没有别的程序在写入")


def damage_sought(connection: Connection) -> AbstractContextManager[Callable[[], list[str]]]:
    """Find nothing: a server looks after its own pages."""
    del connection
    return nullcontext(list)


def dangling(connection: Connection) -> list[str]:
    """Return constraints that were switched off; MariaDB cannot do that to one."""
    if is_mariadb(connection):
        return []
    asked = (
        "SELECT constraint_name FROM information_schema.table_constraints"
        " WHERE table_schema = DATABASE() AND enforced = 'NO'"
    )
    return list(connection.exec_driver_sql(asked).scalars())


def planted(connection: Connection) -> list[str]:
    """Return triggers and views: none is ours."""
    return list(connection.execute(_PLANTED).scalars())
