"""The five steps on a real pseudo-terminal."""

import os
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from tests.people import id_number, open_batch, person, write_people
from zhupei_cli.acting import Acting
from zhupei_cli.model import Application, Batch, Plan, Trainee
from zhupei_cli.services.applications.importing.case import Options
from zhupei_cli.services.applications.importing.intake import import_trainees
from zhupei_cli.services.records.workbooks import read_workbooks
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.store.engine import reading, transaction

pexpect = pytest.importorskip("pexpect")
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no pseudo-terminal")

Spawn = Callable[..., Any]
PROGRAM = "from zhupei_cli.shell.cli import main; main()"
GIVEN = ("--identity", "social", "--source-type", "应届毕业生", "--train-years", "3", "--specialty", "0100")
YEAR = datetime.now(UTC).year


@pytest.fixture
def terminal(database: str, home: Path, by: Acting) -> Iterator[Spawn]:
    """Start the program on a terminal; the batch is of this year, for the program has the real clock."""
    rows = [person(1, graduated_on=f"{YEAR}-06-30"), person(2)]
    people = read_workbooks([write_people(home / "a.xlsx", rows)], workbook_kinds.PERSON)
    with transaction(database) as session:
        batch = open_batch(session)
        batch.year, batch.apply_until = YEAR, datetime(2100, 1, 1, tzinfo=UTC)
        batch.apply_from = datetime(2020, 1, 1, tzinfo=UTC)
        session.execute(update(Plan).where(Plan.specialty_code == "2800").values(stopped=True))
        import_trainees(session, people, batch=None, by=by, options=Options(profile_only=True))
    started = []

    def spawn(*args: str) -> Any:
        environ = {**os.environ, "ZHUPEI_DATABASE_URL": database, "PYTHONPATH": os.pathsep.join(sys.path)}
        child = pexpect.spawn(
            sys.executable,
            ["-c", PROGRAM, *args],
            encoding="utf-8",
            timeout=20,
            env=environ,
            dimensions=(60, 160),
        )
        started.append(child)
        return child

    yield spawn
    for child in started:
        child.close(force=True)


def _talk(child: Any, *exchange: tuple[str, str]) -> str:
    """Answer each question; return all that stood on the terminal."""
    seen = ""
    for question, answer in exchange:
        child.expect_exact(question)
        seen += child.before + question
        child.sendline(answer)
    child.expect(pexpect.EOF)
    child.close()
    whole: str = (seen + child.before).replace("\r\n", "\n")
    return whole


def _stored(database: str) -> list[tuple[Any, ...]]:
    with reading(database) as session:
        columns = (Application.application_no, Application.status, Application.identity)
        return [tuple(row) for row in session.execute(select(*columns))]


WHOLE = f"""\
第一步 选择批次
  1 HN2026 2026 年招收，报名截止 2100-01-01 08:00:00
批次（序号） [1]：
证件号码或用户名（也可写姓名、报名号、证件号码后四位）：{id_number(1)}
第二步 选择个人身份
  1 本单位住院医师：{YEAR} 年度由培训基地招聘、将从事临床医疗工作、专业符合报名条件的在职人员
  2 面向社会招收住院医师：原则上在择业期内（{YEAR - 2}、{YEAR - 1}、{YEAR} 年毕业）、\
将从事临床医疗工作的医学类全日制本科及以上毕业生，全国均可报名
  3 外单位委托培养住院医师：各级医疗卫生单位招聘、将从事临床医疗工作，由单位委托到培训基地参加培训的在职人员
个人身份（序号）：4
错误：4 不在 1 到 3 之间。
个人身份（序号）：2
第三步 确认个人信息
  姓名              王一
  证件类型          居民身份证
  证件号码          4101**********1015
  性别              男
  出生日期          1995-**-**
  民族              汉族
  政治面貌          群众
  婚姻状况
  生源省份
  照片
  手机号码          138****0001
  电子邮箱          p****@example.com
  通讯地址          郑州市****
  紧急联系人        李四
  紧急联系电话      139****0000
  教育经历          本科 郑州大学 临床医学 {YEAR}-06-30 学士 全日制
  是否有工作单位    否
  工作经历
  通过医师资格考试
  医师资格证书编号
以上信息正确吗？ [Y/n，w 显示完整的号码和地址以便核对，会留下记录]：y
第四步 补充报名信息
  1 应届毕业生
  2 往届毕业生
  3 农村订单定向
  4 在读专硕
  5 其他
生源类型（序号）：1
培训年限（年） [3]：
第五步 填写志愿
报名专业（代码或名称的一部分，回车列出全部）：
  0100 内科
  0200 儿科
报名专业（代码或名称的一部分，回车列出全部）：口腔
  招收计划中没有，换一个词
报名专业（代码或名称的一部分，回车列出全部）：内
  报名专业：0100 内科
第一志愿（代码或名称的一部分，回车列出全部）：郑州
  4101001 郑州第一医院
  4101002 郑州第二医院
第一志愿（代码或名称的一部分，回车列出全部）：4101002
  第一志愿：4101002 郑州第二医院
第二志愿（代码或名称的一部分，回车不填）：郑州
  第二志愿：4101001 郑州第一医院
是否服从调剂？ [y/n]：y
确认并返回（保存为未提交）？ [Y/n]：
已保存报名 HN2026-0000001（未提交）
下一步：zhupei apply submit HN2026-0000001（提交；提交后将无法修改）
"""


def test_the_whole_dialogue(terminal: Spawn, database: str) -> None:
    child = terminal("apply", "new")
    seen = _talk(
        child,
        ("批次（序号） [1]：", ""),
        ("证件号码或用户名（也可写姓名、报名号、证件号码后四位）：", id_number(1)),
        ("个人身份（序号）：", "4"),
        ("个人身份（序号）：", "2"),
        ("以上信息正确吗？ [Y/n，w 显示完整的号码和地址以便核对，会留下记录]：", "y"),
        ("生源类型（序号）：", "1"),
        ("培训年限（年） [3]：", ""),
        ("报名专业（代码或名称的一部分，回车列出全部）：", ""),
        ("报名专业（代码或名称的一部分，回车列出全部）：", "口腔"),
        ("报名专业（代码或名称的一部分，回车列出全部）：", "内"),
        ("第一志愿（代码或名称的一部分，回车列出全部）：", "郑州"),
        ("第一志愿（代码或名称的一部分，回车列出全部）：", "4101002"),
        ("第二志愿（代码或名称的一部分，回车不填）：", "郑州"),
        ("是否服从调剂？ [y/n]：", "y"),
        ("确认并返回（保存为未提交）？ [Y/n]：", ""),
    )
    assert seen == WHOLE
    assert child.exitstatus == 0
    assert _stored(database) == [("HN2026-0000001", "draft", "social")]


def test_what_is_given_is_not_asked_and_no_keeps_nothing(terminal: Spawn, database: str) -> None:
    child = terminal(
        "apply", "new", "--batch", "HN2026", "--person", id_number(1), *GIVEN, "--choice1", "4101001"
    )
    seen = _talk(
        child,
        ("以上信息正确吗？ [Y/n，w 显示完整的号码和地址以便核对，会留下记录]：", "农村订单定向"),
        ("以上信息正确吗？ [Y/n，w 显示完整的号码和地址以便核对，会留下记录]：", "y"),
        ("第二志愿（代码或名称的一部分，回车不填）：", ""),
        ("是否服从调剂？ [y/n]：", "n"),
        ("确认并返回（保存为未提交）？ [Y/n]：", "n"),
    )
    assert "：农村订单定向\n请回答 是（y）、否（n）或 w\n以上信息正确吗？" in seen
    assert seen.endswith(
        "第五步 填写志愿\n"
        "第二志愿（代码或名称的一部分，回车不填）：\n"
        "是否服从调剂？ [y/n]：n\n"
        "确认并返回（保存为未提交）？ [Y/n]：n\n"
        "已取消，没有写入任何内容\n"
    )
    assert child.exitstatus == 130
    assert _stored(database) == []


def test_missing_parts_are_named_and_stop_there(terminal: Spawn, database: str) -> None:
    with transaction(database) as session:
        session.execute(update(Trainee).where(Trainee.id == 2).values(address=None, ethnicity=None))
    child = terminal("apply", "new", "--person", id_number(2), "--identity", "social")
    seen = _talk(child, ("批次（序号） [1]：", ""))
    assert seen.endswith(
        "缺少必填项 ●：民族、通讯地址\n"
        "请先用 zhupei trainee edit、education add、work add 补全，再报名\n"
        "已取消，没有写入任何内容\n"
    )
    assert child.exitstatus == 130


def test_without_an_open_batch_nothing_is_asked(terminal: Spawn, database: str) -> None:
    with transaction(database) as session:
        session.execute(update(Batch).values(status="closed"))
    child = terminal("apply", "new")
    assert _talk(child) == (
        "第一步 选择批次\n"
        "错误 [E080]：现在没有可以报名的批次。\n"
        "怎么办：运行 zhupei apply new --help 查看用法\n"
    )
    assert child.exitstatus == 2


def test_submit_warns_and_asks_on_a_terminal(terminal: Spawn, database: str) -> None:
    whole = ("--person", id_number(1), *GIVEN, "--choice1", "4101001", "--adjust")
    assert _talk(terminal("apply", "new", *whole)).startswith("已保存报名 HN2026-0000001")
    question = "注意：提交后将无法修改。确认提交 HN2026-0000001 吗？ [y/N]："
    child = terminal("apply", "submit", "HN2026-0000001")
    assert _talk(child, (question, "n")) == f"{question}n\n已取消，没有写入任何内容\n"
    assert (child.exitstatus, _stored(database)[0][1]) == (130, "draft")
    child = terminal("apply", "submit", "HN2026-0000001")
    assert _talk(child, (question, "y")).startswith(f"{question}y\n已提交 1 份报名")
    assert (child.exitstatus, _stored(database)[0][1]) == (0, "submitted")
