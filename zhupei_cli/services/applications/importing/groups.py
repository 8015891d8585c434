"""Whom lines of 报名信息 and its further sheets are about."""

from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final, NamedTuple, overload

from zhupei_cli.rules.people import idcard
from zhupei_cli.rules.people.masking import mask_id
from zhupei_cli.services.people.merging import Said, said_by
from zhupei_cli.services.people.profiles import Entry, PersonKey
from zhupei_cli.sheets.kinds.cells import CLEAR
from zhupei_cli.sheets.kinds.workbook_kinds import PERSON
from zhupei_cli.sheets.taking.lines import Line
from zhupei_cli.sheets.taking.stored_lines import StoredLines, Stowing
from zhupei_cli.words.errors import Fault
from zhupei_cli.words.vocabulary import IdType

#: A plain text, as marshal wants it.
_ID_CARD: Final = IdType.ID_CARD.value
#: No text of a cell has these: the first stands between the kind of another paper and its number, the second
#: before the number that a line of a further sheet names.
_PAPER: Final = "\x1f"
_FURTHER: Final = "\x1e"
#: The kind of paper of whom further sheets name alone: they say none.
UNKNOWN_PAPER: Final = ""


def prepare(line: Line, *, today: date) -> None:
    """Work out what a row of 报名信息 says, whoever it is about: good to do while the next rows are read.

    Of its values the number stays as it was typed; all else is in what it says.
    """
    for name in ("id_type", "id_number"):
        if line.values.get(name) is CLEAR:  # nobody is without
            line.faults.append(Fault("E051", name, values={"heading": PERSON.headings[name]}))
            line.values = {key: value for key, value in line.values.items() if key != name}
    if line.kind != "person":
        return
    id_type, number = line.values.get("id_type") or _ID_CARD, line.values.get("id_number")
    paper = idcard.Paper("", None, []) if number is None else idcard.read(id_type, number, today)
    line.faults += paper.faults
    line.said = said_by(line.values, paper.facts)
    line.said.person |= {"id_type": id_type, "id_number": paper.number}
    line.values = {} if number is None else {"id_number": number}


def _key(line: Line) -> str | None:
    """Return whom a prepared line is about; None where it says no number."""
    number = line.values.get("id_number")
    if number is None:
        return None
    if line.kind != "person":
        return _FURTHER + str(number).strip().upper()
    id_type, number = line.said.person["id_type"], line.said.person["id_number"]
    return str(number) if id_type == _ID_CARD else f"{id_type}{_PAPER}{number}"


def _pack(said: Said) -> Sequence[Entry]:
    facts = said.facts and {"gender": said.facts.gender, "birth_date": said.facts.birth_date}
    return said.person, said.education, said.bachelor, said.work, said.form, facts or {}


def _unpack(parts: Sequence[Entry]) -> Said:
    person, education, bachelor, work, form, facts = parts
    return Said(person, education, bachelor, work, idcard.Facts(**facts) if facts else None, form)


#: How lines wait until their person's turn comes.
STOWING: Final = Stowing(_key, _pack, _unpack)


class Group(NamedTuple):
    """One person of an import, and where all their lines stand; without a number a line is alone."""

    key: PersonKey | None
    at: tuple[int, ...]


class Groups(Sequence[Group]):
    """The persons of an import, in the order of their first lines."""

    def __init__(self) -> None:
        self._keys: list[str | None] = []
        self._firsts = array("Q")
        #: By the first line of a person: their other ones.
        self.further: dict[int, list[int]] = {}

    def add(self, key: str | None, at: int) -> None:
        """Take the first line of a person."""
        self._keys.append(key)
        self._firsts.append(at)

    def join(self, first: int, key: str, at: int) -> None:
        """Take another line of the person whose first line is known; the main sheet says what paper it is."""
        self.further.setdefault(first, []).append(at)
        if not key.startswith(_FURTHER):
            self._keys[bisect_left(self._firsts, first)] = key

    def __len__(self) -> int:
        return len(self._firsts)

    @overload
    def __getitem__(self, number: int) -> Group: ...
    @overload
    def __getitem__(self, number: slice) -> list[Group]: ...
    def __getitem__(self, number: int | slice) -> Group | list[Group]:
        if isinstance(number, slice):
            return [self[one] for one in range(*number.indices(len(self)))]
        first = self._firsts[number]
        return Group(_person(self._keys[number]), (first, *self.further.get(first, ())))


def _person(key: str | None) -> PersonKey | None:
    if key is None:
        return None
    if key.startswith(_FURTHER):
        return UNKNOWN_PAPER, key[1:]
    id_type, paper, number = key.partition(_PAPER)
    return (id_type, number) if paper else (_ID_CARD, key)


def grouped_lines(lines: "list[Line] | StoredLines", today: date) -> Groups:
    """Group lines by person. The further sheets name one by number alone, before or after the main line."""
    if not isinstance(lines, StoredLines):
        for line in lines:
            if line.said is None:
                prepare(line, today=today)
    papers = _papers(lines)
    groups = Groups()
    firsts: dict[str, int] = {}
    for at, key in enumerate(_keys(lines)):
        whom: str | None = key
        if key is not None and key.startswith(_FURTHER):
            number = key[1:]
            whom = papers.get(number, number)
            if whom is None:
                line = lines[at]
                line.faults.append(Fault("E312", "id_number", values={"number": mask_id(number)}))
                lines[at] = line
        if key is None or whom is None:
            groups.add(None, at)
            continue
        first = firsts.setdefault(whom, at)
        if first == at:
            groups.add(key, at)
        else:
            groups.join(first, key, at)
    return groups


def _papers(lines: Sequence[Line]) -> dict[str, str | None]:
    """Return the keys of holders of other papers than ID cards, by number; None where two have the number."""
    papers: dict[str, str | None] = {}
    for key in _keys(lines):
        if key is not None and _PAPER in key:
            number = key.partition(_PAPER)[2]
            papers[number] = key if papers.get(number, key) == key else None
    return papers


def _keys(lines: Sequence[Line]) -> Iterator[str | None]:
    keys = lines.keys if isinstance(lines, StoredLines) else map(_key, lines)
    return (None if key is None else str(key) for key in keys)


def refuse_same_people(lines: "list[Line] | StoredLines", groups: Groups) -> None:
    """Refuse both rows where one person stands twice in a call, each naming the other."""
    for first, further in groups.further.items():
        twins = {at: line for at in (first, *further) if (line := lines[at]).kind == "person"}
        if len(twins) < 2:
            continue
        for at, line in twins.items():
            others = "、".join(other.seen_from(line) for other in twins.values() if other is not line)
            values = {"number": mask_id(line.said.person["id_number"]), "others": others}
            line.faults.append(Fault("E157", "id_number", values=values))
            lines[at] = line
