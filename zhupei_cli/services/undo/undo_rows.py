"""Taking back what an import wrote, table by table: new rows go, changed ones get what stood there before."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session

from zhupei_cli.model import Admission, Application, Base, Batch, ImportRun, Review
from zhupei_cli.services.admission.seats import free_seats, take_seats
from zhupei_cli.services.batches.ceding import cede_seats
from zhupei_cli.services.batches.plans import TERMS
from zhupei_cli.services.marks.score_marks import MARK_COLUMNS, values_of
from zhupei_cli.services.people import profiles
from zhupei_cli.services.people.profiles import PERSON, Profile, profile_of
from zhupei_cli.services.records.row_stamps import STAMPS, unstamped
from zhupei_cli.services.undo.import_rows import Written
from zhupei_cli.store.bulk import delete_rows, insert_rows, rows_of, update_rows

_TABLES: Final = Base.metadata.tables
_APPLICATION: Table = _TABLES[Application.__tablename__]
_ADMISSION: Table = _TABLES[Admission.__tablename__]
_REVIEW: Table = _TABLES[Review.__tablename__]
_FORM: Final = ("identity", "source_type", "train_years", "accept_adjust")

#: What each row said of its state, and says now; rows without a state are not in it.
Moves = dict[Written, tuple[str | None, str | None]]


@dataclass(frozen=True, slots=True)
class Halves:
    """The rows of one table: those that are new, and those that were changed with their images."""

    new: list[Written]
    changed: list[tuple[Written, Any]]


def halves(rows: Iterable[Written]) -> Halves:
    """Sort the rows of one table."""
    rows = list(rows)
    new = [row for row in rows if row.action == "inserted"]
    return Halves(new, [(row, row.image) for row in rows if row.action == "updated"])


def take_back(session: Session, run: ImportRun, rows: Sequence[Written]) -> Moves:
    """Take all rows of an import back, children first; return how the states of applications moved."""
    groups: dict[str, list[Written]] = {}
    for row in rows:
        groups.setdefault(row.entity, []).append(row)
    moves: Moves = {}
    for entity in sorted(groups, key=list(_TAKING).index):
        moves |= _TAKING[entity](session, run, groups[entity]) or {}
    session.expire_all()
    return moves


def _delete(session: Session, name: str, key: str, rows: Iterable[Written]) -> None:
    delete_rows(session, _TABLES[name], (key,), [(row.id,) for row in rows])


def _applications(session: Session, run: ImportRun, rows: Sequence[Written]) -> Moves:
    statuses = _statuses(session, rows)
    if run.kind == "review":
        images = {row: row.image for row in rows}
        _take_back_reviews(session, images)
        return {row: (statuses[row.id], image["status"]) for row, image in images.items()}
    sides = halves(rows)
    for name in ("snapshot", "choice"):
        _delete(session, name, "application_id", sides.new)
    _delete(session, "application", "id", sides.new)
    _put_forms_back(session, run, sides.changed)
    moves: Moves = {row: (statuses[row.id], None) for row in sides.new}
    return moves | {row: (statuses[row.id], image["status"]) for row, image in sides.changed}


def _statuses(session: Session, rows: Iterable[Written]) -> dict[int, str]:
    statement = select(_APPLICATION.c.id, _APPLICATION.c.status)
    ids = [row.id for row in rows]
    return dict(tuple(row) for row in rows_of(session, statement, _APPLICATION.c.id, ids))


def _put_forms_back(session: Session, run: ImportRun, changed: Sequence[tuple[Written, Any]]) -> None:
    stamps = {row.id: unstamped("application", image["stamp"]) for row, image in changed}
    # A snapshot taken by the import is the newest one: nothing has happened since.
    version = STAMPS["application"].index("snapshot_version")
    statement = select(_TABLES["snapshot"].c.application_id, _TABLES["snapshot"].c.version)
    stored = rows_of(session, statement, _TABLES["snapshot"].c.application_id, stamps)
    newer = [(id_, number) for id_, number in stored if number > (stamps[id_][version] or 0)]
    columns = (*_FORM, "status", *STAMPS["application"])
    values = [(row.id, *image["form"][:4], image["status"], *stamps[row.id]) for row, image in changed]
    update_rows(session, _APPLICATION, ("id",), columns, values)
    delete_rows(session, _TABLES["snapshot"], ("application_id", "version"), newer)
    _delete(session, "choice", "application_id", (row for row, _ in changed))
    choices = [
        (row.id, number, run.batch_id, base, specialty)
        for row, image in changed
        for number, (base, specialty) in enumerate(image["form"][4], 1)
    ]
    columns = ("application_id", "number", "batch_id", "base_code", "specialty_code")
    insert_rows(session, _TABLES["choice"], columns, choices)


def _take_back_reviews(session: Session, images: Mapping[Written, Any]) -> None:
    """Delete the last decision on each application: nothing has happened to it since the import."""
    statement = select(func.max(_REVIEW.c.id)).group_by(_REVIEW.c.application_id)
    last = rows_of(session, statement, _REVIEW.c.application_id, (row.id for row in images))
    delete_rows(session, _REVIEW, ("id",), [tuple(row) for row in last])
    values = [(row.id, image["status"], image["touched_by"]) for row, image in images.items()]
    update_rows(session, _APPLICATION, ("id",), ("status", "touched_by"), values)


def _trainees(session: Session, run: ImportRun, rows: Sequence[Written]) -> None:
    del run
    sides = halves(rows)
    for name in ("education", "work"):
        _delete(session, name, "trainee_id", sides.new)
    _delete(session, "trainee", "id", sides.new)
    before = {row.id: profile_of(row.before or "") for row, _ in sides.changed}
    values = [
        (row.id, *map(before[row.id].person.get, PERSON), *unstamped("trainee", image["stamp"]))
        for row, image in sides.changed
    ]
    update_rows(session, _TABLES["trainee"], ("id",), (*PERSON, *STAMPS["trainee"]), values)
    for name, columns in (("education", profiles.EDUCATION), ("work", profiles.WORK)):
        _put_entries_back(session, _TABLES[name], columns, before)


def _put_entries_back(
    session: Session, table: Table, columns: Sequence[str], people: Mapping[int, Profile]
) -> None:
    part = f"{table.name}s"
    before = {entry["id"]: entry for profile in people.values() for entry in getattr(profile, part)}
    stored = {row.id: row for row in rows_of(session, select(table), table.c.trainee_id, people)}
    delete_rows(session, table, ("id",), [(id_,) for id_ in stored if id_ not in before])
    changed = {id_: entry for id_, entry in before.items() if _differs(entry, stored.get(id_), columns)}
    values = [(id_, *map(entry.get, columns)) for id_, entry in changed.items()]
    update_rows(session, table, ("id",), columns, values)


def _differs(entry: Mapping[str, object], stored: object, columns: Sequence[str]) -> bool:
    return any(entry.get(name) != getattr(stored, name, None) for name in columns)


def _scores(session: Session, run: ImportRun, rows: Sequence[Written]) -> None:
    del run
    sides, table, key = halves(rows), _TABLES["score"], ("application_id", "record")
    delete_rows(session, table, key, [(row.id, row.key.partition("/")[2]) for row in sides.new])
    values = [
        (row.id, row.key.partition("/")[2], *values_of(image["marks"]), image["touched_by"])
        for row, image in sides.changed
    ]
    update_rows(session, table, key, (*MARK_COLUMNS, "touched_by"), values)


def _admissions(session: Session, run: ImportRun, rows: Sequence[Written]) -> Moves:
    batch = session.get_one(Batch, run.batch_id)
    before = {row: unstamped("admission", row.image) for row in rows}
    columns = ("application_id", "status", "live_key", "base_code", "specialty_code", "identity")
    statement = select(*(_ADMISSION.c[name] for name in columns))
    by_id = {row.id: row for row in rows}
    freed, taken, moves = [], [], Moves()
    for now in rows_of(session, statement, _ADMISSION.c.application_id, by_id):
        row = by_id[now.application_id]
        status, live_key, *_ = before[row]
        seat = (now.base_code, now.specialty_code, now.identity)
        moves[row] = now.status, status
        if now.live_key and not live_key:
            freed.append(seat)
        if live_key and not now.live_key:
            taken.append(seat)
    values = [(row.id, *stamp) for row, stamp in before.items()]
    update_rows(session, _ADMISSION, ("application_id",), STAMPS["admission"], values)
    free_seats(session, batch, freed)
    take_seats(session, batch, taken)
    return moves


def _places(session: Session, run: ImportRun, rows: Sequence[Written]) -> None:
    sides, table = halves(rows), _TABLES["plan"]
    key = ("batch_id", "base_code", "specialty_code")
    delete_rows(session, table, key, [(run.batch_id, *row.key.split("/")) for row in sides.new])
    values = [
        (run.batch_id, *row.key.split("/"), *(image[name] for name in TERMS)) for row, image in sides.changed
    ]
    update_rows(session, table, key, TERMS, values)
    cede_seats(session, session.get_one(Batch, run.batch_id))


def _reference(session: Session, run: ImportRun, rows: Sequence[Written]) -> None:
    sides, table = halves(rows), _TABLES[run.kind]
    key = "id" if "id" in table.c else "code"
    type_ = table.c[key].type.python_type
    delete_rows(session, table, (key,), [(type_(row.key),) for row in sides.new])
    columns = [column.name for column in table.columns if column.name != key]
    values = [(type_(row.key), *map(image.get, columns)) for row, image in sides.changed]
    update_rows(session, table, (key,), columns, values)


#: In the order in which tables are taken back.
_TAKING: Final[Mapping[str, Callable[[Session, ImportRun, Sequence[Written]], Moves | None]]] = {
    "application": _applications,
    "trainee": _trainees,
    "score": _scores,
    "admission": _admissions,
    "plan": _places,
    "employer": _reference,
    "bar": _reference,
    "base": _reference,
    "specialty": _reference,
}
