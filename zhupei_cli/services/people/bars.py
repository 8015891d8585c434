"""Records of conduct (诚信记录): who may not apply, from when until when, and who said so."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, TypedDict

from sqlalchemy import ColumnElement, RowMapping, Table, and_, or_, select
from sqlalchemy.orm import Session

from zhupei_cli.acting import CST, Acting
from zhupei_cli.model import Application, Bar, Batch, Trainee
from zhupei_cli.model.base import TableRow
from zhupei_cli.rules.batch.settings import parse
from zhupei_cli.rules.people.masking import mask_id, masked_text
from zhupei_cli.rules.proof.digests import named_digest
from zhupei_cli.services.people.profiles import PersonKey, Profile
from zhupei_cli.services.people.whom import find_person
from zhupei_cli.services.records.events import Change, record
from zhupei_cli.services.records.lookup import settings_of
from zhupei_cli.store.bulk import insert_rows, rows_of, update_rows
from zhupei_cli.store.counters import take
from zhupei_cli.words.codes import ID_TYPE
from zhupei_cli.words.errors import Fault, ZhupeiError
from zhupei_cli.words.vocabulary import BAR_KIND, BAR_STATE, AdmissionStatus

BAR_TABLE: Final[Table] = Bar.metadata.tables[Bar.__tablename__]
_APPLICATION: Table = Bar.metadata.tables[Application.__tablename__]
_TRAINEE: Table = Bar.metadata.tables[Trainee.__tablename__]

_COLUMNS: Final = tuple(column.name for column in BAR_TABLE.columns)
_LONGEST_SOURCE: Final = 200
#: What each step leads to, and from where.
_STEPS: Final[Mapping[str, tuple[tuple[str, ...], str, str]]] = {
    "activate": (("pending",), "active", "生效"),
    "lift": (("pending", "active"), "lifted", "解除"),
}


class BarShown(TypedDict):
    """A record of conduct as people and JSON have it."""

    bar: int
    name: str
    id_type: str
    id_type_label: str
    id_number: str
    kind: str
    kind_label: str
    from_date: str
    until: str | None
    reason: str | None
    source: str | None
    state: str
    state_label: str


@dataclass(frozen=True, slots=True)
class Arising:
    """Somebody whose admission came to a state that a record of conduct may follow from."""

    application_id: int
    before: str | None
    after: str | None


def last_day(first: date, years: int) -> date:
    """Return the last day of a bar of so many years."""
    try:
        return first.replace(year=first.year + years) - timedelta(days=1)
    except ValueError:  # 29 February
        return date(first.year + years, 2, 28)


def subject(bar_id: int) -> str:
    """Return what events call a record."""
    return f"bar {bar_id}"


def enter_bar(
    session: Session,
    who: str,
    *,
    kind: str,
    from_date: date,
    years: int | None,
    reason: str,
    source: str | None,
    by: Acting,
    pending: bool = False,
) -> BarShown:
    """Enter a record of somebody who is stored here; E696 when it is there already, E697 for its source."""
    profile = find_person(session, who)
    if len(source or "") > _LONGEST_SOURCE:
        raise ZhupeiError("E697", found=len(source or ""), length=_LONGEST_SOURCE)
    id_type, number = profile.key
    row: TableRow = {
        "id_type": id_type,
        "id_number": number,
        "name": profile.person["name"],
        "kind": kind,
        "from_date": from_date.isoformat(),
        "until": None if years is None else last_day(from_date, years).isoformat(),
        "reason": reason,
        "source": source,
        "state": "pending" if pending else "active",
        "application_id": None,
    }
    _require_new(session, row)
    (written,) = write_new(session, [row])
    change = Change(
        "bar.add", subject(written["id"]), after=row["state"], reason=reason, data=_digest(written)
    )
    record(session, by, [change])
    return bar_shown(written)


def _require_new(session: Session, row: TableRow) -> None:
    key = ("id_type", "id_number", "kind", "from_date")
    known = select(BAR_TABLE.c.id).where(*(BAR_TABLE.c[name] == row[name] for name in key))
    if (found := session.execute(known).scalar()) is not None:
        raise ZhupeiError("E696", name=row["name"], bar=found)


def write_new(session: Session, rows: Sequence[TableRow]) -> Sequence[TableRow]:
    """Store new records; return them with their numbers. Their events are the caller's."""
    if rows:
        for row, number in zip(rows, take(session, "bar", len(rows)), strict=True):
            row["id"] = number
        insert_rows(session, BAR_TABLE, _COLUMNS, [tuple(row[name] for name in _COLUMNS) for row in rows])
    return rows


def _digest(row: TableRow | RowMapping) -> dict[str, object]:
    return {"digest": named_digest({name: row[name] for name in _COLUMNS})}


def step_bars(session: Session, ids: Sequence[int], verb: str, *, reason: str, by: Acting) -> list[BarShown]:
    """Activate or lift records; who stands there already is left alone. E694 unknown, E695 not possible."""
    stored = {row.id: dict(row._mapping) for row in rows_of(session, select(BAR_TABLE), BAR_TABLE.c.id, ids)}
    froms, after, label = _STEPS[verb]
    moved = []
    for one in dict.fromkeys(ids):
        row = stored.get(one)
        if row is None:
            raise ZhupeiError("E694", bar=one)
        if row["state"] == after:
            continue
        if row["state"] not in froms:
            raise ZhupeiError("E695", bar=one, status=BAR_STATE.label(row["state"]), wanted=label)
        moved.append(row)
    _move(session, moved, f"bar.{verb}", after, reason=reason, by=by)
    return [bar_shown(row) for row in moved]


def _move(
    session: Session, rows: Sequence[TableRow], action: str, after: str, *, reason: str | None, by: Acting
) -> None:
    changes = []
    for row in rows:
        before, row["state"] = row["state"], after
        changes.append(Change(action, subject(row["id"]), None, before, after, reason, _digest(row)))
    if changes:
        values = [(row["id"], after, row["reason"]) for row in rows]
        update_rows(session, BAR_TABLE, ("id",), ("state", "reason"), values)
        record(session, by, changes)


def follow(
    session: Session, before: Profile, after: Profile, *, by: Acting, reason: str | None
) -> tuple[Fault, ...]:
    """Let the records of a person go with a mended name or paper, each with its event.

    Theirs are those of both their paper and name, and those that arose from their applications. The old
    number may be somebody else's: what bears another name stays, and so does what the new number has
    already; E811 tells of them.
    """
    arisen = select(_APPLICATION.c.id).where(_APPLICATION.c.trainee_id == before.id)
    theirs = or_(_of_paper(before.key), BAR_TABLE.c.application_id.in_(arisen))
    rows = [dict(row) for row in session.execute(select(BAR_TABLE).where(theirs)).mappings()]
    known = {_key(row) for row in session.execute(select(BAR_TABLE).where(_of_paper(after.key))).mappings()}
    moved, left = [], []
    for row in sorted(rows, key=lambda one: int(one["id"])):
        now = {**row, **{name: after.person[name] for name in ("id_type", "id_number", "name")}}
        if now == row:
            continue
        if _key(now) != _key(row) and _key(now) in known:
            left.append((row["id"], "正确的号码下已有同类别、同起始日期的记录"))
        elif row["application_id"] is None and row["name"] != before.person["name"]:
            left += [(row["id"], "写的是别的姓名")] if before.key != after.key else []
        else:
            known.add(_key(now))
            moved.append(now)
    if moved:
        names = ("id_type", "id_number", "name")
        values = [(row["id"], *(row[name] for name in names)) for row in moved]
        update_rows(session, BAR_TABLE, ("id",), names, values)
        states = [
            (subject(row["id"]), None, row["state"], row["state"], reason, _digest(row)) for row in moved
        ]
        record(session, by, [Change("bar.correct", *said) for said in states])
    return tuple(Fault("E811", "id_number", "warning", {"bar": bar, "why": why}) for bar, why in left)


def _of_paper(key: PersonKey) -> ColumnElement[bool]:
    return and_(BAR_TABLE.c.id_type == key[0], BAR_TABLE.c.id_number == key[1])


def arise(
    session: Session,
    batch: Batch,
    moved: Iterable[Arising],
    *,
    by: Acting,
    reason: str | None,
    on: date | None = None,
    default: bool = False,
) -> int:
    """Make pending records of who did not come, or left in default, and lift those that became groundless.

    How long they would last is a setting of the batch; 0 makes none. A record that the province confirmed
    stays: lifting it is the province's. Returns how many are new.
    """
    moved = list(moved)
    settings = parse(settings_of(session, batch))
    for before, kind in ((AdmissionStatus.NO_SHOW, "no_show"), (AdmissionStatus.QUIT, "default")):
        came = [one.application_id for one in moved if one.before == before]
        pending = and_(BAR_TABLE.c.state == "pending", BAR_TABLE.c.kind == kind)
        groundless = rows_of(session, select(BAR_TABLE).where(pending), BAR_TABLE.c.application_id, came)
        lifted = [dict(row._mapping) for row in groundless]
        _move(session, lifted, "bar.lift", "lifted", reason=reason, by=by)
    kinds = {
        AdmissionStatus.NO_SHOW: ("no_show", settings.bar_no_show_years),
        AdmissionStatus.QUIT: ("default", settings.bar_default_years if default else 0),
    }
    wanted = {
        one.application_id: kinds[AdmissionStatus(one.after)]
        for one in moved
        if one.after in kinds and kinds[AdmissionStatus(one.after)][1]
    }
    first = on or by.at.astimezone(CST).date()
    new = _arisen(session, wanted, first, reason)
    known = _known(session, new)
    # What was lifted as groundless has its ground again.
    back = [
        {**known[_key(row)], "reason": row["reason"]}
        for row in new
        if known.get(_key(row), {}).get("state") == "lifted"
    ]
    _move(session, back, "bar.arise", "pending", reason=reason, by=by)
    new = [row for row in new if _key(row) not in known]
    written = write_new(session, new)
    record(
        session,
        by,
        [
            Change("bar.arise", subject(row["id"]), batch.id, None, "pending", row["reason"], _digest(row))
            for row in written
        ],
    )
    return len(written) + len(back)


def _arisen(
    session: Session, wanted: Mapping[int, tuple[str, int]], first: date, reason: str | None
) -> list[TableRow]:
    statement = select(
        *_APPLICATION.c["id", "application_no"],
        *_TRAINEE.c["id_type", "id_number", "name"],
    ).join(_TRAINEE, _TRAINEE.c.id == _APPLICATION.c.trainee_id)
    return [
        {
            "id_type": row.id_type,
            "id_number": row.id_number,
            "name": row.name,
            "kind": wanted[row.id][0],
            "from_date": first.isoformat(),
            "until": last_day(first, wanted[row.id][1]).isoformat(),
            "reason": reason,
            "source": row.application_no,
            "state": "pending",
            "application_id": row.id,
        }
        for row in rows_of(session, statement, _APPLICATION.c.id, sorted(wanted))
    ]


def _key(row: TableRow | RowMapping) -> tuple[str, ...]:
    return row["id_type"], row["id_number"], row["kind"], row["from_date"]


def _known(session: Session, rows: Iterable[TableRow]) -> dict[tuple[str, ...], TableRow]:
    stored = rows_of(session, select(BAR_TABLE), BAR_TABLE.c.id_number, [row["id_number"] for row in rows])
    return {_key(row._mapping): dict(row._mapping) for row in stored}


def confirmed(session: Session, applications: Iterable[int], *, kind: str) -> dict[int, int]:
    """Return application id → the record of that kind that is in force about it."""
    active = select(BAR_TABLE.c.application_id, BAR_TABLE.c.id).where(
        BAR_TABLE.c.state == "active", BAR_TABLE.c.kind == kind
    )
    return {
        row.application_id: row.id
        for row in rows_of(session, active, BAR_TABLE.c.application_id, applications)
    }


def in_force_of(session: Session, applications: Iterable[int]) -> dict[int, str]:
    """Return record → its kind, of all in force about the people of these applications, on any day."""
    statement = (
        select(BAR_TABLE.c.id, BAR_TABLE.c.kind)
        .join(
            _TRAINEE,
            (_TRAINEE.c.id_type == BAR_TABLE.c.id_type) & (_TRAINEE.c.id_number == BAR_TABLE.c.id_number),
        )
        .join(_APPLICATION, _APPLICATION.c.trainee_id == _TRAINEE.c.id)
        .where(BAR_TABLE.c.state == "active")
    )
    found = rows_of(session, statement, _APPLICATION.c.id, applications)
    return dict(sorted((row.id, BAR_KIND.label(row.kind)) for row in found))


def list_bars(
    session: Session, *, state: str | None = None, who: str | None = None, reveal: bool = False
) -> list[BarShown]:
    """Return the records, the newest first; of one state, or one person."""
    statement = select(BAR_TABLE).order_by(BAR_TABLE.c.id.desc())
    if state is not None:
        statement = statement.where(BAR_TABLE.c.state == state)
    if who is not None:
        statement = statement.where(_of_paper(find_person(session, who).key))
    return [bar_shown(row._mapping, reveal=reveal) for row in session.execute(statement)]


def record_list(session: Session, rows: int, *, by: Acting, export: bool) -> None:
    """Write down that numbers left whole: on a screen, or in a workbook."""
    action, what = ("bar.export", "bar") if export else ("reveal", "trainee bar list")
    record(session, by, [Change(action, what, data={"rows": rows})])


def bar_shown(row: TableRow | RowMapping, *, reveal: bool = False) -> BarShown:
    """Return a record as people and JSON have it."""
    number = row["id_number"] if reveal else mask_id(row["id_number"])
    return {
        "bar": row["id"],
        "name": row["name"],
        "id_type": row["id_type"],
        "id_type_label": ID_TYPE.label(row["id_type"]),
        "id_number": number,
        "kind": row["kind"],
        "kind_label": BAR_KIND.label(row["kind"]),
        "from_date": row["from_date"],
        "until": row["until"],
        "reason": row["reason"] if reveal else masked_text(row["reason"]),
        "source": row["source"] if reveal else masked_text(row["source"]),
        "state": row["state"],
        "state_label": BAR_STATE.label(row["state"]),
    }


def words(row: TableRow | RowMapping) -> str:
    """Return a record as one phrase: its kind, its dates, its number."""
    until = f"至 {row['until']}" if row["until"] else "起，不限期"
    return f"{BAR_KIND.label(row['kind'])}，{row['from_date']} {until}，诚信记录 {row['id']}"


def in_force(session: Session, batch: Batch, numbers: Iterable[str]) -> dict[PersonKey, str]:
    """Return who of these may not apply to `batch`, with the record in words: a query per 5,000 numbers.

    It counts on any day of the batch's application time, so that every look at it, early or late, agrees.
    """
    first, last = (at.astimezone(CST).date().isoformat() for at in (batch.apply_from, batch.apply_until))
    statement = (
        select(BAR_TABLE)
        .where(BAR_TABLE.c.state == "active", BAR_TABLE.c.from_date <= last)
        .where(BAR_TABLE.c.until.is_(None) | (BAR_TABLE.c.until >= first))
        .order_by(BAR_TABLE.c.id)
    )
    found = rows_of(session, statement, BAR_TABLE.c.id_number, dict.fromkeys(numbers))
    return {(row.id_type, row.id_number): words(row._mapping) for row in found}
