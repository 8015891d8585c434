"""Batches as lists and sheets show them."""

from datetime import datetime
from typing import TypedDict

from sqlalchemy import RowMapping, Table, case, func, literal, select
from sqlalchemy.orm import Session

from zhupei_cli.acting import Acting
from zhupei_cli.model import Admission, Application, Batch, Plan, Run
from zhupei_cli.rules.batch.lifecycle import PUBLISHED
from zhupei_cli.services.records.lookup import settings_of
from zhupei_cli.words.vocabulary import BATCH_STATUS, BatchStatus, Identity

_BATCH: Table = Batch.metadata.tables["batch"]


class _BatchHead(TypedDict):
    batch: str
    name: str
    year: int
    status: str
    status_label: str
    apply_from: datetime
    apply_until: datetime
    review_until: datetime | None
    publicity_until: datetime | None
    checkin_until: datetime | None


class BatchRow(_BatchHead):
    """A batch as a list has it; `seats` of its plan, live `applications`."""

    seats: int
    applications: int


class PlanTotals(TypedDict):
    """The totals of a plan; seats `taken` only where they may be told, `ceded` to supplement rounds."""

    bases: int
    places: int
    seats: int
    taken: int | None
    ceded: int


class BatchShown(_BatchHead):
    """A batch with all there is to say of it; `admissions` by status from publication on."""

    created_at: datetime
    settings: dict[str, str]
    plan: PlanTotals
    applications: dict[str, int]
    runs: int
    admissions: dict[str, int] | None


def list_batches(session: Session, *, by: Acting, open_only: bool = False) -> list[BatchRow]:
    """Return all batches by year and code; `open_only` those one can apply to at this moment."""
    seats = select(func.sum(Plan.quota)).where(Plan.batch_id == Batch.id, Plan.stopped.is_(False))
    live = select(func.count()).where(Application.batch_id == Batch.id, Application.live_key.is_not(None))
    statement = select(
        _BATCH, seats.scalar_subquery().label("seats"), live.scalar_subquery().label("applications")
    )
    if open_only:
        now = by.at
        statement = statement.where(
            Batch.status == BatchStatus.OPEN, Batch.apply_from <= now, Batch.apply_until >= now
        )
    rows = [_listed(row) for row in session.execute(statement).mappings()]
    return sorted(rows, key=lambda row: (row["year"], row["batch"]))


def _listed(row: RowMapping) -> BatchRow:
    return {
        "batch": row["code"],
        "name": row["name"],
        "year": row["year"],
        "status": row["status"],
        "status_label": BATCH_STATUS.label(row["status"]),
        "apply_from": row["apply_from"],
        "apply_until": row["apply_until"],
        "review_until": row["review_until"],
        "publicity_until": row["publicity_until"],
        "checkin_until": row["checkin_until"],
        "seats": row["seats"] or 0,
        "applications": row["applications"],
    }


def show_batch(session: Session, batch: Batch) -> BatchShown:
    """Return a batch with its settings, the totals of its plan, its applications by status.

    Admissions by status, and the seats taken, are there from publication on.
    """
    admissions = _by_status(session, Admission, batch) if batch.status in PUBLISHED else None
    return {
        "batch": batch.code,
        "name": batch.name,
        "year": batch.year,
        "status": batch.status,
        "status_label": BATCH_STATUS.label(batch.status),
        "apply_from": batch.apply_from,
        "apply_until": batch.apply_until,
        "review_until": batch.review_until,
        "publicity_until": batch.publicity_until,
        "checkin_until": batch.checkin_until,
        "created_at": batch.created_at,
        "settings": settings_of(session, batch),
        "plan": _plan_totals(session, batch),
        "applications": _by_status(session, Application, batch),
        "runs": stored_runs(session, batch),
        "admissions": admissions,
    }


def _plan_totals(session: Session, batch: Batch) -> PlanTotals:
    taken = sum((getattr(Plan, f"taken_{who}") for who in Identity), start=literal(0))
    open_quota = case((Plan.stopped, 0), else_=Plan.quota)
    row = session.execute(
        select(
            func.count(Plan.base_code.distinct()).label("bases"),
            func.count().label("places"),
            func.coalesce(func.sum(open_quota), 0).label("seats"),
            func.coalesce(func.sum(taken), 0).label("taken"),
            func.coalesce(func.sum(Plan.ceded), 0).label("ceded"),
        ).where(Plan.batch_id == batch.id)
    ).one()
    told = row.taken if batch.status in PUBLISHED else None
    return {"bases": row.bases, "places": row.places, "seats": row.seats, "taken": told, "ceded": row.ceded}


def _by_status(session: Session, model: type[Application | Admission], batch: Batch) -> dict[str, int]:
    statement = select(model.status, func.count()).where(model.batch_id == batch.id).group_by(model.status)
    return dict(session.execute(statement).all())


def stored_runs(session: Session, batch: Batch) -> int:
    """Return how many computed runs the batch has: some changes make all of them stale."""
    return session.execute(select(func.count()).where(Run.batch_id == batch.id)).scalar_one()
