"""The allotment of seats (排考): who sits in which room, on which seat. Pure, and the same for one seed."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Final, Literal

from zhupei_cli.rules.exam.rooms import ExamPlace, Room
from zhupei_cli.rules.exam.seating import Sitter, seat_people

By = Literal["specialty", "base", "city", "mixed"]
Shuffled = Callable[[Sitter], int]

#: Digests are drawn from so many.
_DRAWS: Final = 2**64


def allot(
    people: Iterable[Sitter],
    rooms: Sequence[Room],
    *,
    held: Mapping[ExamPlace, Sitter],
    by: By,
    seed: int,
) -> dict[str, ExamPlace]:
    """Return application number → seat for all of `people`; nobody who is `held` moves.

    Rooms are filled in the order they are given in. The order of `people` does not matter. ValueError when
    there are more people than free seats: ask `missing_seats` first.
    """
    draw = _drawing(seed)
    ordered = sorted(people, key=draw)
    free = _Free(rooms, held)
    found: dict[str, ExamPlace] = {}
    for _, some, where in _shares(ordered, rooms, by):
        for room, window in free.windows(_in_order(some, by, draw), where):
            found |= free.seat(room, window)
    if len(found) < len(ordered):
        raise ValueError(len(ordered) - len(found))
    return found


def missing_seats(
    people: Sequence[Sitter], rooms: Sequence[Room], *, held: Mapping[ExamPlace, Sitter], by: By
) -> dict[str | None, int]:
    """Return how many seats are missing: of a city whose sites are too small, of all (None) together.

    Empty when everybody finds a seat.
    """
    free = _Free(rooms, held)
    short: dict[str | None, int] = {}
    for city, some, where in _shares(people, rooms, by):
        lacking = len(some) - free.count(where)
        if city is not None and lacking > 0:
            short[city] = lacking
    lacking = len(people) - free.count(rooms)
    if lacking > 0:
        short[None] = lacking
    return short


def _drawing(seed: int) -> Shuffled:
    """Return what gives each person a number by lot: the same on every machine, whatever their order."""

    def draw(one: Sitter) -> int:
        return int.from_bytes(sha256(f"{seed}:{one.no}".encode()).digest()[:8])

    return draw


def _shares(
    people: Sequence[Sitter], rooms: Sequence[Room], by: By
) -> list[tuple[str | None, list[Sitter], Sequence[Room]]]:
    """Return who goes to which rooms: everybody to all (None), or by city, all others in the end."""
    if by != "city":
        return [(None, list(people), rooms)]
    own: dict[str, list[Room]] = {}
    for room in rooms:
        if room.city is not None:
            own.setdefault(room.city, []).append(room)
    of_city: dict[str, list[Sitter]] = {city: [] for city in own}
    others: list[Sitter] = []
    for one in people:
        of_city.get(one.city or "", others).append(one)
    return [*((city, of_city[city], own[city]) for city in own), (None, others, rooms)]


def _in_order(people: Sequence[Sitter], by: By, draw: Shuffled) -> list[Sitter]:
    if by == "specialty":
        groups = _groups(people, lambda one: one.specialty)
        return [one for group in groups for one in _spread(group, _of_school, draw)]
    if by == "base":
        groups = _groups(people, lambda one: one.base)
        return [one for group in groups for one in _mixed(group, draw)]
    return _mixed(people, draw)


def _mixed(people: Sequence[Sitter], draw: Shuffled) -> list[Sitter]:
    groups = _groups(people, lambda one: one.specialty)
    inner = [one for group in groups for one in _spread(group, _of_school, draw)]
    return _spread(inner, lambda one: one.specialty, draw)


def _of_school(one: Sitter) -> str:
    return one.school


def _groups(people: Iterable[Sitter], key: Callable[[Sitter], str]) -> list[list[Sitter]]:
    found: dict[str, list[Sitter]] = defaultdict(list)
    for one in people:
        found[key(one)].append(one)
    return [found[name] for name in sorted(found)]


def _spread(people: Sequence[Sitter], key: Callable[[Sitter], str], draw: Shuffled) -> list[Sitter]:
    """Return the people so that each group of them, in its order, is spread over the whole evenly.

    Every room then has of each group about what its share is.
    """
    places = []
    for group in _groups(people, key):
        start = draw(group[0]) / _DRAWS
        places += [((at + start) / len(group), draw(one), one) for at, one in enumerate(group)]
    return [one for *_, one in sorted(places)]


class _Free:
    """The seats that nobody has yet."""

    def __init__(self, rooms: Iterable[Room], held: Mapping[ExamPlace, Sitter]) -> None:
        self._held: dict[tuple[str, str], dict[int, Sitter]] = defaultdict(dict)
        for place, one in held.items():
            self._held[place.site, place.room][place.seat] = one
        self._free = {
            room[:2]: [seat for seat in range(1, room.seats + 1) if seat not in self._held[room[:2]]]
            for room in rooms
        }

    def count(self, rooms: Iterable[Room]) -> int:
        """Return how many seats are free in these rooms."""
        return sum(len(self._free[room[:2]]) for room in rooms)

    def windows(
        self, people: Sequence[Sitter], rooms: Iterable[Room]
    ) -> Iterable[tuple[Room, Sequence[Sitter]]]:
        """Yield the rooms that get somebody, with those who go there."""
        at = 0
        for room in rooms:
            if some := people[at : at + len(self._free[room[:2]])]:
                at += len(some)
                yield room, some

    def seat(self, room: Room, people: Sequence[Sitter]) -> dict[str, ExamPlace]:
        """Seat these people on the first free seats of a room."""
        free, held = self._free[room[:2]], self._held[room[:2]]
        seats, self._free[room[:2]] = free[: len(people)], free[len(people) :]
        seated = seat_people(people, seats, held, room.neighbours)
        held |= seated
        return {one.no: ExamPlace(room.site, room.code, seat) for seat, one in seated.items()}
