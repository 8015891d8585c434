"""The stages of a batch."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select, update

from tests.builders import store_world, worked_example
from tests.people import open_batch
from zhupei_cli.acting import Acting
from zhupei_cli.model import Admission, Application, Batch, Event, Plan, Run, RunInput, RunRow
from zhupei_cli.services.admission import stages
from zhupei_cli.services.admission.admissions import commit_run, run_admission
from zhupei_cli.services.batches.batch_views import show_batch
from zhupei_cli.store.engine import reading, transaction
from zhupei_cli.words.errors import ZhupeiError

Take = Callable[..., stages.Moved]


def _batch(database: str, status: str) -> None:
    with transaction(database) as session:
        open_batch(session, status=status)


def _step(database: str, by: Acting, take: Take, *args: str, reason: str | None = None) -> stages.Moved:
    with transaction(database) as session:
        return take(session, session.get_one(Batch, 1), *args, by=by, reason=reason)


def _refusal(database: str, by: Acting, take: Take, *args: str) -> tuple[str, int]:
    with pytest.raises(ZhupeiError) as caught:
        _step(database, by, take, *args)
    return caught.value.code, caught.value.exit_code


def _status(database: str) -> str:
    with reading(database) as session:
        return str(session.get_one(Batch, 1).status)


def test_a_step_moves_the_batch_and_leaves_its_event(database: str, by: Acting) -> None:
    _batch(database, "open")
    moved = _step(database, by, stages.move_batch, "close", reason="到期")
    assert moved == {"batch": "HN2026", "before": "open", "status": "closed", "status_label": "报名结束"}
    with reading(database) as session:
        columns = (Event.action, Event.subject, Event.before, Event.after, Event.reason, Event.who)
        last = session.execute(select(*columns).order_by(Event.seq.desc())).first()
    assert last == ("batch.close", "HN2026", "open", "closed", "到期", "测试员")
    assert _status(database) == "closed"


@pytest.mark.parametrize(
    ("verb", "status"),
    [
        ("close", "draft"),
        ("publish", "locked"),
        ("archive", "publicity"),
        ("cancel", "closed"),
        ("close", "closed"),
    ],
)
def test_the_wrong_state_is_refused(database: str, by: Acting, verb: str, status: str) -> None:
    _batch(database, status)
    assert _refusal(database, by, stages.move_batch, verb) == ("E401", 5)
    assert _status(database) == status


# -- open, reopen, extend ---------------------------------------------------------------------


def test_opening(database: str, by: Acting) -> None:
    _batch(database, "draft")
    assert _step(database, by, stages.open_batch)["seats"] == 90
    assert _status(database) == "open"


def test_opening_needs_a_plan_with_seats(database: str, by: Acting) -> None:
    _batch(database, "draft")
    with transaction(database) as session:
        session.execute(update(Plan).values(quota=0))
        session.execute(update(Plan).where(Plan.specialty_code == "0100").values(quota=5, stopped=True))
    assert _refusal(database, by, stages.open_batch) == ("E409", 5)
    assert _status(database) == "draft"


def test_opening_needs_time_left(database: str) -> None:
    _batch(database, "draft")
    late = Acting("测试员", datetime(2026, 6, 30, 0, 0, 1, tzinfo=UTC))
    assert _refusal(database, late, stages.open_batch) == ("E412", 5)
    in_time = Acting("测试员", datetime(2026, 6, 30, tzinfo=UTC))
    assert _step(database, in_time, stages.open_batch)["status"] == "open"


def test_reopening_needs_time_left_and_extending_makes_some(database: str, by: Acting) -> None:
    _batch(database, "closed")
    late = Acting("测试员", datetime(2026, 7, 1, tzinfo=UTC))
    assert _refusal(database, late, stages.reopen_batch) == ("E412", 5)
    assert _refusal(database, late, stages.extend_batch, "2026-06-30") == ("E412", 5)
    moved = _step(database, late, stages.extend_batch, "2026-07-02")
    assert (moved["status"], moved["apply_until"]) == ("open", datetime(2026, 7, 2, 15, 59, 59, tzinfo=UTC))
    assert _step(database, by, stages.extend_batch, "2026-07-03")["before"] == "open"


# -- lock, unlock -----------------------------------------------------------------------------


def _world(database: str, status: str) -> None:
    with transaction(database) as session:
        store_world(session, worked_example(), status=status)


def test_locking_counts_the_candidates(database: str, by: Acting) -> None:
    _world(database, "closed")
    moved = _step(database, by, stages.lock_batch)
    assert (moved["status"], moved["candidates"], moved["unreviewed"]) == ("locked", 5, 0)


def test_locking_waits_for_reviews_unless_there_is_a_reason(database: str, by: Acting) -> None:
    _world(database, "closed")
    with transaction(database) as session:
        session.execute(update(Application).where(Application.id.in_((2, 3))).values(status="submitted"))
    with pytest.raises(ZhupeiError) as caught:
        _step(database, by, stages.lock_batch)
    assert (caught.value.code, caught.value.exit_code) == ("E413", 5)
    assert caught.value.message == "批次 T 有 2 份报名尚未审核，例如 T-0000002"
    assert _status(database) == "closed"
    moved = _step(database, by, stages.lock_batch, reason="逾期未审")
    assert (moved["candidates"], moved["unreviewed"]) == (3, 2)


def _runs(database: str) -> list[int]:
    with reading(database) as session:
        return [
            session.execute(select(func.count()).select_from(one)).scalar_one()
            for one in (Run, RunInput, RunRow)
        ]


def test_unlocking_drops_the_runs(database: str, by: Acting) -> None:
    _world(database, "locked")
    with transaction(database) as session:
        run_admission(session, session.get_one(Batch, 1), by=by)
    assert _runs(database) == [1, 1, 5]
    moved = _step(database, by, stages.unlock_batch)
    assert (moved["status"], moved["runs_dropped"], _runs(database)) == ("closed", 1, [0, 0, 0])


# -- publish, finalize ------------------------------------------------------------------------


def _published(database: str, by: Acting) -> None:
    _world(database, "locked")
    with transaction(database) as session:
        batch = session.get_one(Batch, 1)
        run_admission(session, batch, by=by)
        commit_run(session, batch, 1, by=by)
        stages.move_batch(session, batch, "publish", by=by)


def test_finalizing_makes_the_proposed_admitted_and_nobody_else(database: str, by: Acting) -> None:
    _published(database, by)
    with transaction(database) as session:
        session.execute(
            update(Admission).where(Admission.application_id == 1).values(status="declined", live_key=None)
        )
    moved = _step(database, by, stages.finalize_batch)
    assert (moved["status"], moved["admitted"]) == ("final", 3)
    with reading(database) as session:
        columns = (Admission.application_id, Admission.status)
        found = dict(session.execute(select(*columns)).all())
        events = session.execute(
            select(Event.subject, Event.before, Event.after)
            .where(Event.action == "admission.finalize")
            .order_by(Event.seq)
        ).all()
        row = show_batch(session, session.get_one(Batch, 1))
    assert found == {1: "declined", 2: "admitted", 3: "not_admitted", 4: "admitted", 5: "admitted"}
    assert events == [(f"T-000000{number}", "proposed", "admitted") for number in (2, 4, 5)]
    assert row["admissions"] == {"admitted": 3, "declined": 1, "not_admitted": 1}


def test_finalizing_comes_after_publication(database: str, by: Acting) -> None:
    _batch(database, "committed")
    assert _refusal(database, by, stages.finalize_batch) == ("E401", 5)
