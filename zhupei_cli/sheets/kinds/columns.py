"""Columns: what a workbook of each kind holds. Template, reading, messages and export come from here."""

import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Final

from zhupei_cli.rules.people.people_names import CellDoubt
from zhupei_cli.sheets.kinds.cells import Cell, Parser, Unreadable
from zhupei_cli.words.vocabulary import IDENTITY, SOURCE_TYPES

#: What an error workbook puts in front of a sheet's own columns; read past when it comes back.
ROW_NUMBER: Final = "原行号"
REASONS: Final = "错误说明"
#: The hidden sheet of lists that templates and error workbooks carry.
DICTIONARY: Final = "字典"


class Offer(StrEnum):
    """Lists that are not the same for every batch."""

    BASES = "bases"
    SPECIALTIES = "specialties"
    SOURCE_TYPES = "source_types"
    IDENTITIES = "identities"


@dataclass(frozen=True, slots=True)
class Choices:
    """What columns with an `Offer` offer; an empty list offers nothing and takes everything.

    `base_codes` are those of `bases`, one by one; `places` are base and specialty of every place of a plan,
    in the words of the lists.
    """

    bases: tuple[str, ...] = ()
    base_codes: tuple[str, ...] = ()
    specialties: tuple[str, ...] = ()
    source_types: tuple[str, ...] = SOURCE_TYPES
    places: tuple[tuple[str, str], ...] = ()
    identities: tuple[str, ...] = tuple(IDENTITY.words())

    def of(self, column: "Column") -> tuple[str, ...]:
        """Return the words offered in a column."""
        match column.offers:
            case Offer.BASES:
                return self.bases
            case Offer.SPECIALTIES:
                return self.specialties
            case Offer.SOURCE_TYPES:
                return self.source_types
            case Offer.IDENTITIES:
                return self.identities
            case words:
                return words


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its key in the program, its heading for people, and how a cell of it is read."""

    key: str
    heading: str
    read: Parser
    required: bool = False
    #: Whether a cell of a required column may be blank: the answer is still to come.
    may_wait: bool = False
    aliases: tuple[str, ...] = ()
    #: Read past without a word: columns that exports add for people.
    ignored: bool = False
    #: What may be the matter with a value that was read.
    doubt: Callable[[str], CellDoubt | None] | None = None
    #: How its cells are shown where personal data is masked.
    mask: Callable[[str], str] | None = None
    #: What a drop-down offers: words of its own, or one of the lists of `Choices`.
    offers: tuple[str, ...] | Offer = ()
    #: Whether there are no other words, but for spellings that the import knows.
    closed: bool = False
    #: Keys of columns that narrow what is offered, by the places of the plan; the first filled one counts.
    narrowed_by: tuple[str, ...] = ()
    #: Lowest and highest of the whole numbers, or with `marks` of the numbers, that people type.
    between: tuple[int, int] | None = None
    marks: bool = False
    #: What to write, for people: the comment of the heading.
    note: str = ""

    def value_of(self, cell: Cell) -> tuple[object, CellDoubt | None]:
        """Return what a cell says, and what is odd about it; Unreadable when it cannot be right."""
        value = self.read(cell)
        doubt = self.doubt(value) if self.doubt is not None and isinstance(value, str) else None
        if doubt is not None and doubt.severity == "error":
            raise Unreadable(doubt.code, **doubt.values)
        return value, doubt


@dataclass(frozen=True)
class Kind:
    """One kind of sheet: the name its tab has, and its columns in order."""

    key: str
    title: str
    columns: tuple[Column, ...]
    #: Keys of which one column at least must be there, e.g. 报名号 or 证件号码.
    one_of: tuple[str, ...] = ()
    #: Keys of which a sheet with another name must have one: a list of people is no list of marks.
    telling: tuple[str, ...] = ()
    #: What imports it, for people who gave it to another command.
    command: str = ""
    #: How the cells of columns the table does not name are read: a wide sheet has one a specialty.
    rest: Parser | None = None
    #: Whether columns the table does not name are passed over without a word.
    reads_past: bool = False
    #: Whether a required cell may be blank, because what is stored may have it.
    partial: bool = False
    #: Keys of what 清空 can erase; None says: whatever is not required.
    erasable: tuple[str, ...] | None = None

    @cached_property
    def by_heading(self) -> dict[str, Column]:
        """Return the columns by every spelling of their headings, as `heading_key` makes them."""
        return {
            heading_key(word): column for column in self.columns for word in (column.heading, *column.aliases)
        }

    @cached_property
    def headings(self) -> dict[str, str]:
        """Return key → heading."""
        return {column.key: column.heading for column in self.columns}


def heading_key(text: str) -> str:
    """Return a heading as it is matched: after NFKC, without spaces, line breaks, `*` and ●."""
    plain = unicodedata.normalize("NFKC", text)
    return "".join(plain.split()).replace("*", "").replace("●", "").casefold()


def headings_of(columns: Iterable[Column]) -> list[str]:
    """Return the headings in their order, required ones marked."""
    return [f"{column.heading}*" if column.required else column.heading for column in columns]


def column_letters(column: int) -> str:
    """Return the letters of a column, counted from 0."""
    name = ""
    column += 1
    while column:
        column, digit = divmod(column - 1, 26)
        name = chr(65 + digit) + name
    return name
