"""What a look at a sheet's XML finds: how far its filled cells reach, and what a reader would not tell."""

from dataclasses import dataclass, field
from typing import Final

from zhupei_cli.errors import ZhupeiError
from zhupei_cli.sheets.cells import Spoilt

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


@dataclass(slots=True)
class Scan:
    """One sheet. `rows` and `columns` count from 1 to the furthest filled cell, `filled` the filled cells.

    `spoilt` is keyed by row and column from 0, `hidden` are row numbers from 1.
    """

    rows: int = 0
    columns: int = 0
    filled: int = 0
    spoilt: dict[tuple[int, int], Spoilt] = field(default_factory=dict)
    hidden: set[int] = field(default_factory=set)

    def beyond(self, limits: Limits) -> bool:
        """Say whether a filled cell lies outside the limits."""
        return self.rows > limits.last_row or self.columns > limits.columns

    def spoil(self, row: int, column: int, cell: Spoilt, *, file: str) -> None:
        """Keep a cell without a value, its place from 1; E041 when there are too many of them."""
        if len(self.spoilt) >= MAX_SPOILT:
            raise ZhupeiError("E041", file=file, count=MAX_SPOILT)
        self.spoilt[row - 1, column - 1] = cell


def sparse(rows: int, columns: int, filled: int) -> bool:
    """Say whether a sheet is large and nearly empty: a stray cell far away."""
    area = rows * columns
    return area > _ROOMY and filled * _SPARSE < area


def refuse(scan: Scan, limits: Limits, *, file: str, sheet: str) -> None:
    """Raise E035 when the sheet is larger than the limits, E040 when it is large and nearly empty."""
    if scan.beyond(limits):
        raise ZhupeiError("E035", file=file, sheet=sheet, rows=limits.rows, columns=limits.columns)
    if sparse(scan.rows, scan.columns, scan.filled):
        values = {"rows": scan.rows, "columns": scan.columns, "filled": scan.filled}
        raise ZhupeiError("E040", file=file, sheet=sheet, **values)
