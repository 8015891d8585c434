"""Where applications stand: the status line of one, and how many stand where."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final, TypedDict

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session

from zhupei_cli.model import Application, Batch, Choice
from zhupei_cli.services.applications.listing import Filter, list_applications
from zhupei_cli.services.applications.store import find_stored
from zhupei_cli.services.batches.taking_part import seats_of
from zhupei_cli.services.records.lookup import base_names, settings_of, specialty_names
from zhupei_cli.words.vocabulary import IDENTITY, ApplicationStatus

#: What applications are counted by, and the words for it.
_GROUPS: Final = {"all": "全部", "base": "第一志愿基地", "specialty": "报名专业", "identity": "个人身份"}


class StatusShown(TypedDict):
    """What a trainee may know of an application."""

    application_no: str
    batch: str
    batch_name: str
    status: str
    admission_status: str | None
    status_label: str
    seated_label: str | None
    apply_from: datetime
    apply_until: datetime
    review_until: datetime | None
    publicity_until: datetime | None
    checkin_until: datetime | None
    contact: str


class StatsRow(TypedDict):
    """How many applications stand where: of `group` those of `code`; `total` without what is withdrawn."""

    group: str
    group_label: str
    code: str
    label: str
    total: int
    draft: int
    submitted: int
    returned: int
    approved: int
    rejected: int
    withdrawn: int


def status_of(session: Session, batch: Batch, number: str) -> StatusShown:
    """Return what a trainee may know of an application (指南 二.5); E304 when there is none.

    Nothing of admission is in it before publication.
    """
    trainee = find_stored(session, batch, number).trainee_id
    (row,) = list_applications(session, batch, Filter(numbers=(number,)))
    return {
        "application_no": number,
        "batch": batch.code,
        "batch_name": batch.name,
        "status": row["status"],
        "admission_status": row["admission_status"],
        "status_label": row["status_label"],
        "seated_label": _seated_elsewhere(session, batch, trainee),
        "apply_from": batch.apply_from,
        "apply_until": batch.apply_until,
        "review_until": batch.review_until,
        "publicity_until": batch.publicity_until,
        "checkin_until": batch.checkin_until,
        "contact": settings_of(session, batch).get("contact", ""),
    }


def _seated_elsewhere(session: Session, batch: Batch, trainee: int) -> str | None:
    """Return in words the published seat somebody has in another batch of the year."""
    seat = seats_of(session, batch.year, (trainee,)).get(trainee)
    if seat is None or not seat.published or seat.batch == batch.code:
        return None
    return f"已在批次 {seat.batch} 录取到{seat.place}，不参加本批次的录取"


def count_applications(session: Session, batch: Batch) -> list[StatsRow]:
    """Return how many applications stand where: all, by first-choice base, by specialty, by identity.

    `total` leaves out what is withdrawn.
    """
    labels = {
        "all": {"": "合计"},
        "base": base_names(session).labels,
        "specialty": specialty_names(session).labels,
        "identity": IDENTITY.labels,
    }
    counts: dict[tuple[str, str], dict[str, int]] = {("all", ""): {}}
    for base, specialty, identity, status, count in session.execute(_counts(batch)):
        for key in (("all", ""), ("base", base), ("specialty", specialty), ("identity", identity)):
            by_status = counts.setdefault(key, {})
            by_status[status] = by_status.get(status, 0) + count
    return [
        _counted(group, code, labels[group][code], counts[group, code]) for group, code in _ordered(counts)
    ]


def _counts(batch: Batch) -> Select[str, str, str, str, int]:
    columns = (Choice.base_code, Choice.specialty_code, Application.identity, Application.status)
    return (
        select(*columns, func.count())
        .select_from(Application)
        .join(Choice, and_(Choice.application_id == Application.id, Choice.number == 1))
        .where(Application.batch_id == batch.id)
        .group_by(*columns)
    )


def _ordered(counts: dict[tuple[str, str], dict[str, int]]) -> Iterator[tuple[str, str]]:
    for group in _GROUPS:
        yield from sorted(key for key in counts if key[0] == group)


def _counted(group: str, code: str, label: str, by_status: dict[str, int]) -> StatsRow:
    withdrawn = by_status.get(ApplicationStatus.WITHDRAWN, 0)
    return {
        "group": group,
        "group_label": _GROUPS[group],
        "code": code,
        "label": label,
        "total": sum(by_status.values()) - withdrawn,
        "draft": by_status.get(ApplicationStatus.DRAFT, 0),
        "submitted": by_status.get(ApplicationStatus.SUBMITTED, 0),
        "returned": by_status.get(ApplicationStatus.RETURNED, 0),
        "approved": by_status.get(ApplicationStatus.APPROVED, 0),
        "rejected": by_status.get(ApplicationStatus.REJECTED, 0),
        "withdrawn": withdrawn,
    }
