"""Scores (成绩): taken in from workbooks, record by record, and listed with their totals."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final, TypedDict

from sqlalchemy import Select, Table, and_, or_, select
from sqlalchemy.orm import Session

from zhupei_cli.acting import Acting
from zhupei_cli.model import Application, Batch, Plan, Score
from zhupei_cli.rules.admission.scores import (
    ABSENT_PART,
    COMPONENTS,
    Mark,
    Record,
    mark_number,
    scoring,
    shown_mark,
)
from zhupei_cli.rules.batch import settings
from zhupei_cli.rules.batch.lifecycle import BATCH, directions
from zhupei_cli.rules.people.masking import mask_id
from zhupei_cli.services.applications.store import load_choices
from zhupei_cli.services.batches.taking_part import takes_part
from zhupei_cli.services.marks.score_lines import MarkEntry, applications_of, read_entries, refuse_twin_marks
from zhupei_cli.services.marks.score_marks import (
    MARK_COLUMNS,
    NO_MARKS,
    Marks,
    mark_columns,
    marks_of,
    values_of,
)
from zhupei_cli.services.records import row_stamps
from zhupei_cli.services.records.events import canonical, record
from zhupei_cli.services.records.import_ledger import (
    Counts,
    Imported,
    Touched,
    begin_import,
    filled_in,
    record_rows,
    row_events,
)
from zhupei_cli.services.records.line_numbers import settle_numbers
from zhupei_cli.services.records.lookup import base_names, settings_of
from zhupei_cli.services.records.workbooks import Reading
from zhupei_cli.sheets.kinds import cells
from zhupei_cli.sheets.kinds.workbook_kinds import SCORE
from zhupei_cli.sheets.taking.lines import Line
from zhupei_cli.store.bulk import insert_rows, rows_of, update_rows
from zhupei_cli.words.errors import Fault, ZhupeiError
from zhupei_cli.words.vocabulary import BATCH_STATUS, BatchStatus

_TABLES = Score.metadata.tables
_SCORE: Table = _TABLES[Score.__tablename__]
_PLAN: Table = _TABLES[Plan.__tablename__]

#: What the words of a cell leave of a mark.
_MEANING: Final[Mapping[object, Mark]] = {cells.ABSENT: ABSENT_PART, cells.CLEAR: None}

#: A row that changes a record: what stood there, None for a new record, and what stands there now.
_Change = tuple[MarkEntry, Marks | None, Marks]


#: The columns of a sign-in sheet that say who was absent from a part.
_MISSED: Final = tuple(f"{name}_missed" for name in COMPONENTS)


def import_scores(session: Session, reading: Reading, *, batch: Batch, by: Acting) -> Imported:
    """Take marks in from the rows of 成绩; faults are left on the lines.

    A blank cell keeps the mark that is stored, a row without any says nothing and is passed over; 清空
    leaves none. Raises E460 unless the batch is open or closed: from locking on the marks are what
    admission rests on.
    """
    settle_numbers(session, batch, reading)
    if not reading.readable:
        return Imported(None, Counts(), reading.files, readable=False)
    if batch.status not in (BatchStatus.OPEN, BatchStatus.CLOSED):
        way = directions(BATCH, batch.status, frozenset({BatchStatus.OPEN, BatchStatus.CLOSED}), batch.code)
        raise ZhupeiError("E460", batch=batch.code, status=BATCH_STATUS.label(batch.status), cure=way)
    _tick(reading.lines)
    back = _taken_back(session, batch, reading.lines)
    filled = [line for line in reading.lines if id(line) in back or filled_in([line], COMPONENTS)]
    entries = read_entries(session, batch, filled)
    refuse_twin_marks(entries)
    stored = _stored(session, entries)
    good = [entry for entry in entries if not entry.line.bad]
    changes = [
        (entry, before, after)
        for entry in good
        if (after := _merged(entry.line.values, before := stored.get(entry.key))) != (before or NO_MARKS)
    ]
    replaced = _tell_replaced(changes)
    _tell_not_chosen(session, good)
    counts = _counts(reading.lines, [before for _, before, _ in changes], len(filled), replaced)
    if not changes:
        return Imported(None, counts, reading.files)
    import_id, seq = begin_import(
        session, "score", by=by, batch_id=batch.id, files=reading.files, counts=counts
    )
    stamps = row_stamps.score_stamps(session, (entry.application_id for entry, _, _ in changes))
    _write(session, changes, seq=seq)
    named = [(entry.name, after) for entry, _, after in changes]
    record(session, by, list(row_events("score.import", named, batch_id=batch.id)))
    touched = [_touched(entry, before, stamps) for entry, before, _ in changes]
    record_rows(session, import_id, touched, by=by)
    return Imported(import_id, counts, reading.files)


def _tick(lines: Iterable[Line]) -> None:
    """Make 缺考 of every part that is ticked as missed; E745 where it has a mark as well."""
    for line in lines:
        for name in COMPONENTS:
            if line.values.get(f"{name}_missed") is not True:
                continue
            if line.values.get(name, cells.ABSENT) is not cells.ABSENT:
                part = SCORE.headings[name]
                line.faults.append(Fault("E745", f"{name}_missed", values={"part": part}))
            line.values = {**line.values, name: cells.ABSENT}


def _taken_back(session: Session, batch: Batch, lines: Iterable[Line]) -> set[int]:
    """Return the ids of the lines that say nothing but 否 of a part somebody is known to have missed.

    In a sign-in sheet everybody who came has one: it says something of those alone.
    """
    silent = [line for line in lines if line.values.keys().isdisjoint(COMPONENTS)]
    noes = {id(line): line for line in silent if any(line.values.get(name) is False for name in _MISSED)}
    if not noes:
        return set()
    # What is wrong with a row that says nothing is nobody's concern.
    copies = [replace(line, faults=[]) for line in noes.values()]
    keys = dict(zip(map(id, copies), noes, strict=True))
    entries = read_entries(session, batch, copies)
    stored = _stored(session, entries)
    return {
        keys[id(entry.line)]
        for entry in entries
        if (marks := stored.get(entry.key)) is not None and _merged(entry.line.values, marks) != marks
    }


def _counts(lines: Sequence[Line], befores: Sequence[Marks | None], filled: int, replaced: int) -> Counts:
    rejected = sum(line.bad for line in lines)
    inserted = sum(before is None for before in befores)
    return Counts(
        rows=len(lines),
        inserted=inserted,
        updated=len(befores) - inserted,
        unchanged=filled - rejected - len(befores),
        rejected=rejected,
        warned=sum(bool(line.faults) and not line.bad for line in lines),
        blank=len(lines) - filled,
        replaced=replaced,
    )


def _stored(session: Session, entries: Iterable[MarkEntry]) -> dict[tuple[int, str], Marks]:
    columns = (_SCORE.c.application_id, _SCORE.c.record, *mark_columns())
    ids = {entry.application_id for entry in entries if not entry.line.bad}
    rows = rows_of(session, select(*columns), _SCORE.c.application_id, ids)
    return {(id_, of): marks_of(values) for id_, of, *values in rows}


def _tell_replaced(changes: Iterable[_Change]) -> int:
    """Warn of every mark that takes the place of another one; return how many records that concerns."""
    count = 0
    for entry, before, after in changes:
        marks = zip(COMPONENTS, before or NO_MARKS, after, strict=True)
        replaced = [(name, old, new) for name, old, new in marks if old is not None and new != old]
        for name, old, new in replaced:
            shown = {"old": shown_mark(old), "new": shown_mark(new) or "空白"}
            values = {"application_no": entry.name, **shown}
            entry.line.faults.append(Fault("E433", name, "warning", values))
        count += bool(replaced)
    return count


def _tell_not_chosen(session: Session, entries: Iterable[MarkEntry]) -> None:
    """Warn of records of a base that is none of the person's choices: most often a slip in 基地编号."""
    own = [entry for entry in entries if entry.record]
    choices = load_choices(session, {entry.application_id for entry in own})
    for entry in own:
        if all(base != entry.record for base, _ in choices.get(entry.application_id, ())):
            values = {"application_no": entry.application_no, "base": entry.record}
            entry.line.faults.append(Fault("E434", "base", "warning", values))


def _merged(values: Mapping[str, Any], before: Marks | None) -> Marks:
    """Return the marks after a row: blank keeps what is stored, 清空 leaves nothing.

    否 where an absence is ticked takes the absence back, no mark.
    """
    return tuple(
        _MEANING.get(given := values[name], given)
        if name in values
        else None
        if old == ABSENT_PART and values.get(f"{name}_missed") is False
        else old
        for name, old in zip(COMPONENTS, before or NO_MARKS, strict=True)
    )


def _write(session: Session, changes: Iterable[_Change], *, seq: int) -> None:
    new, changed = [], []
    for entry, before, after in changes:
        if before is None:
            new.append((*entry.key, entry.record or None, *values_of(after), seq))
        else:
            changed.append((*entry.key, *values_of(after), seq))
    columns = (*MARK_COLUMNS, "touched_by")
    insert_rows(session, _SCORE, ("application_id", "record", "base_code", *columns), new)
    update_rows(session, _SCORE, ("application_id", "record"), columns, changed)


def _touched(entry: MarkEntry, before: Marks | None, stamps: Mapping[tuple[int, str], int]) -> Touched:
    key = f"{entry.application_id}/{entry.record}"
    if before is None:
        return ("score", key, "inserted", None)
    return ("score", key, "updated", canonical({"marks": before, "touched_by": stamps[entry.key]}))


class ScoreRow(TypedDict):
    """A record of marks; the common one has no `base`."""

    application_no: str
    name: str
    id_number: str
    base: str | None
    base_label: str | None
    written: Decimal | None
    skill: Decimal | None
    interview: Decimal | None
    written_absent: bool
    skill_absent: bool
    interview_absent: bool
    forgotten: bool
    total: Decimal | None


def list_scores(session: Session, batch: Batch, *, reveal: bool = False) -> list[ScoreRow]:
    """Return every record by application number, the common one first; marks and total have two decimals.

    Who takes part and has no record at all stands there too, `forgotten`, with no mark and no absence.
    """
    total = scoring(settings.parse(settings_of(session, batch)).weights)
    bases = base_names(session).labels
    rows = sorted(session.execute(_listed(batch)), key=lambda row: (row.application_no, row.base_code or ""))
    return [
        {
            "application_no": row.application_no,
            "name": row.name,
            "id_number": row.id_number if reveal else mask_id(row.id_number),
            "base": row.base_code,
            "base_label": row.base_code and bases[row.base_code],
            "written": mark_number(row.written),
            "skill": mark_number(row.skill),
            "interview": mark_number(row.interview),
            "written_absent": bool(row.written_absent),
            "skill_absent": bool(row.skill_absent),
            "interview_absent": bool(row.interview_absent),
            "forgotten": row.scored is None,
            "total": mark_number(total(Record(row.base_code, row.written, row.skill, row.interview))),
        }
        for row in rows
    ]


def _listed(batch: Batch) -> Select[*tuple[object, ...]]:
    columns = (_SCORE.c.application_id.label("scored"), _SCORE.c.base_code, *mark_columns())
    everybody = applications_of(batch).outerjoin(_SCORE, _SCORE.c.application_id == Application.id)
    return everybody.add_columns(*columns).where(
        or_(_SCORE.c.application_id.is_not(None), and_(*takes_part(batch)))
    )
