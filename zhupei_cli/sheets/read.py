"""Reading workbooks: .xlsx .xlsm .xls .ods and .csv, whatever the name says, as plain cells."""

import csv
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zhupei_cli.errors import ZhupeiError
from zhupei_cli.sheets import guard
from zhupei_cli.sheets.cells import Cell

#: More rows than a province has applicants, and more columns than any of our workbooks.
MAX_ROWS = 300_000
MAX_COLUMNS = 200


@dataclass(frozen=True, slots=True)
class Sheet:
    """Filled cells of one sheet. `rows[0]` is row `first_row` (from 1); blank cells are '' or None."""

    name: str
    first_row: int
    rows: list[list[Cell]]


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook as it was read. `name` is the file's name without its folder."""

    name: str
    sha256: str
    sheets: tuple[Sheet, ...]


def read_book(path: Path, *, max_rows: int = MAX_ROWS) -> Book:
    """Return all visible sheets of a workbook that have cells.

    Raises ZhupeiError E001 (no such file) or E03x: not a workbook, protected, damaged, too large, empty.
    """
    if not path.is_file():
        raise ZhupeiError("E001", file=path)
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    sheets = [_read_csv(path)] if guard.form_of(path) == "csv" else _read_calamine(path, max_rows)
    filled = tuple(sheet for sheet in sheets if sheet.rows)
    if not filled:
        raise ZhupeiError("E034", file=path.name)
    for sheet in filled:
        if len(sheet.rows) > max_rows + 1 or max(map(len, sheet.rows)) > MAX_COLUMNS:
            raise ZhupeiError("E035", file=path.name, sheet=sheet.name, rows=max_rows, columns=MAX_COLUMNS)
    return Book(path.name, sha256, filled)


def _read_calamine(path: Path, max_rows: int) -> list[Sheet]:
    from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    errors = guard.inspect(path, max_rows=max_rows, max_columns=MAX_COLUMNS)
    try:
        with CalamineWorkbook.from_path(path) as workbook:
            return [
                _sheet(workbook.get_sheet_by_name(found.name), errors)
                for found in workbook.sheets_metadata
                if found.typ == SheetTypeEnum.WorkSheet and found.visible == SheetVisibleEnum.Visible
            ]
    except (CalamineError, OSError, ValueError) as error:
        raise ZhupeiError("E033", file=path.name) from error


def _sheet(found: Any, errors: guard.ErrorCells) -> Sheet:
    rows: list[list[Cell]] = list(found.iter_rows())
    row, column = found.start or (0, 0)
    for (at_row, at_column), word in errors.get(found.name, {}).items():
        # calamine reads #N/A as an empty cell: a value nobody typed would be lost without a word.
        if 0 <= at_row - row < len(rows) and 0 <= at_column - column < len(rows[at_row - row]):
            rows[at_row - row][at_column - column] = word
    return Sheet(found.name, row + 1, rows)


def _read_csv(path: Path) -> Sheet:
    text = _decoded(path)
    try:
        rows: list[list[Cell]] = [list(row) for row in csv.reader(text.splitlines(keepends=True))]
    except csv.Error as error:
        raise ZhupeiError("E033", file=path.name) from error
    return Sheet(path.stem, 1, rows)


def _decoded(path: Path) -> str:
    data = path.read_bytes()
    encodings = ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ZhupeiError("E036", file=path.name)
