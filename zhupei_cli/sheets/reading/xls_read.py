"""Reading .xls: xlrd refuses what is damaged, where readers in other languages fall over."""

import os
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from zhupei_cli.sheets.kinds.cells import Cell, Spoilt
from zhupei_cli.sheets.kinds.serials import Look, from_serial, look_of
from zhupei_cli.sheets.reading.rows import Limits, Message, Rows, head_of
from zhupei_cli.sheets.reading.xls_formulas import Places, waiting_formulas
from zhupei_cli.words.errors import ZhupeiError

if TYPE_CHECKING:
    from xlrd.book import Book
    from xlrd.sheet import Cell as XlsCell
    from xlrd.sheet import Sheet


def read_xls(path: Path, limits: Limits) -> Iterator[Message]:
    """Yield the sheets of a workbook; E032 when it is encrypted, E033 when it is damaged."""
    import xlrd

    try:
        # Its warnings would go to the screen.
        with (
            Path(os.devnull).open("w") as nowhere,
            xlrd.open_workbook(path, logfile=nowhere, formatting_info=True, ragged_rows=True) as book,
        ):
            sheets = book.sheets()
            waiting = dict(enumerate(waiting_formulas(path.read_bytes(), nowhere)))
            looks = _looks(book)
            read = partial(
                _read_sheet,
                looks=looks,
                struck=_struck(book),
                limits=limits,
                from_1904=book.datemode == 1,
                file=path.name,
            )
            yield (
                "hidden",
                [
                    (sheet.name, head_of(read(sheet, waiting.get(sheet.number, frozenset()))))
                    for sheet in sheets
                    if sheet.visibility
                ],
            )
            for sheet in sheets:
                if not sheet.visibility:
                    yield from read(sheet, waiting.get(sheet.number, frozenset()))
    except (ZhupeiError, MemoryError, GeneratorExit):
        raise
    except Exception as error:  # xlrd lets through whatever a damaged file makes it stumble over
        code = "E032" if "encrypted" in str(error).lower() else "E033"
        raise ZhupeiError(code, file=path.name) from error


def _looks(book: "Book") -> list[Look]:
    """Return what numbers look like, by style."""
    formats = {key: look_of(key, one.format_str) for key, one in book.format_map.items()}
    return [formats.get(style.format_key, "number") for style in book.xf_list]


def _struck(book: "Book") -> frozenset[int]:
    """Return the styles whose font strikes through."""
    fonts = {number for number, font in enumerate(book.font_list) if font.struck_out}
    return frozenset(number for number, style in enumerate(book.xf_list) if style.font_index in fonts)


def _read_sheet(
    sheet: "Sheet",
    waiting: Places,
    *,
    looks: Sequence[Look],
    struck: frozenset[int],
    limits: Limits,
    from_1904: bool,
    file: str,
) -> Iterator[Message]:
    rows = Rows(sheet.name, limits, file=file)
    yield "sheet", sheet.name
    lines = {row for row, _ in waiting}
    for number in range(sheet.nrows):
        cells = [_cell(cell, looks, from_1904=from_1904) for cell in sheet.row(number)]
        if number in lines:
            cells = [Spoilt("E025") if (number, at) in waiting else cell for at, cell in enumerate(cells)]
        if struck:
            filled = [at for at, cell in enumerate(cells) if cell != ""]
            styles = [sheet.cell_xf_index(number, at) for at in filled]
            rows.strike(number + 1, sum(style in struck for style in styles), len(filled))
        rows.add(number + 1, cells)
        yield from rows.ready()
    yield from rows.rest()
    hidden = [number + 1 for number, row in sheet.rowinfo_map.items() if row.hidden]
    merged = [(top, bottom - 1, left, right - 1) for top, bottom, left, right in sheet.merged_cells]
    yield "end", sorted(hidden), merged, rows.struck


def _cell(cell: "XlsCell", looks: Sequence[Look], *, from_1904: bool) -> Cell:
    from xlrd import biffh

    match cell.ctype:
        case biffh.XL_CELL_TEXT:
            return str(cell.value)
        case biffh.XL_CELL_NUMBER | biffh.XL_CELL_DATE as type_:
            style = cell.xf_index
            look = looks[style] if style is not None and style < len(looks) else "number"
            if look == "number" and type_ == biffh.XL_CELL_DATE:
                look = "date"
            return from_serial(float(cell.value), look, from_1904=from_1904)
        case biffh.XL_CELL_BOOLEAN:
            return bool(cell.value)
        case biffh.XL_CELL_ERROR:
            return Spoilt("E019", biffh.error_text_from_code.get(cell.value, "#N/A"))
    return ""
