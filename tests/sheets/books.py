"""Workbooks for tests: typed ones by openpyxl, and packages whose XML is written by hand."""

import zipfile
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from zhupei_cli.sheets.kinds.cells import Cell, Parser, Unreadable

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_DOCUMENT = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PARTS = {
    "xl/workbook.xml": "sheet.main",
    "xl/sharedStrings.xml": "sharedStrings",
    "xl/styles.xml": "styles",
}
_RELATIONS = (
    f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
    f'Type="{_OFFICE}/{{kind}}" Target="{{target}}"/></Relationships>'
)
_WORKBOOK = (
    f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
    '<sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
SHEET = f'<worksheet xmlns="{_MAIN}"><sheetData>{{rows}}</sheetData>{{tail}}</worksheet>'
SHEET_PART = "xl/worksheets/sheet1.xml"
ONE_ROW = '<row r="1"><c r="A1"><v>1</v></c></row>'


def types_of(names: Collection[str]) -> str:
    """Return `[Content_Types].xml` for parts of these names: openpyxl finds them by their types."""
    overrides = "".join(
        f'<Override PartName="/{name}" ContentType="{_DOCUMENT}.{kind}+xml"/>'
        for name, kind in _PARTS.items()
        if name in names
    )
    return (
        f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
    )


def parts_of(rows: str = ONE_ROW, *, tail: str = "") -> dict[str, str | bytes]:
    """Return the parts of an .xlsx whose one sheet `S` holds `rows` as XML."""
    return {
        "_rels/.rels": _RELATIONS.format(kind="officeDocument", target="xl/workbook.xml"),
        "xl/workbook.xml": _WORKBOOK,
        "xl/_rels/workbook.xml.rels": _RELATIONS.format(kind="worksheet", target="worksheets/sheet1.xml"),
        SHEET_PART: SHEET.format(rows=rows, tail=tail),
    }


def package(
    path: Path, rows: str = ONE_ROW, *, tail: str = "", parts: Mapping[str, str | bytes] = {}
) -> Path:
    """Write an .xlsx whose one sheet `S` holds `rows` as XML; `parts` replace or add to the package."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        all_parts = {**parts_of(rows, tail=tail), **parts}
        for name, content in {"[Content_Types].xml": types_of(all_parts), **all_parts}.items():
            archive.writestr(name, content)
    return path


def strict(text: str) -> str:
    """Return XML of the transitional edition of the standard in the strict one."""
    purl = "http://purl.oclc.org/ooxml"
    return text.replace(_MAIN, f"{purl}/spreadsheetml/main").replace(
        _OFFICE, f"{purl}/officeDocument/relationships"
    )


WORKBOOK = _WORKBOOK


def typed(path: Path, *sheets: tuple[str, Sequence[Sequence[Any]]], formulas: bool = False) -> Path:
    """Write an .xlsx by openpyxl: (sheet name, rows). What begins with = is text, unless `formulas`."""
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
        for cell in () if formulas else [cell for line in sheet.rows for cell in line]:
            if cell.data_type == "f":
                cell.data_type = "s"
    book.save(path)
    return path


def ods(path: Path, rows: str) -> Path:
    """Write an .ods whose one table `S` holds `rows` as XML."""
    urn = "urn:oasis:names:tc:opendocument:xmlns"
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    content = (
        f'<office:document-content xmlns:office="{urn}:office:1.0" xmlns:table="{urn}:table:1.0" '
        f'xmlns:text="{urn}:text:1.0" '
        'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0">'
        f'<office:body><office:spreadsheet><table:table table:name="S">{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = (
        f'<manifest:manifest xmlns:manifest="{urn}:manifest:1.0"><manifest:file-entry '
        f'manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>'
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", kind)
        archive.writestr("META-INF/manifest.xml", manifest)
        archive.writestr("content.xml", content)
    return path


def read(parse: Parser, cell: Cell) -> Any:
    """Return what a parser makes of a cell: its value, or the code of what is wrong with it."""
    try:
        return parse(cell)
    except Unreadable as error:
        return error.code
