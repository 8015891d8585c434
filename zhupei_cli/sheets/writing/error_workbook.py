"""The error workbook: the bad rows alone, each with its reasons; mended, it is imported as it is."""

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from zhupei_cli.files import free_path, replacing
from zhupei_cli.oswords import os_words
from zhupei_cli.pages_across import pages_across
from zhupei_cli.sheets.kinds.cells import Cell, Spoilt, Unreadable, clean, text
from zhupei_cli.sheets.kinds.columns import (
    DICTIONARY,
    REASONS,
    ROW_NUMBER,
    Choices,
    Column,
    column_letters,
    heading_key,
)
from zhupei_cli.sheets.kinds.people_kinds import PERSON
from zhupei_cli.sheets.kinds.serials import Serial1904
from zhupei_cli.sheets.locks.locking import lock
from zhupei_cli.sheets.taking.lines import Line
from zhupei_cli.sheets.taking.stored_lines import marked
from zhupei_cli.sheets.taking.table import Table
from zhupei_cli.sheets.writing.dictionary import Dictionary
from zhupei_cli.sheets.writing.drawing import LINE, Drawing, DrawnRow, drawing, lines_of
from zhupei_cli.sheets.writing.looks import HEADING
from zhupei_cli.sheets.writing.template import column_width, set_up_page
from zhupei_cli.sheets.writing.widths import usual_width
from zhupei_cli.words.errors import Fault, ZhupeiError, under

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

#: What Excel holds in a cell; longer text is reported as too long anyway.
_LONGEST: Final = 32_767
_WIDTHS: Final = {ROW_NUMBER: 9, REASONS: 60}
_WIDTH: Final = 20
#: Characters of the longest number that stands on one line.
_NUMBER: Final = 24
#: Codes of numbers that are not whole any more.
_LOST_DIGITS: Final = frozenset(("E013", "E132"))
# What Excel takes as the name of a sheet, with room for a number behind it.
_FORBIDDEN: Final = re.compile(r"[\[\]:*?/\\]")
_NAME: Final = 28
_MASKED: Final = "本表的证件号码、电话、地址等已遮盖，只供查看，不能再导入"
# What is given back a second time has the name of the first.
_ENDING: Final = re.compile(r"_未通过(?:-[0-9]+)?$")
#: Bytes of a name that leave room for the ending and a number: file systems hold 255.
_NAME_BYTES: Final = 230
#: What could be the number of a person, a telephone or a paper.
_LONG_NUMBER: Final = re.compile("[0-9]{10,}[0-9Xx]?")
# Text also where people type later: an ID number keeps its digits. What is beside a long name would cut it.
_TEXT: Final = {"num_format": "@", "valign": "top", "border": 1, "border_color": "#BFBFBF", "text_wrap": True}
_HEAD: Final = {**_TEXT, "font_name": HEADING, "align": "center", "valign": "vcenter"}
_LOOKS: Final[Mapping[str, Mapping[str, object]]] = {
    "plain": _TEXT,
    "heading": {**_HEAD, "bg_color": "#D9E1F2"},
    "required": {**_HEAD, "bg_color": "#FCE4D6"},
    "reasons": _TEXT,
    "error": {**_TEXT, "bg_color": "#FFC7CE", "font_color": "#9C0006"},
    "warning": {**_TEXT, "bg_color": "#FFEB9C"},
    "notice": {"num_format": "@", "bold": True, "font_color": "#9C0006"},
}
#: Cells of rows that were struck through: unmended they are so once more.
_STRUCK: Final[Mapping[str, Mapping[str, object]]] = {"struck": {**_TEXT, "font_strikeout": True}}


def errors_path(source: Path) -> Path:
    """Return where the bad rows of `source` go: `FILE_未通过.xlsx` beside it, of such a file once more.

    Of a name so long that nothing can be added the end is left out.
    """
    stem = _ENDING.sub("", source.stem)
    while len(os.fsencode(stem)) > _NAME_BYTES:
        stem = stem[:-1]
    return source.with_name(f"{stem}_未通过.xlsx")


def write_error_workbook(
    target: Path,
    tables: Iterable[Table],
    *,
    masked: bool = False,
    choices: Choices | None = None,
    password: str | None = None,
) -> Path | None:
    """Write the bad rows of one file's tables, a sheet per kind; return the file, None when no row is bad.

    Where `target` exists, the file is `…-2.xlsx` and so on. All cells are text; `choices` are what the
    drop-downs offer besides closed lists. With `masked` personal data is unreadable, and the file no use
    for another import: its first line says so. A `password` opens it. Raises E003 when it cannot be written.
    """
    bad = [(table, rows) for table in tables if (rows := [row for row in marked(table.rows) if row.bad])]
    if not bad:
        return None
    try:
        path = free_path(target)
        with replacing(path) as beside:
            _write(beside, bad, masked=masked, choices=choices or Choices())
            lock(beside, password)
    except OSError as error:
        raise ZhupeiError("E003", file=target, detail=os_words(error)) from error
    return path


def _write(
    path: Path, bad: Sequence[tuple[Table, Sequence[Line]]], *, masked: bool, choices: Choices
) -> None:
    dictionary = Dictionary(choices)
    struck = any(_is_struck(row) for _, rows in bad for row in rows)
    with drawing(path, {**_LOOKS, **_STRUCK} if struck else _LOOKS) as made:
        for name, (table, rows) in zip(_names([table for table, _ in bad]), bad, strict=True):
            _draw(made, name, table, rows, dictionary, masked=masked)
        dictionary.write(made.book)


def _names(tables: Sequence[Table]) -> Iterator[str]:
    """Yield a name for the sheet of each table: that of its kind, of several of a kind their own."""
    kinds = [table.kind.title for table in tables]
    taken: set[str] = set()
    for table in tables:
        title = table.kind.title
        word = (
            title if kinds.count(title) == 1 else clean(_FORBIDDEN.sub("", table.sheet))[:_NAME].strip("' ")
        )
        name, number = word or title, 1
        while name.casefold() in taken or name == DICTIONARY:
            number += 1
            name = f"{word or title}-{number}"
        taken.add(name.casefold())
        yield name


def _draw(
    made: Drawing, name: str, table: Table, rows: Sequence[Line], dictionary: Dictionary, *, masked: bool
) -> None:
    sheet = made.book.add_worksheet(name)
    ours = {heading_key(ROW_NUMBER), heading_key(REASONS)}
    kept = [at for at, word in enumerate(table.header.words) if heading_key(word) not in ours]
    known = {
        column: table.header.columns[at]
        for column, at in enumerate(kept, len(_WIDTHS))
        if at in table.header.columns
    }
    top = 1 if masked else 0
    if masked:
        sheet.set_row(0, None, made.looks["notice"])
        sheet.write_string(0, 1, _MASKED, made.looks["notice"])
    shown = [*_WIDTHS, *(_marked(table.header.words[at], table.header.columns.get(at)) for at in kept)]
    numbers = _number_widths([table.cells_of(row) for row in rows], kept)
    widths = _head(sheet, made, shown, known, numbers, top=top)
    dictionary.offer(sheet, known, (top + 1, top + len(rows)))
    _set_up(sheet, top, len(rows), len(shown), pages=pages_across(widths, 1)[0])
    places = {column.key: at for at, column in known.items()}
    for line, row in enumerate(rows, top + 1):
        _remark(sheet, line, row, places)
    looks = ["plain", "reasons", *["plain"] * len(kept)]
    made.fill(sheet, top + 1, looks, _rows(rows, table, kept, widths, masked=masked), count=len(rows))


def _number_widths(rows: Sequence[Sequence[Cell]], kept: Sequence[int]) -> dict[int, int]:
    """Return how wide the columns are whose numbers are not divided, by their place."""
    widths = {}
    for column, at in enumerate(kept, len(_WIDTHS)):
        words = {_text(row[at]) for row in rows}
        widths[column] = usual_width([word for word in words if word.isascii() and len(word) <= _NUMBER]) + 3
    return widths


def _head(
    sheet: "Worksheet",
    made: Drawing,
    shown: Sequence[str],
    known: Mapping[int, Column],
    numbers: Mapping[int, int],
    *,
    top: int,
) -> list[int]:
    """Write the headings; return the widths of the columns in half-width characters."""
    widths, tall = [], 2
    for at, word in enumerate(shown):
        column = known.get(at)
        width = _WIDTHS.get(word) or (_WIDTH if column is None else column_width(column, Choices()))
        width = max(width, numbers.get(at, 0))
        sheet.set_column(at, at, width, made.looks["plain"])
        look = "required" if column is not None and column.required else "heading"
        sheet.write_string(top, at, word, made.looks[look])
        widths.append(width)
        tall = max(tall, lines_of(word, width - 2))
    sheet.set_row(top, LINE * tall)
    return widths


def _set_up(sheet: "Worksheet", top: int, rows: int, columns: int, *, pages: int) -> None:
    last = top + rows
    sheet.freeze_panes(top + 1, 1)
    sheet.autofilter(top, 0, last, columns - 1)
    # Without this Excel marks every ID number with a green corner: a number stored as text.
    sheet.ignore_errors({"number_stored_as_text": f"A1:{column_letters(columns - 1)}{last + 1}"})
    set_up_page(sheet, header=(0, top), pages=pages, frozen=1)
    sheet.set_header("&C&F　&A")


def _remark(sheet: "Worksheet", line: int, row: Line, places: Mapping[str, int]) -> None:
    """Put a comment on each cell that has faults."""
    remarks: dict[int, list[str]] = {}
    for fault in row.faults:
        if fault.field in places:
            remarks.setdefault(places[fault.field], []).append(fault.message_for_offices)
    for column, messages in remarks.items():
        sheet.write_comment(line, column, "\n".join(messages), {"x_scale": 2})


def _rows(
    rows: Sequence[Line], table: Table, kept: Sequence[int], widths: Sequence[int], *, masked: bool
) -> Iterator[DrawnRow]:
    columns = [table.header.columns.get(at) for at in kept]
    headings = {**table.headings, **table.kind.headings}
    for row in rows:
        reasons = _reasons(row, headings)[:_LONGEST]
        by_field: dict[str, list[Fault]] = {}
        for fault in row.faults:
            by_field.setdefault(fault.field, []).append(fault)
        cells = table.cells_of(row)
        words, looks = [str(row.number), reasons], {}
        if _is_struck(row):
            looks = dict.fromkeys(
                {*range(len(_WIDTHS) + len(kept))} - {1}, "struck"
            )  # reasons are to be read
        for at, column in zip(kept, columns, strict=True):
            faults = by_field.get(column.key, ()) if column is not None else ()
            if faults and len(words) not in looks:
                severe = any(fault.severity == "error" for fault in faults)
                looks[len(words)] = "error" if severe else "warning"
            word = _shown(cells[at], column, faults, masked=masked, heading=table.header.words[at])
            words.append(word[:_LONGEST])
        yield DrawnRow(words, looks, max(map(_lines, words, widths)))


def _is_struck(row: Line) -> bool:
    return any(fault.code == "E139" for fault in row.faults)


def _lines(word: str, width: int) -> int:
    # Most words are short, and there may be millions of them.
    return lines_of(word, width) if 2 * len(word) > width or "\n" in word else 1


def _marked(word: str, column: Column | None) -> str:
    """Return a heading as it stands, with the mark of a required one."""
    needs = column is not None and column.required and not {"*", "●"} & set(word)
    return f"{word}*" if needs else word


def _reasons(row: Line, headings: Mapping[str, str]) -> str:
    lines = []
    for fault in sorted(row.faults, key=lambda fault: fault.severity):  # errors before warnings
        said = under(headings.get(fault.field, ""), fault.message_for_offices)
        remark = "（提醒）" if fault.severity == "warning" else ""
        lines.append(f"{remark}{said} [{fault.code}]")
    return "\n".join(lines)


# A hundred thousand cells of a column are few different words.
_text = lru_cache(maxsize=65_536)(text)


def _shown(
    cell: Cell, column: Column | None, faults: Sequence[Fault], *, masked: bool, heading: str = ""
) -> str:
    """Return a cell as text that is as wrong as the cell when it comes back unmended."""
    if isinstance(cell, Serial1904) and column is not None:
        cell = _day_of(cell, column)
    word = _text(cell) if isinstance(cell, str) else text(cell)
    codes = {fault.code for fault in faults}
    if codes & _LOST_DIGITS and not isinstance(cell, str):
        # As digits it would look whole again.
        word = f"{cell:.14E}" if isinstance(cell, float | int) else Spoilt("").word
    elif "E024" in codes:
        word = f"{word}?"
    return _masked(word, column, heading) if masked and word else word


def _day_of(cell: Serial1904, column: Column) -> Cell:
    """Return the day a number stands for where its column has days: what is written here counts from 1900."""
    with suppress(Unreadable):
        if isinstance(found := column.read(cell), date):
            return found
    return cell


def _masked(word: str, column: Column | None, heading: str) -> str:
    if column is not None:
        return column.mask(word) if column.mask else word
    # Columns that are read past, as those of a review workbook, may be ours all the same.
    known = PERSON.by_heading.get(heading_key(heading))
    return known.mask(word) if known is not None and known.mask else _LONG_NUMBER.sub("****", word)
