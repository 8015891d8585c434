"""Making a database and bringing it up to date. alembic is imported only here, when it is needed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.resources import as_file, files
from threading import Lock
from typing import Final

from sqlalchemy import Connection, exc
from sqlalchemy.orm import Session

from zhupei_cli.store.engine import connected, current_version, parse_url
from zhupei_cli.store.engines import patience
from zhupei_cli.store.engines.choosing import backend_at, backend_of
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
    with _ALEMBIC, new_tables(url) as connection:
        if fill is not None:
            with Session(connection, autoflush=False) as session:
                fill(session)
                session.flush()


@contextmanager
def new_tables(url: str, *, dry_run: bool = False) -> Iterator[Connection]:
    """Yield a connection to new tables without rows, kept when the block ends well and not by `dry_run`."""
    parsed = parse_url(url)
    backend = backend_of(parsed)
    with (
        translated(),
        backend.made(parsed, dry_run=dry_run) as where,
        connected(where, read_only=False) as connection,
    ):
        backend.require_room(connection, parsed)
        migrate(connection, filled=True)
        yield connection
        if dry_run:
            connection.rollback()


def require_absent(url: str) -> None:
    """Raise what `create` would, and make nothing."""
    parsed = parse_url(url)
    backend = backend_of(parsed)
    backend.require_absent(parsed)
    if backend.ON_SERVER:
        with connected(url) as connection:
            backend.require_room(connection, parsed)


def upgrade(url: str, revision: str = "head", *, dry_run: bool = False) -> None:
    """Run the migrations up to `revision` in one transaction; `dry_run` takes them back.

    Where tables stay with their first word, step by step: E712 says at which version it stopped, and run
    again it goes on from there; `dry_run` does nothing there.
    """
    parsed = parse_url(url)
    backend = backend_of(parsed)
    if dry_run and not backend.UNDOES_DDL:
        return
    with (
        translated(),
        backend.kept_apart(parsed, patience.BUSY_TIMEOUT),
        connected(url, read_only=False) as connection,
    ):
        try:
            migrate(connection, revision)
        except exc.DBAPIError as error:
            if backend.UNDOES_DDL:
                raise
            raise ZhupeiError(
                "E712", version=current_version(connection) or "（空）", detail=error.orig
            ) from error
        if dry_run:
            connection.rollback()


def steps_from(version: str) -> list[str]:
    """Return what the migrations after `version` do, each as its number and its first line."""
    from alembic.script import ScriptDirectory

    with as_file(files("zhupei_cli.sql") / "migrations") as scripts:
        found = ScriptDirectory(str(scripts)).iterate_revisions("head", version)
        return [f"{step.revision} {step.doc}" for step in found][::-1]


def migrate(connection: Connection, revision: str = "head", *, filled: bool = False) -> None:
    """Run the migrations inside the caller's transaction.

    Where tables stay with their first word each step is kept with its version; of tables that are then
    `filled` in the same transaction the last version only together with their rows.
    """
    from alembic import command
    from alembic.config import Config

    with as_file(files("zhupei_cli.sql") / "migrations") as scripts:
        config = Config()
        config.set_main_option("script_location", str(scripts).replace("%", "%%"))
        config.attributes["connection"] = connection
        config.attributes["stepwise"] = not backend_at(connection).UNDOES_DDL
        config.attributes["filled"] = filled
        command.upgrade(config, revision)
