"""Rosters as they are printed: what the workbook of a base says, without what says nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from zhupei_cli.printing.fonts import FontSet
from zhupei_cli.printing.roster import PaperColumn, PaperPlace, PaperRoster, render_roster
from zhupei_cli.rules.admission.scores import mark_text
from zhupei_cli.services.applications.printing import require_characters, require_whole
from zhupei_cli.sheets.kinds.roster_columns import ROSTER_COLUMNS, RosterColumn
from zhupei_cli.sheets.writing.roster import BaseRoster, RosterRow, SpecialtyRoster, seats_apart

#: Headings say them.
_SAID: Final = ("specialty_code", "specialty")
#: Where everybody has the same it is said once, above the list.
_ONCE: Final = ("identity", "level", "degree", "train_years", "via", "remark")
#: Beside fewer columns there is room for a name of 20 characters on two lines; 学士 stays on one.
_WIDER: Final = {"name": 20.0, "identity": 14.0, "degree": 5.4}
_NAME: Final = next(at for at, column in enumerate(ROSTER_COLUMNS) if column.key == "name")
_NUMBER: Final = next(at for at, column in enumerate(ROSTER_COLUMNS) if column.key == "application_no")


def paper_of(roster: BaseRoster) -> PaperRoster:
    """Return the roster as it is printed.

    Columns that are blank are left out, and those that say the same of everybody are one line.
    """
    full = [place for place in roster.specialties if place.rows]
    rows = [row for place in full for row in place.rows]
    same = {at: _shown(column, rows[0][at]) for at, column in enumerate(ROSTER_COLUMNS) if _same(at, rows)}
    kept = [at for at, column in enumerate(ROSTER_COLUMNS) if _is_kept(at, column, rows) and at not in same]
    totals = [sum(place.counts[at] for place in roster.specialties) for at in range(3)]
    line = f"{roster.called}　　批次：{roster.batch_code}"
    once = "、".join(f"{ROSTER_COLUMNS[at].heading} {text}" for at, text in same.items())
    without = [
        f"{place.code} {place.name}（计划 {place.quota} 人）"
        for place in roster.specialties
        if not place.rows
    ]
    return PaperRoster(
        title=f"{roster.batch_name}{roster.kind}",
        lines=[line, *([f"以下各人相同：{once}"] if once else [])],
        columns=[_column(ROSTER_COLUMNS[at]) for at in kept],
        places=[PaperPlace(_heading(place), [_cells(row, kept) for row in place.rows]) for place in full],
        empty=f"没有录取的专业：{'、'.join(without)}" if without else "",
        total=f"合计：{_counted(totals, roster.specialties)}",
        base=f"{roster.base_code} {roster.base_name}",
        seal=roster.seal or "",
        made=f"制表日期：{roster.made_on}",
    )


def _same(at: int, rows: Sequence[RosterRow]) -> bool:
    values = {row[at] for row in rows} if ROSTER_COLUMNS[at].key in _ONCE and len(rows) > 1 else set()
    return len(values) == 1 and not values & {None, ""}


def _is_kept(at: int, column: RosterColumn, rows: Sequence[RosterRow]) -> bool:
    blank = all(row[at] in (None, "") for row in rows)
    return column.key not in _SAID and not (blank and rows)


def _column(column: RosterColumn) -> PaperColumn:
    # The narrow ones have room for four characters on two lines; here a heading is on one.
    width = max(_WIDER.get(column.key, column.width), 1.6 * len(column.heading))
    return PaperColumn(column.heading, width, column.kind != "words")


def _cells(row: RosterRow, kept: Sequence[int]) -> list[str]:
    return [_shown(ROSTER_COLUMNS[at], row[at]) for at in kept]


def _shown(column: RosterColumn, value: str | int | None) -> str:
    if value is None:
        return ""
    return mark_text(value) if column.kind == "mark" and isinstance(value, int) else str(value)


def _heading(place: SpecialtyRoster) -> str:
    return f"{place.code} {place.name}　　{_counted(place.counts, [place])}"


def _counted(counts: Sequence[int], places: Sequence[SpecialtyRoster]) -> str:
    words = ("计划", "录取", "空缺")
    told = [f"{word} {count} 人" for word, count in zip(words, counts, strict=True)]
    return "，".join([*told, *seats_apart(*places)])


def require_printable(rosters: Iterable[BaseRoster], fonts: FontSet) -> None:
    """Raise E090 or E749 when the fonts lack a character: a list that lacks somebody is none."""
    for roster in rosters:
        require_characters(paper_of(roster).text, fonts)
        people = [_Listed(row) for place in roster.specialties for row in place.rows]
        require_whole(people, fonts)


@dataclass(frozen=True, slots=True)
class _Listed:
    """Somebody on a roster, as `printable` asks for them."""

    row: RosterRow

    @property
    def number(self) -> str:
        return str(self.row[_NUMBER])

    @property
    def name(self) -> str:
        return str(self.row[_NAME])

    @property
    def text(self) -> str:
        return "".join(str(value) for value in self.row if isinstance(value, str))


def print_roster(roster: BaseRoster, *, fonts: FontSet) -> bytes:
    """Return the PDF of a base's roster. Raises E089 when typst cannot set it."""
    return render_roster(paper_of(roster), fonts=fonts)
