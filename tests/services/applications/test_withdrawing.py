"""Withdrawing, and applying anew."""

from pathlib import Path

import pytest
from sqlalchemy import select, update

from tests.builders import store_world, worked_example
from tests.people import open_batch, person, write_people
from zhupei_cli.acting import Acting
from zhupei_cli.model import Admission, Application, Batch, Event, Snapshot
from zhupei_cli.services.admission.admissions import commit_run, run_admission
from zhupei_cli.services.applications import drafts, store
from zhupei_cli.services.applications.importing.case import Options
from zhupei_cli.services.applications.importing.intake import import_trainees
from zhupei_cli.services.applications.withdrawing import Withdrawn, withdraw
from zhupei_cli.services.people import profiles
from zhupei_cli.services.records.workbooks import read_workbooks
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


@pytest.fixture
def world(database: str, by: Acting) -> str:
    """A locked batch T of five approved people, with a stored run."""
    with transaction(database) as session:
        run_admission(session, store_world(session, worked_example()), by=by)
    return database


def _withdraw(database: str, by: Acting, number: str = NO, reason: str | None = None) -> Withdrawn:
    with transaction(database) as session:
        return withdraw(session, session.get_one(Batch, 1), number, by=by, reason=reason)


def _refusal(database: str, by: Acting, number: str, reason: str | None = None) -> ZhupeiError:
    with pytest.raises(ZhupeiError) as caught:
        _withdraw(database, by, number, reason)
    return caught.value


def test_who_withdrew_may_apply_anew_and_the_old_form_stays(office: str, by: Acting) -> None:
    assert _withdraw(office, by, reason="改报外省") == {
        "application_no": NO,
        "before": "submitted",
        "status": "withdrawn",
        "status_label": "已撤回",
        "runs_stale": 0,
    }
    with transaction(office) as session:
        batch = session.get_one(Batch, 1)
        old = store.find_stored(session, batch, NO)
        profile = profiles.load_profiles_by_id(session, [old.trainee_id])[old.trainee_id]
        again = drafts.enter(session, batch, profile, drafts.form_cells(old.form), by=by)
    assert again.application_no == "HN2026-0000002"
    with reading(office) as session:
        columns = (Application.application_no, Application.status, Application.live_key)
        assert session.execute(select(*columns).order_by(Application.id)).all() == [
            (NO, "withdrawn", None),
            ("HN2026-0000002", "draft", "1:1"),
        ]
        assert session.execute(select(Snapshot.application_id)).all() == [(1,)]
        columns2 = (Event.subject, Event.before, Event.after, Event.reason)
        event = session.execute(select(*columns2).where(Event.action == "application.withdraw")).one()
    assert event == (NO, "submitted", "withdrawn", "改报外省")


def test_an_unknown_number_offers_the_nearest(office: str, by: Acting) -> None:
    refusal = _refusal(office, by, "HN2026-0000011")
    assert (refusal.code, refusal.exit_code) == ("E304", 4)
    assert refusal.hint.startswith(f"您要找的是不是 {NO}？")


def test_an_approved_one_needs_a_reason_and_makes_runs_stale(world: str, by: Acting) -> None:
    assert _refusal(world, by, "T-0000001").code == "E404"
    assert _refusal(world, by, "T-0000001", "  ").code == "E404"
    assert _withdraw(world, by, "T-0000001", "本人申请")["runs_stale"] == 1
    with transaction(world) as session, pytest.raises(ZhupeiError) as stale:
        commit_run(session, session.get_one(Batch, 1), 1, by=by)
    assert stale.value.code == "E462"


def test_what_admission_decided_on_is_not_withdrawn(world: str, by: Acting) -> None:
    with transaction(world) as session:
        commit_run(session, session.get_one(Batch, 1), 1, by=by)
    refusal = _refusal(world, by, "T-0000001", "本人申请")
    assert (refusal.code, refusal.exit_code) == ("E456", 5)
    assert refusal.message == "T-0000001 已有录取结果（拟录取），不能再撤回或更改志愿、身份"
    # No reason would help: it is the seat that is named, not the review.
    assert _refusal(world, by, "T-0000001").message == refusal.message


@pytest.mark.parametrize("status", ["committed", "publicity", "final", "archived", "cancelled"])
def test_nothing_is_withdrawn_once_there_is_a_result(office: str, by: Acting, status: str) -> None:
    with transaction(office) as session:
        session.execute(update(Batch).values(status=status))
    refusal = _refusal(office, by, NO)
    assert (refusal.code, refusal.exit_code) == ("E405", 5)
    with reading(office) as session:
        assert session.execute(select(Application.status)).scalar() == "submitted"
        assert session.execute(select(Admission)).first() is None
