"""Whether each base's years keep the province's lines, each figure with the rows it comes from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, TypedDict

from sqlalchemy.orm import Session

from zhupei_cli.rules.batch.compliance_lines import VERDICTS, ComplianceLine, read_lines
from zhupei_cli.rules.batch.lifecycle import PUBLISHED, SEATED
from zhupei_cli.services.records.lookup import base_names
from zhupei_cli.services.reports.flat_frame import frame_of
from zhupei_cli.services.reports.years import Offered, batches_of_years, offered
from zhupei_cli.words.errors import ZhupeiError
from zhupei_cli.words.vocabulary import AdmissionStatus, Identity

if TYPE_CHECKING:
    from pandas import DataFrame


_BACHELOR: Final = "21"
_OPEN: Final = (Identity.SOCIAL, Identity.ENTRUSTED)
#: Who was to come: the seated, and whoever held the seat until the day of check-in or left after it.
_CAME: Final = (AdmissionStatus.REPORTED, AdmissionStatus.QUIT)
_DUE: Final = (AdmissionStatus.NO_SHOW, AdmissionStatus.QUIT)
_KEYS: Final = (
    *("year", "base", "specialty", "identity", "level", "graduated", "train_years"),
    *("admission", "admitted"),
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
    rows: str


#: A part and the whole it is of.
_Part = tuple[int, int]


class _Counts(NamedTuple):
    """An item counted: part and whole of the last year, the values of the years, whence they come."""

    part: int
    whole: int
    values: list[float | None]
    rows: str


@dataclass(slots=True)
class _Year:
    """What is counted of one base in one year."""

    plan: dict[str, int] = field(default_factory=dict)
    shortage: set[str] = field(default_factory=set)
    capacity: dict[str, int] = field(default_factory=dict)
    admitted: dict[str, int] = field(default_factory=dict)
    training: dict[tuple[str, int], int] = field(default_factory=dict)
    """(specialty, years of training) → who holds a seat"""
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


def province_lines(path: Path | None) -> list[ComplianceLine]:
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
    session: Session, *, years: int, lines: Sequence[ComplianceLine], base: str | None = None
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


def _counted(frame: "DataFrame", plan: Sequence[Offered]) -> dict[tuple[str, int], _Year]:
    """Return what each base has in each year; people are grouped by pandas first."""
    known: dict[tuple[str, int], _Year] = {}
    for one in plan:
        year = known.setdefault((one.base, one.year), _Year())
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
        year, size = known.setdefault((base, int(number)), _Year()), int(size)
        if status in SEATED:
            year.admitted[specialty] = year.admitted.get(specialty, 0) + size
            stay = (specialty, int(years))
            year.training[stay] = year.training.get(stay, 0) + size
            year.open += size * (identity in _OPEN)
            year.bachelors += size * bool(fresh)
            year.due += size
        year.due += size * (status in _DUE)
        year.came += size * (status in _CAME)
    return known


def _item(
    line: ComplianceLine,
    known: Mapping[tuple[str, int], _Year],
    named: tuple[str, str],
    year: int,
    told: Mapping[int, str],
) -> Figured:
    base, label = named
    of = {one: known.get((base, one), _Year()) for one in range(year - line.years + 1, year + 1)}
    how = {"zero_specialties": _zero, "over_capacity": _over}.get(line.item, _rates)
    part, whole, values, rows = how(line, of, told)
    verdict = line.verdict(values)
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
        "rows": rows,
    }


def _rates(line: ComplianceLine, of: Mapping[int, _Year], told: Mapping[int, str]) -> _Counts:
    part, whole = _part(line, of[max(of)])
    values = [_rate(_part(line, one)) if told.get(year) else None for year, one in of.items()]
    each = "；".join(f"{year} 年 {_WORDS[line.item].format(*_part(line, one))}" for year, one in of.items())
    return _Counts(part, whole, values, f"批次 {told[max(of)]}：{each}")


def _zero(_line: ComplianceLine, of: Mapping[int, _Year], told: Mapping[int, str]) -> _Counts:
    whole = all(told.get(year) for year in of)
    zero = _never(list(of.values())) if whole else []
    never = "、".join(zero) or "无"
    rows = f"{min(of)}–{max(of)} 年的招收计划和录取，年年有计划而没有录取的专业：{never}"
    return _Counts(len(zero), len(of[max(of)].plan), [float(len(zero)) if whole else None], rows)


def _over(_line: ComplianceLine, of: Mapping[int, _Year], told: Mapping[int, str]) -> _Counts:
    """Count who is beyond the capacity of a specialty: what one has free does not make up for another."""
    capacity = of[max(of)].capacity
    if not capacity:
        return _Counts(0, 0, [None], f"批次 {told[max(of)]}：招收计划没有填写培训容量")
    there = {
        code: sum(
            size
            for year, one in of.items()
            for (specialty, years), size in one.training.items()
            if specialty == code and year + years > max(of)
        )
        for code in capacity
    }
    over = {code: there[code] - most for code, most in sorted(capacity.items()) if there[code] > most}
    named = "、".join(f"{code} 超 {count} 人" for code, count in over.items()) or "没有超出的专业"
    counted = "、".join(str(year) for year in of if told.get(year))
    most = sum(capacity.values())
    stay = f"{counted} 年录取、{max(of)} 年仍在培 {sum(there.values())} 人"
    rows = f"有培训容量的专业：{stay}，容量 {most} 人，{named}"
    return _Counts(sum(over.values()), most, [float(sum(over.values()))], rows)


_WORDS: Final = {
    "fill_rate": "录取 {0} 人，计划 {1} 人",
    "report_rate": "报到 {0} 人，应报到（录取、未报到、退培）{1} 人",
    "open_share": "面向社会和委托培养 {0} 人，录取 {1} 人",
    "fresh_bachelors": "当年毕业的本科 {0} 人，录取 {1} 人",
    "shortage_rate": "紧缺专业录取 {0} 人，计划 {1} 人",
    "general_rate": "所列专业录取 {0} 人，计划 {1} 人",
}


def _part(line: ComplianceLine, year: _Year) -> _Part:
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


def _done(year: _Year, specialties: set[str]) -> _Part:
    # No more than the plan of each: what one specialty has over does not make up for another.
    planned = {code: year.plan[code] for code in specialties & year.plan.keys()}
    return sum(min(year.admitted.get(code, 0), plan) for code, plan in planned.items()), sum(planned.values())


def _rate(part: _Part) -> float | None:
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
