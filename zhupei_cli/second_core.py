"""A second core, for work that needs nothing but its things: half of them go to a copy of this process."""

import os
import pickle
import select
import signal
import sys
import warnings
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import BinaryIO, Final, TypeVar

T = TypeVar("T")
Answer = TypeVar("Answer")

#: From how many things on a copy is worth its start, and how many of them it answers at once.
MANY: Final = 5_000
_PIECE: Final = 500
#: Bytes that say how long an answer is.
_HEAD: Final = 8


def in_two(
    things: Sequence[T],
    work: Callable[[T], None],
    *,
    told: Callable[[T], Answer],
    heard: Callable[[T, Answer], None],
) -> Generator[T, None, None]:
    """Yield things once `work` is done on them; from MANY on, the second half of them by a copy.

    What became of a thing there comes back as `told` says it, and `heard` puts it into the thing here. `work`
    changes nothing but its thing and asks no database, file or screen. A copy that dies leaves the rest of
    its half to this process; where there is one core, or no safe way to copy a process, all is done here.
    """
    if len(things) < MANY or not _has_second_core():
        yield from _done(things, work)
        return
    half = len(things) // 2
    theirs = _pieces(things[half:])
    left = iter(theirs)
    answer: list[Answer] | None
    with _copy([told(one) for one in _done(piece, work)] for piece in theirs) as answers:
        for piece in _pieces(things[:half]):
            yield from _done(piece, work)
            while select.select([answers], [], [], 0)[0] and (answer := _next(answers)) is not None:
                yield from _put(next(left), answer, heard)
        while (answer := _next(answers)) is not None:
            yield from _put(next(left), answer, heard)
        for piece in left:  # none, but where the copy is dead
            yield from _done(piece, work)


def _has_second_core() -> bool:
    # Elsewhere a copy of a process is not safe once libraries of the system are loaded.
    return sys.platform == "linux" and len(os.sched_getaffinity(0)) > 1


def _pieces(things: Sequence[T]) -> list[Sequence[T]]:
    return [things[start : start + _PIECE] for start in range(0, len(things), _PIECE)]


def _done(things: Iterable[T], work: Callable[[T], None]) -> Iterator[T]:
    for thing in things:
        work(thing)
        yield thing


def _put(piece: Sequence[T], answers: Sequence[Answer], heard: Callable[[T, Answer], None]) -> Iterator[T]:
    for thing, answer in zip(piece, answers, strict=True):
        heard(thing, answer)
        yield thing


@contextmanager
def _copy(answers: Iterable[object]) -> Iterator[BinaryIO]:
    """Copy this process; the copy sends `answers` into the pipe yielded here, and does not outlive it."""
    source, target = os.pipe()
    with warnings.catch_warnings():
        # It may have threads, which a copy lacks: the one here works, sends and asks none of them.
        warnings.simplefilter("ignore", DeprecationWarning)
        number = os.fork()
    if number == 0:
        try:
            os.close(source)
            with os.fdopen(target, "wb") as pipe:
                for answer in answers:
                    data = pickle.dumps(answer, pickle.HIGHEST_PROTOCOL)
                    pipe.write(len(data).to_bytes(_HEAD, "big") + data)
                    pipe.flush()
        finally:
            os._exit(0)  # without what this process does at its end
    os.close(target)
    try:
        with os.fdopen(source, "rb", buffering=0) as pipe:
            yield pipe
    finally:
        with suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)
        os.waitpid(number, 0)


def _next(pipe: BinaryIO) -> list[Answer] | None:
    """Return the next answer of a copy, None when there is none any more."""
    size = int.from_bytes(_read(pipe, _HEAD), "big")
    data = _read(pipe, size)
    return pickle.loads(data) if size and len(data) == size else None


def _read(pipe: BinaryIO, size: int) -> bytes:
    parts: list[bytes] = []
    while size and (part := pipe.read(size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
