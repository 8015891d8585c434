"""What the years before say of somebody: bars, a training that goes on, one that was left or not finished."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Final

from sqlalchemy import Row, Select, Table, and_, func, or_, select, union
from sqlalchemy.orm import Session

from zhupei_cli.model import Admission, Application, Batch, Snapshot, Trainee
from zhupei_cli.rules.batch.lifecycle import PUBLISHED
from zhupei_cli.rules.batch.settings import parse
from zhupei_cli.rules.eligibility.requirement import NO_PAST, Past
from zhupei_cli.services.applications import years
from zhupei_cli.services.applications.store import CURRENT_SNAPSHOT
from zhupei_cli.services.people import bars
from zhupei_cli.services.people.bars import BAR_TABLE
from zhupei_cli.services.people.profiles import PersonKey
from zhupei_cli.services.records.lookup import settings_of
from zhupei_cli.store.bulk import rows_of
from zhupei_cli.store.walls import is_veiled
from zhupei_cli.words.vocabulary import ADMISSION_STATUS, DECIDED_ON, AdmissionStatus, ApplicationStatus

_ADMISSION: Table = Admission.metadata.tables[Admission.__tablename__]
_APPLICATION: Table = Admission.metadata.tables[Application.__tablename__]
_BATCH: Table = Admission.metadata.tables[Batch.__tablename__]
_SNAPSHOT: Table = Admission.metadata.tables[Snapshot.__tablename__]
_TRAINEE: Table = Admission.metadata.tables[Trainee.__tablename__]

#: Years after the end of a training in which it may still be finished.
_GRACE: Final = 3
#: Up to so many are looked up by their numbers; for more the whole batch is read.
_FEW: Final = 5_000


def load_past(
    session: Session, batch: Batch, people: Mapping[PersonKey, int | None]
) -> dict[PersonKey, Past]:
    """Return what the past says of people, by paper; their ids where they are stored. Nothing: not in it.

    A query per 5,000 people for bars, another for seats. A base's login has no part in other years, and an
    auditor's masked numbers are alike of many.
    """
    if not people or is_veiled(session):
        return {}
    barred = bars.in_force(session, batch, (number for _, number in people))
    ids = {id_: key for key, id_ in people.items() if id_ is not None}
    found: dict[PersonKey, Past] = {}
    for row in _seats(session, batch, ids):
        key = ids[row.trainee_id]
        found[key] = _with(found.get(key, NO_PAST), row, batch.year)
    for key in barred.keys() & people.keys():
        found[key] = found.get(key, NO_PAST)._replace(barred=barred[key])
    return found


def _seats(session: Session, batch: Batch, ids: Iterable[int]) -> Iterable[Row[*tuple[object, ...]]]:
    """Return what people came to in other batches; what is not published nobody may learn of."""
    statement = (
        select(
            *_APPLICATION.c["trainee_id", "train_years"],
            _ADMISSION.c.status,
            *_BATCH.c["code", "year"],
        )
        .join(_ADMISSION, _ADMISSION.c.application_id == _APPLICATION.c.id)
        .join(_BATCH, _BATCH.c.id == _APPLICATION.c.batch_id)
        .where(_APPLICATION.c.batch_id != batch.id, _BATCH.c.status.in_(PUBLISHED))
        .where(or_(_ADMISSION.c.live_key.is_not(None), _ADMISSION.c.status == AdmissionStatus.QUIT))
        .order_by(_BATCH.c.year, _APPLICATION.c.id)
    )
    return rows_of(session, statement, _APPLICATION.c.trainee_id, ids)


def _with(past: Past, row: Row[*tuple[object, ...]], year: int) -> Past:
    label = f"{row.year} 年 {row.code} {ADMISSION_STATUS.label(row.status)}"
    end = row.year + row.train_years
    if row.status == AdmissionStatus.QUIT:
        return past._replace(retraining=label)
    if row.year < year <= end:
        return past._replace(in_training=f"{label}，{row.train_years} 年，到 {end} 年")
    if year > end + _GRACE:
        return past._replace(retraining=f"{label}，应于 {end} 年结束")
    return past


def against_people(session: Session, batch: Batch) -> list[tuple[str, int, str]]:
    """Return the live applications whose people the past speaks against: number, 1, what and their years.

    Not of those it was settled for: refused by the review, or without their seat again. Rules that the batch
    switched off say nothing.
    """
    rows, found = _with_a_past(session, batch)
    rows = [row for row in rows if row.status != ApplicationStatus.REJECTED and row.decided not in DECIDED_ON]
    severities = parse(settings_of(session, batch)).severities
    said = {row.id: "，".join(words for _, words in _said(found[row.id], severities)) for row in rows}
    told = years.lines(session, [id_ for id_, words in said.items() if words], but=batch)
    return [
        (row.application_no, 1, f"{said[row.id]}；历年记录：{told.get(row.id, '')}")
        for row in rows
        if said[row.id]
    ]


def not_allowed(session: Session, batch: Batch, numbers: Collection[str] | None = None) -> dict[str, str]:
    """Return number → why, of the live applications that the past forbids under the batch's rules now.

    Nobody could submit them today: the record came later, or the rule did. Of `numbers`, or of the batch. A
    base's login has no part in other years.
    """
    if is_veiled(session):
        return {}
    rows, found = _with_a_past(session, batch, numbers)
    severities = parse(settings_of(session, batch)).severities
    said = {
        row.application_no: [
            words for rule, words in _said(found[row.id], severities) if severities[rule] == "error"
        ]
        for row in rows
    }
    return {number: "，".join(words) for number, words in said.items() if words}


def _with_a_past(
    session: Session, batch: Batch, numbers: Collection[str] | None = None
) -> tuple[Sequence[Row[*tuple[object, ...]]], dict[int, Past]]:
    statement = _people_with_a_past(batch)
    if numbers is None or len(numbers) > _FEW:
        found = session.execute(statement)
        rows = [row for row in found if numbers is None or row.application_no in numbers]
    else:
        rows = list(rows_of(session, statement, _APPLICATION.c.application_no, numbers))
    past = load_past(session, batch, {(row.id_type, row.id_number): row.id for row in rows})
    return rows, {row.id: past.get((row.id_type, row.id_number), NO_PAST) for row in rows}


def _said(past: Past, severities: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return each rule that the past speaks against, with the words for it."""
    return [
        (rule, sentence)
        for rule, value, sentence in (
            ("person.barred", past.barred, f"在诚信名单上（{past.barred}）"),
            ("person.in_training", past.in_training, f"还在培训（{past.in_training}）"),
            ("person.retraining", past.retraining, f"曾退培或逾期未结业（{past.retraining}）"),
        )
        if value is not None and severities.get(rule) != "off"
    ]


def against_sources(session: Session, batch: Batch) -> list[tuple[str, int, str]]:
    """Return the submitted forms whose 生源类型 is not that of their graduation (`source.fresh`), in one row.

    The first number, how many they are, and what is odd; nothing where the batch switched the rule off.
    """
    if parse(settings_of(session, batch)).severities.get("source.fresh") == "off":
        return []
    # Ends of years: a month without a day, which sorts before its days, is of its own year then.
    before, last = (date(year, 12, 31) for year in (batch.year - 1, batch.year))
    graduated, source = _SNAPSHOT.c.graduated_on, _APPLICATION.c.source_type
    late = and_(source == "应届毕业生", graduated <= before)
    early = and_(source == "往届毕业生", graduated > before, graduated <= last)
    statement = (
        select(func.count(), func.min(_APPLICATION.c.application_no))
        .join(_SNAPSHOT, CURRENT_SNAPSHOT)
        .where(_APPLICATION.c.batch_id == batch.id, _APPLICATION.c.live_key.is_not(None))
        .where(or_(late, early))
    )
    count, first = session.execute(statement).one()
    what = f"生源类型与毕业时间不符 {count} 份，例如 {first}（批次的年份是 {batch.year}）"
    return [(first, count, what)] if count else []


def _people_with_a_past(batch: Batch) -> Select[object]:
    """Return the statement for the live applications whose people have any past at all: few."""
    mine, other, admission = _APPLICATION.alias(), _APPLICATION.alias(), _ADMISSION.alias()
    # From the people of the batch: all who were ever admitted anywhere are a country and its years.
    trained = (
        select(mine.c.trainee_id)
        .join(other, other.c.trainee_id == mine.c.trainee_id)
        .join(admission, admission.c.application_id == other.c.id)
        .where(mine.c.batch_id == batch.id, other.c.batch_id != batch.id)
    )
    barred = (
        select(_TRAINEE.c.id)
        .join(BAR_TABLE, BAR_TABLE.c.id_number == _TRAINEE.c.id_number)
        .where(BAR_TABLE.c.state == "active")
    )
    # Joined, not asked for with OR: OceanBase would look both up anew for every person.
    past = union(barred, trained).subquery()
    return (
        select(
            *_APPLICATION.c["application_no", "status"],
            *_TRAINEE.c["id", "id_type", "id_number"],
            _ADMISSION.c.status.label("decided"),
        )
        .join(_TRAINEE, _TRAINEE.c.id == _APPLICATION.c.trainee_id)
        .join(past, past.c.id == _TRAINEE.c.id)
        .outerjoin(_ADMISSION, _ADMISSION.c.application_id == _APPLICATION.c.id)
        .where(_APPLICATION.c.batch_id == batch.id, _APPLICATION.c.live_key.is_not(None))
        .order_by(_APPLICATION.c.application_no)
    )
