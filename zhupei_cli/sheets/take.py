"""Taking rows from a sheet: its header found, its cells read column by column, every problem kept."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from zhupei_cli.errors import Fault
from zhupei_cli.sheets.cells import CLEAR, Cell, Unreadable, clean
from zhupei_cli.sheets.columns import Column, Kind, heading_key
from zhupei_cli.sheets.read import Book, Sheet

#: How far down a header may stand: below titles and notes.
HEADER_WITHIN = 20
#: Columns an error workbook puts in front of ours.
_OURS = {heading_key("原行号"), heading_key("错误说明"), heading_key("序号")}
_TOTALS = ("合计", "总计", "小计")


@dataclass(slots=True)
class TakenRow:
    """One filled row: its number in the sheet, its values by key (blank cells are not there), its faults."""

    number: int
    values: dict[str, Any]
    faults: list[Fault] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Table:
    """What a sheet of a kind holds. `faults` are those of the sheet as a whole."""

    kind: Kind
    sheet: str
    headings: dict[str, str]
    """key → heading as it stands in the sheet; a wide sheet's specialties under their own names"""
    rows: list[TakenRow]
    faults: list[Fault]

    @property
    def readable(self) -> bool:
        """Say whether the sheet's columns are those of its kind."""
        return not any(fault.severity == "error" for fault in self.faults)


def take(book: Book, kind: Kind, *, optional: Collection[str] = ()) -> Table:
    """Return the rows of the sheet of `kind`: the one with its name, else the one with most of its columns.

    `optional` are keys whose columns need not be there this time.
    """
    named = [sheet for sheet in book.sheets if clean(sheet.name) == kind.title]
    ranked = sorted(named or book.sheets, key=lambda sheet: -_best_header(sheet, kind)[1])
    return take_sheet(ranked[0], kind, optional=optional)


def take_named(book: Book, kind: Kind) -> Table | None:
    """Return the rows of the further sheet that carries the kind's name; None when there is none."""
    for sheet in book.sheets:
        if clean(sheet.name) == kind.title:
            return take_sheet(sheet, kind)
    return None


def take_sheet(sheet: Sheet, kind: Kind, *, optional: Collection[str] = ()) -> Table:
    """Return the rows of `sheet`, with every problem of every row."""
    at, _ = _best_header(sheet, kind)
    header = sheet.rows[at] if at < len(sheet.rows) else []
    columns, faults = _match(header, kind, optional)
    headings = {column.key: clean(str(header[index])) for index, column in columns.items()}
    if any(fault.severity == "error" for fault in faults):
        return Table(kind, sheet.name, headings, [], faults)
    body = sheet.rows[at + 1 :]
    rows = [TakenRow(sheet.first_row + at + 1 + offset, {}) for offset in range(len(body))]
    for index, column in columns.items():
        if not column.ignored:
            _read_column(body, rows, index, column)
    kept = [row for row, line in zip(rows, body, strict=True) if not _skipped(row, line)]
    for row in kept:
        row.faults += _missing(row, kind, headings)
    return Table(kind, sheet.name, headings, kept, faults)


def _best_header(sheet: Sheet, kind: Kind) -> tuple[int, int]:
    """Return the index of the row that names most of the kind's columns, and how many it names."""
    best, most = 0, 0
    for index, row in enumerate(sheet.rows[:HEADER_WITHIN]):
        named = {kind.by_heading[key].key for cell in row if (key := _key(cell)) in kind.by_heading}
        if len(named) > most:
            best, most = index, len(named)
    return best, most


def _key(cell: Cell) -> str:
    return heading_key(clean(cell)) if isinstance(cell, str) else ""


def _match(
    header: Sequence[Cell], kind: Kind, optional: Collection[str]
) -> tuple[dict[int, Column], list[Fault]]:
    columns: dict[int, Column] = {}
    faults = []
    unknown = []
    for index, cell in enumerate(header):
        key = _key(cell)
        column = kind.by_heading.get(key)
        if column is not None:
            if column.key in {other.key for other in columns.values()}:
                faults.append(Fault("E020", column.key, values={"heading": column.heading}))
            columns[index] = column
        elif key and key not in _OURS:
            unknown.append((index, clean(str(cell))))
    if kind.rest is not None:
        columns.update({index: Column(name, name, kind.rest) for index, name in unknown})
    elif unknown and not kind.reads_past:
        names = "、".join(name for _, name in unknown)
        faults.append(Fault("E022", "", severity="warning", values={"names": names}))
    found = {column.key for column in columns.values()}
    faults += [
        Fault("E021", column.key, values={"heading": column.heading})
        for column in kind.columns
        if column.required and column.key not in found and column.key not in optional
    ]
    if kind.one_of and not found & set(kind.one_of):
        words = " 或 ".join(kind.headings[key] for key in kind.one_of)
        faults.append(Fault("E021", kind.one_of[0], values={"heading": words}))
    return columns, faults


def _read_column(body: Sequence[Sequence[Cell]], rows: list[TakenRow], index: int, column: Column) -> None:
    # A column of a hundred thousand cells holds few different words: each is read once.
    known: dict[object, Any] = {}
    key, read = column.key, _reader(column)
    for line, row in zip(body, rows, strict=True):
        cell = line[index] if index < len(line) else None
        if cell is None or cell == "":
            continue
        # 1 and True are one key of a dict, and are not one cell.
        memo = cell if isinstance(cell, str) else (type(cell), cell)
        if memo in known:
            value = known[memo]
        else:
            value = known[memo] = read(cell)
        if isinstance(value, Fault):
            row.faults.append(value)
        elif value is not None:
            row.values[key] = value


def _reader(column: Column) -> Callable[[Cell], Any]:
    def read(cell: Cell) -> Any:
        if isinstance(cell, str):
            cell = clean(cell)
            if not cell:
                return None
            if cell == CLEAR.value:
                return CLEAR
            if cell.startswith("#") and cell.rstrip("!?") in _ERRORS:
                return Fault("E019", column.key, values={"value": cell})
        try:
            return column.read(cell)
        except Unreadable as error:
            return Fault(error.code, column.key, values=error.values)

    return read


_ERRORS = frozenset(("#N/A", "#REF", "#NAME", "#VALUE", "#DIV/0", "#NUM", "#NULL"))


def _skipped(row: TakenRow, line: Sequence[Cell]) -> bool:
    """Say whether a row is blank or a line of totals."""
    if not row.values and not row.faults:
        return True
    first = next((cell for cell in line if cell not in (None, "")), None)
    return isinstance(first, str) and clean(first).rstrip(":：") in _TOTALS


def _missing(row: TakenRow, kind: Kind, headings: dict[str, str]) -> Iterator[Fault]:
    """Yield a fault for each required cell that is blank; a cell that is wrong has its fault already."""
    faulty = {fault.field for fault in row.faults}
    if kind.one_of and not (row.values.keys() | faulty) & set(kind.one_of):
        words = " 或 ".join(headings[key] for key in kind.one_of if key in headings)
        yield Fault("E023", kind.one_of[0], values={"heading": words})
    for column in kind.columns:
        if column.required and not kind.partial and column.key not in row.values.keys() | faulty:
            yield Fault("E023", column.key, values={"heading": column.heading})
