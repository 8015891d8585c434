"""`stable` against every other result there could be, and against the package `matching`."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st
from matching.games import HospitalResident

from tests.builders import drawn_world
from tests.rules.admission_worlds import worlds
from zhupei_cli.rules.admission.admission import admit
from zhupei_cli.rules.admission.merit import Merits, bids
from zhupei_cli.rules.admission.run import Inputs, ResultRow, Spot
from zhupei_cli.rules.proof.envy import wronged
from zhupei_cli.words.vocabulary import Outcome

quick = settings(max_examples=200, deadline=None, derandomize=True, database=None)
#: Results looked at for one drawn world; five people with three choices have a thousand.
_MOST_PEOPLE = 5
_NOWHERE = 99


@given(worlds("stable"))
@quick
def test_stable_is_best_for_everybody_among_results_without_envy(world: Inputs) -> None:
    inputs = replace(world, candidates=world.candidates[:_MOST_PEOPLE], adjust=False)
    best = admit(inputs)
    without_envy = [rows for rows in _results(inputs) if not wronged(inputs, rows)]
    assert _seats(best) in [_seats(rows) for rows in without_envy]
    for rows in without_envy:
        assert all(_preference(ours) <= _preference(theirs) for ours, theirs in zip(best, rows, strict=True))


def _results(inputs: Inputs) -> Iterator[list[ResultRow]]:
    """Yield every way to give eligible choices or nothing, within quotas and limits."""
    options: dict[str, list[ResultRow]] = {
        one.no: [ResultRow(one.no, Outcome.NOT_ADMITTED)] for one in inputs.candidates
    }
    for bid in bids(inputs, Merits(inputs)):
        seat = (*bid.spot, f"choice{bid.choice}", bid.total)
        options[bid.candidate.no].append(ResultRow(bid.candidate.no, Outcome.ADMITTED, *seat))
    for rows in product(*(options[no] for no in sorted(options))):
        if _fits(inputs, rows):
            yield list(rows)


def _fits(inputs: Inputs, rows: Sequence[ResultRow]) -> bool:
    identity = {one.no: one.identity for one in inputs.candidates}
    for place in inputs.places:
        seated = [identity[row.no] for row in rows if row.spot == place.spot]
        held = [seat.identity for seat in inputs.held if seat[:2] == place.spot]
        if seated and len(seated) + len(held) > place.quota:
            return False
        for who, limit in place.limits.items():
            if who in seated and (seated + held).count(who) > limit:
                return False
    return True


def _seats(rows: Sequence[ResultRow]) -> list[tuple[Spot | None, str | None]]:
    return [(row.spot, row.via) for row in rows]


def _preference(row: ResultRow) -> int:
    """Return the number of the choice that was got; nothing is worse than any."""
    return int(row.via.removeprefix("choice")) if row.via else _NOWHERE


@given(st.integers(0, 10_000), st.integers(30, 120))
@quick
def test_stable_agrees_with_the_package_matching(seed: int, people: int) -> None:
    # It knows no limits, held seats or adjustment, and refuses places that nobody may have.
    inputs = replace(
        drawn_world(people, bases=4, specialties=2, seed=seed), rule="stable", adjust=False, min_score=6000
    )
    wishes: dict[str, list[str]] = {}
    rankings: dict[str, list[str]] = {}
    for bid in bids(inputs, Merits(inputs)):
        wishes.setdefault(bid.candidate.no, []).append("/".join(bid.spot))
        rankings.setdefault("/".join(bid.spot), []).append(bid.candidate.no)
    capacities = {"/".join(place.spot): place.quota for place in inputs.places}
    game = HospitalResident.create_from_dictionaries(
        wishes, rankings, {place: capacities[place] for place in rankings}
    )
    theirs = {
        resident.name: hospital.name
        for hospital, residents in game.solve(optimal="resident").items()
        for resident in residents
    }
    assert {row.no: f"{row.base}/{row.specialty}" for row in admit(inputs) if row.admitted} == theirs
