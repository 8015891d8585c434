"""Hostile and broken files: each refused with its own code, none of them opened by the reader."""

import random
import zipfile
from pathlib import Path

import pytest

from tests.sheets.books import ONE_ROW, SHEET, SHEET_PART, ods, package, typed
from zhupei_cli.errors import ZhupeiError
from zhupei_cli.sheets import package as packages
from zhupei_cli.sheets import scan
from zhupei_cli.sheets.read import read_book


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
        (b" \r\n", "E033"),
        (b"<html><body><table>", "E031"),
        (b"\xef\xbb\xbf\r\n<!DOCTYPE html>", "E031"),
        ("<html>".encode("utf-16"), "E031"),
        (b"MIME-Version: 1.0\r\nContent-Type: multipart/related", "E031"),
        (b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">', "E033"),
        (b"%PDF-1.7\n", "E033"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "E033"),
        (b"a,b\0c", "E033"),
        (b"PK\x03\x04 and nothing more", "E033"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000), "E033"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000) + "EncryptedPackage".encode("utf-16-le"), "E032"),
        (b"\xff\xff\xff,\xff", "E036"),
        (b",,\n,,\n", "E034"),
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


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>', "E035"),
        ('<row r="2"><c r="XFD2" t="inlineStr"><is><t>x</t></is></c></row>', "E035"),
        ('<row r="1048576"><c r="a1048576"><v>1</v></c></row>', "E035"),
        ("<row r='1048576'><c r='A1048576'><v>1</v></c></row>", "E035"),
        ('<row r="1048576"><c><v>1</v></c></row>', "E035"),
        ('<row r="1048576"><c\tr = "A1048576"><v>1</v></c></row>', "E035"),
        ("<row>" + "<c><v>1</v></c>" * 201 + "</row>", "E035"),
        ('<row r="300021"><c r="A300021"><v>1</v></c></row>', "E035"),
        ('<row r="300000"><c r="GR300000"><v>1</v></c></row>', "E040"),
        ('<row r="2"><c r="A2" x=">" y="XFD1048576"><v>1</v></c><c><v>1</v></c></row>', "E037"),
        ("x" * (2 << 20), "E037"),
    ],
)
def test_cells_far_away(tmp_path: Path, rows: str, code: str) -> None:
    assert _refused(package(tmp_path / "a.xlsx", ONE_ROW + rows)) == code


def test_a_far_cell_in_a_sheet_found_by_another_spelling(tmp_path: Path) -> None:
    far = SHEET.format(rows='<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>', tail="")
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship '
        'Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" '
        'Target="{}"/></Relationships>'
    )
    for number, target in enumerate(("Other/Sheet.XML", "/xl/OTHER/sheet.xml", "./other/sheet.xml")):
        parts = {"xl/_rels/workbook.xml.rels": relations.format(target), "xl/other/sheet.xml": far}
        assert _refused(package(tmp_path / f"{number}.xlsx", parts=parts)) == "E035"


def test_the_rows_a_sheet_may_have(tmp_path: Path) -> None:
    path = typed(tmp_path / "a.xlsx", ("一", [[number] for number in range(31)]))
    assert len(read_book(path, max_rows=11).sheets[0].rows) == 31
    assert _refused(path, max_rows=10) == "E035"
    (tmp_path / "a.csv").write_text("1\n" * 31)
    assert _refused(tmp_path / "a.csv", max_rows=10) == "E035"
    (tmp_path / "b.csv").write_text("," * 200)
    assert _refused(tmp_path / "b.csv") == "E035"


def test_too_many_cells_without_a_value(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan, "MAX_SPOILT", 2)
    formulas = '<row r="1"><c r="A1"><f>1</f></c><c r="B1"><f>1</f></c><c r="C1"><f>1</f></c></row>'
    assert _refused(package(tmp_path / "a.xlsx", formulas)) == "E041"


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ({SHEET_PART: '<!DOCTYPE x [<!ENTITY a "b">]>' + SHEET.format(rows=ONE_ROW, tail="")}, "E037"),
        ({"xl/sharedStrings.xml": "<!DOCTYPE x><sst/>"}, "E037"),
        ({"docProps/core.xml": '<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>'}, "E037"),
        ({"xl/sharedStrings.xml": "<sst><si><t>" + "a" * (3 << 20)}, "E037"),
        ({"xl/media/a.bin": bytes(64 << 20)}, "E037"),
        ({"xl/../../a.xml": "<a/>"}, "E037"),
        ({"/a.xml": "<a/>"}, "E037"),
        ({"XL/WORKSHEETS/SHEET1.XML": "<a/>"}, "E037"),
        ({f"xl/media/{number}.png": b"" for number in range(packages.MAX_PARTS)}, "E037"),
        ({"xl/externalLinks/externalLink1.xml": "<externalLink/>"}, "E038"),
        ({"xl/vbaProject.bin": b"\0"}, "E039"),
        ({SHEET_PART: SHEET.format(rows=ONE_ROW, tail="").encode("utf-16")}, "E033"),
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
        ("", "E034"),
    ],
)
def test_ods_that_unfolds(tmp_path: Path, rows: str, code: str) -> None:
    assert _refused(ods(tmp_path / "a.ods", rows)) == code


def _mutated(chance: random.Random, content: bytes) -> bytes:
    mutant = bytearray(content)
    for _ in range(chance.randrange(1, 5)):
        at, other = chance.randrange(len(mutant)), chance.randrange(len(mutant))
        match chance.randrange(4):
            case 0:
                mutant[at] = chance.choice(b"0123456789<>/\"'=ARZ&; ")
            case 1:
                del mutant[at : at + chance.randrange(1, 20)]
            case 2:
                mutant[at:at] = mutant[other : other + chance.randrange(1, 60)]
            case _:
                mutant[at:at] = str(chance.choice([0, 1, 99, 1_048_576, 4_294_967_295, -1])).encode()
    return bytes(mutant)


@pytest.mark.parametrize("suffix", ["xlsx", "ods"])
@pytest.mark.parametrize("seed", range(3))
def test_damaged_files_are_read_or_refused(tmp_path: Path, seed: int, suffix: str) -> None:
    """A hundred mutants of a good workbook each: never another error than ours."""
    chance = random.Random(seed)
    rows = [[f"姓名{row}", 1.5, "=1/0", None, "2024-06-30"] for row in range(20)]
    good = tmp_path / f"a.{suffix}"
    if suffix == "xlsx":
        typed(good, ("一", rows), formulas=True)
    else:
        ods(good, _ODS_ROW.format(_CELL * 3) * 20)
    with zipfile.ZipFile(good) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    path = tmp_path / f"b.{suffix}"
    for _ in range(100):
        part = chance.choice([name for name in parts if name.endswith((".xml", ".rels"))])
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in parts.items():
                archive.writestr(name, _mutated(chance, content) if name == part else content)
        try:
            assert read_book(path).sheets
        except ZhupeiError as error:
            assert error.exit_code == 3


def test_a_file_cut_anywhere(tmp_path: Path) -> None:
    good = typed(tmp_path / "a.xlsx", ("一", [["甲"]])).read_bytes()
    path = tmp_path / "b.xlsx"
    for length in range(4, len(good), 97):
        path.write_bytes(good[:length])
        assert _refused(path) == "E033"
