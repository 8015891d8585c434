"""Rows of a sheet read by a parser: everything that is not written plainly, and what surrounds the rows."""

import re
from typing import Final
from xml.parsers.expat import ParserCreate

from zhupei_cli.errors import ZhupeiError
from zhupei_cli.sheets.cells import Cell
from zhupei_cli.sheets.rows import Rows
from zhupei_cli.sheets.scan import Limits
from zhupei_cli.sheets.xlsx_plain import column_number
from zhupei_cli.sheets.xlsx_values import Meaning

#: First and last row, first and last column, each from 0.
Range = tuple[int, int, int, int]

_ADDRESS: Final = re.compile(r"([A-Za-z]*)(\d{0,12})")
_RANGE: Final = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7}):\$?([A-Za-z]{1,3})\$?(\d{1,7})")
_OURS: Final = frozenset(("sheetData", "row", "c", "v", "is", "t", "f", "rPh"))
#: More merged ranges than an office makes by hand.
_MERGED: Final = 100_000


class ParsedRows:
    """Reads the document of one sheet; pieces of whole rows may be left out of it.

    `between` says that the last piece ended between two rows. Raises E033 for cells that are not where
    they say, E037 for cells under another prefix than the sheet's own.
    """

    def __init__(self, rows: Rows, meaning: Meaning, limits: Limits, *, prefix: str, file: str) -> None:
        self.between = False
        self.merged: list[Range] = []
        self._rows, self._meaning, self._limits = rows, meaning, limits
        self._prefix, self._file = prefix, file
        self._number = 0
        self._cells: dict[int, Cell] = {}
        self._cell: dict[str, str] | None = None
        self._inside: list[str] = []
        self._text: list[str] = []
        self._formula = self._inline = False
        self._parser = ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler, self._parser.EndElementHandler = self._start, self._end

    def feed(self, piece: bytes, *, last: bool = False) -> None:
        """Parse a piece; ExpatError when it is ill-formed."""
        self._parser.Parse(piece, last)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        prefix, _, local = name.rpartition(":")
        if prefix != self._prefix:
            if local in _OURS:
                raise ZhupeiError("E037", file=self._file)
            return
        if local == "sheetData":
            self.between = True
        elif local == "row":
            self._start_row(attributes)
        elif local == "c":
            self._cell, self._text = attributes, []
            self._formula = self._inline = False
        elif local == "mergeCell":
            self._merge(attributes.get("ref", ""))
        elif self._cell is not None and local in _OURS:
            self._inside.append(local)
            self._formula |= local == "f"
            self._inline |= local == "is"
            if local == "v" or self._inside == ["is", "t"]:
                self._parser.CharacterDataHandler = self._text.append

    def _end(self, name: str) -> None:
        prefix, _, local = name.rpartition(":")
        if prefix != self._prefix:
            return
        if local == "c" and self._cell is not None:
            self._end_cell(self._cell)
            self._cell, self._inside = None, []
        elif local == "row":
            self._end_row()
        elif local == "sheetData":
            self.between = False
        elif self._inside and local == self._inside[-1]:
            self._inside.pop()
            self._parser.CharacterDataHandler = None

    def _start_row(self, attributes: dict[str, str]) -> None:
        self.between = False
        self._number = self._whole(attributes["r"]) if "r" in attributes else 0
        self._cells = {}
        if attributes.get("hidden") in ("1", "true"):
            self._rows.hidden.append(self._number or self._rows.seen + 1)

    def _end_row(self) -> None:
        number = self._number or self._rows.seen + 1
        self.between = True
        self._rows.seen = number
        if self._cells:
            line: list[Cell] = [""] * (max(self._cells) + 1)
            for column, cell in self._cells.items():
                line[column] = cell
            self._rows.add(number, line)

    def _end_cell(self, attributes: dict[str, str]) -> None:
        column = self._column(attributes.get("r", ""))
        type_ = "inlineStr" if self._inline else attributes.get("t", "n")
        style = attributes.get("s", "")
        cell = self._meaning.cell(type_, style, "".join(self._text), formula=self._formula)
        if cell == "":
            self._cells.setdefault(column, "") if column < self._limits.columns else None
            return
        if column >= self._limits.columns:
            line: list[Cell] = [""] * min(column, 16_384)
            self._rows.add(self._number or self._rows.seen + 1, [*line, cell])
        if self._cells.get(column, "") != "":
            raise ZhupeiError("E033", file=self._file)
        self._cells[column] = cell

    def _column(self, address: str) -> int:
        """Return the column of a cell from 0; one without an address stands right of the last one."""
        if not address:
            return max(self._cells, default=-1) + 1
        found = _ADDRESS.fullmatch(address.strip())
        if found is None:
            raise ZhupeiError("E037", file=self._file)
        number = self._whole(found[2]) if found[2] else self._number
        if self._number == 0:
            self._number = number
        if number != self._number:
            raise ZhupeiError("E033", file=self._file)
        return column_number(found[1]) - 1 if found[1] else max(self._cells, default=-1) + 1

    def _whole(self, text: str) -> int:
        if not text.strip().isdecimal() or len(text) > 20 or int(text) < 1:
            raise ZhupeiError("E033", file=self._file)
        return int(text)

    def _merge(self, reference: str) -> None:
        found = _RANGE.fullmatch(reference)
        if found and len(self.merged) < _MERGED:
            left, top, right, bottom = found.groups()
            columns = column_number(left) - 1, column_number(right) - 1
            self.merged.append((int(top) - 1, int(bottom) - 1, *columns))
