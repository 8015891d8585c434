"""Importing 报名信息 into a real database."""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, func, select, update
from sqlalchemy.engine import Engine

from tests.conftest import NOW
from tests.people import id_number, open_batch, person, write_book, write_people
from zhupei_cli.acting import Acting
from zhupei_cli.model import Application, Batch, Choice, Education, Event, Snapshot, Trainee, Work
from zhupei_cli.rules.people.dates import Month
from zhupei_cli.services.admission.by_hand import place
from zhupei_cli.services.applications.importing.case import Options
from zhupei_cli.services.applications.importing.intake import import_trainees
from zhupei_cli.services.records.import_ledger import Imported
from zhupei_cli.services.records.workbooks import Reading, read_workbooks, write_errors
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.sheets.kinds.columns import headings_of
from zhupei_cli.store.engine import transaction
from zhupei_cli.words.errors import ZhupeiError

Import = Callable[..., tuple[Imported, list[tuple[int, str, str]]]]


def _import(
    database: str, paths: list[Path], *, by: Acting, options: Options, dry_run: bool = False
) -> tuple[Imported, Reading]:
    optional = workbook_kinds.APPLICATION_KEYS if options.profile_only else ()
    reading = read_workbooks(
        paths,
        workbook_kinds.PERSON,
        further=(workbook_kinds.EDUCATION, workbook_kinds.WORK),
        optional=optional,
    )
    with transaction(database, dry_run=dry_run) as session:
        found = select(Batch).where(Batch.code == "HN2026")
        batch = None if options.profile_only else session.execute(found).scalar_one()
        return import_trainees(session, reading, batch=batch, by=by, options=options), reading


@pytest.fixture
def take(database: str, tmp_path: Path, by: Acting) -> Import:
    """Import rows and return the outcome with its problems as (row, column, code)."""
    with transaction(database) as session:
        open_batch(session)

    def run(*rows: dict[str, Any], **options: Any) -> tuple[Imported, list[tuple[int, str, str]]]:
        path = write_people(tmp_path / "报名信息.xlsx", rows)
        outcome, reading = _import(database, [path], by=by, options=Options(**options))
        return outcome, [(one.row, one.column, one.code) for one in reading.problems]

    return run


def _counts(outcome: Imported) -> dict[str, int]:
    return {name: count for name, count in asdict(outcome.counts).items() if count}


def test_good_rows_go_in_as_submitted_applications(take: Import, database: str) -> None:
    outcome, problems = take(person(1), person(2), submit=True)
    assert problems == []
    assert _counts(outcome) == {"rows": 2, "inserted": 2}
    with transaction(database, read_only=True) as session:
        rows = session.execute(
            select(Application.application_no, Application.status, Snapshot.name, Snapshot.id_number)
            .join(Snapshot, Snapshot.application_id == Application.id)
            .order_by(Application.application_no)
        ).all()
        choices = session.execute(
            select(Choice.number, Choice.base_code, Choice.specialty_code).where(Choice.application_id == 1)
        ).all()
    assert rows == [
        ("HN2026-0000001", "submitted", "王一", id_number(1)),
        ("HN2026-0000002", "submitted", "王二", id_number(2)),
    ]
    assert choices == [(1, "4101001", "0100"), (2, "4103001", "0100")]


def test_the_same_file_again_changes_nothing(take: Import, database: str) -> None:
    take(person(1), person(2), submit=True)
    with transaction(database, read_only=True) as session:
        events = session.execute(select(func.count()).select_from(Event)).scalar()
    outcome, problems = take(person(1), person(2), submit=True)
    assert problems == []
    assert (outcome.ok, outcome.import_id) == (True, None)
    assert _counts(outcome) == {"rows": 2, "unchanged": 2}
    with transaction(database, read_only=True) as session:
        assert session.execute(select(func.count()).select_from(Event)).scalar() == events


def test_drafts_may_change_and_be_submitted_later(take: Import, database: str) -> None:
    take(person(1))
    outcome, _ = take(person(1, specialty="儿科", mobile="13700000000"))
    assert _counts(outcome) == {"rows": 1, "updated": 1}
    outcome, _ = take(person(1, specialty="儿科", mobile="13700000000"), submit=True)
    assert _counts(outcome) == {"rows": 1, "updated": 1}
    with transaction(database, read_only=True) as session:
        row = session.execute(
            select(Trainee.mobile, Application.status).join_from(Application, Trainee)
        ).one()
        assert row == ("13700000000", "submitted")
        assert session.execute(select(Choice.specialty_code)).scalars().all() == ["0200", "0200"]


def test_what_was_submitted_is_never_touched(take: Import, database: str) -> None:
    take(person(1), submit=True)
    outcome, problems = take(person(1, mobile="13700000000"), submit=True)
    assert problems == [(2, "证件号码", "E453")]
    outcome, problems = take(person(1, accept_adjust="否"), submit=True)
    assert problems == [(2, "证件号码", "E453")]
    assert _counts(outcome) == {"rows": 1, "rejected": 1}
    with transaction(database, read_only=True) as session:
        row = session.execute(
            select(Trainee.mobile, Application.accept_adjust).join_from(Application, Trainee)
        )
        assert row.one() == ("13800000001", True)


_COLLEGE = {
    "id_number": id_number(1),
    "level": "专科",
    "school": "某卫校",
    "major": "护理",
    "graduated_on": "2020-06",
    "full_time": "是",
}


@pytest.mark.usefixtures("take")
def test_nobody_is_without_a_number_or_its_kind(database: str, tmp_path: Path, by: Acting) -> None:
    people = [person(1, id_number="清空"), person(2, id_type="清空"), person(3)]
    sheets = [
        (workbook_kinds.PERSON, people),
        (workbook_kinds.EDUCATION, [{**_COLLEGE, "id_number": "清空"}]),
    ]
    path = write_book(tmp_path / "a.xlsx", sheets)
    outcome, reading = _import(database, [path], by=by, options=Options())
    assert _counts(outcome) == {"rows": 4, "inserted": 1, "rejected": 3}
    said = [(one.row, one.column) for one in reading.problems if one.code == "E051"]
    assert said == [(2, "证件号码"), (3, "证件类型"), (2, "证件号码")]


@pytest.mark.usefixtures("take")
@pytest.mark.parametrize("people", [[person(1)], []])
def test_what_was_submitted_is_not_touched_by_further_sheets(
    database: str, tmp_path: Path, by: Acting, people: list[dict[str, Any]]
) -> None:
    def give(*schools: dict[str, Any], rows: list[dict[str, Any]]) -> tuple[dict[str, int], list[str]]:
        path = write_book(
            tmp_path / "a.xlsx", [(workbook_kinds.PERSON, rows), (workbook_kinds.EDUCATION, schools)]
        )
        outcome, reading = _import(database, [path], by=by, options=Options(submit=True))
        return _counts(outcome), [one.code for one in reading.problems]

    count = len(people) + 1
    assert give(_COLLEGE, rows=[person(1)]) == ({"rows": 2, "inserted": 2}, [])
    assert give(_COLLEGE, rows=people) == ({"rows": count, "unchanged": count}, [])
    refused = {"rows": count, "rejected": count}, ["E453", "E162"][:count]
    assert give({**_COLLEGE, "major": "助产"}, rows=people) == refused
    assert give({**_COLLEGE, "school": "另一卫校"}, rows=people) == refused


def test_a_row_like_the_submitted_form_is_unchanged_though_the_profile_moved_on(
    take: Import, database: str
) -> None:
    take(person(1), submit=True)
    with transaction(database) as session:
        session.execute(select(Trainee)).scalar_one().mobile = "13600000000"
    outcome, problems = take(person(1), submit=True)
    assert (problems, _counts(outcome)) == ([], {"rows": 1, "unchanged": 1})
    with transaction(database, read_only=True) as session:
        assert session.execute(select(Trainee.mobile)).scalar_one() == "13600000000"


def test_every_problem_of_every_row_is_found_in_one_pass(take: Import) -> None:
    wrong_sum = id_number(3)[:-1] + ("1" if id_number(3)[-1] != "1" else "2")
    outcome, problems = take(
        person(1),
        person(2, name=None, ethnicity="火星族", mobile="abc"),
        person(3, id_number=wrong_sum, choice1_base="没有的医院"),
        person(4, choice2_base="4101001"),
        person(5, identity="单位人"),
        person(6, level="大专"),
        person(7, graduated_on="2020-06-30"),
        person(8, source_type="别的", address=None),
        person(9, specialty="外科"),
        person(10, gender="女", birth_date="1990-01-01"),
        submit=True,
    )
    assert _counts(outcome) == {"rows": 10, "inserted": 1, "rejected": 9}
    assert sorted(problems) == sorted(
        [
            (8, "生源类型", "E693"),
            (3, "姓名", "E150"),
            (3, "民族", "E014"),
            (3, "手机号码", "E011"),
            (4, "证件号码", "E116"),
            (4, "第一志愿基地", "E302"),
            (5, "第二志愿基地", "E255"),
            (6, "个人身份", "E015"),
            (7, "最高学历", "E215"),
            (8, "毕业时间", "E213"),
            (9, "生源类型", "E253"),
            (9, "通讯地址", "E150"),
            (10, "第一志愿基地", "E257"),
            (10, "第二志愿基地", "E257"),
            (11, "出生日期", "E151"),
        ]
    )


_CURES = [
    # A cell that cannot be read does not keep the rules from looking at the others.
    (
        {"accept_adjust": "也许", "source_type": "火星", "mobile": "+86139123456"},
        [("手机号码", "E011"), ("是否服从调剂", "E014"), ("生源类型", "E253")],
    ),
    (
        {"choice1_base": "没有的医院", "choice2_base": "没有的"},
        [("第一志愿基地", "E302"), ("第二志愿基地", "E302")],
    ),
    ({"specialty": "没有", "full_time": "否"}, [("报名专业", "E303"), ("是否全日制", "E214")]),
    ({"identity": "委培", "specialty": "没有"}, [("报名专业", "E303"), ("工作单位", "E217")]),
    # What could not be read is named alone.
    (
        {"level": "研究生", "bachelor_school": "甲大学", "bachelor_graduated_on": "2019-06-30"},
        [("最高学历", "E014")],
    ),
    ({"has_employer": "也许", "employer_name": "某医院"}, [("是否有工作单位", "E014")]),
    ({"identity": "委培", "has_employer": "也许"}, [("是否有工作单位", "E014")]),
    # Two cells that contradict each other: none of them is missing.
    (
        {
            "level": "大专",
            "bachelor_school": "甲大学",
            "identity": "委培",
            "has_employer": "是",
            "employer_name": "甲",
        },
        [("最高学历", "E130")],
    ),
    # Names, and dates that cannot be.
    ({"name": "张?", "emergency_name": "无"}, [("姓名", "E120"), ("紧急联系人", "E122")]),
    ({"graduated_on": 20246}, [("毕业时间", "E125")]),
    ({"graduated_on": "9999-12-31", "identity": "委培"}, [("毕业时间", "E126")]),
    ({"graduated_on": "2006-06-30", "identity": "委培"}, [("毕业时间", "E127")]),
    ({"birth_date": "1995-02"}, [("出生日期", "E151")]),
    ({"is_fresh": "清空"}, [("应届往届", "E051")]),
    (
        {"id_type": "护照", "id_number": "E12345678", "gender": "女", "birth_date": "1995-02"},
        [("出生日期", "E129")],
    ),
    (
        {"id_type": "护照", "id_number": "E12345678", "gender": "女", "birth_date": "1890-02-01"},
        [("出生日期", "E126")],
    ),
    ({"id_type": "台湾居民来往大陆通行证", "id_number": 1234567}, [("证件号码", "E132")]),
]


@pytest.mark.parametrize(("changes", "told"), _CURES)
def test_a_row_is_looked_at_whole_and_nothing_is_told_twice(
    take: Import, changes: dict[str, Any], told: list[tuple[str, str]]
) -> None:
    _, problems = take(person(1, **changes), submit=True)
    wrong = [(column, code) for _, column, code in problems if code not in ("E211", "E217")]
    expected = [one for one in told if one[1] != "E217"]
    assert sorted(wrong) == sorted(expected)
    assert {code for _, _, code in problems} >= {code for _, code in told}


def test_what_is_merely_odd_goes_in_with_a_word(take: Import) -> None:
    master = {"level": "硕士", "degree": "硕士", "bachelor_school": "甲大学", "graduated_on": "2024-06-30"}
    outcome, problems = take(
        person(1, name="张3"), person(2, **master, bachelor_graduated_on="2026-06-30"), submit=True
    )
    wanted = [(2, "姓名", "E124"), (3, "本科毕业时间", "E128"), (3, "生源类型", "E693")]
    assert problems == wanted
    assert _counts(outcome) == {"rows": 2, "inserted": 2, "warned": 2}


def test_another_entry_than_the_highest_is_no_missing_cell(take: Import, database: str) -> None:
    take(person(1, level="硕士", degree="硕士", school="乙大学", identity=None, **_NO_FORM))
    with transaction(database) as session:
        session.execute(update(Education).values(full_time=None))
    _, problems = take(person(1), submit=True)
    assert problems == [(2, "是否全日制", "E131")]


_NO_FORM = dict.fromkeys(
    ("source_type", "train_years", "specialty", "choice1_base", "choice2_base", "accept_adjust")
)


@pytest.mark.usefixtures("take")
def test_dates_of_further_sheets_are_told_where_they_stand(database: str, tmp_path: Path, by: Acting) -> None:
    works = [
        {"id_number": id_number(1), "employer_name": "甲", "from_date": "2024-07-01", "to_date": "2023-01"},
        {"id_number": id_number(1), "employer_name": "乙", "from_date": "2024.7", "to_date": "2024-07-31"},
        {"id_number": id_number(1), "employer_name": "丙", "from_date": "2003-07-01", "to_date": "2004"},
    ]
    sheets = [(workbook_kinds.PERSON, [person(1)]), (workbook_kinds.WORK, works)]
    _, reading = _import(database, [write_book(tmp_path / "a.xlsx", sheets)], by=by, options=Options())
    told = [(one.sheet, one.row, one.column, one.code) for one in reading.problems if one.code != "E162"]
    assert told == [("工作经历", 2, "终止", "E182"), ("工作经历", 4, "终止", "E018")]


_MASTER = {
    "level": "硕士研究生",
    "degree": "硕士",
    "school": "河南大学",
    "graduated_on": "2024-06-30",
    "source_type": "往届毕业生",
    "is_fresh": "往届",
}
_BACHELOR = {**_COLLEGE, "level": "本科", "school": "新乡医学院", "major": "临床医学"}
_LONG = "甲乙" * 150
_PLACES = [
    # A date: of the same entry it is told on its own line, whatever the level.
    (_MASTER, [{**_BACHELOR, "graduated_on": "2121-06-30"}], [("教育经历", 2, "毕业时间", "E126")]),
    (_MASTER, [{**_BACHELOR, "graduated_on": "2025-06-30"}], [("教育经历", 2, "毕业时间", "E128")]),
    (_MASTER, [{**_COLLEGE, "graduated_on": "2121-06-30"}], [("教育经历", 2, "毕业时间", "E126")]),
    # One date on two lines: each line has the fault of its own entry.
    (
        {**_MASTER, "bachelor_school": "新乡医学院", "bachelor_graduated_on": "2121-06-30"},
        [{**_COLLEGE, "graduated_on": "2121-06-30"}],
        [("报名信息", 2, "本科毕业时间", "E126"), ("教育经历", 2, "毕业时间", "E126")],
    ),
    # The main line speaks of a bachelor in its own columns where a further line has a higher degree.
    (
        {"graduated_on": "2121-06-30"},
        [{**_COLLEGE, **_MASTER, "graduated_on": "2024-06-30"}],
        [("报名信息", 2, "毕业时间", "E126")],
    ),
    ({}, [{**_COLLEGE, "school": _LONG}], [("教育经历", 2, "院校", "E155")]),
    (_MASTER, [{**_BACHELOR, "major": _LONG}], [("教育经历", 2, "专业", "E155")]),
    (
        {**_MASTER, "bachelor_school": _LONG, "bachelor_graduated_on": "2021-06-30"},
        [],
        [("报名信息", 2, "本科院校", "E155")],
    ),
    ({"school": _LONG}, [_COLLEGE], [("报名信息", 2, "毕业院校", "E155")]),
]


@pytest.mark.usefixtures("take")
@pytest.mark.parametrize(("main", "schools", "told"), _PLACES)
def test_what_is_wrong_with_an_education_is_told_on_the_line_that_says_it(
    database: str,
    tmp_path: Path,
    by: Acting,
    main: dict[str, Any],
    schools: list[dict[str, Any]],
    told: list[tuple[str, int, str, str]],
) -> None:
    sheets = [(workbook_kinds.PERSON, [person(1, **main)]), (workbook_kinds.EDUCATION, schools)]
    path = write_book(tmp_path / "a.xlsx", sheets)
    _, reading = _import(database, [path], by=by, options=Options(profile_only=True))
    # A date that cannot be is in no order either.
    skipped = ("E162", "E128") if any(code == "E126" for *_, code in told) else ("E162",)
    found = [
        (one.sheet, one.row, one.column, one.code) for one in reading.problems if one.code not in skipped
    ]
    assert found == told


@pytest.mark.usefixtures("take")
def test_a_text_too_long_is_told_on_the_line_that_says_it(database: str, tmp_path: Path, by: Acting) -> None:
    works = [
        {"id_number": id_number(1), "employer_name": "甲医院", "from_date": "2021-07", "to_date": "2023-01"},
        {"id_number": id_number(1), "employer_name": "乙医院", "from_date": "2023-02", "to_date": "2024-01"},
    ]
    works[1]["department"] = _LONG
    sheets = [(workbook_kinds.PERSON, [person(1)]), (workbook_kinds.WORK, works)]
    _, reading = _import(database, [write_book(tmp_path / "a.xlsx", sheets)], by=by, options=Options())
    told = [(one.sheet, one.row, one.column, one.code) for one in reading.problems if one.code != "E162"]
    assert told == [("工作经历", 3, "科室", "E155")]


@pytest.mark.usefixtures("take")
def test_a_line_refused_along_names_the_file_of_the_other(database: str, tmp_path: Path, by: Acting) -> None:
    people, bad = [person(1)], {**_COLLEGE, "graduated_on": "坏日期"}
    sheets = [(workbook_kinds.PERSON, [person(2)]), (workbook_kinds.EDUCATION, [bad, _COLLEGE])]
    paths = [write_people(tmp_path / "a.xlsx", people), write_book(tmp_path / "b.xlsx", sheets)]
    _, reading = _import(database, paths, by=by, options=Options())
    said = [
        (one.file, one.sheet, one.row, one.message.partition("有误")[0])
        for one in reading.problems
        if one.code == "E162"
    ]
    assert said == [
        ("a.xlsx", "报名信息", 2, "同一人在 b.xlsx 教育经历 第 2 行"),
        ("b.xlsx", "教育经历", 3, "同一人在 b.xlsx 第 2 行"),
    ]


@pytest.mark.usefixtures("take")
def test_what_is_told_of_an_application_stands_on_the_main_line(
    database: str, tmp_path: Path, by: Acting
) -> None:
    """Wherever the further sheets come before it."""

    def give(*, school: dict[str, Any]) -> list[tuple[str, int, str]]:
        schools = [(workbook_kinds.PERSON, []), (workbook_kinds.EDUCATION, [school])]
        paths = [write_book(tmp_path / "a.xlsx", schools), write_people(tmp_path / "b.xlsx", [person(1)])]
        _, reading = _import(database, paths, by=by, options=Options(submit=True))
        return [(one.file, one.row, one.code) for one in reading.problems]

    assert give(school=_COLLEGE) == []
    assert give(school={**_COLLEGE, "major": "助产"}) == [("a.xlsx", 2, "E162"), ("b.xlsx", 2, "E453")]
    with transaction(database) as session:
        session.execute(update(Application).values(status="returned"))
    assert give(school=_COLLEGE) == [("b.xlsx", 2, "E222")]


@pytest.mark.usefixtures("take")
def test_people_on_every_sheet_are_taken_and_nobody_twice(database: str, tmp_path: Path, by: Acting) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    headings = headings_of(workbook_kinds.PERSON.columns)
    for name, rows in (("4001", [person(1), person(2)]), ("4002", [person(3), person(2)]), ("说明", [])):
        sheet = book.create_sheet(name)
        sheet.append(headings if rows else ["填写说明"])
        for row in rows:
            sheet.append([row.get(column.key) for column in workbook_kinds.PERSON.columns])
    book.save(tmp_path / "a.xlsx")
    outcome, reading = _import(database, [tmp_path / "a.xlsx"], by=by, options=Options())
    assert _counts(outcome) == {"rows": 4, "inserted": 2, "rejected": 2}
    others = [
        (one.sheet, one.row, one.message.partition("另见 ")[2].partition("；")[0]) for one in reading.problems
    ]
    assert others == [("4001", 3, "a.xlsx 4002 第 3 行"), ("4002", 3, "a.xlsx 4001 第 3 行")]
    (path,) = write_errors(reading).written
    assert openpyxl.load_workbook(path).sheetnames == ["4001", "4002", "字典"]
    again = read_workbooks([path], workbook_kinds.PERSON)
    assert [(table.sheet, len(table.rows)) for _, table in again.tables] == [("4001", 1), ("4002", 1)]


def test_a_month_stays_a_month(take: Import, database: str) -> None:
    take(person(1, graduated_on="2026年6月"), submit=True)
    with transaction(database, read_only=True) as session:
        stored = session.execute(select(Education.graduated_on)).scalar_one()
        snapshot = session.execute(select(Snapshot.graduated_on, Snapshot.content)).one()
    assert (stored, snapshot.graduated_on) == (Month(2026, 6, 1), Month(2026, 6, 1))
    assert '"graduated_on":"2026-06"' in snapshot.content
    outcome, problems = take(person(1, graduated_on="2026.6"), submit=True)
    assert (_counts(outcome), problems) == ({"rows": 1, "unchanged": 1}, [])
    _, problems = take(person(1, graduated_on="2026-06-01"), submit=True)
    assert problems == [(2, "证件号码", "E453")]


def test_a_name_stored_in_another_spelling_is_the_same_name(take: Import, database: str) -> None:
    take(person(1, name="张𠮷"))
    with transaction(database) as session:
        session.execute(update(Trainee).values(name="张 𠮷"))
    outcome, problems = take(person(1, name="张𠮷"))
    assert (_counts(outcome), problems) == ({"rows": 1, "unchanged": 1}, [])


def test_all_or_nothing_takes_nothing_when_one_row_is_bad(take: Import, database: str) -> None:
    outcome, _ = take(person(1), person(2, mobile="x"), all_or_nothing=True)
    assert (outcome.ok, outcome.import_id, _counts(outcome)) == (False, None, {"rows": 2, "rejected": 1})
    with transaction(database, read_only=True) as session:
        assert session.execute(select(func.count()).select_from(Trainee)).scalar() == 0


def test_one_person_twice_refuses_both_rows_each_naming_the_other(take: Import) -> None:
    outcome, problems = take(person(1), person(1, mobile="13700000000"), person(2))
    assert problems == [(2, "证件号码", "E157"), (3, "证件号码", "E157")]
    assert _counts(outcome) == {"rows": 3, "inserted": 1, "rejected": 2}


def test_another_name_is_a_problem_and_never_overwritten(take: Import, database: str) -> None:
    take(person(1))
    _, problems = take(person(1, name="赵六"))
    assert problems == [(2, "姓名", "E161")]
    with transaction(database, read_only=True) as session:
        assert session.execute(select(Trainee.name)).scalar_one() == "王一"


def test_a_number_cell_has_lost_its_digits(take: Import) -> None:
    _, problems = take(person(1, id_number=4.10101199501011e17))
    assert problems == [(2, "证件号码", "E013")]


@pytest.mark.parametrize(("mode", "code"), [("insert", "E159"), ("update", "E160")])
def test_modes_refuse_the_other_half(take: Import, mode: str, code: str) -> None:
    take(person(1))
    rows = [person(1), person(2)]
    _, problems = take(*rows, mode=mode)
    assert problems == [(2 if mode == "insert" else 3, "证件号码", code)]


def test_blank_keeps_and_the_word_erases(take: Import, database: str) -> None:
    take(person(1))
    outcome, problems = take(person(1, email="清空", political_status=None))
    assert (problems, _counts(outcome)) == ([], {"rows": 1, "updated": 1})
    with transaction(database, read_only=True) as session:
        row = session.execute(select(Trainee.email, Trainee.political_status)).one()
        assert row == (None, "13")


def test_further_sheets_add_entries_of_the_same_person(database: str, tmp_path: Path, by: Acting) -> None:
    with transaction(database) as session:
        open_batch(session)
    education = {
        "id_number": id_number(1),
        "level": "硕士",
        "school": "河南大学",
        "major": "内科学",
        "graduated_on": "2026.6",
        "full_time": "是",
        "degree": "硕士",
        "degree_type": "专硕",
    }
    work = {
        "id_number": id_number(1),
        "employer_name": "某县医院",
        "from_date": "2021-07",
        "to_date": "2023-06",
    }
    stranger = {**education, "id_number": id_number(99)}
    path = write_book(
        tmp_path / "报名信息.xlsx",
        [
            (workbook_kinds.PERSON, [person(1)]),
            (workbook_kinds.EDUCATION, [education, stranger]),
            (workbook_kinds.WORK, [work]),
        ],
    )
    outcome, reading = _import(database, [path], by=by, options=Options(profile_only=True))
    assert [(one.sheet, one.row, one.code) for one in reading.problems] == [("教育经历", 3, "E158")]
    assert _counts(outcome) == {"rows": 4, "inserted": 3, "rejected": 1}
    with transaction(database, read_only=True) as session:
        levels = session.execute(select(Education.level, Education.school).order_by(Education.level)).all()
        assert levels == [("14", "河南大学"), ("21", "郑州大学")]
        assert session.execute(select(Work.employer_name)).scalars().all() == ["某县医院"]


_PASSPORT = {"id_type": "护照", "id_number": "E12345678", "gender": "女", "birth_date": "1995-02-03"}


@pytest.mark.usefixtures("take")
@pytest.mark.parametrize("first", ["people", "schools"])
def test_holders_of_other_papers_are_found_in_whatever_order_files_are_given(
    database: str, tmp_path: Path, by: Acting, first: str
) -> None:
    """The further sheets say a number alone: whose paper it is the main sheet says, wherever it stands."""
    school = {**_COLLEGE, "id_number": "E12345678"}
    files = {
        "people": write_people(tmp_path / "a.xlsx", [person(2), person(1, **_PASSPORT)]),
        "schools": write_book(
            tmp_path / "b.xlsx", [(workbook_kinds.PERSON, []), (workbook_kinds.EDUCATION, [school])]
        ),
    }
    paths = sorted(files.values(), key=lambda path: path is not files[first])
    outcome, reading = _import(database, paths, by=by, options=Options(submit=True))
    assert (reading.problems, _counts(outcome)) == ([], {"rows": 3, "inserted": 3})
    with transaction(database, read_only=True) as session:
        assert len(session.execute(select(Trainee.id)).all()) == 2
        (stored,) = session.execute(
            select(Trainee.id_number).join(Education).where(Education.school == "某卫校")
        ).all()
    assert stored == ("E12345678",)


@pytest.mark.usefixtures("take")
def test_further_sheets_alone_add_to_who_is_stored_whatever_the_paper(
    database: str, tmp_path: Path, by: Acting
) -> None:
    def give(*sheets: Any) -> tuple[dict[str, int], list[str]]:
        path = write_book(tmp_path / "a.xlsx", sheets)
        outcome, reading = _import(database, [path], by=by, options=Options(profile_only=True))
        return _counts(outcome), [one.code for one in reading.problems]

    work = {"employer_name": "某医院", "from_date": "2021-07", "to_date": "2022-06"}
    schools = [{**_COLLEGE, "id_number": number} for number in ("E12345678", "12345678", id_number(2))]
    works = [{**work, "id_number": "e12345678"}, {**work, "id_number": "E99999999"}]
    sheets = [
        (workbook_kinds.PERSON, []),
        (workbook_kinds.EDUCATION, schools),
        (workbook_kinds.WORK, works),
    ]
    taiwan = {**_PASSPORT, "id_type": "台湾居民来往大陆通行证", "id_number": "12345678"}
    people = [person(1, **_PASSPORT), person(2), person(3, **taiwan)]
    assert give((workbook_kinds.PERSON, people)) == ({"rows": 3, "inserted": 3}, [])
    assert give(*sheets) == ({"rows": 5, "updated": 4, "rejected": 1}, ["E158"])
    # Where two people have the number, nobody knows whose school it is.
    other = person(4, **{**taiwan, "id_type": "护照"})
    assert give((workbook_kinds.PERSON, [other])) == ({"rows": 1, "inserted": 1}, [])
    assert give(*sheets) == ({"rows": 5, "unchanged": 3, "rejected": 2}, ["E158", "E312"])
    # The main sheet says it.
    again = [(workbook_kinds.EDUCATION, [{**schools[1], "major": "助产"}]), (workbook_kinds.PERSON, [other])]
    assert give(*again) == ({"rows": 2, "updated": 2}, [])
    both = [(workbook_kinds.PERSON, [people[2], other]), (workbook_kinds.EDUCATION, schools[1:2])]
    assert give(*both) == ({"rows": 3, "unchanged": 2, "rejected": 1}, ["E312"])


def test_further_sheets_may_erase_but_not_their_keys(database: str, tmp_path: Path, by: Acting) -> None:
    with transaction(database) as session:
        open_batch(session)
    work = {
        "id_number": id_number(1),
        "employer_name": "某县医院",
        "department": "内科",
        "to_date": "2023-06",
    }
    first = [(workbook_kinds.PERSON, [person(1)]), (workbook_kinds.WORK, [work])]
    again = [(workbook_kinds.PERSON, [person(1)]), (workbook_kinds.WORK, [{**work, "department": "清空"}])]
    third = [(workbook_kinds.PERSON, [person(1)]), (workbook_kinds.WORK, [{**work, "employer_name": "清空"}])]
    codes = []
    for number, sheets in enumerate((first, again, third)):
        path = write_book(tmp_path / f"{number}.xlsx", sheets)
        _, reading = _import(database, [path], by=by, options=Options(profile_only=True))
        codes.append([(one.sheet, one.code) for one in reading.problems])
    assert codes == [[], [], [("工作经历", "E051"), ("报名信息", "E162")]]
    with transaction(database, read_only=True) as session:
        rows = session.execute(select(Work.employer_name, Work.department)).all()
    assert rows == [("某县医院", None)]


def test_two_files_of_one_name_are_told_apart(database: str, tmp_path: Path, by: Acting) -> None:
    with transaction(database) as session:
        open_batch(session)
    paths = []
    for number in (1, 2):
        (tmp_path / str(number)).mkdir()
        paths.append(write_people(tmp_path / str(number) / "a.xlsx", [person(number, mobile="x")]))
    _, reading = _import(database, paths, by=by, options=Options())
    assert [one.file for one in reading.problems] == [str(path) for path in paths]


@pytest.mark.parametrize(
    ("status", "codes"), [("committed", []), ("publicity", ["E452"]), ("final", ["E452"])]
)
def test_who_holds_a_published_seat_of_the_year_applies_no_more(
    take: Import, database: str, status: str, codes: list[str]
) -> None:
    """Before publication the import must not give away that there is a seat."""
    take(person(1), submit=True)
    with transaction(database) as session:
        batch = session.execute(select(Batch)).scalar_one()
        application = session.execute(select(Application)).scalar_one()
        application.status, application.application_no = "approved", "OLD-0000001"
        session.flush()
        batch.status = "committed"
        session.flush()
        place(session, batch, "OLD-0000001", ("4101001", "0100"), reason="个别安排", by=Acting("x", NOW))
        batch.status, batch.code = status, "OLD"
        session.flush()
        open_batch(session, code="HN2025").code = "HN2026"
        session.flush()
    outcome, problems = take(person(1), submit=True)
    assert [code for _, _, code in problems] == codes
    assert outcome.counts.rejected == len(codes)


def test_a_dry_run_leaves_nothing(database: str, tmp_path: Path, by: Acting) -> None:
    with transaction(database) as session:
        open_batch(session)
    path = write_people(tmp_path / "a.xlsx", [person(1)])
    outcome, _ = _import(database, [path], by=by, options=Options(submit=True), dry_run=True)
    assert _counts(outcome) == {"rows": 1, "inserted": 1}
    with transaction(database, read_only=True) as session:
        assert session.execute(select(func.count()).select_from(Trainee)).scalar() == 0


@pytest.mark.parametrize("status", ["draft", "closed", "locked", "final"])
def test_a_batch_that_is_not_open_takes_no_applications(
    database: str, tmp_path: Path, by: Acting, status: str
) -> None:
    with transaction(database) as session:
        open_batch(session, status=status)
    path = write_people(tmp_path / "a.xlsx", [person(1)])
    with pytest.raises(ZhupeiError) as caught:
        _import(database, [path], by=by, options=Options(submit=True))
    assert (caught.value.code, caught.value.exit_code) == ("E450", 5)


def test_statements_do_not_grow_with_rows(database: str, tmp_path: Path, by: Acting) -> None:
    with transaction(database) as session:
        open_batch(session)
    counts = []
    for first, many in ((0, 1), (50, 10), (100, 200)):  # the first one makes the counters
        path = write_people(tmp_path / f"{many}.xlsx", [person(first + n) for n in range(many)])
        statements: list[str] = []

        def count(*args: Any, seen: list[str] = statements) -> None:
            seen.append(args[2])

        event.listen(Engine, "before_cursor_execute", count)
        try:
            outcome, _ = _import(database, [path], by=by, options=Options(submit=True))
        finally:
            event.remove(Engine, "before_cursor_execute", count)
        assert outcome.counts.inserted == many
        counts.append(len(statements))
    assert counts[1] == counts[2]


def test_what_was_returned_is_submitted_again_only_when_the_row_mends_something(
    take: Import, database: str
) -> None:
    take(person(1), person(2), submit=True)
    with transaction(database) as session:
        session.execute(update(Application).values(status="returned"))
    outcome, problems = take(person(1), person(2, address="洛阳市新路 2 号"), submit=True)
    assert (_counts(outcome), problems) == (
        {"rows": 2, "updated": 1, "unchanged": 1, "warned": 1},
        [(2, "", "E222")],
    )
    with transaction(database) as session:
        found = session.execute(select(Application.status).order_by(Application.application_no))
        assert found.scalars().all() == ["returned", "submitted"]


def test_what_was_withdrawn_stays_so_until_a_row_says_something_else(take: Import, database: str) -> None:
    """A base sends its whole workbook again: nobody who withdrew applies by the row that was theirs."""
    take(person(1), person(2), submit=True)
    with transaction(database) as session:
        session.execute(
            update(Application)
            .where(Application.application_no == "HN2026-0000001")
            .values(status="withdrawn", live_key=None)
        )
    outcome, problems = take(person(1), person(2), submit=True)
    assert (_counts(outcome), problems) == (
        {"rows": 2, "unchanged": 2, "warned": 1},
        [(2, "", "E817")],
    )
    assert outcome.import_id is None
    outcome, problems = take(person(1, accept_adjust="否"), submit=True)
    assert (outcome.applied_anew, problems) == (1, [])
    # With one that is live again, the same row is that one's.
    outcome, problems = take(person(1, accept_adjust="否"), submit=True)
    assert (outcome.counts.unchanged, problems) == (1, [])
