"""trainee from the shell: whole output, whole exit."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Ran, Run
from tests.people import id_number, open_batch, person, write_book, write_people
from tests.pictures import picture
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.store.engine import transaction

ONE = id_number(1)
PASSWORD = "Passw0rd-of-wang"
REGISTER = (
    *("trainee", "register", "--name", "王一", "--id-number", ONE, "--mobile", "13800000001"),
    *("--username", "wang1", "--password-stdin"),
)


@pytest.fixture
def shell(zhupei: Run, database: str) -> Run:
    """Run commands on a database with an open batch."""
    with transaction(database) as session:
        open_batch(session)

    def run(*args: str | Path, **kwargs: Any) -> Ran:
        return zhupei("--database", database, *args, **kwargs)

    return run


@pytest.fixture
def wang(shell: Run) -> Run:
    """王一 is registered and has a school."""
    assert shell(*REGISTER, stdin=PASSWORD + "\n").code == 0
    school = ("--level", "本科", "--school", "郑州大学", "--major", "临床医学", "--degree", "学士")
    graduated = ("--graduated-on", "2026-06-30", "--full-time", "是", "--diploma-no", "104591202605000123")
    assert shell("trainee", "education", "add", "wang1", *school, *graduated).code == 0
    return shell


def test_registering_whole(shell: Run) -> None:
    assert shell(*REGISTER, stdin=PASSWORD + "\n") == Ran(
        0,
        "",
        "验证通过\n"
        "注册完成：王一（4101**********1015），用户名 wang1；业务 住院医师规范化培训 已开通，角色 学员\n"
        "下一步：zhupei trainee edit wang1 …（补全个人信息）\n",
    )
    assert shell(*REGISTER, stdin=PASSWORD + "\n") == Ran(
        5,
        "",
        "错误 [E185]：身份证号已存在：4101**********1015\n"
        "怎么办：无需重复注册，用已有账号登录；忘记密码用 zhupei trainee password reset 证件号码\n",
    )


def test_registering_as_json_and_only_tried(shell: Run) -> None:
    ran = shell(*REGISTER, "--dry-run", "--json", stdin=PASSWORD)
    assert ran.code == 0
    assert json.loads(ran.out) == {
        "name": "王一",
        "id_number": "4101**********1015",
        "username": "wang1",
        "new": True,
        "business": "residency",
        "business_label": "住院医师规范化培训",
        "role": "trainee",
        "role_label": "学员",
        "dry_run": True,
    }
    assert shell("trainee", "list", "--json").out == "[]\n"


def test_without_a_terminal_nothing_is_asked(shell: Run) -> None:
    assert shell("trainee", "register", "--name", "王一", stdin="x\n") == Ran(
        2,
        "",
        "错误 [E080]：缺少 --id-number、--mobile、--username、--password-stdin；"
        "不是在终端中运行，不能提问。\n"
        "怎么办：运行 zhupei trainee register --help 查看用法\n",
    )
    for verb in ("reset", "check"):
        ran = shell("trainee", "password", verb, "wang1", stdin="x\n")
        assert (ran.code, ran.err.splitlines()[0]) == (
            2,
            "错误 [E080]：缺少 --password-stdin；不是在终端中运行，不能提问。",
        )


def test_a_weak_password_registers_nobody(shell: Run) -> None:
    ran = shell(*REGISTER, stdin="password\n")
    assert ran == Ran(
        2,
        "",
        "验证通过\n错误 [E184]：密码不合要求：没有数字\n怎么办：至少 8 个字符，同时有字母和数字\n",
    )
    assert shell("trainee", "list", "--json").out == "[]\n"


def test_passwords_wrong_locked_and_reset(wang: Run) -> None:
    check = ("trainee", "password", "check", "wang1", "--password-stdin")
    assert wang(*check, stdin=PASSWORD + "\n") == Ran(0, "", "密码正确：wang1\n")
    assert [wang(*check, stdin="wrong\n").err.splitlines()[0] for _ in range(6)] == [
        "错误 [E603]：wang1 的密码不对，还可以试 4 次",
        "错误 [E603]：wang1 的密码不对，还可以试 3 次",
        "错误 [E603]：wang1 的密码不对，还可以试 2 次",
        "错误 [E603]：wang1 的密码不对，还可以试 1 次",
        "错误 [E604]：账号 wang1 已锁定，2026-06-05 10:15:00 后再试",
        "错误 [E604]：账号 wang1 已锁定，2026-06-05 10:15:00 后再试",
    ]
    locked = wang(*check, "--json", stdin=PASSWORD + "\n")
    assert (locked.code, locked.out, json.loads(locked.err)["error"]["code"]) == (5, "", "E604")
    # A file that Notepad saved begins with a mark that nobody types.
    reset = wang("trainee", "password", "reset", ONE, "--password-stdin", stdin="\ufeffPassw0rd-2\r\n")
    assert reset == Ran(
        0,
        "",
        "已重设密码：王一（4101**********1015），用户名 wang1；业务 住院医师规范化培训 已开通，角色 学员\n",
    )
    assert wang(*check, stdin="Passw0rd-2").code == 0


SHEET = """\
姓名              王一
证件类型          居民身份证
证件号码          4101**********1015
性别              男
出生日期          1995-**-**
民族              汉族
政治面貌
婚姻状况
生源省份
照片
手机号码          138****0001
电子邮箱
通讯地址          郑州市****
紧急联系人        ●
紧急联系电话      ●
教育经历          本科 郑州大学 临床医学 2026-06-30 学士 全日制
是否有工作单位    是
工作经历          某诊所 内科 2024-07 至 今
通过医师资格考试
医师资格证书编号
账号              wang1，住院医师规范化培训 已开通，角色 学员
报名
还缺 ●            紧急联系人、紧急联系电话
"""


def test_a_profile_is_filled_in_step_by_step(wang: Run) -> None:
    edit = wang("trainee", "edit", "wang1", "--ethnicity", "汉", "--address", "郑州市金水区文化路 1 号")
    assert edit == Ran(
        0, "", "已保存 王一：民族、通讯地址\n还缺 ●：紧急联系人、紧急联系电话、是否有工作单位\n"
    )
    work = ("--employer-name", "某诊所", "--department", "内科", "--from-date", "2024-07")
    assert wang("trainee", "work", "add", ONE, *work) == Ran(
        0,
        "",
        "已保存 王一：是否有工作单位、单位名称、科室、起始\n"
        "还缺 ●：紧急联系人、紧急联系电话\n"
        "单位库中没有“某诊所”，按所写的名称保存\n",
    )
    assert wang("trainee", "show", "wang1") == Ran(0, SHEET, "")
    assert wang("trainee", "work", "list", "wang1") == Ran(
        0,
        "编号  单位名称  统一社会信用代码  科室  职务  起始     终止\n"
        "----  --------  ----------------  ----  ----  -------  ----\n"
        "1     某诊所                      内科        2024-07\n",
        "",
    )


def test_show_as_json_masks_until_revealed(wang: Run) -> None:
    found = json.loads(wang("trainee", "show", "wang1", "--json").out)
    assert (found["id_number"], found["mobile"]) == ("4101**********1015", "138****0001")
    assert found["educations"][0]["diploma_no"] == "**************0123"
    assert found["missing"][0] == "民族"
    assert found["account"]["username"] == "wang1"
    assert {"password", "password_hash"} & {*found, *found["account"]} == set()
    revealed = json.loads(wang("trainee", "show", "wang1", "--json", "--reveal").out)
    assert (revealed["id_number"], revealed["mobile"]) == (ONE, "13800000001")
    assert wang("trainee", "history", "wang1").out.splitlines()[-1].split() == [
        *("2026-06-05", "10:00:00", "测试员", "查看完整信息", "学员")
    ]


def test_edit_refuses_in_whole_sentences(wang: Run) -> None:
    assert wang("trainee", "edit", "wang1", "--mobile", "138") == Ran(
        3,
        "",
        "错误 [E180]：没有保存，1 处有误：手机号码（电话号码 **8 不对；填手机号或带区号的固定电话）\n"
        "怎么办：改正后重新运行；zhupei explain 代码 查看每一处的原因\n",
    )
    assert wang("trainee", "edit", "wang1").code == 2
    assert wang("trainee", "edit", "wang1", "--name", "王新").code == 2
    assert wang("trainee", "edit", "wang1", "--photo", "没有.jpg").code == 4
    assert wang("trainee", "edit", id_number(7), "--mobile", "13800000002") == Ran(
        4,
        "",
        "错误 [E310]：没有学员 4101**********1074\n"
        "怎么办：写证件号码或其后四位、用户名、报名号或姓名；zhupei trainee list 查看全部学员\n",
    )


def test_a_photo_and_a_dry_run(wang: Run, tmp_path: Path) -> None:
    photo = tmp_path / "照片.png"
    photo.write_bytes(picture(form="PNG"))
    tried = wang("trainee", "edit", "wang1", "--photo", photo, "--dry-run")
    assert tried.err.splitlines()[0] == "试做（不保存）：可以保存 王一：照片"
    assert json.loads(wang("trainee", "show", "wang1", "--json").out)["photo"] is None
    done = json.loads(wang("trainee", "edit", "wang1", "--photo", photo, "--json").out)
    assert (done["fields"], done["dry_run"]) == (["photo"], False)
    assert json.loads(wang("trainee", "show", "wang1", "--json").out)["photo"] == "image/png"
    assert wang("trainee", "edit", "wang1", "--photo", photo, "--no-photo").code == 2


def test_removing_asks(wang: Run) -> None:
    remove = ("trainee", "education", "remove", "wang1", "1")
    assert wang(*remove) == Ran(
        2, "", "错误 [E085]：需要确认：删除编号 1 的教育经历？\n怎么办：加 --yes 表示同意\n"
    )
    assert wang(*remove, "--dry-run").code == 0
    ran = wang(*remove, "--yes")
    assert (ran.code, ran.err.splitlines()[0]) == (0, "已删除 王一：教育经历")
    assert wang(*remove, "--yes") == Ran(
        4,
        "",
        "错误 [E311]：此人没有编号 1 的教育经历\n怎么办：zhupei trainee education list 证件号码 查看编号\n",
    )
    ran = wang("trainee", "education", "list", "wang1", "-f", "csv")
    assert (ran.out, ran.err) == (
        "编号,学历,院校,专业,毕业时间,是否全日制,学位,学位类型\n",
        "没有符合条件的记录\n",
    )


def test_employers_from_the_shell(wang: Run, tmp_path: Path) -> None:
    rows = [
        {"name": "郑州市中心医院", "level": "三级甲等", "city": "郑州", "is_medical": "是"},
        {"level": "x"},
    ]
    book = write_book(tmp_path / "单位.xlsx", [(workbook_kinds.EMPLOYER, rows)])
    ran = wang("trainee", "employer", "import", book)
    assert (ran.code, ran.err) == (
        3,
        "导入完成：共 2 行，新增 1，更新 0，不变 0，未通过 1，提醒 0，导入编号 2\n"
        "错误 [E023] 单位.xlsx 单位 第 3 行：“单位名称”没有填写；请补填\n"
        f"不合格的行已写入 {tmp_path}/单位_未通过.xlsx，改好后可直接再导入\n",
    )
    assert wang("trainee", "employer", "search", "中心") == Ran(
        0,
        "单位名称        统一社会信用代码  级别      所在地市  医疗机构  培训基地\n"
        "--------------  ----------------  --------  --------  --------  --------\n"
        "洛阳中心医院                                洛阳市    是        4103001\n"
        "郑州市中心医院                    三级甲等  郑州市    是\n",
        "",
    )
    ran = wang("trainee", "employer", "search", "没有的", "--json")
    assert (ran.code, ran.out) == (0, "[]\n")
    assert ran.err == (
        "没有符合条件的记录\n"
        "下一步：zhupei trainee work add WHO --employer-name 单位名称（找不到时直接写准确的单位名称）\n"
    )


def test_an_employer_spelt_anew_is_the_same_one_for_its_events(wang: Run, tmp_path: Path) -> None:
    def found() -> list[str]:
        told = json.loads(wang("db", "check", "--deep", "--json").out)["findings"]
        return [f"{one['code']} {one['message']}" for one in told if "单位" in one["message"]]

    def taken(name: str, level: str) -> str:
        rows = [{"name": name, "level": level}]
        book = write_book(tmp_path / "单位.xlsx", [(workbook_kinds.EMPLOYER, rows)])
        number = json.loads(wang("trainee", "employer", "import", book, "--json").out)["import_id"]
        assert found() == []
        return str(number)

    imports = [taken("Abc医院", "三甲"), taken("ABC 医院", "三甲"), taken("abc医院", "二甲")]
    for number in reversed(imports):
        assert wang("imports", "undo", number, "--reason", "不对", "--yes").code == 0
        assert found() == [], number


LIST = """\
姓名  证件类型    证件号码            性别  手机号码     最高学历  毕业院校  工作单位  用户名  缺少项
----  ----------  ------------------  ----  -----------  --------  --------  --------  ------  ------
王一  居民身份证  4101**********1015  男    138****0001  本科      郑州大学            wang1   5
王二  居民身份证  4101**********1023  女    138****0002  本科      郑州大学                    0
"""
FOUND = """\
姓名  证件号码            报名号  程度  代码  问题
----  ------------------  ------  ----  ----  -----------------------------------------------------
王一  4101**********1015          错误  E150  缺少 民族；请补填；必填的项目提交前必须齐全
王一  4101**********1015          错误  E150  缺少 通讯地址；请补填；必填的项目提交前必须齐全
王一  4101**********1015          错误  E150  缺少 紧急联系人；请补填；必填的项目提交前必须齐全
王一  4101**********1015          错误  E150  缺少 紧急联系电话；请补填；必填的项目提交前必须齐全
王一  4101**********1015          错误  E150  缺少 是否有工作单位；请补填；必填的项目提交前必须齐全
"""
HISTORY = """\
时间                 经办人  事项            对象            变化                   原因
-------------------  ------  --------------  --------------  ---------------------  ----
2026-06-05 10:00:00  测试员  导入学员和报名  导入 2
2026-06-05 10:00:00  测试员  导入报名        HN2026-0000001  已提交
2026-06-05 10:00:00  测试员  审核通过        HN2026-0000001  已提交 → 基地审核通过
2026-06-05 10:00:00  测试员  建立账号        学员
"""


def test_lists_checks_and_history_whole(wang: Run, tmp_path: Path) -> None:
    wang("trainee", "import", write_people(tmp_path / "报名信息.xlsx", [person(2)]), "--submit")
    assert wang("trainee", "list") == Ran(0, LIST, "")
    assert wang("trainee", "check") == Ran(3, FOUND, "")
    assert wang("trainee", "check", "--batch", "HN2026").code == 0
    assert wang("trainee", "check", "--batch", "HN2062").code == 4
    wang("review", "approve", "HN2026-0000001")
    reset = ("trainee", "password", "reset", id_number(2), "--password-stdin")
    assert wang(*reset, stdin=PASSWORD) == Ran(
        2,
        "",
        "错误 [E189]：4101**********1023 还没有账号\n怎么办：加 --username 用户名，同时建立账号\n",
    )
    assert wang(*reset, "--username", "Li-2", stdin=PASSWORD).code == 0
    assert wang("trainee", "history", "li-2") == Ran(0, HISTORY, "")


def test_an_event_of_many_names_each_by_their_own_number(wang: Run, tmp_path: Path) -> None:
    wang("trainee", "import", write_people(tmp_path / "报名信息.xlsx", [person(2), person(3)]), "--submit")
    for number in (2, 3):
        rows = json.loads(wang("trainee", "history", id_number(number), "--json").out)
        subjects = [row["subject"] for row in rows if row["action"] == "application.import"]
        assert subjects == [f"HN2026-{number - 1:07d}"]
    assert "等 2 项" in wang("audit", "log", "--kind", "application.import").out


def test_quiet_says_all_the_same_why_a_row_was_refused(shell: Run, tmp_path: Path) -> None:
    book = write_people(tmp_path / "人.xlsx", [person(1), person(2, name="测试")])
    ran = shell("trainee", "import", book, "-q")
    refused, returned = ran.err.splitlines()
    assert (ran.code, ran.out) == (3, "")
    assert refused.startswith("错误 [E122] 人.xlsx 报名信息 第 3 行")
    assert returned.startswith(f"不合格的行已写入 {tmp_path / '人_未通过.xlsx'}，")
    assert shell("trainee", "import", book, "-q", "-n").err.splitlines() == [refused]
