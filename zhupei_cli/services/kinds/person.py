"""People as imports of 学员和报名 write them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from zhupei_cli.model import Account, ImportRun, Trainee, TraineePhoto
from zhupei_cli.rules.people.masking import mask_id
from zhupei_cli.services.kinds.parts.applied import APPLICATION_TABLE
from zhupei_cli.services.kinds.parts.kind import (
    Called,
    Difference,
    Differing,
    Found,
    Key,
    Keys,
    Part,
    Witness,
)
from zhupei_cli.services.kinds.parts.kind import compared_fields as compared
from zhupei_cli.services.kinds.parts.later import latest_event, overwritten, told_in
from zhupei_cli.services.kinds.parts.written import (
    MODEL_TABLES,
    Written,
    by_id,
    delete_of,
    halves,
    load_ids,
    new_of,
)
from zhupei_cli.services.people import profiles
from zhupei_cli.services.people.people import subject_of
from zhupei_cli.services.people.profiles import PERSON_COLUMNS, Profile, load_profiles_by_id, profile_of
from zhupei_cli.services.records.row_stamps import STAMPS, unstamped
from zhupei_cli.store.bulk import delete_rows, in_chunks, rows_of, update_rows

_ACCOUNT: Table = MODEL_TABLES[Account.__tablename__]
_OF_PHOTO = MODEL_TABLES[TraineePhoto.__tablename__].c.trainee_id
_TRAINEE: Table = MODEL_TABLES[Trainee.__tablename__]
_ENTRIES: Final = (("education", profiles.EDUCATION_COLUMNS), ("work", profiles.WORK_COLUMNS))


def _called(session: Session, rows: Sequence[Written]) -> Called:
    found = by_id(session, select(_TRAINEE.c.id, _TRAINEE.c.name, _TRAINEE.c.id_number), rows)
    return {
        row: (subject_of(row.id), f"{one.name} {mask_id(one.id_number)}")
        for row in rows
        if (one := found.get(row.id)) is not None
    }


def _keys(session: Session, rows: Sequence[Written]) -> Mapping[Written, list[Key]]:
    found = by_id(session, select(_TRAINEE.c.id, _TRAINEE.c.id_number), rows)
    return {row: [("person", found[row.id].id_number)] for row in rows}


def _compared(session: Session, _run: ImportRun, rows: Sequence[Written]) -> Differing:
    after = load_profiles_by_id(session, [row.id for row in rows])
    return {row: _of_profile(profile_of(row.before or ""), after[row.id]) for row in rows}


def _of_profile(before: Profile, after: Profile) -> list[Difference]:
    found = compared("", PERSON_COLUMNS, before.person, after.person)
    for part, columns in _ENTRIES:
        stored = {entry["id"]: entry for entry in getattr(before, f"{part}s")}
        for entry in getattr(after, f"{part}s"):
            if entry["id"] in stored:
                differing = compared(f"{part}.", columns, stored[entry["id"]], entry)
                found += [one._replace(of=entry) for one in differing]
            else:  # nothing takes an entry out but a person
                found.append(Difference(part, None, entry, of=entry))
    return found


def _put_back(session: Session, _run: ImportRun, rows: Sequence[Written]) -> None:
    sides = halves(rows)
    for name, _ in _ENTRIES:
        delete_of(session, name, "trainee_id", sides.new)
    delete_of(session, "trainee", "id", sides.new)
    before = {row.id: profile_of(row.before or "") for row, _ in sides.changed}
    values = [
        (row.id, *map(before[row.id].person.get, PERSON_COLUMNS), *unstamped("trainee", image["stamp"]))
        for row, image in sides.changed
    ]
    update_rows(session, _TRAINEE, ("id",), (*PERSON_COLUMNS, *STAMPS["trainee"]), values)
    for name, columns in _ENTRIES:
        _put_entries_back(session, MODEL_TABLES[name], columns, before)


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


def _blocked(session: Session, run: ImportRun, rows: Sequence[Written]) -> Found:
    """Find people who were written since, new ones with photos, accounts, applications of another origin."""
    yield from overwritten(session, _TRAINEE, rows, run.event_seq)
    new = new_of(rows)
    accounts = [id_ for (id_,) in rows_of(session, select(_ACCOUNT.c.trainee_id), _ACCOUNT.c.trainee_id, new)]
    opened = latest_event(session, [subject_of(id_) for id_ in accounts], "account")
    for id_ in accounts:
        yield new[id_], opened.get(subject_of(id_))
    shown = {subject_of(id_): id_ for (id_,) in rows_of(session, select(_OF_PHOTO), _OF_PHOTO, new)}
    told = told_in(session, "trainee_photo", set(shown), after=run.event_seq)
    for subject, id_ in shown.items():
        yield new[id_], told.get(subject)
    own = load_ids(session, run, "application")
    statement = select(APPLICATION_TABLE.c.trainee_id, APPLICATION_TABLE.c.id, APPLICATION_TABLE.c.touched_by)
    for trainee_id, id_, seq in rows_of(session, statement, APPLICATION_TABLE.c.trainee_id, new):
        if id_ not in own:
            yield new[trainee_id], seq


def _witnesses(session: Session, keys: Keys) -> Iterator[Witness]:
    ids = session.execute(select(_TRAINEE.c.id).order_by(_TRAINEE.c.id)).scalars() if keys is None else keys
    for chunk in in_chunks(list(ids)):
        for id_, profile in load_profiles_by_id(session, chunk).items():
            yield None, subject_of(id_), profiles.profile_digest(profile)


PEOPLE: Final = Part(
    entity="trainee",
    label="学员",
    called=_called,
    keys=_keys,
    compared=_compared,
    put_back=_put_back,
    blocked=_blocked,
    witnesses=_witnesses,
)
