"""The one status line, and how many stand where."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import update

from tests.builders import store_world, worked_example
from tests.statements import statements
from zhupei_cli.acting import Acting
from zhupei_cli.model import Application, Batch, BatchSetting
from zhupei_cli.services.admission.admissions import commit_run, run_admission
from zhupei_cli.services.admission.stages import move_batch
from zhupei_cli.services.applications.progress import count_applications, status_of
from zhupei_cli.store.engine import reading, transaction
from zhupei_cli.words.errors import ZhupeiError

FIRST = "T-0000001"


@pytest.fixture
def world(database: str) -> str:
    """The worked example, locked: five approved people."""
    with transaction(database) as session:
        store_world(session, worked_example())
        session.add(BatchSetting(batch_id=1, key="contact", value="0371-00000000"))
    return database


def _line(database: str) -> tuple[str | None, str]:
    with reading(database) as session:
        row = status_of(session, session.get_one(Batch, 1), FIRST)
    return row["admission_status"], row["status_label"]


def test_the_whole_of_it(world: str) -> None:
    with reading(world) as session:
        row = status_of(session, session.get_one(Batch, 1), FIRST)
    assert row == {
        "application_no": FIRST,
        "batch": "T",
        "batch_name": "T 招收",
        "status": "approved",
        "admission_status": None,
        "status_label": "基地审核通过",
        "seated_label": None,
        "apply_from": datetime(2026, 6, 1, tzinfo=UTC),
        "apply_until": datetime(2026, 6, 30, tzinfo=UTC),
        "review_until": None,
        "publicity_until": None,
        "checkin_until": None,
        "contact": "0371-00000000",
    }


def test_admission_shows_from_publication_on(world: str, by: Acting) -> None:
    before = (None, "基地审核通过")
    with transaction(world) as session:
        batch = session.get_one(Batch, 1)
        run_admission(session, batch, by=by)
        commit_run(session, batch, 1, by=by)
    assert _line(world) == before
    with transaction(world) as session:
        move_batch(session, session.get_one(Batch, 1), "publish", by=by)
    assert _line(world) == ("proposed", "拟录取（录取基地：基地A，公示中）")


def test_an_unknown_number(world: str) -> None:
    with reading(world) as session, pytest.raises(ZhupeiError) as caught:
        status_of(session, session.get_one(Batch, 1), "T-0000009")
    assert (caught.value.code, caught.value.exit_code) == ("E304", 4)


def test_counts_by_everything_with_few_statements(world: str) -> None:
    with transaction(world) as session:
        for number, status in ((2, "draft"), (3, "returned")):
            session.execute(update(Application).where(Application.id == number).values(status=status))
        session.execute(
            update(Application).where(Application.id == 4).values(status="withdrawn", live_key=None)
        )
    with reading(world) as session, statements() as seen:
        rows = count_applications(session, session.get_one(Batch, 1))
    assert len(seen) == 4
    keys = ("group", "code", "total", "draft", "returned", "approved", "withdrawn")
    assert [tuple(row.get(key) for key in keys) for row in rows] == [
        ("all", "", 4, 1, 1, 2, 1),
        ("base", "A", 3, 1, 1, 1, 0),
        ("base", "B", 1, 0, 0, 1, 1),
        ("specialty", "0100", 4, 1, 1, 2, 1),
        ("identity", "social", 4, 1, 1, 2, 1),
    ]


def test_withdrawn_ones_are_not_counted(database: str) -> None:
    with transaction(database) as session:
        store_world(session, worked_example())
        session.execute(update(Application).values(status="withdrawn", live_key=None))
        rows = count_applications(session, session.get_one(Batch, 1))
    assert rows[0]["total"] == 0
