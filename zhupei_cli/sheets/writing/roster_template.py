"""How a roster looks on the screen and on A4 paper: drawn once with openpyxl."""

from collections.abc import Collection, Sequence
from functools import cache
from typing import TYPE_CHECKING, Final

from zhupei_cli.pages_across import pages_across
from zhupei_cli.sheets.kinds.roster_columns import ROSTER_COLUMNS, SUMMARY_COLUMNS, RosterColumn
from zhupei_cli.sheets.writing.looks import BODY, HEADING
from zhupei_cli.sheets.writing.splice import CLOSING, ROW, TOTAL, Template, template_of

if TYPE_CHECKING:
    from openpyxl.styles import Border
    from openpyxl.worksheet.worksheet import Worksheet

#: Placeholders of page header and footer: left, right, left, right.
EDGES: Final = ("batch", "base", "seal", "made")
#: The samples `draw` ends a sheet with.
SAMPLES: Final = (ROW, TOTAL, CLOSING)
_A4: Final = 9
_FORMATS: Final = {"id": "@", "words": "@", "number": "0", "mark": "0.00", "figure": "General"}


@cache
def roster_template() -> Template:
    """Return the template with the sheets 汇总 and 专业."""
    from openpyxl import Workbook

    workbook = Workbook()
    summary, specialty = workbook.worksheets[0], workbook.create_sheet("专业")
    summary.title = "汇总"
    draw(summary, SUMMARY_COLUMNS, lines=("{line}", "{line2}"), frozen="A")
    draw(specialty, ROSTER_COLUMNS, lines=("{line}",), frozen="F")
    return template_of(workbook, SAMPLES)


def draw(
    sheet: "Worksheet",
    columns: Sequence[RosterColumn],
    *,
    lines: Sequence[str],
    frozen: str,
    edges: Collection[str] = EDGES,
) -> None:
    """Draw title, `lines`, headings and SAMPLES; columns left of `frozen` stay in sight.

    A sheet wider than a page goes on beside it, with those columns again. The title is the placeholder
    title, `edges` are those of page header and footer; one that would be empty is better left out, not
    every reader takes an empty part.
    """
    headings = len(lines) + 2
    kept = sheet[f"{frozen}1"].column
    pages, across = pages_across([column.width for column in columns], kept - 1)
    # Titles stand on the first page, beside what is repeated: a piece of them would be repeated with it.
    beside = (kept, across) if pages > 1 and kept < across else (1, across)
    _write_line(sheet, 1, "{title}", beside, font=HEADING, size=16, height=30)
    for row, line in enumerate(lines, 2):
        _write_line(sheet, row, line, beside, font=BODY, size=11, height=18)
    for at, column in enumerate(columns, 1):
        _write_heading(sheet, headings, at, column)
        _style_sample(sheet, headings + 1, at, column)
        _style_sample(sheet, headings + 2, at, column, bold=True)
    _style_closing(sheet, headings + 3, len(columns))
    sheet.row_dimensions[headings].height = 30
    sheet.row_dimensions[headings + 1].height = 13
    sheet.freeze_panes = f"{frozen}{headings + 1}"
    set_up_roster_page(sheet, pages=pages, repeated=frozen)
    _write_edges(sheet, edges)


def _write_line(
    sheet: "Worksheet",
    row: int,
    text: str,
    across: tuple[int, int],
    *,
    font: str,
    size: int,
    height: int,
) -> None:
    from openpyxl.styles import Alignment, Font

    first, last = across
    cell = sheet.cell(row, first, text)
    cell.font = Font(name=font, size=size)
    cell.alignment = Alignment(horizontal="center", vertical="center", shrink_to_fit=True)
    sheet.merge_cells(start_row=row, start_column=first, end_row=row, end_column=last)
    sheet.row_dimensions[row].height = height


def _write_heading(sheet: "Worksheet", row: int, at: int, column: RosterColumn) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill

    cell = sheet.cell(row, at, column.heading)
    cell.font = Font(name=HEADING, size=10)
    cell.fill = PatternFill("solid", fgColor="E7E6E6")
    cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    cell.border = _thin()
    sheet.column_dimensions[cell.column_letter].width = column.width


def _style_sample(sheet: "Worksheet", row: int, at: int, column: RosterColumn, *, bold: bool = False) -> None:
    from openpyxl.styles import Alignment, Font

    cell = sheet.cell(row, at)
    cell.font = Font(name=BODY, size=10, bold=bold)
    cell.number_format = _FORMATS[column.kind]
    # A number cut at the cell's edge would be another number: identifiers shrink, words wrap.
    wraps = column.kind == "words"
    cell.alignment = Alignment(
        horizontal="center", vertical="center", wrap_text=wraps, shrink_to_fit=not wraps
    )
    cell.border = _thin()


def _style_closing(sheet: "Worksheet", row: int, at: int) -> None:
    from openpyxl.styles import Alignment, Font

    cell = sheet.cell(row, at)
    cell.font = Font(name=BODY, size=11)
    cell.alignment = Alignment(horizontal="right", vertical="center")


def _thin() -> "Border":
    from openpyxl.styles import Border, Side

    side = Side("thin", color="808080")
    return Border(left=side, right=side, top=side, bottom=side)


def set_up_roster_page(sheet: "Worksheet", *, pages: int = 1, repeated: str = "A") -> None:
    """Print on A4 landscape, `pages` wide; if that is several, columns left of `repeated` stand on each."""
    from openpyxl.utils import column_index_from_string, get_column_letter

    page = sheet.page_setup
    page.paperSize, page.orientation = _A4, "landscape"
    page.fitToWidth, page.fitToHeight = pages, 0
    if pages > 1 and repeated != "A":
        sheet.print_title_cols = f"A:{get_column_letter(column_index_from_string(repeated) - 1)}"
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_options.horizontalCentered = True
    margins = sheet.page_margins  # inches
    margins.left = margins.right = 0.3
    margins.top = margins.bottom = 0.6
    margins.header = margins.footer = 0.3


def _write_edges(sheet: "Worksheet", edges: Collection[str]) -> None:
    header, footer = sheet.oddHeader, sheet.oddFooter
    for name, part in zip(EDGES, (header.left, header.right, footer.left, footer.right), strict=True):
        part.text = f"{{{name}}}" if name in edges else None
    sheet.oddFooter.center.text = "第 &P 页，共 &N 页"
