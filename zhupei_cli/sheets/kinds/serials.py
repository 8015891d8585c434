"""Dates in spreadsheets: days counted from 1900 or 1904, told from numbers by the format of their cell."""

import re
from datetime import date, datetime, time, timedelta
from typing import Final

#: What a cell shows: a number, days as a date, a month or a duration, a share in per cent, or as many digits
#: as the zeros that stand here ("0000"); in a line below, where it shows other signs too, how all stand.
Look = str
#: The place of a digit among other signs, which may be zeros themselves.
_DIGIT: Final = "\0"

_DAY: Final = 86_400_000
#: Until 1900-02-28 days are counted from 1899-12-31; Excel believes in a 29th.
_LEAP: Final = 60
_LAST: Final = 2_958_466
# Without a time zone, as cells are.
_MIDNIGHT: Final = datetime.fromisoformat("1899-12-31")
_FROM_1904: Final = datetime.fromisoformat("1904-01-01")

# What a format code shows as it stands: quoted, after a backslash, as wide as a character, and [colours].
_SHOWN: Final = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
_ELAPSED: Final = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_DATE: Final = re.compile(r"[ymdhs]|aaa", re.IGNORECASE)
#: The parts of a format: quoted, after a backslash, what shows nothing of its own, or one character.
_PARTS: Final = re.compile(r'"([^"]*)"|\\(.)|_.|\*.|\[[^\]]*\]|(.)')
_PADDED: Final = re.compile("0{2,18}")
_DAYS: Final = re.compile("[dhs]")
_BUILT_IN: Final[dict[int, Look]] = {
    # ECMA-376 18.8.30; 27-36 and 50-58 are the dates of Chinese Excel.
    **dict.fromkeys((9, 10), "percent"),
    **dict.fromkeys((*range(14, 23), *range(27, 37), 45, 47, *range(50, 59)), "date"),
    46: "duration",
    **dict.fromkeys((17, 27, 36, 50, 52, 57), "month"),
}


class Serial1904(float):
    """A number of a workbook that counts days from 1904: whoever takes it for a day has to know."""


def look_of(number: int, code: str | None) -> Look:
    """Return what a cell with a number format shows; `code` is there for formats of the workbook's own."""
    if code is None:
        return _BUILT_IN.get(number, "number")
    first = _SHOWN.sub("", code.partition(";")[0])
    if _ELAPSED.search(first):
        return "duration"
    if "%" in first:
        return "percent"
    if _PADDED.fullmatch(first):
        return _padded(code)
    shown = _DATE.sub(lambda found: found[0].lower(), first.replace("General", ""))
    if "y" in shown and "m" in shown and not _DAYS.search(shown):
        return "month"
    return "date" if _DATE.search(shown) else "number"


def _padded(code: str) -> Look:
    """Return as many zeros as a format has, and where it shows something beside them, how they stand."""
    shown = ""
    for quoted, escaped, other in _PARTS.findall(code):
        if other == ";":
            break
        shown += _DIGIT if other else quoted or escaped
    zeros = "0" * shown.count(_DIGIT)
    return zeros if len(zeros) == len(shown) else f"{zeros}\n{shown}"


def _laid_out(digits: str, zeros: str, shown: str) -> str:
    """Return digits as a format shows them: those it has no zero for stand where its first zero is."""
    first = len(digits) - len(zeros) + 1
    parts = shown.split(_DIGIT)
    return parts[0] + "".join(
        part + sign for part, sign in zip((digits[:first], *digits[first:]), parts[1:], strict=True)
    )


def from_serial(days: float, look: Look, *, from_1904: bool) -> str | float | date | time | timedelta:
    """Return what a number, of days or not, stands for; the number itself where there is no such day.

    What people see as 85%, 0500 or E12345678 is that text: whoever wants a number has to say how it is read.
    """
    if look == "percent":
        return f"{round(days * 100, 10):.15g}%"
    if look.startswith("00"):
        zeros, _, shown = look.partition("\n")
        if days < 0 or not days == int(days) < 10**15:
            return days
        digits = f"{days:0{len(zeros)}.0f}"
        return _laid_out(digits, zeros, shown) if shown else digits
    if look == "number":
        return Serial1904(days) if from_1904 else days
    if not -_LAST < days < _LAST or (days < 0 and look in ("date", "month")):
        return days
    if look == "duration":
        return timedelta(milliseconds=round(days * _DAY))
    if days < 1 and not from_1904:
        return (_MIDNIGHT + timedelta(milliseconds=min(round(days * _DAY), _DAY - 1))).time()
    start = _FROM_1904 if from_1904 else _MIDNIGHT - timedelta(days=days >= _LEAP)
    try:
        moment = start + timedelta(milliseconds=round(days * _DAY))
    except OverflowError:
        return days
    if moment.time() != time.min:
        return moment
    # Excel keeps 2024年6月 as the first of June, and shows no day: nobody wrote one.
    return f"{moment:%Y-%m}" if look == "month" and moment.day == 1 else moment.date()
