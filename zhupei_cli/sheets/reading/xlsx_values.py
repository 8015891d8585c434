"""What a cell of an .xlsx means: its type, its style, the shared strings, all as the standard has it."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from typing import Final

from zhupei_cli.sheets.kinds.cells import Cell, Spoilt
from zhupei_cli.sheets.kinds.serials import Look, from_serial

_NUMBER: Final = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,5})?")
_ESCAPED: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")
_ENTITY: Final = re.compile(r"&(?:#(\d{1,7})|#x([0-9A-Fa-f]{1,6})|(amp|lt|gt|quot|apos));|&")
_NAMED: Final = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
#: Characters XML does not allow.
_FORBIDDEN: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
#: The clock of whoever keeps workbooks here.
_CST: Final = timezone(timedelta(hours=8))
#: Words of a column that are kept: each column has its own, and there may be two hundred of them.
_MANY: Final = 2_000


class Memo(dict[bytes, Cell]):
    """Raw content → cell. Cells of a column are few different words: each is understood once."""

    def __init__(self, read: Callable[[bytes], Cell]) -> None:
        self._read = read

    def __missing__(self, raw: bytes) -> Cell:
        if len(self) > _MANY:
            self.clear()
        cell = self[raw] = self._read(raw)
        return cell


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a workbook says about its cells as a whole: shared strings, looks by style, the first day."""

    strings: Sequence[str]
    looks: Sequence[Look]
    from_1904: bool
    #: Styles whose font strikes through; rows of a workbook that has any are left to the parser.
    struck: frozenset[str] = frozenset()

    def cell(self, type_: str, style: str, text: str, *, formula: bool = False) -> Cell:
        """Return the value of a cell.

        An error, a formula without a result, and what nobody can read are Spoilt: one odd cell in a column
        that is not wanted does not condemn a file.
        """
        if type_ == "e":
            return Spoilt("E019", text or "#N/A")
        if type_ in ("str", "inlineStr"):
            return unescaped(text)
        text = text.strip()
        if not text:  # a formula that gives the empty text says so by its type
            return Spoilt("E025") if formula else ""
        try:
            if type_ == "s":
                return self._string(text)
            if type_ == "b":
                return text in ("1", "true")
            if type_ == "d":
                return _iso(text)
            return self._number(style, text)
        except (ValueError, LookupError):
            return Spoilt("E045", "")

    def _string(self, text: str) -> str:
        if not text.isdecimal():
            raise ValueError(text)
        return self.strings[int(text)]

    def _number(self, style: str, text: str) -> Cell:
        if not _NUMBER.fullmatch(text):
            raise ValueError(text)
        look = self.looks[int(style)] if style and self.looks else "number"
        return from_serial(float(text), look, from_1904=self.from_1904)


def _iso(text: str) -> Cell:
    """Return a day, an instant (as Chinese clocks show it) or a time of day."""
    if text.startswith("T") or ":" in text[:3]:
        return time.fromisoformat(text).replace(tzinfo=None)
    if len(text) == len("2024-06-30"):
        return date.fromisoformat(text)
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is not None:
        moment = moment.astimezone(_CST).replace(tzinfo=None)
    return moment.date() if moment.time() == time.min else moment


def unescaped(text: str) -> str:
    """Return text with _x0041_ as A: how workbooks write characters XML forbids."""
    if "_x" not in text:
        return text
    text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def decoded(raw: bytes) -> str:
    """Return what stands between two tags; ValueError for what XML forbids."""
    text = raw.decode()
    if not text.isprintable():
        if _FORBIDDEN.search(text):
            raise ValueError("a character XML forbids")
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _ENTITY.sub(_character, text) if "&" in text else text


def string(raw: bytes) -> str:
    """Return the text that stands between two tags."""
    text = raw.decode()
    if text.isprintable() and "&" not in text and "_x" not in text:  # as most are
        return text
    return unescaped(decoded(raw))


def _character(found: "re.Match[str]") -> str:
    if found[3]:
        return _NAMED[found[3]]
    code = int(found[1] or found[2] or "0", 10 if found[1] else 16)
    if _FORBIDDEN.match(char := chr(code)) or 0xD800 <= code < 0xE000:
        raise ValueError(found[0])
    return char
