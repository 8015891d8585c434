"""What can go wrong, said once: an error is a catalogue code and the values it speaks of."""

import dataclasses
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from zhupei_cli.words.catalogue import CATALOGUE

Severity = Literal["error", "warning"]


class ZhupeiError(Exception):
    """An error people can mend. `code` names the catalogue entry, `values` fill its sentences."""

    def __init__(self, code: str, /, **values: object) -> None:
        entry = CATALOGUE[code]
        self.code = code
        self.values = values
        self.message = entry.message.format_map(values)
        self.hint = entry.hint.format_map(values)
        self.exit_code = entry.exit
        super().__init__(f"[{code}] {self.message}")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with one value: catalogue code, field key, and values for the sentence.

    Values that are personal data are masked before they get here.
    """

    code: str
    field: str
    severity: Severity = "error"
    values: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    #: Of what a person has several of, those it is about: for who finds the row that says so. No part of it.
    about: Sequence[Mapping[str, object]] = dataclasses.field(default=(), compare=False, repr=False)

    @property
    def message(self) -> str:
        """The catalogue's sentence followed by its cure, as one line."""
        return sentence(self.code, self.values)

    @property
    def message_for_offices(self) -> str:
        """The message for people who have the workbook alone: a cure they can follow, no commands."""
        entry = CATALOGUE[self.code]
        return _joined(entry.message.format_map(self.values), _cure_for_offices(self.code, self.values))


# What is typed into a shell.
_SHELL: Final = re.compile("zhupei |--[a-z]")
_CLAUSE: Final = re.compile("[^；？]*[；？]?")


def _cure_for_offices(code: str, values: Mapping[str, object]) -> str:
    """Return the clauses of a cure that name no command; where none is left, who can help."""
    clauses = _CLAUSE.findall(CATALOGUE[code].hint.format_map(values))
    return "".join(one for one in clauses if not _SHELL.search(one)).rstrip("；") or "请与省级管理员联系"


def _joined(message: str, cure: str) -> str:
    return f"{message}；{cure}" if cure else message


def under(heading: str, message: str) -> str:
    """Return a message below the heading it is about, which is not said twice."""
    return message if not heading or begins_with(heading, message) else f"{heading}：{message}"


def begins_with(heading: str, message: str) -> bool:
    """Return whether a message names its column itself: 民族“火星族”不认识, 缺少 民族."""
    return message.removeprefix("缺少").lstrip(" “").startswith(heading)


def unread_of(faults: Iterable[Fault]) -> set[str]:
    """Return the keys of what could not be read, or cannot be: what follows from it says nothing new."""
    return {fault.field for fault in faults if fault.severity == "error"}


def sentence(code: str, values: Mapping[str, object]) -> str:
    """Return the message of `code` and its cure as one line for a cell or a list."""
    entry = CATALOGUE[code]
    return _joined(entry.message.format_map(values), entry.hint.format_map(values))
