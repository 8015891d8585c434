"""The rows an import wrote, and what people and events call them."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import Select, Table, select
from sqlalchemy.orm import Session

from zhupei_cli.model import Application, Bar, Base, Employer, ImportRow, ImportRun, Trainee
from zhupei_cli.rules.people.masking import mask_id
from zhupei_cli.services.people.people import subject_of
from zhupei_cli.services.records.import_ledger import EVENT_ROWS, keys_of
from zhupei_cli.store.bulk import rows_of
from zhupei_cli.words.errors import ZhupeiError
from zhupei_cli.words.vocabulary import CodeTable

_TABLES: Final = Base.metadata.tables
_ROW: Table = _TABLES[ImportRow.__tablename__]
_APPLICATION: Table = _TABLES[Application.__tablename__]
_BAR: Table = _TABLES[Bar.__tablename__]
_TRAINEE: Table = _TABLES[Trainee.__tablename__]
_EMPLOYER: Table = _TABLES[Employer.__tablename__]

KIND: Final = CodeTable(
    "导入的种类",
    {
        "base": "基地",
        "specialty": "专业目录",
        "employer": "单位",
        "plan": "招收计划",
        "trainee": "学员和报名",
        "review": "审核意见",
        "score": "成绩",
        "checkin": "报到",
        "bar": "诚信名单",
    },
)
ENTITY: Final = CodeTable(
    "导入写入的内容",
    {
        **{name: KIND.labels[name] for name in ("base", "employer", "plan", "score")},
        "specialty": "专业",
        "bar": "诚信记录",
        "trainee": "学员",
        "application": "报名",
        "admission": "录取",
    },
)
ACTION: Final = CodeTable("导入的动作", {"inserted": "新增", "updated": "更新"})


class Written(NamedTuple):
    """One row that an import wrote: its table, its key in there, and what stood there before (JSON)."""

    entity: str
    key: str
    action: str
    before: str | None

    @property
    def image(self) -> Any:
        """What stood there before; None for a row that is new."""
        return None if self.before is None else json.loads(self.before)

    @property
    def id(self) -> int:
        """The id of the row; of marks, that of their application."""
        return int(self.key.partition("/")[0])


def find_import(session: Session, import_id: int) -> ImportRun:
    """Return the import of this number; E316 when there is none."""
    run = session.get(ImportRun, import_id)
    if run is None:
        raise ZhupeiError("E316", import_id=import_id)
    return run


def load_rows(session: Session, run: ImportRun) -> list[Written]:
    """Return what the import wrote, by table and key."""
    columns = (_ROW.c.entity, _ROW.c.key, _ROW.c.action, _ROW.c.before)
    return [
        Written(entity, key, action, before)
        for entity, keys, action, before in session.execute(
            select(*columns).where(_ROW.c.import_id == run.id)
        )
        for key in keys_of(entity, keys)
    ]


def last_event(run: ImportRun, rows: int) -> int:
    """Return the number of the last event that an import of so many rows is told by.

    Its events follow each other: an event a decision, else one for 500 rows.
    """
    each = 1 if run.kind in ("review", "checkin") else EVENT_ROWS
    return run.event_seq + -(-rows // each)


def names(session: Session, rows: Iterable[Written]) -> dict[Written, str]:
    """Return what events call each row; one that is not there any more is not named (but for people)."""
    rows = list(rows)
    called = {row: subject_of(row.id) for row in rows if row.entity == "trainee"}
    others = _called(session, (row for row in rows if row.entity != "trainee"))
    return called | {row: name for row, (name, _) in others.items()}


def texts(session: Session, rows: Iterable[Written]) -> dict[Written, str]:
    """Return each row as people know it, ID numbers masked."""
    rows = list(rows)
    called = _called(session, rows)
    return {row: called[row][1] if row in called else f"{ENTITY.label(row.entity)} {row.key}" for row in rows}


def _called(session: Session, rows: Iterable[Written]) -> dict[Written, tuple[str, str]]:
    groups: dict[str, list[Written]] = {}
    for row in rows:
        groups.setdefault(row.entity, []).append(row)
    called: dict[Written, tuple[str, str]] = {}
    for entity, group in groups.items():
        called |= _NAMING.get(entity, _coded)(session, group)
    return called


def _people(session: Session, rows: Sequence[Written]) -> dict[Written, tuple[str, str]]:
    found = _by_id(session, select(_TRAINEE.c.id, _TRAINEE.c.name, _TRAINEE.c.id_number), rows)
    return {
        row: (subject_of(row.id), f"{one.name} {mask_id(one.id_number)}")
        for row in rows
        if (one := found.get(row.id)) is not None
    }


def _applications(session: Session, rows: Sequence[Written]) -> dict[Written, tuple[str, str]]:
    statement = select(_APPLICATION.c.id, _APPLICATION.c.application_no, _TRAINEE.c.name).join(
        _TRAINEE, _TRAINEE.c.id == _APPLICATION.c.trainee_id
    )
    found = _by_id(session, statement, rows)
    called = {}
    for row in rows:
        if (one := found.get(row.id)) is not None:
            record = row.key.partition("/")[2]
            number = f"{one.application_no}/{record}" if record else one.application_no
            called[row] = number, f"{number} {one.name}"
    return called


def _employers(session: Session, rows: Sequence[Written]) -> dict[Written, tuple[str, str]]:
    found = _by_id(session, select(_EMPLOYER.c.id, _EMPLOYER.c.name), rows)
    return {row: (found[row.id].name, found[row.id].name) for row in rows if row.id in found}


def _bars(session: Session, rows: Sequence[Written]) -> dict[Written, tuple[str, str]]:
    found = _by_id(session, select(_BAR.c.id, _BAR.c.name, _BAR.c.id_number), rows)
    return {
        row: (f"bar {row.id}", f"{one.name} {mask_id(one.id_number)}")
        for row in rows
        if (one := found.get(row.id)) is not None
    }


def _coded(session: Session, rows: Sequence[Written]) -> dict[Written, tuple[str, str]]:
    del session
    return {row: (row.key, row.key) for row in rows}


def _by_id(
    session: Session, statement: Select[*tuple[object, ...]], rows: Iterable[Written]
) -> Mapping[int, Any]:
    column = statement.selected_columns[0]
    return {row.id: row for row in rows_of(session, statement, column, {row.id for row in rows})}


_NAMING: Final = {
    "trainee": _people,
    "application": _applications,
    "admission": _applications,
    "score": _applications,
    "employer": _employers,
    "bar": _bars,
}
