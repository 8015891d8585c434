"""`zhupei report nightly|summary|funnel|anomalies`: the nightly report, and its parts on screen."""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import NotRequired, TypedDict

import click

from zhupei_cli import files
from zhupei_cli.reports.values import Report
from zhupei_cli.services.records import lookup
from zhupei_cli.services.reports import mailing, nightly_report, reporting
from zhupei_cli.settings import Mail, Settings
from zhupei_cli.shell.arguments import FileName, Whole
from zhupei_cli.shell.failures import ending
from zhupei_cli.shell.logfile import log
from zhupei_cli.store.engine import reading, transaction
from zhupei_cli.words.errors import ZhupeiError

from ..shared.done import tell_sitting_out
from ..shared.options import batch_option, dry_run_option, format_options, json_option, pass_settings
from ..shared.output import FINDINGS, Column, Out, Row, show, show_summary

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


@click.command("nightly")
@batch_option
@click.option(
    "-o",
    "--output",
    "folder",
    required=True,
    metavar="DIR",
    type=FileName(file_okay=False),
    help="写入这个文件夹",
)
@click.option("--keep", metavar="N", type=Whole(1, 36_500), help="只保留最近 N 天的日报，更早的删除")
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
    """生成日报：每个进行中的批次一份网页、一份工作簿，同一天再次运行则替换。

    写明 --batch 则只做那一个批次；没有进行中的批次时说明一声，退出码为 0。邮件每个批次一封，
    当天已经收到的人不再发。从不提问，适合定时运行；记录写在文件夹里的 nightly.log（或 --log-file）。

    \b
    例：zhupei --quiet report nightly -o 日报 --keep 30
        zhupei report nightly -o 日报 --mail --check
    """
    logged = dataclasses.replace(settings, log_file=settings.log_file or folder / LOG)
    mail = mailing.require_mail(settings.mail) if by_mail else None
    try:
        with nullcontext() if dry_run else files.alone(folder, seconds=PATIENCE):
            made = _make(logged, batch, folder, dry_run=dry_run)
            removed = [] if dry_run else _removed(folder, made, keep)
            # Alone still: two runs at once would both find that nobody has the mail.
            mailed = {} if mail is None or dry_run else _send(settings, mail, made, folder)
    except Exception as error:
        if settings.log_file is None and folder.is_dir():
            ending(lambda: logged, error)
        raise
    reports = [_summary(report, written, mailed) for report, written in made]
    summary = _whole(reports) | {"removed": removed, "dry_run": dry_run}
    # Everybody has it already: said, lest somebody looks for a second mail.
    spared = mail is not None and bool(made) and not dry_run and not summary["mailed"]
    _tell(
        settings if dry_run else logged, _sentence(folder, summary, spared=spared), summary, as_json=as_json
    )
    if check and summary["anomalies"]:
        click.get_current_context().exit(FINDINGS)


#: A report and its files, name → content.
Made = tuple[Report, dict[str, bytes]]


def _make(settings: Settings, batch: str | None, folder: Path, *, dry_run: bool) -> list[Made]:
    """Make the reports of all batches that are meant, all at one instant; they appear together or not at all.

    Their events are stored before the files appear.
    """
    if not dry_run:
        files.sweep(folder)
        log(settings, "日报：开始")
    by = settings.acting()
    with reading(settings.database_url) as session:
        meant = lookup.batches_meant(session, batch)
        # They count every batch, and stand in each report.
        live = reporting.under_way(session)
        reports = [reporting.measure(session, one, now=by.at, live=live) for one in meant]
    made = [(report, nightly_report.render(report)) for report in reports]
    contents = {folder / name: content for _, written in made for name, content in written.items()}
    with (
        files.appearing({} if dry_run else contents),
        transaction(settings.database_url, dry_run=dry_run) as session,
    ):
        for report, written in made:
            found = lookup.find_batch(session, report.head.batch)
            nightly_report.record_night(session, found, report, written, by=by)
    return made


def _removed(folder: Path, made: Iterable[Made], keep: int | None) -> list[str]:
    if keep is None:
        return []
    return [name for report, _ in made for name in nightly_report.remove_old(folder, report, keep=keep)]


def _send(settings: Settings, mail: Mail, made: Iterable[Made], folder: Path) -> dict[str, list[str]]:
    """Mail each report to who has not got it today; return who got which batch's.

    What is sent is written down at once. Raises E093 when somebody could not be reached.
    """
    mailed: dict[str, list[str]] = {}
    refused: dict[str, str] = {}
    for report, written in made:
        code = report.head.batch
        with reading(settings.database_url) as session:
            to = mailing.still_to_get(session, lookup.find_batch(session, code), report, mail)
        missed = mailing.send_report(mail, report, written, to=to, folder=folder) if to else {}
        refused.update(missed)
        mailed[code] = [address for address in to if address not in missed]
        if mailed[code]:
            with transaction(settings.database_url) as session:
                found = lookup.find_batch(session, code)
                mailing.record_sent(session, found, report, mailed[code], by=settings.acting())
    if refused:
        sent = dict.fromkeys(address for some in mailed.values() for address in some)
        detail = mailing.told_refused(mail, refused, sent)
        raise ZhupeiError("E093", detail=detail, folder=folder)
    return mailed


class _Summary(TypedDict):
    """A report in short."""

    batch: str | None
    day: object
    files: list[str]
    mailed: list[str]
    figures: object
    anomalies: int


class _Night(_Summary):
    """All reports of a night in short, and each of them."""

    reports: Sequence[_Summary]
    removed: NotRequired[list[str]]
    dry_run: NotRequired[bool]


def _summary(report: Report, written: Iterable[str], mailed: Mapping[str, list[str]]) -> _Summary:
    return {
        "batch": report.head.batch,
        "day": nightly_report.report_day(report),
        "files": list(written),
        "mailed": mailed.get(report.head.batch, []),
        "figures": nightly_report.figures_of(report),
        "anomalies": len(report.anomalies),
    }


def _whole(reports: Sequence[_Summary]) -> _Night:
    """Return the night as a whole: with one report its keys, with several or none what they come to."""
    return {
        "batch": reports[0]["batch"] if len(reports) == 1 else None,
        "day": reports[0]["day"] if reports else None,
        "files": [name for one in reports for name in one["files"]],
        "mailed": list(dict.fromkeys(address for one in reports for address in one["mailed"])),
        "figures": reports[0]["figures"] if len(reports) == 1 else None,
        "anomalies": sum(one["anomalies"] for one in reports),
        "reports": reports,
    }


def _tell(settings: Settings, sentence: str, summary: Row, *, as_json: bool) -> None:
    show_summary(settings, summary, sentence, as_json=as_json)
    if as_json:  # the log file has its line either way
        log(settings, sentence)


def _sentence(folder: Path, summary: _Night, *, spared: bool) -> str:
    if not summary["reports"]:
        return "没有进行中的批次，没有日报可写"
    head = "试做（不写文件）" if summary["dry_run"] else "日报已写好"
    sentence = f"{head}：{'、'.join(str(folder / name) for name in summary['files'])}"
    if summary["anomalies"]:
        sentence += f"，异常 {summary['anomalies']} 项"
    if summary["removed"]:
        sentence += f"，删除旧日报 {len(summary['removed'])} 个文件"
    if summary["mailed"]:
        sentence += f"，已发给 {'、'.join(summary['mailed'])}"
    if spared:
        sentence += "，今天都已发过，没有再发"
    return sentence


@click.command("summary")
@batch_option
@format_options
@pass_settings
def summary(settings: Settings, *, batch: str | None, out: Out) -> None:
    """列出各项汇总数字，以及和上一份日报相比的增减。

    \b
    例：zhupei report summary --json
    """
    with reading(settings.database_url) as session:
        found = lookup.find_batch(session, batch)
        made, code = reporting.summarize(session, found, now=settings.clock()), found.code
    show(made, SUMMARY, out)
    tell_sitting_out(settings, sum(one["count"] or 0 for one in made if one["figure"] == "sitting_out"), code)


@click.command("funnel")
@batch_option
@format_options
@pass_settings
def funnel(settings: Settings, *, batch: str | None, out: Out) -> None:
    """列出各步的人数：注册、填报、提交、审核通过、有成绩、录取、报到。

    \b
    例：zhupei report funnel --json
    """
    with reading(settings.database_url) as session:
        found = lookup.find_batch(session, batch)
        stages, code = reporting.count_funnel(session, found), found.code
    rows = [{"stage": one.stage, "stage_label": one.label, "count": one.count} for one in stages]
    show(rows, FUNNEL, out)
    tell_sitting_out(settings, sum(one.count or 0 for one in stages if one.stage == "sitting_out"), code)


@click.command("anomalies")
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
