"""Whether everything around the program is as it should be: what `zhupei doctor` looks at."""

import os
import shutil
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final
from urllib.parse import quote

from sqlalchemy import func, select, text

from zhupei_cli.acting import CST
from zhupei_cli.model import Event
from zhupei_cli.services.records import event_times
from zhupei_cli.services.upkeep.databases import database_info
from zhupei_cli.settings import Settings
from zhupei_cli.store.engine import HEAD, open_engine, parse_url, reading, shown_url, sqlite_path
from zhupei_cli.store.failures import translated
from zhupei_cli.words.catalogue import CATALOGUE
from zhupei_cli.words.errors import ZhupeiError
from zhupei_cli.words.vocabulary import CodeTable


class State(StrEnum):
    OK = "ok"
    WARNING = "warning"
    BAD = "bad"


STATE: Final = CodeTable("检查结果", {State.OK: "正常", State.WARNING: "注意", State.BAD: "异常"})

#: Locks and shared memory do not work there: SQLite's log (WAL) loses what was written.
_NETWORK = frozenset(
    ("nfs", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "ncpfs", "afs", "9p", "fuse.sshfs", "davfs")
)
_MIB = 1 << 20
_LITTLE, _NOTHING = 500 * _MIB, 50 * _MIB


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: what was found, and what to do where it is not ok."""

    name: str
    found: str
    state: State = State.OK
    cure: str = ""


def diagnose(settings: Settings) -> Iterator[Check]:
    """Yield what is found of the program, the database, printing and the clock."""
    yield _python()
    yield from _database(settings)
    yield from extras(parse_driver(settings.database_url))
    yield from _fonts(settings)
    yield _zone(settings.clock())


def _python() -> Check:
    from importlib.metadata import version

    found = f"Python {sys.version.split()[0]}，zhupei {version('zhupei')}，{sys.platform}"
    return Check("程序", found)


def parse_driver(url: str) -> str:
    """Return the kind of database a URL names: sqlite, postgresql, or nothing that is known."""
    return url.partition(":")[0].partition("+")[0]


# -- the database ----------------------------------------------------------------------------------


def _database(settings: Settings) -> Iterator[Check]:
    url = settings.database_url
    try:
        if parse_driver(url) == "sqlite":
            yield from _file(sqlite_path(parse_url(url)))
        info = database_info(url)
        yield Check("数据库", f"{info['server']}，{info['database']}")
        if info["version"] is None:
            raise ZhupeiError("E509", database=shown_url(url))
        if info["version"] != HEAD:
            code = "E503" if info["version"] < HEAD else "E504"
            raise ZhupeiError(code, version=info["version"], head=HEAD)
        yield Check("数据库版本", f"{HEAD}，与程序相符")
        local = parse_driver(url) == "sqlite"
        yield from _journal(sqlite_path(parse_url(url))) if local else _server(url)
        yield from _future(url, settings.clock())
    except ZhupeiError as error:
        yield Check("数据库", error.message, State.BAD, error.hint)


def _file(path: Path) -> Iterator[Check]:
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


def _journal(path: Path) -> Iterator[Check]:
    """Look whether readers and a writer can work side by side, and whether somebody writes just now."""
    address = f"file:{quote(str(path.absolute()))}?mode=rw"
    with translated(), closing(sqlite3.connect(address, uri=True, timeout=0.2)) as db:
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


def _server(url: str) -> Iterator[Check]:
    with translated(), open_engine(url).connect() as connection:
        encoding = connection.execute(text("SHOW server_encoding")).scalar_one()
        waiting = connection.execute(text("SELECT count(*) FROM pg_locks WHERE NOT granted")).scalar_one()
    state = State.OK if encoding == "UTF8" else State.BAD
    yield Check("数据库编码", encoding, state, "" if state is State.OK else "用 createdb -E UTF8 重新建库")
    if waiting:
        yield Check(
            "占用", f"有 {waiting} 个操作在等待别人", State.WARNING, "等它们结束；久等请找数据库管理员"
        )
    else:
        yield Check("占用", "没有人在等待")


def _future(url: str, now: datetime) -> Iterator[Check]:
    """Look whether something was written later than now: then this clock, or another one, is wrong."""
    with reading(url, bases=True) as session:
        last = session.execute(select(func.max(Event.at))).scalar()
        back = event_times.set_back(session)
    if last is not None and last > now + timedelta(minutes=5):
        cure = "核对这台电脑的日期和时间"
        yield Check("时钟", "数据库里有比现在更晚的操作记录", State.BAD, cure)
    if back is not None:
        entry = CATALOGUE[back.code]
        yield Check("时钟", entry.message.format_map(back.values), State.WARNING, entry.hint)


# -- what printing and servers need ----------------------------------------------------------------


def extras(driver: str) -> Iterator[Check]:
    """Yield whether the parts that are not installed with the program itself are there."""
    missing = _missing(("typst", "fontTools", "pylopdf_fonts_zh_cn", "noto_cjk_sans_otc"))
    cure = 'pip install "zhupei[print]"'
    yield _extra("打印组件", missing, "打印报名表和通知书时", cure=cure, needed=False)
    missing = _missing(("psycopg",))
    cure = 'pip install "zhupei[pg]"'
    yield _extra("PostgreSQL 组件", missing, "使用 PostgreSQL 时", cure=cure, needed=driver == "postgresql")


def _extra(name: str, missing: Sequence[str], purpose: str, *, cure: str, needed: bool) -> Check:
    if not missing:
        return Check(name, "已安装")
    state = State.BAD if needed else State.WARNING
    return Check(name, f"没有安装（{purpose}才需要）：{'、'.join(missing)}", state, cure)


def _missing(modules: Sequence[str]) -> list[str]:
    from importlib.util import find_spec

    return [module for module in modules if find_spec(module) is None]


def _fonts(settings: Settings) -> Iterator[Check]:
    if _missing(("typst", "fontTools")):
        return
    from zhupei_cli.printing.fonts import find_fonts

    try:
        fonts = find_fonts(settings.fonts)
    except ZhupeiError as error:
        yield Check("字体", error.message, State.WARNING, error.hint)
        return
    lacking = fonts.missing("住院医师规范化培训")
    if lacking:
        yield Check("字体", "没有中文字形", State.BAD, "用 ZHUPEI_FONTS 指定有中文字体的文件夹")
    else:
        yield Check("字体", "、".join(fonts.families[:3]))
    if fonts.unreadable:
        names = "、".join(path.name for path in fonts.unreadable[:3])
        told = f"{len(fonts.unreadable)} 个文件读不出：{names}"
        yield Check("字体", told, State.WARNING, "换成完好的字体文件，或从文件夹中移走")


def _zone(now: datetime) -> Check:
    local = now.astimezone()
    shown = f"{now.astimezone(CST):%Y-%m-%d %H:%M:%S}（北京时间）"
    if local.utcoffset() == CST.utcoffset(None):
        return Check("时间", shown)
    cure = "不影响使用；输入和显示的时间都按北京时间"
    return Check("时间", f"{shown}，这台电脑用的是 UTC{local:%z}", State.WARNING, cure)
