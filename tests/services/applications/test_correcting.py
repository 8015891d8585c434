"""Corrections by the province: a new version, an event, and nothing else."""

import json
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select, update

from tests.people import called, id_number, open_batch, person, write_people
from zhupei_cli.acting import Acting
from zhupei_cli.model import Application, Bar, Batch, Choice, Education, Event, Snapshot, Trainee
from zhupei_cli.rules.people.idcard import check_character
from zhupei_cli.services.admission.admissions import run_admission
from zhupei_cli.services.applications import correcting, store
from zhupei_cli.services.applications.correcting import Corrected
from zhupei_cli.services.applications.importing.case import Options
from zhupei_cli.services.applications.importing.intake import import_trainees
from zhupei_cli.services.people import bars, conduct
from zhupei_cli.services.people.people import edit_person
from zhupei_cli.services.people.whom import find_person
from zhupei_cli.services.records.workbooks import read_workbooks
from zhupei_cli.services.upkeep.invariants import check_database
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.store.engine import reading, transaction
from zhupei_cli.words.errors import ZhupeiError

NO = "HN2026-0000001"


@pytest.fixture
def office(database: str, tmp_path: Path, by: Acting) -> str:
    """An open batch with one submitted application."""
    people = read_workbooks([write_people(tmp_path / "a.xlsx", [person(1)])], workbook_kinds.PERSON)
    with transaction(database) as session:
        batch = open_batch(session)
        import_trainees(session, people, batch=batch, by=by, options=Options(submit=True))
    return database


def _correct(database: str, by: Acting, reason: str | None = "填错", **given: str) -> Corrected:
    with transaction(database) as session:
        return correcting.correct(session, session.get_one(Batch, 1), NO, given, by=by, reason=reason)


def _refusal(database: str, by: Acting, reason: str | None = "填错", **given: str) -> tuple[str, int]:
    with pytest.raises(ZhupeiError) as caught:
        _correct(database, by, reason, **given)
    return caught.value.code, caught.value.exit_code


def _set(database: str, **values: str) -> None:
    with transaction(database) as session:
        session.execute(update(Batch).values(values))


def test_a_new_version_is_read_and_the_live_profile_stays(office: str, by: Acting) -> None:
    done = _correct(office, by, 毕业院校="河南大学", address="洛阳市涧西区 2 号")
    assert done == Corrected(
        NO,
        2,
        [
            {"field": "address", "label": "通讯地址", "before": "郑州市****", "after": "洛阳市****"},
            {"field": "school", "label": "毕业院校", "before": "郑州大学", "after": "河南大学"},
        ],
        [],
        0,
    )
    with reading(office) as session:
        stored = store.find_stored(session, session.get_one(Batch, 1), NO)
        snapshot = store.load_snapshots(session, [stored])[stored.id]
        versions = session.execute(
            select(Snapshot.version, Snapshot.school, Snapshot.reason).order_by(Snapshot.version)
        ).all()
        live = session.execute(select(Trainee.address, Education.school).join_from(Trainee, Education)).one()
    assert (stored.status, stored.snapshot_version) == ("submitted", 2)
    assert (snapshot.person["address"], snapshot.educations[0]["school"]) == ("洛阳市涧西区 2 号", "河南大学")
    assert versions == [(1, "郑州大学", None), (2, "河南大学", "填错")]
    assert live == ("郑州市金水区文化路 1 号", "郑州大学")


def test_the_event_names_fields_and_no_personal_data(office: str, by: Acting) -> None:
    _correct(office, by, name="王五", choice2_base="清空")
    with reading(office) as session:
        columns = (Event.seq, Event.before, Event.after, Event.reason, Event.data)
        seq, *states, data = session.execute(
            select(*columns).where(Event.action == "application.correct")
        ).one()
        assert session.execute(select(Application.touched_by)).scalar() == seq
    assert data is not None
    found = json.loads(data)
    assert states == ["submitted", "submitted", "填错"]
    assert (found["fields"], found["version"]) == (["name", "choice2_base"], 2)
    assert "choice2_base" in found["form"]["before"]
    assert "choice2_base" not in found["form"]["after"]
    assert "王五" not in data


def test_choices_are_checked_against_the_plan(office: str, by: Acting) -> None:
    assert _refusal(office, by, choice1_base="没有的医院") == ("E459", 5)
    assert _refusal(office, by, choice1_base="4103001") == ("E459", 5), "the same as the second"
    _correct(office, by, choice1_base="郑州第二医院", specialty="口腔全科")
    with reading(office) as session:
        columns = (Choice.number, Choice.base_code, Choice.specialty_code)
        found = session.execute(select(*columns).order_by(Choice.number)).all()
    assert found == [(1, "4101002", "2800"), (2, "4103001", "2800")]


def test_identity_rules_are_told_not_enforced(office: str, by: Acting) -> None:
    done = _correct(office, by, graduated_on="2019-06-30")
    assert [(fault.code, fault.severity) for fault in done.findings] == [
        ("E213", "error"),
        ("E693", "warning"),
    ]
    assert done.version == 2
    assert _correct(office, by, school="河南大学").findings == [], "what was known is not told again"


def test_an_id_number_brings_sex_and_birth_date(office: str, by: Acting) -> None:
    other = "41010119990203002"
    done = _correct(office, by, id_number=other + check_character(other))
    assert [one["field"] for one in done.changes] == ["id_number", "gender", "birth_date"]
    assert done.changes[0]["before"] == f"4101**********{id_number(1)[-4:]}"
    assert _refusal(office, by, id_number="410101199902030021") == ("E459", 5)
    assert _refusal(office, by, birth_date="1990-01-01") == ("E459", 5)


def test_the_same_value_makes_no_version(office: str, by: Acting) -> None:
    assert _correct(office, by, school="郑州大学") == Corrected(NO, None, [], [], 0)
    with reading(office) as session:
        assert session.execute(select(Snapshot.version)).all() == [(1,)]


def test_what_cannot_be_corrected(office: str, by: Acting) -> None:
    assert _refusal(office, by, 手机号="13900000000") == ("E458", 2)
    assert _refusal(office, by, 星座="白羊座") == ("E457", 2)
    assert _refusal(office, by, name="清空") == ("E459", 5)
    assert _refusal(office, by, has_employer="是") == ("E459", 5), "the employer is missing then"
    assert _refusal(office, by, None, school="河南大学") == ("E404", 2)


def test_an_employer_is_corrected_with_the_answer_that_there_is_one(office: str, by: Acting) -> None:
    done = _correct(office, by, has_employer="是", employer_name="某县医院")
    assert [one["field"] for one in done.changes] == ["has_employer", "employer_name"]
    assert [fault.code for fault in done.findings] == ["E216"]


def test_inputs_of_admission_change_until_the_commit_and_tell_of_stale_runs(office: str, by: Acting) -> None:
    with transaction(office) as session:
        session.execute(update(Application).values(status="approved"))
        batch = session.get_one(Batch, 1)
        batch.status = "locked"
        session.flush()
        run_admission(session, batch, by=by)
    assert _correct(office, by, accept_adjust="否").runs_stale == 1
    assert _correct(office, by, school="河南大学").runs_stale == 0
    assert _correct(office, by, train_years="2").runs_stale == 0
    for status in ("committed", "publicity", "final"):
        _set(office, status=status)
        assert _refusal(office, by, accept_adjust="是") == ("E405", 5)
        assert _correct(office, by, school=f"{status}大学").version is not None
    _set(office, status="archived")
    assert _refusal(office, by, school="河南大学") == ("E405", 5)


def test_who_somebody_is_is_mended_everywhere(office: str, by: Acting, tmp_path: Path) -> None:
    other = id_number(2)
    assert _correct(office, by, name="王二", id_number=other).version == 2
    with reading(office) as session:
        live = session.execute(
            select(Trainee.name, Trainee.id_number, Trainee.birth_date, Trainee.gender)
        ).one()
        kept = session.execute(select(Snapshot.name, Snapshot.id_number).where(Snapshot.version == 2)).one()
        events = session.execute(select(Event.action, Event.reason).order_by(Event.seq)).all()[-2:]
    assert (live[:2], kept) == (("王二", other), ("王二", other))
    assert events == [("application.correct", "填错"), ("trainee.edit", "填错")]
    # The list that leaves comes back unchanged.
    rows = [person(1, name="王二", id_number=other)]
    people = read_workbooks([write_people(tmp_path / "b.xlsx", rows)], workbook_kinds.PERSON)
    with transaction(office) as session:
        batch = session.get_one(Batch, 1)
        outcome = import_trainees(session, people, batch=batch, by=by, options=Options(submit=True))
    assert (outcome.counts.unchanged, people.problems) == (1, [])


@pytest.mark.parametrize(
    ("status", "way"),
    [
        ("open", "先运行 zhupei apply submit HN2026-0000001"),
        ("closed", "先运行 zhupei apply submit HN2026-0000001 --late --reason 原因"),
        ("locked", "先运行 zhupei batch unlock HN2026，再运行 zhupei apply submit HN2026-0000001 --late"),
        ("archived", "没有提交的不参加本批次"),
    ],
)
def test_what_was_returned_has_a_way_as_long_as_there_is_one(
    office: str, by: Acting, status: str, way: str
) -> None:
    with transaction(office) as session:
        session.execute(update(Application).values(status="returned"))
        session.execute(update(Batch).values(status=status))
    with pytest.raises(ZhupeiError) as caught:
        _correct(office, by, school="河南大学")
    assert (caught.value.code, way in caught.value.hint) == ("E402", True), caught.value.hint


def test_the_other_applications_of_the_person_are_named(office: str, by: Acting, tmp_path: Path) -> None:
    people = read_workbooks([write_people(tmp_path / "b.xlsx", [person(1)])], workbook_kinds.PERSON)
    with transaction(office) as session:
        other = open_batch(session, code="HN2025")
        import_trainees(session, people, batch=other, by=by, options=Options(submit=True))
    (told,) = _correct(office, by, name="王二").findings
    assert (told.code, told.values["numbers"]) == ("E818", "HN2025-0000001")
    assert _correct(office, by, school="河南大学").findings == []


def test_a_number_of_somebody_else_is_refused(office: str, by: Acting, tmp_path: Path) -> None:
    people = read_workbooks([write_people(tmp_path / "b.xlsx", [person(2)])], workbook_kinds.PERSON)
    with transaction(office) as session:
        batch = session.get_one(Batch, 1)
        import_trainees(session, people, batch=batch, by=by, options=Options())
    assert _refusal(office, by, id_number=id_number(2)) == ("E459", 5)


def test_an_odd_name_is_told(office: str, by: Acting) -> None:
    assert [fault.code for fault in _correct(office, by, name="王3").findings] == ["E124"]
    assert _refusal(office, by, name="王?") == ("E459", 5)


def test_schooling_below_the_highest(office: str, by: Acting) -> None:
    assert _refusal(office, by, 硕士院校="新乡医学院") == ("E459", 5)  # above the highest
    # Of the highest level it is the highest entry.
    assert [one["field"] for one in _correct(office, by, 本科学位="无").changes] == ["degree"]
    done = _correct(
        office, by, 最高学历="硕士", 毕业院校="河南大学", 学位类型="专业型", 毕业时间="2026-06-30"
    )
    assert done.version == 3
    assert _refusal(office, by, 本科学位="学士") == ("E459", 5)  # of no school
    done = _correct(office, by, 本科院校="新乡医学院", 本科毕业时间="2023-06-30", bachelor_degree="学士")
    assert [(one["label"], one["before"], one["after"]) for one in done.changes] == [
        ("本科院校", "", "新乡医学院"),
        ("本科毕业时间", "", "2023-06-30"),
        ("本科学位", "", "学士"),
    ]
    assert _correct(office, by, 本科学位="学士").changes == []
    assert _refusal(office, by, 本科院校="清空") == ("E459", 5)
    with reading(office) as session:
        stored = store.find_stored(session, session.get_one(Batch, 1), NO)
        profile = store.load_snapshots(session, (stored,))[stored.id]
    assert [(one["level"], one["school"]) for one in profile.educations] == [
        ("14", "河南大学"),
        ("21", "新乡医学院"),
    ]


def _enter_bar(database: str, by: Acting, **columns: object) -> None:
    """Bar the person of the office for cheating; then write `columns` over it as another hand wrote it."""
    with transaction(database) as session:
        bars.enter_bar(
            session,
            id_number(1),
            kind="cheating",
            from_date=date(2025, 9, 1),
            years=None,
            reason="代考",
            source=None,
            by=by,
        )
        if columns:
            newest = select(Bar.id).order_by(Bar.id.desc()).limit(1).scalar_subquery()
            session.execute(update(Bar).where(Bar.id == newest).values(**columns))


def _bars(database: str) -> list[tuple[str, str]]:
    with reading(database) as session:
        return [(row.name, row.id_number) for row in session.execute(select(Bar).order_by(Bar.id)).scalars()]


def test_records_of_conduct_go_with_the_number_and_the_name(office: str, by: Acting) -> None:
    _enter_bar(office, by)
    other = id_number(2)
    found = _correct(office, by, name="王二", id_number=other).findings
    assert [fault.code for fault in found if fault.code == "E811"] == []
    assert _bars(office) == [("王二", other)]
    with transaction(office) as session:
        batch = session.get_one(Batch, 1)
        assert set(bars.in_force(session, batch, (other,))) == {("id_card", other)}
        assert [one["bar"] for one in bars.list_bars(session, who=NO)] == [1]
        with pytest.raises(ZhupeiError, match="诚信记录 1"):
            conduct.require_lifted(session, find_person(session, other), [])
        edit_person(session, other, {"name": "王三"}, by=by, reason="更名")
    assert _bars(office) == [("王三", other)]
    with reading(office) as session:
        told = [one.message for one in check_database(session, deep=True) if "诚信记录" in one.message]
    assert told == []


def test_a_record_of_another_name_stays_with_the_old_number_and_is_told(office: str, by: Acting) -> None:
    _enter_bar(office, by, name="李四")
    found = _correct(office, by, id_number=id_number(2)).findings
    assert [(one.code, one.values["bar"]) for one in found if one.code == "E811"] == [("E811", 1)]
    assert _bars(office) == [("李四", id_number(1))]


def test_a_record_that_the_right_number_has_already_is_not_written_twice(office: str, by: Acting) -> None:
    _enter_bar(office, by, id_number=id_number(2))
    _enter_bar(office, by)
    found = _correct(office, by, id_number=id_number(2)).findings
    assert [(one.code, one.values["bar"]) for one in found if one.code == "E811"] == [("E811", 2)]
    assert _bars(office) == [(called(1), id_number(2)), (called(1), id_number(1))]
