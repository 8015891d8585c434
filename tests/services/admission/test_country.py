"""What a batch takes must not grow with the country: the other provinces have people, seats, results too."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from tests.builders import drawn_world, store_world
from tests.steps import steps
from zhupei_cli.acting import Acting
from zhupei_cli.model import Batch
from zhupei_cli.rules.admission.run import Held
from zhupei_cli.services.admission.admissions import commit_run, run_admission
from zhupei_cli.services.admission.readiness import check_admission
from zhupei_cli.services.admission.stages import lock_batch, publish_batch
from zhupei_cli.services.batches.taking_part import count_seated, count_sitting_out
from zhupei_cli.services.marks.score_marks import count_marked
from zhupei_cli.services.records.lookup import find_batch
from zhupei_cli.services.reports import reporting
from zhupei_cli.services.results.roster_people import load_people
from zhupei_cli.store.engine import transaction

pytestmark = pytest.mark.sqlite

Act = Callable[[Session, Batch, Acting], object]
ACTS: Mapping[str, Act] = {
    "sitting out": lambda session, batch, _: count_sitting_out(session, batch),
    "seated": lambda session, batch, _: count_seated(session, batch),
    "marked": lambda session, batch, _: count_marked(session, batch),
    "check": lambda session, batch, _: check_admission(session, batch),
    "lock": lambda session, batch, by: lock_batch(session, batch, by=by),
    "run": lambda session, batch, by: run_admission(session, batch, by=by),
    "commit": lambda session, batch, by: commit_run(session, batch, 1, by=by),
    "report": lambda session, batch, by: reporting.measure(session, batch, now=by.at, live=[]),
    "roster": lambda session, batch, _: load_people(session, [batch], None, None),
    "publish": lambda session, batch, by: publish_batch(session, batch, by=by),
    "published": lambda session, batch, by: reporting.measure(session, batch, now=by.at, live=[]),
}


def _province(session: Session, code: str, *, status: str, people: int = 150) -> None:
    """Store a batch; one that is published has as many more people, who hold its seats."""
    drawn = drawn_world(people)
    places = tuple(replace(place, quota=place.quota + 2) for place in drawn.places)
    spots = [place.spot for place in places]
    held = [Held(*spots[at % len(spots)], "own") for at in range(people)] if status != "closed" else []
    candidates = tuple(one._replace(no=one.no.replace("T", code)) for one in drawn.candidates)
    world = replace(drawn, places=places, candidates=candidates, held=tuple(held))
    store_world(session, world, code=code, status=status)


def _taken(database: str, by: Acting) -> dict[str, int]:
    """Return how many steps each act takes in batch T, one after the other."""
    found = {}
    for name, act in ACTS.items():
        with steps() as taken, transaction(database) as session:
            act(session, find_batch(session, "T"), by)
        found[name] = taken.count
    return found


def test_what_a_batch_takes_does_not_grow_with_the_country(
    new_database: Callable[[], str], by: Acting
) -> None:
    taken = []
    for others in (1, 7):
        database = new_database()
        with transaction(database) as session:
            _province(session, "T", status="closed")
            for other in range(others):
                _province(session, f"U{other}", status="publicity")
        taken.append(_taken(database, by))
    grown = {name: (small, taken[1][name]) for name, small in taken[0].items()}
    # Whoever is registered at all is a figure of each report.
    assert {name: both for name, both in grown.items() if both[1] > 1.1 * both[0]} == {}
