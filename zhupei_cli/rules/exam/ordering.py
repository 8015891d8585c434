"""The order people count in: 第2组 before 第10组, 二组 before 十组."""

import re
from typing import Final

_DIGITS: Final = "零一二三四五六七八九"
#: A whole number of digits, or one below a hundred as it is written out.
_NUMBER: Final = re.compile(rf"([0-9]+)|([{_DIGITS}]?十[{_DIGITS}]?|[{_DIGITS}])")

#: Text or a number: what begins with a number comes first.
NamePart = tuple[int, int, str]


def as_counted(name: str) -> tuple[NamePart, ...]:
    """Return what sorts names by the numbers in them."""
    parts: list[NamePart] = []
    at = 0
    for found in _NUMBER.finditer(name):
        if found.start() > at:
            parts.append((1, 0, name[at : found.start()]))
        parts.append((0, int(found[1]) if found[1] else _spoken(found[2]), found[0]))
        at = found.end()
    return (*parts, (1, 0, name[at:])) if at < len(name) else tuple(parts)


def _spoken(word: str) -> int:
    """Return 十二 as 12."""
    tens, ten, ones = word.rpartition("十")
    return 10 * (_DIGITS.index(tens) if tens else bool(ten)) + (_DIGITS.index(ones) if ones else 0)
