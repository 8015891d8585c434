"""SQLite: a file, opened by whoever may read it."""

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, nullcontext
from itertools import chain
from pathlib import Path
from sqlite3 import SQLITE_LIMIT_VARIABLE_NUMBER
from typing import Final
from urllib.parse import quote

from sqlalchemy import (
    URL,
    Column,
    Connection,
    Delete,
    Engine,
    Table,
    Update,
    bindparam,
    create_engine,
    event,
    pool,
)
from sqlalchemy import (
    update as update_,
)
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import SQLCoreOperations

from zhupei_cli.store.engines import patience
from zhupei_cli.store.engines.backend import Backups, Login, LoginKind
from zhupei_cli.store.engines.sqlite.file import (
    BEGIN,
    made,
    require_absent,
    require_another,
    restore,
    sqlite_path,
)
from zhupei_cli.store.engines.sqlite.health import (
    damage_sought,
    dangling,
    place_checks,
    planted,
    running_checks,
    size,
)
from zhupei_cli.store.engines.sqlite.words import code_of, detail_of
from zhupei_cli.store.engines.values import (
    Rows,
    converted,
    given_names,
    in_chunks,
    matching,
    processed,
    processor,
    processors,
    run_behind,
)
from zhupei_cli.words.errors import ZhupeiError

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

NAME: Final = "SQLite"
DRIVERS: Final = ("sqlite+pysqlite", "sqlite")
ON_SERVER: Final = False
WALLS: Final = False
UNDOES_DDL: Final = True
KEEPS_WORDS: Final = True
COMPONENT: Final = None

#: Rows of one INSERT where a statement is dear.
_ROWS_AT_ONCE: Final = 1_000
#: SQL, and the values of one statement or of many.
_Statement = tuple[str, tuple[object, ...] | Rows]


# -- opening, beginning ----------------------------------------------------------------------------


def open_engine(url: URL) -> Engine:
    """Return an engine on the file; E501 when there is none, E525 when it is somebody else's."""
    path = sqlite_path(url)
    try:
        if not path.is_file():
            raise ZhupeiError("E501", database=path)
        path.open("rb").close()
    except PermissionError:  # the file or its folder is somebody else's
        raise ZhupeiError("E525", database=path) from None
    uri = f"file:{quote(os.fsencode(path.absolute()))}?{_mode(path)}"
    engine = create_engine(
        "sqlite://",
        # Bulk inserts run one statement behind in a thread of their own, never two at once.
        creator=lambda: sqlite3.connect(
            uri, uri=True, timeout=patience.BUSY_TIMEOUT / 1000, check_same_thread=False
        ),
        poolclass=pool.NullPool,
        hide_parameters=True,
    )
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    return engine


def _mode(path: Path) -> str:
    if os.access(path.parent, os.W_OK):
        # sqlite3.connect would otherwise make an empty database out of a mistyped path.
        return "mode=rw" if os.access(path, os.W_OK) else "mode=ro"
    # On read-only media the file that tells readers of writers cannot be made: `immutable` does without.
    # A log that was copied along must not be read past, though.
    beside = path.with_name(f"{path.name}-wal")
    return "mode=ro" if beside.is_file() and beside.stat().st_size else "mode=ro&immutable=1"


def _on_connect(connection: sqlite3.Connection, _record: object) -> None:
    # The driver must not begin transactions itself: its deferred BEGIN admitted 107 people to 100 seats.
    connection.isolation_level = None
    with closing(connection.cursor()) as cursor:
        cursor.execute(f"PRAGMA busy_timeout={patience.BUSY_TIMEOUT}")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        # The default of 2 MB writes the pages of a big import several times.
        cursor.execute("PRAGMA cache_size=-131072")


def _on_begin(connection: Connection) -> None:
    # A writer takes the write lock at once, so that what it has read is still true when it writes.
    read_only = connection.get_execution_options().get("zhupei_read_only", False)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")


def at_work(engine: Engine, *, read_only: bool) -> Engine:
    """Return the engine whose transactions write, or only read."""
    return engine.execution_options(zhupei_read_only=read_only)


def take_turn(connection: Connection, patience: int) -> None:
    """Do nothing: BEGIN IMMEDIATE has taken the one lock of the file."""
    del connection, patience


def holder(url: URL) -> str:
    """Return "": of a file nobody knows who has it open."""
    del url
    return ""


def kept_apart(url: URL, patience: int) -> AbstractContextManager[None]:
    """Do nothing: the transaction that changes tables is the only one that writes."""
    del url, patience
    return nullcontext()


def has_version(connection: Connection) -> bool:
    """Return whether the table of versions stands there."""
    asked = "SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'alembic_version'"
    return connection.exec_driver_sql(asked).scalar() is not None


def who(session: Session) -> Login:
    """Return nobody: a file knows no logins."""
    del session
    return Login(None, LoginKind.OWNER)


def unwalled(session: Session) -> bool:
    """Return False: there are no walls."""
    del session
    return False


def described(connection: Connection) -> str:
    """Return the engine and its version."""
    return f"sqlite {'.'.join(map(str, connection.dialect.server_version_info or ()))}"


def require_room(connection: Connection, url: URL) -> None:
    """Do nothing: the file is a new one."""
    del connection, url


# -- many rows -------------------------------------------------------------------------------------


def insert(
    connection: Connection,
    table: Table,
    columns: Sequence[str],
    rows: Iterable[tuple[object, ...]],
    *,
    looked_at: bool,
) -> None:
    """Insert rows a thousand at once, each thousand while the next is being made."""
    del looked_at
    quote = connection.dialect.identifier_preparer.quote
    head = f"INSERT INTO {quote(table.name)} ({', '.join(map(quote, columns))}) VALUES "
    place = f"({', '.join('?' * len(columns))})"
    each = processors(table, columns, connection)
    most: int = connection.connection.getlimit(SQLITE_LIMIT_VARIABLE_NUMBER)
    at_once = min(most // len(columns), _ROWS_AT_ONCE)
    whole = head + ", ".join([place] * at_once)

    def statements() -> Iterator[_Statement]:
        for piece in in_chunks(rows, at_once):
            ready = processed(piece, each)
            if len(piece) == at_once:
                # One long step for all: only within a step is Python's lock free for who makes the next.
                yield whole, tuple(chain.from_iterable(ready))
            else:  # a statement for each number of rows would stay in memory with all that it was given
                yield head + place, list(ready)

    # SQLite works outside Python's lock.
    run_behind(statements(), lambda statement: connection.exec_driver_sql(*statement))


def update(
    connection: Connection, table: Table, key: Sequence[str], columns: Sequence[str], rows: Rows
) -> None:
    """Update `columns` where `key` matches."""
    names = given_names(key, columns)
    binds = {
        name: bindparam(name, type_=table.c[column].type)
        for name, column in zip(names, (*key, *columns), strict=True)
    }
    values = {name: binds[f"new_{name}"] for name in columns}
    _execute(connection, matching(update_(table).values(values), table, key, binds), names, rows)


def delete(connection: Connection, table: Table, key: Sequence[str], rows: Rows) -> None:
    """Delete the rows whose `key` columns have the values of each tuple."""
    names = given_names(key)
    binds = {
        name: bindparam(name, type_=table.c[column].type) for name, column in zip(names, key, strict=True)
    }
    _execute(connection, matching(table.delete(), table, key, binds), names, rows)


def _execute(connection: Connection, statement: Update | Delete, names: Sequence[str], rows: Rows) -> None:
    # Core takes a dict per row and is four times slower; the SQL is still compiled from the Table.
    compiled = statement.compile(dialect=connection.dialect)
    assert isinstance(compiled, SQLCompiler)
    order = [names.index(name) for name in compiled.positiontup or ()]
    each = [processor(compiled.binds[name].type, connection) for name in compiled.positiontup or ()]
    columns = list(zip(*rows, strict=True))
    connection.exec_driver_sql(str(compiled), list(converted([columns[at] for at in order], each)))


def in_order(column: Column[object]) -> SQLCoreOperations[object]:
    """Return the column itself: SQLite compares bytes."""
    return column


def _back_up(url: URL, path: Path) -> None:
    # Past SQLAlchemy, which would open a transaction: VACUUM must stand alone.
    with closing(open_engine(url).raw_connection()) as pooled, closing(pooled.cursor()) as cursor:
        cursor.execute("VACUUM INTO ?", (str(path),))


BACKUPS: Final = Backups(BEGIN, _back_up, restore)
