"""Rows of a sheet as nearly all programs write them, read by one pattern as fast as a reader in Rust.

Nothing is guessed: where a piece of a sheet holds one tag more than the pattern accounts for, none of it is
taken, and a parser reads it instead.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from operator import getitem
from typing import Final

from zhupei_cli.sheets.cells import Cell
from zhupei_cli.sheets.rows import Rows
from zhupei_cli.sheets.xlsx_form import Form
from zhupei_cli.sheets.xlsx_values import Meaning, Memo, decoded, string

_ROW: Final = re.compile(rb'\s*(?:<row(?:\s[^<>]*)?/>\s*)*+<row r="([1-9]\d{0,6})"([^<>]*)(?<!/)>')
_NO_ROWS: Final = re.compile(rb"\s*(?:<row(?:\s[^<>]*)?/>\s*)*")
_HIDDEN: Final = re.compile(rb'(?:^|\s)hidden="(?:1|true)"')
#: Address, attributes, content.
_CELL: Final = re.compile(
    rb'<c r="([A-Z]{1,3}+\d++)"([^<>]*+)>(?:(?:<f(?: [^<>]*+)?+>[^<]*+</f>|<f [^<>]*+(?<=/)>)?+'
    rb'(?:<v>|<is><t(?: xml:space="preserve")?+>)([^<]*+)(?:</v>|</t></is>)</c>)?'
)
_FORMULA: Final = (b"<f>", b"<f ", b"</f>")
_ATTRIBUTES: Final = re.compile(r'(?: s="(\d{1,6})")?(?: t="(\w+)")?(?: s="(\d{1,6})")?/?')
_DIGITS: Final = b"0123456789"
#: Rows of more shapes than this have no shape.
_SHAPES: Final = 4_096
#: A column beyond what is read.
_FAR: Final = 512

#: What reads the content of a cell, and how many tags it has; the same of all cells of a row.
Content = tuple[Mapping[bytes, Cell], int]
Shape = tuple[list[Mapping[bytes, Cell]], int]


class Unclear(Exception):
    """A piece holds what the pattern does not know."""


class PlainRows:
    """Reads pieces of one sheet."""

    def __init__(self, rows: Rows, meaning: Meaning) -> None:
        self._rows, self._meaning = rows, meaning
        self._contents: dict[bytes, Content] = {}
        self._shapes: dict[tuple[bytes, ...], Shape] = {}
        self._places: dict[tuple[bytes, ...], tuple[list[int], list[int]]] = {}
        self._letters: tuple[bytes, ...] = ()
        self._form = Form(self._or_blank)

    def take(self, piece: bytes) -> bool:
        """Take in a piece of whole rows; False, and nothing taken, when a parser has to read it."""
        try:
            found, hidden = self._read(piece)
        except (Unclear, ValueError, LookupError):
            return False
        for number, cells in found:
            self._rows.add(number, cells)
        if found:
            self._rows.seen = found[-1][0]
        self._rows.hidden += hidden
        return True

    def _read(self, piece: bytes) -> tuple[list[tuple[int, list[Cell]]], list[int]]:
        lines = piece.split(b"</row>")
        if not _NO_ROWS.fullmatch(lines.pop()):
            raise Unclear
        found: list[tuple[int, list[Cell]]] = []
        hidden: list[int] = []
        last = self._rows.seen
        for line in lines:
            number, cells = self._form.read(line) or self._line(line, hidden)
            if number <= last:
                raise Unclear
            last = number
            found.append((number, cells))
        return found, hidden

    def _line(self, line: bytes, hidden: list[int]) -> tuple[int, list[Cell]]:
        """Return the number and cells of a row, each cell found on its own."""
        row = _ROW.match(line)
        if row is None:
            raise Unclear
        number = int(row[1])
        if b"hidden" in row[2] and _HIDDEN.search(row[2]):
            hidden.append(number)
        cells, tags = self._cells(_CELL.findall(line, row.end()), row[1])
        more = line.count(b"<") - line.count(b"<", 0, row.end()) - tags
        if more and more != sum(map(line.count, _FORMULA)):
            raise Unclear
        return number, cells

    def _cells(self, found: list[tuple[bytes, bytes, bytes]], number: bytes) -> tuple[list[Cell], int]:
        """Return the cells of a row, and how many tags they had."""
        if not found:
            return [], 0
        addresses, attributes, contents = zip(*found, strict=True)
        shape = self._shapes.get(attributes) or self._shape(attributes)
        cells = list(map(getitem, shape[0], contents))
        if [letters + number for letters in self._letters] != list(addresses):
            self._letters = _letters(addresses, number)
        columns, gaps = self._places.get(self._letters) or self._place(self._letters)
        if columns[-1] >= _FAR:
            return _spread(columns, cells), shape[1]
        self._form.learn(columns, self._letters, attributes)
        for gap in gaps:
            cells.insert(gap, "")
        return cells, shape[1]

    def _shape(self, attributes: tuple[bytes, ...]) -> Shape:
        """Return how to read the contents of a row's cells, and how many tags they have."""
        if len(self._shapes) > _SHAPES:
            self._shapes.clear()
        contents = [self._contents.get(one) or self._content(one) for one in attributes]
        shape = [memo for memo, _ in contents], sum(tags for _, tags in contents)
        self._shapes[attributes] = shape
        return shape

    def _content(self, attributes: bytes) -> Content:
        """Return what reads the content of cells with these attributes, and how many tags they have."""
        type_, style = _type_and_style(attributes)
        if attributes.endswith(b"/"):
            content: Content = {b"": self._meaning.cell(type_, style, "")}, 1
        else:
            content = Memo(self._read_one(type_, style)), 6 if type_ == "inlineStr" else 4
        self._contents[attributes] = content
        return content

    def _read_one(self, type_: str, style: str, *, blank: bool = False) -> Callable[[bytes], Cell]:
        """Return what reads the content of a cell; where there is none it is blank, or unclear."""
        if type_ in ("str", "inlineStr"):
            return string
        cell, strings = self._meaning.cell, self._meaning.strings

        def shared(raw: bytes) -> Cell:
            if raw.isdigit():
                return strings[int(raw)]
            return nothing(raw)

        def read(raw: bytes) -> Cell:
            return cell(type_, style, decoded(raw)) if raw else nothing(raw)

        def nothing(raw: bytes) -> Cell:
            if raw or not blank:
                raise Unclear
            return ""

        return shared if type_ == "s" else read

    def _or_blank(self, attributes: bytes) -> Mapping[bytes, Cell]:
        """Return what reads the content of cells with these attributes, where there may be none."""
        return Memo(self._read_one(*_type_and_style(attributes), blank=True))

    def _place(self, letters: tuple[bytes, ...]) -> tuple[list[int], list[int]]:
        """Return the columns of a row's cells, from 0, and those that have no cell in between."""
        columns = [column_number(one.decode()) - 1 for one in letters]
        if columns != sorted(set(columns)):
            raise Unclear
        if len(self._places) > _SHAPES:
            self._places.clear()
        there, end = set(columns), min(columns[-1], _FAR)
        place = self._places[letters] = columns, [one for one in range(end) if one not in there]
        return place


def _type_and_style(attributes: bytes) -> tuple[str, str]:
    known = _ATTRIBUTES.fullmatch(attributes.decode())
    if known is None or (known[1] and known[3]):
        raise Unclear
    return known[2] or "", known[1] or known[3] or ""


def _letters(addresses: Sequence[bytes], number: bytes) -> tuple[bytes, ...]:
    letters = tuple([address.rstrip(_DIGITS) for address in addresses])
    if any(one + number != address for one, address in zip(letters, addresses, strict=True)):
        raise Unclear
    return letters


def _spread(columns: Sequence[int], cells: list[Cell]) -> list[Cell]:
    """Return a row that reaches far to the right only where it is filled so far."""
    while cells and cells[-1] == "":
        cells.pop()
    line: list[Cell] = [""] * (columns[len(cells) - 1] + 1) if cells else []
    for column, cell in zip(columns, cells, strict=False):
        line[column] = cell
    return line


_COLUMNS: Final[dict[str, int]] = {}


def column_number(letters: str) -> int:
    """Return the number of a column, counted from 1; more than four letters count as four."""
    number = _COLUMNS.get(letters)
    if number is None:
        number = 0
        for letter in letters[:4].upper():
            number = number * 26 + ord(letter) - 64
        if len(letters) < 3:
            _COLUMNS[letters] = number
    return number
