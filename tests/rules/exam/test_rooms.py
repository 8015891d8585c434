"""Rooms: numbered as a snake, and who sits beside whom in it."""

import pytest

from zhupei_cli.rules.exam.rooms import ExamPlace, Room
from zhupei_cli.rules.exam.ticket_numbers import (
    DEFAULT,
    called,
    read_ticket_pattern,
    shared_number,
    ticket_number,
)


def test_a_snake_goes_down_the_first_column_and_up_the_next_one() -> None:
    assert Room("01", "001", 8, 3, 3).grid() == [[1, 6, 7], [2, 5, 8], [3, 4, None]]
    assert Room("01", "001", 8, None, 3).grid() == Room("01", "001", 8, 3, 3).grid()
    assert Room("01", "001", 2, 4, 1).grid() == [[1], [2]]
    assert Room("01", "001", 8).grid() == []


def test_neighbours_are_those_of_the_grid() -> None:
    room = Room("01", "001", 11, 4, 3)
    places = {
        seat: (row, column)
        for row, line in enumerate(room.grid())
        for column, seat in enumerate(line)
        if seat is not None
    }
    assert len(places) == 11
    for seat, (row, column) in places.items():
        beside = {
            other
            for other, (line, at) in places.items()
            if abs(line - row) + abs(at - column) == 1 or abs(other - seat) == 1
        }
        assert set(room.neighbours(seat)) == beside
    assert [*Room("01", "001", 3).neighbours(2)] == [1, 3]
    assert [*Room("01", "001", 1, 1, 1).neighbours(1)] == []


def test_a_ticket_number_is_made_by_the_pattern_of_the_batch() -> None:
    place = ExamPlace("01", "3", 7)
    assert ticket_number(DEFAULT, place, year=2026, batch="HN2026") == "202601307"
    pattern = read_ticket_pattern("{batch}-{site}-{room:03}-{seat:03}")
    assert ticket_number(pattern, place, year=2026, batch="HN2026") == "HN2026-01-003-007"


@pytest.mark.parametrize(
    "text",
    ["", "{year}{site}{room}", "{seat}{site}", "{room}{seat}号", "{room}{seat}{number}", "{room}{seat}/"],
)
def test_a_pattern_names_room_and_seat_and_nothing_a_number_cannot_hold(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        read_ticket_pattern(text)


def test_two_seats_that_would_share_a_number_are_found() -> None:
    one, other = ExamPlace("1", "11", 1), ExamPlace("11", "1", 1)
    numbers = [(place, ticket_number(DEFAULT, place, year=2026, batch="T")) for place in (one, other)]
    assert shared_number(numbers) == ("202611101", one, other)
    assert shared_number([numbers[0], numbers[0]]) is None
    assert called(one, {"1": "一中"}) == "一中 11 考场 1 号"
