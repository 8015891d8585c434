"""The directory of employers (单位库): taken in from a workbook, searched by keyword (指南 二.2 工作信息)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import RowMapping, Select, Table, and_, case, func, or_, select
from sqlalchemy.orm import Session

from zhupei_cli.acting import Acting
from zhupei_cli.model import Employer, TrainingBase
from zhupei_cli.rules.people import uscc
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
from zhupei_cli.services.records.lookup import match_key
from zhupei_cli.services.records.workbooks import Reading
from zhupei_cli.sheets.kinds.cells import CLEAR
from zhupei_cli.sheets.taking.lines import Line
from zhupei_cli.store.bulk import insert_rows, update_rows
from zhupei_cli.store.counters import take
from zhupei_cli.words.codes import CITY
from zhupei_cli.words.errors import Fault

_EMPLOYER: Table = Employer.metadata.tables["employer"]
_BASE: Table = TrainingBase.metadata.tables[TrainingBase.__tablename__]
_FIELDS = ("uscc", "level", "city", "is_medical")
_LENGTHS = {
    column.name: column.type.length  # type: ignore[attr-defined]
    for column in _EMPLOYER.columns
    if getattr(column.type, "length", None)
}


@dataclass(slots=True)
class _Entry:
    """One row of the sheet with what is stored of it and what it becomes."""

    line: Line
    before: dict[str, object] | None
    after: dict[str, Any] = field(default_factory=dict)

    @property
    def verdict(self) -> str:
        if self.line.bad:
            return "rejected"
        if self.before is None:
            return "inserted"
        return "updated" if self.after != self.before else "unchanged"


def import_employers(session: Session, reading: Reading, *, by: Acting) -> Imported:
    """Take employers in from the rows of 单位; one is known by its name, as names are compared.

    Blank cells keep what is stored, 清空 erases. Faults are left on the lines, bad rows stay out.
    """
    if not reading.readable:
        return Imported(None, Counts(), reading.files, readable=False)
    for line in reading.lines:
        if line.values.get("name") is CLEAR:
            line.faults.append(Fault("E051", "name", values={"heading": "单位名称"}))
    refuse_twins(reading.lines, lambda line: [match_key(line.values["name"])])
    stored = {match_key(row["name"]): dict(row) for row in session.execute(select(_EMPLOYER)).mappings()}
    entries = [
        _Entry(line, None if line.bad else stored.get(match_key(line.values["name"])))
        for line in reading.lines
    ]
    for entry in entries:
        if not entry.line.bad:
            entry.after = _merged(entry)
            entry.line.faults += _faults(entry.after)
    counts = _counts(entries)
    if not counts.written:
        return Imported(None, counts, reading.files)
    import_id, _ = begin_import(session, "employer", by=by, batch_id=None, files=reading.files, counts=counts)
    record_rows(session, import_id, _write(session, entries, by=by), by=by)
    return Imported(import_id, counts, reading.files)


def _merged(entry: _Entry) -> dict[str, object]:
    given = {name: None if value is CLEAR else value for name, value in entry.line.values.items()}
    merged: dict[str, Any] = {**dict.fromkeys(_FIELDS), **(entry.before or {}), **given}
    # The city's name where it is one of ours: as the province's other lists have it.
    merged["city"] = CITY.labels.get(CITY.parse(merged["city"] or "") or "", merged["city"])
    return merged


def _faults(entry: Mapping[str, Any]) -> Iterator[Fault]:
    code = entry["uscc"]
    if code is not None and not uscc.is_formed(code):
        yield Fault("E054", "uscc", values={"value": code})
    elif code is not None and not uscc.agrees(code):
        yield Fault("E055", "uscc", "warning", {"value": code})
    for name, length in _LENGTHS.items():
        if len(entry[name] or "") > length and name != "uscc":
            yield Fault("E155", name, values={"found": len(entry[name]), "length": length})


def _counts(entries: Sequence[_Entry]) -> Counts:
    numbers = dict.fromkeys(("inserted", "updated", "unchanged", "rejected"), 0)
    for entry in entries:
        numbers[entry.verdict] += 1
    warned = sum(1 for entry in entries if entry.line.faults and not entry.line.bad)
    return Counts(len(entries), warned=warned, **numbers)


def _write(session: Session, entries: Sequence[_Entry], *, by: Acting) -> list[Touched]:
    new = [entry for entry in entries if entry.verdict == "inserted"]
    changed = [entry for entry in entries if entry.verdict == "updated"]
    for entry, number in zip(new, take(session, "employer", len(new)) if new else (), strict=True):
        entry.after["id"] = number
    columns = ("id", "name", *_FIELDS)
    rows = [tuple(entry.after[name] for name in columns) for entry in new]
    insert_rows(session, _EMPLOYER, columns, rows)
    rows = [tuple(entry.after[name] for name in columns) for entry in changed]
    update_rows(session, _EMPLOYER, ("id",), columns[1:], rows)
    touched: list[Touched] = [("employer", str(entry.after["id"]), "inserted", None) for entry in new]
    touched += [("employer", str(entry.after["id"]), "updated", canonical(entry.before)) for entry in changed]
    written = (
        (entry.after["name"], {name: entry.after[name] for name in columns}) for entry in (*new, *changed)
    )
    record(session, by, list(row_events("employer.write", written)))
    return touched


def search(session: Session, keyword: str, *, limit: int) -> list[dict[str, object]]:
    """Return employers and training bases with every word of `keyword` in their name, or by their code.

    `limit` of them, all for 0; names that begin with it come first, then short ones. A base has its code in
    `base`; one that the directory has too is there once.
    """
    words = keyword.split()
    if not words:
        return []
    directory = select(_EMPLOYER.c.name, *(_EMPLOYER.c[key] for key in _FIELDS))
    found = _matching(directory, words, _EMPLOYER.c.uscc, _EMPLOYER.c.name).limit(limit or None)
    rows = {match_key(row["name"]): {**row, "base": None} for row in session.execute(found).mappings()}
    some = _matching(select(_BASE), words, _BASE.c.uscc, _BASE.c.name, _BASE.c.aliases)
    for row in session.execute(some).mappings():
        known = rows.get(match_key(row["name"])) or _as_employer(row)
        rows[match_key(row["name"])] = {**known, "base": row["code"]}
    ordered = sorted(
        rows.values(), key=lambda row: (not row["name"].startswith(words[0]), len(row["name"]), row["name"])
    )
    return ordered[: limit or None]


def _matching(
    statement: Select[*tuple[Any, ...]], words: Sequence[str], uscc: Any, *names: Any
) -> Select[*tuple[object, ...]]:
    named = and_(*(or_(*(name.contains(word, autoescape=True) for name in names)) for word in words))
    begins = case((names[0].startswith(words[0], autoescape=True), 0), else_=1)
    wanted = or_(named, uscc == "".join(words).upper())
    return statement.where(wanted).order_by(begins, func.length(names[0]), names[0])


def _as_employer(base: RowMapping) -> dict[str, object]:
    city = CITY.labels.get(base["city"], base["city"])
    return {**{key: base[key] for key in ("name", "uscc", "level")}, "city": city, "is_medical": True}


def find_employer(session: Session, name: str) -> dict[str, Any] | None:
    """Return the employer, else the training base, of exactly this name, as names are compared; or None."""
    wanted = match_key(name)
    for known in session.execute(select(_EMPLOYER.c.name)).scalars():
        if match_key(known) == wanted:
            row = session.execute(select(_EMPLOYER).where(_EMPLOYER.c.name == known)).mappings().one()
            return dict(row)
    return _find_base(session, wanted)


def _find_base(session: Session, wanted: str) -> dict[str, object] | None:
    for row in session.execute(select(_BASE)).mappings():
        if wanted in map(match_key, (row["name"], *filter(None, row["aliases"].split("|")))):
            return _as_employer(row)
    return None


def completed(session: Session, given: Mapping[str, str]) -> tuple[dict[str, str], bool]:
    """Return a work entry with the directory's name and code of its employer, and whether it knows it.

    An employer the directory does not know may be entered as it is (指南 二.2).
    """
    known = find_employer(session, given.get("employer_name", ""))
    if known is None:
        return dict(given), False
    found = {"employer_name": known["name"], "employer_uscc": known["uscc"] or ""}
    return {**found, **given, "employer_name": known["name"]}, True
