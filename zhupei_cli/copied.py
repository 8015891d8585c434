"""Work that a copy of this process shares, so that both processors of a machine have something to do."""

import gc
import marshal
import os
import re
import select
import signal
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Final, NamedTuple, NoReturn, TypeVar

from zhupei_cli.interrupts import uninterrupted

_T = TypeVar("_T")
_Make = Callable[[int], list[_T]]

#: Bytes of a number, and pieces whose numbers fit any pipe: who has many gets such as hold a page.
_NUMBER: Final = 4
MAX_PIECES: Final = 1_000


@contextmanager
def work_shared(make: Callable[[int], list[_T]], pieces: int) -> Iterator[Iterator[list[_T]]]:
    """Give `make(number)` of each piece of a work, in order, worked out here or by a copy of this process.

    Whoever has nothing to do takes the next piece; here that is while a piece is waited for. The copy knows
    all that is known now and learns nothing more; results are of the kinds that marshal knows. It ends when
    all pieces are taken, or when it is left; what it did not live to tell is worked out here, and all where
    there can be no copy. `pieces` are at most `MAX_PIECES`.
    """
    copy = None
    try:
        if sys.platform == "linux" and _has_room():
            # Ctrl-C is for this process alone: in the copy it would roll back what the two have in common.
            with uninterrupted():
                copy = _copied(make, pieces)
        yield map(make, range(pieces)) if copy is None else copy.told(make, pieces)
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
    """A copy of this process: its number, the file of its results, what it says of them, what is to be done.

    It says the number of each piece and how many bytes its results are.
    """

    process: int
    results: IO[bytes]
    said: IO[bytes]
    to_do: IO[bytes]

    def told(self, make: _Make[_T], pieces: int) -> Iterator[list[_T]]:
        """Yield the results of all pieces in their order, working while the next one is under way."""
        mine: dict[int, list[_T]] = {}
        theirs: dict[int, tuple[int, int]] = {}
        written, lives = 0, True
        for piece in range(pieces):
            while piece not in mine and piece not in theirs:
                if lives and select.select([self.said], [], [], 0)[0]:
                    lives, written = self._heard(theirs, written)
                elif not lives:
                    mine[piece] = make(piece)
                elif (taken := _number(self.to_do)) is not None:
                    mine[taken] = make(taken)
                else:
                    lives, written = self._heard(theirs, written)
            yield mine.pop(piece) if piece in mine else self._read(*theirs.pop(piece))

    def _heard(self, theirs: dict[int, tuple[int, int]], written: int) -> tuple[bool, int]:
        """Hear of one more piece; return whether the copy lives, and how much it has written."""
        piece, size = _number(self.said), _number(self.said)
        if piece is None or size is None:
            return False, written
        theirs[piece] = written, size
        return True, written + size

    def _read(self, start: int, size: int) -> list[_T]:
        results: list[_T] = marshal.loads(os.pread(self.results.fileno(), size, start))
        return results

    def end(self) -> None:
        """End the process, if it lives still."""
        # Whoever started us may have all children reaped.
        with suppress(ProcessLookupError, ChildProcessError):
            os.kill(self.process, signal.SIGKILL)
            os.waitpid(self.process, 0)
        for file in (self.said, self.to_do, self.results):
            file.close()


def _number(source: IO[bytes]) -> int | None:
    """Read a number; None at the end."""
    data = source.read(_NUMBER)
    return int.from_bytes(data, "big") if len(data) == _NUMBER else None


def _bytes(number: int) -> bytes:
    return number.to_bytes(_NUMBER, "big")


def _copied(make: _Make[_T], pieces: int) -> _Copy | None:
    """Return a copy that works pieces out; None where the system gives none."""
    with ExitStack() as opened:
        try:
            results = opened.enter_context(TemporaryFile(buffering=0))
            said, saying = _pipe(opened)
            to_do, ordering = _pipe(opened)
            # Nobody has to be asked for the next piece: all are in the pipe, and both take from it.
            ordering.write(b"".join(map(_bytes, range(pieces))))
            ordering.close()
            process = _forked()
        except OSError:
            return None
        if not process:
            said.close()
            _work(make, to_do, results, saying)
        opened.pop_all()
        saying.close()
        return _Copy(process, results, said, to_do)


def _pipe(opened: ExitStack) -> tuple[IO[bytes], IO[bytes]]:
    source, target = os.pipe()
    return (
        opened.enter_context(os.fdopen(source, "rb", buffering=0)),
        opened.enter_context(os.fdopen(target, "wb", buffering=0)),
    )


def _forked() -> int:
    with warnings.catch_warnings():
        # Another thread may be drawing how far the work has come: the copy draws nothing.
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def _work(make: _Make[_T], to_do: IO[bytes], results: IO[bytes], saying: IO[bytes]) -> NoReturn:
    """Work pieces out, and end the process: nothing of what it was copied from is its own to tidy up."""
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # who asked takes Ctrl-C, and ends this process
        gc.disable()
        while (piece := _number(to_do)) is not None:
            data = marshal.dumps(make(piece))
            if results.write(data) != len(data):  # the disk is full
                break
            saying.write(_bytes(piece) + _bytes(len(data)))
    finally:
        os._exit(0)
