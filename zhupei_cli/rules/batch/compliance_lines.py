"""The lines and weights by which a base's year is judged: data that the province edits."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from zhupei_cli.words.errors import ZhupeiError

LineVerdict = Literal["met", "below", "warned"]
VERDICTS: Final = {"met": "达标", "below": "未达标", "warned": "预警"}

ITEMS: Final = (
    *("fill_rate", "report_rate", "open_share", "fresh_bachelors", "shortage_rate", "general_rate"),
    *("zero_specialties", "over_capacity"),
)
#: Items that count something; the others are rates.
COUNTS: Final = frozenset(("zero_specialties", "over_capacity"))
_HEADINGS: Final = ("指标", "名称", "权重", "达标线", "预警线", "方向", "年数", "专业")
_DIRECTIONS: Final = {"不低于": True, "不高于": False}
_YEARS: Final = range(1, 11)


@dataclass(frozen=True, slots=True)
class ComplianceLine:
    """One item: its weight, its lines (percent, or a number), and how many years must hold.

    Without a line it is shown and not judged.
    """

    item: str
    label: str
    weight: float
    line: float | None
    warning: float | None
    at_least: bool
    years: int
    specialties: tuple[str, ...] = ()

    @property
    def is_rate(self) -> bool:
        return self.item not in COUNTS

    def verdict(self, values: list[float | None]) -> LineVerdict | None:
        """Return how the values of the last years stand, the worst one deciding; None: not judged."""
        known = [value for value in values if value is not None]
        if self.line is None or len(known) < len(values) or not values:
            return None
        unit = 100 if self.is_rate else 1
        # Rounded, lest 0.6 × 100 be less than 60.
        worst = round((min(known) if self.at_least else max(known)) * unit, 9)
        if self._keeps(worst, self.line):
            return "met"
        return "below" if self.warning is None or self._keeps(worst, self.warning) else "warned"

    def _keeps(self, value: float, line: float) -> bool:
        return value >= line if self.at_least else value <= line

    def points(self, verdict: LineVerdict) -> float:
        """Return what a verdict is worth: all of the weight, half below the line, nothing when warned."""
        full = {"met": 1.0, "below": 0.5 if self.warning is not None else 0.0, "warned": 0.0}
        return self.weight * full[verdict]


def read_lines(content: str, name: str) -> list[ComplianceLine]:
    """Return the lines of a CSV file called `name`, in its order; E723 for what cannot be understood."""
    rows = list(csv.reader(content.splitlines()))
    if not rows or tuple(cell.strip() for cell in rows[0]) != _HEADINGS:
        raise ZhupeiError("E723", file=name, row=1, problem=f"表头应为 {','.join(_HEADINGS)}")
    lines = [_line(row, number, name) for number, row in enumerate(rows[1:], 2) if any(row)]
    for at, line in enumerate(lines):
        if line.item in {one.item for one in lines[:at]}:
            raise ZhupeiError("E723", file=name, row=at + 2, problem=f"指标 {line.item} 写了两次")
    return lines


def _line(cells: list[str], row: int, name: str) -> ComplianceLine:
    said = dict(zip(_HEADINGS, (cell.strip() for cell in cells), strict=False))
    for problem in _problems(said):
        raise ZhupeiError("E723", file=name, row=row, problem=problem)
    numbers = {key: float(said[key]) if said[key] else None for key in ("权重", "达标线", "预警线")}
    return ComplianceLine(
        *(said["指标"], said["名称"], numbers["权重"] or 0.0, numbers["达标线"], numbers["预警线"]),
        at_least=_DIRECTIONS[said["方向"]],
        years=int(said["年数"]),
        specialties=tuple(said["专业"].split()),
    )


def _problems(said: dict[str, str]) -> Iterator[str]:
    if len(said) < len(_HEADINGS):
        yield f"应有 {len(_HEADINGS)} 列"
        return
    if said["指标"] not in ITEMS:
        yield f"没有指标 {said['指标']!r}，可用 {'、'.join(ITEMS)}"
    for key in ("权重", "达标线", "预警线"):
        if said[key] and not said[key].replace(".", "", 1).isdecimal():
            yield f"{key} {said[key]!r} 应为数字"
    if said["方向"] not in _DIRECTIONS:
        yield f"方向 {said['方向']!r} 应为 {'、'.join(_DIRECTIONS)}"
    if not said["年数"].isdecimal() or int(said["年数"]) not in _YEARS:
        yield f"年数 {said['年数']!r} 应为 {_YEARS[0]} 至 {_YEARS[-1]}"
