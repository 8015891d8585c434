"""Allotting seats (排考): everybody without one gets a seat and a ticket number; nobody else moves."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from secrets import randbelow
from typing import Final, TypedDict, cast

from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session

from zhupei_cli.acting import Acting
from zhupei_cli.model import Batch, Event, Score
from zhupei_cli.model.exam import TICKET_LENGTH
from zhupei_cli.rules.batch.settings import parse
from zhupei_cli.rules.exam.allotment import By, allot, missing_seats
from zhupei_cli.rules.exam.rooms import ExamPlace, Room
from zhupei_cli.rules.exam.seating import Sitter
from zhupei_cli.rules.exam.ticket_numbers import called, shared_number, ticket_number
from zhupei_cli.rules.proof.digests import named_digest
from zhupei_cli.services.exams.candidates import (
    StoredSeat,
    load_sitters,
    load_stored,
    still_there,
    way_to_seats,
)
from zhupei_cli.services.exams.rooms import SEAT, Site, by_site, load_rooms, load_sites
from zhupei_cli.services.records.events import Change, record
from zhupei_cli.services.records.import_ledger import EVENT_ROWS
from zhupei_cli.services.records.lookup import settings_of
from zhupei_cli.store.bulk import delete_rows, in_chunks, insert_rows
from zhupei_cli.words.codes import city_label
from zhupei_cli.words.errors import ZhupeiError
from zhupei_cli.words.vocabulary import BATCH_STATUS, BatchStatus

_EVENT: Table = SEAT.metadata.tables[Event.__tablename__]
_SCORE: Table = SEAT.metadata.tables[Score.__tablename__]
_COLUMNS: Final = ("application_id", "batch_id", "site_code", "room_code", "seat", "ticket", "touched_by")
#: Seeds that are drawn when none is given.
_SEEDS: Final = 1_000_000


class Allotted(TypedDict):
    """What an allotment did: who got a seat, who of them had another one; seats of who takes no part;
    ticket numbers that somebody else had since all seats were given anew."""

    batch: str
    by: str
    seed: int
    candidates: int
    seated: int
    kept: int
    moved: int
    released: int
    rooms: int
    free: int
    marked: int
    reused: list[str]


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is to be written: ids of seats that go, and seats that come."""

    gone: Mapping[int, StoredSeat]
    places: Mapping[int, StoredSeat]


def allot_seats(
    session: Session, batch: Batch, *, how: By | None, seed: int, again: bool, by: Acting
) -> Allotted:
    """Give a seat to everybody who takes part and has none; return what was done.

    `again` takes all seats back first. Without `how` it is done as the last time.
    Seats of people who do not take part any more are free again. Raises E401 unless the batch is closed,
    E732 without rooms, E730 when seats do not suffice, E739 and E740 for ticket numbers that cannot be.
    """
    session.refresh(batch, with_for_update=True)
    if batch.status != BatchStatus.CLOSED:
        status = BATCH_STATUS.label(batch.status)
        cure = way_to_seats(batch)
        raise ZhupeiError("E401", name=batch.code, status=status, wanted="安排考场", cure=cure)
    rooms, sites = load_rooms(session, batch), load_sites(session, batch)
    if not any(room.seats for room in rooms):
        raise ZhupeiError("E732", batch=batch.code)
    how = how or _last_way(session, batch) or "mixed"
    sitters, stored = load_sitters(session, batch), load_stored(session, batch)
    kept = {} if again else {id_: one for id_, one in still_there(stored, rooms).items() if id_ in sitters}
    held = {one.place: sitters[id_] for id_, one in kept.items()}
    people = [one for id_, one in sitters.items() if id_ not in kept]
    _require_seats(people, rooms, held, how, sites=sites, batch=batch)
    places = allot(people, rooms, held=held, by=how, seed=seed)
    new = _with_tickets(session, batch, sitters, places, kept, sites)
    gone = {id_: one for id_, one in stored.items() if id_ not in kept and new.get(id_) != one}
    fresh = {id_: one for id_, one in new.items() if stored.get(id_) != one}
    released = len(gone.keys() - sitters.keys())
    moved = [id_ for id_ in gone if id_ in sitters]
    summary: Allotted = {
        "batch": batch.code,
        "by": how,
        "seed": seed,
        "candidates": len(sitters),
        "seated": len(fresh),
        "kept": len(sitters) - len(fresh),
        "moved": len(moved),
        "released": released,
        "rooms": len({one.place[:2] for one in (*kept.values(), *new.values())}),
        "free": sum(room.seats for room in rooms) - len(sitters),
        "marked": _marked(session, moved),
        "reused": [] if again else sorted(_reused(session, batch, fresh)),
    }
    if fresh or gone:
        _write(session, batch, _Plan(gone, fresh), summary, again=again, by=by)
    return summary


def draw_seed() -> int:
    """Return a seed that nobody chose."""
    return randbelow(_SEEDS)


def _last_way(session: Session, batch: Batch) -> By | None:
    """Return how the seats of a batch were allotted last."""
    statement = (
        select(_EVENT.c.data)
        .where(_EVENT.c.batch_id == batch.id, _EVENT.c.action == "exam.allot")
        .order_by(_EVENT.c.seq.desc())
        .limit(1)
    )
    data = session.execute(statement).scalar()
    return None if data is None else cast(By, json.loads(data)["by"])


def _require_seats(
    people: Sequence[Sitter],
    rooms: Sequence[Room],
    held: Mapping[ExamPlace, Sitter],
    how: By,
    *,
    sites: Mapping[str, Site],
    batch: Batch,
) -> None:
    short = missing_seats(people, rooms, held=held, by=how)
    if not short:
        return
    total = short.pop(None, 0)
    words = [f"{city_label(city)}缺 {count} 个" for city, count in short.items() if city]
    taken = len(held)
    free = sum(room.seats for room in rooms) - taken
    if total:
        words.insert(0, f"要安排 {len(people)} 人，空座 {free} 个，缺 {total} 个")
    each = "、".join(
        f"{code} {sites[code].name} {sum(room.seats for room in some)} 座"
        for code, some in by_site(rooms).items()
    )
    raise ZhupeiError("E730", batch=batch.code, what="，".join(words), sites=each)


def _with_tickets(
    session: Session,
    batch: Batch,
    sitters: Mapping[int, Sitter],
    places: Mapping[str, ExamPlace],
    kept: Mapping[int, StoredSeat],
    sites: Mapping[str, Site],
) -> dict[int, StoredSeat]:
    """Return application id → the new seat with its ticket number."""
    pattern = parse(settings_of(session, batch)).ticket
    new = {
        id_: StoredSeat(one.no, place, ticket_number(pattern, place, year=batch.year, batch=batch.code))
        for id_, one in sitters.items()
        if (place := places.get(one.no)) is not None
    }
    names = {code: site.name for code, site in sites.items()}
    numbers = [(one.place, one.ticket) for one in (*kept.values(), *new.values())]
    if (shared := shared_number(numbers)) is not None:
        number, *both = shared
        one, other = (called(place, names) for place in both)
        raise ZhupeiError("E739", ticket=number, one=one, other=other, batch=batch.code)
    longest = max((number for _, number in numbers), key=len, default="")
    if len(longest) > TICKET_LENGTH:
        raise ZhupeiError("E740", ticket=longest, found=len(longest), length=TICKET_LENGTH, batch=batch.code)
    return new


def _marked(session: Session, ids: Iterable[int]) -> int:
    """Return how many of these have marks already."""
    return sum(
        session.execute(
            select(func.count(func.distinct(_SCORE.c.application_id))).where(
                _SCORE.c.application_id.in_(chunk)
            )
        ).scalar_one()
        for chunk in in_chunks(ids)
    )


def _reused(session: Session, batch: Batch, fresh: Mapping[int, StoredSeat]) -> list[str]:
    """Return the ticket numbers among these that were somebody else's: their tickets may be printed."""
    statement = (
        select(_EVENT.c.action, _EVENT.c.data)
        .where(_EVENT.c.batch_id == batch.id, _EVENT.c.action.in_(("exam.allot", "exam_seat.write")))
        .order_by(_EVENT.c.seq)
    )
    holders: dict[str, set[str]] = {}
    for action, text in session.execute(statement) if fresh else ():
        data = json.loads(text)
        if action == "exam.allot":
            holders = {} if data.get("again") else holders
            continue
        for number, digest in zip(data["keys"], data["digests"], strict=True):
            if digest is not None:
                holders.setdefault(digest, set()).add(number)
    return [
        one.ticket
        for one in fresh.values()
        if holders.get(seat_digest(one.place, one.ticket), set()) - {one.application_no}
    ]


def _write(
    session: Session, batch: Batch, plan: _Plan, summary: Allotted, *, again: bool, by: Acting
) -> None:
    data: dict[str, object] = {
        **{key: value for key, value in summary.items() if key not in ("batch", "marked", "reused")},
        "again": again,
    }
    (seq,) = record(session, by, [Change("exam.allot", batch.code, batch.id, data=data)])
    delete_rows(session, SEAT, ("application_id",), [(id_,) for id_ in plan.gone])
    rows = [(id_, batch.id, *one.place, one.ticket, seq) for id_, one in plan.places.items()]
    insert_rows(session, SEAT, _COLUMNS, rows)
    # Who moved is told with the new seat alone.
    told: dict[str, str | None] = {one.application_no: None for one in plan.gone.values()}
    told |= {one.application_no: seat_digest(one.place, one.ticket) for one in plan.places.values()}
    changes = [
        Change(
            "exam_seat.write",
            chunk[0][0],
            batch.id,
            data={"keys": [number for number, _ in chunk], "digests": [digest for _, digest in chunk]},
        )
        for chunk in in_chunks(sorted(told.items(), key=lambda pair: pair[0]), EVENT_ROWS)
    ]
    record(session, by, changes)


def seat_digest(place: ExamPlace, ticket: str) -> str:
    """Return the digest of a seat, as events have it."""
    return named_digest({**place._asdict(), "ticket": ticket})
