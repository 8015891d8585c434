"""`zhupei batch`."""

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.builders import store_world, worked_example
from tests.conftest import NOW, Ran, Run
from tests.people import open_batch, write_book
from zhupei_cli.acting import Acting
from zhupei_cli.model import Batch, BatchSetting
from zhupei_cli.rules.batch.settings import defaults
from zhupei_cli.services.admission.admissions import commit_run, run_admission
from zhupei_cli.services.records.lookup import find_batch
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.store.engine import reading, transaction

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
    assert batch(*CREATE, *DATES, "-n") == Ran(0, "", "试做（不保存）：可以新建批次 HN2026（2026 年招收）\n")
    assert batch("list", "--json") == Ran(0, "[]\n", "没有符合条件的记录\n")
    assert batch(*CREATE, *DATES) == Ran(
        0,
        "",
        "已新建批次 HN2026（2026 年招收）\n"
        "下一步：zhupei batch plan import 招收计划.xlsx --batch HN2026（导入招收计划）\n",
    )
    assert batch(*CREATE, *DATES) == Ran(
        5, "", "错误 [E407]：批次 HN2026 已存在\n怎么办：换一个编号；已有的用 zhupei batch show HN2026 查看\n"
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
        "plan": {"bases": 0, "places": 0, "seats": 0, "taken": None, "ceded": 0},
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
        ("招收计划", "3 个基地，9 个岗位，计划 90 人"),
        ("报名",),
        ("录取计算次数", "0"),
        ("录取",),
        ("成绩权重", "笔试 0.4，技能 0.4，面试 0.2"),
        ("同分排序", "笔试、技能、面试、首次提交时间"),
        ("最低分", "不设"),
        ("调剂范围", "本专业"),
        ("社会招收保留比例", "不保留"),
        ("招收的个人身份", "本单位住院医师、面向社会招收住院医师、外单位委托培养住院医师"),
        ("订单定向可报的专业", "0700,助理全科"),
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
        ("规则：在读专硕尚未毕业", "错误"),
        ("规则：在读专硕为专业型学位", "错误"),
        ("规则：在读专硕为硕士", "错误"),
        ("规则：所学专业是医学类", "提醒"),
        ("规则：所学专业与报名专业同类", "提醒"),
        ("规则：培训年限与学位相符", "提醒"),
        ("规则：生源类型与毕业年份相符", "提醒"),
        *(
            ("规则：订单定向只报全科", "错误"),
            ("规则：订单定向的第一志愿是协议的基地", "错误"),
            ("规则：订单定向有工作单位", "提醒"),
            ("规则：生源类型与是否订单定向一致", "提醒"),
        ),
        ("规则：没有生效的诚信记录", "错误"),
        ("规则：不在以前年度的培训中", "错误"),
        ("规则：不曾退培或逾期未结业", "提醒"),
        ("无故未报到的限制年数", "0"),
        ("违约退培的限制年数", "5"),
        *[("技术支持",), ("发文单位",), ("通知书文号",), ("报到地点",)],
        ("培训开始时间",),
        ("准考证号", "{year}{site}{room}{seat}"),
        *[("考试时间",), ("照片像素", "413x626"), ("照片大小", "150-300"), ("考生须知",)],
        *[
            (f"通知：{event}", "通常的文字")
            for event in ("审核通过", "退回修改", "考试", "复试", "拟录取", "递补", "正式录取", "报到提醒")
        ],
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
        "怎么办：先运行 zhupei admit uncommit --batch HN2026 --reason 原因（全部拟录取随之撤销）\n",
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
    assert batch("plan", "set", "A", "0100", "2").err == "基地A 的 内科：计划 2 人\n"
    assert batch("plan", "set", "A", "0100", "3").err == "基地A 的 内科：计划 3 人\n" + stale


# -- steps ------------------------------------------------------------------------------------


def test_from_draft_to_locked_and_back(batch: Run, stored: str) -> None:
    del stored
    assert batch("open", "-n").err == "批次 HN2026 可以由“筹备中”变为“报名中”，计划招收 90 人\n"
    assert batch("open") == Ran(
        0,
        "",
        "批次 HN2026 已由“筹备中”变为“报名中”，计划招收 90 人\n"
        "下一步：zhupei trainee import 报名信息.xlsx --batch HN2026 --submit（导入报名）\n",
    )
    assert batch("open") == Ran(0, "", "批次 HN2026 现为“报名中”，不必再做\n")
    assert json.loads(batch("open", "--json").out) == {
        "batch": "HN2026",
        "before": "open",
        "status": "open",
        "status_label": "报名中",
        "doubts": [],
        "dry_run": False,
    }
    assert batch("-h").code == 0
    assert batch("extend", "--apply-until", "2026-07-01").code == 0
    assert batch("close").code == 0
    assert batch("reopen").code == 0
    assert batch("close").code == 0
    nobody = "提醒 [E480]：没有可以录取的考生；先审核报名：zhupei review queue --batch HN2026\n"
    assert batch("lock") == Ran(
        2,
        "",
        f"{nobody}错误 [E085]：需要确认：锁定批次 HN2026（2026 年招收）：参加录取 0 人，未审核 0 份。"
        "锁定后不能再导入成绩，继续吗？\n怎么办：加 --yes 表示同意\n",
    )
    assert batch("lock", "--yes").err == (
        f"{nobody}批次 HN2026 已由“报名结束”变为“已锁定”，参加录取 0 人，未审核 0 份\n"
        "下一步：zhupei admit check --batch HN2026（核对考生、成绩和岗位）\n"
    )
    # There is no computation to lose.
    assert batch("unlock", "--json") == Ran(
        0,
        json.dumps(
            {
                "batch": "HN2026",
                "before": "locked",
                "status": "closed",
                "status_label": "报名结束",
                "runs_dropped": 0,
                "doubts": [],
                "dry_run": False,
            },
            ensure_ascii=False,
            indent=2,
        )
        + "\n",
        "",
    )


def test_unlocking_asks_before_computations_are_lost(batch: Run, database: str, by: Acting) -> None:
    with transaction(database) as session:
        run_admission(session, store_world(session, worked_example()), by=by)
    assert batch("unlock") == Ran(
        2,
        "",
        "错误 [E085]：需要确认：解除锁定批次 T（T 招收）：删除录取计算 1 次。"
        "删除的录取计算不能恢复，继续吗？\n怎么办：加 --yes 表示同意\n",
    )
    assert batch("unlock", "-y").code == 0


def test_a_step_too_early_says_what_comes_first_but_nothing_that_is_final(batch: Run, stored: str) -> None:
    _move(stored, "closed")
    assert batch("publish") == Ran(
        5,
        "",
        "错误 [E401]：批次 HN2026 现为“报名结束”，不能公示\n"
        "怎么办：公示须在“已定拟录取”时进行；先运行 zhupei batch lock HN2026，"
        "再运行 zhupei admit run --batch HN2026，再运行 zhupei admit commit 编号 --batch HN2026\n",
    )
    assert batch("archive", "HN2026").err.splitlines()[1] == (
        "怎么办：归档须在“已正式录取”时进行；"
        "先运行 zhupei batch lock HN2026，再运行 zhupei admit run --batch HN2026，"
        "再运行 zhupei admit commit 编号 --batch HN2026，以后的步骤见 zhupei status"
    )
    _move(stored, "committed")
    assert batch("archive", "HN2026").err.splitlines()[1] == (
        "怎么办：归档须在“已正式录取”时进行；先运行 zhupei batch publish HN2026，以后的步骤见 zhupei status"
    )


NOBODY = "提醒 [E418]：批次 HN2026 没有拟录取的人；zhupei admit list --batch HN2026 查看录取结果\n"
UNSIGNED = (
    "提醒 [E789]：批次 HN2026 还没有设置发文单位、技术支持、报到地点，公示名单和通知书上就没有；"
    "zhupei batch edit HN2026 --set authority=发文单位 --set contact=技术支持 --set checkin_place=报到地点\n"
)
NO_END = (
    "提醒 [E414]：批次 HN2026 没有设公示截止时间；"
    "先写上：zhupei batch edit HN2026 --set publicity_until=截止时间（晚于现在）\n"
)


def test_to_the_end(batch: Run, stored: str) -> None:
    _move(stored, "committed")
    assert batch("publish") == Ran(
        2,
        "",
        f"{NOBODY}{NO_END}{UNSIGNED}"
        "错误 [E085]：需要确认：公示批次 HN2026（2026 年招收）：拟录取 0 人，未录取 0 人。"
        "公示后学员能看到录取状态，不能再撤销拟录取，继续吗？\n怎么办：加 --yes 表示同意\n",
    )
    assert batch("publish", "-n").err == (
        f"{NOBODY}{NO_END}{UNSIGNED}批次 HN2026 可以由“已定拟录取”变为“公示中”，拟录取 0 人，未录取 0 人\n"
    )
    assert batch("publish", "--yes").err == (
        f"{NOBODY}{NO_END}{UNSIGNED}批次 HN2026 已由“已定拟录取”变为“公示中”，拟录取 0 人，未录取 0 人\n"
        "下一步：zhupei export public --batch HN2026 -o 公示.xlsx（导出公示名单）\n"
    )
    refused = batch("finalize", "--json")
    assert (refused.code, refused.out) == (2, "")
    assert json.loads(refused.err)["error"]["message"] == (
        "需要确认：批次 HN2026 没有拟录取的人；zhupei admit list --batch HN2026 查看录取结果；"
        "批次 HN2026 没有设公示截止时间，无从判断公示期是否已满；正式录取以前可以写上："
        "zhupei batch edit HN2026 --set publicity_until=截止时间（晚于现在）；"
        "正式录取以后不能再改日期。"
        "正式录取批次 HN2026（2026 年招收）：正式录取 0 人。正式录取后不能退回公示，继续吗？"
    )
    assert [one["code"] for one in json.loads(batch("finalize", "-y", "--json").out)["doubts"]] == [
        "E418",
        "E229",
    ]
    assert batch("archive", "HN2026", "-y").err == (
        "批次 HN2026 已由“已正式录取”变为“已归档”，已报到 0 人，未报到 0 人，没有登记报到 0 人\n"
    )


def test_the_end_of_publicity_that_is_offered_is_taken(batch: Run, stored: str) -> None:
    _move(stored, "committed")
    # The application time was ended early by `batch close`: what comes after it need not wait for its date.
    early = "2026-06-08"
    assert batch("edit", "HN2026", "--set", f"publicity_until={early}").code == 0
    with transaction(stored) as session:
        one = find_batch(session, "HN2026")
        one.publicity_until, one.checkin_until = None, NOW - timedelta(hours=2)
    said = batch("publish", "-n").err
    command = re.search("zhupei (batch edit [^（]*)（报到截止 2026-06-05 08:00:00 太早，须一并改）", said)
    assert command is not None, said
    words = command[1].replace("=截止时间", "=2026-07-08").replace("=其后的时间", "=2026-07-20").split()
    assert batch(*words[1:]).code == 0


def test_a_finished_season_asks_with_counts_and_dates_but_has_no_doubts(
    batch: Run, database: str, by: Acting
) -> None:
    with transaction(database) as session:
        one = store_world(session, worked_example())
        run_admission(session, one, by=by)
        one.publicity_until = by.at + timedelta(days=1)
        said = ("authority", "contact", "checkin_place")
        session.add_all(BatchSetting(batch_id=one.id, key=key, value="某处") for key in said)
        session.flush()
        commit_run(session, one, 1, by=by)
    until = "2026-06-06 10:00:00"
    assert batch("publish") == Ran(
        2,
        "",
        f"错误 [E085]：需要确认：公示批次 T（T 招收）：拟录取 4 人，未录取 1 人，公示截止 {until}。"
        "公示后学员能看到录取状态，不能再撤销拟录取，继续吗？\n怎么办：加 --yes 表示同意\n",
    )
    assert batch("publish", "-y").code == 0
    assert batch("finalize", "-n").err.splitlines()[0] == (
        f"提醒 [E416]：批次 T 公示未满，截止时间是 {until}；期满后再正式录取：zhupei batch finalize T"
    )
    _until(database, by, days=-1)
    assert batch("finalize", "-n").err == (
        "批次 T 可以由“公示中”变为“已正式录取”，正式录取 4 人，公示截止 2026-06-04 10:00:00\n"
    )
    assert batch("finalize", "-y").code == 0
    assert batch("archive", "T", "-n").err.splitlines()[0] == (
        "提醒 [E417]：4 名已录取的人没有登记报到，例如 T-0000001；"
        "先登记：zhupei admit checkin template --batch T -o 报到.xlsx，填好后导入"
    )


def _until(database: str, by: Acting, *, days: int) -> None:
    with transaction(database) as session:
        session.get_one(Batch, 1).publicity_until = by.at + timedelta(days=days)


def test_what_ends_a_batch_wants_its_code_and_asks_with_what_there_is(
    batch: Run, stored: str, database: str
) -> None:
    del stored
    for verb, label in (("cancel", "取消"), ("archive", "归档")):
        for env in ({}, {"ZHUPEI_BATCH": "HN2026"}):
            ran = batch(verb, "--yes", env=env)
            assert (ran.code, ran.err.splitlines()[0]) == (
                2,
                f"错误 [E080]：{label}须写明批次编号（CODE），不按默认的批次处理。",
            )
    assert batch("cancel", "HN2026", "--reason", "计划调整") == Ran(
        2,
        "",
        "错误 [E085]：需要确认：取消批次 HN2026（2026 年招收）：计划招收 90 人，报名 0 份。"
        "取消后不能恢复，继续吗？\n怎么办：加 --yes 表示同意\n",
    )
    with reading(database) as session:
        assert session.get_one(Batch, 1).status == "draft"
    assert batch("cancel", "--batch", "HN2026", "--reason", "计划调整", "-y") == Ran(
        0, "", "批次 HN2026 已由“筹备中”变为“已取消”，计划招收 90 人，报名 0 份\n"
    )


def test_a_batch_with_applications_is_not_cancelled_by_accident(batch: Run, database: str) -> None:
    with transaction(database) as session:
        store_world(session, worked_example(), status="open")
    assert batch("cancel", "T").err.splitlines()[0] == (
        "错误 [E085]：需要确认：取消批次 T（T 招收）：计划招收 4 人，报名 5 份（基地审核通过 5）。"
        "取消后不能恢复，继续吗？"
    )


def test_a_question_comes_when_nothing_is_held_and_no_leaves_everything(
    batch: Run, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction(database) as session:
        store_world(session, worked_example(), status="open")
    monkeypatch.setattr("zhupei_cli.commands.shared.consent.can_ask", lambda _settings: True)
    refused = batch("cancel", "T", stdin="n\n")
    assert refused.code == 130
    assert "取消后不能恢复，继续吗？ [y/N]：n\n" in refused.err
    with reading(database) as session:
        assert session.get_one(Batch, 1).status == "open"
    assert batch("cancel", "T", stdin="y\n").code == 0


# -- plan -------------------------------------------------------------------------------------


def test_a_plan_from_a_sheet(batch: Run, stored: str, tmp_path: Path) -> None:
    del stored
    rows = [
        {"base": "4101001", "specialty": "内科", "quota": 12},
        {"base": "x", "specialty": "内科", "quota": 1},
    ]
    path = write_book(tmp_path / "计划.xlsx", [(workbook_kinds.PLAN, rows[:1])])
    assert batch("plan", "import", path) == Ran(
        0,
        "",
        "导入完成：共 1 行，新增 0，更新 1，不变 0，未通过 0，提醒 0，导入编号 2\n"
        "下一步：zhupei batch open HN2026（开放报名）\n",
    )
    path = write_book(tmp_path / "计划.xlsx", [(workbook_kinds.PLAN, rows)])
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
        0, "", "郑州第一医院 的 内科：计划 12 人，最低分 60.50，本单位上限 1 人\n"
    )
    stopped = "郑州第一医院 的 内科：计划 12 人，最低分 60.50，本单位上限 1 人，停招\n"
    assert batch("plan", "stop", *place, "-n").err == f"试做（不保存）：{stopped}"
    assert batch("plan", "stop", *place).err == stopped
    assert batch("plan", "resume", *place).code == 0
    ran = batch("plan", "set", *place, "12", "--min-score", "none", "--max-social", "0", "--json")
    assert json.loads(ran.out) == {
        "batch": "HN2026",
        "base": "4101001",
        "base_label": "郑州第一医院",
        "main_base": None,
        "main_base_label": None,
        "specialty": "0100",
        "specialty_label": "内科",
        "quota": 12,
        "taken": None,
        "ceded": 0,
        "preplaced": None,
        "vacant": None,
        "min_score": None,
        "max_own": 1,
        "max_entrusted": None,
        "max_social": 0,
        "max_postgrad": None,
        "reserve_own": 0,
        "reserve_entrusted": 0,
        "reserve_social": 0,
        "reserve_postgrad": 0,
        "stopped": False,
        "stopped_label": "",
        "capacity": None,
        "reserve_shared": 0,
        "reserve_cut": 0,
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
        "基地编号,基地名称,专业代码,招收专业,计划人数,已占,空缺,最低分,本单位上限,委托培养上限,社会招收上限,状态\n"
        "4101002,郑州第二医院,0200,儿科,10,,,,,,,\n",
        "",
    )
    assert len(json.loads(batch("plan", "list", "--json").out)) == 9


def test_a_reason_of_blanks_is_none(batch: Run, stored: str) -> None:
    del stored
    change = ("edit", "HN2026", "--set", "min_score=60", "--reason")
    for blank in ("   ", "", "\u3000"):
        ran = batch(*change, blank)
        assert (ran.code, "[E404]：--reason 是空白的，必须写明原因" in ran.err) == (2, True), ran
    assert batch(*change, "会议纪要").code == 0
