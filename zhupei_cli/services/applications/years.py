"""One person over the years (历年记录): batches, applications, seats, leavings and records of conduct."""

import json
from collections.abc import Iterable, Mapping
from typing import Final, TypedDict

from sqlalchemy import Row, Table, select
from sqlalchemy.orm import Session

from zhupei_cli.model import Admission, Application, Batch, Event, Review, Trainee
from zhupei_cli.rules.batch.lifecycle import PUBLISHED, status_label
from zhupei_cli.rules.people.masking import mask_id, masked_text
from zhupei_cli.services.people.bars import BAR_TABLE, bar_shown
from zhupei_cli.services.people.whom import find_person
from zhupei_cli.services.records import base_login
from zhupei_cli.services.records.lookup import base_names, specialty_names
from zhupei_cli.store.bulk import rows_of
from zhupei_cli.words.vocabulary import AdmissionStatus

_TABLES: Final = Application.metadata.tables
_ADMISSION: Table = _TABLES[Admission.__tablename__]
_APPLICATION: Table = _TABLES[Application.__tablename__]
_BATCH: Table = _TABLES[Batch.__tablename__]
_EVENT: Table = _TABLES[Event.__tablename__]
_REVIEW: Table = _TABLES[Review.__tablename__]
_TRAINEE: Table = _TABLES[Trainee.__tablename__]


class Year(TypedDict):
    """An application, or a record of conduct, in one line; a seat only once it is published."""

    year: int
    kind: str
    what: str
    application_no: str | None
    detail: str
    base: str | None
    specialty: str | None
    status_label: str


class YearStanding(TypedDict):
    """A person over the years, also as one `line`."""

    name: str
    id_number: str
    line: str
    years: list[Year]


def standing(session: Session, who: str) -> YearStanding:
    """Return everything the years say of the person `who` names; nothing of an unpublished admission."""
    profile = find_person(session, who)
    assert profile.id is not None
    rows = load_years(session, [profile.id]).get(profile.id, [])
    return {
        "name": profile.person["name"],
        "id_number": mask_id(profile.person["id_number"]),
        "line": line_of(rows),
        "years": rows,
    }


def load_years(session: Session, ids: Iterable[int], *, but: Batch | None = None) -> dict[int, list[Year]]:
    """Return trainee id → what happened, the oldest first; `but` leaves a batch out. Four queries per 5,000.

    A base's login has no part in other years.
    """
    ids = list(dict.fromkeys(ids))
    if not ids or base_login.is_base(session):
        return {}
    applied = [row for row in _applied(session, ids) if but is None or row.batch_id != but.id]
    left = _left(session, [row.application_no for row in applied if row.now == AdmissionStatus.QUIT])
    reasons = _reasons(session, [row.id for row in applied])
    bases, specialties = base_names(session).labels, specialty_names(session).labels
    found: dict[int, list[tuple[str, Year]]] = {}
    for row in applied:
        year = _year(row, bases, specialties, reasons.get(row.id), left.get(row.application_no, {}))
        found.setdefault(row.trainee_id, []).append((row.application_no, year))
    for id_, number, bar in _bars(session, ids):
        found.setdefault(id_, []).append((f"{number:08d}", bar))
    for years in found.values():
        years.sort(key=lambda one: (one[1]["year"], one[1]["kind"], one[0]))
    return {id_: [one for _, one in years] for id_, years in found.items()}


def line_of(years: Iterable[Year]) -> str:
    """Return the years as one line."""
    return "；".join(f"{one['year']} {one['what']} {one['detail']}".strip() for one in years)


def lines(session: Session, ids: Iterable[int], *, but: Batch | None = None) -> dict[int, str]:
    """Return trainee id → their years as one line."""
    return {id_: line_of(years) for id_, years in load_years(session, ids, but=but).items()}


def _applied(session: Session, ids: Iterable[int]) -> list[Row[*tuple[object, ...]]]:
    statement = (
        select(
            *_APPLICATION.c["id", "trainee_id", "application_no", "batch_id", "status", "train_years"],
            *_BATCH.c["code", "year"],
            _BATCH.c.status.label("stage"),
            _ADMISSION.c.status.label("now"),
            *_ADMISSION.c["base_code", "specialty_code", "reason"],
        )
        .join(_BATCH, _BATCH.c.id == _APPLICATION.c.batch_id)
        .outerjoin(_ADMISSION, _ADMISSION.c.application_id == _APPLICATION.c.id)
        .order_by(_APPLICATION.c.id)
    )
    return list(rows_of(session, statement, _APPLICATION.c.trainee_id, ids))


def _left(session: Session, numbers: Iterable[str]) -> dict[str, dict[str, object]]:
    """Return when people left, and whether in default: the events keep it."""
    statement = select(_EVENT.c.subject, _EVENT.c.data).where(_EVENT.c.action == "admission.quit")
    rows = rows_of(session, statement.order_by(_EVENT.c.seq), _EVENT.c.subject, numbers)
    return {row.subject: json.loads(row.data) for row in rows}


def _reasons(session: Session, ids: Iterable[int]) -> dict[int, str | None]:
    statement = select(_REVIEW.c.application_id, _REVIEW.c.reason).order_by(_REVIEW.c.id)
    return {
        row.application_id: row.reason for row in rows_of(session, statement, _REVIEW.c.application_id, ids)
    }


def _year(
    row: Row[*tuple[object, ...]],
    bases: Mapping[str, str],
    specialties: Mapping[str, str],
    reason: str | None,
    left: Mapping[str, object],
) -> Year:
    base = bases.get(row.base_code, row.base_code)
    admission = None if row.now is None else (row.now, base, masked_text(row.reason))
    label = status_label(row.status, masked_text(reason), admission, row.stage)
    shown = row.stage in PUBLISHED and row.base_code is not None
    seat = f"{base}的{specialties.get(row.specialty_code, row.specialty_code)}，{row.train_years} 年"
    gone = f"{left['on']} 离开{'，违约' if left['default'] else ''}" if left else ""
    return {
        "year": row.year,
        "kind": "application",
        "what": row.code,
        "application_no": row.application_no,
        "detail": "，".join(filter(None, (label, seat if shown else "", gone))),
        "base": row.base_code if shown else None,
        "specialty": row.specialty_code if shown else None,
        "status_label": label,
    }


def _bars(session: Session, ids: Iterable[int]) -> Iterable[tuple[int, int, Year]]:
    statement = select(_TRAINEE.c.id.label("of"), BAR_TABLE).join(
        BAR_TABLE,
        (BAR_TABLE.c.id_number == _TRAINEE.c.id_number) & (BAR_TABLE.c.id_type == _TRAINEE.c.id_type),
    )
    for row in rows_of(session, statement, _TRAINEE.c.id, ids):
        one = bar_shown(row._mapping)
        until = f"至 {one['until']}" if one["until"] else "起，不限期"
        label = f"{one['kind_label']}（{one['state_label']}）"
        yield (
            row.of,
            one["bar"],
            {
                "year": int(one["from_date"][:4]),
                "kind": "bar",
                "what": f"诚信记录 {one['bar']}",
                "application_no": None,
                "detail": f"{label}，{one['from_date']} {until}",
                "base": None,
                "specialty": None,
                "status_label": label,
            },
        )
