"""`zhupei notice export`: a workbook for the office that sends short messages."""

from contextlib import ExitStack
from pathlib import Path

import click
from sqlalchemy.orm import Session

from zhupei_cli.files import refuse_existing
from zhupei_cli.model import Batch
from zhupei_cli.rules.people.masking import mask_phone
from zhupei_cli.services.notices.telling import NoticeMessage, messages_due, still_ahead, write_down
from zhupei_cli.sheets.writing.plain_sheet import write_plain
from zhupei_cli.words.vocabulary import NOTICE_EVENT

from ..shared.options import batch_option, into_options, yes_option
from ..shared.writing import Deed, placing, writing
from .previews import event_option, note_past, previewed, show_preview


@click.command("export")
@batch_option
@event_option
@click.option("--again", is_flag=True, help="连同已写入以前工作簿的人再写一次，例如工作簿丢失（会先问）")
@click.option(
    "--interrupted", is_flag=True, help="连同邮件发到一半中断、不知道收到没有的人，例如已经问过（会先问）"
)
@into_options("写入这个 .xlsx 文件", ending=".xlsx")
@yes_option
@writing
def export(
    deed: Deed,
    *,
    batch: str | None,
    event: str,
    again: bool,
    interrupted: bool,
    target: Path,
    force: bool,
) -> None:
    """写出还没有通知的人的手机号、姓名、内容，交给发短信的部门；写出即记为已通知，不重复。

    内容取自批次的设置 notice.事项（例如 notice.approved），可用 {{ 姓名 }} 这样的名称；
    加 -n 只看前几条，不写文件，也不记。手机号是完整的，写出会留下记录。

    \b
    例：zhupei notice export --event 审核通过 -o 短信.xlsx -n
        zhupei notice export --event 拟录取 -o 短信.xlsx
    """
    refuse_existing(target, force=force)

    def prepare(session: Session, found: Batch) -> tuple[list[NoticeMessage], int, int, str]:
        every = messages_due(session, found, event, again=again, doubtful=interrupted)
        due = still_ahead(every, deed.by.today)
        told = [one for one in due if one.mobile]
        repeated = sum(one.tried is not None for one in told)
        if (again or interrupted) and repeated:
            before = [
                "已写入以前的工作簿" if again else "",
                "的邮件不知道发出没有" if interrupted else "",
            ]
            deed.require(f"{repeated} 人{'，或'.join(filter(None, before))}，可能收到两次，继续吗？")
        if placed is not None:
            placed.beside.write_bytes(b"")  # of a try that was undone
            if told:
                rows = [(one.mobile or "", one.name, one.content) for one in told]
                write_plain(placed.beside, "短信", ("手机号", "姓名", "内容"), rows)
        written = [(one, _masked(one)) for one in told]
        write_down(session, found, event, written, way="workbook", state="sent", by=deed.by)
        fresh = messages_due(session, found, event) if again or interrupted else every
        past = len(fresh) - len(still_ahead(fresh, deed.by.today))  # who was told in time is not among them
        return told, len(due) - len(told), past, found.code

    # Nobody is written down as told whom no workbook names: it is whole before, and gets its place after.
    with ExitStack() as files:
        placed = None if deed.dry_run else files.enter_context(placing(target, force=force))
        told, without, past, code = deed.in_batch(batch, prepare)
    target = target if placed is None else placed.path
    label = NOTICE_EVENT.label(event)
    summary = {
        "event": event,
        "people": len(told),
        "without_mobile": without,
        "past": past,
        "file": str(target) if told else None,
        "preview": previewed(told, _masked),
    }
    sentence = (
        f"没有要通知的人（{label}）"
        if not told
        else f"已写出 {len(told)} 人的通知（{label}），存放在 {target}"
    )
    deed.tell(summary, sentence)
    if deed.dry_run:
        show_preview(deed, told, _masked, batch=code, event=event)
    if without:
        deed.note(f"{without} 人没有手机号，没有写出")
    note_past(deed, past, batch=code)


def _masked(one: NoticeMessage) -> str:
    return mask_phone(one.mobile or "")
