"""Every step of a batch and of an application, tried through the services from every state.

The tables here are written by themselves, after DOMAIN's words, not taken from the program's.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.builders import store_world, worked_example
from tests.people import open_batch, person, write_people
from zhupei_cli.acting import Acting
from zhupei_cli.model import Application, Batch, Run
from zhupei_cli.rules.batch import lifecycle
from zhupei_cli.services.admission import stages
from zhupei_cli.services.admission.admissions import commit_run, run_admission, uncommit
from zhupei_cli.services.applications import correcting, drafts, submitting, withdrawing
from zhupei_cli.services.applications.importing.case import Options
from zhupei_cli.services.applications.importing.intake import import_trainees
from zhupei_cli.services.records.workbooks import read_workbooks
from zhupei_cli.services.reviews import decisions
from zhupei_cli.services.reviews.decisions import Verdict
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.store.engine import transaction
from zhupei_cli.words.errors import ZhupeiError
from zhupei_cli.words.vocabulary import ApplicationStatus, BatchStatus, Decision

Act = Callable[[Session, Batch, Acting], Any]
WHY = "有原因"

# What each state becomes, verb by verb; a state that is not named refuses.
BATCH = {
    "open": {"draft": "open"},
    "extend": {"open": "open", "closed": "open"},
    "close": {"open": "closed"},
    "reopen": {"closed": "open"},
    "lock": {"closed": "locked"},
    "unlock": {"locked": "closed"},
    "run": {"locked": "locked"},
    "commit": {"locked": "committed"},
    "uncommit": {"committed": "locked"},
    "adjust": {"committed": "committed", "publicity": "publicity"},
    "refill": {"committed": "committed", "publicity": "publicity", "final": "final"},
    "publish": {"committed": "publicity"},
    "finalize": {"publicity": "final"},
    "archive": {"final": "archived"},
    "cancel": {"draft": "cancelled", "open": "cancelled"},
}
APPLICATION = {
    "edit": {"draft": "draft", "returned": "returned"},
    "submit": {"draft": "submitted", "returned": "submitted"},
    "approve": {"submitted": "approved"},
    "reject": {"submitted": "rejected"},
    "return": {"submitted": "returned"},
    "revoke": {"approved": "submitted", "rejected": "submitted"},
    "withdraw": dict.fromkeys(("draft", "returned", "submitted", "approved"), "withdrawn"),
    "correct": {"submitted": "submitted", "approved": "approved", "rejected": "rejected"},
}
NO = "HN2026-0000001"


def _move(verb: str) -> Act:
    return lambda session, batch, by: stages.move_batch(session, batch, verb, by=by, reason=WHY)


def _refill(session: Session, batch: Batch, by: Acting) -> None:
    session.execute(update(Run).values(committed_at=by.at))  # a batch with a result has a committed run
    run_admission(session, batch, by=by, round_="refill")


BATCH_ACTS: dict[str, Act] = {
    "open": lambda session, batch, by: stages.open_batch(session, batch, by=by),
    "extend": lambda session, batch, by: stages.extend_batch(session, batch, "2026-07-01", by=by),
    "close": _move("close"),
    "reopen": lambda session, batch, by: stages.reopen_batch(session, batch, by=by),
    "lock": lambda session, batch, by: stages.lock_batch(session, batch, by=by),
    "unlock": lambda session, batch, by: stages.unlock_batch(session, batch, by=by),
    "run": lambda session, batch, by: run_admission(session, batch, by=by),
    "commit": lambda session, batch, by: commit_run(session, batch, 1, by=by),
    "uncommit": lambda session, batch, by: uncommit(session, batch, reason=WHY, by=by),
    "adjust": lambda session, batch, by: run_admission(session, batch, by=by, round_="adjust"),
    "refill": _refill,
    "publish": _move("publish"),
    "finalize": lambda session, batch, by: stages.finalize_batch(session, batch, by=by),
    "archive": _move("archive"),
    "cancel": _move("cancel"),
}


def _decide(decision: Decision) -> Act:
    return lambda session, batch, by: decisions.decide(session, batch, [Verdict(NO, decision, WHY)], by=by)


APPLICATION_ACTS: dict[str, Act] = {
    "edit": lambda session, batch, by: drafts.edit(session, batch, NO, {"train_years": "2"}, by=by),
    "submit": lambda session, batch, by: submitting.submit(session, batch, [NO], by=by),
    "approve": _decide(Decision.APPROVE),
    "reject": _decide(Decision.REJECT),
    "return": _decide(Decision.RETURN),
    "revoke": _decide(Decision.REVOKE),
    "withdraw": lambda session, batch, by: withdrawing.withdraw(session, batch, NO, by=by, reason=WHY),
    "correct": lambda session, batch, by: correcting.correct(
        session, batch, NO, {"school": "河南大学"}, by=by, reason=WHY
    ),
}


@pytest.fixture
def world(database: str, by: Acting) -> str:
    """A locked batch with a stored run."""
    with transaction(database) as session:
        batch = store_world(session, worked_example())
        run_admission(session, batch, by=by)
    return database


@pytest.fixture
def office(database: str, tmp_path: Path, by: Acting) -> str:
    """An open batch with one submitted application."""
    people = read_workbooks([write_people(tmp_path / "a.xlsx", [person(1)])], workbook_kinds.PERSON)
    with transaction(database) as session:
        batch = open_batch(session)
        import_trainees(session, people, batch=batch, by=by, options=Options(submit=True))
    return database


def test_the_tables_name_every_verb() -> None:
    assert set(BATCH) == set(BATCH_ACTS) == set(lifecycle.BATCH.verbs)
    assert set(APPLICATION) == set(APPLICATION_ACTS) == set(lifecycle.APPLICATION.verbs)


@pytest.mark.parametrize("verb", BATCH)
def test_every_step_of_a_batch(world: str, by: Acting, verb: str) -> None:
    found, codes = {}, set()
    for state in BatchStatus:
        with transaction(world, dry_run=True) as session:
            batch = session.execute(select(Batch)).scalar_one()
            batch.status = state
            session.flush()
            try:
                BATCH_ACTS[verb](session, batch, by)
                found[state] = batch.status
            except ZhupeiError as refusal:
                codes.add((refusal.code, refusal.exit_code))
    assert found == BATCH[verb]
    assert codes == {("E401", 5)}


@pytest.mark.parametrize("verb", APPLICATION)
def test_every_step_of_an_application(office: str, by: Acting, verb: str) -> None:
    found, codes = {}, set()
    for state in ApplicationStatus:
        with transaction(office, dry_run=True) as session:
            batch = session.execute(select(Batch)).scalar_one()
            application = session.execute(select(Application)).scalar_one()
            application.status = state
            application.live_key = None if state == "withdrawn" else application.live_key
            session.flush()
            try:
                done = APPLICATION_ACTS[verb](session, batch, by)
            except ZhupeiError as refusal:
                codes.add((refusal.code, refusal.exit_code))
                continue
            session.refresh(application)
            # A decision that stands already is no step: nothing is decided, nothing refused.
            if done != (0, []):
                found[state] = application.status
            else:
                assert application.status == state
    assert found == APPLICATION[verb]
    assert codes == {("E454" if verb == "submit" else "E402", 5)}
