"""Which line of a workbook a stored row comes from."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from zhupei_cli.model import Application, Bar, Base, Employer, Trainee
from zhupei_cli.services.records.lookup import base_names, match_key, specialty_names
from zhupei_cli.services.undo.import_rows import Written
from zhupei_cli.sheets.taking.lines import Line
from zhupei_cli.store.bulk import rows_of

_TABLES: Final = Base.metadata.tables
_APPLICATION: Table = _TABLES[Application.__tablename__]
_TRAINEE: Table = _TABLES[Trainee.__tablename__]
_BAR: Table = _TABLES[Bar.__tablename__]
_EMPLOYER: Table = _TABLES[Employer.__tablename__]

#: What a line and a stored row have in common.
Key = tuple[str, ...]
_APPLIED: Final = frozenset(("application", "score", "admission"))
Places = Mapping[Written, Sequence[Line]]


def places(session: Session, rows: Iterable[Written], lines: Iterable[Line]) -> Places:
    """Return the lines each row comes from: of a person all, in the order of the sheets."""
    rows, good = list(rows), [line for line in lines if not line.bad]
    by_key: dict[Key, list[Line]] = {}
    keys_of = _line_keys(session)
    for line in good:
        for key in keys_of(line):
            by_key.setdefault(key, []).append(line)
    return {row: _first(by_key, keys) for row, keys in _row_keys(session, rows)}


def _first(by_key: Mapping[Key, list[Line]], keys: Iterable[Key]) -> list[Line]:
    return next((by_key[key] for key in keys if key in by_key), [])


def _line_keys(session: Session) -> Callable[[Line], list[Key]]:
    bases, specialties = base_names(session), specialty_names(session)

    def of_plan(line: Line) -> list[Key]:
        values = line.values
        base = bases.find(values["base"]) or ""
        words = [values["specialty"]] if line.kind == "plan" else [name for name in values if name != "base"]
        return [("plan", f"{base}/{specialties.find(word)}") for word in words]

    def of_marks(line: Line) -> list[Key]:
        record = bases.find(line.values.get("base") or "") or ""
        return [(*key, record) for key in _of_application(line)]

    kinds: Mapping[str, Callable[[Line], list[Key]]] = {
        "plan": of_plan,
        "plan_wide": of_plan,
        "score": of_marks,
        "review": _of_application,
        "check_in": _of_application,
        "base": lambda line: [("code", line.values["code"])],
        "specialty": lambda line: [("code", line.values["code"])],
        "bar": _of_bar,
        "employer": lambda line: [("name", match_key(line.values["name"]))],
    }
    return lambda line: kinds.get(line.kind, _of_person)(line)


def _of_person(line: Line) -> list[Key]:
    return [("person", line.values["id_number"].strip().upper())]


def _of_bar(line: Line) -> list[Key]:
    values = line.values
    number = values["id_number"].strip().upper()
    return [("bar", number, values["kind"], values["from_date"].isoformat())]


def _of_application(line: Line) -> list[Key]:
    number, paper = line.values.get("application_no"), line.values.get("id_number")
    return [("number", number)] if isinstance(number, str) else [("paper", str(paper))]


def _row_keys(session: Session, rows: Sequence[Written]) -> Iterable[tuple[Written, list[Key]]]:
    people = _people(session, [row for row in rows if row.entity == "trainee"])
    applied = _applied(session, [row for row in rows if row.entity in _APPLIED])
    named = _named(session, [row for row in rows if row.entity == "employer"])
    barred = _barred(session, [row for row in rows if row.entity == "bar"])
    for row in rows:
        if row.entity == "bar":
            yield row, [("bar", *barred[row.id])]
        elif row.entity == "trainee":
            yield row, [("person", people[row.id])]
        elif row.entity in _APPLIED:
            number, paper = applied[row.id]
            record = (row.key.partition("/")[2],) if row.entity == "score" else ()
            yield row, [("number", number, *record), ("paper", paper, *record), ("person", paper)]
        elif row.entity == "employer":
            yield row, [("name", match_key(named[row.id]))]
        else:
            yield row, [("plan" if row.entity == "plan" else "code", row.key)]


def _people(session: Session, rows: Sequence[Written]) -> dict[int, str]:
    statement = select(_TRAINEE.c.id, _TRAINEE.c.id_number)
    found = rows_of(session, statement, _TRAINEE.c.id, [row.id for row in rows])
    return {row.id: row.id_number for row in found}


def _applied(session: Session, rows: Sequence[Written]) -> dict[int, tuple[str, str]]:
    statement = select(_APPLICATION.c.id, _APPLICATION.c.application_no, _TRAINEE.c.id_number).join(
        _TRAINEE, _TRAINEE.c.id == _APPLICATION.c.trainee_id
    )
    found = rows_of(session, statement, _APPLICATION.c.id, {row.id for row in rows})
    return {row.id: (row.application_no, row.id_number) for row in found}


def _barred(session: Session, rows: Sequence[Written]) -> dict[int, tuple[str, ...]]:
    statement = select(_BAR.c.id, _BAR.c.id_number, _BAR.c.kind, _BAR.c.from_date)
    found = rows_of(session, statement, _BAR.c.id, [row.id for row in rows])
    return {row.id: (row.id_number, row.kind, row.from_date) for row in found}


def _named(session: Session, rows: Sequence[Written]) -> dict[int, str]:
    statement = select(_EMPLOYER.c.id, _EMPLOYER.c.name)
    return {row.id: row.name for row in rows_of(session, statement, _EMPLOYER.c.id, [row.id for row in rows])}
