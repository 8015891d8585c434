"""A byte scan of an .ods: repeated cells and rows are counted, not unfolded."""

import re
import zipfile
from collections.abc import Iterator
from html import unescape
from typing import Final

from zhupei_cli.errors import ZhupeiError
from zhupei_cli.sheets.cells import Spoilt
from zhupei_cli.sheets.package import pieces
from zhupei_cli.sheets.scan import Limits, Scan, refuse

CONTENT: Final = "content.xml"

_TAG: Final = re.compile(rb"<table:(table|table-row|table-cell|covered-table-cell)\b([^<>]*)>")
_NAME: Final = re.compile(rb"""\btable:name=["']([^"']*)["']""")
_REPEATED: Final = re.compile(rb"""\btable:number-(?:rows|columns)-repeated=["'](\d{1,12})["']""")
_HIDDEN: Final = re.compile(rb"""\btable:visibility=["'](?:collapse|filter)["']""")
_ERROR: Final = re.compile(rb"""\bcalcext:value-type=["']error["']""")
_SHOWN: Final = re.compile(rb"<text:p\b[^<>]*>([^<]+)")


def scan_ods(package: zipfile.ZipFile, limits: Limits, *, file: str) -> dict[str, Scan]:
    """Return what is found in each sheet, by its name; raises as `scan_xlsx` does."""
    found: dict[str, Scan] = {}
    scan, row, column, repeated = Scan(), 0, 0, 1
    for kind, attributes, content in _tags(package):
        if attributes.count(b'"') % 2 or attributes.count(b"'") % 2:
            raise ZhupeiError("E037", file=file)
        times = _times(attributes)
        if kind == b"table":
            name = _NAME.search(attributes)
            scan = found[unescape(name[1].decode()) if name else ""] = Scan()
            row, repeated = 0, 1
        elif kind == b"table-row":
            row, column, repeated = row + repeated, 0, times
            # The last row counts as one, and blank rows to the end of the sheet are not filled.
            if _HIDDEN.search(attributes):
                scan.hidden.update(range(row + 1, row + 1 + min(times, limits.rows)))
        else:
            _take_cell(
                scan, kind, attributes, content, place=(row + 1, column + 1, repeated, times), file=file
            )
            column += times
    for sheet, one in found.items():
        refuse(one, limits, file=file, sheet=sheet)
    return found


def _take_cell(
    scan: Scan, kind: bytes, attributes: bytes, content: bytes, *, place: tuple[int, int, int, int], file: str
) -> None:
    row, column, rows, columns = place
    if kind == b"covered-table-cell":
        scan.spoil(row, column, Spoilt("E027"), file=file)
    elif b"value-type=" in attributes or b"<text:p" in content:
        scan.filled += rows * columns
        scan.rows, scan.columns = max(scan.rows, row + rows - 1), max(scan.columns, column + columns - 1)
        if _ERROR.search(attributes):
            shown = _SHOWN.search(content)
            scan.spoil(row, column, Spoilt("E019", shown[1].decode() if shown else "#N/A"), file=file)


def _times(attributes: bytes) -> int:
    found = _REPEATED.search(attributes)
    return int(found[1]) if found else 1


def _tags(package: zipfile.ZipFile) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Yield kind, attributes and content of each table, row and cell."""
    for piece in pieces(package, CONTENT, end=b"<table:table-row"):
        tags = list(_TAG.finditer(piece))
        ends = [*(tag.start() for tag in tags[1:]), len(piece)]
        for tag, end in zip(tags, ends, strict=True):
            yield tag[1], tag[2], piece[tag.end() : end]
