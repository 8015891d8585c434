"""What a trial import would change, field by field."""

from typing import Any

import pytest

from tests.people import called, id_number, open_batch, person
from tests.services.imported import reading_of, take_in
from tests.statements import statements
from zhupei_cli.acting import Acting
from zhupei_cli.services.records.lookup import find_batch
from zhupei_cli.services.records.workbooks import Reading
from zhupei_cli.services.reviews import decisions
from zhupei_cli.services.reviews.decisions import Verdict
from zhupei_cli.services.undo.changed_rows import row_changes
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.store.engine import transaction
from zhupei_cli.words.vocabulary import Decision

ONE, TWO = "HN2026-0000001", "HN2026-0000002"
Diff = list[tuple[Any, ...]]


@pytest.fixture
def season(database: str, by: Acting) -> str:
    """Two drafts in an open batch."""
    with transaction(database) as session:
        open_batch(session)
        take_in(session, reading_of((workbook_kinds.PERSON, [person(1), person(2)])), by=by)
    return database


def _diff(database: str, by: Acting, *sheets: Any, **more: Any) -> Diff:
    """Return (sheet, row, what, label, old, new) of what an import does; a row that is added has three."""
    reading = reading_of(*sheets)
    with transaction(database) as session:
        outcome = take_in(session, reading, by=by, **more)
        assert outcome.import_id is not None
        changes = row_changes(session, outcome.import_id, reading.lines)
    return [
        (one.sheet, one.row, one.name, *((one.field_label, one.old, one.new) if one.field else ()))
        for one in changes
    ]


def test_people_and_their_forms(season: str, by: Acting) -> None:
    rows = [
        person(3),
        person(1, mobile="13711112222", email="清空", address="洛阳市西工区 2 号", gender="女"),
        person(2, school="新乡医学院", choice2_base="郑州第二医院", accept_adjust="否", specialty="0200"),
    ]
    entry = {
        "id_number": id_number(2),
        "level": "硕士研究生",
        "school": "河南大学",
        "major": "外科学",
        "graduated_on": "2026-06-30",
        "full_time": "是",
    }
    rows[1].pop("gender")
    found = _diff(season, by, (workbook_kinds.PERSON, rows), (workbook_kinds.EDUCATION, [entry]), submit=True)
    who = {n: f"{called(n)} 4101**********{id_number(n)[-4:]}" for n in (1, 2, 3)}
    one, two = f"{ONE} 王一", f"{TWO} 王二"
    assert found == [
        ("报名信息", 2, "HN2026-0000003 王三"),
        ("报名信息", 2, who[3]),
        ("报名信息", 3, one, "报名状态", "未提交", "已提交"),
        ("报名信息", 3, who[1], "手机号码", "138****0001", "137****2222"),
        ("报名信息", 3, who[1], "电子邮箱", "p****@example.com", ""),
        ("报名信息", 3, who[1], "通讯地址", "郑州市****", "洛阳市****"),
        ("报名信息", 4, two, "报名状态", "未提交", "已提交"),
        ("报名信息", 4, two, "报名专业", "内科", "儿科"),
        ("报名信息", 4, two, "第二志愿基地", "洛阳中心医院", "郑州第二医院"),
        ("报名信息", 4, two, "是否服从调剂", "是", "否"),
        ("报名信息", 4, who[2], "教育经历", "", "本科 新乡医学院 临床医学 2026-06-30 学士"),
        ("教育经历", 2, who[2], "教育经历", "", "硕士 河南大学 外科学 2026-06-30"),
    ]
    assert not any(id_number(n) in str(found) for n in (1, 2, 3))


def _school(**changes: Any) -> dict[str, Any]:
    return {
        "id_number": id_number(1),
        "level": "专科",
        "school": "某卫校",
        "major": "内科学",
        "graduated_on": "2016-06",
        "full_time": "是",
    } | changes


def _places(database: str, by: Acting, *readings: Reading, **more: Any) -> list[tuple[str, str, str]]:
    """Return (file, what, new value) of what an import of several files does; what is added has no value."""
    lines = [line for reading in readings for line in reading.lines]
    whole = Reading(tuple(file for reading in readings for file in reading.files), lines, [])
    with transaction(database) as session:
        outcome = take_in(session, whole, by=by, **more)
        changes = row_changes(session, outcome.import_id or 0, whole.lines)
    return [(one.file, one.field or one.entity, one.new) for one in changes]


def test_what_a_person_becomes_is_told_of_the_row_that_says_it(season: str, by: Acting) -> None:
    """Whatever other rows about them say as well, and wherever these stand."""
    people, schools = workbook_kinds.PERSON, workbook_kinds.EDUCATION
    further = reading_of((schools, [_school()]), name="a.xlsx")
    assert _places(season, by, further, reading_of((people, [person(1)]), name="b.xlsx")) == [
        ("a.xlsx", "education", "大专 某卫校 内科学 2016-06")
    ]
    # The further row says 内科学 of another entry, and as it is stored already.
    main = person(1, major="内科学", mobile="13711112222", email="清空", specialty="儿科")
    main |= {"school": "新乡医学院", "level": "硕士研究生", "degree": "硕士", "bachelor_school": "郑州大学"}
    main |= {"bachelor_major": "预防医学"}
    told = _places(season, by, further, reading_of((people, [main]), name="b.xlsx"), submit=True)
    assert {file for file, _, _ in told} == {"b.xlsx"}
    assert {(field, new) for _, field, new in told} >= {
        ("mobile", "137****2222"),
        ("email", ""),
        ("specialty", "儿科"),
        ("application.status", "已提交"),
        ("education", "硕士 新乡医学院 内科学 2026-06-30 硕士"),
        ("education.major", "预防医学"),
    }


def test_a_further_row_is_told_what_it_changes_though_the_main_row_says_it_of_another(
    season: str, by: Acting
) -> None:
    people, schools = workbook_kinds.PERSON, workbook_kinds.EDUCATION
    main = reading_of((people, [person(1)]), name="a.xlsx")
    _places(season, by, main, reading_of((schools, [_school()]), name="b.xlsx"))
    other = reading_of((schools, [_school(major="临床医学"), _school(school="郑州大学")]), name="b.xlsx")
    assert _places(season, by, main, other) == [
        ("b.xlsx", "education.major", "临床医学"),
        ("b.xlsx", "education", "大专 郑州大学 内科学 2016-06"),
    ]


def test_somebody_new_is_told_of_the_main_row(season: str, by: Acting) -> None:
    school = _school(id_number=id_number(7))
    further = reading_of((workbook_kinds.EDUCATION, [school]), name="a.xlsx")
    main = reading_of((workbook_kinds.PERSON, [person(7)]), name="b.xlsx")
    assert _places(season, by, further, main) == [("b.xlsx", "application", ""), ("b.xlsx", "trainee", "")]


def test_decisions_and_marks(season: str, by: Acting) -> None:
    with transaction(season) as session:
        take_in(session, reading_of((workbook_kinds.PERSON, [person(1), person(2)])), by=by, submit=True)
    rows = [
        {"application_no": TWO, "decision": "不通过", "reason": "不符"},
        {"application_no": ONE, "decision": "通过"},
    ]
    assert _diff(season, by, (workbook_kinds.REVIEW, rows)) == [
        ("审核意见", 2, f"{TWO} 王二", "报名状态", "已提交", "审核不通过"),
        ("审核意见", 3, f"{ONE} 王一", "报名状态", "已提交", "基地审核通过"),
    ]
    marks = [
        {"application_no": ONE, "written": "80"},
        {"application_no": ONE, "written": "70", "base": "4101001"},
    ]
    assert _diff(season, by, (workbook_kinds.SCORE, marks)) == [
        ("成绩", 2, f"{ONE} 王一"),
        ("成绩", 3, f"{ONE}/4101001 王一"),
    ]
    again = [{"id_number": id_number(1), "written": "85.5", "skill": "60"}, marks[1] | {"interview": "90"}]
    assert _diff(season, by, (workbook_kinds.SCORE, again)) == [
        ("成绩", 2, f"{ONE} 王一", "笔试", "80.00", "85.50"),
        ("成绩", 2, f"{ONE} 王一", "技能", "", "60.00"),
        ("成绩", 3, f"{ONE}/4101001 王一", "面试", "", "90.00"),
    ]


def test_reference_data_and_places(season: str, by: Acting) -> None:
    base = {"code": "4101001", "name": "郑州第一医院", "city": "洛阳", "contact_phone": "13800000000"}
    assert _diff(season, by, (workbook_kinds.BASE, [base])) == [
        ("基地", 2, "4101001", "所在地市", "郑州市", "洛阳市"),
        ("基地", 2, "4101001", "联系电话", "", "138****0000"),
    ]
    rare = {"code": "0100", "name": "内科", "category": "西医", "is_shortage": "紧缺"}
    assert _diff(season, by, (workbook_kinds.SPECIALTY, [rare])) == [("专业", 2, "0100", "紧缺", "否", "是")]
    assert _diff(season, by, (workbook_kinds.EMPLOYER, [{"name": "新郑医院"}])) == [("单位", 2, "新郑医院")]
    assert _diff(season, by, (workbook_kinds.EMPLOYER, [{"name": "新郑医院", "level": "二级"}])) == [
        ("单位", 2, "新郑医院", "级别", "", "二级")
    ]
    places = [
        {"base": "郑州第二医院", "specialty": "内科", "quota": "12", "max_own": "3", "stopped": "停招"},
        {"base": "4101002", "specialty": "0300", "quota": "4", "min_score": "60"},
    ]
    assert _diff(season, by, (workbook_kinds.PLAN, places)) == [
        ("招收计划", 2, "4101002/0100", "计划人数", "10", "12"),
        ("招收计划", 2, "4101002/0100", "本单位上限", "", "3"),
        ("招收计划", 2, "4101002/0100", "状态", "否", "是"),
        ("招收计划", 3, "4101002/0300"),
    ]


def test_many_rows_are_compared_with_few_statements(season: str, by: Acting) -> None:
    counts = []
    for many in (2, 60):
        rows = [person(n, mobile="13711112222", address="洛阳市 2 号") for n in range(1, many + 1)]
        reading = reading_of((workbook_kinds.PERSON, rows))
        with transaction(season, dry_run=True) as session:
            take_in(
                session, reading_of((workbook_kinds.PERSON, [person(n) for n in range(1, many + 1)])), by=by
            )
            outcome = take_in(session, reading, by=by)
            with statements() as sent:
                assert len(row_changes(session, outcome.import_id or 0, reading.lines)) == 2 * many
            counts.append(len(sent))
    assert counts[0] == counts[1] < 20


def test_a_revoked_decision_is_no_part_of_it(season: str, by: Acting) -> None:
    with transaction(season) as session:
        take_in(session, reading_of((workbook_kinds.PERSON, [person(1)])), by=by, submit=True)
        batch = find_batch(session, "HN2026")
        decisions.decide(session, batch, [Verdict(ONE, Decision.RETURN, "补材料")], by=by)
    found = _diff(season, by, (workbook_kinds.PERSON, [person(1, email="w@example.com")]), submit=True)
    assert [one for one in found if one[2].startswith(ONE)] == [
        ("报名信息", 2, f"{ONE} 王一", "报名状态", "退回修改", "已提交")
    ]
