"""`zhupei admit explain`, `compare`, `what-if`, and what a change of parameters does to stored runs."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select, update

from tests.builders import store_world, worked_example
from tests.conftest import Ran, Run
from tests.people import id_number
from zhupei_cli.model import Event, Specialty
from zhupei_cli.model import Run as StoredRun
from zhupei_cli.store.engine import transaction

Call = Callable[..., Ran]


@pytest.fixture
def season(database: str) -> str:
    """The worked example as batch T, locked; its specialty has a short name."""
    with transaction(database) as session:
        store_world(session, worked_example())
        session.execute(update(Specialty).where(Specialty.code == "0100").values(name="内"))
    return database


@pytest.fixture
def call(season: str, zhupei: Run) -> Call:
    def run(*args: str | Path) -> Ran:
        return zhupei("--database", season, *args)

    return run


@pytest.fixture
def admit(call: Call) -> Call:
    """`zhupei admit`, with run 1 (choice-first) and run 2 (stable) stored."""
    for rule in ("choice-first", "stable"):
        assert call("admit", "run", "--rule", rule).code == 0
    return lambda *args: call("admit", *args)


def _masked(number: int) -> str:
    whole = id_number(number)
    return f"{whole[:4]}**********{whole[-4:]}"


# -- explain ---------------------------------------------------------------------------------------


def test_explain_who_was_passed_over(admit: Call) -> None:
    assert admit("explain", "T-0000003", "--run", "1") == Ran(
        0,
        "T-0000003 考生3：未录取（服从调剂但无空缺岗位）\n"
        "依据：第 1 次录取计算（志愿优先，未确定）\n"
        "第一志愿 基地A 内：名额已由名次在前的考生录满。"
        "计划 2 人，总成绩 78.00，排第 3 名，志愿最低分 80.00\n"
        "第二志愿 基地B 内：志愿优先：轮到第二志愿时，名额已由前面的志愿录满。"
        "计划 1 人，总成绩 78.00，排第 3 名，志愿最低分 70.00\n"
        "调剂：没有可去的岗位：排在调剂第 1 位，轮到时考察本专业岗位 1 个（名额已满 1 个）\n",
        "",
    )


def test_explain_the_newest_run_unless_one_is_committed(admit: Call) -> None:
    assert admit("explain", "T-0000004").out.splitlines()[:2] == [
        "T-0000004 考生4：未录取（服从调剂但无空缺岗位）",
        "依据：第 2 次录取计算（稳定匹配，未确定）",
    ]
    admit("commit", "1")
    assert admit("explain", "T-0000004").out.splitlines()[:3] == [
        "T-0000004 考生4：录取",
        "依据：第 1 次录取计算（志愿优先，已确定）",
        "第一志愿 基地B 内：录取。计划 1 人，总成绩 70.00，排第 4 名，志愿最低分 70.00",
    ]


def test_explain_as_json(admit: Call) -> None:
    told = json.loads(admit("explain", "T-0000005", "--json").out)
    wanted = ("choice", "base", "specialty", "quota", "total", "rank", "cutoff", "result")
    assert [told[key] for key in ("application_no", "outcome", "run", "adjustment")] == [
        *("T-0000005", "admitted", 2, None)
    ]
    assert [[step[key] for key in wanted] for step in told["steps"]] == [
        [1, "B", "0100", 1, 60.0, 5, 78.0, "full"],
        [2, "C", "0100", 1, 60.0, 1, 60.0, "admitted"],
    ]


def test_explain_by_the_data_of_now(admit: Call, call: Call) -> None:
    assert call("batch", "plan", "set", "A", "0100", "3").code == 0
    told = json.loads(admit("explain", "T-0000003", "--run", "1", "--now", "--json").out)
    assert [told[key] for key in ("outcome", "run", "title")] == [
        *("admitted", None, "按现在的数据试算（志愿优先，不保存）")
    ]
    told = json.loads(admit("explain", "T-0000003", "--run", "1", "--json").out)
    assert (told["outcome"], told["run"]) == ("not_admitted", 1)


def test_explain_a_round_of_adjustment(call: Call) -> None:
    for step in (
        ("batch", "plan", "set", "C", "0100", "2"),
        ("admit", "run", "--no-adjust"),
        ("admit", "commit", "1"),
        ("admit", "run", "--round", "adjust"),
    ):
        assert call(*step).code == 0
    assert call("admit", "explain", "T-0000003").out.splitlines()[0] == (
        "T-0000003 考生3：未录取（所报志愿已录满）"
    )
    assert call("admit", "explain", "T-0000003", "--run", "2").out == (
        "T-0000003 考生3：录取\n"
        "依据：第 2 次录取计算（志愿优先，未确定）\n"
        "第一志愿 基地A 内：本轮只做调剂，不看志愿。计划 2 人，总成绩 78.00，排第 1 名\n"
        "第二志愿 基地B 内：本轮只做调剂，不看志愿。计划 1 人，总成绩 78.00，排第 1 名\n"
        "调剂 基地C 内：录取。计划 2 人，总成绩 78.00\n"
        "调剂：录取：排在调剂第 1 位，轮到时考察本专业岗位 1 个（有空缺且达线 1 个）\n"
    )
    rows = json.loads(call("admit", "runs", "--json").out)
    assert [(row["stale"], row["state_label"]) for row in rows] == [(False, "已确定"), (False, "未确定")]
    compared = json.loads(call("admit", "compare", "1", "2", "--json").out)
    assert [run["envy"] for run in compared["runs"]] == [1, 0]
    assert len(compared["moved"]) == 5


def test_explain_refuses(admit: Call) -> None:
    assert admit("explain").code == 2
    assert admit("explain", "T-0000001", "--place", "A", "0100").code == 2
    assert admit("explain", "T-0000009").code == 4
    assert admit("explain", "T-0000001", "--run", "7").code == 4
    assert admit("explain", "--place", "A", "0200").code == 4
    admit("commit", "1")
    refused = admit("explain", "T-0000001", "--now")
    assert (refused.code, refused.err.splitlines()[0]) == (
        4,
        "错误 [E449]：T-0000001 不是这次的考生：按现在的数据试算（志愿优先，不保存）；"
        "此人本年度已在批次 T 录取到基地A的内（拟录取）",
    )


PLACE = """\
名次  报名号     姓名   证件号码            个人身份              志愿      总成绩  结果
----  ---------  -----  ------------------  --------------------  --------  ------  ------------------
1     T-0000001  考生1  {}  面向社会招收住院医师  第二志愿  90.00   已被前面的志愿录取
2     T-0000002  考生2  {}  面向社会招收住院医师  第二志愿  80.00   已被前面的志愿录取
3     T-0000003  考生3  {}  面向社会招收住院医师  第二志愿  78.00   录取
4     T-0000004  考生4  {}  面向社会招收住院医师  第一志愿  70.00   已录满
5     T-0000005  考生5  {}  面向社会招收住院医师  第一志愿  60.00   已录满
"""


def test_explain_a_place(admit: Call, home: Path) -> None:
    assert admit("explain", "--place", "B", "内") == Ran(
        0,
        PLACE.format(*map(_masked, range(1, 6))),
        "第 2 次录取计算（稳定匹配，未确定）：基地B 内，计划 1 人，本次录取 1 人，志愿最低分 78.00\n",
    )
    assert admit("explain", "--place", "B", "内", "-o", "排名.xlsx").code == 0
    assert (home / "排名.xlsx").exists()


# -- compare and what-if ---------------------------------------------------------------------------

COMPARED = """\
项目                    第 1 次   第 2 次
----------------------  --------  --------
录取规则                志愿优先  稳定匹配
考生                    5         5
录取                    4         4
第一志愿                3         2
第二志愿                1         2
调剂                    0         0
本单位住院医师          0         0
面向社会招收住院医师    4         4
外单位委托培养住院医师  0         0
未录取                  1         1
受损                    1         0
空缺名额                0         0

报名号     第 1 次   志愿      第 2 次   志愿
---------  --------  --------  --------  --------
T-0000003  未录取              内 基地B  第二志愿
T-0000004  内 基地B  第一志愿  未录取
"""
WRONGED = "受损：志愿岗位还有名额，或录取了按名次和保留名额都应在其后的人，本人却没有得到它的考生人数\n"


def test_compare(admit: Call) -> None:
    assert admit("compare", "1", "2") == Ran(0, COMPARED, WRONGED)
    assert admit("compare", "1", "3").code == 4


THREE = """\
报名号     姓名   第 1 次   志愿      第 2 次   志愿      第 3 次   志愿
---------  -----  --------  --------  --------  --------  --------  --------
T-0000003  考生3  未录取              内 基地B  第二志愿  内 基地B  第二志愿
T-0000004  考生4  内 基地B  第一志愿  未录取              未录取
"""


def test_compare_the_three_rules_in_one_table(admit: Call, season: str) -> None:
    assert admit("run", "--rule", "score-first").code == 0
    shown = admit("compare", "1", "2", "3")
    assert shown.out.splitlines()[:5] == [
        "项目                    第 1 次   第 2 次   第 3 次",
        "----------------------  --------  --------  --------",
        "录取规则                志愿优先  稳定匹配  分数优先",
        "考生                    5         5         5",
        "录取                    4         4         4",
    ]
    assert "考生3" not in shown.out
    assert admit("compare", "1", "2", "3", "--reveal").out.split("\n\n")[1] == THREE
    (one, other) = json.loads(admit("compare", "1", "2", "3", "--json").out)["moved"]
    assert [one[key] for key in ("application_no", "name", "a", "b", "c")] == [
        *("T-0000003", None, None, "B/0100", "B/0100")
    ]
    assert [other[key] for key in ("a", "b", "c")] == ["B/0100", None, None]
    with transaction(season, read_only=True) as session:
        seen = select(Event.subject, Event.data).where(Event.action == "reveal")
        assert [tuple(row) for row in session.execute(seen)] == [("admit compare", '{"rows":2}')]
    assert admit("compare", "1").code == admit("compare", *["1"] * 27).code == 2


def test_compare_as_json(admit: Call) -> None:
    found = json.loads(admit("compare", "1", "2", "--json").out)
    keys = ("rule", "admitted", "by_via", "envy", "vacancies")
    assert [[run[key] for key in keys] for run in found["runs"]] == [
        ["choice-first", 4, {"choice1": 3, "choice2": 1, "adjust": 0}, 1, 0],
        ["stable", 4, {"choice1": 2, "choice2": 2, "adjust": 0}, 0, 0],
    ]
    assert [{key: one[key] for key in ("application_no", "a", "b")} for one in found["moved"]] == [
        {"application_no": "T-0000003", "a": None, "b": "B/0100"},
        {"application_no": "T-0000004", "a": "B/0100", "b": None},
    ]


def _figures(ran: Ran) -> tuple[dict[str, int], list[tuple[str, str | None, str | None]]]:
    found = json.loads(ran.out)
    after = found["runs"][1]
    figures = {key: after[key] for key in ("admitted", "envy", "vacancies")}
    return figures, [(one["application_no"], one["a"], one["b"]) for one in found["moved"]]


def test_what_if(admit: Call, season: str) -> None:
    def stored() -> list[int]:
        with transaction(season, read_only=True) as session:
            return [len(session.execute(select(model)).all()) for model in (StoredRun, Event)]

    before = stored()
    ask = ("what-if", "--run", "1", "--json")
    assert _figures(admit(*ask, "--rule", "stable")) == (
        {"admitted": 4, "envy": 0, "vacancies": 0},
        [("T-0000003", None, "B/0100"), ("T-0000004", "B/0100", None)],
    )
    assert _figures(admit(*ask, "--quota", "A", "0100", "+1", "--quota", "C", "内", "-1")) == (
        {"admitted": 4, "envy": 0, "vacancies": 0},
        [("T-0000003", None, "A/0100"), ("T-0000005", "C/0100", None)],
    )
    assert _figures(admit(*ask, "--line", "75", "--no-adjust")) == (
        {"admitted": 3, "envy": 0, "vacancies": 1},
        [("T-0000003", None, "B/0100"), ("T-0000004", "B/0100", None), ("T-0000005", "C/0100", None)],
    )
    assert stored() == before


def test_what_if_on_a_committed_batch_keeps_its_own_run(admit: Call) -> None:
    admit("commit", "1")
    found = json.loads(admit("what-if", "--adjust-scope", "category", "--json").out)
    assert [run["run"] for run in found["runs"]] == [1, None]
    assert (found["runs"][1]["candidates"], found["moved"], found["stale"]) == (5, [], False)


def test_what_if_refuses(admit: Call) -> None:
    assert admit("what-if").code == 2
    assert admit("what-if", "--quota", "A", "0100", "3").code == 2
    assert admit("what-if", "--line", "101").code == 2
    assert admit("what-if", "--quota", "A", "0100", "-3").code == 5
    assert admit("what-if", "--quota", "A", "0200", "+3").code == 4


# -- stale runs ------------------------------------------------------------------------------------

CHANGES = {
    "plan": ("batch", "plan", "set", "C", "0100", "2"),
    "stopped": ("batch", "plan", "stop", "C", "0100"),
    "weights": ("batch", "edit", "T", "--set", "weights=written=1"),
    "tie_keys": ("batch", "edit", "T", "--set", "tie_keys=skill"),
    "line": ("batch", "edit", "T", "--set", "min_score=60"),
    "scope": ("batch", "edit", "T", "--set", "adjust_scope=category"),
    "severity": ("batch", "edit", "T", "--set", "severity.medical_major=error"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_makes_runs_stale_and_says_so(admit: Call, call: Call, change: tuple[str, ...]) -> None:
    assert [row["stale"] for row in json.loads(admit("runs", "--json").out)] == [False, False]
    told = call(*change)
    assert (told.code, told.err.splitlines()[-1]) == (
        0,
        "注意：已有的 2 次录取计算不再有效，须重新运行 zhupei admit run",
    )
    listed = json.loads(admit("runs", "--json").out)
    assert [(row["stale"], row["state_label"]) for row in listed] == [(True, "已过时")] * 2
    assert "状态      已过时" in admit("show", "2").out.splitlines()
    refused = admit("commit", "2")
    assert (refused.code, refused.err.splitlines()[0]) == (
        5,
        "错误 [E462]：第 2 次录取计算已过时：此后数据或参数有变",
    )


def test_a_stale_run_is_told_by_what_if(admit: Call, call: Call) -> None:
    call("batch", "plan", "set", "C", "0100", "2")
    told = admit("what-if", "--rule", "score-first").err.splitlines()
    assert told[0] == "注意：第 2 次录取计算已过时，此后数据或参数有变；先运行 zhupei admit run"


def test_what_is_changed_back_is_fresh_again(admit: Call, call: Call) -> None:
    for seats in ("2", "1"):
        assert call("batch", "plan", "set", "C", "0100", seats).code == 0
    assert [row["stale"] for row in json.loads(admit("runs", "--json").out)] == [False, False]
    assert admit("commit", "2").code == 0
