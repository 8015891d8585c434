"""The events (操作记录): listed with what they say of people masked, and their chain walked and checked."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, TypedDict, TypeVar

from sqlalchemy import ColumnElement, Row, Select, Table, func, or_, select
from sqlalchemy.orm import Session

from zhupei_cli.model import Base, Batch, Counter, Event
from zhupei_cli.rules.people.masking import masked_text
from zhupei_cli.rules.proof.digests import UNREAD, event_data
from zhupei_cli.services.kinds.event_words import (
    action_label,
    actions_of,
    known_actions,
    note_of,
    state_label,
    subject_label,
)
from zhupei_cli.services.records.events import chained
from zhupei_cli.services.records.lookup import nearest
from zhupei_cli.words.errors import Fault, ZhupeiError

_EVENT: Table = Base.metadata.tables[Event.__tablename__]
_HASHED: Final = ("action", "batch_id", "subject", "before", "after", "reason", "data")
#: Characters of a hash that papers carry.
SHORT: Final = 16


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Which events are asked for; `kind` is an action, the group it begins with, or a label."""

    who: str | None = None
    kind: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    batch: Batch | None = None


class EventRow(TypedDict):
    """An event as people and JSON have it."""

    seq: int
    at: datetime
    who: str
    action: str
    action_label: str
    batch: str | None
    subject: str | None
    subject_label: str | None
    before: str | None
    after: str | None
    reason: str | None
    data: object
    before_label: str | None
    after_label: str | None
    note: str | None
    hash: str


_T = TypeVar("_T")


def event_log(session: Session, wanted: EventFilter, *, limit: int) -> tuple[list[EventRow], int]:
    """Return the latest `limit` events (all for 0), the newest first, and how many there are.

    Raises E497 for a kind that nothing is called.
    """
    _require_kind(session, wanted.kind)
    total = session.execute(_where(select(func.count()).select_from(_EVENT), wanted)).scalar_one()
    columns = (_EVENT, Batch.code.label("batch"))
    statement = _where(select(*columns).outerjoin(Batch, Batch.id == _EVENT.c.batch_id), wanted)
    statement = statement.order_by(_EVENT.c.seq.desc()).limit(limit or None)
    return [_shown(row) for row in session.execute(statement)], total


def _require_kind(session: Session, kind: str | None) -> None:
    if kind is None or actions_of(kind):
        return
    # What another version of the program wrote has no words here.
    if session.execute(select(_EVENT.c.seq).where(_of_kind(kind)).limit(1)).first() is None:
        known = known_actions()
        raise ZhupeiError("E497", kind=kind, nearest=nearest(kind, {*known, *known.values()}))


def _of_kind(kind: str) -> ColumnElement[bool]:
    actions = sorted(actions_of(kind)) or [kind]
    groups = (_EVENT.c.action.startswith(f"{action}.", autoescape=True) for action in actions)
    return or_(_EVENT.c.action.in_(actions), *groups)


def _where(statement: Select[_T], wanted: EventFilter) -> Select[_T]:
    if wanted.who is not None:
        statement = statement.where(_EVENT.c.who == wanted.who)
    if wanted.kind is not None:
        statement = statement.where(_of_kind(wanted.kind))
    if wanted.since is not None:
        statement = statement.where(_EVENT.c.at >= wanted.since)
    if wanted.until is not None:
        statement = statement.where(_EVENT.c.at <= wanted.until)
    if wanted.batch is not None:
        statement = statement.where(_EVENT.c.batch_id == wanted.batch.id)
    return statement


def _shown(row: Row[*tuple[object, ...]]) -> EventRow:
    # Events name people by numbers of ours, but a reason is what somebody typed.
    subject, before, after, reason, data = map(
        masked_text, (row.subject, row.before, row.after, row.reason, row.data)
    )
    told = None if data is None else event_data(data)
    return {
        "seq": row.seq,
        "at": row.at,
        "who": row.who,
        "action": row.action,
        "action_label": action_label(row.action),
        "batch": row.batch,
        "subject": subject,
        "subject_label": subject_label(subject),
        "before": before,
        "after": after,
        "reason": reason,
        "data": data if told is UNREAD else told,
        "before_label": state_label(row.action, before),
        "after_label": state_label(row.action, after),
        "note": note_of(row.action, subject, told),
        "hash": row.hash,
    }


@dataclass(slots=True)
class VerifiedChain:
    """What a walk along the chain found; `number` and `digest` are those of its last event."""

    events: int = 0
    number: int = 0
    digest: str = ""
    findings: list[Fault] = field(default_factory=list)

    @property
    def head(self) -> str:
        return f"{self.number}:{self.digest[:SHORT]}"


def verify(session: Session, *, head: tuple[int, str] | None = None) -> VerifiedChain:
    """Recompute the hash of every event from the first to the last, and say all that does not fit.

    `head` is a number and the beginning of a hash that some paper carries: without one, a chain that was
    rewritten as a whole, or cut together with its counter, looks as good as new.
    """
    verified = VerifiedChain()
    columns = (_EVENT.c.seq, _EVENT.c.at, _EVENT.c.who, *(_EVENT.c[name] for name in _HASHED), _EVENT.c.hash)
    rows = session.execute(select(*columns).order_by(_EVENT.c.seq).execution_options(yield_per=5_000))
    for row in rows:
        seq, at, *fields, told = row
        # Millions of them, nearly all as they should be: what is wrong is looked at again.
        if seq != verified.number + 1 or chained(verified.digest, (seq, at.isoformat(), *fields)) != told:
            verified.findings.append(_broken(verified, row))
        if head is not None and seq == head[0] and not told.startswith(head[1]):
            found = {"seq": seq, "found": told[:SHORT], "head": head[1]}
            verified.findings.append(Fault("E524", "hash", values=found))
        verified.events, verified.number, verified.digest = verified.events + 1, seq, told
    verified.findings += _end(session, verified, head)
    return verified


def _broken(verified: VerifiedChain, row: Row[*tuple[object, ...]]) -> Fault:
    if row.seq != verified.number + 1:
        # Nothing says which hash stood before this event: that others are missing is the finding.
        return Fault("E520", "seq", values={"first": verified.number + 1, "last": row.seq - 1})
    return Fault("E521", "hash", values={"seq": row.seq, "action": action_label(row.action)})


def _end(session: Session, verified: VerifiedChain, head: tuple[int, str] | None) -> Iterator[Fault]:
    given = session.execute(select(Counter.value).where(Counter.name == "event")).scalar() or 0
    if given != verified.number:
        yield Fault("E522", "seq", values={"last": verified.number, "given": given})
    if head is not None and head[0] > verified.number:
        yield Fault("E523", "seq", values={"last": verified.number, "seq": head[0]})
