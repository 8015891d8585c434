"""Rows on their way from the reading process to its parent: numbered, within limits, as a pipe takes them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, Final

from zhupei_cli.sheets.kinds.cells import Cell, Spoilt
from zhupei_cli.sheets.kinds.serials import Serial1904
from zhupei_cli.words.errors import ZhupeiError

#: A piece of a sheet: a word that says what it is, and what it brings.
Message = tuple[Any, ...]
#: What marshal carries as it is.
_PLAIN: Final = {str, float, bool}
_CHUNK: Final = 2_000
#: Rows of a hidden sheet that are looked at.
_HEAD: Final = 25
MAX_SPOILT: Final = 100_000
#: A sheet with a larger area must be filled at least in one cell of twenty: readers make room for all.
_ROOMY: Final = 8_000_000
_SPARSE: Final = 20
_ABOVE: Final = 20


@dataclass(frozen=True, slots=True)
class Limits:
    """How many rows and columns a sheet may have; titles, notes and the header stand above the rows."""

    rows: int
    columns: int
    #: Cells without a value that one sheet may have, before it is no longer worth reading.
    spoilt: int = MAX_SPOILT

    @property
    def last_row(self) -> int:
        """Return the number of the last row there may be."""
        return self.rows + _ABOVE


class Rows:
    """Takes the rows of one sheet in their order and gives them on in chunks.

    `seen` is the number of the last row, filled or not, from 1. `struck` are rows that are struck through:
    a font's line goes through more than half of their filled cells. Chunks are ("rows", number of the first
    row, rows, odd cells as (index of row, index of column, carried cell)); blank rows in between are [].
    """

    def __init__(self, sheet: str, limits: Limits, *, file: str) -> None:
        self.seen = 0
        self.hidden: list[int] = []
        self.struck: list[int] = []
        self._sheet, self._limits, self._file = sheet, limits, file
        self._last = self._width = self._filled = self._spoilt = 0
        self._first = 1
        self._rows: list[list[Cell]] = []
        self._odd: list[tuple[int, int, tuple[object, ...]]] = []

    def add(self, number: int, cells: list[Cell]) -> None:
        """Take a row; blank cells are ''.

        Raises E033 for rows out of order, E035 and E040 as `refuse` does, E041 for too many spoilt cells.
        """
        while cells and cells[-1] == "":
            cells.pop()
        if not cells:
            return
        if number <= self._last:
            raise ZhupeiError("E033", file=self._file)
        self._filled += len(cells) - cells.count("")
        self._width = max(self._width, len(cells))
        self._check(number)
        if not self._rows:
            self._first = self._last + 1 if self._last else number
        self._rows += [[]] * (number - self._first - len(self._rows))
        if not set(map(type, cells)) <= _PLAIN:
            self._carry(cells)
        self._rows.append(cells)
        self._last = number

    def strike(self, number: int, struck: int, filled: int) -> None:
        """Tell how many of a row's filled cells are struck through."""
        if 2 * struck > filled:
            self.struck.append(number)

    def ready(self) -> Iterator[Message]:
        """Yield what has gathered, if it is worth a journey."""
        if len(self._rows) >= _CHUNK:
            yield from self.rest()

    def rest(self) -> Iterator[Message]:
        """Yield what has gathered."""
        if self._rows:
            yield "rows", self._first, self._rows, self._odd
            self._rows, self._odd = [], []

    def _check(self, number: int) -> None:
        limits = self._limits
        if number > limits.last_row or self._width > limits.columns:
            values = {"rows": limits.rows, "columns": limits.columns}
            raise ZhupeiError("E035", file=self._file, sheet=self._sheet, **values)
        if sparse(number, self._width, self._filled):
            values = {"rows": number, "columns": self._width, "filled": self._filled}
            raise ZhupeiError("E040", file=self._file, sheet=self._sheet, **values)

    def _carry(self, cells: list[Cell]) -> None:
        for column, cell in enumerate(cells):
            if type(cell) in _PLAIN:
                continue
            if isinstance(cell, Spoilt):
                self._spoilt += 1
                if self._spoilt > self._limits.spoilt:
                    raise ZhupeiError("E041", file=self._file, count=self._limits.spoilt)
            self._odd.append((len(self._rows), column, carried(cell)))
            cells[column] = None


def sparse(rows: int, columns: int, filled: int) -> bool:
    """Return whether a sheet is large and nearly empty: a stray cell far away."""
    area = rows * columns
    return area > _ROOMY and filled * _SPARSE < area


def head_of(messages: Iterable[Message]) -> list[list[str]]:
    """Return the texts of a sheet's first rows: enough to see whether it carries headings."""
    for kind, *values in messages:
        if kind == "rows":
            return [[cell if isinstance(cell, str) else "" for cell in row] for row in values[1][:_HEAD]]
    return []


def carried(cell: Cell) -> tuple[object, ...]:
    """Return a cell that marshal does not know as a tuple that it knows."""
    match cell:
        case Serial1904():
            return ("serial1904", float(cell))
        case datetime():
            return ("datetime", *cell.timetuple()[:6], cell.microsecond)
        case date():
            return ("date", cell.year, cell.month, cell.day)
        case time():
            return ("time", cell.hour, cell.minute, cell.second, cell.microsecond)
        case timedelta():
            return ("timedelta", cell.days, cell.seconds, cell.microseconds)
        case Spoilt():
            return ("spoilt", cell.code, cell.word)
    raise TypeError(type(cell))


@lru_cache(maxsize=65_536)
def restored(kind: str, *values: object) -> Cell:
    """Return the cell that was carried."""
    makers: dict[str, Any] = {
        "datetime": datetime,
        "date": date,
        "time": time,
        "timedelta": timedelta,
        "spoilt": Spoilt,
        "serial1904": Serial1904,
    }
    made: Cell = makers[kind](*values)
    return made
