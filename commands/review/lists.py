"""`zhupei review queue`, `show`, `log`: what reviewers look at."""

import click

from zhupei_cli.services.applications import listing
from zhupei_cli.services.records import base_login, lookup
from zhupei_cli.services.reviews import queue as reviewing
from zhupei_cli.settings import Settings
from zhupei_cli.shell.arguments import CODE, NAME
from zhupei_cli.store.engine import reading, transaction

from ..shared.application_sheet import application_lines, application_sheet
from ..shared.findings import as_json_rows, tell
from ..shared.naming import numbered
from ..shared.options import (
    batch_option,
    format_options,
    list_options,
    pass_settings,
    reveal_option,
)
from ..shared.output import Column, Out, show, show_sheet

QUEUE = (
    Column("choice1_base_label", "第一志愿"),
    Column("application_no", "报名号"),
    Column("name", "姓名"),
    Column("id_number", "证件号码"),
    Column("identity_label", "个人身份"),
    Column("specialty_label", "报名专业"),
    Column("submitted_at", "提交时间"),
    Column("waiting_days", "等待天数"),
)
SUMMARY = (
    Column("base", "基地编号"),
    Column("base_label", "基地名称"),
    Column("waiting", "待审核"),
    Column("oldest_at", "最早提交"),
    Column("longest_days", "最长等待天数"),
)
LOG = (
    Column("decided_at", "时间"),
    Column("application_no", "报名号"),
    Column("name", "姓名"),
    Column("choice1_base_label", "第一志愿"),
    Column("decision_label", "决定"),
    Column("reason", "原因"),
    Column("decider_label", "审核单位"),
    Column("decided_by", "经办人"),
)
_AS_BASE = "以这个基地的身份（只看第一志愿是本基地的报名）"


@click.command("queue")
@batch_option
@click.option("--base", type=NAME, help=_AS_BASE)
@click.option("--summary", is_flag=True, help="只列各基地待审核的份数")
@list_options
@pass_settings
def queue(settings: Settings, *, batch: str | None, base: str | None, summary: bool, out: Out) -> None:
    """列出待审核的报名：按第一志愿基地，先提交的在前，附等待天数。

    \b
    例：zhupei review queue --base 4101001
        zhupei review queue --summary
    """
    listed = reviewing.queue_summary if summary else reviewing.queue
    with reading(settings.database_url, bases=True) as session:
        found = lookup.find_batch(session, batch)
        code = base_login.acting_base(session, base)
        rows = listed(session, found, code, now=settings.acting().at)
    show(rows, SUMMARY if summary else QUEUE, out)


@click.command("show")
@click.argument("number", metavar="NO", type=CODE)
@numbered("number")
@click.option("--base", type=NAME, help=_AS_BASE)
@reveal_option
@format_options
@pass_settings
def show_(
    settings: Settings, number: str, *, batch: str | None, base: str | None, reveal: bool, out: Out
) -> None:
    """查看一份待审核的报名：报名内容、身份规则的提醒、以前的审核。

    \b
    例：zhupei review show HN2026-0000001 --base 4101001
    """
    with transaction(settings.database_url, read_only=not reveal, bases=True) as session:
        found = lookup.find_batch(session, batch)
        code = base_login.acting_base(session, base)
        if reveal:
            base_login.reveal(session, found, (number,))
        row, findings = reviewing.show(session, found, number, code, reveal=reveal)
        if reveal and not base_login.is_base(session):
            listing.record_reveal(session, found, by=settings.acting(), what=number, rows=1)
    as_json = out.format.startswith("json")
    listed = [one for _, one in as_json_rows((number, fault) for fault in findings)]
    lines = application_lines(row)
    show_sheet({**row, "findings": listed} if as_json else lines, application_sheet(lines), out)
    for fault in () if as_json else findings:
        tell(settings, fault, warn=True)


@click.command("log")
@click.argument("number", required=False, metavar="[NO]", type=CODE)
@numbered("number")
@click.option("--base", type=NAME, help=_AS_BASE)
@list_options
@pass_settings
def log(settings: Settings, number: str | None, *, batch: str | None, base: str | None, out: Out) -> None:
    """列出审核记录，最近的在前：每次决定、原因、由谁作出；可只看一份报名或一个基地。

    \b
    例：zhupei review log HN2026-0000001
        zhupei review log --base 4101001 -o 审核记录.xlsx
    """
    with reading(settings.database_url, bases=True) as session:
        found = lookup.find_batch(session, batch)
        code = base_login.acting_base(session, base)
        rows = reviewing.review_log(session, found, base=code, number=number)
    show(rows, LOG, out)
