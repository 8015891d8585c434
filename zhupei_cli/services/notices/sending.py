"""Mails to people, one by one: written down before it leaves, so that nobody gets the same one twice.

A run that is killed between the two leaves one row that is being sent; it is told of, and not sent again.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from zhupei_cli.acting import CST, Acting
from zhupei_cli.rules.people.addresses import wire_address
from zhupei_cli.rules.people.masking import mask_email
from zhupei_cli.services.notices.telling import NoticeMessage, refused_for_now
from zhupei_cli.services.records import mail_server
from zhupei_cli.settings import Mail

if TYPE_CHECKING:
    import smtplib

#: The answer of a server that takes no more mails for now: it is not about this one.
_CLOSING: Final = 421
_TEXT_WANTED: Final = 354

Delivery = Literal["sent", "refused", "stayed", "interrupted"]


class Sent(NamedTuple):
    """What became of one mail; `answer` is why it was refused, or stayed here for another try."""

    outcome: Delivery
    answer: str | None = None

    @property
    def temporary(self) -> bool:
        """Whether it was refused, and not for good."""
        return self.outcome == "refused" and refused_for_now(self.answer)


_STAYED: Final = Sent("stayed", "没有发出，再运行一次即可")


def compose(mail: Mail, one: NoticeMessage, subject: str, signature: str, *, by: Acting) -> EmailMessage:
    """Return the mail to one person."""
    message = EmailMessage()
    message["Subject"] = subject
    message["From"], message["To"] = mail.sender, one.email or ""
    message["Date"] = format_datetime(by.at.astimezone(CST))
    message["Message-ID"] = make_msgid(domain=mail_server.domain_of(mail))
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834
    message.set_content("\n\n".join(filter(None, (one.content, signature))) + "\n")
    return message


def deliver(
    mail: Mail,
    messages: Sequence[NoticeMessage],
    *,
    claim: Callable[[NoticeMessage], NoticeMessage | None],
    settle: Callable[[NoticeMessage, Sent], None],
    written: Callable[[NoticeMessage], EmailMessage],
    wait: Callable[[], None],
) -> Iterator[Sent]:
    """Send the mails one by one and yield what became of each; raises what `why_not` explains.

    `claim` writes down that a mail is about to leave and returns it as it stands now, None when it is not to
    be sent any more; `settle` writes down what became of it.
    """
    import smtplib

    left = deque(messages)
    while left:
        sent = 0
        with mail_server.mail_connection(mail) as server:
            while left:
                if sent:
                    wait()
                if (one := claim(left[0])) is None:
                    left.popleft()
                    continue
                try:
                    done = _hand_over(server, mail, written(one), one.email or "")
                except smtplib.SMTPServerDisconnected:
                    settle(one, _STAYED)
                    if not sent:  # it does not take a single one
                        raise
                    break  # many servers take so many mails and then want to be greeted anew
                except (OSError, smtplib.SMTPException, UnicodeError):
                    settle(one, _STAYED)
                    raise
                settle(one, done)
                left.popleft()
                sent += 1
                yield done
                if done.outcome == "interrupted":
                    raise smtplib.SMTPServerDisconnected


def _hand_over(server: "smtplib.SMTP", mail: Mail, message: EmailMessage, address: str) -> Sent:
    """Hand one mail over; while it has surely not left raises OSError or what smtplib does."""
    import smtplib

    wire, utf8 = wire_address(address), server.has_extn("smtputf8")
    if wire is None or not (utf8 or wire.isascii()):
        return Sent("refused", mail_server.unreachable((address,), utf8=utf8)[address])
    options = [] if wire.isascii() else ["SMTPUTF8", "BODY=8BITMIME"]
    code, said = server.mail(wire_address(mail.sender) or mail.sender, options)
    if code not in (250, _CLOSING):  # nobody's address is to blame
        raise smtplib.SMTPSenderRefused(code, said, mail.sender)
    if code == 250:
        code, said = server.rcpt(wire)
    if code in (250, 251):
        code, said = server.docmd("DATA")
    if code == _TEXT_WANTED:
        try:
            server.send(_wire_text(message.as_bytes(policy=SMTP.clone(utf8=bool(options)))))
            code, said = server.getreply()
        except (OSError, smtplib.SMTPException):
            return Sent("interrupted")
        if code == 250:
            return Sent("sent")
    if code == _CLOSING:
        server.close()
        raise smtplib.SMTPServerDisconnected(mail_server.server_answer(code, said))
    with suppress(smtplib.SMTPServerDisconnected):  # some end the connection with their refusal
        server.rset()
    return _refused(wire, code, said)


def _wire_text(text: bytes) -> bytes:
    """Return a mail as it follows DATA (RFC 5321, 4.5.2): leading dots doubled, a dot alone at the end."""
    lines = b"\r\n".join(b"." + line if line.startswith(b".") else line for line in text.splitlines())
    return lines + b"\r\n.\r\n"


def _refused(wire: str, code: int, said: bytes | str) -> Sent:
    return Sent("refused", mail_server.server_answer(code, said).replace(wire, mask_email(wire)))
