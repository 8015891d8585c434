"""`zhupei notice send`: mails to people, one by one."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import sleep

import click
from sqlalchemy.orm import Session

from zhupei_cli.model import Batch
from zhupei_cli.rules.batch.settings import parse
from zhupei_cli.rules.people.masking import mask_email
from zhupei_cli.services.notices import sending
from zhupei_cli.services.notices.telling import (
    NoticeMessage,
    messages_due,
    settle,
    still_ahead,
    untried_first,
    write_down,
)
from zhupei_cli.services.records import lookup, mail_server
from zhupei_cli.services.records.lookup import settings_of
from zhupei_cli.settings import Mail
from zhupei_cli.shell.arguments import Whole
from zhupei_cli.store.engine import transaction
from zhupei_cli.words.errors import Fault, ZhupeiError, sentence
from zhupei_cli.words.vocabulary import NOTICE_EVENT

from ..shared.findings import as_json_rows, tell
from ..shared.options import batch_option, yes_option
from ..shared.progress import Progress
from ..shared.writing import Deed, patient, writing
from .previews import event_option, note_past, previewed, show_preview


@dataclass(frozen=True, slots=True)
class _Letterbox:
    """What there is to send, and what stands on all of it."""

    batch: str
    subject: str
    signature: str
    messages: Sequence[NoticeMessage]
    without: int
    interrupted: int
    past: int


@dataclass(slots=True)
class _Tally:
    """What became of the mails so far."""

    sent: int = 0
    interrupted: int = 0
    #: Whose day passed while others were sent theirs.
    past: int = 0
    refused: list[tuple[str, Fault]] = field(default_factory=list)


@click.command("send")
@batch_option
@event_option
@click.option(
    "--rate", type=Whole(1, 6_000), default=60, show_default=True, metavar="N", help="每分钟最多发几封"
)
@click.option("--limit", type=Whole(1), metavar="N", help="这次最多发几封，其余下次再发")
@yes_option
@writing
def send(deed: Deed, *, batch: str | None, event: str, rate: int, limit: int | None) -> None:
    """用邮件通知还没有通知的人，经配置文件 [mail] 的服务器；先问再发，发出后不能收回。

    每封发出以前先记下，中断后再运行一次就从断处继续，谁也不会收到两次；写进短信工作簿的也算已经通知。
    内容取自批次的设置 notice.事项（例如 notice.approved）；加 -n 只看前几封，不发。

    \b
    例：zhupei notice send --event 退回修改 -n
        zhupei notice send --event 拟录取 --rate 30
    """
    mail = deed.settings.mail
    if mail is None:
        raise ZhupeiError("E092")
    label = NOTICE_EVENT.label(event)
    shown: list[bool] = []

    def prepare(session: Session, found: Batch) -> _Letterbox:
        every = messages_due(session, found, event)
        due = still_ahead(every, deed.by.today)
        waiting = untried_first(one for one in due if one.email)
        # Those whom --interrupted would tell: not of something that is over or was told since.
        doubtful = still_ahead(messages_due(session, found, event, doubtful=True), deed.by.today)
        left = len(doubtful) - len(due)
        if waiting:
            if not shown:
                show_preview(deed, waiting, _masked, batch=found.code, event=event)
                shown.append(True)
            words = f"向 {len(waiting[:limit])} 人发出邮件（{found.code}，{label}），发出后不能收回，继续吗？"
            deed.require(words)
        signature = parse(settings_of(session, found)).authority
        subject = f"{found.name}：{label}"
        counts = (len(due) - len(waiting), left, len(every) - len(due))
        return _Letterbox(found.code, subject, signature, waiting[:limit], *counts)

    box = deed.in_batch(batch, prepare)
    tally = _Tally()
    if box.messages and not deed.dry_run:
        _deliver(deed, mail, event, box, 60 / rate, tally)
    count = len(box.messages) if deed.dry_run else tally.sent
    summary = {
        "event": event,
        "sent": count,
        "without_email": box.without,
        "interrupted": box.interrupted,
        "past": box.past + tally.past,
        "preview": previewed(box.messages, _masked),
        "refused": [{"application_no": number, **one} for number, one in as_json_rows(tally.refused)],
    }
    deed.tell(
        summary, f"已发出 {count} 封邮件（{label}）" if box.messages else f"没有要发邮件的人（{label}）"
    )
    if box.without:
        deed.note(f"{box.without} 人没有邮箱，没有发；可用 zhupei notice export 发短信")
    note_past(deed, box.past + tally.past, batch=box.batch)
    if box.interrupted:
        words = sentence("E781", {"count": box.interrupted, "event": event, "batch": box.batch})
        deed.note(f"提醒 [E781]：{words}")
    if not deed.as_json:
        _tell_refused(deed, tally)
    deed.end(found=bool(tally.refused))


def _tell_refused(deed: Deed, tally: _Tally) -> None:
    for number, fault in tally.refused:
        tell(deed.settings, fault, about=number)


def _masked(one: NoticeMessage) -> str:
    return mask_email(one.email or "")


def _deliver(deed: Deed, mail: Mail, event: str, box: _Letterbox, pause: float, tally: _Tally) -> None:
    @contextmanager
    def batch_open() -> Iterator[tuple[Session, Batch]]:
        with transaction(deed.settings.database_url) as session:
            yield session, lookup.find_batch(session, box.batch)

    def claim(one: NoticeMessage) -> NoticeMessage | None:
        # What was true when the list was made may not be so hours later; others may be sending too.
        with batch_open() as (session, found):
            due = messages_due(session, found, event, only=one.application_id)
            now = still_ahead(due, deed.by.today)
            tally.past += len(due) - len(now)
            if not now or not now[0].email:
                return None
            told = [(now[0], _masked(now[0]))]
            write_down(session, found, event, told, way="email", state="sending", by=deed.by)
            return now[0]

    def settled(one: NoticeMessage, done: sending.Sent) -> None:
        if done.outcome == "interrupted":
            return
        with batch_open() as (session, found):
            settle(session, found, event, one, refused=done.answer)

    def note_down(one: NoticeMessage, done: sending.Sent) -> None:
        patient(lambda: settled(one, done))
        if done.outcome == "refused":
            values = {"application_no": one.number, "answer": done.answer or ""}
            code = "E713" if done.temporary else "E782"
            tally.refused.append((one.number, Fault(code, "email", values=values)))

    outcomes = sending.deliver(
        mail,
        box.messages,
        claim=lambda one: patient(lambda: claim(one)),
        settle=note_down,
        written=lambda one: sending.compose(mail, one, box.subject, box.signature, by=deed.by),
        wait=lambda: sleep(pause),
    )
    try:
        with Progress(deed.settings) as progress:
            progress.phase("发出邮件")
            for done in outcomes:
                tally.sent += done.outcome == "sent"
                tally.interrupted += done.outcome == "interrupted"
    except mail_server.failures() as error:
        detail = f"{mail_server.why_not(mail, error)}；已发 {tally.sent} 封"
        if tally.interrupted:
            detail += "，最后一封不知道发出没有，不会自动再发（zhupei explain E781）"
        if not deed.as_json:  # an error is all that JSON has on stderr
            _tell_refused(deed, tally)
        raise ZhupeiError("E780", detail=detail) from error
