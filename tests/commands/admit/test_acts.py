"""`zhupei admit place | revoke | decline | reinstate`, whole output and exit codes."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from tests.builders import store_world, worked_example
from tests.conftest import Ran, Run
from zhupei_cli.model import Admission, Application, Batch, Event, Plan, Score, Specialty
from zhupei_cli.store.engine import reading, transaction

Call = Callable[..., Ran]
NO = "T-000000{}".format
WHY = ("--reason", "本人放弃")


@pytest.fixture
def season(database: str) -> str:
    """The worked example as batch T, locked."""
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
def committed(call: Call) -> Call:
    """After `admit commit`: 1 and 2 sit at A, 4 at B, 5 at C; 3 has nothing."""
    assert call("admit", "run").code == call("admit", "commit", "1").code == 0
    return call


def _standing(database: str) -> dict[str, tuple[Any, ...]]:
    with transaction(database, read_only=True) as session:
        rows = session.execute(
            select(Application.application_no, Admission.status, Admission.base_code, Admission.live_key)
            .join(Admission, Admission.application_id == Application.id)
            .order_by(Application.application_no)
        )
        return {number[-1]: (status, base, live is not None) for number, status, base, live in rows}


def _taken(database: str) -> dict[str, int]:
    with transaction(database, read_only=True) as session:
        return {plan.base_code: plan.taken_social for plan in session.scalars(select(Plan))}


FIRST = {
    "1": ("proposed", "A", True),
    "2": ("proposed", "A", True),
    "3": ("not_admitted", None, False),
    "4": ("proposed", "B", True),
    "5": ("proposed", "C", True),
}


def test_decline_frees_the_seats_and_writes_an_event_each(committed: Call, season: str) -> None:
    assert committed("admit", "decline", NO(1), NO(4), *WHY) == Ran(0, "", "放弃录取：2 人\n")
    declined = {"1": ("declined", "A", False), "4": ("declined", "B", False)}
    assert _standing(season) == FIRST | declined
    assert _taken(season) == {"A": 1, "B": 0, "C": 1}
    with transaction(season, read_only=True) as session:
        events = session.execute(
            select(Event.subject, Event.before, Event.after, Event.reason, Event.data)
            .where(Event.action == "admission.decline")
            .order_by(Event.seq)
        ).all()
    assert [tuple(event) for event in events] == [
        (NO(1), "proposed", "declined", "本人放弃", '{"base":"A","specialty":"0100"}'),
        (NO(4), "proposed", "declined", "本人放弃", '{"base":"B","specialty":"0100"}'),
    ]
    assert committed("admit", "decline", NO(1), *WHY) == Ran(
        0, "", "放弃录取：0 人，另有 1 人已经是这样，不必再做\n"
    )


def test_several_are_all_or_nothing_unless_bad_ones_are_skipped(committed: Call, season: str) -> None:
    refusal = (
        "T-0000003 现为“未录取”，不能取消录取\n"
        "怎么办：没有名额，也就不用放弃、取消或报到；"
        "确应录取的，有空缺时用 zhupei admit place T-0000003 基地 专业 --reason 原因\n"
    )
    assert committed("admit", "revoke", NO(1), NO(3), *WHY) == Ran(5, "", f"错误 [E403]：{refusal}")
    assert _standing(season) == FIRST
    skipped = committed("admit", "revoke", NO(1), NO(3), "T-0000099", "--skip-bad", *WHY)
    assert skipped == Ran(
        3,
        "",
        "取消录取：1 人\n错误 [E403] T-0000003：T-0000003 现为“未录取”，不能取消录取；"
        "没有名额，也就不用放弃、取消或报到；"
        "确应录取的，有空缺时用 zhupei admit place T-0000003 基地 专业 --reason 原因\n"
        "错误 [E304] T-0000099：没有报名号 T-0000099；zhupei apply list 查看报名号\n",
    )
    assert _standing(season) == FIRST | {"1": ("revoked", "A", False)}
    assert committed("admit", "revoke", "T-0000099", *WHY).code == 4
    assert committed("admit", "revoke", NO(2)).code == 2
    assert committed("admit", "revoke", NO(2), "--reason", " ").code == 2


def test_a_dry_run_and_json(committed: Call, season: str) -> None:
    ran = committed("admit", "decline", NO(5), *WHY, "-n", "--json")
    assert (ran.code, ran.err) == (0, "")
    assert json.loads(ran.out) == {
        "decided": 1,
        "admissions": [{"application_no": NO(5), "before": "proposed", "after": "declined"}],
        "refused": [],
        "dry_run": True,
    }
    assert _standing(season) == FIRST


def test_place_names_what_is_full_and_fills_what_is_free(committed: Call, season: str) -> None:
    place = ("admit", "place", NO(3), "B", "0100", "--reason", "递补")
    assert committed(*place) == Ran(
        5,
        "",
        "错误 [E463]：基地B 的 内 计划 1 人，已占 1 人，没有写入\n"
        "怎么办：zhupei export vacancies --unpublished 查看空缺名额\n",
    )
    committed("admit", "decline", NO(4), *WHY)
    assert committed("admit", "place", NO(4), "B", "0100", "--reason", "递补").code == 5
    with transaction(season) as session:
        session.execute(update(Plan).where(Plan.base_code == "B").values(max_social=0))
    assert committed(*place).err.startswith(
        "错误 [E463]：基地B 的 内 对面向社会招收住院医师上限 0 人，已占 0 人"
    )
    with transaction(season) as session:
        session.execute(update(Plan).where(Plan.base_code == "B").values(max_social=None))
    assert committed(*place) == Ran(0, "", "T-0000003 拟录取到 基地B 的 内\n")
    assert _standing(season)["3"] == ("proposed", "B", True)
    assert _taken(season) == {"A": 2, "B": 1, "C": 1}


def test_place_says_what_speaks_against_it_and_goes_on_only_with_consent(
    committed: Call, season: str
) -> None:
    committed("admit", "decline", NO(4), *WHY)
    committed("admit", "reinstate", NO(4), *WHY)
    with transaction(season) as session:
        session.execute(update(Plan).where(Plan.base_code == "B").values(min_score=7500))
        session.execute(update(Score).where(Score.application_id == 5).values(skill=None))
    place = ("admit", "place", NO(4), "B", "0100", "--reason", "递补")
    told = (
        "提醒 [E420]：T-0000004 的总成绩 70.00 低于分数线 75.00；"
        "zhupei batch plan list 核对分数线；确应录取的写明原因\n"
        "提醒 [E421]：有 1 名考生报了这个岗位、够分数线、名次在前而没有名额：T-0000003；"
        "zhupei export ranking 查看排名；确应越过他们的写明原因\n"
    )
    assert committed(*place) == Ran(
        5,
        "",
        f"{told}错误 [E688]：要越过规则安排，须先同意：把 T-0000004 拟录取到 基地B 的 内，继续吗？\n"
        "怎么办：加 --yes 表示同意；所列疑问会记入操作记录\n",
    )
    assert _standing(season)["4"] == ("not_admitted", None, False)
    assert committed(*place, "-n").err == f"{told}试做（不保存）：T-0000004 拟录取到 基地B 的 内\n"
    done = json.loads(committed(*place, "-y", "--json").out)
    assert [one["code"] for one in done["doubts"]] == ["E420", "E421"]
    # What was agreed to, and whose seat it was, stands where people look: the log, and the explanation.
    note = "T-0000004 让出的名额，经同意越过：低于分数线、名次在前的考生，名次在前的有 T-0000003"
    assert note in committed("audit", "log", "--kind", "admission.place").out
    assert f"，{note}）（原因：递补）" in committed("admit", "explain", NO(4)).out
    committed("admit", "decline", NO(5), *WHY)
    committed("admit", "reinstate", NO(5), *WHY)
    assert committed("admit", "place", NO(5), "C", "0100", "--reason", "递补").err.splitlines()[0] == (
        "提醒 [E419]：T-0000005 在这个基地没有总成绩：成绩不全（缺少技能成绩）；"
        "zhupei admit scores list 查看；确应录取的写明原因"
    )


def test_after_finalize_a_seat_given_up_is_filled_by_hand_until_a_supplement_round_has_it(
    committed: Call, season: str
) -> None:
    assert committed("batch", "publish", "-y").code == committed("batch", "finalize", "-y").code == 0
    assert committed("admit", "revoke", NO(2), *WHY) == Ran(0, "", "取消录取：1 人\n")
    assert _taken(season) == {"A": 1, "B": 1, "C": 1}
    place = ("admit", "place", NO(3), "A", "0100", "--reason", "递补")
    assert committed(*place) == Ran(0, "", "T-0000003 已录取到 基地A 的 内\n")
    assert _standing(season)["3"] == ("admitted", "A", True)
    with reading(season) as session:
        steps = select(Event.before, Event.after).where(Event.subject == NO(3)).order_by(Event.seq)
        assert session.execute(steps).all()[-2:] == [("not_admitted", "proposed"), ("proposed", "admitted")]
    committed("admit", "decline", NO(3), *WHY)
    committed("admit", "reinstate", NO(3), "--reason", "误操作")
    dates = ("--apply-from", "2026-06-01", "--apply-until", "2026-06-30")
    supplement = ("batch", "create", "T2", "--name", "补录", "--year", "2026", "--supplement-of", "T")
    assert committed(*supplement, *dates).code == 0
    assert committed(*place, "--batch", "T") == Ran(
        5,
        "",
        "错误 [E495]：基地A 的 内 空出的名额已转给补录批次 T2（1 个）\n"
        "怎么办：在补录批次 T2 中录取、递补或个别安排；"
        "补录批次归档以后，没有录取的名额回到原批次；"
        "还没有锁定的补录批次可以取消：zhupei batch cancel T2 --reason 原因\n",
    )
    # What is given up later is nobody's but the batch's own.
    assert committed("admit", "decline", NO(1), "--batch", "T", *WHY).code == 0
    why = json.loads(committed("admit", "list", "--batch", "T", "--json").out)
    assert {one["application_no"]: one["reason_label"] for one in why}[NO(3)] == "现有空缺名额可以个别安排"
    assert committed("admit", "run", "--round", "refill", "--batch", "T").err.startswith("错误 [E486]")
    assert committed(*place, "--batch", "T") == Ran(0, "", "T-0000003 已录取到 基地A 的 内\n")


def test_a_round_of_adjustment_moves_nobody_and_brings_nobody_back_unless_reinstated(
    committed: Call, season: str
) -> None:
    committed("admit", "decline", NO(2), NO(4), *WHY)
    before = _standing(season)
    assert committed("admit", "run", "--round", "adjust").code == 0
    assert committed("admit", "commit", "2").code == 0
    # 3 accepts adjustment but both free places are among the choices; 2 and 4 gave up.
    assert _standing(season) == before
    assert committed("admit", "reinstate", NO(2), "--reason", "误操作") == Ran(0, "", "恢复录取资格：1 人\n")
    assert _standing(season)["2"] == ("not_admitted", None, False)
    committed("admit", "decline", NO(5), *WHY)
    before = _standing(season)
    committed("admit", "run", "--round", "adjust")
    assert committed("admit", "commit", "3").code == 0
    # C is free and no choice of 2: 80 points come before the 78 of 3.
    assert _standing(season) == before | {"2": ("proposed", "C", True)}


COMMIT = "import sys; from zhupei_cli.shell.cli import main; sys.argv[0] = 'zhupei'; main()"


def test_of_two_commits_at_once_one_wins(call: Call, season: str) -> None:
    call("admit", "run")
    call("admit", "run", "--rule", "stable")
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", COMMIT, "--database", season, "admit", "commit", number],
            stderr=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[3],
        )
        for number in ("1", "2")
    ]
    errors = [worker.communicate(timeout=60)[1] for worker in workers]
    assert sorted(worker.returncode for worker in workers) == [0, 5], errors
    assert sum("错误 [E461]" in error for error in errors) == 1
    assert sum(status == "proposed" for status, *_ in _standing(season).values()) == 4


def test_what_nothing_leads_back_from_asks_programs_too(committed: Call, season: str) -> None:
    # A seat by hand does not come back with the run.
    assert committed("admit", "decline", NO(2), *WHY).code == 0
    assert committed("admit", "place", NO(3), "A", "0100", *WHY, "-y").code == 0
    refused = committed("admit", "uncommit", *WHY)
    assert (refused.code, f"含个别安排的 {NO(3)}" in refused.err) == (2, True)
    with transaction(season) as session:
        session.execute(update(Batch).values(status="archived"))
        session.execute(update(Admission).where(Admission.status == "proposed").values(status="admitted"))
    for verb, what in (("decline", "放弃录取"), ("revoke", "取消录取")):
        refused = committed("admit", verb, NO(1), *WHY)
        question = (
            f"需要确认：{what}：{NO(1)}（考生1，基地A 的 内），批次 T 已归档，以后不能再恢复资格，继续吗？"
        )
        assert (refused.code, question in refused.err) == (2, True), refused.err
        assert committed("admit", verb, NO(4), *WHY, "-n").code == 0
    # What is refused anyway is refused before anybody is asked.
    assert committed("admit", "decline", NO(9), *WHY).code == 4
    assert "[E403]" in committed("admit", "revoke", NO(2), *WHY).err
    assert committed("admit", "decline", NO(1), *WHY, "-y").code == 0
    assert _standing(season)["1"] == ("declined", "A", False)
    # So is the withdrawing of somebody who has a seat: no question and no reason would help.
    assert "[E456]" in committed("apply", "withdraw", NO(4)).err


def test_who_was_passed_over_is_told_of_the_placing(committed: Call) -> None:
    for step in (("decline", NO(5)), ("reinstate", NO(5)), ("decline", NO(4)), ("place", NO(5), "B", "0100")):
        assert committed("admit", *step, *WHY, "-y").code == 0
    told = json.loads(committed("admit", "explain", NO(3), "--json").out)["steps"]
    assert told[1]["decided"].endswith("；此后空出的名额中有 1 个是个别安排的")
    place = json.loads(committed("admit", "explain", "--place", "B", "0100", "--json").out)
    (row,) = [row for row in place if row["application_no"] == NO(5)]
    assert (row["via"], row["via_label"]) == ("place", "个别安排（第一志愿）")
