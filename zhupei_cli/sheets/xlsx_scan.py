"""A byte scan of an .xlsx: a parser would take eight times as long, and memory for what is hostile."""

import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from zhupei_cli.errors import ZhupeiError
from zhupei_cli.sheets.cells import Spoilt
from zhupei_cli.sheets.package import index, pieces
from zhupei_cli.sheets.scan import Limits, Scan, refuse

WORKBOOK: Final = "xl/workbook.xml"
_RELATIONS: Final = "xl/_rels/workbook.xml.rels"


def scan_xlsx(package: zipfile.ZipFile, limits: Limits, *, file: str) -> dict[str, Scan]:
    """Return what is found in each sheet, by its name.

    Raises E035 or E040 (too large, nearly empty), E037 (declarations no workbook has), E038 (formulas that
    refer to other workbooks), E041 (too many cells without a value).
    """
    names = {name.casefold(): name for name in package.namelist()}
    if any(name.startswith("xl/externallinks/") for name in names):
        raise ZhupeiError("E038", file=file)
    sheets = _sheets(package, names)
    found = {}
    for key, part in names.items():
        prefix = _prefix(package, part) if key.endswith(".xml") else None
        if prefix is not None:
            sheet = sheets.get(key, part)
            found[sheet] = _scan_sheet(_sheet_pieces(package, part, prefix), limits, file=file)
            refuse(found[sheet], limits, file=file, sheet=sheet)
        elif key.endswith((".xml", ".rels")):
            for _ in pieces(package, part, end=b"<"):
                pass  # read for what it may not contain
    return found


def _sheets(package: zipfile.ZipFile, names: dict[str, str]) -> dict[str, str]:
    """Return part (in lower case) → sheet name, by the workbook's own relations."""
    workbook, relations = index(package, names[WORKBOOK]), index(package, names[_RELATIONS])
    targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
    sheets = {}
    for sheet in workbook.iter():
        if sheet.tag.endswith("}sheet"):
            # The attribute is r:id, in the namespace of either edition of the standard.
            relation = next((value for key, value in sheet.items() if key.endswith("}id")), None)
            target = targets.get(relation, "")
            part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            sheets[part.casefold()] = sheet.get("name", "")
    return sheets


_ROOT: Final = re.compile(rb"<(\w+:)?worksheet\b")


def _prefix(package: zipfile.ZipFile, part: str) -> bytes | None:
    """Return the namespace prefix of a sheet's XML, mostly empty; None when the part is no sheet."""
    with package.open(part) as opened:
        root = _ROOT.search(opened.read(4096))
    return None if root is None else root[1] or b""


def _sheet_pieces(package: zipfile.ZipFile, part: str, prefix: bytes) -> Callable[[], Iterator[bytes]]:
    """Return what yields the sheet's XML in whole rows, without the prefix."""

    def read() -> Iterator[bytes]:
        for piece in pieces(package, part, end=b"<" + prefix + b"row"):
            yield piece.replace(b"<" + prefix, b"<").replace(b"</" + prefix, b"</") if prefix else piece

    return read


def _scan_sheet(read: Callable[[], Iterator[bytes]], limits: Limits, *, file: str) -> Scan:
    scan = Scan()
    plain = True
    for piece in read():
        plain = plain and _measure(piece, scan)
        if b"hidden=" in piece:
            scan.hidden.update(map(int, _HIDDEN.findall(piece)))
    # Formulas, errors, cells without an address, and formatted blank cells far away: worth a closer look.
    if not plain or scan.beyond(limits) or scan.sparse:
        scan.rows = scan.columns = scan.filled = 0
        _walk(read(), scan, limits, file=file)
    return scan


_HIDDEN: Final = re.compile(rb"""<row\b[^<>]*?\br=["'](\d{1,9})["'][^<>]*?\bhidden=["'](?:1|true)["']""")
_WIDE: Final = re.compile(rb' r="([A-Za-z]{2,9})\d')
_DEEP: Final = re.compile(rb' r="[A-Za-z]{0,9}(\d{6,})"')
#: Other elements of a sheet that begin with c: col, cols, conditionalFormatting, cfRule, customSheetViews…
_NO_CELLS: Final = (b"<co", b"<cf", b"<cu", b"<ce")


def _measure(piece: bytes, scan: Scan) -> bool:
    """Widen the scan by a piece, rather too far than too little; False when this would not see all cells."""
    cells = piece.count(b"<c")
    addressed = piece.count(b'<c r="')
    if cells != addressed and cells - sum(map(piece.count, _NO_CELLS)) != addressed:
        return False
    if addressed:
        scan.columns = max(scan.columns, 26, *map(_number, set(_WIDE.findall(piece))))
        scan.rows = max(scan.rows, 99_999, *map(int, set(_DEEP.findall(piece))))
        scan.filled += piece.count(b"<v>") + piece.count(b"<is>")
    return not (b"<f>" in piece or b"<f " in piece or b' t="e"' in piece)


_TAG: Final = re.compile(rb"<(row|c)\b([^<>]*)>")
_ADDRESS: Final = re.compile(rb"""\br\s*=\s*["']([A-Za-z]*)(\d*)["']""")
_TYPE: Final = re.compile(rb"""\bt\s*=\s*["'](\w+)["']""")
_VALUE: Final = re.compile(rb"<v\b[^<>]*>([^<]+)|<is\b")


def _walk(read: Iterable[bytes], scan: Scan, limits: Limits, *, file: str) -> None:
    """Look at each cell on its own; stop where the limits are passed."""
    row = column = 0
    for piece in read:
        tags = list(_TAG.finditer(piece))
        ends = [tag.start() for tag in tags[1:]] + [len(piece)] * bool(tags)
        for tag, end in zip(tags, ends, strict=True):
            kind, attributes = tag.groups()
            if attributes.count(b'"') % 2 or attributes.count(b"'") % 2:
                raise ZhupeiError("E037", file=file)  # a > within a value hides the rest of the tag
            letters, digits = _address(attributes)
            if kind == b"row":
                row, column = int(digits or row + 1), 0
                continue
            row, column = int(digits or row), _number(letters) or column + 1
            content = piece[tag.end() : end]
            value = _VALUE.search(content)
            spoilt = _spoilt(attributes, content, value)
            if spoilt is not None:
                scan.spoil(row, column, spoilt, file=file)
            if value is not None or spoilt is not None:
                scan.filled += 1
                scan.rows, scan.columns = max(scan.rows, row), max(scan.columns, column)
                if scan.beyond(limits):
                    return


def _address(attributes: bytes) -> tuple[bytes, bytes]:
    found = _ADDRESS.search(attributes)
    return (found[1], found[2]) if found else (b"", b"")


def _spoilt(attributes: bytes, content: bytes, value: "re.Match[bytes] | None") -> Spoilt | None:
    kind = _TYPE.search(attributes)
    if kind and kind[1] == b"e":
        word = value[1] if value else None
        return Spoilt("E019", (word or b"#N/A").decode("utf-8", "replace"))
    # A formula that gives the empty text says so by its type.
    if value is None and b"<f" in content and not (kind and kind[1] == b"str"):
        return Spoilt("E025")
    return None


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
