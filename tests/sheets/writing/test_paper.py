"""Sheets that are printed: no title is cut, none makes its page wider, a room stands on a page."""

from datetime import date
from pathlib import Path

import openpyxl

from zhupei_cli.sheets.kinds.columns import Choices
from zhupei_cli.sheets.kinds.exam_kinds import EXAM_GROUP
from zhupei_cli.sheets.kinds.roster_columns import RosterColumn
from zhupei_cli.sheets.writing.list_sheet import ListSheet, column_for, write_list
from zhupei_cli.sheets.writing.template import BlankForm, form_of, write_template

TITLE = "某某年某某省住院医师规范化培训招收考试某某维吾尔自治区某某哈萨克自治州友谊医院签到登记表"


def test_a_list_on_several_pages_across_has_its_title_beside_what_is_repeated(tmp_path: Path) -> None:
    headings = ("基地编号", "基地名称", "姓名", *(f"第{at}项" for at in "一二三四五六七八"))
    widths = (14, 42, 24, *[30] * 8)
    columns = [
        RosterColumn(f"c{at}", *one, "words") for at, one in enumerate(zip(headings, widths, strict=True))
    ]
    rows = [{"c2": "王一"}]
    write_list(tmp_path / "a.xlsx", ListSheet(TITLE, "", ["共 1 人"], columns, date(2026, 6, 5)), rows)
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets[0]
    assert (sheet.page_setup.fitToWidth, sheet.print_title_cols) == (2, "$A:$C")
    assert (sheet["A1"].value, sheet["D1"].value, sheet["D2"].value) == (None, TITLE, "共 1 人")
    assert {str(one) for one in sheet.merged_cells.ranges} == {"D1:E1", "D2:E2"}


def test_a_word_that_ends_the_batch_and_begins_the_title_is_said_once(tmp_path: Path) -> None:
    columns = [column_for("name", "姓名", ["王一"])]
    for batch, title, said in (
        ("某省2026年住培招收", "招收计划空缺情况", "某省2026年住培招收计划空缺情况"),
        ("某省2026年", "年度情况", "某省2026年年度情况"),
    ):
        path = tmp_path / f"{title}.xlsx"
        write_list(path, ListSheet(title, batch, [], columns, date(2026, 6, 5)), [{"name": "王一"}])
        assert openpyxl.load_workbook(path).worksheets[0]["A1"].value == said


def test_long_names_of_hospitals_do_not_push_the_name_of_the_person_out_of_sight(tmp_path: Path) -> None:
    long = "河南省某某大学附属第一人民医院暨国家区域医疗中心临床教学培训示范基地（东院区）"
    person = "阿卜杜热合曼·麦麦提图尔荪·阿卜杜拉"
    headings = ("年度", "培训基地代码", "培训基地名称", "所在地市", "姓名", *"一二三四五")
    values = ("2026", "4101A", long, "新疆维吾尔自治区", person, *[long] * 5)
    cells = dict(zip(headings, values, strict=True))
    columns = [column_for(heading, heading, [value]) for heading, value in cells.items()]
    write_list(tmp_path / "a.xlsx", ListSheet(TITLE, "", [], columns, date(2026, 6, 5)), [cells])
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets[0]
    assert (sheet.print_title_cols, sheet.freeze_panes) == ("$A:$E", "F3")
    name = next(cell for row in sheet.iter_rows() for cell in row if cell.value == long)
    lines = -(-2 * len(long) // int(sheet.column_dimensions["C"].width))
    assert name.alignment.wrap_text and sheet.row_dimensions[name.row].height >= 13 * lines


def test_a_filled_form_is_no_wider_than_its_columns_and_a_room_has_one_page(tmp_path: Path) -> None:
    rows = [
        {"application_no": f"T-{at:07d}", "name": "王一", "group": room}
        for room in "甲乙"
        for at in range(40)
    ]
    whole = form_of(EXAM_GROUP, TITLE, rows=rows)
    apart = BlankForm(whole.kind, TITLE, whole.columns, rows, 0, apart="group")
    for form in (whole, apart):
        write_template(tmp_path / "a.xlsx", [form], Choices())
        sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets[0]
        (title,) = (str(one) for one in sheet.merged_cells.ranges if str(one).endswith("1"))
        assert title.rpartition(":")[2] == f"{sheet.cell(2, len(form.columns)).column_letter}1"
        cell = sheet[title.partition(":")[0]]
        assert (str(cell.value).startswith(TITLE), cell.alignment.wrap_text) == (True, True)
        assert sheet.row_dimensions[1].height >= 46  # it takes two lines
    assert "鼠标" not in str(cell.value)
    tall = sum(sheet.row_dimensions[row].height for row in range(1, 43))
    assert [one.id for one in sheet.row_breaks.brk] == [42]
    assert tall * sheet.page_setup.scale / 100 <= 740
