"""`zhupei admit checkin`, whole output and exit codes; and what it leaves in the database."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select

from tests.builders import store_world, worked_example
from tests.conftest import OPERATOR, Ran, Run
from tests.people import id_number, write_book
from tests.statements import statements
from zhupei_cli.acting import Acting
from zhupei_cli.model import Admission, Application, Event, ImportRun, Plan
from zhupei_cli.services.admission import admissions, checkins, stages
from zhupei_cli.services.records.lookup import find_batch
from zhupei_cli.services.records.workbooks import read_workbooks
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.store.engine import transaction

Call = Callable[..., Ran]
NO = "T-000000{}".format


@pytest.fixture
def final(database: str, by: Acting) -> str:
    """The worked example, final: 1 and 2 at A, 4 at B, 5 at C; 3 has nothing."""
    with transaction(database) as session:
        batch = store_world(session, worked_example())
        admissions.run_admission(session, batch, by=by)
        admissions.commit_run(session, batch, 1, by=by)
        stages.move_batch(session, batch, "publish", by=by)
        stages.finalize_batch(session, batch, by=by)
    return database


@pytest.fixture
def checkin(final: str, zhupei: Run) -> Call:
    def call(*args: str | Path) -> Ran:
        return zhupei("--database", final, "admit", "checkin", *args)

    return call


def _book(home: Path, *rows: Mapping[str, Any]) -> Path:
    return write_book(home / "报到.xlsx", [(workbook_kinds.CHECK_IN, rows)])


def _row(number: int, came: str, note: str | None = None) -> dict[str, Any]:
    return {"application_no": NO(number), "checked_in": came, "note": note}


def _standing(database: str) -> dict[str, tuple[str, bool]]:
    with transaction(database, read_only=True) as session:
        rows = session.execute(
            select(Application.application_no, Admission.status, Admission.live_key)
            .join(Admission, Admission.application_id == Application.id)
            .order_by(Application.application_no)
        )
        return {number[-1]: (status, live is not None) for number, status, live in rows}


def _taken(database: str) -> dict[str, int]:
    with transaction(database, read_only=True) as session:
        return {plan.base_code: plan.taken_social for plan in session.scalars(select(Plan))}


DONE = "导入完成：共 {} 行，新增 0，更新 {}，不变 {}，未通过 {}，提醒 0"


def test_the_template_lists_who_is_to_come_and_is_read_again(checkin: Call, final: str, home: Path) -> None:
    ran = checkin("template", "-o", "报到.xlsx")
    assert ran == Ran(
        0, "", "已写入 报到.xlsx（4 人）\n下一步：zhupei admit checkin import 报到.xlsx（填好后导入）\n"
    )
    book = openpyxl.load_workbook(home / "报到.xlsx")
    sheet = book.worksheets[0]
    assert [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)] == [
        ["报名号", "姓名", "是否报到*", "备注", "录取基地", "录取专业", "手机号码"],
        *(
            [NO(number), f"考生{number}", None, None, f"基地{base}", "内科", f"138{number:08d}"]
            for number, base in ((1, "A"), (2, "A"), (4, "B"), (5, "C"))
        ),
    ]
    for row in range(3, 7):
        assert str(sheet.cell(row, 3).fill.fgColor.rgb).endswith("FFF9E5")
        sheet.cell(row, 3, "是")
    book.save(home / "报到.xlsx")
    assert checkin("import", "报到.xlsx") == Ran(0, "", DONE.format(4, 4, 0, 0) + "，导入编号 2\n")
    assert [status for status, _ in _standing(final).values()].count("reported") == 4
    assert checkin("template", "-o", "报到.xlsx").code == 5


def test_each_base_has_a_sheet_of_its_own_that_is_read_again(checkin: Call, final: str, home: Path) -> None:
    assert checkin("template", "--all", "-o", "报到") == Ran(
        0,
        "",
        "已写入 报到（4 人，3 个基地）\n下一步：zhupei admit checkin import 报到/*.xlsx（填好后导入）\n",
    )
    paths = sorted((home / "报到").iterdir())
    assert [path.name for path in paths] == [f"{base}_基地{base}_报到.xlsx" for base in "ABC"]
    assert checkin("import", *paths) == Ran(0, "", DONE.format(4, 0, 0, 0) + "\n4 行未填，略过\n")
    one = json.loads(checkin("template", "--base", "基地B", "-o", "B.xlsx", "--json").out)
    assert one == {
        "file": "B.xlsx",
        "people": 1,
        "files": [{"base": "B", "file": "B.xlsx", "people": 1}],
        "dry_run": False,
    }
    with transaction(final, read_only=True) as session:
        told = session.execute(
            select(Event.subject, Event.data).where(Event.action == "checkin.export").order_by(Event.seq)
        ).all()
    assert [tuple(row) for row in told] == [
        *(("A", '{"rows":2}'), ("B", '{"rows":1}'), ("C", '{"rows":1}'), ("B", '{"rows":1}')),
    ]
    assert [checkin("template", *words).code for words in (("--all",), ("--all", "--base", "A"))] == [2, 2]
    assert checkin("template", "-o", "报到表").code == 2


def test_refused_rows_come_back_with_drop_downs_and_go_in_when_mended(checkin: Call, home: Path) -> None:
    book = _book(
        home, _row(1, "也许"), _row(2, "是"), {"checked_in": "是", "id_number": "41010119900101001X"}
    )
    ran = checkin("import", book, "--json")
    path = home / "报到_未通过.xlsx"
    sheet = openpyxl.load_workbook(path)["报到"]
    assert (ran.code, json.loads(ran.out)["counts"]["rejected"], sheet.max_row - 1) == (3, 2, 2)
    rules = {str(rule.sqref): rule.formula1 for rule in sheet.data_validations.dataValidation}
    assert (rules, sheet["F1"].value) == ({"F2:F3": "字典!$A$2:$A$3"}, "是否报到*")
    sheet["F2"], sheet["D3"] = "否", id_number(4)
    sheet.parent.save(path)
    assert checkin("import", path).err.startswith(DONE.format(2, 2, 0, 0))


def test_who_came_and_who_did_not(checkin: Call, final: str, home: Path) -> None:
    other = {"id_number": id_number(2), "checked_in": "否", "note": "未到"}
    book = _book(home, _row(1, "是"), other)
    assert (
        checkin("import", book, "-n").err
        == DONE.format(2, 2, 0, 0).replace("导入完成", "试导入（不保存）") + "\n"
    )
    assert checkin("import", book) == Ran(0, "", DONE.format(2, 2, 0, 0) + "，导入编号 2\n")
    assert _standing(final) == {
        "1": ("reported", True),
        "2": ("no_show", False),
        "3": ("not_admitted", False),
        "4": ("admitted", True),
        "5": ("admitted", True),
    }
    assert _taken(final) == {"A": 1, "B": 1, "C": 1}
    assert checkin("import", book) == Ran(0, "", DONE.format(2, 0, 2, 0) + "\n")
    with transaction(final, read_only=True) as session:
        events = session.execute(
            select(Event.action, Event.subject, Event.before, Event.after, Event.reason)
            .where(Event.action.in_(("admission.report", "admission.no_show", "checkin.import")))
            .order_by(Event.seq)
        ).all()
        assert session.execute(
            select(ImportRun.updated, ImportRun.made_by).where(ImportRun.kind == "checkin")
        ).all() == [(2, OPERATOR)]
    assert [tuple(event) for event in events] == [
        ("checkin.import", "import 2", None, None, None),
        ("admission.report", NO(1), "admitted", "reported", None),
        ("admission.no_show", NO(2), "admitted", "no_show", "未到"),
    ]


def test_a_correction_needs_a_reason_and_a_seat(checkin: Call, final: str, home: Path) -> None:
    checkin("import", _book(home, _row(1, "是"), _row(2, "否"), _row(4, "否")))
    wrong = _book(home, _row(1, "否"), _row(2, "是"))
    refused = checkin("import", wrong, "--json")
    assert (
        refused.code,
        [(one["row"], one["column"], one["code"]) for one in json.loads(refused.out)["problems"]],
    ) == (
        3,
        [(2, "备注", "E404"), (3, "备注", "E404")],
    )
    assert checkin("import", wrong, "--reason", "登记写反").code == 0
    assert [_standing(final)[who] for who in "12"] == [("no_show", False), ("reported", True)]
    assert _taken(final) == {"A": 1, "B": 0, "C": 1}
    with transaction(final) as session:
        plan = session.execute(select(Plan).where(Plan.base_code == "B")).scalar_one()
        plan.quota = 0
    late = checkin("import", _book(home, _row(4, "是", "迟到")), "--json")
    assert [one["message"] for one in json.loads(late.out)["problems"]] == [
        "基地B 的 内科 计划 0 人，已占 0 人，没有可恢复的名额，没有写入；"
        "zhupei export vacancies --unpublished 查看空缺名额"
    ]
    # A seat freed by one row is there for another of the same file.
    assert checkin("import", _book(home, _row(2, "否", "改"), _row(1, "是", "改"))).code == 0


def test_every_problem_of_every_row_in_one_pass(checkin: Call, final: str, home: Path) -> None:
    book = _book(
        home,
        _row(1, "是"),
        _row(3, "是"),
        _row(9, "是"),
        _row(4, "也许"),
        _row(5, "是"),
        _row(5, "否"),
        {"checked_in": "是"},
        {"id_number": id_number(77), "checked_in": "是"},
        {"application_no": NO(2)},
    )
    ran = checkin("import", book, "--json")
    problems = [(one["row"], one["column"], one["code"]) for one in json.loads(ran.out)["problems"]]
    assert (ran.code, problems) == (
        3,
        [
            (3, "是否报到", "E403"),
            (4, "报名号", "E304"),
            (5, "是否报到", "E014"),
            (6, "", "E050"),
            (7, "", "E050"),
            (8, "报名号", "E023"),
            (9, "证件号码", "E170"),
        ],
    )
    assert _standing(final)["1"] == ("reported", True)


def test_a_row_without_an_answer_is_passed_over(checkin: Call, final: str, home: Path) -> None:
    book = _book(home, _row(1, "是"), {"application_no": NO(2)}, {"application_no": NO(4), "note": "病假"})
    told = DONE.format(3, 1, 0, 0).removesuffix("0") + (
        "1，导入编号 2\n2 行未填，略过\n"
        "提醒 [E436] 报到.xlsx 报到 第 4 行 备注：只填了这一格，本行没有结果，略过；填上结果后再导入\n"
    )
    assert checkin("import", book) == Ran(0, "", told)
    assert [_standing(final)[who][0] for who in "124"] == ["reported", "admitted", "admitted"]
    assert checkin("import", _book(home, {"application_no": NO(2)})) == Ran(
        0, "", DONE.format(1, 0, 0, 0) + "\n1 行未填，略过\n"
    )


def test_only_a_final_batch_has_check_ins(checkin: Call, final: str, home: Path) -> None:
    with transaction(final) as session:
        find_batch(session, "T").status = "publicity"
        session.flush()
    refusal = Ran(
        5,
        "",
        "错误 [E401]：批次 T 现为“公示中”，不能登记报到\n怎么办：登记报到须在批次“已正式录取”时进行\n",
    )
    assert checkin("import", _book(home, _row(1, "是"))) == refusal
    assert checkin("template", "-o", "新.xlsx") == refusal


def test_statements_do_not_grow_with_the_rows(final: str, home: Path, by: Acting) -> None:
    def count(*rows: Mapping[str, Any]) -> int:
        reading = read_workbooks([_book(home, *rows)], workbook_kinds.CHECK_IN)
        with transaction(final, dry_run=True) as session, statements() as seen:
            checkins.import_checkins(session, reading, batch=find_batch(session, "T"), by=by)
        return len(seen)

    assert count(_row(1, "否")) == count(*(_row(number, "否") for number in (1, 2, 4, 5)))
