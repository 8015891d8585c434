"""Rows of 成绩: which application, and whose record, each of them speaks of."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial

from sqlalchemy import Row, Select, Table, func, select
from sqlalchemy.orm import Session

from zhupei_cli.model import Application, Batch, ExamSeat, Plan, Snapshot, Trainee
from zhupei_cli.rules.people.masking import mask_id
from zhupei_cli.rules.people.people_names import other_name
from zhupei_cli.services.applications.store import CURRENT_SNAPSHOT
from zhupei_cli.services.records.lookup import Names, base_names
from zhupei_cli.sheets.taking.lines import Line
from zhupei_cli.store.bulk import rows_of
from zhupei_cli.words.errors import Fault
from zhupei_cli.words.vocabulary import APPLICATION_STATUS, ApplicationStatus

_TABLES = Application.metadata.tables
_APPLICATION: Table = _TABLES[Application.__tablename__]
_PLAN: Table = _TABLES[Plan.__tablename__]
_SEAT: Table = _TABLES[ExamSeat.__tablename__]
_SNAPSHOT: Table = _TABLES[Snapshot.__tablename__]
_TRAINEE: Table = _TABLES[Trainee.__tablename__]


@dataclass(frozen=True, slots=True)
class MarkEntry:
    """A line and the record it speaks of; `record` is a base's code, '' for the common one."""

    line: Line
    application_id: int
    application_no: str
    record: str

    @property
    def key(self) -> tuple[int, str]:
        return self.application_id, self.record

    @property
    def name(self) -> str:
        return f"{self.application_no}/{self.record}" if self.record else self.application_no


def read_entries(session: Session, batch: Batch, lines: Sequence[Line]) -> list[MarkEntry]:
    """Return the lines whose record is known, other faults of theirs or not."""
    by_ticket = tickets_of(session, batch, {ticket for line in lines if (ticket := _word(line, "ticket"))})
    for line in lines:
        line.faults += _by_ticket(line, by_ticket)
    numbers = {number for line in lines if (number := _word(line, "application_no"))}
    papers = {number for line in lines if (number := _word(line, "id_number"))}
    by_number = {
        row.application_no: row
        for row in rows_of(session, applications_of(batch), _APPLICATION.c.application_no, numbers)
    }
    live = applications_of(batch).where(_APPLICATION.c.live_key.is_not(None))
    by_paper: dict[str, list[Row[*tuple[object, ...]]]] = {}
    for one in rows_of(session, live, _TRAINEE.c.id_number, papers):
        by_paper.setdefault(one.id_number, []).append(one)
    bases = base_names(session)
    planned = select(_PLAN.c.base_code).where(_PLAN.c.batch_id == batch.id)
    base_of = cache(partial(_base, bases, frozenset(session.scalars(planned))))  # many rows, few bases
    entries = []
    for line in lines:
        row = _application(line, by_number, by_paper)
        code = base_of(str(line.values.get("base", "")))
        if isinstance(code, Fault):
            line.faults.append(code)
        elif row is not None and all(fault.field != "base" for fault in line.faults):
            entries.append(MarkEntry(line, row.id, row.application_no, code))
    return entries


def applications_of(batch: Batch) -> Select[*tuple[object, ...]]:
    """Return the statement for the applications of a batch with their people, named as they submitted."""
    return (
        select(
            *_APPLICATION.c["id", "application_no", "status"],
            _TRAINEE.c.id_number,
            func.coalesce(_SNAPSHOT.c.name, _TRAINEE.c.name).label("name"),
            _APPLICATION.c.trainee_id,
        )
        .join(_TRAINEE, _TRAINEE.c.id == _APPLICATION.c.trainee_id)
        .outerjoin(_SNAPSHOT, CURRENT_SNAPSHOT)
        .where(_APPLICATION.c.batch_id == batch.id)
    )


def tickets_of(session: Session, batch: Batch, tickets: Iterable[str]) -> dict[str, str]:
    """Return ticket → application number, of those tickets that somebody of the batch has."""
    statement = (
        select(_SEAT.c.ticket, _APPLICATION.c.application_no)
        .join(_APPLICATION, _APPLICATION.c.id == _SEAT.c.application_id)
        .where(_SEAT.c.batch_id == batch.id)
    )
    return dict(tuple(row) for row in rows_of(session, statement, _SEAT.c.ticket, tickets))


def _by_ticket(line: Line, known: Mapping[str, str]) -> Iterator[Fault]:
    """Name the application of a line by its ticket, and yield what is wrong with the ticket."""
    ticket = _word(line, "ticket")
    if ticket is None:
        return
    number, typed = known.get(ticket), _word(line, "application_no")
    if number is None:
        yield Fault("E743", "ticket", values={"ticket": ticket})
    elif typed is not None and typed != number:
        values = {"ticket": ticket, "other": number, "application_no": typed}
        yield Fault("E744", "ticket", values=values)
    else:
        line.values = {**line.values, "application_no": number}


def _word(line: Line, key: str) -> str | None:
    word = line.values.get(key)
    return word if isinstance(word, str) else None  # 清空 says nothing here


def _application(
    line: Line,
    by_number: Mapping[str, Row[*tuple[object, ...]]],
    by_paper: Mapping[str, Sequence[Row[*tuple[object, ...]]]],
) -> Row[*tuple[object, ...]] | None:
    number, paper = _word(line, "application_no"), _word(line, "id_number")
    if any(fault.code == "E438" for fault in line.faults):
        return None  # a number of another batch
    if number is not None and number not in by_number:
        line.faults.append(Fault("E304", "application_no", values={"application_no": number, "nearest": ""}))
        return None
    if number is None and paper is None:
        if not line.bad:
            line.faults.append(
                Fault("E023", "application_no", values={"heading": "报名号、证件号码 或 准考证号"})
            )
        return None
    row = _owner(line, paper or "", by_paper) if number is None else by_number[number]
    if row is not None:
        line.faults += _disagreements(line, row)
    return row


def _owner(
    line: Line, paper: str, by_paper: Mapping[str, Sequence[Row[*tuple[object, ...]]]]
) -> Row[*tuple[object, ...]] | None:
    """Return whose paper has this number; of two people whose papers have it, whom the name means."""
    people = by_paper.get(paper, ())
    if len(people) > 1:
        people = [row for row in people if row.name == _word(line, "name")]
        if len(people) != 1:
            line.faults.append(Fault("E312", "id_number", values={"number": mask_id(paper)}))
            return None
    if not people:
        line.faults.append(Fault("E170", "id_number", values={"number": mask_id(paper)}))
        return None
    return people[0]


def _disagreements(line: Line, row: Row[*tuple[object, ...]]) -> Iterator[Fault]:
    no, paper, name = row.application_no, _word(line, "id_number"), _word(line, "name")
    if paper is not None and paper != row.id_number:
        yield Fault("E171", "id_number", values={"application_no": no, "number": mask_id(paper)})
    if name is not None and name != row.name:
        by = "证件号码" if paper is not None else "报名号" if _word(line, "ticket") is None else "准考证号"
        yield other_name(name, row.name, by=by)
    if row.status != ApplicationStatus.APPROVED:
        status = APPLICATION_STATUS.label(row.status)
        yield Fault("E172", "application_no", values={"application_no": no, "status": status})


def _base(bases: Names, planned: Collection[str], word: str) -> str | Fault:
    """Return the code of the record's base, '' for the common record, a fault when it has no plan."""
    code = bases.find(word) if word else ""
    if code is None:
        return Fault("E302", "base", values={"base": word, "nearest": bases.nearest(word)})
    return Fault("E173", "base", values={"base": word}) if code and code not in planned else code


def refuse_twin_marks(entries: Iterable[MarkEntry], *, what: str = "成绩") -> None:
    """Refuse every row of a record that has several, each naming the others; `what` it is a record of."""
    seen: dict[tuple[int, str], list[MarkEntry]] = {}
    for entry in entries:
        seen.setdefault(entry.key, []).append(entry)
    for twins in seen.values():
        for entry in twins if len(twins) > 1 else ():
            places = "、".join(twin.line.seen_from(entry.line) for twin in twins if twin is not entry)
            kind = f"基地 {entry.record} 单独{what}" if entry.record else what
            values = {"application_no": entry.application_no, "record": kind, "others": places}
            entry.line.faults.append(Fault("E174", "application_no", values=values))
