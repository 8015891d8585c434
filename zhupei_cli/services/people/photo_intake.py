"""Photos taken in by the hundred (照片): whose each file is by its name; written in chunks, with events."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Final, NamedTuple

from sqlalchemy import Select, Table, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import SQLCoreOperations

from zhupei_cli.acting import Acting
from zhupei_cli.model import Account, Application, Batch, ExamSeat, Trainee, TraineePhoto
from zhupei_cli.model.exam import TICKET_LENGTH
from zhupei_cli.rules.batch.settings import parse
from zhupei_cli.rules.people.idcard import mend
from zhupei_cli.rules.people.masking import masked_text
from zhupei_cli.services.people.people import subject_of
from zhupei_cli.services.people.photo_files import PhotoFile, PhotoLimits, looked_at
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
from zhupei_cli.spool import Spool
from zhupei_cli.store.bulk import delete_rows, in_chunks, insert_rows, rows_of
from zhupei_cli.words.errors import Fault, ZhupeiError

_TABLES = TraineePhoto.metadata.tables
_ACCOUNT: Table = _TABLES[Account.__tablename__]
_APPLICATION: Table = _TABLES[Application.__tablename__]
_BATCH: Table = _TABLES[Batch.__tablename__]
_PHOTO: Table = _TABLES[TraineePhoto.__tablename__]
_SEAT: Table = _TABLES[ExamSeat.__tablename__]
_TRAINEE: Table = _TABLES[Trainee.__tablename__]

#: Pictures in memory at once.
_AT_ONCE: Final = 200
#: The longest number or user name there is: a ticket.
_LONGEST: Final = TICKET_LENGTH
#: Digits at the end of an application number.
_DIGITS: Final = 7
#: Who has a number that could be, and is nobody's: they have no photo.
_NOBODY: Final = 0
_PARTS: Final = re.compile(r"[0-9A-Za-z]+")
_WORDS: Final = re.compile(r"[0-9A-Za-z]+(?:-[0-9A-Za-z]+)*")
_RUNS: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]*")


@dataclass(slots=True)
class Taken:
    """One file: its picture's digest, what is wrong or odd about it, whose it is, and what became of it."""

    file: PhotoFile
    digest: str = ""
    faults: list[Fault] = field(default_factory=list)
    trainee_id: int = 0
    verdict: str = "rejected"
    #: What gives back the picture that was looked at.
    kept: Callable[[], Photo] | None = None

    @property
    def bad(self) -> bool:
        return any(fault.severity == "error" for fault in self.faults)


@dataclass(frozen=True, slots=True)
class TakenIn:
    """The outcome of a photo import, with what became of each file."""

    outcome: Imported
    taken: Sequence[Taken]


class Pictures:
    """Pictures that were looked at, in a file without a name until they are stored; threads may add to it."""

    def __init__(self) -> None:
        self._pieces, self._turn = Spool(), Lock()

    def keep(self, photo: Photo) -> Callable[[], Photo]:
        """Put a picture there, and return what gives it back."""
        with self._turn:
            mime, number = photo.mime, len(self._pieces)
            self._pieces.append(photo.content)
        return lambda: Photo(mime, self._pieces[number])


def limits_of(session: Session, batch: Batch | None) -> PhotoLimits:
    """Return what photos should be like by the settings of a batch, or by their defaults."""
    settings = parse({} if batch is None else settings_of(session, batch))
    return PhotoLimits(settings.photo_pixels, settings.photo_kb)


def examined(one: PhotoFile, limits: PhotoLimits, pictures: Pictures) -> Taken:
    """Look at one file; before the transaction, for ten thousand of them take a while.

    Its picture is kept: a file is not read twice, the second time in a network folder while everybody waits.
    """
    photo, faults = looked_at(one, limits)
    if photo is None:
        return Taken(one, faults=faults)
    return Taken(one, photo_digest(photo), faults, kept=pictures.keep(photo))


def import_photos(
    session: Session, source: Path, files: Iterable[Taken], *, batch: Batch | None, by: Acting
) -> TakenIn:
    """Keep the photo of everybody whose number stands in the name of a file, in place of any other.

    `files` were `examined`. A name has an ID number, an application number, a ticket of `batch`, or a user
    name, whatever stands around it; the longest counts, not its parts. Files of nobody (E750), of several
    people (E751), several of one person (E756) stay out. What was looked at is stored, whatever became of the
    file since. Raises E755 where it is not what comes back.
    """
    taken = [Taken(one.file, one.digest, list(one.faults), kept=one.kept) for one in files]
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
    known = _owners(session, {word.text for one in taken for word in _words(one.file.stem)}, batch)
    files: dict[int, list[Taken]] = {}
    for one in taken:
        found = _named(_words(one.file.stem), known)
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


class _Word(NamedTuple):
    """What may be a number in the name of a file, and where it stands there."""

    text: str
    start: int
    end: int

    def is_in(self, other: "_Word") -> bool:
        """Return whether `other` is longer, and this one a part of it."""
        return other.start <= self.start and self.end <= other.end and other.text != self.text


def _words(stem: str) -> list[_Word]:
    """Return what may be a number: user names have dots and underscores in them, batch codes underscores.

    So every row of words between which nothing else stands, with and without what stands behind it; and each
    part of a word between hyphens.
    """
    spans = set[tuple[int, int]]()
    for run in _RUNS.finditer(stem):
        words = list(_WORDS.finditer(stem, *run.span()))
        nexts = [word.start() for word in words[1:]] + [run.end()]
        ends = [end for word, after in zip(words, nexts, strict=True) for end in range(word.end(), after + 1)]
        spans |= {
            (word.start(), end)
            for word in words
            for end in ends
            if word.end() <= end <= word.start() + _LONGEST
        }
        spans |= {part.span() for word in words for part in _PARTS.finditer(stem, *word.span())}
    return [_Word(stem[start:end], start, end) for start, end in sorted(spans)]


class _Known(NamedTuple):
    """Whose the words are that are known: by numbers, and by user names, which may be anybody's word."""

    numbers: dict[str, set[int]]
    usernames: dict[str, set[int]]


def _named(words: Sequence[_Word], known: _Known) -> set[int]:
    """Return whom the longest words name that name anybody: a part of such a word is no word of its own."""
    telling = [word for word in words if word.text in known.numbers or word.text in known.usernames]
    whole = [word.text for word in telling if not any(word.is_in(other) for other in telling)]
    found = set[int]()
    for owners in known:
        found = found or set[int]().union(*(owners.get(word, ()) for word in whole))
    return found if found != {_NOBODY} else set()


def _of(owners: Iterable[Mapping[str, set[int]]], word: str) -> set[int]:
    return set[int]().union(*(some.get(word, ()) for some in owners))


def _owners(session: Session, words: set[str], batch: Batch | None) -> _Known:
    """Return whose the words are: by ID number, application number and ticket, and by user name."""
    applied = {word for word in words if "-" in word}
    keys = _keyed(applied, str.upper)
    for word in applied:
        keys.setdefault(word, set()).add(word)
    column = _APPLICATION.c.application_no
    found = _found(session, select(column, _APPLICATION.c.trainee_id), column, keys)
    codes = set(session.execute(select(_BATCH.c.code)).scalars())
    # HN_2026-0000009, which nobody has, is not 2026-0000009.
    missing = {word for word in applied - found.keys() if {*_codes(word)} & codes}
    tickets: dict[str, set[int]] = {}
    if batch is not None:
        statement = select(_SEAT.c.ticket, _APPLICATION.c.trainee_id).join(
            _APPLICATION, _APPLICATION.c.id == _SEAT.c.application_id
        )
        mine = statement.where(_SEAT.c.batch_id == batch.id)
        tickets = _found(session, mine, _SEAT.c.ticket, _keyed(words, str.upper))
    column = _TRAINEE.c.id_number
    papers = _found(session, select(column, _TRAINEE.c.id), column, _keyed(words, mend))
    column = _ACCOUNT.c.username
    users = _found(session, select(column, _ACCOUNT.c.trainee_id), column, _keyed(words, str.lower))
    numbers = (papers, found, tickets, {word: {_NOBODY} for word in missing})
    return _Known({word: _of(numbers, word) for word in set[str]().union(*numbers)}, users)


def _codes(word: str) -> Iterator[str]:
    """Yield the codes a batch may have whose application number this is."""
    code, _, digits = word.rpartition("-")
    if digits.isdecimal() and len(digits) == _DIGITS:
        yield from (code, code.upper())


def _keyed(words: Iterable[str], key: Callable[[str], str]) -> dict[str, set[str]]:
    """Return key → the words that have it."""
    found: dict[str, set[str]] = {}
    for word in words:
        found.setdefault(key(word), set()).add(word)
    return found


def _found(
    session: Session,
    statement: Select[str, int],
    column: SQLCoreOperations[object],
    keys: Mapping[str, Iterable[str]],
) -> dict[str, set[int]]:
    """Return word → whose it is; `statement` is for the key of a word and a person."""
    found: dict[str, set[int]] = {}
    for key, trainee in rows_of(session, statement, column, keys):
        for word in keys[key]:
            found.setdefault(word, set()).add(trainee)
    return found


def stored_photos(session: Session, ids: Sequence[int]) -> Iterator[tuple[int, Photo]]:
    """Yield the photos that are stored, a few at a time."""
    for chunk in in_chunks(ids, _AT_ONCE):
        statement = select(_PHOTO.c.trainee_id, _PHOTO.c.mime, _PHOTO.c.content)
        for id_, mime, content in session.execute(statement.where(_PHOTO.c.trainee_id.in_(chunk))):
            yield id_, Photo(mime, content)


def _write(session: Session, source: Path, fresh: Sequence[Taken], *, by: Acting) -> list[Touched]:
    """Write the photos, a few at a time; return what the ledger keeps of each."""
    # The events follow that of the import.
    record_photos(session, [(subject_of(one.trainee_id), one.digest) for one in fresh], by=by)
    touched: list[Touched] = []
    for chunk in in_chunks(fresh, _AT_ONCE):
        ids = [one.trainee_id for one in chunk]
        images = {id_: photo_image(photo) for id_, photo in stored_photos(session, ids)}
        rows = [
            (one.trainee_id, photo.mime, photo.content)
            for one in chunk
            for photo in [_looked_at(source, one)]
        ]
        delete_rows(session, _PHOTO, ("trainee_id",), [(id_,) for id_ in images])
        insert_rows(session, _PHOTO, ("trainee_id", "mime", "content"), rows)
        touched += [
            (_PHOTO.name, str(id_), "updated" if id_ in images else "inserted", images.get(id_))
            for id_ in ids
        ]
    return touched


def _looked_at(source: Path, one: Taken) -> Photo:
    photo = None if one.kept is None else one.kept()
    if photo is None or photo_digest(photo) != one.digest:
        raise ZhupeiError(
            "E755", file=masked_text(source.name), problem=f"里的 {masked_text(one.file.name)} 在导入时变了"
        )
    return photo
