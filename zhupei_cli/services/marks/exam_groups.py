"""Groups of the second exam (复试分组): taken in from workbooks, listed, and their sheets.

Beside marks, for rows know people by the same numbers.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final, TypedDict

from sqlalchemy import Row, Table, select
from sqlalchemy.orm import Session

from zhupei_cli.acting import Acting
from zhupei_cli.model import Application, Batch, Choice, ExamGroup, ExamSeat, Snapshot
from zhupei_cli.model.base import TableRow
from zhupei_cli.printing.exam_sheets import Desk, RoomSheet
from zhupei_cli.printing.fonts import FontSet
from zhupei_cli.rules.batch.lifecycle import BATCH, directions
from zhupei_cli.rules.exam.ordering import as_counted
from zhupei_cli.rules.people.masking import mask_id
from zhupei_cli.services.applications.printing import NotPrinted
from zhupei_cli.services.applications.store import CURRENT_SNAPSHOT
from zhupei_cli.services.exams.papers import printable_rooms
from zhupei_cli.services.marks.score_lines import MarkEntry, read_entries, refuse_twin_marks
from zhupei_cli.services.records.events import Change, canonical, record
from zhupei_cli.services.records.import_ledger import (
    Counts,
    Imported,
    Touched,
    begin_import,
    record_rows,
    row_events,
)
from zhupei_cli.services.records.line_numbers import settle_numbers
from zhupei_cli.services.records.lookup import base_names, specialty_names
from zhupei_cli.services.records.workbooks import Reading
from zhupei_cli.services.reference.catalogue_intake import longer_names
from zhupei_cli.store.bulk import insert_rows, rows_of, update_rows
from zhupei_cli.words.codes import GENDER
from zhupei_cli.words.errors import Fault, ZhupeiError
from zhupei_cli.words.vocabulary import BATCH_STATUS, ApplicationStatus, BatchStatus

_TABLES = Application.metadata.tables
_APPLICATION: Table = _TABLES[Application.__tablename__]
_CHOICE: Table = _TABLES[Choice.__tablename__]
GROUP: Final[Table] = _TABLES[ExamGroup.__tablename__]
_SEAT: Table = _TABLES[ExamSeat.__tablename__]
_SNAPSHOT: Table = _TABLES[Snapshot.__tablename__]

#: What a row says of a group, by column of the table.
GROUP_TERMS: Final = {"name": "group", "day": "day", "clock": "clock", "place": "place"}
#: The states of a batch in which groups may change: marks may, until it is locked.
GROUPING_TIME: Final = (BatchStatus.OPEN, BatchStatus.CLOSED)


def import_groups(session: Session, reading: Reading, *, batch: Batch, by: Acting) -> Imported:
    """Take in who goes to which group, when and where; who is in no row stays in theirs.

    Raises E401 once the batch is locked. Faults are left on the lines, bad rows stay out.
    """
    settle_numbers(session, batch, reading)
    if not reading.readable:
        return Imported(None, Counts(), reading.files, readable=False)
    session.refresh(batch, with_for_update=True)
    if batch.status not in GROUPING_TIME:
        cure = directions(BATCH, batch.status, frozenset(GROUPING_TIME), batch.code)
        status = BATCH_STATUS.label(batch.status)
        raise ZhupeiError("E401", name=batch.code, status=status, wanted="改动复试分组", cure=cure)
    for line in reading.lines:
        for name, key in GROUP_TERMS.items():
            word = line.values.get(key)
            for fault in longer_names({name: word}, GROUP) if isinstance(word, str) else ():
                line.faults.append(Fault(fault.code, key, values=fault.values))
    entries = read_entries(session, batch, reading.lines)
    refuse_twin_marks(entries, what="复试分组")
    statement = select(*GROUP.c["application_id", *GROUP_TERMS, "touched_by"])
    ids = [entry.application_id for entry in entries]
    stored = {
        row.application_id: dict(row._mapping)
        for row in rows_of(session, statement, GROUP.c.application_id, ids)
    }
    _refuse_days_gone(entries, stored, today=by.today)
    good = [entry for entry in entries if not entry.line.bad]
    new = [entry for entry in good if entry.application_id not in stored]
    changed = [
        entry
        for entry in good
        if (before := stored.get(entry.application_id))
        and _said(entry) != {key: before[key] for key in GROUP_TERMS}
    ]
    counts = Counts(
        rows=len(reading.lines),
        inserted=len(new),
        updated=len(changed),
        unchanged=len(good) - len(new) - len(changed),
        rejected=len(reading.lines) - len(good),
        warned=sum(bool(line.faults) and not line.bad for line in reading.lines),
    )
    if not counts.written:
        return Imported(None, counts, reading.files)
    import_id, seq = begin_import(
        session, "exam_group", by=by, batch_id=batch.id, files=reading.files, counts=counts
    )
    _write(session, batch, new, changed, seq=seq)
    told = ((entry.application_no, _said(entry)) for entry in (*new, *changed))
    record(session, by, list(row_events("exam_group.write", told, batch_id=batch.id)))
    record_rows(session, import_id, _touched(new, changed, stored), by=by)
    return Imported(import_id, counts, reading.files)


def _refuse_days_gone(entries: Sequence[MarkEntry], stored: Mapping[int, TableRow], *, today: date) -> None:
    """Refuse a day before today, but where the row says what is stored: a file may come in again later."""
    for entry in entries:
        day = entry.line.values.get("day")
        before = stored.get(entry.application_id, {}).get("day")
        if isinstance(day, str) and day != before and day < today.isoformat():
            entry.line.faults.append(Fault("E714", "day", values={"day": day}))


def _said(entry: MarkEntry) -> TableRow:
    return {name: entry.line.values[key] for name, key in GROUP_TERMS.items()}


def _write(
    session: Session, batch: Batch, new: Sequence[MarkEntry], changed: Sequence[MarkEntry], *, seq: int
) -> None:
    columns = (*GROUP_TERMS, "touched_by")
    rows = [(one.application_id, batch.id, *_said(one).values(), seq) for one in new]
    insert_rows(session, GROUP, ("application_id", "batch_id", *columns), rows)
    updates = [(one.application_id, *_said(one).values(), seq) for one in changed]
    update_rows(session, GROUP, ("application_id",), columns, updates)


def _touched(
    new: Sequence[MarkEntry], changed: Sequence[MarkEntry], stored: Mapping[int, TableRow]
) -> list[Touched]:
    rows: list[Touched] = [(GROUP.name, str(one.application_id), "inserted", None) for one in new]
    for one in changed:
        image = {key: stored[one.application_id][key] for key in (*GROUP_TERMS, "touched_by")}
        rows.append((GROUP.name, str(one.application_id), "updated", canonical(image)))
    return rows


class GroupRow(TypedDict):
    """Somebody in a group, as people and JSON have it."""

    group: str
    day: str
    clock: str
    place: str
    application_no: str
    ticket: str | None
    name: str
    gender: str
    id_number: str
    specialty: str
    specialty_label: str
    base: str
    base_label: str


_GROUPED: Final = (
    select(
        *GROUP.c["name", "day", "clock", "place"],
        _APPLICATION.c.application_no,
        *_SNAPSHOT.c["id_number", "gender"],
        _SNAPSHOT.c.name.label("person"),
        *_CHOICE.c["specialty_code", "base_code"],
        _SEAT.c.ticket,
    )
    .select_from(GROUP)
    .join(_APPLICATION, _APPLICATION.c.id == GROUP.c.application_id)
    .join(_SNAPSHOT, CURRENT_SNAPSHOT)
    .join(_CHOICE, (_CHOICE.c.application_id == _APPLICATION.c.id) & (_CHOICE.c.number == 1))
    .outerjoin(_SEAT, _SEAT.c.application_id == _APPLICATION.c.id)
    .where(_APPLICATION.c.status == ApplicationStatus.APPROVED)
)


def list_groups(
    session: Session, batch: Batch, *, groups: Sequence[str] = (), reveal: bool = False
) -> list[GroupRow]:
    """Return who is in which group, by day, hour and group; who withdrew is in none."""
    statement = _GROUPED.where(GROUP.c.batch_id == batch.id)
    if groups:
        statement = statement.where(GROUP.c.name.in_(groups))
    bases, specialties = base_names(session).labels, specialty_names(session).labels
    rows = session.execute(statement).all()
    if nobody := sorted({*groups} - {row.name for row in rows}):
        raise ZhupeiError("E791", group=nobody[0], batch=batch.code)
    return [
        {
            "group": row.name,
            "day": row.day,
            "clock": row.clock,
            "place": row.place,
            "application_no": row.application_no,
            "ticket": row.ticket,
            "name": row.person,
            "gender": GENDER.label(row.gender),
            "id_number": row.id_number if reveal else mask_id(row.id_number),
            "specialty": row.specialty_code,
            "specialty_label": specialties[row.specialty_code],
            "base": row.base_code,
            "base_label": bases[row.base_code],
        }
        for row in sorted(rows, key=_as_called_up)
    ]


def _as_called_up(row: Row[*tuple[object, ...]]) -> tuple[object, ...]:
    """Return what people are in order by: the group as one counts, in it the number they are called by."""
    number = row.ticket or row.application_no
    return row.day, row.clock, as_counted(row.name), row.ticket is None, number


def group_sheets(
    session: Session, batch: Batch, *, groups: Sequence[str], by: Acting, fonts: FontSet
) -> tuple[list[RoomSheet], NotPrinted]:
    """Return the sheets to sign in on, one a group, day, hour and place, and record that they leave.

    Those that would lack somebody are left out, as in `prepare_sheets`. Raises E791 for a group nobody is in,
    or when there is none, E090 as `prepare_sheets`.
    """
    rows = list_groups(session, batch, groups=groups)
    if not rows:
        raise ZhupeiError("E791", group="", batch=batch.code)
    found: dict[tuple[str, ...], list[GroupRow]] = {}
    for row in rows:
        found.setdefault((row["day"], row["clock"], row["group"], row["place"]), []).append(row)
    sheets = [
        RoomSheet(
            place, "", name, [_desk(at, row) for at, row in enumerate(some, 1)], [], name, f"{day} {hour}"
        )
        for (day, hour, name, place), some in found.items()
    ]
    kept, refused = printable_rooms(batch.name, sheets, fonts)
    if kept:
        data = {"rows": sum(len(sheet.people) for sheet in kept), "groups": len(kept)}
        record(session, by, [Change("exam.group_sheets", batch.code, batch.id, data=data)])
    return kept, refused


def _desk(at: int, row: GroupRow) -> Desk:
    number = row["ticket"] or row["application_no"]
    return Desk(at, number, row["name"], row["gender"], row["id_number"], row["specialty_label"])
