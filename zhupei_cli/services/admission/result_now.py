"""The result of a batch as it stands now: all rounds together, each person with the newest act about them."""

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from typing import TypedDict

from sqlalchemy import Row, Table, select
from sqlalchemy.orm import Session

from zhupei_cli.model import Admission, Application, Batch, Run, Snapshot
from zhupei_cli.rules.admission.scores import mark_number
from zhupei_cli.rules.people.masking import mask_id
from zhupei_cli.services.admission.result_reasons import reasons_now
from zhupei_cli.services.admission.runs import ResultLine
from zhupei_cli.services.applications.store import CURRENT_SNAPSHOT
from zhupei_cli.services.marks.score_marks import reason_labels
from zhupei_cli.services.records.lookup import base_names, specialty_names
from zhupei_cli.words import vocabulary as words

_ADMISSION: Table = Admission.metadata.tables[Admission.__tablename__]
_APPLICATION: Table = Admission.metadata.tables[Application.__tablename__]
_RUN: Table = Admission.metadata.tables[Run.__tablename__]
_SNAPSHOT: Table = Admission.metadata.tables[Snapshot.__tablename__]


def result_rounds(session: Session, batch: Batch) -> list[Run]:
    """Return the committed runs of a batch in their order: the main run, then later rounds."""
    committed = select(Run).where(Run.batch_id == batch.id, Run.committed_at.is_not(None))
    return list(session.execute(committed.order_by(Run.committed_at, Run.number)).scalars())


def round_labels(rounds: Iterable[Run]) -> dict[int, str]:
    """Return run number → what its round is called, numbered where there are several of a kind."""
    rounds = list(rounds)
    kinds = Counter(run.round for run in rounds)
    met: Counter[str] = Counter()
    labels = {}
    for run in rounds:
        met[run.round] += 1
        label = words.ROUND.label(run.round)
        labels[run.number] = f"第 {met[run.round]} 次{label}" if kinds[run.round] > 1 else label
    return labels


def result_title(rounds: list[Run]) -> str:
    """Return what the result rests on, in words."""
    if len(rounds) == 1:
        return f"第 {rounds[0].number} 次录取计算（{words.RULE.label(rounds[0].rule)}，已确定）"
    labels = round_labels(rounds)
    numbers = "、".join(f"第 {run.number} 次（{labels[run.number]}）" for run in rounds)
    return f"录取结果：{numbers}录取计算（{words.RULE.label(rounds[0].rule)}，已确定）和此后的决定"


class ResultNow(ResultLine):
    """Where somebody stands in the result, and the round it came from."""

    identity: str
    identity_label: str
    run: int | None
    round: str | None
    round_label: str | None
    status: str
    status_label: str


class _Seat(TypedDict):
    base: str | None
    specialty: str | None
    via: str | None
    total: Decimal | None
    rank: int | None


_NO_SEAT: _Seat = {"base": None, "specialty": None, "via": None, "total": None, "rank": None}


def list_result(session: Session, batch: Batch, *, reveal: bool = False) -> list[ResultNow]:
    """Return where everybody stands by application number; with the keys of `list_results`, and more.

    `round` and `run` are those the seat or the reason came from; a seat given by hand has neither. `status`
    is the admission's.
    """
    statement = (
        select(
            _APPLICATION.c.application_no,
            *_SNAPSHOT.c["name", "id_number"],
            _ADMISSION,
            _RUN.c.number.label("run"),
            _RUN.c.round,
        )
        .join(_ADMISSION, _ADMISSION.c.application_id == _APPLICATION.c.id)
        .join(_SNAPSHOT, CURRENT_SNAPSHOT)
        .outerjoin(_RUN, _RUN.c.id == _ADMISSION.c.run_id)
        .where(_ADMISSION.c.batch_id == batch.id)
    )
    reasons = reasons_now(session, batch)
    labels = reason_labels(session, batch, reasons)
    rounds = round_labels(result_rounds(session, batch))
    bases, specialties = base_names(session).labels, specialty_names(session).labels
    found: list[ResultNow] = []
    for row in session.execute(statement):
        seat = _seat(row) if row.live_key else _NO_SEAT
        outcome = words.Outcome.ADMITTED if row.live_key else words.Outcome.NOT_ADMITTED
        decided = row.status in (*words.DECIDED_ON,) or seat["via"] in ("place", "preplaced")
        found.append(
            {
                "application_no": row.application_no,
                "name": row.name,
                "identity": row.identity,
                "identity_label": words.IDENTITY.label(row.identity),
                "id_number": row.id_number if reveal else mask_id(row.id_number),
                "outcome": outcome,
                "outcome_label": words.OUTCOME.label(outcome),
                **seat,
                "base_label": seat["base"] and bases[seat["base"]],
                "specialty_label": seat["specialty"] and specialties[seat["specialty"]],
                "via_label": seat["via"] and words.VIA.labels.get(seat["via"], seat["via"]),
                "reason": reasons.get(row.application_id),
                "reason_label": labels.get(row.application_id),
                "run": None if decided else row.run,
                "round": None if decided else row.round,
                "round_label": None if decided or row.round is None else rounds[row.run],
                "status": row.status,
                "status_label": words.ADMISSION_STATUS.label(row.status),
            }
        )
    return sorted(found, key=lambda one: one["application_no"])


def _seat(row: Row[*tuple[object, ...]]) -> _Seat:
    return {
        "base": row.base_code,
        "specialty": row.specialty_code,
        "via": row.via,
        "total": mark_number(row.total),
        "rank": row.rank,
    }
