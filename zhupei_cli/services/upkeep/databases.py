"""The database itself: made, brought up to date, described."""

from pathlib import Path
from typing import NotRequired, TypedDict

from sqlalchemy import func, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from zhupei_cli.acting import Acting
from zhupei_cli.model import Base
from zhupei_cli.services.reference.lists import load_default_specialties
from zhupei_cli.store import backup, schema
from zhupei_cli.store.engine import HEAD, connected, current_version, parse_url
from zhupei_cli.store.engines.addresses import shown_url
from zhupei_cli.store.engines.choosing import backend_at, backend_of
from zhupei_cli.words.errors import ZhupeiError


class DatabaseInfo(TypedDict):
    """What a database is; without rows where it is not up to date, or not ours."""

    database: str
    server: str
    version: str | None
    head: str
    batches: int | None
    rows: int | None
    size: int
    tables: dict[str, int]


class Upgraded(TypedDict):
    """An upgrade from the version `before`; `steps` where each is kept at once, with its first line."""

    database: str
    before: str
    version: str
    dry_run: bool
    steps: NotRequired[list[str]]


def init_database(url: str, *, by: Acting, dry_run: bool = False) -> dict[str, object]:
    """Make a database with the default catalogue of specialties; E508 when it exists already."""
    summary = {"database": shown_url(url), "version": HEAD, "specialties": 0, "dry_run": dry_run}
    if dry_run:
        schema.require_absent(url)
        return summary
    inserted = []

    def fill(session: Session) -> None:
        inserted.append(load_default_specialties(session, by=by).counts.inserted)

    schema.create(url, fill)
    return summary | {"specialties": inserted[0]}


def upgrade_database(url: str, *, dry_run: bool = False) -> Upgraded:
    """Bring a database of ours up to date.

    Raises E501 when there is none, E504 when it is newer than the program, E509 when it is not ours. Where
    nothing can be undone `steps` says what was done, or, with `dry_run`, will be: nothing was tried.
    """
    before = _version(url)
    if before is None:
        raise ZhupeiError("E509", database=shown_url(url))
    if before > HEAD:
        raise ZhupeiError("E504", version=before, head=HEAD)
    summary: Upgraded = {"database": shown_url(url), "before": before, "version": HEAD, "dry_run": dry_run}
    if before != HEAD:
        schema.upgrade(url, dry_run=dry_run)
        if not backend_of(parse_url(url)).UNDOES_DDL:
            summary["steps"] = schema.steps_from(before)
    return summary


def has_walls(url: str) -> bool:
    """Return whether roles and row security may stand on the tables of this database."""
    return backend_of(parse_url(url)).WALLS


def _version(url: str) -> str | None:
    with connected(url) as connection:
        return current_version(connection)


def back_up_database(
    url: str, path: Path, *, force: bool = False, dry_run: bool = False
) -> dict[str, object]:
    """Write a backup of the database into `path`; see `backup.back_up` for what is refused."""
    backup.back_up(url, path, force=force, keep=not dry_run)
    size = None if dry_run else path.stat().st_size
    return {"database": shown_url(url), "file": str(path), "bytes": size, "dry_run": dry_run}


def restore_database(
    path: Path, url: str, *, replace: bool = False, dry_run: bool = False
) -> dict[str, object]:
    """Make the database what a backup holds, whole or not at all; see `backup.restore`."""
    backup.restore(path, url, replace=replace, dry_run=dry_run)
    version = None if dry_run else _version(url)
    return {"database": shown_url(url), "file": str(path), "version": version, "dry_run": dry_run}


def database_info(url: str) -> DatabaseInfo:
    """Return where the database is, its versions, its size in bytes and the rows of its tables.

    A database that is not up to date, or not ours, is described without rows.
    """
    with connected(url) as connection:
        version = current_version(connection)
        tables = _counts(connection) if version == HEAD else {}
        backend = backend_at(connection)
        server, size = backend.described(connection), backend.size(connection, parse_url(url))
    return {
        "database": shown_url(url),
        "server": server,
        "version": version,
        "head": HEAD,
        "batches": tables.get("batch"),
        "rows": sum(tables.values()) if tables else None,
        "size": size,
        "tables": tables,
    }


def _counts(connection: Connection) -> dict[str, int]:
    return {
        table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
        for table in Base.metadata.sorted_tables
    }
