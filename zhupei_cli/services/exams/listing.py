"""Seats listed, ID numbers masked."""

from typing import TypedDict

from sqlalchemy.orm import Session

from zhupei_cli.model import Batch
from zhupei_cli.rules.people.masking import mask_id
from zhupei_cli.services.exams.candidates import Seated, Wanted, load_sitting


class SeatRow(TypedDict):
    """A seat as people and JSON have it."""

    ticket: str
    application_no: str
    name: str
    id_number: str
    site: str
    site_label: str
    room: str
    seat: int
    specialty: str
    specialty_label: str
    base: str
    base_label: str


def list_seats(session: Session, batch: Batch, wanted: Wanted, *, reveal: bool = False) -> list[SeatRow]:
    """Return who sits where, by room and seat; raises as `load_seated`."""
    return [_row(one, reveal=reveal) for one in load_sitting(session, batch, wanted)]


def _row(one: Seated, *, reveal: bool) -> SeatRow:
    return {
        "ticket": one.ticket,
        "application_no": one.application_no,
        "name": one.name,
        "id_number": one.id_number if reveal else mask_id(one.id_number),
        "site": one.place.site,
        "site_label": one.site_label,
        "room": one.place.room,
        "seat": one.place.seat,
        "specialty": one.specialty,
        "specialty_label": one.specialty_label,
        "base": one.base,
        "base_label": one.base_label,
    }
