"""Whether stored runs still rest on what the database holds now."""

import json
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from zhupei_cli.model import Batch, Event, Run
from zhupei_cli.rules.admission.canonical import digest, inputs_text
from zhupei_cli.rules.admission.run import Round
from zhupei_cli.services.admission.run_inputs import load_inputs
from zhupei_cli.services.admission.runs import RunListed
from zhupei_cli.services.batches.batches import SEVERITY_PREFIX
from zhupei_cli.words.vocabulary import BatchStatus

#: The states of a batch in which a run of each round can still become the result.
_WAITING = {
    Round.MAIN: (BatchStatus.LOCKED,),
    Round.ADJUST: (BatchStatus.COMMITTED, BatchStatus.PUBLICITY),
    Round.REFILL: (BatchStatus.COMMITTED, BatchStatus.PUBLICITY, BatchStatus.FINAL),
}


def stale_runs(session: Session, batch: Batch, numbers: Sequence[int]) -> set[int]:
    """Return which of the runs could be committed but for data or parameters changed since.

    Reads the batch's inputs once, those of refills once more, and nothing where no run can be committed now.
    """
    uncommitted = [
        run
        for run in session.execute(select(Run).where(Run.batch_id == batch.id)).scalars()
        if run.number in numbers and run.committed_at is None
    ]
    # What was built on a result that has been taken back.
    baseless = {
        run.number for run in uncommitted if run.round != Round.MAIN and batch.status == BatchStatus.LOCKED
    }
    waiting = [run for run in uncommitted if batch.status in _WAITING[Round(run.round)]]
    if not waiting:
        return baseless
    loaded = {
        refill: load_inputs(
            session, batch, rule="", round_=Round.REFILL if refill else "", adjust=True
        ).inputs
        for refill in {run.round == Round.REFILL for run in waiting}
    }
    digests: dict[tuple[str, str, bool], str] = {}
    stale = baseless | (outrun(session, batch) & {run.number for run in waiting})
    for run in waiting:
        how = (run.rule, run.round, run.adjust)
        if how not in digests:
            rule, round_, adjust = how
            now = replace(loaded[round_ == Round.REFILL], rule=rule, round=round_, adjust=adjust)
            digests[how] = digest(inputs_text(now))
        if digests[how] != run.inputs_sha256:
            stale.add(run.number)
    return stale


def is_stale(session: Session, batch: Batch, run: Run) -> bool:
    """Return whether the run could be committed but for what changed; looked at where anything happened.

    In the batches of the year all: who has a seat in one of them is no candidate of another.
    """
    of_year = Event.batch_id.in_(select(Batch.id).where(Batch.year == batch.year))
    since = select(Event.seq).where(
        Event.seq > _read_at(session, batch).get(run.number, 0),
        or_(of_year, Event.batch_id.is_(None)),
        Event.action != "admission.run",
    )
    if run.committed_at is not None or session.execute(since.limit(1)).first() is None:
        return False
    return run.number in stale_runs(session, batch, [run.number])


def outrun(session: Session, batch: Batch) -> set[int]:
    """Return the runs that were computed before a severity of the identity rules changed.

    Severities are none of a run's inputs, but who was taken under other rules may have to be looked at again.
    """
    edits = select(Event.seq, Event.data).where(
        Event.batch_id == batch.id, Event.action == "batch.edit", Event.data.is_not(None)
    )
    said = [(seq, json.loads(data or "{}")) for seq, data in session.execute(edits)]
    last = max((seq for seq, edit in said if edit["key"].startswith(SEVERITY_PREFIX)), default=0)
    return {run for run, read_at in _read_at(session, batch).items() if read_at < last}


def _read_at(session: Session, batch: Batch) -> dict[int, int]:
    """Return run number → number of the last event before its inputs were read."""
    told = select(Event.seq, Event.data).where(
        Event.batch_id == batch.id, Event.action == "admission.run", Event.data.is_not(None)
    )
    said = [(seq, json.loads(data or "{}")) for seq, data in session.execute(told)]
    # Versions before read and stored in one transaction.
    return {run["run"]: run.get("read_at", seq - 1) for seq, run in said}


class RunWithState(RunListed):
    """A listed run, and whether it can still be the result."""

    stale: bool
    state_label: str


def with_state(session: Session, batch: Batch, runs: Sequence[RunListed]) -> list[RunWithState]:
    """Return rows of `list_runs` with `stale` and the word for where each run stands."""
    stale = stale_runs(session, batch, [row["run"] for row in runs])
    return [
        {
            **row,
            "stale": row["run"] in stale,
            "state_label": "已过时"
            if row["run"] in stale
            else "未确定"
            if row["committed_at"] is None
            else "已确定",
        }
        for row in runs
    ]
