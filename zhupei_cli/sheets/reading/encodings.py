"""Text in units of two and four bytes, told from bytes that are no text."""

import codecs
from typing import Final

#: How much of a file tells its encoding.
LOOKED_AT: Final = 65_536
#: What a file begins with, the longer marks first: that of UTF-32 begins with that of UTF-16.
_MARKS: Final = (
    (b"\xff\xfe\0\0", "utf-32"),
    (b"\0\0\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
#: Without a mark: (encoding, bytes of a unit, the place of its highest byte).
_WIDE: Final = (("utf-32-le", 4, 3), ("utf-32-be", 4, 0), ("utf-16-le", 2, 1), ("utf-16-be", 2, 0))
_PLANES: Final = 0x10


def wide_encoding(head: bytes) -> str | None:
    """Return the encoding of what begins with `head` when it is UTF-16 or UTF-32, with a mark or without."""
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    if b"\0" not in head:  # other encodings never write it
        return None
    found = (encoding for encoding, width, high in _WIDE if _is_wide(head, width, high))
    return next((encoding for encoding in found if _is_text(head, encoding)), None)


def _is_wide(head: bytes, width: int, high: int) -> bool:
    """Return whether bytes look like units of `width` bytes, the highest at the place `high`.

    In UTF-32 it is zero and the next one names a plane. In UTF-16 it is zero in every comma, digit and end of
    line; the lower one is in few characters (一 is U+4E00).
    """
    if len(head) % width:
        return False
    units = [head[place::width] for place in range(width)]
    if width == 4:
        return not any(units[high]) and max(units[abs(high - 1)], default=0) <= _PLANES
    return units[high].count(0) > units[1 - high].count(0)


def _is_text(head: bytes, encoding: str) -> bool:
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(head)
    except UnicodeError:
        return False
    return all(character.isprintable() or character.isspace() for character in text)
