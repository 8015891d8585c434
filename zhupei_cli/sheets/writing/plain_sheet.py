"""A workbook that other programs take in: headings in the first row, every cell a text."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from zhupei_cli.sheets.writing.ooxml import half_widths

_A4: Final = 9
#: Columns are as wide as what stands in them, up to so many characters.
_WIDEST: Final = 90


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
        for at, heading in enumerate(headings):
            widest = max(map(half_widths, [heading, *(row[at] for row in written)]))
            sheet.set_column(at, at, min(widest, _WIDEST) + 2)
            sheet.write_string(0, at, heading, head)
        for number, row in enumerate(written, 1):
            for at, value in enumerate(row):
                sheet.write_string(number, at, value, text)
