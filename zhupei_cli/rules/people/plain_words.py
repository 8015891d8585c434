"""Words people type that stay for good, reasons and names of operators: as long as a column, and readable.

The one rule for every database: a server would refuse what a file takes.
"""

import unicodedata
from typing import Final

from zhupei_cli.rules.people.characters import BLANK
from zhupei_cli.words.errors import Fault, ZhupeiError

#: The widths of their columns.
REASON_LENGTH: Final = 500
OPERATOR_LENGTH: Final = 64


def fault_of(word: str | None, what: str, length: int) -> Fault | None:
    """Return what is wrong with a word: too long (E660), or a character nobody else can read (E661)."""
    if not word:
        return None
    if len(word) > length:
        return Fault("E660", "reason", values={"what": what, "found": len(word), "length": length})
    # A hundred thousand reasons are looked at; nearly all are printable, and then nothing is the matter.
    if word.isprintable() and not BLANK & set(word):
        return None
    lost = dict.fromkeys(f"U+{ord(char):04X}" for char in word if _is_lost(char))
    return Fault("E661", "reason", values={"what": what, "characters": "、".join(lost)}) if lost else None


def reason_fault(reason: str | None) -> Fault | None:
    """Return what is wrong with a reason."""
    return fault_of(reason, "原因", REASON_LENGTH)


def require(word: str | None, what: str, length: int) -> None:
    """Raise E660 or E661 for a word that cannot be kept."""
    if (fault := fault_of(word, what, length)) is not None:
        raise ZhupeiError(fault.code, **fault.values)


def require_reason(reason: str | None) -> None:
    """Raise E660 or E661 for a reason that cannot be kept."""
    require(reason, "原因", REASON_LENGTH)


def require_operator(name: str) -> None:
    """Raise E660 or E661 for the name of an operator that cannot be kept."""
    require(name, "经办人", OPERATOR_LENGTH)


def _is_lost(char: str) -> bool:
    # Private use and surrogates, controls: a drawing of one font, half a character, an order to a terminal.
    return unicodedata.category(char) in ("Co", "Cs", "Cc") or char in BLANK
