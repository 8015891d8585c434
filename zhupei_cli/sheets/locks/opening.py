"""Workbooks with a password, opened: in a process of its own, for the file may be anybody's."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import Final

import zhupei_cli
from zhupei_cli.words.errors import ZhupeiError

_COMPOUND: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PREFIX: Final = "zhupei-open-"
#: Seconds: for making the key, which a hostile file may want a billion times, and for the rest.
_PATIENCE: Final = 60
#: Seconds after which a folder is no running program's.
_OVER: Final = 6 * 3600
_MEMORY: Final = 2 << 30
_START: Final = (
    "import sys; sys.path[:] = sys.argv[3:]; from zhupei_cli.sheets.locks.opening import main; main()"
)
#: How the process ends: decrypted, no password on it, another password, not to be read.
_OPENED, _PLAIN, _WRONG, _BROKEN = 0, 3, 4, 5


@contextmanager
def unlocked(path: Path, password: str | None) -> Iterator[Path]:
    """Yield a copy of a workbook without its password, as long as the block lasts; itself if it has none.

    Raises E786 for another password, E787 when it is protected in a way nobody reads.
    """
    if password is None or not _may_be_locked(path):
        yield path
        return
    _sweep()
    with TemporaryDirectory(prefix=_PREFIX) as folder:  # mode 0700
        copy = Path(folder) / path.name
        code = _run(path, copy, password)
        if code == _WRONG:
            raise ZhupeiError("E786", file=path.name)
        if code not in (_OPENED, _PLAIN):
            raise ZhupeiError("E787", file=path.name)
        yield copy if code == _OPENED else path


def _may_be_locked(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_COMPOUND)) == _COMPOUND


def _run(path: Path, copy: Path, password: str) -> int:
    here = str(Path(zhupei_cli.__file__).parent.parent)
    files = [os.fspath(path.absolute()), os.fspath(copy)]
    command = [sys.executable, "-I", "-X", "utf8", "-c", _START, *files, here, *filter(None, sys.path)]
    with suppress(subprocess.TimeoutExpired):
        # The password goes through a pipe: others can read what a program was started with.
        done = subprocess.run(command, input=password.encode(), stderr=subprocess.DEVNULL, timeout=_PATIENCE)
        return done.returncode
    return _BROKEN


def _sweep() -> None:
    """Remove what killed runs left: whole ID numbers are in it."""
    for left in Path(gettempdir()).glob(f"{_PREFIX}*"):
        with suppress(OSError):  # somebody else's is theirs to remove
            if time.time() - left.stat().st_mtime > _OVER:
                shutil.rmtree(left)


def main() -> None:
    """Decrypt argv[1] to argv[2] with the password on stdin; the exit code says how it went."""
    with suppress(ImportError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    sys.exit(_decrypt(Path(sys.argv[1]), Path(sys.argv[2]), sys.stdin.buffer.read().decode()))


def _decrypt(path: Path, copy: Path, password: str) -> int:
    import msoffcrypto
    from msoffcrypto.exceptions import InvalidKeyError

    try:
        with path.open("rb") as file:
            office = msoffcrypto.OfficeFile(file)
            if not office.is_encrypted():
                return _PLAIN
            office.load_key(password=password)
            with copy.open("wb") as out:
                office.decrypt(out)
    except InvalidKeyError:
        return _WRONG
    except Exception:  # whatever a broken file leads it to
        return _BROKEN
    return _OPENED
