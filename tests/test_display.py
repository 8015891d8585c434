import pytest
import wcwidth

from zhupei_cli.display import display_width, joined, padded, wrap


@pytest.mark.parametrize(
    "text",
    ["", "abc", "住培", "王·小明", "𠮷野", "（，。）", "①②", "é", "e\u0301", "Ａ１", "……", "“好”", "㐀鿿"],
)
def test_the_width_is_that_of_wcwidth(text: str) -> None:
    assert display_width(text) == wcwidth.wcswidth(text)


def test_every_common_character_has_the_width_of_wcwidth() -> None:
    shown = [chr(code) for code in (*range(0x20, 0x7F), *range(0x3000, 0x3020), *range(0x4E00, 0xA000, 7))]
    assert [display_width(one) for one in shown] == [wcwidth.wcwidth(one) for one in shown]


def test_padding_counts_columns() -> None:
    assert padded("住培", 6) == "住培  "
    assert padded("abcdefg", 6) == "abcdefg"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", [""]),
        ("住院医师规范化培训", ["住院医师规", "范化培训"]),
        ("住院医师规，范化培训", ["住院医师", "规，范化培", "训"]),
        ("住院医师（规范）", ["住院医师", "（规范）"]),
        ("用 --batch 指明批次", ["用 --batch", "指明批次"]),
        ("a/very/long/path 在此", ["a/very/long/path", "在此"]),
    ],
)
def test_lines_break_where_people_would(text: str, lines: list[str]) -> None:
    assert wrap(text, 10) == lines


def test_lines_of_a_paragraph_run_on() -> None:
    assert joined(["住院", "医师", "and more", "words 词"]) == "住院医师 and more words 词"
