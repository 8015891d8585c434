"""An XML part of an .xlsx while it is read: which elements count, and where its bytes need no parser."""

import zipfile
from collections.abc import Callable, Sequence
from typing import Final

from zhupei_cli.sheets.reading.package import name_of, parser_for
from zhupei_cli.words.errors import ZhupeiError

#: Encodings in which bytes are what they look like.
_PLAIN: Final = (None, "utf-8", "utf8", "us-ascii")
_DECLARED: Final = (b"<?xml ", b"\xef\xbb\xbf<?xml ")


class Document:
    """Tells of the elements that count: those of the first one's namespace, each where the standard has it.

    `places` are pairs of parent and child, the first one ("", root). The same name anywhere else is somebody
    else's, as the lists in `extLst` are that Excel keeps there since 2010. Whole pieces may be left out.
    """

    def __init__(
        self,
        package: zipfile.ZipFile,
        places: Sequence[tuple[str, str]],
        start: Callable[[str, dict[str, str]], None],
        end: Callable[[str], None],
    ) -> None:
        self._file, self._places, self._told_start, self._told_end = name_of(package), places, start, end
        self._names: dict[tuple[str, str], str] = {}
        self._path = [""]
        self._prefixes: dict[str | None, str] = {}
        self._own: str | None = None
        #: What stands before the names of elements; None where bytes do not tell whose they are.
        self._prefix: bytes | None = b""
        self._parser = parser_for(package)
        self._parser.XmlDeclHandler = self._declare
        self._parser.StartNamespaceDeclHandler = self._name_space
        self._parser.StartElementHandler, self._parser.EndElementHandler = self._start, self._end

    def feed(self, piece: bytes, *, last: bool = False) -> None:
        """Parse a piece; ExpatError when it is ill-formed, E033 when the part is another one."""
        if piece.count(b"<!") + piece.count(b"<?") > piece.startswith(_DECLARED):
            self._prefix = None  # it may reach into the next piece, and what it holds is no element
        self._parser.Parse(piece, last)

    def collect(self, texts: list[str]) -> None:
        """Add what stands between the tags of the element that has begun to `texts`."""
        self._parser.CharacterDataHandler = texts.append

    def start_of(self, name: str) -> bytes:
        """Return the bytes an element begins with."""
        return b"<" + (self._prefix or b"") + name.encode()

    def plain(self, piece: bytes, within: str) -> bytes | None:
        """Return a further piece as if no element had a prefix.

        None when it does not begin between two children of `within`, or when its bytes do not tell whose
        elements they are.
        """
        if self._prefix is None or self._path[-1] != within or b"<!" in piece or b"<?" in piece:
            return None
        if not self._prefix:
            return piece
        start, end = b"<" + self._prefix, b"</" + self._prefix
        if piece.count(b"<") != piece.count(start) + piece.count(end):
            return None
        return piece.replace(start, b"<").replace(end, b"</")

    def _declare(self, _: str, encoding: str | None, __: int) -> None:
        if (encoding and encoding.lower()) not in _PLAIN:
            self._prefix = None

    def _name_space(self, prefix: str | None, uri: str) -> None:
        if len(self._path) == 1:
            self._prefixes[prefix] = uri
        elif prefix == self._own:
            self._prefix = None  # from here on the same name is another one

    def _begin(self, name: str) -> None:
        """Learn from the first element whose elements count."""
        uri, _, local = name.rpartition(" ")
        if local != self._places[0][1]:
            raise ZhupeiError("E033", file=self._file)
        self._names = {(parent, f"{uri} {child}" if uri else child): child for parent, child in self._places}
        if self._prefix is not None and self._prefixes.get(None, "") != uri:
            self._own = next(prefix for prefix, other in self._prefixes.items() if prefix and other == uri)
            self._prefix = f"{self._own}:".encode()

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._path) == 1:
            self._begin(name)
        local = self._names.get((self._path[-1], name), "?")
        self._path.append(local)
        if local != "?":
            self._told_start(local, attributes)

    def _end(self, _: str) -> None:
        local = self._path.pop()
        self._parser.CharacterDataHandler = None
        if local != "?":
            self._told_end(local)
