"""Applications as a decision finds them: many at once, with no more of each than it asks about."""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from sqlalchemy import Row, Select, Table, and_, func, select
from sqlalchemy.orm import Session

from zhupei_cli.model import Application, Batch, Choice, Snapshot
from zhupei_cli.services.applications.store import CURRENT_SNAPSHOT
from zhupei_cli.store.bulk import rows_of

_APPLICATION: Table = Application.metadata.tables[Application.__tablename__]
_CHOICE: Table = Choice.metadata.tables[Choice.__tablename__]
_SNAPSHOT: Table = Snapshot.metadata.tables[Snapshot.__tablename__]

#: Up to so many are looked up by their numbers.
_FEW = 5_000
#: Of more, the whole batch is read, unless it is so many times as large.
_SHARE = 4


class UnderReview(NamedTuple):
    """An application, the base of its first choice, and the name it was submitted under last."""

    id: int
    application_no: str
    status: str
    snapshot_version: int | None
    touched_by: int
    base: str | None
    name: str | None


_Row = Row[int, str, str, int | None, int, str | None, str | None]

_STATEMENT: Select[int, str, str, int | None, int, str | None, str | None] = (
    select(
        *_APPLICATION.c["id", "application_no", "status", "snapshot_version", "touched_by"],
        _CHOICE.c.base_code,
        _SNAPSHOT.c.name,
    )
    .outerjoin(_CHOICE, and_(_CHOICE.c.application_id == _APPLICATION.c.id, _CHOICE.c.number == 1))
    .outerjoin(_SNAPSHOT, CURRENT_SNAPSHOT)
)


def load_under_review(session: Session, batch: Batch, numbers: Collection[str]) -> dict[str, UnderReview]:
    """Return the applications to `batch` with these numbers, by number."""
    return {row[1]: UnderReview._make(row) for row in _rows(session, batch, numbers)}


def _rows(session: Session, batch: Batch, numbers: Collection[str]) -> Iterable[_Row]:
    statement = _STATEMENT.where(_APPLICATION.c.batch_id == batch.id)
    if len(numbers) > _FEW:
        size = select(func.count()).select_from(_APPLICATION).where(_APPLICATION.c.batch_id == batch.id)
        if session.execute(size).scalar_one() < _SHARE * len(numbers):
            wanted = set(numbers)
            return [row for row in session.execute(statement).all() if row[1] in wanted]
    return rows_of(session, statement, _APPLICATION.c.application_no, numbers)
