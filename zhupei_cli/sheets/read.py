"""Reading workbooks: .xlsx .xlsm .xls .ods and .csv, whatever the name says, as plain cells."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from zhupei_cli.errors import ZhupeiError
from zhupei_cli.sheets.cells import Cell, Spoilt
from zhupei_cli.sheets.rows import restored
from zhupei_cli.sheets.scan import Limits
from zhupei_cli.sheets.worker import WORKER

#: First and last row, first and last column, each from 0.
_Range = tuple[int, int, int, int]

_MERGED: Final = "E027"

#: More rows than a province has applicants, and more columns than any of our workbooks.
MAX_ROWS: Final = 300_000
MAX_COLUMNS: Final = 200


@dataclass(frozen=True, slots=True)
class Sheet:
    """Filled cells of one sheet. `rows[0]` is row `first_row` (from 1); blank cells are ''.

    All rows have the same length. `hidden` are the numbers of rows that are hidden or filtered away.
    """

    name: str
    first_row: int
    rows: list[list[Cell]]
    hidden: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook as it was read. `name` is the file's name without its folder.

    `hidden` are the names of hidden sheets, which are not read.
    """

    name: str
    sha256: str
    sheets: tuple[Sheet, ...]
    hidden: tuple[str, ...] = ()


def read_book(path: Path, *, max_rows: int = MAX_ROWS) -> Book:
    """Return all visible sheets of a workbook that have cells.

    It is read in a process of its own, behind a guard. Raises ZhupeiError E001 (no such file), or E03x and
    E04x: not a workbook, protected, damaged, too large, empty, hostile.
    """
    if not path.is_file():
        raise ZhupeiError("E001", file=path)
    limits = Limits(max_rows, MAX_COLUMNS)
    sheets: list[Sheet] = []
    hidden: tuple[str, ...] = ()
    name, first = "", 1
    rows: list[list[Cell]] = []
    for kind, *values in WORKER.read(path, limits):
        if kind == "hidden":
            hidden = tuple(values[0])
        elif kind == "sheet":
            name, first, rows = values[0], 1, []
        elif kind == "rows":
            first = first if rows else values[0]
            _restore(values[1], values[2])
            rows += values[1]
        elif rows:
            _even(rows)
            _mark_merged(rows, first - 1, values[1])
            sheets.append(Sheet(name, first, rows, frozenset(values[0])))
    if not sheets:
        raise ZhupeiError("E034", file=path.name)
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return Book(path.name, sha256, tuple(sheets), hidden)


def _restore(rows: list[list[Cell]], odd: Iterable[tuple[int, int, tuple[Any, ...]]]) -> None:
    for row, column, cell in odd:
        rows[row][column] = restored(*cell)


def _even(rows: list[list[Cell]]) -> None:
    """Make all rows as long as the longest."""
    width = max(map(len, rows))
    for index, row in enumerate(rows):
        if len(row) < width:
            rows[index] = row + [""] * (width - len(row))


def _mark_merged(rows: list[list[Cell]], top: int, ranges: Iterable[_Range]) -> None:
    """Mark the cells a merged range swallows: they are blank for a reader, and are not for people."""
    width = len(rows[0])
    budget = len(rows) * width  # ranges do not overlap
    for first_row, last_row, first_column, last_column in ranges:
        lines = rows[max(first_row - top, 0) : max(last_row - top + 1, 0)]
        columns = range(first_column, min(last_column + 1, width))
        budget -= len(lines) * len(columns)
        if budget < 0:
            return
        for line in lines:
            for column in columns:
                # All but the first cell are blank.
                if line[column] == "":
                    line[column] = Spoilt(_MERGED)
