"""How far long work has come: on stderr, on a terminal only, and only when it takes more than a second."""

import os
import sys
from collections.abc import Collection, Iterator
from threading import Event, Thread
from time import monotonic
from types import TracebackType
from typing import Self, TypeVar

from zhupei_cli.display import display_width
from zhupei_cli.settings import Settings

T = TypeVar("T")

_QUIET = 1.0
_EVERY = 0.25


def progress_line(what: str, unit: str, *, done: int, total: int, seconds: float) -> str:
    """Return what is said of work that `seconds` have gone into; `total` is 0 where nobody can count it."""
    if not total:
        return f"{what}……已 {seconds:.0f} 秒"
    line = f"{what} {done}/{total} {unit}"
    if not done or seconds <= 0:
        return line
    rate = done / seconds
    return f"{line}，每秒 {rate:.0f} {unit}，还要 {_duration((total - done) / rate)}"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} 分 {rest} 秒" if minutes else f"{rest} 秒"


class Progress:
    """Work in phases: `phase` names the next one, `watch` counts through what it works on."""

    def __init__(self, settings: Settings) -> None:
        self._shown = sys.stderr.isatty() and not settings.quiet and os.environ.get("TERM") != "dumb"
        self._stop = Event()
        self._thread = Thread(target=self._tick, daemon=True)
        self._width = 0
        self._started = monotonic()
        self.phase("")

    def __enter__(self) -> Self:
        if self._shown:
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._shown:
            self._stop.set()
            self._thread.join()
            self._draw("")

    def phase(self, what: str, unit: str = "", total: int = 0) -> None:
        """Begin the next part of the work, of `total` pieces where that is known."""
        self._since, self._done, self._total = monotonic(), 0, total
        self._what, self._unit = what, unit

    def watch(self, items: Collection[T], what: str, unit: str, *, then: str = "") -> Iterator[T]:
        """Yield the items, counting them; afterwards the phase `then` begins."""
        self.phase(what, unit, len(items))
        for item in items:
            yield item
            self._done += 1
        self.phase(then)

    def _tick(self) -> None:
        # A thread, so that reading and writing, which nobody can count, do not look as if they hung.
        while not self._stop.wait(_EVERY):
            if self._what and monotonic() - self._started > _QUIET:
                seconds = monotonic() - self._since
                self._draw(
                    progress_line(self._what, self._unit, done=self._done, total=self._total, seconds=seconds)
                )

    def _draw(self, line: str) -> None:
        """Write the line over the one before; an empty one wipes it out."""
        width = display_width(line)
        end = "" if line else "\r"
        if line or self._width:
            sys.stderr.write(f"\r{line}{' ' * max(self._width - width, 0)}{end}")
            sys.stderr.flush()
        self._width = width
