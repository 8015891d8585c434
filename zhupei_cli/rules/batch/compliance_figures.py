"""What a base's years come to: each item as part, whole and values, with the rows it was counted from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from zhupei_cli.rules.batch.compliance_lines import ComplianceLine


@dataclass(slots=True)
class YearCounts:
    """What is counted of one base in one year; a place that was stopped is in no plan."""

    plan: dict[str, int] = field(default_factory=dict)
    shortage: set[str] = field(default_factory=set)
    capacity: dict[str, int] = field(default_factory=dict)
    admitted: dict[str, int] = field(default_factory=dict)
    training: dict[tuple[str, int], int] = field(default_factory=dict)
    """(specialty, years of training) → who holds a seat"""
    open: int = 0
    bachelors: int = 0
    came: int = 0
    left: int = 0
    missed: int = 0
    due: int = 0

    @property
    def seats(self) -> int:
        return sum(self.plan.values())

    @property
    def seated(self) -> int:
        return sum(self.admitted.values())


class YearsTold(NamedTuple):
    """Year → codes of its batches, published ones and others; code → name of specialties."""

    published: Mapping[int, Sequence[str]]
    waiting: Mapping[int, Sequence[str]]
    specialties: Mapping[str, str]

    def year(self, year: int) -> str:
        """Return the year with its batches."""
        return f"{year} 年（{'、'.join(self.published[year])}）"

    def nothing(self, year: int) -> str:
        """Return why a year has no figures."""
        if waiting := self.waiting.get(year):
            return f"{year} 年（{'、'.join(waiting)}）结果还没有公示"
        return f"{year} 年没有批次"

    def named(self, code: str) -> str:
        """Return a specialty with its name."""
        name = self.specialties.get(code)
        return code if name is None else f"{code} {name}"


class ItemCounts(NamedTuple):
    """An item counted: part and whole of the last year, the values of the years, whence they come."""

    part: int
    whole: int
    values: list[float | None]
    rows: str


#: A part and the whole it is of.
_Part = tuple[int, int]
Years = Mapping[int, YearCounts]


def figure(line: ComplianceLine, of: Years, told: YearsTold) -> ItemCounts:
    """Return an item counted over the years `of`, the judged one last."""
    if line.item == "zero_specialties":
        return _zero(of, told)
    return _over(of, told) if line.item == "over_capacity" else _rates(line, of, told)


def _rates(line: ComplianceLine, of: Years, told: YearsTold) -> ItemCounts:
    parts = {year: _part(line, one) for year, one in of.items()}
    values: list[float | None] = []
    each = []
    for year, one in of.items():
        if not told.published.get(year):
            values.append(None)
            each.append(told.nothing(year))
            continue
        part, whole = parts[year]
        # Nobody has come before the check-in: that is no rate of nought.
        begun = line.item != "report_rate" or one.came + one.missed > 0
        values.append(part / whole if whole and begun else None)
        each.append(told.year(year) + (_words(line, one, told) if begun else "还没有登记报到"))
    at = line.worst(values)
    decides = (
        f"；由 {list(of)[at]} 年决定" if len(of) > 1 and at is not None and line.line is not None else ""
    )
    return ItemCounts(*parts[max(of)], values, "；".join(each) + decides)


def _words(line: ComplianceLine, year: YearCounts, told: YearsTold) -> str:
    left = f"（其中后来退培 {year.left} 人）" if year.left else ""
    words = {
        "fill_rate": "录取 {0} 人，计划 {1} 人",
        "report_rate": f"来报到 {{0}} 人{left}，应报到（录取、未报到、退培）{{1}} 人",
        "open_share": "面向社会和委托培养 {0} 人，录取 {1} 人",
        "fresh_bachelors": "当年毕业的本科 {0} 人，录取 {1} 人",
        "shortage_rate": "紧缺专业录取 {0} 人，计划 {1} 人",
        "general_rate": f"{'、'.join(map(told.named, line.specialties))}录取 {{0}} 人，计划 {{1}} 人",
    }
    return words[line.item].format(*_part(line, year))


def _part(line: ComplianceLine, year: YearCounts) -> _Part:
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


def _done(year: YearCounts, specialties: set[str]) -> _Part:
    # No more than the plan of each: what one specialty has over does not make up for another.
    planned = {code: year.plan[code] for code in specialties & year.plan.keys()}
    return sum(min(year.admitted.get(code, 0), plan) for code, plan in planned.items()), sum(planned.values())


def _zero(of: Years, told: YearsTold) -> ItemCounts:
    """Count the specialties that had a plan in every year and admitted nobody in any."""
    each = "、".join(told.year(year) if told.published.get(year) else told.nothing(year) for year in of)
    if not all(told.published.get(year) for year in of):
        return ItemCounts(0, 0, [None], each)
    planned = set.intersection(*(set(year.plan) for year in of.values()))
    if not planned:
        return ItemCounts(0, 0, [None], f"{each}：没有年年都有计划的专业")
    never = sorted(code for code in planned if not any(year.admitted.get(code) for year in of.values()))
    words = f"{each}：年年有计划的专业 {len(planned)} 个，其中没有录取的："
    named = "、".join(map(told.named, never)) or "无"
    return ItemCounts(len(never), len(planned), [float(len(never))], words + named)


def _over(of: Years, told: YearsTold) -> ItemCounts:
    """Count who is beyond the capacity of a specialty: what one has free does not make up for another."""
    capacity = of[max(of)].capacity
    if not capacity:
        return ItemCounts(0, 0, [None], f"{told.year(max(of))}招收计划没有填写培训容量")
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
    named = "、".join(f"{told.named(code)} 超 {count} 人" for code, count in over.items()) or "没有超出的专业"
    counted = "、".join(told.year(year) if told.published.get(year) else told.nothing(year) for year in of)
    most = sum(capacity.values())
    rows = (
        f"{counted}录取、{max(of)} 年仍在培 {sum(there.values())} 人，有培训容量的专业容量 {most} 人，{named}"
    )
    return ItemCounts(sum(over.values()), most, [float(sum(over.values()))], rows)
