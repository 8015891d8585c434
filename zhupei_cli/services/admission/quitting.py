"""Leaving after check-in (退培): the seat is free, and a default leaves a record of conduct pending."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy.orm import Session

from zhupei_cli.acting import Acting
from zhupei_cli.model import Batch
from zhupei_cli.services.admission.give_up import Refused, admissions_of, decide_admissions
from zhupei_cli.services.people.bars import Arising, arise
from zhupei_cli.words.errors import ZhupeiError


def quit_training(
    session: Session,
    batch: Batch,
    numbers: Iterable[str],
    *,
    reason: str,
    by: Acting,
    on: date | None = None,
    default: bool = False,
    skip_bad: bool = False,
) -> tuple[list[dict[str, object]], list[Refused], int]:
    """Record that people left on a day, today without one; return also how many records arose.

    Raises E689 for a day to come, and what `decide_admissions` raises.
    """
    day = on or by.today
    if day > by.today:
        raise ZhupeiError("E689", value=day.isoformat())
    told = {"on": day.isoformat(), "default": default}
    done, refused = decide_admissions(
        session, batch, "quit", numbers, reason=reason, by=by, skip_bad=skip_bad, told=told
    )
    rows = admissions_of(session, batch, (one["application_no"] for one in done))
    moved = [Arising(rows[one["application_no"]].id, one["before"], one["after"]) for one in done]
    new = arise(session, batch, moved, by=by, reason=reason, on=day, default=default)
    return done, refused, new
