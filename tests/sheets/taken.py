"""Taking what is wanted of sheets that are read already."""

from collections.abc import Collection

from zhupei_cli.sheets.kinds.columns import Kind
from zhupei_cli.sheets.kinds.workbook_kinds import PERSON
from zhupei_cli.sheets.reading.book import Book, Sheet
from zhupei_cli.sheets.taking.table import Table
from zhupei_cli.sheets.taking.take import Taking
from zhupei_cli.sheets.taking.takings import Takings


def take(book: Book, kind: Kind, *, optional: Collection[str] = ()) -> Table:
    """Return the main table of a book."""
    return Takings(kind, optional=optional).tables(book)[0]


def take_named(book: Book, kind: Kind) -> Table | None:
    """Return the further table of a book, None when it has none."""
    return next(iter(Takings(PERSON, [kind]).tables(book)[1:]), None)


def take_sheet(sheet: Sheet, kind: Kind, *, optional: Collection[str] = ()) -> Table:
    """Return the table of one sheet."""
    return Taking(sheet, kind, optional=optional).table()
