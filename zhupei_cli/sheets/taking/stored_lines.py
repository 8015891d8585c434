"""Lines of which most wait in a file: what a hundred thousand people say is more than memory should hold."""

import marshal
from array import array
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date
from itertools import chain
from typing import Any, Final, NamedTuple, overload

from zhupei_cli.rules.people.dates import Month, day_of
from zhupei_cli.sheets.taking.lines import Line
from zhupei_cli.spool import Spool
from zhupei_cli.words.errors import Fault


class Stowing(NamedTuple):
    """How a service has its lines stored.

    `key` says whom a line is about. `pack` makes what was said of it into dicts of values, `unpack` reads
    them back.
    """

    key: Callable[[Line], Hashable]
    pack: Callable[[Any], Sequence[Mapping[str, Any]]]
    unpack: Callable[[Sequence[dict[str, Any]]], Any]


class LineStore:
    """Keeps lines by number, from 0: in memory only whom they are about, and what is wrong with them."""

    def __init__(self, stowing: Stowing) -> None:
        self.keys: list[Hashable] = []
        self.faults: dict[int, list[Fault]] = {}
        #: Lines that say something marshal does not know.
        self._held: dict[int, Line] = {}
        self._stowing = stowing
        self._packed = Spool()
        #: File, sheet and kind of lines, each once.
        self._places: list[tuple[str, str, str]] = []
        self._shapes = _Shapes()

    def add(self, line: Line) -> int:
        """Take a line, and return its number."""
        at = len(self.keys)
        self.keys.append(self._stowing.key(line))
        packed = self._pack(line)
        self._packed.append(packed)
        if not packed:
            self._held[at] = line
        self.mark(at, line)
        return at

    def mark(self, at: int, line: Line) -> None:
        """Keep what is wrong with a line."""
        if line.faults:
            self.faults[at] = line.faults

    def is_held(self, at: int) -> bool:
        """Say whether a line is in memory, or anything that is wrong with it."""
        return at in self.faults or at in self._held

    def line(self, at: int) -> Line:
        """Return a line as it was stored, with all that is wrong with it by now."""
        line = self._held.get(at) or self._unpack(self._packed[at])
        line.faults = self.faults.get(at, line.faults)
        return line

    def _pack(self, line: Line) -> bytes:
        """Return a line as bytes; none of one that says something marshal does not know."""
        place = (line.file, line.sheet, line.kind)
        if not self._places or self._places[-1] != place:
            self._places.append(place)
        parts = (line.values, *(() if line.said is None else self._stowing.pack(line.said)))
        shape, values = self._shapes.values_of(parts)
        # Any: marshal says itself what it does not know.
        whole: Any = (len(self._places) - 1, line.number, shape, values)
        for _ in range(2):
            with suppress(ValueError):
                return marshal.dumps(whole)
            self._shapes.learn(shape, values)
        return b""

    def _unpack(self, packed: bytes) -> Line:
        place, number, shape, values = marshal.loads(packed)
        file, sheet, kind = self._places[place]
        said, *parts = self._shapes.named(shape, values)
        return Line(file, sheet, number, kind, said, said=self._stowing.unpack(parts) if parts else None)


#: The names that the values of a line have, part by part.
_Names = tuple[tuple[str, ...], ...]


class _Shapes:
    """The names of values, each row of them once: a hundred thousand lines have few."""

    def __init__(self) -> None:
        self._numbers: dict[_Names, int] = {}
        #: With the places of values that were days: marshal knows none, and no cell is bytes.
        self._shapes: list[tuple[_Names, list[int]]] = []

    def values_of(self, parts: Sequence[Mapping[str, Any]]) -> tuple[int, list[Any]]:
        """Return the number of the shape and all values in one row; expected days are bytes."""
        names = tuple(map(tuple, parts))
        values: list[Any] = list(chain.from_iterable([part.values() for part in parts]))
        shape = self._numbers.setdefault(names, len(self._shapes))
        if shape == len(self._shapes):
            self._shapes.append((names, []))
        _spell(values, self._shapes[shape][1])
        return shape, values

    def learn(self, shape: int, values: list[Any]) -> None:
        """Expect days from now on where `values` has some, and turn these into bytes."""
        days = [at for at, value in enumerate(values) if type(value) in _DAYS]
        self._shapes[shape][1].extend(days)
        _spell(values, days)

    def named(self, shape: int, values: list[Any]) -> list[dict[str, Any]]:
        """Return the values by their names, part by part."""
        names, days = self._shapes[shape]
        for at in days:
            if type(values[at]) is bytes:
                values[at] = day_of(values[at].decode())
        rest = iter(values)
        # A part takes as many values as it has names.
        return [dict(zip(part, rest)) for part in names]  # noqa: B905 (the rest is for the parts behind)


_DAYS: Final = (date, Month)


def _spell(values: list[Any], days: Iterable[int]) -> None:
    for at in days:
        if type(values[at]) in _DAYS:
            values[at] = values[at].isoformat().encode()


class StoredLines(Sequence[Line]):
    """Some lines of a store, in their order.

    A line is made anew whenever it is asked for. One that has got faults is put back: these are kept.
    """

    def __init__(self, store: LineStore, numbers: Iterable[int] = ()) -> None:
        self._store = store
        self.numbers = array("Q", numbers)

    @property
    def keys(self) -> Iterator[Hashable]:
        """Whom each line is about."""
        return map(self._store.keys.__getitem__, self.numbers)

    @property
    def marked(self) -> Iterator[Line]:
        """The lines that have faults."""
        return (self._store.line(at) for at in self.numbers if at in self._store.faults)

    def is_held(self, at: int) -> bool:
        """Say whether a line is not made anew when it is asked for, or has faults."""
        return self._store.is_held(self.numbers[at])

    def append(self, line: Line) -> None:
        """Add a line."""
        self.numbers.append(self._store.add(line))

    def clear(self) -> None:
        """Leave all lines out."""
        del self.numbers[:]

    def __len__(self) -> int:
        return len(self.numbers)

    @overload
    def __getitem__(self, at: int) -> Line: ...
    @overload
    def __getitem__(self, at: slice) -> "StoredLines": ...
    def __getitem__(self, at: "int | slice") -> "Line | StoredLines":
        if isinstance(at, slice):
            return StoredLines(self._store, self.numbers[at])
        return self._store.line(self.numbers[at])

    def __setitem__(self, at: int, line: Line) -> None:
        """Put a line back with its faults; all else it says is what it said when it was added."""
        self._store.mark(self.numbers[at], line)


def marked(lines: Sequence[Line]) -> Iterable[Line]:
    """Return the lines that have faults, in their order."""
    return lines.marked if isinstance(lines, StoredLines) else (line for line in lines if line.faults)
