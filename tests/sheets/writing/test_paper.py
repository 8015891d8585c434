"""Sheets that are printed: no title is cut, none makes its page wider, a room stands on a page."""

from datetime import date
from pathlib import Path

import openpyxl
from openpyxl.utils import get_column_letter

from zhupei_cli.sheets.kinds.columns import Choices
from zhupei_cli.sheets.kinds.exam_kinds import EXAM_GROUP
from zhupei_cli.sheets.kinds.roster_columns import RosterColumn
from zhupei_cli.sheets.writing.list_sheet import ListSheet, columns_for, write_list
from zhupei_cli.sheets.writing.plain_sheet import write_plain
from zhupei_cli.sheets.writing.review_sheet import write_review_sheet
from zhupei_cli.sheets.writing.template import BlankForm, form_of, write_template

TITLE = "某某年某某省住院医师规范化培训招收考试某某维吾尔自治区某某哈萨克自治州友谊医院签到登记表"


def test_a_list_on_several_pages_across_has_its_title_beside_what_is_repeated(tmp_path: Path) -> None:
    headings = ("基地编号", "基地名称", "姓名", *(f"第{at}项" for at in "一二三四五六七八"))
    widths = (14, 42, 24, *[30] * 8)
    columns = [
        RosterColumn(f"c{at}", *one, "words" if at < 3 else "id")
        for at, one in enumerate(zip(headings, widths, strict=True))
    ]
    rows = [{"c2": "王一"}]
    write_list(tmp_path / "a.xlsx", ListSheet(TITLE, "", ["共 1 人"], columns, date(2026, 6, 5)), rows)
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets[0]
    assert (sheet.page_setup.fitToWidth, sheet.print_title_cols) == (2, "$A:$C")
    assert (sheet["A1"].value, sheet["D1"].value, sheet["D2"].value) == (None, TITLE, "共 1 人")
    assert {str(one) for one in sheet.merged_cells.ranges} == {"D1:G1", "D2:G2"}


def test_one_long_name_neither_makes_a_list_wide_nor_two_pages_of_it(tmp_path: Path) -> None:
    long = "某某生产建设兵团第一师医院暨某某科技大学附属协和医院联合国家区域医疗中心"
    headings = ("准考证号", "报名号", "姓名", "证件号码", "考点", "报名专业", "第一志愿", "第二志愿", "状态")
    rows = [
        {
            "准考证号": "20260100101",
            "报名号": "HN2026-0000001",
            "姓名": "阿卜杜热合曼·麦麦提吐尔逊江·艾合买提江" if at == 7 else "王一",
            "证件号码": "4101**********0012",
            "考点": "郑州市第一高级中学（国际教育园区东校区）",
            "报名专业": "外科（神经外科方向）",
            **dict.fromkeys(("第一志愿", "第二志愿", "状态"), long),
        }
        for at in range(60)
    ]
    columns = columns_for([(heading, heading) for heading in headings], rows)
    write_list(tmp_path / "a.xlsx", ListSheet(TITLE, "", [], columns, date(2026, 6, 5)), rows)
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets[0]
    widths = {
        one: sheet.column_dimensions[letter].width for one, letter in zip(headings, "ABCDEFGHI", strict=True)
    }
    assert (sheet.page_setup.fitToWidth, sheet.freeze_panes) == (1, "D3")
    assert sum(widths.values()) <= 200  # ten points become seven and a half
    assert widths["姓名"] <= 12 and widths["第一志愿"] >= 20
    assert min(widths[one] for one in ("准考证号", "报名号")) >= 11, "a number is not divided"


def test_a_sentence_takes_the_room_a_page_has_and_none_of_it_is_cut(tmp_path: Path) -> None:
    told = "【某省】王一您好，" + "请持准考证和居民身份证到考点参加考试，" * 9
    rows = [{"a": "13800000000", "b": "王一", "c": told}] * 3
    columns = columns_for([("a", "手机号"), ("b", "姓名"), ("c", "内容")], rows)
    write_list(tmp_path / "a.xlsx", ListSheet(TITLE, "", [], columns, date(2026, 6, 5)), rows)
    write_plain(
        tmp_path / "b.xlsx", "短信", ("手机号", "姓名", "内容"), [tuple(row.values()) for row in rows]
    )
    for name, first, page in (("a.xlsx", 3, 200), ("b.xlsx", 2, 150)):
        sheet = openpyxl.load_workbook(tmp_path / name).worksheets[0]
        widths = [sheet.column_dimensions[letter].width for letter in "ABC"]
        assert page - 10 <= sum(widths) <= page + 5
        lines = -(-2 * len(told) // int(widths[2]))
        assert sheet[f"C{first}"].value == told
        assert sheet.row_dimensions[first].height >= 13 * lines


def test_a_word_that_ends_the_batch_and_begins_the_title_is_said_once(tmp_path: Path) -> None:
    columns = columns_for([("name", "姓名")], [{"name": "王一"}])
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
    headings = ("年度", "培训基地代码", "培训基地名称", "所在地市", "姓名", *"一二三四五六七八九十甲乙")
    values = ("2026", "4101A", long, "新疆维吾尔自治区", person, *[long] * 12)
    cells = dict(zip(headings, values, strict=True))
    columns = columns_for([(heading, heading) for heading in cells], [cells])
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


def test_a_room_whose_rows_wrap_has_one_page_too(tmp_path: Path) -> None:
    long = "阿卜杜热合曼·麦麦提吐尔逊江·艾合买提江"
    for names, one_page in ((["王一"] * 30 + [long] * 12, True), (["王一"] * 80, False)):
        rows = [
            {"application_no": f"T-{at:07d}", "name": name, "room": "甲"} for at, name in enumerate(names)
        ]
        keys = ("application_no", "name", "day")
        columns = tuple(column for column in EXAM_GROUP.columns if column.key in keys)
        form = BlankForm(EXAM_GROUP, TITLE, columns, rows, 0, apart="room")
        write_template(tmp_path / "a.xlsx", [form], Choices())
        sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets[0]
        tall = sum(sheet.row_dimensions[row].height for row in range(1, 3 + len(names)))
        # What could not be read on one page is not made small for it.
        assert (tall * (sheet.page_setup.scale or 100) / 100 <= 740) is one_page


def test_the_form_of_a_review_is_one_a3_page_across_and_can_be_read(tmp_path: Path) -> None:
    long = "某某生产建设兵团第一师医院暨某某科技大学附属协和医院联合国家区域医疗中心"
    row = {
        "application_no": "HN2026-0000001",
        "name": "王一",
        "id_number": "410101200001011234",
        "gender": "男",
        "identity": "外单位委托培养住院医师",
        "source_type": "应届毕业生",
        "train_years": "3",
        "specialty": "外科（神经外科方向）",
        "choice2": f"{long} 内科",
        "accept_adjust": "是",
        "level": "硕士",
        "degree": "硕士",
        "school": "山西医科大学",
        "major": "医学影像学",
        "graduated_on": "2026-06-30",
        "full_time": "是",
        "employer": long,
        "mobile": "13800000000",
        "submitted_at": "2026-06-05 10:00:00",
        **dict.fromkeys(("findings", "earlier", "years"), "毕业时间不在择业期内，核对个人身份；" * 3),
    }
    write_review_sheet(tmp_path / "a.xlsx", [row] * 3, title=TITLE)
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets[0]
    setup = sheet.page_setup
    assert (setup.paperSize, setup.orientation, setup.fitToHeight) == (8, "landscape", 0)
    assert setup.fitToWidth in (None, 1) and not sheet.print_title_cols
    widths: dict[str, float] = {}
    for one in sheet.column_dimensions.values():
        widths |= {get_column_letter(at): one.width for at in range(one.min, one.max + 1)}
    shown = {str(cell.value): widths[cell.column_letter] for cell in sheet[2]}
    # A column is seven pixels a digit and five more, A3 is 1,133 points between its margins.
    assert 11 * 1133 / (0.75 * sum(7 * width + 5 for width in shown.values())) >= 7
    assert shown["证件号码"] >= 20 and shown["手机号码"] >= 13, "a number is not divided"
    assert shown["原因"] >= 18
