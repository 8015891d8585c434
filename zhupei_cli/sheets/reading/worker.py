"""Asking the process that reads workbooks, and what to say when it does not live to answer."""

import atexit
import marshal
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Final

import zhupei_cli
from zhupei_cli.sheets.reading.rows import Limits, Message
from zhupei_cli.words.errors import ZhupeiError

#: Seconds without a sign of life, and bytes of a file for each second more.
PATIENCE: Final = 9.0
_SPEED: Final = 1 << 20
_UNPACKED_SPEED: Final = 8 << 20
#: Bytes the process may be ahead of its parent: a piece or two of a sheet, or neither would ever be idle.
_AHEAD: Final = 1 << 20
_START: Final = (
    "import sys; sys.path[:] = sys.argv[1:]; from zhupei_cli.sheets.reading.child import main; main()"
)
_LAST: Final = ("done", "error", "system", "broken")


class Worker:
    """A reading process, started when first asked and kept for further files. Ask for one file at a time."""

    def __init__(self, start: str = _START) -> None:
        #: The most memory the process has had, in bytes, as it said after the last good file.
        self.peak = 0
        #: The bytes of the last message.
        self.data = b""
        self._start = start
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0

    def read(self, path: Path, limits: Limits, *, patience: float = PATIENCE) -> Iterator[Message]:
        """Yield what the file holds, as `child` describes it.

        Raises the ZhupeiError a file is refused with, E042 (takes too long), E043 (too much memory), E044
        (the process broke down over it). Whoever stops half-way ends the process.
        """
        patience += path.stat().st_size / _SPEED
        process = self._running()
        answered = False
        try:
            _send(process, (os.fspath(path.absolute()), limits.rows, limits.columns))
            while not answered:
                message, self.data = _receive(process, patience, file=path.name)
                answered = message[0] in _LAST
                if message[0] == "size":
                    patience += message[1] / _UNPACKED_SPEED
                elif not answered:
                    yield message
            if message[0] == "done":
                self.peak = message[1]
            else:
                answered = message[0] == "error" and message[1] != "E043"
                raise _refused(message, path)
        finally:
            if not answered:
                self.close()

    @property
    def process_id(self) -> int | None:
        """Return the number of the process, None when there is none."""
        return None if self._process is None else self._process.pid

    def close(self) -> None:
        """End the process; the next question starts another."""
        process, self._process = self._process, None
        if process is None or self._owner != os.getpid():
            return
        process.kill()
        process.communicate()

    def _running(self) -> "subprocess.Popen[bytes]":
        if self._process is not None and self._owner == os.getpid() and self._process.poll() is None:
            return self._process
        self.close()
        here = str(Path(zhupei_cli.__file__).parent.parent)
        # Without site: half the time to start. What site found is told.
        command = [sys.executable, "-I", "-S", "-X", "utf8", "-c", self._start, here, *filter(None, sys.path)]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL)
        self._owner = os.getpid()
        _widen(self._process)
        return self._process


#: The one this program asks.
WORKER: Final = Worker()
atexit.register(WORKER.close)


def _widen(process: "subprocess.Popen[bytes]") -> None:
    if sys.platform == "linux" and process.stdout is not None:
        import fcntl

        with suppress(OSError):  # users have a limit on wide pipes together
            fcntl.fcntl(process.stdout, fcntl.F_SETPIPE_SZ, _AHEAD)


def _send(process: "subprocess.Popen[bytes]", request: Message) -> None:
    assert process.stdin is not None
    data = marshal.dumps(request)
    process.stdin.write(len(data).to_bytes(4, "big") + data)
    process.stdin.flush()


def _receive(process: "subprocess.Popen[bytes]", patience: float, *, file: str) -> tuple[Message, bytes]:
    """Return the next message and its bytes; E042 or E044 when none comes."""
    assert process.stdout is not None
    late = threading.Event()

    def end() -> None:
        late.set()
        process.kill()

    timer = threading.Timer(patience, end)
    timer.start()
    try:
        data = _message(process.stdout)
    finally:
        timer.cancel()
    if data is None:
        code = process.wait()
        slow = late.is_set() or code == -_SIGXCPU
        raise ZhupeiError("E042" if slow else "E044", file=file)
    return marshal.loads(data), data


#: What a process is ended with that has used up its time; the same number wherever there is one.
_SIGXCPU: Final = 24


def _message(source: IO[bytes]) -> bytes | None:
    head = source.read(4)
    size = int.from_bytes(head, "big")
    data = source.read(size) if len(head) == 4 else b""
    return None if len(head) < 4 or len(data) < size else data


def _refused(message: Message, path: Path) -> Exception:
    if message[0] == "error":
        return ZhupeiError(message[1], **message[2])
    if message[0] == "system":
        return OSError(message[1], message[2], os.fspath(path))
    broken = ZhupeiError("E044", file=path.name)
    broken.add_note(message[1])  # for --debug
    return broken
