"""Admissions given up, taken away, left after check-in, and people made candidates again: several at once."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final, TypedDict

from sqlalchemy import Row, Table, func, select
from sqlalchemy.orm import Session

from zhupei_cli.acting import CST, Acting
from zhupei_cli.model import Admission, Application, Batch, Event, Preplaced, Trainee
from zhupei_cli.model.base import TableRow
from zhupei_cli.rules.batch.lifecycle import ADMISSION, step
from zhupei_cli.rules.proof.digests import event_data
from zhupei_cli.services.admission.seats import free_seats, hold_places, take_seats
from zhupei_cli.services.applications.store import refusal
from zhupei_cli.services.batches.ceding import held_by_rounds
from zhupei_cli.services.batches.taking_part import seats_of
from zhupei_cli.services.batches.vacant_seats import NoRoom, no_room_at, told_taken
from zhupei_cli.services.people.bars import Arising, arise, confirmed, in_force_of
from zhupei_cli.services.records.events import Change, record
from zhupei_cli.services.records.lookup import base_names, specialty_names
from zhupei_cli.store.bulk import delete_rows, rows_of, update_rows
from zhupei_cli.words.errors import Fault, ZhupeiError
from zhupei_cli.words.vocabulary import BATCH_STATUS, AdmissionStatus, BatchStatus

_ADMISSION: Table = Admission.metadata.tables[Admission.__tablename__]
_APPLICATION: Table = Admission.metadata.tables[Application.__tablename__]
_PREPLACED: Table = Admission.metadata.tables[Preplaced.__tablename__]

_RESULT = (BatchStatus.COMMITTED, BatchStatus.PUBLICITY, BatchStatus.FINAL)
_BEFORE_RESULT = (BatchStatus.OPEN, BatchStatus.CLOSED, BatchStatus.LOCKED)
#: The states of the batch each act is possible in.
_WHEN: Final[Mapping[str, tuple[str, ...]]] = {
    # Who never came and is not known to have stayed away holds a seat still when all is archived.
    "decline": (*_RESULT, BatchStatus.ARCHIVED),
    "revoke": (*_RESULT, BatchStatus.ARCHIVED),
    # Also after uncommit, wherever the batch went since: who gave up before is a candidate only then.
    "reinstate": (*_BEFORE_RESULT, *_RESULT),
    "place": _RESULT,
    "report": (BatchStatus.FINAL,),
    # People leave in later years too, when the batch has long been archived.
    "quit": (BatchStatus.FINAL, BatchStatus.ARCHIVED),
    "stay": (BatchStatus.FINAL, BatchStatus.ARCHIVED),
}

Refused = tuple[str, Fault]


class AdmissionMove(TypedDict):
    """Where somebody stood in admission, and stands now."""

    application_no: str
    before: str | None
    after: str | None


def decide_admissions(
    session: Session,
    batch: Batch,
    verb: str,
    numbers: Iterable[str],
    *,
    reason: str | None,
    by: Acting,
    skip_bad: bool = False,
    told: Mapping[str, object] | None = None,
) -> tuple[list[AdmissionMove], list[Refused]]:
    """Do `verb` (decline, revoke, reinstate, quit, stay) to numbers; return what was done, who was refused.

    Who stands there already is neither. One refused refuses all, unless `skip_bad`. Seats given up are free
    at once; the events also have what is `told`. Raises E401 for the state of the batch; E304, E403 or E404
    for a number.
    """
    require_state(session, batch, verb)
    good, refused = _judged(session, batch, verb, list(dict.fromkeys(numbers)), reason)
    if refused and not skip_bad:
        raise refusal(session, batch, refused[0][1])
    _carry_out(session, batch, verb, good, reason=reason, by=by, told=told or {})
    return [
        {"application_no": row.application_no, "before": row.now, "after": to} for row, to in good
    ], refused


def _judged(
    session: Session, batch: Batch, verb: str, numbers: Sequence[str], reason: str | None
) -> tuple[list[tuple[Row[*tuple[object, ...]], str | None]], list[Refused]]:
    """Sort numbers into those who move, with the state they move to, and those who are refused."""
    stored = admissions_of(session, batch, numbers)
    good: list[tuple[Row[*tuple[object, ...]], str | None]] = []
    refused: list[Refused] = []
    for number in numbers:
        outcome = _outcome(batch, stored.get(number), verb, number, reason)
        if isinstance(outcome, Fault):
            refused.append((number, outcome))
        elif outcome != stored[number].now:
            good.append((stored[number], outcome))
    return good, refused


def quit_training(
    session: Session,
    batch: Batch,
    numbers: Iterable[str],
    *,
    reason: str,
    by: Acting,
    on: date | None = None,
    default: bool = False,
    skip_bad: bool = False,
) -> tuple[list[AdmissionMove], list[Refused], int]:
    """Record that people left after check-in (退培), on a day, today without one.

    Returns also how many records of conduct arose, one for each who left in default. Raises E689 for a day
    to come, E424 for one before the batch was final, E810 for who is recorded to have left on another day or
    not in default, and what `decide_admissions` raises.
    """
    day, asked = _day_of_leaving(session, batch, on, by.today), list(dict.fromkeys(numbers))
    told = {"on": day.isoformat(), "default": default}
    done, refused = decide_admissions(
        session, batch, "quit", asked, reason=reason, by=by, skip_bad=skip_bad, told=told
    )
    known = {one["application_no"] for one in done} | {number for number, _ in refused}
    same = [number for number in asked if number not in known]
    otherwise = list(_left_otherwise(session, batch, same, on=on, default=default))
    if otherwise and not skip_bad:
        raise refusal(session, batch, otherwise[0][1])
    refused += otherwise
    rows = admissions_of(session, batch, (one["application_no"] for one in done))
    moved = [Arising(rows[one["application_no"]].id, one["before"], one["after"]) for one in done]
    new = arise(session, batch, moved, by=by, reason=reason, on=day, default=default)
    return done, refused, new


def _left_otherwise(
    session: Session, batch: Batch, numbers: Sequence[str], *, on: date | None, default: bool
) -> Iterator[Refused]:
    """Yield who left before as recorded otherwise than is said now; what is not said is no difference."""
    events = (
        select(Event.subject, Event.data)
        .where(Event.batch_id == batch.id, Event.action == "admission.quit")
        .order_by(Event.seq)
    )
    told = {row.subject: event_data(row.data) for row in rows_of(session, events, Event.subject, numbers)}
    for number in numbers:
        said = told.get(number, {})
        day, left_so = said.get("on"), said.get("default")
        if (on is not None and day not in (None, on.isoformat())) or (default and left_so is False):
            what = "违约退培" if left_so else ADMISSION.verbs["quit"].label
            recorded = what + (f"，{day} 离开" if day else "")
            values = {"application_no": number, "recorded": recorded}
            yield number, Fault("E810", "application_no", values=values)


def _day_of_leaving(session: Session, batch: Batch, on: date | None, today: date) -> date:
    """Return the day meant; raise unless people of the batch can have been in training on it."""
    day = on or today
    if day > today:
        raise ZhupeiError("E689", value=day.isoformat())
    first = _final_since(session, batch)
    if first is not None and day < first:
        raise ZhupeiError("E424", value=day.isoformat(), day=first.isoformat())
    return day


def take_back_quit(
    session: Session, batch: Batch, numbers: Iterable[str], *, reason: str, by: Acting, skip_bad: bool = False
) -> tuple[list[AdmissionMove], list[Refused], list[int]]:
    """Seat people again, as 已报到, whose leaving was recorded by mistake.

    A record of conduct that waits to be confirmed is lifted; those in force are returned, which the province
    lifts. Raises E463 (E680, E681) when the seat is somebody else's by now, E467 for who has another one this
    year, and what `decide_admissions` raises.
    """
    done, refused = decide_admissions(
        session, batch, "stay", numbers, reason=reason, by=by, skip_bad=skip_bad
    )
    rows = admissions_of(session, batch, (one["application_no"] for one in done))
    moved = [Arising(rows[one["application_no"]].id, one["before"], one["after"]) for one in done]
    arise(session, batch, moved, by=by, reason=reason)
    found = confirmed(session, (one.application_id for one in moved), kind="default")
    return done, refused, sorted(found.values())


def reinstate(
    session: Session, batch: Batch, numbers: Iterable[str], *, reason: str, by: Acting, skip_bad: bool = False
) -> tuple[list[AdmissionMove], list[Refused], dict[int, str]]:
    """Make people candidates again; also return the records of conduct in force about them, which stay."""
    done, refused = decide_admissions(
        session, batch, "reinstate", numbers, reason=reason, by=by, skip_bad=skip_bad
    )
    rows = admissions_of(session, batch, (one["application_no"] for one in done))
    return done, refused, in_force_of(session, [row.id for row in rows.values()])


def leads_back(batch: Batch) -> bool:
    """Return whether somebody who gives up in a batch of this state can be made a candidate again."""
    return batch.status in _WHEN["reinstate"]


def whereabouts(session: Session, batch: Batch, numbers: Iterable[str]) -> list[str]:
    """Return who sat where, a phrase each, as a question about them says it."""
    rows = admissions_of(session, batch, numbers)
    ids = [row.trainee_id for row in rows.values()]
    names = {one.id: one.name for one in rows_of(session, select(Trainee.id, Trainee.name), Trainee.id, ids)}
    bases, specialties = base_names(session).labels, specialty_names(session).labels
    return [
        f"{no}（{names[row.trainee_id]}，{bases[row.base_code]} 的 {specialties[row.specialty_code]}）"
        for no, row in rows.items()
    ]


def _final_since(session: Session, batch: Batch) -> date | None:
    """Return the day the batch became final: nobody came before it."""
    statement = select(func.max(Event.at)).where(Event.batch_id == batch.id, Event.action == "batch.finalize")
    at = session.execute(statement).scalar()
    return None if at is None else at.astimezone(CST).date()


def require_state(session: Session, batch: Batch, verb: str) -> None:
    """Hold the batch, and raise E401 unless it is in one of the states `verb` is possible in."""
    session.refresh(batch, with_for_update=True)
    if batch.status in _WHEN[verb]:
        return
    label = ADMISSION.verbs[verb].label
    states = "”或“".join(BATCH_STATUS.label(status) for status in _WHEN[verb])
    cure = f"{label}须在批次“{states}”时进行"
    status = BATCH_STATUS.label(batch.status)
    raise ZhupeiError("E401", name=batch.code, status=status, wanted=label, cure=cure)


def admissions_of(
    session: Session, batch: Batch, numbers: Iterable[str]
) -> dict[str, Row[*tuple[object, ...]]]:
    """Return the applications of these numbers with where they stand in admission (`now`) and their seat."""
    statement = (
        select(
            *_APPLICATION.c["id", "application_no", "trainee_id"],
            _ADMISSION.c.status.label("now"),
            *_ADMISSION.c["live_key", "base_code", "specialty_code", "identity"],
        )
        .outerjoin(_ADMISSION, _ADMISSION.c.application_id == _APPLICATION.c.id)
        .where(_APPLICATION.c.batch_id == batch.id)
    )
    rows = rows_of(session, statement, _APPLICATION.c.application_no, numbers)
    return {row.application_no: row for row in rows}


def _outcome(
    batch: Batch, row: Row[*tuple[object, ...]] | None, verb: str, number: str, reason: str | None
) -> str | Fault:
    """Return the state `verb` leads to, the present one when nothing is to be done, or why it cannot be."""
    if row is None:
        return Fault("E304", "application_no", values={"application_no": number, "nearest": ""})
    if row.now in ADMISSION.verbs[verb].moves.values():
        return str(row.now)
    try:
        return step(ADMISSION, row.now, verb, name=number, reason=reason)
    except ZhupeiError as refusal:
        values = refusal.values
        if row.now == AdmissionStatus.ADMITTED and batch.status == BatchStatus.ARCHIVED:
            # Nobody can be checked in any more: the way over 已报到 leads nowhere.
            way = f"zhupei admit decline {number} --reason 原因"
            values = {**values, "cure": f"批次已归档，不能再登记报到；没有来的登记放弃：{way}"}
        return Fault(refusal.code, "application_no", values=values)


def _carry_out(
    session: Session,
    batch: Batch,
    verb: str,
    decided: Sequence[tuple[Row[*tuple[object, ...]], str | None]],
    *,
    reason: str | None,
    by: Acting,
    told: Mapping[str, object],
) -> None:
    if not decided:
        return
    # Without a result there is no 未录取 either: a candidate is who has no admission at all.
    forgotten = batch.status in _BEFORE_RESULT
    if forgotten:
        decided = [(row, None) for row, _ in decided]
    changes = [
        Change(
            f"admission.{verb}",
            row.application_no,
            batch.id,
            row.now,
            after,
            reason,
            {**place_held(row), **told},
        )
        for row, after in decided
    ]
    record(session, by, changes)
    if verb == "reinstate":  # what followed from not coming has no ground any more
        arise(
            session, batch, [Arising(row.id, row.now, after) for row, after in decided], by=by, reason=reason
        )
    if verb == "stay":
        seat_again(session, batch, [row for row, _ in decided])
    seated = [row for row, _ in decided if row.live_key is not None]
    free_seats(session, batch, [(row.base_code, row.specialty_code, row.identity) for row in seated])
    if verb == "reinstate":  # what was known of a seat given before any run is about no other seat
        delete_rows(session, _PREPLACED, ("application_id",), [(row.id,) for row, _ in decided])
    if forgotten:
        delete_rows(session, _ADMISSION, ("application_id",), [(row.id,) for row, _ in decided])
        session.expire_all()
        return
    key = f"{batch.year}:{{}}" if verb == "stay" else None
    values = [(row.id, after, key and key.format(row.trainee_id), reason, by.at) for row, after in decided]
    columns = ("status", "live_key", "reason", "decided_at")
    update_rows(session, _ADMISSION, ("application_id",), columns, values)
    if verb == "reinstate":  # not admitted means no place; the events keep which one it was
        empty = ("base_code", "specialty_code", "via", "total", "rank")
        rows = [(row.id, *(None for _ in empty)) for row, _ in decided]
        update_rows(session, _ADMISSION, ("application_id",), empty, rows)
    session.expire_all()


def seat_again(session: Session, batch: Batch, rows: Sequence[Row[*tuple[object, ...]]]) -> None:
    """Count the seats of who left as theirs again; raise for the first who cannot have theirs.

    Raises E467 for who has another seat this year, E463 where there is no room, E495 where rounds hold it.
    """
    seats = seats_of(session, batch.year, [row.trainee_id for row in rows])
    plan = hold_places(session, batch, [(row.base_code, row.specialty_code) for row in rows])
    for row in rows:
        if row.trainee_id in seats:
            raise ZhupeiError("E467", application_no=row.application_no, **seats[row.trainee_id].values)
        place = plan[row.base_code, row.specialty_code]
        if (why := no_room_at(place, row.identity)) is not None:
            raise _no_seat(session, batch, row, place, why)
        place[f"taken_{row.identity}"] += 1  # whoever comes next finds it taken
    take_seats(session, batch, [(row.base_code, row.specialty_code, row.identity) for row in rows])


def _no_seat(
    session: Session, batch: Batch, row: Row[*tuple[object, ...]], place: TableRow, why: NoRoom
) -> ZhupeiError:
    """Return E463 or E495, saying whose seat it was and where; somebody else has it by now."""
    (where,) = whereabouts(session, batch, [row.application_no])
    if why is NoRoom.CEDED:
        return ZhupeiError("E495", **held_by_rounds(session, place, where=where))
    full = told_taken(place, row.identity, why)
    return ZhupeiError("E463", what=f"{where} 没有可恢复的名额：{full}")


def place_held(row: Row[*tuple[object, ...]]) -> dict[str, str]:
    """Return the place a stored admission names, as events have it."""
    return {"base": row.base_code, "specialty": row.specialty_code}
