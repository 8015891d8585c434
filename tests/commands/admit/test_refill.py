"""递补 from the shell: every list, line and explanation speaks of the newest act about each person."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.builders import store_world, worked_example
from tests.conftest import Ran, Run
from zhupei_cli.store.engine import transaction

Call = Callable[..., Ran]
NO = "T-000000{}".format
WHY = ("--reason", "本人放弃")


@pytest.fixture
def office(database: str, zhupei: Run) -> Call:
    """The worked example in its 公示期: 2 gave up the seat at A, 3 has nothing."""
    with transaction(database) as session:
        store_world(session, worked_example())

    def call(*args: str | Path) -> Ran:
        return zhupei("--database", database, *args, env={"ZHUPEI_BATCH": "T"})

    for step in (("admit", "run"), ("admit", "commit", "1"), ("batch", "publish", "-y")):
        assert call(*step).code == 0
    assert call("admit", "decline", NO(2), *WHY).code == 0
    return call


def _json(call: Call, *args: str) -> Any:
    ran = call(*args, "--json")
    assert ran.code == 0, ran.err
    return json.loads(ran.out)


def _everywhere(call: Call, number: str) -> dict[str, Any]:
    """What every list says of one person: the seat, or the reason for none."""
    (listed,) = [row for row in _json(call, "admit", "list") if row["application_no"] == number]
    explained = _json(call, "admit", "explain", number)
    public = [row["base"] for row in _json(call, "export", "public") if row["application_no"] == number]
    left = _json(call, "export", "unadmitted")
    without = [row["reason"] for row in left if row["application_no"] == number]
    place = _json(call, "admit", "explain", "--place", "A", "0100")
    ranked = [row["result"] for row in place if row["application_no"] == number]
    assert (explained["outcome"], explained["reason"]) == (listed["outcome"], listed["reason"])
    assert public == ([listed["base"]] if listed["base"] else [])
    assert without == ([listed["reason"]] if listed["status"] == "not_admitted" else [])
    line = _json(call, "apply", "status", number)["status_label"]
    return {
        **{key: listed[key] for key in ("base", "via", "rank", "round", "reason", "status")},
        "line": line,
        "ranked": ranked,
    }


def test_every_list_agrees_with_the_newest_act(office: Call, home: Path) -> None:
    # Until the refill: it is not true any more that all places of 3 are full.
    assert _everywhere(office, NO(3)) == {
        "base": None,
        "via": None,
        "rank": None,
        "round": "main",
        "status": "not_admitted",
        "reason": "vacant",
        "line": "未录取",
        "ranked": ["vacant"],
    }
    assert _everywhere(office, NO(2)) == {
        "base": None,
        "via": None,
        "rank": None,
        "round": None,
        "status": "declined",
        "reason": "declined",
        "line": "放弃录取",
        "ranked": ["declined"],
    }
    assert office("admit", "run", "--round", "递补") == Ran(
        0,
        "",
        "第 2 次录取计算（志愿优先）：考生 1 人，录取 1 人（第一志愿 1，第二志愿 0，调剂 0），"
        "未录取 0 人，空缺名额 0 个\n"
        "下一步：zhupei admit list --run 2（查看每名考生的结果）\n"
        "下一步：zhupei admit commit 2（确定这一轮的结果）\n",
    )
    unsettled = office("export", "public", "--run", "2")
    assert (unsettled.code, "E684" in unsettled.err) == (5, True)
    done = office("admit", "commit", "2")
    way = "zhupei export public --batch T --run 2 -o 补充公示名单-2.xlsx"
    assert (done.code, done.err.splitlines()[1]) == (0, f"下一步：{way}（导出这一轮的补充公示名单）")
    assert office(*way.split()[1:]).code == 0
    seated = {"base": "A", "via": "choice1", "rank": 3, "round": "refill", "reason": None}
    line = "拟录取（录取基地：基地A，公示中）"
    assert _everywhere(office, NO(3)) == {
        **seated,
        "status": "proposed",
        "line": line,
        "ranked": ["admitted"],
    }
    assert [row["application_no"] for row in _json(office, "export", "public", "--run", "2")] == [NO(3)]
    now = _json(office, "status")
    assert [(one["run"], one["round"], one["admitted"]) for one in now["rounds"]] == [
        (1, "main", 4),
        (2, "refill", 1),
    ]
    assert "共 2 次；结果：第 1 次（志愿录取）4 人，第 2 次（递补）1 人（志愿优先）" in office("status").out
    told = office("admit", "explain", NO(3)).out.splitlines()
    assert told[:2] == [
        "T-0000003 考生3：录取",
        "现状：拟录取：基地A 专业0100（递补，总成绩 78.00，排第 3 名，T-0000002 让出的名额）".replace(
            "专业0100", _name(office)
        ),
    ]
    assert [line.split()[0] for line in told[3:]] == ["志愿录取", "志愿录取", "递补", "递补", "志愿录取"]
    # Paper for the refilled alone, and the roster's free seats count those of the other rounds.
    assert office("export", "roster", "--all", "--run", "2", "-o", "递补").code == 0
    assert sorted(path.name for path in (home / "递补").iterdir()) == [
        f"{base}_基地{base}_递补拟录取名单.xlsx" for base in "ABC"
    ]
    assert office("batch", "finalize", "-y").code == 0
    assert office("admit", "verify", "2").code == 0
    moved = _json(office, "admit", "compare", "1", "2")["moved"]
    assert [one["b"] for one in moved if one["application_no"] == NO(3)] == ["A/0100"]
    # After the batch is final who is refilled is admitted at once; 4 and 5 have moved nowhere.
    assert office("admit", "decline", NO(1), *WHY).code == 0
    assert office("admit", "reinstate", NO(2), "--reason", "改变主意").code == 0
    assert _everywhere(office, NO(2))["reason"] == "vacant"
    assert office("admit", "run", "--round", "refill", "--rule", "stable").err.startswith("错误 [E683]")
    assert office("admit", "run", "--round", "refill").code == 0
    assert office("admit", "commit", "3", "--yes").code == 0
    assert _everywhere(office, NO(2))["line"] == "已录取（录取基地：基地A）"
    assert {row["base"]: row["via"] for row in _json(office, "admit", "list") if row["base"] != "A"} == {
        None: None,
        "B": "choice1",
        "C": "choice2",
    }


def _name(call: Call) -> str:
    return str(_json(call, "export", "vacancies")[0]["specialty_label"])
