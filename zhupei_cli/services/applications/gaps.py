"""What is missing or wrong with people, found before a base finds it."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import date
from typing import TypedDict

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from zhupei_cli.acting import Acting
from zhupei_cli.model import Batch, Trainee
from zhupei_cli.rules.batch.settings import parse
from zhupei_cli.rules.eligibility.check import past_faults
from zhupei_cli.rules.eligibility.requirement import NO_PAST
from zhupei_cli.rules.people import idcard
from zhupei_cli.rules.people.masking import mask_id
from zhupei_cli.services.applications import store, years
from zhupei_cli.services.applications.form_checks import form_faults, identity_faults, load_checks
from zhupei_cli.services.applications.past import load_past
from zhupei_cli.services.people import fields
from zhupei_cli.services.people.merging import dates_wrong, incomplete, order_odd, too_long
from zhupei_cli.services.people.profiles import PersonKey, Profile, load_profiles_by_id
from zhupei_cli.services.people.whom import find_person
from zhupei_cli.services.records.lookup import settings_of
from zhupei_cli.store.bulk import in_chunks
from zhupei_cli.store.walls import require_whole
from zhupei_cli.words.errors import Fault
from zhupei_cli.words.vocabulary import ApplicationStatus, BatchStatus

_TRAINEE: Table = Trainee.metadata.tables["trainee"]


class Gap(TypedDict):
    """One thing missing or wrong with a person, or with their form."""

    name: str
    id_number: str
    application_no: str | None
    field: str
    code: str
    severity: str
    message: str
    years: str


def check_people(
    session: Session, *, by: Acting, batch: Batch | None = None, who: str | None = None
) -> Iterator[Gap]:
    """Yield what is missing or wrong with people, or with `who`; with a batch, of its 未提交 and 退回修改.

    With a batch the form is checked too: its plan, and the identity rules with their severities; of who has
    submitted, which nobody changes any more, what other years say is told alone. What other
    years say is told either way, by the rules of the batches that people may still apply to, or of this
    year: of `who` and of applicants as grave as there, of others only who is barred, as a warning. Raises
    E605 for a login that sees no row whole.
    """
    require_whole(session)  # a masked number is a wrong one
    checks = None if batch is None else load_checks(session, batch)
    today = by.today
    people = select(_TRAINEE.c.id).order_by(_TRAINEE.c.id)
    if who is not None:
        people = people.where(_TRAINEE.c.id == find_person(session, who).id)
    coming = _coming(session, by) if batch is None else [batch]
    for ids in in_chunks(list(session.execute(people).scalars())):
        live = {} if batch is None else store.load_live(session, batch, ids)
        open_ = {one: form for one, form in live.items() if form.status in _OPEN}
        asked = batch is None or who is not None
        whole = set(ids) if asked else set(open_)
        applied = {one for one, form in live.items() if form.status in _APPLIED}
        stored = load_profiles_by_id(session, ids if asked else sorted(whole | applied))
        keys = {profile.key: id_ for id_, profile in stored.items()}
        past = {} if batch is None else load_past(session, batch, keys)
        spoken = _against(session, coming, keys, but=open_, asked=who is not None)
        told = years.lines(session, stored, but=batch)
        for one in sorted(stored):
            profile, form = stored[one], open_.get(one)
            number = None if form is None else form.application_no
            faults = list(_profile_faults(profile, today)) if one in whole else []
            if form is not None and checks is not None:
                faults += form_faults(form.form, checks)
                before = past.get(profile.key, NO_PAST)
                faults += identity_faults(profile, form.form, checks, past=before)
            more = spoken.get(one)
            number, faults = (number, faults) if more is None else (more[0], [*faults, *more[1]])
            line = told.get(one, "")
            yield from (_finding(profile, number, fault, years=line) for fault in faults)


#: The states of a batch that people may still apply to, or be refused by.
_COMING = (BatchStatus.DRAFT, BatchStatus.OPEN, BatchStatus.CLOSED)


def _coming(session: Session, by: Acting) -> list[Batch]:
    """Return the batches people may still come to; without any, one that would open now."""
    found = session.execute(select(Batch).where(Batch.status.in_(_COMING)).order_by(Batch.code)).scalars()
    return list(found) or [Batch(year=by.today.year, apply_from=by.at, apply_until=by.at)]


def _against(
    session: Session, batches: list[Batch], people: dict[PersonKey, int], *, but: Collection[int], asked: bool
) -> dict[int, tuple[str | None, list[Fault]]]:
    """Return what other years say of people who are not looked at with a form (`but`), the gravest batch's.

    And the number of their application to it. `asked` about one person all of it is said.
    """
    found: dict[int, tuple[str | None, list[Fault]]] = {}
    for batch in batches:
        past = {people[key]: one for key, one in load_past(session, batch, people).items()}
        past = {one: before for one, before in past.items() if one not in but}
        live = {} if batch.id is None or not past else store.load_live(session, batch, past)
        severities = parse({} if batch.id is None else settings_of(session, batch)).severities
        for one, before in past.items():
            faults = past_faults(before, severities=severities)
            if one not in live and not asked:  # nobody's application: no rule refuses anything
                faults = [replace(fault, severity="warning") for fault in faults if fault.code == "E690"]
            if faults and (one not in found or _grave(faults) > _grave(found[one][1])):
                found[one] = live[one].application_no if one in live else None, faults
    return found


def _grave(faults: list[Fault]) -> int:
    return sum(fault.severity == "error" for fault in faults)


_OPEN = (ApplicationStatus.DRAFT, ApplicationStatus.RETURNED)
#: Whom a base may still approve, or has.
_APPLIED = (ApplicationStatus.SUBMITTED, ApplicationStatus.APPROVED)


def _profile_faults(profile: Profile, today: date) -> Iterator[Fault]:
    yield from incomplete(profile)
    yield from idcard.check_number(*profile.key, today)[1]
    yield from too_long(profile)
    yield from dates_wrong(profile, today)
    yield from order_odd(profile)
    yield from _against_number(profile)
    person = profile.person
    if person.get("has_employer") is False and any(not entry.get("to_date") for entry in profile.works):
        yield Fault("E153", "employer_name")


def _against_number(profile: Profile) -> Iterator[Fault]:
    try:
        facts = idcard.facts(*profile.key)
    except idcard.NotACard:  # the number has its own fault
        return
    for name in ("gender", "birth_date") if facts is not None else ():
        if profile.person.get(name) not in (None, getattr(facts, name)):
            yield Fault("E151", name, values={"label": fields.FIELD_LABELS[name]})


def _finding(profile: Profile, application_no: str | None, fault: Fault, *, years: str) -> Gap:
    return {
        "name": profile.person["name"],
        "id_number": mask_id(profile.person["id_number"]),
        "application_no": application_no,
        "field": fault.field,
        "code": fault.code,
        "severity": fault.severity,
        "message": fault.message,
        "years": years,
    }
