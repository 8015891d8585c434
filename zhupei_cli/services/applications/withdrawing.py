"""Withdrawing an application (撤回): the person may apply to the batch anew."""

from typing import TypedDict

from sqlalchemy import select
from sqlalchemy.orm import Session

from zhupei_cli.acting import Acting
from zhupei_cli.model import Admission, Batch
from zhupei_cli.rules.batch import lifecycle
from zhupei_cli.rules.batch.phases import is_changeable, require_changeable
from zhupei_cli.services.applications import store
from zhupei_cli.services.applications.store import Stored
from zhupei_cli.services.batches.batch_views import stored_runs
from zhupei_cli.services.records.events import Change, record
from zhupei_cli.words.errors import ZhupeiError
from zhupei_cli.words.vocabulary import (
    ADMISSION_STATUS,
    APPLICATION_STATUS,
    AdmissionStatus,
    ApplicationStatus,
)


class Withdrawn(TypedDict):
    """An application that was withdrawn, and how many stored runs that makes stale."""

    application_no: str
    before: str
    status: str
    status_label: str
    runs_stale: int


def withdraw(
    session: Session, batch: Batch, number: str, *, by: Acting, reason: str | None = None
) -> Withdrawn:
    """Withdraw an application; of an approved one with a reason, until its batch has a result.

    `runs_stale` counts the stored runs that no longer fit. Raises E402 for the wrong state, E404 without
    a reason where one is needed, E456, E686 or E770 once admission has decided on it, E405 after the commit.
    """
    stored = store.find_stored(session, batch, number)
    verb = "withdraw"
    if lifecycle.target(lifecycle.APPLICATION, stored.status, verb):
        # Before a reason is asked for: it would not help somebody who has a seat.
        require_undecided(session, batch, stored)
    after = lifecycle.step(lifecycle.APPLICATION, stored.status, verb, name=number, reason=reason)
    (seq,) = record(
        session, by, [Change(f"application.{verb}", number, batch.id, stored.status, after, reason)]
    )
    store.set_withdrawn(session, stored, seq=seq)
    return {
        "application_no": number,
        "before": stored.status,
        "status": after,
        "status_label": APPLICATION_STATUS.label(after),
        "runs_stale": count_stale_runs(session, batch, stored),
    }


def require_undecided(session: Session, batch: Batch, stored: Stored) -> None:
    """Raise E456, E686 or E770 when admission has decided on it, E405 when the batch has its result."""
    statement = select(Admission.status, Admission.live_key).where(Admission.application_id == stored.id)
    decided = session.execute(statement).one_or_none()
    if decided is not None and decided.live_key is None and is_changeable("parameters", batch.status):
        label = ADMISSION_STATUS.label(decided.status)
        raise ZhupeiError("E686", application_no=stored.application_no, status=label)
    if decided is not None and is_changeable("parameters", batch.status):
        raise ZhupeiError("E770", application_no=stored.application_no)
    if decided is not None:
        number, status = stored.application_no, AdmissionStatus(decided.status)
        values = {"status": ADMISSION_STATUS.label(status), "cure": _instead(number, status)}
        raise ZhupeiError("E456", application_no=number, **values)
    require_changeable(stored.application_no, "parameters", batch.status, name=batch.code)


def _instead(number: str, status: AdmissionStatus) -> str:
    """Return what is done instead of withdrawing, by where somebody stands in admission."""
    acts = {
        "decline": f"本人放弃录取的用 zhupei admit decline {number} --reason 原因",
        "revoke": f"取消录取的用 zhupei admit revoke {number} --reason 原因",
        "quit": f"离开的登记退培：zhupei admit quit {number} --reason 原因",
    }
    ways = [way for verb, way in acts.items() if status in lifecycle.ADMISSION.verbs[verb].moves]
    if status == AdmissionStatus.NOT_ADMITTED:
        return "没有名额，不必撤回，不妨碍本人报名别的批次；以后递补上了又不去的，那时登记放弃"
    return "；".join(ways) or "名额已经空出，不再是本批次的考生，不必撤回"


def count_stale_runs(session: Session, batch: Batch, stored: Stored) -> int:
    """Return how many stored runs counted the application, and are stale once it changes."""
    return stored_runs(session, batch) if stored.status == ApplicationStatus.APPROVED else 0
