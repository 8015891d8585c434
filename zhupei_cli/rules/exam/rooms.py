"""Rooms of an exam (考场): how their seats are numbered, and which seats are beside each other."""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple


class ExamPlace(NamedTuple):
    """One seat: its site, its room there, its number in the room."""

    site: str
    room: str
    seat: int


class Room(NamedTuple):
    """A room with its numbered seats; `city` is that of its site.

    With `rows` the seats are numbered as a snake: down the first column, up the next one. Without them
    nothing is known but who sits before and behind whom.
    """

    site: str
    code: str
    seats: int
    rows: int | None = None
    columns: int | None = None
    city: str | None = None

    @property
    def deep(self) -> int | None:
        """The seats of one column, worked out where only the columns are known."""
        if self.rows is None and self.columns is not None:
            return max(1, -(-self.seats // self.columns))
        return self.rows

    def neighbours(self, seat: int) -> Sequence[int]:
        """Return the seats before, behind, and at the sides of a seat."""
        return _beside(self.seats, self.deep)[seat - 1]

    def grid(self) -> list[list[int | None]]:
        """Return the seats as they stand, the front row first; None where there is none; [] if unknown."""
        if (deep := self.deep) is None:
            return []
        wide = -(-self.seats // deep)
        lines: list[list[int | None]] = []
        for row in range(deep):
            numbers = (
                column * deep + (row if column % 2 == 0 else deep - 1 - row) + 1 for column in range(wide)
            )
            lines.append([number if number <= self.seats else None for number in numbers])
        return [line for line in lines if any(line)]


# A province has thousands of rooms of few shapes.
@lru_cache(maxsize=256)
def _beside(seats: int, deep: int | None) -> list[tuple[int, ...]]:
    found = []
    for seat in range(1, seats + 1):
        near = {seat - 1, seat + 1}
        if deep is not None:
            # In a snake the seats at the sides are mirrored at the edge between the columns.
            column = (seat - 1) // deep
            near |= {2 * edge * deep + 1 - seat for edge in (column, column + 1)}
        found.append(tuple(one for one in sorted(near) if 1 <= one <= seats))
    return found
