"""What was done to a person: the events that speak of them, of their imports and their applications."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import TypedDict

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from zhupei_cli.model import Application, Batch, Event, ImportRow, ImportRun
from zhupei_cli.rules.batch.lifecycle import PUBLISHED
from zhupei_cli.services.people.people import subject_of
from zhupei_cli.services.people.whom import find_person
from zhupei_cli.services.records.import_ledger import keys_of


class Happening(TypedDict):
    """An event that speaks of a person; `fields` are those it changed."""

    seq: int
    at: datetime
    who: str
    action: str
    subject: str
    before: str | None
    after: str | None
    fields: list[str]
    reason: str | None


def history(session: Session, who: str) -> list[Happening]:
    """Return the events about a person, the oldest first: profile, account, imports, applications.

    Nothing of an admission shows before its batch is published.
    """
    profile = find_person(session, who)
    own = select(Application.application_no).where(Application.trainee_id == profile.id)
    numbers = session.execute(own).scalars().all()
    named: list[ColumnElement[bool]] = [Event.subject.in_([subject_of(profile.id), *numbers])]
    # Bulk changes are one event for many rows, whose data names applications or people.
    said = [subject_of(profile.id), *numbers]
    named += [Event.data.contains(f'"{word}"', autoescape=True) for word in said]
    about = or_(*named, Event.seq.in_(_imports(session, profile.id)))
    statement = select(Event).where(about, ~_secret()).order_by(Event.seq)
    return [_event(row, said) for row in session.execute(statement).scalars()]


def _imports(session: Session, trainee_id: int | None) -> list[int]:
    """Return the numbers of the events of the imports that wrote the person."""
    own = str(trainee_id)
    statement = (
        select(ImportRow.key, ImportRun.event_seq)
        .join(ImportRow, ImportRow.import_id == ImportRun.id)
        .where(ImportRow.entity == "trainee", or_(ImportRow.key == own, ImportRow.key.contains("-")))
    )
    return [seq for key, seq in session.execute(statement) if own in keys_of("trainee", key)]


def _secret() -> ColumnElement[bool]:
    unpublished = select(Batch.id).where(Batch.status.not_in(PUBLISHED))
    of_seats = Event.data.contains('"entity":"admission"')  # rows of an import of seats that was taken back
    told = or_(Event.action.startswith("admission."), and_(Event.action == "import.undo.rows", of_seats))
    return and_(told, Event.batch_id.in_(unpublished))


def _event(row: Event, said: Sequence[str]) -> Happening:
    """Return an event as one about the person of whom `said` speaks: one for many rows names its first."""
    data = json.loads(row.data) if row.data else {}
    subject, many = row.subject, {*data.get("numbers", ()), *data.get("keys", ())}
    if subject in many and subject not in said:
        subject = next((word for word in said if word in many), subject)
    return {
        "seq": row.seq,
        "at": row.at,
        "who": row.who,
        "action": row.action,
        "subject": subject,
        "before": row.before,
        "after": row.after,
        "fields": data.get("fields", []),
        "reason": row.reason,
    }
