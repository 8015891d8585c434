"""审核意见: decisions on applications."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session

from zhupei_cli.model import Admission, ImportRun, Review
from zhupei_cli.services.kinds.parts.applied import APPLICATION_TABLE, application_of, statuses_of
from zhupei_cli.services.kinds.parts.kind import Found, ImportKind, Moves
from zhupei_cli.services.kinds.parts.later import latest_event, overwritten
from zhupei_cli.services.kinds.parts.written import MODEL_TABLES, Written
from zhupei_cli.services.kinds.trainee import FORM_PART
from zhupei_cli.services.reviews.decisions import import_reviews
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.store.bulk import delete_rows, rows_of, update_rows

_ADMISSION: Table = MODEL_TABLES[Admission.__tablename__]
_REVIEW: Table = MODEL_TABLES[Review.__tablename__]


def _put_back(session: Session, _run: ImportRun, rows: Sequence[Written]) -> Moves:
    """Delete the last decision on each application: nothing has happened to it since the import."""
    statuses, images = statuses_of(session, rows), {row: row.image for row in rows}
    statement = select(func.max(_REVIEW.c.id)).group_by(_REVIEW.c.application_id)
    last = rows_of(session, statement, _REVIEW.c.application_id, (row.id for row in rows))
    delete_rows(session, _REVIEW, ("id",), [tuple(row) for row in last])
    values = [(row.id, image["status"], image["touched_by"]) for row, image in images.items()]
    update_rows(session, APPLICATION_TABLE, ("id",), ("status", "touched_by"), values)
    return {row: (statuses[row.id], image["status"]) for row, image in images.items()}


def _blocked(session: Session, run: ImportRun, rows: Sequence[Written]) -> Found:
    # The number of the last event is written into all that was decided.
    yield from overwritten(session, APPLICATION_TABLE, rows, REVIEW_IMPORT.last_event(run, len(rows)))
    # A seat given before any run, or given up before the result was taken back, rests on the approval.
    statement = select(*APPLICATION_TABLE.c["id", "application_no"]).join(
        _ADMISSION, _ADMISSION.c.application_id == APPLICATION_TABLE.c.id
    )
    numbers = {
        row.id: row.application_no
        for row in rows_of(session, statement, APPLICATION_TABLE.c.id, [row.id for row in rows])
    }
    told = latest_event(session, [*numbers.values()], "admission")
    yield from ((row, told.get(numbers[row.id])) for row in rows if row.id in numbers)


REVIEW_IMPORT: Final[ImportKind] = ImportKind(
    key="review",
    label="审核意见",
    sheets=(workbook_kinds.REVIEW,),
    take=import_reviews,
    parts=(replace(FORM_PART, put_back=_put_back, blocked=_blocked),),
    line_keys=lambda _session: application_of,
    event_rows=1,
)
