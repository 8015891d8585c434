"""Lists for people, on the screen and on A4 paper: a title, lines about them, cells of text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import accumulate
from pathlib import Path
from typing import Final

from zhupei_cli.sheets.kinds.columns import column_letters
from zhupei_cli.sheets.kinds.roster_columns import RosterColumn, RosterKind
from zhupei_cli.sheets.writing.ooxml import Value, half_widths
from zhupei_cli.sheets.writing.roster_template import SAMPLES, draw
from zhupei_cli.sheets.writing.splice import SplicedSheet, sheet_names, template_of, write_workbook

#: The width no column exceeds unless its text must stay on one line, and that of an identifier.
_WIDEST: Final = 40
_WIDEST_ID: Final = 60
#: Of the columns at the left, how wide those may be that stay in sight: up to the name, if it is among them.
_KEPT: Final = 100
#: How narrow words at the left become when those columns would be wider: they wrap.
_NARROW: Final = 22
#: How long a word may be that is not said twice.
_WORD: Final = 6
_NAMES: Final = ("姓名", "报名号", "基地名称", "名称")


@dataclass(frozen=True, slots=True)
class ListSheet:
    """One list: `columns` by key, `lines` below the title.

    `closing` are lines at the right below the list: who publishes it, and when; `seal` stands at the foot of
    each page.
    """

    title: str
    batch_name: str
    lines: Sequence[str]
    columns: Sequence[RosterColumn]
    made_on: date
    closing: Sequence[str] = ()
    seal: str = ""


def write_list(path: Path, sheet: ListSheet, rows: Sequence[Mapping[str, object]]) -> None:
    """Write `rows` (values by key) as a workbook of one sheet; a column `number` counts them."""
    from openpyxl import Workbook

    workbook = Workbook()
    workbook.worksheets[0].title = "名单"
    kept, columns = _in_sight(sheet.columns)
    page = {
        "batch": sheet.batch_name,
        "base": sheet.title,
        "seal": sheet.seal,
        "made": f"制表日期：{sheet.made_on}",
    }
    lines = {f"line{at}": line for at, line in enumerate(sheet.lines)}
    draw(
        workbook.worksheets[0],
        columns,
        lines=[f"{{{key}}}" for key in lines],
        frozen=column_letters(kept),
        edges=[name for name, text in page.items() if text],
    )
    texts = {
        **{key: text.replace("&", "&&") for key, text in page.items()},
        "title": _titled(sheet.batch_name, sheet.title),
        **lines,
    }
    keys = [column.key for column in columns]
    cells: list[list[Value]] = [
        [number if key == "number" else _cell(row.get(key)) for key in keys]
        for number, row in enumerate(rows, 1)
    ]
    (name,) = sheet_names([sheet.title])
    written = SplicedSheet(name, "名单", cells, texts, closing=sheet.closing)
    template = template_of(workbook, SAMPLES)
    write_workbook(path, template, [written], title=sheet.title, made_on=sheet.made_on)


def _titled(batch: str, title: str) -> str:
    """Return both without the word twice that a batch ends with and a title begins with: 招收招收计划."""
    most = min(len(batch), len(title), _WORD)
    twice = (size for size in range(most, 1, -1) if batch.endswith(title[:size]))
    return batch + title[next(twice, 0) :]


def column_for(key: str, heading: str, values: Sequence[object]) -> RosterColumn:
    """Return how a column is drawn whose cells are these: numbers, identifiers or words, as wide as they."""
    full = [value for value in values if value not in (None, "")]
    kind = _kind(full)
    widest = max((half_widths(str(value)) for value in full), default=0)
    limit = _WIDEST_ID if kind == "id" else _WIDEST
    return RosterColumn(key, heading, max(min(widest, limit), half_widths(heading)) + 2.5, kind)


def _kind(values: Sequence[object]) -> RosterKind:
    if values and all(isinstance(value, Decimal) for value in values):
        return "mark"
    if values and all(isinstance(value, int | float | Decimal) for value in values):
        return "figure"
    # Text without a Chinese character: numbers of papers, phones, dates.
    return "id" if all(str(value).isascii() for value in values) else "words"


def _in_sight(columns: Sequence[RosterColumn]) -> tuple[int, Sequence[RosterColumn]]:
    """Return how many columns at the left say who a row is about, and the columns.

    Where long words push the name out of sight they are made narrower, for every page needs it.
    """
    if len(columns) == 1:
        return 0, columns
    narrow = [
        one._replace(width=min(one.width, max(_NARROW, half_widths(one.heading) + 2.5)))
        if one.kind == "words"
        else one
        for one in columns
    ]
    wide, most = _named(columns), _named(narrow)
    return (wide, columns) if wide == most else (most, [*narrow[:most], *columns[most:]])


def _named(columns: Sequence[RosterColumn]) -> int:
    """Return up to which column, of those that may stay in sight, somebody is named."""
    ends = accumulate(column.width for column in columns)
    kept = [at for at, end in enumerate(ends, 1) if end <= _KEPT]
    return max((at for at in kept if columns[at - 1].heading in _NAMES), default=0)


def _cell(value: object) -> Value:
    if isinstance(value, bool):
        return "是" if value else "否"
    return value if value is None or isinstance(value, str | int | float | Decimal) else str(value)
