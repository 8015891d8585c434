"""trainee, apply and review from the shell: whole output, whole exit."""

import json
import shlex
import sys
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from commands.about import demo as demo_command
from tests.conftest import Ran, Run
from tests.people import id_number, open_batch, person, write_book, write_people
from zhupei_cli.display import display_width
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.store.engine import transaction


@pytest.fixture
def shell(zhupei: Run, database: str) -> Run:
    """Run commands on a database with an open batch."""
    with transaction(database) as session:
        open_batch(session)

    def run(*args: str | Path, **kwargs: Any) -> Ran:
        return zhupei("--database", database, *args, **kwargs)

    return run


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A workbook of two good people and a bad one."""
    return write_people(tmp_path / "报名信息.xlsx", [person(1), person(2), person(3, identity="单位人")])


IMPORTED = """\
导入完成：共 3 行，新增 2，更新 0，不变 0，未通过 1，提醒 0，导入编号 2
错误 [E015] 报名信息.xlsx 报名信息 第 4 行：个人身份“单位人”有歧义；请明确填写其中一种：\
本单位住院医师、面向社会招收住院医师、外单位委托培养住院医师
"""


def test_good_rows_go_in_and_bad_ones_are_told(shell: Run, book: Path) -> None:
    ran = shell("trainee", "import", book, "--submit")
    assert (ran.code, ran.out) == (3, "")
    assert ran.err.startswith(IMPORTED)


def test_the_summary_is_what_scripts_rely_on(shell: Run, book: Path) -> None:
    ran = shell("trainee", "import", book, "--submit", "--json")
    summary = json.loads(ran.out)
    assert ran.code == 3
    assert (summary["ok"], summary["import_id"]) == (False, 2)
    assert summary["counts"] == {
        "rows": 3,
        "inserted": 2,
        "updated": 0,
        "unchanged": 0,
        "rejected": 1,
        "warned": 0,
        "blank": 0,
        "replaced": 0,
    }
    (problem,) = summary["problems"]
    assert {key: problem[key] for key in ("sheet", "row", "column", "code", "severity")} == {
        "sheet": "报名信息",
        "row": 4,
        "column": "个人身份",
        "code": "E015",
        "severity": "error",
    }
    assert [file["name"] for file in summary["files"]] == ["报名信息.xlsx"]


def test_bad_rows_come_back_and_go_in_when_mended(shell: Run, book: Path, tmp_path: Path) -> None:
    shell("trainee", "import", book, "--submit")
    returned = tmp_path / "报名信息_未通过.xlsx"
    refused = openpyxl.load_workbook(returned)["报名信息"]
    headings = [cell.value for cell in refused[1]]
    assert headings[:2] == ["原行号", "错误说明"]
    assert [row[0].value for row in refused.iter_rows(min_row=2)] == ["4"]
    assert returned.stat().st_mode & 0o777 == 0o600
    refused.cell(2, headings.index("个人身份*") + 1).value = "社会人"
    refused.parent.save(returned)
    ran = shell("trainee", "import", returned, "--submit", "--json")
    assert (ran.code, json.loads(ran.out)["counts"]["inserted"]) == (0, 1)


def test_a_dry_run_writes_nothing(shell: Run, book: Path) -> None:
    ran = shell("trainee", "import", book, "--dry-run")
    assert ran.err.startswith("试导入（不保存）：共 3 行，新增 2，")
    assert shell("apply", "list", "-f", "json").out == "[]\n"


def test_a_missing_file_and_an_unknown_batch(shell: Run, book: Path) -> None:
    ran = shell("trainee", "import", "没有.xlsx")
    assert ran == Ran(4, "", "错误 [E001]：找不到文件 没有.xlsx\n怎么办：请核对文件名和所在文件夹\n")
    ran = shell("trainee", "import", book, "--batch", "HN2062")
    assert ran.code == 4
    assert ran.err == (
        "错误 [E301]：没有批次 HN2062\n怎么办：您要找的是不是 HN2026？zhupei batch list 查看全部批次\n"
    )


def test_a_batch_in_the_wrong_state_says_what_to_do(shell: Run, book: Path) -> None:
    assert shell("batch", "close", "HN2026").code == 0
    ran = shell("trainee", "import", book)
    assert ran == Ran(
        5,
        "",
        "错误 [E450]：批次 HN2026 现在不接受报名（报名结束）\n"
        "怎么办：报名要在批次开放且在报名时间内；确需补录入用 --late --reason 原因\n",
    )
    late = shell("trainee", "import", book, "--late", "--reason", "系统故障")
    assert late.code == 3
    assert shell("trainee", "import", book, "--late").code == 2


LIST = """\
报名号          姓名  证件号码            个人身份              报名专业  第一志愿      第二志愿      服从调剂  状态
--------------  ----  ------------------  --------------------  --------  ------------  ------------  --------  ------
HN2026-0000001  王一  4101**********1015  面向社会招收住院医师  内科      郑州第一医院  洛阳中心医院  是        已提交
HN2026-0000002  王二  4101**********1023  面向社会招收住院医师  内科      郑州第一医院  洛阳中心医院  是        已提交
"""  # noqa: E501


def test_lists_mask_unless_asked_to_reveal(shell: Run, book: Path) -> None:
    shell("trainee", "import", book, "--submit")
    assert shell("apply", "list") == Ran(0, LIST, "")
    rows = json.loads(shell("apply", "list", "--json", "--reveal").out)
    assert [row["id_number"] for row in rows] == [id_number(1), id_number(2)]
    assert {key: rows[0][key] for key in ("status", "admission_status", "status_label", "submitted_at")} == {
        "status": "submitted",
        "admission_status": None,
        "status_label": "已提交",
        "submitted_at": "2026-06-05T10:00:00+08:00",
    }


def test_show_has_everything_masked(shell: Run, book: Path) -> None:
    shell("trainee", "import", book, "--submit")
    ran = shell("apply", "show", "HN2026-0000001")
    assert ran.code == 0
    assert "41010119950101" not in ran.out
    assert "138****0001" in ran.out
    assert shell("apply", "show", "HN2026-9999999").code == 4


def test_submit_drafts(shell: Run, book: Path) -> None:
    shell("trainee", "import", book)
    ran = shell("apply", "submit", "HN2026-0000001", "--json")
    assert (ran.code, json.loads(ran.out)["submitted"]) == (0, ["HN2026-0000001"])
    ran = shell("apply", "submit", "HN2026-0000001")
    assert (ran.code, ran.err.splitlines()[0][:12]) == (5, "错误 [E454]：HN")
    ran = shell("apply", "submit", "--all-ready", "--json")
    assert (ran.code, json.loads(ran.out)["submitted"]) == (0, ["HN2026-0000002"])
    assert shell("apply", "submit", "--all-ready").code == 0  # nothing left to do
    assert shell("apply", "submit").code == 2


def test_who_is_not_ready_is_named_and_found(shell: Run, book: Path) -> None:
    shell("trainee", "import", book)
    assert shell("trainee", "edit", id_number(1), "--address", "清空").code == 0
    ran = shell("apply", "submit", "--all-ready", "--json")
    told = json.loads(ran.out)
    assert (ran.code, told["submitted"]) == (3, ["HN2026-0000002"])
    assert [one["application_no"] for one in told["refused"]] == ["HN2026-0000001"]


def test_reviews_by_number_and_by_workbook(shell: Run, book: Path, tmp_path: Path) -> None:
    shell("trainee", "import", book, "--submit")
    assert shell("review", "approve", "HN2026-0000001") == Ran(0, "", "通过：1 份\n")
    assert shell("review", "reject", "HN2026-0000002").code == 2
    assert shell("review", "reject", "HN2026-0000002", "--reason", "x", "--base", "洛阳中心医院").code == 4
    rows = [{"application_no": "HN2026-0000002", "decision": "退回修改", "reason": "照片不清"}]
    opinions = write_book(tmp_path / "审核意见.xlsx", [(workbook_kinds.REVIEW, rows)])
    assert shell("review", "import", opinions, "--base", "4101001") == Ran(
        0, "", "导入完成：共 1 行，新增 0，更新 1，不变 0，未通过 0，提醒 0，导入编号 3\n"
    )
    listed = shell("apply", "list", "--status", "returned", "-f", "csv")
    assert listed.out.splitlines()[1].endswith("退回修改（原因：照片不清）")


def test_the_demo_leaves_a_season_to_look_at(zhupei: Run, tmp_path: Path) -> None:
    folder = tmp_path / "演示"
    ran = zhupei("demo", folder, "--json")
    summary = json.loads(ran.out)
    assert (ran.code, summary["batch"], len(summary["steps"])) == (0, "DEMO2026", 15)
    assert sorted(path.name for path in (folder / "输入").iterdir()) == [
        "基地.xlsx",
        "审核意见.xlsx",
        "成绩.xlsx",
        "报名信息.xlsx",
        "招收计划.xlsx",
    ]
    assert len(list((folder / "录取名单").glob("*_录取名单.xlsx"))) == 12
    database = f"sqlite:///{folder / 'zhupei.sqlite'}"
    vacancies = json.loads(zhupei("--database", database, "export", "vacancies", "--json").out)
    taken = sum(place["taken"] for place in vacancies)
    admitted = json.loads(zhupei("--database", database, "admit", "list", "--json").out)
    assert taken == sum(1 for row in admitted if row["outcome"] == "admitted") > 900
    again = zhupei("demo", folder)
    assert (again.code, again.out) == (5, "")


@pytest.mark.parametrize("columns", [80, 60])
def test_no_line_of_the_demo_is_broken_by_the_terminal(zhupei: Run, columns: int) -> None:
    ran = zhupei("demo", "我的 演示", env={"COLUMNS": str(columns)})
    *lines, where, then = ran.err.splitlines()
    assert (ran.code, ran.out) == (0, "")
    assert [line for line in lines if display_width(line) > columns] == []
    assert "考生" in ran.err and "候选人" not in ran.err
    assert where.endswith("工作簿、数据库和录取名单在 我的 演示")
    assert then == '接着试：zhupei --database "sqlite:///我的 演示/zhupei.sqlite" apply list --limit 10'
    _, *words = shlex.split(then.removeprefix("接着试："))
    assert zhupei(*words, "--json").code == 0


def test_the_demo_names_the_program_as_it_was_called(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / ".venv" / "bin" / "zhupei"
    program.parent.mkdir(parents=True)
    program.touch(mode=0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", [".venv/bin/zhupei", "demo"])
    monkeypatch.setenv("PATH", "/nowhere")
    assert demo_command._program() == ".venv/bin/zhupei"
    monkeypatch.setenv("PATH", str(program.parent))
    assert demo_command._program() == "zhupei"
