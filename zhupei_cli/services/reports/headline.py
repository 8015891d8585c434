"""The headline figures of a batch, and what they were at the report of an earlier day."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Final

from sqlalchemy import Table, and_, case, desc, func, select
from sqlalchemy.orm import Session

from zhupei_cli.acting import CST
from zhupei_cli.model import Bar, Batch, Night, Plan
from zhupei_cli.reports.values import Figure, FunnelStage, Supply
from zhupei_cli.rules.batch.lifecycle import PUBLISHED
from zhupei_cli.services.admission.objections import count_open
from zhupei_cli.services.batches.taking_part import preplaced

_NIGHT: Table = Night.metadata.tables[Night.__tablename__]
_BAR: Table = Night.metadata.tables[Bar.__tablename__]

STAGES: Final = {
    "registered": "注册",
    "filled": "填报",
    "submitted": "提交",
    "approved": "审核通过",
    # Only where there are any.
    "sitting_out": "其中本年度已在别的批次录取、不参加",
    "scored": "有成绩",
    "admitted": "录取",
    "reported": "报到",
}
#: The headline figures in their order: those of the funnel and what else the office looks at first.
FIGURES: Final = {
    **{key: STAGES[key] for key in ("registered", "filled", "submitted")},
    "waiting": "待审核",
    "returned": "退回修改中",
    "approved": "审核通过",
    "rejected": "审核不通过",
    "withdrawn": "已撤回",
    "sitting_out": "本年度已录取、不参加",
    "scored": "有成绩",
    "plan": "招收计划",
    "admitted": "录取",
    # Only where there are any.
    "preplaced": "其中预先安排",
    "vacant": "空缺",
    # Only where a supplement round took some over.
    "ceded": "转补录",
    "reported": "报到",
    # From publication on.
    "objections": "异议未办结",
    "bars_pending": "诚信待确认",
    "bars_active": "诚信在期",
    "anomalies": "异常",
}

#: The day and the headline figures of an earlier report.
Before = tuple[date, Mapping[str, int | None]]


def figures_before(session: Session, batch: Batch, *, now: datetime) -> Before | None:
    """Return the day and the headline figures of the last report of an earlier day, if there is one."""
    statement = (
        select(_NIGHT.c.day, _NIGHT.c.figures)
        .where(_NIGHT.c.batch_id == batch.id, _NIGHT.c.day < now.astimezone(CST).date())
        .order_by(desc(_NIGHT.c.day))
        .limit(1)
    )
    row = session.execute(statement).one_or_none()
    return None if row is None else (row.day, json.loads(row.figures))


def office_counts(session: Session, batch: Batch, *, now: datetime) -> dict[str, int]:
    """Return what stands beside the applications: objections, seats handed over, everybody's conduct."""
    pending, active = _count_bars(session, now.astimezone(CST).date())
    found = {"objections": count_open(session, batch)} if batch.status in PUBLISHED else {}
    if batch.status in PUBLISHED and (given := preplaced(session, batch).total()):
        found["preplaced"] = given
    found |= {"ceded": ceded} if (ceded := _count_ceded(session, batch)) else {}
    return {**found, "bars_pending": pending, "bars_active": active}


def _count_ceded(session: Session, batch: Batch) -> int:
    """Return how many seats supplement rounds took over."""
    ceded = select(func.coalesce(func.sum(Plan.ceded), 0)).where(Plan.batch_id == batch.id)
    return int(session.execute(ceded).scalar_one())


def _count_bars(session: Session, on: date) -> tuple[int, int]:
    """Return how many records wait to be confirmed, and how many are in force on a day."""
    day = on.isoformat()
    in_force = and_(
        _BAR.c.state == "active", _BAR.c.from_date <= day, _BAR.c.until.is_(None) | (_BAR.c.until >= day)
    )
    waiting = _BAR.c.state == "pending"
    statement = select(func.count(case((waiting, 1))), func.count(case((in_force, 1))))
    pending, active = session.execute(statement).one()
    return pending, active


def headline_figures(
    before: Before | None,
    funnel: Iterable[FunnelStage],
    counts: Mapping[str, int],
    bases: Sequence[Supply],
    anomalies: int,
) -> list[Figure]:
    """Return the figures in their order, each with what it was.

    What may not show now has no figure of an earlier day either: reports once told of seats too early.
    """
    vacant = [one.vacant for one in bases if one.vacant is not None]
    all_counts = {
        **{stage.stage: stage.count for stage in funnel},
        **counts,
        "plan": sum(one.plan for one in bases),
        "vacant": sum(vacant) if len(vacant) == len(bases) else None,
        "anomalies": anomalies,
    }
    then = before[1] if before else {}
    return [
        Figure(key, label, all_counts[key], None if all_counts[key] is None else then.get(key))
        for key, label in FIGURES.items()
        if key in all_counts
    ]
