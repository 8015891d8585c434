"""The province's guide of 2024, paragraph by paragraph, for one trainee: every output whole."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pypdf import PdfReader
from sqlalchemy import update

from tests.conftest import Ran, Run
from tests.people import id_number, open_batch, person, write_book, write_people
from zhupei_cli.model import Plan
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.store.engine import transaction

Step = Callable[..., None]

WHO, NO, OTHER = "wang1995", "HN2026-0000001", "HN2026-0000002"
NEW_ACCOUNT = ("--name", "王小明", "--id-number", id_number(1), "--mobile", "13800000000")
PASSWORD = "Zhupei2026\n"
CHOICES = (
    *("--source-type", "应届毕业生", "--train-years", "3", "--specialty", "内科"),
    *("--choice1", "郑州第一医院", "--choice2", "4103001", "--adjust"),
)
THEN_SUBMIT = f"下一步：zhupei apply submit {NO}（提交；提交后将无法修改）\n"
SUBMITTED = (
    f"已提交 1 份报名，未提交 0 份\n下一步：zhupei apply status {NO}（查看报名状态；由第一志愿基地审核）\n"
)
PROFILE = """\
姓名              王小明
证件类型          居民身份证
证件号码          4101**********1015
性别              男
出生日期          1995-**-**
民族              汉族
政治面貌          群众
婚姻状况
生源省份
照片
手机号码          138****0000
电子邮箱          w****@example.com
通讯地址          郑州市****
紧急联系人        李四
紧急联系电话      139****0000
教育经历          本科 郑州大学 临床医学 2026-06-30 学士 全日制
是否有工作单位    是
工作经历          某县人民医院 2026-05-01 至 今
通过医师资格考试
医师资格证书编号
账号              wang1995，住院医师规范化培训 已开通，角色 学员
报名
还缺 ●            无
"""
OPEN_BATCHES = """\
批次    名称         年份  状态    报名开始             报名截止             计划人数  报名人数
------  -----------  ----  ------  -------------------  -------------------  --------  --------
HN2026  2026 年招收  2026  报名中  2026-06-01 08:00:00  2026-06-30 08:00:00  9         0
"""


@pytest.fixture
def step(zhupei: Run, database: str) -> Step:
    """Run a command and compare all it says; the batch is open and has one seat a place."""
    with transaction(database) as session:
        open_batch(session, contact="0371-00000000")
        session.execute(update(Plan).values(quota=1))

    def run(*args: str | Path, out: str = "", err: str = "", code: int = 0, stdin: str | None = None) -> None:
        assert zhupei("--database", database, *args, stdin=stdin) == Ran(code, out, err)

    return run


def test_the_guide(step: Step, tmp_path: Path) -> None:
    _account(step)
    _profile(step)
    _application(step)
    _print(step, tmp_path)
    _review(step)
    _result(step, tmp_path)


def _account(step: Step) -> None:
    # 二.1 输入正确的个人信息，验证通过后，设置用户名和密码完成注册 … 业务 … 已开通 … 学员角色
    step(
        *("trainee", "register", *NEW_ACCOUNT, "--username", WHO, "--password-stdin"),
        stdin=PASSWORD,
        err="验证通过\n"
        "注册完成：王小明（4101**********1015），用户名 wang1995；"
        "业务 住院医师规范化培训 已开通，角色 学员\n"
        "下一步：zhupei trainee edit wang1995 …（补全个人信息）\n",
    )
    # 如提示身份证号已存在，说明个人信息已注册，无需重复注册
    step(
        *("trainee", "register", *NEW_ACCOUNT, "--username", "wang2", "--password-stdin"),
        stdin=PASSWORD,
        code=5,
        err="错误 [E185]：身份证号已存在：4101**********1015\n"
        "怎么办：无需重复注册，用已有账号登录；忘记密码用 zhupei trainee password reset 证件号码\n",
    )
    # 输入您的用户名和密码登录
    step("trainee", "password", "check", WHO, "--password-stdin", stdin=PASSWORD, err=f"密码正确：{WHO}\n")


def _profile(step: Step) -> None:
    # 二.2 基本信息
    step(
        *("trainee", "edit", WHO, "--ethnicity", "汉族", "--political-status", "群众"),
        err="已保存 王小明：民族、政治面貌\n"
        "还缺 ●：通讯地址、紧急联系人、紧急联系电话、最高学历、毕业院校、毕业专业、毕业时间、"
        "是否全日制、是否有工作单位\n",
    )
    # 联系信息
    step(
        *("trainee", "edit", WHO, "--address", "郑州市金水区文化路 1 号", "--email", "w@example.com"),
        *("--emergency-name", "李四", "--emergency-phone", "13900000000"),
        err="已保存 王小明：电子邮箱、通讯地址、紧急联系人、紧急联系电话\n"
        "还缺 ●：最高学历、毕业院校、毕业专业、毕业时间、是否全日制、是否有工作单位\n",
    )
    # 教育信息，添加
    step(
        *("trainee", "education", "add", WHO, "--level", "本科", "--school", "郑州大学"),
        *("--major", "临床医学", "--graduated-on", "2026-06-30", "--full-time", "是"),
        *("--degree", "学士", "--is-fresh", "应届"),
        err="已保存 王小明：学历、院校、专业、毕业时间、是否全日制、学位、应届往届\n还缺 ●：是否有工作单位\n",
    )
    # 工作单位可关键字搜索，如找不到可自行录入准确的单位名称
    step(
        *("trainee", "employer", "search", "县医院"),
        out="单位名称  统一社会信用代码  级别  所在地市  医疗机构  培训基地\n"
        "--------  ----------------  ----  --------  --------  --------\n",
        err="没有符合条件的记录\n"
        "下一步：zhupei trainee work add WHO --employer-name 单位名称（找不到时直接写准确的单位名称）\n",
    )
    step(
        *("trainee", "work", "add", WHO, "--employer-name", "某县人民医院", "--from-date", "2026-05-01"),
        err="已保存 王小明：是否有工作单位、单位名称、起始\n单位库中没有“某县人民医院”，按所写的名称保存\n",
    )


def _application(step: Step) -> None:
    # 二.3 第一步，查看可报名的批次信息
    step("batch", "list", "--open", out=OPEN_BATCHES)
    # 第二步，本单位住院医师：培训基地招聘的 …
    step(
        *("apply", "new", "--person", WHO, "--identity", "own", *CHOICES),
        code=3,
        err="没有保存：1 处不符合要求\n"
        "错误 [E211] 工作单位：本单位住院医师的工作单位应是培训基地，现为“某县人民医院”；"
        "核对单位名称和统一社会信用代码；单位不是基地的，个人身份改为外单位委托培养住院医师\n"
        "    规则 own.employer_is_base：指南 二.3 第二步：本单位住院医师由培训基地招聘。\n",
    )
    # 第三步，查看您的个人信息是否正确
    step("trainee", "show", WHO, out=PROFILE)
    # 第四步、第五步，最后点击“确认并返回”
    step(
        *("apply", "new", "--person", WHO, "--identity", "entrusted", *CHOICES),
        err=f"已保存报名 {NO}（未提交）\n{THEN_SUBMIT}",
    )
    _status(step, "未提交")
    # 点击“提交”，完成报名。注意：信息提交后将无法修改。
    step("apply", "submit", NO, "--yes", err=SUBMITTED)
    _status(step, "已提交")
    step(
        *("apply", "edit", NO, "--no-adjust"),
        code=5,
        err=f"错误 [E402]：{NO} 现为“已提交”，不能修改\n"
        f"怎么办：修改须在“未提交”或“退回修改”时进行；先运行 zhupei review return {NO} --reason 原因\n",
    )


def _status(step: Step, line: str, number: str = NO) -> None:
    step(
        *("apply", "status", number),
        out=f"报名号    {number}\n"
        "批次      2026 年招收\n"
        f"状态      {line}\n"
        "报名开始  2026-06-01 08:00:00\n"
        "报名截止  2026-06-30 08:00:00\n"
        "技术支持  0371-00000000\n",
    )


def _print(step: Step, tmp_path: Path) -> None:
    # 二.4 报名成功后，可在学员报名页面中打印报名表
    form = tmp_path / "报名表.pdf"
    step("apply", "print", NO, "-o", form, err=f"打印 1 份报名表，存放在 {form}\n")
    (page,) = PdfReader(form).pages
    text = page.extract_text()
    assert [word for word in ("报名表", NO, "已提交") if word not in text.replace(" ", "")] == []


def _review(step: Step) -> None:
    # 二.5 由第一志愿基地进行信息审核，审核不通过/退回修改均后附原因
    base = ("--base", "4101001")
    step("review", "return", NO, *base, "--reason", "毕业证照片不清楚", err="退回修改：1 份\n")
    _status(step, "退回修改（原因：毕业证照片不清楚）")
    # 退回修改需依据原因重新维护信息进行再次上报
    step("apply", "edit", NO, "--choice2", "清空", err=f"已修改报名 {NO}：第二志愿基地\n{THEN_SUBMIT}")
    step("apply", "submit", NO, err=SUBMITTED)
    _status(step, "已提交")
    step("review", "approve", NO, *base, err="通过：1 份\n")
    _status(step, "基地审核通过")


def _result(step: Step, tmp_path: Path) -> None:
    """A second person wants the same seat, has lower marks and no consent to adjustment."""
    rival = write_people(tmp_path / "b.xlsx", [person(2, choice2_base=None, accept_adjust="否")])
    step(
        *("trainee", "import", rival, "--submit"),
        err="导入完成：共 1 行，新增 1，更新 0，不变 0，未通过 0，提醒 0，导入编号 2\n"
        "下一步：zhupei review import 审核意见.xlsx（导入基地的审核意见）\n",
    )
    step("review", "approve", OTHER, err="通过：1 份\n")
    step(
        *("batch", "close", "HN2026"),
        err="批次 HN2026 已由“报名中”变为“报名结束”\n"
        "下一步：zhupei admit scores import 成绩.xlsx --batch HN2026（导入成绩）\n",
    )
    marks = [
        {"application_no": NO, "written": "90", "skill": "80", "interview": "70"},
        {"application_no": OTHER, "written": "60", "skill": "60", "interview": "60"},
    ]
    step(
        *("admit", "scores", "import", write_book(tmp_path / "成绩.xlsx", [(workbook_kinds.SCORE, marks)])),
        err="导入完成：共 2 行，新增 2，更新 0，不变 0，未通过 0，提醒 0，导入编号 3\n",
    )
    step(
        *("batch", "lock", "HN2026"),
        err="批次 HN2026 已由“报名结束”变为“已锁定”，参加录取 2 人，未审核 0 份\n"
        "下一步：zhupei admit check --batch HN2026（核对考生、成绩和岗位）\n",
    )
    step(
        *("admit", "run"),
        err="第 1 次录取计算（志愿优先）：考生 2 人，录取 1 人（第一志愿 1，第二志愿 0，调剂 0），"
        "未录取 1 人，空缺名额 8 个\n"
        "下一步：zhupei admit list --run 1（查看每名考生的结果）\n"
        "下一步：zhupei admit commit 1（确定为拟录取结果）\n",
    )
    step(
        *("admit", "commit", "1"),
        err="第 1 次录取计算已确定，拟录取 1 人，未录取 1 人\n"
        "下一步：zhupei export roster --all --batch HN2026 -o 名单（导出各基地拟录取名单）\n"
        "下一步：zhupei batch publish HN2026（公示）\n",
    )
    # 公示以前不显示
    _status(step, "基地审核通过")
    step(
        *("batch", "publish", "HN2026", "--yes"),
        err=f"{NO_END}批次 HN2026 已由“已定拟录取”变为“公示中”，拟录取 1 人，未录取 1 人\n"
        "下一步：zhupei export public --batch HN2026 -o 公示.xlsx（导出公示名单）\n",
    )
    _status(step, "拟录取（录取基地：郑州第一医院，公示中）")
    # 录取状态：已录取，录取基地：***基地；未录取
    step(
        *("batch", "finalize", "HN2026", "--yes"),
        err=f"{NEVER_ENDED}批次 HN2026 已由“公示中”变为“已正式录取”，正式录取 1 人\n"
        "下一步：zhupei export roster --all --batch HN2026 -o 录取名单（导出各基地录取名单）\n",
    )
    _status(step, "已录取（录取基地：郑州第一医院）")
    _status(step, "未录取", OTHER)
    step("apply", "show", NO, out=WHOLE)


NO_END = (
    "提醒 [E414]：批次 HN2026 没有设公示截止时间；"
    "先写上：zhupei batch edit HN2026 --set publicity_until=截止时间（晚于现在）\n"
    "提醒 [E789]：批次 HN2026 还没有设置发文单位、报到地点，公示名单和通知书上就没有；"
    "zhupei batch edit HN2026 --set authority=发文单位 --set checkin_place=报到地点\n"
)
NEVER_ENDED = (
    "提醒 [E229]：批次 HN2026 没有设公示截止时间，无从判断公示期是否已满；正式录取以前可以写上："
    "zhupei batch edit HN2026 --set publicity_until=截止时间（晚于现在）；"
    "正式录取以后不能再改日期\n"
)
WHOLE = f"""\
报名号        {NO}
姓名          王小明
证件号码      4101**********1015
个人身份      外单位委托培养住院医师
生源类型      应届毕业生
培训年限      3
报名专业      内科
第一志愿      郑州第一医院
第二志愿
第二志愿专业
服从调剂      是
状态          已录取（录取基地：郑州第一医院）
提交时间      2026-06-05 10:00:00
个人信息      138****0000、w****@example.com、郑州市****
教育经历      本科 郑州大学 临床医学 2026-06-30
工作经历      某县人民医院
审核记录      退回修改 毕业证照片不清楚、通过
"""
