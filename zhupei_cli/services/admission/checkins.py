"""Check-in (报到) by workbook: who came, who did not, and mistakes about it put right."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Row, Table
from sqlalchemy.orm import Session

from zhupei_cli.acting import Acting
from zhupei_cli.model import Admission, Application, Batch
from zhupei_cli.model.base import TableRow
from zhupei_cli.rules.batch.lifecycle import ADMISSION, step
from zhupei_cli.services.admission.give_up import admissions_of, place_held, require_state
from zhupei_cli.services.admission.seats import SeatTaken, free_seats, hold_places, take_seats
from zhupei_cli.services.batches.ceding import held_by_rounds, place_label
from zhupei_cli.services.batches.taking_part import seats_of
from zhupei_cli.services.batches.vacant_seats import NoRoom, no_room_at, told_taken
from zhupei_cli.services.marks.score_lines import read_entries
from zhupei_cli.services.people.bars import Arising, arise, confirmed
from zhupei_cli.services.records import row_stamps
from zhupei_cli.services.records.events import Change, canonical, record
from zhupei_cli.services.records.import_ledger import (
    Counts,
    Imported,
    begin_import,
    filled_in,
    record_rows,
    refuse_twins,
)
from zhupei_cli.services.records.line_numbers import settle_numbers
from zhupei_cli.services.records.workbooks import Reading
from zhupei_cli.sheets.taking.lines import Line
from zhupei_cli.store.bulk import update_rows
from zhupei_cli.words.errors import Fault, ZhupeiError
from zhupei_cli.words.vocabulary import AdmissionStatus

_ADMISSION: Table = Admission.metadata.tables[Admission.__tablename__]
_APPLICATION: Table = Admission.metadata.tables[Application.__tablename__]

_VERBS: Final = {True: "report", False: "no_show"}
_STANDING: Final = {"report": AdmissionStatus.REPORTED, "no_show": AdmissionStatus.NO_SHOW}


@dataclass(frozen=True, slots=True)
class _Step:
    """One row that changes where its person stands."""

    line: Line
    row: Row[*tuple[object, ...]]
    verb: str
    after: str
    reason: str | None

    @property
    def seat(self) -> SeatTaken:
        return self.row.base_code, self.row.specialty_code, self.row.identity

    @property
    def frees(self) -> bool:
        return self.row.live_key is not None and self.after == AdmissionStatus.NO_SHOW

    @property
    def takes(self) -> bool:
        return self.row.live_key is None and self.after == AdmissionStatus.REPORTED


def import_checkins(
    session: Session, reading: Reading, *, batch: Batch, by: Acting, reason: str | None = None
) -> Imported:
    """Take in who came, from the rows of 报到; faults are left on the lines.

    A row without an answer is passed over. The seat of a no-show is free. A row against what was taken in
    before is a correction: it needs its 备注, or `reason`, and to have come after all a seat that is still
    free. Raises E401 unless the batch is final.
    """
    settle_numbers(session, batch, reading)
    if not reading.readable:
        return Imported(None, Counts(), reading.files, readable=False)
    require_state(session, batch, "report")
    lines = filled_in(reading.lines, ("checked_in",), beside="note")
    steps = _steps(session, batch, lines, reason)
    _refuse_seated_elsewhere(session, batch, steps)
    _refuse_without_room(session, batch, steps)
    good = [one for one in steps if not one.line.bad]
    _tell_of_records(session, good)
    bad = sum(line.bad for line in lines)
    rows = len(reading.lines)
    counts = Counts(
        rows,
        updated=len(good),
        unchanged=len(lines) - bad - len(good),
        rejected=bad,
        warned=sum(bool(line.faults) and not line.bad for line in reading.lines),
        blank=rows - len(lines),
    )
    if not good:
        return Imported(None, counts, reading.files)
    import_id, _ = begin_import(
        session, "checkin", by=by, batch_id=batch.id, files=reading.files, counts=counts, reason=reason
    )
    stamps = row_stamps.stamps(session, "admission", [one.row.id for one in good])
    touched = [("admission", str(one.row.id), "updated", canonical(stamps[one.row.id])) for one in good]
    _write(session, batch, good, by=by)
    record_rows(session, import_id, touched, by=by)
    moved = [Arising(one.row.id, one.row.now, one.after) for one in good]
    arise(session, batch, moved, by=by, reason=reason or "登记报到的工作簿")
    return Imported(import_id, counts, reading.files)


def _tell_of_records(session: Session, steps: Sequence[_Step]) -> None:
    """Say on whose line that a record of not coming is in force, which coming does not lift."""
    came = {one.row.id: one.line for one in steps if one.takes}
    for application_id, bar in confirmed(session, came, kind="no_show").items():
        came[application_id].faults.append(Fault("E427", "checked_in", "warning", {"bar": bar}))


def _steps(session: Session, batch: Batch, lines: Sequence[Line], reason: str | None) -> list[_Step]:
    entries = read_entries(session, batch, lines)
    numbers = {id(entry.line): entry.application_no for entry in entries}
    refuse_twins((entry.line for entry in entries), lambda line: (numbers[id(line)],))
    good = [entry for entry in entries if not entry.line.bad]
    stored = admissions_of(session, batch, (entry.application_no for entry in good))
    steps = []
    for entry in good:
        one = _step(entry.line, stored[entry.application_no], reason)
        if isinstance(one, Fault):
            entry.line.faults.append(one)
        elif one is not None:
            steps.append(one)
    return steps


def _step(line: Line, row: Row[*tuple[object, ...]], reason: str | None) -> _Step | Fault | None:
    """Return what the row changes: nothing when the person stands there already; or why it cannot be."""
    verb = _VERBS[line.values["checked_in"]]
    if row.now == _STANDING[verb]:
        return None
    why = line.values.get("note") or reason
    try:
        after = step(ADMISSION, row.now, verb, name=row.application_no, reason=why)
    except ZhupeiError as refusal:
        field = "note" if refusal.code == "E404" else "checked_in"
        return Fault(refusal.code, field, values=refusal.values)
    return _Step(line, row, verb, after, why)


def _key(batch: Batch, one: _Step) -> str:
    return f"{batch.year}:{one.row.trainee_id}"


def _refuse_seated_elsewhere(session: Session, batch: Batch, steps: Iterable[_Step]) -> None:
    wanted = {_key(batch, one): one for one in steps if one.takes}
    seats = seats_of(session, batch.year, [one.row.trainee_id for one in wanted.values()])
    for trainee, seat in seats.items():
        one = wanted[f"{batch.year}:{trainee}"]
        values = {"application_no": one.row.application_no, **seat.values}
        one.line.faults.append(Fault("E467", "checked_in", values=values))


def _refuse_without_room(session: Session, batch: Batch, steps: Sequence[_Step]) -> None:
    """Refuse who came after all when their seat is somebody else's by now; seats freed here count as free."""
    wanting = [one for one in steps if one.takes and not one.line.bad]
    if not wanting:
        return
    plan = hold_places(session, batch, [one.seat[:2] for one in steps])
    for one in steps:
        if one.frees:
            plan[one.seat[:2]][f"taken_{one.row.identity}"] -= 1
    refused: dict[SeatTaken, tuple[str, dict[str, object]]] = {}
    for one in wanting:
        place, identity = plan[one.seat[:2]], one.row.identity
        if (why := no_room_at(place, identity)) is None:
            place[f"taken_{identity}"] += 1
            continue
        if one.seat not in refused:
            refused[one.seat] = _no_seat(session, place, identity, why)
        code, values = refused[one.seat]
        one.line.faults.append(Fault(code, "checked_in", values=values))


def _no_seat(session: Session, place: TableRow, identity: str, why: NoRoom) -> tuple[str, dict[str, object]]:
    """Return the code and the values of the refusal of a seat that cannot be had again."""
    where = place_label(session, place)
    if why is NoRoom.CEDED:
        return "E495", held_by_rounds(session, place, where=where)
    return "E463", {"what": f"{where} {told_taken(place, identity, why)}，没有可恢复的名额"}


def _event(batch: Batch, one: _Step) -> Change:
    row = one.row
    verb = f"admission.{one.verb}"
    return Change(verb, row.application_no, batch.id, row.now, one.after, one.reason, place_held(row))


def _write(session: Session, batch: Batch, steps: Sequence[_Step], *, by: Acting) -> None:
    record(session, by, [_event(batch, one) for one in steps])
    free_seats(session, batch, [one.seat for one in steps if one.frees])
    take_seats(session, batch, [one.seat for one in steps if one.takes])
    columns = ("status", "live_key", "reason", "decided_at")
    rows = [
        (one.row.id, one.after, None if one.frees else _key(batch, one), one.reason, by.at) for one in steps
    ]
    update_rows(session, _ADMISSION, ("application_id",), columns, rows)
    session.expire_all()
