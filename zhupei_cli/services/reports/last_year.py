"""This day against the same day before the deadline of last year."""

import re
from datetime import datetime

from sqlalchemy import ColumnElement, Table, case, func, select
from sqlalchemy.orm import Session

from zhupei_cli.model import Application, Batch
from zhupei_cli.reports.values import Pace, PaceLine
from zhupei_cli.services.reports.flat_frame import COUNTED
from zhupei_cli.services.reports.years import NO_RECRUITMENT
from zhupei_cli.words.vocabulary import IDENTITY

_APPLICATION: Table = Application.metadata.tables[Application.__tablename__]


def pace(session: Session, batch: Batch, *, now: datetime) -> Pace:
    """Return the applications so far beside those that last year had as long before its own deadline.

    Both years count who is not withdrawn today, at the instant of the first submission; `lines` is empty
    without a batch to compare with.
    """
    year = batch.year - 1
    found, reason = batch_of_last_year(session, batch)
    if found is None:
        return Pace(year, None, None, None, reason, [])
    then = found.apply_until - (batch.apply_until - now)
    before, after = _counts(session, found, then), _counts(session, batch, now)
    lines = [
        PaceLine(label, after.get(key, (0, 0))[0], *before.get(key, (0, 0)))
        for key, label in IDENTITY.labels.items()
        if key in before or key in after
    ]
    whole = PaceLine(
        "合计",
        sum(line.now for line in lines),
        sum(line.then for line in lines),
        sum(line.whole for line in lines),
    )
    return Pace(year, found.code, found.apply_until, then, "", [*lines, whole])


def _counts(session: Session, batch: Batch, until: datetime) -> dict[str, tuple[int, int]]:
    """Return identity → applications up to the instant, and all of them."""
    early = case((_APPLICATION.c.first_submitted_at <= until, 1), else_=0)
    statement = (
        select(_APPLICATION.c.identity, func.sum(early), func.count())
        .where(_APPLICATION.c.batch_id == batch.id, _APPLICATION.c.status.in_(COUNTED))
        .group_by(_APPLICATION.c.identity)
    )
    return {identity: (int(some), whole) for identity, some, whole in session.execute(statement)}


def batch_of_last_year(session: Session, batch: Batch) -> tuple[Batch | None, str]:
    """Return the batch of the year before that this one follows, or why there is none.

    A supplement round follows a supplement round. Where either year has several it is the one with the same
    code but for the year.
    """
    year = batch.year - 1
    same = Batch.parent_id.is_(None) if batch.parent_id is None else Batch.parent_id.is_not(None)
    statement = select(Batch).where(Batch.year == year, Batch.status.not_in(NO_RECRUITMENT), same)
    known = session.execute(statement.order_by(Batch.code)).scalars().all()
    if not known:
        what = "批次" if batch.parent_id is None else "补录批次"
        return None, f"库中没有 {year} 年的{what}，不能比较。"
    code = re.sub(rf"(?<!\d){batch.year}(?!\d)", str(year), batch.code)
    if named := [one for one in known if one.code == code]:
        return named[0], ""
    if len(known) == 1 and not _others(session, batch, same):
        return known[0], ""
    codes = "、".join(one.code for one in known)
    return None, f"{year} 年的批次是 {codes}，没有编号为 {code} 的，不能比较。"


def _others(session: Session, batch: Batch, same: ColumnElement[bool]) -> int:
    """Return how many other batches of this year may be the one that follows."""
    statement = select(func.count()).where(
        Batch.year == batch.year, Batch.id != batch.id, Batch.status.not_in(NO_RECRUITMENT), same
    )
    return session.execute(statement).scalar_one()
