"""Who takes part in the admission of a batch: the approved ones who hold no seat of the year elsewhere.

Two batches of a year run beside each other, and whoever applied to both has a seat in one first. All screens
count by these conditions. Whoever has a result in the batch took part in it, whatever happened later.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, String, Table, cast, func, literal, select
from sqlalchemy.orm import Session

from zhupei_cli.model import Admission, Application, Batch
from zhupei_cli.rules.batch.lifecycle import PUBLISHED
from zhupei_cli.services.records.lookup import base_names, specialty_names
from zhupei_cli.store.bulk import rows_of
from zhupei_cli.words.vocabulary import (
    ADMISSION_STATUS,
    DECIDED_ON,
    ApplicationStatus,
    BatchStatus,
)

_TABLES = Application.metadata.tables
_ADMISSION: Table = _TABLES[Admission.__tablename__]
_APPLICATION: Table = _TABLES[Application.__tablename__]
_BATCH: Table = _TABLES[Batch.__tablename__]
# Inside a WHERE the same tables would be taken for those of the outer statement. Made once: an alias copies
# every column of its table, which took a seventh of the time of each command that counts who takes part.
_SEAT, _ELSEWHERE = _ADMISSION.alias(), _BATCH.alias()
_RESULT, _DECIDED = _ADMISSION.alias(), _ADMISSION.alias()

_WITH_RESULT = (BatchStatus.COMMITTED, *PUBLISHED)
_SEATS: Final = (
    select(
        *_APPLICATION.c["trainee_id", "application_no"],
        *_ADMISSION.c["base_code", "specialty_code", "status"],
        _BATCH.c.code,
        _BATCH.c.status.label("stage"),
    )
    .join(_ADMISSION, _ADMISSION.c.application_id == _APPLICATION.c.id)
    .join(_BATCH, _BATCH.c.id == _ADMISSION.c.batch_id)
)


@dataclass(frozen=True, slots=True)
class SeatElsewhere:
    """The seat that somebody holds this year, in words."""

    batch: str
    application_no: str
    base: str
    specialty: str
    status: str
    published: bool

    @property
    def place(self) -> str:
        return f"{self.base}的{self.specialty}"

    @property
    def values(self) -> dict[str, str]:
        """Return what messages say of it."""
        return {"seated_in": self.batch, "place": self.place, "status": self.status}


def takes_part(batch: Batch) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions on applications of those that take part in the admission of a batch."""
    return *_approved(batch), ~_sits_out(batch)


def seated_elsewhere(batch: Batch, *, published: bool = False) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions on approved applications whose people have a seat in another batch of the year.

    Also of those who took part here and have none: the next round leaves them out.
    """
    return *_approved(batch), holds_seat(batch, elsewhere=True, published=published)


def count_seated(session: Session, batch: Batch) -> int:
    """Return how many are approved here and left out of a later round, for their seat in another batch."""
    statement = select(func.count()).select_from(_APPLICATION).where(*seated_elsewhere(batch))
    return session.execute(statement).scalar_one()


def count_sitting_out(session: Session, batch: Batch) -> int:
    """Return how many are approved and do not take part."""
    statement = select(func.count()).select_from(_APPLICATION).where(*_approved(batch), _sits_out(batch))
    return session.execute(statement).scalar_one()


def gave_up(batch: Batch) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions on approved applications whose people gave a seat up, or lost it, before.

    Before the result was taken back: where there is one, it says so itself. They are no candidates until they
    are reinstated.
    """
    out = select(_DECIDED.c.application_id).where(
        _DECIDED.c.batch_id == batch.id, _DECIDED.c.status.in_(DECIDED_ON)
    )
    return *_approved(batch), _APPLICATION.c.id.in_(out), literal(batch.status not in _WITH_RESULT)


def count_gave_up(session: Session, batch: Batch) -> int:
    """Return how many are no candidates because they gave up before the result was taken back."""
    statement = select(func.count()).select_from(_APPLICATION).where(*gave_up(batch))
    return session.execute(statement).scalar_one()


def preplaced(session: Session, batch: Batch) -> Counter[tuple[str, str]]:
    """Return (base, specialty) → seats that were given before any run and are held still."""
    spot = (_ADMISSION.c.base_code, _ADMISSION.c.specialty_code)
    statement = (
        select(*spot, func.count())
        .where(
            _ADMISSION.c.batch_id == batch.id,
            _ADMISSION.c.via == "preplaced",
            _ADMISSION.c.live_key.is_not(None),
        )
        .group_by(*spot)
    )
    return Counter({(base, specialty): count for base, specialty, count in session.execute(statement)})


def _approved(batch: Batch) -> tuple[ColumnElement[bool], ...]:
    return _APPLICATION.c.batch_id == batch.id, _APPLICATION.c.status == ApplicationStatus.APPROVED


def _sits_out(batch: Batch) -> ColumnElement[bool]:
    here = select(_RESULT.c.application_id).where(_RESULT.c.application_id == _APPLICATION.c.id)
    return holds_seat(batch, elsewhere=True) & ~here.correlate(_APPLICATION).exists()


def holds_seat(batch: Batch, *, elsewhere: bool = False, published: bool = False) -> ColumnElement[bool]:
    """Return the condition that the person of an application holds a seat of the year.

    With `elsewhere` only in other batches, with `published` only in those of which everybody may know. Looked
    up by a key, person by person: of a list of people under a NOT OceanBase joined three tables anew for each
    of them, once another batch of the year had seats; and of all who hold one, a country has a million.
    """
    key = literal(f"{batch.year}:") + cast(_APPLICATION.c.trainee_id, String)
    held = select(_SEAT.c.application_id).where(_SEAT.c.live_key == key)
    if elsewhere:
        held = held.where(_SEAT.c.batch_id != batch.id)
    if published:
        known = held.join(_ELSEWHERE, _ELSEWHERE.c.id == _SEAT.c.batch_id)
        held = known.where(_ELSEWHERE.c.status.in_(PUBLISHED))
    return held.correlate(_APPLICATION).exists()


def seats_of(session: Session, year: int, trainees: Iterable[int]) -> Mapping[int, SeatElsewhere]:
    """Return trainee id → the seat they hold this year, for those who hold one."""
    keys = {f"{year}:{trainee}" for trainee in trainees}
    rows = rows_of(session, _SEATS, _ADMISSION.c.live_key, keys)
    bases, specialties = base_names(session).labels, specialty_names(session).labels
    return {
        row.trainee_id: SeatElsewhere(
            row.code,
            row.application_no,
            bases.get(row.base_code, row.base_code),
            specialties.get(row.specialty_code, row.specialty_code),
            ADMISSION_STATUS.label(row.status),
            row.stage in PUBLISHED,
        )
        for row in rows
    }
