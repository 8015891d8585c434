"""The register of who was admitted, for the columns another platform wants (register_columns.py)."""

from typing import Final

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from zhupei_cli.acting import Acting
from zhupei_cli.model import Admission, Application, Batch, TrainingBase
from zhupei_cli.rules.people.profile import highest
from zhupei_cli.services.applications import store
from zhupei_cli.services.applications.applicant_export import texts_of
from zhupei_cli.services.people import profiles
from zhupei_cli.services.people.profiles import current_work
from zhupei_cli.services.records.events import Change, record
from zhupei_cli.services.records.lookup import base_names, settings_of, specialty_names
from zhupei_cli.services.results import register_values
from zhupei_cli.services.results.register_values import Employers, joint, schooling
from zhupei_cli.services.results.result_lists import FINAL, require_status
from zhupei_cli.words.codes import city_label
from zhupei_cli.words.vocabulary import ADMISSION_STATUS

_TABLES = Admission.metadata.tables
_ADMISSION: Table = _TABLES[Admission.__tablename__]
_APPLICATION: Table = _TABLES[Application.__tablename__]
_BASE: Table = _TABLES[TrainingBase.__tablename__]

#: What a column may hold: the person and the highest education as submitted, the form, the seat.
REGISTER_KEYS: Final = frozenset(
    (
        *profiles.PERSON_COLUMNS,
        *profiles.EDUCATION_COLUMNS,
        "employer_name",
        "employer_uscc",
        "application_no",
        "identity",
        "source_type",
        "train_years",
        "year",
        "batch",
        "batch_name",
        "base",
        "base_name",
        "base_uscc",
        "base_city",
        "main_base",
        "main_base_name",
        "is_joint",
        "specialty",
        "specialty_name",
        "via",
        "status",
        *register_values.VALUE_KEYS,
    )
)


def register(session: Session, batch: Batch, *, by: Acting) -> list[dict[str, str]]:
    """Return what `register_rows` does, and record that the list leaves."""
    rows = register_rows(session, batch)
    record(session, by, [Change("export.register", batch.code, batch.id, data={"rows": len(rows)})])
    return rows


def register_rows(session: Session, batch: Batch) -> list[dict[str, str]]:
    """Return who is admitted, by base, specialty and number, as FIELDS.

    People are as they were submitted, phone and mail as they are now. Raises E487 before `batch finalize`.
    """
    require_status(batch, FINAL, "学员登记表")
    statement = (
        select(
            _APPLICATION.c.application_no,
            *_ADMISSION.c["status", "base_code", "specialty_code", "via"],
            *_BASE.c["uscc", "city"],
        )
        .select_from(_ADMISSION)
        .join(_APPLICATION, _APPLICATION.c.id == _ADMISSION.c.application_id)
        .join(_BASE, _BASE.c.code == _ADMISSION.c.base_code)
        .where(_ADMISSION.c.batch_id == batch.id, _ADMISSION.c.live_key.is_not(None))
    )
    seats = {row.application_no: row for row in session.execute(statement)}
    stored = store.load_by_number(session, batch, seats)
    snapshots = store.load_snapshots(session, stored.values())
    live = profiles.load_profiles_by_id(session, (one.trainee_id for one in stored.values()))
    specialties, bases = specialty_names(session).labels, base_names(session)
    employers = Employers(session, snapshots.values())
    joints = {
        code: joint(session, code)
        for code in {seat.base_code for seat in seats.values()} & bases.mains.keys()
    }
    train_from = settings_of(session, batch).get("train_from", "")
    rows = []
    for number, seat in seats.items():
        main = bases.mains.get(seat.base_code)
        one = stored[number]
        profile, now = snapshots[one.id], live[one.trainee_id].person
        values = {
            **(highest(profile.educations) or {}),
            **(current_work(profile) or {}),
            **profile.person,
            **schooling(profile),
            **employers.of(profile),
            **joints.get(seat.base_code, {}),
            **{name: now.get(name) for name in ("mobile", "email")},
            **{name: getattr(one.form, name) for name in ("identity", "source_type", "train_years")},
            "application_no": number,
            "year": batch.year,
            "train_from": train_from,
            "batch": batch.code,
            "batch_name": batch.name,
            "base": seat.base_code,
            "base_name": bases.names[seat.base_code],
            "main_base": main or seat.base_code,
            "main_base_name": bases.names[main or seat.base_code],
            "is_joint": main is not None,
            "order_oriented": bool(profile.person.get("order_oriented")),
            "base_uscc": seat.uscc,
            "base_city": city_label(seat.city),
            "specialty": seat.specialty_code,
            "specialty_name": specialties[seat.specialty_code],
            "via": seat.via,
            "status": ADMISSION_STATUS.label(seat.status),
        }
        rows.append(texts_of({name: value for name, value in values.items() if name in REGISTER_KEYS}))
    return sorted(rows, key=lambda row: (row["base"], row["specialty"], row["application_no"]))
