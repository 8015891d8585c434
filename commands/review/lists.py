"""What reviewers look at: `zhupei review queue`, `show`, `log`, `export`."""

from collections.abc import Sequence
from pathlib import Path

import click
from sqlalchemy.orm import Session

from zhupei_cli.model.batch import Batch
from zhupei_cli.services.applications import listing
from zhupei_cli.services.records import base_login, lookup
from zhupei_cli.services.records.base_books import BaseBook
from zhupei_cli.services.reviews import queue as reviewing
from zhupei_cli.services.reviews import review_sheets
from zhupei_cli.settings import Settings
from zhupei_cli.shell.arguments import CODE, NAME
from zhupei_cli.store.engine import reading, transaction

from ..shared.application_sheet import application_lines, application_sheet
from ..shared.findings import as_json_rows, tell
from ..shared.naming import numbered
from ..shared.options import (
    batch_option,
    format_options,
    into_options,
    list_options,
    pass_settings,
    reveal_option,
)
from ..shared.output import Column, Out, show, show_sheet
from ..shared.writing import Deed, writing

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
        rows = reviewing.log(session, found, base=code, number=number)
    show(rows, LOG, out)


def _which() -> click.UsageError:
    return click.UsageError("请用 --base 写基地，或用 --all，二者选一。", click.get_current_context())


@click.command("export")
@batch_option
@click.option("--base", type=NAME, help="这个基地（编号或名称）")
@click.option("--all", "every", is_flag=True, help="有待审核报名的全部基地，每个基地一份")
@into_options("一个基地时可写 .xlsx 文件名，否则是文件夹")
@writing
def export(
    deed: Deed,
    *,
    batch: str | None,
    base: str | None,
    every: bool,
    target: Path,
    force: bool,
) -> None:
    """导出待审核的工作簿；填好审核结果和原因后，用 review import 导入。

    证件号码是完整的，导出会留下记录。

    \b
    例：zhupei review export --base 4101001 -o 审核意见.xlsx
        zhupei review export --all -o 审核
    """
    if base and every:
        raise _which()
    if every and target.suffix.lower() == ".xlsx":
        raise click.UsageError("--all 每个基地一份，-o 请写文件夹。", click.get_current_context())

    def prepare(session: Session, found: Batch) -> Sequence[BaseBook]:
        code = base_login.acting_base(session, base)
        if code is None and not every:
            raise _which()
        if not deed.dry_run:
            base_login.reveal_waiting(session, found)
        return review_sheets.prepare_books(session, found, code, by=deed.by, target=target, force=force)

    books = deed.in_batch(batch, prepare, bases=True)
    # The event is stored by now: no list leaves the database without one.
    if not deed.dry_run:
        review_sheets.write_books(books, force=force)
    files = [{"base": book.base, "file": str(book.path), "rows": len(book.rows)} for book in books]
    count = sum(len(book.rows) for book in books)
    sentence = f"导出 {len(books)} 份审核工作簿，共 {count} 份报名，存放在 {target}"
    deed.tell({"files": files, "rows": count}, sentence)
