"""Backups of an engine without a form of its own: all its rows at one moment, in a file of SQLite.

Such a file is a database by itself: every command reads it with `--database sqlite:///FILE`.
"""

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import URL, Column, Connection, MetaData, Table, delete, inspect, update

from zhupei_cli.model import Base
from zhupei_cli.store.engine import HEAD, connected, current_version
from zhupei_cli.store.engines import patience
from zhupei_cli.store.engines.choosing import backend_of
from zhupei_cli.store.engines.servers import address, shown
from zhupei_cli.store.engines.sqlite.file import keep_a_log, require_whole, sqlite_url
from zhupei_cli.store.rows import copy_rows
from zhupei_cli.store.schema import new_tables, upgrade
from zhupei_cli.words.errors import ZhupeiError

_VERSION = "alembic_version"


def back_up(url: URL, path: Path) -> None:
    """Write all rows into the empty file `path`, at the version the database has: also before an upgrade."""
    with connected(address(url)) as source:
        version = current_version(source)
        assert version is not None
        keep_a_log(path)
        upgrade(sqlite_url(path), version)
        with connected(sqlite_url(path), read_only=False) as target:
            copy_rows(source, target, _tables(source, target, version))
    _leave_no_log(path)


def _tables(source: Connection, target: Connection, version: str) -> list[Table]:
    """Return the tables of a version: those of the model, or of an earlier one as they are on both sides.

    What an upgrade that stopped has added to them already holds nothing yet.
    """
    if version == HEAD:
        return Base.metadata.sorted_tables
    found, made = MetaData(), MetaData()
    found.reflect(source)
    made.reflect(target)
    return [_common(found.tables[one.name], one) for one in made.sorted_tables if one.name != _VERSION]


def _common(found: Table, made: Table) -> Table:
    columns = (column for column in found.columns if column.name in made.columns)
    return Table(
        found.name, MetaData(), *(Column(one.name, one.type, primary_key=one.primary_key) for one in columns)
    )


def _leave_no_log(path: Path) -> None:
    import sqlite3
    from contextlib import closing

    # One file is moved to its place; what it keeps beside itself would stay behind.
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")


def restore(path: Path, url: URL, *, replace: bool, dry_run: bool, head: str) -> None:
    """Make the database what the file `path` holds. Raises E504, E514, E518, E519."""
    version = require_whole(path, head)
    with connected(address(url)) as connection:
        holds = _version(connection, url)
    if holds is not None and not replace:
        raise ZhupeiError("E519", database=shown(url))
    if dry_run:
        return
    with TemporaryDirectory() as folder:
        source = path
        if version != head:
            source = Path(folder) / "upgraded.sqlite"
            shutil.copyfile(path, source)
            upgrade(sqlite_url(source))
        with connected(sqlite_url(source)) as rows:
            if holds == HEAD:
                _replace(rows, address(url))
                return
            if holds is not None:
                _clear(url)
            with new_tables(address(url)) as target:
                copy_rows(rows, target, Base.metadata.sorted_tables)


def _version(connection: Connection, url: URL) -> str | None:
    """Return the version of our tables, if they stand there.

    Raises E514 for those of another program, E504 for those of a newer one.
    """
    foreign = set(inspect(connection).get_table_names()) - set(Base.metadata.tables) - {_VERSION}
    if foreign:
        raise ZhupeiError("E514", database=shown(url), tables="、".join(sorted(foreign)[:3]))
    version = current_version(connection)
    if version is not None and version > HEAD:
        raise ZhupeiError("E504", version=version, head=HEAD)
    return version


def _clear(url: URL) -> None:
    """Take away the tables of an older version, also where an upgrade stopped half-way."""
    with (
        backend_of(url).kept_apart(url, patience.BUSY_TIMEOUT),
        connected(address(url), read_only=False) as connection,
    ):
        found = MetaData()
        found.reflect(connection)
        found.drop_all(connection, [table for table in found.sorted_tables if table.name != _VERSION])
        # Last: what is cut off is begun again. The other row is of whoever keeps others away.
        version = found.tables[_VERSION]
        connection.execute(delete(version).where(version.c.version_num > ""))


def _replace(rows: Connection, url: str) -> None:
    """Put the rows in the place of those there, in one transaction: others see all old or all new."""
    tables = Base.metadata.sorted_tables
    with connected(url, read_only=False) as target:
        # A round goes with its batch: relatives of OceanBase look at each row by itself, the batch first.
        batch = Base.metadata.tables["batch"]
        target.execute(update(batch).values(parent_id=None))
        for table in reversed(tables):
            target.execute(delete(table))
        copy_rows(rows, target, tables)
