"""The three streams of the program: open or closed, of whatever encoding, full or broken."""

import errno
import os
import sys
from typing import TextIO


def plain_streams() -> None:
    """Let a stream that cannot show a character show a question mark; one that is closed swallows all.

    A closed one is opened on nothing, the lowest first: else the next file the program opens, the database
    maybe, would get its number and what is printed.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            handle = os.open(os.devnull, os.O_RDWR)
            setattr(sys, name, os.fdopen(handle, "r" if number == 0 else "w", encoding="utf-8"))
    for stream in (sys.stdout, sys.stderr):
        _reconfigured(stream, errors="replace")


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
