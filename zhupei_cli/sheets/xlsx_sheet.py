"""A byte scan of a sheet's XML: a parser would take eight times as long, and memory for what is hostile."""

import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from zhupei_cli.errors import ZhupeiError
from zhupei_cli.sheets.cells import Spoilt
from zhupei_cli.sheets.package import body, root_of
from zhupei_cli.sheets.scan import Limits, Scan


def scan_sheet(package: zipfile.ZipFile, part: str, limits: Limits, *, file: str) -> Scan:
    """Return what is found in a sheet. Raises E037 for XML that hides cells, E041 for too many errors."""
    read = _reading(package, part, file=file)
    scan = Scan()
    plain = True
    for piece in read():
        plain = plain and _measure(piece, scan)
        if plain:
            _spoil(piece, scan, file=file)
        if b"hidden=" in piece:
            scan.hidden.update(map(int, _HIDDEN.findall(piece)))
    # Cells without a plain address, and formatted blank cells far away: worth a closer look.
    if not plain or scan.beyond(limits) or scan.sparse:
        scan.rows = scan.columns = scan.filled = 0
        scan.spoilt.clear()
        _walk(read(), scan, limits, file=file)
    return scan


# Cells under another prefix than the sheet's own are cells for a reader; the second look is for text like
# `A:c `.
_FOREIGN: Final = (
    re.compile(rb":(?:c|row|v|is)[\s/>]"),
    re.compile(rb"<[^\s<>/:]+:(?:c|row|v|is)[\s/>]"),
)


def _reading(package: zipfile.ZipFile, part: str, *, file: str) -> Callable[[], Iterator[bytes]]:
    """Return what yields the sheet's XML in whole rows, without the prefix its elements may have."""
    name, _ = root_of(package, part)
    prefix = name.encode()[: name.encode().rfind(b":") + 1]

    def read() -> Iterator[bytes]:
        for piece in body(package, part, end=b"<" + prefix + b"row"):
            if prefix:
                piece = piece.replace(b"<" + prefix, b"<").replace(b"</" + prefix, b"</")
            if all(sign.search(piece) for sign in _FOREIGN):
                raise ZhupeiError("E037", file=file)
            yield piece

    return read


_HIDDEN: Final = re.compile(rb"""<row\b[^<>]*?\br=["'](\d{1,9})["'][^<>]*?\bhidden=["'](?:1|true)["']""")
_WIDE: Final = re.compile(rb' r="([A-Za-z]{2,})\d')
_DEEP: Final = re.compile(rb' r="[A-Za-z]*0*(\d{6,12})')
#: Other elements of a sheet that begin with c: col, cols, conditionalFormatting, cfRule, customSheetViews…
_NO_CELLS: Final = (b"<co", b"<cf", b"<cu", b"<ce")
# Addresses, and types, that do not stand after a blank and before `="`. Each is looked for only where its
# first characters are there at all.
_ODD: Final = (
    *((sign, re.compile(sign + rb"[rt]\s*=")) for sign in (b"\t", b"\n", b"\r")),
    (b"='", re.compile(b"='")),
    (b' r="', re.compile(rb' r(?:\s|=[^"])')),
    (b'"', re.compile(rb'"r\s*=')),
)


def _measure(piece: bytes, scan: Scan) -> bool:
    """Widen the scan by a piece, rather too far than too little; False when this would not see all cells."""
    cells = piece.count(b"<c")
    addressed = piece.count(b'<c r="')
    if cells != addressed and cells - sum(map(piece.count, _NO_CELLS)) != addressed:
        return False
    if not addressed:
        return True
    scan.columns = max(scan.columns, 26, *map(_number, set(_WIDE.findall(piece))))
    scan.rows = max(scan.rows, 99_999, *map(int, set(_DEEP.findall(piece))))
    values = piece.count(b"<v>")
    scan.filled += values if values == addressed else values + piece.count(b"<is>")
    return not any(first in piece and odd.search(piece) for first, odd in _ODD)


#: What a cell without a value has: a formula with nothing behind it, or the type of an error.
_WORTH_A_LOOK: Final = (
    re.compile(rb"<f(?=[\s/>])[^<>]*(?:/>|>[^<]*</f>)(?!<v>[^<])"),
    re.compile(rb' t="e"'),
)


def _spoil(piece: bytes, scan: Scan, *, file: str) -> None:
    """Keep the cells without a value of a piece whose cells all have plain addresses."""
    for sign in _WORTH_A_LOOK:
        for found in sign.finditer(piece):
            tag = _TAG.match(piece, max(piece.rfind(b"<c r=", 0, found.start()), 0))
            if tag is not None and tag[1] == b"c":
                letters, digits, type_ = _parts(tag[2], file=file)
                end = piece.find(b"<c ", tag.end())
                content = piece[tag.end() : end if end >= 0 else len(piece)]
                spoilt = _spoilt(type_, content, _VALUE.search(content))
                if spoilt is not None:
                    scan.spoil(int(digits or 0), _number(letters), spoilt, file=file)


_TAG: Final = re.compile(rb"<(row|c)\b([^<>]*)>")
#: How nearly all programs write a cell.
_COMMON: Final = re.compile(rb' r="([A-Za-z]+)(\d{1,12})"(?: s="\d+")?(?: t="(\w+)")?/?')
_NAME_AND_VALUE: Final = rb"""\s+([^\s=<>"'/]+)\s*=\s*("[^"<>]*"|'[^'<>]*')"""
_ATTRIBUTE: Final = re.compile(_NAME_AND_VALUE)
_ATTRIBUTES: Final = re.compile(rb"(?:" + _NAME_AND_VALUE + rb")*\s*/?")
_ADDRESS: Final = re.compile(rb"([A-Za-z]*)0*(\d{0,12})")
_VALUE: Final = re.compile(rb"<(?:v|is)\b[^<>]*>([^<]*)")


def _walk(read: Iterable[bytes], scan: Scan, limits: Limits, *, file: str) -> None:
    """Look at each cell on its own; stop where the limits are passed."""
    row = column = 0
    for piece in read:
        tags = list(_TAG.finditer(piece))
        ends = [tag.start() for tag in tags[1:]] + [len(piece)] * bool(tags)
        for tag, end in zip(tags, ends, strict=True):
            letters, digits, type_ = _parts(tag[2], file=file)
            if tag[1] == b"row":
                row, column = int(digits or row + 1), 0
                continue
            row, column = int(digits or row), _number(letters) or column + 1
            content = piece[tag.end() : end]
            value = _VALUE.search(content)
            spoilt = _spoilt(type_, content, value)
            if spoilt is not None:
                scan.spoil(row, column, spoilt, file=file)
            # A reader makes room also for a text that is empty.
            if value is not None or spoilt is not None:
                scan.filled += 1
                scan.rows, scan.columns = max(scan.rows, row), max(scan.columns, column)
                if scan.beyond(limits):
                    return


def _parts(attributes: bytes, *, file: str) -> tuple[bytes, bytes, bytes]:
    """Return letters and digits of the address, and the type, of a row or cell; empty where there is none.

    Raises E037 for an attribute twice, and for a > within a value: it hides the rest of the tag.
    """
    common = _COMMON.fullmatch(attributes)
    if common:
        return common[1], common[2], common[3] or b""
    pairs = _ATTRIBUTE.findall(attributes)
    found = {name: value[1:-1].strip() for name, value in pairs}
    if len(found) < len(pairs) or not _ATTRIBUTES.fullmatch(attributes):
        raise ZhupeiError("E037", file=file)
    address = _ADDRESS.fullmatch(found.get(b"r", b""))
    if address is None:
        raise ZhupeiError("E037", file=file)
    return address[1], address[2], found.get(b"t", b"")


def _spoilt(type_: bytes, content: bytes, value: "re.Match[bytes] | None") -> Spoilt | None:
    if type_ == b"e":
        word = value[1] if value else None
        return Spoilt("E019", (word or b"#N/A").decode("utf-8", "replace"))
    # A formula that gives the empty text says so by its type.
    if b"<f" in content and type_ != b"str" and (value is None or not value[1]):
        return Spoilt("E025")
    return None


def _number(letters: bytes) -> int:
    """Return the number of a column, counted from 1; more than four letters count as four."""
    number = 0
    for letter in letters[:4].upper():
        number = number * 26 + letter - 64
    return number
