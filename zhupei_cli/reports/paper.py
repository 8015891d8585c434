"""How a table and its chart lie on A4: large enough to be read, the chart whole on one page."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from zhupei_cli.pages_across import LIST_PAGE, pages_across

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

#: Inches at the sides, and above and below.
_SIDE, _EDGE = 0.4, 0.7
#: Points between the margins of A4, across and down.
_ACROSS: Final = 842 - 2 * 72 * _SIDE
_DOWN: Final = 595 - 2 * 72 * _EDGE
#: How much smaller a table may become so that its chart stands on the same page.
_SMALLER: Final = 0.7
_POINT: Final = 0.75
#: Points of a row, and rows between a table and its chart.
TABLE_ROW: Final = 18
CHART_GAP: Final = 2
#: Half-width characters beyond which names below columns would lie aslant, and out of the chart.
_SLANT: Final = 12


def pixels(width: float) -> int:
    """Return how wide a column is on a screen: seven pixels a digit, five for the rim."""
    return int(width * 7) + 5


def lines_in(width: int, column: float) -> int:
    """Return how many lines a text of so many half-width characters takes, rather one too many."""
    return -(-width // max(int(column) - 2, 2)) or 1


def lies(label_widths: Sequence[int]) -> bool:
    """Return whether bars are to lie, for their names are long."""
    return max(label_widths, default=0) > _SLANT


def on_one_page(widths: Sequence[float], tall: float, chart: tuple[int, int]) -> bool:
    """Return whether a table `tall` points high and its chart can be read on one page."""
    wide, high = chart
    across = _ACROSS / (_POINT * max(sum(map(pixels, widths)), wide))
    down = _DOWN / (tall + CHART_GAP * TABLE_ROW + _POINT * high)
    return sum(widths) <= LIST_PAGE and min(across, down, 1) >= _SMALLER * min(across, 1)


def lay_on_paper(sheet: "Worksheet", widths: Sequence[float], *, kept: int, whole: bool) -> int:
    """Print on A4 landscape; return how many columns stand on the first page.

    All is one page if it is to be `whole`, else as many as there are rows for. Columns that would make the
    print too small go on beside it, with the first `kept` again.
    """
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.set_margins(left=_SIDE, right=_SIDE, top=_EDGE, bottom=_EDGE)
    if sum(widths) <= LIST_PAGE:
        sheet.fit_to_pages(1, 1 if whole else 0)
        return len(widths)
    pages, first = pages_across(widths, kept)
    sheet.repeat_columns(0, kept - 1)
    sheet.fit_to_pages(pages, 0)
    return first


def page_of_chart(book: "Workbook", name: str, footer: str) -> "Worksheet":
    """Return a sheet for a chart that is one page: where a table is long, the chart would be cut."""
    ending = "图"
    sheet = book.add_worksheet(name[: 31 - len(ending)] + ending)
    sheet.hide_gridlines(2)
    sheet.set_footer(footer)
    lay_on_paper(sheet, (), kept=0, whole=True)
    return sheet
