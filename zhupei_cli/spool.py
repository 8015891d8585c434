"""Pieces of bytes that wait in a file without a name: more of them than memory should hold."""

import os
import sys
from array import array
from contextlib import suppress
from tempfile import TemporaryFile
from typing import IO, Final

#: Bytes that wait in memory until they are written together, and bytes that are read together.
_TOGETHER: Final = 1 << 20
_WINDOW: Final = 1 << 18


class Spool:
    """Pieces by their number, from 0.

    The last ones wait in memory, and all of them where no file can be written. A copy of the process may read
    what is there already.
    """

    def __init__(self) -> None:
        #: Where each piece ends, behind a first 0.
        self._ends = array("Q", [0])
        self._waiting = bytearray()
        self._written = 0
        self._file: IO[bytes] | None = None
        self._in_memory = False
        self._window, self._window_at = b"", 0

    def __del__(self) -> None:
        if self._file is not None:
            self._file.close()

    def __len__(self) -> int:
        return len(self._ends) - 1

    def append(self, piece: bytes) -> None:
        """Add a piece."""
        self._waiting += piece
        self._ends.append(self._ends[-1] + len(piece))
        if len(self._waiting) >= _TOGETHER and not self._in_memory:
            self._write()

    def __getitem__(self, number: int) -> bytes:
        start, end = self._ends[number], self._ends[number + 1]
        if start >= self._written:
            return bytes(self._waiting[start - self._written : end - self._written])
        if not self._window_at <= start <= end <= self._window_at + len(self._window):
            self._window, self._window_at = self._read(start, max(end - start, _WINDOW)), start
        return self._window[start - self._window_at : end - self._window_at]

    def _write(self) -> None:
        """Write what waits; where the disk is full, or nothing may be written, it stays for good."""
        self._in_memory = True
        with suppress(OSError):
            self._file = self._file or TemporaryFile(buffering=0)  # noqa: SIM115 (closed with us)
            self._file.seek(self._written)
            while self._waiting:
                done = self._file.write(self._waiting)
                self._written += done
                del self._waiting[:done]
            self._in_memory = False

    def _read(self, start: int, size: int) -> bytes:
        """Return up to `size` bytes; of pieces that are only half in the file, the rest too."""
        assert self._file is not None
        there = min(size, self._written - start)
        if sys.platform == "win32":
            self._file.seek(start)
            found = self._file.read(there)
        else:  # where a copy of the process reads the same file at another place
            found = os.pread(self._file.fileno(), there, start)
        return found if there == size else found + bytes(self._waiting[: size - there])
