"""Reading .xls: xlrd refuses what is damaged, where readers in other languages fall over."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from zhupei_cli.errors import ZhupeiError
from zhupei_cli.sheets.cells import Cell, Spoilt
from zhupei_cli.sheets.rows import Message, Rows
from zhupei_cli.sheets.scan import Limits
from zhupei_cli.sheets.serials import from_serial


def read_xls(path: Path, limits: Limits) -> Iterator[Message]:
    """Yield the sheets of a workbook; E032 when it is encrypted, E033 when it is damaged."""
    import xlrd

    try:
        # Its warnings would go to the screen.
        with (
            Path(os.devnull).open("w") as nowhere,
            xlrd.open_workbook(path, logfile=nowhere, on_demand=True, ragged_rows=True) as book,
        ):
            sheets = [(name, book.sheet_by_index(at)) for at, name in enumerate(book.sheet_names())]
            yield "hidden", [name for name, sheet in sheets if sheet.visibility]
            for name, sheet in sheets:
                if not sheet.visibility:
                    yield from _read_sheet(sheet, name, limits, from_1904=book.datemode == 1, file=path.name)
    except (ZhupeiError, MemoryError, GeneratorExit):
        raise
    except Exception as error:  # xlrd lets through whatever a damaged file makes it stumble over
        code = "E032" if "encrypted" in str(error).lower() else "E033"
        raise ZhupeiError(code, file=path.name) from error


def _read_sheet(sheet: Any, name: str, limits: Limits, *, from_1904: bool, file: str) -> Iterator[Message]:
    rows = Rows(name, limits, file=file)
    yield "sheet", name
    for number in range(sheet.nrows):
        types, values = sheet.row_types(number), sheet.row_values(number)
        cells = [_cell(type_, value, from_1904) for type_, value in zip(types, values, strict=True)]
        rows.add(number + 1, cells)
        yield from rows.ready()
    yield from rows.rest()
    yield "end", [], []


def _cell(type_: int, value: Any, from_1904: bool) -> Cell:
    from xlrd import biffh

    match type_:
        case biffh.XL_CELL_TEXT:
            return str(value)
        case biffh.XL_CELL_NUMBER:
            return float(value)
        case biffh.XL_CELL_DATE:
            return from_serial(float(value), "date", from_1904=from_1904)
        case biffh.XL_CELL_BOOLEAN:
            return bool(value)
        case biffh.XL_CELL_ERROR:
            return Spoilt("E019", biffh.error_text_from_code.get(value, "#N/A"))
    return ""
