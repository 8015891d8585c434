"""Sites and rooms by workbook: taken in, kept, contradicted, taken back."""

import pytest
from sqlalchemy import func, select, update

from tests.exam_world import ROOMS, Row, closed_batch, take_rooms
from tests.services.imported import everything, reading_of
from zhupei_cli.acting import Acting
from zhupei_cli.model import Batch, ExamRoom, ExamSeat, ExamSite
from zhupei_cli.services.exams.allotting import allot_seats
from zhupei_cli.services.exams.room_sheets import import_rooms
from zhupei_cli.services.exams.rooms import list_rooms
from zhupei_cli.services.proof.told_rows import retold, unlike_events
from zhupei_cli.services.records.import_ledger import Counts
from zhupei_cli.services.records.lookup import find_batch
from zhupei_cli.services.undo.undoing import undo
from zhupei_cli.sheets.kinds.exam_kinds import EXAM_ROOM
from zhupei_cli.store.engine import transaction
from zhupei_cli.words.errors import ZhupeiError


@pytest.fixture
def world(database: str, by: Acting) -> str:
    """A closed batch T of twelve people, with the rooms, import 2."""
    with transaction(database) as session:
        batch = closed_batch(session, 12, told=True)
        assert take_rooms(session, batch, by=by).counts == Counts(rows=3, inserted=3)
    return database


def test_rooms_are_kept_and_the_same_file_changes_nothing(world: str, by: Acting) -> None:
    with transaction(world) as session:
        batch = find_batch(session, "T")
        assert take_rooms(session, batch, by=by).counts == Counts(rows=3, unchanged=3)
        assert take_rooms(session, batch, by=by).import_id is None
        shown = [
            (
                row["site"],
                row["site_name"],
                row["city"],
                row["room"],
                row["seats"],
                row["row_count"],
                row["free"],
            )
            for row in list_rooms(session, batch)
        ]
        assert shown == [
            ("01", "郑州一中", "410100", "001", 6, 3, 6),
            ("01", "郑州一中", "410100", "002", 4, None, 4),
            ("02", "洛阳一中", "410300", "001", 8, 4, 8),
        ]
        changed = [
            {"site": "01", "address": "清空", "room": "002", "seats": "5"},
            {"site": "02", "room": "001", "seats": "8"},
        ]
        assert take_rooms(session, batch, changed, by=by).counts == Counts(rows=2, updated=1, unchanged=1)
        assert [row["address"] for row in list_rooms(session, batch)] == [None, None, None]
        assert [row["row_count"] for row in list_rooms(session, batch)] == [3, None, 4]
        assert list(unlike_events(session, retold(session), batch)) == []
        session.execute(update(ExamRoom).values(seats=7))
        session.execute(update(ExamSite).values(name="改了"))
        found = sorted(unlike_events(session, retold(session), batch))
        assert found == [
            ("E641", "考场 01/001"),
            ("E641", "考场 01/002"),
            ("E641", "考场 02/001"),
            ("E641", "考点 01"),
            ("E641", "考点 02"),
        ]


@pytest.mark.parametrize(
    ("rows", "codes"),
    [
        ([{"site": "03", "room": "001", "seats": "9"}], ["E735"]),
        (
            [
                {"site": "03", "site_name": "甲", "room": "001", "seats": "9"},
                {"site": "03", "site_name": "乙", "room": "002", "seats": "9"},
            ],
            ["E736"],
        ),
        ([{"site": "01", "room": "009", "seats": "9", "row_count": "2", "column_count": "4"}], ["E737"]),
        ([{"site": "01", "city": "无此市", "room": "009", "seats": "9"}], ["E053"]),
        (
            [{"site": "01", "room": "009", "seats": "9"}, {"site": "01", "room": "009", "seats": "8"}],
            ["E050"] * 2,
        ),
        ([{"site": "0" * 33, "site_name": "甲", "room": "009", "seats": "9"}], ["E155"]),
    ],
)
def test_what_is_wrong_is_said_and_stays_out(
    world: str, by: Acting, rows: list[Row], codes: list[str]
) -> None:
    with transaction(world) as session:
        batch, reading = find_batch(session, "T"), reading_of((EXAM_ROOM, rows))
        outcome = import_rooms(session, reading, batch=batch, by=by)
        assert [fault.code for line in reading.lines for fault in line.faults] == codes
        assert (outcome.counts.rejected, outcome.counts.inserted) == (len(codes), len(rows) - len(codes))


def test_rooms_are_fixed_once_the_batch_is_locked(world: str, by: Acting) -> None:
    with transaction(world) as session:
        batch = find_batch(session, "T")
        batch.status = "locked"
        session.flush()
        with pytest.raises(ZhupeiError) as caught:
            take_rooms(session, batch, by=by)
    assert caught.value.code == "E401"


def test_an_import_is_taken_back_while_nobody_sits_there(world: str, by: Acting) -> None:
    before = everything(world)
    with transaction(world) as session:
        batch = find_batch(session, "T")
        rows = [
            {"site": "01", "site_name": "改名", "room": "001", "seats": "5"},
            {"site": "03", "site_name": "南阳一中", "room": "001", "seats": "9"},
        ]
        second = take_rooms(session, batch, rows, by=by)
        assert second.counts == Counts(rows=2, inserted=1, updated=1)
    with transaction(world) as session, pytest.raises(ZhupeiError) as caught:
        undo(session, 2, by=by, reason="有误")
    assert (caught.value.code, "01/001" in caught.value.message) == ("E491", True)
    with transaction(world) as session:
        assert undo(session, 3, by=by, reason="有误") == {
            "import_id": 3,
            "kind": "exam_room",
            "deleted": 2,
            "restored": 2,
        }
        batch = find_batch(session, "T")
        assert list(unlike_events(session, retold(session), batch)) == []
    assert everything(world) == before
    with transaction(world) as session:
        batch = find_batch(session, "T")
        allot_seats(session, batch, how=None, seed=1, again=False, by=by)
    with transaction(world) as session, pytest.raises(ZhupeiError) as caught:
        undo(session, 2, by=by, reason="有误")
    assert "安排座位" in caught.value.message
    with transaction(world) as session:
        session.execute(update(Batch).values(status="locked"))
        with pytest.raises(ZhupeiError) as caught:
            undo(session, 2, by=by, reason="有误")
    assert caught.value.code == "E401"


def test_a_room_that_is_empty_can_be_taken_back_beside_one_that_is_not(world: str, by: Acting) -> None:
    with transaction(world) as session:
        batch = find_batch(session, "T")
        allot_seats(session, batch, how=None, seed=1, again=False, by=by)
        row = {"site": "03", "site_name": "南阳一中", "room": "001", "seats": "9"}
        later = take_rooms(session, batch, [row], by=by)
        assert later.import_id == 3
    with transaction(world) as session:
        undo(session, 3, by=by, reason="有误")
        codes = session.execute(select(ExamSite.code)).scalars().all()
        assert (sorted(codes), len(ROOMS)) == (["01", "02"], 3)


def test_a_room_made_larger_is_not_made_smaller_under_who_sits_there(world: str, by: Acting) -> None:
    with transaction(world) as session:
        batch = find_batch(session, "T")
        larger = {"site": "01", "room": "002", "seats": "40"}
        assert take_rooms(session, batch, [larger], by=by).import_id == 3
    with transaction(world) as session:
        allot_seats(session, find_batch(session, "T"), how=None, seed=1, again=False, by=by)
        last = select(func.max(ExamSeat.seat)).where(ExamSeat.site_code == "01", ExamSeat.room_code == "002")
        assert session.execute(last).scalar_one() > 4
    with transaction(world) as session, pytest.raises(ZhupeiError) as caught:
        undo(session, 3, by=by, reason="有误")
    assert (caught.value.code, "01/002" in caught.value.message) == ("E491", True)
