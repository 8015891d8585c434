"""One person over the years: barred, in training, retraining, cleared, in each place somebody looks."""

import json
from pathlib import Path

import pytest
from sqlalchemy import select, text

from tests.conftest import Ran, Run
from tests.people import called, id_number, write_book
from tests.people_over_years import (
    BARRED,
    CLEARED,
    FREE,
    LEFT,
    NO,
    TRAINING,
    Call,
    seat_at,
    store_years,
)
from tests.statements import statements
from zhupei_cli.acting import Acting
from zhupei_cli.model import Trainee
from zhupei_cli.services.applications import past
from zhupei_cli.services.records.lookup import find_batch
from zhupei_cli.services.upkeep.invariants import check_database
from zhupei_cli.sheets.kinds import workbook_kinds as kinds
from zhupei_cli.store.engine import reading, transaction

WHY = ("--reason", "核实")
FORM = (
    *("--identity", "social", "--source-type", "应届毕业生", "--train-years", "3", "--specialty", "0100"),
    *("--choice1", "4101001", "--adjust"),
)


@pytest.fixture
def call(database: str, zhupei: Run) -> Call:
    def run(*args: str | Path) -> Ran:
        return zhupei("--database", database, *args)

    return run


@pytest.fixture
def years(database: str, call: Call, tmp_path: Path, by: Acting) -> Call:
    store_years(database, call, tmp_path, by)
    return call


def _codes(problems: list[dict[str, str]]) -> list[str]:
    return [one["code"] for one in problems if one["code"] in ("E690", "E691", "E692")]


def test_one_screen_has_all_years_and_names_nobody_whole(years: Call) -> None:
    ran = years("trainee", "standing", id_number(LEFT))
    assert ran.code == 0 and id_number(LEFT) not in ran.out + ran.err
    assert "2025" in ran.out and "已退培" in ran.out and "2025-12-01 离开" in ran.out
    told = json.loads(years("trainee", "standing", id_number(CLEARED), "--json").out)
    assert [one["status_label"] for one in told["years"]] == ["作弊（已解除）"]
    assert json.loads(years("trainee", "standing", called(FREE), "--json").out)["years"] == []


def test_a_default_and_a_no_show_leave_pending_bars_that_nobody_is_kept_out_by(
    years: Call, database: str, tmp_path: Path
) -> None:
    assert (
        years("admit", "quit", NO(1), "--reason", "未履行协议", "--on", "2026-02-01", "--default", "-y").code
        == 0
    )
    assert years("admit", "quit", NO(1), *WHY).err == "退培：0 人，另有 1 人已经是这样，不必再做\n"
    (pending,) = json.loads(years("trainee", "bar", "list", "--state", "待确认", "--json").out)
    assert (pending["kind"], pending["from_date"], pending["until"]) == (
        "default",
        "2026-02-01",
        "2031-01-31",
    )
    new = ("apply", "new", "--batch", "HN2026", "--person", id_number(TRAINING), *FORM, "--json")
    assert _codes(json.loads(years(*new, "-n").out)["problems"]) == ["E692"]
    assert years("trainee", "bar", "activate", str(pending["bar"]), *WHY).code == 0
    assert _codes(json.loads(years(*new).out)["problems"]) == ["E690", "E692"]
    assert years("trainee", "bar", "activate", "2", *WHY).code == 5
    assert years("trainee", "bar", "lift", "99", *WHY).code == 4
    with transaction(database) as session:
        taken = session.execute(text("SELECT sum(taken_social) FROM plan WHERE batch_id = 1")).scalar()
        assert taken == 0
        free = session.execute(select(Trainee.id).where(Trainee.id_number == id_number(FREE))).scalar_one()
        seat_at(session, 5, free, "admitted")
    assert years("batch", "edit", "T", "--set", "bar.no_show_years=2").code == 0
    for answer, state in (("否", "pending"), ("是", "lifted")):
        row = {"application_no": NO(5), "checked_in": answer, "note": "核对"}
        book = write_book(tmp_path / f"{answer}.xlsx", [(kinds.CHECK_IN, [row])])
        done = years("admit", "checkin", "import", book, "--batch", "T", "--json")
        assert done.code == 0
        bars = json.loads(years("trainee", "bar", "list", "--who", id_number(FREE), "--json").out)
        assert [(one["kind"], one["state"], one["source"]) for one in bars] == [("no_show", state, NO(5))]


def test_erasing_waits_for_the_record_to_be_lifted_and_takes_the_name_from_it(
    years: Call, database: str
) -> None:
    erase = ("trainee", "erase", id_number(BARRED), "--reason", "本人要求", "--yes")
    assert (years(*erase).code, "E698" in years(*erase).err) == (5, True)
    assert years("trainee", "bar", "lift", "1", *WHY).code == years(*erase).code == 0
    with reading(database) as session:
        kept = session.execute(text("SELECT name, id_number, reason FROM bar WHERE id = 1")).one()
        assert kept.name == "已删除" and kept.id_number.startswith("已删除-") and kept.reason is None
        assert [one for one in check_database(session, deep=True) if "诚信记录" in one.message] == []


def test_the_list_comes_and_goes_as_a_workbook(years: Call, database: str, tmp_path: Path) -> None:
    assert years("trainee", "bar", "template", "-o", tmp_path / "模板.xlsx").code == 0
    row = {
        "id_number": id_number(27),
        "name": called(27),
        "kind": "其他",
        "from_date": "2026-01-01",
        "reason": "甲",
    }
    book = write_book(tmp_path / "再.xlsx", [(kinds.BAR, [row])])
    assert json.loads(years("trainee", "bar", "import", book, "--json").out)["counts"]["inserted"] == 1
    again = json.loads(years("trainee", "bar", "import", book, "--json").out)
    assert (again["counts"]["unchanged"], again["import_id"]) == (1, None)
    changed = write_book(tmp_path / "改.xlsx", [(kinds.BAR, [{**row, "years": 3}])])
    ran = years("trainee", "bar", "import", changed, "-n", "--json")
    assert json.loads(ran.out)["counts"]["updated"] == 1
    done = json.loads(years("trainee", "bar", "import", changed, "--json").out)
    assert years("imports", "undo", str(done["import_id"]), *WHY, "--yes").code == 0
    (bar,) = [
        one for one in json.loads(years("trainee", "bar", "list", "--json").out) if one["kind"] == "other"
    ]
    assert (bar["until"], bar["state"], bar["id_number"]) == (
        None,
        "active",
        f"{id_number(27)[:4]}**********{id_number(27)[-4:]}",
    )
    other = write_book(
        tmp_path / "错.xlsx", [(kinds.BAR, [{**row, "name": "李四", "id_number": id_number(29)}])]
    )
    assert years("trainee", "bar", "import", other).code == 3
    assert years("trainee", "bar", "export", "-o", tmp_path / "出.csv").code == 0
    assert id_number(27) in (tmp_path / "出.csv").read_text("utf-8-sig")
    with reading(database) as session:
        told = [one for one in check_database(session, deep=True) if "诚信记录" in one.message]
        assert told == []


@pytest.mark.usefixtures("years")
def test_bars_cost_a_query_per_5000_people(database: str) -> None:
    people = {("id_card", id_number(one)): one for one in range(1, 12_001)}
    with reading(database) as session, statements() as seen:
        past.load_past(session, find_batch(session, "HN2026"), people)
    assert sum("FROM bar" in " ".join(one.split()) for one in seen) == 3


def test_where_a_record_is_from_shows_no_number(years: Call, database: str, tmp_path: Path) -> None:
    number = id_number(29)
    row = {"id_number": number, "name": called(29), "kind": "其他", "from_date": "2026-01-01", "reason": "甲"}
    book = write_book(tmp_path / f"{number}.xlsx", [(kinds.BAR, [row])])
    assert years("trainee", "bar", "import", book).code == 0
    add = ("trainee", "bar", "add", number, "--kind", "作弊", "--reason", "乙", "--source", f"举报 {number}")
    assert years(*add).code == 0
    with transaction(database) as session:  # as earlier versions wrote it
        session.execute(text("UPDATE bar SET source = :it WHERE id = 3"), {"it": f"{number}.xlsx 第 2 行"})
    for words in (("trainee", "bar", "list"), ("trainee", "standing", number)):
        for form in ((), ("--json",)):
            assert number not in years(*words, *form).out
    assert years("trainee", "bar", "list", "--reveal").out.count(number) == 4
    assert number in years("trainee", "bar", "export").out


def test_a_leaving_is_not_recorded_otherwise_without_a_word(years: Call) -> None:
    """2 left on 2025-12-01, not in default."""
    again = ("admit", "quit", NO(2), "--reason", "本人申请", "-y")
    same = Ran(0, "", "退培：0 人，另有 1 人已经是这样，不必再做\n")
    assert years(*again) == years(*again, "--on", "2025-12-01") == same
    for more in (("--default",), ("--on", "2026-01-15")):
        refused = years(*again, *more)
        assert (refused.code, refused.out, refused.err.splitlines()[0]) == (
            5,
            "",
            f"错误 [E810]：{NO(2)} 登记过退培，2025-12-01 离开，与现在写的不同",
        )
    both = years("admit", "quit", NO(1), *again[2:], "--default", "--skip-bad", "--json")
    told = json.loads(both.out)
    assert (both.code, told["decided"], told["bars"]) == (3, 1, 1)
    assert [(one["application_no"], one["code"]) for one in told["refused"]] == [(NO(2), "E810")]
    # The way its cure says.
    assert years("admit", "quit", NO(2), "--undo", "--reason", "登记有误").code == 0
    assert years(*again, "--default").code == 0
    assert len(json.loads(years("trainee", "bar", "list", "--state", "待确认", "--json").out)) == 2


def test_a_list_whose_record_followed_a_name_is_not_taken_back(years: Call) -> None:
    number = id_number(BARRED)
    assert years("trainee", "edit", number, "--name", "王新", "--reason", "更名").code == 0
    (bar,) = json.loads(years("trainee", "bar", "list", "--who", number, "--json").out)
    assert (bar["bar"], bar["name"], bar["state"]) == (1, "王新", "active")
    (run,) = [one for one in json.loads(years("imports", "list", "--json").out) if one["kind"] == "bar"]
    undone = years("imports", "undo", str(run["import_id"]), *WHY, "--yes")
    assert (undone.code, undone.err.split("：")[0]) == (5, "错误 [E491]")
    assert "更正诚信记录的姓名、号码" in years("imports", "show", str(run["import_id"])).err
    assert "更正诚信记录的姓名、号码" in years("audit", "log", "--kind", "诚信").out
