"""Work that a copy of this process does ahead, so that both processors of a machine have something to do."""

import gc
import marshal
import os
import re
import signal
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from itertools import islice
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Final, NamedTuple, NoReturn, TypeVar

from zhupei_cli.interrupts import uninterrupted

_T = TypeVar("_T")

#: Things that travel together, and bytes that say how long a piece is.
_PIECE: Final = 1_000
_LENGTH: Final = 8


@contextmanager
def worked_ahead(make: Callable[[], Iterator[_T]], *, worth: bool) -> Iterator[Iterator[_T]]:
    """Give what `make()` yields, worked out ahead by a copy of this process where there can be one.

    The copy knows all that is known now and learns nothing more; its results are of the kinds that marshal
    knows. It is only `worth` making for some thousands of them. It ends when it has told all, or when it is
    left; what it did not live to tell is worked out here.
    """
    if not worth or sys.platform != "linux" or not _has_room():
        yield make()
        return
    copy = None
    try:
        # Ctrl-C is for this process alone: in the copy it would roll back what the two have in common.
        with uninterrupted():
            copy = _copied(make)
        yield make() if copy is None else copy.told(make)
    finally:
        if copy is not None:
            copy.end()


def _has_room() -> bool:
    """Say whether the machine has memory for a copy that comes to own all that it only shares at first."""
    try:
        available = re.search(r"MemAvailable:\s*(\d+) kB", Path("/proc/meminfo").read_text())
        held = int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:  # nobody may look
        return False
    return available is not None and int(available[1]) << 10 > 2 * held


class _Copy(NamedTuple):
    """A copy of this process: its number, the file of its results, and where it says that there are more."""

    process: int
    results: IO[bytes]
    said: IO[bytes]

    def told(self, make: Callable[[], Iterator[_T]]) -> Iterator[_T]:
        """Yield what the copy has worked out, piece by piece as it says so, and the rest as it comes."""
        told = start = 0
        while len(head := self.said.read(_LENGTH)) == _LENGTH:
            size = int.from_bytes(head, "big")
            piece: list[_T] = marshal.loads(os.pread(self.results.fileno(), size, start))
            start += size
            told += len(piece)
            yield from piece
        yield from islice(make(), told, None)

    def end(self) -> None:
        """End the process, if it lives still."""
        # Whoever started us may have all children reaped.
        with suppress(ProcessLookupError, ChildProcessError):
            os.kill(self.process, signal.SIGKILL)
            os.waitpid(self.process, 0)
        self.said.close()
        self.results.close()


def _copied(make: Callable[[], Iterator[_T]]) -> _Copy | None:
    """Return a copy that works out what `make()` yields; None where the system gives none."""
    with ExitStack() as opened:
        try:
            results = opened.enter_context(TemporaryFile(buffering=0))
            source, target = os.pipe()
            said = opened.enter_context(os.fdopen(source, "rb", buffering=0))
            saying = opened.enter_context(os.fdopen(target, "wb", buffering=0))
            process = _forked()
        except OSError:
            return None
        if not process:
            said.close()
            _work(make, results, saying)
        opened.pop_all()
        saying.close()
        return _Copy(process, results, said)


def _forked() -> int:
    with warnings.catch_warnings():
        # Another thread may be drawing how far the work has come: the copy draws nothing.
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def _work(make: Callable[[], Iterator[_T]], results: IO[bytes], saying: IO[bytes]) -> NoReturn:
    """Work everything out, and end the process: nothing of what it was copied from is its own to tidy up."""
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # who asked takes Ctrl-C, and ends this process
        gc.disable()
        things = make()
        while piece := list(islice(things, _PIECE)):
            data = marshal.dumps(piece)
            if results.write(data) != len(data):  # the disk is full
                break
            saying.write(len(data).to_bytes(_LENGTH, "big"))
    finally:
        os._exit(0)
