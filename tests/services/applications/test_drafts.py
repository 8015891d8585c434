"""New drafts and drafts changed, on a real database."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from tests.people import id_number, open_batch, person, write_people
from zhupei_cli.acting import Acting
from zhupei_cli.model import Admission, Application, Batch, Event, Plan
from zhupei_cli.services.applications import drafts, store
from zhupei_cli.services.applications.drafts import Entered
from zhupei_cli.services.applications.importing.case import Options
from zhupei_cli.services.applications.importing.intake import import_trainees
from zhupei_cli.services.applications.submitting import submit
from zhupei_cli.services.people.whom import find_person
from zhupei_cli.services.records.workbooks import read_workbooks
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.store.engine import reading, transaction
from zhupei_cli.words.errors import ZhupeiError

NO = "HN2026-0000001"
FORM = {
    "identity": "社会人",
    "source_type": "应届毕业生",
    "train_years": "3",
    "specialty": "内科",
    "choice1_base": "郑州第一医院",
    "choice2_base": "4103001",
    "accept_adjust": "是",
}
CELLS = {**FORM, "identity": "social", "specialty": "0100", "choice1_base": "4101001"}


@pytest.fixture
def office(database: str, tmp_path: Path, by: Acting) -> str:
    """An open batch and three people: 1 is fine, 2 graduated in 2019, 3 has an employer nobody knows."""
    rows = [
        person(1),
        person(2, graduated_on="2019-06-30", is_fresh="往届"),
        person(3, has_employer="是", employer_name="某县医院"),
    ]
    people_read = read_workbooks([write_people(tmp_path / "a.xlsx", rows)], workbook_kinds.PERSON)
    with transaction(database) as session:
        open_batch(session)
        import_trainees(session, people_read, batch=None, by=by, options=Options(profile_only=True))
    return database


def _enter(database: str, by: Acting, number: int = 1, **changes: Any) -> Entered:
    late_reason = changes.pop("late_reason", None)
    with transaction(database) as session:
        batch = session.execute(select(Batch)).scalar_one()
        profile = find_person(session, id_number(number))
        given = {key: word for key, word in {**FORM, **changes}.items() if word is not None}
        return drafts.enter(session, batch, profile, given, by=by, late_reason=late_reason)


def _edit(database: str, by: Acting, **given: str) -> Entered:
    with transaction(database) as session:
        batch = session.execute(select(Batch)).scalar_one()
        return drafts.edit(session, batch, NO, given, by=by)


def _stored(database: str) -> tuple[str, dict[str, str]]:
    with reading(database) as session:
        batch = session.execute(select(Batch)).scalar_one()
        stored = store.find_stored(session, batch, NO)
        return stored.status, drafts.form_cells(stored.form)


def _last_event(database: str) -> tuple[Any, ...]:
    with reading(database) as session:
        columns = (Event.action, Event.subject, Event.before, Event.after, Event.reason)
        touched = session.execute(select(Application.touched_by)).scalar()
        seq, *event = session.execute(select(Event.seq, *columns).order_by(Event.seq.desc()).limit(1)).one()
        assert touched == seq
        return tuple(event)


def test_a_form_becomes_a_draft_with_its_event(office: str, by: Acting) -> None:
    assert _enter(office, by) == Entered(NO, [])
    assert _stored(office) == ("draft", CELLS)
    assert _last_event(office) == ("application.new", NO, None, "draft", None)


def test_a_person_has_one_live_application(office: str, by: Acting) -> None:
    _enter(office, by)
    with pytest.raises(ZhupeiError) as caught:
        _enter(office, by)
    assert (caught.value.code, caught.value.exit_code) == ("E455", 5)
    assert caught.value.message == f"王一 在本批次已有报名 {NO}（未提交）"


def test_who_holds_a_seat_of_the_year_applies_no_more(office: str, by: Acting) -> None:
    """The supplement round is for those without a seat; before publication nobody learns of one."""
    _enter(office, by)
    with transaction(office) as session:
        session.execute(update(Application).values(status="approved", submitted_at=by.at, snapshot_version=1))
        session.execute(update(Batch).values(status="committed"))
        session.add(
            Admission(
                application_id=1,
                application_status="approved",
                batch_id=1,
                status="proposed",
                live_key="2026:1",
                identity="social",
                base_code="4101001",
                specialty_code="0100",
                decided_at=by.at,
            )
        )
        supplement = open_batch(session, code="HN2025")
        profile = find_person(session, id_number(1))
        drafts.require_free(session, supplement, profile)
        session.execute(update(Batch).where(Batch.id == 1).values(status="publicity"))
        with pytest.raises(ZhupeiError) as caught:
            drafts.require_free(session, supplement, profile)
    assert (caught.value.code, caught.value.exit_code) == ("E452", 5)
    assert caught.value.message == "王一 2026 年度已在批次 HN2026 录取，不能再报名"


def test_an_identity_rule_refuses_and_a_reminder_does_not(office: str, by: Acting) -> None:
    refused = _enter(office, by, 2)
    fault, reminder = refused.findings
    assert (reminder.code, reminder.severity) == ("E693", "warning")
    assert (refused.application_no, fault.code, fault.severity) == (None, "E213", "error")
    assert fault.values == {
        "rule": "social.grad_years",
        "guide": "面向社会招收的人员在择业期内毕业",
        "value": "2019-06-30",
        "first": 2024,
        "last": 2026,
    }
    warned = _enter(office, by, 3)
    assert warned.application_no == NO, "a refused form takes no number"
    assert [(fault.code, fault.severity) for fault in warned.findings] == [("E216", "warning")]


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"identity": "单位人"}, ["E015"]),
        ({"source_type": None, "accept_adjust": None}, ["E251", "E251"]),
        ({"train_years": "4"}, ["E016"]),
        ({"source_type": "外星人"}, ["E253"]),
        ({"choice1_base": "没有的医院"}, ["E302"]),
        ({"specialty": "0300", "choice2_base": None}, ["E257"]),
        ({"choice2_base": "4101001"}, ["E255"]),
        ({"choice2_specialty": "0200"}, ["E256"]),
        ({"choice2_base": None, "choice2_specialty": "0100"}, ["E252"]),
    ],
)
def test_what_a_form_cannot_say(office: str, by: Acting, changes: dict[str, Any], codes: list[str]) -> None:
    entered = _enter(office, by, **changes)
    assert (entered.application_no, [fault.code for fault in entered.findings]) == (None, codes)


def test_a_stopped_place_is_not_taken(office: str, by: Acting) -> None:
    with transaction(office) as session:
        session.execute(update(Plan).where(Plan.base_code == "4103001").values(stopped=True))
    assert [fault.code for fault in _enter(office, by).findings] == ["E258"]


@pytest.mark.parametrize("status", ["draft", "locked", "final", "cancelled"])
def test_only_an_open_batch_takes_applications(office: str, by: Acting, status: str) -> None:
    with transaction(office) as session:
        session.execute(update(Batch).values(status=status))
    for late_reason in (None, "系统故障"):
        with pytest.raises(ZhupeiError) as caught:
            _enter(office, by, late_reason=late_reason)
        assert (caught.value.code, caught.value.exit_code) == ("E450", 5)


@pytest.mark.parametrize(
    "moment", [datetime(2026, 5, 31, tzinfo=UTC), datetime(2026, 6, 30, 0, 0, 1, tzinfo=UTC)]
)
def test_outside_the_dates_there_must_be_a_reason(office: str, moment: datetime) -> None:
    by = Acting("测试员", moment)
    with pytest.raises(ZhupeiError) as caught:
        _enter(office, by)
    assert caught.value.message == (
        "批次 HN2026 现在不接受报名（报名中，报名时间为 2026-06-01 08:00:00 至 2026-06-30 08:00:00）"
    )
    assert _enter(office, by, late_reason="系统故障").application_no == NO
    assert _last_event(office) == ("application.new", NO, None, "draft", "系统故障")


def test_an_edit_changes_what_is_given_and_nothing_else(office: str, by: Acting) -> None:
    _enter(office, by)
    edited = _edit(office, by, train_years="3", choice2_base="郑州第二医院", accept_adjust="否")
    assert edited == Entered(NO, [], ("choice2_base", "accept_adjust"))
    assert _stored(office) == ("draft", {**CELLS, "choice2_base": "4101002", "accept_adjust": "否"})
    assert _last_event(office) == ("application.edit", NO, "draft", "draft", None)


def test_the_second_choice_can_be_taken_out_and_follows_the_specialty(office: str, by: Acting) -> None:
    _enter(office, by)
    assert _edit(office, by, specialty="2800").changed == ("specialty",)
    with reading(office) as session:
        batch = session.execute(select(Batch)).scalar_one()
        choices = store.find_stored(session, batch, NO).form.choices
    assert choices == (("4101001", "2800"), ("4103001", "2800"))
    assert _edit(office, by, choice2_base="清空").changed == ("choice2_base",)
    assert "choice2_base" not in _stored(office)[1]


def test_an_edit_without_a_change_leaves_no_trace(office: str, by: Acting) -> None:
    _enter(office, by)
    assert _edit(office, by, train_years="3") == Entered(NO, [])
    assert _last_event(office)[0] == "application.new"


def test_what_is_submitted_is_locked(office: str, by: Acting) -> None:
    _enter(office, by)
    with transaction(office) as session:
        submit(session, session.execute(select(Batch)).scalar_one(), [NO], by=by)
    with pytest.raises(ZhupeiError) as caught:
        _edit(office, by, train_years="2")
    assert (caught.value.code, caught.value.exit_code) == ("E402", 5)
    assert _stored(office) == ("submitted", CELLS)
