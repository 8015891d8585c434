"""Lists for people, on the screen and on A4 paper: a title, lines about them, cells of text."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import accumulate
from pathlib import Path
from typing import Final

from zhupei_cli.pages_across import LIST_PAGE
from zhupei_cli.sheets.kinds.columns import column_letters
from zhupei_cli.sheets.kinds.roster_columns import RosterColumn, RosterKind
from zhupei_cli.sheets.writing.ooxml import Value
from zhupei_cli.sheets.writing.roster_template import SAMPLES, draw
from zhupei_cli.sheets.writing.splice import SplicedSheet, sheet_names, template_of, write_workbook
from zhupei_cli.sheets.writing.widths import FULL_PAGE, heading_width, narrowed, usual_width, widened

#: The width no column exceeds unless its text must stay on one line, and that of an identifier.
_WIDEST: Final = 40
_WIDEST_ID: Final = 60
#: How narrow words may become that else make the list wider than a page: they wrap. Names are short.
_NARROW: Final = 14
_NARROW_NAME: Final = 10
_RIM: Final = 2.5
#: Of the columns at the left, how wide those may be that stay in sight: up to name and number of somebody.
_KEPT: Final = 100
#: How long a word may be that is not said twice.
_WORD: Final = 6
_NAMES: Final = ("姓名", "报名号", "基地名称", "名称")
_NUMBERS: Final = ("报名号", "准考证号", "证件号码", "身份证件号码", "基地编号", "编号")


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
    kept, columns = _laid_out(sheet.columns)
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


def columns_for(
    headings: Iterable[tuple[str, str]], rows: Sequence[Mapping[str, object]]
) -> list[RosterColumn]:
    """Return how columns, given by key and heading, are drawn for what the rows hold.

    Numbers, identifiers or words; as wide as nearly all cells of a column, those that hold sentences as
    wide as the page has room.
    """
    drawn, wanted = [], []
    for key, heading in headings:
        full = [value for row in rows if (value := row.get(key)) not in (None, "")]
        kind = _kind(full)
        usual = usual_width([str(value) for value in full])
        limit = _WIDEST_ID if kind == "id" else _WIDEST
        width = max(min(usual, limit), heading_width(heading)) + _RIM
        drawn.append(RosterColumn(key, heading, width, kind))
        wanted.append(max(width, usual + _RIM) if kind == "words" else width)
    # What would take many lines is better small on fewer pages.
    page = LIST_PAGE if max(wanted, default=0) > FULL_PAGE else FULL_PAGE
    widths = widened([one.width for one in drawn], wanted, page)
    return [one._replace(width=width) for one, width in zip(drawn, widths, strict=True)]


def _kind(values: Sequence[object]) -> RosterKind:
    if values and all(isinstance(value, Decimal) for value in values):
        return "mark"
    if values and all(isinstance(value, int | float | Decimal) for value in values):
        return "figure"
    # Text without a Chinese character: numbers of papers, phones, dates.
    return "id" if all(str(value).isascii() for value in values) else "words"


def _laid_out(columns: Sequence[RosterColumn]) -> tuple[int, Sequence[RosterColumn]]:
    """Return how many columns at the left say who a row is about, and the columns.

    Words become narrower where the list then has one page across, or else where their length pushes out of
    sight who a row is about.
    """
    if len(columns) == 1:
        return 0, columns
    least = [_least(one) for one in columns]
    fit = narrowed([one.width for one in columns], least)
    if sum(fit) > LIST_PAGE:
        narrow = [
            min(one.width, max(lowest, _NARROW + 8)) for one, lowest in zip(columns, least, strict=True)
        ]
        most = _named(columns, narrow)
        fit = narrow[:most] + fit[most:] if most > _named(columns, fit) else fit
    fitted = [one._replace(width=width) for one, width in zip(columns, fit, strict=True)]
    return _named(columns, fit), fitted


def _least(column: RosterColumn) -> float:
    """Return how narrow a column may become."""
    if column.kind != "words":
        return column.width
    least = _NARROW_NAME if column.heading == "姓名" else _NARROW
    return min(column.width, max(least, heading_width(column.heading) + _RIM))


def _named(columns: Sequence[RosterColumn], widths: Sequence[float]) -> int:
    """Return up to which column, of those that may stay in sight, somebody has a name and a number."""
    kept = [one.heading for one, end in zip(columns, accumulate(widths), strict=True) if end <= _KEPT]
    named = max((at for at, heading in enumerate(kept, 1) if heading in _NAMES), default=0)
    numbers = [at for at, heading in enumerate(kept, 1) if heading in _NUMBERS]
    return max(named, min(numbers)) if named and numbers else named


def _cell(value: object) -> Value:
    if isinstance(value, bool):
        return "是" if value else "否"
    return value if value is None or isinstance(value, str | int | float | Decimal) else str(value)
