"""Numbers of letters: what a pattern may say, and what it makes of an application."""

import pytest

from zhupei_cli.rules.batch.letter_numbers import letter_number, read_pattern


@pytest.mark.parametrize(
    ("pattern", "number"),
    [
        ("", ""),
        ("{number}", "12"),
        ("豫住培录〔{year}〕{number:05}号", "豫住培录〔2026〕00012号"),
        ("{batch}/{base}/{number:03}", "HN2026/4101001/012"),
    ],
)
def test_a_pattern_makes_a_number(pattern: str, number: str) -> None:
    made = letter_number(
        read_pattern(pattern), year=2026, batch="HN2026", base="4101001", application_no="HN2026-0000012"
    )
    assert made == number


@pytest.mark.parametrize(
    "pattern", ["号", "{no}", "{number", "number}", "{number:5}", "{number!r}", "{{number}}"]
)
def test_what_is_no_pattern(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_pattern(pattern)
