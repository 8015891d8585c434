"""照片: photos by the hundred, from a folder or a ZIP."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from zhupei_cli.model import ImportRun, TraineePhoto
from zhupei_cli.services.kinds.parts.kind import (
    Called,
    Difference,
    Differing,
    Found,
    ImportKind,
    Key,
    Keys,
    Part,
    Witness,
)
from zhupei_cli.services.kinds.parts.later import named_later
from zhupei_cli.services.kinds.parts.written import MODEL_TABLES, Written
from zhupei_cli.services.kinds.person import PEOPLE
from zhupei_cli.services.people.people import subject_of
from zhupei_cli.services.people.photo_intake import import_photos, stored_photos
from zhupei_cli.services.people.photos import photo_digest, photo_in, who_has_photos
from zhupei_cli.store.bulk import delete_rows, insert_rows

_PHOTO: Table = MODEL_TABLES[TraineePhoto.__tablename__]


def _called(session: Session, rows: Sequence[Written]) -> Called:
    """Return the people by number; who has no photo any more is not in it."""
    there = who_has_photos(session, [row.id for row in rows])
    return PEOPLE.called(session, [row for row in rows if row.id in there])


def _keys(session: Session, rows: Sequence[Written]) -> Mapping[Written, Sequence[Key]]:
    return PEOPLE.keys(session, rows)


def _compared(_session: Session, _run: ImportRun, rows: Sequence[Written]) -> Differing:
    return {row: [Difference("photo", "有", "换了一张")] for row in rows}


def _put_back(session: Session, _run: ImportRun, rows: Sequence[Written]) -> None:
    delete_rows(session, _PHOTO, ("trainee_id",), [(row.id,) for row in rows])
    before = ((row.id, photo_in(row.before)) for row in rows if row.before is not None)
    values = [(id_, photo.mime, photo.content) for id_, photo in before]
    insert_rows(session, _PHOTO, ("trainee_id", "mime", "content"), values)


def _blocked(session: Session, run: ImportRun, rows: Sequence[Written]) -> Found:
    return named_later(session, run, PHOTO_IMPORT, rows)


def _witnesses(session: Session, keys: Keys) -> Iterator[Witness]:
    ids = session.execute(select(_PHOTO.c.trainee_id)).scalars().all() if keys is None else list(keys)
    for id_, photo in stored_photos(session, ids):
        yield None, subject_of(id_), photo_digest(photo)


PHOTO_IMPORT: Final[ImportKind] = ImportKind(
    key="photo",
    label="照片",
    sheets=(),
    take=lambda *given, **asked: import_photos(*given, **asked).outcome,
    parts=(
        Part(
            entity="trainee_photo",
            label="照片",
            called=_called,
            keys=_keys,
            compared=_compared,
            put_back=_put_back,
            blocked=_blocked,
            witnesses=_witnesses,
        ),
    ),
    line_keys=lambda _session: lambda _line: [],
    events="trainee_photo",
)
