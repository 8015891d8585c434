"""Marks as the table of scores holds them: a number, 缺考, or nothing; and who has any.

A mark in the program is its hundredths, ABSENT_PART, or None for one that was not given. Whoever has at
least one mark 有成绩, on every screen and in every report; 缺考 is counted apart.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from sqlalchemy import ColumnElement, Table, and_, func, or_, select
from sqlalchemy.orm import Session

from zhupei_cli.model import Application, Batch, Score
from zhupei_cli.rules.admission.run import Reason
from zhupei_cli.rules.admission.scores import ABSENT_PART, COMPONENTS, Mark, lacking
from zhupei_cli.rules.batch import settings
from zhupei_cli.rules.proof.explanation_words import no_total
from zhupei_cli.services.applications.store import load_choices
from zhupei_cli.services.batches.taking_part import takes_part
from zhupei_cli.services.records.lookup import settings_of
from zhupei_cli.store.bulk import rows_of
from zhupei_cli.words.vocabulary import WITHOUT_SEAT

_SCORE: Table = Score.metadata.tables[Score.__tablename__]
_APPLICATION: Table = Score.metadata.tables[Application.__tablename__]

ABSENCES: Final = tuple(f"{name}_absent" for name in COMPONENTS)
#: The columns that hold the marks of a record.
MARK_COLUMNS: Final = (*COMPONENTS, *ABSENCES)

Marks = tuple[Mark, ...]  # in the order of COMPONENTS
NO_MARKS: Final[Marks] = (None,) * len(COMPONENTS)


def mark_columns() -> list[ColumnElement[object]]:
    """Return the columns whose values `marks_of` takes."""
    return [_SCORE.c[name] for name in MARK_COLUMNS]


def marks_of(values: Sequence[int | bool | None]) -> Marks:
    """Return the marks of a record from the values of MARK_COLUMNS."""
    half = len(COMPONENTS)
    return tuple(
        ABSENT_PART if absent else mark for mark, absent in zip(values[:half], values[half:], strict=True)
    )


def values_of(marks: Iterable[Mark]) -> tuple[object, ...]:
    """Return the values of MARK_COLUMNS for the marks of a record."""
    given = tuple(marks)
    return (
        *(None if mark == ABSENT_PART else mark for mark in given),
        *(mark == ABSENT_PART for mark in given),
    )


def has_mark() -> ColumnElement[bool]:
    """Return the condition that a record has a mark at all."""
    return or_(*(_SCORE.c[name].is_not(None) for name in COMPONENTS))


def has_absence() -> ColumnElement[bool]:
    """Return the condition that a record says 缺考 of a part at least."""
    return or_(*(_SCORE.c[name] for name in ABSENCES))


def absences(session: Session, batch: Batch) -> dict[str, dict[str | None, Marks]]:
    """Return number → base (None: the common record) → marks, of approved people's records with 缺考."""
    rows = session.execute(
        select(_APPLICATION.c.application_no, _SCORE.c.base_code, *mark_columns())
        .join(_SCORE, _SCORE.c.application_id == _APPLICATION.c.id)
        .where(*takes_part(batch), has_absence())
    )
    found: dict[str, dict[str | None, Marks]] = {}
    for number, base, *values in rows:
        found.setdefault(number, {})[base] = marks_of(values)
    return found


def no_total_labels(session: Session, batch: Batch, ids: Iterable[int]) -> dict[int, str]:
    """Return application id → why there is no total at any choice: 缺考, 没有成绩 or 成绩不全."""
    weights = settings.parse(settings_of(session, batch)).weights
    wanted = list(ids)
    choices, records = load_choices(session, wanted), load_marks(session, wanted)
    return {
        id_: no_total([counting(records.get(id_, {}), base) for base, _ in choices.get(id_, ())], weights)
        for id_ in wanted
    }


def load_marks(session: Session, ids: Iterable[int]) -> dict[int, dict[str | None, Marks]]:
    """Return application id → base (None: the common record) → marks."""
    statement = select(_SCORE.c.application_id, _SCORE.c.base_code, *mark_columns())
    records: dict[int, dict[str | None, Marks]] = {}
    for id_, base, *values in rows_of(session, statement, _SCORE.c.application_id, ids):
        records.setdefault(id_, {})[base] = marks_of(values)
    return records


def counting(records: Mapping[str | None, Marks], base: str) -> Marks:
    """Return the marks that count at `base`: its own record stands for the common one entirely."""
    return records.get(base) or records.get(None) or NO_MARKS


def reason_labels(session: Session, batch: Batch, reasons: Mapping[int, str | None]) -> dict[int, str]:
    """Return application id → why there is no seat, in words, for those whose `reasons` are not None."""
    labels = {id_: WITHOUT_SEAT.label(reason) for id_, reason in reasons.items() if reason}
    if back := [id_ for id_, reason in reasons.items() if reason == "returned"]:
        parent = session.get_one(Batch, batch.parent_id).code
        labels |= dict.fromkeys(back, f"{WITHOUT_SEAT.label('returned')} {parent}")
    absent = [id_ for id_, reason in reasons.items() if reason == Reason.ABSENT]
    return labels | (no_total_labels(session, batch, absent) if absent else {})


def count_marked(session: Session, batch: Batch) -> int:
    """Return how many who take part 有成绩."""
    return _count(session, batch, has_mark())


def count_absent(session: Session, batch: Batch) -> int:
    """Return how many who take part say 缺考 of a part at least."""
    return _count(session, batch, has_absence())


def count_unmarked(session: Session, batch: Batch) -> int:
    """Return how many who take part have neither a mark nor an absence."""
    told = select(_SCORE.c.application_id).where(
        _SCORE.c.application_id == _APPLICATION.c.id, or_(has_mark(), has_absence())
    )
    statement = select(func.count()).select_from(_APPLICATION).where(*takes_part(batch), ~told.exists())
    return session.execute(statement).scalar_one()


def count_incomplete(session: Session, batch: Batch) -> int:
    """Return how many who take part 有成绩 and yet no total at any choice, without an absence to explain it.

    As E482 counts them, before a run.
    """
    weights = settings.parse(settings_of(session, batch)).weights
    weighed = [
        name for name, weight in zip(COMPONENTS, weights.scaled(), strict=False) if weight
    ]  # scaled ends with their sum
    lacks = or_(*(and_(_SCORE.c[name].is_(None), ~_SCORE.c[f"{name}_absent"]) for name in weighed))
    own = select(_SCORE.c.application_id).where(_SCORE.c.application_id == _APPLICATION.c.id)
    # A whole record of a base alone counts nowhere else.
    doubtful = or_(own.where(lacks).exists(), ~own.where(_SCORE.c.base_code.is_(None)).exists())
    statement = select(_APPLICATION.c.id).where(*takes_part(batch), own.where(has_mark()).exists(), doubtful)
    if not (some := list(session.execute(statement).scalars())):
        return 0
    choices, records = load_choices(session, some), load_marks(session, some)
    found = 0
    for id_ in some:
        marks = (counting(records.get(id_, {}), base) for base, _ in choices.get(id_, ()))
        found += all(blank and not absent for absent, blank in (lacking(one, weights) for one in marks))
    return found


def _count(session: Session, batch: Batch, condition: ColumnElement[bool]) -> int:
    statement = (
        select(func.count(_SCORE.c.application_id.distinct()))
        .join(_APPLICATION, _APPLICATION.c.id == _SCORE.c.application_id)
        .where(*takes_part(batch), condition)
    )
    return session.execute(statement).scalar_one()
