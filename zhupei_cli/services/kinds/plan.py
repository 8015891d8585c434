"""招收计划: the places of a batch."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from sqlalchemy import Column, Table, func, select
from sqlalchemy.orm import Session

from zhupei_cli.model import Application, Batch, Choice, ImportRun, Plan
from zhupei_cli.rules.proof.digests import named_digest
from zhupei_cli.services.batches.ceding import cede_seats
from zhupei_cli.services.batches.plan_sheets import import_plan, read_plan
from zhupei_cli.services.batches.plans import TERMS, UNSAID, witnessed
from zhupei_cli.services.kinds.parts.kind import (
    Differing,
    Found,
    ImportKind,
    Key,
    Keys,
    Part,
    Witness,
    compared_fields,
)
from zhupei_cli.services.kinds.parts.later import named_later, naming
from zhupei_cli.services.kinds.parts.written import MODEL_TABLES, Written, halves, witnessed_rows
from zhupei_cli.services.records.lookup import base_names, specialty_names
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.sheets.taking.lines import Line
from zhupei_cli.store.bulk import delete_rows, rows_of, update_rows
from zhupei_cli.words.vocabulary import BatchStatus

_APPLICATION: Table = MODEL_TABLES[Application.__tablename__]
_CHOICE: Table = MODEL_TABLES[Choice.__tablename__]
_PLAN: Table = MODEL_TABLES[Plan.__tablename__]


def _line_keys(session: Session) -> Callable[[Line], list[Key]]:
    bases, specialties = base_names(session), specialty_names(session)

    def keys(line: Line) -> list[Key]:
        values = line.values
        base = bases.find(values["base"]) or ""
        words = [values["specialty"]] if line.kind == "plan" else [name for name in values if name != "base"]
        return [("plan", f"{base}/{specialties.find(word)}") for word in words]

    return keys


def _compared(session: Session, run: ImportRun, rows: Sequence[Written]) -> Differing:
    stored = session.execute(select(_PLAN).where(_PLAN.c.batch_id == run.batch_id)).mappings()
    after = {f"{row['base_code']}/{row['specialty_code']}": dict(row) for row in stored}
    return {
        row: compared_fields("plan.", TERMS, row.image and {**UNSAID, **row.image}, after[row.key])
        for row in rows
    }


def _put_back(session: Session, run: ImportRun, rows: Sequence[Written]) -> None:
    sides, key = halves(rows), ("batch_id", "base_code", "specialty_code")
    delete_rows(session, _PLAN, key, [(run.batch_id, *row.key.split("/")) for row in sides.new])
    values = [
        (run.batch_id, *row.key.split("/"), *(image.get(name, UNSAID[name]) for name in TERMS))
        for row, image in sides.changed
    ]
    update_rows(session, _PLAN, key, TERMS, values)
    cede_seats(session, session.get_one(Batch, run.batch_id))


def _blocked(session: Session, run: ImportRun, rows: Sequence[Written]) -> Found:
    """Find places that were changed since, and new ones that somebody applied for."""
    yield from named_later(session, run, PLAN_IMPORT, rows)
    new = {row.key: row for row in rows if row.action == "inserted"}
    statement = (
        select(_CHOICE.c.base_code, _CHOICE.c.specialty_code, func.max(_APPLICATION.c.touched_by))
        .join(_APPLICATION, _APPLICATION.c.id == _CHOICE.c.application_id)
        .where(_CHOICE.c.batch_id == run.batch_id)
        .group_by(_CHOICE.c.base_code, _CHOICE.c.specialty_code)
    )
    for base, specialty, seq in session.execute(statement) if new else ():
        if f"{base}/{specialty}" in new:
            yield new[f"{base}/{specialty}"], seq


def planned_later(session: Session, run: ImportRun, rows: Sequence[Written], column: Column[object]) -> Found:
    """Find new bases or specialties, whose codes are in `column`, that places of a plan rest on."""
    new = {row.key: row for row in rows if row.action == "inserted"}
    places: dict[str, set[str]] = {}
    columns = (column, _PLAN.c.base_code, _PLAN.c.specialty_code)
    for code, base, specialty in rows_of(session, select(*columns), column, new):
        places.setdefault(code, set()).add(f"{base}/{specialty}")
    wanted = set[str]().union(*places.values())
    planned = naming(session, run, PLAN_IMPORT, wanted, after=run.event_seq) if places else {}
    for code, keys in places.items():
        yield new[code], max((seq for key in keys if (seq := planned.get(key))), default=None)


def _witnesses(session: Session, keys: Keys) -> Iterator[Witness]:
    columns = (_PLAN.c.batch_id, _PLAN.c.base_code, _PLAN.c.specialty_code)
    statement = select(*columns, *(_PLAN.c[name] for name in TERMS))
    for batch, base, specialty, *terms in witnessed_rows(session, statement, _PLAN.c.batch_id, keys):
        yield batch, f"{base}/{specialty}", named_digest(witnessed(dict(zip(TERMS, terms, strict=True))))


PLAN_IMPORT: Final[ImportKind] = ImportKind(
    key="plan",
    label="招收计划",
    sheets=(workbook_kinds.PLAN, workbook_kinds.PLAN_WIDE),
    take=import_plan,
    parts=(
        Part(
            entity="plan",
            label="招收计划",
            called=lambda _session, rows: {row: (row.key, row.key) for row in rows},
            keys=lambda _session, rows: {row: [("plan", row.key)] for row in rows},
            compared=_compared,
            put_back=_put_back,
            blocked=_blocked,
            witnesses=_witnesses,
            witnessed_by="batch",
            of_batch=True,
            when=(BatchStatus.DRAFT, BatchStatus.OPEN, BatchStatus.CLOSED, BatchStatus.LOCKED),
        ),
    ),
    line_keys=_line_keys,
    reads=read_plan,
)
