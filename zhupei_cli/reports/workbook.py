"""The report as a workbook: small tables several to a sheet, native charts, ready to print on A4."""

import io
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Final

from zhupei_cli.acting import CST
from zhupei_cli.display import display_width
from zhupei_cli.reports import sections
from zhupei_cli.reports.charts import COLOURS
from zhupei_cli.reports.paper import TABLE_ROW, lines_in, on_one_page, page_of_chart, pixels
from zhupei_cli.reports.sections import Section
from zhupei_cli.reports.values import WITHOUT_MARK, Report
from zhupei_cli.rules.batch.times import show_time

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

#: Kind of a cell → its number format. Text is written as text: no code loses digits, no name is a formula.
_FORMATS: Final = {
    "text": "@",
    "count": "0",
    "change": '+0;−0;"±0"',
    "share": "0.0%",
    "rate": '+0.0%;−0.0%;"±0"',
    "ratio": "0.00",
    "mark": "0.00",
    "time": "yyyy-mm-dd hh:mm",
    "day": "yyyy-mm-dd",
}
#: Text beside a number: the number stands right, the text left, and they would touch.
_APART: Final = "text apart"
_WIDEST: Final = 60
#: How wide a chart is, in pixels: across the paper, or below a table that stands beside another.
_WHOLE, _LEAST = 620, 360
#: The pixels of a chart that has a page to itself.
_ACROSS, _DOWN = 900, 620
#: More columns than this are printed across the paper.
_UPRIGHT: Final = 6
#: Where a table's headings stand: below its title and its note.
_TOP: Final = 3


def render_workbook(report: Report) -> bytes:
    """Return the workbook."""
    import xlsxwriter

    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        # What the file says of itself follows the report, not the clock of the machine.
        book.set_properties({"title": _title(report), "created": _local(report.head.made_at)})
        paper = _Paper(book, report)
        paper.overview()
        paper.days()
        paper.stacked("待办", [sections.backlog(report), sections.anomalies(report)])
        paper.supply()
        paper.groups()
        placed = [(sections.placed(report), _PLACED)] if report.placed else []
        if report.bands:
            paper.beside("分数和录取", [(sections.marks(report), _BANDS), *placed])
        if report.placed:
            paper.stacked("分数线", [sections.lines_by_specialty(report), sections.lines_by_place(report)])
    return file.getvalue()


def _title(report: Report) -> str:
    return f"{report.head.batch_name} · 招收日报"


def _local(moment: datetime) -> datetime:
    return moment.astimezone(CST).replace(tzinfo=None)


#: How a section is drawn: kind of chart, the columns of its series (None: all numbers), from which row on.
_Chart = tuple[str, tuple[int, ...] | None, int]
_BANDS: Final[_Chart] = ("column", None, len(WITHOUT_MARK))
_PARTS: Final[_Chart] = ("bar", (1,), 0)
_PLACED: Final[_Chart] = ("bar", (1,), 0)
_FUNNEL: Final[_Chart] = ("bar", (1,), 0)
_SUPPLY: Final[_Chart] = ("bar", (3, 5), 0)


class _Paper:
    """A workbook in the making: its formats, and how a sheet is set up."""

    def __init__(self, book: "Workbook", report: Report) -> None:
        self._book, self._report = book, report
        self._formats = {
            kind: book.add_format({"num_format": code, "valign": "vcenter"})
            for kind, code in _FORMATS.items()
        }
        wrapped = {"num_format": _FORMATS["text"], "text_wrap": True, "valign": "vcenter"}
        self._formats["text"] = book.add_format(wrapped)
        self._formats[_APART] = book.add_format({**wrapped, "indent": 1})
        self._title = book.add_format({"bold": True, "font_size": 14})
        self._soft = book.add_format({"font_color": "#5b6875"})
        self._nothing = book.add_format({"align": "right"})
        heading = {"bold": True, "bg_color": "#eef2f5", "bottom": 1}
        self._headings = {
            "text": book.add_format(heading),
            _APART: book.add_format({**heading, "indent": 1}),
        }
        self._number_heading = book.add_format({**heading, "align": "right"})

    def overview(self) -> None:
        """Write the sheet of headline figures and the funnel."""
        report = self._report
        since = f"较 {report.head.since}" if report.head.since else "增减"
        figures = Section(
            "overview",
            _title(report),
            (("项目", "text"), ("人数", "count"), (since, "change")),
            [(figure.label, figure.count, figure.change) for figure in report.figures],
            f"{report.head.batch} · {report.head.status_label} · 截至 {show_time(report.head.made_at)}",
        )
        funnel = [(stage.label, stage.count) for stage in report.funnel]
        stages = Section("funnel", "进度", (("进度", "text"), ("人数", "count")), funnel)
        self.stacked("概览", [figures, *sections.of_the_day(report), stages], _FUNNEL)

    def groups(self) -> None:
        """Write the sheet of people by what they are, small tables below each other, and that of schools."""
        parts = [sections.by_group(group) for group in self._report.groups]
        # What is drawn comes last: its chart stands below it.
        small = sorted((one for one in parts if one.key != "schools"), key=lambda one: one.key == "cities")
        if small:
            self.stacked("按人群", small, _PARTS)
        for schools in (one for one in parts if one.key == "schools"):
            self.sheet(schools)

    def stacked(self, name: str, parts: Sequence[Section], chart: _Chart | None = None) -> None:
        """Write several sections below each other; `chart` draws the last one, and all is one page then.

        Without a chart the last one may be long: its headings are repeated on each page.
        """
        sheet, top, drawn = self._book.add_worksheet(name), 0, 0
        for section in parts:
            drawn = self._part(sheet, top, section)
            top = drawn + (0 if section.bare else max(len(section.rows), 1) + 2)
        sheet.repeat_rows(drawn)
        self._page(sheet, parts)
        if chart is not None and parts[-1].rows:
            self._chart(sheet, drawn, parts[-1], chart)

    def beside(self, name: str, parts: Sequence[tuple[Section, _Chart]]) -> None:
        """Write sections beside each other on one page across, each with its chart below."""
        sheet, left, lowest = self._book.add_worksheet(name), 0, max(len(part.rows) for part, _ in parts)
        sheet.set_landscape()
        self._page(sheet, [])
        for section, chart in parts:
            top = self._part(sheet, 0, section, left, noted=True)
            self._widths(sheet, [section], left)
            if section.rows:
                gap, wide = lowest - len(section.rows) + 2, max(_pixels(section), _LEAST)
                self._chart(
                    sheet, top, section, chart, gap=gap, left=left, width=wide if len(parts) > 1 else _WHOLE
                )
            left += len(section.columns) + 1
        sheet.fit_to_pages(1, 1)

    def _part(
        self, sheet: "Worksheet", top: int, section: Section, left: int = 0, *, noted: bool = False
    ) -> int:
        """Write title, note and table from row `top` on; return the row of the headings."""
        self._head(sheet, top, section, left)
        drawn = top + (_TOP if section.note or noted else 1)
        if not section.bare:
            self._table(sheet, drawn, section, left)
        return drawn

    def days(self) -> None:
        """Write the sheet of applications per day."""
        columns = (("日期", "day"), ("提交", "count"))
        section = Section("days", "每日报名", columns, self._report.days, "按首次提交的日期（北京时间）。")
        self.sheet(section, chart=("column", (1,), 0))

    def supply(self) -> None:
        """Write the sheets of seats and people."""
        self.sheet(sections.by_specialty(self._report), chart=_SUPPLY, labels=1)
        self.sheet(sections.by_base(self._report))

    def sheet(
        self, section: Section, *, name: str | None = None, chart: _Chart | None = None, labels: int = 0
    ) -> "Worksheet":
        """Write one section on a sheet of its own; `labels` is the column that names a chart's bars."""
        sheet = self._book.add_worksheet(name or section.title)
        self._head(sheet, 0, section)
        self._table(sheet, _TOP, section)
        sheet.freeze_panes(_TOP + 1, 0)
        if len(section.rows) > 1 and len(section.columns) > _UPRIGHT:
            sheet.autofilter(_TOP, 0, _TOP + len(section.rows), len(section.columns) - 1)
            sheet.set_landscape()
        sheet.repeat_rows(_TOP)
        self._page(sheet, [section])
        if section.rows and chart is not None:
            self._chart(sheet, _TOP, section, chart, labels=labels, may_part=True)
        return sheet

    def _head(self, sheet: "Worksheet", top: int, section: Section, left: int = 0) -> None:
        sheet.write_string(top, left, section.title, self._title)
        sheet.write_string(top + 1, left, section.note, self._soft)

    def _table(self, sheet: "Worksheet", top: int, section: Section, left: int = 0) -> None:
        kinds = [_spaced(section, column) for column in range(len(section.columns))]
        for column, ((heading, _), kind) in enumerate(zip(section.columns, kinds, strict=True), left):
            sheet.write_string(top, column, heading, self._headings.get(kind, self._number_heading))
        for number, row in enumerate(section.rows, top + 1):
            for column, (value, kind) in enumerate(zip(row, kinds, strict=True), left):
                self._cell(sheet, number, column, value, kind)
            if (tall := _lines(section, row)) > 1:
                sheet.set_row(number, TABLE_ROW * tall)
        if not section.rows:
            sheet.write_string(top + 1, left, "无", self._soft)

    def _cell(self, sheet: "Worksheet", row: int, column: int, value: object, kind: str) -> None:
        form = self._formats[kind]
        if value is None:
            sheet.write_string(row, column, "—", self._nothing)
        elif kind in self._headings:
            sheet.write_string(row, column, str(value), form)
        elif isinstance(value, date):
            moment = _local(value) if isinstance(value, datetime) else datetime.combine(value, time.min)
            sheet.write_datetime(row, column, moment, form)
        else:
            assert isinstance(value, int | float)
            sheet.write_number(row, column, value / 100 if kind == "mark" else value, form)

    def _page(self, sheet: "Worksheet", parts: Sequence[Section]) -> None:
        """Set a sheet up for the sections on it: columns as wide as their cells, A4, header and footer."""
        self._widths(sheet, parts)
        sheet.set_default_row(TABLE_ROW)  # Chinese characters are taller than Excel expects
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.7)
        sheet.set_header(f"&L{_plain(_title(self._report))}&R&A")
        sheet.set_footer(self._footer())

    def _footer(self) -> str:
        return f"&L{_plain(self._report.head.seal)}&R第 &P 页，共 &N 页"

    def _widths(self, sheet: "Worksheet", parts: Sequence[Section], left: int = 0) -> None:
        for column in range(max((len(section.columns) for section in parts), default=0)):
            widest = max(_width(section, column) for section in parts)
            sheet.set_column(left + column, left + column, widest)

    def _chart(
        self,
        sheet: "Worksheet",
        top: int,
        section: Section,
        how: _Chart,
        *,
        labels: int = 0,
        gap: int = 2,
        left: int = 0,
        width: int = _WHOLE,
        may_part: bool = False,
    ) -> None:
        """Draw the table whose headings stand at row `top`, below it: beside it would not fit the paper.

        A chart that `may_part` has a page of its own where both on one could not be read.
        """
        kind, series, skipped = how
        first, last = top + 1 + skipped, top + len(section.rows)
        columns = series or tuple(range(1, len(section.columns)))
        chart = self._book.add_chart({"type": kind})
        assert chart is not None
        for column, colour in zip(columns, COLOURS, strict=False):
            chart.add_series(
                {
                    "name": [sheet.name, top, left + column],
                    "categories": [sheet.name, first, left + labels, last, left + labels],
                    "values": [sheet.name, first, left + column, last, left + column],
                    "fill": {"color": colour},
                    "gap": 60,
                }
            )
        chart.set_title({"name": section.title, "name_font": {"size": 12}})
        chart.set_legend({"position": "bottom"} if len(columns) > 1 else {"none": True})
        axis = {"major_gridlines": {"visible": True, "line": {"color": "#dde3e8"}}}
        if kind == "bar":
            # A sheet reads from the top, a bar chart from the bottom.
            chart.set_y_axis({"reverse": True})
            chart.set_x_axis(axis)
        else:
            dates = section.columns[0][1] == "day"
            chart.set_x_axis({"text_axis": True, "num_format": "m-d"} if dates else {})
            chart.set_y_axis(axis)
        bars = len(columns) * (last - first + 1)
        height = min(max(280, 22 * bars + 90), 960) if kind == "bar" else 300
        widths = [_width(section, column) for column in range(len(section.columns))]
        tall = TABLE_ROW * (top + 1 + len(section.rows))
        if may_part and not on_one_page(widths, tall, (width, height)):
            chart.set_size({"width": _ACROSS, "height": min(height, _DOWN)})
            page_of_chart(self._book, section.title, self._footer()).insert_chart(0, 0, chart)
            return
        chart.set_size({"width": width, "height": height})
        sheet.insert_chart(top + len(section.rows) + gap, left, chart)
        sheet.fit_to_pages(1, 1)  # a chart is not cut by the end of the paper


def _spaced(section: Section, column: int) -> str:
    """Return the kind of a column, of text that follows a number `_APART`."""
    kind = section.columns[column][1]
    return _APART if kind == "text" and column and section.columns[column - 1][1] != "text" else kind


def _width(section: Section, column: int) -> float:
    """Return how wide the column must be for this section: numbers fit below their headings."""
    if column >= len(section.columns):
        return 0
    heading, kind = section.columns[column]
    cells = (row[column] for row in section.rows) if kind == "text" else ()
    widest = max((display_width(str(cell)) for cell in cells if cell is not None), default=0)
    least = {"time": 17, "day": 12}.get(kind, 8)
    return min(max(widest, display_width(heading), least) + 2, _WIDEST)


def _lines(section: Section, row: Sequence[object]) -> int:
    """Return how many lines the words of a row take."""
    words = [(at, cell) for at, cell in enumerate(row) if isinstance(cell, str)]
    return max((lines_in(display_width(cell), _width(section, at)) for at, cell in words), default=1)


def _pixels(section: Section) -> int:
    """Return how wide the columns of a section are on a screen."""
    return sum(pixels(_width(section, column)) for column in range(len(section.columns)))


def _plain(text: str) -> str:
    """Return `text` for a header line of a sheet, where & begins a command."""
    return text.replace("&", "&&")
