"""Why a run ended as it did, for one candidate or one place, in words and figures."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NotRequired, TypedDict

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from zhupei_cli.model import Application, Batch, Run, RunRow
from zhupei_cli.rules.admission.admission import admit
from zhupei_cli.rules.admission.merit import open_lines
from zhupei_cli.rules.admission.run import Inputs, ResultRow, Spot
from zhupei_cli.rules.admission.scores import mark_number
from zhupei_cli.rules.people.masking import mask_id
from zhupei_cli.rules.proof import explanation_words as told
from zhupei_cli.rules.proof.explanation import Contests, Fate, Rung, Step, explain, explain_place
from zhupei_cli.rules.proof.explanation_rows import (
    AdjustmentRow,
    PlaceExplained,
    PlaceNamed,
    RankNamed,
    StepRow,
    adjustment_row,
    step_row,
)
from zhupei_cli.services.admission.result_now import ResultNow
from zhupei_cli.services.admission.run_inputs import load_inputs
from zhupei_cli.services.admission.runs import (
    baseless,
    current_run,
    find_run,
    main_inputs,
    stored_inputs,
    stored_rows,
)
from zhupei_cli.services.admission.stale_runs import is_stale
from zhupei_cli.services.applications.store import near_numbers
from zhupei_cli.services.batches.taking_part import gave_up, seats_of
from zhupei_cli.services.marks.score_lines import applications_of
from zhupei_cli.services.marks.score_marks import Marks, counting, load_marks, reason_labels
from zhupei_cli.services.records.lookup import base_names, find_base, find_specialty, specialty_names
from zhupei_cli.store.bulk import rows_of
from zhupei_cli.words import vocabulary as words
from zhupei_cli.words.errors import ZhupeiError


class StandingNow(ResultNow):
    """A row of the result, with the newest act and what was agreed to."""

    notes: list[str]
    decided_reason: str | None
    decided_at: datetime


class Explained(TypedDict):
    """How somebody came to stand where they stand; a result has the keys that a run alone lacks."""

    application_no: str
    name: str
    run: int | None
    rule: str
    title: str
    outcome: str
    outcome_label: str
    reason: str | None
    reason_label: str | None
    steps: Sequence[StepRow]
    adjustment: AdjustmentRow | None
    status: NotRequired[str]
    status_label: NotRequired[str]
    adjustments: NotRequired[list[AdjustmentRow]]
    standing: NotRequired[StandingNow]
    seated_label: NotRequired[str | None]


@dataclass(frozen=True, slots=True)
class Basis:
    """What is explained: a run as it was stored, or its rule over what the database holds now."""

    run: Run
    inputs: Inputs
    rows: Sequence[ResultRow]
    main: Inputs | None = None
    now: bool = False
    #: Whether what it was computed from has changed since, so that it cannot be the result any more.
    stale: bool = False

    @property
    def title(self) -> str:
        rule = words.RULE.label(self.run.rule)
        if self.now:
            return f"按现在的数据试算（{rule}，不保存）"
        state = "已过时" if self.stale else "未确定" if self.run.committed_at is None else "已确定"
        return f"第 {self.run.number} 次录取计算（{rule}，{state}）"

    def row_of(self, no: str) -> ResultRow | None:
        """Return what the run found for somebody, None for who was no candidate of it."""
        at = bisect_left(self.rows, no, key=lambda row: row.no)
        return self.rows[at] if at < len(self.rows) and self.rows[at].no == no else None


def basis_of(session: Session, batch: Batch, run: Run, *, now: bool) -> Basis:
    """Read a run back, or compute its rule anew from what the database holds `now`."""
    if now:
        inputs = load_inputs(session, batch, rule=run.rule, round_=run.round, adjust=run.adjust).inputs
        main = main_inputs(session, batch.id, inputs)
        return Basis(run, inputs, admit(inputs, main), main, now=True)
    inputs = stored_inputs(session, run)
    stale = is_stale(session, batch, run)
    return Basis(run, inputs, stored_rows(session, run), main_inputs(session, batch.id, inputs), stale=stale)


def explain_candidate(
    session: Session, batch: Batch, no: str, *, number: int | None = None, now: bool = False
) -> Explained:
    """Return the outcome of one application with a step for each choice, and how adjustment ended.

    Without `number` of the newest result it was part of, else the newest run. Raises E304 (no such
    application), E309 (no run), E305 (no such run), E314 (no candidate of it), E449 (none, being
    seated already).
    """
    person = session.execute(applications_of(batch).where(Application.application_no == no)).one_or_none()
    if person is None:
        raise ZhupeiError("E304", application_no=no, nearest=near_numbers(session, batch, no))
    run = _run_of(session, batch, person.id) if number is None else find_run(session, batch, number)
    basis = basis_of(session, batch, run, now=now)
    # Who gave up before the result was taken back is none of the next one's, whatever the last run said.
    gone = number is None and not now and _gave_up(session, batch, person.id)
    if gone or basis.row_of(no) is None:
        raise _no_candidate(session, batch, person, basis)
    (told,) = explain_candidates(session, batch, basis, [person])
    told["seated_label"] = seated_label(session, batch, person.trainee_id)
    return told


def _no_candidate(
    session: Session, batch: Batch, person: Row[*tuple[object, ...]], basis: Basis
) -> ZhupeiError:
    """Return the error that says why somebody is no candidate, and what to do about it."""
    no = person.application_no
    seat = seats_of(session, batch.year, (person.trainee_id,)).get(person.trainee_id)
    if seat is not None and (basis.now or seat.batch != batch.code):
        named = {"application_no": no, "title": basis.title, "seat": seat.application_no}
        return ZhupeiError("E449", **named, **seat.values)
    cure = f"zhupei apply show {no} 查看报名状态；加 --run 编号 看另一次录取计算"
    if _gave_up(session, batch, person.id):
        way = f"zhupei admit reinstate {no} --reason 原因"
        cure = f"在撤销拟录取以前已放弃或被取消；确应参加的先恢复资格：{way}"
    return ZhupeiError("E314", application_no=no, title=basis.title, cure=cure)


def seated_label(session: Session, batch: Batch, trainee: int) -> str | None:
    """Return the seat somebody holds this year in another batch, in words."""
    seat = seats_of(session, batch.year, (trainee,)).get(trainee)
    if seat is None or seat.batch == batch.code:
        return None
    return f"本年度已在批次 {seat.batch} 录取到{seat.place}（{seat.status}）"


def explain_candidates(
    session: Session, batch: Batch, basis: Basis, people: Sequence[Row[*tuple[object, ...]]]
) -> list[Explained]:
    """Return what `explain_candidate` does of people (rows of `applications_of`), but for no candidates."""
    labels, contests = _Labels(session), Contests(basis.inputs, basis.main)
    part = [(person, row) for person in people if (row := basis.row_of(person.application_no)) is not None]
    marks = load_marks(session, [person.id for person, _ in part])
    reasons = reason_labels(session, batch, {person.id: row.reason for person, row in part})
    return [
        {
            "application_no": row.no,
            "name": person.name,
            "run": None if basis.now else basis.run.number,
            "rule": basis.run.rule,
            "title": basis.title,
            "outcome": row.outcome,
            "outcome_label": words.OUTCOME.label(row.outcome),
            "reason": row.reason,
            "reason_label": reasons.get(person.id),
            "steps": [
                _step(basis, row.no, step, labels, marks.get(person.id, {}), contests)
                for step in explain(basis.inputs, basis.rows, row.no, basis.main, contests)
            ],
            "adjustment": _adjustment(basis, row, labels),
        }
        for person, row in part
    ]


def _gave_up(session: Session, batch: Batch, application_id: int) -> bool:
    statement = select(Application.id).where(Application.id == application_id, *gave_up(batch))
    return session.execute(statement).scalar() is not None


def _run_of(session: Session, batch: Batch, application_id: int) -> Run:
    part = select(RunRow.run_id).where(RunRow.application_id == application_id)
    committed = select(Run.id).where(Run.batch_id == batch.id, Run.committed_at.is_not(None))
    newest = (
        select(Run)
        .where(Run.batch_id == batch.id, Run.id.in_(part))
        # Where there is a result, nothing else says how somebody stands.
        .where(Run.committed_at.is_not(None) | ~committed.exists())
        .order_by(baseless(batch), Run.committed_at.is_(None), Run.number.desc())
    )
    return session.execute(newest.limit(1)).scalar() or current_run(session, batch)


class _Labels:
    """The names of bases and specialties."""

    def __init__(self, session: Session) -> None:
        self._bases, self._specialties = base_names(session).labels, specialty_names(session).labels

    def of(self, base: str, specialty: str) -> PlaceNamed:
        """Return codes and names of a place."""
        return {
            "base": base,
            "base_label": self._bases.get(base, base),
            "specialty": specialty,
            "specialty_label": self._specialties.get(specialty, specialty),
        }


def _step(
    basis: Basis,
    no: str,
    step: Step,
    labels: _Labels,
    records: Mapping[str | None, Marks],
    contests: Contests,
) -> StepRow:
    where, marks = labels.of(step.base, step.specialty), counting(records, step.base)
    return step_row(basis.inputs, basis.rows, no, step, where=where, marks=marks, contests=contests)


def _adjustment(basis: Basis, row: ResultRow, labels: _Labels) -> AdjustmentRow | None:
    return adjustment_row(basis.inputs, basis.rows, row, where=labels.of(*row.spot) if row.spot else None)


def explain_spot(
    session: Session, batch: Batch, base: str, specialty: str, *, number: int | None = None, now: bool = False
) -> PlaceExplained:
    """Return a place's figures and its whole `ranking`: who was eligible by a choice, then who was adjusted.

    Raises E302, E303, E306 (the run's plan has no such place), E305 or E309.
    """
    spot: Spot = (find_base(session, base), find_specialty(session, specialty))
    run = current_run(session, batch) if number is None else find_run(session, batch, number)
    basis = basis_of(session, batch, run, now=now)
    named = _Labels(session).of(*spot)
    place = next((place for place in basis.inputs.places if place.spot == spot), None)
    if place is None:
        raise ZhupeiError("E306", base=named["base_label"], specialty=named["specialty_label"])
    rungs = explain_place(basis.inputs, basis.rows, spot)
    people = names_of(session, batch, [rung.no for rung in rungs])
    seated = [rung for rung in rungs if rung.result is Fate.ADMITTED]
    by_choice = [rung.total for rung in seated if rung.choice is not None and rung.total is not None]
    return {
        "base": spot[0],
        "base_label": named["base_label"],
        "specialty": spot[1],
        "specialty_label": named["specialty_label"],
        "title": basis.title,
        "quota": place.quota,
        "held": sum(seat[:2] == spot for seat in basis.inputs.held),
        "line": mark_number(open_lines(basis.inputs).get(spot) or None),
        "reserves": dict(place.reserves),
        "stopped": place.stopped,
        "admitted": len(seated),
        "adjusted": sum(rung.choice is None for rung in seated),
        "cutoff": mark_number(min(by_choice, default=None)),
        "ranking": [_ranked(rung, *people[rung.no]) for rung in rungs],
    }


def _ranked(rung: Rung, name: str, id_number: str) -> RankNamed:
    via = told.via_of(rung.choice)
    return {
        "rank": rung.rank,
        "application_no": rung.no,
        "name": name,
        "id_number": mask_id(id_number),
        "identity": rung.identity,
        "identity_label": words.IDENTITY.label(rung.identity),
        "via": via,
        "via_label": told.via_label(via),
        "total": mark_number(rung.total),
        "result": rung.result.value,
        "reserved": rung.reserved,
        "result_label": told.fate_label(rung),
    }


def names_of(session: Session, batch: Batch, numbers: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Return application number → name and ID number."""
    rows = rows_of(session, applications_of(batch), Application.application_no, numbers)
    return {row.application_no: (row.name, row.id_number) for row in rows}
