"""Submitting (指南 二.3, 提交): from here on an application cannot be changed."""

from collections.abc import Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from zhupei_cli.acting import Acting
from zhupei_cli.model import Application, Batch
from zhupei_cli.rules.batch import lifecycle
from zhupei_cli.rules.eligibility.requirement import NO_PAST, Past
from zhupei_cli.services.applications import store
from zhupei_cli.services.applications.entry import require_entry
from zhupei_cli.services.applications.form_checks import Checks, form_faults, identity_faults, load_checks
from zhupei_cli.services.applications.past import load_past
from zhupei_cli.services.applications.store import Stored
from zhupei_cli.services.people import profiles
from zhupei_cli.services.people.merging import incomplete
from zhupei_cli.services.people.profiles import Profile
from zhupei_cli.services.records.events import Change, record
from zhupei_cli.words.errors import Fault, ZhupeiError
from zhupei_cli.words.vocabulary import ApplicationStatus

#: States an application can be submitted from.
_OPEN = (ApplicationStatus.DRAFT, ApplicationStatus.RETURNED)

NotSubmitted = tuple[str, Fault]
Submitted = tuple[list[str], list[NotSubmitted], list[NotSubmitted]]


def ready_numbers(session: Session, batch: Batch) -> list[str]:
    """Return the numbers of everything that is 未提交 or 退回修改."""
    statement = select(Application.application_no).where(
        Application.batch_id == batch.id, Application.status.in_(_OPEN)
    )
    return sorted(session.execute(statement).scalars())


def submit(
    session: Session,
    batch: Batch,
    numbers: Sequence[str],
    *,
    by: Acting,
    skip_bad: bool = False,
    late_reason: str | None = None,
) -> Submitted:
    """Submit applications, each with a snapshot of its profile; return submitted, refused and warnings.

    One refused refuses all, unless `skip_bad`. Raises E450 outside the batch's dates, unless there is a
    reason to be late, E304 for an unknown number, E454 for one that cannot be submitted.
    """
    require_entry(batch, by, late=late_reason is not None)
    stored = store.load_by_number(session, batch, numbers)
    people = profiles.load_profiles_by_id(session, (one.trainee_id for one in stored.values()))
    checks = load_checks(session, batch)
    past = load_past(session, batch, {profile.key: id_ for id_, profile in people.items()})
    good: list[tuple[Stored, Profile]] = []
    refused: list[NotSubmitted] = []
    warnings: list[NotSubmitted] = []
    for number in dict.fromkeys(numbers):
        one = stored.get(number)
        profile = None if one is None else people[one.trainee_id]
        before = NO_PAST if profile is None else past.get(profile.key, NO_PAST)
        found = list(_faults(number, one, profile, checks, before))
        errors = [(number, fault) for fault in found if fault.severity == "error"]
        refused += errors
        warnings += [(number, fault) for fault in found if fault.severity == "warning"]
        if not errors and one is not None and profile is not None:
            good.append((one, profile))
    if refused and not skip_bad:
        first = refused[0][0]
        if first not in stored:
            store.find_stored(session, batch, first)  # raises E304 with the nearest numbers
        problem = "；".join(fault.message for number, fault in refused if number == first)
        raise ZhupeiError("E454", application_no=first, problem=problem)
    if good:
        taken = store.snapshots_of(good)
        shots = [(one, row) for (one, _), row in zip(good, taken, strict=True)]
        seqs = record(session, by, [_change(batch, one, row, late_reason) for one, row in shots])
        store.set_submitted(session, shots, by=by, seq=seqs[-1])
    return [one.application_no for one, _ in good], refused, warnings


def _faults(
    number: str, one: Stored | None, profile: Profile | None, checks: Checks, past: Past
) -> Iterator[Fault]:
    if one is None or profile is None:
        yield Fault("E304", "application_no", values={"application_no": number, "nearest": ""})
        return
    try:
        lifecycle.step(lifecycle.APPLICATION, one.status, "submit", name=number)
    except ZhupeiError as refusal:
        yield Fault(refusal.code, "status", values=refusal.values)
    else:
        yield from incomplete(profile)
        yield from form_faults(one.form, checks)
        yield from identity_faults(profile, one.form, checks, past=past)


def _change(batch: Batch, one: Stored, snapshot: Sequence[object], late_reason: str | None) -> Change:
    return Change(
        "application.submit",
        one.application_no,
        batch.id,
        before=one.status,
        after=ApplicationStatus.SUBMITTED,
        reason=late_reason,
        data={"snapshot": store.snapshot_digest(snapshot)},
    )
