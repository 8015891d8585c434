"""The digests of rows as they stand now: what a check compares with what events were given of them."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from zhupei_cli.model import Account, Application, Base, ExamSeat, Night, Notice, Objection
from zhupei_cli.rules.exam.rooms import ExamPlace
from zhupei_cli.rules.proof.digests import named_digest, row_digest
from zhupei_cli.services.exams.allotting import seat_digest
from zhupei_cli.services.kinds.parts.kind import Keys, Witness
from zhupei_cli.services.kinds.parts.written import witnessed_rows
from zhupei_cli.services.kinds.register import PARTS
from zhupei_cli.services.notices.telling import notice_digest
from zhupei_cli.services.people.accounts import account_digest
from zhupei_cli.services.people.people import subject_of

_ACCOUNT: Table = Base.metadata.tables[Account.__tablename__]
_APPLICATION: Table = Base.metadata.tables[Application.__tablename__]
_SEAT: Table = Base.metadata.tables[ExamSeat.__tablename__]
_NIGHT: Table = Base.metadata.tables[Night.__tablename__]
_NOTICE: Table = Base.metadata.tables[Notice.__tablename__]
_OBJECTION: Table = Base.metadata.tables[Objection.__tablename__]


def _objections(session: Session, keys: Keys) -> Iterator[Witness]:
    """Yield the objections; `keys` are batches."""
    for row in witnessed_rows(session, select(_OBJECTION), _OBJECTION.c.batch_id, keys):
        yield row.batch_id, f"objection {row.id}", named_digest(row._asdict())


def _seats(session: Session, keys: Keys) -> Iterator[Witness]:
    """Yield the seats of the exam; `keys` are batches."""
    columns = (
        *_SEAT.c["batch_id", "site_code", "room_code", "seat", "ticket"],
        _APPLICATION.c.application_no,
    )
    statement = select(*columns).join(_APPLICATION, _APPLICATION.c.id == _SEAT.c.application_id)
    for batch, site, room, seat, ticket, number in witnessed_rows(session, statement, _SEAT.c.batch_id, keys):
        yield batch, number, seat_digest(ExamPlace(site, room, seat), ticket)


def _notices(session: Session, keys: Keys) -> Iterator[Witness]:
    """Yield who was told what; `keys` are batches."""
    columns = _NOTICE.c["batch_id", "event", "occasion", "way", "told_by", "told_at"]
    statement = select(*columns, _APPLICATION.c.application_no).join(
        _APPLICATION, _APPLICATION.c.id == _NOTICE.c.application_id
    )
    for batch, event, occasion, *how, number in witnessed_rows(session, statement, _NOTICE.c.batch_id, keys):
        yield batch, f"{number} {event} {row_digest([occasion])}", notice_digest(*how)


def _nights(session: Session, keys: Keys) -> Iterator[Witness]:
    """Yield the figures of nights; `keys` are batches."""
    statement = select(*_NIGHT.c["batch_id", "day", "figures"])
    for batch, day, figures in witnessed_rows(session, statement, _NIGHT.c.batch_id, keys):
        yield batch, day.isoformat(), row_digest([figures])


def _accounts(session: Session, keys: Keys) -> Iterator[Witness]:
    """Yield the accounts; `keys` are people."""
    names = ("trainee_id", "username", "password_hash", "business", "role")
    for id_, *account in witnessed_rows(session, select(*_ACCOUNT.c[names]), _ACCOUNT.c.trainee_id, keys):
        yield None, subject_of(id_), account_digest(*account)


#: What is written otherwise than by an import, by batch.
_OTHERS: Final[Mapping[str, tuple[str, Callable[[Session, Keys], Iterator[Witness]]]]] = {
    "objection": ("异议", _objections),
    "exam_seat": ("座位", _seats),
    "notice": ("通知", _notices),
    "night": ("日报", _nights),
}
#: By table: the witnesses of all its rows or of those with the given keys, see `Part`.
WITNESSES: Final[Mapping[str, Callable[[Session, Keys], Iterator[Witness]]]] = {
    **{entity: part.witnesses for entity, part in PARTS.items() if part.witnesses is not None},
    **{entity: witnesses for entity, (_, witnesses) in _OTHERS.items()},
    "account": _accounts,
}
#: What rows are called before their names, of which tables they belong to a batch, and are asked for by it.
WITNESSED: Final = {
    **{entity: part.label for entity, part in PARTS.items()},
    **{entity: label for entity, (label, _) in _OTHERS.items()},
    "account": "账号",
}
OF_BATCHES: Final = (*(entity for entity, part in PARTS.items() if part.of_batch), *_OTHERS)
BY_BATCH: Final = (*(entity for entity, part in PARTS.items() if part.witnessed_by == "batch"), *_OTHERS)
