"""What cells of each kind may hold."""

from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sheets.books import read
from zhupei_cli.rules.people.dates import BIRTH, GRADUATION, Month
from zhupei_cli.services.people.merging import all_fit
from zhupei_cli.sheets.kinds import cells, parsers, workbook_kinds
from zhupei_cli.sheets.kinds.cells import ABSENT, CLEAR, Cell, Unreadable
from zhupei_cli.sheets.kinds.serials import Serial1904
from zhupei_cli.words import codes, vocabulary

_at = datetime.fromisoformat


@pytest.mark.parametrize(
    ("cell", "word"),
    [
        ("  张三 ", "张三"),
        ("\u3000张三\u3000", "张三"),
        ("\ufeff张\u200b三\u00ad\U000e0020", "张三"),
        ("郑州市\r\n金水区\t1 号", "郑州市 金水区 1 号"),
        ("a\x07b\ud800c\ufffe", "abc"),
        ("外科（神经外科方向）", "外科（神经外科方向）"),
        ("ＡＢＣ１２３", "ABC123"),
        ("⼈民医院", "人民医院"),
        ("𠮷田", "𠮷田"),
        ("=cmd|' /C calc'!A0", "=cmd|' /C calc'!A0"),
        ("NA", "NA"),
        (13800000000.0, "13800000000"),
        (100.0, "100"),
        (0.1 + 0.2, "0.3"),
        (4.1010519920313e17, "4.1010519920313e+17"),
        (True, "是"),
        (False, "否"),
        (date(2024, 6, 30), "2024-06-30"),
        (_at("2024-06-30"), "2024-06-30"),
        (None, ""),
    ],
)
def test_text(cell: Cell, word: str) -> None:
    assert cells.text(cell) == word


@given(st.text())
def test_clean_text_is_clean_and_stays_so(text: str) -> None:
    word = cells.clean(text)
    assert cells.clean(word) == word
    word.encode("utf-8")
    assert not any(char in word for char in "\ufeff\u200b\u3000\n\r\t\0")


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("４１０１０１ 1990", "4101011990"),
        ("HN2026－0000001", "HN2026-0000001"),
        (100.0, "100"),
        ("0100", "0100"),
    ],
)
def test_code(cell: Cell, code: str) -> None:
    assert cells.code(cell) == code


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ("张　三", "张三"),
        ("欧阳 娜 娜", "欧阳娜娜"),
        ("阿依古丽•买买提", "阿依古丽·买买提"),
        ("阿依古丽．买买提", "阿依古丽·买买提"),
        ("阿依古丽 . 买买提", "阿依古丽·买买提"),
        ("John  Smith", "John Smith"),
        ("J. Smith", "J. Smith"),
        ("张 𠮷", "张𠮷"),
        ("张 〇", "张〇"),
        ("⻢小明", "马小明"),
        ("葛\U000e0100明", "葛明"),
        ("Jose\u0301", "José"),
        ("刘\ue863", "刘䶮"),
    ],
)
def test_names_of_people(cell: Cell, name: str) -> None:
    assert parsers.person_name(cell) == name


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("13800000000", "13800000000"),
        (13800000000.0, "13800000000"),
        ("１３８ ００００ ００００", "13800000000"),
        ("139-1234-5678", "13912345678"),
        ("+86 139-1234-5678", "13912345678"),
        ("8613912345678", "13912345678"),
        ("0086 13912345678", "13912345678"),
        ("+86139123456", "E011"),
        ("+8610000000000", "E011"),
        ("10000000000", "E011"),
        ("12345678901", "E011"),
        ("13912345678（本人）", "13912345678"),
        ("13912345678；", "13912345678"),
        ("13912345678转801", "13912345678转801"),
        ("0371-65000000转8001", "0371-65000000转8001"),
        ("0371-65000000-8001", "0371-65000000-8001"),
        ("（0371）65000000", "(0371)65000000"),
        ("0371—65000000", "0371-65000000"),
        ("+86-371-65000000", "0371-65000000"),
        ("65000000", "65000000"),
        ("400-600-1234", "400-600-1234"),
        ("+852 2345 6789", "+85223456789"),
        ("13800000000、13900000000", "13800000000/13900000000"),
        ("13800000000/0371-65000000", "13800000000/0371-65000000"),
        ("13800000000/1390000", "E011"),
        ("13800000000 13900000000", "E011"),
        ("1380000000", "E011"),
        ("138000000000", "E011"),
        ("1380000OOOO", "E011"),
        ("手机13800000000", "E011"),
        ("00000000000", "E011"),
        (37165000000.0, "E011"),
        ("abc", "E011"),
        ("138****0000", "E011"),
        ("12345", "E011"),
        (date(2024, 1, 1), "E011"),
    ],
)
def test_phone(cell: Cell, number: str) -> None:
    assert read(parsers.phone, cell) == number


def test_a_wrong_phone_or_address_is_masked_in_its_message() -> None:
    for parse, cell, word in (
        (parsers.phone, "138000000001", "138*****0001"),
        (parsers.email, "zhangsan@example", "z****@example"),
    ):
        with pytest.raises(Unreadable) as caught:
            parse(cell)
        assert caught.value.values == {"value": word}


@pytest.mark.parametrize(
    ("cell", "address"),
    [
        (" ｚ@example．com ", "z@example.com"),
        ("mailto:a@b.cn", "a@b.cn"),
        ("MAILTO：a@b.cn", "a@b.cn"),
        ("a@b.cn;", "a@b.cn"),
        ("a@b.cn。", "a@b.cn"),
        ("a@b.cn，", "a@b.cn"),
        ("a@qq.com（常用）", "a@qq.com"),
        ("a @qq.com", "a@qq.com"),
        ("a@qq。com", "a@qq.com"),
        ("张三 <a@b.cn>", "a@b.cn"),
        ("o'brien+x@b-c.com.cn", "o'brien+x@b-c.com.cn"),
        ("a@b.cn;c@d.cn", "E012"),
        ("a@qq.com常用", "E012"),
        ("张三@qq.com", "E012"),
        ("a..b@qq.com", "E012"),
        ("a@@qq.com", "E012"),
        ("a@qq..com", "E012"),
        ("a@1.2.3.4", "E012"),
        ("a@b", "E012"),
        ("a@b.cn c@d.cn", "E012"),
        ("zhang san@qq.com", "E012"),
        ("a@ qq .com", "a@qq.com"),
        ("无", "E012"),
        (5.0, "E012"),
    ],
)
def test_email(cell: Cell, address: str) -> None:
    assert read(parsers.email, cell) == address


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("41010119900101001x", "41010119900101001X"),
        ("４１０１０１ 19900101 001Ｘ", "41010119900101001X"),
        (4.1010119900101e17, "E013"),
        (12345678.0, "E132"),
        (1234567.0, "E132"),
        ("'41010119900101001X", "41010119900101001X"),
        ("‘41010119900101001x", "41010119900101001X"),
        ("41010119900101001Х", "41010119900101001X"),
        ("41010119900101001х", "41010119900101001X"),
        ("41010119900101001×", "41010119900101001X"),
        ("Н12345678", "H12345678"),
        ("4.10101E+17", "E013"),
        (date(1990, 1, 1), "E013"),
        (True, "E013"),
    ],
)
def test_numbers_of_papers_are_text(cell: Cell, number: str) -> None:
    assert read(parsers.paper_number, cell) == number


@pytest.mark.parametrize(
    ("parse", "cell", "value"),
    [
        (parsers.table(codes.ETHNICITY), "汉", "01"),
        (parsers.table(codes.ETHNICITY), "01", "01"),
        (parsers.table(codes.ETHNICITY), "火星族", "E014"),
        (parsers.table(codes.LEVEL), "大学本科", "21"),
        (parsers.flag_of(vocabulary.YES_NO), "是", True),
        (parsers.flag_of(vocabulary.YES_NO), True, True),
        (parsers.flag_of(vocabulary.YES_NO), False, False),
        (parsers.flag_of(vocabulary.YES_NO), 1.0, True),
        (parsers.flag_of(vocabulary.YES_NO), "也许", "E014"),
        (parsers.flag_of(vocabulary.FRESH), "往届", False),
        (parsers.flag_of(vocabulary.FRESH), True, "E014"),
        (parsers.identity, "社会人", "social"),
        (parsers.identity, "委培单位人", "entrusted"),
        (parsers.identity, "单位 人", "E015"),
        (parsers.identity, "别的", "E014"),
        (parsers.stopped, "停招", True),
        (parsers.stopped, "正常", False),
        (parsers.stopped, "？", "E014"),
        (parsers.whole(1, 3), 3.0, 3),
        (parsers.whole(1, 3), "３年", 3),
        (parsers.whole(1, 3), "3.0", 3),
        (parsers.whole(1, 3), "三年", 3),
        (parsers.whole(1, 3), "3.5", "E016"),
        (parsers.whole(1, 3), "四", "E016"),
        (parsers.whole(0, 9), "5 人", 5),
        (parsers.whole(1, 3), 4.0, "E016"),
        (parsers.whole(1, 3), 2.5, "E016"),
        (parsers.whole(1, 3), "-1", "E016"),
    ],
)
def test_lists_flags_and_whole_numbers(parse: cells.Parser, cell: Cell, value: Any) -> None:
    assert read(parse, cell) == value


def test_a_long_list_is_not_told_in_full() -> None:
    with pytest.raises(Unreadable) as caught:
        parsers.table(codes.ETHNICITY)("火星族")
    shown = "汉族、蒙古族、回族、藏族、维吾尔族、苗族、彝族、壮族、布依族、朝鲜族、满族、侗族 等 58 种"
    assert caught.value.values == {"label": "民族", "value": "火星族", "choices": shown}


@pytest.mark.parametrize(
    ("cell", "mark"),
    [
        (85.5, 8550),
        ("85.50", 8550),
        ("８５．５", 8550),
        ("85.5分", 8550),
        ("85%", 8500),
        ("00085", 8500),
        ("8 5", "E017"),
        ("100%", 10_000),
        (28.1 + 57, 8510),
        (0.0, 0),
        ("100.000", 10_000),
        ("100.01", "E017"),
        ("85.123", "E017"),
        (85.123, "E017"),
        ("-1", "E017"),
        ("8e1", "E017"),
        ("1_0", "E017"),
        ("优", "E017"),
        ("缺考", ABSENT),
        ("缺 考", ABSENT),
        (_at("2024-01-01"), "E017"),
    ],
)
def test_mark(cell: Cell, mark: Any) -> None:
    assert read(parsers.mark_or_absent, cell) == mark


def test_a_minimum_cannot_be_absent() -> None:
    assert read(parsers.mark, "缺考") == "E017"


@given(st.integers(0, 10_000))
def test_every_mark_is_read_exactly_from_number_and_text(hundredths: int) -> None:
    assert parsers.mark(hundredths / 100) == hundredths
    assert parsers.mark(f"{hundredths // 100}.{hundredths % 100:02d}") == hundredths


@pytest.mark.parametrize(
    "cell",
    [
        date(2024, 6, 1),
        _at("2024-06-01 08:30"),
        "2024-06-01",
        "2024-6-1",
        "2024/6/1",
        "2024.6.1",
        "２０２４．６．１",
        "20240601",
        20240601.0,
        "2024年6月1日",
        "2024 年 06 月 01 日",
        "2024年6月1号",
        "2024-06-01 00:00:00",
        "2024-6-1 0:00:00",
        "2024-6-1 8:30",
        "2024-06-01T00:00:00",
        45444.0,
        45444.75,
        "45444",
    ],
)
def test_one_day_written_in_every_way(cell: Cell) -> None:
    assert parsers.day(cell) == date(2024, 6, 1)


@pytest.mark.parametrize("cell", ["2024年6月", "2024-06", "2024.6", 2024.6, "2024/06", "202406", 202406.0])
def test_a_month_stays_a_month(cell: Cell) -> None:
    assert (parsers.day(cell), str(parsers.day(cell))) == (Month(2024, 6, 1), "2024-06")


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        (_at("1992-03-11 23:59:17"), date(1992, 3, 12)),
        (_at("1992-03-11 23:58:59"), date(1992, 3, 11)),
        (_at("1992-03-12 00:00:17"), date(1992, 3, 12)),
        (_at("9999-12-31 23:59:17"), date(9999, 12, 31)),
        (33674.9995, date(1992, 3, 12)),
    ],
)
def test_a_minute_before_midnight_is_the_day_that_begins(cell: Cell, day: date) -> None:
    assert parsers.day(cell) == day


@pytest.mark.parametrize("cell", [20246.0, "20246", "20241", "19986"])
def test_a_month_run_together_is_no_day_of_the_fifties(cell: Cell) -> None:
    assert [read(parse, cell) for parse in (parsers.day, parsers.day_within(BIRTH))] == ["E125", "E125"]


def test_a_number_is_a_day_only_where_the_column_can_have_it() -> None:
    assert read(parsers.day_within(GRADUATION), 15000.0) == "E018"
    assert read(parsers.day_within(BIRTH), 15000.0) == date(1941, 1, 24)
    assert read(parsers.day_within(GRADUATION), 45444.0) == date(2024, 6, 1)
    assert read(parsers.day_within(GRADUATION), 80000.0) == "E018"


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("2024", "E018"),
        (2024.0, "E018"),
        ("24.6", "E018"),
        ("2024-13-01", "E018"),
        ("2023-02-29", "E018"),
        ("20240631", "E018"),
        ("2024-6-", "E018"),
        ("去年", "E018"),
        ("12345", "E018"),
        (True, "E018"),
        (2024.1, "E024"),
    ],
)
def test_what_is_no_date(cell: Cell, code: str) -> None:
    assert read(parsers.day, cell) == code


def test_a_text_says_its_month_itself() -> None:
    assert [parsers.day("2024.1"), parsers.day("2024.10"), parsers.day(2024.11)] == [
        Month(2024, 1, 1),
        Month(2024, 10, 1),
        Month(2024, 11, 1),
    ]


@given(st.dates(date(1957, 10, 4), date(2099, 12, 31)))
def test_every_day_is_read_from_text_number_and_serial(day: date) -> None:
    serial = float((day - date(1899, 12, 30)).days)
    written: list[Cell] = [day.isoformat(), f"{day:%Y%m%d}", f"{day.year}年{day.month}月{day.day}日", serial]
    assert [parsers.day(cell) for cell in written] == [day] * 4


def test_the_end_of_work_that_goes_on() -> None:
    assert [read(parsers.until, cell) for cell in ("至今", "2024.6", "x")] == [
        CLEAR,
        Month(2024, 6, 1),
        "E018",
    ]


def test_numbers_of_a_workbook_that_counts_from_1904() -> None:
    assert parsers.day(Serial1904(44011)) == parsers.day(45473.0) == date(2024, 6, 30)


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        (_at("2024-06-30T23:59:17"), date(2024, 7, 1)),
        (_at("2024-06-30T23:59:59"), date(2024, 6, 30)),  # how databases write the end of a day
        ("2024-06-29T16:00:00.000Z", date(2024, 6, 30)),
        ("2024-06-30T08:00:00Z", date(2024, 6, 30)),
    ],
)
def test_the_day_of_a_moment(cell: Cell, found: date) -> None:
    assert parsers.day(cell) == found


@pytest.mark.parametrize(
    "char", ["\U00020bb7", "\U0003106c", "\U0002ebf0", "\U00031350", "\U0002ee5d", "\U000323af"]
)
def test_ideographs_younger_than_python_are_kept(char: str) -> None:
    """Extensions H and I have no name in the tables of Python 3.11."""
    assert parsers.person_name(f"李{char}明") == f"李{char}明"
    assert cells.text(f"河南省郑州市{char}庄1号") == f"河南省郑州市{char}庄1号"


def test_what_is_no_character_goes() -> None:
    assert cells.clean("a\U0002fffe\U0003ffff\ufffeb") == "ab"


_UNREAD = [
    column
    for kind in workbook_kinds.ALL
    for column in kind.columns
    if column.read in parsers.AS_THEY_ARE and not column.ignored
]


@given(st.data())
def test_what_is_taken_as_it_is_reads_as_itself(data: st.DataObject) -> None:
    """No look replaces another verdict: such texts are clean, read as themselves, without doubt, and fit."""
    column = data.draw(st.sampled_from(_UNREAD))
    word = data.draw(st.from_regex(parsers.AS_THEY_ARE[column.read], fullmatch=True))
    assert cells.clean(word) == word
    assert word not in ("清空", "缺考") and "**" not in word and not word.startswith("#")
    assert column.value_of(word) == (word, None)
    assert all_fit({column.key: len(word)})


@pytest.mark.parametrize("word", ["清空", "无", "测试", "王医生", "锟斤", "#N/A", "410***1234", "涓"])
def test_what_is_no_value_is_never_taken_as_it_is(word: str) -> None:
    """An order, a word for nothing, damage and a mask go the long way."""
    assert not any(pattern.fullmatch(word) for pattern in parsers.AS_THEY_ARE.values())
