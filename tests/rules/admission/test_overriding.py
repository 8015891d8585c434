"""The three looks of placing by hand, each by hand."""

from dataclasses import replace

import pytest

from tests.builders import worked_example
from zhupei_cli.rules.admission.overriding import look_at
from zhupei_cli.rules.admission.run import Candidate, Inputs, RunSpecialty, Spot

A, B, C, D = ("A", "0100"), ("B", "0100"), ("C", "0100"), ("D", "0200")
WORLD = worked_example()
WIDE = replace(
    WORLD,
    places=(*WORLD.places, replace(WORLD.places[0], base="D", specialty="0200")),
    specialties={"0100": RunSpecialty("西医", False), "0200": RunSpecialty("西医", True)},
)


def _person(number: int, **changes: object) -> Candidate:
    return next(one for one in WORLD.candidates if one.no[-1] == str(number))._replace(**changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("person", "spot", "expected"),
    [
        # 4 (70) at B: 1, 2 and 3 chose it and come before; nobody at the own first choice of 1.
        (_person(4), B, (7000, 0, ("T-0000001", "T-0000002", "T-0000003"), None)),
        (_person(1), A, (9000, 0, (), None)),
        # Without a total everybody eligible there comes before.
        (_person(5, records=()), C, (None, 0, (), None)),
        (_person(4, records=()), A, (None, 0, ("T-0000001", "T-0000002", "T-0000003"), None)),
        # C is no choice of 1, who does not accept adjustment; 2 does, and the specialty is the same.
        (_person(1), C, (9000, 0, (), "no_consent")),
        (_person(2), C, (8000, 0, (), None)),
        (_person(2), D, (8000, 0, (), "out_of_scope")),
    ],
)
def test_the_looks(person: Candidate, spot: Spot, expected: tuple[object, ...]) -> None:
    assert look_at(WIDE, person, spot) == expected


@pytest.mark.parametrize(
    ("category", "unwanted"), [("西医", None), ("口腔", "out_of_scope"), (None, "out_of_scope")]
)
def test_the_scope_of_the_batch_decides(category: str | None, unwanted: str | None) -> None:
    kinds = {**WIDE.specialties, "0200": RunSpecialty(category, False)}
    inputs: Inputs = replace(WIDE, adjust_scope="category", specialties=kinds)
    assert look_at(inputs, _person(2), D).unwanted == unwanted


def test_the_line_is_the_larger_one() -> None:
    places = (replace(WORLD.places[0], min_score=6000), *WORLD.places[1:])
    inputs = replace(WORLD, places=places, min_score=9500)
    looks = look_at(inputs, _person(1), A)
    assert (looks.total, looks.line, looks.before) == (9000, 9500, ())
