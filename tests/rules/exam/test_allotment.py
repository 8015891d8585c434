"""What an allotment promises, whoever comes and however the rooms are."""

from collections import Counter
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhupei_cli.rules.exam.allotment import By, allot, missing_seats
from zhupei_cli.rules.exam.rooms import ExamPlace, Room
from zhupei_cli.rules.exam.seating import Sitter
from zhupei_cli.rules.exam.ticket_numbers import DEFAULT, ticket_number

WAYS: Sequence[By] = ("mixed", "specialty", "base", "city")
CITIES = ("410100", "410300", None)


@st.composite
def _rooms(draw: st.DrawFn) -> list[Room]:
    shapes = draw(
        st.lists(
            st.tuples(st.integers(0, 9), st.none() | st.integers(1, 4), st.none() | st.integers(1, 4)),
            min_size=1,
            max_size=6,
        )
    )
    city = {site: draw(st.sampled_from(CITIES)) for site in ("01", "02")}
    return [
        Room(site, f"{at:03d}", *shape, city[site])
        for at, shape in enumerate(shapes)
        for site in (("01", "02")[at % 2],)
    ]


@st.composite
def _people(draw: st.DrawFn, most: int) -> list[Sitter]:
    drawn = draw(
        st.lists(
            st.tuples(
                st.sampled_from(("0100", "0200", "2800")),
                st.sampled_from(("郑州大学", "河南大学", "新乡医学院")),
                st.sampled_from(("A", "B")),
                st.sampled_from(("410100", "410300", "411700")),
            ),
            max_size=most,
        )
    )
    return [Sitter(f"T-{at:07d}", *one) for at, one in enumerate(drawn)]


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_nobody_shares_a_seat_and_late_ones_move_nobody(data: st.DataObject) -> None:
    rooms = data.draw(_rooms())
    capacity = sum(room.seats for room in rooms)
    people = data.draw(_people(capacity + 2))
    by: By = data.draw(st.sampled_from(WAYS))
    early, late = people[: len(people) * 2 // 3], people[len(people) * 2 // 3 :]
    first: Mapping[str, ExamPlace] = {}
    if not (short := missing_seats(early, rooms, held={}, by=by)):
        first = allot(early, rooms, held={}, by=by, seed=3)
        assert first == allot(early[::-1], rooms, held={}, by=by, seed=3)
        _require_seated(early, first, rooms)
    else:
        _require_short(short, early, rooms, {}, by)
        early = []
    held = {first[one.no]: one for one in early}
    if short := missing_seats(late, rooms, held=held, by=by):
        _require_short(short, late, rooms, held, by)
    else:
        added = allot(late, rooms, held=held, by=by, seed=4)
        _require_seated([*early, *late], {**first, **added}, rooms)


def _require_seated(people: Sequence[Sitter], places: Mapping[str, ExamPlace], rooms: Sequence[Room]) -> None:
    """Everybody has a seat of their own that exists, and a ticket of their own."""
    assert places.keys() == {one.no for one in people}
    seats = set(places.values())
    assert len(seats) == len(people)
    assert seats <= {ExamPlace(*room[:2], seat) for room in rooms for seat in range(1, room.seats + 1)}
    assert len({ticket_number(DEFAULT, seat, year=2026, batch="T") for seat in seats}) == len(people)


def _require_short(
    short: Mapping[str | None, int],
    people: Sequence[Sitter],
    rooms: Sequence[Room],
    held: Mapping[ExamPlace, Sitter],
    by: By,
) -> None:
    """What is said to be missing is, of all or of a city; and nothing is done without it."""
    free = sum(room.seats for room in rooms) - len(held)
    assert short.get(None, 0) == max(0, len(people) - free)
    for city in short.keys() - {None}:
        own = [room for room in rooms if room.city == city]
        taken = sum(place[:2] == room[:2] for room in own for place in held)
        wanting = sum(one.city == city for one in people)
        assert (by, short[city]) == ("city", wanting - sum(room.seats for room in own) + taken)
    if short.get(None, 0):
        with pytest.raises(ValueError, match=str(short[None])):
            allot(people, rooms, held=held, by="mixed", seed=1)


def test_rooms_are_filled_in_order() -> None:
    rooms = [Room("01", "001", 4), Room("01", "002", 4), Room("02", "001", 4)]
    places = allot(_crowd(9), rooms, held={}, by="mixed", seed=1)
    assert Counter(place[:2] for place in places.values()) == {
        ("01", "001"): 4,
        ("01", "002"): 4,
        ("02", "001"): 1,
    }
    assert {place.seat for place in places.values() if place.site == "02"} == {1}


def test_another_seed_is_another_allotment() -> None:
    rooms = [Room("01", "001", 60, 10, 6)]
    one, other = (allot(_crowd(60), rooms, held={}, by="mixed", seed=seed) for seed in (1, 2))
    assert one != other


@pytest.mark.parametrize("by", ["mixed", "base"])
def test_neighbours_are_of_different_specialties_and_schools_where_it_can_be(by: By) -> None:
    rooms = [Room("01", f"{at:03d}", 30, 6, 5) for at in range(20)]
    assert _alike(_crowd(600), rooms, by) == (0, 0)


def test_one_specialty_in_half_of_the_seats_has_every_second_one() -> None:
    rooms = [Room("01", "001", 30)]
    people = [
        one._replace(specialty="2800" if at % 2 else one.specialty) for at, one in enumerate(_crowd(30))
    ]
    assert _alike(people, rooms, "mixed")[0] == 0


def test_of_one_specialty_the_schools_differ() -> None:
    rooms = [Room("01", "001", 30, 6, 5), Room("01", "002", 30, 6, 5)]
    people = [one._replace(specialty="0100") for one in _crowd(60)]
    assert _alike(people, rooms, "specialty")[1] == 0


def test_people_of_a_specialty_or_base_go_to_the_same_rooms() -> None:
    rooms = [Room("01", f"{at:03d}", 10) for at in range(6)]
    people = _crowd(60)
    for by, key in (("specialty", 1), ("base", 3)):
        places = allot(people, rooms, held={}, by=by, seed=1)  # type: ignore[arg-type]
        of_room: dict[str, set[object]] = {}
        for one in people:
            of_room.setdefault(places[one.no].room, set()).add(one[key])
        # Nobody's group is in more rooms than it fills, but for two edges.
        kinds = Counter(kind for kinds in of_room.values() for kind in kinds)
        sizes = Counter(one[key] for one in people)
        assert all(kinds[kind] <= size // 10 + 2 for kind, size in sizes.items())


def test_people_go_to_the_sites_of_their_city_and_others_where_there_is_room() -> None:
    rooms = [Room("01", "001", 20, city="410100"), Room("02", "001", 50, city="410300")]
    people = [one._replace(city=("410100", "410300", "411700")[at % 3]) for at, one in enumerate(_crowd(60))]
    places = allot(people, rooms, held={}, by="city", seed=1)
    sites = {
        city: {places[one.no].site for one in people if one.city == city}
        for city in ("410100", "410300", "411700")
    }
    assert sites == {"410100": {"01"}, "410300": {"02"}, "411700": {"02"}}
    assert missing_seats(people, [rooms[0]._replace(seats=12), rooms[1]], held={}, by="city") == {"410100": 8}


def _crowd(count: int) -> list[Sitter]:
    return [
        Sitter(f"T-{at:07d}", f"{at % 7 * 100:04d}", f"大学{at % 11}", "ABC"[at % 3], "410100")
        for at in range(count)
    ]


def _alike(people: Sequence[Sitter], rooms: Sequence[Room], by: By) -> tuple[int, int]:
    """Return how many pairs of neighbours are of one specialty, and of one school."""
    places = allot(people, rooms, held={}, by=by, seed=1)
    sitting = {places[one.no]: one for one in people}
    shapes = {room[:2]: room for room in rooms}
    pairs = [
        (one, near)
        for place, one in sitting.items()
        for seat in shapes[place[:2]].neighbours(place.seat)
        if (near := sitting.get(place._replace(seat=seat))) is not None
    ]
    assert pairs
    alike = [[one[key] == near[key] for one, near in pairs].count(True) // 2 for key in (1, 2)]
    return alike[0], alike[1]
