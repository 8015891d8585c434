"""The report as one HTML file: it asks nothing of the network and runs no script."""

from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from zhupei_cli.reports import charts, sections
from zhupei_cli.reports.values import WITHOUT_MARK, Report
from zhupei_cli.rules.batch.times import show_time

if TYPE_CHECKING:
    from jinja2 import Template

NOTHING: Final = "—"


def render_page(report: Report) -> str:
    """Return the page."""
    from markupsafe import Markup

    after = [sections.placed(report), sections.lines_by_specialty(report)] if report.placed else []
    return _template().render(
        report=report,
        made_at=show_time(report.head.made_at),
        nothing=NOTHING,
        most=max((stage.count or 0 for stage in report.funnel), default=0),
        per_day=Markup(charts.per_day(report)) if report.days else None,
        per_band=Markup(charts.per_band(report)) if _has_marks(report) else None,
        day=sections.of_the_day(report),
        anomalies=sections.anomalies(report, sections.ANOMALIES),
        backlog=sections.backlog(report),
        supply=[sections.by_specialty(report), sections.by_base(report)],
        groups=[
            sections.by_group(group, sections.SCHOOLS if group.key == "schools" else None)
            for group in report.groups
        ],
        marks=sections.marks(report),
        after=after,
    )


@cache
def _template() -> "Template":
    """Return the template, compiled once: a night of 31 provinces has as many pages."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(cell=cell, change=change, width=width)
    text = (files("zhupei_cli.reports") / "page.html.j2").read_text("utf-8")
    return environment.from_string(text)


def _has_marks(report: Report) -> bool:
    return any(any(band.counts.values()) for band in report.bands[len(WITHOUT_MARK) :])


def cell(value: object, kind: str) -> str:
    """Return a cell as people read it."""
    if value is None:
        return NOTHING
    if isinstance(value, datetime):
        return show_time(value)[:16]
    if not isinstance(value, int | float):
        return str(value)
    if kind == "share":
        return f"{value:.1%}"
    if kind == "rate":
        return f"{value:+.1%}".replace("-", "−")
    if kind == "change":
        return change(int(value))
    if kind == "ratio":
        return f"{value:.2f}"
    if kind == "mark":
        return f"{value / 100:.2f}"
    return str(value)


def change(value: int | None) -> str:
    """Return what changed since the last report: +12, −3, ±0."""
    if value is None:
        return ""
    return f"+{value}" if value > 0 else f"−{-value}" if value < 0 else "±0"


def width(part: float | None, whole: float = 1) -> str:
    """Return how long a bar is, in percent of its cell."""
    return f"{min(part / whole, 1) * 100:.1f}%" if part and whole else "0%"
