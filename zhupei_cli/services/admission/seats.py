"""Seats: the counters of the plan, changed in the transaction that writes the admissions."""

from collections import Counter
from collections.abc import Iterable
from typing import Final, TypedDict

from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from zhupei_cli.model import Batch, Plan, Specialty
from zhupei_cli.model.base import TableRow
from zhupei_cli.rules.batch.lifecycle import PUBLISHED
from zhupei_cli.services.batches.ceding import cede_seats
from zhupei_cli.services.batches.taking_part import preplaced
from zhupei_cli.services.batches.vacant_seats import taken_at, vacant_at
from zhupei_cli.services.records.lookup import base_names, specialty_names
from zhupei_cli.store.bulk import rows_of
from zhupei_cli.words.errors import ZhupeiError
from zhupei_cli.words.vocabulary import BatchStatus, Identity

_PLAN: Table = Plan.metadata.tables[Plan.__tablename__]
_SPECIALTY: Table = Plan.metadata.tables[Specialty.__tablename__]
_PLACES: Final = select(_PLAN, _SPECIALTY.c.is_shortage).join(
    _SPECIALTY, _SPECIALTY.c.code == _PLAN.c.specialty_code
)

#: Base code, specialty code, identity of whoever sits there.
SeatTaken = tuple[str, str, str]


def hold_places(
    session: Session, batch: Batch, spots: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], TableRow]:
    """Return the plan of the bases of `spots` by place, held: what is told of it is what the counters say.

    The rows are the caller's own, to count in them whom it seats.
    """
    statement = (
        select(_PLAN)
        .where(_PLAN.c.batch_id == batch.id)
        .order_by(_PLAN.c.base_code, _PLAN.c.specialty_code)
        .with_for_update()
    )
    rows = rows_of(session, statement, _PLAN.c.base_code, sorted({base for base, _ in spots}))
    return {(row.base_code, row.specialty_code): dict(row._mapping) for row in rows}


def take_seats(session: Session, batch: Batch, seats: Iterable[SeatTaken]) -> None:
    """Count these seats as taken; E463 when a place has not so many, or a limit is reached.

    E680 or E681 when the parent of an archived supplement round has given the seat away by now.
    """
    try:
        _change(session, batch, Counter(seats), step=1)
    except IntegrityError as error:
        what = f"批次 {batch.code} 有岗位名额不足（连同补录批次接去的名额计算）"
        raise ZhupeiError("E463", what=what) from error


def free_seats(session: Session, batch: Batch, seats: Iterable[SeatTaken]) -> None:
    """Count these seats as free again."""
    _change(session, batch, Counter(seats), step=-1)


def _change(session: Session, batch: Batch, seats: Counter[SeatTaken], *, step: int) -> None:
    places: dict[tuple[str, str], dict[str, int]] = {}
    for (base, specialty, identity), count in seats.items():
        places.setdefault((base, specialty), {})[identity] = step * count
    if not places:
        return
    # Relative to what stands there: the CHECKs of the plan then hold whatever others do at the same time.
    taken = {f"taken_{who}": _PLAN.c[f"taken_{who}"] + bindparam(f"more_{who}") for who in Identity}
    statement = update(_PLAN).values(taken)
    for name in ("batch_id", "base_code", "specialty_code"):
        statement = statement.where(_PLAN.c[name] == bindparam(f"key_{name}"))
    session.connection().execute(
        statement,
        [
            {"key_batch_id": batch.id, "key_base_code": base, "key_specialty_code": specialty}
            | {f"more_{who}": changes.get(who, 0) for who in Identity}
            # In one order everywhere, so that two writers never wait for each other's place.
            for (base, specialty), changes in sorted(places.items())
        ],
    )
    if batch.status == BatchStatus.ARCHIVED:
        cede_seats(session, batch)  # an archived supplement round holds only what is taken there


class Vacancy(TypedDict):
    """A place of the plan with its seats; those taken and vacant are None where they may not be told."""

    base: str
    base_label: str
    specialty: str
    specialty_label: str
    quota: int
    taken: int | None
    preplaced: int | None
    ceded: int
    vacant: int | None
    is_shortage: bool
    stopped: bool


def list_vacancies(session: Session, batch: Batch, *, unpublished: bool = False) -> list[Vacancy]:
    """Return every place of the plan with its seats; a stopped place offers none, whatever is free there.

    `preplaced` are those of the taken given before any run, `ceded` went to supplement rounds. What an
    archived round did not give is its parent's again and vacant there. Before publication seats taken are
    None, unless `unpublished`.
    """
    told = unpublished or batch.status in PUBLISHED
    bases, specialties = base_names(session).labels, specialty_names(session).labels
    given = preplaced(session, batch)
    found: list[Vacancy] = [
        {
            "base": row.base_code,
            "base_label": bases[row.base_code],
            "specialty": row.specialty_code,
            "specialty_label": specialties[row.specialty_code],
            "quota": row.quota,
            "taken": taken_at(row._mapping) if told else None,
            "preplaced": given[row.base_code, row.specialty_code] if told else None,
            "ceded": row.ceded,
            "vacant": vacant_at(row._mapping, batch) if told else None,
            "is_shortage": row.is_shortage,
            "stopped": row.stopped,
        }
        for row in session.execute(_PLACES.where(_PLAN.c.batch_id == batch.id))
    ]
    return sorted(found, key=lambda place: (place["base"], place["specialty"]))
