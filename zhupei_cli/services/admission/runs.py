"""Stored admission runs: written with their inputs, found, listed, verified."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final, NotRequired, TypedDict

from sqlalchemy import ColumnElement, Table, func, select
from sqlalchemy.orm import Session

from zhupei_cli.acting import Acting
from zhupei_cli.model import CHUNK, Application, Batch, Run, RunInput, RunRow, Snapshot
from zhupei_cli.rules.admission.admission import admit
from zhupei_cli.rules.admission.canonical import digest, inputs_text, parse_inputs, results_text
from zhupei_cli.rules.admission.run import Inputs, ResultRow, Round
from zhupei_cli.rules.admission.scores import mark_number
from zhupei_cli.rules.batch.lifecycle import BATCH, directions
from zhupei_cli.rules.people.masking import mask_id
from zhupei_cli.rules.proof.audit import Finding
from zhupei_cli.services.admission.run_inputs import Loaded
from zhupei_cli.services.applications.store import CURRENT_SNAPSHOT
from zhupei_cli.services.marks.score_marks import reason_labels
from zhupei_cli.services.records.lookup import base_names, specialty_names
from zhupei_cli.store.bulk import in_chunks, insert_rows
from zhupei_cli.store.counters import take
from zhupei_cli.store.walls import signature
from zhupei_cli.words import vocabulary as words
from zhupei_cli.words.catalogue import CATALOGUE
from zhupei_cli.words.errors import ZhupeiError
from zhupei_cli.words.vocabulary import BatchStatus

_TABLES = Run.metadata.tables
_RUN: Table = _TABLES[Run.__tablename__]
_INPUT: Table = _TABLES[RunInput.__tablename__]
_ROW: Table = _TABLES[RunRow.__tablename__]
_APPLICATION: Table = _TABLES[Application.__tablename__]
_SNAPSHOT: Table = _TABLES[Snapshot.__tablename__]

#: Pieces of inputs written at once: eight million characters.
_PARTS_AT_ONCE = 500
_RUN_COLUMNS = (
    "id",
    "batch_id",
    "number",
    "rule",
    "round",
    "adjust",
    "candidates",
    "admitted",
    "vacancies",
    "inputs_sha256",
    "results_sha256",
    "made_by",
    "made_at",
)
_ROW_COLUMNS = (
    "run_id",
    "application_id",
    "outcome",
    "base_code",
    "specialty_code",
    "via",
    "total",
    "rank",
    "reason",
)


class RunFigures(TypedDict):
    """How many candidates of a run got what, and how many seats are left."""

    rule: str
    round: str
    candidates: int
    admitted: int
    not_admitted: int
    by_via: dict[str, int]
    vacancies: int


class RunSummary(RunFigures):
    """A run that was stored; `sitting_out` are those who are no candidates, where somebody asks."""

    run: int
    inputs_sha256: str
    results_sha256: str
    sitting_out: NotRequired[int]


class RunListed(RunSummary):
    """A stored run as it is listed."""

    rule_label: str
    round_label: str
    adjust: bool
    made_by: str
    made_at: datetime
    committed_at: datetime | None


def store_run(
    session: Session, batch: Batch, loaded: Loaded, rows: Sequence[ResultRow], *, by: Acting
) -> RunSummary:
    """Store a run with its inputs and rows under the next number of the batch; return its summary."""
    inputs = loaded.inputs
    pieces = list(inputs_text(inputs))
    (id_,) = take(session, "run", 1)
    (number,) = take(session, f"run_no:{batch.id}", 1)  # numbers of dropped runs are not used again
    figures = summarise(inputs, rows)
    digests = (digest(pieces), digest(results_text(rows)))
    counts = (figures["candidates"], figures["admitted"], figures["vacancies"])
    how = (inputs.rule, inputs.round, inputs.adjust)
    run = (id_, batch.id, number, *how, *counts, *digests, signature(session, by.who), by.at)
    insert_rows(session, _RUN, _RUN_COLUMNS, [run])
    _store_inputs(session, id_, pieces)
    insert_rows(session, _ROW, _ROW_COLUMNS, [(id_, loaded.ids[row.no], *row[1:]) for row in rows])
    return {
        "run": number,
        "rule": figures["rule"],
        "round": figures["round"],
        "candidates": figures["candidates"],
        "admitted": figures["admitted"],
        "not_admitted": figures["not_admitted"],
        "by_via": figures["by_via"],
        "vacancies": figures["vacancies"],
        "inputs_sha256": digests[0],
        "results_sha256": digests[1],
    }


def _store_inputs(session: Session, run_id: int, pieces: Iterable[str]) -> None:
    rows = ((run_id, part, content) for part, content in enumerate(_parts(pieces)))
    for chunk in in_chunks(rows, _PARTS_AT_ONCE):
        insert_rows(session, _INPUT, ("run_id", "part", "content"), chunk)


def _parts(pieces: Iterable[str]) -> Iterator[str]:
    """Yield a text in parts that fit a column of every database."""
    rest = ""
    for piece in pieces:
        rest += piece
        whole = len(rest) - len(rest) % CHUNK
        yield from (rest[start : start + CHUNK] for start in range(0, whole, CHUNK))
        rest = rest[whole:]
    if rest:
        yield rest


def summarise(inputs: Inputs, rows: Sequence[ResultRow]) -> RunFigures:
    """Return how many candidates got what, and how many seats are left."""
    seats = Counter(row.spot for row in rows if row.admitted)
    seats.update((held.base, held.specialty) for held in inputs.held)
    admitted = sum(row.admitted for row in rows)
    return {
        "rule": inputs.rule,
        "round": inputs.round,
        "candidates": len(rows),
        "admitted": admitted,
        "not_admitted": len(rows) - admitted,
        "by_via": _by_via(Counter(row.via for row in rows if row.via)),
        "vacancies": sum(
            max(0, place.quota - seats[place.spot]) for place in inputs.places if not place.stopped
        ),
    }


def _by_via(counts: Mapping[str, int]) -> dict[str, int]:
    """Return the counts with the usual ways first, also those that nobody came by."""
    usual = dict.fromkeys(("choice1", "choice2", *sorted(counts.keys() - {"adjust"}), "adjust"), 0)
    return usual | dict(counts)


def find_run(session: Session, batch: Batch, number: int) -> Run:
    """Return the run of this number; E305 when the batch has none."""
    run = session.execute(select(Run).where(Run.batch_id == batch.id, Run.number == number)).scalar()
    if run is None:
        raise ZhupeiError("E305", batch=batch.code, run=number)
    return run


def baseless(batch: Batch) -> ColumnElement[bool]:
    """Return what is true of runs that were built on a result of `batch` that has been taken back."""
    return Run.round.in_((Round.ADJUST, Round.REFILL) if batch.status == BatchStatus.LOCKED else ())


def current_run(session: Session, batch: Batch) -> Run:
    """Return the last run that is the result, else the last one; E309 when there is none.

    Of a locked batch that is one of the main round: what was built on a result that was taken back is none.
    """
    newest = (
        select(Run)
        .where(Run.batch_id == batch.id)
        .order_by(baseless(batch), Run.committed_at.is_(None), Run.number.desc())
    )
    run = session.execute(newest.limit(1)).scalar()
    if run is None:
        way = directions(BATCH, batch.status, frozenset({BatchStatus.LOCKED}), batch.code)
        at_once = f"先运行 zhupei admit run --batch {batch.code}"
        raise ZhupeiError(
            "E309", batch=batch.code, cure=at_once if batch.status == BatchStatus.LOCKED else way
        )
    return run


def result_run(session: Session, batch: Batch) -> Run | None:
    """Return the run whose result the batch has, None before a commit."""
    return session.execute(
        select(Run).where(Run.batch_id == batch.id, Run.round == Round.MAIN, Run.committed_at.is_not(None))
    ).scalar()


def waiting_run(session: Session, batch: Batch) -> Run | None:
    """Return the newest run, if it is of a later round, gives seats and was not committed."""
    newest = select(Run).where(Run.batch_id == batch.id).order_by(Run.number.desc()).limit(1)
    run = session.execute(newest).scalar()
    # Only the newest: what was committed since has replaced the ones before it.
    if run is None or run.committed_at is not None or run.round == Round.MAIN or not run.admitted:
        return None
    return run


def list_runs(session: Session, batch: Batch, *, number: int | None = None) -> list[RunListed]:
    """Return the runs of a batch in their order, or the one of `number` (E305)."""
    chosen = select(Run).where(Run.batch_id == batch.id).order_by(Run.number)
    runs = (
        [find_run(session, batch, number)] if number is not None else session.execute(chosen).scalars().all()
    )
    counted = (
        select(_ROW.c.run_id, _ROW.c.via, func.count())
        .join(_RUN, _RUN.c.id == _ROW.c.run_id)
        .where(_RUN.c.batch_id == batch.id, _ROW.c.via.is_not(None))
        .group_by(_ROW.c.run_id, _ROW.c.via)
    )
    ways: dict[int, dict[str, int]] = {}
    for run_id, via, count in session.execute(counted):
        ways.setdefault(run_id, {})[via] = count
    return [_run_dict(run, ways.get(run.id, {})) for run in runs]


def _run_dict(run: Run, ways: Mapping[str, int]) -> RunListed:
    return {
        "run": run.number,
        "rule": run.rule,
        "rule_label": words.RULE.label(run.rule),
        "round": run.round,
        "round_label": words.ROUND.label(run.round),
        "adjust": run.adjust,
        "candidates": run.candidates,
        "admitted": run.admitted,
        "not_admitted": run.candidates - run.admitted,
        "by_via": _by_via(ways),
        "vacancies": run.vacancies,
        "inputs_sha256": run.inputs_sha256,
        "results_sha256": run.results_sha256,
        "made_by": run.made_by,
        "made_at": run.made_at,
        "committed_at": run.committed_at,
    }


class ResultLine(TypedDict):
    """What a run or the result found for one candidate."""

    application_no: str
    name: str
    id_number: str
    outcome: str
    outcome_label: str
    base: str | None
    base_label: str | None
    specialty: str | None
    specialty_label: str | None
    via: str | None
    via_label: str | None
    total: Decimal | None
    rank: int | None
    reason: str | None
    reason_label: str | None


_RESULTS: Final = (
    select(_ROW, _APPLICATION.c.application_no, *_SNAPSHOT.c["name", "id_number"])
    .join(_APPLICATION, _APPLICATION.c.id == _ROW.c.application_id)
    .join(_SNAPSHOT, CURRENT_SNAPSHOT)
)


def list_results(session: Session, run: Run, *, reveal: bool = False) -> list[ResultLine]:
    """Return the run's row of every candidate by application number; `total` has two decimals."""
    rows = session.execute(_RESULTS.where(_ROW.c.run_id == run.id)).all()
    batch = session.get_one(Batch, run.batch_id)
    reasons = reason_labels(session, batch, {row.application_id: row.reason for row in rows})
    bases, specialties = base_names(session).labels, specialty_names(session).labels
    found: list[ResultLine] = [
        {
            "application_no": row.application_no,
            "name": row.name,
            "id_number": row.id_number if reveal else mask_id(row.id_number),
            "outcome": row.outcome,
            "outcome_label": words.OUTCOME.label(row.outcome),
            "base": row.base_code,
            "base_label": row.base_code and bases[row.base_code],
            "specialty": row.specialty_code,
            "specialty_label": row.specialty_code and specialties[row.specialty_code],
            "via": row.via,
            "via_label": row.via and words.VIA.labels.get(row.via, row.via),
            "total": mark_number(row.total),
            "rank": row.rank,
            "reason": row.reason,
            "reason_label": reasons.get(row.application_id),
        }
        for row in rows
    ]
    return sorted(found, key=lambda row: row["application_no"])


def verify_run(session: Session, run: Run) -> list[Finding]:
    """Compute the run again from its stored inputs; return what does not match its digests."""
    text = stored_text(session, run)
    if digest([text]) != run.inputs_sha256:
        return [_unlike(run, "输入")]  # nothing can be computed from what is no longer the input
    inputs = parse_inputs([text])
    try:
        main = main_inputs(session, run.batch_id, inputs)
    except ZhupeiError:
        return [_unlike(run, "所依据的主轮计算")]
    rows = admit(inputs, main)
    figures = summarise(inputs, rows)
    computed = digest(results_text(rows))
    findings = [] if computed == run.results_sha256 else [_unlike(run, "重新计算的结果")]
    if any(getattr(run, name) != figures[name] for name in ("candidates", "admitted", "vacancies")):
        findings.append(_unlike(run, "人数"))
    if digest(results_text(stored_rows(session, run))) != run.results_sha256:
        findings.append(_unlike(run, "保存的结果"))
    return findings


def stored_text(session: Session, run: Run) -> str:
    """Return the canonical text of a run's inputs as it was stored."""
    pieces = select(_INPUT.c.content).where(_INPUT.c.run_id == run.id).order_by(_INPUT.c.part)
    return "".join(session.execute(pieces).scalars())


def stored_inputs(session: Session, run: Run) -> Inputs:
    """Return the inputs a run was computed from; E465 if they are not what was stored."""
    text = stored_text(session, run)
    if digest([text]) != run.inputs_sha256:
        raise ZhupeiError("E465", run=run.number, what="输入")
    return parse_inputs([text])


def main_inputs(session: Session, batch_id: int, inputs: Inputs) -> Inputs | None:
    """Return the inputs of the main run that a refill names, None for any other round.

    Raises E465 if they are not what it names.
    """
    if inputs.main is None:
        return None
    named = select(Run).where(Run.batch_id == batch_id, Run.number == inputs.main.run)
    main = session.execute(named).scalar()
    if main is None or main.inputs_sha256 != inputs.main.inputs_sha256:
        raise ZhupeiError("E465", run=inputs.main.run, what="输入")
    return stored_inputs(session, main)


def _unlike(run: Run, what: str) -> Finding:
    return Finding("E465", CATALOGUE["E465"].message.format(run=run.number, what=what))


def stored_rows(session: Session, run: Run) -> list[ResultRow]:
    """Return what a run found for every candidate, by application number."""
    statement = (
        select(
            _APPLICATION.c.application_no,
            *_ROW.c["outcome", "base_code", "specialty_code", "via", "total", "rank", "reason"],
        )
        .join(_APPLICATION, _APPLICATION.c.id == _ROW.c.application_id)
        .where(_ROW.c.run_id == run.id)
    )
    return sorted(ResultRow(*row) for row in session.execute(statement))
