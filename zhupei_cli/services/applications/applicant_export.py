"""Applicants as the workbook they came in: what is written here imports again and changes nothing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy.orm import Session

from zhupei_cli.acting import Acting
from zhupei_cli.model import Batch
from zhupei_cli.rules.people.field_values import text_of
from zhupei_cli.rules.people.profile import highest
from zhupei_cli.services.applications import store
from zhupei_cli.services.applications.listing import Filter, list_applications
from zhupei_cli.services.applications.store import ASKED, Stored
from zhupei_cli.services.people import profiles
from zhupei_cli.services.people.lower_levels import latest
from zhupei_cli.services.people.profiles import Entry, Profile, current_work
from zhupei_cli.services.records.base_books import Texts
from zhupei_cli.services.records.events import Change, record
from zhupei_cli.services.records.lookup import Names, base_names, specialty_names
from zhupei_cli.sheets.kinds.workbook_kinds import EDUCATION
from zhupei_cli.words.codes import LEVEL
from zhupei_cli.words.vocabulary import ApplicationStatus

_BACHELOR: Final = LEVEL.parse("本科")
#: What may stand in an education row only together.
_WHOLE: Final = tuple(
    column.key for column in EDUCATION.columns if column.required and column.key != "id_number"
)
_OPEN: Final = (ApplicationStatus.DRAFT, ApplicationStatus.RETURNED)


@dataclass(slots=True)
class Applicants:
    """Rows of the three sheets, texts by the keys of their kinds."""

    people: list[Texts] = field(default_factory=list)
    educations: list[Texts] = field(default_factory=list)
    works: list[Texts] = field(default_factory=list)


def export_applicants(session: Session, batch: Batch, chosen: Filter, *, by: Acting) -> Applicants:
    """Return the applicants of a batch, withdrawn ones left out, and record that the list leaves.

    What was submitted is shown as it was submitted, the rest as it is now. ID numbers are whole.
    """
    listed = list_applications(session, batch, chosen, reveal=True)
    numbers = [row["application_no"] for row in listed if row["status"] != ApplicationStatus.WITHDRAWN]
    stored = store.load_by_number(session, batch, numbers)
    in_order = [stored[number] for number in numbers]
    submitted = store.load_snapshots(session, [one for one in in_order if one.status not in _OPEN])
    live = profiles.load_profiles_by_id(
        session, (one.trainee_id for one in in_order if one.id not in submitted)
    )
    found = Applicants()
    naming = base_names(session), specialty_names(session)
    for one in in_order:
        profile = submitted.get(one.id) or live[one.trainee_id]
        _add(found, profile, one, *naming)
    record(session, by, [Change("export.applicants", batch.code, batch.id, data={"rows": len(found.people)})])
    return found


def _add(found: Applicants, profile: Profile, one: Stored, bases: Names, specialties: Names) -> None:
    top = highest(profile.educations) or {}
    bachelor = _bachelor(profile, top)
    work = current_work(profile) or {}
    values: Entry = {
        **profile.person,
        **{name: top.get(name) for name in profiles.EDUCATION_COLUMNS},
        "bachelor_school": bachelor.get("school"),
        "bachelor_major": bachelor.get("major"),
        "bachelor_graduated_on": bachelor.get("graduated_on"),
        "employer_name": work.get("employer_name"),
        "employer_uscc": work.get("employer_uscc"),
        **_form(one, bases, specialties),
    }
    number = profile.person["id_number"]
    found.people.append(texts_of(values))
    for entry in profile.educations:
        if entry is not top and all(entry.get(name) is not None for name in _WHOLE):
            found.educations.append(texts_of({"id_number": number, **entry}))
    for entry in _plain_works(profile):
        found.works.append(texts_of({"id_number": number, **entry}))


def _bachelor(profile: Profile, top: Entry) -> Entry:
    """Return the bachelor's entry below the highest one; nothing where the highest is one itself."""
    if not top or top["level"] == _BACHELOR:
        return {}
    return latest(profile.educations, "bachelor") or {}


def _plain_works(profile: Profile) -> Iterable[Entry]:
    """Yield the work entries that a row can only mean themselves: employer and start say which one it is."""
    undated: set[str] = set()
    for entry in profile.works:
        current = entry.get("to_date") is None
        if entry["employer_name"] not in undated and (profile.person.get("has_employer") or not current):
            yield entry
        if entry.get("from_date") is None:
            undated.add(entry["employer_name"])


def _form(one: Stored, bases: Names, specialties: Names) -> Entry:
    form = one.form
    (base, specialty), *rest = form.choices
    values: Entry = {
        **dict(zip(ASKED, form[:-1], strict=True)),
        "specialty": _named(specialty, specialties),
        "choice1_base": _named(base, bases),
    }
    for second, other in rest[:1]:
        values["choice2_base"] = _named(second, bases)
        if other != specialty:
            values["choice2_specialty"] = _named(other, specialties)
    return values


def _named(code: str, names: Names) -> str:
    """Return the name where it means this entry alone, else the code."""
    label = names.labels[code]
    return label if names.find(label) == code else code


def texts_of(values: Mapping[str, object]) -> Texts:
    """Return what is there as people write it in a workbook, by key."""
    return {name: text_of(name, value) for name, value in values.items() if value is not None}
