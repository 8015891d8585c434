"""The seats given before anything was computed, as a list."""

from datetime import datetime
from typing import Final, TypedDict

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from zhupei_cli.model import Admission, Application, Batch, Preplaced, Trainee
from zhupei_cli.rules.people.masking import mask_id
from zhupei_cli.services.admission.preplacing.giving import DETAILS, PREPLACED
from zhupei_cli.services.records.lookup import base_names, specialty_names
from zhupei_cli.words.vocabulary import IDENTITY

_TABLES = Admission.metadata.tables
_ADMISSION: Table = _TABLES[Admission.__tablename__]
_APPLICATION: Table = _TABLES[Application.__tablename__]
_PREPLACED: Table = _TABLES[Preplaced.__tablename__]
_TRAINEE: Table = _TABLES[Trainee.__tablename__]

_HELD: Final = (
    select(
        _APPLICATION.c.application_no, _ADMISSION, *_TRAINEE.c["name", "id_number"], *_PREPLACED.c[DETAILS]
    )
    .join(_ADMISSION, _ADMISSION.c.application_id == _APPLICATION.c.id)
    .join(_TRAINEE, _TRAINEE.c.id == _APPLICATION.c.trainee_id)
    .outerjoin(_PREPLACED, _PREPLACED.c.application_id == _APPLICATION.c.id)
    .where(_ADMISSION.c.via == PREPLACED, _ADMISSION.c.live_key.is_not(None))
)


class PreplacedRow(TypedDict):
    """A seat given before any run, as a list has it."""

    application_no: str
    name: str
    id_number: str
    identity: str
    identity_label: str
    base: str
    base_label: str
    specialty: str
    specialty_label: str
    university: str | None
    tutor: str | None
    decided_at: datetime


def list_preplaced(session: Session, batch: Batch, *, reveal: bool = False) -> list[PreplacedRow]:
    """Return the seats of the batch given before any run and held still, by base, specialty and number."""
    bases, specialties = base_names(session).labels, specialty_names(session).labels
    rows: list[PreplacedRow] = [
        {
            "application_no": row.application_no,
            "name": row.name,
            "id_number": row.id_number if reveal else mask_id(row.id_number),
            "identity": row.identity,
            "identity_label": IDENTITY.label(row.identity),
            "base": row.base_code,
            "base_label": bases[row.base_code],
            "specialty": row.specialty_code,
            "specialty_label": specialties[row.specialty_code],
            "university": row.university,
            "tutor": row.tutor,
            "decided_at": row.decided_at,
        }
        for row in session.execute(_HELD.where(_ADMISSION.c.batch_id == batch.id))
    ]
    return sorted(rows, key=lambda row: (row["base"], row["specialty"], row["application_no"]))
