"""`zhupei admit`, whole output and exit codes."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from tests.builders import store_world, worked_example
from tests.conftest import OPERATOR, Ran, Run
from tests.people import id_number, write_book
from zhupei_cli.model import Admission, Batch, BatchSetting, Event, RunRow, Score, Specialty
from zhupei_cli.model import Run as StoredRun
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.store.engine import transaction

Call = Callable[..., Ran]

COUNTED = (
    "第 1 次录取计算（志愿优先）：考生 5 人，录取 4 人（第一志愿 3，第二志愿 1，调剂 0），"
    "未录取 1 人，空缺名额 0 个\n"
)
COMMITTED = "第 1 次录取计算已确定，拟录取 4 人，未录取 1 人\n"


@pytest.fixture
def season(database: str) -> str:
    """The worked example as batch T, locked; its specialty has a short name."""
    with transaction(database) as session:
        store_world(session, worked_example())
        session.execute(update(Specialty).where(Specialty.code == "0100").values(name="内"))
    return database


@pytest.fixture
def admit(season: str, zhupei: Run) -> Call:
    def call(*args: str | Path) -> Ran:
        return zhupei("--database", season, "admit", *args)

    return call


def _rows(database: str, model: type[Any]) -> int:
    with transaction(database, read_only=True) as session:
        return len(session.execute(select(model)).all())


def test_check_shows_what_is_there_and_what_is_doubtful(admit: Call, season: str) -> None:
    sheet = (
        "批次            T\n"
        "状态            已锁定\n"
        "考生            5\n"
        "其中有成绩      {}\n"
        "其中有缺考      0\n"
        "有基地单独成绩  0\n"
        "在招岗位        3\n"
        "空余名额        4\n"
        "未审核报名      0\n"
    )
    assert admit("check") == Ran(0, sheet.format(5), "下一步：zhupei admit run --batch T（计算录取）\n")
    with transaction(season) as session:
        session.execute(delete(Score).where(Score.application_id == 2))
    doubt = (
        "1 名考生没有成绩，也没有登记缺考，例如 T-0000002；"
        "先运行 zhupei batch unlock T，然后补导成绩：zhupei admit scores import 成绩.xlsx"
    )
    assert admit("check") == Ran(3, sheet.format(4), f"提醒 [E481]：{doubt}\n")
    found = json.loads(admit("check", "--json").out)
    assert (found["ok"], found["findings"]) == (False, [{"code": "E481", "message": doubt}])
    # Once somebody sits there, free seats would say how many do: not before publication.
    assert (admit("run").code, admit("commit", "1", "-y").code) == (0, 0)
    assert "空余名额" not in admit("check").out
    shown = [
        json.loads(admit("check", *more, "--json").out)["free_seats"] for more in ((), ("--unpublished",))
    ]
    assert shown == [None, 0]
    # What can still be done about it depends on how far the batch is.
    assert (
        "先运行 zhupei admit uncommit --batch T --reason 原因（全部拟录取随之撤销），再" in admit("check").err
    )
    with transaction(season) as session:
        session.execute(update(Batch).values(status="final"))
    assert "公示以后不能再补导成绩，zhupei admit explain T-0000002 查看" in admit("check").err
    with transaction(season) as session:
        session.execute(
            update(Admission)
            .where(Admission.status == "not_admitted")
            .values(status="declined", base_code="A", specialty_code="0100")
        )
    assert "提醒 [E480]：没有可以录取的考生；已有录取结果，其余的人都有名额或不再是考生" in admit("check").err


def test_commit_and_lock_repeat_the_doubts_and_go_on_only_with_consent(admit: Call, season: str) -> None:
    with transaction(season) as session:
        session.execute(delete(Score).where(Score.application_id == 2))
    admit("run")
    doubt = (
        "提醒 [E481]：1 名考生没有成绩，也没有登记缺考，例如 T-0000002；"
        "先运行 zhupei batch unlock T，然后补导成绩：zhupei admit scores import 成绩.xlsx\n"
    )
    assert admit("commit", "1") == Ran(
        2,
        "",
        f"{doubt}错误 [E085]：需要确认：确定批次 T（T 招收）第 1 次录取计算：拟录取 4 人，未录取 1 人，"
        "继续吗？\n怎么办：加 --yes 表示同意\n",
    )
    assert admit("commit", "1", "-n").err == (
        doubt + "试做（不保存）：第 1 次录取计算可以确定，拟录取 4 人，未录取 1 人\n"
    )
    assert [one["code"] for one in json.loads(admit("commit", "1", "-y", "--json").out)["doubts"]] == ["E481"]
    # Of somebody absent there is no doubt.
    with transaction(season) as session:
        flags = dict.fromkeys(("written_absent", "skill_absent", "interview_absent"), True)
        session.add(Score(application_id=2, record="", touched_by=0, **flags))
    assert admit("list", "--sort", "application_no", "--json").code == 0
    (row,) = [one for one in json.loads(admit("list", "--json").out) if one["application_no"] == "T-0000002"]
    assert (row["reason"], row["reason_label"]) == ("absent", "缺考（笔试、技能、面试）")


def test_run_says_what_it_found_and_what_comes_next(admit: Call) -> None:
    assert admit("run") == Ran(
        0,
        "",
        COUNTED + "下一步：zhupei admit list --run 1（查看每名考生的结果）\n"
        "下一步：zhupei admit commit 1（确定为拟录取结果）\n",
    )


def test_run_as_json(admit: Call) -> None:
    ran = admit("run", "--rule", "stable", "--json")
    summary = json.loads(ran.out)
    assert (ran.code, ran.err) == (0, "")
    assert summary == {
        "run": 1,
        "rule": "stable",
        "round": "main",
        "candidates": 5,
        "admitted": 4,
        "not_admitted": 1,
        "by_via": {"choice1": 2, "choice2": 2, "adjust": 0},
        "vacancies": 0,
        "inputs_sha256": summary["inputs_sha256"],
        "results_sha256": summary["results_sha256"],
        "sitting_out": 0,
        "dry_run": False,
    }
    assert [len(summary[key]) for key in ("inputs_sha256", "results_sha256")] == [64, 64]


def test_a_dry_run_stores_nothing(admit: Call, season: str) -> None:
    assert admit("run", "-n") == Ran(0, "", COUNTED.replace("第 1 次录取计算", "试算（不保存）"))
    assert json.loads(admit("run", "-n", "--json").out)["dry_run"] is True
    assert _rows(season, StoredRun) == 0
    admit("run")
    assert admit("commit", "1", "--dry-run") == Ran(
        0, "", "试做（不保存）：" + COMMITTED.replace("已确定", "可以确定")
    )
    assert admit("commit", "1", "--dry-run") == Ran(
        0, "", "试做（不保存）：" + COMMITTED.replace("已确定", "可以确定")
    )


def test_run_refuses_by_state_and_by_usage(admit: Call, season: str) -> None:
    with transaction(season) as session:
        session.execute(update(Batch).values(status="closed"))
    assert admit("run") == Ran(
        5,
        "",
        "错误 [E401]：批次 T 现为“报名结束”，不能计算录取\n"
        "怎么办：计算录取须在“已锁定”时进行；先运行 zhupei batch lock T\n",
    )
    assert admit("run", "--round", "adjust", "--no-adjust").code == 2
    assert admit("run", "--rule", "lottery").code == 2


LIST = """\
报名号     姓名   证件号码            录取结果  录取基地  录取专业  录取志愿  总成绩  名次  未录取原因
---------  -----  ------------------  --------  --------  --------  --------  ------  ----  {rule}
T-0000001  考生1  {1}  录取      基地A     内        第一志愿  90.00   1
T-0000002  考生2  {2}  录取      基地A     内        第一志愿  80.00   2
T-0000003  考生3  {3}  未录取                                                {reason}
T-0000004  考生4  {4}  录取      基地B     内        第一志愿  70.00   4
T-0000005  考生5  {5}  录取      基地C     内        第二志愿  60.00   1
"""


def _masked(number: int) -> str:
    whole = id_number(number)
    return f"{whole[:4]}**********{whole[-4:]}"


def test_list(admit: Call) -> None:
    admit("run")
    table = LIST.format("", *map(_masked, range(1, 6)), rule="-" * 20, reason="服从调剂但无空缺岗位")
    assert admit("list") == Ran(0, table, "第 1 次录取计算（志愿优先，未确定）\n")
    admit("commit", "1")
    assert admit("list", "--run", "1") == Ran(0, table, "第 1 次录取计算（志愿优先，已确定）\n")
    assert admit("list", "--run", "2") == Ran(
        4, "", "错误 [E305]：批次 T 没有第 2 次录取计算\n怎么办：zhupei admit runs 查看全部录取计算\n"
    )


def test_list_as_json_and_revealed(admit: Call, season: str) -> None:
    admit("run")
    listed = json.loads(admit("list", "--json").out)
    wanted = ("application_no", "id_number", "outcome", "base", "specialty", "via", "total", "rank", "reason")
    assert [listed[2][key] for key in wanted] == [
        *("T-0000003", _masked(3), "not_admitted"),
        *(None, None, None, None, None, "no_vacancy"),
    ]
    assert listed[0]["total"] == 90
    before = _rows(season, Event)
    revealed = json.loads(admit("list", "--json", "--reveal").out)
    assert [row["id_number"] for row in revealed] == [id_number(number) for number in range(1, 6)]
    assert _rows(season, Event) == before + 1


def test_commit_then_uncommit(admit: Call, season: str) -> None:
    admit("run")
    assert admit("commit", "1") == Ran(
        0,
        "",
        COMMITTED + "下一步：zhupei export roster --all --batch T -o 名单（导出各基地拟录取名单）\n"
        "下一步：zhupei batch publish T（公示）\n",
    )
    assert admit("commit", "1") == Ran(
        5,
        "",
        "错误 [E461]：批次 T 已有录取结果（第 1 次录取计算）\n"
        "怎么办：就是这一次，不必再做；要换结果，先撤销全部拟录取："
        "zhupei admit uncommit --batch T --reason 原因\n",
    )
    assert admit("uncommit").code == 2
    assert admit("uncommit", "--reason", "计划调整") == Ran(
        0,
        "",
        "已撤销 5 人的录取结果，其中拟录取 4 人\n下一步：zhupei admit run（重新计算录取）\n",
    )
    ran = admit("commit", "1", "--json")
    assert json.loads(ran.out) == {
        "batch": "T",
        "before": "locked",
        "status": "committed",
        "status_label": "已定拟录取",
        "run": 1,
        "proposed": 4,
        "not_admitted": 1,
        "doubts": [],
        "dry_run": False,
    }
    assert (ran.code, ran.err) == (0, "")
    assert json.loads(admit("uncommit", "--reason", "再议", "--json").out)["taken_back"] == 5
    with transaction(season, read_only=True) as session:
        assert session.execute(select(Batch.status)).scalar_one() == "locked"


def test_before_publication_the_list_of_applications_shows_seats_to_who_asks(
    admit: Call, season: str, zhupei: Run
) -> None:
    admit("run")
    admit("commit", "1", "-y")
    listed = ("--database", season, "apply", "list", "--batch", "T", "-f", "csv")
    plain, asked = (zhupei(*listed, *more).out.splitlines() for more in ((), ("--unpublished",)))
    assert (plain[0].rpartition(",")[2], asked[0].rpartition(",")[2]) == ("状态", "录取状态")
    assert sorted(line.rpartition(",")[2] for line in asked[1:]) == ["拟录取"] * 4 + ["未录取"]
    assert {line.rpartition(",")[2] for line in plain[1:]} == {"基地审核通过"}


def test_numbers_in_a_reason_are_masked_where_it_is_explained(admit: Call) -> None:
    admit("run")
    admit("commit", "1", "-y")
    reason = f"本人{id_number(1)}来电 13812345678"
    assert admit("decline", "T-0000001", "--reason", reason, "-y").code == 0
    for more in ((), ("--json",)):
        told = admit("explain", "T-0000001", *more).out
        assert ("4101**********1015来电 138****5678" in told, id_number(1) in told) == (True, False)


def test_a_stale_run(admit: Call, season: str) -> None:
    admit("run")
    with transaction(season) as session:
        session.execute(update(BatchSetting).where(BatchSetting.key == "min_score").values(value="75"))
    assert admit("commit", "1", "--json") == Ran(
        5,
        "",
        '{"error": {"code": "E462", "message": "第 1 次录取计算已过时：此后数据或参数有变", '
        '"hint": "重新运行 zhupei admit run --batch T，再确定新的一次"}}\n',
    )


AT = "2026-06-05 10:00:00"
RUNS = f"""\
编号  录取规则  轮次      考生  录取  未录取  空缺  状态    经办人  计算时间             确定时间
----  --------  --------  ----  ----  ------  ----  ------  ------  -------------------  -------------------
1     志愿优先  志愿录取  5     4     1       0     已确定  {OPERATOR}  {AT}  {AT}
2     稳定匹配  志愿录取  5     4     1       0     未确定  {OPERATOR}  2026-06-05 10:00:00
"""


def test_runs_and_show(admit: Call) -> None:
    assert admit("runs") == Ran(
        0,
        "编号  录取规则  轮次  考生  录取  未录取  空缺  状态  经办人  计算时间  确定时间\n"
        "----  --------  ----  ----  ----  ------  ----  ----  ------  --------  --------\n",
        "没有符合条件的记录\n",
    )
    admit("run")
    admit("run", "--rule", "stable")
    admit("commit", "1")
    assert admit("runs") == Ran(0, RUNS, "")
    shown = json.loads(admit("show", "2", "--json").out)
    assert (shown["rule"], shown["by_via"]) == ("stable", {"choice1": 2, "choice2": 2, "adjust": 0})
    lines = admit("show", "2").out.splitlines()
    assert lines[:9] == [
        "编号      2",
        "录取规则  稳定匹配",
        "轮次      志愿录取",
        "考生      5",
        "录取      4",
        "未录取    1",
        "录取志愿  第一志愿 2、第二志愿 2、调剂 0",
        "空缺名额  0",
        "调剂      是",
    ]
    assert admit("show", "3").code == 4


def test_verify(admit: Call, season: str) -> None:
    admit("run")
    assert admit("verify", "1") == Ran(0, "", "第 1 次录取计算：输入和结果均与摘要一致\n")
    assert admit("verify", "1", "--json") == Ran(0, '{\n  "ok": true,\n  "findings": []\n}\n', "")
    with transaction(season) as session:
        session.execute(update(RunRow).where(RunRow.application_id == 1).values(rank=2))
    finding = "第 1 次录取计算：保存的结果与当时的摘要不符"
    told = f"代码  问题\n----  {'-' * 43}\nE465  {finding}\n"
    assert admit("verify", "1") == Ran(3, told, "第 1 次录取计算：有不符\n")
    assert json.loads(admit("verify", "1", "-f", "jsonl").out)["ok"] is False
    assert json.loads(admit("verify", "1", "--json").out) == {
        "ok": False,
        "findings": [{"code": "E465", "message": finding}],
    }


@pytest.fixture
def marking(season: str) -> str:
    """The season before its lock, with a workbook whose second row is wrong."""
    with transaction(season) as session:
        session.execute(update(Batch).values(status="closed"))
    return season


def _book(home: Path, *rows: dict[str, Any]) -> Path:
    return write_book(home / "成绩.xlsx", [(workbook_kinds.SCORE, rows)])


def test_import_scores(admit: Call, marking: str, home: Path) -> None:
    path = _book(home, {"application_no": "T-0000001", "written": 100}, {"application_no": "T-9", "skill": 1})
    told = (
        "导入完成：共 2 行，新增 0，更新 1，不变 0，未通过 1，替换已有成绩 1，提醒 1，导入编号 2\n"
        "提醒 [E433] 成绩.xlsx 成绩 第 2 行 笔试：T-0000001 已有的成绩 90.00 被替换为 100.00；"
        "确应更正的不必处理；改错了，撤销这次导入：zhupei imports undo 导入编号 --reason 原因\n"
        "错误 [E304] 成绩.xlsx 成绩 第 3 行 报名号：没有报名号 T-9；zhupei apply list 查看报名号\n"
    )
    returned = f"不合格的行已写入 {home}/成绩_未通过.xlsx，改好后可直接再导入\n"
    trial = told.replace("导入完成", "试导入（不保存）").replace("，导入编号 2", "")
    changes = (
        "工作表  行  对象             项目  原来   改为\n"
        "------  --  ---------------  ----  -----  ------\n"
        "成绩    2   T-0000001 考生1  笔试  90.00  100.00\n"
    )
    assert admit("scores", "import", path, "--dry-run") == Ran(3, changes, trial)
    assert admit("scores", "import", path) == Ran(3, "", told + returned)
    again = json.loads(admit("scores", "import", path, "--json").out)
    assert (again["ok"], again["import_id"]) == (False, None)
    assert again["counts"] == {
        "rows": 2,
        "inserted": 0,
        "updated": 0,
        "unchanged": 1,
        "rejected": 1,
        "warned": 0,
        "blank": 0,
        "replaced": 0,
    }
    with transaction(marking, read_only=True) as session:
        assert session.execute(select(Score.written).where(Score.application_id == 1)).scalar_one() == 10000
    assert admit("scores", "import", "没有.xlsx").code == 4


def test_scores_are_settled_once_locked(admit: Call, home: Path) -> None:
    path = _book(home, {"application_no": "T-0000001", "written": 100})
    assert admit("scores", "import", path) == Ran(
        5,
        "",
        "错误 [E460]：批次 T 现在不能导入成绩（已锁定）\n"
        "怎么办：成绩在开放报名后、锁定前导入；先运行 zhupei batch unlock T\n",
    )


def test_list_scores(admit: Call, home: Path) -> None:
    assert admit("scores", "list", "-o", "a.csv") == Ran(0, "", "已写入 a.csv（5 行）\n")
    assert (home / "a.csv").read_text("utf-8-sig").splitlines()[:2] == [
        "报名号,姓名,证件号码,单独成绩基地,笔试,技能,面试,总成绩",
        f"T-0000001,考生1,{_masked(1)},,90.00,90.00,90.00,90.00",
    ]
