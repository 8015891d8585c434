"""`zhupei status`: where each batch under way stands, on one screen, and what comes next."""

from collections.abc import Iterable, Mapping, Sequence

import click

from zhupei_cli.rules.batch.times import DATES
from zhupei_cli.services.records import lookup
from zhupei_cli.services.reports import overview
from zhupei_cli.services.reports.overview import NextStep
from zhupei_cli.services.results import year as year_lists
from zhupei_cli.settings import Settings
from zhupei_cli.shell.logfile import note
from zhupei_cli.store.engine import reading, shown_url
from zhupei_cli.words.vocabulary import ADMISSION_STATUS, APPLICATION_STATUS, ROUND, RULE, VIA, CodeTable

from ..shared.formats import plan_line, shown
from ..shared.options import batch_argument, format_options, pass_settings, whole_year, year_option
from ..shared.output import Column, Out, Row, show, show_sheet, show_sheets

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
    Column("objections_line", "公示异议"),
    Column("contact", "技术支持"),
    Column("next_lines", "下一步"),
)
_DATABASE = Column("database", "数据库")
_YEAR = (
    Column("base", "基地编号"),
    Column("base_label", "基地名称"),
    Column("quota", "计划"),
    *(Column(way, ROUND.labels.get(way) or VIA.labels.get(way, "补录")) for way in year_lists.WAYS),
    Column("admitted", "在录合计"),
    Column("vacant", "空缺"),
)


@click.command("status")
@batch_argument
@year_option
@format_options
@pass_settings
def status(settings: Settings, *, batch: str | None, year: int | None, out: Out) -> None:
    """查看批次进行到哪一步：日期、计划、报名、审核、成绩、录取，以及下一步的命令。

    不写批次则列出每一个进行中的批次（没有归档、没有取消的）。--year 列出一个年度各基地的合计。

    \b
    例：zhupei status
        zhupei status HN2026 --json
        zhupei status --year 2026
    """
    whole_year(year)
    if year is not None:
        _show_year(settings, year, out)
        return
    now = settings.acting().at
    with reading(settings.database_url) as session:
        meant = lookup.batches_meant(session, batch)
        rows = [overview.batch_now(session, one, now=now) for one in meant]
        first = [] if rows else overview.before_any_batch(session)
    if out.format == "json":
        show_sheet(_answer(rows, first, shown_url(settings.database_url)), (), out)
    else:
        _show(rows, first, shown_url(settings.database_url), out)


def _show_year(settings: Settings, year: int, out: Out) -> None:
    """Show each base's seats over all batches of a year."""
    with reading(settings.database_url) as session:
        found = year_lists.year_by_base(session, year)
    if found["preparing"]:
        note(settings, f"筹备中的批次不计：{'、'.join(found['preparing'])}")
    if found["waiting"]:
        note(settings, f"还没有公示的批次只计计划，不计录取：{'、'.join(found['waiting'])}")
    if out.format == "json":
        show_sheet(found, (), out)
        return
    kept = [column for column in _YEAR if any(row[column.key] for row in found["bases"])]
    show(found["bases"], kept, out, title=f"{year} 年录取情况", batch_name="、".join(found["batches"]))


def _answer(rows: Sequence[overview.BatchNow], first: Iterable[NextStep], database: str) -> dict[str, object]:
    """Return the whole as JSON: the one batch's keys beside `batches`, which has them all."""
    only: Row = rows[0] if len(rows) == 1 else {"batch": None, "next": [step._asdict() for step in first]}
    return {"database": database, **only, "batches": rows}


def _show(rows: Sequence[overview.BatchNow], first: Iterable[NextStep], database: str, out: Out) -> None:
    if not rows:
        note(out.settings, "没有进行中的批次")
    lines = [_as_lines(row) for row in rows] or [{"next_lines": _steps(step._asdict() for step in first)}]
    if out.path is not None or out.format != "table":
        everything = [{"database": database, **one} for one in ([*rows] if out.format == "jsonl" else lines)]
        filled = [column for column in _LINES if any(one.get(column.key) for one in lines)]
        show(everything, [_DATABASE, *filled], out)
        return
    # What holds for several batches stands above them all.
    sheets = [{"database": database, **lines[0]}] if len(lines) == 1 else [{"database": database}, *lines]
    columns = (_DATABASE, *_LINES)
    show_sheets([(one, [column for column in columns if one.get(column.key)]) for one in sheets], out)


def _as_lines(row: overview.BatchNow) -> dict[str, str]:
    waiting, scored = row["waiting"], row["scored"]
    approved = row["applications"].get("approved", 0)
    return {
        "title": f"{row['batch']} {row['name']}",
        "status_label": row["status_label"],
        "dates": "\n".join(f"{label} {shown(row.get(key))}" for key, label in DATES.items() if row.get(key)),
        "plan_line": plan_line(row["plan"]) if row["plan"]["places"] else "还没有导入",
        "applications_line": _counted(row["applications"], APPLICATION_STATUS) or "还没有",
        "waiting_line": f"{waiting['count']} 份，最早的已等 {waiting['days']} 天" if waiting["count"] else "",
        "scored_line": (
            f"{_taking_part(approved, row)}中 {scored} 人有成绩"
            + (f"，{row['absent']} 人有缺考" if row["absent"] else "")
            + (f"，{row['incomplete']} 人成绩不全" if row["incomplete"] else "")
            if approved
            else ""
        ),
        "run_line": _run_line(row),
        "admissions_line": _counted(row["admissions"] or {}, ADMISSION_STATUS),
        "objections_line": f"{row['objections']} 件没有办结" if row["objections"] else "",
        "contact": row["contact"],
        "next_lines": _steps(row["next"]),
    }


def _taking_part(approved: int, row: overview.BatchNow) -> str:
    if not (out := row["sitting_out"]):
        return f"审核通过的 {approved} 人"
    listing = f"zhupei apply list --seated --batch {row['batch']}"
    return (
        f"审核通过的 {approved} 人中，{out} 人本年度已在别的批次录取，不参加（{listing} 查看）；"
        f"参加的 {approved - out} 人"
    )


def _counted(counts: Mapping[str, int], words: CodeTable) -> str:
    return "，".join(f"{words.label(status)} {counts[status]}" for status in words.labels if status in counts)


def _run_line(row: overview.BatchNow) -> str:
    """Return the result in words, all rounds together, or where the last run stands."""
    run, count = row["last_run"], row["runs"]
    if run is None:
        return ""
    if (waiting := row["waiting_run"]) is not None:
        told = _run_line({**row, "waiting_run": None})
        return f"{told}；第 {waiting['run']} 次（{waiting['round_label']}）尚未确定"
    if len(row["rounds"]) > 1:
        parts = "，".join(
            f"第 {one['run']} 次（{one['round_label']}）"
            + ("" if one["admitted"] is None else f"{one['admitted']} 人")
            for one in row["rounds"]
        )
        return f"共 {count} 次；结果：{parts}（{RULE.label(run['rule'])}）"
    state = "已过时" if run["stale"] else "尚未确定"
    if run["committed_at"]:
        state = f"{shown(run['committed_at'])} 确定"
    found = f"考生 {run['candidates']} 人"
    if run["admitted"] is not None:
        # Seats are given up and given away since: what is vacant today stands in the plan's line.
        then = "当时" if run["committed_at"] else ""
        found += f"，{then}录取 {run['admitted']} 人，空缺 {run['vacancies']} 个"
    return f"共 {count} 次；第 {run['run']} 次（{RULE.label(run['rule'])}，{state}）：{found}"


def _steps(steps: Iterable[Mapping[str, str]]) -> str:
    return "\n".join(f"{step['command']}（{step['purpose']}）" for step in steps)
