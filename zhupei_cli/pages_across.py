"""On how many pages beside each other the columns of a printed table stand.

On one if it can be read there; a wider table goes on beside it, with the columns again that say who a row is
about.
"""

from collections.abc import Sequence
from typing import Final

#: Half-width characters of 10 points that A4 landscape takes made small as 7 points.
LIST_PAGE: Final = 200


def pages_across(widths: Sequence[float], kept: int, page: float = LIST_PAGE) -> tuple[int, int]:
    """Return on how many pages the columns stand beside each other, and how many of them on the first one.

    The first `kept` are repeated on each page.
    """
    pages = _columns(widths, kept, page)
    # What prints makes the columns as large as so many pages allow.
    while page > 1 and len(fewer := _columns(widths, kept, page - 1)) == len(pages):
        page, pages = page - 1, fewer
    return len(pages), pages[0]


def _columns(widths: Sequence[float], kept: int, page: float) -> list[int]:
    """Return how many columns end on each page."""
    beside, pages, used = sum(widths[:kept]), [0], 0.0
    for at, width in enumerate(widths):
        if used and used + width > page and at >= kept and pages[-1] > (kept if len(pages) == 1 else 0):
            pages.append(0)
            used = beside
        used += width
        pages[-1] += 1
    return pages
