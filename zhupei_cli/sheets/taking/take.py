"""Taking rows from a sheet: its cells read column by column, every problem of every row kept."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from zhupei_cli.sheets.kinds.cells import Cell, clean
from zhupei_cli.sheets.kinds.columns import Column, Kind
from zhupei_cli.sheets.reading.book import Sheet
from zhupei_cli.sheets.taking.beside_people import FEW_CELLS, NAMING_NUMBERS, is_note, is_total
from zhupei_cli.sheets.taking.column_reader import ColumnReader
from zhupei_cli.sheets.taking.header import Header, heading_mark, is_header, read_header
from zhupei_cli.sheets.taking.lines import Line
from zhupei_cli.sheets.taking.stored_lines import LineStore, StoredLines
from zhupei_cli.sheets.taking.table import Table
from zhupei_cli.words.errors import Fault

#: Rows that a note names one by one.
_NAMED: Final = 10
#: Rows that are taken at once: of a sheet that could not be taken while it was read, there are all.
_PIECE: Final = 2_000

Prepare = Callable[[Line], None]


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
        store: LineStore | None = None,
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
        self._readers: list[tuple[int, ColumnReader]] = []
        self._lines: list[Line] | StoredLines = [] if store is None else StoredLines(store)
        self._totals: list[int] = []
        self._notes: list[int] = []
        #: Whether a cell alone in its row may be a note: a list of names is full of such.
        self._alone = bool(NAMING_NUMBERS & kind.headings.keys()) or len(self._required) > 1
        self._seen = 0

    def go_on(self) -> None:
        """Take the rows that have come since. The first ones must hold the header."""
        rows = self._sheet.rows
        if self._header is None:
            self._header = read_header(rows, self.kind, self._optional, self._sheet.first_row)
            columns = {} if _severe(self._header.faults) else self._header.columns
            self._readers = [
                (index, ColumnReader(one, kept=one.key in self._kept))
                for index, one in columns.items()
                if not one.ignored
            ]
            self._seen = self._header.body
        while self._readers and len(rows) > self._seen:
            piece = rows[self._seen : self._seen + _PIECE]
            self._take(piece, self._header)
            self._seen += len(piece)

    def table(self) -> Table:
        """Return the whole sheet."""
        self.go_on()
        header = self._header
        assert header is not None
        for at, line in enumerate(self._lines) if self._sheet.struck else ():
            if line.number in self._sheet.struck:  # nobody can say whether it is wanted still
                line.faults = [*line.faults, Fault("E139", "")]
                self._lines[at] = line
        # Rows may be longer than the header was when it was read.
        more = len(self._sheet.rows[0]) - len(header.words)
        header = replace(header, words=(*header.words, *[""] * more)) if header.words else header
        faults = [*header.faults, *self._passed_over()]
        longest = {reader.key: reader.longest for _, reader in self._readers}
        above = [
            clean(cell) for row in self._sheet.rows[: header.body] for cell in row if isinstance(cell, str)
        ]
        rows, first = self._sheet.rows, self._sheet.first_row
        return Table(self.kind, self._sheet.name, header, self._lines, faults, longest, above, rows, first)

    def _passed_over(self) -> Iterator[Fault]:
        """Yield what is told of rows that are none, and of those that nobody sees."""
        for code, numbers in (("E026", self._totals), ("E140", self._notes)):
            if numbers:
                named = "、".join(map(str, numbers[:_NAMED])) + (" 等" if len(numbers) > _NAMED else "")
                yield Fault(code, "", "warning", {"rows": named})
        hidden = self._sheet.hidden
        if hidden and (count := sum(1 for row in self._lines if row.number in hidden)):
            yield Fault("E028", "", "warning", {"count": count})

    def _take(self, piece: Sequence[list[Cell]], header: Header) -> None:
        faults: dict[int, list[Fault]] = {}
        cells = list(zip(*piece, strict=True))
        read = [reader.values_of(cells[index], faults) for index, reader in self._readers]
        keys = [reader.key for _, reader in self._readers]
        where = self._file, self._sheet.name
        kind, required = self.kind, self._required.keys()
        first = self._sheet.first_row + self._seen
        # Of a kind whose columns are all text a repeated header is no wrong row either.
        column, mark = heading_mark(header)
        for offset, (line, row) in enumerate(zip(piece, zip(*read, strict=True), strict=True)):
            values = {key: value for key, value in zip(keys, row) if value is not None}  # noqa: B905
            found = faults.get(offset) or []
            if not values and _is_blank(found):
                continue
            if (found or mark in str(line[column])) and is_header(line, header):
                continue
            if is_total(line):
                self._totals.append(first + offset)
                continue
            if len(values) <= FEW_CELLS and is_note(line, alone=self._alone):
                self._notes.append(first + offset)
                continue
            if kind.one_of or not required <= values.keys():
                found += _missing(values, found, self._required, kind, header)
            taken = Line(*where, first + offset, kind.key, values, found)
            if self._prepare is not None:
                self._prepare(taken)
            self._lines.append(taken)


def _is_blank(faults: Sequence[Fault]) -> bool:
    # A note in merged cells below the table is no row of it.
    return all(fault.code == "E027" for fault in faults)


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
