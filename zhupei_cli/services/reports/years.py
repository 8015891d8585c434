"""Which batches make the last years, and what their places offered."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from zhupei_cli.model import Batch, Plan, Specialty, TrainingBase
from zhupei_cli.words.errors import ZhupeiError
from zhupei_cli.words.vocabulary import BatchStatus

_PLAN: Table = Plan.metadata.tables[Plan.__tablename__]
#: What is no recruitment: not begun, or given up.
NO_RECRUITMENT: Final = (BatchStatus.DRAFT, BatchStatus.CANCELLED)


class Offered(NamedTuple):
    """The seats of one place in one year; `city` is that of its base, `capacity` the most the plans say."""

    year: int
    base: str
    specialty: str
    city: str
    shortage: bool
    quota: int
    capacity: int | None


def batches_of_years(session: Session, years: int) -> tuple[list[int], Sequence[Batch]]:
    """Return the last `years` years up to the newest batch, and their batches, supplement rounds included.

    Batches in preparation and cancelled ones do not count. Raises E720 when there is none.
    """
    statement = select(Batch).where(Batch.status.not_in(NO_RECRUITMENT)).order_by(Batch.year, Batch.id)
    found = session.execute(statement).scalars().all()
    if not found:
        raise ZhupeiError("E720")
    last = found[-1].year
    span = list(range(last - years + 1, last + 1))
    return span, [batch for batch in found if batch.year in span]


def offered(session: Session, batches: Sequence[Batch]) -> list[Offered]:
    """Return the seats of each place by year; a stopped place is there with none.

    A supplement round offers what its parent had left: its plan is part of that one's.
    """
    roots = {batch.id: batch.year for batch in batches if batch.parent_id is None}
    if not roots:
        return []
    columns = (_PLAN.c.batch_id, _PLAN.c.base_code, _PLAN.c.specialty_code, _PLAN.c.quota, _PLAN.c.stopped)
    more = (_PLAN.c.capacity, TrainingBase.city, Specialty.is_shortage)
    statement = (
        select(*columns, *more)
        .join(TrainingBase, TrainingBase.code == _PLAN.c.base_code)
        .join(Specialty, Specialty.code == _PLAN.c.specialty_code)
        .where(_PLAN.c.batch_id.in_(roots))
    )
    sums: dict[tuple[int, str, str, str, bool], int] = {}
    most: dict[tuple[int, str, str, str, bool], int] = {}
    for batch, base, specialty, quota, stopped, capacity, city, shortage in session.execute(statement):
        key = (roots[batch], base, specialty, city, shortage)
        sums[key] = sums.get(key, 0) + (0 if stopped else quota)
        if capacity is not None:
            most[key] = max(most.get(key, 0), capacity)
    return [Offered(*key, quota, most.get(key)) for key, quota in sorted(sums.items())]
