"""A workbook's zip package, looked at before anything in it is believed or unpacked as a whole."""

import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Final
from xml.etree import ElementTree
from xml.parsers.expat import ExpatError, ParserCreate

from zhupei_cli.errors import ZhupeiError

#: Unpacked bytes of a package, and its parts, beyond which it is no office's workbook.
MAX_UNPACKED: Final = 1 << 30
MAX_PARTS: Final = 2_000
#: Sheets shrink to a tenth, patterns of one value to a hundredth; bombs to a thousandth.
MAX_RATIO: Final = 250
_SMALL: Final = 32 << 20
#: The parts that name the sheets are a few kilobytes.
MAX_INDEX: Final = 16 << 20
CHUNK: Final = 1 << 20
#: The first element is looked for in steps, this many.
_STEP: Final = 1 << 13
_PROLOG: Final = CHUNK // _STEP

#: What zipfile and the XML parser raise over damaged files, one thing or another.
_DAMAGE: Final = (
    *(zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, lzma.LZMAError, struct.error),
    *(ElementTree.ParseError, ExpatError, LookupError, ValueError),
    *(EOFError, OSError, OverflowError, NotImplementedError),
)
_DECLARATION: Final = re.compile(rb"<!(?:DOCTYPE|ENTITY)")
_HIDING: Final = re.compile(rb"<[!?]")


@contextmanager
def opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """Open a package whose directory looks sane.

    Raises E032 (encrypted), E033 (damaged), E037 (bombs, doubled parts, paths that leave the package).
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
    unpacked = sum(info.file_size for info in infos)
    # Windows and calamine do not tell xl/Workbook.xml from xl/workbook.xml.
    names = {info.filename.replace("\\", "/").casefold() for info in infos}
    if (
        len(names) < len(infos)
        or len(infos) > MAX_PARTS
        or unpacked > max(min(MAX_UNPACKED, MAX_RATIO * path.stat().st_size), _SMALL)
        or any(name.startswith("/") or ".." in PurePosixPath(name).parts for name in names)
    ):
        raise ZhupeiError("E037", file=path.name)


def pieces(package: zipfile.ZipFile, part: str, *, end: bytes) -> Iterator[bytes]:
    """Yield an XML part in pieces of about a megabyte that end before `end` (such as `<row`), if it is there.

    Raises E033 for UTF-16, which hides from a byte scan, E037 for a document type or entity, and for a
    megabyte without a single tag.
    """
    rest = b""
    with package.open(part) as file:
        while chunk := file.read(CHUNK):
            piece = rest + chunk
            if not rest and b"\x00" in piece[:64]:
                raise ZhupeiError("E033", file=_name(package))
            cut = piece.rfind(end)
            if cut <= 0 or len(piece) - cut > CHUNK // 2:
                cut = piece.rfind(b"<")
            if cut <= 0 and len(piece) >= CHUNK:
                raise ZhupeiError("E037", file=_name(package))
            cut = max(cut, 0)
            piece, rest = piece[:cut], piece[cut:]
            yield _believed(package, piece)
    yield _believed(package, rest)


def root_of(package: zipfile.ZipFile, part: str) -> tuple[str, int]:
    """Return the name of a part's first element, prefix and all, and where it begins.

    Raises E037 when a document type is declared or a megabyte goes by before it.
    """
    found: list[tuple[str, int]] = []
    parser = ParserCreate()

    def start(name: str, _: dict[str, str]) -> None:
        if not found:
            found.append((name, parser.CurrentByteIndex))

    def refuse(*_: object) -> None:
        raise ZhupeiError("E037", file=_name(package))

    def declared(_: str, encoding: str | None, __: int) -> None:
        if encoding is not None and encoding.lower() not in ("utf-8", "utf8"):
            raise ZhupeiError("E033", file=_name(package))  # the rest is read as UTF-8

    parser.StartElementHandler, parser.StartDoctypeDeclHandler = start, refuse
    parser.XmlDeclHandler = declared
    with package.open(part) as file:
        for _ in range(_PROLOG):
            piece = file.read(_STEP)
            parser.Parse(piece, not piece)
            if found:
                return found[0]
    raise ZhupeiError("E037", file=_name(package))


def body(package: zipfile.ZipFile, part: str, *, end: bytes) -> Iterator[bytes]:
    """Yield a part from its first element on, as `pieces` does.

    Raises E037 also for comments, CDATA and instructions: a byte scan would take what they hold for cells.
    """
    _, offset = root_of(package, part)
    for piece in pieces(package, part, end=end):
        shown, offset = piece[offset:], max(offset - len(piece), 0)
        if (b"!" in shown or b"?" in shown) and _HIDING.search(shown):
            raise ZhupeiError("E037", file=_name(package))
        yield shown


def index(package: zipfile.ZipFile, part: str) -> ElementTree.Element:
    """Return a small XML part as a tree; E037 when it is large or declares entities."""
    if package.getinfo(part).file_size > MAX_INDEX:
        raise ZhupeiError("E037", file=_name(package))
    return ElementTree.fromstring(b"".join(pieces(package, part, end=b"<")))


def _believed(package: zipfile.ZipFile, piece: bytes) -> bytes:
    if b"!" in piece and _DECLARATION.search(piece):
        raise ZhupeiError("E037", file=_name(package))
    return piece


def _name(package: zipfile.ZipFile) -> str:
    return PurePosixPath(str(package.filename).replace("\\", "/")).name
