"""The same data gives the same digests: in another database, on another day, in another order."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.builders import drawn_world, store_world, worked_example
from zhupei_cli.acting import Acting
from zhupei_cli.rules.admission.run import Held, Inputs
from zhupei_cli.services.admission.admissions import run_admission
from zhupei_cli.services.records.lookup import find_batch
from zhupei_cli.store.engine import transaction
from zhupei_cli.store.schema import create

WORLD = replace(
    drawn_world(400), held=(Held("B001", "0100", "own"), Held("B002", "0200", "social")), min_score=5500
)


def _other_way_round(inputs: Inputs) -> Inputs:
    random = Random(5)

    def shuffled(values: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(random.sample(values, len(values)))

    # The held seats keep their order: their applications are numbered in it.
    return replace(inputs, places=shuffled(inputs.places), candidates=shuffled(inputs.candidates))


def _earlier() -> Inputs:
    world = worked_example()
    people = tuple(one._replace(no=one.no.replace("T-", "E-")) for one in world.candidates)
    return replace(world, candidates=people)


def _digests(url: str, rule: str, by: Acting) -> tuple[str, str]:
    with transaction(url) as session:
        summary = run_admission(session, find_batch(session, "T"), by=by, rule=rule)
    return summary["inputs_sha256"], summary["results_sha256"]


@pytest.mark.parametrize("rule", ["choice-first", "score-first", "stable"])
def test_another_database_another_day(database: str, tmp_path: Path, by: Acting, rule: str) -> None:
    with transaction(database) as session:
        store_world(session, WORLD)
    other = f"sqlite:///{tmp_path / 'other.sqlite'}"
    create(other)
    with transaction(other) as session:
        # Another batch came first, so that every id is another one.
        store_world(session, _earlier(), code="E", year=2025, status="final")
        store_world(session, _other_way_round(WORLD))
    later = Acting("另一位经办人", by.at + timedelta(days=400))
    assert _digests(other, rule, later) == _digests(database, rule, by)


def test_the_digests_of_the_worked_example(database: str) -> None:
    """They stand here, so that a change of the canonical text or of the rules cannot go unnoticed."""
    with transaction(database) as session:
        store_world(session, worked_example())
    by = Acting("测试员", datetime(2030, 1, 1, tzinfo=UTC))
    inputs_sha256, results_sha256 = _digests(database, "stable", by)
    assert inputs_sha256 == "648217f37198909c38ae3f3d251f678332716f012cc4b9d40437c0d4198b40d4"
    assert results_sha256 == "c5300cc82747865eb67a4c8d638fb99389d6beb27533c1e8c7a835d3a57e72d1"
