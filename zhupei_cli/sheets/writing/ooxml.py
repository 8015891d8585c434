"""The XML an xlsx package needs besides its sheets, and text made fit for it (ECMA-376)."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Final

_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_DOCUMENT: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_XML: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

_FORBIDDEN: Final = "\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff"
_AWKWARD: Final = re.compile(f"[&<>\r{_FORBIDDEN}]|_x")
_DROPPED: Final = re.compile(f"[{_FORBIDDEN}]")
# Excel reads _x0041_ as the character 41; the underscore itself must then be written that way.
_LOOKS_ENCODED: Final = re.compile("_(?=x[0-9A-Fa-f]{4}_)")


def escaped(text: str) -> str:
    """Return `text` as the content of a cell; characters XML forbids are dropped, line ends become LF."""
    if not _AWKWARD.search(text):
        return text
    text = _DROPPED.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = _LOOKS_ENCODED.sub("_x005F_", text)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def half_widths(text: str) -> int:
    """Return how many half-width characters `text` takes on paper."""
    return len(text) if text.isascii() else len(text) + sum(char > "\u1100" for char in text)


def attribute(text: str) -> str:
    """Return `text` as the content of an attribute in double quotes."""
    return escaped(text).replace('"', "&quot;")


def content_types(sheets: int) -> str:
    """Return `[Content_Types].xml` for a package of `sheets` sheets."""
    parts = [
        ("/xl/workbook.xml", f"{_DOCUMENT}.sheet.main+xml"),
        ("/xl/styles.xml", f"{_DOCUMENT}.styles+xml"),
        ("/xl/theme/theme1.xml", "application/vnd.openxmlformats-officedocument.theme+xml"),
        ("/docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml"),
        ("/docProps/app.xml", "application/vnd.openxmlformats-officedocument.extended-properties+xml"),
        *((f"/xl/worksheets/sheet{n}.xml", f"{_DOCUMENT}.worksheet+xml") for n in range(1, sheets + 1)),
    ]
    overrides = "".join(f'<Override PartName="{part}" ContentType="{kind}"/>' for part, kind in parts)
    return (
        f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
    )


def workbook(sheets: Sequence[tuple[str, int, str]]) -> str:
    """Return `xl/workbook.xml` for sheets given as (name, rows, columns repeated on every printed page).

    The rows are a number, the columns the letters of the last one, "" for none.
    """
    entries = "".join(
        f'<sheet name="{attribute(name)}" sheetId="{n}" r:id="rId{n}"/>'
        for n, (name, *_) in enumerate(sheets, 1)
    )
    titles = "".join(
        f'<definedName name="_xlnm.Print_Titles" localSheetId="{n}">{_titles(*sheet)}</definedName>'
        for n, sheet in enumerate(sheets)
    )
    return (
        f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><workbookPr/>'
        f'<bookViews><workbookView activeTab="0" tabRatio="800"/></bookViews><sheets>{entries}</sheets>'
        f"<definedNames>{titles}</definedNames></workbook>"
    )


def workbook_relations(sheets: int) -> str:
    """Return `xl/_rels/workbook.xml.rels`."""
    targets = [("worksheet", f"worksheets/sheet{n}.xml") for n in range(1, sheets + 1)]
    targets += [("styles", "styles.xml"), ("theme", "theme/theme1.xml")]
    entries = "".join(
        f'<Relationship Id="rId{n}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, 1)
    )
    return f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{entries}</Relationships>'


def core_properties(title: str, made_on: date) -> str:
    """Return `docProps/core.xml`; its times are midnight of `made_on`, so that a file can be made again."""
    times = "".join(
        f'<dcterms:{what} xsi:type="dcterms:W3CDTF">{made_on.isoformat()}T00:00:00Z</dcterms:{what}>'
        for what in ("created", "modified")
    )
    return (
        f'{_XML}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escaped(title)}</dc:title><dc:creator>zhupei</dc:creator>{times}</cp:coreProperties>"
    )


def _titles(sheet_name: str, last_row: int, last_column: str) -> str:
    quoted = escaped(sheet_name).replace("'", "''")
    columns = f"'{quoted}'!$A:${last_column}," if last_column else ""
    return f"{columns}'{quoted}'!$1:${last_row}"
