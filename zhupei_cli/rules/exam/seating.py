"""Who sits where inside one room: neighbours of different specialties, then of different schools."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Final, NamedTuple

#: A specialty in common weighs more than schools in common with every neighbour.
_SPECIALTY, _SCHOOL = 10, 1
#: Times that everybody who is still beside their like is exchanged, when the time before it helped.
_ROUNDS: Final = 3


class Sitter(NamedTuple):
    """Somebody who is to sit an exam; `base` and `city` are those of the first choice."""

    no: str
    specialty: str
    school: str
    base: str
    city: str | None


Neighbours = Callable[[int], Iterable[int]]


def seat_people(
    people: Sequence[Sitter], seats: Sequence[int], held: Mapping[int, Sitter], neighbours: Neighbours
) -> dict[int, Sitter]:
    """Return seat → who sits there: everybody on one of `seats`, which are as many.

    Who is `held` keeps the seat. Where no specialty has more than half of the seats nobody sits before or
    behind their like; where it can be, not at the side of them either.
    """
    room = _Room(held, neighbours)
    room.fill(people, seats)
    room.mend(seats)
    return {seat: room.sitting[seat] for seat in seats}


class _Waiting:
    """Who has no seat yet, by specialty and school."""

    def __init__(self, people: Sequence[Sitter]) -> None:
        self._left = len(people)
        self._of_specialty = Counter(one.specialty for one in people)
        self._of_school = Counter(one.school for one in people)
        self._people: dict[str, dict[str, list[Sitter]]] = {}
        for one in reversed(people):
            self._people.setdefault(one.specialty, {}).setdefault(one.school, []).append(one)

    def take(self, specialties: Collection[str], schools: Collection[str]) -> Sitter:
        """Take the one who suits best beside people of these specialties and schools."""
        many = sorted(self._people, key=self._of_specialty.__getitem__, reverse=True)
        fresh = [name for name in many if name not in specialties] or many
        # Once a specialty has half of the seats that are left it must have every second one of them.
        pressed = 2 * self._of_specialty[many[0]] >= self._left
        for specialty in fresh[:1] if pressed else fresh:
            if others := self._people[specialty].keys() - schools:
                return self._pop(specialty, max(others, key=self._rank))
        return self._pop(fresh[0], max(self._people[fresh[0]], key=self._rank))

    def _rank(self, school: str) -> tuple[int, str]:
        return self._of_school[school], school

    def _pop(self, specialty: str, school: str) -> Sitter:
        of_school = self._people[specialty]
        one = of_school[school].pop()
        if not of_school[school]:
            del of_school[school]
        if not of_school:
            del self._people[specialty]
        self._left -= 1
        self._of_specialty[specialty] -= 1
        self._of_school[school] -= 1
        return one


class _Room:
    """The seats of a room while they are filled."""

    def __init__(self, held: Mapping[int, Sitter], neighbours: Neighbours) -> None:
        self.sitting = dict(held)
        self._next_to = neighbours

    def fill(self, people: Sequence[Sitter], seats: Sequence[int]) -> None:
        """Fill the seats one by one."""
        waiting, sitting = _Waiting(people), self.sitting
        for seat in seats:
            beside = [sitting[other] for other in self._next_to(seat) if other in sitting]
            sitting[seat] = waiting.take({one.specialty for one in beside}, {one.school for one in beside})

    def mend(self, seats: Sequence[int]) -> None:
        """Exchange people who are still beside their like, as long as that makes fewer of them."""
        # Where all are of one specialty only the schools can differ.
        mixed = len({one.specialty for one in self.sitting.values()}) > 1
        weight = _SPECIALTY if mixed else 0
        for _ in range(_ROUNDS):
            helped = False
            for seat in seats:
                if cost := self._cost(seat, self.sitting[seat], weight):
                    helped |= self._exchange(seat, seats, cost, weight)
            if not helped:
                return

    def _exchange(self, seat: int, seats: Sequence[int], cost: int, weight: int) -> bool:
        mine = self.sitting[seat]
        for other in seats:
            theirs = self.sitting[other]
            if theirs[1:3] == mine[1:3]:
                continue
            before = cost + self._cost(other, theirs, weight)
            self.sitting[seat], self.sitting[other] = theirs, mine
            if self._cost(seat, theirs, weight) + self._cost(other, mine, weight) < before:
                return True
            self.sitting[seat], self.sitting[other] = mine, theirs
        return False

    def _cost(self, seat: int, one: Sitter, weight: int) -> int:
        cost = 0
        for other in self._next_to(seat):
            if (near := self.sitting.get(other)) is not None:
                cost += weight * (near.specialty == one.specialty) + _SCHOOL * (near.school == one.school)
        return cost
