"""Reading .csv as offices and other programs write it: UTF-8 with or without BOM, GB18030, UTF-16, UTF-32."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

from zhupei_cli.sheets.reading.encodings import LOOKED_AT, wide_encoding
from zhupei_cli.sheets.reading.rows import Limits, Message, Rows
from zhupei_cli.words.errors import ZhupeiError

if TYPE_CHECKING:
    import _csv

_PIECE: Final = 1 << 20
#: Lines among which the header is.
_HEAD: Final = 20
# Ways to keep a program from computing: ="0100", and an apostrophe before digits or a sign.
_QUOTED: Final = re.compile(r'="([^"]*)"')
#: What 2024.10 has become where Excel took it for a number; typed as text it would have the same look.
_TENTH: Final = re.compile(r"(?:19|20)[0-9]{2}\.1")
_GUARDED: Final = re.compile(r"'(?=[=+\-@\d])")


def read_csv(path: Path, limits: Limits) -> Iterator[Message]:
    """Yield the records as the rows of one sheet.

    Raises E035 (too large), E036 (an encoding nobody knows), E046 (quotation marks that do not pair).
    """
    rows = Rows(path.stem, limits, file=path.name)
    yield "hidden", []
    yield "sheet", path.stem
    encoding = _encoding(path)
    try:
        with path.open(encoding=encoding, newline="") as text:
            records, line = _records(text), 1
            for number, record in enumerate(records, 1):
                rows.add(number, [_plain(cell) for cell in record])
                yield from rows.ready()
                line = records.line_num + 1
    except csv.Error as error:
        # Where the record begins: one that nobody closes ends with the file.
        raise ZhupeiError("E046", file=path.name, line=line) from error
    yield from rows.rest()
    yield "end", [], []


def _records(text: TextIO) -> "_csv.Reader":
    head = text.read(65_536)
    text.seek(0)
    # Strict: a quotation mark that nobody closes would take all further rows into its cell.
    return csv.reader(text, delimiter=_delimiter(head), strict=True)


def _plain(cell: str) -> str | float:
    if _TENTH.fullmatch(cell):
        return float(cell)
    if cell.startswith("="):
        found = _QUOTED.fullmatch(cell)
        return found[1] if found else cell
    return _GUARDED.sub("", cell, count=1) if cell.startswith("'") else cell


def _delimiter(text: str) -> str:
    """Return what separates the cells of the first lines; Excel's Unicode text has tabs.

    A title above the header has none, and an address has a comma where cells are separated by something else:
    the line with most of one kind decides.
    """
    lines = [line for line in text.splitlines() if line.strip()][:_HEAD]
    return max(",\t;", key=lambda mark: max((line.count(mark) for line in lines), default=0))


def _encoding(path: Path) -> str:
    """Return the first encoding that the whole file is in."""
    with path.open("rb") as file:
        wide = wide_encoding(file.read(LOOKED_AT))
    for encoding in (wide,) if wide else ("utf-8-sig", "gb18030"):
        try:
            with path.open(encoding=encoding, newline="") as text:
                while text.read(_PIECE):
                    pass
        except UnicodeError:
            continue
        return encoding
    raise ZhupeiError("E036", file=path.name)
