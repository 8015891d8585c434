"""Reading .csv as offices and other programs write it: UTF-8 with or without BOM, GB18030, UTF-16."""

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from zhupei_cli.errors import ZhupeiError
from zhupei_cli.sheets.cells import Cell
from zhupei_cli.sheets.scan import Limits

_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")
# Ways to keep a program from computing: ="0100", and an apostrophe before digits or a sign.
_QUOTED: Final = re.compile(r'="([^"]*)"')
_GUARDED: Final = re.compile(r"'(?=[=+\-@\d])")


def read_csv(path: Path, limits: Limits) -> list[list[Cell]]:
    """Return all records, each as long as the longest.

    Raises E033 (not a text), E035 (too large), E036 (neither UTF-8 nor GB18030).
    """
    text = _decoded(path)
    rows: list[list[Cell]] = []
    width = 0
    try:
        for record in _records(text):
            rows.append([_plain(cell) for cell in record])
            width = max(width, len(record))
            if len(rows) > limits.last_row or width > limits.columns:
                values = {"rows": limits.rows, "columns": limits.columns}
                raise ZhupeiError("E035", file=path.name, sheet=path.stem, **values)
    except csv.Error as error:
        raise ZhupeiError("E033", file=path.name) from error
    while rows and not any(rows[-1]):
        rows.pop()
    return [row if len(row) == width else row + [""] * (width - len(row)) for row in rows]


def _records(text: str) -> Iterator[list[str]]:
    # Strict: a quotation mark that nobody closes would take all further rows into its cell.
    return csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)


def _plain(cell: str) -> str:
    if cell.startswith("="):
        found = _QUOTED.fullmatch(cell)
        return found[1] if found else cell
    return _GUARDED.sub("", cell, count=1) if cell.startswith("'") else cell


def _delimiter(text: str) -> str:
    """Return what separates the cells of the first filled line: Excel's Unicode text has tabs."""
    line = next((line for line in text[:65_536].splitlines() if line.strip()), "")
    return max(",\t;", key=line.count)


def _decoded(path: Path) -> str:
    data = path.read_bytes()
    for encoding in ("utf-16",) if data.startswith(_UTF16) else ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ZhupeiError("E036", file=path.name)
