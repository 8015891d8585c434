"""A look at a file before a reader opens it: what it really is, and what would bring a reader down."""

import re
from collections.abc import Collection
from pathlib import Path
from typing import Final, Literal

from zhupei_cli.sheets.reading.encodings import wide_encoding
from zhupei_cli.words.errors import ZhupeiError

_COMPOUND: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
_PAGE: Final = re.compile(rb"mime-version:|<(?:.*<)?(?:html|!doctype|table|meta)", re.IGNORECASE | re.DOTALL)
_BEFORE: Final = b"\xff\xfe\xef\xbb\xbf\x00 \t\r\n"
#: A file that is read as a whole: three hundred thousand rows take less.
_LARGEST: Final = 512 << 20
_PIECE: Final = 1 << 20
#: The record a sheet of Excel 2, 3 and 4 begins with, before there were workbooks.
_OLD: Final = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00")
#: Beginnings of files that are no text, though their first bytes may look like it.
_OTHERS: Final = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"Rar!",
    b"7z\xbc\xaf",
    b"{\\rtf",
    b"\x1f\x8b",
)


def package_form(path: Path) -> Literal["zip", "xls", "csv"]:
    """Return what a file is by its first bytes; its name may lie.

    Raises E031 (a web page named .xls), E032 (protected by a password), E033 (no workbook), E034
    (nothing but blanks and line ends), E037 (too large to be one), E134 (older than workbooks are).
    """
    with path.open("rb") as file:
        head = file.read(1024)
        if head.startswith(b"PK\x03\x04"):
            return "zip"
        if path.stat().st_size > _LARGEST:
            raise ZhupeiError("E037", file=path.name)
        if head.startswith(_COMPOUND):
            file.seek(0)
            rest = b""
            while piece := file.read(_PIECE):
                if _ENCRYPTED in rest + piece:
                    raise ZhupeiError("E032", file=path.name)
                rest = piece[-len(_ENCRYPTED) :]
            return "xls"
    if _PAGE.match(head.lstrip(_BEFORE).replace(b"\x00", b"")):
        raise ZhupeiError("E031", file=path.name)
    if head.startswith(_OLD):
        raise ZhupeiError("E134", file=path.name)
    text = b"\x00" not in head or wide_encoding(head) is not None
    if head and not head.strip():
        raise ZhupeiError("E034", file=path.name)
    if not head or not text or head.startswith((*_OTHERS, b"<?xml", b"\xef\xbb\xbf<?xml")):
        raise ZhupeiError("E033", file=path.name)
    return "csv"


def kind_of(names: Collection[str], path: Path) -> Literal["xlsx", "ods"]:
    """Return which workbook a package is by its parts; E033 when it is none, E039 for a renamed macro."""
    known = {name.replace("\\", "/").casefold() for name in names}
    if "xl/workbook.xml" in known:
        if "xl/vbaproject.bin" in known and path.suffix.lower() == ".xlsx":
            raise ZhupeiError("E039", file=path.name)
        return "xlsx"
    if "content.xml" in known and "xl/workbook.bin" not in known:
        return "ods"
    raise ZhupeiError("E033", file=path.name)
