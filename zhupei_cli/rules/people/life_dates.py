"""The days of a life against each other and against today: what cannot have been, and what is unlikely."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from zhupei_cli.rules.people.dates import (
    BIRTH,
    GRADUATION,
    WORK_END,
    WORK_SPAN,
    YOUNGEST,
    Month,
    Span,
    age_on,
)
from zhupei_cli.rules.people.fields import FieldValues
from zhupei_cli.words.codes import LEVEL, LEVEL_RANK
from zhupei_cli.words.errors import Fault

_BACHELOR: Final = LEVEL.parse("本科")


def date_faults(
    person: FieldValues,
    educations: Sequence[FieldValues],
    works: Sequence[FieldValues],
    today: date,
    top: FieldValues | None,
) -> Iterator[Fault]:
    """Yield what is wrong with the dates of one person; `top` is the entry of the highest education."""
    born = person.get("birth_date")
    if _is_common(born, educations, works, top, today.year):
        return
    if born is not None:
        yield from _of_birth(born, today)
    for entry in educations:
        if (day := entry.get("graduated_on")) is not None:
            # As its column is called: of the highest education, 本科毕业时间 would be another one.
            label = "毕业时间" if entry is top else f"{_level(entry)}毕业时间"
            field = "bachelor_graduated_on" if entry is not top and _is_bachelor(entry) else "graduated_on"
            yield from _about(_of_day(label, field, day, GRADUATION, born, today), entry)
    if len(educations) > 1 and top is not None:
        yield from _in_order(educations, top)
    for entry in works:
        yield from _about(_of_work(entry, born, today), entry)


def _is_common(
    born: date | None,
    educations: Sequence[FieldValues],
    works: Sequence[FieldValues],
    top: FieldValues | None,
    year: int,
) -> bool:
    """Return whether one look at the years is enough, as it is for nearly everybody."""
    if born is None or isinstance(born, Month) or not BIRTH.first <= born.year < year:
        return False
    last = top and top.get("graduated_on")
    grown, until = born.year + YOUNGEST + 1, last.year if last else year
    if until > year:
        return False
    for entry in educations:
        if (day := entry.get("graduated_on")) is not None and not (
            grown <= day.year <= until and day.year >= GRADUATION.first
        ):
            return False
    for entry in works:
        start, end = entry.get("from_date"), entry.get("to_date")
        if start is not None and not (grown <= start.year <= year and start.year >= WORK_SPAN.first):
            return False
        first = max(grown, WORK_END.first) if start is None else start.year + 1
        if end is not None and not first <= end.year <= year:
            return False
    return True


def _about(faults: Iterable[Fault], entry: FieldValues) -> Iterator[Fault]:
    return (replace(fault, about=(entry,)) for fault in faults)


def _is_bachelor(entry: FieldValues) -> bool:
    return bool(entry.get("level") == _BACHELOR)


def _level(entry: FieldValues) -> str:
    level = entry.get("level")
    return "" if level is None else LEVEL.label(level)


def _of_birth(born: date, today: date) -> Iterator[Fault]:
    if isinstance(born, Month):
        yield Fault("E129", "birth_date", values={"value": born})
    elif born > today:
        yield Fault("E156", "birth_date", values={"value": born})
    elif not BIRTH.holds(born, today):
        yield _outside("出生日期", "birth_date", born, BIRTH, today)


def _of_day(label: str, field: str, day: date, span: Span, born: date | None, today: date) -> Iterator[Fault]:
    if not span.holds(day, today):
        yield _outside(label, field, day, span, today)
    elif born is not None and born <= today and age_on(born, day) < YOUNGEST:
        yield Fault("E127", field, values={"label": label, "value": day, "youngest": YOUNGEST})


def _outside(label: str, field: str, day: date, span: Span, today: date) -> Fault:
    values = {"label": label, "value": day, "first": span.first, "last": span.last(today)}
    return Fault("E126", field, values=values)


def _in_order(educations: Sequence[FieldValues], top: FieldValues) -> Iterator[Fault]:
    last = top.get("graduated_on")
    rank = LEVEL_RANK.get(top["level"], 0)
    for entry in educations:
        day = entry.get("graduated_on")
        lower = entry["level"] is not None and LEVEL_RANK[entry["level"]] < rank
        if day is not None and last is not None and lower and day.year > last.year:
            field = "bachelor_graduated_on" if _is_bachelor(entry) else "graduated_on"
            values = {"lower": _level(entry), "first": day, "higher": _level(top), "last": last}
            yield Fault("E128", field, "warning", values, (entry, top))


def _of_work(entry: FieldValues, born: date | None, today: date) -> Iterator[Fault]:
    start, end = entry.get("from_date"), entry.get("to_date")
    if start is not None:
        yield from _of_day("起始时间", "from_date", start, WORK_SPAN, born, today)
    if end is not None:
        yield from _of_day("终止时间", "to_date", end, WORK_END, born, today)
    if start is not None and end is not None and start > end and not _same_month(start, end):
        yield Fault("E182", "to_date", values={"first": start, "last": end})


def _same_month(start: date, end: date) -> bool:
    """Return whether a work of one month is told by two dates of which one has no day."""
    months = isinstance(start, Month) or isinstance(end, Month)
    return months and (start.year, start.month) == (end.year, end.month)
