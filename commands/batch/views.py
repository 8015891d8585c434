"""Batches as people look at them: `zhupei batch list`, `zhupei batch show`."""

import click

from zhupei_cli.rules.batch.setting_words import label_of, setting_in_words
from zhupei_cli.rules.batch.times import DATES
from zhupei_cli.services.batches import batch_views
from zhupei_cli.services.records import lookup
from zhupei_cli.settings import Settings
from zhupei_cli.store.engine import reading
from zhupei_cli.words.vocabulary import ADMISSION_STATUS, APPLICATION_STATUS, CodeTable

from ..shared.formats import plan_line
from ..shared.options import batch_argument, format_options, list_options, pass_settings
from ..shared.output import Column, Out, show, show_sheet

LIST = (
    Column("batch", "批次"),
    Column("name", "名称"),
    Column("year", "年份"),
    Column("status_label", "状态"),
    Column("apply_from", "报名开始"),
    Column("apply_until", "报名截止"),
    Column("seats", "计划人数"),
    Column("applications", "报名人数"),
)
SHEET = (
    *LIST[:4],
    *(Column(key, label) for key, label in DATES.items()),
    Column("plan_line", "招收计划"),
    Column("applications_line", "报名"),
    Column("runs", "录取计算次数"),
    Column("admissions_line", "录取"),
)


@click.command("list")
@click.option("--open", "open_only", is_flag=True, help="只列现在可以报名的")
@list_options
@pass_settings
def list_(settings: Settings, *, open_only: bool, out: Out) -> None:
    """列出招收批次。

    \b
    例：zhupei batch list
        zhupei batch list --open --json
    """
    with reading(settings.database_url) as session:
        rows = batch_views.list_batches(session, by=settings.acting(), open_only=open_only)
    show(rows, LIST, out)


@click.command("show")
@batch_argument
@format_options
@pass_settings
def show_(settings: Settings, *, batch: str | None, out: Out) -> None:
    """查看一个批次：日期、全部设置、招收计划合计、报名和录取人数。

    \b
    例：zhupei batch show HN2026
    """
    with reading(settings.database_url) as session:
        row = batch_views.show_batch(session, lookup.find_batch(session, batch))
    keys = tuple(Column(f"settings.{key}", label_of(key)) for key in sorted(row["settings"], key=_place))
    show_sheet(row if out.format.startswith("json") else _as_lines(row), (*SHEET, *keys), out)


def _place(key: str) -> int:
    """Return where a setting stands in a sheet for people."""
    # Only a sheet shows settings: a list of batches needs none of their rules.
    from zhupei_cli.rules.batch.settings import SETTINGS

    return list(SETTINGS).index(key) if key in SETTINGS else len(SETTINGS)


def _as_lines(row: batch_views.BatchShown) -> dict[str, object]:
    """Return the row with its counts and settings as texts, for a sheet people read."""
    return {
        **row,
        "plan_line": plan_line(row["plan"]),
        "applications_line": _counted(row["applications"], APPLICATION_STATUS),
        "admissions_line": _counted(row["admissions"] or {}, ADMISSION_STATUS),
        **{f"settings.{key}": setting_in_words(key, value) for key, value in row["settings"].items()},
    }


def _counted(counts: dict[str, int], words: CodeTable) -> list[str]:
    return [f"{words.label(status)} {counts[status]}" for status in words.labels if status in counts]
