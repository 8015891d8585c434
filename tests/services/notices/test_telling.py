"""Who is told what anew: by the last thing each was told, and by what the text of the batch says."""

from collections.abc import Sequence

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from tests.exam_world import ROOMS, closed_batch, take_rooms
from tests.services.imported import reading_of
from tests.statements import statements
from zhupei_cli.acting import Acting
from zhupei_cli.model import Admission, Application, Batch, Choice, ExamSeat, Notice
from zhupei_cli.services.batches.batches import edit_batch
from zhupei_cli.services.exams.allotting import allot_seats
from zhupei_cli.services.exams.candidates import load_stored
from zhupei_cli.services.marks.exam_groups import import_groups
from zhupei_cli.services.notices.occasions import find_occasions
from zhupei_cli.services.notices.telling import NoticeMessage, messages_due, write_down
from zhupei_cli.services.proof.told_rows import retold, unlike_events
from zhupei_cli.services.records.events import Change, record
from zhupei_cli.services.records.lookup import find_batch
from zhupei_cli.sheets.kinds.exam_kinds import EXAM_GROUP
from zhupei_cli.store.engine import transaction
from zhupei_cli.words.errors import ZhupeiError
from zhupei_cli.words.vocabulary import BatchStatus

NO = "T-000000{}".format
PEOPLE = 6


@pytest.fixture
def world(database: str, by: Acting) -> str:
    """A closed batch T of people with seats, all in one room."""
    with transaction(database) as session:
        batch = closed_batch(session, PEOPLE, told=True)
        take_rooms(session, batch, by=by)
        allot_seats(session, batch, how=None, seed=1, again=False, by=by)
    return database


def _tell(
    session: Session, event: str, by: Acting, *, way: str = "workbook", state: str = "sent"
) -> list[str]:
    """Tell everybody there is to tell, and return what."""
    batch = find_batch(session, "T")
    due = messages_due(session, batch, event)
    write_down(session, batch, event, [(one, "") for one in due], way=way, state=state, by=by)
    assert messages_due(session, batch, event, only=due[0].application_id) == [] if due else True
    return [one.content for one in due]


def _set(session: Session, by: Acting, **given: str) -> None:
    edit_batch(session, find_batch(session, "T"), given, by=by)


def _allot(session: Session, seed: int, by: Acting) -> None:
    allot_seats(session, find_batch(session, "T"), how=None, seed=seed, again=True, by=by)


def test_an_hour_that_is_the_old_one_again_is_told_again(world: str, by: Acting) -> None:
    for day in ("10", "12", "10", "12"):
        with transaction(world) as session:
            _set(session, by, exam_time=f"7月{day}日")
            told = _tell(session, "exam", by)
            assert [f"7月{day}日" in one for one in told] == [True] * PEOPLE
    with transaction(world) as session:
        assert list(unlike_events(session, retold(session), find_batch(session, "T"))) == []
        rows = session.execute(select(Notice.occasion, func.count()).group_by(Notice.occasion)).all()
    assert sorted(count for _, count in rows) == [1] * (4 * PEOPLE)


def test_a_seat_that_is_the_old_one_again_is_told_again(world: str, by: Acting) -> None:
    with transaction(world) as session:
        first = _tell(session, "exam", by)
        _allot(session, 2, by)
        second = _tell(session, "exam", by)
        _allot(session, 1, by)
        third = _tell(session, "exam", by)
    assert second
    assert {*third} <= {*first}
    assert len(third) == len(second)


def test_a_group_that_is_the_old_one_again_is_told_again(world: str, by: Acting) -> None:
    for room in ("一楼", "二楼", "一楼"):
        row = {"application_no": NO(1), "group": "一组", "day": "2026-07-01", "clock": "08:30", "place": room}
        with transaction(world) as session:
            import_groups(session, reading_of((EXAM_GROUP, [row])), batch=find_batch(session, "T"), by=by)
            assert [room in one for one in _tell(session, "interview", by)] == [True]


def test_a_site_is_told_again_where_the_text_names_what_changed(world: str, by: Acting) -> None:
    with transaction(world) as session:
        batch = find_batch(session, "T")
        _tell(session, "exam", by)
        take_rooms(session, batch, [{**ROOMS[0], "address": "中原路 9 号"}], by=by)
        # The text says nothing of addresses: it would be the very same one.
        assert _tell(session, "exam", by) == []
        text = "{{ 姓名 }}到{{ 考点 }}{% if 考点地址 %}（{{ 考点地址 }}）{% endif %}考试"
        edit_batch(session, batch, {"notice.exam": text}, by=by)
        assert ["中原路 9 号" in one for one in _tell(session, "exam", by)] == [True] * PEOPLE
        take_rooms(session, batch, [{**ROOMS[0], "site_name": "郑州九中"}], by=by)
        assert ["郑州九中" in one for one in _tell(session, "exam", by)] == [True] * PEOPLE
        # Other words for the same are nothing new, nor is what is not named any more.
        edit_batch(session, batch, {"notice.exam": "请{{ 姓名 }}到{{ 考点 }}考试"}, by=by)
        take_rooms(session, batch, [{**ROOMS[0], "site_name": "郑州九中"}], by=by)
        assert _tell(session, "exam", by) == []


def test_another_seat_with_the_same_ticket_is_told(world: str, by: Acting) -> None:
    with transaction(world) as session:
        _tell(session, "exam", by)
        session.execute(update(ExamSeat).where(ExamSeat.application_id == 1).values(site_code="02", seat=8))
        assert ["洛阳一中" in one for one in _tell(session, "exam", by)] == [True]


def test_what_an_older_version_told_is_not_told_again(world: str, by: Acting) -> None:
    with transaction(world) as session:
        _set(session, by, exam_time="7月10日")
        batch = find_batch(session, "T")
        tickets = load_stored(session, batch)
        due = messages_due(session, batch, "exam")
        _write_as_before(
            session, batch, due, [f"{tickets[one.application_id].ticket} 7月10日" for one in due], by
        )
        assert _tell(session, "exam", by) == []
        _set(session, by, exam_time="7月12日")
        assert len(_tell(session, "exam", by)) == PEOPLE
        _set(session, by, exam_time="7月10日")
        assert len(_tell(session, "exam", by)) == PEOPLE


def test_who_is_told_once_more_since_knows_what_stands_in_it(world: str, by: Acting) -> None:
    """An older version kept no places: whom it told, and this one told again, is told of another one."""
    with transaction(world) as session:
        batch = find_batch(session, "T")
        tickets = load_stored(session, batch)
        due = messages_due(session, batch, "exam")
        _write_as_before(session, batch, due, [f"{tickets[one.application_id].ticket} " for one in due], by)
        again = messages_due(session, batch, "exam", again=True)
        assert [one.tried is None for one in again] == [False] * PEOPLE
        write_down(session, batch, "exam", [(one, "") for one in again], way="workbook", state="sent", by=by)
        assert _tell(session, "exam", by) == []
        take_rooms(session, batch, [{**ROOMS[0], "site_name": "郑州九中"}], by=by)
        assert ["郑州九中" in one for one in _tell(session, "exam", by)] == [True] * PEOPLE


def _write_as_before(
    session: Session, batch: Batch, due: Sequence[NoticeMessage], occasions: Sequence[str], by: Acting
) -> None:
    """Write notices down under the occasions that they had once."""
    write_down(session, batch, "exam", [(one, "") for one in due], way="workbook", state="sent", by=by)
    for one, occasion in zip(due, occasions, strict=True):
        mine = Notice.application_id == one.application_id
        session.execute(update(Notice).where(mine).values(occasion=occasion))


def test_a_refused_mail_hides_nothing(world: str, by: Acting) -> None:
    with transaction(world) as session:
        batch = find_batch(session, "T")
        _set(session, by, exam_time="7月10日")
        _tell(session, "exam", by)
        _set(session, by, exam_time="7月12日")
        due = messages_due(session, batch, "exam")
        write_down(session, batch, "exam", [(one, "") for one in due], way="email", state="refused", by=by)
        again = messages_due(session, batch, "exam")
        assert [one.notice is not None for one in again] == [True] * PEOPLE
        # Nobody had it: who knows of the 10th need not be told of it.
        _set(session, by, exam_time="7月10日")
        assert messages_due(session, batch, "exam") == []


@pytest.mark.parametrize(
    ("event", "times"),
    [
        ("approved", "open closed locked committed"),
        ("returned", "open closed"),
        ("exam", "open closed locked"),
        ("interview", "open closed locked"),
        ("proposed", "draft open closed locked committed publicity final archived"),
    ],
)
def test_nobody_is_called_when_it_is_over(world: str, event: str, times: str) -> None:
    """Of a seat there is nothing to tell before it is published, and then no error either."""
    for status in BatchStatus:
        with transaction(world) as session:
            session.execute(update(Batch).values(status=status))
            batch = find_batch(session, "T")
            if status in times.split():
                messages_due(session, batch, event)
                continue
            with pytest.raises(ZhupeiError) as refused:
                messages_due(session, batch, event)
            assert messages_due(session, batch, event, only=1) == []
        assert (refused.value.code, "不能通知" in refused.value.message) == ("E401", True)


@pytest.mark.parametrize("status", ["committed", "publicity", "final"])
def test_no_result_is_taken_back_for_a_message(world: str, status: str) -> None:
    with transaction(world) as session:
        session.execute(update(Batch).values(status=status))
        with pytest.raises(ZhupeiError) as caught:
            messages_due(session, find_batch(session, "T"), "exam")
    assert (caught.value.code, caught.value.values["cure"]) == ("E401", "现在已不再通知这件事")


@pytest.mark.parametrize("event", ["proposed", "admitted", "checkin"])
def test_one_who_is_asked_about_is_told_what_everybody_is(world: str, by: Acting, event: str) -> None:
    """Each mail asks, while others wait: of all events of the batch it reads those of one person."""
    status = "proposed" if event == "proposed" else "admitted"
    with transaction(world) as session:
        _seat(session, by, status)
        session.execute(update(Batch).values(status="publicity" if event == "proposed" else "final"))
        batch = find_batch(session, "T")
        found = find_occasions(session, batch, event)
        assert [one.name.endswith(" 0") for one in found.values()].count(True) == 1
        for id_ in range(1, PEOPLE + 2):
            with statements() as seen:
                one = find_occasions(session, batch, event, id_)
            assert one == {known: value for known, value in found.items() if known == id_}
        if session.get_bind().dialect.name == "sqlite":
            (sql,) = (one for one in seen if "FROM event" in one)
            plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", (None,) * sql.count("?"))
            (search,) = (row[3] for row in plan if " event " in row[3])
            assert search.endswith("(batch_id=? AND subject=?)")


def _seat(session: Session, by: Acting, status: str) -> None:
    """Give everybody a seat, some twice, and the last one by no event that is known."""
    mine = (Choice.application_id == Application.id) & (Choice.number == 1)
    columns = (
        Application.id,
        Application.batch_id,
        Application.identity,
        Choice.base_code,
        Choice.specialty_code,
    )
    for id_, batch, identity, base, specialty in session.execute(select(*columns).join(Choice, mine)).all():
        named = {"application_id": id_, "batch_id": batch, "identity": identity, "status": status}
        place = {"base_code": base, "specialty_code": specialty, "live_key": f"2026:{id_}"}
        session.add(Admission(**named, **place, application_status="approved", decided_at=by.at))
    session.flush()
    acts = [("admission.propose", one) for one in (1, 2, 3, 4, 5)] + [
        ("admission.place", one) for one in (2, 4)
    ]
    record(session, by, [Change(action, NO(one), 1) for action, one in acts])
