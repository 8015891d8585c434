"""How a database of PostgreSQL does, and what stands in it."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Final

from sqlalchemy import URL, Connection, text
from sqlalchemy.orm import Session

from zhupei_cli.store.engines.backend import Check, State
from zhupei_cli.store.engines.servers import require_no_tables, shown
from zhupei_cli.words.errors import ZhupeiError

#: Triggers, rules and functions of others that act on our tables, and our own checks switched off.
_PLANTED: Final = text("""
    SELECT 'trigger ' || tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
     WHERE c.relnamespace = 'public'::regnamespace AND (NOT t.tgisinternal OR t.tgenabled <> 'O')
    UNION ALL SELECT 'rule ' || rulename FROM pg_rules WHERE schemaname = 'public'
    UNION ALL SELECT 'view ' || viewname FROM pg_views WHERE schemaname = 'public'
""")
_SWITCHED_OFF: Final = text("""
    SELECT conname::text FROM pg_constraint WHERE NOT convalidated AND connamespace = 'public'::regnamespace
    UNION ALL SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid
""")


def has_version(connection: Connection) -> bool:
    """Return whether the table of versions stands there. Asked, not tried: a failure ends the transaction."""
    return connection.exec_driver_sql("SELECT to_regclass('alembic_version')").scalar() is not None


def has_walls(connection: Connection) -> bool:
    """Return whether roles and row security were ever applied."""
    return connection.execute(text("SELECT to_regnamespace('zhupei')")).scalar() is not None


def require_room(connection: Connection, url: URL) -> None:
    """Raise E508, E514 or E515 when our tables cannot be made in this database."""
    require_no_tables(connection, url, ours=has_version(connection))
    encoding = _encoding(connection)
    if encoding != "UTF8":
        raise ZhupeiError("E515", database=shown(url), encoding=encoding)


def _encoding(connection: Connection) -> str:
    found: str = connection.execute(text("SHOW server_encoding")).scalar_one()
    return found


def size(connection: Connection, url: URL) -> int:
    """Return the bytes the database takes."""
    del url
    found: int = connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one()
    return found


def place_checks(url: URL) -> Iterator[Check]:
    """Look at nothing: what is around a server is its administrator's."""
    del url
    yield from ()


def checks_of(connection: Connection) -> Iterator[Check]:
    """Look at the encoding, and at who waits for whom."""
    encoding = _encoding(connection)
    waiting = connection.execute(text("SELECT count(*) FROM pg_locks WHERE NOT granted")).scalar_one()
    state = State.OK if encoding == "UTF8" else State.BAD
    yield Check("数据库编码", encoding, state, "" if state is State.OK else "用 createdb -E UTF8 重新建库")
    if waiting:
        yield Check(
            "占用", f"有 {waiting} 个操作在等待别人", State.WARNING, "等它们结束；久等请找数据库管理员"
        )
    else:
        yield Check("占用", "没有人在等待")


def damage_sought(connection: Connection) -> AbstractContextManager[Callable[[], list[str]]]:
    """Find nothing: a server looks after its own pages."""
    del connection
    return nullcontext(list)


def dangling(connection: Connection) -> list[str]:
    """Return constraints and indexes that were switched off."""
    return list(connection.execute(_SWITCHED_OFF).scalars())


def planted(connection: Connection) -> list[str]:
    """Return triggers, rules and views of others."""
    return list(connection.execute(_PLANTED).scalars())


def is_above(session: Session) -> bool:
    """Return whether row security does not hold this login at all."""
    bypass = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = session_user"
    return bool(session.execute(text(bypass)).scalar())
