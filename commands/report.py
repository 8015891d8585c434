"""`zhupei report`: the nightly report, and its parts on screen."""

import dataclasses
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import click

from zhupei_cli import files
from zhupei_cli.arguments import Whole
from zhupei_cli.endings import log_error
from zhupei_cli.logfile import log
from zhupei_cli.reports.values import Report
from zhupei_cli.services import lookup, reporting, reporting_mail, reporting_nightly
from zhupei_cli.settings import Settings
from zhupei_cli.store.engine import reading, transaction

from ._options import batch_option, dry_run_option, format_options, json_option, pass_settings
from ._output import FINDINGS, Column, Out, show, show_summary

#: How long a run waits for another one in the same folder, in seconds.
PATIENCE = 30
#: Beside the reports, where no --log-file says otherwise.
LOG = "nightly.log"

SUMMARY = (
    Column("figure_label", "项目"),
    Column("count", "人数"),
    Column("change", "增减"),
    Column("since", "较"),
)
FUNNEL = (Column("stage_label", "进度"), Column("count", "人数"))
ANOMALIES = (
    Column("kind_label", "异常"),
    Column("subject", "对象"),
    Column("count", "数量"),
    Column("message", "说明"),
)


@click.group()
def report() -> None:
    """日报：每晚自动生成的报告，以及屏幕上的汇总、进度和异常。"""


@report.command("nightly")
@batch_option
@click.option(
    "-o",
    "--output",
    "folder",
    required=True,
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="写入这个文件夹",
)
@click.option("--keep", metavar="N", type=Whole(1), help="只保留最近 N 天的日报，更早的删除")
@click.option("--mail", "by_mail", is_flag=True, help="写好后用邮件发出（配置文件的 [mail]）")
@click.option("--check", is_flag=True, help="有异常时退出码为 3")
@dry_run_option
@json_option
@pass_settings
def nightly(
    settings: Settings,
    *,
    batch: str | None,
    folder: Path,
    keep: int | None,
    by_mail: bool,
    check: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """生成日报：一份网页、一份工作簿，同一天再次运行则替换。

    从不提问，适合定时运行；记录写在文件夹里的 nightly.log（或 --log-file）。

    \b
    例：zhupei --quiet report nightly -o 日报 --keep 30
        zhupei report nightly -o 日报 --mail --check
    """
    logged = dataclasses.replace(settings, log_file=settings.log_file or folder / LOG)
    mail = reporting_mail.require_mail(settings.mail) if by_mail else None
    try:
        with nullcontext() if dry_run else files.alone(folder, seconds=PATIENCE):
            made, written = _make(logged, batch, folder, dry_run=dry_run)
            removed = [] if keep is None or dry_run else reporting_nightly.remove_old(folder, made, keep=keep)
        if mail is not None and not dry_run:
            reporting_mail.send_report(mail, made, written, folder=folder)
    except Exception as error:
        if settings.log_file is None and folder.is_dir():
            log_error(lambda: logged, error)
        raise
    summary = {
        "batch": made.head.batch,
        "day": reporting_nightly.day_of(made),
        "files": list(written),
        "removed": removed,
        "mailed": list(mail.to) if mail and not dry_run else [],
        "figures": reporting_nightly.figures_of(made),
        "anomalies": len(made.anomalies),
        "dry_run": dry_run,
    }
    _tell(settings if dry_run else logged, folder, summary, as_json=as_json)
    if check and made.anomalies:
        click.get_current_context().exit(FINDINGS)


def _make(
    settings: Settings, batch: str | None, folder: Path, *, dry_run: bool
) -> tuple[Report, dict[str, bytes]]:
    """Make the report and its files; the event is stored before they appear."""
    if not dry_run:
        files.sweep(folder)
        log(settings, "日报：开始")
    by = settings.acting()
    with reading(settings.database_url) as session:
        made = reporting.measure(session, lookup.find_batch(session, batch), now=by.at)
    written = reporting_nightly.render(made)
    with (
        files.appearing({} if dry_run else {folder / name: content for name, content in written.items()}),
        transaction(settings.database_url, dry_run=dry_run) as session,
    ):
        found = lookup.find_batch(session, made.head.batch)
        reporting_nightly.record_night(session, found, made, written, by=by)
    return made, written


def _tell(settings: Settings, folder: Path, summary: dict[str, Any], *, as_json: bool) -> None:
    head = "试做（不写文件）" if summary["dry_run"] else "日报已写好"
    sentence = f"{head}：{'、'.join(str(folder / name) for name in summary['files'])}"
    if summary["anomalies"]:
        sentence += f"，异常 {summary['anomalies']} 项"
    if summary["removed"]:
        sentence += f"，删除旧日报 {len(summary['removed'])} 个文件"
    if summary["mailed"]:
        sentence += f"，已发给 {'、'.join(summary['mailed'])}"
    show_summary(settings, summary, sentence, as_json=as_json)
    if as_json:  # the log file has its line either way
        log(settings, sentence)


@report.command("summary")
@batch_option
@format_options
@pass_settings
def summary(settings: Settings, *, batch: str | None, out: Out) -> None:
    """列出各项汇总数字，以及和上一份日报相比的增减。

    \b
    例：zhupei report summary --json
    """
    with reading(settings.database_url) as session:
        made = reporting.summarize(session, lookup.find_batch(session, batch), now=settings.clock())
    show(made, SUMMARY, out)


@report.command("funnel")
@batch_option
@format_options
@pass_settings
def funnel(settings: Settings, *, batch: str | None, out: Out) -> None:
    """列出各步的人数：注册、填报、提交、审核通过、有成绩、录取、报到。

    \b
    例：zhupei report funnel --json
    """
    with reading(settings.database_url) as session:
        stages = reporting.count_funnel(session, lookup.find_batch(session, batch))
    rows = [{"stage": one.stage, "stage_label": one.label, "count": one.count} for one in stages]
    show(rows, FUNNEL, out)


@report.command("anomalies")
@batch_option
@click.option("--check", is_flag=True, help="有异常时退出码为 3")
@format_options
@pass_settings
def anomalies(settings: Settings, *, batch: str | None, check: bool, out: Out) -> None:
    """列出异常：超计划录取、审核逾期、个人信息不全、疑似重复报名、基地没有计划。

    \b
    例：zhupei report anomalies --check
    """
    with reading(settings.database_url) as session:
        rows = reporting.list_anomalies(session, lookup.find_batch(session, batch), now=settings.clock())
    show(rows, ANOMALIES, out)
    if check and rows:
        click.get_current_context().exit(FINDINGS)
