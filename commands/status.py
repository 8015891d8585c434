"""`zhupei status`: where the batch stands, on one screen, and what comes next."""

from collections.abc import Iterable, Mapping
from typing import Any

import click

from zhupei_cli.logfile import note
from zhupei_cli.services import lookup, standing_now
from zhupei_cli.services.batches import DATES
from zhupei_cli.services.standing_now import Step
from zhupei_cli.settings import Settings
from zhupei_cli.store.engine import reading
from zhupei_cli.vocabulary import ADMISSION_STATUS, APPLICATION_STATUS, CodeTable

from ._formats import shown
from ._options import batch_argument, format_options, pass_settings
from ._output import Column, Out, show_sheet

_LINES = (
    Column("title", "批次"),
    Column("status_label", "状态"),
    Column("dates", "日期"),
    Column("plan_line", "招收计划"),
    Column("applications_line", "报名"),
    Column("waiting_line", "待审核"),
    Column("scored_line", "成绩"),
    Column("run_line", "录取计算"),
    Column("admissions_line", "录取"),
    Column("contact", "技术支持"),
    Column("next_lines", "下一步"),
)


@click.command("status")
@batch_argument
@format_options
@pass_settings
def status(settings: Settings, *, batch: str | None, out: Out) -> None:
    """查看批次进行到哪一步：日期、计划、报名、审核、成绩、录取，以及下一步的命令。

    \b
    例：zhupei status
        zhupei status --batch HN2026 --json
    """
    with reading(settings.database_url) as session:
        if batch is None and lookup.no_live_batch(session):
            _show_start(standing_now.before_any_batch(session), out)
            return
        row = standing_now.batch_now(session, lookup.find_batch(session, batch), now=settings.acting().at)
    lines = _as_lines(row)
    columns = [column for column in _LINES if lines[column.key]]
    show_sheet(row if out.format.startswith("json") else lines, columns, out)


def _show_start(steps: list[Step], out: Out) -> None:
    row = {"batch": None, "next": [step._asdict() for step in steps]}
    if not out.format.startswith("json"):
        note(out.settings, "还没有进行中的批次")
    lines = {"next_lines": _steps(row["next"] or ())}
    show_sheet(row if out.format.startswith("json") else lines, _LINES[-1:], out)


def _as_lines(row: Mapping[str, Any]) -> dict[str, str]:
    waiting, scored = row["waiting"], row["scored"]
    approved = row["applications"].get("approved", 0)
    plan = "{bases} 个基地，{places} 个岗位，计划 {seats} 人，已占 {taken} 人"
    return {
        "title": f"{row['batch']} {row['name']}",
        "status_label": row["status_label"],
        "dates": "\n".join(f"{label} {shown(row[key])}" for key, label in DATES.items() if row[key]),
        "plan_line": plan.format_map(row["plan"]) if row["plan"]["places"] else "还没有导入",
        "applications_line": _counted(row["applications"], APPLICATION_STATUS) or "还没有",
        "waiting_line": f"{waiting['count']} 份，最早的已等 {waiting['days']} 天" if waiting["count"] else "",
        "scored_line": f"审核通过的 {approved} 人中 {scored} 人有成绩" if approved else "",
        "run_line": _run_line(row["last_run"], row["runs"]),
        "admissions_line": _counted(row["admissions"] or {}, ADMISSION_STATUS),
        "contact": row["contact"],
        "next_lines": _steps(row["next"]),
    }


def _counted(counts: Mapping[str, int], words: CodeTable) -> str:
    return "，".join(f"{words.label(status)} {counts[status]}" for status in words.labels if status in counts)


def _run_line(run: Mapping[str, Any] | None, count: int) -> str:
    if run is None:
        return ""
    state = f"{shown(run['committed_at'])} 确定" if run["committed_at"] else "尚未确定"
    found = f"考生 {run['candidates']} 人，录取 {run['admitted']} 人，空缺 {run['vacancies']} 个"
    return f"共 {count} 次；第 {run['run']} 次（{run['rule']}，{state}）：{found}"


def _steps(steps: Iterable[Mapping[str, str]]) -> str:
    return "\n".join(f"{step['command']}（{step['purpose']}）" for step in steps)
