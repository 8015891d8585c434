"""Reading the cells of one column: each word once, every fault kept."""

from collections.abc import Sequence
from math import isfinite
from typing import Final

from zhupei_cli.sheets.kinds.cells import CLEAR, Cell, Spoilt, Unreadable, clean
from zhupei_cli.sheets.kinds.columns import Column
from zhupei_cli.sheets.kinds.parsers import AS_THEY_ARE
from zhupei_cli.words.errors import Fault

_CLEAR: Final = CLEAR.value
_ERRORS: Final = frozenset(("#N/A", "#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#NUM!", "#NULL!"))
#: Words of a column that are kept.
_MANY: Final = 10_000


class ColumnReader(dict[Cell, object]):
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
