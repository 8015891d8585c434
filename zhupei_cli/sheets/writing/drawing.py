"""Workbooks that XlsxWriter draws, looks, drop-downs and comments, and whose rows are streamed in."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from io import BytesIO
from itertools import count, islice
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zipfile import ZIP_DEFLATED, ZipFile

from zhupei_cli.sheets.kinds.columns import column_letters
from zhupei_cli.sheets.writing.looks import BODY
from zhupei_cli.sheets.writing.ooxml import escaped, half_widths

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

_END: Final = b"</sheetData>"
_STYLE: Final = re.compile(rb' s="(\d+)"')
_DIMENSION: Final = re.compile(rb'(?<=<dimension ref=")[^"]*')
_ROWS_AT_ONCE: Final = 500
#: Points of a line, of the room above and below the lines of a row, of the highest row Excel accepts.
LINE: Final = 15
_PADDING: Final = 3
_TALLEST: Final = 409


@dataclass(frozen=True, slots=True)
class Row:
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
    rows: Iterable[Row]
    count: int


@dataclass(slots=True)
class Drawing:
    """A workbook being drawn: `book` is XlsxWriter's, `looks` are its formats by name."""

    book: "Workbook"
    looks: dict[str, "Format"]
    #: By index of the sheet.
    bodies: dict[int, _Body] = field(default_factory=dict)

    def fill(
        self, sheet: "Worksheet", first_row: int, columns: Sequence[str], rows: Iterable[Row], *, count: int
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
    with ZipFile(drawn) as source, ZipFile(path, "w", ZIP_DEFLATED, compresslevel=4) as target:
        bodies = {f"xl/worksheets/sheet{index + 1}.xml": body for index, body in made.bodies.items()}
        for part in source.infolist():
            with target.open(part.filename, "w") as entry:  # opened by name it is dated 1980
                content = source.read(part)
                body = bodies.get(part.filename)
                entry.writelines([content] if body is None else _filled(content, made, body))


def _filled(content: bytes, made: Drawing, body: _Body) -> Iterator[bytes]:
    before, _, rest = content.partition(f'<row r="{body.first_row + 1}"'.encode())
    sample, _, after = rest.partition(_END)
    styles = dict(zip(made.looks, (style.decode() for style in _STYLE.findall(sample)), strict=True))
    write = _writer(styles, body.columns)
    used = f"A1:{column_letters(len(body.columns) - 1)}{body.first_row + body.count}"
    yield _DIMENSION.sub(used.encode(), before, count=1)
    lines = map(write, count(body.first_row + 1), body.rows)
    while chunk := "".join(islice(lines, _ROWS_AT_ONCE)):
        yield chunk.encode()
    yield _END
    yield after


def _writer(styles: Mapping[str, str], columns: Sequence[str]) -> Callable[[int, Row], str]:
    """Return what makes the XML of a row, its number given."""
    names = [column_letters(at) for at in range(len(columns))]
    #: In the order Excel writes them: readers, the guard among them, are quickest with it.
    usual = [(f'<c r="{name}', f'" s="{styles[look]}"') for name, look in zip(names, columns, strict=True)]

    def write(number: int, row: Row) -> str:
        openings = usual
        if row.looks:
            openings = usual.copy()
            for at, look in row.looks.items():
                openings[at] = (usual[at][0], f'" s="{styles[look]}"')
        cells = [
            f'{opening}{number}{style} t="inlineStr"><is><t xml:space="preserve">{escaped(word)}</t></is></c>'
            if word
            else f"{opening}{number}{style}/>"
            for (opening, style), word in zip(openings, row.words, strict=True)
        ]
        # LibreOffice and WPS do not measure wrapped text when they open a file.
        height = f' ht="{min(LINE * row.lines + _PADDING, _TALLEST)}" customHeight="1"' if row.lines else ""
        return f'<row r="{number}"{height}>{"".join(cells)}</row>'

    return write


@lru_cache(maxsize=65_536)
def lines_of(text: str, width: int) -> int:
    """Return how many lines a text takes in a column of `width` half-width characters, or one too many."""
    return sum(-(-half_widths(line) // max(width - 2, 1)) or 1 for line in text.split("\n"))
