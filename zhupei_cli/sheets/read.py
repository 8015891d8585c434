"""Reading workbooks: .xlsx .xlsm .xls .ods and .csv, whatever the name says, as plain cells."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from zhupei_cli.errors import ZhupeiError
from zhupei_cli.sheets import guard
from zhupei_cli.sheets.cells import Cell, Spoilt
from zhupei_cli.sheets.csv_read import read_csv
from zhupei_cli.sheets.scan import Limits, Scan

#: First and last cell, each as row and column from 0.
_Range = tuple[tuple[int, int], tuple[int, int]]

_MERGED: Final = "E027"

#: More rows than a province has applicants, and more columns than any of our workbooks.
MAX_ROWS: Final = 300_000
MAX_COLUMNS: Final = 200


@dataclass(frozen=True, slots=True)
class Sheet:
    """Filled cells of one sheet. `rows[0]` is row `first_row` (from 1); blank cells are '' or None.

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

    Raises ZhupeiError E001 (no such file), or E03x and E04x: not a workbook, protected, damaged, too large,
    empty, hostile.
    """
    if not path.is_file():
        raise ZhupeiError("E001", file=path)
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    limits = Limits(max_rows, MAX_COLUMNS)
    form = guard.form_of(path)
    hidden: tuple[str, ...] = ()
    if form == "csv":
        sheets = [Sheet(path.stem, 1, read_csv(path, limits))]
    else:
        sheets, hidden = _read_calamine(path, guard.inspect(path, limits) if form == "zip" else {})
    filled = tuple(sheet for sheet in sheets if sheet.rows)
    if not filled:
        raise ZhupeiError("E034", file=path.name)
    for sheet in filled:
        if len(sheet.rows) > limits.last_row or len(sheet.rows[0]) > limits.columns:
            values = {"rows": limits.rows, "columns": limits.columns}
            raise ZhupeiError("E035", file=path.name, sheet=sheet.name, **values)
    return Book(path.name, sha256, filled, hidden)


def _read_calamine(path: Path, scans: Mapping[str, Scan]) -> tuple[list[Sheet], tuple[str, ...]]:
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    try:
        with CalamineWorkbook.from_path(path) as workbook:
            shown, hidden = [], []
            for found in workbook.sheets_metadata:
                if found.typ != SheetTypeEnum.WorkSheet:
                    continue
                if found.visible == SheetVisibleEnum.Visible:
                    sheet = workbook.get_sheet_by_name(found.name)
                    shown.append(_sheet(sheet, scans.get(found.name) or Scan()))
                else:
                    hidden.append(found.name)
            return shown, tuple(hidden)
    except ZhupeiError:
        raise
    except BaseException as error:
        # calamine's own errors, and a panic of its Rust code, which is no Exception.
        if isinstance(error, Exception) or type(error).__name__ == "PanicException":
            raise ZhupeiError("E033", file=path.name) from error
        raise


def _sheet(found: Any, scan: Scan) -> Sheet:
    rows: list[list[Cell]] = found.to_python()
    top, left = found.start or (0, 0)
    for (row, column), cell in scan.spoilt.items():
        # calamine reads #N/A as an empty cell: a value nobody typed would be lost without a word.
        if not rows or row < top or not 0 <= column - left < len(rows[0]):
            continue
        if cell.code != _MERGED:
            rows.extend([""] * len(rows[0]) for _ in range(row - top - len(rows) + 1))
        if row - top < len(rows):
            rows[row - top][column - left] = cell
    _mark_merged(rows, top, left, found.merged_cell_ranges or ())
    return Sheet(found.name, top + 1, rows, frozenset(scan.hidden))


def _mark_merged(rows: list[list[Cell]], top: int, left: int, ranges: Iterable[_Range]) -> None:
    """Mark the cells a merged range swallows: they are blank for a reader, and are not for people."""
    width = len(rows[0]) if rows else 0
    budget = len(rows) * width  # ranges do not overlap
    for (first_row, first_column), (last_row, last_column) in ranges:
        lines = rows[max(first_row - top, 0) : max(last_row - top + 1, 0)]
        columns = range(max(first_column - left, 0), min(last_column - left + 1, width))
        budget -= len(lines) * len(columns)
        if budget < 0:
            return
        for line in lines:
            for column in columns:
                # All but the first cell are blank.
                if line[column] in ("", None):
                    line[column] = Spoilt(_MERGED)
