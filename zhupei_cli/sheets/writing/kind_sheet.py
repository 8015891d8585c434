"""Rows of the contract's kinds as plain workbooks that import again: headings, texts, sensible widths."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Final

from zhupei_cli.pages_across import pages_across
from zhupei_cli.sheets.kinds.columns import Column, Kind, column_letters, headings_of
from zhupei_cli.sheets.writing.looks import BODY, HEADING
from zhupei_cli.sheets.writing.ooxml import Value
from zhupei_cli.sheets.writing.roster_template import set_up_roster_page
from zhupei_cli.sheets.writing.splice import SplicedSheet, Template, template_of, write_workbook
from zhupei_cli.sheets.writing.widths import heading_width, usual_width

SheetRows = Sequence[Mapping[str, Value]]

#: Rows whose cells say how wide a column should be, and the width no column exceeds.
_MEASURED: Final = 200
_WIDEST: Final = 40
#: Points of a line.
_LINE: Final = 14
#: Columns that say who a row is about stand among so many at the left.
_LEFT: Final = 6


def write_kinds(
    path: Path, sheets: Sequence[tuple[Kind, Sequence[Column], SheetRows]], *, made_on: date
) -> None:
    """Write a sheet a kind, with these of its columns and rows by key: the same rows, the same bytes."""
    cells = [[[row.get(column.key) for column in columns] for row in rows] for _, columns, rows in sheets]
    drawn = [
        (kind.title, columns, some[:: len(some) // _MEASURED + 1])
        for (kind, columns, _), some in zip(sheets, cells, strict=True)
    ]
    written = [
        SplicedSheet(kind.title, kind.title, some) for (kind, _, _), some in zip(sheets, cells, strict=True)
    ]
    write_workbook(path, _template(drawn), written, title=sheets[0][0].title, made_on=made_on)


def _template(sheets: Sequence[tuple[str, Sequence[Column], Sequence[Sequence[Value]]]]) -> Template:
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font

    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for title, columns, cells in sheets:
        sheet, widths = workbook.create_sheet(title), []
        for at, heading in enumerate(headings_of(columns), 1):
            head = sheet.cell(1, at, heading)
            head.font, head.alignment = Font(name=HEADING, size=11), Alignment(wrap_text=True)
            sample = sheet.cell(2, at)
            sample.number_format, sample.font = "@", Font(name=BODY, size=11)
            # What is cut on paper nobody reads.
            sample.alignment = Alignment(wrap_text=True, vertical="top")
            texts = [str(row[at - 1]) for row in cells if row[at - 1] is not None]
            widths.append(min(max(heading_width(heading), usual_width(texts)) + 2, _WIDEST))
            sheet.column_dimensions[head.column_letter].width = widths[-1]
        sheet.row_dimensions[1].height, sheet.row_dimensions[2].height = 2 * _LINE + 2, _LINE
        kept = _kept(columns)
        sheet.freeze_panes = f"{column_letters(kept)}2"
        pages, _ = pages_across(widths, kept)
        set_up_roster_page(sheet, pages=pages, repeated=column_letters(kept))
        sheet.oddFooter.center.text = "第 &P 页，共 &N 页"
    return template_of(workbook)


def _kept(columns: Sequence[Column]) -> int:
    """Return how many columns say who a row is about: up to the number of a person, else one."""
    left = [column.key for column in columns[:_LEFT]]
    return left.index("id_number") + 1 if "id_number" in left else 1
