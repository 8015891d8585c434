"""The roster (录取名单) of a base: a summary, then one sheet a specialty, ready for A4 paper."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Final

from zhupei_cli.files import name_of_part, replacing
from zhupei_cli.sheets.kinds.roster_columns import ROSTER_COLUMNS
from zhupei_cli.sheets.locks.locking import lock
from zhupei_cli.sheets.writing.ooxml import Value
from zhupei_cli.sheets.writing.roster_template import roster_template
from zhupei_cli.sheets.writing.splice import SplicedSheet, sheet_names, write_workbook
from zhupei_cli.words.vocabulary import VIA

#: A person, in the order of ROSTER_COLUMNS: marks in hundredths, None where there is nothing.
RosterRow = Sequence[str | int | None]

_VIA: Final = next(at for at, column in enumerate(ROSTER_COLUMNS) if column.key == "via")
_MARKS: Final = tuple(at for at, column in enumerate(ROSTER_COLUMNS) if column.kind == "mark")


@dataclass(frozen=True, slots=True)
class SpecialtyRoster:
    """The people admitted to one place."""

    code: str
    name: str
    quota: int
    rows: Sequence[RosterRow]
    others: int = 0
    """planned seats that are not vacant, of nobody here: of an earlier round, ceded; below 0 of who sits at a
    stopped place, which has no plan"""
    ceded: int = 0
    """how many of these a supplement round took over"""

    @property
    def preplaced(self) -> int:
        """How many of them were seated before any run."""
        return sum(row[_VIA] == VIA.label("preplaced") for row in self.rows)

    @property
    def counts(self) -> tuple[int, int, int]:
        """Quota, admitted, vacant."""
        return self.quota, len(self.rows), self.quota - len(self.rows) - self.others


@dataclass(frozen=True, slots=True)
class BaseRoster:
    """The roster of one base. `seal` says the number of the last event and the head of the chain.

    `main` is code and name of the base that a joint one (协同单位) trains for.
    """

    batch_code: str
    batch_name: str
    base_code: str
    base_name: str
    provisional: bool
    made_on: date
    specialties: Sequence[SpecialtyRoster]
    seal: str | None = None
    round_label: str = ""
    main: str = ""

    @property
    def called(self) -> str:
        """The base as lines have it: of a joint one the main base first."""
        own = f"{self.base_code} {self.base_name}"
        return f"培训基地：{self.main}　　协同单位：{own}" if self.main else f"培训基地：{own}"

    @property
    def kind(self) -> str:
        """拟录取名单 until the batch is final, then 录取名单; of a later round with its word in front."""
        return self.round_label + ("拟录取名单" if self.provisional else "录取名单")

    @property
    def file_name(self) -> str:
        """`<code>_<name>_录取名单.xlsx`, characters Windows refuses in names replaced."""
        return name_of_part(self.base_code, self.base_name, self.kind, "xlsx")


def write_roster(path: Path, roster: BaseRoster, *, force: bool = False, password: str | None = None) -> None:
    """Write the workbook of one base: the same roster, the same bytes, unless a `password` opens it.

    An existing file needs `force`.
    """
    names = sheet_names(["汇总", *(f"{place.code} {place.name}" for place in roster.specialties)])
    sheets = [_summary(names[0], roster)]
    for name, place in zip(names[1:], roster.specialties, strict=True):
        sheets.append(_specialty(name, roster, place))
    with replacing(path, force=force) as beside:
        title = f"{roster.base_name}{roster.kind}"
        write_workbook(beside, roster_template(), sheets, title=title, made_on=roster.made_on)
        lock(beside, password)


def _summary(name: str, roster: BaseRoster) -> SplicedSheet:
    places = roster.specialties
    totals = tuple(sum(place.counts[at] for place in places) for at in range(3))
    rows: list[Sequence[Value]] = [(place.code, place.name, *place.counts) for place in places]
    made = f"制表日期：{roster.made_on}"
    texts = {
        **_page(roster),
        "title": f"{roster.batch_name}{roster.kind}",
        "line": _line(roster.called, f"批次：{roster.batch_code}"),
        "line2": _line(made, *_counted(totals), *seats_apart(*places), roster.seal),
    }
    return SplicedSheet(name, "汇总", rows, texts, total=("合计", None, *totals))


def _specialty(name: str, roster: BaseRoster, place: SpecialtyRoster) -> SplicedSheet:
    texts = {
        **_page(roster),
        "title": f"{roster.base_name}{place.name}{roster.kind}",
        "line": _line(
            roster.called if roster.main else None,
            f"批次：{roster.batch_code}",
            f"专业代码：{place.code}",
            *_counted(place.counts),
            *seats_apart(place),
        ),
    }
    return SplicedSheet(name, "专业", [_cells(row) for row in place.rows], texts)


def _page(roster: BaseRoster) -> dict[str, str]:
    """Return the texts of page header and footer, where `&` begins a command."""
    texts = {
        "batch": roster.batch_name,
        "base": f"{roster.base_code} {roster.base_name}",
        "seal": roster.seal or "",
        "made": f"制表日期：{roster.made_on}",
    }
    return {key: text.replace("&", "&&") for key, text in texts.items()}


def _line(*parts: str | None) -> str:
    return "　　".join(part for part in parts if part)


def _counted(counts: Sequence[int]) -> list[str]:
    words = ("计划", "录取", "空缺")
    return [f"{word} {count} 人" for word, count in zip(words, counts, strict=True)]


def seats_apart(*places: SpecialtyRoster) -> list[str]:
    """Return how many seats there went to supplement rounds, or were given before any run, in words."""
    ceded, before = sum(place.ceded for place in places), sum(place.preplaced for place in places)
    found = [f"转补录 {ceded} 人"] if ceded else []
    return [*found, f"其中预先安排 {before} 人"] if before else found


def _cells(row: RosterRow) -> Sequence[Value]:
    cells: list[Value] = list(row)
    for at in _MARKS:
        mark = row[at]
        if isinstance(mark, int):
            cells[at] = Decimal(mark) / 100
    return cells
