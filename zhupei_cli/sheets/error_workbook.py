"""The error workbook: the bad rows alone, each with its reasons; mended, it is imported as it is."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from zhupei_cli.errors import Fault
from zhupei_cli.files import replacing
from zhupei_cli.sheets.cells import Cell, Spoilt, text
from zhupei_cli.sheets.columns import REASONS, ROW_NUMBER, Column, heading_key
from zhupei_cli.sheets.take import Table, TakenRow

#: What Excel holds in a cell; longer text is reported as too long anyway.
_LONGEST: Final = 32_767
_WIDTHS: Final = {ROW_NUMBER: 8, REASONS: 60}
_WIDTH: Final = 20
#: Points of a line, and of the highest row Excel accepts.
_LINE: Final = 15
_TALLEST: Final = 409
# Text also where people type later: an ID number keeps its digits.
_TEXT: Final = {"num_format": "@", "valign": "top"}
_LOOKS: Final = {
    "plain": _TEXT,
    "heading": {**_TEXT, "bold": True, "bg_color": "#D9E1F2", "border": 1, "text_wrap": True},
    "reasons": {**_TEXT, "text_wrap": True},
    "error": {**_TEXT, "bg_color": "#FFC7CE", "font_color": "#9C0006"},
    "warning": {**_TEXT, "bg_color": "#FFEB9C"},
}


def errors_path(source: Path) -> Path:
    """Return where the bad rows of `source` go: `FILE_未通过.xlsx` beside it."""
    return source.with_name(f"{source.stem}_未通过.xlsx")


def write_error_workbook(target: Path, tables: Iterable[Table], *, masked: bool = False) -> Path | None:
    """Write the bad rows of one file's tables, a sheet per kind; return the file, None when no row is bad.

    Where `target` exists, the file is `…-2.xlsx` and so on. All cells are text. With `masked` personal
    data is unreadable, and the file no use for another import. Raises E003 when it cannot be written.
    """
    bad = [(table, rows) for table in tables if (rows := [row for row in table.rows if row.bad])]
    if not bad:
        return None
    path = _free(target)
    with replacing(path) as beside:
        _write(beside, bad, masked=masked)
    return path


def _free(target: Path) -> Path:
    path, number = target, 1
    while path.exists():
        number += 1
        path = target.with_stem(f"{target.stem}-{number}")
    return path


def _write(path: Path, bad: Sequence[tuple[Table, Sequence[TakenRow]]], *, masked: bool) -> None:
    from xlsxwriter import Workbook

    with Workbook(path) as book:
        looks = {name: book.add_format(look) for name, look in _LOOKS.items()}
        for table, rows in bad:
            _write_sheet(book.add_worksheet(table.kind.title), looks, table, rows, masked=masked)


def _write_sheet(
    sheet: Any, looks: dict[str, Any], table: Table, rows: Sequence[TakenRow], *, masked: bool
) -> None:
    ours = {heading_key(ROW_NUMBER), heading_key(REASONS)}
    words = {
        at: _marked(word, table.header.columns.get(at))
        for at, word in enumerate(table.header.words)
        if heading_key(word) not in ours
    }
    shown = [*_WIDTHS, *words.values()]
    for column, word in enumerate(shown):
        sheet.set_column(column, column, _WIDTHS.get(word, _WIDTH), looks["plain"])
        sheet.write_string(0, column, word, looks["heading"])
    sheet.freeze_panes(1, 1)
    # Without this Excel marks every ID number with a green corner: a number stored as text.
    sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{len(rows) + 1}"})
    sheet.autofilter(0, 0, len(rows), len(shown) - 1)
    for line, row in enumerate(rows, 1):
        sheet.write_string(line, 0, str(row.number), looks["plain"])
        reasons = _reasons(row, table)[:_LONGEST]
        # LibreOffice and WPS do not measure wrapped text when they open a file.
        sheet.set_row(line, min(_LINE * sum(map(_lines, reasons.split("\n"))), _TALLEST))
        sheet.write_string(line, 1, reasons, looks["reasons"])
        for column, at in enumerate(words, len(_WIDTHS)):
            faults = _faults_of(row, table.header.columns.get(at))
            word = _shown(row.cells[at], table.header.columns.get(at), faults, masked=masked)
            _write_cell(sheet, (line, column), word, faults, looks)


def _marked(word: str, column: Column | None) -> str:
    """Return a heading as it stands, with the mark of a required one."""
    needs = column is not None and column.required and not {"*", "●"} & set(word)
    return f"{word}*" if needs else word


def _write_cell(
    sheet: Any, place: tuple[int, int], word: str, faults: Sequence[Fault], looks: dict[str, Any]
) -> None:
    severe = any(fault.severity == "error" for fault in faults)
    look = looks["error" if severe else "warning" if faults else "plain"]
    if word:
        # write_string, whatever stands in it: `write` would make a formula of =cmd|…
        sheet.write_string(*place, word[:_LONGEST], look)
    elif faults:
        sheet.write_blank(*place, None, look)
    if faults:
        sheet.write_comment(*place, "\n".join(fault.message for fault in faults), {"x_scale": 2})


def _faults_of(row: TakenRow, column: Column | None) -> list[Fault]:
    return [] if column is None else [fault for fault in row.faults if fault.field == column.key]


def _reasons(row: TakenRow, table: Table) -> str:
    headings = {**table.headings, **table.kind.headings}
    lines = []
    for fault in sorted(row.faults, key=lambda fault: fault.severity):  # errors before warnings
        place = f"{headings[fault.field]}：" if fault.field in headings else ""
        remark = "（提醒）" if fault.severity == "warning" else ""
        lines.append(f"{remark}{place}{fault.message} [{fault.code}]")
    return "\n".join(lines)


def _lines(text: str) -> int:
    halves = len(text) + sum(char > "\u1100" for char in text)
    return -(-halves // (_WIDTHS[REASONS] - 2))


def _shown(cell: Cell, column: Column | None, faults: Sequence[Fault], *, masked: bool) -> str:
    """Return a cell as text that is as wrong as the cell when it comes back unmended."""
    codes = {fault.code for fault in faults}
    word = text(cell)
    if "E013" in codes and not isinstance(cell, str):
        # As digits it would look whole again.
        word = f"{cell:.14E}" if isinstance(cell, float | int) else Spoilt("").word
    elif "E024" in codes:
        word = f"{word}?"
    return column.mask(word) if masked and word and column is not None and column.mask else word
