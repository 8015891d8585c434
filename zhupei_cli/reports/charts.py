"""The page's charts: SVG from pygal, without the script and the addresses it would bring along."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree

from zhupei_cli.reports.values import WITHOUT_MARK, Report

if TYPE_CHECKING:
    from pygal import Bar


COLOURS: Final = ("#1f6f8b", "#e09f3e", "#7a9e7e", "#9e2a2b")
#: More days than this are not all named below their columns.
_NAMED_DAYS: Final = 14
_FONT: Final = "system-ui, 'Noto Sans CJK SC', 'Microsoft YaHei', sans-serif"
_SVG: Final = "{http://www.w3.org/2000/svg}"


def per_day(report: Report) -> str:
    """Return the columns of applications per day; days without any are there too."""
    counts = dict(report.days)
    last = max(counts)
    # A week at least: the first day of a season would fill the paper.
    first = min(min(counts), last - timedelta(days=6))
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    step = len(days) // _NAMED_DAYS + 1
    chart = _bar_chart(
        "days",
        x_labels=[_short(day) if number % step == 0 else "" for number, day in enumerate(days)],
        show_legend=False,
        height=260,
    )
    chart.add("提交", [{"value": counts.get(day, 0), "label": _short(day)} for day in days])
    return _drawn(chart)


def per_band(report: Report) -> str:
    """Return the columns of each band of marks, one a component."""
    # The first bands are who has no mark: no ranges of marks, and told in the table.
    bands = report.bands[len(WITHOUT_MARK) :]
    # The legend in one row: two would touch where paper enlarges their words.
    names = list(bands[0].counts)
    chart = _bar_chart(
        "bands",
        x_labels=[band.label for band in bands],
        height=300,
        legend_at_bottom_columns=len(names),
    )
    for label in names:
        chart.add(label, [band.counts[label] for band in bands])
    return _drawn(chart)


def _short(day: date) -> str:
    return f"{day.month}-{day.day}"


_STYLE: Final = {
    "background": "transparent",
    "plot_background": "transparent",
    "colors": COLOURS,
    "font_family": _FONT,
    "label_font_size": 13,
    "major_label_font_size": 13,
    "legend_font_size": 14,
    "foreground": "#333",
    "foreground_strong": "#111",
    "foreground_subtle": "#888",
    "opacity": "1",
    "opacity_hover": "1",
    "transition": "0s",
}
_LAYOUT: Final = {
    "width": 860,
    "legend_at_bottom": True,
    "x_label_rotation": 0,
    "truncate_label": -1,
    "min_scale": 3,
    "max_scale": 6,
    "margin": 8,
    "include_x_axis": True,
}


def _bar_chart(name: str, **options: object) -> "Bar":
    import pygal
    from pygal.style import Style

    chart = pygal.Bar(
        style=Style(**_STYLE),
        js=[],
        value_formatter=lambda value: f"{value:.0f}",
        **_LAYOUT,
        **options,
    )
    chart.uuid = name  # pygal's is random; the same figures shall give the same page
    return chart


def _drawn(chart: "Bar") -> str:
    ElementTree.register_namespace("", _SVG[1:-1])
    root = ElementTree.fromstring(chart.render())
    for parent in list(root.iter()):
        for child in list(parent):
            # No script; and no <desc> with the pixels of each column, which only the script reads.
            if child.tag in (f"{_SVG}script", f"{_SVG}desc"):
                parent.remove(child)
    return ElementTree.tostring(root, encoding="unicode")
