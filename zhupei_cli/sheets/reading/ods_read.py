"""Reading .ods: cells, where they stand, and what hides or covers them, in one pass (OpenDocument 1.3).

Readers that fold the sheet down to its filled part lose where it began, and tell nothing of errors.
"""

import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Final

from zhupei_cli.sheets.kinds.cells import Cell, Spoilt
from zhupei_cli.sheets.kinds.serials import Serial1904, from_serial
from zhupei_cli.sheets.reading.package import name_of, parser_for, pieces
from zhupei_cli.sheets.reading.rows import Limits, Message, Rows, head_of
from zhupei_cli.words.errors import ZhupeiError

CONTENT: Final = "content.xml"

_DURATION: Final = re.compile(r"P(?:(\d+)D)?T(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?")
_BLANKS: Final = re.compile(r"[ \t\r\n]+")
_PADDED: Final = re.compile(r"0\d+")
_BROKEN: Final = re.compile(r"#[A-Z/0!?]+|Err:\d+")
#: More blanks in one cell than Excel takes characters.
_MOST_BLANKS: Final = 32_767
_MERGED: Final = 100_000
_LINE: Final = "style:text-line-through-style"


def read_ods(package: zipfile.ZipFile, limits: Limits) -> Iterator[Message]:
    """Yield the sheets of a workbook.

    Raises E033 (ill-formed), E035 and E040 (too large, nearly empty), E037 (a document type, blanks without
    end), E041 (too many cells without a value).
    """
    content = _Content(limits, file=name_of(package))
    parser = parser_for(package)
    parser.StartElementHandler, parser.EndElementHandler = content.start, content.end
    parser.CharacterDataHandler = content.characters
    for piece in pieces(package, CONTENT, end=lambda: b"<table:table-row"):
        parser.Parse(piece, False)
        yield from content.ready()
    parser.Parse(b"", True)
    yield from content.ready()
    yield "hidden", content.hidden


class _Content:
    """Takes in the elements of content.xml in their order."""

    def __init__(self, limits: Limits, *, file: str) -> None:
        #: Name and first rows of each hidden sheet.
        self.hidden: list[tuple[str, list[list[str]]]] = []
        self._limits, self._file = limits, file
        self._messages: list[Message] = []
        self._invisible: set[str] = set()
        #: Styles that strike through, and how many cells of this row have one.
        self._lined: set[str | None] = set()
        self._struck = 0
        self._style = ""
        self._rows: Rows | None = None
        #: Whether the sheet is to be read, and at which message it begins.
        self._visible, self._begun = True, 0
        #: What stands for the first day: serial numbers of such a workbook count from there.
        self._from_1904 = False
        self._merged: list[tuple[int, int, int, int]] = []
        #: How deep within elements whose text is no cell's: notes, drawings, tables within cells.
        self._aside = 0
        self._row = self._times = 0
        self._line: list[Cell] = []
        self._column = 0
        self._cell: dict[str, str] | None = None
        self._covered = False
        self._paragraphs: list[str] = []
        self._in_paragraph = False

    def ready(self) -> Iterator[Message]:
        """Yield what has gathered."""
        if self._rows is not None:
            self._messages += self._rows.ready()
        if self._visible:
            yield from self._messages
            self._messages = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take in the beginning of an element."""
        name = _short(name)
        given = {_short(key): value for key, value in attributes.items()}
        if self._aside or name in ("office:annotation", "table:shapes") or name.startswith("draw:"):
            self._aside += 1
        elif name == "style:style":
            self._style = given.get("style:name", "")
        elif name == "style:table-properties" and given.get("table:display") == "false":
            self._invisible.add(self._style)
        elif name == "style:text-properties" and given.get(_LINE, "none") != "none":
            self._lined.add(self._style)
        elif name == "table:null-date":
            self._from_1904 = given.get("table:date-value", "").startswith("1904")
        elif name == "table:table":
            self._start_table(given)
        elif name == "table:table-row":
            self._start_row(given)
        elif name in ("table:table-cell", "table:covered-table-cell"):
            self._cell, self._paragraphs = given, []
            self._covered = name == "table:covered-table-cell"
        elif self._cell is not None:
            self._start_text(name, given)

    def end(self, name: str) -> None:
        """Take in the end of an element."""
        if self._aside:
            self._aside -= 1
            return
        match _short(name):
            case "text:p" | "text:h":
                self._in_paragraph = False
            case "table:table-cell" | "table:covered-table-cell":
                self._end_cell()
            case "table:table-row":
                self._end_row()
            case "table:table" if self._rows is not None:
                self._messages += self._rows.rest()
                self._messages.append(("end", self._rows.hidden, self._merged, self._rows.struck))
                self._rows = None
                if not self._visible:
                    own = self._messages[self._begun :]
                    del self._messages[self._begun :]
                    self.hidden.append((own[0][1], head_of(own)))
                    self._visible = True

    def characters(self, text: str) -> None:
        """Take in what stands in a paragraph of a cell."""
        if self._in_paragraph and not self._aside:
            self._paragraphs[-1] += _BLANKS.sub(" ", text)

    def _start_table(self, given: dict[str, str]) -> None:
        name = given.get("table:name", "")
        self._row, self._merged = 0, []
        self._visible = given.get("table:style-name") not in self._invisible
        self._begun = len(self._messages)
        self._rows = Rows(name, self._limits, file=self._file)
        self._messages.append(("sheet", name))

    def _start_row(self, given: dict[str, str]) -> None:
        self._line, self._column, self._struck = [], 0, 0
        self._times = _times(given, "rows")
        if self._rows is not None and given.get("table:visibility") in ("collapse", "filter"):
            self._rows.hidden += range(self._row + 1, self._row + 1 + min(self._times, self._limits.rows))

    def _start_text(self, name: str, given: dict[str, str]) -> None:
        if name in ("text:p", "text:h"):
            self._paragraphs.append("")
            self._in_paragraph = True
        elif name == "text:s":
            blanks = int(given.get("text:c", "1"))
            if blanks > _MOST_BLANKS:
                raise ZhupeiError("E037", file=self._file)
            self._say(" " * blanks)
        elif name == "text:tab":
            self._say("\t")
        elif name == "text:line-break":
            self._say("\n")

    def _say(self, text: str) -> None:
        if self._in_paragraph:
            self._paragraphs[-1] += text

    def _end_cell(self) -> None:
        given, self._cell = self._cell, None
        if given is None:
            return
        times = _times(given, "columns")
        if self._covered:
            if len(self._merged) < _MERGED:
                last = self._row + self._times - 1
                self._merged.append((self._row, last, self._column, self._column + times - 1))
        elif (cell := self._meant(given)) != "":
            gap = min(self._column, self._limits.columns) - len(self._line)
            self._line += [""] * gap
            more = min(times, self._limits.columns + 1 - len(self._line))
            self._line += [cell] * more
            self._struck += more if given.get("table:style-name") in self._lined else 0
        self._column += times

    def _meant(self, given: dict[str, str]) -> Cell:
        cell = _cell(given, "\n".join(self._paragraphs))
        return Serial1904(cell) if self._from_1904 and isinstance(cell, float) else cell

    def _end_row(self) -> None:
        if self._rows is not None and self._line:
            last = self._row + self._times
            if last > self._limits.last_row:
                self._rows.add(last, list(self._line))
            for number in range(self._row + 1, last + 1):
                self._rows.add(number, list(self._line))
                if self._struck:
                    self._rows.strike(number, self._struck, len(self._line) - self._line.count(""))
        self._row += self._times


def _times(given: dict[str, str], what: str) -> int:
    """Return how often a row or cell stands there: as often as no sheet is long, at the most."""
    times = given.get(f"table:number-{what}-repeated", "1").strip()
    if not times.lstrip("+").isdecimal():
        raise ValueError(times)
    return min(max(int(times), 1), 1 << 24)


def _cell(given: dict[str, str], shown: str) -> Cell:
    kind = given.get("office:value-type", "")
    formula = "table:formula" in given
    if given.get("calcext:value-type") == "error" or (formula and _BROKEN.fullmatch(shown)):
        return Spoilt("E019", shown or "#N/A")
    try:
        match kind:
            case "float" | "currency" | "percentage":
                value = float(given["office:value"])
                if kind == "percentage":
                    return from_serial(value, "percent", from_1904=False)
                return shown if _PADDED.fullmatch(shown) and float(shown) == value else value
            case "date":
                moment = datetime.fromisoformat(given["office:date-value"])
                return moment.date() if moment.time() == time.min else moment
            case "time":
                return _time(given["office:time-value"])
            case "boolean":
                return given["office:boolean-value"] == "true"
            case "string":
                return given.get("office:string-value", shown)
    except (ValueError, LookupError):
        return Spoilt("E045", "")
    return Spoilt("E025") if formula and not shown else shown


def _time(text: str) -> time | timedelta:
    found = _DURATION.fullmatch(text)
    if found is None:
        raise ValueError(text)
    days, hours, minutes, seconds = (float(part or 0) for part in found.groups())
    length = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    if length >= timedelta(days=1):
        return length
    return (datetime.combine(date.min, time.min) + length).time()


@cache
def _short(name: str) -> str:
    """Return an element's name with the usual word for its namespace: `…:xmlns:table:1.0` is table."""
    space, _, local = name.rpartition(" ")
    return f"{space.split(':')[-2]}:{local}" if space.startswith("urn:") else local
