"""Cells: one parser per kind of value. A cell is text, float, bool, date or datetime as the reader gives it.

A parser returns the value, or raises Unreadable with the catalogue code that says what is wrong.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from enum import Enum
from typing import Any, Final

from zhupei_cli.vocabulary import AMBIGUOUS_IDENTITIES, IDENTITY, CodeTable

Cell = str | float | int | bool | date | datetime | timedelta | None
Parser = Callable[[Any], Any]


class Special(Enum):
    """What a cell can say that is no value."""

    CLEAR = "清空"
    ABSENT = "缺考"


#: The cell erases what is stored.
CLEAR: Final = Special.CLEAR
#: The candidate missed this part of the exam.
ABSENT: Final = Special.ABSENT


class Unreadable(Exception):
    """A cell cannot be what its column wants. `code` is in the catalogue, `values` fill its sentence."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


# Zero-width characters and the byte order mark: invisible, and enough to make two names differ.
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
#: Categories no text of ours may hold: controls, surrogates, code points without a character.
_FORBIDDEN = ("Cc", "Cs", "Cn")


def clean(text: str) -> str:
    """Return `text` without invisible and forbidden characters, its spaces trimmed and folded."""
    if not text.isascii() or not text.isprintable():
        text = text.translate(_INVISIBLE)
        text = "".join(
            " " if char in "\r\n\t" else char
            for char in text
            if char in "\r\n\t" or unicodedata.category(char) not in _FORBIDDEN
        )
    return " ".join(text.split())


def text(cell: Cell) -> str:
    """Return the cell as people see it: whole numbers without a decimal point, dates as 2024-06-30."""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float | int):
        return str(int(cell)) if float(cell).is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == datetime.min.time() else cell.isoformat(" ")
    return clean(str(cell))


def code(cell: Cell) -> str:
    """Return a code: NFKC, without spaces."""
    return "".join(unicodedata.normalize("NFKC", text(cell)).split())


def phone(cell: Cell) -> str:
    """Return a phone number: digits, `+`, `-` and extension; E011 for anything else."""
    number = code(cell)
    if not re.fullmatch(r"[+(]?[0-9][0-9()\-转x,;/ ]{4,38}", number):
        raise Unreadable("E011", value=_masked(number))
    return number


def email(cell: Cell) -> str:
    """Return an e-mail address; E012 when it has no @ or no domain."""
    address = code(cell)
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", address):
        raise Unreadable("E012", value=_masked(address))
    return address


def paper_number(cell: Cell) -> str:
    """Return the number of a paper as text; E013 when the cell is a number: its last digits are lost."""
    if isinstance(cell, float | int | date | timedelta):
        raise Unreadable("E013")
    return code(cell).upper()


def table(words: CodeTable) -> Parser:
    """Return the parser of a closed list; E014 names the list."""

    def read(cell: Cell) -> str:
        word = text(cell)
        found = words.parse(word)
        if found is None:
            raise Unreadable("E014", label=words.name, value=word, choices="、".join(words.words()))
        return found

    return read


def flag(words: CodeTable) -> Parser:
    """Return the parser of a yes-or-no column."""
    read_code = table(words)

    def read(cell: Cell) -> bool:
        return cell if isinstance(cell, bool) else read_code(cell) == "1"

    return read


def identity(cell: Cell) -> str:
    """Return an identity; 单位人 could be two of them and is never guessed (E015)."""
    word = text(cell)
    if word in AMBIGUOUS_IDENTITIES:
        raise Unreadable("E015", value=word, choices="、".join(IDENTITY.words()))
    found: str = table(IDENTITY)(cell)
    return found


def stopped(cell: Cell) -> bool:
    """Return whether a place is 停招; E014 for any word but that."""
    word = text(cell)
    if word not in ("停招", "正常", "招收"):
        raise Unreadable("E014", label="状态", value=word, choices="停招，或留空")
    return word == "停招"


def whole(low: int, high: int) -> Parser:
    """Return the parser of a whole number between `low` and `high`; E016 otherwise."""

    def read(cell: Cell) -> int:
        word = code(cell).removesuffix("年").removesuffix("人")
        if not re.fullmatch(r"[0-9]{1,9}", word) or not low <= int(word) <= high:
            raise Unreadable("E016", value=text(cell), low=low, high=high)
        return int(word)

    return read


def mark(cell: Cell) -> int:
    """Return a mark of 0 to 100 in hundredths; E017 otherwise, also for a third decimal."""
    try:
        # A float is read as it is shown: 85.1 is stored as 85.0999999…
        hundredths = Decimal(repr(cell) if isinstance(cell, float) else code(cell)) * 100
    except InvalidOperation:
        hundredths = Decimal(-1)
    if not (hundredths.is_finite() and 0 <= hundredths <= 10_000 and hundredths == int(hundredths)):
        raise Unreadable("E017", value=text(cell))
    return int(hundredths)


def mark_or_absent(cell: Cell) -> int | Special:
    """Return a mark in hundredths, or ABSENT for 缺考."""
    return ABSENT if isinstance(cell, str) and clean(cell) in ("缺考", "缺") else mark(cell)


_DATE = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})(?:[-/.月](\d{1,2}))?|(\d{2})(\d{2})?)")


def day(cell: Cell) -> date:
    """Return a date of any kind offices write, without a day the first of its month; E018 otherwise."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, float | int) and not isinstance(cell, bool) and 20_000 <= cell < 80_000:
        return date(1899, 12, 30) + timedelta(days=int(cell))  # Excel's serial number
    word = code(cell).removesuffix("日").removesuffix("月").split("T")[0]
    found = _DATE.fullmatch(re.sub(r"(00:00:00|0:00:00)$", "", word))
    try:
        if found is None:
            raise ValueError
        year, month, day_, month2, day2 = found.groups()
        return date(int(year), int(month or month2 or ""), int(day_ or day2 or 1))
    except ValueError:
        raise Unreadable("E018", value=text(cell)) from None


def _masked(word: str) -> str:
    return word if len(word) < 5 else f"{word[:2]}***{word[-2:]}"
