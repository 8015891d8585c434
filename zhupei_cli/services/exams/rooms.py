"""Sites and rooms of a batch's exam (考点、考场): as the allotment takes them, and listed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypedDict

from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session

from zhupei_cli.model import Application, Batch, ExamRoom, ExamSeat, ExamSite
from zhupei_cli.rules.exam.rooms import Room
from zhupei_cli.services.batches.taking_part import takes_part
from zhupei_cli.words.codes import CITY

_TABLES = ExamRoom.metadata.tables
SITE: Final[Table] = _TABLES[ExamSite.__tablename__]
ROOM: Final[Table] = _TABLES[ExamRoom.__tablename__]
SEAT: Final[Table] = _TABLES[ExamSeat.__tablename__]
_APPLICATION: Table = _TABLES[Application.__tablename__]


@dataclass(frozen=True, slots=True)
class Site:
    """Where people go; `address` and `city` may be unknown."""

    code: str
    name: str
    address: str | None
    city: str | None


class RoomRow(TypedDict):
    """A room as people and JSON have it; the keys of 考场, with how many sit there."""

    site: str
    site_name: str
    address: str | None
    city: str | None
    city_label: str | None
    room: str
    seats: int
    row_count: int | None
    column_count: int | None
    seated: int
    free: int


def load_sites(session: Session, batch: Batch) -> dict[str, Site]:
    """Return the sites of a batch by code."""
    statement = select(*SITE.c["code", "name", "address", "city"]).where(SITE.c.batch_id == batch.id)
    return {row.code: Site(*row) for row in session.execute(statement)}


def load_rooms(session: Session, batch: Batch) -> list[Room]:
    """Return the rooms of a batch in the order they are filled: by site, by room."""
    sites = load_sites(session, batch)
    statement = select(ROOM).where(ROOM.c.batch_id == batch.id)
    rooms = [
        Room(row.site_code, row.code, row.seats, row.row_count, row.column_count, sites[row.site_code].city)
        for row in session.execute(statement)
    ]
    return sorted(rooms, key=lambda room: (in_order(room.site), in_order(room.code)))


def in_order(code: str) -> tuple[int, str]:
    """Return what sorts codes as people count: 2 before 10, 01 before 02."""
    return (int(code), code) if code.isdecimal() else (10**9, code)


def list_rooms(session: Session, batch: Batch) -> list[RoomRow]:
    """Return the rooms in the order they are filled, with how many sit there on seats they still have."""
    sites = load_sites(session, batch)
    counted = (
        select(SEAT.c.site_code, SEAT.c.room_code, func.count())
        .join(
            ROOM,
            (ROOM.c.batch_id == SEAT.c.batch_id)
            & (ROOM.c.site_code == SEAT.c.site_code)
            & (ROOM.c.code == SEAT.c.room_code),
        )
        .join(_APPLICATION, _APPLICATION.c.id == SEAT.c.application_id)
        .where(SEAT.c.batch_id == batch.id, SEAT.c.seat <= ROOM.c.seats)
        .where(*takes_part(batch))  # others lose theirs at the next allotment
        .group_by(SEAT.c.site_code, SEAT.c.room_code)
    )
    seated = {(site, room): count for site, room, count in session.execute(counted)}
    return [_row(room, sites[room.site], seated.get(room[:2], 0)) for room in load_rooms(session, batch)]


def _row(room: Room, site: Site, seated: int) -> RoomRow:
    return {
        "site": site.code,
        "site_name": site.name,
        "address": site.address,
        "city": site.city,
        "city_label": site.city and CITY.labels.get(site.city, site.city),
        "room": room.code,
        "seats": room.seats,
        "row_count": room.rows,
        "column_count": room.columns,
        "seated": seated,
        "free": room.seats - seated,
    }


def by_site(rooms: Sequence[Room]) -> dict[str, list[Room]]:
    """Return the rooms of each site, in their order."""
    found: dict[str, list[Room]] = {}
    for room in rooms:
        found.setdefault(room.site, []).append(room)
    return found
