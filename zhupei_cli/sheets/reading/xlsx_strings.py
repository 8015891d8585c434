"""The strings that cells of an .xlsx share."""

import re
import zipfile
from typing import Final

from zhupei_cli.sheets.reading.package import pieces
from zhupei_cli.sheets.reading.xlsx_document import Document
from zhupei_cli.sheets.reading.xlsx_values import string, unescaped

_PLAIN: Final = re.compile(rb'<si><t(?: xml:space="preserve")?+>([^<]*+)</t></si>')
_TAGS: Final = 4
#: Without the readings of characters (rPh): they are no part of a string.
_PLACES: Final = (("", "sst"), ("sst", "si"), ("si", "t"), ("si", "r"), ("r", "t"))


def read_strings(package: zipfile.ZipFile, part: str) -> list[str]:
    """Return all shared strings."""
    strings: list[str] = []
    texts: list[str] = []

    def start(name: str, _: dict[str, str]) -> None:
        if name == "si":
            texts.clear()
        elif name == "t":
            document.collect(texts)

    def end(name: str) -> None:
        if name == "si":
            strings.append(unescaped("".join(texts)))

    document = Document(package, _PLACES, start, end)
    for piece in pieces(package, part, end=lambda: document.start_of("si")):
        known = document.plain(piece, within="sst")
        found = _PLAIN.findall(known) if known else []
        # As many tags as all strings have: none stands between them, and none is of another kind.
        if known and len(found) * _TAGS == known.count(b"<"):
            strings += map(string, found)
        else:
            document.feed(piece)
    document.feed(b"", last=True)
    return strings
