"""Parsers: one per kind of column. Each returns the value of a cell, or raises Unreadable with its code."""

import re
import unicodedata
from datetime import date, datetime, timedelta
from typing import Final

from zhupei_cli.rules.masking import mask_email, mask_phone
from zhupei_cli.sheets.cells import ABSENT, CLEAR, Cell, Parser, Special, Unreadable, code, text
from zhupei_cli.vocabulary import AMBIGUOUS_IDENTITIES, IDENTITY, CodeTable

#: Words of a list that a message still names one by one.
_FEW: Final = 12

# The dot in names like 阿依古丽·买买提 is U+00B7; keyboards offer all of these.
_DOTS: Final = re.compile(r"[•‧・･．∙⋅]|(?<=[\u3400-\u9fff]) ?\. ?(?=[\u3400-\u9fff])")
_BETWEEN_HAN: Final = re.compile(r"(?<=[\u3400-\u9fff·]) (?=[\u3400-\u9fff·])")


def person_name(cell: Cell) -> str:
    """Return a name of a person: 张　三 is 张三, and the dot within a name is always the same."""
    return _BETWEEN_HAN.sub("", _DOTS.sub("·", text(cell)))


_MOBILE: Final = re.compile("1[0-9]{10}")
_PHONE: Final = re.compile(r"(\+?[0-9()-]+)(?:(?:转|x|ext\.?)[0-9]{1,6})?", re.IGNORECASE)


def phone(cell: Cell) -> str:
    """Return a phone number, or several separated by `/`; E011 for anything no telephone has.

    A number that begins with 1 is a mobile one and has 11 digits.
    """
    word = text(cell)
    if _MOBILE.fullmatch(word):  # as most are
        return word
    word = unicodedata.normalize("NFKC", word).replace("—", "-")
    numbers = ["".join(part.split()) for part in re.split("[/、,;]", word)]
    if isinstance(cell, date) or not all(map(_is_phone, numbers)):
        raise Unreadable("E011", value=mask_phone("".join(word.split())))
    return "/".join(numbers)


def _is_phone(number: str) -> bool:
    found = _PHONE.fullmatch(number)
    digits = re.sub("[^0-9]", "", found[1]) if found else ""
    if digits.startswith("1"):
        return len(digits) == 11
    # A national number of 11 digits begins with 0: a cell held as a number has lost it.
    return 7 <= len(digits) <= 15 and not (
        len(digits) == 11 and digits[0] in "23456789" and "+" not in number
    )


_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")


def email(cell: Cell) -> str:
    """Return an e-mail address; E012 when it has no @ or no domain."""
    address = unicodedata.normalize("NFKC", text(cell))
    if not _EMAIL.fullmatch(address):
        raise Unreadable("E012", value=mask_email(address))
    return address


# What Excel makes of a number when it writes a csv: 4.10101E+17.
_SCIENTIFIC: Final = re.compile(r"-?[0-9](\.[0-9]+)?E[+-][0-9]+")


def paper_number(cell: Cell) -> str:
    """Return the number of a paper as text; E013 when the cell is a number: its last digits are lost."""
    if not isinstance(cell, str):
        raise Unreadable("E013")
    if cell.isalnum() and cell.isascii():
        return cell.upper()
    number = code(cell).upper()
    if _SCIENTIFIC.fullmatch(number):
        raise Unreadable("E013")
    return number


def table(words: CodeTable) -> Parser:
    """Return the parser of a closed list; E014 names the list."""

    def read(cell: Cell) -> str:
        word = text(cell)
        found = words.parse(word)
        if found is None:
            raise Unreadable("E014", label=words.name, value=word, choices=_choices(words))
        return found

    return read


def _choices(words: CodeTable) -> str:
    labels = list(words.words())
    shown = "、".join(labels[:_FEW])
    return shown if len(labels) <= _FEW else f"{shown} 等 {len(labels)} 种"


def flag(words: CodeTable) -> Parser:
    """Return the parser of a yes-or-no column."""
    read_code = table(words)

    def read(cell: Cell) -> bool:
        return bool(read_code(cell) == "1")

    return read


_IDENTITY: Final = table(IDENTITY)


def identity(cell: Cell) -> str:
    """Return an identity; 单位人 could be two of them and is never guessed (E015)."""
    if code(cell) in AMBIGUOUS_IDENTITIES:
        raise Unreadable("E015", value=text(cell), choices=_choices(IDENTITY))
    found: str = _IDENTITY(cell)
    return found


def stopped(cell: Cell) -> bool:
    """Return whether a place is 停招; E014 for any word but that."""
    word = code(cell)
    if word not in ("停招", "正常", "招收"):
        raise Unreadable("E014", label="状态", value=text(cell), choices="停招，或留空")
    return word == "停招"


def whole(low: int, high: int) -> Parser:
    """Return the parser of a whole number between `low` and `high`; E016 otherwise."""

    def read(cell: Cell) -> int:
        word = code(cell).removesuffix("年").removesuffix("人")
        if not re.fullmatch("[0-9]{1,9}", word) or not low <= int(word) <= high:
            raise Unreadable("E016", value=text(cell), low=low, high=high)
        return int(word)

    return read


_MARK: Final = re.compile(r"([0-9]{1,3})(?:\.([0-9]{1,2})0*)?")


def mark(cell: Cell) -> int:
    """Return a mark of 0 to 100 in hundredths; E017 otherwise, also for a third decimal."""
    found = _MARK.fullmatch(code(cell).removesuffix("分"))
    hundredths = int(found[1]) * 100 + int((found[2] or "").ljust(2, "0")) if found else -1
    if not 0 <= hundredths <= 10_000:
        raise Unreadable("E017", value=text(cell))
    return hundredths


def mark_or_absent(cell: Cell) -> int | Special:
    """Return a mark in hundredths, or ABSENT for 缺考."""
    return ABSENT if code(cell) in ("缺考", "缺") else mark(cell)


_TIME: Final = re.compile(r"[T ][0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?$")
_DATE: Final = re.compile(r"([0-9]{4})(?:[-/.年]([0-9]{1,2})(?:[-/.月]([0-9]{1,2}))?|([0-9]{2})([0-9]{2})?)")
#: Serial numbers of days, from 1954-10-03 to 2119-01-10.
_SERIALS: Final = range(20_000, 80_000)
_DAY_ZERO: Final = date(1899, 12, 30)


def day(cell: Cell) -> date:
    """Return a date of any kind offices write, without a day the first of its month; E018 otherwise.

    A cell that holds the number 2024.1 may have been 2024.10: E024, never guessed.
    """
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    word = code(_TIME.sub("", text(cell)))
    if isinstance(cell, float) and re.fullmatch(r"[0-9]{4}\.1", word):
        raise Unreadable("E024", value=word, year=word[:4])
    if re.fullmatch(r"[0-9]{5}(\.[0-9]+)?", word) and int(word[:5]) in _SERIALS:
        return _DAY_ZERO + timedelta(days=int(word[:5]))
    found = _DATE.fullmatch(word.rstrip("日号").removesuffix("月"))
    try:
        if found is None:
            raise ValueError
        year, month, of_month, month2, of_month2 = found.groups()
        return date(int(year), int(month or month2 or ""), int(of_month or of_month2 or 1))
    except ValueError:
        raise Unreadable("E018", value=text(cell)) from None


def until(cell: Cell) -> date | Special:
    """Return the date something ended; 至今 says that it has not, and erases an end that is stored."""
    return CLEAR if code(cell) in ("至今", "现在", "在职") else day(cell)
