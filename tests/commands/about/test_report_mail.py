"""report nightly --mail against a real mail server on this machine, with TLS and a login."""

import json
import re
import socket
import ssl
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from click.testing import CliRunner
from sqlalchemy import text

from tests.conftest import NOW, Ran, Run
from tests.report_world import draw, store, store_second_batch
from zhupei_cli.shell.cli import cli
from zhupei_cli.store.engine import transaction

pytestmark = pytest.mark.sqlite

#: A key and a certificate of nobody but `localhost`, good until 2126.
PEM = Path(__file__).parents[2] / "golden" / "localhost.pem"
PASSWORD = "correct horse"
NAMES = ["R_日报_2026-06-05.html", "R_日报_2026-06-05.xlsx"]


class Inbox:
    """Keeps what was sent, and to whom; nobody called `gone` lives here, and `nobody` may not write."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.people: list[str] = []

    async def handle_MAIL(
        self, _server: Any, _session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if address.startswith("nobody"):
            return "550 not from here"
        envelope.mail_from, envelope.mail_options = address, options
        return "250 OK"

    async def handle_RCPT(
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if address.startswith("gone"):
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.messages.append(message)
        self.people += envelope.rcpt_tos
        return "250 OK"


def _login(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
    good = isinstance(data, LoginPassword) and (data.login, data.password) == (b"zhao", PASSWORD.encode())
    return AuthResult(success=good, handled=good)


def _context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(PEM)
    return context


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def starttls(inbox: Inbox) -> Iterator[Controller]:
    """Run a server that wants STARTTLS and a login."""
    options: dict[str, Any] = {"tls_context": _context(), "require_starttls": True, "auth_required": True}
    yield from _running(Controller(inbox, "127.0.0.1", _free_port(), authenticator=_login, **options))


@pytest.fixture
def tls(inbox: Inbox) -> Iterator[Controller]:
    """Run a server that speaks TLS from the first byte."""
    yield from _running(Controller(inbox, "127.0.0.1", _free_port(), ssl_context=_context()))


def _running(controller: Controller) -> Iterator[Controller]:
    controller.start()
    yield controller
    controller.stop()


def _port(controller: Controller) -> int:
    port: int = controller.port
    return port


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def shell(zhupei: Run, database: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run commands on a database with a published batch, trusting the certificate of the test."""
    monkeypatch.setenv("SSL_CERT_FILE", str(PEM))
    with transaction(database) as session:
        store(session, draw(1, people=30), status="publicity")

    def run(*args: str, password: str | None = PASSWORD) -> Ran:
        env = {"ZHUPEI_DATABASE_URL": database}
        return zhupei(*args, env=env | ({"ZHUPEI_MAIL_PASSWORD": password} if password else {}))

    return run


def configure(home: Path, port: int, **more: object) -> None:
    table = {"host": "localhost", "port": port, "from": "zhupei@example.com", "to": ["a@example.com"], **more}
    lines = [f"{key} = {value!r}".replace("'", '"') for key, value in table.items()]
    # The user's own: one of the folder is told of first.
    file = home / "config" / "zhupei" / "zhupei.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("[mail]\n" + "\n".join(lines), "utf-8")


SEND = ("report", "nightly", "-o", "日报", "--mail")


def test_the_report_comes_by_mail(shell: Run, home: Path, inbox: Inbox, starttls: Controller) -> None:
    configure(home, _port(starttls), user="zhao", to=["a@example.com", "b@example.com"])
    ran = shell(*SEND)
    assert (ran.code, ran.out) == (0, "")
    assert ran.err.rstrip().endswith("已发给 a@example.com、b@example.com")
    (message,) = inbox.messages
    assert message["To"] == "a@example.com, b@example.com"
    assert message["Subject"].startswith("随机批次 招收日报 2026-06-05，异常 ")
    # RFC 5322 3.6: a date and a name of its own; no word of this machine in either.
    assert message["Date"] == "Fri, 05 Jun 2026 10:00:00 +0800"
    assert re.fullmatch(r"<[^@<>\s]+@example\.com>", message["Message-ID"])
    assert message["Auto-Submitted"] == "auto-generated"
    body = message.get_body()
    assert body is not None
    assert "注册：30" in body.get_content()
    attached = {part.get_filename(): part.get_content() for part in message.iter_attachments()}
    assert list(attached) == NAMES
    assert attached[NAMES[0]] == (home / "日报" / NAMES[0]).read_text("utf-8")
    assert attached[NAMES[1]] == (home / "日报" / NAMES[1]).read_bytes()


def test_tls_from_the_first_byte(shell: Run, home: Path, inbox: Inbox, tls: Controller) -> None:
    configure(home, _port(tls), security="tls")
    assert shell("-q", *SEND) == Ran(0, "", "")
    assert len(inbox.messages) == 1


def _fails(ran: Ran, home: Path, reason: str) -> None:
    """Check that the mail failed for this reason, and that the report is there all the same."""
    assert ran.code == 1
    assert ran.err.startswith(f"错误 [E093]：邮件没有发出：{reason}")
    assert PASSWORD not in ran.err
    assert {*NAMES} <= {path.name for path in (home / "日报").iterdir()}
    assert "错误 [E093]" in (home / "日报" / "nightly.log").read_text("utf-8")


def test_a_wrong_password(shell: Run, home: Path, inbox: Inbox, starttls: Controller) -> None:
    port = _port(starttls)
    configure(home, port, user="zhao")
    _fails(shell(*SEND, password="wrong"), home, f"localhost:{port} 不认用户名 zhao 和密码")
    _fails(shell(*SEND, password=None), home, f"localhost:{port} 不认用户名 zhao 和密码")
    assert inbox.messages == []


def test_a_certificate_nobody_vouches_for(
    shell: Run, home: Path, inbox: Inbox, starttls: Controller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    configure(home, _port(starttls), user="zhao")
    _fails(shell(*SEND), home, f"localhost:{_port(starttls)} 的证书不可信")
    assert inbox.messages == []


def test_a_server_that_is_down(shell: Run, home: Path) -> None:
    port = _free_port()
    configure(home, port)
    _fails(shell(*SEND), home, f"localhost:{port}：")


def test_a_server_without_tls_gets_nothing(shell: Run, home: Path, inbox: Inbox) -> None:
    for controller in _running(Controller(inbox, "127.0.0.1", _free_port())):
        configure(home, _port(controller), user="zhao")
        _fails(shell(*SEND), home, f"localhost:{_port(controller)} 不支持 STARTTLS")
    assert inbox.messages == []


def test_somebody_who_is_gone(shell: Run, home: Path, inbox: Inbox, tls: Controller) -> None:
    configure(home, _port(tls), security="tls", to=["gone@example.com"])
    _fails(shell(*SEND), home, f"localhost:{_port(tls)} 拒收 gone@example.com")
    configure(home, _port(tls), security="tls", to=["gone@example.com", "a@example.com"])
    refused = f"localhost:{_port(tls)} 拒收 gone@example.com（550 no such user）；其余已发给 a@example.com\n"
    _fails(shell(*SEND), home, refused)
    assert len(inbox.messages) == 1


def test_several_addresses_in_one_text(shell: Run, home: Path, inbox: Inbox, tls: Controller) -> None:
    several = ["a@example.com;b@example.com", "c@example.com， d@example.com；a@example.com"]
    configure(home, _port(tls), security="tls", to=several)
    assert shell("-q", *SEND) == Ran(0, "", "")
    (message,) = inbox.messages
    got = [address.addr_spec for address in message["To"].addresses]
    assert got == inbox.people == [f"{name}@example.com" for name in "abcd"]


def test_nobody_gets_it_twice(shell: Run, home: Path, inbox: Inbox, tls: Controller, database: str) -> None:
    configure(home, _port(tls), security="tls", to=["a@example.com", "gone@example.com"])
    assert shell(*SEND).code == 1
    configure(home, _port(tls), security="tls", to=["A@example.com", "b@example.com", "here@example.com"])
    ran = shell(*SEND)
    assert ran.err.rstrip().endswith("，已发给 b@example.com、here@example.com")
    assert [message["To"] for message in inbox.messages] == [
        "a@example.com, gone@example.com",
        "b@example.com, here@example.com",
    ]
    ran = shell(*SEND)
    assert (ran.code, ran.err.rpartition("，今天")[2]) == (0, "都已发过，没有再发\n")
    assert json.loads(shell(*SEND, "--json").out)["mailed"] == []
    assert len(inbox.messages) == 2
    with transaction(database) as session:
        data = session.execute(text("SELECT data FROM event WHERE action = 'report.mail'")).scalars().all()
    assert [sorted(json.loads(one)["to"].values()) for one in data] == [
        ["a****@example.com"],
        ["b****@example.com", "h****@example.com"],
    ]
    assert "here@" not in "".join(data)


def test_the_next_night_is_another_mail(
    shell: Run, home: Path, inbox: Inbox, tls: Controller, database: str
) -> None:
    configure(home, _port(tls), security="tls")
    assert shell("-q", *SEND) == Ran(0, "", "")
    later = CliRunner().invoke(
        cli, ["--database", database, "-q", *SEND], obj=lambda: NOW + timedelta(days=1)
    )
    assert (later.exit_code, later.output) == (0, "")
    assert [message["Date"][:16] for message in inbox.messages] == ["Fri, 05 Jun 2026", "Sat, 06 Jun 2026"]


def test_a_mail_for_each_batch(shell: Run, home: Path, inbox: Inbox, tls: Controller, database: str) -> None:
    store_second_batch(database)
    configure(home, _port(tls), security="tls", to=["a@example.com", "gone@example.com"])
    _fails(
        shell(*SEND),
        home,
        f"localhost:{_port(tls)} 拒收 gone@example.com（550 no such user）；其余已发给 a@example.com\n",
    )
    assert [message["Subject"].partition(" ")[0] for message in inbox.messages] == ["随机批次", "补录批次"]
    assert len(inbox.messages) == 2


#: Why an address in Chinese cannot be reached through a server of the old kind.
UTF8 = "地址中有汉字，服务器不支持 SMTPUTF8"


def test_an_address_the_server_cannot_understand(shell: Run, home: Path, inbox: Inbox) -> None:
    old = Controller(inbox, "127.0.0.1", _free_port(), enable_SMTPUTF8=False)
    for controller in _running(old):
        port = _port(controller)
        configure(home, port, security="none", to=["张三@example.com", "a@example.com", "b"])
        reason = (
            f"localhost:{port} 拒收 张三@example.com（{UTF8}）、b（不是邮件地址）；其余已发给 a@example.com\n"
        )
        _fails(shell(*SEND), home, reason)
        assert (inbox.people, inbox.messages[0]["To"]) == (["a@example.com"], "a@example.com")
        configure(home, port, security="none", to=["c@example.com"], **{"from": "张三@example.com"})
        _fails(
            shell(*SEND), home, f"发件人 张三@example.com 的地址中有汉字，localhost:{port} 不支持 SMTPUTF8\n"
        )
        assert len(inbox.messages) == 1


def test_a_server_that_understands_chinese_addresses(shell: Run, home: Path, inbox: Inbox) -> None:
    for controller in _running(Controller(inbox, "127.0.0.1", _free_port())):
        configure(home, _port(controller), security="none", to=["张三@例子.中国", "a@example.com"])
        assert shell("-q", *SEND) == Ran(0, "", "")
    assert inbox.people == ["张三@xn--fsqu00a.xn--fiqs8s", "a@example.com"]


def test_a_sender_the_server_does_not_want(shell: Run, home: Path, inbox: Inbox, tls: Controller) -> None:
    configure(home, _port(tls), security="tls", **{"from": "nobody@example.com"})
    _fails(
        shell(*SEND), home, f"localhost:{_port(tls)} 不接受发件人 nobody@example.com（550 not from here）\n"
    )
    assert inbox.messages == []


def test_without_a_server_named_nothing_begins(shell: Run, home: Path) -> None:
    ran = shell(*SEND)
    assert (ran.code, ran.err[:9]) == (2, "错误 [E092]")
    assert not (home / "日报").exists()


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        ('host = "x"', "[mail] 缺少 from"),
        ('password = "x"', "[mail] 没有 password 这一项，可用的有 "),
        ('host = "x"\nfrom = "a"\nto = 5', '[mail] 的 to 应为 "甲@example.com" 这样的地址，多个用分号隔开'),
        ('host = "x"\nfrom = "a"\nto = " ；"', "[mail] 缺少 to"),
        ('host = "x"\nfrom = "a"\nto = ["b"]\nport = "25"', "[mail] 的 port 应为数字"),
        (
            'host = "x"\nfrom = "a"\nto = ["b"]\nsecurity = "ssl"',
            "[mail] 的 security 可用 starttls、tls、none",
        ),
        (
            'host = "x"\nfrom = "a"\nto = ["b"]\nsecurity = "none"\nuser = "u"',
            "[mail] 的 security 为 none 时不能有 user：密码不能不加密就发出去",
        ),
    ],
)
def test_a_section_that_cannot_be(shell: Run, home: Path, table: str, problem: str) -> None:
    (home / "zhupei.toml").write_text(f"[mail]\n{table}", "utf-8")
    ran = shell(*SEND)
    assert ran.code == 2
    assert ran.err.startswith(f"错误 [E083]：配置文件 zhupei.toml 有误：{problem}")
