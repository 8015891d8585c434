"""Whether each base's years keep the province's lines, each figure with the rows it comes from."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, TypedDict

from sqlalchemy.orm import Session

from zhupei_cli.model import Batch
from zhupei_cli.rules.batch.compliance_figures import YearCounts, YearsTold, figure
from zhupei_cli.rules.batch.compliance_lines import VERDICTS, ComplianceLine, FindSpecialty, read_lines
from zhupei_cli.rules.batch.lifecycle import PUBLISHED, SEATED
from zhupei_cli.services.records.lookup import base_names, specialty_names
from zhupei_cli.services.reports.flat_frame import frame_of
from zhupei_cli.services.reports.years import Offered, batches_of_years, offered
from zhupei_cli.words.errors import ZhupeiError
from zhupei_cli.words.vocabulary import AdmissionStatus, Identity

if TYPE_CHECKING:
    from pandas import DataFrame


SHIPPED: Final = "compliance.csv"
_BACHELOR: Final = "21"
_OPEN: Final = (Identity.SOCIAL, Identity.ENTRUSTED)
#: Who was to come: the seated, and whoever held the seat until the day of check-in or left after it.
_CAME: Final = (AdmissionStatus.REPORTED, AdmissionStatus.QUIT)
_DUE: Final = (AdmissionStatus.NO_SHOW, AdmissionStatus.QUIT)
_KEYS: Final = (
    "year",
    "base",
    "specialty",
    "identity",
    "level",
    "graduated",
    "train_years",
    "admission",
    "admitted",
)


class Figured(TypedDict):
    """One item of one base in one year, as JSON shows it; `rows` says what it was counted from."""

    base: str
    base_label: str
    year: int
    item: str
    item_label: str
    part: int
    whole: int
    value: float | None
    line: float | None
    warning: float | None
    verdict: str | None
    verdict_label: str
    weight: float
    points: float | None
    deciding_year: int | None
    deciding_value: float | None
    rows: str


def province_lines(path: Path | None, find: FindSpecialty = str) -> list[ComplianceLine]:
    """Return the lines of the province's own file, else those of the program; E001, E036, E723.

    `find` says which specialty a word of the file means.
    """
    if path is None:
        return read_lines(shipped_lines(), SHIPPED)
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise ZhupeiError("E001", file=path) from error
    for encoding in ("utf-8-sig", "gb18030"):
        with suppress(UnicodeDecodeError):
            return read_lines(content.decode(encoding), path.name, find)
    raise ZhupeiError("E036", file=path.name)


def shipped_lines() -> str:
    """Return the file of lines that comes with the program."""
    return (files("zhupei_cli") / "data" / SHIPPED).read_text("utf-8")


class JudgedYears(NamedTuple):
    """The rows, and the batches of the years asked for whose result is not published yet."""

    rows: list[Figured]
    waiting: Mapping[int, Sequence[str]]


def compliance(
    session: Session, *, years: int, lines: Sequence[ComplianceLine], base: str | None = None
) -> JudgedYears:
    """Return a row for each base (code), year and item: part, whole, value, verdict, and whence they come.

    Only years whose result is published. A verdict over several years is that of the worst; where a year
    lacks, there is none. Raises E720 without a batch.
    """
    longest = max((line.years for line in lines), default=1)
    span, all_batches = batches_of_years(session, years + longest - 1)
    batches = [batch for batch in all_batches if batch.status in PUBLISHED]
    waiting = [batch for batch in all_batches if batch.status not in PUBLISHED]
    known = _counted(frame_of(session, batches, _KEYS), offered(session, batches))
    told = YearsTold(_by_year(batches), _by_year(waiting), specialty_names(session).labels)
    labels = base_names(session).labels
    rows: list[Figured] = []
    for code in sorted({code for code, _ in known} if base is None else {base}):
        for year in span[-years:]:
            if told.published.get(year):
                label = labels.get(code, code)
                rows += [_item(line, known, (code, label), year, told) for line in lines]
    return JudgedYears(rows, {year: codes for year, codes in told.waiting.items() if year in span[-years:]})


def _by_year(batches: Sequence[Batch]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for batch in batches:
        found.setdefault(batch.year, []).append(batch.code)
    return found


def _counted(frame: "DataFrame", plan: Sequence[Offered]) -> dict[tuple[str, int], YearCounts]:
    """Return what each base has in each year; people are grouped by pandas first."""
    known: dict[tuple[str, int], YearCounts] = {}
    for one in plan:
        year = known.setdefault((one.base, one.year), YearCounts())
        if one.quota:  # a place that was stopped or had no seat is no plan
            year.plan[one.specialty] = year.plan.get(one.specialty, 0) + one.quota
            if one.shortage:
                year.shortage.add(one.specialty)
        if one.capacity is not None:
            year.capacity[one.specialty] = one.capacity
    people = frame[frame["base"].notna()].assign(
        fresh=lambda all: (all["level"] == _BACHELOR) & (all["graduated"] == all["year"])
    )
    groups = people.groupby(
        ["base", "year", "specialty", "identity", "fresh", "train_years", "admission"], observed=True
    ).size()
    for (base, number, specialty, identity, fresh, years, status), size in groups.items():
        year, size = known.setdefault((base, int(number)), YearCounts()), int(size)
        if status in SEATED:
            year.admitted[specialty] = year.admitted.get(specialty, 0) + size
            stay = (specialty, int(years))
            year.training[stay] = year.training.get(stay, 0) + size
            year.open += size * (identity in _OPEN)
            year.bachelors += size * bool(fresh)
            year.due += size
        year.due += size * (status in _DUE)
        year.came += size * (status in _CAME)
        year.left += size * (status == AdmissionStatus.QUIT)
        year.missed += size * (status == AdmissionStatus.NO_SHOW)
    return known


def _item(
    line: ComplianceLine,
    known: Mapping[tuple[str, int], YearCounts],
    named: tuple[str, str],
    year: int,
    told: YearsTold,
) -> Figured:
    base, label = named
    of = {one: known.get((base, one), YearCounts()) for one in range(year - line.years + 1, year + 1)}
    part, whole, values, rows = figure(line, of, told)
    verdict, at = line.verdict(values), line.worst(values)
    return {
        "base": base,
        "base_label": label,
        "year": year,
        "item": line.item,
        "item_label": line.label,
        "part": part,
        "whole": whole,
        "value": values[-1],
        "line": line.line,
        "warning": line.warning,
        "verdict": verdict,
        "verdict_label": "" if verdict is None else VERDICTS[verdict],
        "weight": line.weight,
        "points": None if verdict is None else line.points(verdict),
        "deciding_year": None if verdict is None or at is None else list(of)[at - len(values)],
        "deciding_value": None if verdict is None or at is None else values[at],
        "rows": rows,
    }


def scores_of(rows: Sequence[Figured]) -> dict[tuple[str, int], float | None]:
    """Return (base, year) → its points of a hundred, over the items that were judged."""
    sums: dict[tuple[str, int], list[float]] = {}
    for row in rows:
        both = sums.setdefault((row["base"], row["year"]), [0.0, 0.0])
        if row["points"] is not None:
            both[0] += row["points"]
            both[1] += row["weight"]
    return {key: round(100 * got / most, 1) if most else None for key, (got, most) in sums.items()}


def short(rows: Sequence[Figured]) -> list[Figured]:
    """Return the rows that fall short of their line."""
    return [row for row in rows if row["verdict"] in ("below", "warned")]
