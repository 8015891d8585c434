"""Reading workbooks: .xlsx .xlsm .xls .ods and .csv, whatever the name says, as plain cells."""

import hashlib
import marshal
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, overload

from zhupei_cli.sheets.kinds.cells import Cell, Spoilt
from zhupei_cli.sheets.locks.opening import unlocked
from zhupei_cli.sheets.reading.rows import Limits, restored
from zhupei_cli.sheets.reading.worker import WORKER
from zhupei_cli.spool import Spool
from zhupei_cli.words.errors import ZhupeiError

#: First and last row, first and last column, each from 0.
_Range = tuple[int, int, int, int]

_MERGED: Final = "E027"

#: More rows than a province has applicants, and more columns than any of our workbooks.
MAX_ROWS: Final = 300_000
MAX_COLUMNS: Final = 200
#: Row and column, each from 0, and a cell that was carried.
_Odd = tuple[int, int, tuple[object, ...]]


class SheetRows(Sequence[list[Cell]]):
    """Rows as they come piece by piece; all are as long as the longest that has come so far.

    A piece that is no longer the last one waits as the bytes it came as. A row that is to be changed is
    asked for by `own`: any other is made anew when its piece is read again.
    """

    def __init__(self) -> None:
        self.width = 0
        self._pieces = Spool()
        self._starts: list[int] = []
        self._count = 0
        self._owned: dict[int, list[Cell]] = {}
        #: The piece in memory: the index of its first row, its rows, how long these are.
        self._at, self._rows, self._long = 0, list[list[Cell]](), 0

    def add(self, data: bytes, rows: list[list[Cell]], odd: Iterable[_Odd]) -> None:
        """Add a piece, given as the bytes of its message and as what they say."""
        self._starts.append(self._count)
        self._pieces.append(data)
        self.width = max(self.width, *map(len, rows))
        self._at, self._count = self._count, self._count + len(rows)
        self._rows, self._long = rows, 0
        _restore(rows, odd)
        self._even()

    def own(self, at: int) -> list[Cell]:
        """Return a row that stays as it is changed."""
        self._owned.setdefault(at, self[at])
        return self._owned[at]

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, at: int) -> list[Cell]: ...
    @overload
    def __getitem__(self, at: slice) -> list[list[Cell]]: ...
    def __getitem__(self, at: int | slice) -> list[Cell] | list[list[Cell]]:
        if isinstance(at, slice):
            return [self[index] for index in range(*at.indices(self._count))]
        at = range(self._count)[at]
        if not self._at <= at < self._at + len(self._rows):
            self._load(bisect_right(self._starts, at) - 1)
        elif self._long < self.width:
            self._even()
        row = self._rows[at - self._at]
        return self._owned.get(at, row) if self._owned else row

    def __iter__(self) -> Iterator[list[Cell]]:
        return map(self.__getitem__, range(self._count))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]

    def _load(self, piece: int) -> None:
        _, _, self._rows, odd = marshal.loads(self._pieces[piece])
        self._at, self._long = self._starts[piece], 0
        _restore(self._rows, odd)
        self._even()

    def _even(self) -> None:
        for row in self._rows:
            if len(row) < self.width:
                row += [""] * (self.width - len(row))
        self._long = self.width


def _restore(rows: list[list[Cell]], odd: Iterable[_Odd]) -> None:
    for row, column, cell in odd:
        rows[row][column] = restored(*cell)


@dataclass(slots=True)
class Sheet:
    """Filled cells of one sheet. `rows[0]` is row `first_row` (from 1); blank cells are ''.

    All rows have the same length; while the sheet is still being read, those before may be shorter. In a book
    that was read they are `SheetRows`: who changes one changes a copy. `hidden` are the numbers of rows that
    are hidden or filtered away, `struck` of those that are struck through.
    """

    name: str
    first_row: int = 1
    rows: Sequence[list[Cell]] = ()
    hidden: frozenset[int] = frozenset()
    struck: frozenset[int] = frozenset()


#: What looks at a sheet whenever a piece of it has come.
Watch = Callable[[Sheet], None]


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook as it was read. `name` is the file's name without its folder.

    `hidden` are the names of hidden sheets, which are not read; `heads` are the texts of their first rows.
    """

    name: str
    sha256: str
    sheets: tuple[Sheet, ...]
    hidden: tuple[str, ...] = ()
    heads: Mapping[str, Sequence[Sequence[Cell]]] = field(default_factory=dict, compare=False)


def read_book(
    path: Path, *, max_rows: int = MAX_ROWS, watch: Watch = lambda _: None, password: str | None = None
) -> Book:
    """Return all visible sheets of a workbook that have cells.

    It is read in a process of its own, behind a guard, while `watch` looks at what has come. A sheet with
    merged cells, which are known at its end, is another Sheet than the one that was watched. `password`
    opens a workbook that is protected. Raises ZhupeiError E001 (no such file), E03x and E04x: not a workbook,
    protected, damaged, too large, empty, hostile; what `unlocked` raises.
    """
    if not path.is_file():
        raise ZhupeiError("E001", file=path)
    with unlocked(path, password) as plain:
        sheets, heads = _read(plain, max_rows, watch)
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return Book(path.name, sha256, tuple(sheets), tuple(heads), heads)


def _read(path: Path, max_rows: int, watch: Watch) -> tuple[list[Sheet], dict[str, list[list[Cell]]]]:
    limits = Limits(max_rows, MAX_COLUMNS)
    sheets: list[Sheet] = []
    heads: dict[str, list[list[Cell]]] = {}
    sheet = Sheet("")
    for kind, *values in WORKER.read(path, limits):
        if kind == "hidden":
            heads = dict(values[0])
        elif kind == "sheet":
            sheet = Sheet(values[0])
        elif kind == "rows":
            _add(sheet, WORKER.data, *values)
            watch(sheet)
        elif sheet.rows:
            sheets.append(_whole(sheet, *values))
    if not sheets:
        raise ZhupeiError("E034", file=path.name)
    return sheets, heads


def _add(sheet: Sheet, data: bytes, first: int, rows: list[list[Cell]], odd: Iterable[_Odd]) -> None:
    if not sheet.rows:
        sheet.first_row, sheet.rows = first, SheetRows()
    assert isinstance(sheet.rows, SheetRows)
    sheet.rows.add(data, rows, odd)


def _whole(
    sheet: Sheet, hidden: Iterable[int], merged: Iterable[_Range], struck: Iterable[int] = ()
) -> Sheet:
    assert isinstance(sheet.rows, SheetRows)
    sheet.hidden, sheet.struck = frozenset(hidden), frozenset(struck)
    marked = _mark_merged(sheet.rows, sheet.first_row - 1, merged)
    return replace(sheet) if marked else sheet


def _mark_merged(rows: SheetRows, top: int, ranges: Iterable[_Range]) -> bool:
    """Mark the cells a merged range swallows: they are blank for a reader, and are not for people.

    Return whether there are any.
    """
    marked = False
    budget = len(rows) * rows.width  # ranges do not overlap
    # In their order: rows that are far apart are read anew each time.
    for first_row, last_row, first_column, last_column in sorted(ranges):
        lines = range(max(first_row - top, 0), min(max(last_row - top + 1, 0), len(rows)))
        columns = range(first_column, min(last_column + 1, rows.width))
        budget -= len(lines) * len(columns)
        if budget < 0:
            break
        for at in lines:
            # All but the first cell are blank.
            if blank := [column for column in columns if rows[at][column] == ""]:
                line = rows.own(at)
                for column in blank:
                    line[column] = Spoilt(_MERGED)
                marked = True
    return marked
