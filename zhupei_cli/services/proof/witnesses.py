"""The digests of rows as they stand now: what events were given of them, and what a check compares."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from sqlalchemy import Column, Select, Table, select
from sqlalchemy.orm import Session

from zhupei_cli.model import Application, Bar, Base, Objection, Plan, Score, Trainee
from zhupei_cli.rules.proof.digests import named_digest, row_digest
from zhupei_cli.services.applications.store import Form, form_digest, load_choices
from zhupei_cli.services.batches.plans import TERMS
from zhupei_cli.services.marks.score_marks import mark_columns, marks_of
from zhupei_cli.services.people.profiles import load_profiles_by_id, profile_digest
from zhupei_cli.store.bulk import in_chunks, rows_of

_TABLES: Final = Base.metadata.tables
_APPLICATION: Table = _TABLES[Application.__tablename__]
_BAR: Table = _TABLES[Bar.__tablename__]
_OBJECTION: Table = _TABLES[Objection.__tablename__]
_PLAN: Table = _TABLES[Plan.__tablename__]
_SCORE: Table = _TABLES[Score.__tablename__]
_TRAINEE: Table = _TABLES[Trainee.__tablename__]

#: Ids or codes of a table, None for all of them. Any: each table has keys of its own kind.
Keys = Iterable[Any] | None
#: Batch (None for what belongs to none), what events call the row, its digest.
Witness = tuple[int | None, str, str]
_ROWS_AT_ONCE: Final = 5_000


def _rows(
    session: Session,
    statement: Select[*tuple[object, ...]],
    column: Column[Any],
    keys: Iterable[object] | None,
) -> Iterator[Any]:
    if keys is not None:
        return iter(rows_of(session, statement, column, keys))
    return iter(session.execute(statement.execution_options(yield_per=_ROWS_AT_ONCE)))


def _people(session: Session, keys: Iterable[int] | None) -> Iterator[Witness]:
    ids = session.execute(select(_TRAINEE.c.id).order_by(_TRAINEE.c.id)).scalars() if keys is None else keys
    for chunk in in_chunks(list(ids)):
        for id_, profile in load_profiles_by_id(session, chunk).items():
            yield None, f"trainee {id_}", profile_digest(profile)


def _forms(session: Session, keys: Iterable[int] | None) -> Iterator[Witness]:
    names = ("id", "application_no", "batch_id", "trainee_id", "identity", "source_type", "train_years")
    statement = select(*(_APPLICATION.c[name] for name in names), _APPLICATION.c.accept_adjust)
    for chunk in in_chunks(_rows(session, statement, _APPLICATION.c.id, keys)):
        choices = load_choices(session, [row.id for row in chunk])
        for row in chunk:
            wanted = (row.identity, row.source_type, row.train_years, row.accept_adjust)
            form = Form(*wanted, choices.get(row.id, ()))
            yield row.batch_id, row.application_no, form_digest(row.trainee_id, form)


def _marks(session: Session, keys: Iterable[int] | None) -> Iterator[Witness]:
    statement = select(
        _APPLICATION.c.batch_id, _APPLICATION.c.application_no, _SCORE.c.record, *mark_columns()
    ).join(_APPLICATION, _APPLICATION.c.id == _SCORE.c.application_id)
    for batch, number, of, *values in _rows(session, statement, _SCORE.c.application_id, keys):
        yield batch, f"{number}/{of}" if of else number, row_digest(marks_of(values))


def _places(session: Session, keys: Iterable[int] | None) -> Iterator[Witness]:
    """Yield the places of plans; `keys` are batches."""
    columns = (_PLAN.c.batch_id, _PLAN.c.base_code, _PLAN.c.specialty_code)
    statement = select(*columns, *(_PLAN.c[name] for name in TERMS))
    for batch, base, specialty, *terms in _rows(session, statement, _PLAN.c.batch_id, keys):
        yield batch, f"{base}/{specialty}", named_digest(dict(zip(TERMS, terms, strict=True)))


def _entries(name: str, called: str) -> Callable[[Session, Keys], Iterator[Witness]]:
    table = _TABLES[name]
    key = table.c.id if "id" in table.c else table.c.code

    def witnesses(session: Session, keys: Keys) -> Iterator[Witness]:
        for row in _rows(session, select(table), key, keys):
            yield None, getattr(row, called), named_digest(row._mapping)

    return witnesses


def _bars(session: Session, keys: Iterable[int] | None) -> Iterator[Witness]:
    for row in _rows(session, select(_BAR), _BAR.c.id, keys):
        yield None, f"bar {row.id}", named_digest(row._mapping)


def _objections(session: Session, keys: Iterable[int] | None) -> Iterator[Witness]:
    """Yield the objections; `keys` are batches."""
    for row in _rows(session, select(_OBJECTION), _OBJECTION.c.batch_id, keys):
        yield row.batch_id, f"objection {row.id}", named_digest(row._mapping)


#: By the kind of row: its witnesses, of all rows or of those with the given ids (of plans and
#: objections: of batches).
WITNESSES: Final[Mapping[str, Callable[[Session, Keys], Iterator[Witness]]]] = {
    "base": _entries("base", "code"),
    "specialty": _entries("specialty", "code"),
    "employer": _entries("employer", "name"),
    "plan": _places,
    "trainee": _people,
    "application": _forms,
    "score": _marks,
    "bar": _bars,
    "objection": _objections,
}
