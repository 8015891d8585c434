"""Telling rows about people from what stands beside them: totals and notes."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from zhupei_cli.sheets.kinds.cells import Cell, Spoilt, clean

_TOTALS: Final = frozenset(("合计", "总计", "小计", "共计"))
#: The character that all of them have.
_IN_TOTALS: Final = "计"
#: What a note below or above the rows begins with; cells that a row which is a note has at the most.
_NOTE: Final = re.compile(
    r"[*※★]? ?(?:备?注|说明|注意|附|填[表写报]\w{0,4}|制表\w{0,2}|报送\w{0,2}|[审复]核人|经办人|负责人|联系人"
    r"|盖章|公章|日期|单位\w{0,3}(?:[(（]?[盖公]章[)）]?)?)(?:\d|事项)? ?[:：]"
)
FEW_CELLS: Final = 4
#: What stands alone in its row: a numbered or finished sentence, a day, where the seal goes.
_ALONE: Final = re.compile(
    r"备注|说明|注|[(（]?\d{1,2} ?[)）、.．] ?\D.*|.*[。；;]|\d{4} ?年 ?\d{1,2} ?月 ?\d{1,2} ?日"
    r"|.{0,12}[(（]?[盖公]章[)）]?"
)
#: Columns of the numbers that people are named by, and how these look.
NAMING_NUMBERS: Final = frozenset(("id_number", "application_no"))
_NUMBER: Final = re.compile(r"[0-9]{17}[0-9Xx]|[A-Za-z0-9][A-Za-z0-9_-]{0,31}-[0-9]{7,}")
_SHORTEST: Final = 9


def is_total(line: Sequence[Cell]) -> bool:
    """Say whether a row begins with the word for a sum, and names nobody by a number."""
    first = line[0] or next((cell for cell in line if cell not in (None, "")), None)
    if not isinstance(first, str) or _IN_TOTALS not in first:
        return False
    if "".join(clean(first).split()).rstrip(":：") not in _TOTALS or _names_somebody(line):
        return False
    # A sum has figures beside it; a row full of words is somebody's, who has a passport maybe.
    return sum(1 for cell in line if isinstance(cell, str) and any(map(str.isalpha, cell))) <= FEW_CELLS


def is_note(line: Sequence[Cell], *, alone: bool) -> bool:
    """Say whether a row is a note of whoever made the table: it says so, and names nobody by a number."""
    filled = [cell for cell in line if cell not in (None, "") and not isinstance(cell, Spoilt)]
    if not filled or len(filled) > FEW_CELLS or not isinstance(filled[0], str):
        return False
    word = clean(filled[0])
    alone = alone and len(filled) == 1 and _ALONE.fullmatch(word) is not None
    return (alone or _NOTE.match(word) is not None) and not _names_somebody(line)


def _names_somebody(line: Sequence[Cell]) -> bool:
    return any(isinstance(cell, str) and _NUMBER.fullmatch(clean(cell)) for cell in line)


def numbers_in(rows: Iterable[Sequence[Cell]]) -> set[str]:
    """Return what looks like a number of an ID card or of an application."""
    return {
        cell
        for row in rows
        for cell in row
        if isinstance(cell, str) and len(cell) >= _SHORTEST and _NUMBER.fullmatch(cell)
    }
