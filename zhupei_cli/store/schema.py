"""Making a database and bringing it up to date. alembic is imported only here, when it is needed."""

import os
import sqlite3
from contextlib import closing
from importlib.resources import as_file, files
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from zhupei_cli.store.engine import connected, current_version, parse_url, shown, sqlite_path
from zhupei_cli.words.errors import ZhupeiError


def create(url: str) -> None:
    """Make our tables: in a new file, or in a database of a server that is there and empty.

    Raises E508 when they exist already, E514 when the database is another program's, E515 when it cannot
    hold Chinese.
    """
    if parse_url(url).get_backend_name() != "sqlite":
        with connected(url, read_only=False) as connection:
            require_empty(connection, url)
            migrate(connection)
        return
    path = sqlite_path(parse_url(url))
    if path.exists():
        raise ZhupeiError("E508", database=shown(url))
    _create_file(path)
    try:
        upgrade(url)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def require_absent(url: str) -> None:
    """Raise what `create` would, and make nothing."""
    if parse_url(url).get_backend_name() == "sqlite":
        if sqlite_path(parse_url(url)).exists():
            raise ZhupeiError("E508", database=shown(url))
        return
    with connected(url) as connection:
        require_empty(connection, url)


def require_empty(connection: Connection, url: str) -> None:
    """Raise E508, E514 or E515 when our tables cannot be made in this database of a server."""
    if current_version(connection) is not None:
        raise ZhupeiError("E508", database=shown(url))
    tables = inspect(connection).get_table_names()
    if tables:
        raise ZhupeiError("E514", database=shown(url), tables="、".join(sorted(tables)[:3]))
    encoding = connection.execute(text("SHOW server_encoding")).scalar()
    if encoding != "UTF8":
        raise ZhupeiError("E515", database=shown(url), encoding=encoding)


def _create_file(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        # 0600 from the first byte: the file will hold ID numbers.
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError as error:
        raise ZhupeiError("E508", database=path) from error
    keep_a_log(path)


def keep_a_log(path: Path) -> None:
    """Let readers and a writer not wait for each other; kept in the file: set once, on ours only."""
    with closing(sqlite3.connect(path)) as connection:
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
