"""Rows of a sheet read by a parser: everything that is not written plainly, and what surrounds the rows."""

import re
import zipfile
from typing import Final

from zhupei_cli.sheets.kinds.cells import Cell, Spoilt
from zhupei_cli.sheets.reading.package import name_of
from zhupei_cli.sheets.reading.rows import Limits, Rows
from zhupei_cli.sheets.reading.xlsx_document import Document
from zhupei_cli.sheets.reading.xlsx_plain import column_number
from zhupei_cli.sheets.reading.xlsx_values import Meaning
from zhupei_cli.words.errors import ZhupeiError

#: First and last row, first and last column, each from 0.
Range = tuple[int, int, int, int]

_ADDRESS: Final = re.compile(r"([A-Za-z]*)(\d{0,12})")
_RANGE: Final = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7}):\$?([A-Za-z]{1,3})\$?(\d{1,7})")
_PLACES: Final = (
    ("", "worksheet"),
    ("worksheet", "sheetData"),
    ("sheetData", "row"),
    ("row", "c"),
    ("c", "v"),
    ("c", "f"),
    ("c", "is"),
    ("is", "t"),
    ("is", "r"),
    ("r", "t"),
    ("worksheet", "mergeCells"),
    ("mergeCells", "mergeCell"),
)
#: What a cell has once at most: its content, and a run of it its text.
_ONCE: Final = frozenset(("v", "is", "t"))
#: More merged ranges than an office makes by hand.
_MERGED: Final = 100_000


class ParsedRows:
    """Reads the document of one sheet; pieces of whole rows may be left out of it.

    Raises E033 for cells that are not where they say.
    """

    def __init__(self, rows: Rows, meaning: Meaning, limits: Limits, package: zipfile.ZipFile) -> None:
        self.document = Document(package, _PLACES, self._start, self._end)
        self.merged: list[Range] = []
        self._rows, self._meaning, self._limits = rows, meaning, limits
        self._file = name_of(package)
        self._number = 0
        self._cells: dict[int, Cell] = {}
        self._struck = 0
        self._cell: dict[str, str] = {}
        self._value: list[str] = []
        self._text: list[str] = []
        self._inside: set[str] = set()
        self._twice = False

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        # A damaged cell may have two values, and then none that anybody knows.
        self._twice = self._twice or (name in _ONCE and name in self._inside)
        match name:
            case "row":
                self._start_row(attributes)
            case "c":
                self._cell, self._value, self._text, self._inside = attributes, [], [], set()
                self._twice = False
            case "r":
                self._inside.discard("t")  # each run has its own
            case "v":
                self.document.collect(self._value)
            case "t":
                self.document.collect(self._text)
            case "mergeCell":
                self._merge(attributes.get("ref", ""))
        self._inside.add(name)

    def _end(self, name: str) -> None:
        if name == "c":
            self._end_cell(self._cell)
        elif name == "row":
            self._end_row()

    def _start_row(self, attributes: dict[str, str]) -> None:
        self._number = self._whole(attributes["r"]) if "r" in attributes else 0
        self._cells, self._struck = {}, 0
        if attributes.get("hidden") in ("1", "true"):
            self._rows.hidden.append(self._number or self._rows.seen + 1)

    def _end_row(self) -> None:
        number = self._number or self._rows.seen + 1
        self._rows.seen = number
        if self._cells:
            line: list[Cell] = [""] * (max(self._cells) + 1)
            for column, cell in self._cells.items():
                line[column] = cell
            self._rows.add(number, line)
        if self._struck:
            self._rows.strike(number, self._struck, len(self._cells) - list(self._cells.values()).count(""))

    def _end_cell(self, attributes: dict[str, str]) -> None:
        column = self._column(attributes.get("r", ""))
        formula = "f" in self._inside
        if "is" in self._inside:
            type_, text = "inlineStr", "".join(self._text)
        elif formula and "v" not in self._inside:
            type_, text = "n", ""  # whatever type it would have: the program that wrote it did not compute it
        else:
            type_, text = attributes.get("t", "n"), "".join(self._value)
        if self._twice:
            cell: Cell = Spoilt("E045", "")
        else:
            cell = self._meaning.cell(type_, attributes.get("s", ""), text, formula=formula)
        if cell == "":
            self._cells.setdefault(column, "") if column < self._limits.columns else None
            return
        if column >= self._limits.columns:
            line: list[Cell] = [""] * min(column, 16_384)
            self._rows.add(self._number or self._rows.seen + 1, [*line, cell])
        if self._cells.get(column, "") != "":
            raise ZhupeiError("E033", file=self._file)
        self._cells[column] = cell
        self._struck += attributes.get("s", "0") in self._meaning.struck

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
