"""The three streams of the program: open or closed, of whatever encoding, full or broken."""

import errno
import io
import os
import sys
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


def plain_streams() -> None:
    """Let a stream that cannot show a character show a question mark; one that is closed swallows all.

    A closed one is opened on nothing, the lowest first: else the next file the program opens, the database
    maybe, would get its number and what is printed.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            handle = os.open(os.devnull, os.O_RDWR)
            setattr(sys, name, os.fdopen(handle, "r" if number == 0 else "w", encoding="utf-8"))
    for name in ("stdout", "stderr"):
        _let_go(name)
        _reconfigured(getattr(sys, name), errors="replace")


class _Patient(io.FileIO):
    """A stream whose reader may go away: the rest is written for nobody, and the work goes on.

    What `| head` does not want to read is no error: what was to be written down still is, and the exit code
    says what was found. Click would end the program with 1 in the middle of it.
    """

    def write(self, data: "ReadableBuffer") -> int:
        try:
            return super().write(data)
        except BrokenPipeError:
            nothing = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nothing, self.fileno())
            os.close(nothing)
            return memoryview(data).nbytes


def _let_go(name: str) -> None:
    """Make a stream of the process patient; what stands in for one is left as it is."""
    stream = getattr(sys, name)
    if stream is not getattr(sys, f"__{name}__") or not isinstance(stream, io.TextIOWrapper):
        return
    raw = getattr(stream.buffer, "raw", stream.buffer)  # with PYTHONUNBUFFERED there is one layer less
    if type(raw) is not io.FileIO:  # of a console on Windows
        return
    alone = _Patient(raw.fileno(), "w", closefd=False)
    patient = io.TextIOWrapper(
        alone if raw is stream.buffer else io.BufferedWriter(alone),
        encoding=stream.encoding,
        errors=stream.errors,
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )
    setattr(sys, name, patient)


def in_utf8(stream: TextIO) -> None:
    """Make the stream UTF-8, whatever the terminal speaks: what follows is read by a program."""
    _reconfigured(stream, encoding="utf-8", errors="replace")


def _reconfigured(stream: TextIO, **how: str) -> None:
    # What stands in for a stream in somebody's program may be no TextIOWrapper.
    if reconfigure := getattr(stream, "reconfigure", None):
        reconfigure(**how)


def flushed() -> OSError | None:
    """Write out what stdout still holds; return what stopped it, None when all arrived or nobody reads."""
    try:
        sys.stdout.flush()
    except OSError as error:
        drop_output()
        return None if error.errno == errno.EPIPE else error
    return None


def drop_output() -> None:
    """Let nothing more be written to stdout and stderr: Python would fail again at its very end."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    for number in (1, 2):
        os.dup2(nothing, number)
    os.close(nothing)
