"""Scores (成绩): taken in from workbooks, record by record, and listed with their totals."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from zhupei_cli.acting import Acting
from zhupei_cli.errors import Fault, ZhupeiError
from zhupei_cli.model import Application, Batch, Plan, Score
from zhupei_cli.rules import settings
from zhupei_cli.rules.masking import mask_id
from zhupei_cli.rules.scores import COMPONENTS, Record, mark_number, scoring
from zhupei_cli.services import images
from zhupei_cli.services.events import canonical, record
from zhupei_cli.services.imports import (
    Counts,
    Imported,
    Touched,
    begin_import,
    record_rows,
    row_changes,
)
from zhupei_cli.services.lookup import base_names, settings_of
from zhupei_cli.services.score_lines import Entry, applications_of, read_entries, refuse_twins
from zhupei_cli.services.workbooks import Reading
from zhupei_cli.sheets.lines import Line
from zhupei_cli.store.bulk import insert_rows, rows_of, update_rows
from zhupei_cli.vocabulary import BATCH_STATUS, BatchStatus

_TABLES = Score.metadata.tables
_SCORE: Table = _TABLES[Score.__tablename__]
_PLAN: Table = _TABLES[Plan.__tablename__]

Marks = tuple[int | None, ...]  # in the order of COMPONENTS
_NONE: Marks = (None,) * len(COMPONENTS)


def import_scores(session: Session, reading: Reading, *, batch: Batch, by: Acting) -> Imported:
    """Take marks in from the rows of 成绩; faults are left on the lines.

    A blank cell keeps the mark that is stored; 缺考 and 清空 leave none. Raises E460 unless the batch is
    open or closed: from locking on the marks are what admission rests on.
    """
    if batch.status not in (BatchStatus.OPEN, BatchStatus.CLOSED):
        raise ZhupeiError("E460", batch=batch.code, status=BATCH_STATUS.label(batch.status))
    if not reading.readable:
        return Imported(None, Counts(), reading.files, readable=False)
    entries = read_entries(session, batch, reading.lines)
    refuse_twins(entries)
    stored = _stored(session, entries)
    good = [entry for entry in entries if not entry.line.bad]
    _warn_of_empty(entry for entry in good if entry.key not in stored)
    changes = [
        (entry, before, after)
        for entry in good
        if (after := _merged(entry.line.values, before := stored.get(entry.key))) != before
    ]
    counts = _counts(reading.lines, [before for _, before, _ in changes])
    if not changes:
        return Imported(None, counts, reading.files)
    import_id, seq = begin_import(
        session, "score", by=by, batch_id=batch.id, files=reading.files, counts=counts
    )
    stamps = images.score_stamps(session, (entry.application_id for entry, _, _ in changes))
    _write(session, changes, seq=seq)
    record_rows(session, import_id, [_touched(entry, before, stamps) for entry, before, _ in changes])
    named = [(entry.name, after) for entry, _, after in changes]
    record(session, by, list(row_changes("score.import", named, batch_id=batch.id)))
    return Imported(import_id, counts, reading.files)


def _counts(lines: Sequence[Line], befores: Sequence[Marks | None]) -> Counts:
    rejected = sum(line.bad for line in lines)
    inserted = sum(before is None for before in befores)
    return Counts(
        rows=len(lines),
        inserted=inserted,
        updated=len(befores) - inserted,
        unchanged=len(lines) - rejected - len(befores),
        rejected=rejected,
        warned=sum(bool(line.faults) and not line.bad for line in lines),
    )


def _stored(session: Session, entries: Iterable[Entry]) -> dict[tuple[int, str], Marks]:
    columns = (_SCORE.c.application_id, _SCORE.c.record, *(_SCORE.c[name] for name in COMPONENTS))
    ids = {entry.application_id for entry in entries if not entry.line.bad}
    rows = rows_of(session, select(*columns), _SCORE.c.application_id, ids)
    return {(id_, of): tuple(marks) for id_, of, *marks in rows}


def _warn_of_empty(entries: Iterable[Entry]) -> None:
    # An empty record is still a record: as a base's own it stands for the common one there.
    for entry in entries:
        if entry.line.values.keys().isdisjoint(COMPONENTS):
            entry.line.faults.append(Fault("E175", COMPONENTS[0], "warning"))


def _merged(values: Mapping[str, Any], before: Marks | None) -> Marks:
    given = [values.get(name) for name in COMPONENTS]
    return tuple(
        old if new is None else new if isinstance(new, int) else None
        for new, old in zip(given, before or _NONE, strict=True)
    )


def _write(session: Session, changes: Iterable[tuple[Entry, Marks | None, Marks]], *, seq: int) -> None:
    new, changed = [], []
    for entry, before, after in changes:
        if before is None:
            new.append((*entry.key, entry.record or None, *after, seq))
        else:
            changed.append((*entry.key, *after, seq))
    columns = (*COMPONENTS, "touched_by")
    insert_rows(session, _SCORE, ("application_id", "record", "base_code", *columns), new)
    update_rows(session, _SCORE, ("application_id", "record"), columns, changed)


def _touched(entry: Entry, before: Marks | None, stamps: Mapping[tuple[int, str], int]) -> Touched:
    key = f"{entry.application_id}/{entry.record}"
    if before is None:
        return ("score", key, "inserted", None)
    return ("score", key, "updated", canonical({"marks": before, "touched_by": stamps[entry.key]}))


def list_scores(session: Session, batch: Batch, *, reveal: bool = False) -> list[dict[str, Any]]:
    """Return every record by application number, the common one first; marks and total have two decimals."""
    total = scoring(settings.parse(settings_of(session, batch)).weights)
    marks = (Score.base_code, Score.written, Score.skill, Score.interview)
    statement = applications_of(batch).join(Score, Score.application_id == Application.id).add_columns(*marks)
    bases = base_names(session).labels
    rows = sorted(session.execute(statement), key=lambda row: (row.application_no, row.base_code or ""))
    return [
        {
            "application_no": row.application_no,
            "name": row.name,
            "id_number": row.id_number if reveal else mask_id(row.id_number),
            "base": row.base_code,
            "base_label": row.base_code and bases[row.base_code],
            **{name: mark_number(getattr(row, name)) for name in COMPONENTS},
            "total": mark_number(total(Record(row.base_code, row.written, row.skill, row.interview))),
        }
        for row in rows
    ]
