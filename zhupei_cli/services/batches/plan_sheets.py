"""Taking a plan in from a sheet: long with a row a place, or wide with a row a base."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Unpack

from sqlalchemy.orm import Session

from zhupei_cli.acting import Acting
from zhupei_cli.model import Batch
from zhupei_cli.model.base import TableRow
from zhupei_cli.services.batches.plans import (
    TERMS,
    UNSAID,
    Books,
    PlaceChange,
    faults_of,
    open_books,
    witnessed,
    write_places,
)
from zhupei_cli.services.records.events import canonical, record
from zhupei_cli.services.records.import_ledger import (
    Counts,
    Imported,
    Touched,
    begin_import,
    counted,
    record_rows,
    refuse_twins,
    row_events,
)
from zhupei_cli.services.records.workbooks import How, Reading, read_workbooks
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.sheets.kinds.cells import CLEAR
from zhupei_cli.sheets.kinds.columns import Kind
from zhupei_cli.sheets.taking.lines import Line
from zhupei_cli.words.errors import Fault

#: Columns of a wide sheet that are no specialties and are read past.
_PASSED = frozenset(("合计", "总计", "小计", "备注", "级别", "所在地市"))
_MAY_BE_CLEARED = frozenset(TERMS) - {"quota"}


def read_plan(
    paths: Sequence[Path],
    kind: Kind = workbook_kinds.PLAN,
    *,
    further: Sequence[Kind] = (workbook_kinds.PLAN_WIDE,),
    **how: Unpack[How],
) -> Reading:
    """Read a plan of either form; a sheet of bases without a column for specialty or seats is wide."""
    reading = read_workbooks(paths, kind, **how)
    found = reading.tables[0][1].headings.keys()
    if "base" in found and not found & {"specialty", "quota"}:
        return read_workbooks(paths, *further, **how)
    return reading


def import_plan(session: Session, reading: Reading, *, batch: Batch, by: Acting) -> Imported:
    """Take places in from a plan as `read_plan` reads it; places that are not in the sheet stay.

    Faults are left on the lines; bad rows stay out. Raises E405 when the plan may not change any more.
    """
    books = open_books(session, batch)
    if not reading.readable:
        return Imported(None, Counts(), reading.files, readable=False)
    rows = [(line, _places(line, books)) for line in reading.lines]
    keys = {id(line): [place.text for place in places] for line, places in rows}
    refuse_twins(reading.lines, lambda line: keys[id(line)])
    counts = counted((_verdict(line, places), [line]) for line, places in rows)
    if not counts.written:
        return Imported(None, counts, reading.files)
    import_id, _ = begin_import(session, "plan", by=by, batch_id=batch.id, files=reading.files, counts=counts)
    accepted = [place for line, places in rows if not line.bad for place in places if place.changed]
    write_places(session, batch, accepted)
    written = ((place.text, witnessed(place.after)) for place in accepted)
    record(session, by, list(row_events("plan.write", written, batch_id=batch.id)))
    record_rows(session, import_id, map(_touched, accepted), by=by)
    return Imported(import_id, counts, reading.files)


def _places(line: Line, books: Books) -> list[PlaceChange]:
    """Return the places a row speaks of, its faults left on the line."""
    if line.kind == workbook_kinds.PLAN_WIDE.key:
        line.faults[:] = [fault for fault in line.faults if fault.field not in _PASSED]
        line.values = {name: value for name, value in line.values.items() if name not in _PASSED}
    line.faults += _cleared(line)
    values = {
        name: value for name, value in line.values.items() if value is not CLEAR or name in _MAY_BE_CLEARED
    }
    whole = not line.bad
    base = _base(line, values.get("base"), books)
    places = []
    for field, word, terms in _terms(line.kind, values):
        specialty = books.specialties.find(word)
        if specialty is None:
            told = {"specialty": word, "nearest": books.specialties.nearest(word)}
            line.faults.append(Fault("E303", field, values=told))
        elif base is not None and whole:
            places.append(books.place(base, specialty, terms))
            line.faults += faults_of(places[-1])
    return places


def _base(line: Line, word: str | None, books: Books) -> str | None:
    base = books.bases.find(word) if word else None
    if word and base is None:
        told = {"base": word, "nearest": books.bases.nearest(word)}
        line.faults.append(Fault("E302", "base", values=told))
    return base


def _cleared(line: Line) -> Iterator[Fault]:
    for name, value in line.values.items():
        if value is CLEAR and name not in _MAY_BE_CLEARED:
            heading = workbook_kinds.PLAN.headings.get(name, name)
            yield Fault("E051", name, values={"heading": heading})


def _terms(kind: str, values: Mapping[str, Any]) -> Iterator[tuple[str, str, TableRow]]:
    """Yield field, specialty and terms of each place in a row."""
    if kind == workbook_kinds.PLAN_WIDE.key:
        yield from ((name, name, {"quota": value}) for name, value in values.items() if name != "base")
    elif "specialty" in values:
        given = {name: values[name] for name in TERMS if name in values}
        terms = {name: UNSAID[name] if value is CLEAR else value for name, value in given.items()}
        yield "specialty", values["specialty"], terms


def _verdict(line: Line, places: Sequence[PlaceChange]) -> str:
    if line.bad:
        return "rejected"
    if any(place.before is None for place in places):
        return "inserted"
    return "updated" if any(place.changed for place in places) else "unchanged"


def _touched(place: PlaceChange) -> Touched:
    if place.before is None:
        return ("plan", place.text, "inserted", None)
    return ("plan", place.text, "updated", canonical(witnessed(place.before)))
