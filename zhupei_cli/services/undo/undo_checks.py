"""Whether an import can be taken back: not once a later event touched what it wrote, or rests on it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from zhupei_cli.model import Base, Batch, Event, ImportRun
from zhupei_cli.rules.batch.lifecycle import BATCH, directions
from zhupei_cli.services.kinds.event_words import action_label
from zhupei_cli.services.kinds.parts.kind import grouped
from zhupei_cli.services.kinds.parts.written import Written
from zhupei_cli.services.kinds.register import KINDS
from zhupei_cli.services.undo.import_names import texts
from zhupei_cli.store.bulk import rows_of
from zhupei_cli.words.errors import ZhupeiError
from zhupei_cli.words.vocabulary import BATCH_STATUS

_EVENT: Table = Base.metadata.tables[Event.__tablename__]


@dataclass(frozen=True, slots=True)
class Blocked:
    """A row that cannot be taken back: what was done since, by whom and when, as far as it is known."""

    text: str
    entity: str
    key: str
    seq: int | None = None
    action_label: str = "已不在库中"
    who: str | None = None
    at: datetime | None = None


def require_time(session: Session, run: ImportRun, rows: Iterable[Written], *, hold: bool = True) -> None:
    """Raise E401 when what the import wrote to its batch may not change any more; `hold` locks the batch."""
    times = [part.when for entity in grouped(rows) if (part := KINDS[run.kind].part(entity)).when]
    if run.batch_id is None or not times:
        return
    batch = session.get_one(Batch, run.batch_id)
    session.refresh(batch, with_for_update=hold)
    states = frozenset.intersection(*map(frozenset, times))
    if batch.status not in states:
        cure = directions(BATCH, batch.status, states, batch.code)
        status = BATCH_STATUS.label(batch.status)
        raise ZhupeiError("E401", name=batch.code, status=status, wanted="撤销这次导入", cure=cure)


def blocked(session: Session, run: ImportRun, rows: Sequence[Written]) -> list[Blocked]:
    """Return the rows that a later event touched, or that something later rests on, each once."""
    found: dict[Written, int | None] = {}
    for entity, group in grouped(rows).items():
        for row, seq in KINDS[run.kind].part(entity).blocked(session, run, group):
            found.setdefault(row, seq)
    return _told(session, run, found)


def _told(session: Session, run: ImportRun, found: Mapping[Written, int | None]) -> list[Blocked]:
    seqs = {seq for seq in found.values() if seq is not None}
    statement = select(_EVENT.c.seq, _EVENT.c.action, _EVENT.c.who, _EVENT.c.at)
    events = {row.seq: row for row in rows_of(session, statement, _EVENT.c.seq, seqs)}
    called = texts(session, run, found)
    told = []
    for row, seq in found.items():
        event = events.get(seq or 0)
        if event is None:
            told.append(Blocked(called[row], row.entity, row.key))
        else:
            what = action_label(event.action)
            told.append(Blocked(called[row], row.entity, row.key, seq, what, event.who, event.at))
    return told
