"""Who is still to be told, and writing down who was."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from sqlalchemy import Row, Table, select, update
from sqlalchemy.orm import Session

from zhupei_cli.acting import Acting
from zhupei_cli.model import Application, Batch, Notice, Snapshot, Trainee
from zhupei_cli.rules.batch.notice_texts import fill_in, names_in
from zhupei_cli.rules.batch.settings import SETTINGS, parse
from zhupei_cli.rules.people.masking import masked_text
from zhupei_cli.rules.proof.digests import row_digest
from zhupei_cli.services.applications.store import CURRENT_SNAPSHOT
from zhupei_cli.services.notices.occasions import Occasion, Occasions, find_occasions
from zhupei_cli.services.records.events import Change, record
from zhupei_cli.services.records.import_ledger import EVENT_ROWS
from zhupei_cli.services.records.lookup import settings_of
from zhupei_cli.store.bulk import in_chunks, insert_rows, rows_of, update_rows
from zhupei_cli.store.counters import take
from zhupei_cli.store.walls import signature
from zhupei_cli.words.errors import ZhupeiError

_TABLES = Notice.metadata.tables
_APPLICATION: Table = _TABLES[Application.__tablename__]
_NOTICE: Table = _TABLES[Notice.__tablename__]
_SNAPSHOT: Table = _TABLES[Snapshot.__tablename__]
_TRAINEE: Table = _TABLES[Trainee.__tablename__]
_COLUMNS: Final = tuple(column.name for column in _NOTICE.columns)
_SETTLED: Final = ("way", "state", "recipient", "content", "answer", "told_by", "told_at")
#: What is to be written down, and the number and time of the earlier try that it is written over.
_Due = tuple[str, int | None, datetime | None]


@dataclass(frozen=True, slots=True)
class NoticeMessage:
    """What one person is to be told; `mobile` and `email` are whole, and may be missing.

    `notice` is the row of an earlier try that is to be written over, `tried` when that was. `day` is the day
    they are called to, YYYY-MM-DD, where the event has one.
    """

    application_id: int
    number: str
    name: str
    mobile: str | None
    email: str | None
    occasion: str
    content: str
    notice: int | None = None
    tried: datetime | None = None
    day: str | None = None


def messages_due(
    session: Session,
    batch: Batch,
    event: str,
    *,
    only: int | None = None,
    again: bool = False,
    doubtful: bool = False,
) -> list[NoticeMessage]:
    """Return what is to be told now, by application number: to nobody what they were told last.

    `only` asks about one application. With `again` those who stand in an earlier workbook are among them,
    with `doubtful` those whose mail was under way when its run ended.
    """
    text = parse(settings_of(session, batch)).notices[event]
    named = _named(event, text)
    found = find_occasions(session, batch, event, only)
    before = _told(session, batch, event, only)
    due: dict[int, _Due] = {}
    for id_, one in found.items():
        rows = before.get(id_, [])
        row = _standing(one, rows, named)
        if row is None:
            due[id_] = one.next_kept(row.occasion for row in rows), None, None
        elif _open(row, again=again, doubtful=doubtful):
            kept, over = row.occasion, row.id
            if one.is_of_before(kept):  # what is told now has values, which may change
                kept, over = one.next_kept(row.occasion for row in rows), None
            due[id_] = kept, over, row.told_at
    return _messages(session, batch, event, text, found, due)


def _named(event: str, text: str) -> Collection[str]:
    try:
        return names_in(event, text)
    except ValueError as error:  # stored by another program
        values = {"key": f"notice.{event}", "value": text[:40]}
        raise ZhupeiError("E271", **values, expected=SETTINGS[f"notice.{event}"].expected) from error


def _told(
    session: Session, batch: Batch, event: str, only: int | None
) -> dict[int, list[Row[*tuple[object, ...]]]]:
    """Return the notices written already, by application, those told last at the end."""
    columns = _NOTICE.c["id", "application_id", "occasion", "way", "state", "told_at"]
    statement = (
        select(*columns)
        .where(_NOTICE.c.batch_id == batch.id, _NOTICE.c.event == event)
        # A row that is written over keeps its number.
        .order_by(_NOTICE.c.told_at, _NOTICE.c.id)
    )
    if only is not None:
        statement = statement.where(_NOTICE.c.application_id == only)
    found: dict[int, list[Row[*tuple[object, ...]]]] = {}
    for row in session.execute(statement):
        found.setdefault(row.application_id, []).append(row)
    return found


def _standing(
    one: Occasion, rows: Sequence[Row[*tuple[object, ...]]], named: Collection[str]
) -> Row[*tuple[object, ...]] | None:
    """Return the notice that told, or tried to tell, what there is to tell; None when another one came after.

    What a server refused told nobody anything.
    """
    for row in reversed(rows):
        if one.is_told_by(row.occasion, named):
            return row
        if row.state != "refused":
            return None
    return None


def _open(row: Row[*tuple[object, ...]], *, again: bool, doubtful: bool) -> bool:
    asked = (again and row.way == "workbook") or (doubtful and row.state == "sending")
    return asked or bool(row.state == "refused")


def _messages(
    session: Session, batch: Batch, event: str, text: str, found: Occasions, due: Mapping[int, _Due]
) -> list[NoticeMessage]:
    statement = (
        select(*_APPLICATION.c["id", "application_no"], _SNAPSHOT.c.name, *_TRAINEE.c["mobile", "email"])
        .join(_TRAINEE, _TRAINEE.c.id == _APPLICATION.c.trainee_id)
        .join(_SNAPSHOT, CURRENT_SNAPSHOT)
    )
    made = []
    for row in rows_of(session, statement, _APPLICATION.c.id, due):
        one = found[row.id]
        values = {**one.values, "姓名": row.name, "报名号": row.application_no}
        content = fill_in(event, text, values)
        if not content:  # a text may ask for what this batch has not
            raise ZhupeiError("E794", application_no=row.application_no, event=event, batch=batch.code)
        person = (row.name, row.mobile, row.email)
        kept, notice, tried = due[row.id]
        made.append(
            NoticeMessage(
                row.id, row.application_no, *person, kept, content, notice, tried, one.values.get("日期")
            )
        )
    return sorted(made, key=lambda one: one.number)


def still_ahead(messages: Iterable[NoticeMessage], today: date) -> list[NoticeMessage]:
    """Return the messages without those that call people to a day that is past."""
    return [one for one in messages if one.day is None or one.day >= today.isoformat()]


def untried_first(messages: Iterable[NoticeMessage]) -> list[NoticeMessage]:
    """Return the messages in the order to send them: whom a server refused last is tried last.

    Else those it always refuses would take every place of a run that sends only so many.
    """
    return sorted(messages, key=lambda one: (one.tried.timestamp() if one.tried else 0, one.number))


def write_down(
    session: Session,
    batch: Batch,
    event: str,
    told: Sequence[tuple[NoticeMessage, str]],
    *,
    way: str,
    state: str,
    by: Acting,
) -> None:
    """Write down that these people were told, or are being told; beside each the masked recipient."""
    if not told:
        return
    who = signature(session, by.who)
    new = [pair for pair in told if pair[0].notice is None]
    rows = []
    for id_, (one, recipient) in zip(take(session, "notice", len(new)) if new else (), new, strict=True):
        key = (id_, batch.id, one.application_id, event, one.occasion)
        rows.append((*key, *_settled(one, recipient, way, state, Acting(who, by.at))))
    insert_rows(session, _NOTICE, _COLUMNS, rows)
    old = [
        (one.notice, *_settled(one, recipient, way, state, Acting(who, by.at)))
        for one, recipient in told
        if one.notice is not None
    ]
    update_rows(session, _NOTICE, ("id",), _SETTLED, old)
    record(session, by, list(_events(batch, event, way, [one for one, _ in told], Acting(who, by.at))))


def _events(
    batch: Batch, event: str, way: str, told: Sequence[NoticeMessage], by: Acting
) -> Iterator[Change]:
    """Yield an event for every so many who were told."""
    digest = notice_digest(way, by.who, by.at)
    for chunk in in_chunks(told, EVENT_ROWS):
        numbers, occasions = [one.number for one in chunk], [row_digest([one.occasion]) for one in chunk]
        data = {"event": event, "rows": len(chunk), "keys": numbers, "occasions": occasions}
        yield Change(f"notice.{way}", numbers[0], batch.id, data={**data, "digest": digest})


def notice_digest(way: str, told_by: str, told_at: datetime) -> str:
    """Return the digest of how somebody was told, by whom and when.

    Not of the text nor the recipient: events leave in sealed files, and a name is soon guessed from a digest.
    """
    return row_digest((way, told_by, told_at.astimezone(UTC).isoformat()))


def _settled(one: NoticeMessage, recipient: str, way: str, state: str, by: Acting) -> tuple[object, ...]:
    return way, state, recipient, masked_text(one.content), None, by.who, by.at


def settle(session: Session, batch: Batch, event: str, one: NoticeMessage, *, refused: str | None) -> None:
    """Write down what became of a mail that was being sent: it left, or why the server refused it."""
    state = "sent" if refused is None else "refused"
    answer = None if refused is None else (masked_text(refused) or "")[:500]
    session.execute(
        update(_NOTICE)
        .where(
            _NOTICE.c.batch_id == batch.id,
            _NOTICE.c.application_id == one.application_id,
            _NOTICE.c.event == event,
            _NOTICE.c.occasion == one.occasion,
        )
        .values(state=state, answer=answer)
    )


def refused_for_now(answer: str | None) -> bool:
    """Return whether a server did not refuse for good: 4xx, as greylists and full mail boxes have it."""
    return (answer or "").startswith("4")


def longest(messages: Iterable[NoticeMessage]) -> int:
    """Return the characters of the longest text: a short message has seventy."""
    return max((len(one.content) for one in messages), default=0)
