"""Taking rows from a sheet: its cells read column by column, every problem of every row kept."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import Any, Final

from zhupei_cli.errors import Fault
from zhupei_cli.sheets.cells import CLEAR, Cell, Spoilt, Unreadable, clean
from zhupei_cli.sheets.columns import Column, Kind
from zhupei_cli.sheets.header import Header, best_row, is_header, read_header
from zhupei_cli.sheets.kinds import TITLES
from zhupei_cli.sheets.read import Book, Sheet

_TOTALS: Final = frozenset(("合计", "总计", "小计", "共计"))
#: The character that all of them have.
_IN_TOTALS: Final = "计"
_CLEAR: Final = CLEAR.value
_ERRORS: Final = frozenset(("#N/A", "#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#NUM!", "#NULL!"))
#: Rows that a note names one by one.
_NAMED: Final = 10


@dataclass(slots=True)
class TakenRow:
    """One filled row: its number in the sheet, its values by key (blank cells are not there), its faults.

    `cells` are the row as it was read.
    """

    number: int
    values: dict[str, Any]
    faults: list[Fault] = field(default_factory=list)
    cells: Sequence[Cell] = ()

    @property
    def bad(self) -> bool:
        """Say whether anything is wrong with the row that is no mere warning."""
        return any(fault.severity == "error" for fault in self.faults)


@dataclass(frozen=True, slots=True)
class Table:
    """What a sheet of a kind holds. `faults` are those of the sheet as a whole."""

    kind: Kind
    sheet: str
    header: Header
    rows: list[TakenRow]
    faults: list[Fault]

    @property
    def headings(self) -> dict[str, str]:
        """Return key → heading as it stands; a wide sheet's specialties are under their own names."""
        return {column.key: self.header.words[index] for index, column in self.header.columns.items()}

    @property
    def readable(self) -> bool:
        """Say whether the sheet's columns are those of its kind."""
        return not any(fault.severity == "error" for fault in self.faults)


def take(book: Book, kind: Kind, *, optional: Collection[str] = ()) -> Table:
    """Return the rows of the sheet of `kind`: the one with its name, else the one with most of its columns.

    `optional` are keys whose columns need not be there this time.
    """
    named = [sheet for sheet in book.sheets if clean(sheet.name) == kind.title]
    unnamed = [sheet for sheet in book.sheets if clean(sheet.name) not in TITLES]
    weights = {sheet.name: best_row(sheet.rows, kind)[1] for sheet in book.sheets}
    chosen = max(named or unnamed or book.sheets, key=lambda sheet: weights[sheet.name])
    table = take_sheet(chosen, kind, optional=optional)
    # A second sheet of people that nobody reads would be lost without a word.
    half = max(weights[chosen.name], 2) / 2
    others = [sheet.name for sheet in unnamed if sheet is not chosen and weights[sheet.name] >= half]
    others += [name for name in book.hidden if clean(name) == kind.title]
    if others:
        table.faults.append(Fault("E029", "", "warning", {"names": "、".join(others)}))
    return table


def take_named(book: Book, kind: Kind) -> Table | None:
    """Return the rows of the further sheet that carries the kind's name; None when there is none.

    A hidden one has no rows and a warning (E029).
    """
    for sheet in book.sheets:
        if clean(sheet.name) == kind.title:
            return take_sheet(sheet, kind)
    for name in book.hidden:
        if clean(name) == kind.title:
            return Table(
                kind, name, Header((), {}, 0, []), [], [Fault("E029", "", "warning", {"names": name})]
            )
    return None


def take_sheet(sheet: Sheet, kind: Kind, *, optional: Collection[str] = ()) -> Table:
    """Return the rows of `sheet`, with every problem of every row.

    Blank rows and repeated headers are left out, rows of totals too, with a warning (E026).
    """
    header = read_header(sheet.rows, kind, optional)
    table = Table(kind, sheet.name, header, [], list(header.faults))
    if not table.readable:
        return table
    totals = []
    required = {} if kind.partial else {column.key: column for column in kind.columns if column.required}
    for row in _rows(sheet, header):
        if _is_blank(row) or (row.faults and is_header(row.cells, header)):
            continue
        if _is_total(row.cells):
            totals.append(row.number)
            continue
        if kind.one_of or required.keys() - row.values.keys():
            row.faults += _missing(row, required, kind, header)
        table.rows.append(row)
    table.faults.extend(_notes(totals, sheet, table.rows))
    return table


def _rows(sheet: Sheet, header: Header) -> Iterator[TakenRow]:
    """Yield all rows below the header, read."""
    body = sheet.rows[header.body :]
    columns = {index: column for index, column in header.columns.items() if not column.ignored}
    faults: dict[int, list[Fault]] = {}
    cells = list(zip(*body, strict=True)) or [()] * len(header.words)
    read = [_read(cells[index], column, faults) for index, column in columns.items()]
    keys = [column.key for column in columns.values()]
    first = sheet.first_row + header.body
    for offset, (line, row) in enumerate(zip(body, zip(*read, strict=True), strict=True)):
        values = {key: value for key, value in zip(keys, row) if value is not None}  # noqa: B905
        yield TakenRow(first + offset, values, faults.get(offset) or [], line)


def _read(cells: Sequence[Cell], column: Column, faults: dict[int, list[Fault]]) -> list[Any]:
    """Return the values of a column's cells, None where there is none; faults by index go into `faults`."""
    if bool in set(map(type, cells)):  # True and 1.0 are one key of a dict
        cells = ["是" if cell is True else "否" if cell is False else cell for cell in cells]
    # A hundred thousand cells of a column are few different words: each is read once.
    wrong: dict[Cell, Fault] = {}
    parse = _parser(column, wrong)
    parsed = {cell: parse(cell) for cell in set(cells)}
    if wrong:
        for index, cell in enumerate(cells):
            if cell in wrong:
                faults.setdefault(index, []).append(wrong[cell])
    return list(map(parsed.__getitem__, cells))


def _parser(column: Column, wrong: dict[Cell, Fault]) -> Callable[[Cell], Any]:
    """Return what reads a cell of the column; a cell that cannot be read gets its fault in `wrong`."""
    read = column.read

    def parse(raw: Cell) -> Any:
        cell = clean(raw) if isinstance(raw, str) else raw
        if cell == "" or cell is None:
            return None
        if cell == _CLEAR:
            return CLEAR
        try:
            return read(_sound(cell))
        except Unreadable as error:
            wrong[raw] = Fault(error.code, column.key, values=error.values)
            return None

    return parse


def _sound(cell: Cell) -> Cell:
    """Return a cell that has a value; raise Unreadable for an error or a spoilt cell."""
    if isinstance(cell, Spoilt):
        raise Unreadable(cell.code, value=cell.word)
    if isinstance(cell, float) and not isfinite(cell):
        raise Unreadable("E019", value="#NUM!")
    if isinstance(cell, str) and cell.startswith("#") and cell.upper() in _ERRORS:
        raise Unreadable("E019", value=cell)
    return cell


def _is_blank(row: TakenRow) -> bool:
    # A note in merged cells below the table is no row of it.
    return not row.values and all(fault.code == "E027" for fault in row.faults)


def _is_total(line: Sequence[Cell]) -> bool:
    first = line[0] or next((cell for cell in line if cell not in (None, "")), None)
    if not isinstance(first, str) or _IN_TOTALS not in first:
        return False
    return "".join(clean(first).split()).rstrip(":：") in _TOTALS


def _missing(row: TakenRow, required: Mapping[str, Column], kind: Kind, header: Header) -> Iterator[Fault]:
    """Yield a fault for each required cell that is blank; a cell that is wrong has its fault already."""
    there = row.values.keys() | {fault.field for fault in row.faults}
    if kind.one_of and not there & set(kind.one_of):
        found = [column for column in header.columns.values() if column.key in kind.one_of]
        words = " 或 ".join(column.heading for column in found)
        yield Fault("E023", found[0].key, values={"heading": words})
    for key, column in required.items():
        if key not in there:
            yield Fault("E023", key, values={"heading": column.heading})


def _notes(totals: Sequence[int], sheet: Sheet, rows: Sequence[TakenRow]) -> Iterator[Fault]:
    if totals:
        named = "、".join(map(str, totals[:_NAMED])) + (" 等" if len(totals) > _NAMED else "")
        yield Fault("E026", "", "warning", {"rows": named})
    if hidden := sum(1 for row in rows if row.number in sheet.hidden):
        yield Fault("E028", "", "warning", {"count": hidden})
