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
from zhupei_cli.services.batches.batches import stored_runs
from zhupei_cli.services.records.events import Change, record
from zhupei_cli.words.errors import ZhupeiError
from zhupei_cli.words.vocabulary import ADMISSION_STATUS, APPLICATION_STATUS, ApplicationStatus


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
    after = lifecycle.step(lifecycle.APPLICATION, stored.status, verb, name=number, reason=reason)
    require_undecided(session, batch, stored)
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
        raise ZhupeiError("E456", application_no=stored.application_no)
    require_changeable(stored.application_no, "parameters", batch.status, name=batch.code)


def count_stale_runs(session: Session, batch: Batch, stored: Stored) -> int:
    """Return how many stored runs counted the application, and are stale once it changes."""
    return stored_runs(session, batch) if stored.status == ApplicationStatus.APPROVED else 0
