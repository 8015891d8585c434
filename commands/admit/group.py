"""`zhupei admit`: runs and the result (录取). Marks are in `admit_scores`."""

from collections.abc import Sequence

import click
from sqlalchemy.orm import Session

from zhupei_cli.model import Batch
from zhupei_cli.services.admission import admissions, readiness, result_now, runs, stale_runs
from zhupei_cli.services.applications import listing
from zhupei_cli.services.batches.taking_part import count_seated, count_sitting_out
from zhupei_cli.services.records import lookup
from zhupei_cli.settings import Settings
from zhupei_cli.shell.arguments import Whole, Word
from zhupei_cli.shell.lazy import LazyGroup
from zhupei_cli.shell.logfile import note
from zhupei_cli.store.engine import reading, transaction
from zhupei_cli.words.vocabulary import ROUND, RULE, VIA, BatchStatus

from ..shared.done import tell_gave_up, tell_sitting_out
from ..shared.options import (
    batch_option,
    format_options,
    json_option,
    list_options,
    pass_settings,
    reveal_option,
)
from ..shared.output import FINDINGS, Column, Out, Row, next_step, show, show_sheet, show_summary
from ..shared.progress import Progress
from ..shared.writing import Deed, writing

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


_HERE, _VIEWS = "zhupei_cli.commands.admit.group", "zhupei_cli.commands.admit.views"
_ACTS, _COMMITS = "zhupei_cli.commands.admit.acts", "zhupei_cli.commands.admit.commit"


@click.group(
    cls=LazyGroup,
    lazy={
        "scores": ("zhupei_cli.commands.admit.scores:scores", "成绩：模板、导入、查看、分数段"),
        "preplace": ("zhupei_cli.commands.admit.preplace:preplace", "预先安排：计算以前给在读专硕等安排名额"),
        "check": (f"{_HERE}:check", "计算前检查：考生、成绩、岗位是否齐全"),
        "run": (f"{_HERE}:run", "计算录取，结果编号保存"),
        "runs": (f"{_HERE}:runs_", "列出全部录取计算"),
        "show": (f"{_HERE}:show_", "查看一次录取计算"),
        "list": (f"{_HERE}:list_", "列出每名考生的录取结果"),
        "explain": (f"{_VIEWS}:explain", "说明一名考生或一个岗位的录取结果"),
        "compare": ("zhupei_cli.commands.admit.sides:compare", "比较几次录取计算"),
        "what-if": ("zhupei_cli.commands.admit.sides:what_if", "假设规则、计划或分数线变了，结果会怎样"),
        "verify": (f"{_HERE}:verify", "按保存的输入重新计算并核对"),
        "commit": (f"{_COMMITS}:commit", "把一次录取计算确定为拟录取结果"),
        "uncommit": (f"{_COMMITS}:uncommit", "公示前撤销拟录取结果"),
        "place": (f"{_ACTS}:place", "把一名考生安排到空缺岗位"),
        "revoke": (f"{_ACTS}:revoke", "取消录取"),
        "decline": (f"{_ACTS}:decline", "登记放弃录取"),
        "quit": (f"{_ACTS}:quit_", "登记退培"),
        "reinstate": (f"{_ACTS}:reinstate", "恢复录取资格"),
        "checkin": ("zhupei_cli.commands.admit.checkin:checkin", "报到：写出报到表、导入"),
    },
)
def admit() -> None:
    """成绩和录取：导入成绩，计算、查看、确定录取结果。"""


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
    listed = [finding._asdict() for finding in findings]
    if out.format in ("json", "jsonl"):
        show_sheet({**counts, "ok": not findings, "findings": listed}, CHECK, out)
    else:
        told: Row = counts
        show_sheet(
            told,
            [one for one in CHECK if told[one.key] or not (one.key in _IF_ANY or told[one.key] is None)],
            out,
        )
        for finding in findings:
            note(settings, f"提醒 [{finding.code}]：{finding.message}")
        tell_sitting_out(settings, counts["sitting_out"], counts["batch"])
        tell_gave_up(settings, counts["gave_up"], counts["batch"])
    if findings:
        click.get_current_context().exit(FINDINGS)
    match counts["status"]:
        case BatchStatus.CLOSED:
            next_step(settings, f"zhupei batch lock {counts['batch']}", "锁定，准备录取")
        case BatchStatus.LOCKED:
            next_step(settings, f"zhupei admit run --batch {counts['batch']}", "计算录取")


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

    def act(session: Session, found: Batch) -> tuple[runs.RunSummary, str]:
        summary = admissions.run_admission(
            session, found, by=deed.by, rule=rule, round_=round_, adjust=not no_adjust
        )
        left_out = count_sitting_out if round_ == "main" else count_seated
        summary["sitting_out"] = left_out(session, found)
        return summary, found.code

    with Progress(deed.settings) as progress:
        progress.phase("计算录取")
        summary, code = deed.in_batch(batch, act)
    deed.tell_plainly(summary, _run_sentence(summary, dry_run=deed.dry_run))
    if not deed.as_json:
        tell_sitting_out(deed.settings, summary["sitting_out"], code)
    number, main = summary["run"], round_ == "main"
    deed.next(f"zhupei admit list --run {number}", "查看每名考生的结果")
    deed.next(f"zhupei admit commit {number}", "确定为拟录取结果" if main else "确定这一轮的结果")


def _run_sentence(summary: runs.RunSummary, *, dry_run: bool) -> str:
    head = "试算（不保存）" if dry_run else f"第 {summary['run']} 次录取计算"
    ways = "，".join(_ways(summary))
    return (
        f"{head}（{RULE.label(summary['rule'])}）：考生 {summary['candidates']} 人，"
        f"录取 {summary['admitted']} 人（{ways}），未录取 {summary['not_admitted']} 人，"
        f"空缺名额 {summary['vacancies']} 个"
    )


def _ways(summary: runs.RunSummary) -> list[str]:
    return [f"{VIA.labels.get(via, via)} {count}" for via, count in summary["by_via"].items()]


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
    show_sheet(found if out.format.startswith("json") else {**found, "ways": _ways(found)}, RUN, out)


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
@json_option
@pass_settings
def verify(settings: Settings, number: int, *, batch: str | None, as_json: bool) -> None:
    """按保存的输入重新计算，与当时的摘要核对；不符时退出码为 3。

    \b
    例：zhupei admit verify 1
    """
    with reading(settings.database_url) as session:
        one = runs.find_run(session, lookup.find_batch(session, batch), number)
        findings = runs.verify_run(session, one)
    summary = {"ok": not findings, "findings": [finding._asdict() for finding in findings]}
    sentence = f"第 {number} 次录取计算：{'有不符' if findings else '输入和结果均与摘要一致'}"
    show_summary(settings, summary, sentence, as_json=as_json)
    for finding in () if as_json else findings:
        note(settings, f"错误 [{finding.code}]：{finding.message}")
    if findings:
        click.get_current_context().exit(FINDINGS)
