"""Seats in the database: allotted, added to, moved, released, and told."""

import json
from collections import Counter

import pytest
from sqlalchemy import select, update

from tests.exam_world import closed_batch, step, take_rooms
from zhupei_cli.acting import Acting
from zhupei_cli.model import Batch, BatchSetting, Event, ExamSeat
from zhupei_cli.rules.exam.rooms import ExamPlace
from zhupei_cli.services.exams.allotting import Allotted, allot_seats
from zhupei_cli.services.exams.candidates import (
    count_unseated,
    load_sitters,
    load_sitting,
    load_stored,
    way_to_seats,
)
from zhupei_cli.services.proof.told_rows import retold, unlike_events
from zhupei_cli.services.records.lookup import find_batch
from zhupei_cli.store.engine import transaction
from zhupei_cli.words.codes import city_label
from zhupei_cli.words.errors import ZhupeiError


@pytest.fixture
def world(database: str, by: Acting) -> str:
    """A closed batch T of fourteen people, two of them not approved yet, and eighteen seats."""
    with transaction(database) as session:
        batch = closed_batch(session, 14, told=True)
        take_rooms(session, batch, by=by)
    return database


def _allot(database: str, by: Acting, **asked: object) -> Allotted:
    with transaction(database) as session:
        given = {"how": None, "seed": 1, "again": False, **asked}
        return allot_seats(session, find_batch(session, "T"), by=by, **given)  # type: ignore[arg-type]


def _seats(database: str) -> dict[str, tuple[ExamPlace, str]]:
    with transaction(database) as session:
        stored = load_stored(session, find_batch(session, "T"))
        return {one.application_no: (one.place, one.ticket) for one in stored.values()}


def _truth(database: str) -> list[tuple[str, str]]:
    with transaction(database) as session:
        return list(unlike_events(session, retold(session), find_batch(session, "T")))


def test_who_comes_late_gets_a_free_seat_and_nobody_moves(world: str, by: Acting) -> None:
    with transaction(world) as session:
        step(session, (3, 9), "submitted")
    first = _allot(world, by)
    assert first == {
        "batch": "T",
        "by": "mixed",
        "seed": 1,
        "candidates": 12,
        "seated": 12,
        "kept": 0,
        "moved": 0,
        "released": 0,
        "rooms": 3,
        "free": 6,
        "marked": 0,
        "reused": [],
    }
    before = _seats(world)
    assert len(before) == 12
    assert {place[:2] for place, _ in before.values()} == {("01", "001"), ("01", "002"), ("02", "001")}
    assert all(ticket == f"2026{''.join(place[:2])}{place.seat:02}" for place, ticket in before.values())
    assert _allot(world, by, seed=9)["seated"] == 0
    with transaction(world) as session:
        step(session, (3, 9), "approved")
        assert count_unseated(session, find_batch(session, "T")) == 2
    added = _allot(world, by, seed=9)
    assert (added["seated"], added["kept"], added["moved"]) == (2, 12, 0)
    after = _seats(world)
    assert {number: after[number] for number in before} == before
    assert {place for place, _ in (after["T-0000003"], after["T-0000009"])} == {
        ExamPlace("02", "001", 3),
        ExamPlace("02", "001", 4),
    }
    assert _truth(world) == []


def test_seats_of_who_takes_no_part_any_more_are_free_again(world: str, by: Acting) -> None:
    _allot(world, by)
    before = _seats(world)
    with transaction(world) as session:
        step(session, (5,), "submitted")
        batch = find_batch(session, "T")
        assert "T-0000005" not in {one.application_no for one in load_sitting(session, batch)}
    done = _allot(world, by)
    assert (done["released"], done["seated"], done["candidates"]) == (1, 0, 13)
    left = _seats(world)
    assert before.keys() - left.keys() == {"T-0000005"}
    with transaction(world) as session:
        step(session, (5,), "approved")
    _allot(world, by)
    assert _seats(world) == before
    assert _truth(world) == []


def test_numbers_that_go_to_somebody_else_are_told_until_all_are_given_anew(world: str, by: Acting) -> None:
    with transaction(world) as session:
        step(session, (3, 9), "submitted")
    assert _allot(world, by)["reused"] == []
    before = _seats(world)
    with transaction(world) as session:
        step(session, (1, 2, 4, 5, 6, 7, 8), "submitted")
    assert _allot(world, by)["reused"] == []  # the seats are free from here on, and nobody has got one
    with transaction(world) as session:
        step(session, (3, 9), "approved")
    told, after = _allot(world, by)["reused"], _seats(world)
    held = {str(seat) for seat in before.values()}
    assert len(told) == sum(str(after[f"T-000000{at}"]) in held for at in (3, 9)) > 0
    with transaction(world) as session:
        step(session, (1,), "approved")
    assert _allot(world, by, again=True)["reused"] == []


def test_only_who_has_no_seat_any_more_moves_when_a_room_gets_smaller(world: str, by: Acting) -> None:
    _allot(world, by)
    before = _seats(world)
    lost = {number for number, (place, _) in before.items() if place[:2] == ("01", "001") and place.seat > 4}
    assert len(lost) == 2
    with transaction(world) as session:
        smaller = [{"site": "01", "room": "001", "seats": "4"}]
        assert take_rooms(session, find_batch(session, "T"), smaller, by=by).counts.warned == 1
        assert count_unseated(session, find_batch(session, "T")) == 2
    done = _allot(world, by)
    assert (done["moved"], done["seated"], done["marked"]) == (2, 2, 2)
    after = _seats(world)
    assert {number for number in before if after[number] != before[number]} == lost
    assert _truth(world) == []


def test_all_over_again_is_as_the_seed_says_whatever_stood_there(world: str, by: Acting) -> None:
    _allot(world, by)
    first = _seats(world)
    other = _allot(world, by, seed=2, again=True, how="specialty")
    assert other["moved"] == other["seated"] > 0
    assert _seats(world) != first
    # Without --by it is done as the last time.
    assert _allot(world, by, seed=3, again=True)["by"] == "specialty"
    _allot(world, by, again=True, how="mixed")
    assert _seats(world) == first
    assert _truth(world) == []
    with transaction(world) as session:
        row = (
            session.execute(select(Event).where(Event.action == "exam.allot").order_by(Event.seq))
            .scalars()
            .first()
        )
        assert row is not None
        told = json.loads(row.data or "")
        assert (told["seed"], told["by"], told["again"], told["seated"]) == (1, "mixed", False, 14)


def test_a_seat_that_was_changed_behind_the_program_is_found(world: str, by: Acting) -> None:
    _allot(world, by)
    with transaction(world) as session:
        session.execute(update(ExamSeat).where(ExamSeat.ticket == "20260100101").values(ticket="0"))
    (one,) = _truth(world)
    assert (one[0], one[1][:3]) == ("E641", "座位 ")


def _refused(database: str, by: Acting, **asked: object) -> ZhupeiError:
    with pytest.raises(ZhupeiError) as caught:
        _allot(database, by, **asked)
    assert _seats(database) == {}
    return caught.value


def test_too_few_seats_are_refused_before_anything_is_written(world: str, by: Acting) -> None:
    with transaction(world) as session:
        rows = [{"site": "02", "room": "001", "seats": "1"}]
        take_rooms(session, find_batch(session, "T"), rows, by=by)
    error = _refused(world, by)
    assert (error.code, error.message) == (
        "E730",
        "批次 T 的座位不够：要安排 14 人，空座 11 个，缺 3 个（01 郑州一中 10 座、02 洛阳一中 1 座）",
    )


def test_a_city_whose_sites_are_too_small_is_named(world: str, by: Acting) -> None:
    with transaction(world) as session:
        batch = find_batch(session, "T")
        cities = Counter(one.city for one in load_sitters(session, batch).values())
        (city, count), *_ = cities.most_common()
        assert city is not None
        rows = [
            {"site": "01", "room": "001", "seats": "90", "row_count": "清空", "column_count": "清空"},
            {"site": "02", "room": "001", "seats": str(count - 1), "city": city},
        ]
        take_rooms(session, batch, rows, by=by)
    error = _refused(world, by, how="city")
    assert error.message.startswith(f"批次 T 的座位不够：{city_label(city)}缺 1 个（")


@pytest.mark.parametrize(
    ("pattern", "code"),
    [("{year}{room}{seat}", "E739"), ("{year}{site:09}{room:09}{seat:09}-{seat:09}{seat:09}", "E740")],
)
def test_ticket_numbers_that_cannot_be_are_refused(world: str, by: Acting, pattern: str, code: str) -> None:
    with transaction(world) as session:
        batch = find_batch(session, "T")
        session.add(BatchSetting(batch_id=batch.id, key="ticket", value=pattern))
    refused = _refused(world, by)
    assert (refused.code, "--set 'ticket={" in refused.hint) == (code, True)


def test_without_rooms_or_in_another_state_nothing_is_allotted(database: str, by: Acting) -> None:
    with transaction(database) as session:
        closed_batch(session, 3)
    assert _refused(database, by).code == "E732"
    with transaction(database) as session:
        take_rooms(session, find_batch(session, "T"), by=by)
        session.execute(update(Batch).values(status="open"))
    error = _refused(database, by)
    assert (error.code, error.hint) == (
        "E401",
        "先运行 zhupei batch close T，再运行 zhupei exam allot --batch T",
    )
    for status in ("committed", "publicity", "final"):
        with transaction(database) as session:
            session.execute(update(Batch).values(status=status))
        error = _refused(database, by)
        assert (error.code, error.hint) == ("E401", "座位在报名结束以后、锁定以前安排；现在已不再安排")


@pytest.mark.parametrize(
    ("status", "way"),
    [
        ("closed", "先运行 zhupei exam allot --batch T"),
        ("open", "先运行 zhupei batch close T，再运行 zhupei exam allot --batch T"),
        ("locked", "先运行 zhupei batch unlock T，再运行 zhupei exam allot --batch T"),
        ("final", "座位在报名结束以后、锁定以前安排；现在已不再安排"),
    ],
)
def test_the_way_to_seats_is_one_that_can_be_gone(database: str, status: str, way: str) -> None:
    with transaction(database) as session:
        batch = closed_batch(session, 1)
        batch.status = status
        assert way_to_seats(batch) == way
