"""Imports by their numbers, and the rows they wrote as events and people call them."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from zhupei_cli.model import ImportRun
from zhupei_cli.services.kinds.parts.kind import Called, grouped
from zhupei_cli.services.kinds.parts.written import Written
from zhupei_cli.services.kinds.register import KINDS
from zhupei_cli.words.errors import ZhupeiError


def find_import(session: Session, import_id: int) -> ImportRun:
    """Return the import of this number; E316 when there is none."""
    run = session.get(ImportRun, import_id)
    if run is None:
        raise ZhupeiError("E316", import_id=import_id)
    return run


def names(session: Session, run: ImportRun, rows: Iterable[Written]) -> dict[Written, str]:
    """Return what events call each row; one that is not there any more is not named."""
    return {row: name for row, (name, _) in _called(session, run, rows).items()}


def texts(session: Session, run: ImportRun, rows: Iterable[Written]) -> dict[Written, str]:
    """Return each row as people know it, ID numbers masked."""
    rows = list(rows)
    called, kind = _called(session, run, rows), KINDS[run.kind]
    return {
        row: called[row][1] if row in called else f"{kind.part(row.entity).label} {row.key}" for row in rows
    }


def _called(session: Session, run: ImportRun, rows: Iterable[Written]) -> Called:
    called: Called = {}
    for entity, group in grouped(rows).items():
        called |= KINDS[run.kind].part(entity).called(session, group)
    return called
