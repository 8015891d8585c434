"""What there is to tell people: by event, who it is about, and what it was."""

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import lru_cache
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, Select, Table, func, or_, select
from sqlalchemy.orm import Session

from zhupei_cli.model import Admission, Application, Batch, Choice, Event, ExamGroup, Review, Run
from zhupei_cli.rules.admission.run import Round
from zhupei_cli.rules.batch.lifecycle import BATCH, PUBLISHED, directions
from zhupei_cli.rules.batch.settings import BatchSettings, parse
from zhupei_cli.rules.batch.times import written_time
from zhupei_cli.rules.proof.digests import named_digest, row_digest
from zhupei_cli.services.exams.candidates import Wanted, load_sitting
from zhupei_cli.services.exams.rooms import load_sites
from zhupei_cli.services.records.lookup import base_names, settings_of, specialty_names
from zhupei_cli.words.errors import ZhupeiError
from zhupei_cli.words.vocabulary import (
    BATCH_STATUS,
    NOTICE_EVENT,
    AdmissionStatus,
    ApplicationStatus,
    BatchStatus,
    Decision,
)

_TABLES = Application.metadata.tables
_ADMISSION: Table = _TABLES[Admission.__tablename__]
_APPLICATION: Table = _TABLES[Application.__tablename__]
_CHOICE: Table = _TABLES[Choice.__tablename__]
_EVENT: Table = _TABLES[Event.__tablename__]
_GROUP: Table = _TABLES[ExamGroup.__tablename__]
_REVIEW: Table = _TABLES[Review.__tablename__]
_RUN: Table = _TABLES[Run.__tablename__]
_SITTING: Final = ("考点", "考点地址", "考场", "座位号", "考试时间")
#: The acts that give somebody a seat: what comes of it later is no other seat.
_SEATING: Final = ("admission.propose", "admission.place", "admission.preplace")
#: The longest occasion that versions before kept of a seat.
_LONGEST: Final = 100
#: Hexadecimal digits of each value an occasion keeps.
_MARK: Final = 8
#: What stands before the number of an occasion that comes back after another one was told.
_AGAIN: Final = " #"


class Occasion(NamedTuple):
    """What an event was about for one person, and what its text says of it.

    `varying` names the values that may change while it is about the same: where to be, and when. `earlier` is
    what was kept before these were, when that was not the name.
    """

    name: str
    values: Mapping[str, str]
    varying: tuple[str, ...] = ()
    earlier: str | None = None

    @property
    def kept(self) -> str:
        """What is written down of it: a mark of each value, for a text need not name all of them."""
        if not self.varying:
            return self.name
        return f"{row_digest([self.name])} {''.join(_mark(self.values[name]) for name in self.varying)}"

    def is_told_by(self, kept: str, named: Collection[str]) -> bool:
        """Return whether who was told what is `kept` knows all that a text with these names would say now.

        Of a notice of before the values were kept nobody knows better: it told what it was about.
        """
        if self.is_of_before(kept):
            return True
        about, _, marks = self.kept.partition(" ")
        told_about, _, told = first_kept(kept).partition(" ")
        return about == told_about and all(
            marks[at : at + _MARK] == told[at : at + _MARK]
            for at, name in zip(range(0, len(marks), _MARK), self.varying, strict=False)
            if name in named
        )

    def is_of_before(self, kept: str) -> bool:
        """Return whether this is what versions kept that kept no values."""
        return bool(self.varying) and kept == (self.earlier or self.name)[:_LONGEST]

    def next_kept(self, before: Iterable[str]) -> str:
        """Return what is written down when these were: a row of its own for what comes back."""
        times = sum(first_kept(one) == self.kept for one in before)
        return f"{self.kept}{_AGAIN}{times + 1}" if times else self.kept


@lru_cache(maxsize=10_000)
def _mark(value: str) -> str:
    return row_digest([value])[:_MARK]


def first_kept(kept: str) -> str:
    """Return the occasion without the number of its return."""
    return kept.partition(_AGAIN)[0]


#: Application id → what there is to tell.
Occasions = dict[int, Occasion]
#: The last is the one application that is asked about, None for all.
Find = Callable[[Session, Batch, BatchSettings, int | None], Occasions]


def find_occasions(session: Session, batch: Batch, event: str, only: int | None = None) -> Occasions:
    """Return whom an event of a batch is about now, told already or not; `only` asks about one application.

    Nothing of admission before it is published. Raises E401 where the event leads nobody anywhere any more;
    of one there is nothing to tell then, for mails may be under way for hours while the batch goes on.
    """
    times = _TIMES.get(event, _NOT_CANCELLED)
    if batch.status not in times:
        if only is not None:
            return {}
        cure = "现在已不再通知这件事"  # no way back: a message is not worth a result
        if batch.status == BatchStatus.DRAFT:
            cure = directions(BATCH, batch.status, frozenset(times), batch.code)
        status, wanted = BATCH_STATUS.label(batch.status), f"通知{NOTICE_EVENT.label(event)}"
        raise ZhupeiError("E401", name=batch.code, status=status, wanted=wanted, cure=cure)
    settings = parse(settings_of(session, batch))
    office = {"批次": batch.name, "年度": str(batch.year)}
    office |= {"发文单位": settings.authority, "联系方式": settings.contact}
    found = _FIND[event](session, batch, settings, only)
    return {id_: one._replace(values={**office, **one.values}) for id_, one in found.items()}


def _reviewed(status: ApplicationStatus, decision: Decision) -> Find:
    def find(session: Session, batch: Batch, _settings: BatchSettings, only: int | None) -> Occasions:
        seat = _seats(session)
        statement = _last_reviews(only).where(
            _APPLICATION.c.batch_id == batch.id,
            _APPLICATION.c.status == status,
            _REVIEW.c.decision == decision,
        )
        return {
            id_: Occasion(str(review), {**seat(base, specialty), "原因": reason or ""})
            for id_, review, reason, base, specialty in session.execute(statement)
        }

    return find


def _last_reviews(only: int | None) -> Select[int, int, str | None, str, str]:
    """Return application id, id and reason of its last review, and the first choice."""
    last = (
        select(_REVIEW.c.application_id, func.max(_REVIEW.c.id).label("id"))
        .where(*_one(_REVIEW, only))
        .group_by(_REVIEW.c.application_id)
        .subquery()
    )
    return (
        select(
            _APPLICATION.c.id, _REVIEW.c.id, _REVIEW.c.reason, _CHOICE.c.base_code, _CHOICE.c.specialty_code
        )
        .join(last, last.c.application_id == _APPLICATION.c.id)
        .join(_REVIEW, _REVIEW.c.id == last.c.id)
        .join(_CHOICE, (_CHOICE.c.application_id == _APPLICATION.c.id) & (_CHOICE.c.number == 1))
    )


def _one(table: Table, only: int | None) -> tuple[ColumnElement[bool], ...]:
    return () if only is None else (table.c.application_id == only,)


def _seats(session: Session) -> Callable[[str, str], dict[str, str]]:
    bases, specialties = base_names(session).labels, specialty_names(session).labels
    return lambda base, specialty: {"基地": bases[base], "专业": specialties[specialty]}


def _exam(session: Session, batch: Batch, settings: BatchSettings, only: int | None) -> Occasions:
    sites = load_sites(session, batch)
    found = {}
    for one in load_sitting(session, batch, Wanted(application=only)):
        values = {"准考证号": one.ticket, "考点": one.site_label, "考场": one.place.room}
        values |= {"考点地址": sites[one.place.site].address or "", "座位号": str(one.place.seat)}
        values |= {"考试时间": settings.exam_time}
        # Who was told an hour or a place that is no more is told the new one.
        earlier = f"{one.ticket} {settings.exam_time}"
        found[one.application_id] = Occasion(one.ticket, values, _SITTING, earlier)
    return found


def _interview(session: Session, batch: Batch, _settings: BatchSettings, only: int | None) -> Occasions:
    statement = (
        select(_GROUP)
        .join(_APPLICATION, _APPLICATION.c.id == _GROUP.c.application_id)
        .where(
            _GROUP.c.batch_id == batch.id,
            _APPLICATION.c.status == ApplicationStatus.APPROVED,
            *_one(_GROUP, only),
        )
    )
    found = {}
    for row in session.execute(statement):
        values = {"组别": row.name, "日期": row.day, "时间": row.clock, "地点": row.place}
        found[row.application_id] = Occasion(named_digest(values), values)
    return found


def _admission(
    statuses: Collection[AdmissionStatus], *, stages: Collection[BatchStatus], refilled: bool | None = None
) -> Find:
    def find(session: Session, batch: Batch, settings: BatchSettings, only: int | None) -> Occasions:
        if batch.status not in stages:
            return {}
        seat, until = _seats(session), batch.publicity_until
        common = {"公示截止": "" if until is None else written_time(until), **_coming(batch, settings)}
        rows = session.execute(_admitted(batch, statuses, refilled, only))
        return {
            # By the act that gave the seat: a finalizing of the batch is nothing new to who was refilled.
            id_: Occasion(
                f"{base} {specialty} {act or 0}", {**common, **seat(base, specialty)}, tuple(common)
            )
            for id_, base, specialty, act in rows
        }

    return find


def _coming(batch: Batch, settings: BatchSettings) -> dict[str, str]:
    until = batch.checkin_until
    return {"报到截止": "" if until is None else written_time(until), "报到地点": settings.checkin_place}


def _admitted(
    batch: Batch, statuses: Collection[AdmissionStatus], refilled: bool | None, only: int | None
) -> Select[int, str, str, int | None]:
    """Return the statement for application, place and the number of the event that gave the seat."""
    seating = (
        select(_EVENT.c.subject, func.max(_EVENT.c.seq).label("seq"))
        .where(_EVENT.c.batch_id == batch.id, _EVENT.c.action.in_(_SEATING))
        .group_by(_EVENT.c.subject)
    )
    if only is not None:  # asked for each mail, while others wait: not through the events of everybody
        number = select(_APPLICATION.c.application_no).where(_APPLICATION.c.id == only)
        seating = seating.where(_EVENT.c.subject == number.scalar_subquery())
    given = seating.subquery()
    statement = (
        select(*_ADMISSION.c["application_id", "base_code", "specialty_code"], given.c.seq)
        .join(_APPLICATION, _APPLICATION.c.id == _ADMISSION.c.application_id)
        .outerjoin(given, given.c.subject == _APPLICATION.c.application_no)
        .outerjoin(_RUN, _RUN.c.id == _ADMISSION.c.run_id)
        .where(_ADMISSION.c.batch_id == batch.id, _ADMISSION.c.status.in_(statuses), *_one(_ADMISSION, only))
    )
    if refilled is None:
        return statement
    later = _RUN.c.round == Round.REFILL
    return statement.where(later if refilled else or_(_RUN.c.round.is_(None), ~later))


def _checkin(session: Session, batch: Batch, settings: BatchSettings, only: int | None) -> Occasions:
    if batch.status != BatchStatus.FINAL:
        return {}
    seat, coming = _seats(session), _coming(batch, settings)
    rows = session.execute(_admitted(batch, (AdmissionStatus.ADMITTED,), None, only))
    found = {}
    for id_, base, specialty, act in rows:
        name = f"{base} {specialty} {act or 0}"
        values, earlier = {**coming, **seat(base, specialty)}, f"{name} {coming['报到截止']}"
        found[id_] = Occasion(name, values, tuple(coming), earlier)
    return found


#: Until when there is something to do about it; admission has its own, see `_FIND`.
_TIMES: Final[Mapping[str, Collection[BatchStatus]]] = {
    # From publication on people see their result instead.
    "approved": (BatchStatus.OPEN, BatchStatus.CLOSED, BatchStatus.LOCKED, BatchStatus.COMMITTED),
    "returned": (BatchStatus.OPEN, BatchStatus.CLOSED),
    "exam": (BatchStatus.OPEN, BatchStatus.CLOSED, BatchStatus.LOCKED),
    "interview": (BatchStatus.OPEN, BatchStatus.CLOSED, BatchStatus.LOCKED),
}
_NOT_CANCELLED: Final = frozenset(BatchStatus) - {BatchStatus.CANCELLED}
_SEATED: Final = (AdmissionStatus.PROPOSED, AdmissionStatus.ADMITTED)
_FIND: Final[Mapping[str, Find]] = {
    "approved": _reviewed(ApplicationStatus.APPROVED, Decision.APPROVE),
    "returned": _reviewed(ApplicationStatus.RETURNED, Decision.RETURN),
    "exam": _exam,
    "interview": _interview,
    "proposed": _admission((AdmissionStatus.PROPOSED,), stages=(BatchStatus.PUBLICITY,), refilled=False),
    "refilled": _admission(_SEATED, stages=tuple(PUBLISHED), refilled=True),
    # Who was refilled into a final batch is told so, not twice.
    "admitted": _admission((AdmissionStatus.ADMITTED,), stages=(BatchStatus.FINAL,)),
    "checkin": _checkin,
}
