"""Correcting what was submitted (更正): the province makes a new version of the snapshot, with its reason."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from zhupei_cli.acting import Acting
from zhupei_cli.model import Application, Batch
from zhupei_cli.rules.batch import lifecycle
from zhupei_cli.rules.people import idcard
from zhupei_cli.rules.people.fields import FORM_LABELS, MASKS, TABLES, FieldValues
from zhupei_cli.rules.people.masking import mask_id
from zhupei_cli.rules.people.profile import highest
from zhupei_cli.services.applications import store
from zhupei_cli.services.applications.drafts import examine_draft, form_cells, merged
from zhupei_cli.services.applications.form_checks import Checks, form_faults, identity_faults, load_checks
from zhupei_cli.services.applications.store import Form, Stored
from zhupei_cli.services.applications.withdrawing import count_stale_runs, require_undecided
from zhupei_cli.services.people import fields, lower_levels, profiles
from zhupei_cli.services.people.merging import dates_wrong, incomplete, too_long
from zhupei_cli.services.people.people import save_person
from zhupei_cli.services.people.profiles import EDUCATION_COLUMNS, PERSON_COLUMNS, Profile, current_work
from zhupei_cli.services.records.events import Change, record
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.sheets.kinds.cells import CLEAR, clean
from zhupei_cli.sheets.kinds.columns import Column, heading_key
from zhupei_cli.words.errors import Fault, ZhupeiError
from zhupei_cli.words.vocabulary import BATCH_STATUS, ApplicationStatus, BatchStatus

#: What people are reached at is read from the live profile.
LIVE: Final = ("mobile", "email")
_WORK: Final = ("employer_name", "employer_uscc")
#: What admission counts with; source_type and train_years stand on paper alone.
_INPUTS: Final = (frozenset(FORM_LABELS) - {"source_type", "train_years"}) | {"order_oriented"}
#: What the workbook lacks: only forms and registers have it.
_FURTHER: Final = tuple(
    column
    for column in (*fields.EDITED_PERSON, *fields.EDITED_EDUCATION)
    if column.key in ("marital_status", "origin_province", "diploma_no", "degree_no")
)
_OF_PROFILE: Final = tuple(
    column
    for column in workbook_kinds.PERSON.columns
    if column.key in (*PERSON_COLUMNS, *EDUCATION_COLUMNS, *_WORK) and column.key not in LIVE
)
CORRECTABLE: Final[Mapping[str, Column]] = {
    column.key: column
    for column in (
        *_OF_PROFILE,
        *lower_levels.LOWER_COLUMNS.values(),
        *_FURTHER,
        *(one for one in workbook_kinds.PERSON.columns if one.key in FORM_LABELS),
    )
}


@dataclass(frozen=True, slots=True)
class Corrected:
    """What a correction changed: field, label, before and after as they may be shown."""

    application_no: str
    version: int | None
    changes: list[dict[str, str]]
    findings: list[Fault]
    runs_stale: int


def submitted_of(session: Session, trainee_id: int) -> list[str]:
    """Return the numbers of a person's applications that keep what was submitted: `correct` mends them."""
    ended = (BatchStatus.ARCHIVED, BatchStatus.CANCELLED)
    statement = (
        select(Application.application_no)
        .join(Batch, Batch.id == Application.batch_id)
        .where(
            Application.trainee_id == trainee_id,
            Application.status.in_(lifecycle.APPLICATION.verbs["correct"].moves),
            Batch.status.not_in(ended),
        )
        .order_by(Application.id)
    )
    return list(session.execute(statement).scalars())


def correct(
    session: Session,
    batch: Batch,
    number: str,
    given: Mapping[str, str],
    *,
    by: Acting,
    reason: str | None,
) -> Corrected:
    """Correct fields of a submitted form or of its profile; the live profile keeps all but who the person is.

    Name and number are mended there too, and in records of conduct: both know a person by them. A field is
    a key or heading of 报名信息, 清空 takes a value out. Identity rules are told, not enforced: facts are
    facts, and the review can be revoked. Raises E402 and E404 (state, reason), E457 and E458 (no such
    field), E459 (what it would become is not whole), E405 and E456 (too late for that field).
    """
    words = {_field(name): word for name, word in given.items()}
    for key in ("id_type", "id_number"):  # nobody is without
        if clean(words.get(key, "")) == CLEAR.value:
            raise ZhupeiError("E051", heading=CORRECTABLE[key].heading)
    stored = store.find_stored(session, batch, number)
    _require_state(batch, stored, reason)
    _require_time(session, batch, stored, words)
    before = store.load_snapshots(session, (stored,))[stored.id]
    checks = load_checks(session, batch)
    after, odd = _corrected(before, words, number, by=by)
    form = _corrected_form(before, stored.form, words, number, checks)
    changes = _changes((before, stored.form), (after, form), checks)
    if not changes:
        return Corrected(number, None, [], [], 0)
    known = identity_faults(before, stored.form, checks)
    findings = odd + [fault for fault in identity_faults(after, form, checks) if fault not in known]
    version = store.next_version(stored)
    data: dict[str, object] = {"fields": [one["field"] for one in changes], "version": version}
    snapshot = next(store.snapshots_of([(stored, after)], reason=reason or ""))
    data["snapshot"] = store.snapshot_digest(snapshot)
    if form != stored.form:
        data["form"] = {"before": form_cells(stored.form), "after": form_cells(form)}
        data["digest"] = store.form_digest(stored.trainee_id, form)
    states = (stored.status, stored.status)
    change = Change("application.correct", number, batch.id, *states, reason, data)
    (seq,) = record(session, by, [change])
    store.correct_snapshot(session, stored, snapshot, at=by.at, seq=seq)
    if form != stored.form:
        store.change_forms(session, batch, [(stored.id, form)], seq=seq)
    findings += _mend_person(session, stored, before, after, by=by, reason=reason)
    if not set(_WHO).isdisjoint(one["field"] for one in changes):
        findings += _elsewhere(session, stored)
    counted = not _INPUTS.isdisjoint(one["field"] for one in changes)
    runs = count_stale_runs(session, batch, stored) if counted else 0
    return Corrected(number, version, changes, findings, runs)


def _field(name: str) -> str:
    found = workbook_kinds.PERSON.by_heading.get(heading_key(name))
    further = {heading_key(one.heading): one for one in (*_FURTHER, *lower_levels.LOWER_COLUMNS.values())}
    found = found or further.get(heading_key(name))
    key = name if found is None else found.key
    if key in LIVE:
        raise ZhupeiError("E458", label=workbook_kinds.PERSON.headings[key])
    if key not in CORRECTABLE:
        raise ZhupeiError("E457", field=name, known="、".join(one.heading for one in CORRECTABLE.values()))
    return key


def _require_state(batch: Batch, stored: Stored, reason: str | None) -> None:
    number = stored.application_no
    try:
        lifecycle.step(lifecycle.APPLICATION, stored.status, "correct", name=number, reason=reason)
    except ZhupeiError as refusal:
        unsent = stored.status in (ApplicationStatus.DRAFT, ApplicationStatus.RETURNED)
        if refusal.code != "E402" or not unsent or batch.status == BatchStatus.OPEN:
            raise
        # Nobody submits by themselves any more: the way leads over the office, as long as there is one.
        late = f"zhupei apply submit {number} --late --reason 原因"
        steps = {
            BatchStatus.CLOSED: f"；确应参加的，先运行 {late}",
            BatchStatus.LOCKED: f"；确应参加的，先运行 zhupei batch unlock {batch.code}，再运行 {late}",
        }
        cure = f"报名已经结束，没有提交的不参加本批次{steps.get(BatchStatus(batch.status), '')}"
        raise ZhupeiError("E402", **{**refusal.values, "cure": cure}) from None


def _require_time(session: Session, batch: Batch, stored: Stored, words: Mapping[str, str]) -> None:
    if batch.status in (BatchStatus.ARCHIVED, BatchStatus.CANCELLED):
        label = BATCH_STATUS.label(batch.status)
        cure = "归档、取消的批次不再改动"
        raise ZhupeiError("E405", name=batch.code, key=stored.application_no, status=label, cure=cure)
    if not _INPUTS.isdisjoint(words):
        require_undecided(session, batch, stored)


def _corrected(
    before: Profile, words: Mapping[str, str], number: str, *, by: Acting
) -> tuple[Profile, list[Fault]]:
    """Return what the profile becomes, and what is odd about it."""
    columns = (*_OF_PROFILE, *_FURTHER, *lower_levels.LOWER_COLUMNS.values())
    values, faults = fields.read_fields(words, columns)
    after = profiles.copy_of(before)
    for key, value in values.items():
        owner = _owner(after, key)
        owner[lower_levels.plain_name(key)] = None if value is CLEAR else value
    today = by.today
    faults += _number_faults(after, values, today=today)
    known = list(dates_wrong(before, today))
    faults += [*incomplete(after), *too_long(after), *lower_levels.not_whole(before, after, values)]
    faults += [fault for fault in dates_wrong(after, today) if fault not in known]
    _refuse(number, faults)
    return after, faults


#: What says who a person is, and what follows from the number.
_WHO: Final = ("name", "id_type", "id_number", "gender", "birth_date")


def _mend_person(
    session: Session, stored: Stored, before: Profile, after: Profile, *, by: Acting, reason: str | None
) -> Sequence[Fault]:
    """Bring the live profile in line with what a correction says of who the person is, with its event.

    Returns which records of conduct stay with the old number.
    """
    mended = [name for name in _WHO if after.person.get(name) != before.person.get(name)]
    if not mended:
        return ()
    live = profiles.load_profiles_by_id(session, (stored.trainee_id,))[stored.trainee_id]
    changed = profiles.copy_of(live)
    changed.person |= {name: after.person.get(name) for name in mended}
    others = profiles.load_profiles(session, (changed.key[1],))
    if changed.key in others and others[changed.key].id != live.id:
        fault = Fault("E133", "id_number", values={"number": mask_id(changed.key[1])})
        _refuse(stored.application_no, [fault])
    names = [name for name, _, _ in profiles.differences(live, changed)]
    edited = save_person(session, live, changed, changed=names, action="trainee.edit", by=by, reason=reason)
    return edited.warnings


def _elsewhere(session: Session, stored: Stored) -> Iterator[Fault]:
    """Tell of the person's other applications, which know them as they were submitted."""
    numbers = [one for one in submitted_of(session, stored.trainee_id) if one != stored.application_no]
    if numbers:
        yield Fault("E818", "", "warning", {"numbers": "、".join(numbers), "example": numbers[0]})


def _owner(profile: Profile, key: str) -> dict[str, object]:
    """Return the part that has the field: the person, an education, by default the highest, the employer."""
    if key in PERSON_COLUMNS:
        return profile.person
    if key in _WORK:
        work = current_work(profile)
        if work is None:
            work = {}
            profile.works.append(work)
        return work
    if key in lower_levels.LOWER_COLUMNS:
        return lower_levels.entry_of(profile, key)
    education = highest(profile.educations)
    assert education is not None  # nothing is submitted without one
    return education


def _number_faults(after: Profile, values: FieldValues, *, today: date) -> list[Fault]:
    """Check the paper, and let sex and birth date follow from it as they do everywhere."""
    id_type, id_number = after.person["id_type"], after.person["id_number"]
    number, facts, faults = idcard.read(id_type, id_number, today)
    if faults:
        return faults
    after.person["id_number"] = number
    for key in ("gender", "birth_date") if facts is not None else ():
        known = getattr(facts, key)
        if values.get(key) not in (None, known):
            faults.append(Fault("E151", key, values={"label": CORRECTABLE[key].heading}))
        after.person[key] = known
    return faults


def _corrected_form(
    profile: Profile, before: Form, words: Mapping[str, str], number: str, checks: Checks
) -> Form:
    given = {key: word for key, word in words.items() if key in FORM_LABELS}
    if not given:
        return before
    form, faults = examine_draft(profile, merged(form_cells(before), given), checks)
    # What the plan has against choices that stay is no fault of the correction.
    known = [*form_faults(before, checks), *identity_faults(profile, before, checks)]
    rules = [] if form is None else identity_faults(profile, form, checks)
    _refuse(number, [fault for fault in faults if fault not in known and fault not in rules])
    assert form is not None
    return form


def _refuse(number: str, faults: Sequence[Fault]) -> None:
    found = [fault.message for fault in faults if fault.severity == "error"]
    if found:
        raise ZhupeiError("E459", application_no=number, problem="；".join(found))


def _changes(
    before: tuple[Profile, Form], after: tuple[Profile, Form], checks: Checks
) -> list[dict[str, str]]:
    old, new = _flat(*before), _flat(*after)
    return [
        {
            "field": key,
            "label": column.heading,
            "before": _shown(column, old.get(key), checks),
            "after": _shown(column, new.get(key), checks),
        }
        for key, column in CORRECTABLE.items()
        if old.get(key) != new.get(key)
    ]


def _flat(profile: Profile, form: Form) -> dict[str, object]:
    work = current_work(profile) or {}
    lower = lower_levels.lower_values(profile)
    return {**work, **lower, **(highest(profile.educations) or {}), **profile.person, **form_cells(form)}


def _shown(column: Column, value: Any, checks: Checks) -> str:
    if value is None:
        return ""
    key = lower_levels.plain_name(column.key)
    if key in TABLES:
        return TABLES[key].label(value)
    if column.key.endswith("_base") and value in checks.bases.labels:
        return checks.bases.labels[value]
    if column.key.endswith("specialty"):
        return checks.specialties.labels[value]
    if isinstance(value, bool):
        return "是" if value else "否"
    return MASKS[column.key](value) if column.key in MASKS else str(value)
