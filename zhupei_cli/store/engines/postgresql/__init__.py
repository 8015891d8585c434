"""PostgreSQL: a server with roles and row security."""

from collections.abc import Iterator
from typing import Final

from sqlalchemy import (
    URL,
    Column,
    Connection,
    Row,
    String,
    collate,
    text,
)
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import SQLCoreOperations

from zhupei_cli.rules.batch.times import show_time
from zhupei_cli.store.engines.backend import Backups, Check, Login, LoginKind
from zhupei_cli.store.engines.postgresql.dump import back_up, restore
from zhupei_cli.store.engines.postgresql.health import (
    checks_of,
    damage_sought,
    dangling,
    has_version,
    has_walls,
    is_above,
    place_checks,
    planted,
    require_room,
    size,
)
from zhupei_cli.store.engines.postgresql.opening import at_work, open_engine
from zhupei_cli.store.engines.postgresql.rows import delete, insert, update
from zhupei_cli.store.engines.postgresql.words import code_of, detail_of
from zhupei_cli.store.engines.servers import kept_apart, made, require_absent, require_another

__all__ = [
    "BACKUPS",
    "COMPONENT",
    "DRIVERS",
    "KEEPS_WORDS",
    "NAME",
    "ON_SERVER",
    "UNDOES_DDL",
    "WALLS",
    "at_work",
    "code_of",
    "damage_sought",
    "dangling",
    "delete",
    "described",
    "detail_of",
    "has_version",
    "holder",
    "in_order",
    "insert",
    "kept_apart",
    "made",
    "open_engine",
    "place_checks",
    "planted",
    "require_absent",
    "require_another",
    "require_room",
    "running_checks",
    "size",
    "take_turn",
    "unwalled",
    "update",
    "who",
]

NAME: Final = "PostgreSQL"
DRIVERS: Final = ("postgresql", "postgresql+psycopg")
ON_SERVER: Final = True
WALLS: Final = True
UNDOES_DDL: Final = True
KEEPS_WORDS: Final = False
COMPONENT: Final = ("psycopg", "pg")
BACKUPS: Final = Backups(b"PGDMP", back_up, restore)

#: One number for all that our program writes; an advisory lock belongs to the database it is taken in.
TURN: Final = 0x7A68_7570_6569


# -- the turn of writers ---------------------------------------------------------------------------


def take_turn(connection: Connection, patience: int) -> None:
    """Take the turn of writers by an advisory lock, which ends with the transaction.

    Reading, judging and writing is then one step, as on a file: no seat is given twice, no two writers
    wait for each other. The chain of events would let only one of them go on anyway.
    """
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = {patience}")
    # READ COMMITTED: a snapshot older than the turn would show what the one before has changed since.
    connection.exec_driver_sql(_turn(connection))


def _turn(connection: Connection) -> str:
    """Return how the login takes its turn: behind the walls nobody but a function of theirs takes locks."""
    asked = "SELECT has_function_privilege('pg_advisory_xact_lock(bigint)', 'EXECUTE')"
    free = connection.exec_driver_sql(asked).scalar()
    return f"SELECT pg_advisory_xact_lock({TURN})" if free else "SELECT zhupei.take_turn()"


#: Who has the turn, or without it the counters that every writer needs, and does not wait for somebody else.
_HOLDING: Final = f"""
    SELECT a.usename, a.client_addr::text AS address, a.xact_start, a.state LIKE 'idle in%%' AS idle
    FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
    WHERE l.granted AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND (l.locktype = 'advisory' AND l.classid = {TURN >> 32} AND l.objid = {TURN & 0xFFFF_FFFF}
           OR l.relation = to_regclass('public.counter') AND l.mode = 'RowExclusiveLock')
      AND NOT EXISTS (SELECT FROM pg_locks w WHERE w.pid = l.pid AND NOT w.granted)
    ORDER BY l.locktype LIMIT 1
"""


def holder(url: URL) -> str:
    """Return who keeps others from writing, as far as the server tells this login."""
    with open_engine(url).connect() as apart:
        row = apart.exec_driver_sql(_HOLDING).one_or_none()
    if row is None or row.usename is None:
        return ""
    if row.xact_start is None:  # of others' sessions the server tells no more than the name
        return f"：登录账号 {row.usename}"
    idle = "，现在闲置" if row.idle else ""
    return f"：登录账号 {row.usename}（{row.address or '本机'}，自 {show_time(row.xact_start)} 起{idle}）"


# -- logins ----------------------------------------------------------------------------------------

_WHO: Final = text("""
    SELECT session_user::text AS name, rolsuper AS everything,
           row_security_active('public.event') AS row_security,
           ARRAY(SELECT g.rolname::text FROM pg_roles g
                 WHERE g.rolname LIKE 'zhupei@_%' ESCAPE '@'
                   AND pg_has_role(session_user, g.oid, 'MEMBER')) AS roles
    FROM pg_roles WHERE rolname = session_user
""")


def who(session: Session) -> Login:
    """Return who is logged in."""
    row = session.execute(_WHO).one()
    kind = _kind(row)
    base = session.execute(text("SELECT zhupei.my_base()")).scalar() if kind == LoginKind.BASE else None
    return Login(row.name, kind, base, row.row_security)


def _kind(row: Row[*tuple[object, ...]]) -> LoginKind:
    # The narrowest role counts: the database would let a login with two do what either may.
    if not row.everything and "zhupei_owner" not in row.roles:
        for kind in (LoginKind.BASE, LoginKind.AUDITOR, LoginKind.PROVINCE):
            if f"zhupei_{kind}" in row.roles:
                return kind
    return LoginKind.OWNER


def unwalled(session: Session) -> bool:
    """Return whether there are walls that do not hold this login."""
    return has_walls(session.connection()) and (who(session).kind == LoginKind.OWNER or is_above(session))


# -- describing ------------------------------------------------------------------------------------


def running_checks(url: URL) -> Iterator[Check]:
    """Look at the encoding, and at who waits for whom."""
    with open_engine(url).connect() as connection:
        yield from checks_of(connection)


def described(connection: Connection) -> str:
    """Return the engine and its version."""
    return f"postgresql {'.'.join(map(str, connection.dialect.server_version_info or ()))}"


def in_order(column: Column[object]) -> SQLCoreOperations[object]:
    """Return the column in the order of its characters' numbers, whatever the server's language."""
    if not isinstance(column.type, String):
        return column
    return collate(column, "C")
