"""What came to light since: a result taken back, a record entered late, data changed after a run."""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pexpect
import pytest
from sqlalchemy import select, text, update

from tests.builders import store_world, worked_example
from tests.conftest import Ran, Run
from tests.people import write_book
from zhupei_cli.model import Application, Plan, Trainee
from zhupei_cli.services.upkeep.invariants import check_database
from zhupei_cli.sheets.kinds import workbook_kinds as kinds
from zhupei_cli.store.engine import reading, transaction

Call = Callable[..., Ran]
NO = "T-000000{}".format
WHY = ("--reason", "本人放弃")


@pytest.fixture
def call(database: str, zhupei: Run) -> Call:
    """The worked example as batch T, locked."""
    with transaction(database) as session:
        store_world(session, worked_example(), told=True)

    def run(*args: str | Path) -> Ran:
        return zhupei("--database", database, *args)

    return run


def _json(call: Call, *args: str) -> Any:
    ran = call(*args, "--json")
    assert ran.code in (0, 3), ran
    return json.loads(ran.out)


def _commit(call: Call, run: str = "1") -> None:
    assert (call("admit", "run").code, call("admit", "commit", run, "-y").code) == (0, 0)


def _number_of(database: str, application: str) -> str:
    with reading(database) as session:
        statement = select(Trainee.id_number).join(Application, Application.trainee_id == Trainee.id)
        return session.execute(statement.where(Application.application_no == application)).scalar_one()


def test_who_gave_up_before_the_result_was_taken_back_is_named_everywhere(call: Call) -> None:
    _commit(call)
    assert call("admit", "decline", NO(1), *WHY).code == 0
    assert _json(call, "admit", "check")["gave_up"] == 0  # the result says so itself
    assert call("admit", "uncommit", "--reason", "计划调整").code == 0
    told = "提醒：1 人在撤销拟录取以前已放弃或被取消，不参加；zhupei apply list --gave-up --batch T 查看"
    checked = _json(call, "admit", "check")
    assert (checked["candidates"], checked["gave_up"]) == (4, 1)
    assert told in call("admit", "check").err
    assert [row["application_no"] for row in _json(call, "apply", "list", "--gave-up")] == [NO(1)]
    assert call("batch", "unlock", "T", "-y").code == 0
    locked = call("batch", "lock", "T", "-y").err
    assert (told in locked, "参加录取 4 人" in locked) == (True, True), locked
    assert call("admit", "run").code == 0
    explained = call("admit", "explain", NO(1))
    assert (explained.code, f"zhupei admit reinstate {NO(1)} --reason 原因" in explained.err) == (4, True)
    assert call("admit", "reinstate", NO(1), *WHY).code == 0
    checked = _json(call, "admit", "check")
    assert (checked["candidates"], checked["gave_up"], _json(call, "apply", "list", "--gave-up")) == (
        5,
        0,
        [],
    )


def test_a_run_that_cannot_be_committed_any_more_is_not_offered(call: Call) -> None:
    def offered() -> list[str]:
        return [step["command"] for step in _json(call, "status", "T")["next"]]

    assert call("admit", "run").code == 0
    assert offered()[-1] == "zhupei admit commit 1 --batch T"
    assert call("batch", "edit", "T", "--set", "contact=0371-1234567").code == 0  # changes no result
    assert offered()[-1] == "zhupei admit commit 1 --batch T"
    _commit(call, "2")
    assert call("admit", "decline", NO(1), *WHY).code == 0
    assert call("admit", "uncommit", "--reason", "计划调整").code == 0
    assert offered() == ["zhupei admit run --batch T"]
    assert "已过时" in call("status", "T").out
    assert call("admit", "commit", "2").code == 5


def test_no_count_of_seats_shows_before_publication(call: Call) -> None:
    for step in ((), ("admit", "run"), ("admit", "commit", "1", "-y")):
        assert not step or call(*step).code == 0
        now = _json(call, "status", "T")
        counts = [one["admitted"] for one in (*filter(None, [now["last_run"]]), *now["rounds"])]
        assert (now["admissions"], set(counts) - {None}) == (None, set())
        assert not {"录取 4", "空缺 0", "4 人"} & set(call("status", "T").out.replace("，", " ").split())
    assert call("batch", "publish", "T", "-y").code == 0
    now = _json(call, "status", "T")
    assert (now["last_run"]["admitted"], [one["admitted"] for one in now["rounds"]]) == (4, [4])
    assert "录取 4 人，空缺 0 个" in call("status", "T").out


def test_a_bar_of_after_the_review_is_asked_about_and_told(call: Call, database: str) -> None:
    who = _number_of(database, NO(3))
    bar = ("trainee", "bar", "add", who, "--kind", "cheating", "--from", "2020-01-01", "--reason", "代考")
    entered = call(*bar)
    assert (entered.code, f"[E814]：诚信记录不会改变已有的报名和名额，此人还有 {NO(3)}" in entered.err) == (
        0,
        True,
    )
    doubts = [one["code"] for one in _json(call, "admit", "check")["findings"]]
    assert doubts == ["E422"]
    assert "E422" in call("admit", "check").err
    assert call("admit", "run").code == 0
    held = call("admit", "commit", "1")
    assert (held.code, "E422" in held.err) == (2, True)
    assert call("admit", "commit", "1", "-y").code == 0
    assert call("admit", "decline", NO(1), *WHY).code == 0
    placed = _json(call, "admit", "place", NO(3), "A", "0100", "--reason", "照顾", "-y")
    assert "E423" in [one["code"] for one in placed["doubts"]]
    assert call("batch", "edit", "T", "--set", "contact=0371").code == 0
    # Agreed to, it is asked about no more; another one's seat is, at every step, until that is settled.
    assert "E813" not in [one["code"] for one in _json(call, "admit", "check")["findings"]]
    entered = call(*bar[:3], _number_of(database, NO(4)), *bar[4:])
    assert f"{NO(4)}：不应录取的取消录取：zhupei admit revoke {NO(4)} --reason 原因" in entered.err
    assert "E813" in [one["code"] for one in _json(call, "admit", "check")["findings"]]
    asked = call("batch", "publish", "T")
    assert (asked.code, "E813" in asked.err) == (2, True)
    assert call("batch", "publish", "T", "-y").code == 0
    assert "E813" in [one["code"] for one in _json(call, "batch", "finalize", "T", "-y", "-n")["doubts"]]
    listed = [one["subject"] for one in _json(call, "report", "anomalies") if one["kind"] == "past"]
    assert call("admit", "revoke", NO(4), *WHY, "-y").code == 0
    assert "E813" not in [one["code"] for one in _json(call, "admit", "check")["findings"]]
    left = [one["subject"] for one in _json(call, "report", "anomalies") if one["kind"] == "past"]
    assert (listed, left) == ([NO(3), NO(4)], [NO(3)])
    # What ended before anybody could apply is none of this batch's business.
    over = ("--kind", "cheating", "--from", "2010-01-01", "--years", "1", "--reason", "旧案")
    assert "E814" not in call("trainee", "bar", "add", _number_of(database, NO(1)), *over).err


def test_two_refills_have_numbers(call: Call) -> None:
    _commit(call)
    for at, number in ((2, 1), (3, 2)):
        assert call("admit", "decline", NO(number), *WHY).code == 0
        assert call("admit", "run", "--round", "refill").code == 0
        assert call("admit", "commit", str(at), "-y").code == 0
    rounds = [one["round_label"] for one in _json(call, "status", "T")["rounds"]]
    assert rounds == ["志愿录取", "第 1 次递补", "第 2 次递补"]
    assert "第 1 次递补" in {row["round_label"] for row in _json(call, "admit", "list")}


def test_what_was_decided_last_is_told_with_its_own_reason(call: Call) -> None:
    _commit(call)
    assert call("admit", "decline", NO(1), *WHY).code == 0
    assert call("admit", "explain", NO(1)).out.splitlines()[0] == f"{NO(1)} 考生1：放弃录取"
    assert call("admit", "reinstate", NO(1), "--reason", "误登").code == 0
    assert "原因：误登" in call("admit", "explain", NO(1)).out
    assert (call("admit", "run", "--round", "refill").code, call("admit", "commit", "2", "-y").code) == (0, 0)
    told = call("admit", "explain", NO(1)).out
    assert ("现状：拟录取" in told, "误登" in told) == (True, False)


def test_who_is_passed_over_again_is_told_that_and_no_older_reason(call: Call) -> None:
    _commit(call)
    for who in (3, 4):  # 3 was passed over; 4 leaves B, which the refill gives to 3
        assert call("admit", *(("decline", NO(4), *WHY) if who == 4 else ("explain", NO(3)))).code == 0
    assert (call("admit", "run", "--round", "refill").code, call("admit", "commit", "2", "-y").code) == (0, 0)
    assert call("admit", "reinstate", NO(4), "--reason", "申诉成立").code == 0
    assert "申诉成立" in call("admit", "explain", NO(4)).out
    assert (call("admit", "run", "--round", "refill").code, call("admit", "commit", "3", "-y").code) == (0, 0)
    told = call("admit", "explain", NO(4)).out
    assert ("现状：未录取" in told, "申诉成立" in told) == (True, False), told


def _free_at_c(database: str) -> None:
    """Give C a second seat, that 3 does not take: they consent to no other place."""
    with transaction(database) as session:
        session.execute(update(Plan).where(Plan.base_code == "C").values(quota=2))
        third = Application.application_no == NO(3)
        session.execute(update(Application).where(third).values(accept_adjust=False))


def test_an_adjustment_hides_no_seat_that_people_chose_themselves(call: Call, database: str) -> None:
    """It offers nobody their own choices: that these are full is not known from it."""
    _free_at_c(database)
    _commit(call)
    for act in (("decline", NO(4), *WHY), ("reinstate", NO(4), *WHY), ("run", "--round", "adjust")):
        assert call("admit", *act).code == 0
    assert call("admit", "commit", "2", "-y").code == 0
    rows = {row["application_no"]: row for row in _json(call, "admit", "list")}
    assert (rows[NO(4)]["base"], rows[NO(3)]["reason"]) == ("C", "vacant")
    assert call("batch", "publish", "T", "-y").code == 0
    # Typed once more a commit is done with: no refill is for who forgot that he had it.
    assert call("admit", "commit", "2", "-y").err.endswith("怎么办：就是这一次，不必再做\n")
    assert "zhupei admit run --round refill --batch T" in [
        step["command"] for step in _json(call, "status", "T")["next"]
    ]


def test_who_is_reinstated_and_takes_another_place_is_told_of_one(call: Call, database: str) -> None:
    _free_at_c(database)
    _commit(call)
    assert call("admit", "decline", NO(4), *WHY).code == 0
    assert (call("admit", "run", "--round", "refill").code, call("admit", "commit", "2", "-y").code) == (0, 0)
    assert call("admit", "reinstate", NO(4), *WHY).code == 0
    rows = {row["application_no"]: row for row in _json(call, "admit", "list")}
    assert (rows[NO(3)]["base"], rows[NO(4)]["reason"]) == ("B", "vacant")
    assert _json(call, "admit", "run", "--round", "refill", "-n")["by_via"]["adjust"] == 1


def test_leaving_before_anybody_came_is_refused_and_acts_say_the_right_one(
    call: Call, tmp_path: Path
) -> None:
    _commit(call)
    for step in (("batch", "publish", "T", "-y"), ("batch", "finalize", "T", "-y")):
        assert call(*step).code == 0
    early = call("admit", "quit", NO(1), *WHY)
    assert (early.code, f"zhupei admit decline {NO(1)} --reason 原因" in early.err) == (5, True)
    assert call("batch", "edit", "T", "--set", "bar.no_show_years=2").code == 0
    rows = [
        {"application_no": NO(at), "checked_in": "否" if at == 2 else "是", "note": "核对"} for at in (1, 2)
    ]
    book = write_book(tmp_path / "报到.xlsx", [(kinds.CHECK_IN, rows)])
    assert call("admit", "checkin", "import", book).code == 0
    assert [one["state"] for one in _json(call, "trainee", "bar", "list")] == ["pending"]
    assert call("admit", "reinstate", NO(2), "--reason", "路上耽搁").code == 0
    assert [one["state"] for one in _json(call, "trainee", "bar", "list")] == ["lifted"]
    late = call("admit", "decline", NO(1), *WHY)
    assert (late.code, f"zhupei admit quit {NO(1)} --reason 原因" in late.err) == (5, True)
    before = call("admit", "quit", NO(1), *WHY, "--on", "2020-01-01")
    assert (before.code, "E424" in before.err) == (2, True)
    assert call("admit", "quit", NO(1), *WHY, "-y").code == 0


def _final(call: Call, *more: tuple[str, ...]) -> None:
    _commit(call)
    for step in (("batch", "publish", "T", "-y"), ("batch", "finalize", "T", "-y"), *more):
        assert call(*step).code == 0, step


def _check_in(call: Call, folder: Path, *rows: tuple[int, str]) -> Ran:
    lines = [{"application_no": NO(at), "checked_in": answer, "note": "核对"} for at, answer in rows]
    return call("admit", "checkin", "import", write_book(folder / "报到.xlsx", [(kinds.CHECK_IN, lines)]))


def _typed(database: str, *words: str) -> "pexpect.spawn[str]":
    """Type a command at a terminal, and return the terminal when it asks."""
    environ = {**os.environ, "ZHUPEI_DATABASE_URL": database, "PYTHONPATH": os.pathsep.join(sys.path)}
    program = ["-c", "from zhupei_cli.shell.cli import main; main()", *words]
    terminal = pexpect.spawn(sys.executable, program, env=environ, encoding="utf-8", dimensions=(24, 200))
    terminal.expect_exact("继续吗？")
    return terminal


def test_a_record_in_force_is_told_when_the_list_that_led_to_it_is_taken_back(
    call: Call, tmp_path: Path
) -> None:
    _final(call, ("batch", "edit", "T", "--set", "bar.no_show_years=2"))
    assert _check_in(call, tmp_path, (1, "否"), (2, "否")).code == 0
    first, second = sorted(one["bar"] for one in _json(call, "trainee", "bar", "list"))
    assert call("trainee", "bar", "activate", str(second), *WHY, "-y").code == 0
    (run,) = (one["import_id"] for one in _json(call, "imports", "list") if one["kind"] == "checkin")
    told = _json(call, "imports", "undo", str(run), "--reason", "导错了文件", "-y")
    assert [one["code"] for one in told["doubts"]] == ["E800"]
    assert (
        f"1 人的无故未报到记录已经生效，撤销导入以后不会自动解除，例如编号 {second}"
        in told["doubts"][0]["message"]
    )
    states = {one["bar"]: one["state"] for one in _json(call, "trainee", "bar", "list")}
    assert states == {first: "lifted", second: "active"}


def _no(database: str, *words: str) -> str:
    """Type a command at a terminal, answer no, and return what was asked."""
    terminal = _typed(database, *words)
    asked = str(terminal.before)
    terminal.sendline("n")
    terminal.expect_exact("已取消，没有写入任何内容")
    return asked


def test_somebody_at_a_terminal_is_asked_before_a_result_is_taken_back(call: Call, database: str) -> None:
    _commit(call)
    assert _no(database, "admit", "uncommit", *WHY) == "撤销 5 人的录取结果，其中拟录取 4 人，"
    assert call("admit", "uncommit", *WHY).code == 0


def test_a_yes_is_to_what_was_read(call: Call, database: str) -> None:
    """Others write while somebody thinks: what would be done then is another act, and asked about again."""
    _commit(call)
    terminal = _typed(database, "admit", "uncommit", *WHY)
    assert str(terminal.before) == "撤销 5 人的录取结果，其中拟录取 4 人，"
    assert call("admit", "decline", NO(1), *WHY).code == 0
    terminal.sendline("y")
    terminal.expect_exact("继续吗？")
    told = str(terminal.before).splitlines()[-2:]
    assert told == ["在回答以前情况又变了，请看清后再答", "撤销 4 人的录取结果，其中拟录取 3 人，"]
    assert _json(call, "status", "T")["status"] == "committed"
    terminal.sendline("y")
    terminal.expect(pexpect.EOF)
    assert "已撤销" in str(terminal.before)
    assert _json(call, "status", "T")["status"] == "locked"


def test_leaving_is_asked_about_and_a_wrong_record_has_a_way_back(
    call: Call, database: str, tmp_path: Path
) -> None:
    _final(call)
    assert _check_in(call, tmp_path, (1, "是"), (2, "是")).code == 0
    quit_ = ("admit", "quit", NO(1), *WHY, "--default")
    told = "登记违约退培：T-0000001（考生1，基地A 的 内科），名额立即空出、在本批次不再是考生，"
    assert _no(database, *quit_) == told
    undo = ("admit", "quit", NO(1), "--undo", "--reason", "登记错了人")
    never = call(*undo)
    assert (never.code, never.err) == (0, "撤销退培登记：0 人，另有 1 人已经是这样，不必再做\n")
    assert call("admit", "quit", NO(4), "--undo", *WHY).code == 5
    assert call(*quit_, "--json").code == 0
    wrong = call("admit", "decline", NO(1), *WHY)
    assert f"zhupei admit quit {NO(1)} --undo --reason 原因" in call("admit", "reinstate", NO(1), *WHY).err
    assert wrong.code == 5
    back = _json(call, *undo)
    assert (back["decided"], back["bars_in_force"]) == (1, [])
    (row,) = (one for one in _json(call, "admit", "list") if one["application_no"] == NO(1))
    assert (row["status"], row["base"], row["rank"]) == ("reported", "A", 1)
    assert [one["state"] for one in _json(call, "trainee", "bar", "list")] == ["lifted"]
    assert "撤销退培登记" in call("audit", "log").out
    # What the province confirmed stays until it lifts it, and a seat that was given is nobody's to have back.
    assert call(*quit_, "-y").code == 0
    assert call("trainee", "bar", "activate", "1", *WHY).code == 0
    assert call("batch", "archive", "T", "-y").code == 0
    assert "提醒 [E496]：此人还有已生效的违约退培记录（编号 1）" in call(*undo).err
    assert call(*quit_, "-y").code == 0
    with transaction(database) as session:
        session.execute(text("UPDATE plan SET taken_social = taken_social + 1 WHERE base_code = 'A'"))
    assert "E463" in call(*undo).err
    with transaction(database) as session:
        session.execute(text("UPDATE plan SET taken_social = taken_social - 1 WHERE base_code = 'A'"))
        about = ("E540", "E541", "E542", "E543", "E548", "E682")
        assert [one for one in check_database(session) if one.code in about] == []


def test_what_happens_after_archiving_is_kept_and_no_seat_is_held_for_ever(
    call: Call, tmp_path: Path
) -> None:
    _final(call)
    assert _check_in(call, tmp_path, (1, "是")).code == 0
    assert call("batch", "archive", "T", "-y").code == 0
    assert call("admit", "quit", NO(1), *WHY, "-y").code == 0
    # Who never came is told of the act that gives the seat up, and it is possible.
    stuck = call("admit", "quit", NO(2), *WHY)
    assert (stuck.code, f"zhupei admit decline {NO(2)} --reason 原因" in stuck.err) == (5, True)
    assert call("admit", "decline", NO(2), *WHY, "-y").code == 0
    rows = {row["application_no"]: row["status"] for row in _json(call, "admit", "list", "--batch", "T")}
    assert (rows[NO(1)], rows[NO(2)], rows[NO(4)]) == ("quit", "declined", "admitted")
    assert "已退培" in call("admit", "explain", NO(1)).out
    assert call("batch", "seal", "T", "-o", tmp_path / "T.zip").code == 0
    told = call("verify", tmp_path / "T.zip", "--explain", NO(1))
    assert (told.code, "已退培" in told.out) == (0, True)


def test_who_was_no_candidate_is_told_so(call: Call, database: str) -> None:
    with transaction(database) as session:
        session.execute(
            update(Application).where(Application.application_no == NO(5)).values(status="rejected")
        )
    for step in ((), ("admit", "run"), ("admit", "commit", "1", "-y")):
        assert not step or call(*step).code == 0
        told = call("admit", "explain", NO(5))
        assert (told.code, "E901" in told.err) == (4, False), told.err
    assert f"zhupei apply show {NO(5)}" in told.err


def test_the_list_of_a_place_speaks_of_that_place(call: Call) -> None:
    """3 would rather sit at A; a seat that is free at B is none at A."""
    _commit(call)
    assert call("admit", "decline", NO(4), *WHY).code == 0  # frees the seat at B
    told = {row["application_no"]: row for row in _json(call, "admit", "explain", "--place", "A", "0100")}
    assert told[NO(3)]["result_label"] == "已录满"
    told = {row["application_no"]: row for row in _json(call, "admit", "explain", "--place", "B", "0100")}
    assert told[NO(3)]["result_label"] == "现有空缺名额可以递补"
    lines = call("admit", "explain", NO(3)).out.splitlines()
    assert "现有空缺名额可以递补" in lines[0]
    assert any(line.startswith("志愿录取 第二志愿") for line in lines)
    placed = call("admit", "place", NO(3), "B", "0100", "--reason", "递补", "-y")
    assert placed.code == 0
    told = {row["application_no"]: row for row in _json(call, "admit", "explain", "--place", "B", "0100")}
    assert (told[NO(3)]["via_label"], told[NO(3)]["result_label"]) == ("个别安排（第二志愿）", "录取")
    # Nobody gives a seat up for a place that is full.
    full = call("admit", "place", NO(3), "A", "0100", "--reason", "换", "-y")
    assert (full.code, "E463" in full.err, "revoke" in full.err) == (5, True, False)


def test_records_of_not_coming_follow_what_happened(call: Call, tmp_path: Path) -> None:
    def states() -> list[str]:
        return [one["state"] for one in _json(call, "trainee", "bar", "list")]

    _final(call, ("batch", "edit", "T", "--set", "bar.no_show_years=2"))
    assert _check_in(call, tmp_path, (1, "否")).code == 0
    assert states() == ["pending"]
    assert _check_in(call, tmp_path, (1, "是")).code == 0
    assert states() == ["lifted"]
    assert _check_in(call, tmp_path, (1, "否")).code == 0
    assert states() == ["pending"]
    assert call("trainee", "bar", "activate", "1", "--reason", "核实").code == 0
    late = _check_in(call, tmp_path, (1, "是"))
    assert (late.code, "E427" in late.err, states()) == (0, True, ["active"])
    checked = call("db", "check", "--deep")
    assert "诚信" not in checked.out


def test_a_record_that_arises_again_has_the_new_reason_and_so_has_the_sealed_file(
    call: Call, tmp_path: Path
) -> None:
    _final(call)
    assert _check_in(call, tmp_path, (1, "是")).code == 0
    for more in (
        ("--default", "--reason", "甲"),
        ("--undo", "--reason", "记错"),
        ("--default", "--reason", "乙"),
    ):
        assert call("admit", "quit", NO(1), *more, "-y").code == 0
    assert [(one["state"], one["reason"]) for one in _json(call, "trainee", "bar", "list")] == [
        ("pending", "乙")
    ]
    ranked = {
        row["application_no"]: row["result"] for row in _json(call, "export", "ranking", "--batch", "T")
    }
    assert ranked[NO(1)] == "已退培"
    assert call("batch", "archive", "T", "-y").code == 0
    assert call("batch", "seal", "T", "-o", tmp_path / "T.zip").code == 0
    assert f"{NO(1)}：已退培（原因：乙）" in call("verify", tmp_path / "T.zip", "--explain", NO(1)).out


def test_what_is_offered_next_can_be_done(call: Call) -> None:
    _final(call)
    assert call("admit", "decline", NO(1), *WHY).code == 0
    assert call("admit", "run", "--round", "refill").code == 0
    dates = ("--apply-from", "2026-06-01", "--apply-until", "2026-06-20")
    assert call("batch", "create", "T-2", "--supplement-of", "T", "--name", "补录", *dates).code == 0
    steps = [step["command"] for step in _json(call, "status", "T")["next"]]
    assert not any("commit" in step for step in steps)
    for number in (3, 2):
        assert call("objection", "add", NO(number), "--text", "异议", "--batch", "T").code == 0
    for objection in ("1", "2"):
        assert call("objection", "answer", objection, "--text", "属实").code == 0
        closed = call("objection", "close", objection, "--outcome", "成立", "--reason", "属实")
        # Only who has a seat can lose it.
        assert ("admit revoke" in closed.err) == (objection == "2")
    outside = call("objection", "add", "--base", "C", "--specialty", "0200", "--text", "异议", "--batch", "T")
    assert outside.code in (4, 5)
    assert call("admit", "reinstate", NO(5), *WHY).code == 5


def test_who_has_come_can_only_leave_when_an_objection_is_upheld(call: Call, tmp_path: Path) -> None:
    _final(call)
    assert _check_in(call, tmp_path, (1, "是")).code == 0
    assert call("objection", "add", NO(1), "--text", "异议", "--batch", "T").code == 0
    assert call("objection", "answer", "1", "--text", "属实").code == 0
    closed = call("objection", "close", "1", "--outcome", "成立", "--reason", "属实")
    hint = f"下一步：zhupei admit quit {NO(1)} --reason 异议成立（已经报到，登记退培）"
    assert closed.err.splitlines()[-1] == hint
    assert call(*hint.partition("（")[0].split()[1:], "-y").code == 0


def test_a_barred_person_who_is_reinstated_is_named_and_every_cure_leads_out(
    call: Call, database: str
) -> None:
    _final(call)
    bar = ("trainee", "bar", "add", _number_of(database, NO(1)), "--kind", "cheating")
    assert call(*bar, "--from", "2020-01-01", "--reason", "代考").code == 0
    assert call("admit", "decline", NO(1), *WHY).code == 0
    back = ("admit", "reinstate", NO(1), *WHY)
    assert _json(call, *back, "--dry-run")["bars_in_force"] == [1]
    assert "提醒 [E428]：此人还有已生效的诚信记录（作弊，编号 1）" in call(*back).err
    # Without a seat there is nothing to give up, and nobody is sent to the act that would give one.
    without = call("apply", "withdraw", NO(1), *WHY, "-y").err
    assert ("未录取" in without, "没有名额，不必撤回" in without, "zhupei" in without) == (True, True, False)
    assert f"zhupei admit decline {NO(2)} --reason 原因" in call("apply", "withdraw", NO(2), *WHY, "-y").err
    assert call("admit", "run", "--round", "refill").code == 0
    held = call("admit", "commit", "2").err
    cure = f"zhupei admit revoke {NO(1)} --reason 原因"
    assert ("E422" in held, cure in held, "unlock" in held) == (True, True, False)
    assert call("admit", "commit", "2", "-y").code == 0
    assert call(*cure.split()[1:]).code == 0
    assert "名额已经空出" in call("apply", "withdraw", NO(1), *WHY, "-y").err
    assert call("admit", "run", "--round", "refill").code == 0
    assert "E422" not in call("admit", "commit", "3", "-y").err


def test_who_left_by_mistake_is_told_which_round_has_the_seat_by_now(call: Call, tmp_path: Path) -> None:
    _final(call)
    assert _check_in(call, tmp_path, (1, "是")).code == 0
    assert call("admit", "quit", NO(1), *WHY, "-y").code == 0
    dates = ("--name", "补录", "--apply-from", "2026-06-01", "--apply-until", "2026-06-20")
    assert call("batch", "create", "T-2", "--supplement-of", "T", *dates).code == 0
    assert call("admit", "decline", NO(4), "--batch", "T", *WHY).code == 0
    assert call("batch", "create", "T-3", "--supplement-of", "T", *dates).code == 0  # of another place
    undo = ("admit", "quit", NO(1), "--undo", *WHY, "--batch", "T")
    refused = call(*undo)
    assert (refused.code, "T-3" in refused.err) == (5, False), refused.err
    assert "[E495]：T-0000001（考生1，基地A 的 内科） 空出的名额已转给补录批次 T-2（1 个）" in refused.err
    assert "zhupei batch cancel T-2 --reason 原因" in refused.err
    assert call("batch", "cancel", "T-2", "--reason", "退培登记有误", "-y").code == 0
    assert call(*undo).code == 0


def test_no_seat_of_an_archived_batch_is_said_to_be_refilled(call: Call, database: str) -> None:
    _final(call)
    assert call("admit", "decline", NO(4), *WHY).code == 0  # the seat at B, which 3 wanted
    assert "现有空缺名额可以递补" in call("admit", "explain", NO(3)).out
    assert call("batch", "archive", "T", "-y").code == 0
    assert "（批次已归档，空缺名额不再递补）" in call("admit", "explain", NO(3)).out
    vacant = {one["base"]: one["vacant"] for one in _json(call, "export", "vacancies", "--batch", "T")}
    assert vacant["B"] == 1
    # The same as a round: what it did not give is its parent's again.
    dates = ("--name", "主批次", "--apply-from", "2026-06-01", "--apply-until", "2026-06-20")
    assert call("batch", "create", "M", "--year", "2026", *dates).code == 0
    with transaction(database) as session:
        session.execute(
            text("UPDATE batch SET parent_id = (SELECT id FROM batch WHERE code = 'M') WHERE code = 'T'")
        )
    here = ("--batch", "T")
    assert "（空缺名额已转回原批次 M）" in call("admit", "explain", NO(3), *here).out
    for rows in (_json(call, "export", "vacancies", *here), _json(call, "batch", "plan", "list", *here)):
        assert {one["vacant"] for one in rows} == {0}
    assert ["空缺", "0"] in [line.split() for line in call("report", "summary", *here).out.splitlines()]


def test_the_log_speaks_chinese_of_bars_and_objections(call: Call, database: str) -> None:
    _final(call)
    bar = ("trainee", "bar", "add", _number_of(database, NO(1)), "--kind", "cheating", "--pending")
    assert call(*bar, "--from", "2020-01-01", "--reason", "代考").code == 0
    assert call("trainee", "bar", "activate", "1", *WHY).code == 0
    assert call("objection", "add", NO(3), "--text", "异议").code == 0
    told = [
        [one[key] for key in ("subject", "subject_label", "before_label", "after_label")]
        for one in _json(call, "audit", "log", "--limit", "2")
    ]
    assert told == [
        ["objection 1", "异议 1", None, "待处理"],
        ["bar 1", "诚信记录 1", "待确认", "生效"],
    ]


def test_nobody_is_forgotten_who_still_holds_a_seat(call: Call, database: str) -> None:
    """Erased they would be a new person the next time, with a seat in two places."""
    _commit(call)
    for step in (
        ("batch", "publish", "T", "-y"),
        ("batch", "finalize", "T", "-y"),
        ("batch", "archive", "T", "-y"),
    ):
        assert call(*step).code == 0
    erase = ("trainee", "erase", _number_of(database, NO(1)), "--reason", "申请", "-y")
    refused = call(*erase)
    assert (refused.code, "E816" in refused.err) == (5, True)
    cure = f"zhupei admit decline {NO(1)} --reason"
    assert f"{cure} 原因" in refused.err
    assert call(*cure.split()[1:], "不来", "-y").code == 0
    assert call(*erase).code == 0
    assert _json(call, "status", "T")["incomplete"] == 0
