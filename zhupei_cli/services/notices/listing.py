"""Notices listed: who was told what, recipients and numbers in the texts masked."""

from datetime import datetime
from typing import TypedDict

from sqlalchemy import Row, Table, select
from sqlalchemy.orm import Session

from zhupei_cli.model import Application, Batch, Notice, Trainee
from zhupei_cli.services.notices.telling import refused_for_now
from zhupei_cli.words.vocabulary import NOTICE_EVENT, NOTICE_STATE, NOTICE_WAY

_TABLES = Notice.metadata.tables
_APPLICATION: Table = _TABLES[Application.__tablename__]
_NOTICE: Table = _TABLES[Notice.__tablename__]
_TRAINEE: Table = _TABLES[Trainee.__tablename__]


class NoticeRow(TypedDict):
    """A notice as people and JSON have it."""

    notice: int
    application_no: str
    name: str
    event: str
    event_label: str
    way: str
    way_label: str
    recipient: str | None
    content: str | None
    state: str
    state_label: str
    answer: str | None
    told_by: str
    told_at: datetime


def list_notices(
    session: Session, batch: Batch, *, event: str | None = None, state: str | None = None
) -> list[NoticeRow]:
    """Return the notices of a batch in the order they were first written."""
    statement = (
        select(_NOTICE, _APPLICATION.c.application_no, _TRAINEE.c.name)
        .join(_APPLICATION, _APPLICATION.c.id == _NOTICE.c.application_id)
        .join(_TRAINEE, _TRAINEE.c.id == _APPLICATION.c.trainee_id)
        .where(_NOTICE.c.batch_id == batch.id)
        .order_by(_NOTICE.c.id)
    )
    if event is not None:
        statement = statement.where(_NOTICE.c.event == event)
    if state is not None:
        statement = statement.where(_NOTICE.c.state == state)
    return list(map(_shown, session.execute(statement)))


def _shown(row: Row[*tuple[object, ...]]) -> NoticeRow:
    return {
        "notice": row.id,
        "application_no": row.application_no,
        "name": row.name,
        "event": row.event,
        "event_label": NOTICE_EVENT.label(row.event),
        "way": row.way,
        "way_label": NOTICE_WAY.label(row.way),
        "recipient": row.recipient,
        "content": row.content,
        "state": row.state,
        "state_label": "暂未收下" if refused_for_now(row.answer) else NOTICE_STATE.label(row.state),
        "answer": row.answer,
        "told_by": row.told_by,
        "told_at": row.told_at,
    }
