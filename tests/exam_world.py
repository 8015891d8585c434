"""A closed batch of approved people, and the rooms they are to sit in."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from tests.builders import drawn_world, store_world
from tests.services.imported import reading_of
from zhupei_cli.acting import Acting
from zhupei_cli.model import Application, Batch
from zhupei_cli.services.exams.room_sheets import import_rooms
from zhupei_cli.services.records.import_ledger import Imported
from zhupei_cli.sheets.kinds.exam_kinds import EXAM_ROOM

Row = Mapping[str, Any]

#: Two sites; the second one with a room of the first one's number.
ROOMS: Sequence[Row] = (
    {"site": "01", "site_name": "郑州一中", "address": "中原路 1 号", "city": "郑州市", "room": "001"}
    | {"seats": "6", "row_count": "3", "column_count": "2"},
    {"site": "01", "room": "002", "seats": "4"},
    {"site": "02", "site_name": "洛阳一中", "city": "洛阳市", "room": "001", "seats": "8", "row_count": "4"},
)


def take_rooms(session: Session, batch: Batch, rows: Sequence[Row] = ROOMS, *, by: Acting) -> Imported:
    """Import rows of 考场."""
    return import_rooms(session, reading_of((EXAM_ROOM, rows)), batch=batch, by=by)


def closed_batch(session: Session, people: int, *, told: bool = False) -> Batch:
    """Store a closed batch T of so many approved people."""
    return store_world(session, drawn_world(people), status="closed", told=told)


def step(session: Session, numbers: Sequence[int], status: str) -> None:
    """Set applications of T aside, or back: as if their base had not decided yet."""
    names = [f"T-{number:07d}" for number in numbers]
    session.execute(update(Application).where(Application.application_no.in_(names)).values(status=status))
