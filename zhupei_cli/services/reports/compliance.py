"""Whether each base's years keep the province's lines, each figure with the rows it comes from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, TypedDict

from sqlalchemy.orm import Session

from zhupei_cli.rules.batch.compliance_lines import VERDICTS, Line, read_lines
from zhupei_cli.rules.batch.lifecycle import PUBLISHED
from zhupei_cli.services.records.lookup import base_names
from zhupei_cli.services.reports.flat_frame import frame_of
from zhupei_cli.services.reports.years import Offered, batches_of_years, offered
from zhupei_cli.words.errors import ZhupeiError
from zhupei_cli.words.vocabulary import AdmissionStatus, Identity

_BACHELOR: Final = "21"
_OPEN: Final = (Identity.SOCIAL, Identity.ENTRUSTED)
#: Who was to come: the seated, and whoever held the seat until the day of check-in or left after it.
_CAME: Final = (AdmissionStatus.REPORTED, AdmissionStatus.QUIT)
_DUE: Final = (AdmissionStatus.NO_SHOW, AdmissionStatus.QUIT)
_KEYS: Final = ("year", "base", "specialty", "identity", "level", "graduated", "admission", "admitted")


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
    rows: str


#: A part and the whole it is of.
Part = tuple[int, int]


@dataclass(slots=True)
class _Year:
    """What is counted of one base in one year."""

    plan: dict[str, int] = field(default_factory=dict)
    shortage: set[str] = field(default_factory=set)
    admitted: dict[str, int] = field(default_factory=dict)
    open: int = 0
    bachelors: int = 0
    came: int = 0
    due: int = 0

    @property
    def seats(self) -> int:
        return sum(self.plan.values())

    @property
    def seated(self) -> int:
        return sum(self.admitted.values())


def lines_of(path: Path | None) -> list[Line]:
    """Return the lines of the province's own file, else those of the program; E001, E723."""
    if path is None:
        content = (files("zhupei_cli") / "data" / "compliance.csv").read_text("utf-8")
        return read_lines(content, "compliance.csv")
    try:
        return read_lines(path.read_text("utf-8-sig"), path.name)
    except FileNotFoundError as error:
        raise ZhupeiError("E001", file=path) from error
    except UnicodeDecodeError as error:
        raise ZhupeiError("E723", file=path.name, row=1, problem="不是 UTF-8 编码") from error


def compliance(
    session: Session, *, years: int, lines: Sequence[Line], base: str | None = None
) -> list[Figured]:
    """Return a row for each base (code), year and item: part, whole, value, verdict, and whence they come.

    Only years whose result is published. A verdict over several years is that of the worst; where a year
    lacks, there is none. Raises E720 without a batch.
    """
    longest = max((line.years for line in lines), default=1)
    span, batches = batches_of_years(session, years + longest - 1)
    batches = [batch for batch in batches if batch.status in PUBLISHED]
    known = _counted(frame_of(session, batches, _KEYS), offered(session, batches))
    told = {year: "、".join(one.code for one in batches if one.year == year) for year in span}
    labels = base_names(session).labels
    rows: list[Figured] = []
    for code in sorted({code for code, _ in known} if base is None else {base}):
        for year in span[-years:]:
            if told[year]:
                label = labels.get(code, code)
                rows += [_item(line, known, (code, label), year, told) for line in lines]
    return rows


def _counted(frame: Any, plan: Sequence[Offered]) -> dict[tuple[str, int], _Year]:
    """Return what each base has in each year; people are grouped by pandas first."""
    known: dict[tuple[str, int], _Year] = {}
    for one in plan:
        year = known.setdefault((one.base, one.year), _Year())
        year.plan[one.specialty] = year.plan.get(one.specialty, 0) + one.quota
        if one.shortage:
            year.shortage.add(one.specialty)
    people = frame[frame["base"].notna()].assign(
        fresh=lambda all: (all["level"] == _BACHELOR) & (all["graduated"] == all["year"])
    )
    groups = people.groupby(
        ["base", "year", "specialty", "identity", "fresh", "admission"], observed=True
    ).size()
    for (base, number, specialty, identity, fresh, status), size in groups.items():
        year, size = known.setdefault((base, int(number)), _Year()), int(size)
        if status in ("proposed", "admitted", "reported"):
            year.admitted[specialty] = year.admitted.get(specialty, 0) + size
            year.open += size * (identity in _OPEN)
            year.bachelors += size * bool(fresh)
            year.due += size
        year.due += size * (status in _DUE)
        year.came += size * (status in _CAME)
    return known


def _item(
    line: Line,
    known: Mapping[tuple[str, int], _Year],
    named: tuple[str, str],
    year: int,
    told: Mapping[int, str],
) -> Figured:
    base, label = named
    span = list(range(year - line.years + 1, year + 1))
    of = {one: known.get((base, one), _Year()) for one in span}
    values: list[float | None]
    if line.item == "zero_specialties":
        whole = all(told.get(one) for one in span)
        zero = _never(list(of.values())) if whole else []
        part, base_count = len(zero), len(of[year].plan)
        values = [float(part) if whole else None]
        value = values[0]
        never = "、".join(zero) or "无"
        rows = f"{span[0]}–{year} 年的招收计划和录取，年年有计划而没有录取的专业：{never}"
    else:
        part, base_count = _part(line, of[year])
        values = [_rate(_part(line, of[one])) if told.get(one) else None for one in span]
        value = values[-1]
        each = "；".join(f"{one} 年 {_WORDS[line.item].format(*_part(line, of[one]))}" for one in span)
        rows = f"批次 {told[year]}：{each}"
    verdict = line.verdict(values)
    return {
        "base": base,
        "base_label": label,
        "year": year,
        "item": line.item,
        "item_label": line.label,
        "part": part,
        "whole": base_count,
        "value": value,
        "line": line.line,
        "warning": line.warning,
        "verdict": verdict,
        "verdict_label": "" if verdict is None else VERDICTS[verdict],
        "weight": line.weight,
        "points": None if verdict is None else line.points(verdict),
        "rows": rows,
    }


_WORDS: Final = {
    "fill_rate": "录取 {0} 人，计划 {1} 人",
    "report_rate": "报到 {0} 人，应报到（录取、未报到、退培）{1} 人",
    "open_share": "面向社会和委托培养 {0} 人，录取 {1} 人",
    "fresh_bachelors": "当年毕业的本科 {0} 人，录取 {1} 人",
    "shortage_rate": "紧缺专业录取 {0} 人，计划 {1} 人",
    "general_rate": "所列专业录取 {0} 人，计划 {1} 人",
}


def _part(line: Line, year: _Year) -> Part:
    match line.item:
        case "fill_rate":
            return year.seated, year.seats
        case "report_rate":
            return year.came, year.due
        case "open_share":
            return year.open, year.seated
        case "fresh_bachelors":
            return year.bachelors, year.seated
        case "shortage_rate":
            return _done(year, year.shortage)
        case _:
            return _done(year, set(line.specialties))


def _done(year: _Year, specialties: set[str]) -> Part:
    # No more than the plan of each: what one specialty has over does not make up for another.
    planned = {code: year.plan[code] for code in specialties & year.plan.keys()}
    return sum(min(year.admitted.get(code, 0), plan) for code, plan in planned.items()), sum(planned.values())


def _rate(part: Part) -> float | None:
    return part[0] / part[1] if part[1] else None


def _never(years: Sequence[_Year]) -> list[str]:
    """Return the specialties that stood in the plan every year and admitted nobody in any."""
    planned = set.intersection(*(set(year.plan) for year in years))
    return sorted(code for code in planned if not any(year.admitted.get(code) for year in years))


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
