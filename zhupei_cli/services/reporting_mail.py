"""Sending a report by mail, through the server that the configuration names."""

from collections.abc import Mapping
from email.message import EmailMessage
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zhupei_cli.errors import ZhupeiError
from zhupei_cli.reports.page import NOTHING, change
from zhupei_cli.reports.values import Report
from zhupei_cli.rules.times import show_time
from zhupei_cli.settings import Mail

if TYPE_CHECKING:
    import smtplib

#: How long a mail server may stay silent, in seconds.
PATIENCE = 30
_TYPES: Mapping[str, dict[str, Any]] = {
    ".html": {"maintype": "text", "subtype": "html", "params": {"charset": "utf-8"}},
    ".xlsx": {
        "maintype": "application",
        "subtype": "vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    },
}


def require_mail(mail: Mail | None) -> Mail:
    """Return where mail goes through; E092 when the configuration does not say."""
    if mail is None:
        raise ZhupeiError("E092")
    return mail


def send_report(mail: Mail, report: Report, files: Mapping[str, bytes], *, folder: Path) -> None:
    """Send the report to everybody who gets it; E093 when the server does not take it for all of them."""
    import smtplib

    message = _message(mail, report, files)
    try:
        with _connected(mail) as server:
            if mail.user:
                server.login(mail.user, mail.password or "")
            refused = server.send_message(message)
    except (OSError, smtplib.SMTPException) as error:
        raise ZhupeiError("E093", detail=_reason(mail, error), folder=folder) from error
    if refused:
        raise ZhupeiError("E093", detail=f"服务器拒收 {'、'.join(refused)}", folder=folder)


def _message(mail: Mail, report: Report, files: Mapping[str, bytes]) -> EmailMessage:
    message = EmailMessage()
    anomalies = f"，异常 {len(report.anomalies)} 项" if report.anomalies else ""
    title = f"{report.head.batch_name} 招收日报"
    message["Subject"] = f"{title} {show_time(report.head.made_at)[:10]}{anomalies}"
    message["From"], message["To"] = mail.sender, ", ".join(mail.to)
    lines = [title, f"截至 {show_time(report.head.made_at)}，{report.head.status_label}", ""]
    for figure in report.figures:
        count = NOTHING if figure.count is None else str(figure.count)
        lines.append(f"{figure.label}：{count} {change(figure.change)}".rstrip())
    lines += ["", *(f"{one.kind_label}：{one.message}" for one in report.anomalies if one.alarm)]
    lines += ["详见附件。", report.head.seal]
    message.set_content("\n".join(lines) + "\n")
    for name, content in files.items():
        message.add_attachment(content, filename=name, **_TYPES[Path(name).suffix])
    return message


def _connected(mail: Mail) -> "smtplib.SMTP":
    import smtplib
    import ssl

    if mail.security == "tls":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(mail.host, mail.port, timeout=PATIENCE, context=context)
    server = smtplib.SMTP(mail.host, mail.port, timeout=PATIENCE)
    if mail.security == "starttls":
        try:
            server.starttls(context=ssl.create_default_context())
        except BaseException:
            server.close()
            raise
    return server


def _reason(mail: Mail, error: Exception) -> str:
    import smtplib
    import ssl

    place = f"{mail.host}:{mail.port}"
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return f"{place} 不认用户名 {mail.user} 和密码"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"{place} 的证书不可信（{error.verify_message}）"
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return f"{place} 拒收 {'、'.join(error.recipients)}"
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return f"{place} 不支持 {'登录' if 'AUTH' in str(error) else 'STARTTLS'}"
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        text = said.decode(errors="replace") if isinstance(said, bytes) else said
        return f"{place} 回答 {error.smtp_code} {text}"
    if isinstance(error, OSError) and error.strerror:
        return f"{place}：{error.strerror}"
    return f"{place}：{type(error).__name__}"
