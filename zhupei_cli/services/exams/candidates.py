"""Who is to sit the exam of a batch, and who has which seat."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple, TypeVarTuple

from sqlalchemy import Row, Select, Table, func, select
from sqlalchemy.orm import Session

from zhupei_cli.model import Application, Batch, Choice, Snapshot, TrainingBase
from zhupei_cli.rules.batch.lifecycle import BATCH, directions
from zhupei_cli.rules.exam.rooms import ExamPlace, Room
from zhupei_cli.rules.exam.seating import Sitter
from zhupei_cli.services.applications.store import CURRENT_SNAPSHOT, find_stored
from zhupei_cli.services.batches.taking_part import takes_part
from zhupei_cli.services.exams.rooms import SEAT, in_order, load_rooms, load_sites
from zhupei_cli.services.records.lookup import base_names, specialty_names
from zhupei_cli.words.errors import ZhupeiError
from zhupei_cli.words.vocabulary import APPLICATION_STATUS, ApplicationStatus, BatchStatus

_TABLES = Application.metadata.tables
_APPLICATION: Table = _TABLES[Application.__tablename__]
_BASE: Table = _TABLES[TrainingBase.__tablename__]
_CHOICE: Table = _TABLES[Choice.__tablename__]
_SNAPSHOT: Table = _TABLES[Snapshot.__tablename__]
_Ts = TypeVarTuple("_Ts")


class StoredSeat(NamedTuple):
    """A seat as it is stored, whoever has it and whether it is one still."""

    application_no: str
    place: ExamPlace
    ticket: str


@dataclass(frozen=True, slots=True)
class Seated:
    """Somebody with a seat, as papers name them; everything is text but the seat."""

    application_id: int
    application_no: str
    trainee_id: int
    ticket: str
    place: ExamPlace
    name: str
    gender: str
    id_number: str
    base: str
    base_label: str
    specialty: str
    specialty_label: str
    site_label: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose seats: of these applications, of these sites, of these rooms there; all of them by default.

    `application` is the id of one, which need not have a seat.
    """

    numbers: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    rooms: tuple[str, ...] = ()
    application: int | None = None


def load_sitters(session: Session, batch: Batch) -> dict[int, Sitter]:
    """Return application id → who is to sit the exam: the approved who take part in the admission."""
    columns = (
        *_APPLICATION.c["id", "application_no"],
        *_CHOICE.c["specialty_code", "base_code"],
        _SNAPSHOT.c.school,
        _BASE.c.city,
    )
    rows = session.execute(_people(batch, select(*columns)))
    return {
        id_: Sitter(number, specialty, school, base, city)
        for id_, number, specialty, base, school, city in rows
    }


def _people(batch: Batch, columns: Select[*_Ts]) -> Select[*_Ts]:
    return (
        columns.select_from(_APPLICATION)
        .join(_SNAPSHOT, CURRENT_SNAPSHOT)
        .join(_CHOICE, (_CHOICE.c.application_id == _APPLICATION.c.id) & (_CHOICE.c.number == 1))
        .join(_BASE, _BASE.c.code == _CHOICE.c.base_code)
        .where(*takes_part(batch))
    )


def load_stored(session: Session, batch: Batch) -> dict[int, StoredSeat]:
    """Return application id → the seat that is stored for it."""
    columns = (
        *SEAT.c["application_id", "site_code", "room_code", "seat", "ticket"],
        _APPLICATION.c.application_no,
    )
    statement = (
        select(*columns)
        .join(_APPLICATION, _APPLICATION.c.id == SEAT.c.application_id)
        .where(SEAT.c.batch_id == batch.id)
    )
    return {
        id_: StoredSeat(number, ExamPlace(site, room, seat), ticket)
        for id_, site, room, seat, ticket, number in session.execute(statement)
    }


def still_there(stored: Mapping[int, StoredSeat], rooms: Iterable[Room]) -> dict[int, StoredSeat]:
    """Return the seats that their rooms still have."""
    seats = {room[:2]: room.seats for room in rooms}
    return {id_: one for id_, one in stored.items() if one.place.seat <= seats.get(one.place[:2], 0)}


def load_sitting(session: Session, batch: Batch, wanted: Wanted | None = None) -> list[Seated]:
    """Return who takes part and has a seat, by room and seat, named as they submitted.

    Raises E747 for an unknown site, E748 for an unknown room, E304 or E742 for an application without a
    seat.
    """
    wanted = wanted or Wanted()
    rooms = load_rooms(session, batch)
    _require_known(wanted, rooms, batch)
    seats = {room[:2]: room.seats for room in rooms}
    bases, specialties = base_names(session).labels, specialty_names(session).labels
    sites = load_sites(session, batch)
    found = []
    for row in session.execute(_seats(batch, wanted)):
        if row.seat <= seats[row.site_code, row.room_code]:
            labels = (bases[row.base_code], specialties[row.specialty_code], sites[row.site_code].name)
            found.append(_seated(row, *labels))
    if lacking := sorted({*wanted.numbers} - {one.application_no for one in found}):
        raise _without_seat(session, batch, lacking[0])
    return sorted(found, key=_by_place)


def _seated(row: Row[*tuple[object, ...]], base: str, specialty: str, site: str) -> Seated:
    return Seated(
        application_id=row.id,
        application_no=row.application_no,
        trainee_id=row.trainee_id,
        ticket=row.ticket,
        place=ExamPlace(row.site_code, row.room_code, row.seat),
        name=row.name,
        gender=row.gender,
        id_number=row.id_number,
        base=row.base_code,
        base_label=base,
        specialty=row.specialty_code,
        specialty_label=specialty,
        site_label=site,
    )


def _seats(batch: Batch, wanted: Wanted) -> Select[*tuple[object, ...]]:
    columns = (
        *_APPLICATION.c["id", "application_no", "trainee_id"],
        *SEAT.c["ticket", "site_code", "room_code", "seat"],
        *_SNAPSHOT.c["name", "gender", "id_number"],
        *_CHOICE.c["base_code", "specialty_code"],
    )
    statement = _people(batch, select(*columns)).join(SEAT, SEAT.c.application_id == _APPLICATION.c.id)
    if wanted.numbers:
        statement = statement.where(_APPLICATION.c.application_no.in_(wanted.numbers))
    if wanted.sites:
        statement = statement.where(SEAT.c.site_code.in_(wanted.sites))
    if wanted.rooms:
        statement = statement.where(SEAT.c.room_code.in_(wanted.rooms))
    if wanted.application is not None:
        statement = statement.where(_APPLICATION.c.id == wanted.application)
    return statement


def _without_seat(session: Session, batch: Batch, number: str) -> ZhupeiError:
    """Return why somebody has no seat: not there, not approved, or none was given yet."""
    stored = find_stored(session, batch, number)
    why, cure = "", f"zhupei exam list --batch {batch.code} 查看；刚通过审核的，{way_to_seats(batch)}"
    part = select(_APPLICATION.c.id).where(*takes_part(batch), _APPLICATION.c.id == stored.id)
    if stored.status != ApplicationStatus.APPROVED:
        why, cure = f"的状态是{APPLICATION_STATUS.label(stored.status)}，", "审核通过的人才安排座位"
    elif session.execute(part).first() is None:
        # Where is not said: nothing of admission shows before publication.
        why, cure = (
            "本年度在别的批次有名额，",
            f"这样的人不参加考试；历年记录：zhupei trainee standing {number}",
        )
    return ZhupeiError("E742", application_no=number, why=why, cure=cure)


def way_to_seats(batch: Batch) -> str:
    """Return what leads to seats in the state the batch is in; nothing does once it has a result."""
    first = f"先运行 zhupei exam allot --batch {batch.code}"
    if batch.status == BatchStatus.CLOSED:
        return first
    if batch.status not in (BatchStatus.DRAFT, BatchStatus.OPEN, BatchStatus.LOCKED):
        return "座位在报名结束以后、锁定以前安排；现在已不再安排"
    way = directions(BATCH, batch.status, frozenset({BatchStatus.CLOSED}), batch.code)
    return f"{way}，再运行{first.removeprefix('先运行')}"


def _by_place(one: Seated) -> tuple[object, ...]:
    return in_order(one.place.site), in_order(one.place.room), one.place.seat


def _require_known(wanted: Wanted, rooms: Iterable[Room], batch: Batch) -> None:
    rooms = list(rooms)
    if unknown := sorted({*wanted.sites} - {room.site for room in rooms}):
        raise ZhupeiError("E747", site=unknown[0], batch=batch.code)
    there = {room.code for room in rooms if not wanted.sites or room.site in wanted.sites}
    if unknown := sorted({*wanted.rooms} - there):
        raise ZhupeiError("E748", room=unknown[0], batch=batch.code)


def count_unseated(session: Session, batch: Batch) -> int:
    """Return how many take part and have no seat, or one that their room has no more."""
    seated = still_there(load_stored(session, batch), load_rooms(session, batch))
    ids = session.execute(select(_APPLICATION.c.id).where(*takes_part(batch))).scalars()
    return sum(id_ not in seated for id_ in ids)


def has_seats(session: Session, batch: Batch) -> bool:
    """Return whether anybody of a batch has a seat."""
    statement = select(func.count()).select_from(SEAT).where(SEAT.c.batch_id == batch.id)
    return bool(session.execute(statement).scalar_one())
