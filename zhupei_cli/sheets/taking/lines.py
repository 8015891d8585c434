"""Lines: rows of workbooks as services take them, with all that is wrong with each."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from zhupei_cli.words.errors import Fault


@dataclass(slots=True)
class Line:
    """One filled row: where it stands, its values by key (blank cells are not there), its faults.

    `kind` is the key of its sheet's kind.
    """

    file: str
    sheet: str
    number: int
    kind: str
    values: Mapping[str, Any]
    faults: list[Fault] = field(default_factory=list)
    #: What the service that takes the row in has made of its values by now.
    said: Any = None

    @property
    def bad(self) -> bool:
        """Say whether anything is wrong with the row that is no mere warning."""
        return bool(self.faults) and any(fault.severity == "error" for fault in self.faults)

    def seen_from(self, other: "Line") -> str:
        """Return where the row stands, for a message about another row: with its sheet where that differs."""
        sheet = "" if (self.file, self.sheet) == (other.file, other.sheet) else f"{self.sheet} "
        return f"{self.file} {sheet}第 {self.number} 行"
