"""Imports of every kind for tests, without workbooks; and all that a database holds, for comparing."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from zhupei_cli.acting import Acting
from zhupei_cli.model import Base
from zhupei_cli.services.admission import checkins
from zhupei_cli.services.applications.importing import intake
from zhupei_cli.services.applications.importing.case import Options
from zhupei_cli.services.batches import plan_sheets
from zhupei_cli.services.kinds.employer import import_employers
from zhupei_cli.services.marks import scores
from zhupei_cli.services.records.import_ledger import Imported, ImportedFile
from zhupei_cli.services.records.lookup import find_batch
from zhupei_cli.services.records.workbooks import Reading
from zhupei_cli.services.reference import lists
from zhupei_cli.services.reviews import decisions
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.sheets.kinds.cells import CLEAR
from zhupei_cli.sheets.kinds.columns import Kind
from zhupei_cli.sheets.taking.lines import Line
from zhupei_cli.store.engine import transaction

Rows = Sequence[Mapping[str, Any]]

#: What an undo must leave as it is: it is told there.
LEDGER = frozenset(("event", "import_run", "import_row", "counter"))


def reading_of(*sheets: tuple[Kind, Rows], name: str = "a.xlsx") -> Reading:
    """Return the rows as a workbook of these sheets would give them, the first one in row 2."""
    lines = [
        Line(name, kind.title, number, kind.key, _read(kind, row))
        for kind, rows in sheets
        for number, row in enumerate(rows, 2)
    ]
    return Reading((ImportedFile(name, f"{len(lines):064d}", len(lines)),), lines, [])


def _read(kind: Kind, row: Mapping[str, Any]) -> dict[str, Any]:
    columns = {column.key: column.read for column in kind.columns}
    return {key: CLEAR if word == "清空" else columns[key](word) for key, word in row.items()}


def take_in(
    session: Session,
    reading: Reading,
    *,
    by: Acting,
    batch: str = "HN2026",
    submit: bool = False,
    **more: Any,
) -> Imported:
    """Import a reading, whatever its kind."""
    outcome: Imported
    kind = reading.lines[0].kind
    if kind in _REFERENCE:
        outcome = _REFERENCE[kind](session, reading, by=by)
        return outcome
    found = find_batch(session, batch)
    if kind == "plan":
        return plan_sheets.import_plan(session, reading, batch=found, by=by)
    if kind in _OF_BATCH:
        outcome = _OF_BATCH[kind](session, reading, batch=found, by=by, **more)
        return outcome
    options = Options(submit=submit, **more)
    return intake.import_trainees(session, reading, batch=found, by=by, options=options)


_REFERENCE: Mapping[str, Any] = {
    workbook_kinds.BASE.key: lists.import_bases,
    workbook_kinds.SPECIALTY.key: lists.import_specialties,
    workbook_kinds.EMPLOYER.key: import_employers,
}
_OF_BATCH: Mapping[str, Any] = {
    workbook_kinds.SCORE.key: scores.import_scores,
    workbook_kinds.REVIEW.key: decisions.import_reviews,
    workbook_kinds.CHECK_IN.key: checkins.import_checkins,
}


def everything(database: str) -> dict[str, list[tuple[Any, ...]]]:
    """Return the rows of every table but the ledger."""
    with transaction(database, read_only=True) as session:
        return {
            name: sorted((tuple(row) for row in session.execute(select(table))), key=repr)
            for name, table in Base.metadata.tables.items()
            if name not in LEDGER
        }
