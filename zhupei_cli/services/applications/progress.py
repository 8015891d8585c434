"""Where applications stand: the status line of one, and how many stand where."""

from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from zhupei_cli.model import Application, Batch, Choice
from zhupei_cli.services.applications.listing import Filter, list_applications
from zhupei_cli.services.applications.store import find_stored
from zhupei_cli.services.batches.batches import DATES
from zhupei_cli.services.batches.taking_part import seats_of
from zhupei_cli.services.records.lookup import base_names, settings_of, specialty_names
from zhupei_cli.words.vocabulary import IDENTITY, ApplicationStatus

#: What applications are counted by, and the words for it.
GROUPS: Final = {"all": "全部", "base": "第一志愿基地", "specialty": "报名专业", "identity": "个人身份"}


def status_of(session: Session, batch: Batch, number: str) -> dict[str, Any]:
    """Return what a trainee may know of an application (指南 二.5); E304 when there is none.

    Nothing of admission is in it before publication.
    """
    trainee = find_stored(session, batch, number).trainee_id
    seat = seats_of(session, batch.year, (trainee,)).get(trainee)
    told = None
    if seat is not None and seat.published and seat.batch != batch.code:
        told = f"已在批次 {seat.batch} 录取到{seat.place}，不参加本批次的录取"
    (row,) = list_applications(session, batch, Filter(numbers=(number,)))
    return {
        "application_no": number,
        "batch": batch.code,
        "batch_name": batch.name,
        **{key: row[key] for key in ("status", "admission_status", "status_label")},
        "seated_label": told,
        **{key: getattr(batch, key) for key in DATES},
        "contact": settings_of(session, batch).get("contact", ""),
    }


def count_applications(session: Session, batch: Batch) -> list[dict[str, Any]]:
    """Return how many applications stand where: all, by first-choice base, by specialty, by identity.

    `total` leaves out what is withdrawn.
    """
    first = and_(Choice.application_id == Application.id, Choice.number == 1)
    columns = (Choice.base_code, Choice.specialty_code, Application.identity, Application.status)
    statement = (
        select(*columns, func.count())
        .select_from(Application)
        .join(Choice, first)
        .where(Application.batch_id == batch.id)
        .group_by(*columns)
    )
    labels = {
        "all": {"": "合计"},
        "base": base_names(session).labels,
        "specialty": specialty_names(session).labels,
        "identity": IDENTITY.labels,
    }
    counts: dict[tuple[str, str], dict[str, int]] = {("all", ""): {}}
    for base, specialty, identity, status, count in session.execute(statement):
        for key in (("all", ""), ("base", base), ("specialty", specialty), ("identity", identity)):
            by_status = counts.setdefault(key, {})
            by_status[status] = by_status.get(status, 0) + count
    return [
        _counted(group, code, labels[group][code], counts[group, code]) for group, code in _ordered(counts)
    ]


def _ordered(counts: dict[tuple[str, str], dict[str, int]]) -> Iterator[tuple[str, str]]:
    for group in GROUPS:
        yield from sorted(key for key in counts if key[0] == group)


def _counted(group: str, code: str, label: str, by_status: dict[str, int]) -> dict[str, object]:
    numbers = {str(status): by_status.get(status, 0) for status in ApplicationStatus}
    live = sum(numbers.values()) - numbers[ApplicationStatus.WITHDRAWN]
    head = {"group": group, "group_label": GROUPS[group], "code": code, "label": label}
    return {**head, "total": live, **numbers}
