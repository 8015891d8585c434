"""Weights, tie keys and totals."""

from fractions import Fraction
from math import floor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhupei_cli.rules.admission.scores import Record, Weights, mark_text, parse_tie_keys, parse_weights, total
from zhupei_cli.words.errors import ZhupeiError


def test_weights_are_kept_as_written() -> None:
    weights = parse_weights(" interview=0.20, written=0.4 ,skill=.4".replace("=.4", "=0.4"))
    assert weights == Weights("0.4", "0.4", "0.20")
    assert str(weights) == "written=0.4,skill=0.4,interview=0.20"


def test_a_component_left_out_weighs_nothing() -> None:
    assert parse_weights("written=0.5,skill=0.5") == Weights("0.5", "0.5", "0")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "看不懂“”"),
        ("written", "看不懂“written”"),
        ("written=0.4,skills=0.4,interview=0.2", "看不懂“skills=0.4”"),
        ("written=0.4,written=0.4,interview=0.2", "written 写了两次"),
        ("written=0.4,skill=0.4,interview=0.1", "三项权重之和不等于 1"),
        ("written=0.4,skill=0.4,interview=0.20000000000000000000000000000000000001", "三项权重之和不等于 1"),
        ("written=1.2,skill=-0.4,interview=0.2", "skill 的权重“-0.4”不是非负小数"),
        ("written=NaN,skill=0.4,interview=0.2", "written 的权重“NaN”不是非负小数"),
        ("written=1e0,skill=0,interview=0", "written 的权重“1e0”不是非负小数"),
        ("written=,skill=0.4,interview=0.6", "written 的权重“”不是非负小数"),
    ],
)
def test_weights_that_cannot_be(text: str, problem: str) -> None:
    with pytest.raises(ZhupeiError) as refused:
        parse_weights(text)
    assert (refused.value.code, refused.value.values["problem"]) == ("E430", problem)


def test_tie_keys() -> None:
    assert parse_tie_keys("written, skill,interview,submitted_at") == (
        "written",
        "skill",
        "interview",
        "submitted_at",
    )
    assert parse_tie_keys(" ") == ()
    assert parse_tie_keys("submitted_at,written") == ("submitted_at", "written")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("written,total", "没有“total”这一项"),
        ("written,skill,written", "written 写了两次"),
        ("written,", "没有“”这一项"),
    ],
)
def test_tie_keys_that_cannot_be(text: str, problem: str) -> None:
    with pytest.raises(ZhupeiError) as refused:
        parse_tie_keys(text)
    assert (refused.value.code, refused.value.values["problem"]) == ("E431", problem)


@pytest.mark.parametrize(
    ("marks", "weights", "expected"),
    [
        ((8550, 7025, 9000), Weights(), 8030),
        ((1, 0, 0), Weights("0.5", "0.5", "0"), 1),  # 0.005 rounds half-up to 0.01
        ((3, 0, 0), Weights("0.5", "0.5", "0"), 2),
        ((10000, 10000, 10000), Weights(), 10000),
        ((7000, 8000, None), Weights("0.5", "0.50", "0.00"), 7500),
        ((None, 8000, 9000), Weights(), None),
        ((None, None, None), Weights("0", "1", "0"), None),
        ((0, 0, 0), Weights(), 0),
        ((6001, 6001, 6001), Weights("1", "0", "0"), 6001),
    ],
)
def test_total(marks: tuple[int | None, ...], weights: Weights, expected: int | None) -> None:
    written, skill, interview = marks
    assert total(Record(None, written, skill, interview), weights) == expected


@given(st.lists(st.integers(0, 10000), min_size=3, max_size=3), st.integers(0, 1000), st.data())
@settings(max_examples=60, deadline=None, derandomize=True, database=None)
def test_total_is_exact_and_rounded_once(marks: list[int], written: int, data: st.DataObject) -> None:
    skill = data.draw(st.integers(0, 1000 - written))
    parts = (written, skill, 1000 - written - skill)
    weights = Weights(*(f"{part // 1000}.{part % 1000:03d}" for part in parts))
    exact = sum((Fraction(part, 1000) * mark for part, mark in zip(parts, marks, strict=True)), Fraction(0))
    assert total(Record(None, *marks), weights) == floor(exact + Fraction(1, 2))


def test_mark_text() -> None:
    assert [mark_text(mark) for mark in (0, 5, 8550, 10000)] == ["0.00", "0.05", "85.50", "100.00"]
