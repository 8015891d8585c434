"""Records of conduct taken in from the workbook 诚信名单."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from zhupei_cli.acting import Acting
from zhupei_cli.rules.people import idcard
from zhupei_cli.services.people import bars
from zhupei_cli.services.people.bars import BAR, COLUMNS, BarRow
from zhupei_cli.services.people.profiles import load_profiles
from zhupei_cli.services.records.events import canonical, record
from zhupei_cli.services.records.import_ledger import (
    Counts,
    Imported,
    Touched,
    begin_import,
    record_rows,
    refuse_twins,
    row_events,
)
from zhupei_cli.services.records.workbooks import Reading
from zhupei_cli.sheets.kinds.cells import CLEAR
from zhupei_cli.sheets.taking.lines import Line
from zhupei_cli.store.bulk import rows_of, update_rows
from zhupei_cli.words.errors import Fault
from zhupei_cli.words.vocabulary import IdType

_TOLD: Final = ("until", "reason")
_Key = tuple[str, str, str, str]


@dataclass(slots=True)
class _Entry:
    """One row of the sheet with what is stored of it and what it becomes."""

    line: Line
    before: BarRow | None = None
    after: BarRow = field(default_factory=dict)

    @property
    def verdict(self) -> str:
        if self.line.bad:
            return "rejected"
        if self.before is None:
            return "inserted"
        return "updated" if self.after != self.before else "unchanged"


def import_bars(session: Session, reading: Reading, *, by: Acting, pending: bool = False) -> Imported:
    """Take records in from the rows of 诚信名单: in force at once, unless they are to be `pending`.

    A record is known by paper, kind and first day; years and reason may change, its state does not.
    """
    if not reading.readable:
        return Imported(None, Counts(), reading.files, readable=False)
    entries = [_Entry(line) for line in reading.lines]
    for entry in entries:
        if not entry.line.bad:
            entry.after = _said(entry.line, by.today, "pending" if pending else "active")
    refuse_twins(reading.lines, lambda line: ["/".join(_key(_after(entries, line)))])
    good = [entry for entry in entries if not entry.line.bad]
    _compare(session, good)
    counts = _counts(entries)
    if not counts.written:
        return Imported(None, counts, reading.files)
    import_id, _ = begin_import(session, "bar", by=by, batch_id=None, files=reading.files, counts=counts)
    record_rows(session, import_id, _write(session, entries, by=by), by=by)
    return Imported(import_id, counts, reading.files)


def _after(entries: Sequence[_Entry], line: Line) -> BarRow:
    return next(entry.after for entry in entries if entry.line is line)


def _key(row: Mapping[Any, Any]) -> _Key:
    return row["id_type"], row["id_number"], row["kind"], row["from_date"]


def _said(line: Line, today: date, state: str) -> BarRow:
    values = line.values
    id_type = values.get("id_type") or IdType.ID_CARD
    paper = idcard.read(id_type, values["id_number"], today)
    line.faults += paper.faults
    first: date = values["from_date"]
    years, reason = values.get("years"), values.get("reason")
    return {
        "id_type": str(id_type),
        "id_number": paper.number,
        "name": values["name"],
        "kind": values["kind"],
        "from_date": first.isoformat(),
        "until": None if years in (None, CLEAR) else bars.last_day(first, years).isoformat(),
        "reason": None if reason is CLEAR else reason,
        "source": f"{line.file} 第 {line.number} 行"[:200],
        "state": state,
        "application_id": None,
    }


def _compare(session: Session, entries: Sequence[_Entry]) -> None:
    """Give each row what is stored of it: a query per 5,000 numbers; refuse other names of known people."""
    numbers = [entry.after["id_number"] for entry in entries]
    stored = {
        _key(row._mapping): dict(row._mapping)
        for row in rows_of(session, select(BAR), BAR.c.id_number, numbers)
    }
    names = {key: one.person["name"] for key, one in load_profiles(session, numbers).items()}
    for entry in entries:
        after = entry.after
        known = names.get((after["id_type"], after["id_number"]), after["name"])
        entry.before = stored.get(_key(after))
        if known != after["name"]:
            values = {"given": after["name"], "stored": known}
            entry.line.faults.append(Fault("E161", "name", values=values))
        elif entry.before is not None:
            said = {name: after[name] for name in _TOLD if name == "until" or after[name] is not None}
            if "years" not in entry.line.values:  # a blank cell keeps what is stored
                said.pop("until")
            entry.after = {**entry.before, **said}


def _counts(entries: Sequence[_Entry]) -> Counts:
    numbers = dict.fromkeys(("inserted", "updated", "unchanged", "rejected"), 0)
    for entry in entries:
        numbers[entry.verdict] += 1
    warned = sum(1 for entry in entries if entry.line.faults and not entry.line.bad)
    return Counts(len(entries), warned=warned, **numbers)


def _write(session: Session, entries: Sequence[_Entry], *, by: Acting) -> list[Touched]:
    new = bars.write_new(session, [entry.after for entry in entries if entry.verdict == "inserted"])
    changed = [entry for entry in entries if entry.verdict == "updated" and "id" in entry.after]
    changed = [entry for entry in changed if entry.before is not None]
    rows = [(entry.after["id"], *(entry.after[name] for name in _TOLD)) for entry in changed]
    update_rows(session, BAR, ("id",), _TOLD, rows)
    touched: list[Touched] = [("bar", str(row["id"]), "inserted", None) for row in new]
    touched += [("bar", str(entry.after["id"]), "updated", canonical(entry.before)) for entry in changed]
    written = [*new, *(entry.after for entry in changed)]
    told = ((bars.subject(row["id"]), {name: row[name] for name in COLUMNS}) for row in written)
    record(session, by, list(row_events("bar.write", told)))
    return touched
