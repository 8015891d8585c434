"""Time `stable` against the packages for it: `python -m tests.bench.solvers [PEOPLE]`, 30,000 unless told.

All get the same eligible choices in the order of merit. `admit` is ours from the marks on, with totals, ranks
and a reason for everybody.
`algmatch` brings a licensed solver for other problems, so it is no dependency of ours: install it to compare.
"""

import gc
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tests.builders import drawn_world
from zhupei_cli.rules.admission.admission import admit
from zhupei_cli.rules.admission.free_seats import open_rooms
from zhupei_cli.rules.admission.matching import match
from zhupei_cli.rules.admission.merit import Merits, bids
from zhupei_cli.rules.admission.run import Inputs, Spot

BASES, SPECIALTIES = 125, 40
Seats = dict[str, Spot]


class Game:
    """A run's inputs as the packages want them: numbers for names, from 1."""

    def __init__(self, inputs: Inputs) -> None:
        in_order = bids(inputs, Merits(inputs))
        self.people = sorted({bid.candidate.no for bid in in_order})
        self.spots = sorted({bid.spot for bid in in_order})
        person = {no: at for at, no in enumerate(self.people, 1)}
        place = {spot: at for at, spot in enumerate(self.spots, 1)}
        quotas = {one.spot: one.quota for one in inputs.places}
        self.wishes: dict[int, list[int]] = {at: [] for at in person.values()}
        self.rankings: dict[int, list[int]] = {at: [] for at in place.values()}
        for bid in in_order:
            self.wishes[person[bid.candidate.no]].append(place[bid.spot])
            self.rankings[place[bid.spot]].append(person[bid.candidate.no])
        self.capacities = {at: quotas[spot] for spot, at in place.items()}

    def by_matching(self) -> Seats:
        """Solve with the package matching."""
        from matching.games import HospitalResident

        game = HospitalResident.create_from_dictionaries(self.wishes, self.rankings, self.capacities)
        solved: Any = game.solve(optimal="resident")
        return {
            self.people[one.name - 1]: self.spots[place.name - 1]
            for place, residents in solved.items()
            for one in residents
        }

    def by_algmatch(self) -> Seats:
        """Solve with the package algmatch."""
        from algmatch.hospitalResidentsProblem import HospitalResidentsProblem

        hospitals = {
            at: {"capacity": self.capacities[at], "preferences": ranking}
            for at, ranking in self.rankings.items()
        }
        problem = HospitalResidentsProblem(dictionary={"residents": self.wishes, "hospitals": hospitals})
        solved = problem.get_stable_matching()["resident_sided"]
        pairs = ((int(one[1:]), int(place[1:])) for one, place in solved.items() if place)
        return {self.people[one - 1]: self.spots[place - 1] for one, place in pairs}


def timed(what: str, solve: Callable[[], Seats]) -> tuple[float, Seats]:
    """Solve, print the seconds, and return both."""
    started = time.perf_counter()
    seats = solve()
    seconds = time.perf_counter() - started
    print(f"{what:<12}{seconds:10.2f} s", flush=True)
    return seconds, seats


def main(people: int) -> None:
    """Print all figures."""
    gc.disable()  # as the program does
    drawn = drawn_world(people, bases=BASES, specialties=SPECIALTIES)
    inputs = replace(drawn, rule="stable", adjust=False)
    game = Game(inputs)
    timed("admit", lambda: {row.no: row.spot for row in admit(inputs) if row.spot})
    in_order, rooms = bids(inputs, Merits(inputs)), open_rooms(inputs)
    ours, seats = timed("match", lambda: {no: bid.spot for no, bid in match(in_order, rooms).items()})
    for name, solve in (("matching", game.by_matching), ("algmatch", game.by_algmatch)):
        try:
            seconds, theirs = timed(name, solve)
        except (RecursionError, ImportError) as error:
            print(f"{name:<12}{type(error).__name__}: {error}", flush=True)
        else:
            verdict = "the same" if theirs == seats else "ANOTHER"
            print(f"{'':<12}{seconds / ours:10.0f} × match, {verdict} result", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 30_000)
