"""How a roster looks on the screen and on A4 paper: drawn once with openpyxl."""

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Final

from zhupei_cli.sheets.roster_columns import ROSTER_COLUMNS, SUMMARY_COLUMNS, RosterColumn
from zhupei_cli.sheets.splice import Template, template_of

if TYPE_CHECKING:
    from openpyxl.styles import Border
    from openpyxl.worksheet.worksheet import Worksheet

# Fonts every Chinese Windows and WPS has.
_BODY: Final = "宋体"
_HEADING: Final = "黑体"
_A4: Final = 9
_FORMATS: Final = {"id": "@", "words": "@", "number": "0", "mark": "0.00"}


@cache
def roster_template() -> Template:
    """Return the template with the sheets 汇总 and 专业."""
    from openpyxl import Workbook

    workbook = Workbook()
    summary, specialty = workbook.worksheets[0], workbook.create_sheet("专业")
    summary.title = "汇总"
    draw(summary, SUMMARY_COLUMNS, lines=("{line}", "{line2}"), frozen="A")
    draw(specialty, ROSTER_COLUMNS, lines=("{line}",), frozen="F")
    return template_of(workbook)


def draw(sheet: "Worksheet", columns: Sequence[RosterColumn], *, lines: Sequence[str], frozen: str) -> None:
    """Draw title, `lines`, headings and a sample row; columns left of `frozen` stay in sight.

    Title, page header and footer are the placeholders title, batch, base, seal and made.
    """
    headings = len(lines) + 2
    _write_line(sheet, 1, "{title}", columns, font=_HEADING, size=16, height=30)
    for row, line in enumerate(lines, 2):
        _write_line(sheet, row, line, columns, font=_BODY, size=11, height=18)
    for at, column in enumerate(columns, 1):
        _write_heading(sheet, headings, at, column)
        _style_sample(sheet, headings + 1, at, column)
    sheet.row_dimensions[headings].height = 30
    sheet.row_dimensions[headings + 1].height = 13
    sheet.freeze_panes = f"{frozen}{headings + 1}"
    _set_up_page(sheet)


def _write_line(
    sheet: "Worksheet",
    row: int,
    text: str,
    columns: Sequence[RosterColumn],
    *,
    font: str,
    size: int,
    height: int,
) -> None:
    from openpyxl.styles import Alignment, Font

    cell = sheet.cell(row, 1, text)
    cell.font = Font(name=font, size=size)
    cell.alignment = Alignment(horizontal="center", vertical="center", shrink_to_fit=True)
    sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=len(columns))
    sheet.row_dimensions[row].height = height


def _write_heading(sheet: "Worksheet", row: int, at: int, column: RosterColumn) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill

    cell = sheet.cell(row, at, column.heading)
    cell.font = Font(name=_HEADING, size=10)
    cell.fill = PatternFill("solid", fgColor="E7E6E6")
    cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    cell.border = _thin()
    sheet.column_dimensions[cell.column_letter].width = column.width


def _style_sample(sheet: "Worksheet", row: int, at: int, column: RosterColumn) -> None:
    from openpyxl.styles import Alignment, Font

    cell = sheet.cell(row, at)
    cell.font = Font(name=_BODY, size=10)
    cell.number_format = _FORMATS[column.kind]
    # A number cut at the cell's edge would be another number: identifiers shrink, words wrap.
    wraps = column.kind == "words"
    cell.alignment = Alignment(
        horizontal="center", vertical="center", wrap_text=wraps, shrink_to_fit=not wraps
    )
    cell.border = _thin()


def _thin() -> "Border":
    from openpyxl.styles import Border, Side

    side = Side("thin", color="808080")
    return Border(left=side, right=side, top=side, bottom=side)


def _set_up_page(sheet: "Worksheet") -> None:
    page = sheet.page_setup
    page.paperSize, page.orientation = _A4, "landscape"
    page.fitToWidth, page.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_options.horizontalCentered = True
    margins = sheet.page_margins  # inches
    margins.left = margins.right = 0.3
    margins.top = margins.bottom = 0.6
    margins.header = margins.footer = 0.3
    sheet.oddHeader.left.text, sheet.oddHeader.right.text = "{batch}", "{base}"
    sheet.oddFooter.left.text, sheet.oddFooter.right.text = "{seal}", "{made}"
    sheet.oddFooter.center.text = "第 &P 页，共 &N 页"
