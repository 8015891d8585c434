"""Adjustment (调剂): one pass over those without a seat who accept it, each to the first place for them."""

from collections.abc import Collection, Iterator
from heapq import heappop, heappush, heapreplace
from itertools import product
from operator import itemgetter
from typing import NamedTuple

from zhupei_cli.rules.admission.free_seats import SeatsLeft
from zhupei_cli.rules.admission.merit import Merits, open_lines
from zhupei_cli.rules.admission.run import AdjustScope, Candidate, Inputs, RunSpecialty, Spot

_UNLISTED = RunSpecialty(None, False)

# A class of places that one step of the order asks for: specialty, or category with its shortage mark, and a
# city, or None for any city.
_Class = tuple[str, str, bool, str | None]
# The classes that are asked for at once.
_Step = tuple[_Class, ...]
# How places of one class follow each other: more free seats first, then base and specialty code.
_Entry = tuple[int, str, str]


class Seat(NamedTuple):
    """A seat given by adjustment, with the total at that place's base."""

    spot: Spot
    total: int


def adjust(
    inputs: Inputs, merits: Merits, rooms: dict[Spot, SeatsLeft], seated: Collection[str]
) -> dict[str, Seat]:
    """Return application → seat for whom one is found, and take those seats from `rooms`."""
    listed = []
    for candidate in inputs.candidates:
        if candidate.accept_adjust and candidate.choices and candidate.no not in seated:
            position = merits.at(candidate.no, candidate.choices[0][0])
            if position is not None:
                listed.append((position, candidate))
    shelves = _Shelves(inputs, merits, rooms, {candidate.identity for _, candidate in listed})
    given = {}
    for _, candidate in sorted(listed, key=itemgetter(0)):
        if seat := shelves.first_for(candidate):
            rooms[seat.spot].take(candidate.identity)
            given[candidate.no] = seat
    return given


def adjustable(inputs: Inputs, merits: Merits, rooms: dict[Spot, SeatsLeft]) -> set[str]:
    """Return whom adjustment would seat at this moment, each looked at as if they were alone."""
    able = [
        one
        for one in inputs.candidates
        if one.accept_adjust and one.choices and merits.at(one.no, one.choices[0][0]) is not None
    ]
    shelves = _Shelves(inputs, merits, rooms, {one.identity for one in able})
    return {one.no for one in able if shelves.first_for(one)}


class _Shelves:
    """The open places on shelves, so that the first one for a candidate is found without a look at each.

    A shelf holds one class of places for one identity, a heap for each line. Places only lose seats during
    the pass, so an aged entry may lie too high but never too low: it is mended when it comes to the top.
    """

    def __init__(
        self, inputs: Inputs, merits: Merits, rooms: dict[Spot, SeatsLeft], identities: Collection[str]
    ) -> None:
        self._inputs, self._merits, self._rooms = inputs, merits, rooms
        self._lines = open_lines(inputs)
        self._by_base: dict[str, dict[Spot, list[_Class]]] = {}
        self._shelves: dict[tuple[str, _Class], dict[int, list[_Entry]]] = {}
        for spot, room in rooms.items():
            if room.free > 0:
                classes = self._by_base.setdefault(spot[0], {})[spot] = self._classes(spot)
                for key in product(filter(room.admits, identities), classes):
                    shelf = self._shelves.setdefault(key, {})
                    heappush(shelf.setdefault(self._lines[spot], []), (-room.free, *spot))

    def first_for(self, candidate: Candidate) -> Seat | None:
        """Return the seat the stated order gives `candidate` now."""
        steps = self._steps(candidate)
        own_bases = {record.base for record in candidate.records if record.base is not None}
        offers = list(self._at_own_bases(candidate, own_bases, steps))
        common = self._merits.common(candidate.no)
        if common is not None:
            offers.extend(self._by_common(candidate, own_bases, steps, self._merits.totals[common]))
        return min(offers)[2] if offers else None

    def _at_own_bases(
        self, candidate: Candidate, own_bases: Collection[str], steps: list[_Step]
    ) -> Iterator[tuple[int, _Entry, Seat]]:
        for base in own_bases:
            position = self._merits.at(candidate.no, base)
            if position is None:
                continue
            total = self._merits.totals[position]
            for spot, classes in self._by_base.get(base, {}).items():
                room = self._rooms[spot]
                if (
                    not room.admits(candidate.identity)
                    or total < self._lines[spot]
                    or spot in candidate.choices
                ):
                    continue
                asked = (number for number, step in enumerate(steps) if any(one in classes for one in step))
                step = next(asked, None)
                if step is not None:
                    yield step, (-room.free, *spot), Seat(spot, total)

    def _by_common(
        self, candidate: Candidate, own_bases: Collection[str], steps: list[_Step], total: int
    ) -> Iterator[tuple[int, _Entry, Seat]]:
        for step, classes in enumerate(steps):
            shelves = [self._shelves.get((candidate.identity, wanted), {}) for wanted in classes]
            entries = [
                self._top(shelf, line, candidate, own_bases)
                for shelf in shelves
                for line in list(shelf)
                if line <= total
            ]
            if best := min(filter(None, entries), default=None):
                yield step, best, Seat(best[1:], total)
                return

    def _top(
        self, shelf: dict[int, list[_Entry]], line: int, candidate: Candidate, own_bases: Collection[str]
    ) -> _Entry | None:
        heap, aside, found = shelf[line], [], None
        while heap and not found:
            entry = heap[0]
            room = self._rooms[entry[1:]]
            if not room.admits(candidate.identity):
                heappop(heap)
            elif -entry[0] != room.free:
                heapreplace(heap, (-room.free, *entry[1:]))
            elif entry[1:] in candidate.choices or entry[1] in own_bases:
                aside.append(heappop(heap))
            else:
                found = entry
        for entry in aside:
            heappush(heap, entry)
        if not heap:
            del shelf[line]
        return found

    def _steps(self, candidate: Candidate) -> list[_Step]:
        """Return the classes of places to ask for, in their order.

        A later step may offer again what an earlier one did: it comes up only when that had nothing.
        """
        base, specialty = candidate.choices[0]
        city = self._inputs.cities.get(base)
        kind = self._inputs.specialties.get(specialty, _UNLISTED)
        asked = [[("specialty", specialty, False)]]
        if self._inputs.adjust_scope == AdjustScope.CATEGORY and kind.category:
            asked += [[("category", kind.category, shortage)] for shortage in (True, False)]
        if candidate.by_order:
            asked = [self._of_order(which) for (which,) in asked]
        return [
            tuple([(*one, where) for one in which])
            for which in asked
            for where in ((city, None) if city else (None,))
        ]

    def _of_order(self, which: tuple[str, str, bool]) -> list[tuple[str, str, bool]]:
        """Return what is asked for in place of `which` by who studies by order: single specialties alone."""
        sort, wanted, shortage = which
        allowed = sorted(self._inputs.order_specialties)
        if sort == "specialty":
            return [which] if wanted in allowed else []
        kinds = self._inputs.specialties
        fitting = RunSpecialty(wanted, shortage)
        return [("specialty", code, False) for code in allowed if kinds.get(code) == fitting]

    def _classes(self, spot: Spot) -> list[_Class]:
        """Return every class a place belongs to."""
        base, specialty = spot
        city = self._inputs.cities.get(base)
        kind = self._inputs.specialties.get(specialty, _UNLISTED)
        which = [("specialty", specialty, False)]
        if kind.category:
            which.append(("category", kind.category, kind.shortage))
        return [(*of, where) for of in which for where in ((city, None) if city else (None,))]
