"""`db check`: the rows compared with what the events say of them."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final, TypeVarTuple

from sqlalchemy import Result, Row, Select, Table, select
from sqlalchemy.orm import Session

from zhupei_cli.acting import CST
from zhupei_cli.model import (
    Admission,
    Application,
    Base,
    Batch,
    Event,
    Review,
    Run,
    RunRow,
    Snapshot,
)
from zhupei_cli.rules.admission.scores import mark_text
from zhupei_cli.rules.batch.times import DATES, iso_time
from zhupei_cli.rules.people.masking import masked_text
from zhupei_cli.rules.proof.digests import event_data
from zhupei_cli.rules.proof.retelling import UNKNOWN, Happened, Judged, Stage, Told, ToldDigest, ToldSeat
from zhupei_cli.services.applications.store import SNAPSHOT, snapshot_digest
from zhupei_cli.services.proof.witnesses import BY_BATCH, OF_BATCHES, WITNESSED, WITNESSES
from zhupei_cli.services.records.lookup import match_key, settings_of

_TABLES: Final = Base.metadata.tables
_ADMISSION: Table = _TABLES[Admission.__tablename__]
_APPLICATION: Table = _TABLES[Application.__tablename__]
_EVENT: Table = _TABLES[Event.__tablename__]
_REVIEW: Table = _TABLES[Review.__tablename__]
_ROW: Table = _TABLES[RunRow.__tablename__]
_RUN: Table = _TABLES[Run.__tablename__]
_SNAPSHOT: Table = _TABLES[Snapshot.__tablename__]
_TAKEN_AT_ONCE: Final = 5_000
#: Every seat, and what the run it came from found.
_ADMISSIONS: Final = (
    select(
        _APPLICATION.c.application_no,
        _APPLICATION.c.identity.label("asked"),
        _ADMISSION,
        _RUN.c.number,
        _ROW.c.total.label("run_total"),
        _ROW.c.rank.label("run_rank"),
        _ROW.c.base_code.label("run_base"),
        _ROW.c.specialty_code.label("run_specialty"),
        _ROW.c.via.label("run_via"),
    )
    .join(_APPLICATION, _APPLICATION.c.id == _ADMISSION.c.application_id)
    .outerjoin(_RUN, _RUN.c.id == _ADMISSION.c.run_id)
    .outerjoin(
        _ROW, (_ROW.c.run_id == _ADMISSION.c.run_id) & (_ROW.c.application_id == _ADMISSION.c.application_id)
    )
)
_Ts = TypeVarTuple("_Ts")

_Found = Iterator[tuple[str, str]]
"""catalogue code, and what it is about"""


def retold(session: Session) -> Told:
    """Fold all events of the database; what cannot be read is the chain's to say."""
    names = ("seq", "at", "who", "action", "batch_id", "subject", "before", "after", "reason", "data")
    statement = select(*(_EVENT.c[name] for name in names)).order_by(_EVENT.c.seq)
    rows = session.execute(statement.execution_options(yield_per=_TAKEN_AT_ONCE))
    return Told().tell(map(_happened, rows))


def _happened(row: Row[*tuple[object, ...]]) -> Happened:
    said = (row.before, row.after, row.reason)
    return Happened(
        row.seq, _iso(row.at), row.who, row.action, row.batch_id, row.subject, *said, event_data(row.data)
    )


def _iso(at: datetime) -> str:
    return at.isoformat()


def unlike_events(session: Session, told: Told, batch: Batch | None = None) -> _Found:
    """Yield what stands otherwise than the events say: everywhere, or in one batch."""
    yield from (("E649", f"第 {event.seq} 条 {event.subject}") for event in told.breaks if _in(event, batch))
    for entity in WITNESSES if batch is None else OF_BATCHES:
        yield from _witnessed(session, told, entity, batch)
    if batch is None:  # what a login had written that nobody can read says nothing of a batch
        yield from (("E715", f"第 {event.seq} 条（{event.who}）") for event in told.unread)
        yield from _times(session, told)
    yield from _batches(session, told, batch)
    yield from _runs(session, told, batch)
    yield from _applications(session, told, batch)
    yield from _snapshots(session, told, batch)
    yield from _reviews(session, told, batch)
    yield from _admissions(session, told, batch)


def _in(event: Happened, batch: Batch | None) -> bool:
    return batch is None or event.batch == batch.id


def _witnessed(session: Session, told: Told, entity: str, batch: Batch | None) -> _Found:
    known, label = told.rows[entity], WITNESSED[entity]
    if entity == "employer":
        known = _as_compared(known)
    seen = set()
    for of, name, digest in WITNESSES[entity](session, _ids(session, entity, batch)):
        key = match_key(name) if entity == "employer" else name
        seen.add((of, key))
        said = known.get((of, key))
        if said is None:
            # Earlier versions told of a photo without its digest, and of a notice without its occasion.
            known_so = (entity == "trainee" and not _should_be_told(session, told, key)) or (
                entity == "notice" and (of, key.rpartition(" ")[0]) in known
            )
            if entity != "trainee_photo" and not known_so:
                yield "E642", f"{label} {key}"
        elif said.digest is None:
            yield "E642", f"{label} {key}"
        elif said.digest not in (digest, UNKNOWN):
            yield "E641", f"{label} {key}"
    gone = (
        key
        for (of, key), said in known.items()
        if said.digest not in (None, UNKNOWN) and (of, key) not in seen and (batch is None or of == batch.id)
    )
    yield from (("E643", f"{label} {key}") for key in gone)


def _as_compared(
    known: Mapping[tuple[int | None, str], ToldDigest],
) -> dict[tuple[int | None, str], ToldDigest]:
    """Return what was said of employers under their names as imports compare them.

    One may be respelt: what was said last of a spelling that is there counts, else that it is gone.
    """
    found: dict[tuple[int | None, str], ToldDigest] = {}
    for (of, name), said in sorted(known.items(), key=lambda one: (one[1].digest is not None, one[1].seq)):
        found[of, match_key(name)] = said
    return found


def _times(session: Session, told: Told) -> _Found:
    """Yield people who were written at other times than the events say."""
    people = _TABLES["trainee"]
    statement = select(people.c.id, people.c.created_at, people.c.updated_at)
    for id_, made, at in session.execute(statement.execution_options(yield_per=_TAKEN_AT_ONCE)):
        said = told.rows["trainee"].get((None, f"trainee {id_}"))
        if said is None or UNKNOWN in (said.digest, said.at):
            continue
        if said.at != _iso(at) or said.made not in (UNKNOWN, _iso(made)):
            yield "E641", f"学员 trainee {id_} 的时间"


def _ids(session: Session, entity: str, batch: Batch | None) -> Iterable[int] | None:
    if batch is None:
        return None
    if entity in BY_BATCH:
        return [batch.id]
    return (
        session.execute(select(_APPLICATION.c.id).where(_APPLICATION.c.batch_id == batch.id)).scalars().all()
    )


def _should_be_told(session: Session, told: Told, key: str) -> bool:
    """Return whether a person was written after events began to have digests of people."""
    trainees = _TABLES["trainee"]
    written = select(trainees.c.touched_by).where(trainees.c.id == int(key.rpartition(" ")[2]))
    return told.first_people is not None and session.execute(written).scalar_one() >= told.first_people - 1


def _batches(session: Session, told: Told, batch: Batch | None) -> _Found:
    for one in session.execute(select(Batch)).scalars():
        if batch is not None and one.id != batch.id:
            continue
        stage = told.batches.get(one.id)
        if stage is None or not stage.whole:
            yield "E642", f"批次 {one.code}"
        else:
            yield from (("E646", f"{one.code} {what}") for what in _unlike_batch(session, one, stage))
    known = set(session.execute(select(Batch.id)).scalars())
    yield from (("E643", f"批次 {stage.code}") for id_, stage in told.batches.items() if id_ not in known)


def _unlike_batch(session: Session, one: Batch, stage: Stage) -> Iterator[str]:
    """Yield what of a batch is not as its events say."""
    if stage.status != one.status:
        yield "状态"
    texts = {"name": one.name, **{key: _text(getattr(one, key)) for key in DATES}}
    yield from (key for key, text in texts.items() if stage.columns.get(key) != text)
    if (stage.code, stage.columns.get("year")) != (one.code, one.year):
        yield "编号或年度"
    if stage.columns["created_at"] != _iso(one.created_at):
        yield "的建立时间"
    parent = None if one.parent_id is None else session.get(Batch, one.parent_id)
    if stage.columns.get("supplement_of") != (parent and parent.code):
        yield "的原批次"
    now = settings_of(session, one)
    keys = sorted(now.keys() | stage.settings.keys())
    yield from (key for key in keys if now.get(key) != stage.settings.get(key))


def _text(value: datetime | None) -> str | None:
    return None if value is None else iso_time(value)


def _runs(session: Session, told: Told, batch: Batch | None) -> _Found:
    seen = set()
    rows = session.execute(select(_RUN, Batch.code).join(Batch, Batch.id == _RUN.c.batch_id))
    for run in rows:
        seen.add((run.batch_id, run.number))
        if batch is not None and run.batch_id != batch.id:
            continue
        event = told.runs.get((run.batch_id, run.number))
        name = f"{run.code} 第 {run.number} 次"
        if event is None:
            yield "E644", f"{name}没有操作记录"
            continue
        keys = ("rule", "round", "adjust", "inputs_sha256", "results_sha256")
        unlike = [key for key in keys if event.data[key] != getattr(run, key)]
        if (event.who, event.at) != (run.made_by, _iso(run.made_at)):
            unlike.append("made_by")
        committed = told.batches.get(run.batch_id, Stage("", None, {}, {})).committed.get(run.number)
        if committed != (None if run.committed_at is None else _iso(run.committed_at)):
            unlike.append("committed_at")
        if unlike:
            yield "E644", f"{name}的 {'、'.join(unlike)}"
    for (id_, number), event in told.runs.items():
        if (id_, number) not in seen and _in(event, batch):
            yield "E643", f"第 {number} 次录取计算"


def _applications(session: Session, told: Told, batch: Batch | None) -> _Found:
    names = ("status", "snapshot_version", "submitted_on", "first_submitted_at", "submitted_at", "created_at")
    columns = (_APPLICATION.c.application_no, *(_APPLICATION.c[name] for name in names))
    for number, status, version, day, *times in _of(session, select(*columns), batch):
        if told.statuses.get(number) != status:
            yield "E641", f"报名 {number} 的状态"
        snaps = told.snaps.get(number, [])
        submits = [one.at for one in snaps if one.submits]
        wanted = (snaps[-1].version, submits[0], submits[-1]) if submits else (None, None, None)
        made = told.made.get(number)
        first = None if times[0] is None else times[0].astimezone(CST).date()
        same = (version, *map(_when, times[:2])) == wanted and day == first
        if not same or made not in (None, _when(times[2])):
            yield "E641", f"报名 {number} 的提交时间或版本"


def _when(at: datetime | None) -> str | None:
    return None if at is None else _iso(at)


def _of(session: Session, statement: Select[*_Ts], batch: Batch | None) -> Result[*_Ts]:
    if batch is not None:
        statement = statement.where(_APPLICATION.c.batch_id == batch.id)
    return session.execute(statement.execution_options(yield_per=_TAKEN_AT_ONCE))


def _snapshots(session: Session, told: Told, batch: Batch | None) -> _Found:
    columns = (_APPLICATION.c.application_no, _SNAPSHOT.c.made_at, *(_SNAPSHOT.c[name] for name in SNAPSHOT))
    joined = select(*columns).join(_APPLICATION, _APPLICATION.c.id == _SNAPSHOT.c.application_id)
    known = {(number, one.version): one for number, snaps in told.snaps.items() for one in snaps}
    for number, made_at, *row in _of(session, joined, batch):
        said = known.pop((number, row[1]), None)
        if said is None:
            yield "E642", f"快照 {number} 第 {row[1]} 版"
        elif number in told.erased:
            continue
        elif said.at != _iso(made_at) or said.digest not in (UNKNOWN, snapshot_digest(row).partition(":")[2]):
            yield "E641", f"快照 {number} 第 {row[1]} 版"
    for number, version in known:
        if batch is None or number.rpartition("-")[0] == batch.code:
            yield "E643", f"快照 {number} 第 {version} 版"


def _reviews(session: Session, told: Told, batch: Batch | None) -> _Found:
    names = ("decision", "reason", "base_code", "decided_by", "decided_at", "snapshot_version")
    columns = (_APPLICATION.c.application_no, *(_REVIEW.c[name] for name in names))
    joined = select(*columns).join(_APPLICATION, _APPLICATION.c.id == _REVIEW.c.application_id)
    stored: dict[str, list[tuple[object, ...]]] = {}
    for number, *judged in _of(session, joined.order_by(_REVIEW.c.id), batch):
        stored.setdefault(number, []).append(tuple(judged))
    for number in sorted(stored.keys() | told.reviews.keys()):
        if batch is not None and number.rpartition("-")[0] != batch.code:
            continue
        rows, said = stored.get(number, []), told.reviews.get(number, [])
        if len(rows) != len(said) or not all(map(_judged_so, rows, said)):
            yield "E647", number


def _judged_so(row: tuple[Any, ...], said: Judged) -> bool:  # Any: the columns of a review
    decision, reason, base, who, at, version = row
    stored = (decision, masked_text(reason), base, who, _iso(at))
    told = (said.decision, masked_text(said.reason), said.base, said.who, said.at)
    return stored == told and said.version in (None, version)


def _admissions(session: Session, told: Told, batch: Batch | None) -> _Found:
    seen = set()
    for row in _of(session, _ADMISSIONS, batch):
        seen.add(row.application_no)
        seat = told.seats.get(row.application_no)
        if seat is None:
            yield "E645", f"{row.application_no} 没有操作记录"
        elif unlike := ["身份"] * (row.asked != row.identity) + list(_unlike(row, seat)):
            yield "E645", f"{row.application_no} 的{'、'.join(unlike)}"
    gone = told.seats.keys() - seen
    of_batch = (no for no in gone if batch is None or no.rpartition("-")[0] == batch.code)
    yield from (("E645", f"{number} 的录取不见了") for number in sorted(of_batch))


def _unlike(row: Row[*tuple[object, ...]], seat: ToldSeat) -> Iterator[str]:
    if (row.status, _iso(row.decided_at)) != (seat.status, seat.at):
        yield "状态或时间"
    if (row.base_code, row.specialty_code, row.via) != (seat.base, seat.specialty, seat.via):
        yield "岗位"
    if row.number != seat.run:
        yield "录取计算"
    if masked_text(row.reason) != masked_text(seat.reason):
        yield "原因"
    if row.run_id is not None and seat.verb != "reinstate":
        if (row.total, row.rank) != (row.run_total, row.run_rank):
            yield "成绩或名次"
        if seat.base and (seat.base, seat.specialty, seat.via) != (
            row.run_base,
            row.run_specialty,
            row.run_via,
        ):
            yield "岗位（与录取计算）"
    elif row.run_id is None and seat.via == "place":
        total = None if row.total is None else mark_text(row.total)
        if (total, row.rank) != (seat.total, seat.rank):
            yield "成绩或名次"
