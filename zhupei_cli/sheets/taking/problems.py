"""What is wrong with a workbook, as people and scripts read it: where, what, and the cure."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from zhupei_cli.words.errors import Severity


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem of one cell, row (column empty) or file (row 0). Rows count from 1, as Excel does."""

    file: str
    sheet: str
    row: int
    column: str
    code: str
    severity: Severity
    message: str

    def as_json(self) -> dict[str, object]:
        """Return the problem as CONTRACT's `problems` list has it."""
        return asdict(self)


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """Return problems as a reader goes through the file: file, sheet, row; the order of columns is kept."""
    return sorted(problems, key=lambda problem: (problem.file, problem.sheet, problem.row))
