"""Hostile and broken files: each refused with its own code, none of them opened by the reader."""

import zipfile
from pathlib import Path

import pytest

from tests.sheets.books import ONE_ROW, SHEET, SHEET_PART, WORKBOOK, ods, package, typed
from zhupei_cli.sheets.reading import guard
from zhupei_cli.sheets.reading import package as packages
from zhupei_cli.sheets.reading.book import read_book
from zhupei_cli.words.errors import ZhupeiError

#: More than the first look at a part, which parses it.
NEAR = "".join(f'<row r="{row}"><c r="A{row}"><v>1</v></c></row>' for row in range(1, 300))
FAR = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
_SHEET = SHEET.format(rows=NEAR + FAR, tail="")


def _refused(path: Path, *, max_rows: int = 300_000) -> str:
    with pytest.raises(ZhupeiError) as caught:
        read_book(path, max_rows=max_rows)
    assert (caught.value.exit_code, path.name in caught.value.message) == (3, True)
    return caught.value.code


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ZhupeiError) as caught:
        read_book(tmp_path / "没有.xlsx")
    assert (caught.value.code, caught.value.exit_code) == ("E001", 4)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "E033"),
        (b" \r\n", "E034"),
        (b"\r\r\r", "E034"),
        (b"<html><body><table>", "E031"),
        (b"\xef\xbb\xbf\r\n<!DOCTYPE html>", "E031"),
        ("<html>".encode("utf-16"), "E031"),
        (b"MIME-Version: 1.0\r\nContent-Type: multipart/related", "E031"),
        (b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">', "E033"),
        (b'<?xml version="1.0"?><html><body>', "E031"),
        (b"%PDF-1.7\n", "E033"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "E033"),
        (b"a,b\0c", "E033"),
        (b"PK\x03\x04 and nothing more", "E033"),
        (bytes.fromhex("0900040002001000") + bytes(40), "E134"),  # Excel 2
        (bytes.fromhex("0904060000001000") + bytes(40), "E134"),  # Excel 4
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000), "E033"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000) + "EncryptedPackage".encode("utf-16-le"), "E032"),
        (b"\xff\xff\xff,\xff", "E036"),
        (b",,\n,,\n", "E034"),
        (b'a,b\n1,"2\n3,4\n', "E046"),
    ],
)
def test_what_is_no_workbook(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "名单.xls"
    path.write_bytes(content)
    assert _refused(path) == code


def test_an_empty_workbook(tmp_path: Path) -> None:
    assert _refused(typed(tmp_path / "a.xlsx", ("一", []), ("二", []))) == "E034"


def test_a_truncated_workbook(tmp_path: Path) -> None:
    path = typed(tmp_path / "a.xlsx", ("一", [["甲"]]))
    path.write_bytes(path.read_bytes()[:-200])
    assert _refused(path) == "E033"


@pytest.mark.parametrize("name", ["word/document.xml", "xl/workbook.bin"])
def test_a_package_that_is_no_workbook(tmp_path: Path, name: str) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        archive.writestr(name, "<w/>")
    assert _refused(tmp_path / "a.xlsx") == "E033"


def test_a_package_of_encrypted_parts(tmp_path: Path) -> None:
    path = package(tmp_path / "a.xlsx")
    content = bytearray(path.read_bytes())
    at = content.rfind(b"PK\x01\x02")
    content[at + 8] |= 1
    path.write_bytes(content)
    assert _refused(path) == "E032"


def test_a_part_said_to_be_longer_than_the_file(tmp_path: Path) -> None:
    path = package(tmp_path / "a.xlsx")
    for part in range(path.read_bytes().count(b"PK\x01\x02")):
        content = bytearray(path.read_bytes())
        at = -1
        for _ in range(part + 1):
            at = content.find(b"PK\x01\x02", at + 1)
        content[at + 23] = 0x26  # 637 million bytes of compressed content
        (tmp_path / "b.xlsx").write_bytes(content)
        assert _refused(tmp_path / "b.xlsx") == "E033"


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>', "E035"),
        ('<row r="300"><c r="XFD300" t="inlineStr"><is><t>x</t></is></c></row>', "E035"),
        ('<row r="1048576"><c r="a1048576"><v>1</v></c></row>', "E035"),
        ("<row r='1048576'><c r='A1048576'><v>1</v></c></row>", "E035"),
        ('<row r="1048576"><c><v>1</v></c></row>', "E035"),
        ('<row r="1048576"><c\tr = "A1048576"><v>1</v></c></row>', "E035"),
        ("<row>" + "<c><v>1</v></c>" * 201 + "</row>", "E035"),
        ('<row r="300021"><c r="A300021"><v>1</v></c></row>', "E035"),
        ('<row r="300000"><c r="GR300000"><v>1</v></c></row>', "E040"),
        ('<row r="300"><c r="A300" a="\'" b=\'>\' r="XFD1048576"><v>1</v></c></row>', "E033"),
        ('<row r="300"><c r="A300"\tr="XFD1048576"><v>1</v></c></row>', "E033"),
        ('<row r="300"><c r="A300"s="1"r="XFD1048576"><v>1</v></c></row>', "E033"),
        ('<row r="300"><c r="A300" r=\'XFD1048576\'><v>1</v></c></row>', "E033"),
        ('<row r="300"><c r="A300" r ="XFD1048576"><v>1</v></c></row>', "E033"),
        ('<row r="300"><c a-r="A300" r="XFD1048576"><v>1</v></c></row>', "E033"),
        ('<row r="300"><c y=" r=\'A1\'" r="XFD1048576"><v>1</v></c></row>', "E033"),
        ('<row r="300"><c r="ZZZZZZZZZZZ300"><v>1</v></c></row>', "E035"),
        ('<row r="300"><c r="A' + "9" * 5000 + '"><v>1</v></c></row>', "E037"),
        ('<row r="1048576"><!--<row r="1">--><c><v>1</v></c></row>', "E035"),
        ('<row r="1048576"><?a <row r="1">?><c><v>1</v></c></row>', "E035"),
        ('<row r="1048576"><![CDATA[<row r="1">]]><c><v>1</v></c></row>', "E035"),
        ("x" * (2 << 20), "E037"),
    ],
)
def test_cells_far_away(tmp_path: Path, rows: str, code: str) -> None:
    assert _refused(package(tmp_path / "a.xlsx", NEAR + rows)) == code


@pytest.mark.parametrize(
    ("xml", "code"),
    [
        (_SHEET.replace("<worksheet", f"<!--{'x' * 9000}--><worksheet"), "E035"),
        (_SHEET.replace("<", "<a.b-c:").replace("<a.b-c:/", "</a.b-c:").replace("ns=", "ns:a.b-c="), "E035"),
        (
            _SHEET.replace("<row", "<x:row").replace("</row", "</x:row").replace("ns=", "ns:x=''  xmlns="),
            "E033",
        ),
        (_SHEET.replace("<v", "<x:v").replace("</v", "</x:v"), "E033"),
        (f"<sheets>{_SHEET}</sheets>", "E033"),
        (f'<?xml version="1.0" encoding="gb18030"?>{_SHEET}', "E033"),
    ],
)
def test_a_far_cell_in_xml_of_another_kind(tmp_path: Path, xml: str, code: str) -> None:
    assert _refused(package(tmp_path / "a.xlsx", parts={SHEET_PART: xml})) == code


def test_a_far_cell_in_a_sheet_found_by_another_spelling(tmp_path: Path) -> None:
    far = SHEET.format(rows=FAR, tail="")
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship '
        'Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" '
        'Target="{}"/></Relationships>'
    )
    targets = ("Other/Sheet.DAT", "/xl/OTHER/sheet.dat", "./other/sheet.dat", "xl/other/sheet.dat")
    for number, target in enumerate(targets):
        parts = {"xl/_rels/workbook.xml.rels": relations.format(target), "xl/other/sheet.dat": far}
        assert _refused(package(tmp_path / f"{number}.xlsx", parts=parts)) == "E035"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (' xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"', ""),
        ("r:id=", 'xmlns:q="q" q:id="rId9" r:id='),
    ],
)
def test_a_far_cell_in_a_sheet_named_in_another_way(tmp_path: Path, old: str, new: str) -> None:
    assert (
        _refused(package(tmp_path / "a.xlsx", FAR, parts={"xl/workbook.xml": WORKBOOK.replace(old, new)}))
        == "E035"
    )


@pytest.mark.parametrize("place", ["", "<a>{}</a>"])
def test_a_relation_twice(tmp_path: Path, place: str) -> None:
    path = package(tmp_path / "a.xlsx")
    with zipfile.ZipFile(path) as archive:
        part = "xl/_rels/workbook.xml.rels"
        relations = archive.read(part).decode()
    again = relations[relations.index("<Relationship ") : relations.index("</Rel")]
    twice = relations.replace("</Rel", (place or "{}").format(again) + "</Rel")
    assert _refused(package(path, parts={part: twice})) == "E033"


def test_a_file_too_large_to_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "_LARGEST", 9)
    (tmp_path / "a.csv").write_text("a,b\n1,2\n3,4\n")
    with pytest.raises(ZhupeiError) as caught:
        guard.package_form(tmp_path / "a.csv")
    assert caught.value.code == "E037"


def test_the_rows_a_sheet_may_have(tmp_path: Path) -> None:
    path = typed(tmp_path / "a.xlsx", ("一", [[number] for number in range(31)]))
    assert len(read_book(path, max_rows=11).sheets[0].rows) == 31
    assert _refused(path, max_rows=10) == "E035"
    (tmp_path / "a.csv").write_text("1\n" * 31)
    assert _refused(tmp_path / "a.csv", max_rows=10) == "E035"
    (tmp_path / "b.csv").write_text("a," * 200 + "b")
    assert _refused(tmp_path / "b.csv") == "E035"


def test_too_many_cells_without_a_value(tmp_path: Path) -> None:
    formulas = "".join(f'<row r="{row}"><c r="A{row}"><f>1</f></c></row>' for row in range(1, 100_002))
    assert _refused(package(tmp_path / "a.xlsx", formulas)) == "E041"


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ({SHEET_PART: '<!DOCTYPE x [<!ENTITY a "b">]>' + SHEET.format(rows=ONE_ROW, tail="")}, "E037"),
        ({"xl/sharedStrings.xml": "<!DOCTYPE x><sst/>"}, "E037"),
        ({"xl/workbook.xml": f"<!DOCTYPE x>{WORKBOOK}"}, "E037"),
        ({"xl/workbook.xml": f"<!DOCTYPE x>{WORKBOOK}".encode("utf-16")}, "E037"),
        ({"xl/sharedStrings.xml": "<sst><si><t>" + "a" * (3 << 20)}, "E037"),
        ({"xl/media/a.bin": bytes(64 << 20)}, "E037"),
        ({"xl/../../a.xml": "<a/>"}, "E037"),
        ({"/a.xml": "<a/>"}, "E037"),
        ({"XL/WORKSHEETS/SHEET1.XML": "<a/>"}, "E037"),
        ({f"xl/media/{number}.png": b"" for number in range(packages.MAX_PARTS)}, "E037"),
        ({"xl/externalLinks/externalLink1.xml": "<externalLink/>"}, "E038"),
        ({"xl/vbaProject.bin": b"\0"}, "E039"),
        ({SHEET_PART: f"<!DOCTYPE x>{SHEET.format(rows=ONE_ROW, tail='')}".encode("utf-16")}, "E037"),
        ({SHEET_PART: "nothing"}, "E033"),
        ({SHEET_PART: SHEET.format(rows=ONE_ROW, tail="")[:-30]}, "E033"),
        ({"xl/workbook.xml": "<workbook"}, "E033"),
        ({"xl/_rels/workbook.xml.rels": "<Relationships/>"}, "E033"),
    ],
)
def test_hostile_parts(tmp_path: Path, parts: dict[str, str | bytes], code: str) -> None:
    assert _refused(package(tmp_path / "a.xlsx", parts=parts)) == code


def test_a_part_twice(tmp_path: Path) -> None:
    path = package(tmp_path / "a.xlsx")
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr(SHEET_PART, SHEET.format(rows=ONE_ROW, tail=""))
    assert _refused(path) == "E037"


_CELL = '<table:table-cell office:value-type="string"><text:p>x</text:p></table:table-cell>'
_ODS_ROW = "<table:table-row>{}</table:table-row>"
_ROWS = 'table:number-rows-repeated = "+1048576">'
_COLUMNS = ' table:number-columns-repeated = "+00000000000016384" '


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        (_ODS_ROW.format(_CELL).replace("row>", 'row table:number-rows-repeated="1048576">', 1), "E035"),
        (_ODS_ROW.format(_CELL.replace(" ", ' table:number-columns-repeated="999999999" ', 1)), "E035"),
        (
            '<table:table-row table:number-rows-repeated="1048575"/>'
            + _ODS_ROW.format(f'<table:table-cell table:number-columns-repeated="16383"/>{_CELL}'),
            "E035",
        ),
        (
            f"<table:table-row x=\" table:number-rows-repeated='1'\" {_ROWS}{_CELL.replace(' ', _COLUMNS, 1)}"
            "</table:table-row>",
            "E035",
        ),
        ('<!--<table:table table:name="T">-->', "E034"),
        (_ODS_ROW.format(_CELL.replace("x<", 'x<text:s text:c="999999999"/><')), "E037"),
        ("", "E034"),
    ],
)
def test_ods_that_unfolds(tmp_path: Path, rows: str, code: str) -> None:
    assert _refused(ods(tmp_path / "a.ods", rows)) == code


def test_a_file_cut_anywhere(tmp_path: Path) -> None:
    good = typed(tmp_path / "a.xlsx", ("一", [["甲"]])).read_bytes()
    path = tmp_path / "b.xlsx"
    for length in range(4, len(good), 97):
        path.write_bytes(good[:length])
        assert _refused(path) == "E033"
