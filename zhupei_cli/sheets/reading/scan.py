"""How large a sheet may be, and how empty."""

from dataclasses import dataclass
from typing import Final

MAX_SPOILT: Final = 100_000
#: A sheet with a larger area must be filled at least in one cell of twenty: readers make room for all.
_ROOMY: Final = 8_000_000
_SPARSE: Final = 20
_ABOVE: Final = 20


@dataclass(frozen=True, slots=True)
class Limits:
    """How many rows and columns a sheet may have; titles, notes and the header stand above the rows."""

    rows: int
    columns: int
    #: Cells without a value that one sheet may have, before it is no longer worth reading.
    spoilt: int = MAX_SPOILT

    @property
    def last_row(self) -> int:
        """Return the number of the last row there may be."""
        return self.rows + _ABOVE


def sparse(rows: int, columns: int, filled: int) -> bool:
    """Say whether a sheet is large and nearly empty: a stray cell far away."""
    area = rows * columns
    return area > _ROOMY and filled * _SPARSE < area
