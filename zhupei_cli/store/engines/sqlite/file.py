"""The file of a SQLite database: where it is, how it is made, backed up and restored."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from sqlalchemy import URL

from zhupei_cli.files import PRIVATE, replacing
from zhupei_cli.store.engines import patience
from zhupei_cli.store.engines.addresses import shown_url
from zhupei_cli.store.engines.sqlite.words import code_of
from zhupei_cli.words.errors import ZhupeiError

_DAMAGED: Final = "文件不完整或已损坏"
#: How its files begin.
BEGIN: Final = b"SQLite format 3\x00"
#: What SQLite says of a file that others use.
_LOCKED: Final = "database is locked"


def sqlite_path(url: URL) -> Path:
    """Return the file a SQLite URL names; an in-memory database is refused, it would hold nothing."""
    if not url.database or url.database == ":memory:":
        raise ZhupeiError("E502", database=url.render_as_string(), problem="；没有写文件名")
    return Path(url.database)


def sqlite_url(path: Path) -> str:
    """Return the address of a file."""
    return URL.create("sqlite", database=str(path)).render_as_string()


def side_files(path: Path) -> list[Path]:
    """Return what SQLite keeps beside a database; read together with it, whosever it is."""
    return [path.with_name(path.name + side) for side in ("-wal", "-shm", "-journal")]


def keep_a_log(path: Path) -> None:
    """Let readers and a writer not wait for each other; kept in the file: set once, on ours only."""
    with closing(sqlite3.connect(path)) as connection:
        # A tenth less work on large imports than with pages of 4 KB; an existing file keeps its own.
        connection.execute("PRAGMA page_size=8192")
        connection.execute("PRAGMA journal_mode=WAL")


# -- making ----------------------------------------------------------------------------------------


def require_absent(url: URL) -> None:
    """Raise E508 where a file stands already."""
    path = sqlite_path(url)
    if path.exists() and not _is_hollow(path):
        raise ZhupeiError("E508", database=shown_url(url.render_as_string()))


def _is_hollow(path: Path) -> bool:
    """Return whether a file is a database without a table: what a killed `db init` left once."""
    if not path.is_file():
        return False
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            return connection.execute("SELECT 1 FROM sqlite_master").fetchone() is None
    except sqlite3.Error:
        return False


@contextmanager
def made(url: URL, *, dry_run: bool = False) -> Iterator[str]:
    """Yield the address of a new file that takes its place when the block ends well."""
    path = sqlite_path(url)
    require_absent(url)
    # Made beside its place, mode 0600 from the first byte: what is killed half-way is in nobody's way.
    with _beside(path, dry_run=dry_run) as beside:
        require_absent(url)
        keep_a_log(beside)
        yield sqlite_url(beside)
        require_absent(url)
        if not dry_run:
            _clear_sides(path)


def _clear_sides(path: Path) -> None:
    for side in side_files(path):  # of a database that is gone: its pages would be laid over ours
        side.unlink(missing_ok=True)


@contextmanager
def _beside(path: Path, *, dry_run: bool) -> Iterator[Path]:
    if not dry_run:
        with replacing(path, force=True) as beside:
            yield beside
        return
    with TemporaryDirectory() as folder:
        beside = Path(folder) / path.name
        beside.touch(PRIVATE)
        yield beside


# -- backups ---------------------------------------------------------------------------------------


def require_another(path: Path, url: URL) -> None:
    """Raise E549 when `path` is the database itself or what stands beside it."""
    target = sqlite_path(url)
    if path.resolve() in [one.resolve() for one in (target, *side_files(target))]:
        raise ZhupeiError("E549", file=path)


def restore(path: Path, url: URL, *, replace: bool, dry_run: bool, head: str) -> None:
    """Put the backup `path` in the place of the file. Raises E504, E518, E519."""
    target = sqlite_path(url)
    require_whole(path, head)
    left = [one for one in (target, *side_files(target)) if one.exists()]
    if left and not replace:
        raise ZhupeiError("E519", database=left[0])
    if not dry_run:
        _restore_file(path, target)
        # What is said to be restored has been opened, as the next command will open it.
        _require_sound(target)


def _restore_file(path: Path, target: Path) -> None:
    if target.exists():
        try:
            _restore_pages(path, target)
        except sqlite3.DatabaseError as error:
            if code_of(error) != "E505":
                raise
            if not _begins_as_database(target):
                raise ZhupeiError("E801", file=target) from error
        else:
            return
    # Nothing is there, or a database too broken to take pages.
    target.parent.mkdir(parents=True, exist_ok=True)
    with replacing(target, force=True) as beside:
        shutil.copyfile(path, beside)
        keep_a_log(beside)
        flush(beside)
        _clear_sides(target)


def _restore_pages(path: Path, target: Path) -> None:
    """Replace the pages of a file in one transaction, not the file itself: others may have it open."""
    with closing(_reader(path)) as source, closing(sqlite3.connect(target)) as connection:
        connection.execute(f"PRAGMA busy_timeout={patience.BUSY_TIMEOUT}")
        sizes = [one.execute("PRAGMA page_size").fetchone() for one in (source, connection)]
        # A file with a log takes no pages of another size; who has it open beside us keeps the log.
        if sizes[0] != sizes[1] and connection.execute("PRAGMA journal_mode=DELETE").fetchone() == ("wal",):
            raise sqlite3.OperationalError(_LOCKED)
        source.backup(connection, progress=_give_up_when_busy)
    keep_a_log(target)


def _begins_as_database(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(BEGIN)) == BEGIN


def flush(path: Path) -> None:
    """Wait until a file is on its disk."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _reader(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)


def _give_up_when_busy(status: int, _remaining: int, _total: int) -> None:
    # The module would try again for ever.
    if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        raise sqlite3.OperationalError(_LOCKED)


def require_whole(path: Path, head: str) -> str:
    """Return the version of a backup that is a file; E518 when it is damaged, E504 when newer than `head`."""
    version, size = _require_sound(path)
    # A file cut within its last page is read as if zeros followed.
    if size != path.stat().st_size:
        raise ZhupeiError("E518", file=path, problem=_DAMAGED)
    if version > head:
        raise ZhupeiError("E504", version=version, head=head)
    return version


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
        if code_of(error) not in (None, "E505"):
            raise
        problem = "不是本程序的备份" if "no such table" in str(error) else _DAMAGED
        raise ZhupeiError("E518", file=path, problem=problem) from error
    if found != ("ok",) or broken is not None or version is None:
        raise ZhupeiError("E518", file=path, problem=_DAMAGED)
    return version, size
