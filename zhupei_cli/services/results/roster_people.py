"""The people of rosters: from the snapshot they were admitted by, phone numbers as they are today."""

from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import ColumnElement, Row, Select, Table, and_, case, select
from sqlalchemy.orm import Session

from zhupei_cli.model import Admission, Application, Batch, Preplaced, Run, RunRow, Score, Snapshot, Trainee
from zhupei_cli.rules.admission.scores import ABSENT_PART
from zhupei_cli.rules.people.field_values import text_of
from zhupei_cli.services.applications.store import CURRENT_SNAPSHOT
from zhupei_cli.services.marks.score_marks import MARK_COLUMNS, marks_of
from zhupei_cli.services.people.profiles import profile_of
from zhupei_cli.sheets.writing.roster import RosterRow
from zhupei_cli.words.vocabulary import Outcome

_TABLES = Admission.metadata.tables
_ADMISSION: Table = _TABLES[Admission.__tablename__]
_APPLICATION: Table = _TABLES[Application.__tablename__]
_PREPLACED: Table = _TABLES[Preplaced.__tablename__]
_RUN_ROW: Table = _TABLES[RunRow.__tablename__]
_SNAPSHOT: Table = _TABLES[Snapshot.__tablename__]
_TRAINEE: Table = _TABLES[Trainee.__tablename__]
_OWN, _COMMON = (_TABLES[Score.__tablename__].alias(name) for name in ("own_record", "common_record"))

_PERSON = ("name", "gender", "id_number", "school", "major", "level", "degree", "graduated_on")
_SEAT = ("base_code", "specialty_code", "via", "total", "rank")
#: Of few: only their snapshots are read whole.
_ORDER_CONTENT: Final = case((_APPLICATION.c.order_oriented, _SNAPSHOT.c.content)).label("order_content")
_MARKS: Final = (
    _OWN.c.record.label("own"),
    *(_OWN.c[name].label(f"own_{name}") for name in MARK_COLUMNS),
    *_COMMON.c[MARK_COLUMNS],
)


class People:
    """Whoever has a seat, by place."""

    def __init__(
        self, rows: Sequence[Row[*tuple[object, ...]]], remarks: Mapping[int, str] | None = None
    ) -> None:
        self._remarks = remarks or {}
        self._places: dict[tuple[str, str], list[Row[*tuple[object, ...]]]] = {}
        for row in rows:
            self._places.setdefault((row.base_code, row.specialty_code), []).append(row)
        self._count = len(rows)

    def __len__(self) -> int:
        return self._count

    def rows(self, base: str, specialty: str, name: str) -> list[RosterRow]:
        """Return the rows of one place in the order of merit; `name` is the specialty's."""
        found = sorted(self._places.get((base, specialty), ()), key=_merit)
        return [_roster_row(number, row, name, self._remark(row)) for number, row in enumerate(found, 1)]

    def _remark(self, row: Row[*tuple[object, ...]]) -> str | None:
        """Return what the last column says: the batch where there are several, order, and whose student."""
        tutor = row.tutor and f"导师 {row.tutor}"
        told = (self._remarks.get(row.batch_id), _order(row.order_content), row.university, tutor)
        return "；".join(filter(None, told)) or None


def load_people(
    session: Session, batches: Sequence[Batch], run: Run | None, bases: Sequence[str] | None
) -> People:
    """Read whoever holds a seat of the batches; at all bases if none are given.

    With a `run` those who would by it, or, once it is committed, those who have their seat by it. The people
    of several batches are told apart by a remark, the batch's code.
    """
    seat, seated = _seats(batches, run, bases)
    remarks = {batch.id: batch.code for batch in batches} if len(batches) > 1 else None
    return People(session.execute(_people(seat, seated)).all(), remarks)


def roster_seats(
    session: Session, batches: Sequence[Batch], run: Run | None, bases: Sequence[str] | None
) -> list[tuple[str, str, str]]:
    """Return (base, specialty, application number) of every seat, read apart from the people themselves."""
    seat, seated = _seats(batches, run, bases)
    statement = (
        select(seat.c.base_code, seat.c.specialty_code, _APPLICATION.c.application_no)
        .join(_APPLICATION, _APPLICATION.c.id == seat.c.application_id)
        .where(*seated)
    )
    return [(base, specialty, no) for base, specialty, no in session.execute(statement)]


def _seats(
    batches: Sequence[Batch], run: Run | None, bases: Sequence[str] | None
) -> tuple[Table, list[ColumnElement[bool]]]:
    """Return the table that holds the seats, and what its rows must meet."""
    if run is None or run.committed_at is not None:
        ids = [batch.id for batch in batches]
        seat = _ADMISSION
        seated: list[ColumnElement[bool]] = [seat.c.batch_id.in_(ids), seat.c.live_key.is_not(None)]
        seated += [] if run is None else [seat.c.run_id == run.id]
    else:
        seat, seated = _RUN_ROW, [_RUN_ROW.c.run_id == run.id, _RUN_ROW.c.outcome == Outcome.ADMITTED]
    return seat, seated if bases is None else [*seated, seat.c.base_code.in_(bases)]


def _people(seat: Table, seated: Sequence[ColumnElement[bool]]) -> Select[*tuple[object, ...]]:
    # A base's own record stands for the common one there, entirely.
    own = and_(_OWN.c.application_id == _APPLICATION.c.id, _OWN.c.record == seat.c.base_code)
    common = and_(_COMMON.c.application_id == _APPLICATION.c.id, _COMMON.c.record == "")
    return (
        select(
            *_APPLICATION.c["application_no", "identity", "train_years", "batch_id"],
            *_SNAPSHOT.c[_PERSON],
            *seat.c[_SEAT],
            _TRAINEE.c.mobile,
            *_PREPLACED.c["university", "tutor"],
            _ORDER_CONTENT,
            *_MARKS,
        )
        .select_from(seat)
        .join(_APPLICATION, _APPLICATION.c.id == seat.c.application_id)
        .join(_SNAPSHOT, CURRENT_SNAPSHOT)
        .join(_TRAINEE, _TRAINEE.c.id == _APPLICATION.c.trainee_id)
        # Versions before kept it when somebody was made a candidate again, whatever seat came then.
        .outerjoin(
            _PREPLACED, (_PREPLACED.c.application_id == _APPLICATION.c.id) & (seat.c.via == "preplaced")
        )
        .outerjoin(_OWN, own)
        .outerjoin(_COMMON, common)
        .where(*seated)
    )


def _order(content: str | None) -> str | None:
    """Return what is said of who studies by order (订单定向), from the snapshot; None of anybody else."""
    if content is None:
        return None
    county = profile_of(content).person.get("order_county")
    return f"订单定向（{county}）" if county else "订单定向"


def _merit(row: Row[*tuple[object, ...]]) -> tuple[float, float, str]:
    # A seat by adjustment has no rank, one given by hand may have no total: after those who have.
    total = float("inf") if row.total is None else -row.total
    return total, float("inf") if row.rank is None else row.rank, row.application_no


def _roster_row(number: int, row: Row[*tuple[object, ...]], specialty: str, remark: str | None) -> RosterRow:
    def text(name: str) -> str:
        return text_of(name, row._mapping[name])

    return (
        number,
        row.application_no,
        row.specialty_code,
        specialty,
        row.name,
        text("gender"),
        row.id_number,
        text("identity"),
        row.school,
        row.major,
        text("level"),
        text("degree"),
        text("graduated_on"),
        row.train_years,
        *_marks(row),
        row.total,
        row.rank,
        text("via"),
        row.mobile,
        remark,
    )


def _marks(row: Row[*tuple[object, ...]]) -> tuple[int | str | None, ...]:
    before = "" if row.own is None else "own_"
    marks = marks_of([row._mapping[f"{before}{name}"] for name in MARK_COLUMNS])
    return tuple("缺考" if mark == ABSENT_PART else mark for mark in marks)
