"""Submitting: the whole refusal, the skipped ones, the late ones."""

from pathlib import Path

import pytest
from sqlalchemy import select, update

from tests.people import open_batch, person, write_people
from zhupei_cli.acting import Acting
from zhupei_cli.model import Application, Batch, Event, Plan, Snapshot, Trainee
from zhupei_cli.services.applications.importing.case import Options
from zhupei_cli.services.applications.importing.intake import import_trainees
from zhupei_cli.services.applications.submitting import ready_numbers, submit
from zhupei_cli.services.records.workbooks import read_workbooks
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.store.engine import reading, transaction
from zhupei_cli.words.errors import ZhupeiError

FIRST, SECOND = "HN2026-0000001", "HN2026-0000002"


@pytest.fixture
def office(database: str, tmp_path: Path, by: Acting) -> str:
    """An open batch with two drafts; of the first the address and its second choice are gone since."""
    people = read_workbooks(
        [write_people(tmp_path / "a.xlsx", [person(1), person(2, choice2_base=None)])], workbook_kinds.PERSON
    )
    with transaction(database) as session:
        batch = open_batch(session)
        import_trainees(session, people, batch=batch, by=by, options=Options())
        session.execute(update(Trainee).where(Trainee.id == 1).values(address=None))
        session.execute(update(Plan).where(Plan.base_code == "4103001").values(stopped=True))
    return database


def _statuses(database: str) -> list[tuple[str, int | None]]:
    with reading(database) as session:
        statement = select(Application.status, Application.snapshot_version)
        return [(status, version) for status, version in session.execute(statement.order_by(Application.id))]


def test_a_refusal_names_everything_and_nothing_is_submitted(office: str, by: Acting) -> None:
    with transaction(office) as session, pytest.raises(ZhupeiError) as caught:
        submit(session, session.get_one(Batch, 1), [SECOND, FIRST], by=by)
    assert (caught.value.code, caught.value.exit_code) == ("E454", 5)
    assert caught.value.message == (
        f"{FIRST} 不能提交：缺少 通讯地址；请补填；必填的项目提交前必须齐全；"
        "洛阳中心医院 的 内科 已停招；换一个志愿"
    )
    assert _statuses(office) == [("draft", None), ("draft", None)]


def test_an_unknown_number_offers_the_nearest(office: str, by: Acting) -> None:
    with transaction(office) as session, pytest.raises(ZhupeiError) as caught:
        submit(session, session.get_one(Batch, 1), [SECOND, "HN2026-0000011"], by=by)
    assert (caught.value.code, caught.value.exit_code) == ("E304", 4)
    assert caught.value.hint.startswith("您要找的是不是 HN2026-0000001、HN2026-0000002？")
    assert _statuses(office) == [("draft", None), ("draft", None)]


def test_the_good_ones_go_and_the_others_are_told(office: str, by: Acting) -> None:
    with transaction(office) as session:
        batch = session.get_one(Batch, 1)
        numbers = ready_numbers(session, batch)
        done, refused, warnings = submit(session, batch, numbers, by=by, skip_bad=True)
    assert (done, warnings) == ([SECOND], [])
    assert [(number, fault.code) for number, fault in refused] == [(FIRST, "E150"), (FIRST, "E258")]
    assert _statuses(office) == [("draft", None), ("submitted", 1)]
    with reading(office) as session:
        assert session.execute(select(Snapshot.application_id, Snapshot.reason)).all() == [(2, None)]


def test_late_in_a_closed_batch_the_event_has_the_reason(office: str, by: Acting) -> None:
    with transaction(office) as session:
        session.execute(update(Batch).values(status="closed"))
    with transaction(office) as session, pytest.raises(ZhupeiError) as caught:
        submit(session, session.get_one(Batch, 1), [SECOND], by=by)
    assert (caught.value.code, caught.value.exit_code) == ("E450", 5)
    with transaction(office) as session:
        done, _, _ = submit(session, session.get_one(Batch, 1), [SECOND], by=by, late_reason="系统故障")
    assert done == [SECOND]
    with reading(office) as session:
        columns = (Event.subject, Event.before, Event.after, Event.reason)
        found = session.execute(select(*columns).where(Event.action == "application.submit")).all()
    assert found == [(SECOND, "draft", "submitted", "系统故障")]
