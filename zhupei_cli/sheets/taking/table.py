"""What a sheet of a kind holds once it is taken."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from zhupei_cli.sheets.kinds.cells import Cell
from zhupei_cli.sheets.kinds.columns import Kind
from zhupei_cli.sheets.taking.header import Header
from zhupei_cli.sheets.taking.lines import Line
from zhupei_cli.sheets.taking.stored_lines import StoredLines
from zhupei_cli.words.errors import Fault

#: The code of sheets that were not read.
UNREAD_SHEET: Final = "E029"


@dataclass(frozen=True, slots=True)
class Table:
    """What a sheet of a kind holds. `faults` are those of the sheet as a whole."""

    kind: Kind
    sheet: str
    header: Header
    rows: list[Line] | StoredLines
    faults: list[Fault]
    #: By key: characters of the longest text.
    longest: Mapping[str, int] = field(default_factory=dict)
    #: The words above the header and in it: its title.
    above: Sequence[str] = ()
    #: The sheet's rows as they were read, and the number of the first.
    cells: Sequence[Sequence[Cell]] = field(default=(), compare=False)
    first_row: int = 1

    @property
    def numbers(self) -> Sequence[int]:
        """Return the numbers that stored lines have in their store."""
        return self.rows.numbers if isinstance(self.rows, StoredLines) else ()

    def cells_of(self, line: Line) -> Sequence[Cell]:
        """Return a row as it was read."""
        return self.cells[line.number - self.first_row]

    @property
    def headings(self) -> dict[str, str]:
        """Return key → heading as it stands; a wide sheet's specialties are under their own names."""
        return {column.key: self.header.words[index] for index, column in self.header.columns.items()}

    @property
    def readable(self) -> bool:
        """Say whether the sheet's columns are those of its kind."""
        return not any(fault.code != UNREAD_SHEET for fault in self.faults if fault.severity == "error")

    @property
    def left_out(self) -> bool:
        """Say whether the workbook has a sheet that should have been read beside this one."""
        return any(fault.code == UNREAD_SHEET for fault in self.faults)
