"""Large sheets, spelled otherwise or damaged far behind their beginning, where no parser looks at first."""

import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from tests.sheets.books import SHEET, SHEET_PART, package
from tests.sheets.readings import Grids, alike, by_calamine, by_openpyxl, read_here
from zhupei_cli.sheets.kinds.cells import Spoilt

ROWS: Final = 10_000
_CELLS: Final = (
    '<c r="A{0}" t="inlineStr"><is><t>姓名{0}</t></is></c>',
    '<c r="B{0}" s="1"><v>{0}.5</v></c>',
    '<c r="C{0}" t="s"><v>1</v></c>',
    '<c r="D{0}" t="str"><f>T("a&amp;b")</f><v>甲 {0}</v></c>',
    '<c r="E{0}" s="1"/>',
    '<c r="F{0}"><f>ROW()</f><v>{0}</v></c>',
)
_STRINGS: Final = (
    '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>零</t></si>'
    '<si><t xml:space="preserve"> 壹</t></si></sst>'
)

#: Without the style that cells name, openpyxl reads nothing of the book.
_STYLES: Final = (
    '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    '<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="2"/></cellXfs></styleSheet>'
)

#: What stands in the sheet, and how else it may be written: it means the same.
_SPELLINGS: Final = (
    ("<v>", '<v xml:space="preserve">'),
    ("<v>", "<v >"),
    ("<t>", "<t xml:space='preserve'>"),
    ("<t>", "<t >"),
    ("</c>", "</c >"),
    ("</v>", "</v >"),
    ("</row>", "</row >"),
    ("<c r=", "\n  <c r="),
    ("</is>", "\n</is>"),
    ('t="str"', "t='str'"),
    ('s="1"', 's="1" cm="1"'),
    ("<row r=", "<row\tr="),
    ("姓名", "姓<!-- 氏 -->名"),
    ("姓名", "<![CDATA[姓名]]>"),
    ("姓名", "&#22995;名"),
    ("<v>甲", "<v>&#x7532;"),
)
#: What is otherwise in more than one spot: a value before its formula, a text in two looks.
_REWRITTEN: Final = (
    (re.compile(r"(<f>[^<]*</f>)(<v>[^<]*</v>)"), r"\2\1"),
    (re.compile(r"<is><t>姓(名\d+)</t></is>"), r"<is><r><t>姓</t></r><r><t>\1</t></r></is>"),
)


def sheet() -> str:
    """Return a sheet of more than two megabytes."""
    rows = "".join(f'<row r="{row}">{"".join(_CELLS).format(row)}</row>' for row in range(1, ROWS + 1))
    return SHEET.format(rows=rows, tail="")


def write(path: Path, xml: str | bytes) -> Path:
    """Write a workbook of one sheet."""
    parts = {SHEET_PART: xml, "xl/sharedStrings.xml": _STRINGS, "xl/styles.xml": _STYLES}
    return package(path, parts=parts)


def respelled(chance: random.Random, xml: str) -> str:
    """Return a sheet with a few places, or all behind one, spelled otherwise."""
    start = chance.randrange(len(xml) // 2, len(xml) - 2_000)
    end = chance.choice([start + 2_000, len(xml)])
    head, part, tail = xml[:start], xml[start:end], xml[end:]
    if chance.random() < 0.1:
        pattern, said = chance.choice(_REWRITTEN)
        return head + pattern.sub(said, part) + tail
    old, new = chance.choice(_SPELLINGS)
    return head + part.replace(old, new) + tail


def damaged(chance: random.Random, xml: str) -> bytes:
    """Return a sheet with some bytes changed, taken out or doubled."""
    mutant = bytearray(xml.encode())
    for _ in range(chance.randrange(1, 4)):
        at = chance.randrange(len(mutant) // 3, len(mutant))
        match chance.randrange(3):
            case 0:
                mutant[at] = chance.choice(b"0123456789<>/\"'=ABZ&; cvt")
            case 1:
                del mutant[at : at + chance.randrange(1, 30)]
            case _:
                other = chance.randrange(len(mutant) // 3, len(mutant))
                mutant[at:at] = mutant[other : other + chance.randrange(1, 60)]
    return bytes(mutant)


def mutants(seed: int) -> Iterator[str | bytes]:
    """Yield spelled and damaged sheets in turn, without end."""
    chance, xml = random.Random(seed), sheet()
    while True:
        yield respelled(chance, xml)
        yield damaged(chance, xml)


def differences(path: Path, *, slow: bool) -> list[str]:
    """Return where the ways of reading differ: ours without the pattern, calamine, with `slow` openpyxl.

    What calamine has otherwise counts when openpyxl has it so too: of a formula behind its value
    (`<v>…</v><f>…</f>`) calamine 0.9 loses the value.
    """
    ours, parsed = read_here(path), read_here(path, parser_only=True)
    found = [] if ours == parsed else [f"the parser: {_first(ours, parsed)}"]
    if isinstance(ours, str) or (theirs := _read_by(by_calamine, path)) is None:
        return found
    doubts = [f"calamine: {what}" for what in unlike(ours, theirs)]
    if doubts or slow:
        second = _read_by(by_openpyxl, path)
        found += doubts if second is None else [f"openpyxl: {what}" for what in unlike(ours, second)]
    return found


def _read_by(read: Callable[[Path], Grids], path: Path) -> Grids | None:
    """Return what a library reads, None where it gives up."""
    try:
        return read(path)
    except Exception:
        return None


def _first(ours: Grids | str, theirs: Grids | str) -> object:
    if isinstance(ours, str) or isinstance(theirs, str):
        return [one if isinstance(one, str) else "read" for one in (ours, theirs)]
    return next(unlike(ours, theirs), "a marked cell")


def unlike(ours: Grids, theirs: Grids) -> Iterator[str]:
    """Yield the cells of which two readers do not mean the same; what ours marks is not lost."""
    for name in ours.keys() | theirs.keys():
        left, right = ours.get(name, {}), theirs.get(name, {})
        for place in left.keys() | right.keys():
            if place not in left or (place not in right and not isinstance(left[place], Spoilt)):
                yield f"{name} {place}: {left.get(place)!r}, {right.get(place)!r}"
            elif place in right and not alike(left[place], right[place]):
                yield f"{name} {place}: {left[place]!r}, {right[place]!r}"
