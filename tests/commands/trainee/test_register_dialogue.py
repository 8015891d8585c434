"""`trainee register` on a real terminal: asked one by one, the password never shown."""

import os
import signal
import sys
from time import sleep
from typing import Any

import pytest

from tests.people import id_number
from zhupei_cli.acting import Acting
from zhupei_cli.services.people import accounts, fields
from zhupei_cli.services.people.whom import find_person
from zhupei_cli.store.engine import transaction

pexpect = pytest.importorskip("pexpect", reason="Windows has no pseudo-terminal")
PROGRAM = "from zhupei_cli.shell.cli import main; main()"
PASSWORD = "Passw0rd-of-wang"

SCREEN = """\
姓名：王小明
证件类型 [居民身份证]：
证件号码：41010119950101101X
居民身份证号码 4101**********101X 的校验位不符；至少有一位写错，请对照证件重新填写
证件号码：410101199501011015
手机号码：138
电话号码 **8 不对；填手机号或带区号的固定电话
手机号码：13800000001
验证通过
用户名：w
用户名“w”不能用；以字母开头，用 4 至 32 个字母、数字和 . _ -，大小写不分
用户名：Wang1
密码（至少 8 个字符，有字母和数字）：
再输入一次密码：
密码不合要求：没有数字；至少 8 个字符，同时有字母和数字
密码（至少 8 个字符，有字母和数字）：
再输入一次密码：
两次输入不一致。
密码（至少 8 个字符，有字母和数字）：
再输入一次密码：
注册完成：王小明（4101**********1015），用户名 wang1；业务 住院医师规范化培训 已开通，角色 学员
下一步：zhupei trainee edit wang1 …（补全个人信息）
"""


def start(database: str, *args: str) -> Any:
    environment = {
        **os.environ,
        "ZHUPEI_DATABASE_URL": database,
        "PYTHONUTF8": "1",
        "ZHUPEI_OPERATOR": "测试员",
    }
    environment.pop("ZHUPEI_NO_INPUT", None)
    words = ["-c", PROGRAM, "trainee", *args]
    return pexpect.spawn(
        sys.executable,
        words,
        env=environment,
        encoding="utf-8",
        timeout=20,
        dimensions=(24, 100),
        preexec_fn=_hear_ctrl_c,
    )


def _hear_ctrl_c() -> None:
    """Take Ctrl-C as a program at a terminal does: whoever runs these tests may ignore it (nohup, a job)."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def answer(child: Any, *pairs: tuple[str, str]) -> str:
    """Wait for each question and type its answer; return all that was on the screen."""
    seen = ""
    for question, words in pairs:
        child.expect_exact(question)
        seen += child.before + child.after
        child.sendline(words)
    child.expect(pexpect.EOF)
    child.close()
    return f"{seen}{child.before}"


def test_a_person_registers_and_mistakes_are_asked_again(database: str, by: Acting) -> None:
    number = id_number(1)
    child = start(database, "register")
    screen = answer(
        child,
        ("姓名：", "王小明"),
        ("证件类型 [居民身份证]：", ""),
        ("证件号码：", number[:-1] + "X"),
        ("证件号码：", number),
        ("手机号码：", "138"),
        ("手机号码：", "13800000001"),
        ("用户名：", "w"),
        ("用户名：", "Wang1"),
        ("密码（至少 8 个字符，有字母和数字）：", "password"),
        ("再输入一次密码：", "password"),
        ("密码（至少 8 个字符，有字母和数字）：", PASSWORD),
        ("再输入一次密码：", PASSWORD + "!"),
        ("密码（至少 8 个字符，有字母和数字）：", PASSWORD),
        ("再输入一次密码：", PASSWORD),
    )
    assert (child.exitstatus, child.signalstatus) == (0, None)
    assert screen.replace("\r\n", "\n") == SCREEN
    with transaction(database) as session:
        assert accounts.check_password(session, number, PASSWORD, by=by).ok


def test_other_papers_are_asked_for_sex_and_birth_date(database: str) -> None:
    child = start(database, "register", "--id-type", "护照", "--username", "lee1", "--mobile", "13800000002")
    answer(
        child,
        ("姓名：", "李某"),
        ("证件号码：", "E12345678"),
        ("性别：", "女"),
        ("出生日期：", "1996-05-04"),
        ("密码（至少 8 个字符，有字母和数字）：", PASSWORD),
        ("再输入一次密码：", PASSWORD),
    )
    assert child.exitstatus == 0


def test_ctrl_c_writes_nothing(database: str) -> None:
    child = start(database, "register")
    child.expect_exact("姓名：")
    sleep(0.5)  # between showing the question and waiting for its answer Python hears nothing
    child.sendintr()
    child.expect(pexpect.EOF)
    child.close()
    assert (child.exitstatus, child.before.strip().splitlines()[-1]) == (130, "已取消，没有写入任何内容")


def test_a_password_is_checked_without_showing_it(database: str, by: Acting) -> None:
    given = {"name": "王小明", "id_number": id_number(1), "mobile": "13800000001"}
    with transaction(database) as session:
        accounts.register_trainee(session, given, username="wang1", password=PASSWORD, by=by)
    child = start(database, "password", "check", "wang1")
    screen = answer(child, ("密码：", PASSWORD))
    assert (child.exitstatus, screen.replace("\r\n", "\n")) == (0, "密码：\n密码正确：wang1\n")


EDITED = """\
修改 王小明（4101**********1015）的信息：回车不变，填“清空”则清除
姓名（王小明）：王晓明
性别（男）：
出生日期（1995-**-**）：
民族（空）：火星
{refused}
民族（空）：汉族
政治面貌（空）：
婚姻状况（空）：
生源省份（空）：
手机号码（138****0001）：
电子邮箱（空）：
通讯地址（空）：
紧急联系人（空）：
紧急联系电话（空）：
是否通过医师资格考试（空）：
医师资格证书编号（空）：
是否有工作单位（空）：
是否订单定向（空）：
定向县（空）：
定向基地（空）：
修改姓名的原因：户籍更名
保存 2 项修改？ [Y/n]：是
"""


def test_a_profile_is_asked_field_by_field(database: str, by: Acting) -> None:
    given = {"name": "王小明", "id_number": id_number(1), "mobile": "13800000001"}
    with transaction(database) as session:
        accounts.register_trainee(session, given, username="wang1", password=PASSWORD, by=by)
    child = start(database, "edit", "王小明")
    blank = [(column.heading + "（", "") for column in fields.EDITED_PERSON]
    answers = [
        ("姓名（王小明）：", "王晓明"),
        *blank[1:3],
        ("民族（空）：", "火星"),
        ("民族（空）：", "汉族"),
        *blank[4:],
    ]
    asked = [(question.replace("（", "（"), word) for question, word in answers]
    screen = answer(child, *asked, ("修改姓名的原因：", "户籍更名"), ("保存 2 项修改？ [Y/n]：", "是"))
    assert child.exitstatus == 0
    shown = screen.replace("\r\n", "\n")
    refused = next(line for line in shown.splitlines() if "不认识" in line)
    assert shown.startswith(EDITED.format(refused=refused))
    with transaction(database) as session:
        person = find_person(session, "王晓明").person
    assert (person["ethnicity"], person["mobile"]) == ("01", "13800000001")


def test_of_several_people_one_is_picked(database: str, by: Acting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAGER", "cat")
    with transaction(database) as session:
        for number in (1, 2):
            given = {"name": "李同", "id_number": id_number(number), "mobile": f"1380000000{number}"}
            accounts.register_trainee(session, given, username=f"li{number}x", password=PASSWORD, by=by)
    child = start(database, "show", "李同")
    screen = answer(child, ("哪一个（序号）：", "9"), ("哪一个（序号）：", "2")).replace("\r\n", "\n")
    assert screen.startswith(
        "  1 李同 4101**********1015 138****0001\n"
        "  2 李同 4101**********1023 138****0002\n"
        "哪一个（序号）：9\n错误：9 不在 1 到 2 之间。\n哪一个（序号）：2\n"
    )
    assert (child.exitstatus, "4101**********1023" in screen.splitlines()[7]) == (0, True)
