"""Which line of an import, and which of its cells, says something of a person's education or work."""

from collections.abc import Sequence
from dataclasses import replace

from zhupei_cli.rules.people.fields import FieldValues
from zhupei_cli.services.people.merging import BACHELOR, Said, same_education, same_work
from zhupei_cli.services.people.profiles import Entry
from zhupei_cli.sheets.kinds.cells import CLEAR
from zhupei_cli.sheets.kinds.workbook_kinds import EDUCATION, PERSON, WORK
from zhupei_cli.sheets.taking.lines import Line
from zhupei_cli.words.errors import Fault

#: What stands before the names of the columns of 报名信息 that speak of a bachelor below a higher degree.
_OF_BACHELOR = "bachelor_"


def said_at(
    entry: FieldValues, name: str, main: Line | None, further: Sequence[Line]
) -> tuple[Line, str] | None:
    """Return the line that says what `name` of an entry is, with the key of its cell.

    Where none says it, that is a line of the further sheets about this entry, if there is one.
    """
    for line in further if main is None else (*further, main):
        if (key := _cell_of(line, entry, name)) is not None:
            return line, key
    return next(((line, name) for line in further if _speaks_of(line, entry)), None)


def placed(fault: Fault, head: Line, further: Sequence[Line]) -> tuple[Line, Fault]:
    """Return the line that says what is wrong, and the fault as its cell has it.

    What no line says, as it was stored before, is for `head`.
    """
    name = fault.field.removeprefix(_OF_BACHELOR)
    main = head if head.kind == PERSON.key else None
    for entry in fault.about:
        if (found := said_at(entry, name, main, further)) is not None:
            line, key = found
            return line, replace(fault, field=key, about=())
    return head, replace(fault, about=())


def _speaks_of(line: Line, entry: FieldValues) -> bool:
    if line.kind == WORK.key:
        return "employer_name" in entry and same_work(entry, line.values)
    return line.kind == EDUCATION.key and "school" in entry and same_education(entry, line.values)


def _cell_of(line: Line, entry: FieldValues, name: str) -> str | None:
    if line.kind == PERSON.key:
        return _cell_of_main(line.said, entry, name)
    value = line.values.get(name)
    says = value is not None and entry.get(name) == (None if value is CLEAR else value)
    return name if says and _speaks_of(line, entry) else None


def _cell_of_main(said: Said, entry: FieldValues, name: str) -> str | None:
    if "employer_name" in entry:
        return name if _says(said.work, entry, name, named=("employer_name",)) else None
    below = entry["level"] == BACHELOR != said.education.get("level")
    if below and _says(said.bachelor, entry, name, named=("school",)):
        return _OF_BACHELOR + name
    return name if _says(said.education, entry, name, named=("level", "school")) else None


def _says(given: Entry, entry: FieldValues, name: str, *, named: Sequence[str]) -> bool:
    same = name in given and given[name] == entry.get(name)
    return same and all(given.get(one) in (None, entry.get(one)) for one in named)
