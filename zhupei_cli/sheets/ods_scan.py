"""A byte scan of an .ods: repeated cells and rows are counted, not unfolded."""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import Final
from xml.parsers.expat import ParserCreate

from zhupei_cli.errors import ZhupeiError
from zhupei_cli.sheets.cells import Spoilt
from zhupei_cli.sheets.package import body
from zhupei_cli.sheets.scan import Limits, Scan, refuse

CONTENT: Final = "content.xml"

_TAG: Final = re.compile(rb"<table:(table-row|table-cell|covered-table-cell|table)(?![\w-])([^<>]*)>")
_ATTRIBUTES: Final = re.compile(rb"""(?:[^"']*(?:"[^"]*"|'[^']*'))*[^"']*""")
_NAME: Final = re.compile(rb"""\btable:name=["']([^"']*)["']""")
_REPEATED: Final = re.compile(rb"""table:number-(?:rows|columns)-repeated\s*=\s*["']\+?0*(\d{1,12})""")
#: A hundred thousand blanks in one element: a reader writes them out.
_BLANKS: Final = re.compile(rb"""text:c\s*=\s*["']\+?\d{6}""")
_HIDDEN: Final = re.compile(rb"""\btable:visibility=["'](?:collapse|filter)["']""")
_ERROR: Final = re.compile(rb"""\bcalcext:value-type=["']error["']""")
_SHOWN: Final = re.compile(rb"<text:p\b[^<>]*>([^<]+)")


@dataclass(slots=True)
class _Run:
    """Where a row or a run of equal cells begins, from 1, and how often it is repeated."""

    row: int = 1
    column: int = 1
    rows: int = 0
    columns: int = 1


def scan_ods(package: zipfile.ZipFile, limits: Limits, *, file: str) -> dict[str, Scan]:
    """Return what is found in each sheet, by its name; raises as `scan_xlsx` does."""
    found: dict[str, Scan] = {}
    scan, run = Scan(), _Run()
    for kind, attributes, content in _tags(package, file=file):
        if not _ATTRIBUTES.fullmatch(attributes):
            raise ZhupeiError("E037", file=file)  # a > within a value hides the rest of the tag
        if kind == b"table":
            name = _NAME.search(attributes)
            scan = found[unescape(name[1].decode()) if name else ""] = Scan()
            run = _Run()
        elif kind == b"table-row":
            run = _Run(run.row + run.rows, rows=_times(attributes))
            if _HIDDEN.search(attributes):
                scan.hidden.update(range(run.row, run.row + min(run.rows, limits.rows)))
        else:
            run.columns = _times(attributes)
            _take_cells(scan, run, _spoilt(kind, attributes, content), file=file)
            if b"value-type=" in attributes or b"<text:p" in content:
                scan.filled += run.rows * run.columns
                scan.rows = max(scan.rows, run.row + run.rows - 1)
                scan.columns = max(scan.columns, run.column + run.columns - 1)
            run.column += run.columns
    for sheet, one in found.items():
        refuse(one, limits, file=file, sheet=sheet)
    return found


def _spoilt(kind: bytes, attributes: bytes, content: bytes) -> Spoilt | None:
    if kind == b"covered-table-cell":
        return Spoilt("E027")
    if _ERROR.search(attributes):
        shown = _SHOWN.search(content)
        return Spoilt("E019", shown[1].decode() if shown else "#N/A")
    return None


def _take_cells(scan: Scan, run: _Run, spoilt: Spoilt | None, *, file: str) -> None:
    if spoilt is not None:
        for row in range(run.row, run.row + run.rows):
            for column in range(run.column, run.column + run.columns):
                scan.spoil(row, column, spoilt, file=file)


def _times(attributes: bytes) -> int:
    # The attribute may stand within the value of another one: the largest counts.
    return max(map(int, _REPEATED.findall(attributes)), default=1)


def _tags(package: zipfile.ZipFile, *, file: str) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Yield kind, attributes and content of each table, row and cell; ExpatError if the XML is ill-formed."""
    parser = ParserCreate()  # calamine never returns from an element that does not end
    for piece in body(package, CONTENT, end=b"<table:table-row"):
        parser.Parse(piece, False)
        if _BLANKS.search(piece):
            raise ZhupeiError("E037", file=file)
        tags = list(_TAG.finditer(piece))
        ends = [tag.start() for tag in tags[1:]] + [len(piece)] * bool(tags)
        for tag, end in zip(tags, ends, strict=True):
            yield tag[1], tag[2], piece[tag.end() : end]
    parser.Parse(b"", True)
