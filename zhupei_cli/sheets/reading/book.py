"""Reading workbooks: .xlsx .xlsm .xls .ods and .csv, whatever the name says, as plain cells."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from zhupei_cli.sheets.kinds.cells import Cell, Spoilt
from zhupei_cli.sheets.locks.opening import unlocked
from zhupei_cli.sheets.reading.rows import Limits, restored
from zhupei_cli.sheets.reading.worker import WORKER
from zhupei_cli.words.errors import ZhupeiError

#: First and last row, first and last column, each from 0.
_Range = tuple[int, int, int, int]
#: Row and column, each from 0, and a cell that was carried.
_Odd = tuple[int, int, tuple[object, ...]]

_MERGED: Final = "E027"

#: More rows than a province has applicants, and more columns than any of our workbooks.
MAX_ROWS: Final = 300_000
MAX_COLUMNS: Final = 200


@dataclass(slots=True)
class Sheet:
    """Filled cells of one sheet. `rows[0]` is row `first_row` (from 1); blank cells are ''.

    All rows have the same length; while the sheet is still being read, those before may be shorter. `hidden`
    are the numbers of rows that are hidden or filtered away, `struck` of those that are struck through.
    """

    name: str
    first_row: int = 1
    rows: list[list[Cell]] = field(default_factory=list)
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
        return _read(plain, max_rows, watch)


def _read(path: Path, max_rows: int, watch: Watch) -> Book:
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
            _add(sheet, *values)
            watch(sheet)
        elif sheet.rows:
            sheets.append(_whole(sheet, *values))
    if not sheets:
        raise ZhupeiError("E034", file=path.name)
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return Book(path.name, sha256, tuple(sheets), tuple(heads), heads)


def _add(sheet: Sheet, first: int, rows: list[list[Cell]], odd: Iterable[_Odd]) -> None:
    for row, column, cell in odd:
        rows[row][column] = restored(*cell)
    if not sheet.rows:
        sheet.first_row = first
    _even(rows, len(sheet.rows[-1]) if sheet.rows else 0)
    sheet.rows += rows


def _whole(
    sheet: Sheet, hidden: Iterable[int], merged: Iterable[_Range], struck: Iterable[int] = ()
) -> Sheet:
    _even(sheet.rows, len(sheet.rows[-1]))
    sheet.hidden, sheet.struck = frozenset(hidden), frozenset(struck)
    marked = _mark_merged(sheet.rows, sheet.first_row - 1, merged)
    return replace(sheet) if marked else sheet


def _even(rows: list[list[Cell]], least: int) -> None:
    """Make all rows as long as the longest, and at least `least` cells long."""
    width = max(least, *map(len, rows))
    for row in rows:
        if len(row) < width:
            row += [""] * (width - len(row))


def _mark_merged(rows: list[list[Cell]], top: int, ranges: Iterable[_Range]) -> bool:
    """Mark the cells a merged range swallows: they are blank for a reader, and are not for people.

    Return whether there are any.
    """
    marked = False
    width = len(rows[0])
    budget = len(rows) * width  # ranges do not overlap
    for first_row, last_row, first_column, last_column in ranges:
        lines = rows[max(first_row - top, 0) : max(last_row - top + 1, 0)]
        columns = range(first_column, min(last_column + 1, width))
        budget -= len(lines) * len(columns)
        if budget < 0:
            break
        for line in lines:
            for column in columns:
                # All but the first cell are blank.
                if line[column] == "":
                    line[column] = Spoilt(_MERGED)
                    marked = True
    return marked
