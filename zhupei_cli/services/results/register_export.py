"""The register of who was admitted, in the columns another platform wants: the columns are data.

A file of columns is a CSV with the headings 列名 and 字段, one line a column of the register; a field that
is left empty makes an empty column. `data/register.csv` is what comes with the program.
"""

import csv
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path
from typing import Final, NamedTuple

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
from zhupei_cli.services.records.lookup import base_names, specialty_names
from zhupei_cli.services.results.result_lists import FINAL, require_status
from zhupei_cli.words.codes import city_label
from zhupei_cli.words.errors import ZhupeiError
from zhupei_cli.words.vocabulary import ADMISSION_STATUS

_TABLES = Admission.metadata.tables
_ADMISSION: Table = _TABLES[Admission.__tablename__]
_APPLICATION: Table = _TABLES[Application.__tablename__]
_BASE: Table = _TABLES[TrainingBase.__tablename__]

#: What a column may hold: the person and the highest education as submitted, the form, the seat.
FIELDS: Final = frozenset(
    (
        *profiles.PERSON,
        *profiles.EDUCATION,
        *("employer_name", "employer_uscc", "application_no", "identity", "source_type", "train_years"),
        *("year", "batch", "batch_name", "base", "base_name", "base_uscc", "base_city"),
        *("main_base", "main_base_name", "is_joint"),
        *("specialty", "specialty_name", "via", "status"),
    )
)


class Field(NamedTuple):
    """One column of the register: its heading, and which of FIELDS it holds ("" for none)."""

    heading: str
    field: str


def load_fields(path: Path | None = None) -> list[Field]:
    """Read the columns from `path`, else those of the program. Raises E001, and E063 for an unknown field."""
    if path is None:
        text = (files("zhupei_cli") / "data" / "register.csv").read_text("utf-8")
    elif path.is_file():
        try:
            text = path.read_bytes().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise _unfit(path.name, "不是 UTF-8 编码") from error
    else:
        raise ZhupeiError("E001", file=path)
    return list(_fields(csv.reader(text.splitlines()), "register.csv" if path is None else path.name))


def _fields(lines: Iterable[list[str]], file: str) -> Iterable[Field]:
    rows = [[cell.strip() for cell in line] for line in lines if any(line)]
    if not rows or rows[0][:2] != ["列名", "字段"] or len(rows) == 1:
        raise _unfit(file, "第一行应为 列名,字段，以下每行一列")
    for number, row in enumerate(rows[1:], 2):
        heading, field = (*row, "")[:2]
        if not heading or (field and field not in FIELDS):
            problem = f"第 {number} 行没有列名" if not heading else f"第 {number} 行没有这个字段“{field}”"
            raise _unfit(file, problem)
        yield Field(heading, field)


def _unfit(file: str, problem: str) -> ZhupeiError:
    return ZhupeiError("E063", file=file, problem=problem, fields=" ".join(sorted(FIELDS)))


def register(session: Session, batch: Batch, *, by: Acting) -> list[dict[str, str]]:
    """Return who is admitted, by base, specialty and number, as FIELDS, and record that the list leaves.

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
    rows = []
    for number, seat in seats.items():
        main = bases.mains.get(seat.base_code)
        one = stored[number]
        profile, now = snapshots[one.id], live[one.trainee_id].person
        values = {
            **(highest(profile.educations) or {}),
            **(current_work(profile) or {}),
            **profile.person,
            **{name: now.get(name) for name in ("mobile", "email")},
            **{name: getattr(one.form, name) for name in ("identity", "source_type", "train_years")},
            "application_no": number,
            "year": batch.year,
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
        rows.append(texts_of({name: value for name, value in values.items() if name in FIELDS}))
    record(session, by, [Change("export.register", batch.code, batch.id, data={"rows": len(rows)})])
    return sorted(rows, key=lambda row: (row["base"], row["specialty"], row["application_no"]))
