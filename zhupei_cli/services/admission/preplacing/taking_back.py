"""Taking seats back that were given before any run."""

from collections.abc import Sequence
from typing import TypedDict

from sqlalchemy import Row, Table, select
from sqlalchemy.orm import Session

from zhupei_cli.acting import Acting
from zhupei_cli.model import Admission, Application, Batch, Preplaced
from zhupei_cli.services.admission.preplacing.giving import PREPLACED, require_preplacing
from zhupei_cli.services.admission.seats import free_seats
from zhupei_cli.services.applications.store import find_stored
from zhupei_cli.services.records.events import Change, record
from zhupei_cli.store.bulk import delete_rows, rows_of
from zhupei_cli.words.errors import ZhupeiError

_TABLES = Admission.metadata.tables
_ADMISSION: Table = _TABLES[Admission.__tablename__]
_APPLICATION: Table = _TABLES[Application.__tablename__]
_PREPLACED: Table = _TABLES[Preplaced.__tablename__]


class Unplaced(TypedDict):
    """Whose seat before any run was taken back, and where it is."""

    application_no: str
    base: str
    specialty: str


def take_back(
    session: Session, batch: Batch, numbers: Sequence[str], *, reason: str, by: Acting
) -> list[Unplaced]:
    """Take back the seats given to these numbers before any run, all or none; return whose they were.

    They are candidates again. Raises E401 unless the batch is closed or locked, E304 for an
    unknown number, E767 for who has no such seat.
    """
    require_preplacing(session, batch, "撤销预先安排的名额")
    statement = (
        select(_APPLICATION.c.application_no, _ADMISSION)
        .join(_ADMISSION, _ADMISSION.c.application_id == _APPLICATION.c.id)
        .where(
            _ADMISSION.c.batch_id == batch.id,
            _ADMISSION.c.via == PREPLACED,
            _ADMISSION.c.live_key.is_not(None),
        )
    )
    wanted = list(dict.fromkeys(numbers))
    found = {
        row.application_no: row for row in rows_of(session, statement, _APPLICATION.c.application_no, wanted)
    }
    for number in wanted:
        if number not in found:
            find_stored(session, batch, number)  # raises E304 with the nearest numbers
            raise ZhupeiError("E767", application_no=number)
    rows = [found[number] for number in wanted]
    changes = []
    for row in rows:
        seat = {"base": row.base_code, "specialty": row.specialty_code, "via": PREPLACED}
        number = row.application_no
        changes.append(Change("admission.unplace", number, batch.id, row.status, None, reason, seat))
    record(session, by, changes)
    remove_seats(session, batch, rows)
    return [
        {"application_no": row.application_no, "base": row.base_code, "specialty": row.specialty_code}
        for row in rows
    ]


def remove_seats(session: Session, batch: Batch, rows: Sequence[Row[*tuple[object, ...]]]) -> None:
    """Delete these rows of admission with what is known of them; their seats are free."""
    keys = [(row.application_id,) for row in rows]
    delete_rows(session, _PREPLACED, ("application_id",), keys)
    free_seats(session, batch, [(row.base_code, row.specialty_code, row.identity) for row in rows])
    delete_rows(session, _ADMISSION, ("application_id",), keys)
    session.expire_all()
