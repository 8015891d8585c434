"""Checking a form and its person against the batch: plan, settings and the identity rules."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from zhupei_cli.model import Batch, Plan, Specialty, TrainingBase
from zhupei_cli.rules.batch.settings import BatchSettings, parse
from zhupei_cli.rules.eligibility.check import check
from zhupei_cli.rules.eligibility.requirement import NO_PAST, Applicant, Past, Terms
from zhupei_cli.rules.people.fields import FORM, FORM_LABELS, FieldValues
from zhupei_cli.rules.people.profile import highest
from zhupei_cli.services.applications.store import ASKED, Form
from zhupei_cli.services.people.profiles import Profile, current_work
from zhupei_cli.services.records.lookup import Names, match_key, settings_of
from zhupei_cli.sheets.kinds.cells import CLEAR
from zhupei_cli.words.errors import Fault
from zhupei_cli.words.vocabulary import IDENTITY


@dataclass(frozen=True, slots=True)
class Checks:
    """Everything a form is checked against, read once per command."""

    year: int
    settings: BatchSettings
    bases: Names
    specialties: Names
    categories: Mapping[str, str | None]
    places: Mapping[tuple[str, str], bool]
    """(base, specialty) → stopped"""
    employers: Mapping[str, str]
    """uscc, name and alias of each base → its code"""
    terms: Terms


def load_checks(session: Session, batch: Batch) -> Checks:
    """Read what forms of `batch` are checked against: five queries, whatever the number of forms."""
    bases = session.execute(
        select(
            *(TrainingBase.code, TrainingBase.name, TrainingBase.aliases, TrainingBase.uscc),
            TrainingBase.main_code,
        )
    ).all()
    specialties = session.execute(
        select(Specialty.code, Specialty.name, Specialty.aliases, Specialty.category)
    ).all()
    places = session.execute(
        select(Plan.base_code, Plan.specialty_code, Plan.stopped).where(Plan.batch_id == batch.id)
    )
    employers = {
        match_key(word): row.code
        for row in bases
        for word in (row.name, row.uscc, *row.aliases.split("|"))
        if word
    }
    settings = parse(settings_of(session, batch))
    names = Names((row.code, row.name, row.aliases) for row in specialties)
    named = Names(
        ((row.code, row.name, row.aliases) for row in bases),
        {row.code: row.main_code for row in bases if row.main_code},
    )
    return Checks(
        batch.year,
        settings,
        named,
        names,
        {row.code: row.category for row in specialties},
        {(row.base_code, row.specialty_code): row.stopped for row in places},
        employers,
        Terms(
            batch.year,
            settings.grad_years,
            names.codes_of(settings.order_specialties),
            names.labels,
            settings.source_types,
            named.labels,
        ),
    )


class Parts(NamedTuple):
    """A form as far as it could be read: what is missing or names nothing is None."""

    identity: str | None
    source_type: str | None
    train_years: int | None
    accept_adjust: bool | None
    choices: tuple[tuple[str | None, str | None], ...]


def read_form(values: FieldValues, checks: Checks) -> tuple[Form | Parts, list[Fault]]:
    """Make a form of named values, its parts where it is none; all that is wrong with each field.

    What can be looked at is looked at, however much else is missing: nobody mends a row twice.
    """
    faults: list[Fault] = []
    if not values.keys() >= _REQUIRED or CLEAR in values.values():  # of nearly nobody
        faults += _lacking(values)
        values = _left(values)
    bases: dict[str, str] = {}
    specialties: dict[str, str] = {}
    for name in ("choice1_base", "choice2_base"):
        if word := values.get(name):
            if code := checks.bases.find(word):
                bases[name] = code
            else:
                near = checks.bases.nearest(word)
                faults.append(Fault("E302", name, values={"base": word, "nearest": near}))
    for name in ("specialty", "choice2_specialty"):
        if word := values.get(name):
            if code := checks.specialties.find(word):
                specialties[name] = code
            else:
                near = checks.specialties.nearest(word)
                faults.append(Fault("E303", name, values={"specialty": word, "nearest": near}))
    if "choice2_specialty" in values and "choice2_base" not in values:
        faults.append(Fault("E252", "choice2_base"))
    first = specialties.get("specialty")
    choices: tuple[tuple[str | None, str | None], ...] = ((bases.get("choice1_base"), first),)
    if "choice2_base" in values:
        second = specialties.get("choice2_specialty") if "choice2_specialty" in values else first
        choices += ((bases.get("choice2_base"), second),)
    make = Parts if faults else Form
    form = make._make((*map(values.get, ASKED), choices))  # a Form lacks nothing
    return form, [*faults, *form_faults(form, checks)]


def _left(values: Mapping[str, object]) -> dict[str, object]:
    """Return what 清空 leaves of a form: a second choice without its base is none."""
    gone = {name for name, value in values.items() if value is CLEAR}
    if "choice2_base" in gone:
        gone.add("choice2_specialty")
    return {name: value for name, value in values.items() if name not in gone}


REQUIRED: Final = tuple(field.key for field in FORM if field.required)
_REQUIRED: Final = frozenset(REQUIRED)


def _lacking(values: Mapping[str, object]) -> Iterator[Fault]:
    for name in REQUIRED:
        if name not in values:
            yield Fault("E251", name, values={"label": FORM_LABELS[name]})
        elif values[name] is CLEAR:
            yield Fault("E051", name, values={"heading": FORM_LABELS[name]})


def form_faults(form: Form | Parts, checks: Checks) -> Iterator[Fault]:
    """Yield what the batch's plan and settings have against the form (指南 二.3, 第四步、第五步)."""
    settings = checks.settings
    if form.identity is not None and form.identity not in settings.identities:
        words = "、".join(map(IDENTITY.label, settings.identities))
        values = {"identity": IDENTITY.label(form.identity), "choices": words}
        yield Fault("E762", "identity", values=values)
    if form.source_type is not None and form.source_type not in settings.source_types:
        words = "、".join(settings.source_types)
        yield Fault("E253", "source_type", values={"value": form.source_type, "choices": words})
    if form.train_years is not None and not 1 <= form.train_years <= 3:
        yield Fault("E254", "train_years", values={"value": form.train_years})
    known = [(base, specialty) for base, specialty in form.choices if base and specialty]
    if len(set(known)) < len(known):
        yield Fault("E255", "choice2_base", values={"base": checks.bases.labels[known[0][0]]})
    if settings.same_specialty and len({specialty for _, specialty in form.choices if specialty}) > 1:
        yield Fault("E256", "choice2_specialty")
    for number, (base, specialty) in enumerate(form.choices, 1):
        if base is None or specialty is None:
            continue
        stopped = checks.places.get((base, specialty))
        if stopped is not False:
            values = {"base": checks.bases.labels[base], "specialty": checks.specialties.labels[specialty]}
            yield Fault("E257" if stopped is None else "E258", f"choice{number}_base", values=values)


def identity_faults(
    profile: Profile,
    form: Form | Parts,
    checks: Checks,
    unread: Collection[str] = (),
    past: Past = NO_PAST,
) -> list[Fault]:
    """Return what the identity rules say, each with the severity the batch gives it.

    Rules that look at what is `unread`, by key, say nothing. `past` is what other years say (past.py).
    """
    education = highest(profile.educations) or {}
    work = current_work(profile)
    person = profile.person
    order_base = person.get("order_base")
    employer = None
    if work is not None:
        by_uscc = checks.employers.get(match_key(work.get("employer_uscc") or ""))
        employer = by_uscc or checks.employers.get(match_key(work.get("employer_name") or ""))
    applicant = Applicant(
        identity=form.identity,
        level=education.get("level"),
        full_time=education.get("full_time"),
        degree=education.get("degree"),
        degree_type=education.get("degree_type"),
        graduated_on=education.get("graduated_on"),
        major=education.get("major"),
        employer_name=None if work is None else work.get("employer_name"),
        employer_base=employer,
        train_years=form.train_years,
        specialty_category=checks.categories.get(form.choices[0][1] or ""),
        choice1_base=form.choices[0][0],
        source_type=form.source_type,
        past=past,
        by_order=person.get("order_oriented"),
        order_base=order_base and (checks.bases.find(order_base) or order_base),
        specialties=tuple([specialty for _, specialty in form.choices if specialty]),
    )
    return check(applicant, checks.terms, severities=checks.settings.severities, unread=unread)
