"""Tables of years on paper: names are not cut, and a chart is whole on one page."""

from datetime import date
from pathlib import Path
from zipfile import ZipFile

import openpyxl

from zhupei_cli.reports.table_book import TableCell, TableSheet, write_tables

LONG = "某某生产建设兵团第一师医院暨某某科技大学附属协和医院联合国家区域医疗中心"
COLUMNS = (("代码", "text"), ("基地", "text"), ("2025", "count"), ("2026", "count"))


def _book(path: Path, rows: list[tuple[TableCell, ...]]) -> openpyxl.Workbook:
    sheet = TableSheet("报名", "说明" * 60, COLUMNS, rows, labels=1, series=(2, 3), drawn=len(rows))
    write_tables(path, [sheet], made_on=date(2026, 6, 5))
    return openpyxl.load_workbook(path)


def test_a_chart_stands_below_a_short_table_and_beside_a_long_one(tmp_path: Path) -> None:
    for name, count, sheets in (("短", 4, ["报名"]), ("长", 40, ["报名", "报名图"])):
        book = _book(tmp_path / f"{name}.xlsx", [("4101", name, at, 9) for at in range(count)])
        assert book.sheetnames == sheets
        assert [len(sheet._charts) for sheet in book.worksheets] == [0] * (len(sheets) - 1) + [1]
        # Told to be one page high, no program cuts a chart.
        whole = book.worksheets[-1].page_setup
        assert (whole.fitToWidth or 1, whole.fitToHeight if whole.fitToHeight is not None else 1) == (1, 1)
    assert book.worksheets[0].page_setup.fitToHeight == 0


def test_long_names_wrap_and_their_bars_lie(tmp_path: Path) -> None:
    book = _book(tmp_path / "a.xlsx", [("4101", LONG, at, 9) for at in range(3)])
    sheet = book.worksheets[0]
    assert sheet["B5"].alignment.wrap_text and sheet.row_dimensions[5].height == 36
    assert sheet.row_dimensions[2].height > 18, "the note is not cut at the end of the table"
    (chart,) = book.worksheets[-1]._charts
    assert chart.barDir == "bar"


def test_bars_of_two_levels_have_both_names_each(tmp_path: Path) -> None:
    columns = (("基地", "text"), ("身份", "text"), ("人数", "count"))
    rows = [(base, identity, 3) for base in ("甲院", "乙院") for identity in ("本单位", "社会")]
    sheet = TableSheet("透视", "", columns, rows, labels=1, series=(2,), drawn=4, first_label=0)
    write_tables(tmp_path / "a.xlsx", [sheet], made_on=date(2026, 6, 5))
    written = openpyxl.load_workbook(tmp_path / "a.xlsx")["透视"]
    (chart,) = written._charts
    assert chart.series[0].cat.strRef.f.endswith("$D$5:$D$8")
    assert [written[f"D{row}"].value for row in range(5, 9)] == [
        *("甲院 本单位", "甲院 社会", "乙院 本单位", "乙院 社会")
    ]
    assert written.column_dimensions["D"].hidden
    with ZipFile(tmp_path / "a.xlsx") as parts:
        assert b"<c:plotVisOnly" not in parts.read("xl/charts/chart1.xml"), "hidden cells are drawn"
