"""How wide the columns of a workbook are.

One place decides it: a list stands on one page across if it can be read there, its long cells wrap.
"""

from collections.abc import Sequence
from typing import Final

from zhupei_cli.pages_across import LIST_PAGE
from zhupei_cli.sheets.writing.ooxml import half_widths

#: Half-width characters of 10 points that A4 landscape takes as they are, and A3 made small as 7 points.
FULL_PAGE: Final = 150
LARGE_PAGE: Final = 280
#: Of a hundred cells so many stand on one line; the others wrap if they are longer by more than this.
_MOST, _NEAR = 95, 4
#: How wide a heading may be that stands on one line.
_ONE_LINE: Final = 8


def usual_width(texts: Sequence[str]) -> int:
    """Return how many half-width characters nearly all of `texts` take: one long name makes no list wide.

    Of texts without a Chinese character, which are numbers, it is the longest: no number is divided.
    """
    if not texts:
        return 0
    ordered = sorted(max(map(half_widths, text.split("\n"))) for text in texts)
    if all(map(str.isascii, texts)):
        return ordered[-1]
    usual = ordered[-(-len(ordered) * _MOST // 100) - 1]
    return ordered[-1] if ordered[-1] <= usual + _NEAR else usual


def heading_width(heading: str) -> int:
    """Return how many half-width characters a heading takes, a long one on two lines."""
    whole = half_widths(heading)
    # A Chinese character is two wide and is not divided.
    return whole if whole <= _ONE_LINE else max(-(-whole // 4) * 2, _ONE_LINE)


def narrowed(widths: Sequence[float], least: Sequence[float], page: float = LIST_PAGE) -> list[float]:
    """Return `widths` for one page: the widest are made narrower, none below its `least`.

    As they are where they fit, or where even that does not help.
    """
    if sum(widths) <= page or sum(map(min, widths, least)) > page:
        return list(widths)
    fit, cap = list(widths), max(widths)
    while sum(fit) > page:
        cap -= 0.5
        fit = [min(width, max(cap, lowest)) for width, lowest in zip(widths, least, strict=True)]
    return fit


def widened(widths: Sequence[float], wanted: Sequence[float], page: float = FULL_PAGE) -> list[float]:
    """Return `widths`, those of them wider that want to be, in equal parts, while the page has room."""
    wide = list(widths)
    while (growing := [at for at, most in enumerate(wanted) if wide[at] + 1 <= most]) and sum(wide) + len(
        growing
    ) <= page:
        for at in growing:
            wide[at] += 1
    return wide
