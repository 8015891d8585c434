"""A database copied to another one of either kind."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect, select

from tests.builders import drawn_world, store_world
from tests.people import open_batch
from zhupei_cli.acting import Acting
from zhupei_cli.model import Application, Base, Batch, Plan
from zhupei_cli.services.admission import objections
from zhupei_cli.services.people import bars
from zhupei_cli.services.reference.lists import load_default_specialties
from zhupei_cli.services.upkeep.copying import copy_database
from zhupei_cli.store import rows as all_rows
from zhupei_cli.store.bulk import insert_rows
from zhupei_cli.store.counters import take
from zhupei_cli.store.engine import open_engine, reading, shown_url, transaction
from zhupei_cli.words.errors import ZhupeiError


@pytest.fixture
def filled(database: str) -> str:
    """A database with 300 people, and a batch that follows another one."""
    with transaction(database) as session:
        first = store_world(session, drawn_world(300, bases=4, specialties=3))
        open_batch(session, code="HN2025").parent_id = first.id
    return database


def test_there_and_back_nothing_changes(
    filled: str, nowhere: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(all_rows, "ROWS_AT_ONCE", 7)
    there = copy_database(filled, nowhere)
    assert (there["source"], there["target"]) == (shown_url(filled), shown_url(nowhere))
    back = copy_database(nowhere, f"sqlite:///{tmp_path / 'back.sqlite'}")
    assert there["tables"] == back["tables"]
    assert (there["tables"]["application"], there["tables"]["choice"]) == (300, 600)
    with transaction(nowhere) as session:
        assert take(session, "trainee", 1) == range(301, 302)
        parent = select(Batch.parent_id).where(Batch.code == "HN2025")
        assert session.execute(parent).scalar() == 1


def test_what_came_after_the_lists_is_copied_row_by_row(filled: str, nowhere: str, by: Acting) -> None:
    """Records of conduct, objections, seats that a supplement round took: every table has the same rows."""
    with transaction(filled) as session:
        first, place = session.get_one(Batch, 1), ("B001", "0100")
        first.status = "publicity"
        session.get_one(Plan, (1, *place)).ceded = 1
        session.flush()
        given: dict[str, Any] = {
            "kind": "cheating",
            "from_date": by.today,
            "years": 3,
            "reason": "代考",
            "source": "文号",
        }
        bars.enter_bar(session, "T-0000001", **given, by=by, pending=True)
        bars.enter_bar(session, "T-0000002", **(given | {"years": None}), by=by)
        about: Any = {"content": "异议", "received_on": by.today, "by": by}
        objections.enter_objection(session, first, number="T-0000003", place=None, signed="李四", **about)
        objections.enter_objection(session, first, number=None, place=place, signed=None, **about)
        objections.step_objection(session, 1, "answer", by=by, answer="已核实")
        objections.step_objection(session, 1, "close", by=by, upheld=True, reason="属实")
    copied = copy_database(filled, nowhere)["tables"]
    assert (copied["bar"], copied["objection"]) == (2, 2)
    with reading(filled) as here, reading(nowhere) as there:
        for table in Base.metadata.sorted_tables:
            rows = [sorted(map(repr, one.execute(select(table)))) for one in (here, there)]
            assert rows[0] == rows[1], table.name
        assert set(copied) == set(Base.metadata.tables)
        assert there.get_one(Plan, (1, *place)).ceded == 1


def test_a_try_leaves_nothing(filled: str, nowhere: str, tmp_path: Path) -> None:
    assert copy_database(filled, nowhere, dry_run=True)["rows"] > 1500
    if nowhere.startswith("sqlite"):
        assert not (tmp_path / "new.sqlite").exists()
    else:
        assert inspect(open_engine(nowhere)).get_table_names() == []


def test_a_target_that_holds_something_is_refused(filled: str, new_database: Callable[[], str]) -> None:
    with pytest.raises(ZhupeiError) as caught:
        copy_database(filled, new_database())
    assert caught.value.code == "E508"


def test_what_reads_back_differently_is_taken_back(
    filled: str, nowhere: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        all_rows, "insert_rows", lambda into, table, names, rows: insert_rows(into, table, names, rows[1:])
    )
    with pytest.raises(ZhupeiError) as caught:
        copy_database(filled, nowhere)
    assert caught.value.code in ("E532", "E621")
    with pytest.raises(ZhupeiError) as caught, reading(nowhere) as session:
        session.execute(select(Application))
    assert caught.value.code in ("E501", "E509")


def test_the_copy_goes_on_from_there(database: str, nowhere: str, by: Acting) -> None:
    copy_database(database, nowhere)
    with transaction(nowhere) as session:
        assert load_default_specialties(session, by=by).counts.inserted == 0
