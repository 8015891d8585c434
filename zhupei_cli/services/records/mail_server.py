"""The mail server of the configuration: speaking to it, and saying why it does not take a mail."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from zhupei_cli.oswords import os_words
from zhupei_cli.rules.people.addresses import wire_address
from zhupei_cli.settings import Mail

if TYPE_CHECKING:
    import smtplib

#: How long a mail server may stay silent, in seconds.
_PATIENCE: Final = 30


@contextmanager
def mail_connection(mail: Mail) -> Iterator["smtplib.SMTP"]:
    """Yield a server that was greeted and knows who we are; raises what `why_not` explains."""
    with _opened(mail) as server:
        if mail.user:
            server.login(mail.user, mail.password or "")
        server.ehlo_or_helo_if_needed()
        yield server


def failures() -> tuple[type[Exception], ...]:
    """Return what may be raised while a server is spoken to."""
    import smtplib

    return OSError, smtplib.SMTPException, UnicodeError


def domain_of(mail: Mail) -> str:
    """Return the domain mails come from: given to libraries lest this machine's name goes out."""
    return (wire_address(mail.sender) or "").rpartition("@")[2] or "localhost"


def unreachable(to: Sequence[str], *, utf8: bool) -> dict[str, str]:
    """Return the addresses this server cannot be given at all."""
    refused = {}
    for address in to:
        wire = wire_address(address)
        if wire is None:
            refused[address] = "不是邮件地址"
        elif not (utf8 or wire.isascii()):
            refused[address] = "地址中有汉字，服务器不支持 SMTPUTF8"
    return refused


def _opened(mail: Mail) -> "smtplib.SMTP":
    import smtplib
    import ssl

    if mail.security == "tls":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(mail.host, mail.port, timeout=_PATIENCE, context=context)
    server = smtplib.SMTP(mail.host, mail.port, timeout=_PATIENCE)
    if mail.security == "starttls":
        try:
            server.starttls(context=ssl.create_default_context())
        except BaseException:
            server.close()
            raise
    return server


def why_not(mail: Mail, error: Exception) -> str:
    """Return in words why a server cannot be spoken to, or does not take a mail."""
    import smtplib
    import socket
    import ssl

    place = f"{mail.host}:{mail.port}"
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return f"{place} 不认用户名 {mail.user} 和密码"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"{place} 的证书不可信（{error.verify_message}）"
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return _unsupported(mail, place, str(error))
    if isinstance(error, smtplib.SMTPSenderRefused):
        return f"{place} 不接受发件人 {mail.sender}（{server_answer(error.smtp_code, error.smtp_error)}）"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{place} 回答 {server_answer(error.smtp_code, error.smtp_error)}"
    if isinstance(error, UnicodeError):
        return f"{place} 的用户名、密码或发件人中有不能用的字符"
    if isinstance(error, socket.gaierror):
        return f"找不到邮件服务器 {mail.host}"
    if isinstance(error, OSError) and not isinstance(error, smtplib.SMTPException):
        return f"{place}：{os_words(error)}"
    return f"{place}：{type(error).__name__}"


def _unsupported(mail: Mail, place: str, said: str) -> str:
    if "SMTPUTF8" in said:
        return f"发件人 {mail.sender} 的地址中有汉字，{place} 不支持 SMTPUTF8"
    return f"{place} 不支持 {'登录' if 'AUTH' in said else 'STARTTLS'}"


def server_answer(code: int, said: bytes | str) -> str:
    """Return what a server answered, on one line."""
    text = said.decode(errors="replace") if isinstance(said, bytes) else said
    return " ".join(f"{code} {text}".split())
