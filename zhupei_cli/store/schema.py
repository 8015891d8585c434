"""Making a database and bringing it up to date. alembic is imported only here, when it is needed."""

import os
from importlib.resources import as_file, files
from pathlib import Path

from sqlalchemy import Connection, make_url

from zhupei_cli.errors import ZhupeiError
from zhupei_cli.store.engine import current_version, open_engine, shown, sqlite_path
from zhupei_cli.store.failures import translated


def create(url: str) -> None:
    """Make the database and its tables; ZhupeiError E508 when it exists already."""
    if make_url(url).get_backend_name() == "sqlite":
        path = sqlite_path(make_url(url))
        _create_file(path)
        try:
            upgrade(url)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
    else:
        with translated(), open_engine(url).connect() as connection:
            if current_version(connection) is not None:
                raise ZhupeiError("E508", database=shown(url))
        upgrade(url)


def _create_file(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        # 0600 from the first byte: the file will hold ID numbers.
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError as error:
        raise ZhupeiError("E508", database=path) from error


def upgrade(url: str, revision: str = "head") -> None:
    """Run the migrations up to `revision` in one transaction."""
    with translated(), open_engine(url).begin() as connection:
        migrate(connection, revision)


def migrate(connection: Connection, revision: str = "head") -> None:
    """Run the migrations inside the caller's transaction."""
    from alembic import command
    from alembic.config import Config

    with as_file(files("zhupei_cli.sql") / "migrations") as scripts:
        config = Config()
        config.set_main_option("script_location", str(scripts).replace("%", "%%"))
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
