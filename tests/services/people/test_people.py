"""One person's profile: edited, its entries kept, what was submitted left alone."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.people import id_number, open_batch, person, write_book
from tests.pictures import picture
from tests.statements import statements
from zhupei_cli.acting import Acting
from zhupei_cli.model import Application, Education, Event, Snapshot, Trainee, Work
from zhupei_cli.services.applications import gaps, people_history, people_lists
from zhupei_cli.services.applications.importing.case import Options
from zhupei_cli.services.applications.importing.intake import import_trainees
from zhupei_cli.services.applications.people_lists import PeopleFilter
from zhupei_cli.services.people import people, photos
from zhupei_cli.services.people.people import EDUCATION_PART, WORK_PART
from zhupei_cli.services.people.photos import Photo
from zhupei_cli.services.people.whom import find_person
from zhupei_cli.services.records.events import Change, record
from zhupei_cli.services.records.lookup import find_batch
from zhupei_cli.services.records.workbooks import read_workbooks
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.store.engine import transaction
from zhupei_cli.words.errors import ZhupeiError

ONE = id_number(1)
PNG = Photo("image/png", b"\x89PNG\r\n\x1a\n....")
SCHOOL = {
    "level": "硕士",
    "school": "河南大学",
    "major": "内科学",
    "graduated_on": "2026-06",
    "full_time": "全日制",
    "degree": "硕士",
    "degree_type": "专业型",
    "diploma_no": "104595202602000123",
}
Take = Callable[..., None]


@pytest.fixture
def take(database: str, tmp_path: Path, by: Acting) -> Take:
    """Import people with their applications to an open batch."""
    with transaction(database) as session:
        open_batch(session)

    def run(*rows: dict[str, Any], submit: bool = True) -> None:
        path = write_book(tmp_path / "报名信息.xlsx", [(workbook_kinds.PERSON, rows)])
        reading = read_workbooks([path], workbook_kinds.PERSON)
        with transaction(database) as session:
            batch = find_batch(session, None)
            outcome = import_trainees(session, reading, batch=batch, by=by, options=Options(submit=submit))
        assert outcome.ok, reading.problems

    return run


def edit(database: str, by: Acting, given: dict[str, str], **how: Any) -> tuple[str, ...]:
    with transaction(database) as session:
        return people.edit_person(session, ONE, given, by=by, **how).fields


def refused(database: str, by: Acting, given: dict[str, str], **how: Any) -> tuple[str, str]:
    with pytest.raises(ZhupeiError) as caught:
        edit(database, by, given, **how)
    return caught.value.code, caught.value.message


def test_fields_are_read_as_the_workbook_reads_them(take: Take, database: str, by: Acting) -> None:
    take(person(1))
    given = {
        "mobile": "１３９ 0000 1111",
        "ethnicity": "回",
        "marital_status": "未婚",
        "origin_province": "河南",
    }
    assert edit(database, by, given) == ("ethnicity", "marital_status", "origin_province", "mobile")
    assert edit(database, by, given) == ()
    assert edit(database, by, {"email": "清空"}) == ("email",)
    with transaction(database, read_only=True) as session:
        found = session.execute(select(Trainee)).scalar_one()
        assert (found.mobile, found.ethnicity, found.email) == ("13900001111", "03", None)
        assert (found.marital_status, found.origin_province) == ("10", "41")
        last = session.execute(select(Event).order_by(Event.seq.desc())).scalars().first()
        assert last is not None
        assert (last.action, last.subject) == ("trainee.edit", "trainee 1")
        data = json.loads(last.data or "")
        assert (data["fields"], len(data["digest"])) == (["email"], 16)
        assert found.touched_by == last.seq


def test_everything_wrong_is_said_at_once_and_nothing_kept(take: Take, database: str, by: Acting) -> None:
    take(person(1))
    given = {"mobile": "123", "gender": "女", "ethnicity": "某族", "address": "x" * 201}
    code, message = refused(database, by, given)
    assert code == "E180"
    assert message.startswith("没有保存，4 处有误：民族（")
    assert [word for word in ("性别（", "手机号码（", "通讯地址（") if word not in message] == []
    assert refused(database, by, {"name": "清空"})[0] == "E180"


def test_a_new_name_needs_a_reason(take: Take, database: str, by: Acting) -> None:
    take(person(1))
    assert refused(database, by, {"name": "王新"}) == ("E181", "修改姓名必须写明原因")
    assert refused(database, by, {"name": "王新"}, reason=" ")[0] == "E181"
    assert edit(database, by, {"name": "王一"}) == ()
    assert edit(database, by, {"name": "王新"}, reason="户籍更名") == ("name",)
    with transaction(database, read_only=True) as session:
        rows = people_history.history(session, ONE)
    assert [(row["action"], row["fields"], row["reason"]) for row in rows] == [
        ("trainee.import", [], None),
        ("application.import", [], None),
        ("trainee.edit", ["name"], "户籍更名"),
    ]


def _submitted(database: str) -> list[Any]:
    with transaction(database, read_only=True) as session:
        forms = session.execute(select(Application.__table__)).all()
        snapshots = session.execute(select(Snapshot.__table__)).all()
        return [tuple(row) for row in (*forms, *snapshots)]


def test_what_was_submitted_stays_as_it_was(take: Take, database: str, by: Acting) -> None:
    take(person(1))
    before = _submitted(database)
    edit(database, by, {"name": "王新", "mobile": "13911112222", "has_employer": "是"}, reason="更名")
    with transaction(database) as session:
        people.add_entry(session, ONE, EDUCATION_PART, SCHOOL, by=by)
        people.add_entry(session, ONE, WORK_PART, {"employer_name": "某医院"}, by=by)
        (old,) = session.execute(select(Education.id).where(Education.level == "21")).scalars()
        people.remove_entry(session, ONE, EDUCATION_PART, old, by=by)
    assert len(before) == 2
    assert _submitted(database) == before


def test_education_is_added_mended_and_removed(take: Take, database: str, by: Acting) -> None:
    take(person(1))
    with transaction(database) as session:
        people.add_entry(session, ONE, EDUCATION_PART, SCHOOL, by=by)
        mended = people.add_entry(session, ONE, EDUCATION_PART, {**SCHOOL, "major": "外科学"}, by=by)
        assert mended.fields == ("education.major",)
        with pytest.raises(ZhupeiError) as caught:
            people.add_entry(session, ONE, EDUCATION_PART, {"level": "本科"}, by=by)
        assert caught.value.values["count"] == 4
    with transaction(database, read_only=True) as session:
        rows = people_lists.list_entries(session, ONE, EDUCATION_PART)
    assert [(row["level_label"], row["major"], row["diploma_no"]) for row in rows] == [
        ("本科", "临床医学", None),
        ("硕士", "外科学", "**************0123"),
    ]
    entry = rows[1]["id"]
    assert isinstance(entry, int)
    with transaction(database) as session:
        assert people.remove_entry(session, ONE, EDUCATION_PART, entry, by=by).fields == ("education",)
        with pytest.raises(ZhupeiError) as caught:
            people.remove_entry(session, ONE, EDUCATION_PART, entry, by=by)
        assert caught.value.code == "E311"
    with transaction(database, read_only=True) as session:
        assert session.execute(select(Education.major)).scalars().all() == ["临床医学"]


def test_an_entry_of_somebody_else_cannot_be_removed(take: Take, database: str, by: Acting) -> None:
    take(person(1), person(2))
    with transaction(database) as session:
        (theirs,) = session.execute(select(Education.id).where(Education.trainee_id == 2)).scalars()
        with pytest.raises(ZhupeiError) as caught:
            people.remove_entry(session, ONE, EDUCATION_PART, theirs, by=by)
    assert caught.value.code == "E311"


def test_a_first_employer_answers_whether_there_is_one(take: Take, database: str, by: Acting) -> None:
    take(person(1))
    with transaction(database) as session:
        with pytest.raises(ZhupeiError) as caught:  # 否 was said: the two contradict
            people.add_entry(session, ONE, WORK_PART, {"employer_name": "某医院"}, by=by)
        assert caught.value.code == "E180"
        people.edit_person(session, ONE, {"has_employer": "清空"}, by=by)
        added = people.add_entry(
            session, ONE, WORK_PART, {"employer_name": "某医院", "from_date": "2024.7"}, by=by
        )
        assert added.fields == ("has_employer", "work.employer_name", "work.from_date")
        with pytest.raises(ZhupeiError):  # still there
            people.edit_person(session, ONE, {"has_employer": "否"}, by=by)
        ended = {"employer_name": "某医院", "from_date": "2024.7", "to_date": "2023-01-01"}
        with pytest.raises(ZhupeiError) as caught:
            people.add_entry(session, ONE, WORK_PART, ended, by=by)
        assert "起始时间 2024-07 晚于终止时间 2023-01-01" in caught.value.message
        people.add_entry(session, ONE, WORK_PART, {**ended, "to_date": "2025-12-31"}, by=by)
        assert people.edit_person(session, ONE, {"has_employer": "否"}, by=by).fields == ("has_employer",)
        assert len(session.execute(select(Work.id)).all()) == 1


def test_a_photo_is_kept_replaced_and_forgotten(take: Take, database: str, by: Acting) -> None:
    take(person(1))
    assert edit(database, by, {}, photo=PNG) == ("photo",)
    assert edit(database, by, {}, photo=PNG) == ()
    jpeg = Photo("image/jpeg", b"\xff\xd8\xff" + b"x" * 100_000)
    assert edit(database, by, {"mobile": "13911112222"}, photo=jpeg) == ("mobile", "photo")
    with transaction(database, read_only=True) as session:
        assert photos.photo_of(session, 1) == jpeg
    assert edit(database, by, {}, drop_photo=True) == ("photo",)
    assert edit(database, by, {}, drop_photo=True) == ()


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"GIF89a", "不是 JPG 或 PNG 图片"),
        (b"", "不是 JPG 或 PNG 图片"),
        (PNG.content + b"x" * 1_048_576, "超过 1 MB"),
        (PNG.content, "已经损坏，打不开"),
        (picture()[:-40], "已经损坏，打不开"),
    ],
)
def test_what_is_no_photo_is_refused(tmp_path: Path, content: bytes, problem: str) -> None:
    path = tmp_path / "照片.png"
    path.write_bytes(content)
    with pytest.raises(ZhupeiError) as caught:
        photos.read_photo(path)
    assert caught.value.message == f"照片.png 不能用作照片：{problem}"


def test_a_photo_is_what_its_bytes_say(tmp_path: Path) -> None:
    path = tmp_path / "照片.jpg"
    path.write_bytes(content := picture(form="PNG"))
    assert photos.read_photo(path) == Photo("image/png", content)


def test_a_number_of_two_papers_must_say_which(database: str, by: Acting) -> None:
    with transaction(database) as session:
        for number, paper in enumerate(("passport", "taiwan_pass"), 1):
            times = {"created_at": by.at, "updated_at": by.at, "touched_by": 0}
            session.add(Trainee(id=number, id_type=paper, id_number="12345678", name=f"王{number}", **times))
        session.flush()
        with pytest.raises(ZhupeiError) as caught:
            find_person(session, "12345678")
        assert (caught.value.code, caught.value.message) == ("E312", "号码 ****5678 属于两种证件的两个人")
        assert find_person(session, "护照：12345678").id == 1
        assert find_person(session, "台胞证:12345678").id == 2
        with pytest.raises(ZhupeiError) as caught:
            find_person(session, "身份证:12345678")
        assert caught.value.code == "E310"
        with pytest.raises(ZhupeiError) as caught:
            find_person(session, "王")
        assert caught.value.message.startswith(
            "没有学员 王；姓名中有“王”的：编号:1 王1 ****5678、编号:2 王2 "
        )


def test_lists_choose_and_mask(take: Take, database: str, by: Acting) -> None:
    take(person(1), person(2, school="河南大学", has_employer="是", employer_name="某医院"))
    with transaction(database) as session:
        rows = people_lists.list_people(session, PeopleFilter())
        assert [(row["id_number"], row["mobile"], row["employer_name"]) for row in rows] == [
            ("4101**********1015", "138****0001", None),
            ("4101**********1023", "138****0002", "某医院"),
        ]
        revealed = people_lists.list_people(session, PeopleFilter(school="河南"), reveal_by=by)
        assert [row["id_number"] for row in revealed] == [id_number(2)]
        assert len(people_lists.list_people(session, PeopleFilter(limit=1))) == 1
        assert people_lists.list_people(session, PeopleFilter(account=True)) == []
        assert people_lists.list_people(session, PeopleFilter(name="%")) == []
        last = session.execute(select(Event.data).where(Event.action == "trainee.reveal")).scalar_one()
        assert last == '{"rows":1}'


def test_a_check_finds_what_an_import_would_not_let_in(take: Take, database: str, by: Acting) -> None:
    take(person(1), person(2), person(3), submit=False)
    with transaction(database) as session:
        session.execute(
            update(Trainee).where(Trainee.id == 1).values(gender="2", address=None, has_employer=False)
        )
        session.add(Work(id=99, trainee_id=1, employer_name="某医院"))
    with transaction(database, read_only=True) as session:
        found = [(row["name"], row["code"], row["field"]) for row in gaps.check_people(session, by=by)]
        assert found == [
            ("王一", "E150", "address"),
            ("王一", "E151", "gender"),
            ("王一", "E153", "employer_name"),
        ]


def test_a_check_of_a_batch_looks_at_what_is_still_open(take: Take, database: str, by: Acting) -> None:
    take(person(3))
    take(person(1), person(2), submit=False)
    with transaction(database) as session:
        old = update(Education).values(graduated_on=date(2020, 6, 30))
        session.execute(old)
        rows = list(gaps.check_people(session, by=by, batch=find_batch(session, "HN2026")))
    assert [
        (row["name"], row["application_no"], row["code"], row["severity"])
        for row in rows
        if row["code"] != "E693"
    ] == [
        ("王一", "HN2026-0000002", "E213", "error"),
        ("王二", "HN2026-0000003", "E213", "error"),
    ]


def test_history_tells_nothing_of_admission_before_publication(take: Take, database: str, by: Acting) -> None:
    take(person(1))

    def actions(session: Session) -> list[str]:
        return [row["action"] for row in people_history.history(session, ONE)]

    with transaction(database) as session:
        batch = find_batch(session, "HN2026")
        known = actions(session)
        record(session, by, [Change("admission.propose", "HN2026-0000001", batch.id, after="proposed")])
        assert actions(session) == known == ["trainee.import", "application.import"]
        batch.status = "publicity"
        session.flush()
        assert actions(session) == [*known, "admission.propose"]


def test_the_number_of_statements_does_not_grow_with_the_people(
    take: Take, database: str, by: Acting
) -> None:
    take(*(person(number) for number in range(1, 8)))
    with transaction(database, read_only=True) as session, statements() as seen:
        assert len(people_lists.list_people(session, PeopleFilter())) == 7
        assert len(seen) == 4
        assert list(gaps.check_people(session, by=by)) == []
        assert len(seen) == 17
