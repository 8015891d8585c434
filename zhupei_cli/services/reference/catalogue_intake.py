"""Taking entries of a catalogue in from a sheet: compared with what is stored, written set-based."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from zhupei_cli.acting import Acting
from zhupei_cli.model.base import TableRow
from zhupei_cli.rules.people import uscc
from zhupei_cli.rules.proof.digests import named_digest
from zhupei_cli.services.people.fields import refuse
from zhupei_cli.services.records.entries import LineEntry, take_in
from zhupei_cli.services.records.events import Change, record
from zhupei_cli.services.records.import_ledger import Counts, Imported, refuse_twins
from zhupei_cli.services.records.lookup import match_key
from zhupei_cli.services.records.workbooks import Reading
from zhupei_cli.sheets.kinds.cells import CLEAR
from zhupei_cli.sheets.kinds.columns import Kind
from zhupei_cli.sheets.taking.lines import Line
from zhupei_cli.store.bulk import update_rows
from zhupei_cli.words.errors import Fault


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One kind of reference data. `new` is what an entry holds that the sheet says nothing about."""

    kind: Kind
    table: Table
    new: Mapping[str, object]
    mended: Callable[[dict[str, object]], Iterator[Fault]]
    """Bring an entry's values into the form they are stored in, and yield what is wrong with them."""
    unique: tuple[str, ...]
    refuse_odd: Callable[[Sequence[LineEntry], Mapping[str, TableRow]], None] = lambda *_: None
    """Leave on entries that could be read what is wrong with them beside the others, stored ones included."""


def import_entries(session: Session, catalogue: Catalogue, reading: Reading, *, by: Acting) -> Imported:
    """Bring the catalogue in line with the rows of a sheet; entries that are in no row stay as they are.

    Faults are left on the lines; bad rows stay out.
    """
    if not reading.readable:
        return Imported(None, Counts(), reading.files, readable=False)
    lines = reading.lines
    refuse_twins(lines, lambda line: (word for word in [line.values.get("code")] if isinstance(word, str)))
    stored = {row["code"]: dict(row) for row in session.execute(select(catalogue.table)).mappings()}
    entries = [LineEntry(line, stored.get(line.values.get("code", ""))) for line in lines]
    for entry in entries:
        entry.line.faults += _examined(entry, catalogue)
    _refuse_taken(entries, catalogue, stored)
    catalogue.refuse_odd(entries, stored)
    target = (catalogue.kind.key, catalogue.table)
    return take_in(session, *target, entries, reading, by=by, called=lambda row: row["code"])


def edit_entry(
    session: Session,
    catalogue: Catalogue,
    code: str,
    values: Mapping[str, object],
    *,
    by: Acting,
    reason: str | None,
) -> list[Fault]:
    """Change the given values of one entry (CLEAR erases), with an event; return the warnings.

    Raises E180 with everything that is wrong; nothing is written when nothing changes.
    """
    stored = {row["code"]: dict(row) for row in session.execute(select(catalogue.table)).mappings()}
    entry = LineEntry(Line("", "", 0, catalogue.kind.key, {"code": code, **values}), stored[code])
    entry.line.faults += _examined(entry, catalogue)
    if not entry.line.bad:
        _refuse_taken([entry], catalogue, stored)
        catalogue.refuse_odd([entry], stored)
    refuse(entry.line.faults, catalogue.kind.headings)
    if entry.verdict == "updated":
        before, after = stored[code], entry.after
        changed = [name for name in after if after[name] != before[name]]
        update_rows(session, catalogue.table, ("code",), changed, [(code, *map(after.get, changed))])
        masks = {column.key: column.mask for column in catalogue.kind.columns if column.mask}
        data: dict[str, object] = {
            name: [_shown(side[name], masks.get(name)) for side in (before, after)] for name in changed
        }
        data["digest"] = named_digest({name: after[name] for name in before})
        record(session, by, [Change(f"{catalogue.kind.key}.edit", code, reason=reason, data=data)])
    return entry.line.faults


def _shown(value: str | None, mask: Callable[[str], str] | None) -> str | None:
    return mask(value) if mask and value else value


def _examined(entry: LineEntry, catalogue: Catalogue) -> Iterator[Fault]:
    """Yield what is wrong with what could be read of an entry, whatever else could not."""
    given = entry.line.values
    required = {column.key: column.heading for column in catalogue.kind.columns if column.required}
    cleared = {name: required[name] for name in given if given[name] is CLEAR and name in required}
    yield from (Fault("E051", name, values={"heading": word}) for name, word in cleared.items())
    said = {
        name: catalogue.new[name] if value is CLEAR else value
        for name, value in given.items()
        if name not in cleared
    }
    entry.after = {**catalogue.new, **(entry.before or {}), **said}
    if "code" in entry.after and not is_code(entry.after["code"]):
        yield Fault("E052", "code", values={"value": entry.after["code"]})
    yield from catalogue.mended(entry.after)
    # Where another column says that it is so, 清空 would take nothing away.
    headings = catalogue.kind.headings
    yield from (
        Fault("E051", name, values={"heading": headings[name]})
        for name, value in given.items()
        if value is CLEAR and name not in cleared and entry.after[name] != catalogue.new[name]
    )
    yield from longer_names(entry.after, catalogue.table)


#: Names that Windows keeps for devices, whatever follows their first dot.
_DEVICES: Final = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?", re.IGNORECASE)
_CODE: Final = re.compile(r"[\w-](?:[\w.-]*[\w-])?")


def is_code(word: str) -> bool:
    """Say whether a word can be a code: codes are parts of file names and of command lines."""
    return _CODE.fullmatch(word) is not None and not word.startswith("-") and not _DEVICES.fullmatch(word)


def uscc_faults(code: str | None) -> Iterator[Fault]:
    """Yield what is wrong or odd about a unified code (统一社会信用代码), if there is one."""
    if code is not None and not uscc.is_formed(code):
        yield Fault("E054", "uscc", values={"value": code})
    elif code is not None and not uscc.agrees(code):
        yield Fault("E055", "uscc", "warning", {"value": code})


def longer_names(values: Mapping[str, object], table: Table) -> Iterator[Fault]:
    """Yield texts that do not fit into their columns."""
    for name, value in values.items():
        length = getattr(table.c[name].type, "length", None)
        if isinstance(value, str) and length is not None and len(value) > length:
            yield Fault("E155", name, values={"found": len(value), "length": length})


def _refuse_taken(entries: Sequence[LineEntry], catalogue: Catalogue, stored: Mapping[str, TableRow]) -> None:
    """Refuse names and codes that another entry has; warn of aliases that will name neither of two."""
    good = [entry.after for entry in entries if not entry.line.bad]
    everything = [*stored.values(), *good]
    known = [entry for entry in entries if "code" in entry.after]
    for name in catalogue.unique:
        owners = _owners((entry[name], entry["code"]) for entry in everything if entry[name])
        for entry in known:
            if others := _others(owners, entry, [entry.after.get(name)]):
                values = {"value": entry.after[name], "others": others}
                entry.line.faults.append(Fault("E056", name, values=values))
    _refuse_case_twins(entries, everything)
    owners = _owners((word, entry["code"]) for entry in everything for word in _words(entry))
    for entry in known:
        others = _others(owners, entry, _words(entry.after)) if not entry.line.bad else ""
        if others:
            values = {"value": "、".join(_words(entry.after)), "others": others}
            entry.line.faults.append(Fault("E057", "aliases", "warning", values))


def _refuse_case_twins(entries: Sequence[LineEntry], everything: Iterable[TableRow]) -> None:
    """Refuse new codes that differ from another by case alone: files and people take them for one."""
    spelt: dict[str, set[str]] = {}
    for one in everything:
        spelt.setdefault(one["code"].casefold(), set()).add(one["code"])
    for entry in entries:
        if entry.line.bad or entry.before is not None:
            continue
        code = entry.after["code"]
        if others := sorted(spelt[code.casefold()] - {code}):
            values = {"value": code, "others": "、".join(others)}
            entry.line.faults.append(Fault("E685", "code", values=values))


def _words(entry: TableRow) -> list[str]:
    return [entry["name"], *filter(None, entry["aliases"].split("|"))]


def _owners(pairs: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    owners: dict[str, set[str]] = {}
    for word, code in pairs:
        owners.setdefault(match_key(word), set()).add(code)
    return owners


def _others(owners: Mapping[str, set[str]], entry: LineEntry, words: Iterable[str | None]) -> str:
    found = {code for word in words if word for code in owners.get(match_key(word), ())}
    return "、".join(sorted(found - {entry.after["code"]})) if found else ""
