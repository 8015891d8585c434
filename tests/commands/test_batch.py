"""`zhupei batch`."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.builders import store_world, worked_example
from tests.conftest import Ran, Run
from tests.people import open_batch, write_book
from zhupei_cli.acting import Acting
from zhupei_cli.model import Batch
from zhupei_cli.rules.settings import defaults
from zhupei_cli.services.admissions import run_admission
from zhupei_cli.sheets import kinds
from zhupei_cli.store.engine import transaction

CREATE = ("create", "HN2026", "--name", "2026 年招收", "--year", "2026")
DATES = ("--apply-from", "2026-06-01", "--apply-until", "2026-06-20")


@pytest.fixture
def batch(zhupei: Run, database: str) -> Run:
    def run(*args: Any, **options: Any) -> Ran:
        return zhupei("--database", database, "batch", *args, **options)

    return run


@pytest.fixture
def stored(database: str) -> str:
    """A draft with three bases, three specialties each, ten seats a place; its dates are June 2026."""
    with transaction(database) as session:
        open_batch(session, status="draft")
    return database


def _move(database: str, status: str) -> None:
    with transaction(database) as session:
        session.get_one(Batch, 1).status = status


# -- create, list, show, edit -----------------------------------------------------------------


def test_a_new_batch(batch: Run) -> None:
    assert batch(*CREATE, *DATES, "-n") == Ran(0, "", "试做（不保存）：已新建批次 HN2026（2026 年招收）\n")
    assert batch("list", "--json") == Ran(0, "[]\n", "没有符合条件的记录\n")
    assert batch(*CREATE, *DATES) == Ran(
        0,
        "",
        "已新建批次 HN2026（2026 年招收）\n"
        "下一步：zhupei batch plan import 招收计划.xlsx --batch HN2026（导入招收计划）\n",
    )
    assert batch(*CREATE, *DATES) == Ran(
        5, "", "错误 [E407]：批次 HN2026 已存在\n怎么办：换一个编号；要修改用 zhupei batch edit\n"
    )


def test_the_new_batch_as_json(batch: Run) -> None:
    ran = batch("create", "A", "--name", "甲", "--year", "2026", *DATES, "--set", "grad_years=2", "--json")
    assert json.loads(ran.out) == {
        "batch": "A",
        "name": "甲",
        "year": 2026,
        "status": "draft",
        "status_label": "筹备中",
        "apply_from": "2026-06-01T00:00:00+08:00",
        "apply_until": "2026-06-20T23:59:59+08:00",
        "review_until": None,
        "publicity_until": None,
        "checkin_until": None,
        "created_at": "2026-06-05T10:00:00+08:00",
        "settings": defaults() | {"grad_years": "2"},
        "plan": {"bases": 0, "places": 0, "seats": 0, "taken": 0},
        "applications": {},
        "runs": 0,
        "admissions": None,
        "dry_run": False,
    }


@pytest.mark.parametrize(
    ("args", "err"),
    [
        (
            (*DATES, "--set", "grad_year=2"),
            "错误 [E270]：没有设置项 grad_year\n怎么办：可用的设置项：grad_years\n",
        ),
        (
            (*DATES, "--set", "grad_years"),
            "错误 [E080]：--set 'grad_years' 应写成 KEY=VALUE。\n"
            "怎么办：运行 zhupei batch create --help 查看用法\n",
        ),
        (
            ("--apply-from", "2026-06-20", "--apply-until", "2026-06-01"),
            "错误 [E408]：日期先后不对："
            "报名开始（2026-06-20 00:00:00）晚于或等于报名截止（2026-06-01 23:59:59）\n"
            "怎么办：按报名开始、报名截止、审核截止、公示截止、报到截止的次序填写\n",
        ),
    ],
)
def test_a_batch_that_cannot_be(batch: Run, args: tuple[str, ...], err: str) -> None:
    assert batch(*CREATE, *args) == Ran(2, "", err)


def test_the_list(batch: Run, stored: str) -> None:
    head = (
        "批次    名称         年份  状态    报名开始             报名截止             计划人数  报名人数\n"
        "------  -----------  ----  ------  -------------------  -------------------  --------  --------\n"
    )
    row = "HN2026  2026 年招收  2026  筹备中  2026-06-01 08:00:00  2026-06-30 08:00:00  90        0\n"
    assert batch("list") == Ran(0, head + row, "")
    assert batch("list", "--open", "-f", "jsonl") == Ran(0, "", "没有符合条件的记录\n")
    _move(stored, "open")
    (found,) = json.loads(batch("list", "--open", "--json").out)
    assert (found["batch"], found["status"], found["seats"]) == ("HN2026", "open", 90)


def test_one_batch_for_people(batch: Run, stored: str) -> None:
    del stored
    shown = [line.split(maxsplit=1) for line in batch("show").out.splitlines()]
    assert [tuple(line) for line in shown] == [
        ("批次", "HN2026"),
        ("名称", "2026 年招收"),
        ("年份", "2026"),
        ("状态", "筹备中"),
        ("报名开始", "2026-06-01 08:00:00"),
        ("报名截止", "2026-06-30 08:00:00"),
        *[("审核截止",), ("公示截止",), ("报到截止",)],
        ("招收计划", "3 个基地，9 个岗位，计划 90 人，已占 0 人"),
        ("报名",),
        ("录取计算次数", "0"),
        ("录取",),
        ("成绩权重", "笔试 0.4，技能 0.4，面试 0.2"),
        ("同分排序", "笔试、技能、面试、首次提交时间"),
        ("最低分", "不设"),
        ("调剂范围", "本专业"),
        ("两个志愿须同一专业", "是"),
        ("择业期年数", "3"),
        ("生源类型", "应届毕业生,往届毕业生,农村订单定向,在读专硕,其他"),
        ("规则：本单位的工作单位是基地", "错误"),
        ("规则：本单位的第一志愿是本单位", "提醒"),
        ("规则：社会招收在择业期内", "错误"),
        ("规则：社会招收为全日制", "错误"),
        ("规则：社会招收为本科以上", "错误"),
        ("规则：社会招收没有工作单位", "提醒"),
        ("规则：委托培养有工作单位", "错误"),
        ("规则：委托培养不在本单位", "提醒"),
        ("规则：所学专业是医学类", "提醒"),
        ("规则：所学专业与报名专业同类", "提醒"),
        ("规则：培训年限与学位相符", "提醒"),
        ("技术支持",),
    ]
    assert "severity.train_years" in batch("show", "--json").out


def test_which_batch_is_meant(batch: Run, stored: str) -> None:
    for args in (("HN2026",), ("--batch", "HN2026"), ()):
        assert json.loads(batch("show", *args, "--json").out)["batch"] == "HN2026"
    assert batch("show", "HN2062") == Ran(
        4,
        "",
        "错误 [E301]：没有批次 HN2062\n怎么办：您要找的是不是 HN2026？zhupei batch list 查看全部批次\n",
    )
    with transaction(stored) as session:
        open_batch(session, code="HN2025")
    assert batch("show") == Ran(
        2,
        "",
        "错误 [E307]：没有指明批次（可选：HN2025、HN2026）\n"
        "怎么办：加 --batch 批次编号，或设置环境变量 ZHUPEI_BATCH\n",
    )
    assert json.loads(batch("show", "--json", env={"ZHUPEI_BATCH": "HN2025"}).out)["batch"] == "HN2025"


def test_changes(batch: Run, stored: str) -> None:
    del stored
    given = ("--name", "新名", "--set", "最低分=60", "--set", "审核截止=2026年7月5日")
    told = (
        "批次 HN2026：修改 3 项\n"
        "批次名称：2026 年招收 → 新名\n"
        "最低分：不设 → 60\n"
        "审核截止：空 → 2026-07-05 23:59:59\n"
    )
    assert batch("edit", *given, "-n") == Ran(0, "", "试做（不保存）：" + told)
    assert batch("edit", *given) == Ran(0, "", told)
    assert json.loads(batch("edit", *given, "--json").out) == {
        "batch": "HN2026",
        "changes": [],
        "stale_runs": 0,
        "dry_run": False,
    }


def test_a_change_that_comes_too_late(batch: Run, stored: str) -> None:
    _move(stored, "committed")
    assert batch("edit", "--set", "min_score=60") == Ran(
        5,
        "",
        "错误 [E405]：批次 HN2026 现为“已定拟录取”，不能再改 min_score\n"
        "怎么办：先运行 zhupei admit uncommit --reason 原因\n",
    )


def test_a_change_of_nothing(batch: Run, stored: str) -> None:
    del stored
    assert batch("edit") == Ran(
        2,
        "",
        "错误 [E080]：没有写明要修改什么，例如 --set min_score=60。\n"
        "怎么办：运行 zhupei batch edit --help 查看用法\n",
    )


def test_a_change_that_makes_runs_stale_says_so(batch: Run, database: str, by: Acting) -> None:
    with transaction(database) as session:
        run_admission(session, store_world(session, worked_example()), by=by)
    stale = "注意：已有的 1 次录取计算不再有效，须重新运行 zhupei admit run\n"
    assert batch("edit", "--set", "contact=甲").err == "批次 T：修改 1 项\n技术支持：空 → 甲\n"
    assert batch("edit", "--set", "min_score=60").err.endswith(stale)
    assert json.loads(batch("edit", "--set", "min_score=61", "--json").out)["stale_runs"] == 1
    assert batch("plan", "set", "A", "0100", "2").err == "基地A 的 内科：计划 2 人，已占 0 人\n"
    assert batch("plan", "set", "A", "0100", "3").err == "基地A 的 内科：计划 3 人，已占 0 人\n" + stale


# -- steps ------------------------------------------------------------------------------------


def test_from_draft_to_locked_and_back(batch: Run, stored: str) -> None:
    del stored
    assert batch("open", "-n").err == "批次 HN2026 可以由“筹备中”变为“报名中”，计划招收 90 人\n"
    assert batch("open") == Ran(
        0,
        "",
        "批次 HN2026 已由“筹备中”变为“报名中”，计划招收 90 人\n"
        "下一步：zhupei trainee import 报名信息.xlsx --submit（导入报名信息）\n",
    )
    assert batch("open") == Ran(
        5, "", "错误 [E401]：批次 HN2026 现为“报名中”，不能开放报名\n怎么办：已经是这个状态，不必再做\n"
    )
    assert batch("-h").code == 0
    assert batch("extend", "--apply-until", "2026-07-01").code == 0
    assert batch("close").code == 0
    assert batch("reopen").code == 0
    assert batch("close").code == 0
    assert batch("lock").err.splitlines()[0] == (
        "批次 HN2026 已由“报名结束”变为“已锁定”，参加录取 0 人，未审核 0 份"
    )
    assert batch("unlock") == Ran(
        2,
        "",
        "错误 [E085]：需要确认：解除锁定会删除这个批次的全部录取计算，继续吗？\n怎么办：加 --yes 表示同意\n",
    )
    assert batch("unlock", "--yes", "--json") == Ran(
        0,
        json.dumps(
            {
                "batch": "HN2026",
                "before": "locked",
                "status": "closed",
                "status_label": "报名结束",
                "runs_dropped": 0,
                "dry_run": False,
            },
            ensure_ascii=False,
            indent=2,
        )
        + "\n",
        "",
    )


def test_a_step_too_early_says_what_comes_first(batch: Run, stored: str) -> None:
    _move(stored, "closed")
    assert batch("publish") == Ran(
        5,
        "",
        "错误 [E401]：批次 HN2026 现为“报名结束”，不能公示\n"
        "怎么办：公示须在“已定拟录取”时进行；先运行 zhupei batch lock，再运行 zhupei admit commit RUN\n",
    )


def test_to_the_end(batch: Run, stored: str) -> None:
    _move(stored, "committed")
    assert batch("publish").err == (
        "批次 HN2026 已由“已定拟录取”变为“公示中”\n下一步：zhupei batch finalize（公示期满后正式录取）\n"
    )
    assert batch("finalize").err == (
        "批次 HN2026 已由“公示中”变为“已正式录取”，正式录取 0 人\n"
        "下一步：zhupei export roster --all -o 录取名单（导出各基地录取名单）\n"
    )
    assert batch("archive").err == "批次 HN2026 已由“已正式录取”变为“已归档”\n"


def test_cancelling_asks(batch: Run, stored: str) -> None:
    del stored
    assert batch("cancel", "--reason", "计划调整").code == 2
    assert batch("cancel", "--reason", "计划调整", "-y") == Ran(
        0, "", "批次 HN2026 已由“筹备中”变为“已取消”\n"
    )


# -- plan -------------------------------------------------------------------------------------


def test_a_plan_from_a_sheet(batch: Run, stored: str, tmp_path: Path) -> None:
    del stored
    rows = [
        {"base": "4101001", "specialty": "内科", "quota": 12},
        {"base": "x", "specialty": "内科", "quota": 1},
    ]
    path = write_book(tmp_path / "计划.xlsx", [(kinds.PLAN, rows[:1])])
    assert batch("plan", "import", path) == Ran(
        0,
        "",
        "导入完成：共 1 行，新增 0，更新 1，不变 0，未通过 0，提醒 0，导入编号 2\n"
        "下一步：zhupei batch open HN2026（开放报名）\n",
    )
    path = write_book(tmp_path / "计划.xlsx", [(kinds.PLAN, rows)])
    assert batch("plan", "import", path) == Ran(
        3,
        "",
        "导入完成：共 2 行，新增 0，更新 0，不变 1，未通过 1，提醒 0\n"
        "错误 [E302] 计划.xlsx 招收计划 第 3 行 基地编号：没有培训基地 x；zhupei base list 查看全部基地\n"
        f"不合格的行已写入 {tmp_path}/计划_未通过.xlsx，改好后可直接再导入\n",
    )


def test_one_place(batch: Run, stored: str) -> None:
    del stored
    place = ("4101001", "内科")
    assert batch("plan", "set", *place, "12", "--min-score", "60.5", "--max-own", "1") == Ran(
        0, "", "郑州第一医院 的 内科：计划 12 人，已占 0 人\n"
    )
    assert batch("plan", "stop", *place, "-n").err == (
        "试做（不保存）：郑州第一医院 的 内科：计划 12 人，已占 0 人，停招\n"
    )
    assert batch("plan", "stop", *place).err == "郑州第一医院 的 内科：计划 12 人，已占 0 人，停招\n"
    assert batch("plan", "resume", *place).code == 0
    ran = batch("plan", "set", *place, "12", "--min-score", "none", "--max-social", "0", "--json")
    assert json.loads(ran.out) == {
        "batch": "HN2026",
        "base": "4101001",
        "base_label": "郑州第一医院",
        "specialty": "0100",
        "specialty_label": "内科",
        "quota": 12,
        "taken": 0,
        "vacant": 12,
        "min_score": None,
        "max_own": 1,
        "max_entrusted": None,
        "max_social": 0,
        "stopped": False,
        "is_shortage": False,
        "changed": True,
        "stale_runs": 0,
        "dry_run": False,
    }


@pytest.mark.parametrize(
    ("args", "problem"),
    [
        (("--min-score", "101"), "--min-score '101' 应为 0 至 100，最多两位小数，或 none。"),
        (("--max-own", "-1"), "--max-own '-1' 应为整数，或 none。"),
    ],
)
def test_a_term_that_cannot_be(batch: Run, stored: str, args: tuple[str, ...], problem: str) -> None:
    del stored
    assert batch("plan", "set", "4101001", "内科", "12", *args) == Ran(
        2, "", f"错误 [E080]：{problem}\n怎么办：运行 zhupei batch plan set --help 查看用法\n"
    )


def test_the_list_of_places(batch: Run, stored: str) -> None:
    del stored
    ran = batch("plan", "list", "--base", "郑州第二医院", "--specialty", "儿科", "-f", "csv")
    assert ran == Ran(
        0,
        "基地编号,基地名称,专业代码,专业,计划人数,已占,空缺,最低分,本单位上限,委托培养上限,社会招收上限,停招\n"
        "4101002,郑州第二医院,0200,儿科,10,0,10,,,,,否\n",
        "",
    )
    assert len(json.loads(batch("plan", "list", "--json").out)) == 9
