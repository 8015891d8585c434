"""What reviewers look at: who waits, one application with its findings, what was decided (指南 二.5)."""

from datetime import datetime
from typing import Final, TypedDict

from sqlalchemy import Table, and_, func, select
from sqlalchemy.orm import Session

from zhupei_cli.model import Application, Batch, Choice, Review, Snapshot
from zhupei_cli.rules.eligibility.requirement import NO_PAST
from zhupei_cli.rules.people.masking import masked_text
from zhupei_cli.services.applications import listing, store, years
from zhupei_cli.services.applications.form_checks import identity_faults, load_checks
from zhupei_cli.services.applications.listing import Filter
from zhupei_cli.services.applications.past import load_past
from zhupei_cli.services.records.lookup import base_names
from zhupei_cli.words.errors import Fault, ZhupeiError
from zhupei_cli.words.vocabulary import DECISION, ApplicationStatus

_TABLES = Application.metadata.tables
_APPLICATION: Table = _TABLES[Application.__tablename__]
_CHOICE: Table = _TABLES[Choice.__tablename__]
_REVIEW: Table = _TABLES[Review.__tablename__]
_SNAPSHOT: Table = _TABLES[Snapshot.__tablename__]
_FIRST = and_(_CHOICE.c.application_id == _APPLICATION.c.id, _CHOICE.c.number == 1)
#: What was decided, the newest first, on people as they were then.
_DECISIONS: Final = (
    select(_REVIEW, _APPLICATION.c.application_no, _SNAPSHOT.c.name, _CHOICE.c.base_code.label("choice1"))
    .join(_APPLICATION, _APPLICATION.c.id == _REVIEW.c.application_id)
    .join(_CHOICE, _FIRST)
    .join(
        _SNAPSHOT,
        and_(
            _SNAPSHOT.c.application_id == _REVIEW.c.application_id,
            _SNAPSHOT.c.version == _REVIEW.c.snapshot_version,
        ),
    )
    .order_by(_REVIEW.c.id.desc())
)


class WaitingRow(listing.ApplicationRow):
    """An application that waits for review, with the whole days it did."""

    waiting_days: int


class BacklogRow(TypedDict):
    """How many wait at a base, and since when the oldest does."""

    base: str
    base_label: str
    waiting: int
    oldest_at: datetime
    longest_days: int


class DecisionRow(TypedDict):
    """A decision on an application."""

    application_no: str
    name: str
    choice1_base: str
    choice1_base_label: str
    decision: str
    decision_label: str
    reason: str | None
    base: str | None
    decider_label: str
    decided_by: str
    decided_at: datetime
    snapshot_version: int


class Shown(listing.ApplicationShown):
    """An application as `apply show` has it, with the other years of its person in a line."""

    years: str


def queue(session: Session, batch: Batch, base: str | None, *, now: datetime) -> list[WaitingRow]:
    """Return what waits for review by first-choice base, the oldest first, with whole days waited."""
    waiting = Filter(statuses=(ApplicationStatus.SUBMITTED,), base=base)
    rows = listing.list_applications(session, batch, waiting)
    rows.sort(key=lambda row: (row["choice1_base"], row["submitted_at"], row["application_no"]))
    return [{**row, "waiting_days": _days(row["submitted_at"], now)} for row in rows]


def queue_summary(session: Session, batch: Batch, base: str | None, *, now: datetime) -> list[BacklogRow]:
    """Return how many wait at each base that has any, and since when the oldest does."""
    statement = (
        select(_CHOICE.c.base_code, func.count(), func.min(_APPLICATION.c.submitted_at))
        .join(_APPLICATION, _FIRST)
        .where(_APPLICATION.c.batch_id == batch.id, _APPLICATION.c.status == ApplicationStatus.SUBMITTED)
        .group_by(_CHOICE.c.base_code)
        .order_by(_CHOICE.c.base_code)
    )
    if base is not None:
        statement = statement.where(_CHOICE.c.base_code == base)
    labels = base_names(session).labels
    return [
        {
            "base": code,
            "base_label": labels[code],
            "waiting": count,
            "oldest_at": oldest,
            "longest_days": _days(oldest, now),
        }
        for code, count, oldest in session.execute(statement)
    ]


def _days(since: datetime | None, now: datetime) -> int:
    assert since is not None  # whoever waits was submitted
    return max((now - since).days, 0)


def show(
    session: Session, batch: Batch, number: str, base: str | None, *, reveal: bool = False
) -> tuple[Shown, list[Fault]]:
    """Return one application as `apply show` has it, and what the identity rules find in its form.

    Raises E304 for an unknown number, and in the same words for one that is not this base's to review.
    """
    stored = store.load_by_number(session, batch, (number,)).get(number)
    if stored is None or base not in (None, stored.form.choices[0][0]):
        # Near numbers are offered to the province only: they could be another base's.
        near = store.near_numbers(session, batch, number) if base is None else ""
        raise ZhupeiError("E304", application_no=number, nearest=near)
    told = years.lines(session, (stored.trainee_id,), but=batch).get(stored.trainee_id, "")
    row: Shown = {
        **listing.show_application(session, batch, number, reveal=reveal),
        "years": told,
    }
    profile = store.load_snapshots(session, (stored,)).get(stored.id)
    if profile is None:
        return row, []
    past = load_past(session, batch, {profile.key: stored.trainee_id}).get(profile.key, NO_PAST)
    return row, identity_faults(profile, stored.form, load_checks(session, batch), past=past)


def review_log(
    session: Session, batch: Batch, *, base: str | None = None, number: str | None = None
) -> list[DecisionRow]:
    """Return every decision of the batch, the newest first; of one first-choice base, of one application."""
    statement = _DECISIONS.where(_APPLICATION.c.batch_id == batch.id)
    if base is not None:
        statement = statement.where(_CHOICE.c.base_code == base)
    if number is not None:
        statement = statement.where(_APPLICATION.c.application_no == number)
    labels = base_names(session).labels
    return [
        {
            "application_no": row.application_no,
            "name": row.name,
            "choice1_base": row.choice1,
            "choice1_base_label": labels[row.choice1],
            "decision": row.decision,
            "decision_label": DECISION.label(row.decision),
            "reason": masked_text(row.reason),
            "base": row.base_code,
            "decider_label": "省级" if row.base_code is None else labels[row.base_code],
            "decided_by": row.decided_by,
            "decided_at": row.decided_at,
            "snapshot_version": row.snapshot_version,
        }
        for row in session.execute(statement)
    ]
