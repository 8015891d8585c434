"""专硕安排: seats given before anything is computed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from zhupei_cli.model import Admission, Batch, ImportRun, Preplaced
from zhupei_cli.services.admission.preplacing.giving import DETAILS, PREPLACING_TIME, import_preplaced
from zhupei_cli.services.admission.preplacing.taking_back import remove_seats
from zhupei_cli.services.kinds.parts.applied import admission_part, application_of
from zhupei_cli.services.kinds.parts.kind import Differing, Found, ImportKind, Moves, compared_fields
from zhupei_cli.services.kinds.parts.later import named_later
from zhupei_cli.services.kinds.parts.written import MODEL_TABLES, Written, halves
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.store.bulk import rows_of, update_rows

_ADMISSION: Table = MODEL_TABLES[Admission.__tablename__]
_PREPLACED: Table = MODEL_TABLES[Preplaced.__tablename__]


def _compared(session: Session, _run: ImportRun, rows: Sequence[Written]) -> Differing:
    stored = rows_of(session, select(_PREPLACED), _PREPLACED.c.application_id, [row.id for row in rows])
    after = {row.application_id: dict(row._mapping) for row in stored}
    return {row: compared_fields("preplace.", DETAILS, row.image, after[row.id]) for row in rows}


def _put_back(session: Session, run: ImportRun, rows: Sequence[Written]) -> Moves:
    batch, sides = session.get_one(Batch, run.batch_id), halves(rows)
    by_id = {row.id: row for row in sides.new}
    stored = list(rows_of(session, select(_ADMISSION), _ADMISSION.c.application_id, by_id))
    remove_seats(session, batch, stored)
    moves = Moves()
    moves |= {by_id[row.application_id]: (row.status, None) for row in stored}
    key = ("application_id",)
    details = [(row.id, *(image[name] for name in DETAILS)) for row, image in sides.changed]
    update_rows(session, _PREPLACED, key, DETAILS, details)
    times = [(row.id, datetime.fromisoformat(image["decided_at"])) for row, image in sides.changed]
    update_rows(session, _ADMISSION, key, ("decided_at",), times)
    return moves


def _blocked(session: Session, run: ImportRun, rows: Sequence[Written]) -> Found:
    return named_later(session, run, PREPLACE_IMPORT, rows)


PREPLACE_IMPORT: Final[ImportKind] = ImportKind(
    key="preplace",
    label="专硕安排",
    sheets=(workbook_kinds.PREPLACE,),
    take=import_preplaced,
    parts=(
        admission_part(
            compared=_compared,
            put_back=_put_back,
            blocked=_blocked,
            when=PREPLACING_TIME,
        ),
    ),
    line_keys=lambda _session: application_of,
    events="admission",
    event_rows=1,
)
