"""The roster of a base: what stands in the cells, of which type, and how it prints."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from zhupei_cli.sheets.kinds.roster_columns import ROSTER_COLUMNS
from zhupei_cli.sheets.writing.roster import BaseRoster, RosterRow, SpecialtyRoster, write_roster
from zhupei_cli.words.errors import ZhupeiError

HEADINGS = [
    *("序号", "报名号", "专业代码", "专业", "姓名", "性别", "证件号码", "个人身份", "毕业院校", "毕业专业"),
    *("最高学历", "学位", "毕业时间", "培训年限", "笔试", "技能", "面试", "总成绩", "名次", "录取志愿"),
    *("联系电话", "备注"),
]
SUMMARY_HEADINGS = ["专业代码", "专业", "计划人数", "录取人数", "空缺人数"]


def person(
    number: int = 1, *, name: str = "张三", school: str = "郑州大学", skill: int | None = 9000
) -> RosterRow:
    return (
        *(number, f"HN2026-{number:07d}", "0100", "内科", name, "男", "41010120000101001X"),
        *("面向社会招收住院医师", school, "临床医学", "本科", "学士", "2026-06-30", 3),
        *(8550, skill, 10000, 9020, number, "第一志愿", "013800000000", None),
    )


def shown(row: RosterRow) -> list[Any]:
    """Return what a spreadsheet shows of a row: marks are in hundredths before."""
    return [
        value / 100 if column.kind == "mark" and isinstance(value, int) else value
        for column, value in zip(ROSTER_COLUMNS, row, strict=True)
    ]


def roster(*specialties: SpecialtyRoster, provisional: bool = True, seal: str | None = None) -> BaseRoster:
    return BaseRoster(
        batch_code="HN2026",
        batch_name="2026年住院医师规范化培训招收",
        base_code="B01",
        base_name="示例市第一人民医院",
        provisional=provisional,
        made_on=date(2026, 8, 1),
        specialties=specialties,
        seal=seal,
    )


MEDICINE = SpecialtyRoster("0100", "内科", 3, [person(1), person(2, name="李四", skill=None)])
SURGERY = SpecialtyRoster("1000", "外科（神经外科方向）", 1, [])


def written(folder: Path, given: BaseRoster) -> Path:
    path = folder / given.file_name
    write_roster(path, given)
    return path


def opened(path: Path) -> Any:
    from openpyxl import load_workbook

    return load_workbook(path)


def by_calamine(path: Path) -> dict[str, list[list[Any]]]:
    from python_calamine import CalamineWorkbook

    with CalamineWorkbook.from_path(path) as book:
        return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def grid(sheet: Any) -> list[list[Any]]:
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def test_cells_of_a_roster(tmp_path: Path) -> None:
    path = written(tmp_path, roster(MEDICINE, SURGERY, seal="事件 57，链首 0123456789abcdef"))
    book = opened(path)
    assert path.name == "B01_示例市第一人民医院_拟录取名单.xlsx"
    assert book.sheetnames == ["汇总", "0100 内科", "1000 外科（神经外科方向）"]
    assert grid(book["汇总"]) == [
        ["2026年住院医师规范化培训招收拟录取名单", *[None] * 4],
        ["培训基地：B01 示例市第一人民医院　　批次：HN2026", *[None] * 4],
        [
            "制表日期：2026-08-01　　计划 4 人　　录取 2 人　　空缺 2 人　　事件 57，链首 0123456789abcdef",
            *[None] * 4,
        ],
        SUMMARY_HEADINGS,
        ["0100", "内科", 3, 2, 1],
        ["1000", "外科（神经外科方向）", 1, 0, 1],
        ["合计", None, 4, 2, 2],
    ]
    assert grid(book["0100 内科"]) == [
        ["示例市第一人民医院内科拟录取名单", *[None] * 21],
        ["批次：HN2026　　专业代码：0100　　计划 3 人　　录取 2 人　　空缺 1 人", *[None] * 21],
        HEADINGS,
        *(shown(row) for row in MEDICINE.rows),
    ]
    assert grid(book["1000 外科（神经外科方向）"])[2:] == [HEADINGS]


def test_calamine_reads_the_same(tmp_path: Path) -> None:
    path = written(tmp_path, roster(MEDICINE, SURGERY))
    assert by_calamine(path) == {
        sheet.title: [["" if value is None else value for value in row] for row in grid(sheet)]
        for sheet in opened(path).worksheets
    }


def test_final_roster_and_a_base_without_places(tmp_path: Path) -> None:
    path = written(tmp_path, roster(provisional=False))
    assert path.name == "B01_示例市第一人民医院_录取名单.xlsx"
    summary = grid(opened(path)["汇总"])
    assert [summary[0][0], *summary[4:]] == [
        "2026年住院医师规范化培训招收录取名单",
        ["合计", None, 0, 0, 0],
    ]


def test_identifiers_are_text_and_marks_are_numbers(tmp_path: Path) -> None:
    sheet = opened(written(tmp_path, roster(MEDICINE)))["0100 内科"]
    kinds = {
        column.heading: (sheet.cell(4, at).data_type, sheet.cell(4, at).number_format)
        for at, column in enumerate(ROSTER_COLUMNS, 1)
    }
    text, whole, mark = ("s", "@"), ("n", "0"), ("n", "0.00")
    numbers = {"序号": whole, "培训年限": whole, "名次": whole}
    marks = dict.fromkeys(("笔试", "技能", "面试", "总成绩"), mark)
    assert kinds == dict.fromkeys(HEADINGS, text) | numbers | marks | {"备注": ("n", "@")}  # n: a blank cell


def test_every_sheet_prints_on_a4_one_page_wide(tmp_path: Path) -> None:
    book = opened(written(tmp_path, roster(MEDICINE, SURGERY, seal="事件 57")))
    set_up = [
        (
            sheet.print_title_rows,
            sheet.freeze_panes,
            (sheet.page_setup.paperSize, sheet.page_setup.orientation),
            (sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.page_setup.fitToWidth),
            sheet.page_setup.fitToHeight,
            (sheet.oddHeader.left.text, sheet.oddHeader.right.text),
            (sheet.oddFooter.left.text, sheet.oddFooter.center.text, sheet.oddFooter.right.text),
        )
        for sheet in book.worksheets
    ]
    page = (
        (9, "landscape"),
        (True, 1),
        0,
        ("2026年住院医师规范化培训招收", "B01 示例市第一人民医院"),
        ("事件 57", "第 &P 页，共 &N 页", "制表日期：2026-08-01"),
    )
    assert set_up == [("$1:$4", "A5", *page), ("$1:$3", "F4", *page), ("$1:$3", "F4", *page)]


def test_rows_grow_with_text_that_wraps(tmp_path: Path) -> None:
    rows = [
        person(1),
        person(2, school="示例省示例市示例医科大学示例临床医学院"),
        person(3, school="A B " * 20),
    ]
    sheet = opened(written(tmp_path, roster(SpecialtyRoster("0100", "内科", 3, rows))))["0100 内科"]
    # The identity alone takes two lines of 13 points; 19 characters, eight a line, take three.
    assert [sheet.row_dimensions[row].height for row in (4, 5, 6)] == [30, 43, 82]


@pytest.mark.parametrize(
    "name",
    [
        *(
            "=cmd|'/c calc'!A1",
            "+86",
            "-1",
            "@SUM(A1)",
            "007",
            "<b>&amp;\"'</b>",
            "李𠮷",
            " 前后 ",
            "_x0041_张",
        ),
        *("上\n下", "]]>", "{title}", "阿卜杜拉·买买提"),
    ],
)
def test_hostile_names_come_back_as_they_were(tmp_path: Path, name: str) -> None:
    path = written(tmp_path, roster(SpecialtyRoster("0100", "内科", 1, [person(name=name)])))
    cell = opened(path)["0100 内科"]["E4"]
    other = by_calamine(path)["0100 内科"][3][4]
    # Excel's spelling of an underscore before x0041_ is undone by Excel, LibreOffice and calamine only.
    assert (cell.data_type, cell.value.replace("_x005F_", "_"), other) == ("s", name, name)


def test_characters_xml_forbids_are_dropped(tmp_path: Path) -> None:
    name = "张\x00\x07三\ud800\ufffe\r\n四"
    path = written(tmp_path, roster(SpecialtyRoster("0100", "内科", 1, [person(name=name)])))
    assert opened(path)["0100 内科"]["E4"].value == "张三\n四"


def test_ampersand_in_a_base_name_stays_one_in_the_page_header(tmp_path: Path) -> None:
    given = BaseRoster("HN2026", "批次", "B01", 'A&P <医院> "一"', True, date(2026, 8, 1), [])
    path = written(tmp_path, given)
    book = opened(path)
    assert path.name == "B01_A&P _医院_ _一__拟录取名单.xlsx"
    assert book["汇总"]["A2"].value == '培训基地：B01 A&P <医院> "一"　　批次：HN2026'
    assert book["汇总"].oddHeader.right.text == 'B01 A&&P <医院> "一"'


def test_names_of_sheets_are_what_excel_accepts(tmp_path: Path) -> None:
    names = ["a/b[c]:*?\\d", "'" + "长" * 40, "'" + "长" * 41, "𠮷" * 20, "ABC", "abc"]
    path = written(tmp_path, roster(*(SpecialtyRoster("1", name, 1, []) for name in names)))
    assert opened(path).sheetnames == [
        "汇总",
        "1 a b c     d",
        "1 '" + "长" * 28,
        "1 '" + "长" * 24 + " (2)",
        "1 " + "𠮷" * 14,
        "1 ABC",
        "1 abc (2)",
    ]


def test_the_same_roster_gives_the_same_bytes(tmp_path: Path) -> None:
    given = roster(MEDICINE, SURGERY)
    path = written(tmp_path, given)
    before = path.read_bytes()
    write_roster(path, given, force=True)
    assert path.read_bytes() == before


def test_an_existing_file_is_kept(tmp_path: Path) -> None:
    given = roster(MEDICINE)
    written(tmp_path, given).write_text("another")
    with pytest.raises(ZhupeiError) as refused:
        written(tmp_path, given)
    assert (refused.value.code, [path.read_text() for path in tmp_path.iterdir()]) == ("E002", ["another"])


def test_a_row_of_another_length_is_refused(tmp_path: Path) -> None:
    given = roster(SpecialtyRoster("0100", "内科", 1, [person()[:-1]]))
    with pytest.raises(ValueError, match="zip"):
        written(tmp_path, given)
    assert list(tmp_path.iterdir()) == []


def test_marks_keep_both_decimals(tmp_path: Path) -> None:
    path = written(tmp_path, roster(MEDICINE))
    sheet = opened(path)["0100 内科"]
    assert [Decimal(str(sheet.cell(4, at).value)) for at in (15, 16, 17, 18)] == [
        *map(Decimal, ("85.5", "90", "100", "90.2"))
    ]
