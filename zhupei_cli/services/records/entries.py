"""Rows of a sheet that are entries of one table: compared with what is stored, counted, written set-based."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Table
from sqlalchemy.orm import Session

from zhupei_cli.acting import Acting
from zhupei_cli.model.base import TableRow
from zhupei_cli.services.records.events import canonical, record
from zhupei_cli.services.records.import_ledger import (
    Imported,
    Touched,
    begin_import,
    counted,
    record_rows,
    row_events,
)
from zhupei_cli.services.records.workbooks import Reading
from zhupei_cli.sheets.taking.lines import Line
from zhupei_cli.store.bulk import insert_rows, update_rows
from zhupei_cli.store.counters import take


@dataclass(slots=True)
class LineEntry:
    """One row of a sheet with what is stored of it, None for a new one, and what it becomes."""

    line: Line
    before: TableRow | None = None
    after: TableRow = field(default_factory=dict)

    @property
    def verdict(self) -> str:
        if self.line.bad:
            return "rejected"
        if self.before is None:
            return "inserted"
        return "updated" if self.after != self.before else "unchanged"


def take_in(
    session: Session,
    kind: str,
    table: Table,
    entries: Sequence[LineEntry],
    reading: Reading,
    *,
    by: Acting,
    called: Callable[[TableRow], str],
) -> Imported:
    """Write what the entries say to `table`, as an import of `kind`; return what became of them.

    Where rows have ids, new ones get theirs here. `called` is what events call a row.
    """
    verdicts = [entry.verdict for entry in entries]
    counts = counted((found, [entry.line]) for entry, found in zip(entries, verdicts, strict=True))
    if not counts.written:
        return Imported(None, counts, reading.files)
    import_id, _ = begin_import(session, kind, by=by, batch_id=None, files=reading.files, counts=counts)
    new, changed = (
        [entry for entry, found in zip(entries, verdicts, strict=True) if found == word]
        for word in ("inserted", "updated")
    )
    columns = [column.name for column in table.columns]
    key = "id" if "id" in columns else "code"
    if key == "id" and new:
        for entry, number in zip(new, take(session, table.name, len(new)), strict=True):
            entry.after["id"] = number
    others = [name for name in columns if name != key]
    insert_rows(session, table, (key, *others), [_values(entry, (key, *others)) for entry in new])
    update_rows(session, table, (key,), others, [_values(entry, (key, *others)) for entry in changed])
    written = [entry.after for entry in (*new, *changed)]
    told = ((called(row), {name: row[name] for name in columns}) for row in written)
    record(session, by, list(row_events(f"{kind}.write", told)))
    touched: list[Touched] = [(table.name, str(entry.after[key]), "inserted", None) for entry in new]
    touched += [(table.name, str(entry.after[key]), "updated", canonical(entry.before)) for entry in changed]
    record_rows(session, import_id, touched, by=by)
    return Imported(import_id, counts, reading.files)


def _values(entry: LineEntry, names: Sequence[str]) -> tuple[object, ...]:
    return tuple(entry.after[name] for name in names)
