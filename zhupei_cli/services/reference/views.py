"""Training bases and specialties looked at: listed, and one base with its places."""

from typing import Final, TypedDict

from sqlalchemy import RowMapping, Table, select
from sqlalchemy.orm import Session

from zhupei_cli.acting import Acting
from zhupei_cli.model import Batch, Plan, Specialty, TrainingBase
from zhupei_cli.rules.people.masking import mask_phone
from zhupei_cli.services.records.events import Change, record
from zhupei_cli.services.records.lookup import find_base
from zhupei_cli.words.codes import CITY
from zhupei_cli.words.vocabulary import ENABLED, BatchStatus

_BASE: Table = TrainingBase.metadata.tables[TrainingBase.__tablename__]
_SPECIALTY: Table = Specialty.metadata.tables[Specialty.__tablename__]
#: Batches in which nothing is offered any more.
_OVER: Final = (BatchStatus.FINAL, BatchStatus.ARCHIVED, BatchStatus.CANCELLED)


class BaseRow(TypedDict):
    """A training base as a list has it."""

    code: str
    name: str
    aliases: str
    level: str | None
    city: str
    city_label: str
    uscc: str | None
    contact_name: str | None
    contact_phone: str | None
    main_base: str | None
    main_base_label: str | None
    is_joint: bool
    institution: str | None
    status: str
    status_label: str


class BaseShown(BaseRow):
    """A training base with the batches it offers places in, and how many."""

    batches: str
    places: int


def list_bases(
    session: Session, *, reveal_by: Acting | None = None, only: str | None = None
) -> list[BaseRow]:
    """Return all training bases by code, or `only` one.

    Phones are masked unless `reveal_by`, which leaves an event.
    """
    rows = _entries(session, _BASE)
    names = {row["code"]: row["name"] for row in rows}
    rows = [row for row in rows if only in (None, row["code"])]
    if reveal_by is not None:
        record(session, reveal_by, [Change("base.reveal", "base", data={"rows": len(rows)})])
    return [
        {
            "code": row["code"],
            "name": row["name"],
            "aliases": row["aliases"],
            "level": row["level"],
            "city": row["city"],
            "city_label": CITY.labels.get(row["city"], row["city"]),
            "uscc": row["uscc"],
            "contact_name": row["contact_name"],
            "contact_phone": _phone(row["contact_phone"], masked=reveal_by is None),
            "main_base": row["main_code"],
            "main_base_label": names.get(row["main_code"]),
            "is_joint": bool(row["is_joint"]),
            "institution": row["institution"],
            "status": row["status"],
            "status_label": ENABLED.label(row["status"]),
        }
        for row in rows
    ]


def _phone(number: str | None, *, masked: bool) -> str | None:
    return mask_phone(number) if masked and number else number


def list_specialties(session: Session) -> list[dict[str, object]]:
    """Return the catalogue of specialties by code."""
    return [dict(row) for row in _entries(session, _SPECIALTY)]


def _entries(session: Session, table: Table) -> list[RowMapping]:
    # Sorted here: a database's order of codes depends on its collation.
    rows = session.execute(select(table)).mappings()
    return sorted(rows, key=lambda row: str(row["code"]))


def show_base(session: Session, word: str, *, reveal_by: Acting | None = None) -> BaseShown:
    """Return everything about a base, with its places in batches that are not over; E302 if there is none."""
    code = find_base(session, word)
    (row,) = list_bases(session, reveal_by=reveal_by, only=code)
    offered = places_offered(session, code)
    return {**row, "batches": "、".join(offered), "places": sum(offered.values())}


def places_offered(session: Session, code: str) -> dict[str, int]:
    """Return batch → number of places the base offers in it."""
    statement = (
        select(Batch.code)
        .join(Plan, Plan.batch_id == Batch.id)
        .where(Plan.base_code == code, Plan.stopped.is_(False), Batch.status.not_in(_OVER))
    )
    codes = sorted(session.execute(statement).scalars())
    return {batch: codes.count(batch) for batch in dict.fromkeys(codes)}
