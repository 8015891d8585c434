"""A workbook's zip package, looked at before anything in it is believed or unpacked as a whole."""

import lzma
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Final
from xml.etree import ElementTree
from xml.parsers.expat import ExpatError, ParserCreate, XMLParserType

from zhupei_cli.words.errors import ZhupeiError

#: Unpacked bytes of a package, and its parts, beyond which it is no office's workbook.
MAX_UNPACKED: Final = 1 << 30
MAX_PARTS: Final = 2_000
#: Sheets shrink to a tenth, patterns of one value to a hundredth; bombs to a thousandth.
MAX_RATIO: Final = 250
_SMALL: Final = 32 << 20
#: The parts that name the sheets are a few kilobytes.
MAX_INDEX: Final = 16 << 20
#: A text without a tag that no workbook has.
MAX_GAP: Final = 1 << 20
BYTES_AT_ONCE = 1 << 20
_FIRST: Final = 1 << 13

#: What zipfile and the XML parser raise over damaged files, one thing or another.
_DAMAGE: Final = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    ElementTree.ParseError,
    ExpatError,
    LookupError,
    ValueError,
    EOFError,
    OSError,
    OverflowError,
    NotImplementedError,
)


@contextmanager
def opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """Open a package whose directory looks sane.

    Raises E032 (encrypted), E033 (damaged, cut off), E037 (bombs, doubled parts, paths out of the package).
    """
    try:
        with zipfile.ZipFile(path) as package:
            _check_directory(package, path)
            yield package
    except _DAMAGE as error:
        raise ZhupeiError("E033", file=path.name) from error


def _check_directory(package: zipfile.ZipFile, path: Path) -> None:
    infos = package.infolist()
    if any(info.flag_bits & 1 for info in infos):
        raise ZhupeiError("E032", file=path.name)
    size = path.stat().st_size
    # zipfile asks for the memory a part claims to take before it sees that the file is shorter.
    if any(info.header_offset + info.compress_size > size for info in infos):
        raise ZhupeiError("E033", file=path.name)
    unpacked = sum(info.file_size for info in infos)
    # Windows and calamine do not tell xl/Workbook.xml from xl/workbook.xml.
    names = {info.filename.replace("\\", "/").casefold() for info in infos}
    if (
        len(names) < len(infos)
        or len(infos) > MAX_PARTS
        or unpacked > max(min(MAX_UNPACKED, MAX_RATIO * size), _SMALL)
        or any(name.startswith("/") or ".." in PurePosixPath(name).parts for name in names)
    ):
        raise ZhupeiError("E037", file=path.name)


def pieces(package: zipfile.ZipFile, part: str, *, end: Callable[[], bytes]) -> Iterator[bytes]:
    """Yield an XML part in pieces of about a megabyte that end before what `end` says, if it is there.

    It is asked anew for every piece, so that a reader may learn from the first one, a short one, how rows
    begin. Raises E037 for a megabyte without a single tag.
    """
    rest, size = b"", min(_FIRST, BYTES_AT_ONCE)
    with package.open(part) as file:
        while chunk := file.read(size):
            piece, size = rest + chunk, BYTES_AT_ONCE
            cut = piece.rfind(end())
            if cut <= 0 or len(piece) - cut > BYTES_AT_ONCE // 2:
                cut = piece.rfind(b"<")
            if cut <= 0 and len(piece) >= MAX_GAP:
                raise ZhupeiError("E037", file=name_of(package))
            cut = max(cut, 0)
            piece, rest = piece[:cut], piece[cut:]
            yield piece
    yield rest


def parser_for(package: zipfile.ZipFile) -> XMLParserType:
    """Return a parser that names elements `namespace name` and refuses a document type (E037).

    What comments and CDATA hold, in whatever encoding, is then for the parser to tell from elements.
    """

    def refuse(*_: object) -> None:
        raise ZhupeiError("E037", file=name_of(package))

    parser = ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = refuse
    return parser


def index(package: zipfile.ZipFile, part: str) -> ElementTree.Element:
    """Return a small XML part as a tree; E037 when it is large or declares a document type."""
    if package.getinfo(part).file_size > MAX_INDEX:
        raise ZhupeiError("E037", file=name_of(package))
    content = package.read(part)
    parser_for(package).Parse(content, True)
    return ElementTree.fromstring(content)


def name_of(package: zipfile.ZipFile) -> str:
    """Return the name of a package's file, for messages."""
    return PurePosixPath(str(package.filename).replace("\\", "/")).name
