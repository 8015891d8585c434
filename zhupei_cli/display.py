"""Text on a terminal: how wide characters are, where a line may break."""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import Final

_OPENING = "（《〈【「『“‘([{<"
_CLOSING = "，。；：、！？）》〉】」』”’…,.;:!?)]}>%％"


# Orders to a terminal, marks that turn the direction of what follows, breaks of lines that are none of ours.
_ORDERS: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def harmless(text: str) -> str:
    """Return `text` as a terminal or a log may have it: what would steer it is shown as �."""
    return text if text.isascii() and text.isprintable() else _ORDERS.sub("\ufffd", text)


@cache
def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in ("W", "F")


@cache
def _columns(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if _is_wide(character) else 1


def display_width(text: str) -> int:
    """Return how many columns of a terminal `text` fills: two for a Chinese character."""
    return len(text) if text.isascii() else sum(map(_columns, text))


def padded(text: str, width: int) -> str:
    """Return `text` filled with spaces to `width` columns."""
    return text + " " * (width - display_width(text))


def wrap(text: str, width: int) -> list[str]:
    """Break `text` into lines of at most `width` columns; none begins with closing punctuation.

    Only a piece without any place to break, such as a long path, stays longer.
    """
    lines = [""]
    for piece in _pieces(text):
        if lines[-1] and display_width(lines[-1] + piece.rstrip()) > width:
            lines.append("")
        lines[-1] += piece
    return [line.rstrip() for line in lines]


def _pieces(text: str) -> Iterator[str]:
    start = 0
    for end in range(1, len(text)):
        if _may_break(text[end - 1], text[end]):
            yield text[start:end]
            start = end
    if text:
        yield text[start:]


def _may_break(left: str, right: str) -> bool:
    if right == " " or right in _CLOSING or left in _OPENING:
        return False
    return left == " " or _is_wide(left) or _is_wide(right)


def joined(lines: list[str]) -> str:
    """Join the lines of a paragraph as they would run on: no space between Chinese characters."""
    text = ""
    for line in lines:
        gap = " " if text and not (_is_wide(text[-1]) and _is_wide(line[0])) else ""
        text += gap + line
    return text


# What a spreadsheet would compute; and an apostrophe that reading would take for one put before such a text.
_LIVELY: Final = re.compile(r"[=+\-@\t\r]|'+[=+\-@\d]")


def uncomputed(text: str) -> str:
    """Return a cell of a CSV file with an apostrophe in front where a spreadsheet would calculate it."""
    return f"'{text}" if _LIVELY.match(text) else text
