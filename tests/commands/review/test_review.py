"""review queue, show, revoke, log, export from the shell: whole output, whole exit."""

import json
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import select

from tests.conftest import Ran, Run
from tests.people import id_number, open_batch, person, write_people
from zhupei_cli.model import Event
from zhupei_cli.store.engine import transaction

FIRST, SECOND, OTHER = (f"HN2026-000000{number}" for number in (1, 2, 3))
BASE = "4101001"


@pytest.fixture
def shell(zhupei: Run, database: str, tmp_path: Path) -> Run:
    """Two applications to 郑州第一医院, one to 洛阳中心医院, all submitted."""
    with transaction(database) as session:
        open_batch(session)

    def run(*args: str | Path, **options: str | None) -> Ran:
        return zhupei("--database", database, *args, **options)

    rows = [
        person(1),
        person(2, major="会计学"),
        person(3, choice1_base="4103001", choice2_base="4101001"),
    ]
    book = write_people(tmp_path / "人员.xlsx", rows)
    assert run("trainee", "import", book, "--submit").code == 0
    return run


QUEUE = """\
第一志愿      报名号          姓名  证件号码            个人身份              报名专业  提交时间             等待天数
------------  --------------  ----  ------------------  --------------------  --------  -------------------  --------
郑州第一医院  HN2026-0000001  王一  4101**********1015  面向社会招收住院医师  内科      2026-06-05 10:00:00  0
郑州第一医院  HN2026-0000002  王二  4101**********1023  面向社会招收住院医师  内科      2026-06-05 10:00:00  0
"""  # noqa: E501
SUMMARY = """\
基地编号  基地名称      待审核  最早提交             最长等待天数
--------  ------------  ------  -------------------  ------------
4101001   郑州第一医院  2       2026-06-05 10:00:00  0
4103001   洛阳中心医院  1       2026-06-05 10:00:00  0
"""


def test_the_queue_of_a_base_and_of_all(shell: Run) -> None:
    assert shell("review", "queue", "--base", BASE) == Ran(0, QUEUE, "")
    assert shell("review", "queue", "--summary") == Ran(0, SUMMARY, "")
    rows = json.loads(shell("review", "queue", "--json").out)
    assert [row["application_no"] for row in rows] == [FIRST, SECOND, OTHER]
    shell("review", "approve", FIRST, SECOND)
    assert shell("review", "queue", "--base", BASE, "--json") == Ran(0, "[]\n", "没有符合条件的记录\n")


def test_show_tells_findings_and_earlier_decisions(shell: Run) -> None:
    shell("review", "reject", SECOND, "--reason", "专业不符")
    shell("review", "revoke", SECOND, "--reason", "重新审核")
    ran = shell("review", "show", SECOND, "--base", BASE)
    assert ran.code == 0
    assert ran.out.splitlines()[-1] == "审核记录      不通过 专业不符、撤销审核 重新审核"
    assert id_number(2) not in ran.out
    assert ran.err == (
        "提醒 [E219] 毕业专业：所学专业“会计学”不在医学类专业中；核对专业名称是否写全\n"
        "    规则 medical_major：指南 二.3 第二步要求医学类专业；按专业名称中的关键词判断。\n"
    )
    row = json.loads(shell("review", "show", SECOND, "--json").out)
    assert [one["rule"] for one in row["findings"]] == ["medical_major"]


def test_a_base_learns_nothing_of_others(shell: Run) -> None:
    foreign = shell("review", "show", OTHER, "--base", BASE)
    unknown = shell("review", "show", "HN2026-0000009", "--base", BASE)
    assert foreign == Ran(4, "", f"错误 [E304]：没有报名号 {OTHER}\n怎么办：zhupei apply list 查看报名号\n")
    assert unknown.err == foreign.err.replace(OTHER, "HN2026-0000009")
    shell("review", "approve", OTHER)
    assert shell("review", "log", "--base", BASE, "--json").out == "[]\n"
    assert shell("review", "revoke", OTHER, "--reason", "x", "--base", BASE).err == foreign.err


def test_revoke_until_the_batch_is_locked(shell: Run, database: str) -> None:
    assert shell("review", "approve", FIRST).code == 0
    assert shell("review", "revoke", FIRST).code == 2
    assert shell("review", "revoke", FIRST, "--reason", "看错了人") == Ran(0, "", "撤销审核：1 份\n")
    again = shell("review", "revoke", FIRST, "--reason", "看错了人")
    assert (again.code, again.err.splitlines()[0]) == (
        5,
        f"错误 [E402]：{FIRST} 现为“已提交”，不能撤销审核",
    )
    with transaction(database, read_only=True) as session:
        events = session.execute(
            select(Event.subject, Event.before, Event.after, Event.reason).where(
                Event.action == "review.revoke"
            )
        ).all()
    assert events == [(FIRST, "approved", "submitted", "看错了人")]
    shell("review", "approve", FIRST, SECOND, OTHER)
    shell("batch", "close", "HN2026")
    assert shell("batch", "lock", "HN2026", "--yes").code == 0
    assert shell("review", "revoke", FIRST, "--reason", "迟了") == Ran(
        5,
        "",
        "错误 [E451]：批次 HN2026 现在不能审核（已锁定）\n怎么办：审核在批次开放后、锁定前进行\n",
    )


LOG = """\
时间                 报名号          姓名  第一志愿      决定      原因      审核单位      经办人
-------------------  --------------  ----  ------------  --------  --------  ------------  ------
2026-06-05 10:00:00  HN2026-0000001  王一  郑州第一医院  撤销审核  看错了人  省级          测试员
2026-06-05 10:00:00  HN2026-0000001  王一  郑州第一医院  通过                郑州第一医院  测试员
"""


def test_the_log_keeps_every_decision(shell: Run) -> None:
    shell("review", "approve", FIRST, "--base", BASE)
    shell("review", "revoke", FIRST, "--reason", "看错了人")
    shell("review", "approve", OTHER)
    assert shell("review", "log", FIRST) == Ran(0, LOG, "")
    assert [row["application_no"] for row in json.loads(shell("review", "log", "--json").out)] == [
        OTHER,
        FIRST,
        FIRST,
    ]


def test_an_export_comes_back_filled_in(shell: Run, home: Path, database: str) -> None:
    ran = shell("review", "export", "--base", BASE, "-o", "审核.xlsx")
    assert ran == Ran(0, "", "导出 1 份审核工作簿，共 2 份报名，存放在 审核.xlsx\n")
    path = home / "审核.xlsx"
    assert path.stat().st_mode & 0o777 == 0o600
    book = openpyxl.load_workbook(path)
    sheet = book["审核意见"]
    assert str(sheet["C1"].value).startswith("2026 年招收 郑州第一医院 审核意见")
    headings = [cell.value for cell in sheet[2]]
    assert headings[:5] == ["报名号*", "姓名", "审核结果*", "原因", "证件号码"]
    grid = [
        dict(zip(headings, (cell.value for cell in row), strict=True)) for row in sheet.iter_rows(min_row=3)
    ]
    assert grid[1] == {
        "报名号*": SECOND,
        "姓名": "王二",
        "审核结果*": None,
        "原因": None,
        "证件号码": id_number(2),
        "性别": "女",
        "个人身份": "面向社会招收住院医师",
        "生源类型": "应届毕业生",
        "培训年限": "3",
        "报名专业": "内科",
        "第二志愿": "洛阳中心医院 内科",
        "服从调剂": "是",
        "最高学历": "本科",
        "最高学位": "学士",
        "毕业院校": "郑州大学",
        "毕业专业": "会计学",
        "毕业时间": "2026-06-30",
        "全日制": "是",
        "工作单位": None,
        "手机号码": "13800000002",
        "提交时间": "2026-06-05 10:00:00",
        "系统提醒": "所学专业“会计学”不在医学类专业中；核对专业名称是否写全",
        "以前的审核": None,
        "历年记录": None,
    }
    assert book["字典"].sheet_state == "hidden"
    assert [(str(one.sqref), one.formula1) for one in sheet.data_validations.dataValidation] == [
        ("C3:C4", "字典!$A$2:$A$4")
    ]
    assert (sheet.freeze_panes, sheet.page_setup.orientation, sheet.page_setup.paperSize) == (
        "C3",
        "landscape",
        8,
    )
    sheet["C3"], sheet["C4"], sheet["D4"] = "通过", "退回修改", "专业写全"
    book.save(home / "填好.xlsx")
    ran = shell("review", "import", "填好.xlsx", "--base", BASE)
    assert (ran.code, ran.out) == (0, "")
    rows = json.loads(shell("apply", "list", "--json").out)
    assert [row["status_label"] for row in rows] == [
        "基地审核通过",
        "退回修改（原因：专业写全）",
        "已提交",
    ]
    with transaction(database, read_only=True) as session:
        exported = session.execute(
            select(Event.subject, Event.data).where(Event.action == "review.export")
        ).all()
    assert exported == [(BASE, '{"rows":2}')]


def test_refused_rows_come_back_with_drop_downs_and_go_in_when_mended(shell: Run, home: Path) -> None:
    shell("review", "export", "--base", BASE, "-o", "审核.xlsx")
    book = openpyxl.load_workbook(home / "审核.xlsx")
    book["审核意见"]["C3"], book["审核意见"]["C4"] = "也许", "退回修改"
    book.save(home / "审核.xlsx")
    ran = shell("review", "import", "审核.xlsx", "--base", BASE, "--mask", "--json")
    masked = openpyxl.load_workbook(home / "审核_未通过.xlsx")["审核意见"]
    assert (ran.code, json.loads(ran.out)["counts"]["rejected"], masked.max_row - 2) == (3, 2, 2)
    cells = {cell.value for row in masked.iter_rows() for cell in row}
    assert not cells & {id_number(1), id_number(2), "13800000001"}
    shell("review", "import", "审核.xlsx", "--base", BASE)
    path = home / "审核_未通过-2.xlsx"
    sheet = openpyxl.load_workbook(path)["审核意见"]
    rules = {str(rule.sqref): rule.formula1 for rule in sheet.data_validations.dataValidation}
    assert (rules, sheet["E1"].value) == ({"E2:E3": "字典!$A$2:$A$4"}, "审核结果*")
    sheet["E2"], sheet["F3"] = "通过", "专业写全"
    sheet.parent.save(path)
    ran = shell("review", "import", path, "--base", BASE, "--json")
    assert (ran.code, json.loads(ran.out)["counts"]["updated"]) == (0, 2)


def test_an_export_of_all_is_a_file_a_base(shell: Run, home: Path) -> None:
    ran = shell("review", "export", "--all", "-o", "审核", "--json")
    names = ["审核/4101001_郑州第一医院_审核意见.xlsx", "审核/4103001_洛阳中心医院_审核意见.xlsx"]
    assert (ran.code, json.loads(ran.out)) == (
        0,
        {
            "files": [
                {"base": "4101001", "file": names[0], "rows": 2},
                {"base": "4103001", "file": names[1], "rows": 1},
            ],
            "rows": 3,
            "dry_run": False,
        },
    )
    assert all((home / name).is_file() for name in names)
    assert shell("review", "export", "--all", "-o", "审核") == Ran(
        5, "", f"错误 [E002]：文件 {names[0]} 已存在\n怎么办：换一个文件名，或加 --force 覆盖\n"
    )
    assert shell("review", "export", "--all", "-o", "审核", "--force").code == 0
    assert shell("review", "export", "--all", "-o", "一个.xlsx").code == 2
    (home / "文件").write_text("")
    refused = shell("review", "export", "--all", "-o", "文件", "--force")
    assert (refused.code, refused.out) == (2, "")
    assert "文件 是文件，这里请写文件夹。" in refused.err
    assert shell("review", "export", "-o", "审核").code == 2
    tried = shell("review", "export", "--base", BASE, "-o", "试.xlsx", "--dry-run")
    assert tried == Ran(0, "", "试做（不保存）：导出 1 份审核工作簿，共 2 份报名，存放在 试.xlsx\n")
    assert not (home / "试.xlsx").exists()


def test_numbers_may_stand_in_a_row_as_people_write_them(shell: Run) -> None:
    ran = shell("review", "approve", f"{FIRST}、{SECOND}", f"{OTHER}；")
    assert ran == Ran(0, "", "通过：3 份\n")
    again = shell("review", "revoke", f"{FIRST}，{SECOND}", "--reason", "重审", "--batch", "HN2026")
    assert again == Ran(0, "", "撤销审核：2 份\n")


def test_closing_says_what_it_strands(shell: Run, tmp_path: Path) -> None:
    draft = write_people(tmp_path / "草稿.xlsx", [person(4)])
    assert shell("trainee", "import", draft).code == 0
    assert shell("review", "return", FIRST, "--reason", "照片").code == 0
    ran = shell("batch", "close", "HN2026")
    assert ran.err.splitlines()[0] == (
        "批次 HN2026 已由“报名中”变为“报名结束”，未提交 1 份（不能再提交），"
        "退回修改 1 份（还没有改好再交），待审核 2 份"
    )
