"""Cells: what a reader gives, what a cell can say besides a value, and its text made clean."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum
from typing import Final

from zhupei_cli.rules.people.characters import BLANK, PLAIN, one_form


class Special(Enum):
    """What a cell can say that is no value."""

    CLEAR = "清空"
    ABSENT = "缺考"


#: The cell erases what is stored.
CLEAR: Final = Special.CLEAR
#: The candidate missed this part of the exam.
ABSENT: Final = Special.ABSENT


@dataclass(frozen=True, slots=True)
class Spoilt:
    """A cell whose value nobody can know: an error, a formula without a result, part of a merged cell.

    `code` is in the catalogue. `word` is what the cell shows.
    """

    code: str
    word: str = "#N/A"


Cell = str | float | bool | date | datetime | time | timedelta | Spoilt | None
Parser = Callable[[Cell], object]


class Unreadable(Exception):
    """A cell cannot be what its column wants. `code` is in the catalogue, `values` fill its sentence."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


# Zero-width characters, marks of direction, tags and the byte order mark: invisible, and enough to make two
# names differ.
_INVISIBLE: Final = dict.fromkeys(
    [
        0xAD,
        *map(ord, BLANK),
        0x180E,
        *range(0x200B, 0x2010),
        *range(0x202A, 0x202F),
        *range(0x2060, 0x2070),
        0xFEFF,
        *range(0xE0000, 0xE0080),
    ]
)
#: How people tell Excel that a number is text; in a cell that is text already, the sign stays.
_TEXT_MARKS: Final = ("'", "‘", "’", "`", "′")
_MARKED: Final = re.compile("['‘’`′][0-9A-Za-z+][^'‘’`′]*")
#: Categories no text of ours may hold: controls, surrogates, code points without a character.
_FORBIDDEN: Final = ("Cc", "Cs", "Cn")


def _is_ideograph(char: str) -> bool:
    # The planes of ideographs grow every year; Python knows those of its own year, and calls the rest none.
    return 0x20000 <= ord(char) < 0x3FFFE and ord(char) & 0xFFFE != 0xFFFE


def clean(text: str) -> str:
    """Return `text` without invisible and forbidden characters, its spaces trimmed and folded."""
    # Printable text has no control, no invisible character and no space but the common one.
    if not text.isprintable():
        text = "".join(
            " " if char.isspace() else char
            for char in text.translate(_INVISIBLE)
            if char.isspace() or unicodedata.category(char) not in _FORBIDDEN or _is_ideograph(char)
        )
    return " ".join(text.split()) if "  " in text else text.strip()


def text(cell: Cell) -> str:
    """Return the cell as people see it: whole numbers without a decimal point, dates as 2024-06-30."""
    if isinstance(cell, str):
        # As nearly all are: the cells of a season are some millions.
        word = cell if PLAIN.fullmatch(cell) else clean(one_form(cell))
        return word[1:] if word[:1] in _TEXT_MARKS and _MARKED.fullmatch(word) else word
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float | int):
        # Fifteen digits are what Excel keeps and shows: a sum of 28.1 and 57 is 85.1, not 85.10000000000001.
        return str(int(cell)) if float(cell).is_integer() and abs(cell) < 1e15 else f"{cell:.15g}"
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time.min else cell.isoformat(" ")
    if isinstance(cell, Spoilt):
        return cell.word
    return "" if cell is None else str(cell)


def code(cell: Cell) -> str:
    """Return a code: NFKC, without spaces."""
    word = text(cell)
    return "".join((word if word.isascii() else unicodedata.normalize("NFKC", word)).split())
