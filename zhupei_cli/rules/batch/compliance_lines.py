"""The lines and weights by which a base's year is judged: data that the province edits."""

import csv
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from io import StringIO
from typing import Final, Literal

from zhupei_cli.words.errors import ZhupeiError

LineVerdict = Literal["met", "below", "warned"]
VERDICTS: Final = {"met": "达标", "below": "未达标", "warned": "预警"}

ITEMS: Final = (
    "fill_rate",
    "report_rate",
    "open_share",
    "fresh_bachelors",
    "shortage_rate",
    "general_rate",
    "zero_specialties",
    "over_capacity",
)
#: Items that count something; the others are rates.
COUNTS: Final = frozenset(("zero_specialties", "over_capacity"))
#: The one item that names its specialties.
_OF_SPECIALTIES: Final = "general_rate"
_HEADINGS: Final = ("指标", "名称", "权重", "达标线", "预警线", "方向", "年数", "专业")
_NUMBERS: Final = ("权重", "达标线", "预警线")
_DIRECTIONS: Final = {"不低于": True, "不高于": False}
_YEARS: Final = range(1, 11)
_BETWEEN: Final = re.compile(r"[\s、，,；;]+")
_NUMBER: Final = re.compile(r"\d+(\.\d+)?")

#: What finds the code of a specialty by code or name.
FindSpecialty = Callable[[str], str | None]


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
        at = self.worst(values)
        if self.line is None or at is None:
            return None
        # Rounded, lest 0.6 × 100 be less than 60.
        worst = round((values[at] or 0.0) * (100 if self.is_rate else 1), 9)
        if self._keeps(worst, self.line):
            return "met"
        return "below" if self.warning is None or self._keeps(worst, self.warning) else "warned"

    def worst(self, values: list[float | None]) -> int | None:
        """Return which of the values decides, the latest among equals; None where one is missing."""
        known = [value for value in values if value is not None]
        if not known or len(known) < len(values):
            return None
        worst = min(known) if self.at_least else max(known)
        return len(known) - 1 - known[::-1].index(worst)

    def _keeps(self, value: float, line: float) -> bool:
        return value >= line if self.at_least else value <= line

    def points(self, verdict: LineVerdict) -> float:
        """Return what a verdict is worth: all of the weight, half below the line, nothing when warned."""
        full = {"met": 1.0, "below": 0.5 if self.warning is not None else 0.0, "warned": 0.0}
        return self.weight * full[verdict]


def read_lines(content: str, name: str, find: FindSpecialty = str) -> list[ComplianceLine]:
    """Return the lines of a CSV file called `name`, in its order; E723 for what cannot be understood.

    `find` says which specialty a word means. Columns of other headings are passed over.
    """
    reader = csv.reader(StringIO(content))
    heads = [cell.strip() for cell in next(reader, [])]
    if missing := [heading for heading in _HEADINGS if heads.count(heading) != 1]:
        problem = f"表头应正好各有一列 {','.join(_HEADINGS)}，缺少或重复的：{'、'.join(missing)}"
        raise ZhupeiError("E723", file=name, row=1, problem=problem)
    lines: dict[str, ComplianceLine] = {}
    for cells in reader:
        if not any(map(str.strip, cells)):
            continue
        said = dict(zip(heads, map(str.strip, cells), strict=False))
        for problem in _problems(said, find):
            raise ZhupeiError("E723", file=name, row=reader.line_num, problem=problem)
        line = _line(said, find)
        if line.item in lines:
            raise ZhupeiError("E723", file=name, row=reader.line_num, problem=f"指标 {line.item} 写了两次")
        lines[line.item] = line
    if not lines:
        raise ZhupeiError("E723", file=name, row=1, problem="没有一行指标")
    return list(lines.values())


def _line(said: Mapping[str, str], find: FindSpecialty) -> ComplianceLine:
    weight, line, warning = (float(said[key]) if said[key] else None for key in _NUMBERS)
    return ComplianceLine(
        said["指标"],
        said["名称"],
        weight or 0.0,
        line,
        warning,
        at_least=_DIRECTIONS[said["方向"]],
        years=int(said["年数"]),
        specialties=tuple(find(word) or word for word in _words(said["专业"])),
    )


def _words(cell: str) -> list[str]:
    return [word for word in _BETWEEN.split(cell) if word]


def _problems(said: Mapping[str, str], find: FindSpecialty) -> Iterator[str]:
    if missing := [heading for heading in _HEADINGS if heading not in said]:
        yield f"这一行没有 {'、'.join(missing)}：应有 {len(_HEADINGS)} 列"
        return
    if said["指标"] not in ITEMS:
        yield f"没有指标 {said['指标']!r}，可用 {'、'.join(ITEMS)}"
    if not said["名称"]:
        yield "名称没有填"
    for key in _NUMBERS:
        if said[key] and not _NUMBER.fullmatch(said[key]):
            yield f"{key} {said[key]!r} 应为数字"
    if said["方向"] not in _DIRECTIONS:
        yield f"方向 {said['方向']!r} 应为 {'、'.join(_DIRECTIONS)}"
    if not said["年数"].isdecimal() or int(said["年数"]) not in _YEARS:
        yield f"年数 {said['年数']!r} 应为 {_YEARS[0]} 至 {_YEARS[-1]}"
    yield from _wrong_lines(said)
    yield from _wrong_specialties(said, find)


def _wrong_lines(said: Mapping[str, str]) -> Iterator[str]:
    line, warning = said["达标线"], said["预警线"]
    for key in ("达标线", "预警线"):
        if said[key] and said["指标"] not in COUNTS and float(said[key]) > 100:
            yield f"{key} {said[key]} 超过 100：比率写百分数，六成写 60"
    if warning and not line:
        yield f"预警线 {warning} 没有达标线"
    elif warning and _DIRECTIONS[said["方向"]] and float(warning) > float(line):
        yield f"预警线 {warning} 高于达标线 {line}：不低于达标线的指标，预警线应更低"
    elif warning and not _DIRECTIONS[said["方向"]] and float(warning) < float(line):
        yield f"预警线 {warning} 低于达标线 {line}：不高于达标线的指标，预警线应更高"


def _wrong_specialties(said: Mapping[str, str], find: FindSpecialty) -> Iterator[str]:
    words = _words(said["专业"])
    if said["指标"] != _OF_SPECIALTIES:
        if words:
            yield f"专业只在 {_OF_SPECIALTIES} 一行写，{said['指标']} 计全部专业"
    elif not words:
        yield f"{_OF_SPECIALTIES} 要写专业的代码或名称，例如 0700"
    for word in words:
        if find(word) is None:
            yield f"没有专业 {word!r}，写代码或名称，几个之间用空格隔开"
