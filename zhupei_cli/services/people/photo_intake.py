"""Photos taken in by the hundred (照片): whose each file is by its name; written in chunks, with events."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Final

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from zhupei_cli.acting import Acting
from zhupei_cli.model import Account, Application, Batch, ExamSeat, Trainee, TraineePhoto
from zhupei_cli.rules.batch.settings import parse
from zhupei_cli.rules.people.idcard import mend
from zhupei_cli.rules.people.masking import masked_text
from zhupei_cli.services.people.people import subject_of
from zhupei_cli.services.people.photo_files import PhotoFile, PhotoLimits, looked_at, read_again
from zhupei_cli.services.people.photos import Photo, photo_digest, photo_image, record_photos
from zhupei_cli.services.records.import_ledger import (
    Counts,
    Imported,
    ImportedFile,
    Touched,
    begin_import,
    record_rows,
)
from zhupei_cli.services.records.lookup import settings_of
from zhupei_cli.store.bulk import delete_rows, in_chunks, insert_rows, rows_of
from zhupei_cli.words.errors import Fault, ZhupeiError

_TABLES = TraineePhoto.metadata.tables
_ACCOUNT: Table = _TABLES[Account.__tablename__]
_APPLICATION: Table = _TABLES[Application.__tablename__]
_PHOTO: Table = _TABLES[TraineePhoto.__tablename__]
_SEAT: Table = _TABLES[ExamSeat.__tablename__]
_TRAINEE: Table = _TABLES[Trainee.__tablename__]

#: Pictures in memory at once.
_AT_ONCE: Final = 200
_WORDS: Final = re.compile(r"[0-9A-Za-z]+(?:-[0-9A-Za-z]+)*")


@dataclass(slots=True)
class Taken:
    """One file: its picture's digest, what is wrong or odd about it, whose it is, and what became of it."""

    file: PhotoFile
    digest: str = ""
    faults: list[Fault] = field(default_factory=list)
    trainee_id: int = 0
    verdict: str = "rejected"

    @property
    def bad(self) -> bool:
        return any(fault.severity == "error" for fault in self.faults)


@dataclass(frozen=True, slots=True)
class TakenIn:
    """The outcome of a photo import, with what became of each file."""

    outcome: Imported
    taken: Sequence[Taken]


def limits_of(session: Session, batch: Batch | None) -> PhotoLimits:
    """Return what photos should be like by the settings of a batch, or by their defaults."""
    settings = parse({} if batch is None else settings_of(session, batch))
    return PhotoLimits(settings.photo_pixels, settings.photo_kb)


def examined(one: PhotoFile, limits: PhotoLimits) -> Taken:
    """Look at one file; before the transaction, for ten thousand of them take a while."""
    photo, faults = looked_at(one, limits)
    return Taken(one, "" if photo is None else photo_digest(photo), faults)


def import_photos(
    session: Session, source: Path, files: Iterable[Taken], *, batch: Batch | None, by: Acting
) -> TakenIn:
    """Keep the photo of everybody whose number stands in the name of a file, in place of any other.

    `files` were `examined`. A name has an ID number, an application number, a ticket of `batch`, or a user
    name, whatever stands around it. Files of nobody (E750), of several people (E751), several of one person
    (E756) stay out. Raises E755 for a file that changed since it was looked at.
    """
    taken = [Taken(one.file, one.digest, list(one.faults)) for one in files]
    _tell_whose(session, taken, batch)
    good = [one for one in taken if not one.bad]
    stored = {
        id_: photo_digest(photo) for id_, photo in stored_photos(session, [one.trainee_id for one in good])
    }
    for one in good:
        known = stored.get(one.trainee_id)
        one.verdict = "inserted" if known is None else "unchanged" if known == one.digest else "updated"
    counts = _counts(taken)
    listed = (ImportedFile(source.name, _source_digest(taken), len(taken)),)
    if not counts.written:
        return TakenIn(Imported(None, counts, listed), taken)
    import_id, _ = begin_import(session, "photo", by=by, batch_id=None, files=listed, counts=counts)
    fresh = [one for one in good if one.verdict != "unchanged"]
    record_rows(session, import_id, _write(session, source, fresh, by=by), by=by)
    return TakenIn(Imported(import_id, counts, listed), taken)


def _counts(taken: Sequence[Taken]) -> Counts:
    numbers = {
        verdict: sum(one.verdict == verdict for one in taken)
        for verdict in ("inserted", "updated", "unchanged", "rejected")
    }
    warned = sum(bool(one.faults) and not one.bad for one in taken)
    return Counts(rows=len(taken), warned=warned, **numbers)


def _source_digest(taken: Iterable[Taken]) -> str:
    running = sha256()
    for one in taken:
        running.update(f"{one.file.name}\x1f{one.digest}\n".encode())
    return running.hexdigest()


def _tell_whose(session: Session, taken: Sequence[Taken], batch: Batch | None) -> None:
    words = {id(one): _words(one.file.stem) for one in taken}
    every = {word for some in words.values() for word in some}
    known = list(_owners(session, every, batch))
    files: dict[int, list[Taken]] = {}
    for one in taken:
        found = next((ids for owners in known if (ids := _of(owners, words[id(one)]))), set[int]())
        if len(found) == 1:
            (one.trainee_id,) = found
            if not one.bad:
                files.setdefault(one.trainee_id, []).append(one)
        elif not one.bad:
            one.faults.append(Fault("E751" if found else "E750", "", values={"count": len(found)}))
    for some in files.values():
        for one in some if len(some) > 1 else ():
            others = "、".join(other.file.name for other in some if other is not one)
            one.faults.append(Fault("E756", "", values={"others": others}))


def _words(stem: str) -> list[str]:
    """Return what may be a number in the name of a file, as a whole and by its parts."""
    found = _WORDS.findall(stem)
    return list(dict.fromkeys([*found, *(part for word in found for part in word.split("-"))]))


def _of(owners: Mapping[str, set[int]], words: Iterable[str]) -> set[int]:
    return set[int]().union(*(owners[word] for word in words if word in owners))


def _owners(session: Session, words: set[str], batch: Batch | None) -> Iterator[dict[str, set[int]]]:
    """Yield word → whose it is: by ID number, then application number, then ticket, then user name."""
    by_paper = {mend(word): word for word in words}
    yield _found(session, _TRAINEE.c.id_number, _TRAINEE.c.id, by_paper)
    by_capitals = {word.upper(): word for word in words if "-" in word}
    by_capitals |= {word: word for word in words if "-" in word}
    yield _found(session, _APPLICATION.c.application_no, _APPLICATION.c.trainee_id, by_capitals)
    if batch is not None:
        tickets = {word.upper(): word for word in words}
        statement = select(_SEAT.c.ticket, _APPLICATION.c.trainee_id).join(
            _APPLICATION, _APPLICATION.c.id == _SEAT.c.application_id
        )
        rows = rows_of(session, statement.where(_SEAT.c.batch_id == batch.id), _SEAT.c.ticket, tickets)
        yield {tickets[ticket]: {trainee} for ticket, trainee in rows}
    names = {word.lower(): word for word in words}
    yield _found(session, _ACCOUNT.c.username, _ACCOUNT.c.trainee_id, names)


def _found(session: Session, column: object, owner: object, words: Mapping[str, str]) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}
    for key, trainee in rows_of(session, select(column, owner), column, words):  # type: ignore[call-overload,arg-type]
        found.setdefault(words[key], set()).add(trainee)
    return found


def stored_photos(session: Session, ids: Sequence[int]) -> Iterator[tuple[int, Photo]]:
    """Yield the photos that are stored, a few at a time."""
    for chunk in in_chunks(ids, _AT_ONCE):
        statement = select(_PHOTO.c.trainee_id, _PHOTO.c.mime, _PHOTO.c.content)
        for id_, mime, content in session.execute(statement.where(_PHOTO.c.trainee_id.in_(chunk))):
            yield id_, Photo(mime, content)


def _write(session: Session, source: Path, fresh: Sequence[Taken], *, by: Acting) -> list[Touched]:
    """Write the photos, read once more, a few at a time; return what the ledger keeps of each."""
    # The events follow that of the import.
    record_photos(session, [(subject_of(one.trainee_id), one.digest) for one in fresh], by=by)
    touched: list[Touched] = []
    for chunk in in_chunks(fresh, _AT_ONCE):
        ids = [one.trainee_id for one in chunk]
        images = {id_: photo_image(photo) for id_, photo in stored_photos(session, ids)}
        rows = [
            (one.trainee_id, photo.mime, photo.content) for one in chunk for photo in [_again(source, one)]
        ]
        delete_rows(session, _PHOTO, ("trainee_id",), [(id_,) for id_ in images])
        insert_rows(session, _PHOTO, ("trainee_id", "mime", "content"), rows)
        touched += [
            (_PHOTO.name, str(id_), "updated" if id_ in images else "inserted", images.get(id_))
            for id_ in ids
        ]
    return touched


def _again(source: Path, one: Taken) -> Photo:
    photo, _ = read_again(one.file)
    if photo is None or photo_digest(photo) != one.digest:
        raise ZhupeiError(
            "E755", file=masked_text(source.name), problem=f"里的 {masked_text(one.file.name)} 在导入时变了"
        )
    return photo
