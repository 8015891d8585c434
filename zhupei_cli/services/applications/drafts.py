"""Entering an application (指南 二.3): a new draft, and what is not submitted changed."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from zhupei_cli.acting import Acting
from zhupei_cli.model import Batch
from zhupei_cli.rules.batch import lifecycle
from zhupei_cli.rules.eligibility.requirement import NO_PAST, Past
from zhupei_cli.rules.people.fields import FORM_LABELS
from zhupei_cli.services.applications import store
from zhupei_cli.services.applications.entry import require_entry
from zhupei_cli.services.applications.form_checks import (
    Checks,
    Parts,
    identity_faults,
    load_checks,
    read_form,
)
from zhupei_cli.services.applications.past import load_past
from zhupei_cli.services.applications.store import Form
from zhupei_cli.services.people import fields, profiles
from zhupei_cli.services.people.merging import incomplete
from zhupei_cli.services.people.profiles import Profile
from zhupei_cli.services.records.events import Change, record
from zhupei_cli.sheets.kinds.cells import CLEAR
from zhupei_cli.sheets.kinds.workbook_kinds import PERSON
from zhupei_cli.words.errors import Fault, ZhupeiError, unread_of
from zhupei_cli.words.vocabulary import APPLICATION_STATUS, YES_NO, flag_label

#: What is given for a form: words as people write them, by key of FORM_LABELS.
GivenWords = Mapping[str, str]

_COLUMNS = tuple(column for column in PERSON.columns if column.key in FORM_LABELS)


@dataclass(frozen=True, slots=True)
class Entered:
    """What became of a form: the number it is stored under, None when it was refused, and what was found."""

    application_no: str | None
    findings: list[Fault]
    changed: tuple[str, ...] = ()


def require_free(session: Session, batch: Batch, profile: Profile) -> None:
    """Raise E455 when the person has a live application to the batch already, E452 with a seat of its year.

    A seat counts from publication on: before it nobody may learn of it.
    """
    assert profile.id is not None
    live = store.load_live(session, batch, (profile.id,)).get(profile.id)
    if live is not None:
        status = APPLICATION_STATUS.label(live.status)
        raise ZhupeiError("E455", name=profile.person["name"], number=live.application_no, status=status)
    holder = store.load_seated(session, batch, (profile.id,)).get(profile.id)
    if holder is not None:
        raise ZhupeiError("E452", name=profile.person["name"], year=batch.year, batch=holder)


def enter(
    session: Session,
    batch: Batch,
    profile: Profile,
    given: GivenWords,
    *,
    by: Acting,
    late_reason: str | None = None,
) -> Entered:
    """Store a new draft; a finding of severity error refuses it.

    Raises E450 outside the batch's dates, unless there is a reason to be late, E455 for a second one.
    """
    require_entry(batch, by, late=late_reason is not None)
    require_free(session, batch, profile)
    assert profile.id is not None
    past = load_past(session, batch, {profile.key: profile.id}).get(profile.key, NO_PAST)
    form, findings = examine_draft(profile, given, load_checks(session, batch), past)
    if form is None or is_refused(findings):
        return Entered(None, findings)
    (draft,) = store.add_applications(session, batch, [(profile.id, form)], by=by, seq=0)
    number = draft.application_no
    digest = store.form_digest(profile.id, form)
    data = {"form": form_cells(form), "digest": digest, "late": late_reason is not None}
    change = Change("application.new", number, batch.id, after=draft.status, reason=late_reason, data=data)
    seqs = record(session, by, [change])
    # The event names the number, so it comes second; only then can the row name its event.
    store.set_status(session, [(draft.id, draft.status)], seq=seqs[-1])
    return Entered(number, findings)


def edit(
    session: Session,
    batch: Batch,
    number: str,
    given: GivenWords,
    *,
    by: Acting,
    late_reason: str | None = None,
) -> Entered:
    """Change what a draft or returned application asks for; what is not given stays.

    清空 as second choice takes it out. Raises E402 for what is submitted, E450 as `enter` does.
    """
    require_entry(batch, by, late=late_reason is not None)
    stored = store.find_stored(session, batch, number)
    lifecycle.step(lifecycle.APPLICATION, stored.status, "edit", name=number)
    profile = profiles.load_profiles_by_id(session, (stored.trainee_id,))[stored.trainee_id]
    before = form_cells(stored.form)
    past = load_past(session, batch, {profile.key: profile.id}).get(profile.key, NO_PAST)
    form, findings = examine_draft(profile, merged(before, given), load_checks(session, batch), past)
    if form is None or is_refused(findings):
        return Entered(None, findings)
    after = form_cells(form)
    changed = tuple(key for key in FORM_LABELS if before.get(key) != after.get(key))
    if changed:
        digest = store.form_digest(stored.trainee_id, form)
        data = {"before": before, "after": after, "digest": digest, "late": late_reason is not None}
        states = (stored.status, stored.status)
        change = Change("application.edit", number, batch.id, *states, late_reason, data)
        seqs = record(session, by, [change])
        store.change_forms(session, batch, [(stored.id, form)], seq=seqs[-1])
    return Entered(number, findings, changed)


def examine_draft(
    profile: Profile, given: GivenWords, checks: Checks, past: Past = NO_PAST
) -> tuple[Form | None, list[Fault]]:
    """Return the form that is given, None when it cannot be read, and all that is wrong with it."""
    values, findings = fields.read_fields(given, _COLUMNS)
    unread = unread_of(findings)
    form, faults = read_form(values, checks)
    findings += [fault for fault in faults if fault.field not in unread]
    findings += incomplete(profile)
    findings += identity_faults(profile, form, checks, unread | unread_of(faults), past)
    return form if isinstance(form, Form) and not unread else None, findings


def spoken_against(session: Session, batch: Batch, profile: Profile) -> list[Fault]:
    """Return what other years say against a person, whatever they would ask for: told before any form."""
    assert profile.id is not None
    past = load_past(session, batch, {profile.key: profile.id}).get(profile.key, NO_PAST)
    nothing = Parts(None, None, None, None, ((None, None),))
    found = identity_faults(profile, nothing, load_checks(session, batch), past=past)
    return [fault for fault in found if str(fault.values["rule"]).startswith("person.")]


def is_refused(findings: list[Fault]) -> bool:
    """Return whether one of the findings is an error."""
    return any(fault.severity == "error" for fault in findings)


def form_cells(form: Form) -> dict[str, str]:
    """Return the form by key, as `examine_draft` reads it back; choices are codes."""
    (base, specialty), *second = form.choices
    cells = {
        "identity": form.identity,
        "source_type": form.source_type,
        "train_years": str(form.train_years),
        "specialty": specialty,
        "choice1_base": base,
        "accept_adjust": flag_label(YES_NO, form.accept_adjust),
    }
    for base2, specialty2 in second[:1]:
        cells["choice2_base"] = base2
        if specialty2 != specialty:
            cells["choice2_specialty"] = specialty2
    return cells


def merged(before: GivenWords, given: GivenWords) -> dict[str, str]:
    """Return a form's cells with what is given in their place; 清空 takes a cell out."""
    after = {**before, **given}
    if after.get("choice2_base") == CLEAR.value:
        after.pop("choice2_specialty", None)
    return {key: cell for key, cell in after.items() if cell != CLEAR.value}
