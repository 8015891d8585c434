"""Opening a database and the one unit of work: `with transaction(url) as session`."""

import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from urllib.parse import quote, unquote

from sqlalchemy import URL, Connection, Engine, create_engine, event, exc, make_url, pool, text
from sqlalchemy.orm import Session

from zhupei_cli.store.failures import translated
from zhupei_cli.store.server import READING, WRITING, server_engine, wait_for_turn
from zhupei_cli.store.walls import require_admitted
from zhupei_cli.words.errors import ZhupeiError

#: The newest migration; a test compares it with the files in sql/migrations.
HEAD = "0015"

#: How long a writer waits for another one, in milliseconds.
BUSY_TIMEOUT = 30_000


def open_engine(url: str) -> Engine:
    """Return an engine on an existing database; ZhupeiError E501 when there is none, E502 for a bad URL."""
    parsed = parse_url(url)
    if parsed.get_backend_name() != "sqlite":
        return server_engine(parsed)
    return _sqlite(sqlite_path(parsed))


def parse_url(url: str) -> URL:
    """Return `url` in its parts; ZhupeiError E502 when it is none, or names a database we do not speak to."""
    try:
        parsed = make_url(url)
    except (exc.ArgumentError, ValueError) as error:
        raise ZhupeiError("E502", database=shown_url(url), problem=_misspelt(url)) from error
    if parsed.host and "@" in parsed.host:
        problem = "；密码或用户名里的 @ 请写成 %40"
        known = parsed.set(host=parsed.host.rpartition("@")[2]).render_as_string()
        raise ZhupeiError("E502", database=known, problem=problem)
    if parsed.port is not None and not 0 < parsed.port < 65_536:
        raise ZhupeiError("E502", database=shown_url(url), problem=f"；端口 {parsed.port} 应为 1 至 65535")
    if parsed.drivername not in DRIVERS:
        backend = parsed.get_backend_name()
        known = f"postgresql 请写 {DRIVERS[-1]}" if backend == "postgresql" else "可用 sqlite、postgresql"
        problem = f"；不支持 {parsed.drivername}，{known}"
        raise ZhupeiError("E502", database=shown_url(url), problem=problem)
    return parsed


def _misspelt(url: str) -> str:
    if _FILE.match(url):
        return f"；文件请写成 sqlite:///{url.replace(chr(92), '/')}"
    # The colon of `host:port`, after the last @ and before the name of the database.
    port = url.rpartition("@")[2].partition("://")[2] or url.rpartition("@")[2]
    _, colon, port = port.partition("/")[0].rpartition(":")
    if not colon or "]" in port or port.isdecimal():
        return ""
    return f"；端口 {port} 应为数字" if "@" in url else "；端口应为数字"


#: What an address may begin with; the last is how a server's is best written.
DRIVERS = ("sqlite", "sqlite+pysqlite", "postgresql", "postgresql+psycopg")
#: The name of a file where an address is wanted.
_FILE = re.compile(r"[A-Za-z]:[\\/]|[^:@]*\.(?:sqlite|db)$")
#: The password in an address that cannot be read.
_PASSWORD = re.compile(r"((?:^|:/*|/)[^:/@]*):[^/].*@", re.DOTALL)
#: Where a port belongs a password may stand, the rest of the address forgotten.
_UNFINISHED = re.compile(r"(://[^:/?]*):(?!\d+(?:[/?]|$))[^/?]*")
#: Passwords among the options behind the question mark, or in the words of libpq: password=… sslpassword=…
_OPTION = re.compile(r"(\w*password\s*=\s*)('[^']*'|[^\s&]*)", re.IGNORECASE)


def shown_url(url: str) -> str:
    """Return `url` as it may be printed: without its password, also where it is no URL."""
    try:
        parsed = make_url(url)
    except (exc.ArgumentError, ValueError):
        parsed = None
    if parsed is None or (parsed.host and "@" in f"{parsed.database}"):
        # A slash in the password: what follows it was taken for the name of the database.
        found = _PASSWORD.sub(r"\1:***@", url)
        if "@" not in url:
            found = _UNFINISHED.sub(r"\1:***", found)
        return _OPTION.sub(r"\1***", found)
    text = _OPTION.sub(r"\1***", parsed.render_as_string(hide_password=True))
    # A file's name stays readable: SQLAlchemy writes 招收 in percent signs.
    return text if parsed.host else unquote(text)


def sqlite_path(url: URL) -> Path:
    """Return the file a SQLite URL names; an in-memory database is refused, it would hold nothing."""
    if not url.database or url.database == ":memory:":
        raise ZhupeiError("E502", database=url.render_as_string(), problem="；没有写文件名")
    return Path(url.database)


def _sqlite(path: Path) -> Engine:
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
        creator=lambda: sqlite3.connect(uri, uri=True, timeout=BUSY_TIMEOUT / 1000, check_same_thread=False),
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
        cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT}")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        # The default of 2 MB writes the pages of a big import several times.
        cursor.execute("PRAGMA cache_size=-131072")


def _on_begin(connection: Connection) -> None:
    # A writer takes the write lock at once, so that what it has read is still true when it writes.
    read_only = connection.get_execution_options().get("zhupei_read_only", False)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")


def engine_for(url: str, *, read_only: bool) -> Engine:
    """Return an engine whose transactions write, or only read what stood there when they began."""
    engine = open_engine(url)
    if engine.dialect.name == "sqlite":
        return engine.execution_options(zhupei_read_only=read_only)
    return engine.execution_options(**(READING if read_only else WRITING))


@contextmanager
def connected(url: str, *, read_only: bool = True) -> Iterator[Connection]:
    """Open a transaction on whatever stands there, up to date or not; kept when the block ends well."""
    with translated(), engine_for(url, read_only=read_only).begin() as connection:
        if not read_only:
            wait_for_turn(connection, BUSY_TIMEOUT)
        yield connection


@contextmanager
def transaction(
    url: str, *, dry_run: bool = False, read_only: bool = False, bases: bool = False
) -> Iterator[Session]:
    """Commit what the block did when it ends well; undo all of it on any error, or when `dry_run`.

    `bases` says that the login of a training base may do it too; to all else it hears E605.
    Raises ZhupeiError of exit 6 when the database is missing, locked, damaged or not upgraded.
    """
    with translated(), Session(engine_for(url, read_only=read_only), autoflush=False) as session:
        if not read_only:
            wait_for_turn(session.connection(), BUSY_TIMEOUT)
        _require_head(session, url)
        require_admitted(session, bases=bases)
        yield session
        if dry_run or read_only:
            session.rollback()
        else:
            session.commit()


def require_database(url: str) -> None:
    """Raise what `transaction` raises where there is no database that this program and login can use."""
    with reading(url, bases=True):
        pass


def reading(url: str, *, bases: bool = False) -> AbstractContextManager[Session]:
    """Open a transaction that only reads: it never waits for a writer and never holds one up."""
    return transaction(url, read_only=True, bases=bases)


def _require_head(session: Session, url: str) -> None:
    found = current_version(session.connection())
    if found is None:
        raise ZhupeiError("E509", database=shown_url(url))
    if found != HEAD:
        raise ZhupeiError("E503" if found < HEAD else "E504", version=found, head=HEAD)


def current_version(connection: Connection) -> str | None:
    """Return the migration the database stands at; None when it has no tables of ours."""
    if not _has_version(connection):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found


def _has_version(connection: Connection) -> bool:
    # Asked, not tried: on a server a statement that fails ends the transaction.
    if connection.dialect.name == "sqlite":
        asked = "SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'alembic_version'"
    else:
        asked = "SELECT to_regclass('alembic_version')"
    return connection.execute(text(asked)).scalar() is not None
