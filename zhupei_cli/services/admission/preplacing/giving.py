"""Seats given before anything is computed (专硕安排), taken in from a workbook."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import compress
from typing import Final

from sqlalchemy import Row, Select, Table, select
from sqlalchemy.orm import Session

from zhupei_cli.acting import Acting
from zhupei_cli.model import Admission, Application, Batch, Preplaced
from zhupei_cli.model.base import TableRow
from zhupei_cli.rules.batch.lifecycle import ADMISSION, BATCH, directions, step
from zhupei_cli.services.admission.seats import hold_places, take_seats
from zhupei_cli.services.applications.store import load_choices
from zhupei_cli.services.batches.order_seats import OrderRule
from zhupei_cli.services.batches.taking_part import seats_of
from zhupei_cli.services.batches.vacant_seats import no_room_at, told_taken
from zhupei_cli.services.marks.score_lines import read_entries
from zhupei_cli.services.records.events import Change, canonical, record
from zhupei_cli.services.records.import_ledger import (
    Imported,
    Touched,
    begin_import,
    counted,
    record_rows,
    refuse_twins,
)
from zhupei_cli.services.records.line_numbers import settle_numbers
from zhupei_cli.services.records.lookup import Names, base_names, specialty_names
from zhupei_cli.services.records.workbooks import Reading
from zhupei_cli.services.reference.catalogue_intake import longer_names
from zhupei_cli.sheets.kinds.cells import CLEAR
from zhupei_cli.sheets.taking.lines import Line
from zhupei_cli.store.bulk import insert_rows, rows_of, update_rows
from zhupei_cli.words.errors import Fault, ZhupeiError
from zhupei_cli.words.vocabulary import (
    BATCH_STATUS,
    IDENTITY,
    AdmissionStatus,
    ApplicationStatus,
    BatchStatus,
    Identity,
)

_TABLES = Admission.metadata.tables
_ADMISSION: Table = _TABLES[Admission.__tablename__]
_APPLICATION: Table = _TABLES[Application.__tablename__]
_PREPLACED: Table = _TABLES[Preplaced.__tablename__]

#: How such a seat came about.
PREPLACED: Final = "preplaced"
#: The states of a batch in which seats are given before anything is computed.
PREPLACING_TIME: Final = (BatchStatus.CLOSED, BatchStatus.LOCKED)
#: What is known of such a seat besides the place.
DETAILS: Final = ("university", "tutor")


@dataclass(frozen=True, slots=True)
class _Wish:
    """A row of the sheet: whose seat, where, and what stands there of it already."""

    line: Line
    row: Row[*tuple[object, ...]]
    spot: tuple[str, str]
    details: tuple[str | None, ...]

    @property
    def seat(self) -> tuple[str, str, str]:
        return *self.spot, self.row.identity

    @property
    def held(self) -> bool:
        """Whether the person has a seat before the run already."""
        return self.row.live_key is not None and self.row.via == PREPLACED

    @property
    def verdict(self) -> str:
        if self.line.bad:
            return "rejected"
        if not self.held:
            return "inserted"
        return "unchanged" if self.details == (self.row.university, self.row.tutor) else "updated"


def require_preplacing(session: Session, batch: Batch, wanted: str) -> None:
    """Hold the batch, and raise E401 unless seats may be given before a run now."""
    session.refresh(batch, with_for_update=True)
    if batch.status not in PREPLACING_TIME:
        cure = directions(BATCH, batch.status, frozenset(PREPLACING_TIME), batch.code)
        status = BATCH_STATUS.label(batch.status)
        raise ZhupeiError("E401", name=batch.code, status=status, wanted=wanted, cure=cure)


def import_preplaced(session: Session, reading: Reading, *, batch: Batch, by: Acting) -> Imported:
    """Give the seats that the rows of 专硕安排 name; faults are left on the lines, bad rows stay out.

    Who has that seat already gets what else the row says. Raises E401 unless the batch is closed or locked.
    """
    require_preplacing(session, batch, "预先安排名额")
    settle_numbers(session, batch, reading)
    wishes = _wishes(session, batch, reading.lines) if reading.readable else []
    _refuse_without_room(session, batch, wishes)
    by_line = {id(wish.line): wish for wish in wishes}
    verdicts = [by_line[id(line)].verdict if id(line) in by_line else "rejected" for line in reading.lines]
    counts = counted((word, [line]) for word, line in zip(verdicts, reading.lines, strict=True))
    if not counts.written:
        return Imported(None, counts, reading.files, readable=reading.readable)
    import_id, _ = begin_import(
        session, "preplace", by=by, batch_id=batch.id, files=reading.files, counts=counts
    )
    good = [wish for wish in wishes if wish.verdict in ("inserted", "updated")]
    _write(session, batch, good, by=by)
    record_rows(session, import_id, map(_touched, good), by=by)
    return Imported(import_id, counts, reading.files)


def _touched(wish: _Wish) -> Touched:
    if not wish.held:
        return ("admission", str(wish.row.id), "inserted", None)
    image = {name: wish.row._mapping[name] for name in DETAILS}
    image |= {"decided_at": wish.row.decided_at.isoformat()}
    return ("admission", str(wish.row.id), "updated", canonical(image))


def _wishes(session: Session, batch: Batch, lines: Sequence[Line]) -> list[_Wish]:
    """Return what the rows wish whose person and place are known, everything that speaks against it told."""
    bases, specialties = base_names(session), specialty_names(session)
    wishes = _read(session, batch, lines, bases, specialties)
    seats = seats_of(session, batch.year, [wish.row.trainee_id for wish in wishes if not wish.held])
    choices = load_choices(session, [wish.row.id for wish in wishes if not wish.held])
    rule = OrderRule(session, batch)
    for wish in wishes:
        faults, number = wish.line.faults, wish.row.application_no
        if not wish.held and (why := rule.against(wish.spot[1], by_order=wish.row.order_oriented)):
            values = {"application_no": number, **why}
            faults.append(Fault("E728", "place_specialty", "warning", values))
        if not wish.held and wish.spot not in choices.get(wish.row.id, ()):
            place = {"base": bases.labels[wish.spot[0]], "specialty": specialties.labels[wish.spot[1]]}
            faults.append(Fault("E727", "place_specialty", "warning", {"application_no": number, **place}))
        if (fault := _standing(wish)) is not None:
            faults.append(fault)
        elif not wish.held and (seat := seats.get(wish.row.trainee_id)) is not None:
            faults.append(Fault("E467", "application_no", values={"application_no": number, **seat.values}))
        elif wish.row.identity != Identity.POSTGRAD:
            told = {"application_no": number, "identity": IDENTITY.label(wish.row.identity)}
            faults.append(Fault("E769", "application_no", "warning", told))
    return wishes


def _read(
    session: Session, batch: Batch, lines: Sequence[Line], bases: Names, specialties: Names
) -> list[_Wish]:
    entries = read_entries(session, batch, lines)
    for line in lines:
        line.faults += longer_names({name: line.values.get(name) for name in DETAILS}, _PREPLACED)
    numbers = {id(entry.line): entry.application_no for entry in entries}
    refuse_twins((entry.line for entry in entries), lambda line: (numbers[id(line)],))
    asked = {entry.application_id for entry in entries}
    stored = {row.id: row for row in rows_of(session, _people(batch), _APPLICATION.c.id, asked)}
    wishes = []
    for entry in entries:
        spot = _spot(entry.line, bases, specialties)
        if spot is not None and not entry.line.bad:
            row = stored[entry.application_id]
            wishes.append(_Wish(entry.line, row, spot, _details(entry.line, row)))
    return wishes


def _details(line: Line, row: Row[*tuple[object, ...]]) -> tuple[str | None, ...]:
    """Return what is to be known of a seat: what a line has no word of stays, 清空 takes it away."""
    known = {name: line.values.get(name, row._mapping[name]) for name in DETAILS}
    return tuple(None if value is CLEAR else value for value in known.values())


def _people(batch: Batch) -> Select[*tuple[object, ...]]:
    return (
        select(
            *_APPLICATION.c["id", "application_no", "trainee_id", "identity", "order_oriented"],
            *_ADMISSION.c["status", "live_key", "via", "base_code", "specialty_code", "decided_at"],
            *(_PREPLACED.c[name] for name in DETAILS),
        )
        .outerjoin(_ADMISSION, _ADMISSION.c.application_id == _APPLICATION.c.id)
        .outerjoin(_PREPLACED, _PREPLACED.c.application_id == _APPLICATION.c.id)
        .where(_APPLICATION.c.batch_id == batch.id)
    )


def _spot(line: Line, bases: Names, specialties: Names) -> tuple[str, str] | None:
    found = []
    for field, names, code, what in (
        ("place_base", bases, "E302", "base"),
        ("place_specialty", specialties, "E303", "specialty"),
    ):
        if (word := line.values.get(field)) is None:
            continue
        if (one := names.find(word)) is None:
            line.faults.append(Fault(code, field, values={what: word, "nearest": names.nearest(word)}))
        else:
            found.append(one)
    return (found[0], found[1]) if len(found) == 2 else None


def _standing(wish: _Wish) -> Fault | None:
    """Return why the person cannot be given this seat, whatever room there is."""
    row = wish.row
    if wish.held:
        held = (row.base_code, row.specialty_code)
        values = {"application_no": row.application_no, "seat": " 的 ".join(held)}
        return None if held == wish.spot else Fault("E766", "place_base", values=values)
    try:
        step(ADMISSION, row.status, "preplace", name=row.application_no)
    except ZhupeiError as refusal:
        return Fault(refusal.code, "application_no", values=refusal.values)
    return None


def _refuse_without_room(session: Session, batch: Batch, wishes: Sequence[_Wish]) -> None:
    """Refuse in their order the rows for whose seat there is no room any more."""
    plan = hold_places(session, batch, [wish.spot for wish in wishes])
    for wish in wishes:
        if not wish.line.bad and not wish.held:
            fault = _without_room(plan.get(wish.spot), wish)
            if fault is None:
                plan[wish.spot][f"taken_{wish.row.identity}"] += 1
            else:
                wish.line.faults.append(fault)


def _without_room(place: TableRow | None, wish: _Wish) -> Fault | None:
    base, specialty = wish.spot
    if place is None:
        return Fault("E306", "place_specialty", values={"base": base, "specialty": specialty})
    if place["stopped"]:
        return Fault("E469", "place_specialty", values={"base": base, "specialty": specialty})
    # Never that rounds hold what is free: a batch has none before it is final.
    if (why := no_room_at(place, wish.row.identity)) is None:
        return None
    what = f"{base} 的 {specialty} {told_taken(place, wish.row.identity, why)}"
    return Fault("E463", "place_specialty", values={"what": what})


def _write(session: Session, batch: Batch, wishes: Sequence[_Wish], *, by: Acting) -> None:
    record(session, by, list(_changes(batch, wishes)))
    _give_seats(session, batch, [wish for wish in wishes if not wish.held], by=by)
    old = [wish for wish in wishes if wish.held]
    details = [(wish.row.id, *wish.details) for wish in old]
    update_rows(session, _PREPLACED, ("application_id",), DETAILS, details)
    decided = [(wish.row.id, by.at) for wish in old]
    update_rows(session, _ADMISSION, ("application_id",), ("decided_at",), decided)
    session.expire_all()


def _give_seats(session: Session, batch: Batch, wishes: Sequence[_Wish], *, by: Acting) -> None:
    take_seats(session, batch, [wish.seat for wish in wishes])
    columns = ("status", "live_key", "base_code", "specialty_code", "via", "decided_at")
    seats = {}
    for wish in wishes:
        key = f"{batch.year}:{wish.row.trainee_id}"
        seats[wish.row.id] = (AdmissionStatus.PROPOSED, key, *wish.spot, PREPLACED, by.at)
    fresh = ("application_id", "application_status", "batch_id", "identity")
    rows = [
        (wish.row.id, ApplicationStatus.APPROVED, batch.id, wish.row.identity, *seats[wish.row.id])
        for wish in wishes
        if wish.row.status is None
    ]
    insert_rows(session, _ADMISSION, (*fresh, *columns), rows)
    stays = [(wish.row.id, *seats[wish.row.id]) for wish in wishes if wish.row.status is not None]
    update_rows(session, _ADMISSION, ("application_id",), columns, stays)
    details = [(wish.row.id, *wish.details) for wish in wishes]
    insert_rows(session, _PREPLACED, ("application_id", *DETAILS), details)


def _changes(batch: Batch, wishes: Sequence[_Wish]) -> Iterator[Change]:
    for wish in wishes:
        base, specialty = wish.spot
        data: dict[str, object] = {"base": base, "specialty": specialty, "via": PREPLACED}
        # What else is told by name only: events go out in sealed files, and nobody is erased from them.
        data |= {"fields": fields} if (fields := list(compress(DETAILS, wish.details))) else {}
        subject = (wish.row.application_no, batch.id, wish.row.status)
        yield Change("admission.preplace", *subject, AdmissionStatus.PROPOSED, data=data)
