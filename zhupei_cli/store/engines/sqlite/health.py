"""How a SQLite database does: its place, its log, its pages."""

import os
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import quote

from sqlalchemy import URL, Connection, text
from sqlalchemy.exc import DatabaseError

from zhupei_cli.store.engines.backend import Check, State
from zhupei_cli.store.engines.sqlite.file import sqlite_path
from zhupei_cli.store.engines.sqlite.words import code_of

#: Locks and shared memory do not work there: SQLite's log (WAL) loses what was written.
_NETWORK: Final = frozenset(
    ("nfs", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "ncpfs", "afs", "9p", "fuse.sshfs", "davfs")
)
_MIB: Final = 1 << 20
_LITTLE, _NOTHING = 500 * _MIB, 50 * _MIB


def size(connection: Connection, url: URL) -> int:
    """Return the bytes of the file."""
    del connection
    return sqlite_path(url).stat().st_size


def place_checks(url: URL) -> Iterator[Check]:
    """Look at the disk and the permissions of the file."""
    path = sqlite_path(url)
    mounts = Path("/proc/mounts")
    kind = network_type(path, mounts.read_text("utf-8", "replace") if mounts.is_file() else "")
    if kind is not None:
        cure = "把数据库移到本机磁盘，或改用 PostgreSQL"
        yield Check(
            "数据库位置", f"{path.parent} 在网络共享上（{kind}），多人使用会损坏数据", State.BAD, cure
        )
    if not path.is_file():
        return
    yield _space(path)
    if os.name == "posix" and path.stat().st_mode & 0o077:
        cure = f"chmod 600 {path}"
        yield Check("文件权限", f"{path.name} 别的用户也能读，里面有个人信息", State.WARNING, cure)
    if not os.access(path, os.W_OK) or not os.access(path.parent, os.W_OK):
        cure = "检查文件和文件夹的写权限"
        yield Check("文件权限", f"{path} 只能读，不能写", State.WARNING, cure)


def network_type(path: Path, mounts: str) -> str | None:
    """Return the type of the network file system `path` is on, None for a local disk.

    `mounts` is what /proc/mounts says; on Windows the path itself tells.
    """
    if sys.platform == "win32":
        import ctypes

        drive = path.absolute().drive
        remote = drive.startswith("\\\\") or ctypes.windll.kernel32.GetDriveTypeW(drive + "\\") == 4
        return "Windows 共享" if remote else None
    place = str(path.resolve())
    best, kind = "", ""
    for line in mounts.splitlines():
        _, folder, type_, *_ = [*line.split(" "), "", "", ""]
        folder = folder.replace("\\040", " ")
        inside = place == folder or place.startswith(folder.rstrip("/") + "/")
        if folder and inside and len(folder) >= len(best):
            best, kind = folder, type_
    return kind if kind in _NETWORK else None


def _space(path: Path) -> Check:
    free = shutil.disk_usage(path.parent).free
    state = State.BAD if free < _NOTHING else State.WARNING if free < _LITTLE else State.OK
    return Check(
        "磁盘空间",
        f"数据库所在的磁盘还有 {free // _MIB} MB",
        state,
        "" if state is State.OK else "清理磁盘；磁盘写满后不能再写入",
    )


def running_checks(url: URL) -> Iterator[Check]:
    """Look whether readers and a writer can work side by side, and whether somebody writes just now."""
    path = sqlite_path(url)
    address = f"file:{quote(str(path.absolute()))}?mode=rw"
    with closing(sqlite3.connect(address, uri=True, timeout=0.2)) as db:
        db.isolation_level = None
        (mode,) = db.execute("PRAGMA journal_mode").fetchone()
        if mode == "wal":
            yield Check("日志方式", "WAL，查看不受写入影响")
        else:
            cure = f"没有人使用时运行：sqlite3 {path.name} 'PRAGMA journal_mode=WAL'"
            yield Check("日志方式", f"{mode}，写入时别人要等待", State.WARNING, cure)
        try:
            db.execute("BEGIN IMMEDIATE")
            db.execute("ROLLBACK")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                return  # a file that can only be read has been told of
            cure = "等它结束；没有命令在运行的，看看有没有卡住的程序"
            yield Check("占用", "别的程序正在写入数据库", State.WARNING, cure)
        else:
            yield Check("占用", "没有别的程序在写入")


@contextmanager
def damage_sought(connection: Connection) -> Iterator[Callable[[], list[str]]]:
    """Look for broken pages while the block lasts; what is yielded says which there are, and waits for it.

    SQLite reads the whole file, and needs a processor for it that need not be the one of the block.
    """
    reading = connection.engine.execution_options(zhupei_read_only=True)
    with reading.connect() as own, ThreadPoolExecutor(1) as beside:
        # Each page is read once or so: to hold 128 MB of them would gain nothing.
        own.exec_driver_sql("PRAGMA cache_size=-16384")
        found = beside.submit(_damage, own)
        try:
            yield found.result
        finally:
            while not found.done():  # nobody waits for it any more; who has not begun cannot be interrupted
                own.connection.interrupt()
                wait([found], timeout=0.05)


def _damage(connection: Connection) -> list[str]:
    try:
        found = [str(row[0]) for row in connection.execute(text("PRAGMA integrity_check(5)"))]
    except DatabaseError as error:
        if error.orig is None or code_of(error.orig) not in (None, "E505"):
            raise  # it is locked, or cannot be read: whether it is damaged nobody knows
        found = [str(error.orig)]
    return [] if found == ["ok"] else found


def dangling(connection: Connection) -> list[str]:
    """Return tables whose rows point nowhere."""
    return [f"{row[0]} → {row[2]}" for row in connection.execute(text("PRAGMA foreign_key_check"))]


def planted(connection: Connection) -> list[str]:
    """Return triggers and views: none is ours."""
    kinds = "SELECT type || ' ' || name FROM sqlite_master WHERE type IN ('trigger', 'view')"
    return list(connection.execute(text(kinds)).scalars())
