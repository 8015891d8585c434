"""`zhupei notice`: every event told once, by workbook or by mail, against a real mail server."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import Engine, select, update
from sqlalchemy import event as moments
from sqlalchemy import text as sql

from tests.builders import store_world, worked_example
from tests.conftest import OPERATOR, Ran, Run
from tests.exam_world import closed_batch, take_rooms
from tests.slots import Slots
from zhupei_cli.acting import Acting
from zhupei_cli.model import Admission, Application, Batch, ExamGroup, Notice, Trainee
from zhupei_cli.rules.proof.digests import named_digest
from zhupei_cli.services.exams.allotting import allot_seats
from zhupei_cli.store.engine import transaction

Call = Callable[..., Ran]
NO = "T-000000{}".format
PROGRAM = "from zhupei_cli.shell.cli import main; main()"


class Inbox:
    """Keeps who got what; after `closing` mails a connection is ended (421).

    `gone` is refused, `busy` is to come again, at `broken` the connection breaks once the mail is there.
    """

    def __init__(self, closing: int = 0) -> None:
        self.mails: list[tuple[str, str, str]] = []
        self.asked: list[str] = []
        self.closing, self.here = closing, Counter[int]()
        #: What happens once the first mail is there.
        self.then: Callable[[], None] | None = None

    async def handle_RCPT(
        self, _server: Any, session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        self.asked.append(address)
        if address.startswith("busy"):
            return "451 come again in five minutes"
        if address.startswith("gone"):
            return f"550 <{address}> no such user"
        if self.closing and self.here[id(session)] >= self.closing:
            return "421 enough for now"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        message = message_from_bytes(envelope.content, policy=policy.default)
        body = message.get_body()
        assert body is not None
        self.here[id(session)] += 1
        (address,) = envelope.rcpt_tos
        self.mails.append((address, message["Subject"], body.get_content().strip()))
        then, self.then = self.then, None
        if then is not None:
            then()
        if address.startswith("broken"):
            server.transport.abort()
        return "250 OK"


@pytest.fixture
def inbox(home: Path) -> Iterator[Inbox]:
    """Run a mail server, and say in the configuration where it is."""
    inbox = Inbox(closing=2)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(inbox, "127.0.0.1", port)
    controller.start()
    file = home / "config/zhupei/zhupei.toml"
    file.parent.mkdir(parents=True)
    file.write_text(
        f'[mail]\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\nfrom = "zp@example.com"\n', "utf-8"
    )
    yield inbox
    controller.stop()


@pytest.fixture
def call(database: str, zhupei: Run) -> Call:
    """The worked example, locked; everybody but the third has a mail box, the fourth's is gone."""
    with transaction(database) as session:
        store_world(session, worked_example(), told=True)
        _mailboxes(session)
    return lambda *args: zhupei("--database", database, *args, env={"ZHUPEI_BATCH": "T"})


def _mailboxes(session: Any) -> None:
    for id_ in session.scalars(select(Trainee.id)).all():
        box = f"gone{id_}@example.com" if id_ == 4 else f"p{id_}@example.com"
        values = {"mobile": f"138{id_:08d}", "email": None if id_ == 3 else box}
        session.execute(update(Trainee).where(Trainee.id == id_).values(**values))


def _sheet(path: Path) -> list[tuple[object, ...]]:
    sheet = openpyxl.load_workbook(path).worksheets[0]
    assert all(cell.data_type == "s" for row in sheet.iter_rows() for cell in row)
    return list(sheet.iter_rows(values_only=True))


def _told(call: Call, *args: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(call("notice", "list", *args, "--json").out)
    return rows


def test_a_season_is_told_once(call: Call, database: str, home: Path, inbox: Inbox) -> None:
    people = len(json.loads(call("apply", "list", "--json").out))
    text = "notice.approved={{ 姓名 }}你好，{{ 报名号 }}通过。{% if 联系方式 %}问{{ 联系方式 }}{% endif %}"
    assert call("batch", "edit", "T", "--set", text).code == 0
    # A trial shows the texts and keeps nothing.
    trial = call("notice", "export", "--event", "通过", "-o", "短信.xlsx", "-n")
    assert trial.err.splitlines()[1] == "  138****0001：考生1你好，T-0000001通过。"
    assert not (home / "短信.xlsx").exists()
    assert call("notice", "export", "--event", "通过", "-o", "短信.txt").code == 2
    done = call("notice", "export", "--event", "审核通过", "-o", "短信.xlsx")
    assert (done.code, done.err) == (0, f"已写出 {people} 人的通知（审核通过），存放在 短信.xlsx\n")
    head, first, *rest = _sheet(home / "短信.xlsx")
    assert (head, first) == (
        ("手机号", "姓名", "内容"),
        ("13800000001", "考生1", "考生1你好，T-0000001通过。"),
    )
    assert len(rest) == people - 1
    # Nobody is told the same twice, by whatever way; a lost workbook is written again, if somebody says so.
    assert (
        call("notice", "export", "--event", "approved", "-o", "再.xlsx").err == "没有要通知的人（审核通过）\n"
    )
    assert call("notice", "send", "--event", "approved", "-y").err == "没有要发邮件的人（审核通过）\n"
    again = ("notice", "export", "--event", "approved", "--again", "-o", "再.xlsx")
    assert call(*again).code == 2
    assert call(*again, "-y").code == 0
    assert _sheet(home / "再.xlsx") == _sheet(home / "短信.xlsx")
    # Nothing of admission before it is published; then by mail, in spite of a server that hangs up.
    for step in (("admit", "run"), ("admit", "commit", "1", "-y")):
        assert call(*step).code == 0
    assert call("notice", "export", "--event", "拟录取", "-o", "x.xlsx").err.startswith("没有要通知的人")
    assert call("batch", "publish", "-y").code == 0
    proposed = [row for row in json.loads(call("admit", "list", "--json").out) if row["base"]]
    wanted = {one["application_no"] for one in proposed}
    asked = call("notice", "send", "--event", "拟录取")
    assert (asked.code, inbox.mails) == (2, [])
    assert re.search(r"  p\*\*\*\*@example.com：考生\d，T 招收拟录取你到", asked.err)
    sent = call("notice", "send", "--event", "拟录取", "-y", "--rate", "6000", "--json")
    told = json.loads(sent.out)
    without = "T-0000003" in wanted
    gone = "T-0000004" in wanted
    assert told["without_email"] == without
    assert [one["application_no"] for one in told["refused"]] == ["T-0000004"] * gone
    assert all("gone" not in one["message"] for one in told["refused"])
    assert sent.code == (3 if gone else 0)
    assert told["sent"] == len(inbox.mails) == len(wanted) - without - gone
    assert len({address for address, *_ in inbox.mails}) == len(inbox.mails)
    assert {subject for _, subject, _ in inbox.mails} == {"T 招收：拟录取"}
    # Who was refused is tried again, once the address is right; who has no address gets a short message.
    before = len(inbox.mails)
    call("trainee", "edit", "T-0000004", "--email", "now@example.com")
    call("notice", "send", "--event", "拟录取", "-y", "--rate", "6000")
    assert [address for address, *_ in inbox.mails[before:]] == ["now@example.com"] * gone
    call("notice", "export", "--event", "拟录取", "-o", "拟录取.xlsx")
    rows = _told(call, "--event", "拟录取")
    assert {row["application_no"] for row in rows} == wanted
    assert {row["state"] for row in rows} == {"sent"}
    assert not [row for row in rows if "138000" in str(row) or re.search(r"p\d@", str(row))]
    # Those who get a seat later are told so, and only they.
    assert call("admit", "decline", NO(2), "--reason", "本人放弃").code == 0
    call("admit", "run", "--round", "refill")
    assert call("admit", "commit", "2", "-y").code == 0
    with transaction(database) as session:  # it was some days ago
        earlier = datetime(2024, 8, 1, tzinfo=UTC)
        session.execute(update(Admission).values(decided_at=earlier))
    refilled = json.loads(call("notice", "export", "--event", "递补", "-o", "递补.xlsx", "--json").out)
    assert refilled["people"] >= 1
    assert call("notice", "export", "--event", "拟录取", "-o", "x.xlsx").err.startswith("没有要通知的人")
    assert call("batch", "finalize", "-y").code == 0
    # To become 已录取 is no second seat.
    assert call("notice", "export", "--event", "递补", "-o", "x.xlsx").err.startswith("没有要通知的人")
    assert call("notice", "export", "--event", "录取", "-o", "录取.xlsx").code == 0
    assert call("notice", "export", "--event", "报到", "-o", "报到.xlsx").code == 0
    words = {row[2] for row in _sheet(home / "报到.xlsx")[1:]}
    assert all("还没有报到。请到培训基地报到" in str(one) for one in words)
    # Who is told to come is told where, when it is somewhere else, and when it is there again after all.
    for at, place in enumerate(("东门", "西门", "东门")):
        assert call("batch", "edit", "T", "--set", f"checkin_place={place}").code == 0
        for event in ("录取", "报到"):
            told = call("notice", "export", "--event", event, "-o", f"{event}{at}.xlsx", "--json")
            assert json.loads(told.out)["people"] == len(words)
            assert all(f"到{place}报到" in str(row[2]) for row in _sheet(home / f"{event}{at}.xlsx")[1:])
    assert call("notice", "export", "--event", "报到", "-o", "x.xlsx").err == "没有要通知的人（报到提醒）\n"
    assert "notice" not in call("db", "check").out
    # What was sent to somebody goes with the person.
    assert call("batch", "archive", "T", "-y").code == 0
    assert call("admit", "decline", NO(1), "--reason", "本人放弃", "--yes").code == 0
    assert call("trainee", "erase", NO(1), "--reason", "本人申请", "--yes").code == 0
    left = [row for row in _told(call) if row["application_no"] == NO(1)]
    assert {(row["recipient"], row["content"]) for row in left} == {(None, None)}


def test_who_is_refused_stands_in_nobody_s_way(call: Call, database: str, inbox: Inbox, home: Path) -> None:
    inbox.closing = 0
    boxes = dict.fromkeys(range(1, 6), "p{}@example.com") | {1: "gone{}@example.com", 2: "busy{}@example.com"}
    boxes[4] = "broken{}@example.com"
    with transaction(database) as session:
        for id_, box in boxes.items():
            session.execute(update(Trainee).where(Trainee.id == id_).values(email=box.format(id_)))
    send = ("notice", "send", "--event", "approved", "-y", "--rate", "6000", "--limit")
    first = call(*send, "2", "--json")
    told = [(one["application_no"], one["code"]) for one in json.loads(first.out)["refused"]]
    assert (first.code, told) == (3, [(NO(1), "E782"), (NO(2), "E713")])
    assert {row["application_no"]: row["state_label"] for row in _told(call)} == {
        NO(1): "拒收",
        NO(2): "暂未收下",
    }
    # Those nobody has tried come first; a mail that broke off is told of, and never sent again by itself.
    second = call(*send, "2")
    assert [one.partition("@")[0] for one in inbox.asked] == ["gone1", "busy2", "p3", "broken4"]
    assert (second.code, "已发 1 封，最后一封不知道发出没有" in second.err) == (1, True)
    third = call(*send, "9")
    asked = [one.partition("@")[0] for one in inbox.asked[4:]]
    assert (asked[0], asked[-2:], "broken4" in asked) == ("p5", ["gone1", "busy2"], False)
    said = "zhupei notice export --batch T --event approved --interrupted -o 短信.xlsx"
    assert ("E781" in third.err, said in third.err) == (True, True)
    assert "zhupei batch edit T --set notice.approved=内容" in third.err
    # Somebody asked, and decided.
    export = ("notice", "export", "--event", "approved", "--interrupted", "-o", "短信.xlsx")
    assert call(*export).code == 2
    assert call(*export, "-y").code == 0
    assert {row[0] for row in _sheet(home / "短信.xlsx")[1:]} == {f"138{id_:08d}" for id_ in (1, 2, 4)}
    assert _told(call, "--state", "发送中") == []
    assert "E781" not in call(*send, "9").err


def test_a_mail_about_what_is_over_is_not_told_of_for_ever(call: Call, database: str, inbox: Inbox) -> None:
    """The workbook that E781 names tells nobody of it any more."""
    inbox.closing = 0
    with transaction(database) as session:
        session.execute(update(Trainee).where(Trainee.id == 4).values(email="broken4@example.com"))
    send = ("notice", "send", "--event", "approved", "-y", "--rate", "6000")
    assert call(*send).code == 1
    assert "E781" in call(*send).err
    with transaction(database) as session:
        session.execute(update(Application).where(Application.id == 4).values(status="returned"))
    assert "E781" not in call(*send).err


def test_who_was_refused_before_it_broke_off_is_told_too(call: Call, database: str, inbox: Inbox) -> None:
    inbox.closing = 0
    with transaction(database) as session:
        for id_, box in ((1, "gone1@example.com"), (2, "broken2@example.com")):
            session.execute(update(Trainee).where(Trainee.id == id_).values(email=box))
    ended = call("notice", "send", "--event", "approved", "-y", "--rate", "6000", "--limit", "2")
    assert [line[:9] for line in ended.err.splitlines() if line.startswith("错误")] == [
        "错误 [E782]",
        "错误 [E780]",
    ]


def test_texts_can_do_nothing_but_name_and_ask(call: Call) -> None:
    for text in (
        "{{ 姓名.__class__ }}",
        "{{ 原因 }}",
        "{% for x in range(9) %}x{% endfor %}",
        "{{ 姓名 * 999999999 }}",
        "{{ 姓名",
        "{{ cycler.__init__ }}",
        "{# 没有内容 #}",
    ):
        refused = call("batch", "edit", "T", "--set", f"notice.approved={text}")
        assert (refused.code, "E271" in refused.err) == (2, True), text
    assert call("batch", "edit", "T", "--set", "notice.returned=请改：{{ 原因 }}").code == 0
    # A text that asks for what the batch has not says nothing: nobody counts as told.
    text = "notice.approved={% if 发文单位 %}{{ 姓名 }}{% endif %}"
    assert call("batch", "edit", "T", "--set", text).code == 0
    empty = call("notice", "export", "--event", "approved", "-o", "空.xlsx")
    assert (empty.code, "E794" in empty.err) == (3, True)
    assert json.loads(call("notice", "list", "--json").out) == []
    quiet = call("notice", "list", "--columns", "application_no,state", "--json")
    assert (quiet.code, json.loads(quiet.out)) == (0, [])


def test_a_return_is_told_with_its_reason_and_a_second_one_too(
    database: str, zhupei: Run, home: Path, by: Acting
) -> None:
    def call(*args: str) -> Ran:
        return zhupei("--database", database, *args, env={"ZHUPEI_BATCH": "T"})

    with transaction(database) as session:
        batch = closed_batch(session, 4, told=True)
        take_rooms(session, batch, by=by)
        allot_seats(session, batch, how=None, seed=1, again=False, by=by)
    exam = ("notice", "export", "--event", "考试", "-o")
    assert json.loads(call(*exam, "一.xlsx", "--json").out)["people"] == 4
    assert "准考证号2026" in str(_sheet(home / "一.xlsx")[1][2])
    # Another hour is another thing to tell.
    call("batch", "edit", "T", "--set", "exam_time=7 月 1 日 9 时")
    assert json.loads(call(*exam, "二.xlsx", "--json").out)["people"] == 4
    for reason in ("缺学历", "缺照片"):
        call("review", "revoke", NO(1), "--reason", "重审")
        assert call("review", "return", NO(1), "--reason", reason).code == 0
        name = f"{reason}.xlsx"
        assert call("notice", "export", "--event", "退回", "-o", name).code == 0
        assert reason in str(_sheet(home / name)[1:])
        with transaction(database) as session:
            session.execute(update(Application).where(Application.id == 1).values(status="submitted"))


@pytest.mark.sqlite
def test_a_killed_run_goes_on_where_it_was_and_nobody_hears_it_twice(
    call: Call, database: str, inbox: Inbox
) -> None:
    inbox.closing = 0
    with transaction(database) as session:
        ids: Sequence[int] = session.scalars(select(Trainee.id)).all()
        for id_ in ids:
            session.execute(update(Trainee).where(Trainee.id == id_).values(email=f"p{id_}@example.com"))
    command = [sys.executable, "-c", PROGRAM, "--database", database, "notice", "send"]
    command += ["--event", "approved", "--batch", "T", "-y", "--rate", "600"]
    env = {**os.environ, "ZHUPEI_OPERATOR": OPERATOR}
    for wanted in (1, 3):
        with subprocess.Popen(command, env=env, stderr=subprocess.DEVNULL) as run:
            deadline = time.monotonic() + 30
            while len(inbox.mails) < wanted and time.monotonic() < deadline:
                time.sleep(0.01)
            run.send_signal(signal.SIGKILL)
    ended = call("notice", "send", "--event", "approved", "-y", "--rate", "6000")
    with transaction(database) as session:
        states = Counter(session.scalars(select(Notice.state)).all())
    assert max(Counter(address for address, *_ in inbox.mails).values()) == 1
    # Of each killed run at most the mail under way is not sent again, and it is told of.
    assert states["sending"] <= 2
    assert sum(states.values()) == len(ids)
    assert len(inbox.mails) >= states["sent"]
    assert ("E781" in ended.err) == bool(states["sending"])


def test_no_server_is_no_mail(call: Call, home: Path) -> None:
    assert "E092" in call("notice", "send", "--event", "approved", "-y").err
    file = home / "config/zhupei/zhupei.toml"
    file.parent.mkdir(parents=True)
    file.write_text('[mail]\nhost = "127.0.0.1"\nport = 9\nsecurity = "none"\nfrom = "zp@example.com"\n')
    failed = call("notice", "send", "--event", "approved", "-y")
    assert (failed.code, failed.err.splitlines()[-2].split("：")[0]) == (1, "错误 [E780]")
    assert _told(call) == []


def test_a_cancelled_batch_tells_nobody_anything(call: Call, database: str, home: Path) -> None:
    with transaction(database) as session:
        session.execute(update(Batch).values(status="open"))
    assert call("batch", "cancel", "T", "--reason", "不办了", "-y").code == 0
    refused = call("notice", "export", "--event", "审核通过", "-o", "x.xlsx")
    assert (refused.code, refused.err.splitlines()[0]) == (
        5,
        "错误 [E401]：批次 T 现为“已取消”，不能通知审核通过",
    )
    assert not (home / "x.xlsx").exists()


def test_nobody_counts_as_told_whom_no_workbook_names(call: Call, home: Path) -> None:
    (home / "文件").write_text("不是文件夹", "utf-8")
    failed = call("notice", "export", "--event", "approved", "-o", "文件/短信.xlsx")
    assert (failed.code, "E003" in failed.err, _told(call)) == (1, True, [])
    assert call("notice", "export", "--event", "approved", "-o", "短信.xlsx").code == 0
    assert len(_sheet(home / "短信.xlsx")) == len(_told(call)) + 1


def test_nobody_is_called_to_a_day_that_is_past(call: Call, database: str, inbox: Inbox, home: Path) -> None:
    with transaction(database) as session:
        for id_, day in ((1, "2026-06-04"), (2, "2026-06-05")):
            terms = {"name": "一组", "day": day, "clock": "08:30", "place": "示教室"}
            session.add(ExamGroup(application_id=id_, batch_id=1, touched_by=1, **terms))
    past = "1 人的复试日期已经过去，没有通知；"
    for way in (("export", "-o", "短信.xlsx"), ("send", "-y")):
        ended = call("notice", *way, "--event", "复试")
        assert (ended.code, past in ended.err) == (0, True)
    assert ([row[1] for row in _sheet(home / "短信.xlsx")], inbox.mails) == (["姓名", "考生2"], [])
    assert json.loads(call("notice", "export", "--event", "复试", "-o", "x.xlsx", "--json").out)["past"] == 1
    # Who was told in time had their interview.
    with transaction(database) as session:
        session.execute(update(ExamGroup).where(ExamGroup.application_id == 2).values(day="2026-06-03"))
        values = {"组别": "一组", "日期": "2026-06-03", "时间": "08:30", "地点": "示教室"}
        session.execute(update(Notice).values(occasion=named_digest(values)))
    again = call("notice", "export", "--event", "复试", "-o", "y.xlsx", "-y", "--again")
    assert (again.code, past in again.err) == (0, True)


def test_a_day_that_passes_while_others_are_sent_theirs_calls_nobody(
    call: Call, database: str, inbox: Inbox
) -> None:
    with transaction(database) as session:
        for id_ in (1, 2):
            terms = {"name": "一组", "day": "2026-06-05", "clock": "08:30", "place": "示教室"}
            session.add(ExamGroup(application_id=id_, batch_id=1, touched_by=1, **terms))

    def pass_by() -> None:
        with transaction(database) as session:
            session.execute(update(ExamGroup).where(ExamGroup.application_id == 2).values(day="2026-06-04"))

    inbox.then = pass_by
    ended = call("notice", "send", "--event", "复试", "-y", "--rate", "6000", "--json")
    assert {key: json.loads(ended.out)[key] for key in ("sent", "past")} == {"sent": 1, "past": 1}


@pytest.mark.sqlite
@pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="Ctrl-C cannot be held back there")
def test_ctrl_c_at_the_commit_leaves_the_workbook_of_who_counts_as_told(call: Call, home: Path) -> None:
    def interrupt(_: object) -> None:
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

    # What was started in the background ignores Ctrl-C from the beginning.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    moments.listen(Engine, "commit", interrupt)
    try:
        ended = call("notice", "export", "--event", "approved", "-o", "短信.xlsx")
    finally:
        moments.remove(Engine, "commit", interrupt)
        signal.signal(signal.SIGINT, before)
    assert (ended.code, "E796" in ended.err) == (1, True)
    assert len(_sheet(home / "短信.xlsx")) == len(_told(call)) + 1 > 1


def test_a_commit_nobody_answers_leaves_the_workbook_too(slots: Slots, zhupei: Run, home: Path) -> None:
    url = slots.take(0)
    with transaction(url) as session:
        store_world(session, worked_example(), told=True)
        _mailboxes(session)
        session.execute(
            sql("""
            CREATE FUNCTION go() RETURNS trigger LANGUAGE plpgsql AS
                'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END';
            CREATE CONSTRAINT TRIGGER go AFTER INSERT ON notice DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW EXECUTE FUNCTION go()
            """)
        )
    ended = zhupei("--database", url, "notice", "export", "--event", "approved", "-o", "短信.xlsx")
    assert (ended.code, "E799" in ended.err, "写好的文件是 短信.xlsx" in ended.err) == (6, True, True), ended
    assert len(_sheet(home / "短信.xlsx")) > 1
