"""Opening a database and the one unit of work: `with transaction(url) as session`."""

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Final

from sqlalchemy import URL, Connection, Engine, exc, make_url, text
from sqlalchemy.orm import Session

from zhupei_cli.interrupts import uninterrupted
from zhupei_cli.store.engines import patience
from zhupei_cli.store.engines.addresses import shown_url as shown_url
from zhupei_cli.store.engines.choosing import backend_at, backend_named, backend_of, every_backend
from zhupei_cli.store.failures import committing, translated
from zhupei_cli.store.walls import require_admitted
from zhupei_cli.words.errors import ZhupeiError

#: The newest migration; a test compares it with the files in sql/migrations.
HEAD = "0017"


def open_engine(url: str) -> Engine:
    """Return an engine on an existing database; ZhupeiError E501 when there is none, E502 for a bad URL."""
    parsed = parse_url(url)
    return backend_of(parsed).open_engine(parsed)


def parse_url(url: str) -> URL:
    """Return `url` in its parts; ZhupeiError E502 when it is none, or names a database we do not speak to."""
    try:
        parsed = make_url(url)
    except (exc.ArgumentError, ValueError) as error:
        raise ZhupeiError("E502", database=shown_url(url), problem=_misspelt(url)) from error
    if parsed.host and "@" in parsed.host:
        problem = "；密码或用户名里的 @ 请写成 %40"
        raise ZhupeiError("E502", database=shown_url(url), problem=problem)
    if parsed.port is not None and not 0 < parsed.port < 65_536:
        raise ZhupeiError("E502", database=shown_url(url), problem=f"；端口 {parsed.port} 应为 1 至 65535")
    name = parsed.get_backend_name()
    meant = backend_named(name)
    if meant is None or parsed.drivername not in meant.DRIVERS:
        all_ = "、".join(backend.DRIVERS[-1] for _, backend in every_backend())
        known = f"{name} 请写 {meant.DRIVERS[-1]}" if meant else f"可用 {all_}"
        problem = f"；不支持 {parsed.drivername}，{known}"
        raise ZhupeiError("E502", database=shown_url(url), problem=problem)
    return parsed


def _misspelt(url: str) -> str:
    if not url:
        return "--database、ZHUPEI_DATABASE_URL 或配置文件的 database 是空的；要用默认的数据库，请不要写它"
    if _FILE.match(url):
        return f"；文件请写成 sqlite:///{url.replace(chr(92), '/')}"
    # The colon of `host:port`, after the last @ and before the name of the database.
    port = url.rpartition("@")[2].partition("://")[2] or url.rpartition("@")[2]
    _, colon, port = port.partition("/")[0].rpartition(":")
    if not colon or "]" in port or port.isdecimal():
        return ""
    return f"；端口 {port} 应为数字" if "@" in url else "；端口应为数字"


#: The name of a file where an address is wanted.
_FILE = re.compile(r"[A-Za-z]:[\\/]|[^:@]*\.(?:sqlite|db)$")


def engine_for(url: str, *, read_only: bool) -> Engine:
    """Return an engine whose transactions write, or only read what stood there when they began."""
    parsed = parse_url(url)
    backend = backend_of(parsed)
    return backend.at_work(backend.open_engine(parsed), read_only=read_only)


@contextmanager
def connected(url: str, *, read_only: bool = True) -> Iterator[Connection]:
    """Open a transaction on whatever stands there, up to date or not; kept when the block ends well."""
    with translated(url), engine_for(url, read_only=read_only).begin() as connection:
        if not read_only:
            _take_turn(connection)
        yield connection


def _take_turn(connection: Connection) -> None:
    backend_at(connection).take_turn(connection, patience.BUSY_TIMEOUT)


#: Where this process has kept changes: whoever is interrupted later is not told that nothing was written.
KEPT: Final[list[str]] = []


@contextmanager
def transaction(
    url: str, *, dry_run: bool = False, read_only: bool = False, bases: bool = False
) -> Iterator[Session]:
    """Commit what the block did when it ends well; undo all of it on any error, or when `dry_run`.

    `bases` says that the login of a training base may do it too; without it such a login gets E605.
    Raises ZhupeiError of exit 6 when the database is missing, locked, damaged or not upgraded.
    """
    with translated(url), Session(engine_for(url, read_only=read_only), autoflush=False) as session:
        session.info["kept"] = not (read_only or dry_run)
        if not read_only:
            _take_turn(session.connection())
        _require_head(session, url)
        require_admitted(session, bases=bases)
        yield session
        if dry_run or read_only:
            session.rollback()
        else:
            session.flush()
            with uninterrupted(), committing():
                session.commit()
                KEPT.append(shown_url(url))


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
    if not backend_at(connection).has_version(connection):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found
