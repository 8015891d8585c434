"""Fast workbooks: openpyxl draws the look once, the rows are streamed into its sheet XML.

An openpyxl workbook whose sheets each end in sample rows becomes a `Template`; a file written from it costs
little more than its rows, and the same sheets give the same bytes.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zipfile import ZIP_DEFLATED, ZipFile

from zhupei_cli.sheets.writing import ooxml
from zhupei_cli.sheets.writing.ooxml import escaped, half_widths

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

#: A str is a text cell, also one that looks like a number or a formula; None and "" are blank cells.
Value = str | int | float | Decimal | None

_PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")
_DIMENSION: Final = re.compile(r'(?<=<dimension ref=")[^"]*')
_ROWS_AT_ONCE: Final = 500
_TEXT: Final = ' t="inlineStr"><is><t xml:space="preserve">'
_END: Final = "</sheetData>"
#: Points above and below the lines of a row together.
_PADDING: Final = 4
_TALLEST: Final = 409
_KEPT: Final = ("_rels/.rels", "docProps/app.xml", "xl/styles.xml", "xl/theme/theme1.xml")


#: What stands before and after the number of a row in its cells.
Openings = tuple[tuple[str, str], ...]
#: The samples at the end of a sheet: of a row, of the row of totals, of the lines that close the sheet.
ROW, TOTAL, CLOSING = "row", "total", "closing"


@dataclass(frozen=True, slots=True)
class Model:
    """A sheet of a template: XML before and after the rows, and what its sample rows say of the rows.

    `openings` are what stands before and after the row's number in the cells of each column, by the name of
    the sample. Of the first sample `wraps` names the columns whose text wraps with the half-width characters
    of a line, `line_height` is in points, None where rows need not grow. `repeated` is the last column that
    stands on every printed page, "" for none.
    """

    head: str
    tail: str
    first_row: int
    openings: Mapping[str, Openings]
    last_column: str
    wraps: tuple[tuple[int, int], ...]
    line_height: float | None
    repeated: str


@dataclass(frozen=True, slots=True)
class Template:
    """The models by sheet name, and the parts of the package that every file shares."""

    models: Mapping[str, Model]
    parts: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Sheet:
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
            head, end, tail = package.read(f"xl/worksheets/sheet{number}.xml").decode().partition(_END)
            models[title] = replace(sample, head=head.replace(' tabSelected="1"', ""), tail=end + tail)
        return Template(models, {part: package.read(part) for part in _KEPT})


def write_workbook(
    path: Path, template: Template, sheets: Sequence[Sheet], *, title: str, made_on: date
) -> None:
    """Write `sheets` as an xlsx package. Text is at most 32,767 characters a cell: callers see to that."""
    models = [template.models[sheet.model] for sheet in sheets]
    titles = [
        (sheet.name, model.first_row - 1, model.repeated) for sheet, model in zip(sheets, models, strict=True)
    ]
    # Level 4 is half the time of 6 for a tenth more bytes.
    with ZipFile(path, "w", ZIP_DEFLATED, compresslevel=4) as package:
        _add(package, "[Content_Types].xml", [ooxml.content_types(len(sheets)).encode()])
        for part, content in template.parts.items():
            _add(package, part, [content])
        _add(package, "docProps/core.xml", [ooxml.core_properties(title, made_on).encode()])
        _add(package, "xl/workbook.xml", [ooxml.workbook(titles).encode()])
        _add(package, "xl/_rels/workbook.xml.rels", [ooxml.workbook_relations(len(sheets)).encode()])
        for number, (sheet, model) in enumerate(zip(sheets, models, strict=True), 1):
            _add(package, f"xl/worksheets/sheet{number}.xml", _sheet_xml(sheet, model))


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
        # In the order Excel writes them: readers, the guard among them, are quickest with it.
        openings={
            name: tuple((f'<c r="{cell.column_letter}', f'" s="{cell.style_id}"') for cell in sheet[row])
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
    )
    sheet.print_title_cols = None  # it is the workbook's part that says so
    sheet.delete_rows(number, len(samples))
    del sheet.row_dimensions[number]
    return sample


def _sheet_xml(sheet: Sheet, model: Model) -> Iterator[bytes]:
    def fill(found: re.Match[str]) -> str:
        return escaped(sheet.texts[found[1]])

    below = _below(sheet, model, model.first_row + len(sheet.rows))
    used = f"A1:{model.last_column}{model.first_row + len(sheet.rows) + len(below) - 1}"
    yield _DIMENSION.sub(used, _PLACEHOLDER.sub(fill, model.head)).encode()
    for start in range(0, len(sheet.rows), _ROWS_AT_ONCE):
        chunk = enumerate(sheet.rows[start : start + _ROWS_AT_ONCE], model.first_row + start)
        yield "".join([_row_xml(number, row, model) for number, row in chunk]).encode()
    yield "".join(below).encode()
    # Without this Excel marks every ID number with a green corner: a number stored as text.
    quiet = (
        f'<ignoredErrors><ignoredError sqref="{used}" numberStoredAsText="1"/></ignoredErrors></worksheet>'
    )
    yield _PLACEHOLDER.sub(fill, model.tail).replace("</worksheet>", quiet).encode()


def _below(sheet: Sheet, model: Model, number: int) -> list[str]:
    """Return the rows below the rows, the first of them numbered `number`."""
    rows = [_row_xml(number, sheet.total, model, TOTAL)] if sheet.total else []
    for at, line in enumerate(sheet.closing, number + len(rows)):
        # Text at the right of the last cell runs over the blank ones beside it.
        opening, style = model.openings[CLOSING][-1]
        cell = f"{opening}{at}{style}{_TEXT}{escaped(line)}</t></is></c>" if line else ""
        rows.append(f'<row r="{at}">{cell}</row>')
    return rows


def _row_xml(number: int, row: Sequence[Value], model: Model, sample: str = ROW) -> str:
    cells = [
        f"{opening}{number}{style}/>"
        if value is None or value == ""
        else f"{opening}{number}{style}{_TEXT}{escaped(value)}</t></is></c>"
        if isinstance(value, str)
        else f"{opening}{number}{style}><v>{value}</v></c>"
        for (opening, style), value in zip(model.openings[sample], row, strict=True)
    ]
    return f'<row r="{number}"{_height(row, model)}>{"".join(cells)}</row>'


def _height(row: Sequence[Value], model: Model) -> str:
    # LibreOffice and WPS do not measure wrapped text when they open a file: a row without a height is cut.
    if model.line_height is None:
        return ""
    lines = max((_lines(str(row[at]), width) for at, width in model.wraps if row[at]), default=1)
    height = min(lines * model.line_height + _PADDING, _TALLEST)
    return f' ht="{height}" customHeight="1"'


@lru_cache(maxsize=65_536)
def _lines(text: str, width: int) -> int:
    """Return how many lines of `width` half-width characters `text` takes, rather one too many."""
    # Between words a line breaks early; a line break of the text's own begins a line.
    return -(-half_widths(text) // width) + (" " in text) + text.count("\n")


def _add(package: ZipFile, name: str, chunks: Iterable[bytes]) -> None:
    # Opened by name an entry is dated 1980; writestr would put in the time of day.
    with package.open(name, "w") as part:
        for chunk in chunks:
            part.write(chunk)


def _cut(text: str, units: int) -> str:
    return text.encode("utf-16-le")[: 2 * units].decode("utf-16-le", "ignore").rstrip(" '")
