"""A workbook that other programs take in: headings in the first row, every cell a text."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from zhupei_cli.sheets.writing.drawing import lines_of
from zhupei_cli.sheets.writing.ooxml import half_widths
from zhupei_cli.sheets.writing.widths import usual_width, widened

_A4: Final = 9
#: Columns are as wide as this before sentences take what room is left on the page.
_WIDEST: Final = 40
#: Points of a line.
_LINE: Final = 15


def write_plain(path: Path, name: str, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write `rows` below `headings` to a workbook of one sheet, called `name`."""
    import xlsxwriter

    written = [tuple(row) for row in rows]
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(path, options) as book:
        sheet = book.add_worksheet(name)
        head = book.add_format({"bold": True, "num_format": "@", "bottom": 1})
        text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        sheet.set_paper(_A4)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        sheet.set_footer("&C第 &P 页 共 &N 页")
        sheet.freeze_panes(1, 0)
        widths = _widths(headings, written)
        for at, (heading, width) in enumerate(zip(headings, widths, strict=True)):
            sheet.set_column(at, at, width)
            sheet.write_string(0, at, heading, head)
        for number, row in enumerate(written, 1):
            # LibreOffice and WPS do not measure wrapped text when they open a file: the last line is cut.
            tall = max(lines_of(value, int(width)) for value, width in zip(row, widths, strict=True))
            sheet.set_row(number, _LINE * tall + 2)
            for at, value in enumerate(row):
                sheet.write_string(number, at, value, text)


def _widths(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> list[float]:
    """Return the widths of columns: as wide as nearly all cells, sentences as wide as the page has room."""
    wanted = [
        max(half_widths(heading), usual_width([row[at] for row in rows])) + 3
        for at, heading in enumerate(headings)
    ]
    return widened([min(width, _WIDEST) for width in wanted], wanted)
