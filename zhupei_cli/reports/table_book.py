"""Tables of years as a workbook: a sheet a table, a native chart below it, ready for A4."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from zhupei_cli.display import display_width
from zhupei_cli.pages_across import LIST_PAGE
from zhupei_cli.reports.charts import COLOURS
from zhupei_cli.reports.paper import (
    CHART_GAP,
    TABLE_ROW,
    lay_on_paper,
    lies,
    lines_in,
    on_one_page,
    page_of_chart,
)

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet


_FORMATS: Final = {"text": "@", "count": "0", "change": '+0;−0;"±0"', "share": "0.0%", "mark": "0.00"}
_UNITS: Final = {"count": "人数", "share": "比率", "mark": "分数"}
_HEAD: Final = {"bold": True, "bg_color": "#eef2f5", "bottom": 1, "text_wrap": True}
_LOOKS: Final[Mapping[str, Mapping[str, object]]] = {
    "soft": {"font_color": "#5b6875", "text_wrap": True, "valign": "top"},
    "title": {"bold": True, "font_size": 14},
    "head": _HEAD,
    "number": {**_HEAD, "align": "right"},
    # Text behind a number: the number stands right, the text left, and they would touch.
    "head apart": {**_HEAD, "indent": 1},
    "apart": {"num_format": "@", "indent": 1, "valign": "vcenter", "text_wrap": True},
}
_MORE: Final = ("#5c4d7d", "#bc6c25", "#4d7c8a", "#8a8a8a")
#: Bars beyond this cannot be read on one page.
_DRAWN: Final = 15
#: The widest a column becomes; the last one may be a sentence, which is else cut where the paper ends.
_WIDEST, _LAST = 48, 96
_NARROW: Final = 24
#: How wide a heading may be that stands on one line.
_HEADING: Final = 12
_TOP: Final = 3
#: The tallest chart, in pixels: a page has room for no more.
_TALLEST: Final = 560


class PercentCell(float):
    """A cell in percent, in a column of other numbers."""


TableCell = str | int | float | None


@dataclass(frozen=True, slots=True)
class TableSheet:
    """A table: headings with kinds (text, count, change, share, mark), and which columns a chart draws.

    The first `drawn` rows are drawn, named by the columns `first_label` to `labels`, or the latter alone;
    `horizontal` bars leave room for long names. `chart` is what is above it, else the title.
    """

    title: str
    note: str
    columns: Sequence[tuple[str, str]]
    rows: Sequence[Sequence[TableCell]]
    labels: int = 0
    series: Sequence[int] = ()
    drawn: int = 0
    first_label: int | None = None
    chart: str = ""
    horizontal: bool = False


def write_tables(path: Path, sheets: Sequence[TableSheet], *, made_on: date) -> None:
    """Write the tables as one workbook."""
    import xlsxwriter

    # In memory first: what a full disk says is then what `files` can tell.
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        formats = {
            kind: book.add_format({"num_format": code, "valign": "vcenter", "text_wrap": kind == "text"})
            for kind, code in _FORMATS.items()
        }
        looks = {name: book.add_format(look) for name, look in _LOOKS.items()}
        for one in sheets:
            _draw(book, one, formats, looks, made_on)
    path.write_bytes(file.getvalue())


def _draw(
    book: "Workbook",
    one: TableSheet,
    formats: Mapping[str, "Format"],
    looks: Mapping[str, "Format"],
    made_on: date,
) -> None:
    sheet = book.add_worksheet(one.title[:31])
    sheet.set_default_row(TABLE_ROW)
    widths = _widths(one)
    heights: list[float] = [1.5 * TABLE_ROW, TABLE_ROW, TABLE_ROW, TABLE_ROW]
    for at, ((heading, kind), width) in enumerate(zip(one.columns, widths, strict=True)):
        head = "head apart" if _apart(one, at) else "head" if kind == "text" else "number"
        sheet.write_string(_TOP, at, heading, looks[head])
        sheet.set_column(at, at, width)
        heights[_TOP] = max(heights[_TOP], TABLE_ROW * lines_in(display_width(heading), width))
    for number, row in enumerate(one.rows, _TOP + 1):
        for at, (value, (_, kind)) in enumerate(zip(row, one.columns, strict=True)):
            if value is None:
                continue
            if isinstance(value, str):
                sheet.write_string(number, at, value, looks["apart"] if _apart(one, at) else formats["text"])
            else:
                sheet.write_number(
                    number, at, value, formats["share" if isinstance(value, PercentCell) else kind]
                )
        tall = max(_lines(value, width) for value, width in zip(row, widths, strict=True))
        heights.append(TABLE_ROW * tall)
        sheet.set_row(number, TABLE_ROW * tall)
    sheet.freeze_panes(_TOP + 1, one.labels + 1)
    sheet.repeat_rows(_TOP)
    footer = f"&L制表日期：{made_on}&R第 &P 页，共 &N 页"
    sheet.set_footer(footer)
    drawn = _size(one) if one.series and one.drawn else None
    below = drawn is not None and on_one_page(widths, sum(heights), drawn)
    first = lay_on_paper(sheet, widths, kept=one.labels + 1, whole=below)
    _title(sheet, one, looks, widths[:first], heights)
    if drawn is not None:
        chart = _chart(book, sheet, one, drawn)
        if below:
            sheet.insert_chart(len(heights) + CHART_GAP, 0, chart)
        else:
            page_of_chart(book, one.title, footer).insert_chart(0, 0, chart)


def _title(
    sheet: "Worksheet",
    one: TableSheet,
    looks: Mapping[str, "Format"],
    widths: Sequence[float],
    heights: Sequence[float],
) -> None:
    """Write the title and the note on what stands on the first page: beyond it they would be cut."""
    across, tall = len(widths), lines_in(display_width(one.note), sum(widths))
    for row, (text, look) in enumerate(((one.title, "title"), (one.note, "soft"))):
        if across > 1:
            sheet.merge_range(row, 0, row, across - 1, text, looks[look])
        else:
            sheet.write_string(row, 0, text, looks[look])
    sheet.set_row(0, heights[0])
    sheet.set_row(1, TABLE_ROW * tall)
    sheet.set_row(_TOP, heights[_TOP])


def _apart(one: TableSheet, at: int) -> bool:
    """Return whether a column of text stands behind one of numbers."""
    return at > 0 and one.columns[at][1] == "text" != one.columns[at - 1][1]


def _width(one: TableSheet, at: int) -> float:
    heading, kind = one.columns[at]
    cells = [display_width(str(row[at])) for row in one.rows if kind == "text" and row[at] is not None]
    most = _LAST if at == len(one.columns) - 1 else _WIDEST
    # A long heading takes two lines.
    head = display_width(heading)
    return min(max([*cells, min(head, max(_HEADING, head // 2 + 2)), 7]) + 2, most)


def _widths(one: TableSheet) -> list[float]:
    """Return how wide the columns are; words become narrower where all columns then stand on one page."""
    widths = [_width(one, at) for at in range(len(one.columns))]
    words = [at for at, (_, kind) in enumerate(one.columns) if kind == "text"]
    for least in (_WIDEST, _NARROW):
        for at in reversed(words):
            over = sum(widths) - LIST_PAGE
            widths[at] = min(widths[at], max(least, widths[at] - max(over, 0)))
    return widths


def _lines(value: TableCell, width: float) -> int:
    return lines_in(display_width(value), width) if isinstance(value, str) else 1


def _drawn(one: TableSheet) -> Sequence[Sequence[TableCell]]:
    return one.rows[: min(one.drawn, _DRAWN)]


def _name(one: TableSheet, row: Sequence[TableCell]) -> str:
    """Return what a drawn row is called."""
    first = one.labels if one.first_label is None else one.first_label
    return " ".join(str(cell) for cell in row[first : one.labels + 1] if cell is not None)


def _lies(one: TableSheet) -> bool:
    return one.horizontal or lies([display_width(_name(one, row)) for row in _drawn(one)])


def _size(one: TableSheet) -> tuple[int, int]:
    """Return how large the chart should be, in pixels."""
    if not _lies(one):
        return 900, 340
    return 900, min(140 + len(_drawn(one)) * (14 * len(one.series) + 14), _TALLEST)


# Any: XlsxWriter has no types for charts and for the name of a sheet.
def _chart(book: Any, sheet: Any, one: TableSheet, size: tuple[int, int]) -> Any:
    first, last = _TOP + 1, _TOP + min(one.drawn, _DRAWN)
    lying = _lies(one)
    chart = book.add_chart({"type": "bar" if lying else "column"})
    names = one.labels
    if one.first_label is not None:
        # Names of two levels are cut where a group has few bars: a column beside the table has them joined.
        names = len(one.columns)
        for row, cells in enumerate(_drawn(one), first):
            sheet.write_string(row, names, _name(one, cells))
        sheet.set_column(names, names, None, None, {"hidden": True})
        chart.show_hidden_data()
    colours = (*COLOURS, *_MORE)
    for number, at in enumerate(one.series):
        chart.add_series(
            {
                "name": [sheet.get_name(), _TOP, at],
                "categories": [sheet.get_name(), first, names, last, names],
                "values": [sheet.get_name(), first, at, last, at],
                "fill": {"color": colours[number % len(colours)]},
                "gap": 60,
            }
        )
    title = one.chart or one.title
    title = title if one.drawn <= _DRAWN else f"{title}（前 {_DRAWN} 项）"
    chart.set_title({"name": title, "name_font": {"size": 12}})
    chart.set_legend({"position": "bottom"})
    kind = one.columns[one.series[0]][1]
    font = {"name": _UNITS[kind], "name_font": {"size": 10, "bold": False}}
    axis: dict[str, Any] = {**font, "major_gridlines": {"visible": True, "line": {"color": "#dde3e8"}}}
    axis |= {"num_format": "0%", "min": 0} if kind == "share" else {"num_format": "General"}
    if lying:
        # Of bars y is where the names stand: the first one at the top, the numbers below them all.
        chart.set_y_axis({"reverse": True, "crossing": "max", "interval_unit": 1})
        chart.set_x_axis(axis)
    else:
        chart.set_y_axis(axis)
    width, height = size
    chart.set_size({"width": width, "height": height})
    return chart
