"""Photos given out, each named by a number of its person."""

from collections import Counter
from collections.abc import Iterator
from typing import Final, Literal

from sqlalchemy import Column, Select, Table, select
from sqlalchemy.orm import Session

from zhupei_cli.acting import Acting
from zhupei_cli.model import Application, Batch, ExamSeat, Trainee, TraineePhoto
from zhupei_cli.services.people.photo_intake import stored_photos
from zhupei_cli.services.people.photos import Photo
from zhupei_cli.services.records.events import Change, record

_TABLES = Application.metadata.tables
_APPLICATION: Table = _TABLES[Application.__tablename__]
_PHOTO: Table = _TABLES[TraineePhoto.__tablename__]
_SEAT: Table = _TABLES[ExamSeat.__tablename__]
_TRAINEE: Table = _TABLES[Trainee.__tablename__]
_ENDINGS: Final = {"image/jpeg": "jpg", "image/png": "png"}

NamedBy = Literal["application_no", "id_number", "ticket"]


def photo_names(session: Session, batch: Batch, named_by: NamedBy, *, by: Acting) -> dict[int, str]:
    """Return trainee id → name of the file, of everybody in a batch with a photo; record that they leave.

    Who has no ticket yet is left out where files are named by it; those who share a number have the one of
    their application.
    """
    column: Column[str] = {
        "application_no": _APPLICATION.c.application_no,
        "id_number": _TRAINEE.c.id_number,
        "ticket": _SEAT.c.ticket,
    }[named_by]
    statement: Select[int, str, str, str] = (
        select(_APPLICATION.c.trainee_id, column, _PHOTO.c.mime, _APPLICATION.c.application_no)
        .join(_PHOTO, _PHOTO.c.trainee_id == _APPLICATION.c.trainee_id)
        .join(_TRAINEE, _TRAINEE.c.id == _APPLICATION.c.trainee_id)
        .outerjoin(_SEAT, _SEAT.c.application_id == _APPLICATION.c.id)
        .where(_APPLICATION.c.batch_id == batch.id, _APPLICATION.c.live_key.is_not(None), column.is_not(None))
        .order_by(column)
    )
    rows = session.execute(statement).all()
    times = Counter(row[1].casefold() for row in rows)
    names = {
        # Two papers of two people may have one number.
        trainee: f"{number if times[word.casefold()] > 1 else word}.{_ENDINGS[mime]}"
        for trainee, word, mime, number in rows
    }
    data = {"rows": len(names), "named_by": named_by}
    record(session, by, [Change("photo.export", batch.code, batch.id, data=data)])
    return names


def photos_named(session: Session, names: dict[int, str]) -> Iterator[tuple[str, Photo]]:
    """Yield the photos with the names of their files, a few in memory at once."""
    for id_, photo in stored_photos(session, list(names)):
        yield names[id_], photo
