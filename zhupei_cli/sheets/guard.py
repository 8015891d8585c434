"""A look at a file before a reader opens it: what it really is, and what would bring a reader down."""

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Literal
from xml.etree import ElementTree

from zhupei_cli.errors import ZhupeiError

#: sheet name → (row, column) from 0 → the error the cell shows
ErrorCells = dict[str, dict[tuple[int, int], str]]

#: Unpacked bytes of a package, and its parts, beyond which it is no office's workbook.
MAX_UNPACKED = 1 << 30
MAX_PARTS = 2_000
CHUNK = 1 << 20

_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def form_of(path: Path) -> Literal["zip", "xls", "csv"]:
    """Say what a file is by its first bytes; its name may lie.

    Raises E031 (a web page named .xls), E032 (protected by a password), E033 (empty or no workbook).
    """
    with path.open("rb") as file:
        head = file.read(8)
        if head.startswith(b"PK\x03\x04"):
            return "zip"
        if head == _COMPOUND:
            if "EncryptedPackage".encode("utf-16-le") in head + file.read():
                raise ZhupeiError("E032", file=path.name)
            return "xls"
        head = (head + file.read(512)).lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if head.startswith((b"<html", b"<!doctype", b"<table", b"<?xml", b"<meta")):
        raise ZhupeiError("E031", file=path.name)
    if not head or (b"\x00" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff"))):
        raise ZhupeiError("E033", file=path.name)
    return "csv"


def inspect(path: Path, *, max_rows: int, max_columns: int) -> ErrorCells:
    """Refuse what a reader would choke on, and return the error cells of an .xlsx, which readers hide.

    Raises E033 (damaged), E035 (cells beyond the limits: one at XFD1048576 ends calamine's process),
    E037 (unpacks to more than a gigabyte, or holds declarations a workbook has no use for).
    """
    if form_of(path) != "zip":
        return {}
    try:
        with zipfile.ZipFile(path) as package:
            infos = package.infolist()
            names = [info.filename for info in infos]
            if any(info.flag_bits & 1 for info in infos):
                raise ZhupeiError("E032", file=path.name)
            suspicious = len(set(names)) < len(names) or len(names) > MAX_PARTS
            if suspicious or sum(info.file_size for info in infos) > MAX_UNPACKED:
                raise ZhupeiError("E037", file=path.name)
            if "xl/workbook.xml" not in names:
                return {}  # .ods, or something calamine will refuse
            return _scan_sheets(package, path.name, max_rows=max_rows, max_columns=max_columns)
    except (zipfile.BadZipFile, ElementTree.ParseError, KeyError, EOFError, OSError) as error:
        raise ZhupeiError("E033", file=path.name) from error


def _scan_sheets(package: zipfile.ZipFile, file: str, *, max_rows: int, max_columns: int) -> ErrorCells:
    errors: ErrorCells = {}
    for sheet, part in _parts(package, file):
        found = errors.setdefault(sheet, {})
        for piece in _pieces(package, part):
            if b"<!DOCTYPE" in piece or b"<!ENTITY" in piece:
                raise ZhupeiError("E037", file=file)
            if _beyond(piece, max_rows, max_columns):
                raise ZhupeiError("E035", file=file, sheet=sheet, rows=max_rows, columns=max_columns)
            if b't="e"' in piece:
                for column, row, word in _ERROR_CELL.findall(piece):
                    found[int(row) - 1, _number(column) - 1] = word.decode()
    return errors


def _parts(package: zipfile.ZipFile, file: str) -> list[tuple[str, str]]:
    """Return (sheet name, part) of every worksheet, by the workbook's own relations."""
    texts = [package.read("xl/workbook.xml"), package.read("xl/_rels/workbook.xml.rels")]
    if any(b"<!DOCTYPE" in text or b"<!ENTITY" in text for text in texts):
        raise ZhupeiError("E037", file=file)
    workbook, relations = map(ElementTree.fromstring, texts)
    targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
    parts = []
    for sheet in workbook.iter():
        if sheet.tag.endswith("}sheet"):
            target = targets.get(sheet.get(_RELATION), "")
            part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            if part in package.namelist():
                parts.append((sheet.get("name", ""), part))
    return parts


# A cell of an error shows its word in <v>; the reference may stand before or after the type.
_ERROR_CELL = re.compile(rb'<c r="([A-Z]{1,3})(\d+)"[^>]*\bt="e"[^>]*>.*?<v>([^<]*)</v>', re.DOTALL)
_WIDE = re.compile(rb'\br="([A-Z]{2,3})\d')
_DEEP = re.compile(rb'\br="[A-Z]{0,3}(\d{6,7})"')


def _beyond(piece: bytes, max_rows: int, max_columns: int) -> bool:
    widest = max(map(_number, set(_WIDE.findall(piece))), default=0)
    deepest = max(map(int, set(_DEEP.findall(piece))), default=0)
    # Titles stand above the rows that count.
    return widest > max_columns or deepest > max_rows + 100


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _pieces(package: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """Yield a part in pieces that end after a cell, so that no cell is cut in two."""
    rest = b""
    with package.open(part) as file:
        while piece := file.read(CHUNK):
            piece = rest + piece
            cut = piece.rfind(b"</c>") + 4
            # A piece without an end of a cell is formatting; its last bytes may begin a reference.
            cut = cut if cut > 3 else max(len(piece) - 256, 0)
            rest = piece[cut:]
            yield piece[:cut]
    yield rest
