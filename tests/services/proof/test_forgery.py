"""`db check --deep`: whatever somebody changes behind the program's back is found, on both databases."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.bench.pages import damages, verdict
from tests.forged_season import FORGERIES, PLANTS, commit
from zhupei_cli.services.upkeep.invariants import check_database
from zhupei_cli.store.engines.choosing import backend_at

pytestmark = pytest.mark.long

Forging = Callable[[], AbstractContextManager[Session]]


def test_what_the_program_made_is_told_by_its_events(forging: Forging) -> None:
    with forging() as session:
        assert check_database(session, deep=True) == []


def test_each_planted_change_is_found(forging: Forging, thorough: bool) -> None:
    assert len(PLANTS) >= 40
    missed = []
    with forging() as session:
        # A server brings no other rows: a part of them shows that its columns are compared alike.
        few, undone = session.get_bind().dialect.name != "sqlite", backend_at(session).UNDOES_DDL
    for plant in PLANTS[::4] if few and not thorough else PLANTS:
        if plant.startswith(("DROP", "ALTER")) and not undone:
            continue  # it would stay for those after it
        with forging() as session:
            changed = session.execute(text(plant)).rowcount  # type: ignore[attr-defined]
            assert changed or plant.startswith(("DROP", "ALTER")), plant
            if not check_database(session, deep=True):
                missed.append(plant)
    assert missed == []


def test_whoever_computes_everything_anew_is_found(forging: Forging) -> None:
    assert len(FORGERIES) == 10
    codes = {}
    for forgery in FORGERIES:
        with forging() as session:
            commit(session, forgery)
            codes[forgery.name] = {finding.code for finding in check_database(session, deep=True)}
    # Each by the run's event, and but for the rule itself by what was told of the rows.
    assert [name for name, found in codes.items() if "E644" not in found] == []
    told = {"E641", "E646"}
    assert [name for name, found in codes.items() if not found & told] == ["换规则"]
    # Nothing recomputed gives it away: the runs fit their inputs, and the counters the seats.
    assert [name for name, found in codes.items() if found & {"E465", "E540", "E544"}] == []


@pytest.mark.sqlite
def test_planted_triggers_and_views_are_found(forging: Forging) -> None:
    for plant in (
        "CREATE TRIGGER more AFTER UPDATE ON score BEGIN UPDATE score SET written = 9000; END",
        "CREATE VIEW score_more AS SELECT 1",
    ):
        with forging() as session:
            session.execute(text(plant))
            (found,) = check_database(session)
            assert (found.code, "more" in found.message) == ("E640", True)


@pytest.mark.sqlite
def test_damaged_pages_are_found_or_the_file_cannot_be_opened(whole: Path, copied: Path) -> None:
    """All 120 of them: `python -m tests.bench.pages`."""
    found = [verdict(copied) for _, _ in zip(range(16), damages(whole, copied, Random(7)), strict=False)]
    assert "" not in found
