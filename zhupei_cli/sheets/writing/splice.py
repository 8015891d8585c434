"""Fast workbooks: openpyxl draws the look once, the rows are streamed into its sheet XML.

An openpyxl workbook whose sheets each end in sample rows becomes a `Template`; a file written from it costs
little more than its rows, and the same sheets give the same bytes.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zipfile import ZipFile

from zhupei_cli.sheets.writing import ooxml
from zhupei_cli.sheets.writing.last_page import break_before
from zhupei_cli.sheets.writing.ooxml import (
    END,
    Openings,
    Value,
    escaped,
    half_widths,
    opening_of,
    row_xml,
    streamed,
)

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

_PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")
_DIMENSION: Final = re.compile(r'(?<=<dimension ref=")[^"]*')
#: Points above and below the lines of a row together.
_PADDING: Final = 4
#: Points of A4 landscape, of an inch, and of a row whose height nobody said.
_A4_WIDE, _A4_HIGH, _INCH, _ROW = 842, 595, 72, 15
_KEPT: Final = ("_rels/.rels", "docProps/app.xml", "xl/styles.xml", "xl/theme/theme1.xml")


#: The samples at the end of a sheet: of a row, of the row of totals, of the lines that close the sheet.
ROW, TOTAL, CLOSING = "row", "total", "closing"


@dataclass(frozen=True, slots=True)
class Model:
    """A sheet of a template: XML before and after the rows, and what its sample rows say of the rows.

    `openings` are what stands before and after the row's number in the cells of each column, by the name of
    the sample. Of the first sample `wraps` names the columns whose text wraps with the half-width characters
    of a line, `line_height` is in points, None where rows need not grow. `repeated` is the last column that
    stands on every printed page, "" for none. `head_height` is what stands above the rows, `page` what one
    page takes of both, in points as the sheet has them.
    """

    head: str
    tail: str
    first_row: int
    openings: Mapping[str, Openings]
    last_column: str
    wraps: tuple[tuple[int, int], ...]
    line_height: float | None
    repeated: str
    head_height: float
    page: float


@dataclass(frozen=True, slots=True)
class Template:
    """The models by sheet name, and the parts of the package that every file shares."""

    models: Mapping[str, Model]
    parts: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class SplicedSheet:
    """One sheet to write; `texts` fill the `{placeholders}` in head rows and page headers of its model.

    `total` stands below the rows, `closing` are lines at the right below all, as the names below a letter.
    """

    name: str
    model: str
    rows: Sequence[Sequence[Value]]
    texts: Mapping[str, str] = field(default_factory=dict)
    total: Sequence[Value] = ()
    closing: Sequence[str] = ()


def template_of(workbook: "Workbook", samples: Sequence[str] = (ROW,)) -> Template:
    """Return the template that `workbook` draws: the last rows of each sheet are these samples.

    The rows above them are the head, repeated on every printed page. If the sample of a row has a height, it
    is the height of one line, and rows grow with the text of cells that wrap.
    """
    taken = [_take_samples(sheet, samples) for sheet in workbook.worksheets]
    saved = BytesIO()
    workbook.save(saved)
    with ZipFile(saved) as package:
        models = {}
        for number, (title, sample) in enumerate(zip(workbook.sheetnames, taken, strict=True), 1):
            head, end, tail = package.read(f"xl/worksheets/sheet{number}.xml").decode().partition(END)
            models[title] = replace(sample, head=head.replace(' tabSelected="1"', ""), tail=end + tail)
        return Template(models, {part: package.read(part) for part in _KEPT})


def write_workbook(
    path: Path, template: Template, sheets: Sequence[SplicedSheet], *, title: str, made_on: date
) -> None:
    """Write `sheets` as an xlsx package. Text is at most 32,767 characters a cell: callers see to that."""
    models = [template.models[sheet.model] for sheet in sheets]
    titles = [
        (sheet.name, model.first_row - 1, model.repeated) for sheet, model in zip(sheets, models, strict=True)
    ]
    parts: list[tuple[str, Iterable[bytes]]] = [
        ("[Content_Types].xml", [ooxml.content_types(len(sheets)).encode()]),
        *((part, [content]) for part, content in template.parts.items()),
        ("docProps/core.xml", [ooxml.core_properties(title, made_on).encode()]),
        ("xl/workbook.xml", [ooxml.workbook(titles).encode()]),
        ("xl/_rels/workbook.xml.rels", [ooxml.workbook_relations(len(sheets)).encode()]),
    ]
    for number, (sheet, model) in enumerate(zip(sheets, models, strict=True), 1):
        parts.append((f"xl/worksheets/sheet{number}.xml", _sheet_xml(sheet, model)))
    ooxml.write_package(path, parts)


def sheet_names(wanted: Iterable[str]) -> list[str]:
    """Return names Excel accepts: at most 31 UTF-16 units, none of `[]:*?/\\`, no two alike in any case."""
    names: list[str] = []
    taken: set[str] = {"history"}  # Excel keeps this one for itself
    for text in wanted:
        clean = re.sub(r"[\[\]:*?/\\\x00-\x1f]", " ", text).strip(" '") or "工作表"
        name, number = _cut(clean, 31), 1
        while name.casefold() in taken:
            number += 1
            name = _cut(clean, 31 - len(f" ({number})")) + f" ({number})"
        taken.add(name.casefold())
        names.append(name)
    return names


def _take_samples(sheet: "Worksheet", samples: Sequence[str]) -> Model:
    number = sheet.max_row - len(samples) + 1
    cells = sheet[number]
    widths = [sheet.column_dimensions[cell.column_letter].width for cell in cells]
    sample = Model(
        head="",
        tail="",
        first_row=number,
        openings={
            name: tuple(opening_of(cell.column_letter, cell.style_id) for cell in sheet[row])
            for row, name in enumerate(samples, number)
        },
        last_column=cells[-1].column_letter,
        wraps=tuple(
            # A Chinese character is two wide and is not divided.
            (at, int(width) // 2 * 2)
            for at, (cell, width) in enumerate(zip(cells, widths, strict=True))
            if cell.alignment.wrap_text
        ),
        line_height=sheet.row_dimensions[number].height,
        repeated=str(sheet.print_title_cols or "").rpartition("$")[2],
        head_height=sum(sheet.row_dimensions[row].height or _ROW for row in range(1, number)),
        page=_page(sheet, widths),
    )
    sheet.print_title_cols = None  # it is the workbook's part that says so
    sheet.delete_rows(number, len(samples))
    del sheet.row_dimensions[number]
    return sample


def _page(sheet: "Worksheet", widths: Sequence[float]) -> float:
    """Return how many points of rows A4 landscape takes where the columns are made to fit it."""
    margins, pages = sheet.page_margins, int(sheet.page_setup.fitToWidth or 1)
    beside, above = float(margins.left + margins.right), float(margins.top + margins.bottom)
    across = pages * (_A4_WIDE - _INCH * beside)
    # Seven pixels a digit and five for the rim of a cell, three quarters of a point each.
    scale = min(1, across / (0.75 * sum(7 * width + 5 for width in widths)))
    return (_A4_HIGH - _INCH * above) / scale


def _sheet_xml(sheet: SplicedSheet, model: Model) -> Iterator[bytes]:
    def fill(found: re.Match[str]) -> str:
        return escaped(sheet.texts[found[1]])

    below = _below(sheet, model, model.first_row + len(sheet.rows))
    used = f"A1:{model.last_column}{model.first_row + len(sheet.rows) + len(below) - 1}"
    yield _DIMENSION.sub(used, _PLACEHOLDER.sub(fill, model.head)).encode()
    yield from streamed(
        row_xml(number, model.openings[ROW], row, _height(row, model))
        for number, row in enumerate(sheet.rows, model.first_row)
    )
    yield "".join(below).encode()
    # Without this Excel marks every ID number with a green corner: a number stored as text.
    quiet = (
        f'<ignoredErrors><ignoredError sqref="{used}" numberStoredAsText="1"/></ignoredErrors></worksheet>'
    )
    ending = _break(sheet, model) + quiet
    yield _PLACEHOLDER.sub(fill, model.tail).replace("</worksheet>", ending).encode()


def _break(sheet: SplicedSheet, model: Model) -> str:
    """Return the page break without which who closes the list could stand below headings alone."""
    if not sheet.closing:
        return ""
    heights = [_height(row, model) or _ROW for row in sheet.rows]
    below = _ROW * len(sheet.closing) + (_height(sheet.total, model) or _ROW if sheet.total else 0)
    above = break_before(heights, head=model.head_height, below=below, page=model.page)
    if above is None:
        return ""
    number = model.first_row - 1 + above
    return f'<rowBreaks count="1" manualBreakCount="1"><brk id="{number}" max="16383" man="1"/></rowBreaks>'


def _below(sheet: SplicedSheet, model: Model, number: int) -> list[str]:
    """Return the rows below the rows, the first of them numbered `number`."""
    rows = []
    if sheet.total:
        rows = [row_xml(number, model.openings[TOTAL], sheet.total, _height(sheet.total, model))]
    for at, line in enumerate(sheet.closing, number + len(rows)):
        # Text at the right of the last cell runs over the blank ones beside it.
        cells = (model.openings[CLOSING][-1:], [line]) if line else ((), ())
        rows.append(row_xml(at, *cells))
    return rows


def _height(row: Sequence[Value], model: Model) -> float | None:
    # LibreOffice and WPS do not measure wrapped text when they open a file: a row without a height is cut.
    if model.line_height is None:
        return None
    wrapped = ((row[at], width) for at, width in model.wraps if at < len(row))
    lines = max((_lines(str(value), width) for value, width in wrapped if value), default=1)
    return lines * model.line_height + _PADDING


@lru_cache(maxsize=65_536)
def _lines(text: str, width: int) -> int:
    """Return how many lines of `width` half-width characters `text` takes, rather one too many."""
    # Between words and parts of a name a line breaks early; a line break of the text's own begins a line.
    early = " " in text or "·" in text
    return -(-half_widths(text) // width) + early + text.count("\n")


def _cut(text: str, units: int) -> str:
    return text.encode("utf-16-le")[: 2 * units].decode("utf-16-le", "ignore").rstrip(" '")
