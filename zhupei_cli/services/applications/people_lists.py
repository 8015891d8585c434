"""People as the province looks at them: listed, shown whole, checked, and what was done to them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, Table, select
from sqlalchemy.orm import Session

from zhupei_cli.acting import Acting
from zhupei_cli.model import Account, Application, Batch, Trainee, TraineePhoto
from zhupei_cli.rules.people.field_values import shown_fields
from zhupei_cli.rules.people.profile import highest
from zhupei_cli.services.applications.listing import Filter, list_applications
from zhupei_cli.services.people import fields
from zhupei_cli.services.people.merging import incomplete
from zhupei_cli.services.people.people import EDUCATION_PART, WORK_PART, EntryPart, subject_of
from zhupei_cli.services.people.profiles import Profile, current_work, load_profiles_by_id
from zhupei_cli.services.people.whom import find_person
from zhupei_cli.services.records.events import Change, record
from zhupei_cli.words.vocabulary import BUSINESS, ROLE

_TRAINEE: Table = Trainee.metadata.tables["trainee"]
_ACCOUNT: Table = Account.metadata.tables["account"]
_PHOTO: Table = TraineePhoto.metadata.tables["trainee_photo"]


@dataclass(frozen=True, slots=True)
class PeopleFilter:
    """Which people a list holds; empty means all."""

    name: str | None = None
    school: str | None = None
    account: bool | None = None
    limit: int | None = None


def list_people(
    session: Session, chosen: PeopleFilter, *, reveal_by: Acting | None = None
) -> list[dict[str, object]]:
    """Return people in the order they came, with their highest education and their account.

    Personal data is masked, unless `reveal_by`, which leaves an event.
    """
    usernames = {row.id: row.username for row in session.execute(_query(chosen))}
    stored = load_profiles_by_id(session, usernames)
    rows = [_listed(stored[one], usernames[one], reveal=reveal_by is not None) for one in usernames]
    if reveal_by is not None:
        record(session, reveal_by, [Change("trainee.reveal", "trainee", data={"rows": len(rows)})])
    return rows


def _query(chosen: PeopleFilter) -> Select[int, str]:
    statement = (
        select(_TRAINEE.c.id, _ACCOUNT.c.username)
        .outerjoin(_ACCOUNT, _ACCOUNT.c.trainee_id == _TRAINEE.c.id)
        .order_by(_TRAINEE.c.id)
        .limit(chosen.limit)
    )
    if chosen.name:
        statement = statement.where(_TRAINEE.c.name.contains(chosen.name, autoescape=True))
    if chosen.school:
        statement = statement.where(Trainee.id.in_(_of_school(chosen.school)))
    if chosen.account is not None:
        there = _ACCOUNT.c.trainee_id.is_not(None)
        statement = statement.where(there if chosen.account else ~there)
    return statement


def _of_school(word: str) -> Select[int]:
    education = Trainee.metadata.tables["education"]
    return select(education.c.trainee_id).where(education.c.school.contains(word, autoescape=True))


def _listed(profile: Profile, username: str | None, *, reveal: bool) -> dict[str, object]:
    person = shown_fields(profile.person, reveal=reveal)
    top = shown_fields(highest(profile.educations) or {}, reveal=reveal)
    keys = ("name", "id_type", "id_type_label", "id_number", "gender", "gender_label", "birth_date", "mobile")
    return {
        **{key: person.get(key) for key in keys},
        **{key: top.get(key) for key in ("level", "level_label", "school", "major")},
        "has_employer": person.get("has_employer"),
        "employer_name": (current_work(profile) or {}).get("employer_name"),
        "username": username,
        "missing": len(list(incomplete(profile))),
    }


def show_person(session: Session, who: str, *, reveal_by: Acting | None = None) -> dict[str, object]:
    """Return one person whole, with what is still missing; masked unless `reveal_by` (an event)."""
    profile = find_person(session, who)
    reveal = reveal_by is not None
    found = {
        **shown_fields(profile.person, reveal=reveal),
        "educations": _entries(profile, EDUCATION_PART, reveal=reveal),
        "works": _entries(profile, WORK_PART, reveal=reveal),
        "photo": session.execute(select(_PHOTO.c.mime).where(_PHOTO.c.trainee_id == profile.id)).scalar(),
        "account": _account(session, profile),
        "applications": _applications(session, profile),
        "missing": [fault.values["label"] for fault in incomplete(profile)],
    }
    if reveal_by is not None:
        record(session, reveal_by, [Change("trainee.reveal", subject_of(profile.id), data={"rows": 1})])
    return found


def list_entries(session: Session, who: str, part: EntryPart) -> list[dict[str, object]]:
    """Return the education or work entries of a person, each with the `id` that removes it; masked."""
    return _entries(find_person(session, who), part, reveal=False)


def _entries(profile: Profile, part: EntryPart, *, reveal: bool) -> list[dict[str, object]]:
    entries = sorted(getattr(profile, part.attribute), key=lambda entry: entry["id"])
    return [shown_fields(entry, reveal=reveal) for entry in entries]


def _account(session: Session, profile: Profile) -> dict[str, object] | None:
    row = session.execute(select(_ACCOUNT).where(_ACCOUNT.c.trainee_id == profile.id)).one_or_none()
    if row is None:
        return None
    return {
        "username": row.username,
        "business": row.business,
        "business_label": BUSINESS.label(row.business),
        "role": row.role,
        "role_label": ROLE.label(row.role),
        "locked_until": row.locked_until,
        "created_at": row.created_at,
    }


def _applications(session: Session, profile: Profile) -> list[dict[str, object]]:
    """Return where each application of a person stands; there are one or two of them."""
    statement = (
        select(Batch, Application.application_no)
        .join(Application, Application.batch_id == Batch.id)
        .where(Application.trainee_id == profile.id)
        .order_by(Application.id)
    )
    rows = [
        list_applications(session, batch, Filter(numbers=(number,)))[0]
        for batch, number in session.execute(statement).all()
    ]
    return [
        {
            "application_no": row["application_no"],
            "status": row["status"],
            "admission_status": row["admission_status"],
            "status_label": row["status_label"],
        }
        for row in rows
    ]


def field_labels(keys: Sequence[str]) -> list[str]:
    """Return the headings of fields as events name them: `mobile`, `education.school`, `photo`."""
    return [_PARTS.get(key) or fields.FIELD_LABELS.get(key.rpartition(".")[2], key) for key in keys]


_PARTS = {"photo": "照片", "education": "教育经历", "work": "工作经历"}
