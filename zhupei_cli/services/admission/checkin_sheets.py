"""Sheets for check-in (报到): who is to come, for the whole province or for each base."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from zhupei_cli.acting import Acting
from zhupei_cli.files import refuse_existing
from zhupei_cli.model import Admission, Application, Batch, Snapshot, Trainee
from zhupei_cli.services.admission.give_up import require_state
from zhupei_cli.services.applications.store import CURRENT_SNAPSHOT
from zhupei_cli.services.records.base_books import BaseBook, Texts, lay_out
from zhupei_cli.services.records.events import Change, record
from zhupei_cli.services.records.lookup import base_names, specialty_names
from zhupei_cli.words.vocabulary import AdmissionStatus

_TABLES = Admission.metadata.tables
_ADMISSION: Table = _TABLES[Admission.__tablename__]
_APPLICATION: Table = _TABLES[Application.__tablename__]
_SNAPSHOT: Table = _TABLES[Snapshot.__tablename__]
_TRAINEE: Table = _TABLES[Trainee.__tablename__]

_ADMITTED: Final = (
    select(
        _APPLICATION.c.application_no,
        _SNAPSHOT.c.name,
        _TRAINEE.c.mobile,
        *_ADMISSION.c["base_code", "specialty_code"],
    )
    .join(_ADMISSION, _ADMISSION.c.application_id == _APPLICATION.c.id)
    .join(_TRAINEE, _TRAINEE.c.id == _APPLICATION.c.trainee_id)
    .join(_SNAPSHOT, CURRENT_SNAPSHOT)
    .where(_ADMISSION.c.status == AdmissionStatus.ADMITTED)
)


def prepare_province(
    session: Session, batch: Batch, *, by: Acting, target: Path, force: bool = False
) -> BaseBook:
    """Return the one workbook of everybody who is to check in still, and record that it leaves."""
    refuse_existing(target, force=force)
    rows = [row for rows in _expected(session, batch, None).values() for row in rows]
    book = BaseBook("", target, f"{batch.name} 报到", rows)
    _record(session, batch, [book], by=by)
    return book


def prepare_checkin_books(
    session: Session, batch: Batch, base: str | None, *, by: Acting, target: Path, force: bool = False
) -> list[BaseBook]:
    """Return the workbooks of who is to check in at `base`, or at each base that has any, and record them.

    Phone numbers are whole, so an event is written for each; the files are not made yet. Raises E401 unless
    the batch is final, E002 for a file that is there already.
    """
    rows = _expected(session, batch, base)
    names = base_names(session)
    books = lay_out(rows, names, target, title=batch.name, what="报到", force=force)
    _record(session, batch, books, by=by)
    return books


def _record(session: Session, batch: Batch, books: Sequence[BaseBook], *, by: Acting) -> None:
    changes = [
        Change("checkin.export", book.base or batch.code, batch.id, data={"rows": len(book.rows)})
        for book in books
    ]
    record(session, by, changes)


def _expected(session: Session, batch: Batch, base: str | None) -> dict[str, list[Texts]]:
    """Return base → who is to check in there still, by number; with `base` of that one, even if nobody is."""
    require_state(session, batch, "report")
    statement = _ADMITTED.where(_ADMISSION.c.batch_id == batch.id)
    if base is not None:
        statement = statement.where(_ADMISSION.c.base_code == base)
    bases, specialties = base_names(session).labels, specialty_names(session).labels
    found: dict[str, list[Texts]] = {} if base is None else {base: []}
    for row in sorted(session.execute(statement).all(), key=lambda row: str(row.application_no)):
        found.setdefault(row.base_code, []).append(
            {
                "application_no": row.application_no,
                "name": row.name,
                "base": bases[row.base_code],
                "specialty": specialties[row.specialty_code],
                "mobile": row.mobile or "",
            }
        )
    return dict(sorted(found.items()))
