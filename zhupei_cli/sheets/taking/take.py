"""Taking rows from a sheet: its cells read column by column, every problem of every row kept."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import isfinite
from typing import Final

from zhupei_cli.sheets.kinds.cells import CLEAR, Cell, Spoilt, Unreadable, clean
from zhupei_cli.sheets.kinds.columns import DICTIONARY, Column, Kind
from zhupei_cli.sheets.kinds.parsers import AS_THEY_ARE
from zhupei_cli.sheets.kinds.workbook_kinds import ALL
from zhupei_cli.sheets.reading.book import Book, Sheet
from zhupei_cli.sheets.taking.header import (
    HEADER_WITHIN,
    Header,
    best_row,
    carries,
    is_header,
    named_keys,
    read_header,
)
from zhupei_cli.sheets.taking.lines import Line
from zhupei_cli.words.errors import Fault

_TOTALS: Final = frozenset(("合计", "总计", "小计", "共计"))
#: The character that all of them have.
_IN_TOTALS: Final = "计"
#: What a note below or above the rows begins with; cells that a row which is a note has at the most.
_NOTE: Final = re.compile(
    r"[*※★]? ?(?:备?注|说明|注意|附|填[表写报]\w{0,4}|制表\w{0,2}|报送\w{0,2}|[审复]核人|经办人|负责人|联系人"
    r"|盖章|公章|日期|单位\w{0,3}(?:[(（]?[盖公]章[)）]?)?)(?:\d|事项)? ?[:：]"
)
_FEW_CELLS: Final = 4
#: What stands alone in its row: a numbered or finished sentence, a day, where the seal goes.
_ALONE: Final = re.compile(
    r"备注|说明|注|[(（]?\d{1,2} ?[)）、.．] ?\D.*|.*[。；;]|\d{4} ?年 ?\d{1,2} ?月 ?\d{1,2} ?日"
    r"|.{0,12}[(（]?[盖公]章[)）]?"
)
_CLEAR: Final = CLEAR.value
_ERRORS: Final = frozenset(("#N/A", "#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#NUM!", "#NULL!"))
#: Words of a column that are kept.
_MANY: Final = 10_000
#: The code of sheets that were not read.
_UNREAD: Final = "E029"
#: Rows in which a header stands, with those above and below it; headings that make a sheet look like one.
_HEAD: Final = HEADER_WITHIN + 2
_FEW: Final = 3
_PAIR: Final = 2
#: Columns that say whom or what a row is about.
_ABOUT: Final = frozenset(("id_number", "application_no", "code", "base"))
#: Of these, the numbers that people are named by, and how they look.
_NUMBERED: Final = frozenset(("id_number", "application_no"))
_NUMBER: Final = re.compile(r"[0-9]{17}[0-9Xx]|[A-Za-z0-9][A-Za-z0-9_-]{0,31}-[0-9]{7,}")
_SHORTEST: Final = 9
#: Rows that a note names one by one.
_NAMED: Final = 10

Prepare = Callable[[Line], None]


@dataclass(frozen=True, slots=True)
class Table:
    """What a sheet of a kind holds. `faults` are those of the sheet as a whole."""

    kind: Kind
    sheet: str
    header: Header
    rows: list[Line]
    faults: list[Fault]
    #: By key: characters of the longest text.
    longest: Mapping[str, int] = field(default_factory=dict)
    #: The words above the header and in it: its title.
    above: Sequence[str] = ()

    @property
    def headings(self) -> dict[str, str]:
        """Return key → heading as it stands; a wide sheet's specialties are under their own names."""
        return {column.key: self.header.words[index] for index, column in self.header.columns.items()}

    @property
    def readable(self) -> bool:
        """Say whether the sheet's columns are those of its kind."""
        return not any(fault.code != _UNREAD for fault in self.faults if fault.severity == "error")

    @property
    def left_out(self) -> bool:
        """Say whether the workbook has a sheet that should have been read beside this one."""
        return any(fault.code == _UNREAD for fault in self.faults)


class Takings:
    """Takes the wanted sheets of one book while the book is being read: `watch` is told of every piece.

    `optional` are keys whose columns need not be there this time; `file` is what lines call the book; `known`
    are all kinds of sheets there are.
    `prepare` is called with every line: what it works out costs no time while the next ones are read.
    """

    def __init__(
        self,
        kind: Kind,
        further: Sequence[Kind] = (),
        *,
        optional: Collection[str] = (),
        file: str = "",
        prepare: Prepare | None = None,
        known: Sequence[Kind] = ALL,
    ) -> None:
        self._known = known
        self._kind, self._further, self._optional, self._file = kind, further, optional, file
        self._prepare = prepare
        self._by_title = {one.title: one for one in (kind, *further)}
        #: By the identity of the sheets, which the takings keep alive.
        self._begun: dict[int, Taking] = {}

    def watch(self, sheet: Sheet) -> None:
        """Take what has come of a sheet that may turn out to be wanted."""
        kind = self._kind_of(sheet)
        if kind is not None:
            self._taking(sheet, kind).go_on()

    def tables(self, book: Book) -> list[Table]:
        """Return a table of each sheet that has the name or the headings of the main or of a further kind.

        Where there is none of the main kind, the sheet that is most like it says what it lacks. Sheets that
        look like one and are not read, and hidden ones, are named (E029).
        """
        wanted = [(sheet, kind) for sheet in book.sheets if (kind := self._kind_of(sheet)) is not None]
        mine = [sheet for sheet, kind in wanted if kind is self._kind]
        carrying = [sheet for sheet in mine if self._is_named(sheet) or self._carries(sheet, self._kind)]
        weights = {id(sheet): best_row(sheet.rows, self._kind)[1] for sheet in mine or book.sheets}
        chosen = carrying or [max(mine or book.sheets, key=lambda sheet: weights[id(sheet)])]
        tables = [self._taking(sheet, self._kind).table() for sheet in chosen]
        left = [sheet for sheet in mine if not any(sheet is one for one in chosen)]
        alike = [sheet for sheet in left if self._looks_like(sheet, weights)]
        unread = [self._lacking(sheet) for sheet in alike]
        others = [sheet for sheet in left if not any(sheet is one for one in alike)]
        read = [*chosen, *(sheet for sheet, kind in wanted if kind is not self._kind)]
        unread += self._going_on(others, read)
        unread += [f"{name}（隐藏）" for name in book.hidden if self._is_wanted(name, book)]
        if not carrying:
            unread += self._explain(tables[0], chosen[0], book)
        if unread:
            names = "、".join(dict.fromkeys(unread))
            tables[0].faults.append(Fault(_UNREAD, "", values={"names": names}))
        tables += [self._taking(sheet, kind).table() for sheet, kind in wanted if kind is not self._kind]
        return tables

    def _is_wanted(self, name: str, book: Book) -> bool:
        """Say whether a hidden sheet would be read if it were not."""
        head = book.heads.get(name, ())
        kinds = (self._kind, *self._further)
        return clean(name) in self._by_title or any(carries(head, kind, self._optional) for kind in kinds)

    def _is_named(self, sheet: Sheet) -> bool:
        return clean(sheet.name) == self._kind.title

    def _carries(self, sheet: Sheet, kind: Kind) -> bool:
        return carries(sheet.rows[:_HEAD], kind, self._optional)

    def _kind_of(self, sheet: Sheet) -> Kind | None:
        """Return what a sheet is to be read as: by its name, else the kind with most of its headings."""
        if (begun := self._begun.get(id(sheet))) is not None:
            return begun.kind
        title = clean(sheet.name)
        if (named := self._by_title.get(title)) is not None:
            return named
        other = next((one for one in self._known if one.title == title), None)
        if other is not None and not self._is_rather_mine(sheet, other):
            return None
        most = best_row(sheet.rows, self._kind)[1]
        for kind in self._further:
            if best_row(sheet.rows, kind)[1] > most and self._carries(sheet, kind):
                return kind
        return self._kind

    def _is_rather_mine(self, sheet: Sheet, other: Kind) -> bool:
        """Say whether a sheet that has another kind's name has the headings of this one, and more of them."""
        mine = best_row(sheet.rows, self._kind)[1]
        return mine > best_row(sheet.rows, other)[1] and self._carries(sheet, self._kind)

    def _looks_like(self, sheet: Sheet, weights: Mapping[int, int]) -> bool:
        """Say whether a sheet has rows under some of the headings.

        At least three, and half as many as another; or some that say whom or what a row is about, beside
        something else: a list of the same people alone is none.
        """
        at, named = best_row(sheet.rows, self._kind)
        if not any(cell not in (None, "") for row in sheet.rows[at + 1 :] for cell in row):
            return False
        words = sum(1 for cell in sheet.rows[at] if cell not in (None, ""))
        about = named >= _PAIR and words >= _FEW and named_keys(sheet.rows[at], self._kind) & _ABOUT
        return bool(about) or named >= max(_FEW, max(weights.values()) / 2)

    def _going_on(self, sheets: Sequence[Sheet], read: Sequence[Sheet]) -> Iterator[str]:
        """Yield those of `sheets` that name people whom `read` do not: the rest of a list, without header."""
        if self._kind.headings.keys().isdisjoint(_NUMBERED):
            return
        named = {sheet.name: numbers for sheet in sheets if (numbers := _numbers(sheet))}
        known = set[str]().union(*map(_numbers, read)) if named else set[str]()
        for name, numbers in named.items():
            if more := len(numbers - known):
                yield f"{name}（有 {more} 个不在别处的证件号码或报名号）"

    def _lacking(self, sheet: Sheet) -> str:
        header = read_header(sheet.rows[:_HEAD], self._kind, self._optional)
        words = "、".join(fault.values["heading"] for fault in header.faults if fault.code == "E021")
        return f"{sheet.name}（缺少列 {words}）" if words else sheet.name

    def _explain(self, table: Table, sheet: Sheet, book: Book) -> list[str]:
        """Where no sheet is of the kind: say what the workbook is, or return its sheets that are hidden."""
        mine = best_row(sheet.rows, self._kind)[1]
        others = (
            one
            for one in self._known
            if one.title != self._kind.title and best_row(sheet.rows, one)[1] >= mine
        )
        kind = next((one for one in others if self._carries(sheet, one)), None)
        if kind is not None:
            values = {
                "sheet": sheet.name,
                "is": kind.title,
                "wanted": self._kind.title,
                "command": kind.command,
            }
            table.faults[:] = [Fault("E058", "", values=values)]
            table.rows.clear()  # read as what they are not, each would say so once more
        elif not table.readable:
            return [f"{name}（隐藏）" for name in book.hidden if clean(name) != DICTIONARY]
        return []

    def _taking(self, sheet: Sheet, kind: Kind) -> "Taking":
        taking = self._begun.get(id(sheet))
        if taking is None or taking.kind is not kind:
            taking = Taking(sheet, kind, optional=self._optional, file=self._file, prepare=self._prepare)
            self._begun[id(sheet)] = taking
        return taking


class Taking:
    """The taking of one sheet, piece by piece, with every problem of every row.

    Blank rows and repeated headers are left out, rows of totals and notes too, with a warning (E026, E140).
    """

    def __init__(
        self,
        sheet: Sheet,
        kind: Kind,
        *,
        optional: Collection[str] = (),
        file: str = "",
        prepare: Prepare | None = None,
    ) -> None:
        self.kind = kind
        self._prepare = prepare
        self._sheet, self._optional, self._file = sheet, optional, file
        required = {} if kind.partial else {one.key: one for one in kind.columns if one.required}
        self._required = {key: one for key, one in required.items() if not one.may_wait}
        #: Keys of columns that cannot be cleared.
        self._kept = {*required, *kind.one_of}
        if kind.erasable is not None:
            self._kept = {column.key for column in kind.columns} - {*kind.erasable}
        self._header: Header | None = None
        self._readers: list[tuple[int, _Reader]] = []
        self._lines: list[Line] = []
        self._totals: list[int] = []
        self._notes: list[int] = []
        #: Whether a cell alone in its row may be a note: a list of names is full of such.
        self._alone = bool(_NUMBERED & kind.headings.keys()) or len(self._required) > 1
        self._seen = 0

    def go_on(self) -> None:
        """Take the rows that have come since. The first ones must hold the header."""
        rows = self._sheet.rows
        if self._header is None:
            self._header = read_header(rows, self.kind, self._optional, self._sheet.first_row)
            columns = {} if _severe(self._header.faults) else self._header.columns
            self._readers = [
                (index, _Reader(one, kept=one.key in self._kept))
                for index, one in columns.items()
                if not one.ignored
            ]
            self._seen = self._header.body
        if self._readers and len(rows) > self._seen:
            self._take(rows[self._seen :], self._header)
            self._seen = len(rows)

    def table(self) -> Table:
        """Return the whole sheet."""
        self.go_on()
        header = self._header
        assert header is not None
        for line in self._lines if self._sheet.struck else ():
            if line.number in self._sheet.struck:  # nobody can say whether it is wanted still
                line.faults = [*line.faults, Fault("E139", "")]
        # Rows may be longer than the header was when it was read.
        more = len(self._sheet.rows[0]) - len(header.words)
        header = replace(header, words=(*header.words, *[""] * more)) if header.words else header
        faults = [*header.faults, *self._passed_over()]
        longest = {reader.key: reader.longest for _, reader in self._readers}
        above = [
            clean(cell) for row in self._sheet.rows[: header.body] for cell in row if isinstance(cell, str)
        ]
        return Table(self.kind, self._sheet.name, header, self._lines, faults, longest, above)

    def _passed_over(self) -> Iterator[Fault]:
        """Yield what is told of rows that are none, and of those that nobody sees."""
        for code, numbers in (("E026", self._totals), ("E140", self._notes)):
            if numbers:
                named = "、".join(map(str, numbers[:_NAMED])) + (" 等" if len(numbers) > _NAMED else "")
                yield Fault(code, "", "warning", {"rows": named})
        if hidden := sum(1 for row in self._lines if row.number in self._sheet.hidden):
            yield Fault("E028", "", "warning", {"count": hidden})

    def _take(self, piece: Sequence[list[Cell]], header: Header) -> None:
        faults: dict[int, list[Fault]] = {}
        cells = list(zip(*piece, strict=True))
        read = [reader.values_of(cells[index], faults) for index, reader in self._readers]
        keys = [reader.key for _, reader in self._readers]
        where = self._file, self._sheet.name
        kind, required = self.kind, self._required.keys()
        first = self._sheet.first_row + self._seen
        for offset, (line, row) in enumerate(zip(piece, zip(*read, strict=True), strict=True)):
            values = {key: value for key, value in zip(keys, row) if value is not None}  # noqa: B905
            found = faults.get(offset) or []
            if (not values and _is_blank(found)) or (found and is_header(line, header)):
                continue
            if _is_total(line):
                self._totals.append(first + offset)
                continue
            if len(values) <= _FEW_CELLS and _is_note(line, alone=self._alone):
                self._notes.append(first + offset)
                continue
            if kind.one_of or not required <= values.keys():
                found += _missing(values, found, self._required, kind, header)
            self._lines.append(Line(*where, first + offset, kind.key, values, found, line))
            if self._prepare is not None:
                self._prepare(self._lines[-1])


class _Reader(dict[Cell, object]):
    """Reads the cells of one column: raw cell → value, None where there is none.

    A hundred thousand cells of a column are few different words: each is read once. Where they are not, most
    need no reading. What is `kept` cannot be cleared (E051).
    """

    def __init__(self, column: Column, *, kept: bool) -> None:
        self.key = column.key
        self._heading, self._kept = column.heading, kept
        self._masked = column.mask is not None
        self.longest = 0
        self._read, self._value_of = column.read, column.value_of if column.doubt else None
        self._as_it_is = AS_THEY_ARE.get(column.read)
        #: Faults of the cells that cannot be read, or are doubtful.
        self._wrong: dict[Cell, Fault] = {}

    def values_of(self, cells: Sequence[Cell], faults: dict[int, list[Fault]]) -> list[object]:
        """Return the values of cells; their faults, by index, go into `faults`."""
        if bool in set(map(type, cells)):  # True and 1.0 are one key of a dict
            cells = ["是" if cell is True else "否" if cell is False else cell for cell in cells]
        if self._as_it_is is None:
            values = list(map(self.__getitem__, cells))
        else:
            match = self._as_it_is.fullmatch
            values = [cell if type(cell) is str and match(cell) else self[cell] for cell in cells]
        if self._wrong and not self._wrong.keys().isdisjoint(cells):
            for index, cell in enumerate(cells):
                if cell in self._wrong:
                    faults.setdefault(index, []).append(self._wrong[cell])
        return values

    def __missing__(self, raw: Cell) -> object:
        if len(self) > _MANY:
            self.clear()
        value = self[raw] = self._parse(raw)
        if isinstance(value, str) and len(value) > self.longest:
            self.longest = len(value)
        return value

    def _parse(self, raw: Cell) -> object:
        cell = clean(raw) if isinstance(raw, str) else raw
        if cell == "" or cell is None:
            return None
        if cell == _CLEAR:
            if not self._kept:
                return CLEAR
            self._wrong[raw] = Fault("E051", self.key, values={"heading": self._heading})
            return None
        if self._masked and isinstance(cell, str) and "**" in cell:  # out of a list that masks
            self._wrong[raw] = Fault("E141", self.key, values={"value": cell})
            return None
        try:
            cell = _sound(cell)
            value, doubt = (self._read(cell), None) if self._value_of is None else self._value_of(cell)
        except Unreadable as error:
            self._wrong[raw] = Fault(error.code, self.key, values=error.values)
            return None
        if doubt is not None:
            self._wrong[raw] = Fault(doubt.code, self.key, doubt.severity, doubt.values)
        return value


def _sound(cell: Cell) -> Cell:
    """Return a cell that has a value; raise Unreadable for an error or a spoilt cell."""
    if isinstance(cell, str):
        if cell.startswith("#") and cell.upper() in _ERRORS:
            raise Unreadable("E019", value=cell)
        return cell
    if isinstance(cell, Spoilt):
        raise Unreadable(cell.code, value=cell.word)
    if isinstance(cell, float) and not isfinite(cell):
        raise Unreadable("E019", value="#NUM!")
    return cell


def _numbers(sheet: Sheet) -> set[str]:
    """Return what looks like a number of an ID card or of an application."""
    return {
        cell
        for row in sheet.rows
        for cell in row
        if isinstance(cell, str) and len(cell) >= _SHORTEST and _NUMBER.fullmatch(cell)
    }


def _is_blank(faults: Sequence[Fault]) -> bool:
    # A note in merged cells below the table is no row of it.
    return all(fault.code == "E027" for fault in faults)


def _is_total(line: Sequence[Cell]) -> bool:
    first = line[0] or next((cell for cell in line if cell not in (None, "")), None)
    if not isinstance(first, str) or _IN_TOTALS not in first:
        return False
    if "".join(clean(first).split()).rstrip(":：") not in _TOTALS or _names_somebody(line):
        return False
    # A sum has figures beside it; a row full of words is somebody's, who has a passport maybe.
    return sum(1 for cell in line if isinstance(cell, str) and any(map(str.isalpha, cell))) <= _FEW_CELLS


def _is_note(line: Sequence[Cell], *, alone: bool) -> bool:
    """Say whether a row is a note of whoever made the table: it says so, and names nobody by a number."""
    filled = [cell for cell in line if cell not in (None, "") and not isinstance(cell, Spoilt)]
    if not filled or len(filled) > _FEW_CELLS or not isinstance(filled[0], str):
        return False
    word = clean(filled[0])
    alone = alone and len(filled) == 1 and _ALONE.fullmatch(word) is not None
    return (alone or _NOTE.match(word) is not None) and not _names_somebody(line)


def _names_somebody(line: Sequence[Cell]) -> bool:
    return any(isinstance(cell, str) and _NUMBER.fullmatch(clean(cell)) for cell in line)


def _missing(
    values: Mapping[str, object],
    faults: Sequence[Fault],
    required: Mapping[str, Column],
    kind: Kind,
    header: Header,
) -> Iterator[Fault]:
    """Yield a fault for each required cell that is blank; a cell that is wrong has its fault already."""
    there = values.keys() | {fault.field for fault in faults}
    if kind.one_of and not there & set(kind.one_of):
        found = [column for column in header.columns.values() if column.key in kind.one_of]
        words = " 或 ".join(column.heading for column in found)
        yield Fault("E023", found[0].key, values={"heading": words})
    for key, column in required.items():
        if key not in there:
            yield Fault("E023", key, values={"heading": column.heading})


def _severe(faults: Sequence[Fault]) -> bool:
    return any(fault.severity == "error" for fault in faults)
