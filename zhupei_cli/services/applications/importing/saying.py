"""Which line of an import, and which of its cells, says something of a person's education or work."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from zhupei_cli.services.people.merging import BACHELOR, Said, same_education, same_work
from zhupei_cli.services.people.profiles import Entry
from zhupei_cli.sheets.kinds.cells import CLEAR
from zhupei_cli.sheets.kinds.workbook_kinds import EDUCATION, PERSON, WORK
from zhupei_cli.sheets.taking.lines import Line
from zhupei_cli.words.errors import Fault

#: What stands before the names of the columns of 报名信息 that speak of a bachelor below a higher degree.
_OF_BACHELOR = "bachelor_"


def speaks_of(line: Line, entry: Mapping[str, Any]) -> bool:
    """Return whether a line of a further sheet is about this entry of its person."""
    if line.kind == WORK.key:
        return "employer_name" in entry and same_work(entry, line.values)
    return line.kind == EDUCATION.key and "school" in entry and same_education(entry, line.values)


def cell_of(line: Line, entry: Mapping[str, Any], name: str) -> str | None:
    """Return the key of the cell that says what `name` of an entry is; None where no cell does."""
    if line.kind == PERSON.key:
        return _cell_of_person(line.said, entry, name)
    value = line.values.get(name)
    says = value is not None and entry.get(name) == (None if value is CLEAR else value)
    return name if says and speaks_of(line, entry) else None


def _cell_of_person(said: Said, entry: Mapping[str, Any], name: str) -> str | None:
    if "employer_name" in entry:
        return name if _says(said.work, entry, name, named=("employer_name",)) else None
    below = entry["level"] == BACHELOR != said.education.get("level")
    if below and _says(said.bachelor, entry, name, named=("school",)):
        return _OF_BACHELOR + name
    return name if _says(said.education, entry, name, named=("level", "school")) else None


def _says(given: Entry, entry: Mapping[str, Any], name: str, *, named: Sequence[str]) -> bool:
    same = name in given and given[name] == entry.get(name)
    return same and all(given.get(one) in (None, entry.get(one)) for one in named)


def placed(fault: Fault, head: Line, further: Sequence[Line]) -> tuple[Line, Fault]:
    """Return the line whose cell says what is wrong, and the fault as that cell has it.

    What no line says, as it was stored before, is for a line about the same entry, or else for `head`.
    """
    name = fault.field.removeprefix(_OF_BACHELOR)
    lines = (*further, head) if head.kind == PERSON.key else further
    for entry in fault.about:
        for line in lines:
            if (key := cell_of(line, entry, name)) is not None:
                return line, replace(fault, field=key, about=())
    for entry in fault.about:
        for line in further:
            if speaks_of(line, entry):
                return line, replace(fault, field=name, about=())
    return head, replace(fault, about=())
