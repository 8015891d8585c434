"""Tables of years as a workbook: a sheet a table, a native chart below it, ready for A4."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from zhupei_cli.display import display_width
from zhupei_cli.reports.charts import COLOURS

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook


_FORMATS: Final = {"text": "@", "count": "0", "change": '+0;−0;"±0"', "share": "0.0%", "mark": "0.00"}
_UNITS: Final = {"count": "人数", "share": "比率", "mark": "分数"}
_HEAD: Final = {"bold": True, "bg_color": "#eef2f5", "bottom": 1, "text_wrap": True}
_MORE: Final = ("#5c4d7d", "#bc6c25", "#4d7c8a", "#8a8a8a")
#: Bars beyond this cannot be read on one page.
_DRAWN: Final = 15
#: The widest a column becomes; the last one may be a sentence, which is else cut where the paper ends.
_WIDEST, _LAST = 48, 96
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
        formats = {kind: book.add_format({"num_format": code}) for kind, code in _FORMATS.items()}
        soft = book.add_format({"font_color": "#5b6875"})
        looks = {
            "title": book.add_format({"bold": True, "font_size": 14}),
            "head": book.add_format(_HEAD),
            "number": book.add_format({**_HEAD, "align": "right"}),
            "soft": soft,
            # Text behind a number: the number stands right, the text left, and they would touch.
            "head apart": book.add_format({**_HEAD, "indent": 1}),
            "apart": book.add_format({"num_format": "@", "indent": 1}),
        }
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
    sheet.write_string(0, 0, one.title, looks["title"])
    sheet.write_string(1, 0, one.note, looks["soft"])
    for at, (heading, kind) in enumerate(one.columns):
        apart = kind == "text" and at > 0 and one.columns[at - 1][1] != "text"
        head = "head apart" if apart else "head" if kind == "text" else "number"
        sheet.write_string(_TOP, at, heading, looks[head])
        cells = [display_width(str(row[at])) for row in one.rows if kind == "text" and row[at] is not None]
        sheet.set_column(
            at,
            at,
            min(
                max([*cells, display_width(heading), 7]) + 2, _LAST if at == len(one.columns) - 1 else _WIDEST
            ),
        )
    for number, row in enumerate(one.rows, _TOP + 1):
        for at, (value, (_, kind)) in enumerate(zip(row, one.columns, strict=True)):
            if value is None:
                continue
            if isinstance(value, str):
                apart = at > 0 and one.columns[at - 1][1] != "text"
                sheet.write_string(number, at, value, looks["apart"] if apart else formats["text"])
            else:
                sheet.write_number(
                    number, at, value, formats["share" if isinstance(value, PercentCell) else kind]
                )
    sheet.freeze_panes(_TOP + 1, one.labels + 1)
    sheet.set_default_row(18)
    sheet.set_paper(9)  # A4
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(_TOP)
    sheet.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.7)
    sheet.set_footer(f"&L制表日期：{made_on}&R第 &P 页，共 &N 页")
    if one.series and one.drawn:
        _chart(book, sheet, one)


# Any: XlsxWriter has no types for charts and for the name of a sheet.
def _chart(book: Any, sheet: Any, one: TableSheet) -> None:
    first, last = _TOP + 1, _TOP + min(one.drawn, _DRAWN)
    chart = book.add_chart({"type": "bar" if one.horizontal else "column"})
    names = one.labels if one.first_label is None else one.first_label
    colours = (*COLOURS, *_MORE)
    for number, at in enumerate(one.series):
        chart.add_series(
            {
                "name": [sheet.get_name(), _TOP, at],
                "categories": [sheet.get_name(), first, names, last, one.labels],
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
    if one.horizontal:
        # Of bars y is where the names stand: the first one at the top, the numbers below them all.
        chart.set_y_axis({"reverse": True, "crossing": "max"})
        chart.set_x_axis(axis)
        tall = 130 + (last - first + 1) * (14 * len(one.series) + 10)
        chart.set_size({"width": 900, "height": min(tall, _TALLEST)})
    else:
        chart.set_y_axis(axis)
        chart.set_size({"width": 900, "height": 340})
    sheet.insert_chart(_TOP + len(one.rows) + 2, 0, chart)
