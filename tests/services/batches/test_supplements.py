"""补录: a batch with its parent's vacancies, tried through to its own rosters."""

import pytest
from sqlalchemy import select, update

from tests.builders import store_world, worked_example
from zhupei_cli.acting import Acting
from zhupei_cli.model import Batch, Event, Plan
from zhupei_cli.services.admission import admissions, stages
from zhupei_cli.services.admission.give_up import decide_admissions
from zhupei_cli.services.batches import batches
from zhupei_cli.services.records.lookup import find_batch, settings_of
from zhupei_cli.store.engine import transaction
from zhupei_cli.words.errors import ZhupeiError

DATES = {"name": "补录", "apply_from": "2026-06-01", "apply_until": "2026-06-20"}


@pytest.fixture
def final(database: str, by: Acting) -> str:
    """The worked example, final; 2 (at A) and 4 (at B) gave up afterwards."""
    with transaction(database) as session:
        batch = store_world(session, worked_example())
        session.execute(update(Plan).where(Plan.base_code == "A").values(max_social=2, min_score=6000))
        admissions.run_admission(session, batch, by=by)
        admissions.commit_run(session, batch, 1, by=by)
        stages.move_batch(session, batch, "publish", by=by)
        stages.finalize_batch(session, batch, by=by)
        numbers = ("T-0000002", "T-0000004")
        decide_admissions(session, batch, "decline", numbers, reason="放弃", by=by)
    return database


def _create(database: str, by: Acting, *, year: int = 2026, parent: str = "T") -> None:
    with transaction(database) as session:
        batches.create_batch(session, "S", year=year, given=DATES, by=by, supplement_of=parent)


def test_the_plan_is_what_the_parent_left(final: str, by: Acting) -> None:
    _create(final, by)
    with transaction(final, read_only=True) as session:
        parent, batch = find_batch(session, "T"), find_batch(session, "S")
        assert (batch.parent_id, batch.status) == (parent.id, "draft")
        assert settings_of(session, batch) == settings_of(session, parent)
        columns = (Plan.base_code, Plan.quota, Plan.min_score, Plan.max_social, Plan.taken_social)
        plan = session.execute(select(*columns).where(Plan.batch_id == batch.id).order_by(Plan.base_code))
        assert [tuple(row) for row in plan] == [("A", 1, 6000, 1, 0), ("B", 1, None, None, 0)]
        actions = select(Event.action).where(Event.batch_id == batch.id).order_by(Event.seq)
        assert list(session.scalars(actions)) == ["batch.create", "plan.write"]


def test_only_a_final_batch_of_the_year_with_vacancies_has_one(final: str, by: Acting) -> None:
    def refused(**options: object) -> str:
        with pytest.raises(ZhupeiError) as error:
            _create(final, by, **options)  # type: ignore[arg-type]
        return error.value.code

    assert refused(year=2025) == "E472"
    assert refused(parent="X") == "E301"
    with transaction(final) as session:
        session.execute(update(Plan).where(Plan.base_code == "A").values(stopped=True))
        session.execute(update(Plan).where(Plan.base_code == "B").values(quota=0))
    assert refused() == "E471"
    with transaction(final) as session:
        session.execute(update(Batch).values(status="publicity"))
    assert refused() == "E470"
