"""Rows of a sheet as nearly all programs write them, read by one pattern as fast as a reader in Rust.

Nothing is guessed. A row is taken when the pattern matches it to the last byte, and a piece of a sheet when
as many cells were read as it has ends of contents; whatever is written otherwise, a parser reads.

Decided on figures (100,000 × 36 texts, one run side by side): values from python-calamine alone, in the same
process, with a scan of ours for what it does not tell (errors, formulas without a result, looks, hidden
rows), would be fewer lines (it was timed, not built). But its first row comes when all are read, after 5 to
13 s against 0.4 to 2 s here, in 281 to 351 MiB against 34 to 82, and all of its 4.3 to 6.1 s of processor
time stand before the scan. What it is not told it loses (error cells, a cell twice). So calamine and
openpyxl are asked what they read by the tests, sheet by sheet (tests/sheets/reading/test_differential.py).
"""

import re
from collections.abc import Callable, Mapping, Sequence
from operator import getitem
from typing import Final

from zhupei_cli.sheets.kinds.cells import Cell
from zhupei_cli.sheets.reading.rows import Rows
from zhupei_cli.sheets.reading.xlsx_form import ATTRIBUTES, FORMULA, Read, XlsxForm
from zhupei_cli.sheets.reading.xlsx_values import Meaning, Memo, decoded, string

_ROW: Final = re.compile(rb'\s*(?:<row(?:\s[^<>]*)?/>\s*)*+<row r="([1-9]\d{0,6})"(' + ATTRIBUTES + b")>")
_NO_ROWS: Final = re.compile(rb"\s*(?:<row(?:\s[^<>]*)?/>\s*)*")
_HIDDEN: Final = re.compile(rb' hidden="(?:1|true)"')
#: The whole cell; address, attributes, and its value or its text: a cell that is not closed at once has one.
_CELL: Final = re.compile(
    rb'(<c r="([A-Z]{1,3}+\d++)"([^<>]*+)(?:(?<=/)>|(?<!/)>'
    rb"(?:" + FORMULA + rb")?+"
    rb'(?:<v>([^<]*+)</v>|<is><t(?: xml:space="preserve")?+>([^<]++)</t></is>)</c>))'
)
_ATTRIBUTES: Final = re.compile(r'(?: s="(\d{1,6})")?(?: t="(\w+)")?(?: s="(\d{1,6})")?/?')
_DIGITS: Final = b"0123456789"
#: Rows of more shapes than this have no shape.
_SHAPES: Final = 4_096
#: A column beyond what is read.
_FAR: Final = 512

#: What reads the contents of a row's cells, which of them are texts of their own, how many have a content.
Shape = tuple[list[Mapping[bytes, Cell]], list[bool], int]


class Unclear(Exception):
    """A piece holds what the pattern does not know."""


class PlainRows:
    """Reads pieces of one sheet."""

    def __init__(self, rows: Rows, meaning: Meaning) -> None:
        self._rows, self._meaning = rows, meaning
        self._contents: dict[bytes, Mapping[bytes, Cell]] = {}
        self._shapes: dict[tuple[bytes, ...], Shape] = {}
        self._places: dict[tuple[bytes, ...], tuple[list[int], list[int]]] = {}
        self._letters: tuple[bytes, ...] = ()
        self._form = XlsxForm(self._or_blank)

    def take(self, piece: bytes) -> bool:
        """Take in a piece of whole rows; False, and nothing taken, when a parser has to read it."""
        try:
            found, hidden = self._read(piece)
        except (Unclear, ValueError, LookupError):
            return False
        for number, cells, _ in found:
            self._rows.add(number, cells)
        if found:
            self._rows.seen = found[-1][0]
        self._rows.hidden += hidden
        return True

    def _read(self, piece: bytes) -> tuple[list[Read], list[int]]:
        if b"<f" in piece:
            piece.decode()  # the one text that is not read must be one
        lines = piece.split(b"</row>")
        if not _NO_ROWS.fullmatch(lines.pop()):
            raise Unclear
        found: list[Read] = []
        hidden: list[int] = []
        last, filled = self._rows.seen, 0
        for line in lines:
            read = self._form.read(line) or self._line(line, hidden)
            if read[0] <= last:
                raise Unclear
            last = read[0]
            filled += read[2]
            found.append(read)
        if filled != piece.count(b"</v>") + piece.count(b"</t>"):
            raise Unclear
        return found, hidden

    def _line(self, line: bytes, hidden: list[int]) -> Read:
        """Return what a row holds, each cell found on its own."""
        row = _ROW.match(line)
        if row is None:
            raise Unclear
        number = int(row[1])
        if b"hidden" in row[2] and _HIDDEN.search(row[2]):
            hidden.append(number)
        found = _CELL.findall(line, row.end())
        if sum([len(whole) for whole, *_ in found]) != len(line) - row.end():
            raise Unclear
        return number, *(self._cells(found, row[1]) if found else ([], 0))

    def _cells(self, found: list[tuple[bytes, ...]], number: bytes) -> tuple[list[Cell], int]:
        """Return the cells of a row, and how many of them have a content."""
        _, addresses, attributes, values, texts = zip(*found, strict=True)
        memos, own, filled = self._shapes.get(attributes) or self._shape(attributes)
        if own != list(map(bool, texts)):
            raise Unclear
        contents = [value or text for value, text in zip(values, texts, strict=True)] if any(own) else values
        cells = list(map(getitem, memos, contents))
        if [letters + number for letters in self._letters] != list(addresses):
            self._letters = _letters(addresses, number)
        columns, gaps = self._places.get(self._letters) or self._place(self._letters)
        if columns[-1] >= _FAR:
            return _spread(columns, cells), filled
        self._form.learn(columns, self._letters, attributes)
        for gap in gaps:
            cells.insert(gap, "")
        return cells, filled

    def _shape(self, attributes: tuple[bytes, ...]) -> Shape:
        """Return how to read the contents of a row's cells."""
        if len(self._shapes) > _SHAPES:
            self._shapes.clear()
        memos = [self._contents.get(one) or self._content(one) for one in attributes]
        open_ = [not one.endswith(b"/") for one in attributes]
        own = [b't="inlineStr"' in one and there for one, there in zip(attributes, open_, strict=True)]
        shape = self._shapes[attributes] = memos, own, sum(open_)
        return shape

    def _content(self, attributes: bytes) -> Mapping[bytes, Cell]:
        """Return what reads the content of cells with these attributes."""
        type_, style = _type_and_style(attributes)
        if attributes.endswith(b"/"):
            content: Mapping[bytes, Cell] = {b"": self._meaning.cell(type_, style, "")}
        else:
            content = Memo(self._read_one(type_, style))
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
