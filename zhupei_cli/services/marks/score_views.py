"""Marks looked at as a whole: who is to be marked, and how the totals spread."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from sqlalchemy import Select, Table, and_, select
from sqlalchemy.orm import Session

from zhupei_cli.model import Application, Batch, Choice, ExamSeat, Score
from zhupei_cli.rules.admission.scores import COMPONENTS, Record, Weights, mark_number, scoring, shown_mark
from zhupei_cli.rules.batch import settings
from zhupei_cli.services.batches.taking_part import takes_part
from zhupei_cli.services.marks.score_lines import applications_of
from zhupei_cli.services.marks.score_marks import NO_MARKS, Marks, mark_columns, marks_of
from zhupei_cli.services.records.lookup import settings_of, specialty_names

_TABLES = Application.metadata.tables
_APPLICATION: Table = _TABLES[Application.__tablename__]
_CHOICE: Table = _TABLES[Choice.__tablename__]
_SEAT: Table = _TABLES[ExamSeat.__tablename__]
_SCORE: Table = _TABLES[Score.__tablename__]

#: Lowest mark of each band, the highest band first; it takes the full mark in.
BANDS: Final = tuple(range(90, -1, -10))
_WIDTH, _HUNDREDTHS = 10, 100


def template_rows(session: Session, batch: Batch, *, base: str | None = None) -> list[dict[str, str]]:
    """Return the form of everybody who takes part, or of those with a choice at `base` (code), by number.

    The marks that are stored stand there, so that the sheet as it is changes nothing; `ticket` is there once
    seats are allotted.
    """
    rows = [
        {
            "application_no": no,
            **({"ticket": ticket} if ticket else {}),
            "name": name,
            "base": base or "",
            **_words(marks_of(values)),
        }
        for _, no, _, _, name, _, ticket, *values in session.execute(_marked(batch, base))
    ]
    return sorted(rows, key=lambda row: row["application_no"])


def _marked(batch: Batch, base: str | None) -> Select[*tuple[Any, ...]]:  # Any: marks and words
    """Return who takes part, with the marks of the common record, or of those of `base` its own."""
    statement = applications_of(batch).where(*takes_part(batch))
    if base is not None:
        chose = select(_CHOICE.c.application_id).where(
            _CHOICE.c.batch_id == batch.id, _CHOICE.c.base_code == base
        )
        statement = statement.where(_APPLICATION.c.id.in_(chose))
    of = _SCORE.c.record == (base or "")
    return (
        statement.outerjoin(_SCORE, and_(_SCORE.c.application_id == _APPLICATION.c.id, of))
        .outerjoin(_SEAT, _SEAT.c.application_id == _APPLICATION.c.id)
        .add_columns(_SEAT.c.ticket, *mark_columns())
    )


def _words(marks: Marks) -> dict[str, str]:
    words = (shown_mark(mark) for mark in marks)
    return {name: "" if word is None else str(word) for name, word in zip(COMPONENTS, words, strict=True)}


class Counted(NamedTuple):
    """The marks of one application that count at its first choice, in hundredths, with their total there."""

    specialty: str
    marks: Marks
    total: int | None
    weights: Weights


@dataclass(slots=True)
class _Spread:
    """The totals of one group, in hundredths, and how many have none."""

    absent: int = 0
    totals: list[int] = field(default_factory=list)

    def add(self, total: int | None) -> None:
        if total is None:
            self.absent += 1
        else:
            self.totals.append(total)


def list_bands(session: Session, batch: Batch) -> list[dict[str, object]]:
    """Return how the totals of who takes part spread: all of them, then by first-choice specialty.

    The total is the one at the base of the first choice. `mean` is rounded half-up to two decimals.
    """
    whole, by_specialty = _Spread(), dict[str, _Spread]()
    for one in counted_marks(session, batch):
        whole.add(one.total)
        by_specialty.setdefault(one.specialty, _Spread()).add(one.total)
    labels = specialty_names(session).labels
    return [
        _row(None, "全部", whole),
        *(_row(code, labels.get(code, code), spread) for code, spread in sorted(by_specialty.items())),
    ]


def counted_marks(session: Session, batch: Batch) -> Iterator[Counted]:
    """Yield everybody who takes part, by the marks that count at its first choice."""
    weights = settings.parse(settings_of(session, batch)).weights
    total = scoring(weights)
    scored = session.execute(
        select(_SCORE.c.application_id, _SCORE.c.base_code, *mark_columns())
        .join(_APPLICATION, _APPLICATION.c.id == _SCORE.c.application_id)
        .where(*takes_part(batch))
    ).all()
    records = {(row[0], row[1]): row for row in scored}
    first = session.execute(
        select(_CHOICE.c.application_id, _CHOICE.c.base_code, _CHOICE.c.specialty_code)
        .join(_APPLICATION, _APPLICATION.c.id == _CHOICE.c.application_id)
        .where(*takes_part(batch), _CHOICE.c.number == 1)
    )
    for id_, base, specialty in first.all():
        row = records.get((id_, base)) or records.get((id_, None))
        if row is None:
            yield Counted(specialty, NO_MARKS, None, weights)
        else:
            yield Counted(specialty, marks_of(row[2:]), total(Record(*row[1:5])), weights)


def _row(code: str | None, label: str, spread: _Spread) -> dict[str, object]:
    totals = spread.totals
    counts = dict.fromkeys(BANDS, 0)
    for total in totals:
        counts[min(total // _HUNDREDTHS // _WIDTH * _WIDTH, BANDS[0])] += 1
    count = len(totals)
    mean = (2 * sum(totals) + count) // (2 * count) if count else None
    return {
        "specialty": code,
        "specialty_label": label,
        "candidates": count + spread.absent,
        "absent": spread.absent,
        "mean": mark_number(mean),
        "highest": mark_number(max(totals, default=None)),
        "lowest": mark_number(min(totals, default=None)),
        **{f"from_{band}": counts[band] for band in BANDS},
    }
