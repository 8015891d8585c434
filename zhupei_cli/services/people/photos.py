"""Photos of people: read from a file, kept as they are."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from zhupei_cli.model import TraineePhoto
from zhupei_cli.model.account import PHOTO_BYTES
from zhupei_cli.store.bulk import delete_rows, insert_rows
from zhupei_cli.words.errors import ZhupeiError

_PHOTO: Table = TraineePhoto.metadata.tables["trainee_photo"]
_MAGIC = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture and its kind, image/jpeg or image/png."""

    mime: str
    content: bytes


def read_photo(path: Path) -> Photo:
    """Read a JPEG or PNG of at most 1 MB; the first bytes tell what it is, not the suffix. Raises E188."""
    with path.open("rb") as file:
        content = file.read(PHOTO_BYTES + 1)
    if len(content) > PHOTO_BYTES:
        raise ZhupeiError("E188", file=path.name, problem="超过 1 MB")
    for magic, mime in _MAGIC.items():
        if content.startswith(magic):
            return Photo(mime, content)
    raise ZhupeiError("E188", file=path.name, problem="不是 JPG 或 PNG 图片")


def photo_of(session: Session, trainee_id: int) -> Photo | None:
    """Return the photo of a person, None when there is none."""
    row = session.execute(
        select(_PHOTO.c.mime, _PHOTO.c.content).where(_PHOTO.c.trainee_id == trainee_id)
    ).one_or_none()
    return None if row is None else Photo(*row)


def put(session: Session, trainee_id: int, photo: Photo) -> bool:
    """Keep `photo` in place of any other; say whether that changed anything."""
    if photo_of(session, trainee_id) == photo:
        return False
    delete_rows(session, _PHOTO, ("trainee_id",), [(trainee_id,)])
    insert_rows(session, _PHOTO, ("trainee_id", "mime", "content"), [(trainee_id, photo.mime, photo.content)])
    return True


def remove(session: Session, trainee_id: int) -> bool:
    """Forget the photo of a person; say whether there was one."""
    if photo_of(session, trainee_id) is None:
        return False
    delete_rows(session, _PHOTO, ("trainee_id",), [(trainee_id,)])
    return True
