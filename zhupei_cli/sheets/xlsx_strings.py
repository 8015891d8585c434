"""The strings that cells of an .xlsx share."""

import re
import zipfile
from typing import Final
from xml.parsers.expat import ParserCreate

from zhupei_cli.sheets.package import body, root_of
from zhupei_cli.sheets.xlsx_values import string, unescaped

_PLAIN: Final = re.compile(rb'<si><t(?: xml:space="preserve")?+>([^<]*+)</t></si>')
_TAGS: Final = 4


def read_strings(package: zipfile.ZipFile, part: str) -> list[str]:
    """Return all shared strings, without the readings of their characters (rPh)."""
    name, _ = root_of(package, part)
    prefix = name.rpartition(":")[0]
    document = _Strings(prefix)
    for piece in body(package, part, end=f"<{prefix + ':' if prefix else ''}si".encode()):
        plain = _PLAIN.findall(piece) if document.between else []
        if plain and len(plain) * _TAGS == piece.count(b"<"):
            document.strings += map(string, plain)
        else:
            document.parser.Parse(piece, False)
    document.parser.Parse(b"", True)
    return document.strings


class _Strings:
    def __init__(self, prefix: str) -> None:
        self.strings: list[str] = []
        self.between = False
        self._names = {
            f"{prefix}:{local}" if prefix else local: local for local in ("sst", "si", "r", "t", "rPh")
        }
        self._inside: list[str] = []
        self._text: list[str] = []
        self.parser = ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler, self.parser.EndElementHandler = self._start, self._end

    def _start(self, name: str, _: dict[str, str]) -> None:
        local = self._names.get(name, "")
        self._inside.append(local)
        self.between = local == "sst"
        if local == "si":
            self._text = []
        elif local == "t" and "rPh" not in self._inside:
            self.parser.CharacterDataHandler = self._text.append

    def _end(self, _: str) -> None:
        local = self._inside.pop()
        self.between = self._inside == ["sst"]
        self.parser.CharacterDataHandler = None
        if local == "si":
            self.strings.append(unescaped("".join(self._text)))
