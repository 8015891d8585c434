"""Sending a report by mail, through the server that the configuration names, to nobody twice in a night."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from zhupei_cli.acting import CST, Acting
from zhupei_cli.model import Batch, Event
from zhupei_cli.reports.page import NOTHING, change
from zhupei_cli.reports.values import Report
from zhupei_cli.rules.batch.times import show_time
from zhupei_cli.rules.people.addresses import wire_address
from zhupei_cli.rules.people.masking import mask_email
from zhupei_cli.services.records import mail_server
from zhupei_cli.services.records.events import Change, record
from zhupei_cli.services.reports.nightly_report import report_day
from zhupei_cli.settings import Mail
from zhupei_cli.words.errors import ZhupeiError

if TYPE_CHECKING:
    import smtplib

_EVENT: Table = Event.metadata.tables[Event.__tablename__]
_SENT: Final = "report.mail"
#: By suffix: type, subtype and parameters.
_TYPES: Final[Mapping[str, tuple[str, str, Mapping[str, str]]]] = {
    ".html": ("text", "html", {"charset": "utf-8"}),
    ".xlsx": ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet", {}),
}

#: Why an address did not get the mail, by the address as it was written.
_Refused = Mapping[str, str]


def require_mail(mail: Mail | None) -> Mail:
    """Return where mail goes through, and to whom; E092 when the configuration does not say."""
    if mail is None or not mail.to:
        raise ZhupeiError("E092")
    return mail


# -- who has it already ----------------------------------------------------------------------------


def still_to_get(session: Session, batch: Batch, report: Report, mail: Mail) -> tuple[str, ...]:
    """Return the addresses that have not got the batch's report of this day (+08:00) yet."""
    rows = session.execute(
        select(_EVENT.c.data).where(
            _EVENT.c.batch_id == batch.id, _EVENT.c.subject == batch.code, _EVENT.c.action == _SENT
        )
    ).scalars()
    told = [json.loads(row) for row in rows]
    have = {key for one in told if one["day"] == report_day(report).isoformat() for key in one["to"]}
    # a@X.com and 王一 <a@x.com> are one box.
    once = {_key(address): address for address in reversed(mail.to)}
    return tuple(address for key, address in reversed(once.items()) if key not in have)


def record_sent(session: Session, batch: Batch, report: Report, to: Iterable[str], *, by: Acting) -> None:
    """Write down who got the report: by digest, with the address masked."""
    data = {"day": report_day(report).isoformat(), "to": {_key(one): mask_email(one) for one in to}}
    record(session, by, [Change(_SENT, batch.code, batch.id, data=data)])


def _key(address: str) -> str:
    return hashlib.sha256((wire_address(address) or address).casefold().encode()).hexdigest()[:16]


# -- the message -----------------------------------------------------------------------------------


def _message(mail: Mail, report: Report, files: Mapping[str, bytes], to: Sequence[str]) -> EmailMessage:
    message = EmailMessage()
    anomalies = f"，异常 {len(report.anomalies)} 项" if report.anomalies else ""
    title = f"{report.head.batch_name} 招收日报"
    message["Subject"] = f"{title} {show_time(report.head.made_at)[:10]}{anomalies}"
    message["From"], message["To"] = mail.sender, ", ".join(to)
    # RFC 5322 3.6: every message has a date.
    message["Date"] = format_datetime(report.head.made_at.astimezone(CST))
    message["Message-ID"] = make_msgid(domain=mail_server.domain_of(mail))
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's absence notice answers it
    message.set_content("\n".join([title, *_lines(report)]) + "\n")
    for name, content in files.items():
        kind, subtype, params = _TYPES[Path(name).suffix]
        message.add_attachment(content, kind, subtype, filename=name, params=params)
    return message


def _lines(report: Report) -> list[str]:
    lines = [f"截至 {show_time(report.head.made_at)}，{report.head.status_label}", ""]
    for figure in report.figures:
        count = NOTHING if figure.count is None else str(figure.count)
        lines.append(f"{figure.label}：{count} {change(figure.change)}".rstrip())
    lines += ["", *(f"{one.kind_label}：{one.message}" for one in report.anomalies if one.alarm)]
    return [*lines, "详见附件。", report.head.seal]


# -- the server ------------------------------------------------------------------------------------


def send_report(
    mail: Mail, report: Report, files: Mapping[str, bytes], *, to: Sequence[str], folder: Path
) -> _Refused:
    """Send the report to all of `to` that the server takes; return who is refused, and why.

    Raises E093, nobody having got it, when the server cannot be spoken to or does not take the mail.
    """
    import smtplib

    try:
        with mail_server.mail_connection(mail) as server:
            refused = mail_server.unreachable(to, utf8=server.has_extn("smtputf8"))
            taken = {address: wire_address(address) or "" for address in to if address not in refused}
            if taken:
                refused |= _deliver(server, mail, _message(mail, report, files, list(taken)), taken)
            return refused
    except (OSError, smtplib.SMTPException, UnicodeError) as error:
        raise ZhupeiError("E093", detail=mail_server.why_not(mail, error), folder=folder) from error


def _deliver(
    server: "smtplib.SMTP", mail: Mail, message: EmailMessage, taken: Mapping[str, str]
) -> dict[str, str]:
    import smtplib

    sender = wire_address(mail.sender) or mail.sender
    try:
        answers = server.send_message(message, sender, list(taken.values()))
    except smtplib.SMTPRecipientsRefused as error:
        answers = error.recipients
    return {
        address: mail_server.server_answer(*answers[wire])
        for address, wire in taken.items()
        if wire in answers
    }


def told_refused(mail: Mail, refused: _Refused, sent: Iterable[str]) -> str:
    """Return in words who did not get the mail and why, and who did."""
    others = "、".join(sent)
    why = "、".join(f"{address}（{reason}）" for address, reason in refused.items())
    return f"{mail.host}:{mail.port} 拒收 {why}" + (f"；其余已发给 {others}" if others else "")
