"""The form in which a program writes the rows of a sheet: learnt from some, then matched as a whole."""

import re
from collections.abc import Callable, Mapping, Sequence
from operator import getitem
from typing import Final

from zhupei_cli.sheets.kinds.cells import Cell

#: Cells whose value does not depend on their style.
_STYLED: Final = re.compile(rb'(?: s="\d+")? t="(s|str|inlineStr|b)"')
#: What else a row may say: nothing that hides it, moves it or makes its name another one.
ATTRIBUTES: Final = rb"""(?: (?!r=|xmlns)[A-Za-z\d:]++="[ !#-%'-;=?-~]*+")*+"""
_ROW: Final = rb'<row r="([1-9]\d{0,6})"(?![^>]* hidden="[^0f])' + ATTRIBUTES + b">"
#: The attributes and the text of a formula, which nobody reads.
FORMULA: Final = (
    rb"""<f(?: [a-z\d]++="[ !#-%'-;=?-~]*+")*+(?:/>|>(?:[^<&\x00-\x1f]|&(?:amp|lt|gt|quot|apos);)*+</f>)"""
)
# `(?:…|)` is `(?:…)?` in half the time.
_TEXT: Final = rb'<is><t(?: xml:space="preserve"|)>([^<]++)</t></is>'
#: The first look is taken after so many rows, further ones after twice as many strange rows each time.
_ROWS: Final = 64

#: What reads the contents of cells with certain attributes; "" for a cell that is not there.
Reader = Callable[[bytes], Mapping[bytes, Cell]]
#: Number of a row, its cells, and how many of them have a content.
Read = tuple[int, list[Cell], int]


class XlsxForm:
    """Learns, and reads rows that follow what it has learnt; for others it says so."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._filled: dict[int, tuple[bytes, bytes]] = {}
        self._strange, self._patience, self._new = 0, _ROWS, False
        self._pattern: re.Pattern[bytes] | None = None
        self._contents: list[Mapping[bytes, Cell]] = []
        self._gaps: Sequence[int] = ()

    def read(self, line: bytes) -> Read | None:
        """Return what a row without its end tag holds; None when it is written otherwise."""
        found = self._pattern.fullmatch(line) if self._pattern else None
        if found is None:
            return None
        number, *contents = found.groups(b"")
        cells = list(map(getitem, self._contents, contents))
        for gap in self._gaps:
            cells.insert(gap, "")
        return int(number), cells, len(contents) - contents.count(b"")

    def learn(self, columns: Sequence[int], letters: Sequence[bytes], attributes: Sequence[bytes]) -> None:
        """See a row that was read in another way."""
        for column, name, written in zip(columns, letters, attributes, strict=True):
            if not written.endswith(b"/") and column not in self._filled:
                self._filled[column] = name, written
                self._new = True
        self._strange += 1
        if self._strange >= self._patience and self._new:
            self._make()

    def _make(self) -> None:
        self._strange, self._patience, self._new = 0, 2 * self._patience, False
        columns = sorted(self._filled)
        cells = b"".join(_cell(*self._filled[column]) for column in columns)
        self._pattern = re.compile(_ROW + cells)
        self._contents = [self._reader(self._filled[column][1]) for column in columns]
        self._gaps = [column for column in range(columns[-1]) if column not in self._filled]


def _cell(letters: bytes, attributes: bytes) -> bytes:
    """Return the pattern of a cell that is filled, blank, or not there."""
    styled = _STYLED.fullmatch(attributes)
    written = rb'(?: s="\d++"|) t="' + styled[1] + b'"' if styled else re.escape(attributes)
    content = _TEXT if styled and styled[1] == b"inlineStr" else b"<v>([^<]++)</v>"
    blank = rb'(?: s="\d++"|)/>'
    return (
        b'(?:<c r="'
        + letters
        + rb'\1"(?:'
        + written
        + b">"
        + b"(?:"
        + FORMULA
        + b"|)"
        + content
        + b"</c>|"
        + blank
        + b")|)"
    )
