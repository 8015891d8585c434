"""One person's profile (指南 二.2): found, edited, its education and work entries kept."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import Table
from sqlalchemy.orm import Session

from zhupei_cli.acting import Acting
from zhupei_cli.model import Education, Trainee, Work
from zhupei_cli.rules.people.masking import mask_id
from zhupei_cli.services.people import bars, fields, photos
from zhupei_cli.services.people.merging import (
    add_education,
    add_work,
    dates_wrong,
    incomplete,
    merge,
    said_by,
    too_long,
)
from zhupei_cli.services.people.photos import Photo
from zhupei_cli.services.people.profiles import (
    Entry,
    Profile,
    copy_of,
    current_work,
    differences,
    profile_digest,
    write_profiles,
)
from zhupei_cli.services.people.whom import find_person
from zhupei_cli.services.records.events import Change, record
from zhupei_cli.sheets.kinds.cells import CLEAR
from zhupei_cli.sheets.kinds.columns import Column
from zhupei_cli.store.bulk import delete_rows, update_rows
from zhupei_cli.words.errors import Fault, ZhupeiError

_TRAINEE: Table = Trainee.metadata.tables["trainee"]


@dataclass(frozen=True, slots=True)
class EntryPart:
    """One kind of entries a profile holds: where they are, what they are called, how one is added."""

    name: str
    attribute: str
    label: str
    table: Table
    columns: Sequence[Column]
    add: Callable[[Profile, Entry], Entry]


EDUCATION_PART = EntryPart(
    "education",
    "educations",
    "教育经历",
    Education.metadata.tables["education"],
    fields.EDITED_EDUCATION,
    add_education,
)
WORK_PART = EntryPart("work", "works", "工作经历", Work.metadata.tables["work"], fields.EDITED_WORK, add_work)


@dataclass(frozen=True, slots=True)
class Edited:
    """Whose profile was changed, the names of the fields, never their values; and what is still missing."""

    trainee_id: int
    name: str
    id_number: str
    fields: tuple[str, ...]
    missing: tuple[str, ...]
    #: What is odd about what was given.
    warnings: tuple[Fault, ...] = ()

    def as_json(self) -> dict[str, object]:
        """Return what scripts read, masked."""
        return {
            "name": self.name,
            "id_number": mask_id(self.id_number),
            "fields": list(self.fields),
            "missing": list(self.missing),
            "warnings": [fault.message for fault in self.warnings],
        }


def subject_of(trainee_id: int | None) -> str:
    """Return what events call a person by: the number of the row, no personal data."""
    return f"trainee {trainee_id}"


def edit_person(
    session: Session,
    who: str,
    given: Mapping[str, str],
    *,
    by: Acting,
    reason: str | None = None,
    photo: Photo | None = None,
    drop_photo: bool = False,
) -> Edited:
    """Change basic and contact fields, qualification and photo; 清空 erases a field.

    No application and no snapshot is touched. Raises E180 with every field that is wrong, E181 for a
    changed name without a reason.
    """
    before = find_person(session, who)
    values, faults = fields.read_fields(given, fields.EDITED_PERSON)
    if values.get("name") is CLEAR:
        faults.append(Fault("E051", "name", values={"heading": "姓名"}))
    if values.get("has_employer") is False and current_work(before) is not None:
        faults.append(Fault("E153", "has_employer"))
    after, more = merge(before, said_by(values))
    warnings = _refuse(before, after, [*faults, *more], today=by.today)
    renamed = after.person["name"] != before.person["name"]
    if renamed and not (reason or "").strip():
        raise ZhupeiError("E181")
    changed = [name for name, _, _ in differences(before, after)]
    assert before.id is not None
    if photo is not None and photos.put(session, before.id, photo):
        changed.append("photo")
    if drop_photo and photos.remove(session, before.id):
        changed.append("photo")
    edited = save_person(session, before, after, changed=changed, action="trainee.edit", by=by, reason=reason)
    if "photo" in changed:
        digest = None if photo is None else photos.photo_digest(photo)
        photos.record_photos(session, [(subject_of(before.id), digest)], by=by)
    return replace(edited, warnings=(*warnings, *edited.warnings))


def add_entry(session: Session, who: str, part: EntryPart, given: Mapping[str, str], *, by: Acting) -> Edited:
    """Add an education or work entry; the same school and level, or employer and start, is mended instead.

    A first current employer answers 是否有工作单位 as well. Raises E180 with everything that is wrong.
    """
    before = find_person(session, who)
    values, faults = fields.read_fields(given, part.columns)
    faults += fields.not_given(values, part.columns, faults)
    after = copy_of(before)
    if not faults:
        entry = part.add(after, {name: None if value is CLEAR else value for name, value in values.items()})
        if part is WORK_PART:
            faults += _work_faults(after, entry)
    warnings = _refuse(before, after, faults, today=by.today)
    changed = [name for name, _, _ in differences(before, after)]
    action = f"trainee.{part.name}.add"
    return replace(
        save_person(session, before, after, changed=changed, action=action, by=by), warnings=warnings
    )


def _work_faults(after: Profile, entry: Entry) -> list[Fault]:
    end = entry.get("to_date")
    if end is None and after.person.get("has_employer") is None:
        after.person["has_employer"] = True
    if end is None and not after.person["has_employer"]:
        return [Fault("E153", "employer_name")]
    return []


def _refuse(before: Profile, after: Profile, faults: Sequence[Fault], *, today: date) -> tuple[Fault, ...]:
    # A date that was wrong before is no reason against another change.
    known = list(dates_wrong(before, today))
    dates = [fault for fault in dates_wrong(after, today) if fault not in known]
    return fields.refuse([*faults, *too_long(after), *dates])


def remove_entry(session: Session, who: str, part: EntryPart, number: int, *, by: Acting) -> Edited:
    """Remove the education or work entry `number` of a person; E311 when it is not one of theirs."""
    profile = find_person(session, who)
    entries: list[Entry] = getattr(profile, part.attribute)
    if number not in [entry["id"] for entry in entries]:
        raise ZhupeiError("E311", what=part.label, number=number, part=part.name)
    entries[:] = [entry for entry in entries if entry["id"] != number]
    data = {"entry": number, "digest": profile_digest(profile)}
    (seq,) = record(session, by, [Change(f"trainee.{part.name}.remove", subject_of(profile.id), data=data)])
    delete_rows(session, part.table, ("id",), [(number,)])
    assert profile.id is not None
    touch(session, profile.id, at=by.at, seq=seq)
    return _edited(profile, (part.name,))


def save_person(
    session: Session,
    before: Profile,
    after: Profile,
    *,
    changed: Sequence[str],
    action: str,
    by: Acting,
    reason: str | None = None,
) -> Edited:
    """Write what changed with its event; nothing when nothing did. Records of conduct follow."""
    left: tuple[Fault, ...] = ()
    if changed:
        data = {"fields": list(changed), "digest": profile_digest(after)}
        (seq,) = record(session, by, [Change(action, subject_of(before.id), reason=reason, data=data)])
        write_profiles(session, [(before, after)], at=by.at, seq=seq)
    if (before.key, before.person["name"]) != (after.key, after.person["name"]):
        left = bars.follow(session, before, after, by=by, reason=reason)
    return replace(_edited(after, changed), warnings=left)


def _edited(profile: Profile, changed: Sequence[str]) -> Edited:
    assert profile.id is not None
    person, lacking = profile.person, tuple(fault.values["label"] for fault in incomplete(profile))
    return Edited(profile.id, person["name"], person["id_number"], tuple(changed), lacking)


def touch(session: Session, trainee_id: int, *, at: datetime, seq: int) -> None:
    """Mark a person as written by the event `seq`."""
    update_rows(session, _TRAINEE, ("id",), ("updated_at", "touched_by"), [(trainee_id, at, seq)])
