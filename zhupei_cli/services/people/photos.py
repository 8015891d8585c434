"""Photos of people: read from a file, kept as they are, told by their digests."""

import json
from base64 import b64decode, b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from zhupei_cli.acting import Acting
from zhupei_cli.model import TraineePhoto
from zhupei_cli.model.account import PHOTO_BYTES
from zhupei_cli.services.records.events import Change, canonical, record
from zhupei_cli.services.records.import_ledger import EVENT_ROWS
from zhupei_cli.store.bulk import delete_rows, in_chunks, insert_rows, rows_of
from zhupei_cli.words.errors import ZhupeiError

if TYPE_CHECKING:
    from PIL.ImageFile import ImageFile

_PHOTO: Table = TraineePhoto.metadata.tables["trainee_photo"]
_MAGIC = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}
#: Pixels for which even a blank page has a byte.
_THINNEST: Final = 200


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
    mime = next((mime for magic, mime in _MAGIC.items() if content.startswith(magic)), None)
    if mime is None:
        raise ZhupeiError("E188", file=path.name, problem="不是 JPG 或 PNG 图片")
    from PIL import Image

    try:
        with Image.open(BytesIO(content), formats=["JPEG", "PNG"]) as picture:
            require_whole_photos(picture, content)
    except Exception as error:  # Pillow raises whatever a broken file leads it to
        raise ZhupeiError("E188", file=path.name, problem="已经损坏，打不开") from error
    return Photo(mime, content)


def require_whole_photos(picture: "ImageFile", content: bytes) -> None:
    """Raise when a picture was cut off or damaged: one that cannot be decoded stops the printing of all."""
    if len(content) * _THINNEST < picture.width * picture.height:
        raise ValueError("ends before it began")
    # An eighth of the size is decoded in a fraction of the time, out of the same bytes.
    picture.draft("L", (picture.width // 8, picture.height // 8))
    picture.load()


def photo_is_whole(content: bytes) -> bool:
    """Return whether a picture that is stored can be decoded from its first byte to its last."""
    from PIL import Image

    try:
        with Image.open(BytesIO(content), formats=["JPEG", "PNG"]) as picture:
            picture.load()
    except Exception:  # Pillow raises whatever a broken file leads it to
        return False
    return True


def photo_of(session: Session, trainee_id: int) -> Photo | None:
    """Return the photo of a person, None when there is none."""
    row = session.execute(
        select(_PHOTO.c.mime, _PHOTO.c.content).where(_PHOTO.c.trainee_id == trainee_id)
    ).one_or_none()
    return None if row is None else Photo(*row)


def who_has_photos(session: Session, ids: Iterable[int]) -> set[int]:
    """Return which of these people have a photo, and read none."""
    return {id_ for (id_,) in rows_of(session, select(_PHOTO.c.trainee_id), _PHOTO.c.trainee_id, ids)}


def put(session: Session, trainee_id: int, photo: Photo) -> bool:
    """Keep `photo` in place of any other; say whether that changed anything."""
    if photo_of(session, trainee_id) == photo:
        return False
    delete_rows(session, _PHOTO, ("trainee_id",), [(trainee_id,)])
    insert_rows(session, _PHOTO, ("trainee_id", "mime", "content"), [(trainee_id, photo.mime, photo.content)])
    return True


def remove(session: Session, trainee_id: int) -> bool:
    """Forget the photo of a person; return whether there was one."""
    if photo_of(session, trainee_id) is None:
        return False
    delete_rows(session, _PHOTO, ("trainee_id",), [(trainee_id,)])
    return True


def photo_digest(photo: Photo) -> str:
    """Return the digest of a photo, as events have it."""
    return blake2b(photo.mime.encode() + b"\x1f" + photo.content, digest_size=8).hexdigest()


def photo_image(photo: Photo) -> str:
    """Return a photo as an import keeps what stood there before it."""
    return canonical({"mime": photo.mime, "content": b64encode(photo.content).decode()})


def photo_in(image: str) -> Photo:
    """Return the photo that an import kept."""
    said = json.loads(image)
    return Photo(said["mime"], b64decode(said["content"]))


def record_photos(session: Session, digests: Sequence[tuple[str, str | None]], *, by: Acting) -> None:
    """Write down which photos stand there now, an event for 500 people; None for one that is gone."""
    changes = [
        Change(
            "trainee_photo.write",
            chunk[0][0],
            data={"keys": [key for key, _ in chunk], "digests": [digest for _, digest in chunk]},
        )
        for chunk in in_chunks(digests, EVENT_ROWS)
    ]
    if changes:
        record(session, by, changes)
