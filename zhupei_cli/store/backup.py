"""Backups: made while the database is in use, refused when they are not whole. pg_dump is in store.dump."""

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from zhupei_cli.files import replacing
from zhupei_cli.store import dump
from zhupei_cli.store.engine import (
    BUSY_TIMEOUT,
    HEAD,
    connected,
    current_version,
    open_engine,
    parse_url,
    shown_url,
    sqlite_path,
)
from zhupei_cli.store.failures import known_failure, translated
from zhupei_cli.store.schema import keep_a_log, side_files
from zhupei_cli.words.errors import ZhupeiError

#: How a backup begins: the one of a file, and the one of a server.
_FILE, _SERVER = b"SQLite format 3\x00", b"PGDMP"
_DAMAGED = "文件不完整或已损坏"


def back_up(url: str, path: Path, *, force: bool = False, keep: bool = True) -> None:
    """Write all of the database into `path` as it is at one moment, whoever else works with it.

    Unless it is to be kept, the file goes away again.

    Raises E509 when it is not ours, E002 when `path` exists, E549 when that is the database itself or what
    stands beside it, E516 or E517 when a server's pg_dump is missing or fails.
    """
    _require_another(path, url)
    with connected(url) as connection:
        if current_version(connection) is None:
            raise ZhupeiError("E509", database=shown_url(url))
    with replacing(path, force=force, keep=keep) as beside:
        if parse_url(url).get_backend_name() == "sqlite":
            _vacuum_into(url, beside)
        else:
            dump.write(url, beside)
        _flush(beside)


def _vacuum_into(url: str, path: Path) -> None:
    # Past SQLAlchemy, which would open a transaction: VACUUM must stand alone.
    with (
        translated(),
        closing(open_engine(url).raw_connection()) as pooled,
        closing(pooled.cursor()) as cursor,
    ):
        cursor.execute("VACUUM INTO ?", (str(path),))


def _flush(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def restore(path: Path, url: str, *, replace: bool = False, dry_run: bool = False) -> None:
    """Make the database what `path` holds: all of it, or nothing is changed; `dry_run` only looks.

    Raises E518 when `path` is no whole backup of ours, E504 when it is newer than the program, E519 when the
    database holds something, or something is left of one, and `replace` is not set, E530 when the backup is
    one of the other kind, E549 when it is the database itself.
    """
    _require_another(path, url)
    on_server = parse_url(url).get_backend_name() != "sqlite"
    with path.open("rb") as file:
        begins = file.read(len(_FILE))
    if not begins.startswith((_FILE, _SERVER)):
        raise ZhupeiError("E518", file=path, problem="不是本程序的备份")
    if begins.startswith(_SERVER) != on_server:
        raise ZhupeiError("E530", file=path, database=shown_url(url))
    if on_server:
        dump.read(path, url, replace=replace, dry_run=dry_run)
        return
    target = sqlite_path(parse_url(url))
    _require_whole(path)
    left = [one for one in (target, *side_files(target)) if one.exists()]
    if left and not replace:
        raise ZhupeiError("E519", database=left[0])
    if not dry_run:
        _restore_file(path, target)
        # What is said to be restored has been opened, as the next command will open it.
        _require_sound(target)


def _require_another(path: Path, url: str) -> None:
    if parse_url(url).get_backend_name() != "sqlite":
        return
    target = sqlite_path(parse_url(url))
    if path.resolve() in [one.resolve() for one in (target, *side_files(target))]:
        raise ZhupeiError("E549", file=path)


def _restore_file(path: Path, target: Path) -> None:
    if not target.exists():
        for side in side_files(target):  # of a database that is gone: its pages would be laid over ours
            side.unlink(missing_ok=True)
        target.parent.mkdir(parents=True, exist_ok=True)
        with replacing(target) as beside:
            shutil.copyfile(path, beside)
            keep_a_log(beside)
            _flush(beside)
        return
    # Others may have the file open: its pages are replaced in one transaction, not the file itself.
    with translated(), closing(_reader(path)) as source, closing(sqlite3.connect(target)) as connection:
        connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT}")
        source.backup(connection, progress=_give_up_when_busy)
    keep_a_log(target)


def _reader(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)


def _give_up_when_busy(status: int, _remaining: int, _total: int) -> None:
    # The module would try again for ever.
    if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        raise sqlite3.OperationalError("database is locked")


def _require_whole(path: Path) -> None:
    version, size = _require_sound(path)
    # A file cut within its last page is read as if zeros followed.
    if size != path.stat().st_size:
        raise ZhupeiError("E518", file=path, problem=_DAMAGED)
    if version > HEAD:
        raise ZhupeiError("E504", version=version, head=HEAD)


def _require_sound(path: Path) -> tuple[str, int]:
    """Return the version of a database of ours and its bytes; E518 when it is damaged or another one."""
    try:
        with closing(_reader(path)) as connection:
            (size,) = connection.execute(
                "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
            ).fetchone()
            found = connection.execute("PRAGMA integrity_check(1)").fetchone()
            broken = connection.execute("PRAGMA foreign_key_check").fetchone()
            (version,) = connection.execute("SELECT version_num FROM alembic_version").fetchone() or (None,)
            connection.execute("SELECT 1 FROM application, event LIMIT 1")
    except sqlite3.DatabaseError as error:
        # A file that is locked or cannot be opened may be sound.
        if (known := known_failure(error)) is not None and known.code != "E505":
            raise known from error
        problem = "不是本程序的备份" if "no such table" in str(error) else _DAMAGED
        raise ZhupeiError("E518", file=path, problem=problem) from error
    if found != ("ok",) or broken is not None or version is None:
        raise ZhupeiError("E518", file=path, problem=_DAMAGED)
    return version, size
