"""报到: who came."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from zhupei_cli.acting import Acting
from zhupei_cli.model import Admission, Batch, ImportRun
from zhupei_cli.rules.proof.audit import Finding
from zhupei_cli.services.admission.checkins import import_checkins
from zhupei_cli.services.admission.give_up import seat_again
from zhupei_cli.services.admission.seats import free_seats
from zhupei_cli.services.kinds.parts.applied import APPLICATION_TABLE, admission_part, application_of
from zhupei_cli.services.kinds.parts.kind import Differing, Found, ImportKind, Moves, compared_fields
from zhupei_cli.services.kinds.parts.later import named_later
from zhupei_cli.services.kinds.parts.written import MODEL_TABLES, Written
from zhupei_cli.services.people.bars import Arising, arise, confirmed
from zhupei_cli.services.records.row_stamps import STAMPS, unstamped
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.store.bulk import rows_of, update_rows
from zhupei_cli.words.errors import sentence
from zhupei_cli.words.vocabulary import AdmissionStatus, BatchStatus

_ADMISSION: Table = MODEL_TABLES[Admission.__tablename__]
_STAMP: Final = STAMPS[Admission.__tablename__]


def _compared(session: Session, _run: ImportRun, rows: Sequence[Written]) -> Differing:
    names = ("status", "reason")
    statement = select(_ADMISSION.c.application_id, *(_ADMISSION.c[name] for name in names))
    stored = rows_of(session, statement, _ADMISSION.c.application_id, [row.id for row in rows])
    after = {row.application_id: dict(row._mapping) for row in stored}
    return {
        row: compared_fields("admission.", names, dict(zip(_STAMP, row.image, strict=True)), after[row.id])
        for row in rows
    }


def _put_back(session: Session, run: ImportRun, rows: Sequence[Written]) -> Moves:
    batch = session.get_one(Batch, run.batch_id)
    before = {row: unstamped("admission", row.image) for row in rows}
    columns = ("application_id", "status", "live_key", "base_code", "specialty_code", "identity")
    statement = select(
        *(_ADMISSION.c[name] for name in columns), *APPLICATION_TABLE.c["application_no", "trainee_id"]
    ).join(APPLICATION_TABLE, APPLICATION_TABLE.c.id == _ADMISSION.c.application_id)
    by_id = {row.id: row for row in rows}
    freed, seated, moves = [], [], Moves()
    for now in rows_of(session, statement, _ADMISSION.c.application_id, by_id):
        row = by_id[now.application_id]
        status, live_key, *_ = before[row]
        moves[row] = now.status, status
        if now.live_key and not live_key:
            freed.append((now.base_code, now.specialty_code, now.identity))
        if live_key and not now.live_key:
            seated.append(now)
    free_seats(session, batch, freed)
    seat_again(session, batch, seated)
    values = [(row.id, *stamp) for row, stamp in before.items()]
    update_rows(session, _ADMISSION, ("application_id",), _STAMP, values)
    return moves


def _blocked(session: Session, run: ImportRun, rows: Sequence[Written]) -> Found:
    return named_later(session, run, CHECK_IN_IMPORT, rows)


def _afterwards(session: Session, run: ImportRun, moves: Moves, by: Acting, reason: str) -> list[Finding]:
    """Lift what arose from not coming, and make what arises from it again; E800 of what is in force."""
    back = [Arising(row.id, *states) for row, states in moves.items()]
    arise(session, session.get_one(Batch, run.batch_id), back, by=by, reason=reason)
    gone = [one.application_id for one in back if one.before == AdmissionStatus.NO_SHOW != one.after]
    stay = sorted(confirmed(session, gone, kind="no_show").values())
    return [Finding("E800", sentence("E800", {"count": len(stay), "bar": stay[0]}))] if stay else []


CHECK_IN_IMPORT: Final[ImportKind] = ImportKind(
    key="checkin",
    label="报到",
    sheets=(workbook_kinds.CHECK_IN,),
    take=import_checkins,
    parts=(
        admission_part(
            compared=_compared,
            put_back=_put_back,
            blocked=_blocked,
            when=(BatchStatus.FINAL,),
        ),
    ),
    line_keys=lambda _session: application_of,
    events="admission",
    event_rows=1,
    afterwards=_afterwards,
)
