"""Making a database and bringing it up to date. alembic is imported only here, when it is needed."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from importlib.resources import as_file, files
from pathlib import Path
from threading import Lock
from typing import Final

from sqlalchemy import URL, Connection, inspect, text
from sqlalchemy.orm import Session

from zhupei_cli.files import replacing
from zhupei_cli.store.engine import connected, current_version, parse_url, shown_url, sqlite_path
from zhupei_cli.store.failures import translated
from zhupei_cli.words.errors import ZhupeiError

#: alembic knows one migration at a time, for all threads.
_ALEMBIC: Final = Lock()

Fill = Callable[[Session], object]


def create(url: str, fill: Fill | None = None) -> None:
    """Make our tables, and what `fill` puts into them: in a new file, or in an empty database of a server.

    All of it or nothing, however the program ends. Raises E508 when they exist already, E514 when the
    database is another program's, E515 when it cannot hold Chinese.
    """
    if parse_url(url).get_backend_name() != "sqlite":
        with connected(url, read_only=False) as connection:
            require_empty(connection, url)
            _make(connection, fill)
        return
    path = sqlite_path(parse_url(url))
    require_absent(url)
    # Made beside its place, mode 0600 from the first byte: what is killed half-way is in nobody's way.
    with _ALEMBIC, replacing(path, force=True) as beside:
        require_absent(url)
        keep_a_log(beside)
        new = URL.create("sqlite", database=str(beside)).render_as_string()
        with connected(new, read_only=False) as connection:
            _make(connection, fill)
        require_absent(url)
        for side in side_files(path):  # of a database that is gone: its pages would be laid over ours
            side.unlink(missing_ok=True)


def _make(connection: Connection, fill: Fill | None) -> None:
    migrate(connection)
    if fill is not None:
        with Session(connection, autoflush=False) as session:
            fill(session)
            session.flush()


def require_absent(url: str) -> None:
    """Raise what `create` would, and make nothing."""
    if parse_url(url).get_backend_name() == "sqlite":
        path = sqlite_path(parse_url(url))
        if path.exists() and not _is_hollow(path):
            raise ZhupeiError("E508", database=shown_url(url))
        return
    with connected(url) as connection:
        require_empty(connection, url)


def require_empty(connection: Connection, url: str) -> None:
    """Raise E508, E514 or E515 when our tables cannot be made in this database of a server."""
    if current_version(connection) is not None:
        raise ZhupeiError("E508", database=shown_url(url))
    tables = inspect(connection).get_table_names()
    if tables:
        raise ZhupeiError("E514", database=shown_url(url), tables="、".join(sorted(tables)[:3]))
    encoding = connection.execute(text("SHOW server_encoding")).scalar()
    if encoding != "UTF8":
        raise ZhupeiError("E515", database=shown_url(url), encoding=encoding)


def _is_hollow(path: Path) -> bool:
    """Return whether a file is a database without a table: what a killed `db init` left once."""
    if not path.is_file():
        return False
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            return connection.execute("SELECT 1 FROM sqlite_master").fetchone() is None
    except sqlite3.Error:
        return False


def side_files(path: Path) -> list[Path]:
    """Return what SQLite keeps beside a database; read together with it, whosever it is."""
    return [path.with_name(path.name + side) for side in ("-wal", "-shm", "-journal")]


def keep_a_log(path: Path) -> None:
    """Let readers and a writer not wait for each other; kept in the file: set once, on ours only."""
    with translated(), closing(sqlite3.connect(path)) as connection:
        # A tenth less work on large imports than with pages of 4 KB; an existing file keeps its own.
        connection.execute("PRAGMA page_size=8192")
        connection.execute("PRAGMA journal_mode=WAL")


def upgrade(url: str, revision: str = "head", *, dry_run: bool = False) -> None:
    """Run the migrations up to `revision` in one transaction; `dry_run` takes them back."""
    with connected(url, read_only=False) as connection:
        migrate(connection, revision)
        if dry_run:
            connection.rollback()


def migrate(connection: Connection, revision: str = "head") -> None:
    """Run the migrations inside the caller's transaction."""
    from alembic import command
    from alembic.config import Config

    with as_file(files("zhupei_cli.sql") / "migrations") as scripts:
        config = Config()
        config.set_main_option("script_location", str(scripts).replace("%", "%%"))
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
