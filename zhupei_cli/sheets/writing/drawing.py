"""Workbooks that XlsxWriter draws, looks, drop-downs and comments, and whose rows are streamed in."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zipfile import ZipFile

from zhupei_cli.sheets.kinds.columns import column_letters
from zhupei_cli.sheets.writing.looks import BODY
from zhupei_cli.sheets.writing.ooxml import END, half_widths, opening_of, row_xml, streamed, write_package

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

_STYLE: Final = re.compile(r' s="(\d+)"')
_DIMENSION: Final = re.compile(r'(?<=<dimension ref=")[^"]*')
#: Points of a line, and of the room above and below the lines of a row.
LINE: Final = 15
PADDING: Final = 3


@dataclass(frozen=True, slots=True)
class DrawnRow:
    """Cells as text, '' for blank ones; `looks` of those that do not look like their column."""

    words: Sequence[str]
    looks: Mapping[int, str] | None = None
    #: How many lines of text the row is to show; 0 leaves its height to the reader's program.
    lines: int = 0


@dataclass(frozen=True, slots=True)
class _Body:
    """Rows below what is drawn: from `first_row` (from 0), with the look of each column."""

    first_row: int
    columns: Sequence[str]
    rows: Iterable[DrawnRow]
    count: int


@dataclass(slots=True)
class Drawing:
    """A workbook being drawn: `book` is XlsxWriter's, `looks` are its formats by name."""

    book: "Workbook"
    looks: dict[str, "Format"]
    #: By index of the sheet.
    bodies: dict[int, _Body] = field(default_factory=dict)

    def fill(
        self,
        sheet: "Worksheet",
        first_row: int,
        columns: Sequence[str],
        rows: Iterable[DrawnRow],
        *,
        count: int,
    ) -> None:
        """Put `count` rows on a sheet, from `first_row` (from 0) on; `columns` are their looks.

        Nothing may be drawn on these rows but comments. They are read when the drawing is done.
        """
        # A row that shows which style is which; it is taken out again.
        for at, look in enumerate(self.looks.values()):
            sheet.write_blank(first_row, at, None, look)
        assert sheet.index is not None
        self.bodies[sheet.index] = _Body(first_row, columns, rows, count)


@contextmanager
def drawing(
    path: Path, looks: Mapping[str, Mapping[str, object]], *, made_at: datetime | None = None
) -> Iterator[Drawing]:
    """Yield a workbook to draw on; it is written to `path` when the block ends well.

    With `made_at` the same drawing gives the same bytes.
    """
    from xlsxwriter import Workbook

    drawn = BytesIO()
    with Workbook(drawn) as book:
        if made_at is not None:
            book.set_properties({"created": made_at.replace(tzinfo=None)})
        made = Drawing(
            book, {name: book.add_format({"font_name": BODY, **look}) for name, look in looks.items()}
        )
        yield made
    bodies = {f"xl/worksheets/sheet{index + 1}.xml": body for index, body in made.bodies.items()}
    with ZipFile(drawn) as source:
        parts = ((name, source.read(name)) for name in source.namelist())
        write_package(
            path,
            (
                (name, _filled(content.decode(), made, bodies[name]) if name in bodies else [content])
                for name, content in parts
            ),
        )


def _filled(content: str, made: Drawing, body: _Body) -> Iterator[bytes]:
    before, _, rest = content.partition(f'<row r="{body.first_row + 1}"')
    sample, end, after = rest.partition(END)
    styles = dict(zip(made.looks, _STYLE.findall(sample), strict=True))
    names = [column_letters(at) for at in range(len(body.columns))]
    usual = [opening_of(name, styles[look]) for name, look in zip(names, body.columns, strict=True)]

    def write(number: int, row: DrawnRow) -> str:
        openings = usual
        if row.looks:
            openings = usual.copy()
            for at, look in row.looks.items():
                openings[at] = opening_of(names[at], styles[look])
        # LibreOffice and WPS do not measure wrapped text when they open a file.
        return row_xml(number, openings, row.words, LINE * row.lines + PADDING if row.lines else None)

    used = f"A1:{names[-1]}{body.first_row + body.count}"
    yield _DIMENSION.sub(used, before, count=1).encode()
    yield from streamed(map(write, count(body.first_row + 1), body.rows))
    yield f"{end}{after}".encode()


@lru_cache(maxsize=65_536)
def lines_of(text: str, width: int) -> int:
    """Return how many lines a text takes in a column of `width` half-width characters, or one too many."""
    return sum(-(-half_widths(line) // max(width - 2, 1)) or 1 for line in text.split("\n"))
