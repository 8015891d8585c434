"""Marks as the table of scores holds them: a number, 缺考, or nothing; and who has any.

A mark in the program is its hundredths, ABSENT, or None for one that was not given. Whoever has at least one
mark 有成绩, on every screen and in every report; 缺考 is counted apart.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, FromClause, Table, case, func, or_, select
from sqlalchemy.orm import Session

from zhupei_cli.model import Application, Batch, Score
from zhupei_cli.rules.scores import ABSENT, COMPONENTS, Mark
from zhupei_cli.vocabulary import ApplicationStatus

_SCORE: Table = Score.metadata.tables[Score.__tablename__]
_APPLICATION: Table = Score.metadata.tables[Application.__tablename__]

ABSENCES: Final = tuple(f"{name}_absent" for name in COMPONENTS)
#: The columns that hold the marks of a record.
MARK_COLUMNS: Final = (*COMPONENTS, *ABSENCES)

Marks = tuple[Mark, ...]  # in the order of COMPONENTS
NO_MARKS: Final[Marks] = (None,) * len(COMPONENTS)


def mark_columns(table: FromClause = _SCORE) -> list[ColumnElement[Any]]:
    """Return the columns whose values `marks_of` takes."""
    return [table.c[name] for name in MARK_COLUMNS]


def marks_of(values: Sequence[Any]) -> Marks:
    """Return the marks of a record from the values of MARK_COLUMNS."""
    half = len(COMPONENTS)
    return tuple(
        ABSENT if absent else mark for mark, absent in zip(values[:half], values[half:], strict=True)
    )


def values_of(marks: Iterable[Mark]) -> tuple[Any, ...]:
    """Return the values of MARK_COLUMNS for the marks of a record."""
    given = tuple(marks)
    return (
        *(None if mark == ABSENT else mark for mark in given),
        *(mark == ABSENT for mark in given),
    )


def has_mark(table: FromClause = _SCORE) -> ColumnElement[bool]:
    """Return the condition that a record has a mark at all."""
    return or_(*(table.c[name].is_not(None) for name in COMPONENTS))


def has_absence(table: FromClause = _SCORE) -> ColumnElement[bool]:
    """Return the condition that a record says 缺考 of a part at least."""
    return or_(*(table.c[name] for name in ABSENCES))


class Standing(NamedTuple):
    """Whether a person has any mark, and whether they were absent from any part, in whatever record."""

    marked: bool
    absent: bool


def standings(session: Session, batch: Batch) -> dict[str, Standing]:
    """Return number → standing of every approved application that has a mark or an absence."""
    rows = session.execute(
        select(
            _APPLICATION.c.application_no,
            func.max(case((has_mark(), 1), else_=0)),
            func.max(case((has_absence(), 1), else_=0)),
        )
        .join(_SCORE, _SCORE.c.application_id == _APPLICATION.c.id)
        .where(
            _APPLICATION.c.batch_id == batch.id,
            _APPLICATION.c.status == ApplicationStatus.APPROVED,
            or_(has_mark(), has_absence()),
        )
        .group_by(_APPLICATION.c.id, _APPLICATION.c.application_no)
    )
    return {number: Standing(bool(marked), bool(absent)) for number, marked, absent in rows}


def count_marked(session: Session, batch: Batch) -> int:
    """Return how many approved applications 有成绩."""
    statement = (
        select(func.count(_SCORE.c.application_id.distinct()))
        .join(_APPLICATION, _APPLICATION.c.id == _SCORE.c.application_id)
        .where(
            _APPLICATION.c.batch_id == batch.id,
            _APPLICATION.c.status == ApplicationStatus.APPROVED,
            has_mark(),
        )
    )
    return session.execute(statement).scalar_one()
