"""Formulas without a result: a problem of the cell in .xls and in .xlsx, on every path of the reader."""

import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.sheets.xls_books import xls
from zhupei_cli.sheets.kinds.cells import Spoilt
from zhupei_cli.sheets.reading.book import read_book

WAITING = Spoilt("E025")


def test_a_formula_of_xls_that_nobody_computed(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["姓名", "笔试"],
        ["王一", ("=", 80.0)],
        ["王二", ("=", None)],
        ["王三", ("=", 0.0)],
    ]
    for hidden in (False, True):
        (sheet,) = read_book(xls(tmp_path / "a.xls", rows, hidden=hidden)).sheets
        assert [row[1] for row in sheet.rows[1:]] == [80.0, WAITING, 0.0]


@pytest.mark.parametrize("count", [1, 3_000])
def test_a_text_formula_of_xlsx_that_nobody_computed(tmp_path: Path, count: int) -> None:
    plain = '<row r="{0}"><c r="A{0}" t="str"><f>B1</f><v>甲</v></c><c r="B{0}"><v>1</v></c></row>'
    waits = '<row r="{0}"><c r="A{0}" t="str"><f>B1</f></c><c r="B{0}"><v>1</v></c></row>'
    blank = '<row r="{0}"><c r="A{0}" t="str"><f>B1</f><v></v></c><c r="B{0}"><v>1</v></c></row>'
    body = "".join(plain.format(at) for at in range(1, count + 1))
    body += waits.format(count + 1) + blank.format(count + 2)
    path = _xlsx(tmp_path / "a.xlsx", body)
    (sheet,) = read_book(path).sheets
    assert [row[0] for row in sheet.rows] == ["甲"] * count + [WAITING, ""]


def _xlsx(path: Path, body: str) -> Path:
    space = "http://schemas.openxmlformats.org"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{space}/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Override PartName="/xl/workbook.xml" ContentType='
        '"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
        '<Override PartName="/xl/worksheets/sheet1.xml" ContentType='
        '"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{space}/package/2006/relationships"><Relationship Id="rId1" '
        f'Type="{space}/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/>'
        "</Relationships>",
        "xl/workbook.xml": f'<workbook xmlns="{space}/spreadsheetml/2006/main" '
        f'xmlns:r="{space}/officeDocument/2006/relationships"><sheets>'
        '<sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{space}/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{space}/officeDocument/2006/relationships/worksheet" '
        'Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{space}/spreadsheetml/2006/main"><sheetData>{body}'
        "</sheetData></worksheet>",
    }
    with zipfile.ZipFile(path, "w") as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return path
