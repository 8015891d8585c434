"""The times of events: whether some clock was set back while they were written."""

from datetime import timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from zhupei_cli.model import Event
from zhupei_cli.rules.batch.times import show_time
from zhupei_cli.words.errors import Fault

#: What two good clocks may differ by.
_APART: Final = timedelta(minutes=5)


def set_back(session: Session) -> Fault | None:
    """Return a warning (E663) when events are older than the one before them, with the first of them.

    The chain holds none the less: order is what it proves, not the hour.
    """
    before = func.lag(Event.at, type_=Event.at.type).over(order_by=Event.seq).label("before")
    lagged = select(Event.seq, Event.at, before).subquery()
    late = select(lagged).where(lagged.c.at < lagged.c.before).order_by(lagged.c.seq)
    found = [row for row in session.execute(late) if row.before - row.at > _APART]
    if not found:
        return None
    first = found[0]
    values = {
        "count": len(found),
        "seq": first.seq,
        "at": show_time(first.at),
        "before": show_time(first.before),
    }
    return Fault("E663", "at", "warning", values)
