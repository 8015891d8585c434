"""`zhupei admit preplace`: seats before a run, from the workbook to the sealed file."""

import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import select

from tests.builders import store_world, worked_example
from tests.conftest import Ran, Run
from tests.people import open_batch, person, write_book
from zhupei_cli.model import Application, BatchSetting, Trainee
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.store.engine import reading, transaction

NO = "T-000000{}".format
HEADS = ("报名号", "基地编号", "专业代码", "培养高校", "导师")
Call = Callable[..., Ran]


@pytest.fixture
def call(database: str, zhupei: Run) -> Call:
    """The worked example, closed, with a postgraduate who would lose everywhere: 6."""
    example = worked_example()
    sixth = example.candidates[4]._replace(no=NO(6), identity="postgrad", choices=(("C", "0100"),))
    with transaction(database) as session:
        world = replace(example, candidates=(*example.candidates, sixth))
        store_world(session, world, status="closed", told=True)
    return lambda *args: zhupei("--database", database, *args)


def sheet(path: Path, *rows: tuple[object, ...]) -> Path:
    keys = ("application_no", "place_base", "place_specialty", "university", "tutor")
    told = [dict(zip(keys, row, strict=True)) for row in rows]
    return write_book(path, [(workbook_kinds.PREPLACE, told)])


def codes(ran: Ran) -> list[tuple[int, str]]:
    return [(one["row"], one["code"]) for one in json.loads(ran.out)["problems"]]


def standing(call: Call) -> list[str]:
    """Return the codes of what the events and the rows of admission do not agree in."""
    found = json.loads(call("db", "check", "--deep", "--json").out)["findings"]
    return [one["code"] for one in found if one["code"] not in ("E546", "E547", "E642")]


def test_a_season_with_seats_before_the_run(call: Call, tmp_path: Path) -> None:
    assert call("admit", "preplace", "template", "-o", "模板.xlsx").code == 0
    heads = [cell.value for cell in openpyxl.load_workbook("模板.xlsx").worksheets[0][2]]
    assert [head for head in heads if head in (*HEADS, "基地编号*", "专业代码*")] == [
        *("报名号", "基地编号*", "专业代码*", "培养高校", "导师")
    ]
    book = sheet(
        tmp_path / "专硕安排.xlsx",
        (NO(6), "A", "0100", "郑州大学", None),
        (NO(1), "A", "9999", None, None),  # no such specialty
        (NO(2), "B", "0100", None, None),  # no postgraduate, and B has one seat
        (NO(3), "B", "0100", None, None),  # … which 2 has now
    )
    ran = call("admit", "preplace", "import", book, "--json")
    assert (ran.code, codes(ran)) == (
        3,
        [(2, "E727"), (3, "E303"), (4, "E769"), (5, "E769"), (5, "E463")],
    )
    undone = call("admit", "preplace", "undo", NO(2), "--reason", "不是专硕", "--yes")
    assert undone == Ran(0, "", f"已撤销预先安排的名额 1 个：{NO(2)}\n")
    assert call("admit", "preplace", "undo", NO(2), "--reason", "x", "--yes").code == 5
    unknown = call("admit", "preplace", "undo", "T-0000099", "--reason", "x", "--yes")
    assert (unknown.code, unknown.err.split("：")[0]) == (4, "错误 [E304]")
    # The same again changes nothing, what else is known may change, another place may not.
    again = sheet(tmp_path / "再.xlsx", (NO(6), "A", "0100", "郑州大学", None))
    assert json.loads(call("admit", "preplace", "import", again, "--json").out)["counts"]["unchanged"] == 1
    tutor = sheet(tmp_path / "导师.xlsx", (NO(6), "A", "0100", "郑州大学", "李教授"))
    second = json.loads(call("admit", "preplace", "import", tutor, "--json").out)
    assert second["counts"]["updated"] == 1
    moved = sheet(tmp_path / "换.xlsx", (NO(6), "C", "0100", None, None))
    assert codes(call("admit", "preplace", "import", moved, "--json")) == [(2, "E766")]
    assert standing(call) == []
    # Taken back by import, the last first; then given again.
    first = json.loads(ran.out)["import_id"]
    assert call("imports", "undo", str(first), "--reason", "错", "--yes").code == 5
    assert call("imports", "undo", str(second["import_id"]), "--reason", "错", "--yes").code == 0
    listed = json.loads(call("admit", "preplace", "list", "--json").out)
    assert [(one["application_no"], one["base"], one["university"], one["tutor"]) for one in listed] == [
        (NO(6), "A", "郑州大学", None)
    ]
    assert standing(call) == []
    # The whole list comes in again unchanged.
    assert call("admit", "preplace", "list", "--reveal", "-o", "名单.xlsx").code == 0
    assert (
        json.loads(call("admit", "preplace", "import", "名单.xlsx", "--json").out)["counts"]["unchanged"] == 1
    )
    call("admit", "preplace", "undo", NO(6), "--reason", "重来", "--yes")
    assert json.loads(call("admit", "preplace", "list", "--json").out) == []
    third = json.loads(call("admit", "preplace", "import", tutor, "--json").out)
    assert call("imports", "undo", str(third["import_id"]), "--reason", "错", "--yes").code == 0
    assert json.loads(call("admit", "preplace", "list", "--json").out) == []
    assert standing(call) == []
    assert call("admit", "preplace", "import", tutor).code == 0
    assert standing(call) == []
    assert "已提交" not in call("apply", "status", NO(6)).out
    # Nothing of it shows before publication, and nobody takes the application from under it.
    assert "基地审核通过" in call("apply", "status", NO(6)).out
    assert json.loads(call("export", "vacancies", "--json").out)[0]["vacant"] is None
    for act in (("review", "revoke"), ("apply", "withdraw")):
        refused = call(*act, NO(6), "--reason", "重来", "--yes")
        assert (refused.code, refused.err.split("：")[0]) == (5, "错误 [E770]")
    # It is held: the run has five candidates, and one seat less at A.
    locked = call("batch", "lock", "T", "--yes")
    assert (locked.code, "参加录取 5 人" in locked.err) == (0, True)
    summary = json.loads(call("admit", "run", "--json").out)
    assert (summary["candidates"], summary["by_via"]["choice1"]) == (5, 2)
    rows = json.loads(call("admit", "list", "--run", "1", "--json").out)
    assert [row["base"] for row in rows] == ["A", None, None, "B", "C"]
    assert call("admit", "verify", "1").code == 0
    assert call("admit", "commit", "1", "--yes").code == 0
    assert call("admit", "uncommit", "--reason", "重定", "--yes").code == 0
    assert len(json.loads(call("admit", "preplace", "list", "--json").out)) == 1
    assert standing(call) == []
    assert call("admit", "commit", "1", "--yes").code == 0
    assert call("admit", "preplace", "undo", NO(6), "--reason", "x", "--yes").code == 5
    assert call("batch", "publish", "--yes").code == 0
    assert "拟录取" in call("apply", "status", NO(6)).out
    result = {one["application_no"]: one for one in json.loads(call("admit", "list", "--json").out)}
    assert [result[NO(6)][key] for key in ("via", "via_label", "rank", "round")] == [
        *("preplaced", "预先安排", None, None)
    ]
    vacancies = json.loads(call("export", "vacancies", "--json").out)
    assert [(one["base"], one["taken"], one["preplaced"], one["vacant"]) for one in vacancies] == [
        *(("A", 2, 1, 0), ("B", 1, 0, 0), ("C", 1, 0, 0))
    ]
    plan = json.loads(call("batch", "plan", "list", "--json").out)
    assert [one["preplaced"] for one in plan] == [1, 0, 0]
    assert "T-0000006" in call("export", "public").out + call("export", "public").err
    assert call("batch", "finalize", "--yes").code == 0
    assert call("export", "roster", "--all", "-o", "名单").code == 0
    (book_of_a,) = Path("名单").glob("A_*.xlsx")
    cells = [[cell.value for cell in row] for page in openpyxl.load_workbook(book_of_a) for row in page]
    assert any("预先安排" in row and "在读专硕" in row for row in cells)
    assert sum("其中预先安排 1 人" in str(cell) for row in cells for cell in row) == 2
    assert call("batch", "seal", "--yes").code == 0
    assert call("verify", "T_封存.zip").code == 0
    assert "预先安排" in call("verify", "T_封存.zip", "--explain", NO(6)).out
    with zipfile.ZipFile("T_封存.zip") as sealed:
        assert not [name for name in sealed.namelist() if "李教授".encode() in sealed.read(name)]
    assert standing(call) == []


@pytest.mark.parametrize(
    "acts",
    ["revoke reinstate uncommit", "decline uncommit reinstate", "revoke reinstate place publish"],
)
def test_who_gave_such_a_seat_up_is_a_candidate_like_any_other(call: Call, tmp_path: Path, acts: str) -> None:
    """What was known of the seat is about no other one, and holds nothing up."""
    book = sheet(tmp_path / "a.xlsx", (NO(6), "A", "0100", "培养大学", "李教授"))
    for command in (
        "admit preplace import a.xlsx",
        "batch lock T --yes",
        "admit run",
        "admit commit 1 --yes",
    ):
        assert call(*command.replace("a.xlsx", str(book)).split()).code == 0, command
    for act in acts.split():
        whose = {"uncommit": (), "publish": ("T",), "place": (NO(6), "A", "0100")}
        group = "batch" if act == "publish" else "admit"
        told = () if act == "publish" else ("--reason", "另行安排")
        ran = call(group, act, *whose.get(act, (NO(6),)), *told, "--yes")
        assert ran.code == 0, (act, ran.err)
    assert standing(call) == []
    if "place" in acts:
        call("batch", "finalize", "--yes")
        assert call("export", "roster", "--base", "A", "-o", "名单").code == 0
        (roster,) = Path("名单").glob("A_*.xlsx")
        cells = [cell.value for page in openpyxl.load_workbook(roster) for row in page for cell in row]
        assert NO(6) in cells
        assert not [cell for cell in cells if "培养大学" in str(cell) or "李教授" in str(cell)]


def test_a_decision_a_seat_rests_on_is_not_taken_back(call: Call, tmp_path: Path) -> None:
    for command in ("batch reopen T --yes", f"review revoke {NO(6)} --reason 重审 --yes"):
        assert call(*command.split()).code == 0, command
    rows = [{"application_no": NO(6), "decision": "通过"}]
    reviews = write_book(tmp_path / "审核.xlsx", [(workbook_kinds.REVIEW, rows)])
    made = json.loads(call("review", "import", reviews, "--json").out)["import_id"]
    assert call("batch", "close", "T", "--yes").code == 0
    assert (
        call("admit", "preplace", "import", sheet(tmp_path / "a.xlsx", (NO(6), "A", "0100", None, None))).code
        == 0
    )
    undo = ("imports", "undo", str(made), "--reason", "导错了", "--yes")
    refused = call(*undo)
    assert (refused.code, "错误 [E491]" in refused.err, "预先安排" in refused.err) == (5, True, True), refused
    shown = call("imports", "show", str(made)).out
    assert "可以撤销" not in shown, shown
    assert call("admit", "preplace", "undo", NO(6), "--reason", "重来", "--yes").code == 0
    assert call(*undo).code == 0
    assert standing(call) == []


def test_a_record_about_who_has_such_a_seat_names_what_stands_in_the_way(
    call: Call, database: str, tmp_path: Path
) -> None:
    book = sheet(tmp_path / "安排.xlsx", (NO(6), "A", "0100", None, None))
    assert call("admit", "preplace", "import", book).code == 0
    with reading(database) as session:
        number = select(Trainee.id_number).join(Application).where(Application.application_no == NO(6))
        who = session.execute(number).scalar_one()
    entered = call(
        "trainee", "bar", "add", who, "--kind", "cheating", "--from", "2020-01-01", "--reason", "代考"
    )
    undo, revoke = f"zhupei admit preplace undo {NO(6)}", f"zhupei review revoke {NO(6)}"
    assert f"{NO(6)}：先撤销安排（{undo} --reason 原因）；不应参加的撤销审核（{revoke}" in entered.err
    for act in (undo, revoke):
        assert call(*act.split()[1:], "--reason", "代考", "-y").code == 0


def test_what_is_known_of_a_seat_is_taken_away_by_a_word_alone(call: Call, tmp_path: Path) -> None:
    def known(*details: object) -> tuple[list[str], object]:
        ran = call("admit", "preplace", "import", sheet(tmp_path / "a.xlsx", (NO(6), "C", "0100", *details)))
        (one,) = json.loads(call("admit", "preplace", "list", "--json").out)
        return [line.split("]")[0][-4:] for line in ran.err.splitlines() if "[E" in line], (
            one["university"],
            one["tutor"],
        )

    assert known("郑州大学", "李教授") == ([], ("郑州大学", "李教授"))
    assert known(None, None) == ([], ("郑州大学", "李教授"))
    assert known("河南大学", None) == ([], ("河南大学", "李教授"))
    assert known(None, "清空") == ([], ("河南大学", None))
    assert known("大" * 101, "王教授") == (["E155"], ("河南大学", None))
    assert standing(call) == []
    undone = call("imports", "undo", "4", "--reason", "不对", "--yes")
    assert (undone.code, standing(call)) == (0, []), undone
    assert "拟录取" not in call("trainee", "history", NO(6)).out  # nothing of a seat before publication


def test_a_batch_with_seats_before_the_run_is_not_cancelled(call: Call, tmp_path: Path) -> None:
    book = sheet(tmp_path / "a.xlsx", (NO(6), "C", "0100", None, None))
    assert call("admit", "preplace", "import", book).code == 0
    assert call("batch", "reopen", "T", "--yes").code == 0
    assert call("db", "check").out.count("E548") == 0
    assert call("admit", "preplace", "undo", NO(6), "--reason", "x", "--yes").code == 5
    refused = call("batch", "cancel", "T", "--yes")
    assert (refused.code, refused.err.splitlines()[0]) == (
        5,
        "错误 [E768]：批次 T 还有 1 个预先安排的名额，不能取消",
    )
    assert call("batch", "close", "T", "--yes").code == 0
    assert call("admit", "preplace", "undo", NO(6), "--reason", "x", "--yes").code == 0


def test_identities_are_offered_where_the_batch_names_them(database: str, zhupei: Run) -> None:
    with transaction(database) as session:
        open_batch(session)
    form = person(
        1, identity="在读专硕", source_type="在读专硕", train_years="3", level="硕士", degree_type="专业型"
    )
    form |= {"graduated_on": "2029-06-30", "is_fresh": "应届", "degree": "硕士"}
    book = write_book(Path("报名.xlsx"), [(workbook_kinds.PERSON, [form])])
    command = ("--database", database, "trainee", "import", book, "--submit", "--json")
    assert "E762" in {one["code"] for one in json.loads(zhupei(*command).out)["problems"]}
    assert zhupei("--database", database, "trainee", "template", "-o", "模板.xlsx").code == 0
    assert "在读专硕" not in offered_identities()
    with transaction(database) as session:
        # A setting of structure, settled in a draft; this batch was opened by hand.
        session.merge(BatchSetting(batch_id=1, key="identities", value="social,postgrad"))
    found = json.loads(zhupei(*command).out)
    assert [one for one in found["problems"] if one["severity"] == "error"] == []
    assert found["counts"]["inserted"] == 1
    assert zhupei("--database", database, "trainee", "template", "-o", "模板.xlsx", "--force").code == 0
    assert "在读专硕" in offered_identities()
    # Of such a person the degree type is asked: of a new row, of a correction, among the anomalies.
    other = {**form, **{key: person(2)[key] for key in ("name", "id_number", "mobile")}, "degree_type": None}
    write_book(book, [(workbook_kinds.PERSON, [other])])
    found = json.loads(zhupei(*command).out)
    assert [one["code"] for one in found["problems"] if one["severity"] == "error"] == ["E764"]
    with reading(database) as session:
        number = session.execute(select(Application.application_no)).scalar_one()
    corrected = ("apply", "correct", number, "degree_type", "清空", "--reason", "填错")
    assert "在读专硕的学位类型应为专业型（未填）" in zhupei("--database", database, *corrected).err
    anomalies = zhupei("--database", database, "report", "anomalies", "--json").out
    assert [(one["kind"], one["subject"]) for one in json.loads(anomalies)] == [("postgrads", number)]


def offered_identities() -> list[str]:
    """Return the words of the drop-down list of identities in the template."""
    pages = openpyxl.load_workbook("模板.xlsx")
    lists = ([str(cell.value) for cell in column if cell.value] for column in pages["字典"].iter_cols())
    return next(words for words in lists if words[0] == "个人身份")
