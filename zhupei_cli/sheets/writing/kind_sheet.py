"""Rows of the contract's kinds as plain workbooks that import again: headings, texts, sensible widths."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Final

from zhupei_cli.sheets.kinds.columns import Column, Kind, headings_of
from zhupei_cli.sheets.writing.looks import BODY, HEADING
from zhupei_cli.sheets.writing.ooxml import Value, half_widths
from zhupei_cli.sheets.writing.roster_template import ROSTER_PAGE, set_up_page
from zhupei_cli.sheets.writing.splice import SplicedSheet, Template, template_of, write_workbook

SheetRows = Sequence[Mapping[str, Value]]

#: Rows whose cells say how wide a column should be, and the width no column exceeds.
_MEASURED: Final = 50
_WIDEST: Final = 40


def write_kinds(
    path: Path, sheets: Sequence[tuple[Kind, Sequence[Column], SheetRows]], *, made_on: date
) -> None:
    """Write a sheet a kind, with these of its columns and rows by key: the same rows, the same bytes."""
    cells = [[[row.get(column.key) for column in columns] for row in rows] for _, columns, rows in sheets]
    drawn = [
        (kind.title, columns, some[:_MEASURED])
        for (kind, columns, _), some in zip(sheets, cells, strict=True)
    ]
    written = [
        SplicedSheet(kind.title, kind.title, some) for (kind, _, _), some in zip(sheets, cells, strict=True)
    ]
    write_workbook(path, _template(drawn), written, title=sheets[0][0].title, made_on=made_on)


def _template(sheets: Sequence[tuple[str, Sequence[Column], Sequence[Sequence[Value]]]]) -> Template:
    from openpyxl import Workbook
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for title, columns, cells in sheets:
        sheet = workbook.create_sheet(title)
        for at, heading in enumerate(headings_of(columns), 1):
            head = sheet.cell(1, at, heading)
            head.font = Font(name=HEADING, size=11)
            sample = sheet.cell(2, at)
            sample.number_format, sample.font = "@", Font(name=BODY, size=11)
            longest = max((_width(row[at - 1]) for row in cells), default=0)
            sheet.column_dimensions[head.column_letter].width = min(
                max(_width(heading), longest) + 2, _WIDEST
            )
        sheet.freeze_panes = "B2"
        width = sum(sheet.column_dimensions[get_column_letter(at)].width for at in range(1, len(columns) + 1))
        set_up_page(sheet, pages=-(-round(width) // ROSTER_PAGE), repeated="B")
        sheet.oddFooter.center.text = "第 &P 页，共 &N 页"
    return template_of(workbook)


def _width(value: Value) -> int:
    return 0 if value is None else half_widths(str(value))
