"""apply new, edit, submit, withdraw, correct, status, stats from the shell: whole output, whole exit."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from tests.conftest import Ran, Run
from tests.people import id_number, open_batch, person, write_people
from zhupei_cli.model import Batch
from zhupei_cli.store.engine import transaction

NO = "HN2026-0000001"
FORM = (
    *("--identity", "social", "--source-type", "应届毕业生", "--train-years", "3"),
    *("--specialty", "内科", "--choice1", "4101001", "--choice2", "洛阳中心医院", "--adjust"),
)
SAVED = f"已保存报名 {NO}（未提交）\n下一步：zhupei apply submit {NO}（提交；提交后将无法修改）\n"
SUBMITTED = (
    f"已提交 1 份报名，未提交 0 份\n下一步：zhupei apply status {NO}（查看报名状态；由第一志愿基地审核）\n"
)


@pytest.fixture
def shell(zhupei: Run, database: str, tmp_path: Path) -> Run:
    """Run commands on a database with an open batch and two people; 2 graduated in 2019."""
    with transaction(database) as session:
        open_batch(session, contact="0371-00000000")

    def run(*args: str | Path, **kwargs: Any) -> Ran:
        return zhupei("--database", database, *args, **kwargs)

    rows = [person(1), person(2, graduated_on="2019-06-30", is_fresh="往届", train_years="3")]
    book = write_people(tmp_path / "a.xlsx", rows)
    assert run("trainee", "import", book, "--profile-only").code == 0
    return run


def _new(shell: Run, number: int = 1, *more: str) -> Ran:
    return shell("apply", "new", "--person", id_number(number), *FORM, *more)


def test_the_five_steps_by_options(shell: Run) -> None:
    assert _new(shell) == Ran(0, "", SAVED)
    assert shell("apply", "list", "-f", "csv").out.splitlines()[1] == (
        f"{NO},王一,4101**********1015,面向社会招收住院医师,内科,郑州第一医院,洛阳中心医院,是,未提交"
    )


def test_without_a_terminal_nothing_asks(shell: Run) -> None:
    ran = shell("apply", "new", "--identity", "social", "--specialty", "内科", "--no-adjust")
    assert ran == Ran(
        2,
        "",
        "错误 [E080]：缺少 --person、--source-type、--train-years、--choice1；不是在终端中运行，不能提问。\n"
        "怎么办：运行 zhupei apply new --help 查看用法\n",
    )


def test_a_finding_says_rule_value_and_guide(shell: Run) -> None:
    assert shell("batch", "edit", "HN2026", "--set", "severity.source.fresh=off").code == 0
    assert _new(shell, 2) == Ran(
        3,
        "",
        "没有保存：1 处不符合要求\n"
        "错误 [E213] 毕业时间：毕业时间 2019-06-30 不在择业期内（2024 至 2026 年）；"
        "核对毕业时间和个人身份；有工作单位的，按单位情况改选身份\n"
        "    规则 social.grad_years：指南 二.3 第二步：面向社会招收原则上限择业期内的毕业生，"
        "年限由批次设置 grad_years 决定。\n",
    )
    ran = _new(shell, 2, "--json")
    assert (ran.code, json.loads(ran.out)) == (
        3,
        {
            "ok": False,
            "application_no": None,
            "changed": [],
            "problems": [
                {
                    "column": "毕业时间",
                    "code": "E213",
                    "severity": "error",
                    "message": "毕业时间 2019-06-30 不在择业期内（2024 至 2026 年）；"
                    "核对毕业时间和个人身份；有工作单位的，按单位情况改选身份",
                    "rule": "social.grad_years",
                }
            ],
            "dry_run": False,
        },
    )
    assert shell("apply", "list", "--json").out == "[]\n"


def test_a_batch_may_soften_a_rule(shell: Run) -> None:
    assert shell("batch", "edit", "HN2026", "--set", "severity.social.grad_years=warning").code == 0
    ran = _new(shell, 2)
    assert (ran.code, ran.err.splitlines()[0]) == (0, f"已保存报名 {NO}（未提交）")
    assert ran.err.splitlines()[1].startswith("提醒 [E213] 毕业时间：毕业时间 2019-06-30 不在择业期内")


def test_a_trial_keeps_nothing(shell: Run) -> None:
    ran = _new(shell, 1, "--dry-run", "--json")
    assert json.loads(ran.out) == {
        "ok": True,
        "application_no": None,
        "changed": [],
        "problems": [],
        "dry_run": True,
    }
    assert shell("apply", "list", "--json").out == "[]\n"
    assert _new(shell) == Ran(0, "", SAVED), "the number of a trial is given to the next"


def test_edit_says_what_changed(shell: Run) -> None:
    _new(shell)
    ran = shell("apply", "edit", NO, "--choice2", "清空", "--train-years", "3", "--no-adjust")
    assert ran == Ran(
        0,
        "",
        f"已修改报名 {NO}：第二志愿基地、是否服从调剂\n"
        f"下一步：zhupei apply submit {NO}（提交；提交后将无法修改）\n",
    )
    assert shell("apply", "edit", NO).code == 2
    assert shell("apply", "edit", "HN2026-0000009", "--adjust").code == 4


def test_a_submitted_application_is_locked_for_every_command(shell: Run, tmp_path: Path) -> None:
    _new(shell)
    assert shell("apply", "submit", NO) == Ran(0, "", SUBMITTED)
    before = shell("apply", "show", NO, "--json").out
    assert shell("apply", "edit", NO, "--no-adjust") == Ran(
        5,
        "",
        f"错误 [E402]：{NO} 现为“已提交”，不能修改\n"
        f"怎么办：修改须在“未提交”或“退回修改”时进行；先运行 zhupei review return {NO} --reason 原因\n",
    )
    changed = write_people(tmp_path / "b.xlsx", [person(1, school="河南大学", accept_adjust="否")])
    assert shell("trainee", "import", changed).code == 3
    assert shell("trainee", "edit", id_number(1), "--address", "洛阳市涧西区").code == 0
    assert shell("apply", "show", NO, "--json").out == before
    assert shell("apply", "submit", NO).code == 5


def test_late_needs_a_reason(shell: Run) -> None:
    assert shell("batch", "close", "HN2026").code == 0
    assert _new(shell).code == 5
    assert _new(shell, 1, "--late").code == 2
    assert _new(shell, 1, "--reason", "系统故障").code == 2
    assert _new(shell, 1, "--late", "--reason", "系统故障") == Ran(0, "", SAVED)
    assert shell("apply", "submit", NO).code == 5
    assert shell("apply", "submit", NO, "--late", "--reason", "系统故障") == Ran(0, "", SUBMITTED)


def test_withdraw_asks_and_the_person_may_apply_anew(shell: Run) -> None:
    _new(shell)
    assert shell("apply", "withdraw", NO) == Ran(
        2,
        "",
        f"错误 [E085]：需要确认：撤回后不能恢复，撤回 {NO}（王一，未提交）吗？\n怎么办：加 --yes 表示同意\n",
    )
    assert shell("apply", "withdraw", NO, "-n").err == f"试做（不保存）：可以撤回报名 {NO}\n"
    ran = shell("apply", "withdraw", NO, "--yes", "--json")
    assert json.loads(ran.out) == {
        "application_no": NO,
        "before": "draft",
        "status": "withdrawn",
        "status_label": "已撤回",
        "runs_stale": 0,
        "dry_run": False,
    }
    assert _new(shell).err.startswith("已保存报名 HN2026-0000002（未提交）\n")


def test_correct_tells_the_new_version(shell: Run) -> None:
    _new(shell)
    assert shell("apply", "correct", NO, "毕业院校", "河南大学", "--reason", "填错").code == 5
    shell("apply", "submit", NO)
    assert shell("apply", "correct", NO, "毕业院校", "河南大学").code == 2
    assert shell("apply", "correct", NO, "毕业院校", "--reason", "填错").code == 2
    ran = shell("apply", "correct", NO, "毕业院校", "河南大学", "address", "洛阳市涧西区", "--reason", "填错")
    assert ran == Ran(
        0,
        "",
        f"已更正 {NO}（第 2 版）：通讯地址 郑州市**** → 洛阳市****；毕业院校 郑州大学 → 河南大学\n",
    )
    ran = shell("apply", "correct", NO, "school", "郑州大学", "--reason", "改回", "--json", "-n")
    assert json.loads(ran.out) == {
        "application_no": NO,
        "version": 3,
        "changes": [{"field": "school", "label": "毕业院校", "before": "河南大学", "after": "郑州大学"}],
        "warnings": [],
        "runs_stale": 0,
        "dry_run": True,
    }
    assert json.loads(shell("apply", "show", NO, "--json").out)["educations"][0]["school"] == "河南大学"


STATUS = f"""\
报名号    {NO}
批次      2026 年招收
状态      退回修改（原因：照片不清）
报名开始  2026-06-01 08:00:00
报名截止  2026-06-30 08:00:00
技术支持  0371-00000000
"""
STATS = """\
统计项        名称                  报名人数  未提交  已提交  退回修改  基地审核通过  审核不通过  已撤回
------------  --------------------  --------  ------  ------  --------  ------------  ----------  ------
全部          合计                  1         0       0       1         0             0           0
第一志愿基地  郑州第一医院          1         0       0       1         0             0           0
报名专业      内科                  1         0       0       1         0             0           0
个人身份      面向社会招收住院医师  1         0       0       1         0             0           0
"""


def test_status_and_whom_to_chase(shell: Run) -> None:
    _new(shell)
    shell("apply", "submit", NO)
    shell("review", "return", NO, "--reason", "照片不清")
    assert shell("apply", "status", NO) == Ran(0, STATUS, "")
    assert shell("apply", "stats") == Ran(
        0,
        STATS,
        "下一步：zhupei apply list --status draft,returned（还有 1 份未提交或待修改，列出以便催办）\n",
    )
    assert json.loads(shell("apply", "status", NO, "--json").out)["admission_status"] is None


def test_several_batches_must_be_told_apart(shell: Run, database: str) -> None:
    with transaction(database) as session:
        open_batch(session, code="HN2025")
    assert _new(shell).code == 2
    assert _new(shell, 1, "--batch", "HN2026") == Ran(0, "", SAVED)
    with transaction(database) as session:
        session.execute(update(Batch).where(Batch.code == "HN2025").values(status="archived"))
    assert shell("apply", "status", NO).code == 0
