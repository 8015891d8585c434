"""Whether a place has a seat for somebody: one answer, whoever asks."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import update

from tests.builders import store_world, worked_example
from tests.conftest import Ran, Run
from tests.people import write_book
from tests.statements import statements
from zhupei_cli.acting import Acting
from zhupei_cli.model import Plan
from zhupei_cli.services.admission.explaining_result import explain_place_now
from zhupei_cli.services.admission.give_up import take_back_quit
from zhupei_cli.services.records.lookup import find_batch
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.store.engine import reading, transaction

Call = Callable[..., Ran]
NO = "T-000000{}".format
WHY = ("--reason", "本人放弃")


@pytest.fixture
def call(database: str, zhupei: Run) -> Call:
    """The worked example as batch T, locked: two seats at A, one at B, one at C."""
    with transaction(database) as session:
        store_world(session, worked_example(), told=True)

    def run(*args: str | Path, code: int = 0) -> Ran:
        ran = zhupei("--database", database, *args)
        assert ran.code == code, ran
        return ran

    return run


def _commit(call: Call) -> None:
    call("admit", "run")
    call("admit", "commit", "1", "-y")


def _final(call: Call) -> None:
    _commit(call)
    call("batch", "publish", "T", "-y")
    call("batch", "finalize", "T", "-y")


def _plan(database: str, base: str, **terms: object) -> None:
    with transaction(database) as session:
        session.execute(update(Plan).where(Plan.base_code == base).values(terms))


def _listed(call: Call, base: str) -> dict[str, str]:
    rows = json.loads(call("admit", "explain", "--place", base, "0100", "--batch", "T", "--json").out)
    return {row["application_no"][-1]: row["result_label"] for row in rows}


def _check_in(call: Call, folder: Path, *rows: tuple[int, str], code: int = 0) -> list[str]:
    told = [{"application_no": NO(who), "checked_in": came, "note": "核实"} for who, came in rows]
    path = write_book(folder / "报到.xlsx", [(workbook_kinds.CHECK_IN, told)])
    ran = call("admit", "checkin", "import", path, "--batch", "T", "--json", code=code)
    return [f"{one['code']} {one['message']}" for one in json.loads(ran.out)["problems"]]


def _newest(call: Call) -> str:
    return str(max(one["import_id"] for one in json.loads(call("imports", "list", "--json").out)))


def test_explain_and_place_agree_where_an_identity_has_all_it_may(call: Call, database: str) -> None:
    _plan(database, "A", max_social=1)
    _commit(call)
    call("admit", "decline", NO(4), *WHY)  # the seat at B, for which 2 and 3 waited
    assert _listed(call, "B")["2"] == "现有空缺名额可以递补"
    assert _listed(call, "A") == {"1": "录取", "2": "已录满", "3": "已录满", "4": "放弃录取"}
    refused = call("admit", "place", NO(2), "A", "0100", "--reason", "递补", "-y", code=5)
    assert "[E463]：基地A 的 内科 对面向社会招收住院医师上限 1 人，已占 1 人，没有写入" in refused.err
    # Where it has more, both say so; where the place is stopped, both do not.
    _plan(database, "A", max_social=2)
    assert _listed(call, "A")["2"] == "现有空缺名额可以递补"
    _plan(database, "A", stopped=True)
    assert _listed(call, "A")["2"] == "已录满"
    assert "E469" in call("admit", "place", NO(2), "A", "0100", "--reason", "递补", "-y", code=5).err


def test_who_came_after_the_run_is_told_of_that_place_too(call: Call, database: str) -> None:
    _commit(call)
    call("admit", "decline", NO(1), *WHY)
    call("admit", "uncommit", "--reason", "计划调整")
    call("admit", "run")
    call("admit", "commit", "2", "-y")
    call("admit", "reinstate", NO(1), *WHY)
    call("admit", "decline", NO(4), *WHY)
    assert _listed(call, "B")["1"] == "现有空缺名额可以递补"
    assert _listed(call, "A")["1"] == "已录满"
    assert "E463" in call("admit", "place", NO(1), "A", "0100", "--reason", "递补", "-y", code=5).err
    _plan(database, "A", stopped=True)
    assert _listed(call, "A")["1"] == "已停招"


def test_a_seat_that_a_round_holds_is_told_where_it_is(call: Call) -> None:
    _final(call)
    call("admit", "decline", NO(4), *WHY)
    dates = ("--name", "补录", "--apply-from", "2026-06-01", "--apply-until", "2026-06-20")
    call("batch", "create", "T-2", "--supplement-of", "T", *dates, "-y")

    told = [_listed(call, base)["3"] for base in "AB"]
    assert told == ["已录满", "空缺名额已转入补录"]
    refused = call("admit", "place", NO(3), "B", "0100", "--batch", "T", "--reason", "补", "-y", code=5)
    assert "[E495]：基地B 的 内科 空出的名额已转给补录批次 T-2（1 个）" in refused.err


def test_who_comes_after_all_is_told_who_has_the_seat(call: Call, database: str, tmp_path: Path) -> None:
    _final(call)
    assert _check_in(call, tmp_path, (1, "否"), (2, "否")) == []
    # Their identity may have one seat of the two: the row that comes first has it.
    _plan(database, "A", max_social=1)
    assert _check_in(call, tmp_path, (2, "是"), (1, "是"), code=3) == [
        "E463 基地A 的 内科 对面向社会招收住院医师上限 1 人，已占 1 人，没有可恢复的名额，没有写入；"
        "zhupei export vacancies --unpublished 查看空缺名额"
    ]
    _plan(database, "A", max_social=None)
    dates = ("--name", "补录", "--apply-from", "2026-06-01", "--apply-until", "2026-06-20")
    call("batch", "create", "T-2", "--supplement-of", "T", *dates)
    way = (
        "基地A 的 内科 空出的名额已转给补录批次 T-2（1 个）；在补录批次 T-2 中录取、递补或个别安排；"
        "补录批次归档以后，没有录取的名额回到原批次；"
        "还没有锁定的补录批次可以取消：zhupei batch cancel T-2 --reason 原因"
    )
    assert _check_in(call, tmp_path, (1, "是"), code=3) == [f"E495 {way}"]
    # The same is said to each of several.
    assert _check_in(call, tmp_path, (2, "否")) == []
    call("batch", "create", "T-3", "--supplement-of", "T", *dates)
    first, second = _check_in(call, tmp_path, (1, "是"), (2, "是"), code=3)
    assert first == second and "补录批次 T-2、T-3（2 个）；在补录批次 T-2、T-3 中录取" in first
    call("batch", "cancel", "T-2", "--reason", "重来", "-y")
    call("batch", "cancel", "T-3", "--reason", "重来", "-y")
    assert _check_in(call, tmp_path, (1, "是"), (2, "是")) == []


def test_two_who_left_by_mistake_and_one_seat(call: Call, database: str, tmp_path: Path) -> None:
    _final(call)
    _check_in(call, tmp_path, (1, "是"), (2, "是"))
    call("admit", "quit", NO(1), NO(2), *WHY, "-y")
    undo = ("admit", "quit", NO(1), NO(2), "--undo", *WHY)
    _plan(database, "A", quota=1)
    assert (
        "[E463]：T-0000002（考生2，基地A 的 内科） 没有可恢复的名额：计划 1 人，已占 1 人，没有写入"
        in call(*undo, code=5).err
    )
    _plan(database, "A", quota=2, max_social=1)
    assert (
        "[E463]：T-0000002（考生2，基地A 的 内科） 没有可恢复的名额："
        "对面向社会招收住院医师上限 1 人，已占 1 人，没有写入" in call(*undo, code=5).err
    )
    _plan(database, "A", max_social=None)
    call(*undo)


def test_statements_do_not_grow_with_those_who_left_by_mistake(
    call: Call, database: str, by: Acting, tmp_path: Path
) -> None:
    _final(call)
    _check_in(call, tmp_path, (1, "是"), (2, "是"), (4, "是"))
    call("admit", "quit", NO(1), NO(2), NO(4), *WHY, "-y")

    def count(*who: int) -> int:
        with transaction(database, dry_run=True) as session, statements() as seen:
            batch = find_batch(session, "T")
            done, _refused, _bars = take_back_quit(session, batch, map(NO, who), reason="记错", by=by)
        assert len(done) == len(who)
        assert not any("trainee.name" in one for one in seen)
        return len(seen)

    assert count(1) == count(1, 2, 4)


def test_statements_do_not_grow_with_who_joined_a_place(call: Call, database: str) -> None:
    _plan(database, "C", quota=3)
    call("admit", "run", "--no-adjust")
    call("admit", "commit", "1", "-y")
    for who in (2, 4):  # 2 waits all the time, so that the reasons are looked up alike
        call("admit", "decline", NO(who), *WHY)
        call("admit", "reinstate", NO(who), *WHY)

    def joined(number: int) -> tuple[int, list[tuple[str, str, str]]]:
        call("admit", "place", NO(number), "C", "0100", "--reason", "调剂", "-y")
        with reading(database) as session, statements() as seen:
            rows = explain_place_now(session, find_batch(session, "T"), "C", "0100")["ranking"]
        return len(seen), [(one["application_no"], one["identity"], one["via"]) for one in rows]

    one, two = joined(3), joined(4)
    assert two == (one[0], [*one[1], (NO(4), "social", "place")])
    assert one[1] == [(NO(5), "social", "choice2"), (NO(3), "social", "place")]
    listed = {row["application_no"]: row for row in json.loads(call("admit", "list", "--json").out)}
    assert listed[NO(3)]["identity"] == "social" and listed[NO(3)]["identity_label"] == "面向社会招收住院医师"


def test_undoing_a_check_in_names_whose_seat_is_gone(call: Call, tmp_path: Path) -> None:
    _final(call)
    assert _check_in(call, tmp_path, (4, "否"), (1, "是")) == []
    call("admit", "place", NO(3), "B", "0100", "--reason", "递补", "-y")
    undo = ("imports", "undo", _newest(call), "--reason", "登记有误", "-y")
    refused = call(*undo, code=5).err
    assert (
        "[E463]：T-0000004（考生4，基地B 的 内科） 没有可恢复的名额：计划 1 人，已占 1 人，没有写入"
        in refused
    )
    call("admit", "revoke", NO(3), *WHY)
    call(*undo)
    listed = {
        row["application_no"]: row["status_label"] for row in json.loads(call("admit", "list", "--json").out)
    }
    assert (listed[NO(1)], listed[NO(4)]) == ("已录取", "已录取")
    vacant = json.loads(call("export", "vacancies", "--json").out)
    assert [(one["base"], one["taken"]) for one in vacant] == [("A", 2), ("B", 1), ("C", 1)]


def test_undoing_a_check_in_names_who_has_another_seat(call: Call, tmp_path: Path) -> None:
    _final(call)
    assert _check_in(call, tmp_path, (4, "否")) == []
    dates = ("--name", "补录", "--apply-from", "2026-06-01", "--apply-until", "2026-06-20")
    call("batch", "create", "T-2", "--supplement-of", "T", *dates, "-y")
    undo = ("imports", "undo", _newest(call), "--reason", "登记有误", "-y")
    assert (
        "[E495]：T-0000004（考生4，基地B 的 内科） 空出的名额已转给补录批次 T-2（1 个）"
        in call(*undo, code=5).err
    )
