"""Rows of 考场: sites and rooms of a batch taken in, compared with what is stored, written set-based."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session

from zhupei_cli.acting import Acting
from zhupei_cli.model import Batch
from zhupei_cli.model.base import TableRow
from zhupei_cli.rules.batch.lifecycle import BATCH, directions
from zhupei_cli.services.exams.rooms import ROOM, SEAT, SITE
from zhupei_cli.services.records.entries import LineEntry
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
from zhupei_cli.services.records.workbooks import Reading
from zhupei_cli.services.reference.catalogue_intake import longer_names
from zhupei_cli.sheets.kinds.cells import CLEAR
from zhupei_cli.sheets.taking.lines import Line
from zhupei_cli.store.bulk import insert_rows, update_rows
from zhupei_cli.words.codes import CITY
from zhupei_cli.words.errors import Fault, ZhupeiError
from zhupei_cli.words.vocabulary import BATCH_STATUS, BatchStatus

#: The states of a batch in which its rooms may change.
ROOMS_TIME: Final = (BatchStatus.DRAFT, BatchStatus.OPEN, BatchStatus.CLOSED)
SITE_TERMS: Final = ("name", "address", "city")
ROOM_TERMS: Final = ("seats", "row_count", "column_count")
#: What a row says of its site, by column of the table.
_OF_SITE: Final = {"name": "site_name", "address": "address", "city": "city"}

_RoomKey = tuple[str, str]


def import_rooms(session: Session, reading: Reading, *, batch: Batch, by: Acting) -> Imported:
    """Take sites and rooms in from the rows of 考场; rooms that are in no row stay as they are.

    A blank cell keeps what is stored. A site is said by any of its rows. Raises E401 once the batch is
    locked. Faults are left on the lines, bad rows stay out.
    """
    if not reading.readable:
        return Imported(None, Counts(), reading.files, readable=False)
    session.refresh(batch, with_for_update=True)
    if batch.status not in ROOMS_TIME:
        cure = directions(BATCH, batch.status, frozenset(ROOMS_TIME), batch.code)
        status = BATCH_STATUS.label(batch.status)
        raise ZhupeiError("E401", name=batch.code, status=status, wanted="改动考场", cure=cure)
    refuse_twins(reading.lines, lambda line: ["/".join(room_key(line))])
    entries = [LineEntry(line) for line in reading.lines]
    sites = _sites(session, batch, reading.lines)
    _compare(session, batch, entries)
    return _write(session, batch, entries, sites, reading, by=by)


def room_key(line: Line) -> _RoomKey:
    """Return the site and the room a row is about."""
    return line.values["site"], line.values["room"]


def _sites(session: Session, batch: Batch, lines: Iterable[Line]) -> dict[str, LineEntry]:
    """Return the sites of the good rows; rows that contradict each other about theirs are refused."""
    statement = select(SITE).where(SITE.c.batch_id == batch.id)
    stored = {row["code"]: dict(row) for row in session.execute(statement).mappings()}
    said: dict[tuple[str, str], Line] = {}
    for line in lines:
        line.faults += _odd(line)
        if not line.bad:
            line.faults += _contradicted(line, said)
    _refuse_twins_of_sites(session, batch, lines, stored)
    return _merged([line for line in lines if not line.bad], stored)


def _merged(lines: Iterable[Line], stored: Mapping[str, TableRow]) -> dict[str, LineEntry]:
    """Return the sites as the rows leave them; a new one without a name is none."""
    found: dict[str, LineEntry] = {}
    for line in lines:
        code = line.values["site"]
        site = found.setdefault(code, LineEntry(line, stored.get(code)))
        site.after |= {name: said_of(line, key) for name, key in _OF_SITE.items() if key in line.values}
    for line in lines:
        site = found[line.values["site"]]
        if site.before is None and "name" not in site.after:
            values = {"site": line.values["site"]}
            line.faults.append(Fault("E735", "site_name", values=values))
    kept = {code: one for code, one in found.items() if one.before is not None or "name" in one.after}
    for code, one in kept.items():
        before = one.before or {}
        one.after = {"code": code, **{name: one.after.get(name, before.get(name)) for name in SITE_TERMS}}
    return kept


def _refuse_twins_of_sites(
    session: Session, batch: Batch, lines: Iterable[Line], stored: Iterable[str]
) -> None:
    """Refuse 1 beside 01, of sites and of the rooms of a site: most often Excel took the zero away."""
    sites = {_bare(code): code for code in stored}
    statement = select(ROOM.c.site_code, ROOM.c.code).where(ROOM.c.batch_id == batch.id)
    rooms = {(site, _bare(code)): code for site, code in session.execute(statement)}
    for line in lines:
        if line.bad:
            continue
        site, room = room_key(line)
        if (other := sites.setdefault(_bare(site), site)) != site:
            line.faults.append(Fault("E793", "site", values={"what": "考点", "code": site, "other": other}))
        elif (other := rooms.setdefault((site, _bare(room)), room)) != room:
            line.faults.append(Fault("E793", "room", values={"what": "考场", "code": room, "other": other}))


def _bare(code: str) -> str:
    return code.lstrip("0")


def _odd(line: Line) -> Iterator[Fault]:
    """Yield what is wrong with what a row says of its site, and make its city a code."""
    city = line.values.get("city")
    if isinstance(city, str) and not re.fullmatch("[0-9]{6}", city):
        if (code := CITY.parse(city)) is None:
            yield Fault("E053", "city", values={"value": city})
        else:
            line.values = {**line.values, "city": code}
    for key, name in (("site", "code"), ("site_name", "name"), ("address", "address")):
        word = line.values.get(key)
        for fault in longer_names({name: word}, SITE) if isinstance(word, str) else ():
            yield Fault(fault.code, key, values=fault.values)
    for fault in longer_names({"code": line.values.get("room")}, ROOM):
        yield Fault(fault.code, "room", values=fault.values)


def _contradicted(line: Line, said: dict[tuple[str, str], Line]) -> Iterator[Fault]:
    for key in _OF_SITE.values():
        if key in line.values:
            first = said.setdefault((line.values["site"], key), line)
            if first.values[key] != line.values[key]:
                other = said_of(first, key) or "清空"
                values = {"site": line.values["site"], "other": other, "where": first.seen_from(line)}
                yield Fault("E736", key, values=values)


def said_of(line: Line, key: str) -> Any:
    """Return what a cell says; None for 清空."""
    value = line.values.get(key)
    return None if value is CLEAR else value


def _compare(session: Session, batch: Batch, entries: Sequence[LineEntry]) -> None:
    """Give each row what is stored of its room, and what it becomes."""
    rows = session.execute(select(ROOM).where(ROOM.c.batch_id == batch.id)).mappings()
    stored = {(row["site_code"], row["code"]): dict(row) for row in rows}
    used = _used(session, batch)
    for entry in entries:
        line = entry.line
        if line.bad:
            continue
        site, room = room_key(line)
        before = entry.before = stored.get((site, room))
        entry.after = {
            "site_code": site,
            "code": room,
            **{
                name: said_of(line, name) if name in line.values else (before or {}).get(name)
                for name in ROOM_TERMS
            },
        }
        entry.before = before and {name: before[name] for name in (*entry.after, "touched_by")}
        line.faults += _misfits(entry.after, used.get((site, room), []))


def _used(session: Session, batch: Batch) -> dict[_RoomKey, list[int]]:
    statement = select(SEAT.c.site_code, SEAT.c.room_code, SEAT.c.seat).where(SEAT.c.batch_id == batch.id)
    found: dict[_RoomKey, list[int]] = {}
    for site, room, seat in session.execute(statement):
        found.setdefault((site, room), []).append(seat)
    return found


def _misfits(after: TableRow, used: Sequence[int]) -> Iterator[Fault]:
    rows, columns, seats = after["row_count"], after["column_count"], after["seats"]
    if rows is not None and columns is not None and rows * columns < seats:
        yield Fault("E737", "seats", values={"rows": rows, "columns": columns, "seats": seats})
    if over := sum(seat > seats for seat in used):
        yield Fault("E738", "seats", "warning", {"room": after["code"], "seats": seats, "count": over})


def _write(
    session: Session,
    batch: Batch,
    entries: Sequence[LineEntry],
    sites: Mapping[str, LineEntry],
    reading: Reading,
    *,
    by: Acting,
) -> Imported:
    verdicts = {id(entry): _verdict(entry.before, entry.after) for entry in entries if not entry.line.bad}
    # A site whose every row is bad is not taken in.
    spoken = {entry.after["site_code"] for entry in entries if not entry.line.bad}
    kept = {code: one for code, one in sites.items() if code in spoken}
    told = {code: _verdict(one.before, one.after) for code, one in kept.items()}
    changed = {id(one.line) for code, one in kept.items() if told[code] != "unchanged"}
    counts = counted(
        (
            "rejected"
            if entry.line.bad
            else "updated"
            if verdicts[id(entry)] == "unchanged" and id(entry.line) in changed
            else verdicts[id(entry)],
            [entry.line],
        )
        for entry in entries
    )
    if not counts.written:
        return Imported(None, counts, reading.files)
    import_id, seq = begin_import(
        session, "exam_room", by=by, batch_id=batch.id, files=reading.files, counts=counts
    )
    touched: list[Touched] = []
    rooms = [(entry.before, entry.after, verdicts[id(entry)]) for entry in entries if id(entry) in verdicts]
    site_rows = [(one.before, one.after, told[code]) for code, one in kept.items()]
    for table, key, terms, rows in (
        (SITE, ("code",), SITE_TERMS, site_rows),
        (ROOM, ("site_code", "code"), ROOM_TERMS, rooms),
    ):
        touched += _written(session, batch, table, key, terms, rows, seq=seq, by=by)
    record_rows(session, import_id, touched, by=by)
    return Imported(import_id, counts, reading.files)


def _verdict(before: TableRow | None, after: TableRow) -> str:
    if before is None:
        return "inserted"
    return "updated" if any(before[name] != value for name, value in after.items()) else "unchanged"


def _written(
    session: Session,
    batch: Batch,
    table: Table,
    key: Sequence[str],
    terms: Sequence[str],
    rows: Sequence[tuple[TableRow | None, TableRow, str]],
    *,
    seq: int,
    by: Acting,
) -> list[Touched]:
    """Write the new and the changed rows of one table with their events; return what the ledger keeps."""
    of = [(before, after, verdict) for before, after, verdict in rows if verdict != "unchanged"]
    columns = ("batch_id", *key, *terms, "touched_by")
    values = [
        ((batch.id, *(after[name] for name in (*key, *terms)), seq), verdict) for _, after, verdict in of
    ]
    insert_rows(session, table, columns, [row for row, verdict in values if verdict == "inserted"])
    update_rows(
        session,
        table,
        columns[: len(key) + 1],
        columns[len(key) + 1 :],
        [row for row, verdict in values if verdict == "updated"],
    )
    named = [("/".join(after[name] for name in key), after) for _, after, _ in of]
    events = row_events(
        f"{table.name}.write",
        ((name, {term: after[term] for term in terms}) for name, after in named),
        batch_id=batch.id,
    )
    record(session, by, list(events))
    return [
        (
            table.name,
            name,
            verdict,
            None if before is None else canonical({one: before[one] for one in (*terms, "touched_by")}),
        )
        for (name, _), (before, _, verdict) in zip(named, of, strict=True)
    ]


def seated_beyond(
    session: Session, batch: Batch, kept: Mapping[tuple[str, ...], int]
) -> dict[tuple[str, ...], int]:
    """Return the last event that seated somebody in each room where someone sits beyond the seats `kept`."""
    statement = (
        select(SEAT.c.site_code, SEAT.c.room_code, func.max(SEAT.c.seat), func.max(SEAT.c.touched_by))
        .where(SEAT.c.batch_id == batch.id)
        .group_by(SEAT.c.site_code, SEAT.c.room_code)
    )
    return {
        (site, room): seq
        for site, room, last, seq in session.execute(statement)
        if last > kept.get((site, room), last)
    }
