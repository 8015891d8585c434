"""Hostile and sloppy files as offices and others send them, each made here, each with its verdict."""

import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any

from tests.sheets.books import ONE_ROW, SHEET, SHEET_PART, WORKBOOK, ods, package, parts_of, strict, typed
from tests.sheets.raw_zip import bomb, deflated, raw_zip
from tests.sheets.xls_books import xls
from zhupei_cli.rules.people.dates import Month
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.sheets.kinds.cells import Cell, Spoilt
from zhupei_cli.sheets.kinds.columns import Kind

Rows = list[list[Cell]]


@dataclass(frozen=True, slots=True)
class Flagged:
    """What taking a sheet of `kind` finds: codes of the sheet, codes by row, and the values of good rows."""

    kind: Kind
    sheet: tuple[str, ...] = ()
    rows: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    values: Sequence[Mapping[str, Any]] | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A file and what is to come of it: the code it is refused with, its cells, or what is flagged."""

    name: str
    make: Callable[[Path], object]
    verdict: str | Rows | Flagged


@cache
def cases() -> list[Case]:
    """Return the whole corpus; the suffix of a case's name is that of its file."""
    return [
        *_bombs(),
        *_hostile_packages(),
        *_far_cells(),
        *_sloppy_sheets(),
        *_cells(),
        *_no_workbooks(),
        *_texts(),
        *_xls(),
        *_ods(),
        *_tables(),
    ]


def _parts(**parts: str | bytes) -> Callable[[Path], object]:
    renamed = {"sheet": SHEET_PART, "strings": "xl/sharedStrings.xml", "styles": "xl/styles.xml"}
    return lambda path: package(path, parts={renamed.get(key, key): part for key, part in parts.items()})


def _rows(rows: str, *, tail: str = "") -> Callable[[Path], object]:
    return lambda path: package(path, rows, tail=tail)


def _bytes(content: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(content)


def _raw(
    *more: tuple[str, bytes, int, int], without: str = "", flags: int = 0x800
) -> Callable[[Path], object]:
    def make(path: Path) -> None:
        parts = {name: part for name, part in parts_of().items() if name != without}
        entries = [(name, *deflated(str(part).encode())) for name, part in parts.items()]
        raw_zip(path, [*entries, *more], flags=flags)

    return make


_GIBI = 1 << 30
_LETTERS = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>'


def _strings_of(megabytes: int) -> tuple[str, bytes, int, int]:
    head = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = head.compress(_LETTERS) + head.flush(zlib.Z_FULL_FLUSH) + bomb(megabytes)
    return "xl/sharedStrings.xml", data, len(_LETTERS) + (megabytes << 20), 0


def _bombs() -> Iterator[Case]:
    big = bomb(1024)
    yield Case("a gigabyte in a megabyte.xlsx", _raw(("xl/media/a.bin", big, _GIBI, 0)), "E037")
    yield Case("a gigabyte of sheet.xlsx", _raw((SHEET_PART, big, _GIBI, 0), without=SHEET_PART), "E037")
    yield Case(
        "a gigabyte that says ten bytes.xlsx", _raw((SHEET_PART, big, 10, 0), without=SHEET_PART), "E033"
    )
    yield Case("a shared string of 512 megabytes.xlsx", _raw(_strings_of(512)), "E037")
    yield Case("a shared string of 30 megabytes.xlsx", _raw(_strings_of(30)), "E037")
    yield Case(
        "four thousand million strings promised.xlsx",
        _parts(strings='<sst uniqueCount="4000000000" count="4000000000"><si><t>a</t></si></sst>'),
        [[1.0]],
    )
    yield Case("a bomb in a workbook in the workbook.xlsx", _nested, [[1.0]])
    yield Case("three thousand parts.xlsx", _parts(**{f"xl/media/{n}.png": b"" for n in range(3000)}), "E037")
    yield Case(
        "a million laughs.xlsx",
        _parts(sheet='<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><worksheet>&b;</worksheet>'),
        "E037",
    )
    yield Case(
        "an entity that reads a file.xlsx",
        _parts(
            strings='<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><sst><si><t>&a;</t></si></sst>'
        ),
        "E037",
    )
    yield Case("a type in the properties.xlsx", _parts(**{"docProps/core.xml": "<!DOCTYPE x><x/>"}), [[1.0]])
    deep = "<a>" * 200_000
    yield Case("elements as deep as a well.xlsx", _parts(sheet=f"<worksheet>{deep}</worksheet>"), "E033")


def _nested(path: Path) -> None:
    inner = path.with_name("inner.xlsx")
    raw_zip(inner, [("xl/media/a.bin", bomb(64), 64 << 20, 0)])
    package(path, parts={"xl/embeddings/inner.xlsx": inner.read_bytes()})


def _hostile_packages() -> Iterator[Case]:
    sheet = deflated(SHEET.format(rows='<row r="1"><c r="A1"><v>2</v></c></row>', tail="").encode())
    far = SHEET.format(rows='<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>', tail="")
    yield Case("sheet1.xml twice.xlsx", _raw((SHEET_PART, *sheet)), "E037")
    yield Case("sheet1.xml and SHEET1.XML.xlsx", _raw((SHEET_PART.upper(), *sheet)), "E037")
    yield Case("a part that leaves the package.xlsx", _raw(("../../a.xml", *sheet)), "E037")
    yield Case("a part at the root of the disk.xlsx", _raw(("/etc/a.xml", *sheet)), "E037")
    yield Case("parts that are encrypted.xlsx", _raw(flags=0x801), "E032")
    yield Case("a wrong checksum.xlsx", _raw((SHEET_PART, sheet[0], sheet[1], 1), without=SHEET_PART), "E033")
    yield Case("formulas into other workbooks.xlsx", _parts(**{"xl/externalLinks/a.xml": "<a/>"}), "E038")
    yield Case("a macro under another name.xlsx", _parts(**{"xl/vbaProject.bin": b"\0"}), "E039")
    yield Case("a macro under its own name.xlsm", _parts(**{"xl/vbaProject.bin": b"\0"}), [[1.0]])
    yield Case("no workbook in it.xlsx", _raw(without="xl/workbook.xml"), "E033")
    yield Case("no sheet in it.xlsx", _raw(without=SHEET_PART), "E033")
    yield Case("no relations in it.xlsx", _raw(without="xl/_rels/workbook.xml.rels"), "E033")
    yield Case("a document of a writer.xlsx", lambda path: raw_zip(path, [("word/a.xml", *sheet)]), "E033")
    yield Case("a binary workbook.xlsb", lambda path: raw_zip(path, [("xl/workbook.bin", *sheet)]), "E033")
    yield Case(
        "a sheet that does not end.xlsx", _parts(sheet=SHEET.format(rows=ONE_ROW, tail="")[:-9]), "E033"
    )
    yield Case("a sheet in UTF-16.xlsx", _parts(sheet=far.encode("utf-16")), "E035")
    yield Case(
        "a sheet in GB18030.xlsx", _parts(sheet=f'<?xml version="1.0" encoding="gb18030"?>{far}'), "E033"
    )
    yield Case("cells under a foreign prefix.xlsx", _parts(sheet=far.replace("row", "y:row")), "E033")
    hidden = SHEET.format(rows='<!-- <row r="1"> -->' + ONE_ROW, tail="")
    yield Case("rows in a comment.xlsx", _parts(sheet=hidden), [[1.0]])
    yield Case("a gap of three megabytes.xlsx", _parts(sheet=hidden.replace("row", " " * (3 << 20))), "E037")


def _far_cells() -> Iterator[Case]:
    def far(address: str, content: str = "<v>1</v>") -> str:
        number = "".join(filter(str.isdigit, address))
        return f'{ONE_ROW}<row r="{number}"><c r="{address}">{content}</c></row>'

    yield Case("one cell at the far corner.xlsx", _rows(far("XFD1048576")), "E035")
    yield Case("one cell in the last row.xlsx", _rows(far("A1048576")), "E035")
    yield Case("one cell in the last column.xlsx", _rows(far("XFD2")), "E035")
    yield Case("one cell behind the far corner.xlsx", _rows(far("ZZZZ99999999")), "E035")
    yield Case("one cell far enough to be alone.xlsx", _rows(far("GR299999")), "E040")
    yield Case("a formula at the far corner.xlsx", _rows(far("XFD1048576", "<f>1</f>")), "E035")
    yield Case(
        "rows from the bottom up.xlsx", _rows(far("A3") + '<row r="2"><c r="A2"><v>1</v></c></row>'), "E033"
    )
    yield Case(
        "two cells of one address.xlsx", _rows(ONE_ROW.replace("</c>", "</c>" + ONE_ROW[13:-6])), "E033"
    )
    yield Case(
        "a cell in another row than its own.xlsx", _rows('<row r="1"><c r="A9"><v>1</v></c></row>'), "E033"
    )
    blank = "".join(f'<row r="{row}" s="1" customFormat="1"/>' for row in range(2, 1_048_577))
    yield Case("a million rows with a look.xlsx", _rows(ONE_ROW + blank), [[1.0]])
    blank = "".join(
        f'<row r="{row}">'
        + "".join(f'<c r="{column}{row}" s="1"/>' for column in ("A", "B", "XFD"))
        + "</row>"
        for row in range(2, 100_000)
    )
    yield Case("cells with a look to the last column.xlsx", _rows(ONE_ROW + blank), [[1.0]])
    rows = "".join(f'<row r="{row}"><c r="A{row}"><v>1</v></c></row>' for row in range(1, 300_022))
    yield Case("a row more than there may be.xlsx", _rows(rows), "E035")
    spoilt = "".join(f'<row r="{row}"><c r="A{row}" t="e"><v>#N/A</v></c></row>' for row in range(1, 100_002))
    yield Case("nothing but errors.xlsx", _rows(spoilt), "E041")


_HIDDEN_SHEET = WORKBOOK.replace(
    "<sheet ", '<sheet name="隐" sheetId="2" state="hidden" r:id="rId1"/><sheet '
)


def _sloppy_sheets() -> Iterator[Case]:
    lied = SHEET.format(rows=ONE_ROW + ONE_ROW.replace("1", "2"), tail="").replace(
        "<sheetData>", '<dimension ref="A1"/><sheetData>'
    )
    yield Case("a wrong dimension, as WPS writes it.xlsx", _parts(sheet=lied), [[1.0], [2.0]])
    edition = {"xl/workbook.xml": strict(WORKBOOK), SHEET_PART: strict(SHEET.format(rows=ONE_ROW, tail=""))}
    yield Case("the strict edition.xlsx", _parts(**edition), [[1.0]])
    prefixed = SHEET.format(rows=ONE_ROW, tail="").replace("<", "<x:").replace("<x:/", "</x:")
    yield Case("a prefix.xlsx", _parts(sheet=prefixed.replace("xmlns=", "xmlns:x=")), [[1.0]])
    yield Case("a hidden sheet in front.xlsx", _parts(**{"xl/workbook.xml": _HIDDEN_SHEET}), [[1.0]])
    only = WORKBOOK.replace("<sheet ", '<sheet state="veryHidden" ')
    yield Case("nothing but a hidden sheet.xlsx", _parts(**{"xl/workbook.xml": only}), "E034")
    yield Case("nothing in it.xlsx", _rows(""), "E034")
    yield Case(
        "cells without addresses.xlsx",
        _rows("<row><c><v>1</v></c><c/><c><v>3</v></c></row>"),
        [[1.0, "", 3.0]],
    )
    yield Case("quoted the other way.xlsx", _rows(ONE_ROW.replace('"', "'")), [[1.0]])
    merged = '<mergeCells count="1"><mergeCell ref="A1:B1"/></mergeCells>'
    rows = ONE_ROW + '<row r="2"><c r="B2"><v>1</v></c></row>'
    cells: Rows = [[1.0, Spoilt("E027")], ["", 1.0]]
    yield Case("merged cells.xlsx", _rows(rows, tail=merged), cells)
    yield Case("a drawing, a chart, a note.xlsx", _parts(**{"xl/charts/chart1.xml": "<c/>"}), [[1.0]])


_DATES = (
    '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts>'
    '<numFmt numFmtId="164" formatCode="yyyy&quot;年&quot;m&quot;月&quot;;@"/>'
    '<numFmt numFmtId="165" formatCode="[$-804]yyyy/m/d"/>'
    '<numFmt numFmtId="166" formatCode="0&quot;day&quot;"/>'
    "</numFmts><cellXfs>{}</cellXfs></styleSheet>"
)


def _cell(content: str, type_: str = "n") -> str:
    return f'<row r="1"><c r="A1" t="{type_}">{content}</c></row>'


def _cells() -> Iterator[Case]:
    looks = [0, 14, 22, 31, 57, 164, 165, 166]
    styles = _DATES.format("".join(f'<xf numFmtId="{look}"/>' for look in looks))
    row = "".join(f'<c r="{"ABCDEFGH"[at]}1" s="{at}"><v>45473.5</v></c>' for at in range(8))
    moment = datetime.fromisoformat("2024-06-30 12:00")
    sheet = SHEET.format(rows=f'<row r="1">{row}</row>', tail="")
    dates: Rows = [[45473.5, *[moment] * 6, 45473.5]]
    yield Case("dates of every look.xlsx", _parts(sheet=sheet, styles=styles), dates)
    from_1904 = WORKBOOK.replace("<sheets>", '<workbookPr date1904="1"/><sheets>')
    sheet = sheet.replace("45473.5", "44011")
    known: Rows = [[44011.0, *[date(2024, 6, 30)] * 6, 44011.0]]
    parts = {"xl/workbook.xml": from_1904, SHEET_PART: sheet, "xl/styles.xml": styles}
    yield Case("days counted from 1904.xlsx", _parts(**parts), known)
    early = SHEET.format(
        rows='<row r="1"><c r="A1" s="1"><v>59</v></c><c r="B1" s="1"><v>0.25</v></c></row>', tail=""
    )
    yield Case("days before the 29th that never was.xlsx", _parts(sheet=early, styles=styles),
               [[date(1900, 2, 28), time(6)]])  # fmt: skip
    yield Case(
        "an ID held as a number.xlsx", _rows(_cell("<v>4.10101199203013e17</v>")), [[4.10101199203013e17]]
    )
    yield Case("a formula without a result.xlsx", _rows(_cell("<f>1+1</f>")), [[Spoilt("E025")]])
    yield Case("a formula with one.xlsx", _rows(_cell("<f>1+1</f><v>2</v>")), [[2.0]])
    yield Case("a formula that gives a text.xlsx", _rows(_cell("<f>T(A2)</f><v>甲</v>", "str")), [["甲"]])
    for error in ("#N/A", "#REF!", "#DIV/0!", "#NAME?"):
        name = error.strip("#!?").replace("/", "")
        yield Case(f"the error {name}.xlsx", _rows(_cell(f"<v>{error}</v>", "e")), [[Spoilt("E019", error)]])
    yield Case("yes and no.xlsx", _rows(_cell("<v>1</v>", "b")), [[True]])
    yield Case("a number that is none.xlsx", _rows(_cell("<v>1_000</v>")), [[Spoilt("E045", "")]])
    yield Case(
        "a shared string that is not there.xlsx", _rows(_cell("<v>7</v>", "s")), [[Spoilt("E045", "")]]
    )
    for name, held, type_ in (
        ("two values", "<v>甲</v><f>1</f><v>乙</v>", "str"),
        ("two contents", "<is><t>甲</t></is><is><t>乙</t></is>", "inlineStr"),
        ("two texts", "<is><t>甲</t><t>乙</t></is>", "inlineStr"),
        ("two texts in a run", "<is><r><t>甲</t><t>乙</t></r></is>", "inlineStr"),
    ):
        yield Case(f"a cell with {name}.xlsx", _rows(_cell(held, type_)), [[Spoilt("E045", "")]])
    runs = "<is><t>甲</t><r><t>乙</t></r><r><t>丙</t></r></is>"
    yield Case("a text and runs.xlsx", _rows(_cell(runs, "inlineStr")), [["甲乙丙"]])
    rich = '<r><t>甲</t></r><r><t xml:space="preserve"> 乙</t></r><rPh sb="0" eb="1"><t>jia</t></rPh>'
    rich = f"<sst><si>{rich}</si></sst>"
    shared = SHEET.format(rows=_cell("<v>0</v>", "s"), tail="")
    yield Case("a string in pieces.xlsx", _parts(strings=rich, sheet=shared), [["甲 乙"]])
    for name, written, read in (
        ("a text like a formula", "=cmd|'/c calc'!A1", "=cmd|'/c calc'!A1"),
        ("a text that begins with @", "@SUM(1)", "@SUM(1)"),
        ("an escaped character", "a_x0001_b_x005F_x0041_", "a\x01b_x0041_"),
        ("half a character", "_xD83D_a", "\ufffda"),
        ("two halves of one", "_xD83D__xDE00_", "😀"),
        ("a longer text than Excel takes", "字" * 40_000, "字" * 40_000),
        ("a person named NA", "NA", "NA"),
        ("a person named null", "null", "null"),
        ("entities", "&lt;&amp;&#x7532;&quot;", '<&甲"'),
    ):
        yield Case(f"{name}.xlsx", _rows(_cell(f"<is><t>{written}</t></is>", "inlineStr")), [[read]])
    for name, character in (
        ("a control character", "\x01"),
        ("the character U+FFFE", "\ufffe"),
        ("half UTF-8", b"\xe7"),
    ):
        content = character if isinstance(character, bytes) else character.encode()
        sheet_bytes = SHEET.format(rows=_cell("<v>@</v>", "str"), tail="").encode().replace(b"@", content)
        yield Case(f"{name}.xlsx", _parts(sheet=sheet_bytes), "E033")


def _no_workbooks() -> Iterator[Case]:
    def cut(path: Path) -> None:
        path.write_bytes(typed(path, ("S", [["甲"]])).read_bytes()[:-300])

    compound = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    yield Case("a page.xls", _bytes(b"<html><table><tr><td>1</td></tr></table></html>"), "E031")
    yield Case("a page in UTF-16.xls", _bytes("<html><table>".encode("utf-16")), "E031")
    yield Case(
        "a page sent by mail.xls", _bytes(b"MIME-Version: 1.0\r\nContent-Type: multipart/related"), "E031"
    )
    yield Case("a workbook as one XML.xls", _bytes(b'<?xml version="1.0"?><Workbook>'), "E033")
    locked = compound + bytes(2000) + "EncryptedPackage".encode("utf-16-le")
    yield Case("a password.xlsx", _bytes(locked), "E032")
    yield Case("cut off.xlsx", cut, "E033")
    yield Case("no bytes.xlsx", _bytes(b""), "E033")
    yield Case("paper.xlsx", _bytes(b"%PDF-1.7\n"), "E033")
    yield Case("a picture.xlsx", _bytes(b"\x89PNG\r\n\x1a\n\0\0"), "E033")
    yield Case("zeros.xls", _bytes(bytes(5000)), "E033")
    yield Case("a workbook named .csv", lambda path: typed(path, ("S", [["甲"]])), [["甲"]])
    yield Case("a text named .xlsx", _bytes("甲,乙\n".encode()), [["甲", "乙"]])


def _texts() -> Iterator[Case]:
    table, cells = "姓名,号码\n张三,0100\n", [["姓名", "号码"], ["张三", "0100"]]
    for encoding in ("utf-8", "utf-8-sig", "gb18030", "utf-16"):
        yield Case(f"{encoding}.csv", _bytes(table.encode(encoding)), cells)  # type: ignore[arg-type]
    yield Case("no encoding.csv", _bytes(b"\xff\xff\xff,\xff"), "E036")
    yield Case("an open quotation mark.csv", _bytes(b'a,b\n1,"2\n3,4\n'), "E046")
    yield Case("kept from computing.csv", _bytes(b'="0100",\'=1+1\n'), [["0100", "=1+1"]])
    yield Case("a million marks.csv", _bytes(b'"' * 1_000_001), "E046")
    yield Case("one line of ten megabytes.csv", _bytes(b"a" * (10 << 20)), "E046")
    yield Case("a million columns.csv", _bytes(b"a," * 1_000_000), "E035")
    yield Case("a million rows.csv", _bytes(b"a,b\n" * 1_000_000), "E035")


def _xls() -> Iterator[Case]:
    rows: Sequence[Sequence[Any]] = [
        ["姓名", "日期", "错"],
        ["张三", (45473,), b"#N/A"],
        [None, 1.5, True],
        ["NA", "=cmd|", 0],
    ]
    read: Rows = [
        ["姓名", "日期", "错"],
        ["张三", date(2024, 6, 30), Spoilt("E019", "#N/A")],
        ["", 1.5, True],
        ["NA", "=cmd|", 0.0],
    ]
    yield Case("cells of every kind.xls", lambda path: xls(path, rows), read)
    yield Case(
        "days from 1904.xls", lambda path: xls(path, [[(44011,)]], from_1904=True), [[date(2024, 6, 30)]]
    )
    yield Case("a hidden sheet in front.xls", lambda path: xls(path, [["甲"]], hidden=True), [["甲"]])
    yield Case("a password.xls", lambda path: xls(path, [["甲"]], locked=True), "E032")
    yield Case("nothing in it.xls", lambda path: xls(path, []), "E034")
    yield Case("too many columns.xls", lambda path: xls(path, [["甲"] * 201]), "E035")
    yield Case("cut off.xls", lambda path: path.write_bytes(xls(path, rows).read_bytes()[:700]), "E033")
    yield Case("a chain without end.xls", _endless, "E033")


def _endless(path: Path) -> None:
    content = bytearray(xls(path, [["甲"]]).read_bytes())
    content[-512 : -512 + 32] = bytes(32)  # each sector of the stream says that the first one follows
    path.write_bytes(content)


_ODS_CELL = '<table:table-cell office:value-type="string"{}><text:p>甲</text:p></table:table-cell>'


def _ods() -> Iterator[Case]:
    def rows(cells: str, attributes: str = "") -> Callable[[Path], object]:
        return lambda path: ods(path, f"<table:table-row{attributes}>{cells}</table:table-row>")

    cell = _ODS_CELL.format("")
    many = ' table:number-rows-repeated="1000000000"'
    wide = ' table:number-columns-repeated="16384"'
    yield Case("good.ods", rows(cell), [["甲"]])
    yield Case("a row a thousand million times.ods", rows(cell, many), "E035")
    yield Case("a cell in every column.ods", rows(_ODS_CELL.format(wide)), "E035")
    yield Case("blank to the end.ods", rows(f"{cell}<table:table-cell{wide}/>"), [["甲"]])
    error = _ODS_CELL.format(' calcext:value-type="error"').replace("甲", "#N/A")
    yield Case("an error.ods", rows(cell + error), [["甲", Spoilt("E019", "#N/A")]])
    covered = cell + "<table:covered-table-cell/>" + cell
    yield Case("merged cells.ods", rows(covered), [["甲", Spoilt("E027"), "甲"]])
    spaces = cell.replace("甲", '<text:s text:c="999999999"/>')
    yield Case("a thousand million blanks.ods", rows(spaces), "E037")
    yield Case(
        "a declaration.ods",
        lambda path: raw_zip(path, [("content.xml", *deflated(b"<!DOCTYPE x><x/>"))]),
        "E037",
    )
    yield Case("a comment.ods", rows(f"<!-- {cell} -->{cell}"), [["甲"]])


def _tables() -> Iterator[Case]:
    head = ["报名号", "姓名", "笔试", "技能"]
    good = ["A-1", "张三", "85.5", 90]
    values = [{"application_no": "A-1", "name": "张三", "written": 8550, "skill": 9000}]

    def book(*rows: Sequence[Any]) -> Callable[[Path], object]:
        return lambda path: typed(path, ("成绩", rows))

    def score(
        name: str, *rows: Sequence[Any], sheet: Sequence[str] = (), faults: Mapping[int, tuple[str, ...]] = {}
    ) -> Case:
        found = Flagged(workbook_kinds.SCORE, tuple(sheet), faults, values if not faults else None)
        return Case(f"{name}.xlsx", book(*rows), found)

    yield score("titles above", ["二〇二六年成绩"], [], head, good)
    yield score("two header rows", ["报名号", "姓名", "成绩", None], [None, None, "笔试", "技能"], good)
    yield score("a row of totals", head, good, ["合计", None, 85.5, 90], sheet=["E026"])
    yield score("the header again", head, good, head)
    yield score("a column nobody knows", [*head, "星座"], [*good, "狮子"], sheet=["E022"])
    yield score("stars and spaces in headings", ["报 名 号*", "姓\n名", "笔试 ", "技能"], good)
    yield score("full width digits", head, ["Ａ-１", "张　三\u200b".replace("　", ""), "８５.５", 90])
    yield score("a mark that is none", head, ["A-1", "张三", "优", 101], faults={2: ("E017", "E017")})
    yield score("an error in a mark", head, ["A-1", "张三", "#N/A", 90], faults={2: ("E019",)})
    yield Case(
        "a heading twice.xlsx", book([*head, "笔试"], [*good, 1]), Flagged(workbook_kinds.SCORE, ("E020",))
    )
    yield Case("a heading missing.xlsx", book(head[1:], good[1:]), Flagged(workbook_kinds.SCORE, ("E021",)))
    yield Case("no header.xlsx", book(good, good), Flagged(workbook_kinds.SCORE, ("E030",)))
    yield Case("rows filtered away.xlsx", _filtered, Flagged(workbook_kinds.SCORE, ("E028",)))
    yield Case("dates as people write them.xlsx", _written_dates, _days())
    ids: list[list[Any]] = [["证件号码", "单位名称", "起始"], [410101199203010000, "甲医院", "2024-06-30"]]
    yield Case("an ID number typed as a number.xlsx", lambda path: typed(path, ("工作经历", ids)),
               Flagged(workbook_kinds.WORK, rows={2: ("E013",)}))  # fmt: skip


def _filtered(path: Path) -> None:
    rows = [["报名号", "笔试"], ["A-1", "85.5"]]
    line = '<row r="{}"{}>{}</row>'
    cells = '<c r="{}" t="inlineStr"><is><t>{}</t></is></c>'
    xml = ""
    for number, row in enumerate(rows, 1):
        content = "".join(cells.format(f"{'AB'[at]}{number}", word) for at, word in enumerate(row))
        xml += line.format(number, ' hidden="1"' if number == 2 else "", content)
    package(path, xml)


_WRITTEN = ("2024-06-30", "2024/6/30", "2024.6.30", "20240630", "2024年6月30日", date(2024, 6, 30), 45473)


def _written_dates(path: Path) -> None:
    rows = [["410101199203010000", "甲医院", day] for day in _WRITTEN]
    months = [["410101199203010000", "甲医院", month] for month in ("2024.6", "202406", "2024年6月")]
    typed(path, ("工作经历", [["证件号码", "单位名称", "起始"], *rows, *months]))


def _days() -> Flagged:
    days = [date(2024, 6, 30)] * len(_WRITTEN) + [Month(2024, 6, 1)] * 3
    about = {"id_number": "410101199203010000", "employer_name": "甲医院"}
    return Flagged(workbook_kinds.WORK, values=[{**about, "from_date": day} for day in days])
