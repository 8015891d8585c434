"""`zhupei admit check`, `run`: what is to be computed looked at, and computed."""

from collections.abc import Iterable

import click
from sqlalchemy.orm import Session

from zhupei_cli.model import Batch
from zhupei_cli.rules.proof.audit import Finding
from zhupei_cli.services.admission import admissions, readiness, runs
from zhupei_cli.services.batches.taking_part import count_seated, count_sitting_out
from zhupei_cli.services.records import lookup
from zhupei_cli.settings import Settings
from zhupei_cli.shell.arguments import Word
from zhupei_cli.shell.logfile import note
from zhupei_cli.store.engine import reading
from zhupei_cli.words.vocabulary import ROUND, RULE, BatchStatus

from ..shared.done import tell_gave_up, tell_sitting_out
from ..shared.options import (
    batch_option,
    format_options,
    pass_settings,
)
from ..shared.output import FINDINGS, Column, Out, Row, next_step, show_sheet
from ..shared.progress import Progress
from ..shared.writing import Deed, writing
from .results import ways

CHECK = (
    Column("batch", "批次"),
    Column("status_label", "状态"),
    Column("candidates", "考生"),
    Column("sitting_out", "本年度已录取、不参加"),
    Column("with_scores", "其中有成绩"),
    Column("absent", "其中有缺考"),
    Column("own_records", "有基地单独成绩"),
    Column("places", "在招岗位"),
    Column("free_seats", "空余名额"),
    Column("unreviewed", "未审核报名"),
    Column("gave_up", "此前已放弃或被取消、不参加"),
)
_IF_ANY = ("sitting_out", "gave_up")


@click.command("check")
@batch_option
@click.option("--unpublished", is_flag=True, help="有了录取结果，公示前也列出空余名额（仅供省级）")
@format_options
@pass_settings
def check(settings: Settings, *, batch: str | None, unpublished: bool, out: Out) -> None:
    """计算录取前检查考生、成绩和岗位是否齐全；有疑问时退出码为 3，不妨碍计算。

    有人已占名额而还没有公示的，不列空余名额；省级要看，加 --unpublished。

    \b
    例：zhupei admit check
    """
    with reading(settings.database_url) as session:
        found = lookup.find_batch(session, batch)
        counts, findings = readiness.check_admission(session, found, unpublished=unpublished)
    if out.format in ("json", "jsonl"):
        listed = [finding._asdict() for finding in findings]
        show_sheet({**counts, "ok": not findings, "findings": listed}, CHECK, out)
    else:
        _tell_check(counts, findings, out)
    if findings:
        click.get_current_context().exit(FINDINGS)
    match counts["status"]:
        case BatchStatus.CLOSED:
            next_step(settings, f"zhupei batch lock {counts['batch']}", "锁定，准备录取")
        case BatchStatus.LOCKED:
            next_step(settings, f"zhupei admit run --batch {counts['batch']}", "计算录取")


def _tell_check(counts: readiness.InputCounts, findings: Iterable[Finding], out: Out) -> None:
    told: Row = counts
    columns = [one for one in CHECK if told[one.key] or not (one.key in _IF_ANY or told[one.key] is None)]
    show_sheet(told, columns, out)
    for finding in findings:
        note(out.settings, f"提醒 [{finding.code}]：{finding.message}")
    tell_sitting_out(out.settings, counts["sitting_out"], counts["batch"])
    tell_gave_up(out.settings, counts["gave_up"], counts["batch"])


@click.command("run")
@batch_option
@click.option(
    "--rule",
    type=Word(RULE),
    help="录取规则：志愿优先、分数优先、稳定匹配；不写为志愿优先，递补为本批次已用的规则",
)
@click.option("--no-adjust", is_flag=True, help="不做调剂")
@click.option(
    "--round",
    "round_",
    type=Word(ROUND),
    default="main",
    show_default=True,
    help="adjust：定拟录取后，只对尚未录取的考生再次调剂；refill：放弃、取消等空出的名额递补",
)
@writing
def run(deed: Deed, *, batch: str | None, rule: str | None, no_adjust: bool, round_: str) -> None:
    """计算录取：不改变任何报名，结果编号保存，可反复计算。

    \b
    例：zhupei admit run
        zhupei admit run --rule stable --no-adjust
        zhupei admit run --round refill
    """
    if no_adjust and round_ == "adjust":
        raise click.UsageError("--round adjust 只做调剂，不能加 --no-adjust。", click.get_current_context())

    def act(session: Session, found: Batch) -> runs.RunSummary:
        summary = admissions.keep_run(session, found, computed, by=deed.by)
        left_out = count_sitting_out if round_ == "main" else count_seated
        summary["sitting_out"] = left_out(session, found)
        return summary

    with Progress(deed.settings) as progress:
        progress.phase("计算录取")
        with reading(deed.settings.database_url) as session:  # others go on writing meanwhile
            meant = lookup.find_batch(session, batch)
            code = meant.code
            computed = admissions.compute_run(session, meant, rule=rule, round_=round_, adjust=not no_adjust)
        summary = deed.in_batch(code, act)
    deed.tell_plainly(summary, _run_sentence(summary, dry_run=deed.dry_run))
    if not deed.as_json:
        tell_sitting_out(deed.settings, summary["sitting_out"], code)
    number, main = summary["run"], round_ == "main"
    deed.next(f"zhupei admit list --run {number}", "查看每名考生的结果")
    deed.next(f"zhupei admit commit {number}", "确定为拟录取结果" if main else "确定这一轮的结果")


def _run_sentence(summary: runs.RunSummary, *, dry_run: bool) -> str:
    head = "试算（不保存）" if dry_run else f"第 {summary['run']} 次录取计算"
    by_way = "，".join(ways(summary))
    return (
        f"{head}（{RULE.label(summary['rule'])}）：考生 {summary['candidates']} 人，"
        f"录取 {summary['admitted']} 人（{by_way}），未录取 {summary['not_admitted']} 人，"
        f"空缺名额 {summary['vacancies']} 个"
    )
