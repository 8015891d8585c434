"""Where a printed list breaks last: who signs it never stands on a page below headings alone.

How many rows a page takes is known to a third only: columns are made to fit the page, and they are as wide as
the fonts of who prints. So the last page is given its rows, and pages before it end where they do.
"""

from collections.abc import Sequence
from typing import Final

#: How much more than the least a page may take where fonts are wider, and rows beyond which nobody can say
#: where pages end.
_ABOUT: Final = tuple(at / 100 for at in range(97, 146))
_TOLD: Final = 300
#: How full the last page is: rows enough that it seldom is a page more than without.
_FULL: Final = 0.75


def break_before(rows: Sequence[float], *, head: float, below: float, page: float) -> int | None:
    """Return how many rows stand above the last page, on which the others stand with what is below them.

    `rows` are heights in points, `head` what stands above them on every page, `page` the least that a page
    takes. None where no page can begin with what is below, or where all of it is one page.
    """
    if not below or not _may_part(rows, head, below, page):
        return None
    left, used = len(rows) - 1, head + below + rows[-1]
    while left > len(rows) // 2 and used + rows[left - 1] <= _FULL * page:
        left -= 1
        used += rows[left]
    return left or None


def _may_part(rows: Sequence[float], head: float, below: float, page: float) -> bool:
    if len(rows) > _TOLD:
        return True
    return bool(rows) and any(_parts(rows, head, below, page * about) for about in _ABOUT)


def _parts(rows: Sequence[float], head: float, below: float, page: float) -> bool:
    """Return whether what is below the rows begins a page, or is divided by its end."""
    used = head
    for height in rows:
        used = head + height if used + height > page else used + height
    return used + below > page
