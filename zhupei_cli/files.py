"""Writing a file so that its readers see the old content or the new one, never half of it."""

import errno
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from contextvars import ContextVar
from functools import cache, partial
from pathlib import Path
from typing import Final

from zhupei_cli.interrupts import uninterrupted
from zhupei_cli.oswords import os_words
from zhupei_cli.words.errors import ZhupeiError

#: Lists of people are for whoever made them.
PRIVATE = 0o600
#: How files in the making begin; those of `appearing` on their own, so that they can be swept.
_ONE, _TOGETHER = ".zhupei-", ".zhupei-nightly-"
_LOCK = ".lock-zhupei-nightly"


@contextmanager
def replacing(path: Path, *, force: bool = False, keep: bool = True) -> Iterator[Path]:
    """Yield an empty file beside `path` that takes its place when the block ends well, unless not to `keep`.

    It has the suffix of `path` and mode 0600; missing folders are made. On any error it goes away and
    `path` stays as it was. Raises E002 when `path` exists, unless `force`, E003 when it cannot be written.
    """
    held = _HELD.get()
    if held is not None and str(path) in held:
        raise ZhupeiError("E002", file=path)
    refuse_existing(path, force=force)
    beside = _beside(path)
    waits = False
    try:
        with _told(path, beside):
            yield beside
        beside.chmod(PRIVATE)  # some writers make the file anew
        refuse_existing(path, force=force)  # looked at again: the work may have taken minutes
        if waits := keep and held is not None:
            held[str(path)] = str(beside)
        elif keep:
            _rename(beside, path)
    finally:
        if not waits:
            _remove(beside)


@contextmanager
def made_beside(path: Path, *, force: bool = False) -> Iterator[Path]:
    """Yield an empty file beside `path`; it goes away unless `put_in_place` gives it that place.

    For what must be whole before it is written down that it was made. Raises as `replacing`.
    """
    refuse_existing(path, force=force)
    beside = _beside(path)
    try:
        with _told(path, beside):
            yield beside
    finally:
        _remove(beside)


def put_in_place(beside: Path, path: Path, *, force: bool = False) -> Path:
    """Give a file of `made_beside` its place, and return where it is: beside `path` where that cannot be.

    It is written down by now: that Excel has the old file open, or another one came meanwhile, loses nothing.
    """
    beside.chmod(PRIVATE)
    try:
        refuse_existing(path, force=force)
        _rename(beside, path)
    except ZhupeiError:
        path = free_path(path)
        with _told(path, path):
            path.touch(PRIVATE)
            # A scanner that looks at the new file keeps it from being renamed, not from being read.
            path.write_bytes(beside.read_bytes())
    return path


#: Files that `together` holds back, each by its place; as text, for there may be 100,000.
_HELD: ContextVar[dict[str, str] | None] = ContextVar("held", default=None)


@contextmanager
def together() -> Iterator[None]:
    """Hold back every file that `replacing` writes in the block until all are written.

    A set of lists that was killed half-way would be refused when it is made again: its first files are there.
    """
    held: dict[str, str] = {}
    before = _HELD.set(held)
    try:
        yield
        with uninterrupted():
            for path, beside in held.items():
                _rename(Path(beside), Path(path))
    finally:
        _HELD.reset(before)
        for beside in held.values():
            _remove(Path(beside))


def _remove(beside: Path) -> None:
    with suppress(OSError):  # what stopped the writing is to be told, not this
        beside.unlink(missing_ok=True)


#: What a disk says, whichever of several files it names.
_OF_DISKS = frozenset(
    getattr(errno, name) for name in ("ENOSPC", "EDQUOT", "EFBIG", "EIO", "EROFS") if hasattr(errno, name)
)


@contextmanager
def _told(path: Path, beside: Path) -> Iterator[None]:
    """Raise E003 about `path` when the disk does not take what is written beside it."""
    try:
        yield
    except OSError as error:
        if error.errno not in _OF_DISKS and error.filename not in (None, beside, str(beside)):
            raise
        raise _unwritable(path, error) from error


@contextmanager
def appearing(contents: Mapping[Path, bytes]) -> Iterator[None]:
    """Write files beside their places; when the block ends well they all take these, else none does.

    Files that exist are replaced. Raises E003 when one cannot be: those replaced before it are put back.
    """
    with ExitStack() as stack:
        besides = {path: _written(path, content, stack) for path, content in contents.items()}
        yield
        with ExitStack() as undo:
            for path, beside in besides.items():
                back = _way_back(path, stack)
                _rename(beside, path)
                undo.callback(back)
            undo.pop_all()


def _written(path: Path, content: bytes, stack: ExitStack) -> Path:
    beside = _beside(path, _TOGETHER)
    stack.callback(beside.unlink, missing_ok=True)
    try:
        with beside.open("wb") as file:
            file.write(content)
            file.flush()
            # A renamed file whose content the disk has not seen yet is empty after a power cut.
            os.fsync(file.fileno())
    except OSError as error:
        raise _unwritable(path, error) from error
    return beside


def _way_back(path: Path, stack: ExitStack) -> Callable[[], object]:
    """Return the call that makes `path` again what it is now; a copy goes away with `stack`."""
    if not path.is_file():
        return partial(path.unlink, missing_ok=True)
    return partial(_written(path, path.read_bytes(), stack).replace, path)


#: Seconds after which a file in the making is no running program's.
_OVER: Final = 24 * 3600


@cache
def _sweep_old(folder: Path) -> None:
    """Remove what killed programs left in `folder`: whole ID numbers may be in it. Looked for once a run."""
    from time import time

    for left in folder.glob(f"{_ONE}*"):
        with suppress(OSError):  # somebody else's is theirs to remove
            if left.is_file() and left.stat().st_mtime < time() - _OVER:
                left.unlink()


def sweep(folder: Path) -> None:
    """Remove what killed runs of `appearing` left; only for who is alone in `folder`."""
    for left in folder.glob(f"{_TOGETHER}*"):
        left.unlink(missing_ok=True)


@contextmanager
def alone(folder: Path, *, seconds: float) -> Iterator[None]:
    """Be the only process working in `folder` (made if missing); E610 when another still is after `seconds`.

    The lock goes with the process that holds it, however that ends.
    """
    path = folder / _LOCK
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT, PRIVATE)
    except OSError as error:
        raise _unwritable(folder, error) from error
    try:
        _wait_for_lock(handle, folder, seconds)
        yield
    finally:
        os.close(handle)


def _wait_for_lock(handle: int, folder: Path, seconds: float) -> None:
    from time import monotonic, sleep

    deadline = monotonic() + seconds
    while not _locked(handle):
        if monotonic() >= deadline:
            raise ZhupeiError("E610", folder=folder, seconds=f"{seconds:.0f}")
        sleep(0.1)


def _locked(handle: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def shown_path(path: Path) -> str:
    """Return a path as it may be shown and stored: bytes that are no UTF-8 (a name in GBK) are escaped."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def safe_name(name: str) -> str:
    """Return `name` as a file may be called everywhere: what Windows refuses becomes `_`."""
    return re.sub(r'[\\/:*?"<>|\x00-\x1f]', "_", name)


def name_of_part(code: str, name: str, what: str, ending: str) -> str:
    """Return what a file of many is called, of one base or site: `<code>_<name>_<what>.<ending>`.

    `name` is the plain one: of a joint base the code says which it is, and lists name the main base.
    """
    return safe_name(f"{code}_{name}_{what}.{ending}")


def refuse_existing(path: Path, *, force: bool = False) -> None:
    """Raise E002 when `path` exists and may not be replaced; folders and devices never are."""
    if path.exists() and not (force and path.is_file()):
        raise ZhupeiError("E002", file=path)


def free_path(target: Path) -> Path:
    """Return `target`, or where it exists `…-2.xlsx` and so on."""
    path, number = target, 1
    while path.exists():
        number += 1
        path = target.with_stem(f"{target.stem}-{number}")
    return path


def _beside(path: Path, prefix: str = _ONE) -> Path:
    from tempfile import mkstemp

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _sweep_old(path.parent)
        handle, name = mkstemp(prefix=prefix, suffix=path.suffix, dir=path.parent)
    except OSError as error:
        raise _unwritable(path, error) from error
    os.close(handle)
    return Path(name)


def _rename(beside: Path, path: Path) -> None:
    try:
        beside.replace(path)
    except OSError as error:  # on Windows: the old file is open in Excel
        raise _unwritable(path, error) from error


def _unwritable(path: Path, error: OSError) -> ZhupeiError:
    return ZhupeiError("E003", file=path, detail=os_words(error))
