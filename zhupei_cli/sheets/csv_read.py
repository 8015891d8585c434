"""Reading .csv as offices and other programs write it: UTF-8 with or without BOM, GB18030, UTF-16."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, TextIO

from zhupei_cli.errors import ZhupeiError
from zhupei_cli.sheets.rows import Message, Rows
from zhupei_cli.sheets.scan import Limits

_PIECE: Final = 1 << 20
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")
# Ways to keep a program from computing: ="0100", and an apostrophe before digits or a sign.
_QUOTED: Final = re.compile(r'="([^"]*)"')
_GUARDED: Final = re.compile(r"'(?=[=+\-@\d])")


def read_csv(path: Path, limits: Limits) -> Iterator[Message]:
    """Yield the records as the rows of one sheet.

    Raises E033 (not a text), E035 (too large), E036 (neither UTF-8 nor GB18030).
    """
    rows = Rows(path.stem, limits, file=path.name)
    yield "hidden", []
    yield "sheet", path.stem
    try:
        with path.open(encoding=_encoding(path), newline="") as text:
            for number, record in enumerate(_records(text), 1):
                rows.add(number, [_plain(cell) for cell in record])
                yield from rows.ready()
    except csv.Error as error:
        raise ZhupeiError("E033", file=path.name) from error
    yield from rows.rest()
    yield "end", [], []


def _records(text: TextIO) -> Iterator[list[str]]:
    head = text.read(65_536)
    text.seek(0)
    # Strict: a quotation mark that nobody closes would take all further rows into its cell.
    return csv.reader(text, delimiter=_delimiter(head), strict=True)


def _plain(cell: str) -> str:
    if cell.startswith("="):
        found = _QUOTED.fullmatch(cell)
        return found[1] if found else cell
    return _GUARDED.sub("", cell, count=1) if cell.startswith("'") else cell


def _delimiter(text: str) -> str:
    """Return what separates the cells of the first filled line: Excel's Unicode text has tabs."""
    line = next((line for line in text.splitlines() if line.strip()), "")
    return max(",\t;", key=line.count)


def _encoding(path: Path) -> str:
    """Return the first encoding that the whole file is in."""
    with path.open("rb") as file:
        utf16 = file.read(2) in _UTF16
    for encoding in ("utf-16",) if utf16 else ("utf-8-sig", "gb18030"):
        try:
            with path.open(encoding=encoding, newline="") as text:
                while text.read(_PIECE):
                    pass
        except UnicodeError:
            continue
        return encoding
    raise ZhupeiError("E036", file=path.name)
