"""`zhupei admit runs`, `show`, `list`, `verify`: looking at runs and at the result."""

from collections.abc import Sequence

import click

from zhupei_cli.services.admission import result_now, runs, stale_runs
from zhupei_cli.services.applications import listing
from zhupei_cli.services.records import lookup
from zhupei_cli.settings import Settings
from zhupei_cli.shell.arguments import Whole
from zhupei_cli.shell.logfile import note
from zhupei_cli.store.engine import reading, transaction
from zhupei_cli.words.vocabulary import RULE, VIA

from ..shared.options import (
    batch_option,
    format_options,
    list_options,
    pass_settings,
    reveal_option,
)
from ..shared.output import FINDINGS, Column, Out, show, show_checked, show_sheet

RUNS = (
    Column("run", "编号"),
    Column("rule_label", "录取规则"),
    Column("round_label", "轮次"),
    Column("candidates", "考生"),
    Column("admitted", "录取"),
    Column("not_admitted", "未录取"),
    Column("vacancies", "空缺"),
    Column("state_label", "状态"),
    Column("made_by", "经办人"),
    Column("made_at", "计算时间"),
    Column("committed_at", "确定时间"),
)
RUN = (
    *RUNS[:6],
    Column("ways", "录取志愿"),
    Column("vacancies", "空缺名额"),
    Column("adjust", "调剂"),
    *RUNS[7:],
    Column("inputs_sha256", "输入摘要"),
    Column("results_sha256", "结果摘要"),
)
RESULTS = (
    Column("application_no", "报名号"),
    Column("name", "姓名"),
    Column("id_number", "证件号码"),
    Column("outcome_label", "录取结果"),
    Column("base_label", "录取基地"),
    Column("specialty_label", "录取专业"),
    Column("via_label", "录取志愿"),
    Column("total", "总成绩"),
    Column("rank", "名次"),
    Column("reason_label", "未录取原因"),
)
RESULT = (*RESULTS[:7], Column("round_label", "轮次"), *RESULTS[7:], Column("status_label", "录取状态"))


@click.command("runs")
@batch_option
@list_options
@pass_settings
def runs_(settings: Settings, *, batch: str | None, out: Out) -> None:
    """列出全部录取计算；此后数据或参数有变的已过时，不能再确定。

    \b
    例：zhupei admit runs
    """
    with reading(settings.database_url) as session:
        chosen = lookup.find_batch(session, batch)
        found = stale_runs.with_state(session, chosen, runs.list_runs(session, chosen))
    show(found, RUNS, out)


@click.command("show")
@click.argument("number", metavar="RUN", type=Whole(1))
@batch_option
@format_options
@pass_settings
def show_(settings: Settings, number: int, *, batch: str | None, out: Out) -> None:
    """查看一次录取计算：参数、人数、摘要。

    \b
    例：zhupei admit show 1
    """
    with reading(settings.database_url) as session:
        chosen = lookup.find_batch(session, batch)
        (found,) = stale_runs.with_state(session, chosen, runs.list_runs(session, chosen, number=number))
    show_sheet(found if out.format.startswith("json") else {**found, "ways": ways(found)}, RUN, out)


@click.command("list")
@batch_option
@click.option("--run", "number", metavar="RUN", type=Whole(1), help="哪一次录取计算")
@reveal_option
@list_options
@pass_settings
def list_(settings: Settings, *, batch: str | None, number: int | None, reveal: bool, out: Out) -> None:
    """列出每名考生的录取结果；不写 --run 时为已确定的结果，各轮合在一起，没有则为最近一次计算。

    已确定的结果连同此后的放弃、取消、个别安排；--run 列出当时那一次计算的结果。

    \b
    例：zhupei admit list --run 1 -o 录取结果.xlsx
    """
    with transaction(settings.database_url, read_only=not reveal) as session:
        found = lookup.find_batch(session, batch)
        rounds = result_now.result_rounds(session, found) if number is None else []
        if rounds:
            heading = result_now.result_title(rounds)
            rows: Sequence[runs.ResultLine] = result_now.list_result(session, found, reveal=reveal)
        else:
            one = (
                runs.current_run(session, found) if number is None else runs.find_run(session, found, number)
            )
            state = "未确定" if one.committed_at is None else "已确定"
            heading = f"第 {one.number} 次录取计算（{RULE.label(one.rule)}，{state}）"
            rows = runs.list_results(session, one, reveal=reveal)
        if reveal:
            listing.record_reveal(session, found, by=settings.acting(), what="admit list", rows=len(rows))
    note(settings, heading)
    show(rows, RESULT if rounds else RESULTS, out)


@click.command("verify")
@click.argument("number", metavar="RUN", type=Whole(1))
@batch_option
@format_options
@pass_settings
def verify(settings: Settings, number: int, *, batch: str | None, out: Out) -> None:
    """按保存的输入重新计算，与当时的摘要核对；不符时退出码为 3。

    \b
    例：zhupei admit verify 1
    """
    with reading(settings.database_url) as session:
        one = runs.find_run(session, lookup.find_batch(session, batch), number)
        findings = runs.verify_run(session, one)
    show_checked([finding._asdict() for finding in findings], out)
    if not out.format.startswith("json"):
        note(settings, f"第 {number} 次录取计算：{'有不符' if findings else '输入和结果均与摘要一致'}")
    if findings:
        click.get_current_context().exit(FINDINGS)


def ways(summary: runs.RunFigures) -> list[str]:
    """Return in words by which choices people came to their seats."""
    return [f"{VIA.labels.get(via, via)} {count}" for via, count in summary["by_via"].items()]
