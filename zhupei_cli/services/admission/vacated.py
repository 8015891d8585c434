"""Whose seats are free again: who left which place of a batch, and whose seat was not given on yet."""

import json
from collections.abc import Iterable, Iterator
from typing import Final

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from zhupei_cli.model import Admission, Application, Batch, Event
from zhupei_cli.rules.admission.run import Spot
from zhupei_cli.rules.proof.digests import EventData
from zhupei_cli.store.bulk import rows_of

_ADMISSION: Table = Admission.metadata.tables[Admission.__tablename__]
_APPLICATION: Table = Admission.metadata.tables[Application.__tablename__]

_LEFT: Final = ("admission.decline", "admission.revoke", "admission.no_show", "admission.quit")
_GIVEN: Final = ("admission.propose", "admission.place")
#: Before it there was another result, whose seats are nobody's.
_ANEW: Final = "batch.uncommit"


class Vacated:
    """The seats given up in a batch, in the order in which they became free."""

    def __init__(self, session: Session, batch: Batch) -> None:
        self._left: dict[Spot, list[str]] = {}
        for action, subject, data in _events(session, batch):
            if action == _ANEW:
                self._left.clear()
            elif action in _GIVEN:
                self._give(data.get("seat_of"))
            else:
                self._left.setdefault((data["base"], data["specialty"]), []).append(subject)
        # Who came after all sits there again: by a correction, or by an import that was taken back.
        for spot, number in _seated(session, batch):
            if number in self._left.get(spot, ()):
                self._left[spot].remove(number)

    def take(self, spot: Spot) -> str | None:
        """Return whose seat at `spot` became free first, and take it as given; None if it was nobody's."""
        left = self._left.get(spot)
        return left.pop(0) if left else None

    def _give(self, number: str | None) -> None:
        for left in self._left.values():
            if number in left:
                left.remove(number)


def told_of_seats(session: Session, batch: Batch, numbers: Iterable[str]) -> dict[str, EventData]:
    """Return number → what the newest event that gave this person a seat says of it."""
    events = (
        select(Event.subject, Event.data)
        .where(Event.batch_id == batch.id, Event.action.in_(_GIVEN))
        .order_by(Event.seq)
    )
    rows = rows_of(session, events, Event.__table__.c.subject, numbers)
    return {row.subject: json.loads(row.data) if row.data else {} for row in rows}


def _events(session: Session, batch: Batch) -> Iterator[tuple[str, str, EventData]]:
    columns = select(Event.action, Event.subject, Event.data)
    actions = Event.action.in_((*_LEFT, *_GIVEN, _ANEW))
    for action, subject, data in session.execute(
        columns.where(Event.batch_id == batch.id, actions).order_by(Event.seq)
    ):
        said = json.loads(data) if data else {}
        if action not in _LEFT or "base" in said:
            yield action, subject, said


def _seated(session: Session, batch: Batch) -> Iterator[tuple[Spot, str]]:
    statement = (
        select(_ADMISSION.c.base_code, _ADMISSION.c.specialty_code, _APPLICATION.c.application_no)
        .join(_APPLICATION, _APPLICATION.c.id == _ADMISSION.c.application_id)
        .where(_ADMISSION.c.batch_id == batch.id, _ADMISSION.c.live_key.is_not(None))
    )
    for base, specialty, number in session.execute(statement):
        yield (base, specialty), number
