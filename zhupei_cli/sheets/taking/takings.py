"""Taking a whole book: which of its sheets are wanted, which look as if they were, which are hidden."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice
from typing import Final

from zhupei_cli.sheets.kinds.cells import clean
from zhupei_cli.sheets.kinds.columns import DICTIONARY, Kind
from zhupei_cli.sheets.kinds.workbook_kinds import ALL
from zhupei_cli.sheets.reading.book import Book, Sheet
from zhupei_cli.sheets.taking.beside_people import NAMING_NUMBERS, numbers_in
from zhupei_cli.sheets.taking.header import HEADER_WITHIN, best_row, carries, named_keys, read_header
from zhupei_cli.sheets.taking.stored_lines import LineStore
from zhupei_cli.sheets.taking.table import UNREAD_SHEET, Table
from zhupei_cli.sheets.taking.take import Prepare, Taking
from zhupei_cli.words.errors import Fault

#: Rows in which a header stands, with those above and below it; headings that make a sheet look like one.
_HEAD: Final = HEADER_WITHIN + 2
_FEW: Final = 3
_PAIR: Final = 2
#: Columns that say whom or what a row is about.
_ABOUT: Final = frozenset(("id_number", "application_no", "code", "base"))


class Takings:
    """Takes the wanted sheets of one book while the book is being read: `watch` is told of every piece.

    `optional` are keys whose columns need not be there this time; `file` is what lines call the book.
    `prepare` is called with every line: what it works out costs no time while the next ones are read.
    With a `store` they wait there.
    """

    def __init__(
        self,
        kind: Kind,
        further: Sequence[Kind] = (),
        *,
        optional: Collection[str] = (),
        file: str = "",
        prepare: Prepare | None = None,
        store: LineStore | None = None,
    ) -> None:
        self._kind, self._further, self._optional, self._file = kind, further, optional, file
        self._prepare, self._store = prepare, store
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
            tables[0].faults.append(Fault(UNREAD_SHEET, "", values={"names": names}))
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
        other = next((one for one in ALL if one.title == title), None)
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
        if not any(cell not in (None, "") for row in islice(sheet.rows, at + 1, None) for cell in row):
            return False
        words = sum(1 for cell in sheet.rows[at] if cell not in (None, ""))
        about = named >= _PAIR and words >= _FEW and named_keys(sheet.rows[at], self._kind) & _ABOUT
        return bool(about) or named >= max(_FEW, max(weights.values()) / 2)

    def _going_on(self, sheets: Sequence[Sheet], read: Sequence[Sheet]) -> Iterator[str]:
        """Yield those of `sheets` that name people whom `read` do not: the rest of a list, without header."""
        if self._kind.headings.keys().isdisjoint(NAMING_NUMBERS):
            return
        named = {sheet.name: numbers for sheet in sheets if (numbers := numbers_in(sheet.rows))}
        known = set[str]().union(*(numbers_in(sheet.rows) for sheet in read)) if named else set[str]()
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
            one for one in ALL if one.title != self._kind.title and best_row(sheet.rows, one)[1] >= mine
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
            taking = Taking(
                sheet,
                kind,
                optional=self._optional,
                file=self._file,
                prepare=self._prepare,
                store=self._store,
            )
            self._begun[id(sheet)] = taking
        return taking
