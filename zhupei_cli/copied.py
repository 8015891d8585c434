"""Work that a copy of this process does ahead, so that both processors of a machine have something to do."""

import marshal
import os
import re
import signal
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Final, TypeVar

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
    with TemporaryFile(buffering=0) as results:
        source, target = os.pipe()
        copy = _copy()
        if not copy:
            os.close(source)
            _work(make, results, target)
        os.close(target)
        try:
            with os.fdopen(source, "rb", buffering=0) as said:
                yield _told(make, said, results.fileno())
        finally:
            os.kill(copy, signal.SIGKILL)
            os.waitpid(copy, 0)


def _has_room() -> bool:
    """Say whether there is memory for a copy even if it comes to own all that it only shares at first."""
    available = re.search(r"MemAvailable:\s*(\d+) kB", Path("/proc/meminfo").read_text())
    held = int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return available is not None and int(available[1]) << 10 > 2 * held


def _copy() -> int:
    with warnings.catch_warnings():
        # Another thread may be drawing how far the work has come: the copy draws nothing.
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def _told(make: Callable[[], Iterator[_T]], said: IO[bytes], results: int) -> Iterator[_T]:
    """Yield what the copy has worked out, as it says that one more piece of it stands in `results`."""
    told = start = 0
    while len(head := said.read(_LENGTH)) == _LENGTH:
        size = int.from_bytes(head, "big")
        piece: list[_T] = marshal.loads(os.pread(results, size, start))
        start += size
        told += len(piece)
        yield from piece
    yield from islice(make(), told, None)


def _work(make: Callable[[], Iterator[_T]], results: IO[bytes], target: int) -> None:
    """Work everything out, and end the process: nothing of what it was copied from is its own to tidy up."""
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # who asked takes Ctrl-C, and ends this process
        things = make()
        while piece := list(islice(things, _PIECE)):
            data = marshal.dumps(piece)
            results.write(data)
            os.write(target, len(data).to_bytes(_LENGTH, "big"))
    finally:
        os._exit(0)
