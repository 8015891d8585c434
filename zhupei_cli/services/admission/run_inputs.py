"""The inputs of an admission run, read from the database: a handful of statements, however many people."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, Select, Table, select
from sqlalchemy.orm import Session

from zhupei_cli.model import (
    Admission,
    Application,
    Batch,
    Choice,
    Plan,
    Run,
    Score,
    Specialty,
    TrainingBase,
)
from zhupei_cli.rules.admission.reserves import with_social_share
from zhupei_cli.rules.admission.run import Candidate, Held, Inputs, MainRun, Round, Spot
from zhupei_cli.rules.admission.run import RunSpecialty as Kind
from zhupei_cli.rules.admission.scores import Record
from zhupei_cli.rules.batch import settings
from zhupei_cli.services.batches.plans import place_of
from zhupei_cli.services.batches.taking_part import holds_seat
from zhupei_cli.services.records.lookup import settings_of, specialty_names
from zhupei_cli.words.vocabulary import DECIDED_ON, AdmissionStatus, ApplicationStatus

_TABLES = Application.metadata.tables
_ADMISSION: Table = _TABLES[Admission.__tablename__]
_APPLICATION: Table = _TABLES[Application.__tablename__]
_BASE: Table = _TABLES[TrainingBase.__tablename__]
_CHOICE: Table = _TABLES[Choice.__tablename__]
_PLAN: Table = _TABLES[Plan.__tablename__]
_RUN: Table = _TABLES[Run.__tablename__]
_SCORE: Table = _TABLES[Score.__tablename__]
_SPECIALTY: Table = _TABLES[Specialty.__tablename__]

#: Who gave a seat up, lost it or did not come is no candidate of a later round of the batch.
_OUT = DECIDED_ON


@dataclass(frozen=True, slots=True)
class Loaded:
    """The inputs as values, and the application ids behind their numbers."""

    inputs: Inputs
    ids: Mapping[str, int]


def load_inputs(session: Session, batch: Batch, *, rule: str, round_: str, adjust: bool) -> Loaded:
    """Read everything that can change the result of a run of `batch` as it stands now.

    Candidates of a refill are those who are 未录取; it names the main run that is the batch's result.
    """
    refill = round_ == Round.REFILL
    chosen = settings.parse(settings_of(session, batch))
    candidates = session.execute(_candidates(batch, passed_over=refill)).all()
    plan = session.execute(select(_PLAN).where(_PLAN.c.batch_id == batch.id)).mappings().all()
    inputs = Inputs(
        places=tuple([with_social_share(place_of(row), chosen.reserve_social_share) for row in plan]),
        candidates=_with_choices_and_records(session, batch, candidates),
        cities=_cities(session, batch),
        specialties=_specialties(session, batch),
        weights=chosen.weights,
        tie_keys=chosen.tie_keys,
        min_score=chosen.min_score,
        adjust_scope=chosen.adjust_scope,
        rule=rule,
        round=round_,
        adjust=adjust,
        held=_held(session, batch),
        main=_main(session, batch) if refill else None,
        order_specialties=specialty_names(session).codes_of(chosen.order_specialties),
    )
    return Loaded(inputs, {row.application_no: row.id for row in candidates})


def _main(session: Session, batch: Batch) -> MainRun | None:
    columns = select(_RUN.c.number, _RUN.c.inputs_sha256)
    result = columns.where(
        _RUN.c.batch_id == batch.id, _RUN.c.round == Round.MAIN, _RUN.c.committed_at.is_not(None)
    )
    row = session.execute(result).one_or_none()
    return None if row is None else MainRun(*row)


#: Id, number, identity, whether they take another place, when they first submitted, whether by order.
_Columns = tuple[int, str, str, bool, datetime, bool]


def _candidates(batch: Batch, *, passed_over: bool) -> Select[*_Columns]:
    out = select(_ADMISSION.c.application_id).where(
        _ADMISSION.c.application_id == _APPLICATION.c.id, _ADMISSION.c.status.in_(_OUT)
    )
    statement = select(
        _APPLICATION.c.id,
        _APPLICATION.c.application_no,
        _APPLICATION.c.identity,
        _APPLICATION.c.accept_adjust,
        _APPLICATION.c.first_submitted_at,
        _APPLICATION.c.order_oriented,
    ).where(
        _APPLICATION.c.batch_id == batch.id,
        _APPLICATION.c.status == ApplicationStatus.APPROVED,
        ~holds_seat(batch),
        ~out.correlate(_APPLICATION).exists(),
    )
    if not passed_over:
        return statement
    waiting = select(_ADMISSION.c.application_id).where(
        _ADMISSION.c.batch_id == batch.id, _ADMISSION.c.status == AdmissionStatus.NOT_ADMITTED
    )
    return statement.where(_APPLICATION.c.id.in_(waiting))


def _with_choices_and_records(
    session: Session, batch: Batch, rows: Iterable[Row[*_Columns]]
) -> tuple[Candidate, ...]:
    choices = _choices(session, batch)
    records = _records(session, batch)
    return tuple(
        [
            Candidate(
                no,
                identity,
                choices.get(id_, ()),
                accept_adjust,
                _instant(submitted_at),
                records.get(id_, ()),
                bool(by_order),
            )
            for id_, no, identity, accept_adjust, submitted_at, by_order in rows
        ]
    )


def _instant(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def _choices(session: Session, batch: Batch) -> dict[int, tuple[Spot, ...]]:
    # By the key, which are integers: no collation has a say in it, and it costs no sorting.
    statement = (
        select(_CHOICE.c.application_id, _CHOICE.c.base_code, _CHOICE.c.specialty_code)
        .where(_CHOICE.c.batch_id == batch.id)
        .order_by(_CHOICE.c.application_id, _CHOICE.c.number)
    )
    found: dict[int, tuple[Spot, ...]] = {}
    # One pair for everybody who chose it: what looks places up afterwards compares no text.
    pairs: dict[Spot, Spot] = {}
    for id_, base, specialty in session.execute(statement).all():
        pair = (base, specialty)
        found[id_] = (*found.get(id_, ()), pairs.setdefault(pair, pair))
    return found


def _records(session: Session, batch: Batch) -> dict[int, tuple[Record, ...]]:
    marks = (_SCORE.c.base_code, _SCORE.c.written, _SCORE.c.skill, _SCORE.c.interview)
    statement = (
        select(_SCORE.c.application_id, *marks)
        .join(_APPLICATION, _APPLICATION.c.id == _SCORE.c.application_id)
        .where(_APPLICATION.c.batch_id == batch.id)
    )
    found: dict[int, tuple[Record, ...]] = {}
    for id_, base, written, skill, interview in session.execute(statement).all():
        found[id_] = (*found.get(id_, ()), Record(base, written, skill, interview))
    return found


def _cities(session: Session, batch: Batch) -> dict[str, str | None]:
    # Of the plan alone: a base that takes no part must not make a run stale.
    bases = select(_PLAN.c.base_code).where(_PLAN.c.batch_id == batch.id)
    rows = session.execute(select(_BASE.c.code, _BASE.c.city).where(_BASE.c.code.in_(bases)))
    return {code: city or None for code, city in rows}


def _specialties(session: Session, batch: Batch) -> dict[str, Kind]:
    planned = select(_PLAN.c.specialty_code).where(_PLAN.c.batch_id == batch.id)
    rows = session.execute(
        select(_SPECIALTY.c.code, _SPECIALTY.c.category, _SPECIALTY.c.is_shortage).where(
            _SPECIALTY.c.code.in_(planned)
        )
    )
    return {code: Kind(category or None, shortage) for code, category, shortage in rows}


def _held(session: Session, batch: Batch) -> tuple[Held, ...]:
    columns = (_ADMISSION.c.base_code, _ADMISSION.c.specialty_code, _ADMISSION.c.identity)
    rows = session.execute(
        select(*columns).where(_ADMISSION.c.batch_id == batch.id, _ADMISSION.c.live_key.is_not(None))
    )
    return tuple([Held(*row) for row in rows])
