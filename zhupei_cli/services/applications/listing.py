"""Lists of applications as the province sees them, and one application whole."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypedDict

from sqlalchemy import Row, Select, Table, and_, func, select
from sqlalchemy.orm import Session, aliased

from zhupei_cli.acting import Acting
from zhupei_cli.model import Admission, Application, Batch, Choice, Review, Snapshot, Trainee
from zhupei_cli.rules.batch.lifecycle import PUBLISHED, status_label
from zhupei_cli.rules.people.field_values import shown_fields
from zhupei_cli.rules.people.masking import mask_id, masked_text
from zhupei_cli.services.applications import store
from zhupei_cli.services.batches.taking_part import gave_up, seated_elsewhere
from zhupei_cli.services.people import profiles
from zhupei_cli.services.records.events import Change, record
from zhupei_cli.services.records.lookup import Names, base_names, specialty_names
from zhupei_cli.store.bulk import rows_of
from zhupei_cli.words import vocabulary as words

_REVIEW: Table = Review.metadata.tables["review"]
_FIRST, _SECOND = aliased(Choice, name="choice1"), aliased(Choice, name="choice2")
#: A person is as submitted, and as stored now while there is no snapshot.
_COLUMNS: Final = (
    *(getattr(Application, name) for name in ("id", "application_no", "status", *store.ASKED)),
    Application.submitted_at,
    func.coalesce(Snapshot.name, Trainee.name).label("name"),
    func.coalesce(Snapshot.id_type, Trainee.id_type).label("id_type"),
    func.coalesce(Snapshot.id_number, Trainee.id_number).label("id_number"),
    _FIRST.base_code.label("choice1_base"),
    _FIRST.specialty_code.label("specialty"),
    _SECOND.base_code.label("choice2_base"),
    _SECOND.specialty_code.label("choice2_specialty"),
    Admission.status.label("admission_status"),
    Admission.base_code.label("admission_base"),
    Admission.reason.label("admission_reason"),
)


class ApplicationRow(TypedDict):
    """An application as a list has it."""

    application_no: str
    batch: str
    name: str
    id_number: str
    identity: str
    identity_label: str
    source_type: str
    train_years: int
    specialty: str
    specialty_label: str
    choice1_base: str
    choice1_base_label: str
    choice2_base: str | None
    choice2_base_label: str | None
    choice2_specialty: str | None
    choice2_specialty_label: str | None
    accept_adjust: bool
    status: str
    admission_status: str | None
    status_label: str
    submitted_at: datetime | None


class DecisionShown(TypedDict):
    """A decision of a reviewer on one application."""

    decision: str
    decision_label: str
    reason: str | None
    base: str | None
    decided_by: str
    decided_at: datetime


class ApplicationShown(ApplicationRow):
    """An application whole: `profile`, `educations` and `works` are fields and labels by key."""

    profile: dict[str, object]
    educations: list[dict[str, object]]
    works: list[dict[str, object]]
    reviews: list[DecisionShown]


@dataclass(frozen=True, slots=True)
class Filter:
    """Which applications a list holds; empty means all of the batch."""

    statuses: Sequence[str] = ()
    base: str | None = None
    specialty: str | None = None
    numbers: Sequence[str] = ()
    name: str | None = None
    #: Only those who do not take part in the admission, because they are seated in another batch.
    sitting_out: bool = False
    #: Only those who gave a seat up, or lost it, in a result that was taken back.
    gave_up: bool = False
    limit: int | None = None


def list_applications(
    session: Session, batch: Batch, chosen: Filter, *, reveal: bool = False, unpublished: bool = False
) -> list[ApplicationRow]:
    """Return the applications of a batch by number, as CONTRACT's `apply list` has them.

    Names and ID numbers are those of the submitted form, of the live profile while there is none.
    Nothing of admission shows before publication, unless `unpublished`.
    """
    rows = session.execute(_query(batch, chosen)).all()
    published = unpublished or batch.status in PUBLISHED
    reasons = _reasons(session, (row.id for row in rows if row.status in _WITH_REASON))
    bases, specialties = base_names(session), specialty_names(session)
    return [
        _as_dict(
            row,
            batch,
            bases=bases,
            specialties=specialties,
            reason=reasons.get(row.id),
            published=published,
            reveal=reveal,
        )
        for row in rows
    ]


_WITH_REASON = (words.ApplicationStatus.RETURNED, words.ApplicationStatus.REJECTED)


def _query(batch: Batch, chosen: Filter) -> Select[*tuple[object, ...]]:
    statement = (
        select(*_COLUMNS)
        .join(Trainee, Trainee.id == Application.trainee_id)
        .join(_FIRST, and_(_FIRST.application_id == Application.id, _FIRST.number == 1))
        .outerjoin(_SECOND, and_(_SECOND.application_id == Application.id, _SECOND.number == 2))
        .outerjoin(Snapshot, store.CURRENT_SNAPSHOT)
        .outerjoin(Admission, Admission.application_id == Application.id)
        .where(Application.batch_id == batch.id)
        .order_by(Application.application_no)
        .limit(chosen.limit)
    )
    if chosen.statuses:
        statement = statement.where(Application.status.in_(chosen.statuses))
    if chosen.base is not None:
        statement = statement.where(_FIRST.base_code == chosen.base)
    if chosen.specialty is not None:
        statement = statement.where(_FIRST.specialty_code == chosen.specialty)
    if chosen.name is not None:
        name = func.coalesce(Snapshot.name, Trainee.name)
        statement = statement.where(name.contains(chosen.name, autoescape=True))
    if chosen.sitting_out:
        statement = statement.where(*seated_elsewhere(batch))
    if chosen.gave_up:
        statement = statement.where(*gave_up(batch))
    if chosen.numbers:
        statement = statement.where(Application.application_no.in_(chosen.numbers))
    return statement


def _reasons(session: Session, ids: Iterable[int]) -> dict[int, str | None]:
    """Return the reason of the last decision on each application."""
    statement = select(_REVIEW.c.application_id, _REVIEW.c.id, _REVIEW.c.reason)
    rows = sorted(tuple(row) for row in rows_of(session, statement, _REVIEW.c.application_id, ids))
    return {application_id: reason for application_id, _, reason in rows}


def _as_dict(
    row: Row[*tuple[object, ...]],
    batch: Batch,
    *,
    bases: Names,
    specialties: Names,
    reason: str | None,
    published: bool,
    reveal: bool,
) -> ApplicationRow:
    admission = None
    if published and row.admission_status is not None:
        base = bases.labels.get(row.admission_base or "", "")
        why = row.admission_reason if reveal else masked_text(row.admission_reason)
        admission = (row.admission_status, base, why)
    second = row.choice2_specialty
    return {
        "application_no": row.application_no,
        "batch": batch.code,
        "name": row.name,
        "id_number": row.id_number if reveal else mask_id(row.id_number),
        "identity": row.identity,
        "identity_label": words.IDENTITY.label(row.identity),
        "source_type": row.source_type,
        "train_years": row.train_years,
        "specialty": row.specialty,
        "specialty_label": specialties.labels[row.specialty],
        "choice1_base": row.choice1_base,
        "choice1_base_label": bases.labels[row.choice1_base],
        "choice2_base": row.choice2_base,
        "choice2_base_label": row.choice2_base and bases.labels[row.choice2_base],
        "choice2_specialty": second,
        "choice2_specialty_label": second and specialties.labels[second],
        "accept_adjust": row.accept_adjust,
        "status": row.status,
        "admission_status": None if admission is None else admission[0],
        "status_label": status_label(
            row.status, reason if reveal else masked_text(reason), admission, batch.status
        ),
        "submitted_at": row.submitted_at,
    }


def show_application(
    session: Session, batch: Batch, number: str, *, reveal: bool = False
) -> ApplicationShown:
    """Return one application with its person and every decision on it; E304 when there is none."""
    stored = store.find_stored(session, batch, number)
    (row,) = list_applications(session, batch, Filter(numbers=(number,)), reveal=reveal)
    live = profiles.load_profiles_by_id(session, (stored.trainee_id,))[stored.trainee_id]
    # What was submitted, but the phone and mail people can be reached at today (DOMAIN: the snapshot).
    profile = store.load_snapshots(session, (stored,)).get(stored.id, live)
    contact = {name: live.person.get(name) for name in ("mobile", "email")}
    told = shown_fields({**profile.person, **contact}, reveal=reveal)
    if word := profile.person.get("order_base"):
        told["order_base_label"] = base_names(session).called(word)
    return {
        **row,
        "profile": told,
        "educations": [shown_fields(entry, reveal=reveal) for entry in profile.educations],
        "works": [shown_fields(entry, reveal=reveal) for entry in profile.works],
        "reviews": _decisions(session, stored.id, reveal=reveal),
    }


def _decisions(session: Session, application_id: int, *, reveal: bool) -> list[DecisionShown]:
    statement = select(_REVIEW).where(_REVIEW.c.application_id == application_id).order_by(_REVIEW.c.id)
    return [
        {
            "decision": row.decision,
            "decision_label": words.DECISION.label(row.decision),
            "reason": row.reason if reveal else masked_text(row.reason),
            "base": row.base_code,
            "decided_by": row.decided_by,
            "decided_at": row.decided_at,
        }
        for row in session.execute(statement)
    ]


def record_reveal(session: Session, batch: Batch, *, by: Acting, what: str, rows: int) -> None:
    """Write down that somebody looked at personal data whole, and how many rows of it."""
    record(session, by, [Change("reveal", what, batch.id, data={"rows": rows})])
