"""Profiles (学员信息): read whole, merged with what a row says, compared, written set-based."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import zip_longest
from math import inf
from operator import methodcaller
from typing import Any, Final, NamedTuple

from sqlalchemy import Row, Table, select
from sqlalchemy.orm import Session

from zhupei_cli.model import Education, Trainee, Work
from zhupei_cli.rules.people.dates import day_of
from zhupei_cli.rules.proof.digests import row_digest
from zhupei_cli.store.bulk import insert_rows, rows_of, update_rows
from zhupei_cli.store.counters import take

#: A person, an education or a work entry by field. Any: each has a kind of its own, as in FieldValues.
Entry = dict[str, Any]
PersonKey = tuple[str, str]

_TRAINEE: Table = Trainee.metadata.tables["trainee"]
_EDUCATION: Table = Education.metadata.tables["education"]
_WORK: Table = Work.metadata.tables["work"]

#: Columns of a person that people fill in; the rest of the table is ours.
PERSON_COLUMNS = tuple(
    column.name
    for column in _TRAINEE.columns
    if column.name not in ("id", "created_at", "updated_at", "touched_by")
)
EDUCATION_COLUMNS = tuple(
    column.name for column in _EDUCATION.columns if column.name not in ("id", "trainee_id")
)
WORK_COLUMNS = tuple(column.name for column in _WORK.columns if column.name not in ("id", "trainee_id"))

#: The columns that digests were first made of, in this order for good. What came later, or will, is named in
#: them, and only where it says something: what is stored keeps the digest that its event has.
_DIGESTED_PERSON: Final = (
    "id_type",
    "id_number",
    "name",
    "gender",
    "birth_date",
    "ethnicity",
    "political_status",
    "marital_status",
    "origin_province",
    "mobile",
    "email",
    "address",
    "emergency_name",
    "emergency_phone",
    "licence_passed",
    "licence_no",
    "has_employer",
)
_DIGESTED_EDUCATION: Final = (
    "level",
    "school",
    "major",
    "graduated_on",
    "full_time",
    "degree",
    "degree_type",
    "diploma_no",
    "degree_no",
    "is_fresh",
)
_DIGESTED_WORK: Final = ("employer_name", "employer_uscc", "department", "position", "from_date", "to_date")


def _later(columns: Sequence[str], digested: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for name in columns if name not in digested)


_LATER_PERSON: Final = _later(PERSON_COLUMNS, _DIGESTED_PERSON)
_LATER_EDUCATION: Final = _later(EDUCATION_COLUMNS, _DIGESTED_EDUCATION)
_LATER_WORK: Final = _later(WORK_COLUMNS, _DIGESTED_WORK)


_DATES: Final = {"birth_date", "graduated_on", "from_date", "to_date"}


def _day_places(columns: Sequence[str]) -> tuple[int, ...]:
    return tuple(at for at, name in enumerate(columns) if name in _DATES)


_PERSON_DAYS: Final = _day_places(PERSON_COLUMNS)
_EDUCATION_DAYS: Final = _day_places(EDUCATION_COLUMNS)
_WORK_DAYS: Final = _day_places(WORK_COLUMNS)


class PersonRows(NamedTuple):
    """A new person as rows of `trainee`, `education` and `work`, each without its ids; days are ISO texts."""

    person: tuple[object, ...]
    educations: tuple[tuple[object, ...], ...]
    works: tuple[tuple[object, ...], ...]


@dataclass(slots=True)
class Profile:
    """One person: the columns of `trainee` and the entries of `education` and `work`.

    `id` is None until the person is stored; an entry's `id` likewise.
    """

    id: int | None = None
    person: Entry = field(default_factory=dict)
    educations: list[Entry] = field(default_factory=list)
    works: list[Entry] = field(default_factory=list)

    @property
    def key(self) -> PersonKey:
        """The pair that says who this is."""
        return self.person["id_type"], self.person["id_number"]


def load_profiles(session: Session, numbers: Iterable[str]) -> dict[PersonKey, Profile]:
    """Return the stored profiles with these ID numbers, by (id_type, id_number)."""
    statement = select(_TRAINEE.c.id, *(_TRAINEE.c[name] for name in PERSON_COLUMNS))
    rows = rows_of(session, statement, _TRAINEE.c.id_number, numbers)
    return {profile.key: profile for profile in _with_entries(session, rows)}


def known_numbers(session: Session, numbers: Iterable[str]) -> int:
    """Return how many people with these ID numbers are stored."""
    return sum(1 for _ in rows_of(session, select(_TRAINEE.c.id), _TRAINEE.c.id_number, numbers))


def load_profiles_by_id(session: Session, ids: Iterable[int]) -> dict[int, Profile]:
    """Return the stored profiles with these ids."""
    statement = select(_TRAINEE.c.id, *(_TRAINEE.c[name] for name in PERSON_COLUMNS))
    rows = rows_of(session, statement, _TRAINEE.c.id, ids)
    return {profile.id: profile for profile in _with_entries(session, rows) if profile.id is not None}


def _with_entries(session: Session, rows: Iterable[Row[*tuple[Any, ...]]]) -> list[Profile]:
    profiles = {row[0]: Profile(row[0], dict(zip(PERSON_COLUMNS, row[1:], strict=True))) for row in rows}
    for table, columns, part in (
        (_EDUCATION, EDUCATION_COLUMNS, "educations"),
        (_WORK, WORK_COLUMNS, "works"),
    ):
        statement = select(table.c.trainee_id, table.c.id, *(table.c[name] for name in columns))
        for row in rows_of(session, statement, table.c.trainee_id, profiles):
            getattr(profiles[row[0]], part).append(dict(zip(("id", *columns), row[1:], strict=True)))
    return list(profiles.values())


def write_profiles(
    session: Session,
    changes: Sequence[tuple[Profile | None, Profile]],
    *,
    at: datetime,
    seq: int,
) -> None:
    """Store each changed (before, after); new persons and further entries of others get their ids here."""
    new = [after for before, after in changes if before is None]
    ids = insert_people(session, list(map(person_rows, new)), at=at, seq=seq)
    for profile, number in zip(new, ids, strict=True):
        profile.id = number
    changed = [after for before, after in changes if before is not None]
    update_rows(
        session,
        _TRAINEE,
        ("id",),
        (*PERSON_COLUMNS, "updated_at", "touched_by"),
        [(after.id, *map(after.person.get, PERSON_COLUMNS), at, seq) for after in changed],
    )
    known = [(before, after) for before, after in changes if before is not None]
    _write_entries(session, known, table=_EDUCATION, columns=EDUCATION_COLUMNS, part="educations")
    _write_entries(session, known, table=_WORK, columns=WORK_COLUMNS, part="works")


def person_rows(profile: Profile) -> PersonRows:
    """Return what a new person is stored as."""
    return PersonRows(
        _row(profile.person, PERSON_COLUMNS, _PERSON_DAYS),
        tuple([_row(entry, EDUCATION_COLUMNS, _EDUCATION_DAYS) for entry in profile.educations]),
        tuple([_row(entry, WORK_COLUMNS, _WORK_DAYS) for entry in profile.works]),
    )


def _row(entry: Entry, columns: Sequence[str], days: Sequence[int]) -> tuple[object, ...]:
    row = list(map(entry.get, columns))
    for at in days:
        if (day := row[at]) is not None:
            row[at] = day.isoformat()
    return tuple(row)


def insert_people(session: Session, people: Sequence[PersonRows], *, at: datetime, seq: int) -> range:
    """Store new people with their entries, and return their ids."""
    if not people:
        return range(0)
    ids = take(session, "trainee", len(people))
    columns = ("id", *PERSON_COLUMNS, "created_at", "updated_at", "touched_by")
    rows = ((id_, *one.person, at, at, seq) for id_, one in zip(ids, people, strict=True))
    insert_rows(session, _TRAINEE, columns, rows)
    educations = [(id_, row) for id_, one in zip(ids, people, strict=True) for row in one.educations]
    _insert_entries(session, _EDUCATION, EDUCATION_COLUMNS, educations)
    works = [(id_, row) for id_, one in zip(ids, people, strict=True) for row in one.works]
    _insert_entries(session, _WORK, WORK_COLUMNS, works)
    return ids


def _insert_entries(
    session: Session, table: Table, columns: Sequence[str], entries: Sequence[tuple[int, tuple[object, ...]]]
) -> None:
    if entries:
        numbers = take(session, table.name, len(entries))
        rows = ((number, owner, *row) for number, (owner, row) in zip(numbers, entries, strict=True))
        insert_rows(session, table, ("id", "trainee_id", *columns), rows)


def _write_entries(
    session: Session,
    changes: Sequence[tuple[Profile, Profile]],
    *,
    table: Table,
    columns: tuple[str, ...],
    part: str,
) -> None:
    inserts: list[tuple[int | None, Entry]] = []
    updates: list[Entry] = []
    for before, after in changes:
        stored = {entry["id"]: entry for entry in getattr(before, part)}
        for entry in getattr(after, part):
            if "id" not in entry:
                inserts.append((after.id, entry))
            elif entry != stored[entry["id"]]:
                updates.append(entry)
    for (_, entry), number in zip(
        inserts, take(session, table.name, len(inserts)) if inserts else (), strict=True
    ):
        entry["id"] = number
    insert_rows(
        session,
        table,
        ("id", "trainee_id", *columns),
        ((entry["id"], owner, *map(entry.get, columns)) for owner, entry in inserts),
    )
    update_rows(
        session,
        table,
        ("id",),
        columns,
        [(entry["id"], *map(entry.get, columns)) for entry in updates],
    )


def copy_of(profile: Profile) -> Profile:
    """Return a profile that can be changed without changing `profile`."""
    return Profile(
        profile.id,
        dict(profile.person),
        [dict(entry) for entry in profile.educations],
        [dict(entry) for entry in profile.works],
    )


def current_work(profile: Profile) -> Entry | None:
    """Return the current employer's entry: no end date, the latest start."""
    if not profile.person.get("has_employer"):
        return None
    open_ended = [entry for entry in profile.works if entry.get("to_date") is None]
    return max(open_ended, key=lambda entry: entry.get("from_date") or date.min, default=None)


def differences(before: Profile, after: Profile) -> list[tuple[str, object, object]]:
    """Return (field, old, new) for everything that differs, entries named like `education.school`."""
    found = [
        (name, before.person.get(name), after.person.get(name))
        for name in PERSON_COLUMNS
        if before.person.get(name) != after.person.get(name)
    ]
    nothing: Entry = {}
    # Entries keep their places when a profile is copied; new ones come after them.
    for part, label, columns in (
        ("educations", "education", EDUCATION_COLUMNS),
        ("works", "work", WORK_COLUMNS),
    ):
        for old, new in zip_longest(getattr(before, part), getattr(after, part), fillvalue=nothing):
            found += [
                (f"{label}.{name}", old.get(name), new.get(name))
                for name in columns
                if old.get(name) != new.get(name)
            ]
    return found


def content_of(profile: Profile) -> str:
    """Return the whole profile as the JSON text a snapshot keeps; dates as ISO texts."""
    entries = {"educations": profile.educations, "works": profile.works}
    parts = {name: [_without_id(entry) for entry in part] for name, part in entries.items()}
    return _json({"person": profile.person, **parts})


def profile_digest(profile: Profile) -> str:
    """Return the digest of a profile and its entries, stored ones by their numbers, new ones after them."""
    person = profile.person
    values = [*map(person.get, _DIGESTED_PERSON)]
    later = [f"{name}={person[name]}" for name in _LATER_PERSON if person.get(name) is not None]
    for entries, columns, newer in (
        (profile.educations, _DIGESTED_EDUCATION, _LATER_EDUCATION),
        (profile.works, _DIGESTED_WORK, _LATER_WORK),
    ):
        for number, entry in enumerate(sorted(entries, key=_number) if len(entries) > 1 else entries, 1):
            values += map(entry.get, columns)
            later += [f"{number}.{name}={entry[name]}" for name in newer if entry.get(name) is not None]
    return row_digest([*values, *later])


def _number(entry: Entry) -> float:
    number: float = entry.get("id", inf)
    return number


def image_of(profile: Profile, stamp: Sequence[object]) -> str:
    """Return the profile with its entries' ids and its row's stamp as JSON: what an undo puts back."""
    entries = {"educations": profile.educations, "works": profile.works}
    return _json({"person": profile.person, **entries, "stamp": stamp})


_json = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=methodcaller("isoformat")
).encode


def _without_id(entry: Entry) -> Entry:
    return {name: value for name, value in entry.items() if name != "id" and value is not None}


def profile_of(content: str) -> Profile:
    """Read back what `content_of` or `image_of` wrote."""
    parts = json.loads(content)
    for entry in (parts["person"], *parts["educations"], *parts["works"]):
        for name in _DATES & entry.keys():
            entry[name] = entry[name] and day_of(entry[name])
    return Profile(None, parts["person"], parts["educations"], parts["works"])
