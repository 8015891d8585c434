"""Workbooks of every format as plain cells."""

import hashlib
import random
import subprocess
import zipfile
from collections.abc import Callable
from datetime import date, datetime, timedelta
from datetime import time as dtime
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from tests.sheets.books import SHEET, SHEET_PART, WORKBOOK, ods, package, strict, typed
from zhupei_cli.sheets.kinds.cells import Cell, Spoilt
from zhupei_cli.sheets.kinds.serials import Serial1904
from zhupei_cli.sheets.reading.book import Book, Sheet, read_book

_at = datetime.fromisoformat


def _cells(path: Path) -> list[list[Cell]]:
    (sheet,) = read_book(path).sheets
    return list(sheet.rows)


def test_a_book_whole(tmp_path: Path) -> None:
    path = typed(
        tmp_path / "名单.xlsx",
        (
            "一",
            [
                [],
                [None, "姓名", "日期"],
                [],
                [None, "张三", date(2024, 6, 30)],
                [None, 1, _at("2024-01-01 08:00")],
            ],
        ),
        ("空", []),
    )
    rows: list[list[Cell]] = [
        ["", "姓名", "日期"],
        ["", "", ""],
        ["", "张三", date(2024, 6, 30)],
        ["", 1.0, _at("2024-01-01 08:00")],
    ]
    assert read_book(path) == Book(
        "名单.xlsx", hashlib.sha256(path.read_bytes()).hexdigest(), (Sheet("一", 2, rows),)
    )


def test_hidden_sheets_and_rows_are_named(tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append([1])
    book.active.append([2])
    book.active.row_dimensions[2].hidden = True
    for name, state in (("甲", "hidden"), ("乙", "veryHidden")):
        book.create_sheet(name).append([1])
        book[name].sheet_state = state
    book.save(tmp_path / "a.xlsx")
    read = read_book(tmp_path / "a.xlsx")
    assert (read.hidden, [sheet.hidden for sheet in read.sheets]) == (("甲", "乙"), [frozenset({2})])


def _with_lines_through(path: Path) -> Path:
    """Write rows struck through as a whole (2), for the most part (3), in one cell (4), not at all (5)."""
    import openpyxl
    from openpyxl.styles import Font

    book = openpyxl.Workbook()
    sheet = book.active
    for row in (["报名号", "姓名", "笔试"], *([f"A-{number}", "张三", 80.5] for number in range(2, 6))):
        sheet.append(row)
    for name in ("A2", "B2", "C2", "A3", "B3", "B4"):
        sheet[name].font = Font(strike=True)
    sheet["D4"].font = Font(strike=True)  # a blank cell counts for nothing
    sheet["A5"].font = Font(strike=False, bold=True)
    book.save(path)
    return path


def test_rows_struck_through_are_named(tmp_path: Path) -> None:
    (sheet,) = read_book(_with_lines_through(tmp_path / "a.xlsx")).sheets
    assert (sheet.struck, sheet.rows[3]) == (frozenset({2, 3}), ["A-4", "张三", 80.5])


@pytest.mark.parametrize("suffix", ["xls", "ods"])
def test_rows_struck_through_are_named_in_other_forms(tmp_path: Path, suffix: str) -> None:
    if subprocess.call(["sh", "-c", "command -v soffice >/dev/null"]) != 0:
        pytest.skip("no LibreOffice here")
    source = _with_lines_through(tmp_path / "a.xlsx")
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = ["soffice", profile, "--headless", "--convert-to", suffix, "--outdir", str(tmp_path)]
    subprocess.run([*command, str(source)], check=True, capture_output=True, timeout=120)
    (sheet,) = read_book(tmp_path / f"a.{suffix}").sheets
    assert sheet.struck == frozenset({2, 3})


def test_cells_without_a_value_are_marked(tmp_path: Path) -> None:
    rows = (
        '<row r="1"><c r="A1"><v>1</v></c><c r="D1"><v>4</v></c></row>'
        '<row r="2"><c r="A2" t="e"><v>#DIV/0!</v></c><c r="B2"><f>1+1</f></c>'
        '<c r="C2" t="str"><f>""</f><v></v></c><c r="D2"><f>1+1</f><v>2</v></c></row>'
        '<row r="3"><c r="A3" t="e"><v>#N/A</v></c></row>'
    )
    assert _cells(package(tmp_path / "a.xlsx", rows)) == [
        [1.0, "", "", 4.0],
        [Spoilt("E019", "#DIV/0!"), Spoilt("E025"), "", 2.0],
        [Spoilt("E019", "#N/A"), "", "", ""],
    ]


def _spelled(rows: str, spelling: int) -> str:
    """Return rows as programs write cells (0), and in spellings that take a closer look."""
    return (rows, rows.replace('"', "'"), rows.replace("<c ", "<c\n"))[spelling]


@pytest.mark.parametrize("spelling", range(3))
def test_formulas_and_errors_in_every_cell(tmp_path: Path, spelling: int) -> None:
    cells = [
        ('<c r="{}"><v>1</v></c>', 1.0),
        ('<c r="{}" s="3"><f>A1&gt;2</f><v>2</v></c>', 2.0),
        ('<c r="{}" t="str"><f>T(1)</f><v>甲</v></c>', "甲"),
        ('<c r="{}" t="str"><f>T(1)</f></c>', Spoilt("E025")),
        ('<c r="{}" t="str"><f>T(1)</f><v></v></c>', ""),
        ('<c r="{}"><f t="shared" si="0"/><v>3</v></c>', 3.0),
        ('<c r="{}"><f t="shared" si="0"/></c>', Spoilt("E025")),
        ('<c r="{}"><f>1</f><v></v></c>', Spoilt("E025")),
        ('<c r="{}" s="1" t="e"><f>1/0</f><v>#DIV/0!</v></c>', Spoilt("E019", "#DIV/0!")),
        ('<c r="{}" t="inlineStr"><is><t>a t="e" b</t></is></c>', 'a t="e" b'),
        ('<c r="{}" s="1" t="e"/>', Spoilt("E019", "#N/A")),
        ('<c r="{}" s="1"/>', ""),
        ('<c r="{}"><v>9</v></c>', 9.0),
    ]
    rows = "".join(
        f'<row r="{row}">'
        + "".join(xml.format(f"{chr(65 + at)}{row}") for at, (xml, _) in enumerate(cells))
        + "</row>"
        for row in range(1, 200)
    )
    tail = "<conditionalFormatting sqref='A1'><cfRule><formula>1</formula></cfRule></conditionalFormatting>"
    read = _cells(package(tmp_path / "a.xlsx", _spelled(rows, spelling), tail=tail))
    text = "a t='e' b" if spelling == 1 else 'a t="e" b'
    assert read == [[text if at == 9 else word for at, (_, word) in enumerate(cells)]] * 199


def test_merged_cells_are_marked_but_for_the_first(tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    for row in (["a", "b", "c"], [1, 2, 3], [None, 5, None]):
        book.active.append(row)
    book.active.merge_cells("A2:A3")
    book.active.merge_cells("C1:C40")
    book.save(tmp_path / "a.xlsx")
    assert _cells(tmp_path / "a.xlsx") == [
        ["a", "b", "c"],
        [1.0, 2.0, Spoilt("E027")],
        [Spoilt("E027"), 5.0, Spoilt("E027")],
    ]


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="2"><c r="B2"><v>7</v></c></row>',
        "<row r='2'><c r='B2'><v>7</v></c></row>",
        '<row r = "2"><c s="1" r = "B2"><v>7</v></c></row>',
        "<row/><row><c/><c><v>7</v></c></row>",
        '<row r="2"><c r="B2" x=">" y="XFD1048576"><v>7</v></c></row>',
        '<row><c><v></v></c></row><row><c r="b2"><v>7</v></c></row>',
    ],
)
@pytest.mark.parametrize("prefixed", [False, True])
def test_xml_written_in_every_way(tmp_path: Path, rows: str, prefixed: bool) -> None:
    xml = SHEET.format(rows=rows, tail="")
    if prefixed:
        xml = xml.replace("<", "<x:").replace("<x:/", "</x:").replace("xmlns=", "xmlns:x=")
    path = package(tmp_path / "a.xlsx", parts={SHEET_PART: xml})
    (sheet,) = read_book(path).sheets
    assert (sheet.first_row, sheet.rows) == (2, [["", 7.0]])


def test_the_strict_edition_of_the_standard(tmp_path: Path) -> None:
    xml = SHEET.format(
        rows='<row r="1"><c r="A1"><v>1</v></c><c r="B1" t="e"><v>#REF!</v></c></row>', tail=""
    )
    parts = {"xl/workbook.xml": strict(WORKBOOK), SHEET_PART: strict(xml)}
    assert _cells(package(tmp_path / "a.xlsx", parts=parts)) == [[1.0, Spoilt("E019", "#REF!")]]


def test_blank_cells_with_a_look_to_the_end_of_the_sheet_are_blank(tmp_path: Path) -> None:
    blank = "".join(
        f'<row r="{row}" s="1" customFormat="1"><c r="A{row}" s="1"/><c r="XFD{row}" s="1"></c></row>'
        for row in (2, 1_048_575, 1_048_576)
    )
    path = package(tmp_path / "a.xlsx", f'<row r="1"><c r="A1"><v>1</v></c></row>{blank}')
    assert _cells(path) == [[1.0]]


def test_ods(tmp_path: Path) -> None:
    rows = (
        '<table:table-row><table:table-cell office:value-type="string"><text:p>甲</text:p></table:table-cell>'
        '<table:table-cell office:value-type="date" office:date-value="2024-06-30"/>'
        '<table:table-cell table:number-columns-repeated="16382"/></table:table-row>'
        '<table:table-row table:visibility="filter"><table:covered-table-cell/><table:table-cell '
        'office:value-type="string" calcext:value-type="error"><text:p>#N/A</text:p></table:table-cell>'
        "</table:table-row>"
        '<table:table-row table:number-rows-repeated="1048574">'
        '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    )
    (sheet,) = read_book(ods(tmp_path / "a.ods", rows)).sheets
    assert sheet == Sheet(
        "S", 1, [["甲", date(2024, 6, 30)], [Spoilt("E027"), Spoilt("E019", "#N/A")]], frozenset({2})
    )


@pytest.mark.parametrize(
    "encode",
    [
        lambda text: text.encode(),
        lambda text: text.encode("utf-8-sig"),
        lambda text: text.encode("gb18030"),
        lambda text: text.replace(",", "\t").encode("utf-16"),
        *(
            lambda text, code=code: text.encode(code)
            for code in ("utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be")
        ),
        lambda text: text.replace(",", ";").encode(),
        lambda text: text.replace("\n", "\r\n").encode(),
    ],
)
def test_csv_in_every_encoding(tmp_path: Path, encode: Callable[[str], bytes]) -> None:
    path = tmp_path / "名单.csv"
    path.write_bytes(encode('姓名,证件号码,备注\n"张\u2028三",="0100",\'410101\n\n李四,\'=1+1\n,,\n'))
    assert read_book(path).sheets == (
        Sheet(
            "名单",
            1,
            [
                ["姓名", "证件号码", "备注"],
                ["张\u2028三", "0100", "410101"],
                ["", "", ""],
                ["李四", "=1+1", ""],
            ],
        ),
    )


def test_a_tenth_month_that_excel_wrote_as_a_number_stays_one(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("2024.1,2024.10,2024.2,1024.1\n", "utf-8")
    assert _cells(path) == [[2024.1, "2024.10", "2024.2", "1024.1"]]


def test_the_name_of_a_file_may_lie(tmp_path: Path) -> None:
    path = typed(tmp_path / "a.xlsx", ("S", [["甲"]]))
    assert _cells(path.rename(tmp_path / "a.csv")) == [["甲"]]
    (tmp_path / "b.xlsx").write_text("甲,乙\n1,2\n", "utf-8")
    assert _cells(tmp_path / "b.xlsx") == [["甲", "乙"], ["1", "2"]]


def test_a_page_is_known_by_its_beginning(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("甲,乙\n1,见 <table> 3\n", "utf-8")
    assert _cells(tmp_path / "a.csv") == [["甲", "乙"], ["1", "见 <table> 3"]]


def test_macros_in_a_workbook_that_says_so(tmp_path: Path) -> None:
    assert _cells(package(tmp_path / "a.xlsm", parts={"xl/vbaProject.bin": b"\0"})) == [[1.0]]


def test_a_workbook_in_several_pieces(tmp_path: Path) -> None:
    """Three megabytes of sheet, an error in its last row and nothing torn in between."""
    count = 40_000
    rows = "".join(
        f'<row r="{row}"><c r="A{row}" t="inlineStr"><is><t>行{row}</t></is></c>'
        f'<c r="B{row}"><v>{row}</v></c></row>'
        for row in range(1, count)
    )
    last = (
        f'<row r="{count}" hidden="1"><c r="A{count}"><v>0</v></c>'
        f'<c r="B{count}" t="e"><v>#NUM!</v></c></row>'
    )
    (sheet,) = read_book(package(tmp_path / "a.xlsx", rows + last)).sheets
    expected: list[list[Cell]] = [[f"行{row}", float(row)] for row in range(1, count)]
    assert sheet == Sheet("S", 1, [*expected, [0.0, Spoilt("E019", "#NUM!")]], frozenset({count}))


def _some(chance: random.Random, row: int, column: int) -> object:
    """Return a cell as columns have them: mostly of one kind, sometimes of another, sometimes blank."""
    kind = column % 6 if chance.random() < 0.98 else chance.randrange(8)
    return (
        f"姓名 {row} <&> {column}",
        chance.randrange(10**9) / 100,
        date(2000, 1, 1) + timedelta(days=row),
        "同样的字",
        row % 2 == 0,
        None if chance.random() < 0.5 else "少",
        _at("2024-06-30 08:15") + timedelta(minutes=row),
        "1/2" if row % 2 else row,
    )[kind]


def _save_by_openpyxl(path: Path, rows: list[list[object]]) -> None:
    typed(path, ("S", rows))


def _save_by_xlsxwriter(path: Path, rows: list[list[object]]) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd hh:mm"}) as book:
        sheet = book.add_worksheet("S")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row, book.formats[number % 2])


@pytest.mark.parametrize("save", [_save_by_openpyxl, _save_by_xlsxwriter])
def test_another_reader_reads_the_same(tmp_path: Path, save: Callable[..., None]) -> None:
    """Pieces of a megabyte go by, plain rows and strange ones: calamine is of the same opinion."""
    from python_calamine import CalamineWorkbook

    chance = random.Random(7)
    rows = [[_some(chance, row, column) for column in range(30)] for row in range(3_000)]
    rows[1500][11] = "_x0041_"
    save(tmp_path / "a.xlsx", rows)
    theirs = CalamineWorkbook.from_path(tmp_path / "a.xlsx").get_sheet_by_index(0).to_python()
    assert _cells(tmp_path / "a.xlsx") == theirs


@pytest.mark.skipif(subprocess.call(["sh", "-c", "command -v soffice"]) != 0, reason="no LibreOffice here")
def test_what_libreoffice_saves(tmp_path: Path) -> None:
    source = typed(
        tmp_path / "a.xlsx",
        ("报名", [["姓名", "日期", "错"], ["张三", date(2024, 6, 30), "=1/0"], ["李四", None, 1.5]]),
        formulas=True,
    )
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    for suffix in ("ods", "xls"):
        command = ["soffice", profile, "--headless", "--convert-to", suffix, "--outdir", tmp_path, source]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
    read = read_book(tmp_path / "a.ods")
    assert [sheet.rows for sheet in read.sheets] == [
        [["姓名", "日期", "错"], ["张三", date(2024, 6, 30), Spoilt("E019", "#DIV/0!")], ["李四", "", 1.5]]
    ]
    assert _cells(tmp_path / "a.xls")[0] == ["姓名", "日期", "错"]


@pytest.mark.parametrize(
    ("code", "written", "shown"),
    [
        ("0%", "0.85", "85%"),
        ("0.0%", "0.855", "85.5%"),
        ("0%", "1", "100%"),
        ("0.00%;[Red]-0.00%", "0.07", "7%"),
        ("0000", "500", "0500"),
        ("0000", "12345", "12345"),
        ("[Red]0000_ ;@", "85", "0085"),
        ('"E"00000000', "12345678", "E12345678"),
        ("\\A0000;-0000", "85", "A0085"),
        ('0000"号"', "12", "0012号"),
        ("0000\\-00000000", "37162345678", "0371-62345678"),
        ('"HN"0000"-"0000000', "20260000001", "HN2026-0000001"),
        ('"20"00\\-000', "1234567", "201234-567"),
        ('"E"00000000', "0.5", 0.5),
        ('0"%"', "85", 85.0),
        ("0000", "0.5", 0.5),
        ("000000000000000000", "4.10101199203013e17", 4.10101199203013e17),
    ],
)
def test_percent_and_zeros_in_front_are_what_people_see(
    tmp_path: Path, code: str, written: str, shown: Cell
) -> None:
    styles = (
        f'<styleSheet><numFmts><numFmt numFmtId="164" formatCode="{escape(code, {chr(34): "&quot;"})}"/>'
        '</numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/></cellXfs></styleSheet>'
    )
    parts = {"xl/styles.xml": styles}
    rows = f'<row r="1"><c r="A1" s="1"><v>{written}</v></c></row>'
    assert _cells(package(tmp_path / "a.xlsx", rows, parts=parts)) == [[shown]]


def test_one_odd_cell_spoils_itself_alone(tmp_path: Path) -> None:
    """An ISO time of day, an instant of another zone, a word that is no number."""
    rows = (
        '<row r="1"><c r="A1" t="d"><v>T08:30:00</v></c><c r="B1" t="d"><v>2026-06-29T16:00:00.000Z</v></c>'
        '<c r="C1"><v>abc</v></c><c r="D1" t="d"><v>2026-13-01</v></c><c r="E1"><v>1</v></c></row>'
    )
    day = date(2026, 6, 30)
    found = [[dtime(8, 30), day, Spoilt("E045", ""), Spoilt("E045", ""), 1.0]]
    assert _cells(package(tmp_path / "a.xlsx", rows)) == found


def test_ods_begins_where_it_begins(tmp_path: Path) -> None:
    """Blank rows above, an error, a percentage, zeros in front, rows of the same twice."""

    def cell(kind: str, value: str, shown: str) -> str:
        return (
            f'<table:table-cell office:value-type="{kind}" office:value="{value}"><text:p>{shown}</text:p>'
            "</table:table-cell>"
        )

    rows = (
        '<table:table-row table:number-rows-repeated="2"><table:table-cell/></table:table-row>'
        f"<table:table-row><table:table-cell/>{cell('percentage', '0.85', '85%')}</table:table-row>"
        f'<table:table-row table:number-rows-repeated="2">{cell("float", "500", "0500")}'
        f"{cell('float', '2.5', '2.50')}</table:table-row>"
        '<table:table-row><table:table-cell table:formula="of:=NA()" office:value-type="string" '
        'calcext:value-type="error"><text:p>#N/A</text:p></table:table-cell></table:table-row>'
    )
    (sheet,) = read_book(ods(tmp_path / "a.ods", rows)).sheets
    again: list[Cell] = ["0500", 2.5]
    assert sheet == Sheet("S", 3, [["", "85%"], again, again, [Spoilt("E019", "#N/A"), ""]])


@pytest.mark.parametrize(
    ("code", "serial", "shown"),
    [
        ('yyyy"年"m"月"', 45444, "2024-06"),
        ("yyyy/m", 45444, "2024-06"),
        ("mmm-yy", 45444, "2024-06"),
        ('[$-804]yyyy"年"m"月";@', 45444, "2024-06"),
        ('yyyy"年"m"月"', 45473, date(2024, 6, 30)),  # a day somebody wrote, though it is not shown
        ("yyyy-mm-dd", 45444, date(2024, 6, 1)),
        ("yyyy/m/d h:mm", 45444, date(2024, 6, 1)),
    ],
)
def test_a_month_without_a_day_is_what_people_see(
    tmp_path: Path, code: str, serial: int, shown: Cell
) -> None:
    styles = (
        f'<styleSheet><numFmts><numFmt numFmtId="164" formatCode="{escape(code, {chr(34): "&quot;"})}"/>'
        '</numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/></cellXfs></styleSheet>'
    )
    rows = f'<row r="1"><c r="A1" s="1"><v>{serial}</v></c></row>'
    assert _cells(package(tmp_path / "a.xlsx", rows, parts={"xl/styles.xml": styles})) == [[shown]]


def test_heads_of_hidden_sheets_are_told(tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(["甲"])
    book.create_sheet("旧").append(["报名号", 1, "笔试"])
    book["旧"].sheet_state = "veryHidden"
    book.save(tmp_path / "a.xlsx")
    assert read_book(tmp_path / "a.xlsx").heads == {"旧": [["报名号", "", "笔试"]]}


def test_ods_hidden_sheets_and_the_first_day(tmp_path: Path) -> None:
    row = (
        '<table:table-row><table:table-cell office:value-type="string"><text:p>{}</text:p>'
        '</table:table-cell><table:table-cell office:value-type="float" office:value="44011"/>'
        "</table:table-row>"
    )
    path = ods(tmp_path / "a.ods", row.format("甲") + '</table:table><table:table table:name="隐" '
               'table:style-name="ta2">' + row.format("报名号"))  # fmt: skip
    with zipfile.ZipFile(path) as package_:
        parts = {name: package_.read(name).decode() for name in package_.namelist()}
    urn = "urn:oasis:names:tc:opendocument:xmlns"
    styles = (
        f'<office:automatic-styles xmlns:style="{urn}:style:1.0"><style:style style:name="ta2">'
        '<style:table-properties table:display="false"/></style:style></office:automatic-styles>'
    )
    first_day = (
        "<office:spreadsheet><table:calculation-settings>"
        '<table:null-date table:date-value="1904-01-01"/></table:calculation-settings>'
    )
    content = parts["content.xml"].replace("<office:body>", f"{styles}<office:body>")
    parts["content.xml"] = content.replace("<office:spreadsheet>", first_day)
    with zipfile.ZipFile(path, "w") as package_:
        for name, part in parts.items():
            package_.writestr(name, part)
    book = read_book(path)
    assert ([sheet.name for sheet in book.sheets], dict(book.heads)) == (["S"], {"隐": [["报名号", ""]]})
    assert (book.sheets[0].rows, type(book.sheets[0].rows[0][1])) == ([["甲", 44011.0]], Serial1904)


def test_xls_tells_of_merged_cells_and_hidden_rows(tmp_path: Path) -> None:
    """What Excel 97 writes is made here by LibreOffice where it is installed."""
    if subprocess.call(["sh", "-c", "command -v soffice >/dev/null"]) != 0:
        pytest.skip("no LibreOffice here")
    import openpyxl

    book = openpyxl.Workbook()
    for row in (["编号", "比例"], ["甲", 0.85], [None, 0.9]):
        book.active.append(row)
    book.active.merge_cells("A2:A3")
    book.active.row_dimensions[3].hidden = True
    for cell in ("B2", "B3"):
        book.active[cell].number_format = "0%"
    book.save(tmp_path / "a.xlsx")
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = ["soffice", profile, "--headless", "--convert-to", "xls", "--outdir", str(tmp_path)]
    subprocess.run([*command, str(tmp_path / "a.xlsx")], check=True, capture_output=True, timeout=120)
    (sheet,) = read_book(tmp_path / "a.xls").sheets
    assert (sheet.rows, sheet.hidden) == (
        [["编号", "比例"], ["甲", "85%"], [Spoilt("E027"), "90%"]],
        frozenset({3}),
    )
