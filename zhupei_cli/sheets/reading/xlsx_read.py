"""Reading .xlsx: which parts are sheets, what their cells mean, and their rows as a stream."""

import posixpath
import zipfile
from collections.abc import Iterator
from typing import Final
from xml.etree.ElementTree import Element
from xml.parsers.expat import ExpatError

from zhupei_cli.sheets.kinds.serials import Look, look_of
from zhupei_cli.sheets.reading.package import index, name_of, pieces
from zhupei_cli.sheets.reading.rows import Limits, Message, Rows, head_of
from zhupei_cli.sheets.reading.xlsx_parsed import ParsedRows
from zhupei_cli.sheets.reading.xlsx_plain import PlainRows
from zhupei_cli.sheets.reading.xlsx_strings import read_strings
from zhupei_cli.sheets.reading.xlsx_values import Meaning
from zhupei_cli.words.errors import ZhupeiError

WORKBOOK: Final = "xl/workbook.xml"
_RELATIONS: Final = "xl/_rels/workbook.xml.rels"
_STRINGS: Final = "xl/sharedstrings.xml"
_STYLES: Final = "xl/styles.xml"
_NO_CELLS: Final = ("chartsheet", "dialogsheet", "macrosheet")
#: Strings take no more room than this many times that of the sheets that show them, but for some.
_SHARED: Final = 20
_SOME: Final = 32 << 20


def read_xlsx(package: zipfile.ZipFile, limits: Limits) -> Iterator[Message]:
    """Yield the sheets of a package. Parts that hold no cells are not looked at.

    Raises E033 (damaged: a sheet without its part, cells that are not where they say), E035 or E040 (too
    large, nearly empty), E037 (declarations no workbook has), E038 (formulas that refer to other
    workbooks), E041 (too many cells without a value).
    """
    file = name_of(package)
    parts = {name.replace("\\", "/").casefold(): name for name in package.namelist()}
    if any(key.startswith("xl/externallinks/") for key in parts):
        raise ZhupeiError("E038", file=file)
    workbook = index(package, parts[WORKBOOK])
    sheets = _sheets(package, workbook, parts, file=file)
    shown = [(name, part) for name, part, visible in sheets if visible]
    meaning = _meaning(package, workbook, parts, [part for _, part, _ in sheets], file=file)
    yield (
        "hidden",
        [(name, _head(package, part, meaning, limits)) for name, part, visible in sheets if not visible],
    )
    for name, part in shown:
        yield from _read_sheet(package, part, meaning, limits, sheet=name)


def _head(package: zipfile.ZipFile, part: str, meaning: Meaning, limits: Limits) -> list[list[str]]:
    """Return the texts of a hidden sheet's first rows, none when it cannot be read: nobody asked for it."""
    try:
        return head_of(_read_sheet(package, part, meaning, limits, sheet=""))
    except (ZhupeiError, ExpatError):
        return []


def _read_sheet(
    package: zipfile.ZipFile, part: str, meaning: Meaning, limits: Limits, *, sheet: str
) -> Iterator[Message]:
    rows = Rows(sheet, limits, file=name_of(package))
    plain = PlainRows(rows, meaning)
    parsed = ParsedRows(rows, meaning, limits, package)
    document = parsed.document
    yield "sheet", sheet
    for piece in pieces(package, part, end=lambda: document.start_of("row")):
        known = document.plain(piece, within="sheetData")
        if known is None or meaning.struck or not plain.take(known):
            document.feed(piece)
        yield from rows.ready()
    document.feed(b"", last=True)
    yield from rows.rest()
    yield "end", rows.hidden, parsed.merged, rows.struck


def _sheets(
    package: zipfile.ZipFile, workbook: Element, parts: dict[str, str], *, file: str
) -> list[tuple[str, str, bool]]:
    """Return name, part and visibility of the sheets with cells, by the workbook's own relations."""
    if _RELATIONS not in parts:
        raise ZhupeiError("E033", file=file)
    found = [one for one in index(package, parts[_RELATIONS]).iter() if _local(one.tag) == "Relationship"]
    targets = {relation.get("Id"): relation for relation in found}
    if len(targets) < len(found):
        raise ZhupeiError("E033", file=file)
    sheets = []
    for sheet in workbook.iter():
        if _local(sheet.tag) != "sheet":
            continue
        ids = [targets[id_] for key, id_ in sheet.items() if _local(key) == "id" and id_ in targets]
        if any(one.get("Type", "").lower().endswith(_NO_CELLS) for one in ids):
            continue
        keys = [key for one in ids for key in _keys(one.get("Target", "")) if key in parts]
        if not keys:
            raise ZhupeiError("E033", file=file)
        sheets.append((sheet.get("name", ""), parts[keys[0]], sheet.get("state", "visible") == "visible"))
    return sheets


def _keys(target: str) -> list[str]:
    """Return the parts a relation may mean: some writers give the path from the root, without its slash."""
    return [posixpath.normpath(f"xl/{target}").casefold(), posixpath.normpath(target).lstrip("/").casefold()]


def _meaning(
    package: zipfile.ZipFile, workbook: Element, parts: dict[str, str], sheets: list[str], *, file: str
) -> Meaning:
    strings: list[str] = []
    if _STRINGS in parts:
        shown = sum(package.getinfo(part).file_size for part in sheets)
        if package.getinfo(parts[_STRINGS]).file_size > _SOME + _SHARED * shown:
            raise ZhupeiError("E037", file=file)
        strings = read_strings(package, parts[_STRINGS])
    styles = index(package, parts[_STYLES]) if _STYLES in parts else None
    looks, struck = ([], frozenset[str]()) if styles is None else (_looks(styles), _struck(styles))
    properties = [one for one in workbook.iter() if _local(one.tag) == "workbookPr"]
    from_1904 = any(one.get("date1904") in ("1", "true") for one in properties)
    return Meaning(strings, looks, from_1904, struck)


def _looks(styles: Element) -> list[Look]:
    """Return what numbers look like, by style."""
    codes = {
        int(one.get("numFmtId", "0")): one.get("formatCode", "")
        for one in styles.iter()
        if _local(one.tag) == "numFmt"
    }
    numbers = [int(style.get("numFmtId", "0")) for style in _within(styles, "cellXfs")]
    looks = {number: look_of(number, codes.get(number)) for number in set(numbers)}
    return [looks[number] for number in numbers]


def _struck(styles: Element) -> frozenset[str]:
    """Return the styles whose font strikes through."""
    fonts = {
        str(number)
        for number, font in enumerate(_within(styles, "fonts"))
        for one in font
        if _local(one.tag) == "strike" and one.get("val", "1") in ("1", "true")
    }
    cells = enumerate(_within(styles, "cellXfs") if fonts else ())
    return frozenset(str(number) for number, style in cells if style.get("fontId", "0") in fonts)


def _within(styles: Element, name: str) -> Element | tuple[()]:
    return next((one for one in styles if _local(one.tag) == name), ())


def _local(name: str) -> str:
    return name.rpartition("}")[2]
