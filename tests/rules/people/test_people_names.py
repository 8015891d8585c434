"""Names of people: what cannot be one, and what is odd."""

import pytest

from zhupei_cli.rules.people.masking import masked_text
from zhupei_cli.rules.people.people_names import contact_doubt, damage_of, doubt_of, read_name, word_doubt


@pytest.mark.parametrize(
    "name",
    [
        *(
            "张三",
            "欧阳娜娜",
            "张𠮷",
            "张〇",
            "阿依古丽·买买提",
            "José García",
            "John Smith",
            "O'Brien",
            "张-三",
        ),
        *("吴用", "白国", "侯𠮷", "Nguyễn Văn An"),
    ],
)
def test_names(name: str) -> None:
    assert doubt_of(read_name(name)) is None


@pytest.mark.parametrize(
    ("name", "code", "severity", "what"),
    [
        ("张?", "E120", "error", "“?”"),
        ("张\ufffd\ufffd", "E120", "error", "U+FFFD"),
        ("刘\ue999", "E120", "error", "U+E999"),
        ("⺀明", "E120", "error", "U+2E80"),
        ("#####", "E120", "error", "“#”"),
        ("张*", "E120", "error", "“*”"),
        ("张&nbsp;三", "E121", "error", "&nbsp;"),
        ("&#40857;", "E121", "error", "&#40857;"),
        ("无", "E122", "error", "无"),
        ("佚名", "E122", "error", "佚名"),
        ("备注：", "E122", "error", "备注："),
        ("小计:", "E122", "error", "小计:"),
        ("填表人", "E122", "error", "填表人"),
        ("审核人", "E122", "error", "审核人"),
        ("<b>王五</b>", "E121", "error", "<b>"),
        ("不详", "E122", "error", "不详"),
        ("测试", "E122", "error", "测试"),
        ("123", "E122", "error", "123"),
        ("——", "E122", "error", "——"),
        ("å¼ ä¸‰", "E123", "error", "张三"),
        ("çŽ‹æ™“", "E123", "error", "王晓"),
        ("寮犱笁", "E123", "warning", "张三"),
        ("张三 13900004177", "E122", "error", "张三 139****4177"),
        ("张三/李四", "E122", "error", "张三/李四"),
        ("张三、李四", "E122", "error", "张三、李四"),
        ("张三 男", "E122", "error", "张三 男"),
        ("张三 汉族", "E122", "error", "张三 汉族"),
        ("张三 李四", "E122", "error", "张三 李四"),
        ("张3", "E124", "warning", "“3”"),
        ("张三（女）", "E124", "warning", "“（”、“）”"),
        ("张San", "E124", "warning", "汉字和字母"),
        ("张老师", "E124", "warning", "带有称呼"),
        ("张某某", "E124", "warning", "像是隐去了名字"),
        ("张某", "E124", "warning", "像是隐去了名字"),
        ("某某", "E124", "warning", "像是隐去了名字"),
        ("女士", "E122", "error", "女士"),
        ("NULL", "E124", "warning", "像是程序填的空值"),
        ("张", "E124", "warning", "只有一个字"),
    ],
)
def test_what_is_no_name_and_what_is_odd(name: str, code: str, severity: str, what: str) -> None:
    name = read_name(name)
    assert doubt_of(name) == (code, severity, {"value": masked_text(name), "what": what})


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("张 三", "张三"),
        ("张 亚 男", "张亚男"),
        ("欧阳 娜娜", "欧阳娜娜"),
        ("阿依 古丽", "阿依古丽"),
        ("李 胜男", "李胜男"),
    ],
)
def test_names_spread_out_are_closed_up(typed: str, name: str) -> None:
    assert (read_name(typed), doubt_of(read_name(typed))) == (name, None)


def test_whom_to_call_may_be_two() -> None:
    assert contact_doubt(read_name("李四 女")) == (
        "E124",
        "warning",
        {"value": "李四 女", "what": "不止一个人的姓名"},
    )
    assert contact_doubt("张三、李四") == (
        "E124",
        "warning",
        {"value": "张三、李四", "what": "不止一个人的姓名"},
    )
    assert (contact_doubt("张三"), damage_of("张三、李四")) == (None, None)
    for name in ("无", "??"):
        assert contact_doubt(name) == doubt_of(name)


@pytest.mark.parametrize(
    "word", ["#####", "郑州大学?", "郑州&nbsp;大学", "无", "0", "〃", "锟斤拷大学", "某\ufffd"]
)
def test_words_that_are_damaged_or_stand_for_nothing_are_told(word: str) -> None:
    doubt = word_doubt(word)
    assert doubt is not None
    assert (doubt.code, doubt.severity) == ("E135", "warning")


def test_words_as_people_type_them_are_none_of_them() -> None:
    for word in ("郑州大学", "文化路3#楼2单元#1", "外科（神经外科方向）", "AT&T 路", "无锡医学院", "C#"):
        assert word_doubt(word) is None
