"""The same file read in several ways: by ours, in pieces, without the pattern, and by other libraries."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from zhupei_cli.sheets.kinds.cells import Cell, Spoilt
from zhupei_cli.sheets.reading import package
from zhupei_cli.sheets.reading.book import MAX_COLUMNS, MAX_ROWS
from zhupei_cli.sheets.reading.ods_read import read_ods
from zhupei_cli.sheets.reading.rows import Limits, restored
from zhupei_cli.sheets.reading.xlsx_plain import PlainRows
from zhupei_cli.sheets.reading.xlsx_read import read_xlsx
from zhupei_cli.words.errors import ZhupeiError

#: Sheets by name: (row, column) from 1 → what stands there; or the code a file is refused with.
Grids = dict[str, dict[tuple[int, int], Cell]]


def read_here(path: Path, *, chunk: int = 1 << 20, parser_only: bool = False) -> Grids | str:
    """Read a package in this process, in pieces of `chunk` bytes, with the fast pattern or without."""
    limits = Limits(MAX_ROWS, MAX_COLUMNS)
    read = read_ods if path.suffix == ".ods" else read_xlsx
    found: Grids = {}
    try:
        with _pieces(chunk, parser_only=parser_only), package.opened(path) as opened:
            for kind, *values in read(opened, limits):
                if kind == "sheet":
                    grid = found.setdefault(values[0], {})
                elif kind == "rows":
                    _add(grid, *values)
    except ZhupeiError as error:
        return error.code
    return found


@contextmanager
def _pieces(chunk: int, *, parser_only: bool) -> Iterator[None]:
    takes = (lambda *_: False) if parser_only else PlainRows.take
    with patch.object(package, "BYTES_AT_ONCE", chunk), patch.object(PlainRows, "take", takes):
        yield


def _add(grid: dict[tuple[int, int], Cell], first: int, rows: list[list[Cell]], odd: list[Any]) -> None:
    for at, place, carried in odd:
        rows[at][place] = restored(*carried)
    for number, row_ in enumerate(rows, first):
        for column, cell in enumerate(row_, 1):
            if cell != "":
                grid[number, column] = cell


def by_calamine(path: Path) -> Grids:
    """Read all sheets by python-calamine; error cells are blank to it."""
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    book = CalamineWorkbook.from_path(path)
    found: Grids = {}
    for sheet in book.sheets_metadata:
        if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible:
            read = book.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False)
            found[sheet.name] = {
                (row, column): cell
                for row, cells in enumerate(read, 1)
                for column, cell in enumerate(cells, 1)
                if cell != ""
            }
    return found


def by_openpyxl(path: Path) -> Grids:
    """Read all sheets by openpyxl."""
    import openpyxl

    with path.open("rb") as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(file, data_only=True)
        return {
            sheet.title: {
                (cell.row, cell.column): cell.value
                for row in sheet.iter_rows()
                for cell in row
                if cell.value not in (None, "")
            }
            for sheet in book.worksheets
            if sheet.sheet_state == "visible"
        }


def alike(ours: Cell, theirs: object) -> bool:
    """Say whether two readers mean the same, though one says it in another way than the other."""
    if isinstance(ours, Spoilt):  # ours says why; theirs is blank, the word, or whatever stood there
        return True
    if isinstance(ours, str) and isinstance(theirs, str):
        return ours.replace("\r", "") == theirs.replace("\r", "")
    if isinstance(ours, str) and isinstance(theirs, int | float):
        return _shown(ours, float(theirs))
    if isinstance(ours, bool) or isinstance(theirs, bool):
        return ours == theirs
    if isinstance(ours, int | float) and isinstance(theirs, int | float):
        return abs(ours - theirs) <= 1e-9 * max(1.0, abs(ours))
    if isinstance(ours, date | time | timedelta):
        return _moment(ours) == _moment(theirs)
    return ours == theirs


def _shown(text: str, number: float) -> bool:
    """Say whether 85% or 0500 is how people see a number."""
    if text.endswith("%"):
        return abs(float(text[:-1]) - 100 * number) < 1e-6
    return text.startswith("0") and float(text) == number


def _moment(value: object) -> object:
    """Return an instant to the second, so that a day is its midnight."""
    if isinstance(value, datetime):
        return (value + timedelta(milliseconds=500)).replace(microsecond=0)
    if isinstance(value, date):
        return datetime.combine(value, time.min)
    if isinstance(value, time):
        return timedelta(hours=value.hour, minutes=value.minute, seconds=value.second)
    if isinstance(value, timedelta):
        return timedelta(seconds=round(value.total_seconds()))
    return value
