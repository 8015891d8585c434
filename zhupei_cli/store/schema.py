"""Making a database and bringing it up to date. alembic is imported only here, when it is needed."""

import os
import sqlite3
from contextlib import closing
from importlib.resources import as_file, files
from pathlib import Path

from sqlalchemy import Connection

from zhupei_cli.errors import ZhupeiError
from zhupei_cli.store.engine import current_version, open_engine, parse_url, shown, sqlite_path
from zhupei_cli.store.failures import translated


def create(url: str) -> None:
    """Make the database and its tables; ZhupeiError E508 when it exists already."""
    require_absent(url)
    if parse_url(url).get_backend_name() != "sqlite":
        upgrade(url)
        return
    path = sqlite_path(parse_url(url))
    _create_file(path)
    try:
        upgrade(url)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def require_absent(url: str) -> None:
    """Raise E508 when the database exists: on a server, when it has our tables."""
    if parse_url(url).get_backend_name() == "sqlite":
        if sqlite_path(parse_url(url)).exists():
            raise ZhupeiError("E508", database=shown(url))
        return
    with translated(), open_engine(url).connect() as connection:
        if current_version(connection) is not None:
            raise ZhupeiError("E508", database=shown(url))


def _create_file(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        # 0600 from the first byte: the file will hold ID numbers.
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError as error:
        raise ZhupeiError("E508", database=path) from error
    # Kept in the file, so it is set once, and on no file but ours: readers and a writer do not wait.
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")


def upgrade(url: str, revision: str = "head", *, dry_run: bool = False) -> None:
    """Run the migrations up to `revision` in one transaction; `dry_run` takes them back."""
    with translated(), open_engine(url).connect() as connection, connection.begin() as running:
        migrate(connection, revision)
        if dry_run:
            running.rollback()


def migrate(connection: Connection, revision: str = "head") -> None:
    """Run the migrations inside the caller's transaction."""
    from alembic import command
    from alembic.config import Config

    with as_file(files("zhupei_cli.sql") / "migrations") as scripts:
        config = Config()
        config.set_main_option("script_location", str(scripts).replace("%", "%%"))
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
