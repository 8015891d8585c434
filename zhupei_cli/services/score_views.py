"""Marks looked at as a whole: who is to be marked, and how the totals spread."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from zhupei_cli.model import Application, Batch, Choice, Score
from zhupei_cli.rules import settings
from zhupei_cli.rules.scores import COMPONENTS, Record, mark_number, scoring
from zhupei_cli.services.lookup import settings_of, specialty_names
from zhupei_cli.services.score_lines import applications_of
from zhupei_cli.vocabulary import ApplicationStatus

_TABLES = Application.metadata.tables
_APPLICATION: Table = _TABLES[Application.__tablename__]
_CHOICE: Table = _TABLES[Choice.__tablename__]
_SCORE: Table = _TABLES[Score.__tablename__]

#: Lowest mark of each band, the highest band first; it takes the full mark in.
BANDS: Final = tuple(range(90, -1, -10))
_WIDTH, _HUNDREDTHS = 10, 100


def template_rows(session: Session, batch: Batch, *, base: str | None = None) -> list[tuple[str, str]]:
    """Return number and name of every approved application, or of those with a choice at `base` (code)."""
    statement = applications_of(batch).where(_APPLICATION.c.status == ApplicationStatus.APPROVED)
    if base is not None:
        chose = select(_CHOICE.c.application_id).where(
            _CHOICE.c.batch_id == batch.id, _CHOICE.c.base_code == base
        )
        statement = statement.where(_APPLICATION.c.id.in_(chose))
    return sorted((row.application_no, row.name) for row in session.execute(statement))


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


def list_bands(session: Session, batch: Batch) -> list[dict[str, Any]]:
    """Return how the totals of approved applications spread: all of them, then by first-choice specialty.

    The total is the one at the base of the first choice. `mean` is rounded half-up to two decimals.
    """
    whole, by_specialty = _Spread(), dict[str, _Spread]()
    for specialty, total in _totals(session, batch):
        whole.add(total)
        by_specialty.setdefault(specialty, _Spread()).add(total)
    labels = specialty_names(session).labels
    return [
        _row(None, "全部", whole),
        *(_row(code, labels.get(code, code), spread) for code, spread in sorted(by_specialty.items())),
    ]


def _totals(session: Session, batch: Batch) -> Iterable[tuple[str, int | None]]:
    """Yield specialty and total of each approved application at its first choice."""
    total = scoring(settings.parse(settings_of(session, batch)).weights)
    approved = (_APPLICATION.c.batch_id == batch.id, _APPLICATION.c.status == ApplicationStatus.APPROVED)
    marks = [_SCORE.c[name] for name in COMPONENTS]
    scored = session.execute(
        select(_SCORE.c.application_id, _SCORE.c.base_code, *marks)
        .join(_APPLICATION, _APPLICATION.c.id == _SCORE.c.application_id)
        .where(*approved)
    )
    records = {(id_, base): Record(base, *given) for id_, base, *given in scored}
    first = session.execute(
        select(_CHOICE.c.application_id, _CHOICE.c.base_code, _CHOICE.c.specialty_code)
        .join(_APPLICATION, _APPLICATION.c.id == _CHOICE.c.application_id)
        .where(*approved, _CHOICE.c.number == 1)
    )
    for id_, base, specialty in first:
        record = records.get((id_, base)) or records.get((id_, None))
        yield specialty, None if record is None else total(record)


def _row(code: str | None, label: str, spread: _Spread) -> dict[str, Any]:
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
