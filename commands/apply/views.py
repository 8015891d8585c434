"""`zhupei apply list`, `show`, `status`, `stats`: looking at applications."""

import click

from zhupei_cli.rules.batch.times import DATES
from zhupei_cli.services.applications import listing, progress
from zhupei_cli.services.records import lookup
from zhupei_cli.settings import Settings
from zhupei_cli.shell.arguments import NAME, PERSON_NAME, Words
from zhupei_cli.store.engine import reading, transaction
from zhupei_cli.words.vocabulary import ADMISSION_STATUS, APPLICATION_STATUS, ApplicationStatus

from ..shared.application_sheet import LIST, application_lines, application_sheet
from ..shared.naming import numbered
from ..shared.options import batch_option, format_options, list_options, pass_settings, reveal_option
from ..shared.output import Column, Out, next_step, show, show_sheet

STATUS = (
    Column("application_no", "报名号"),
    Column("batch_name", "批次"),
    Column("status_label", "状态"),
    Column("seated_label", "本年度录取"),
    *(Column(key, label) for key, label in DATES.items()),
    Column("contact", "技术支持"),
)
#: The state of the application is that of its review until the batch is published.
_UNPUBLISHED = (*LIST, Column("admission_label", "录取状态"))
STATS = (
    Column("group_label", "统计项"),
    Column("label", "名称"),
    Column("total", "报名人数"),
    *(Column(status, APPLICATION_STATUS.label(status)) for status in ApplicationStatus),
)


@click.command("list")
@batch_option
@click.option(
    "--status",
    "statuses",
    type=Words(APPLICATION_STATUS),
    metavar="STATUS,…",
    help="只看这些状态，例如 未提交,退回修改",
)
@click.option("--base", type=NAME, help="只看第一志愿是这个基地的（编号或名称）")
@click.option("--specialty", type=NAME, help="只看报这个专业的（代码或名称）")
@click.option("--name", type=PERSON_NAME, help="姓名含有这几个字")
@click.option("--seated", is_flag=True, help="只看本年度已在别的批次录取、因而不参加录取的")
@click.option("--gave-up", is_flag=True, help="只看撤销拟录取以前已放弃或被取消、因而不参加录取的")
@click.option("--unpublished", is_flag=True, help="公示前也显示录取状态（省级）")
@reveal_option
@list_options
@pass_settings
def list_(
    settings: Settings,
    *,
    batch: str | None,
    statuses: tuple[str, ...] | None,
    base: str | None,
    specialty: str | None,
    name: str | None,
    seated: bool,
    gave_up: bool,
    unpublished: bool,
    reveal: bool,
    out: Out,
) -> None:
    """列出报名，按报名号排列；证件号码默认遮盖。

    \b
    例：zhupei apply list --status draft,returned
        zhupei apply list --base 4101001 -o 报名.xlsx
    """
    with transaction(settings.database_url, read_only=not reveal) as session:
        found = lookup.find_batch(session, batch)
        chosen = listing.Filter(
            statuses=statuses or (),
            base=base and lookup.find_base(session, base),
            specialty=specialty and lookup.find_specialty(session, specialty),
            name=name,
            sitting_out=seated,
            gave_up=gave_up,
            limit=out.most,
        )
        rows = listing.list_applications(session, found, chosen, reveal=reveal, unpublished=unpublished)
        if reveal:
            listing.record_reveal(session, found, by=settings.acting(), what="apply list", rows=len(rows))
        name = found.name
    if unpublished:
        show([_with_admission(row) for row in rows], _UNPUBLISHED, out, title="报名名单", batch_name=name)
    else:
        show(rows, LIST, out, title="报名名单", batch_name=name)


def _with_admission(row: listing.ApplicationRow) -> dict[str, object]:
    status = row["admission_status"]
    return {**row, "admission_label": None if status is None else ADMISSION_STATUS.label(status)}


@click.command("show")
@click.argument("number", metavar="NO|WHO", type=NAME)
@numbered("number", who=True)
@reveal_option
@format_options
@pass_settings
def show_(settings: Settings, number: str, *, batch: str | None, reveal: bool, out: Out) -> None:
    """查看一份报名：志愿、个人信息、教育和工作经历、审核记录。

    \b
    例：zhupei apply show HN2026-0000001
    """
    with transaction(settings.database_url, read_only=not reveal) as session:
        found = lookup.find_batch(session, batch)
        row = listing.show_application(session, found, number, reveal=reveal)
        if reveal:
            listing.record_reveal(session, found, by=settings.acting(), what=number, rows=1)
    lines = application_lines(row)
    show_sheet(row if out.format.startswith("json") else lines, application_sheet(lines), out)


@click.command("status")
@click.argument("number", metavar="NO|WHO", type=NAME)
@numbered("number", who=True)
@format_options
@pass_settings
def status(settings: Settings, number: str, *, batch: str | None, out: Out) -> None:
    """查看一份报名的状态：学员能看到的一行、批次的各个日期、技术支持联系方式。

    公示以前不显示任何录取信息。

    \b
    例：zhupei apply status HN2026-0000001
    """
    with reading(settings.database_url) as session:
        row = progress.status_of(session, lookup.find_batch(session, batch), number)
    show_sheet(row, [column for column in STATUS if row.get(column.key)], out)


@click.command("stats")
@batch_option
@list_options
@pass_settings
def stats(settings: Settings, *, batch: str | None, out: Out) -> None:
    """统计报名：全部、各基地（第一志愿）、各专业、各身份，按状态分列；报名人数不含已撤回。

    \b
    例：zhupei apply stats
        zhupei apply stats -o 报名统计.xlsx
    """
    with reading(settings.database_url) as session:
        rows = progress.count_applications(session, lookup.find_batch(session, batch))
    show(rows, STATS, out, title="报名统计")
    waiting = rows[0]["draft"] + rows[0]["returned"]
    if waiting:
        command = "zhupei apply list --status draft,returned"
        next_step(settings, command, f"还有 {waiting} 份未提交或待修改，列出以便催办")
