"""Parsers: one per kind of column. Each returns the value of a cell, or raises Unreadable with its code."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta, timezone
from functools import partial
from typing import Final

from zhupei_cli.rules.people.contacts import read_email, read_phone
from zhupei_cli.rules.people.dates import WORK_SPAN, Month, Span
from zhupei_cli.rules.people.idcard import mend
from zhupei_cli.rules.people.masking import mask_email, mask_paper, mask_phone
from zhupei_cli.rules.people.people_names import COMMON, read_name
from zhupei_cli.rules.people.plain_words import reason_fault
from zhupei_cli.rules.people.written_numbers import written
from zhupei_cli.sheets.kinds.cells import ABSENT, CLEAR, Cell, Parser, Special, Unreadable, code, text
from zhupei_cli.sheets.kinds.serials import Serial1904
from zhupei_cli.words.vocabulary import AMBIGUOUS_IDENTITIES, IDENTITY, CodeTable

#: Words of a list that a message still names one by one.
_FEW: Final = 12


def person_name(cell: Cell) -> str:
    """Return a name of a person in its one spelling."""
    return read_name(text(cell))


def reason(cell: Cell) -> str:
    """Return why something was decided; Unreadable for what cannot be kept."""
    word = text(cell)
    if (fault := reason_fault(word)) is not None:
        raise Unreadable(fault.code, **fault.values)
    return word


def phone(cell: Cell) -> str:
    """Return a phone number, or several separated by `/`; E011 for anything no telephone has."""
    word = text(cell)
    number = None if isinstance(cell, date) else read_phone(word)
    if number is None:
        raise Unreadable("E011", value=mask_phone("".join(word.split())))
    return number


def email(cell: Cell) -> str:
    """Return an e-mail address; E012 when it is none."""
    word = text(cell)
    address = read_email(word)
    if address is None:
        raise Unreadable("E012", value=mask_email(word))
    return address


#: From here on Excel keeps fewer digits than the number has.
_EXACT: Final = 1e15
#: What Excel makes of a number when it writes a csv: 4.10101E+17.
SCIENTIFIC: Final = re.compile(r"-?[0-9](\.[0-9]+)?E[+-][0-9]+")


def application_number(cell: Cell) -> str:
    """Return an application number; how its batch is spelt only the database knows."""
    return written(text(cell))


def paper_number(cell: Cell) -> str:
    """Return the number of a paper as text.

    A cell that is a number has lost the digits behind the fifteenth (E013), and zeros in front (E132).
    """
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < _EXACT:
        raise Unreadable("E132", value=mask_paper(str(int(cell))))
    if not isinstance(cell, str):
        raise Unreadable("E013")
    if cell.isalnum() and cell.isascii():
        return cell.upper()
    number = mend(text(cell))
    if SCIENTIFIC.fullmatch(number):
        raise Unreadable("E013")
    return number


#: Texts that a parser gives back as they are, that no doubt is about, and that fit every column: a hundred
#: thousand rows have as many names, numbers and addresses, and a look costs a tenth of reading one.
AS_THEY_ARE: Final[Mapping[Parser, re.Pattern[str]]] = {
    person_name: COMMON,
    phone: re.compile("1[3-9][0-9]{9}"),
    email: re.compile("(?=.{1,40}$)[A-Za-z0-9_]+(?:[.-][A-Za-z0-9_]+)*@(?:[A-Za-z0-9]+\\.)+[A-Za-z]{2,}"),
    paper_number: re.compile("[0-9A-Z]{1,18}"),
    application_number: re.compile("[0-9A-Z][0-9A-Z_-]{0,24}-[0-9]{7,9}"),
}


def table(words: CodeTable) -> Callable[[Cell], str]:
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


def flag_of(words: CodeTable) -> Parser:
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
    return _IDENTITY(cell)


def stopped(cell: Cell) -> bool:
    """Return whether a place is 停招; E014 for any word but that."""
    word = code(cell)
    if word not in ("停招", "正常", "招收"):
        raise Unreadable("E014", label="状态", value=text(cell), choices="停招，或留空")
    return word == "停招"


_WHOLE: Final = re.compile(r"([0-9]{1,9})(?:\.0+)?")
_HAN_DIGITS: Final = dict(zip("一二两三四五六七八九", "1223456789", strict=True))


def whole(low: int, high: int) -> Parser:
    """Return the parser of a whole number between `low` and `high`; E016 otherwise."""

    def read(cell: Cell) -> int:
        word = code(cell).removesuffix("年").removesuffix("人")
        found = _WHOLE.fullmatch(_HAN_DIGITS.get(word, word))  # some programs write every number as 3.0
        if found is None or not low <= int(found[1]) <= high:
            raise Unreadable("E016", value=text(cell), low=low, high=high)
        return int(found[1])

    return read


_MARK: Final = re.compile(r"([0-9]{1,3})(?:\.([0-9]{1,2})0*)?")


_ZEROS: Final = re.compile("^0+(?=[0-9])")
_APART: Final = re.compile("[0-9] +[0-9]")


def mark(cell: Cell) -> int:
    """Return a mark of 0 to 100 in hundredths, 85% being 85; E017 otherwise, also for a third decimal."""
    word = _ZEROS.sub("", code(cell).removesuffix("分").removesuffix("%"))
    # 8 5 may be 8.5, or 85.
    found = None if _APART.search(text(cell)) else _MARK.fullmatch(word)
    hundredths = int(found[1]) * 100 + int((found[2] or "").ljust(2, "0")) if found else -1
    if not 0 <= hundredths <= 10_000:
        raise Unreadable("E017", value=text(cell))
    return hundredths


def mark_or_absent(cell: Cell) -> int | Special:
    """Return a mark in hundredths, or ABSENT for 缺考."""
    return ABSENT if code(cell) in ("缺考", "缺") else mark(cell)


_TIME: Final = re.compile(r"[T ]([0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?)Z?$")
_DATE: Final = re.compile(r"([0-9]{4})(?:[-/.年]([0-9]{1,2})(?:[-/.月]([0-9]{1,2}))?|([0-9]{2})([0-9]{2})?)")
_RUN_TOGETHER: Final = re.compile("((?:19|20)[0-9]{2})([0-9])")
_SERIAL: Final = re.compile(r"[0-9]{5}(\.[0-9]+)?")
_ZULU: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z")
_CST: Final = timezone(timedelta(hours=8))
_MINUTE: Final = 1 / 1440
_DAY_ZERO: Final = date(1899, 12, 30)
_DAYS_TO_1904: Final = 1_462
#: No column of ours holds a day after it.
_LAST_YEAR: Final = 2099


def day(cell: Cell, span: Span = WORK_SPAN) -> date:
    """Return a date of any kind offices write, a `Month` where no day is given; E018 otherwise.

    A cell that holds the number 2024.1 may have been 2024.10 (E024), 20246 was 2024.6 (E125): never guessed.
    Other numbers are days as spreadsheets count them, as far as the column can have them.
    """
    if isinstance(cell, datetime):
        return _rounded(cell)
    if isinstance(cell, date):
        return cell
    shown = text(cell)
    if _ZULU.fullmatch(shown):
        return _rounded(datetime.fromisoformat(shown).astimezone(_CST))
    word = code(_TIME.sub("", shown))
    if isinstance(cell, float) and re.fullmatch(r"[0-9]{4}\.1", word):
        raise Unreadable("E024", value=word, year=word[:4])
    if found := _RUN_TOGETHER.fullmatch(word):
        raise Unreadable("E125", value=word, year=found[1], month=found[2])
    if _SERIAL.fullmatch(word):
        since = _DAYS_TO_1904 if isinstance(cell, Serial1904) else 0
        counted = _DAY_ZERO + timedelta(days=int(float(word) + _MINUTE) + since)
        if span.first <= counted.year <= _LAST_YEAR:
            return counted
    try:
        return _typed(word)
    except ValueError:
        raise Unreadable("E018", value=shown) from None


def whole_day(cell: Cell) -> date:
    """Return a date that has a day; E018 for a month, and for what is later than any column can hold."""
    found = day(cell)
    if isinstance(found, Month) or found.year > _LAST_YEAR:
        raise Unreadable("E018", value=text(cell))
    return found


def _rounded(moment: datetime) -> date:
    """Return the day of a moment. Less than a minute before midnight is the day that begins.

    Programs that take China to be at +08:05:43, as it was until 1901, write dates so. But 23:59:59 is how
    databases write the end of a day.
    """
    if (moment.hour, moment.minute) == (23, 59) and moment.second < 59 and moment.date() < date.max:
        return moment.date() + timedelta(days=1)
    return moment.date()


def _typed(word: str) -> date:
    found = _DATE.fullmatch(word.rstrip("日号").removesuffix("月"))
    if found is None:
        raise ValueError(word)
    year, month, of_month, month2, of_month2 = found.groups()
    day_ = of_month or of_month2
    if day_ is None:
        return Month(int(year), int(month or month2 or ""), 1)
    return date(int(year), int(month or month2 or ""), int(day_))


def day_within(span: Span) -> Parser:
    """Return the parser of a column whose dates lie in a span: it says which numbers can be dates."""
    return partial(day, span=span)


def until(cell: Cell) -> date | Special:
    """Return the date something ended; 至今 says that it has not, and erases an end that is stored."""
    return CLEAR if code(cell) in ("至今", "现在", "在职") else day(cell)
