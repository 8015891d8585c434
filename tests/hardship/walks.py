"""Running every command in a process of its own that may lose its disk, its rights or its streams."""

import contextlib
import ctypes
import io
import os
import shlex
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

from tests.conftest import NOW, OPERATOR
from tests.hardship.world import LINES, NEW, WHO
from zhupei_cli.shell.cli import cli

_NEW_MOUNTS: Final = 0x0002_0000
_PRIVATE: Final = 0x0004_4000
_REMOUNT_READ_ONLY: Final = 0x21
#: A disk of this size is full with the database and its side files on it.
_DISK: Final = "size=6m"


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended, whatever was done to it."""

    command: str
    code: int
    out: str
    err: str


def apart(work: Callable[..., list[Ended]], *args: Any) -> list[Ended]:
    """Return what `work` returns in a process that may be spoilt.

    A new one, not a fork: where a form was typeset before, a fork waits for threads that it does not have.
    """
    with ProcessPoolExecutor(1, get_context("spawn")) as processes:
        return processes.submit(work, *args).result()


def run(
    command: str, url: str, home: Path, *, stream: Callable[[], Any] | None = io.BytesIO, stdin: str = ""
) -> Ended:
    """Run the line of one command; `stream` makes stdout and stderr, None closes them."""
    words = shlex.split(LINES[command].format(home=home, url=url, who=WHO, new=NEW))
    args = ["--database", url, *command.split(), *words]
    before = sys.stdin, sys.stdout, sys.stderr
    streams = [None if stream is None else io.TextIOWrapper(stream(), "utf-8") for _ in range(2)]
    sys.stdin = io.StringIO(stdin or "geheim2026a\n") if stream is not None else None
    sys.stdout, sys.stderr = streams
    code: Any = None
    try:
        cli.main(args, obj=lambda: NOW)
    except SystemExit as end:
        code = end.code
    finally:
        sys.stdin, sys.stdout, sys.stderr = before
    return Ended(command, code or 0, *(_said(one) for one in streams))


def _said(stream: io.TextIOWrapper | None) -> str:
    if stream is None or not isinstance(stream.buffer, io.BytesIO):
        return ""
    with contextlib.suppress(OSError):
        stream.flush()
    return stream.buffer.getvalue().decode("utf-8", "replace")


def prepare(home: Path) -> None:
    """Make the process one that runs commands: nobody's settings, a known operator."""
    for name in [name for name in os.environ if name.startswith(("ZHUPEI_", "XDG_"))]:
        del os.environ[name]
    os.environ |= {"ZHUPEI_OPERATOR": OPERATOR, "COLUMNS": "80", "XDG_CONFIG_HOME": str(home / "config")}
    os.environ |= {"XDG_DATA_HOME": str(home / "data"), "ZHUPEI_NO_INPUT": "1"}
    os.chdir(home)


@contextlib.contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    """Lay an empty disk of a few MB over `folder`, for this process alone; OSError for who may not."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_NEW_MOUNTS) or libc.mount(None, b"/", None, _PRIVATE, None):
        raise OSError(ctypes.get_errno(), "unshare")
    if libc.mount(b"none", os.fsencode(folder), b"tmpfs", 0, _DISK.encode()):
        raise OSError(ctypes.get_errno(), "mount")
    try:
        yield
    finally:
        libc.umount2(os.fsencode(folder), 2)


def make_read_only(folder: Path) -> None:
    """Let nobody write on the disk that `small_disk` laid there."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(b"none", os.fsencode(folder), b"tmpfs", _REMOUNT_READ_ONLY, None):
        raise OSError(ctypes.get_errno(), "mount")


def fill_up(folder: Path) -> None:
    """Leave not a byte of the disk."""
    with (folder / "voll").open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(4096))


@contextlib.contextmanager
def in_use(path: Path) -> Iterator[None]:
    """Keep a database open, as others who work with it do: its side files stay."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("SELECT count(*) FROM event").fetchone()
        yield


def fresh(source: Path, target: Path) -> None:
    """Make `target` a copy of the folder `source`."""
    for one in target.iterdir():
        shutil.rmtree(one) if one.is_dir() else one.unlink()
    shutil.copytree(source, target, dirs_exist_ok=True)


def temporary() -> Path:
    """Return a folder that everybody may enter."""
    folder = Path(tempfile.mkdtemp(prefix="hardship-"))
    folder.chmod(0o755)
    return folder
