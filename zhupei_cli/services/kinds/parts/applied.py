"""Rows that belong to applications: the applications themselves, marks, admissions."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final

from sqlalchemy import Row, Table, select
from sqlalchemy.orm import Session

from zhupei_cli.model import Application, Trainee
from zhupei_cli.services.kinds.parts.kind import Called, Key, Part
from zhupei_cli.services.kinds.parts.written import MODEL_TABLES, Written, by_id
from zhupei_cli.sheets.taking.lines import Line
from zhupei_cli.store.bulk import rows_of
from zhupei_cli.words.vocabulary import ADMISSION_STATUS

APPLICATION_TABLE: Table = MODEL_TABLES[Application.__tablename__]
_TRAINEE: Table = MODEL_TABLES[Trainee.__tablename__]


def applied_called(session: Session, rows: Sequence[Written]) -> Called:
    """Return application numbers, of marks of one base with that base, and whose they are."""
    found, called = _owners(session, rows), {}
    for row in rows:
        if (one := found.get(row.id)) is not None:
            record = row.key.partition("/")[2]
            number = f"{one.application_no}/{record}" if record else one.application_no
            called[row] = number, f"{number} {one.name}"
    return called


def applied_keys(session: Session, rows: Sequence[Written]) -> Mapping[Written, list[Key]]:
    """Return what rows share with lines that name an application, its person's paper, or only the person."""
    found = _owners(session, rows)
    keys = {}
    for row in rows:
        number, paper = found[row.id].application_no, found[row.id].id_number
        record = (row.key.partition("/")[2],) if row.entity == "score" else ()
        keys[row] = [("number", number, *record), ("paper", paper, *record), ("person", paper)]
    return keys


#: What an import writes to admissions; how it is compared, put back and blocked is each kind's own.
admission_part: Final = partial(
    Part,
    entity="admission",
    label="录取",
    called=applied_called,
    keys=applied_keys,
    coded={"admission.status": ADMISSION_STATUS},
    headings={"admission.status": "录取状态", "admission.reason": "原因"},
)


def application_of(line: Line) -> list[Key]:
    """Return the application a line names, by its number or its person's paper."""
    number, paper = line.values.get("application_no"), line.values.get("id_number")
    return [("number", number)] if isinstance(number, str) else [("paper", str(paper))]


def statuses_of(session: Session, rows: Sequence[Written]) -> dict[int, str]:
    """Return id → state of the applications."""
    statement = select(APPLICATION_TABLE.c.id, APPLICATION_TABLE.c.status)
    ids = [row.id for row in rows]
    return dict(tuple(row) for row in rows_of(session, statement, APPLICATION_TABLE.c.id, ids))


def _owners(session: Session, rows: Sequence[Written]) -> Mapping[int, Row[int, *tuple[str, ...]]]:
    columns = (
        APPLICATION_TABLE.c.id,
        APPLICATION_TABLE.c.application_no,
        _TRAINEE.c.name,
        _TRAINEE.c.id_number,
    )
    statement = select(*columns).join(_TRAINEE, _TRAINEE.c.id == APPLICATION_TABLE.c.trainee_id)
    return by_id(session, statement, rows)
