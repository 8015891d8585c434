"""Events: what was done, by whom, when and why, each chained to the one before."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC
from functools import lru_cache
from typing import Final, NamedTuple

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from zhupei_cli.acting import Acting
from zhupei_cli.model import Event
from zhupei_cli.rules.people.masking import masked_text
from zhupei_cli.rules.people.plain_words import require_reason
from zhupei_cli.services.records import base_login
from zhupei_cli.store.bulk import insert_rows
from zhupei_cli.store.counters import take
from zhupei_cli.store.walls import signature

_COLUMNS = ("seq", "at", "who", "action", "batch_id", "subject", "before", "after", "reason", "data", "hash")


class Change(NamedTuple):  # not a dataclass: made a hundred thousand at a time
    """What one event says. `subject` is an application number or a code; personal data never enters."""

    action: str
    subject: str
    batch_id: int | None = None
    before: str | None = None
    after: str | None = None
    reason: str | None = None
    data: Mapping[str, object] | None = None


def reserve(session: Session) -> int:
    """Take the number of the next event, which `record` is to write before any other one."""
    return take(session, "event", 1).start


def record(session: Session, by: Acting, changes: Sequence[Change], *, reserved: int | None = None) -> range:
    """Append one event per change and return their numbers.

    Call it in the transaction of the change itself: an event without its change, or a change without
    its event, must not be possible. A single change may have a number that was `reserved`. Raises E660 or
    E661 for a reason that cannot be kept.
    """
    for reason in dict.fromkeys(change.reason for change in changes):
        require_reason(reason)
    if base_login.is_base(session):
        return _noted(session, changes)
    who = signature(session, by.who)
    at = by.at.astimezone(UTC)  # as it comes back: its text is part of the hash
    numbers = take(session, "event", len(changes)) if reserved is None else range(reserved, reserved + 1)
    head = _head(session, numbers.start)

    def rows() -> Iterator[tuple[object, ...]]:
        previous, opening = head, canonical([at.isoformat(), who])[1:-1]
        # One change after the other is like it in all but its number and subject. Typed: 1 is not true.
        part = lru_cache(maxsize=4096, typed=True)(canonical)
        for seq, change in zip(numbers, changes, strict=True):
            action, subject, batch_id, before, after, _, _ = change
            # Events leave the office in sealed files: what somebody typed may hold numbers of people.
            told = (before, after, masked_text(change.reason), _data(change, who, by))
            texts = ",".join((part(action), part(batch_id), canonical(subject), *map(part, told)))
            previous = _linked(previous, f"[{seq},{opening},{texts}]")
            yield seq, at, who, action, batch_id, subject, *told, previous

    table = Event.__table__
    assert isinstance(table, Table)
    insert_rows(session, table, _COLUMNS, rows())
    return numbers


def _data(change: Change, who: str, by: Acting) -> str | None:
    """Return the data as JSON; behind a login's name the operator's is a remark."""
    if who == by.who:
        return None if change.data is None else canonical(change.data)
    return canonical({**(change.data or {}), "operator": by.who})


def _noted(session: Session, changes: Sequence[Change]) -> range:
    """Have the database write the event of a base's login: who and when are not the program's to say."""
    (change,) = changes
    data = None if change.data is None else canonical(change.data)
    seq = base_login.note_leaving(session, change.action, change.batch_id, data)
    return range(seq, seq + 1)


def _head(session: Session, first: int) -> str:
    return session.execute(select(Event.hash).where(Event.seq == first - 1)).scalar() or ""


def chained(previous: str, fields: Sequence[object]) -> str:
    """Return the SHA-256 of an event: the hash before it and its own fields in canonical JSON."""
    return _linked(previous, canonical(fields))


def _linked(previous: str, text: str) -> str:
    return hashlib.sha256((previous + "\n" + text).encode()).hexdigest()


#: Made once: `json.dumps` makes one for every text.
_CANONICAL: Final = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def canonical(value: object) -> str:
    """Return `value` as JSON with sorted keys and no spaces, the same text on every machine."""
    return _CANONICAL.encode(value)
