"""The short look at nearly everybody's dates says what the long one says."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhupei_cli.rules.people import life_dates
from zhupei_cli.rules.people.dates import Month
from zhupei_cli.rules.people.profile import highest
from zhupei_cli.words.codes import LEVEL

_TODAY = date(2026, 6, 1)
_day = st.one_of(
    st.dates(date(1925, 1, 1), date(2060, 12, 31)),
    st.dates(date(2024, 1, 1), date(2028, 1, 1)),
    st.dates(date(1995, 1, 1), date(2015, 1, 1)),
)
_days = st.one_of(_day, _day.map(lambda day: Month(day.year, day.month, 1)), st.none())
_educations = st.lists(
    st.fixed_dictionaries({"level": st.sampled_from(list(LEVEL.labels)), "graduated_on": _days}), max_size=2
)
_works = st.lists(st.fixed_dictionaries({"from_date": _days, "to_date": _days}), max_size=2)


@settings(max_examples=600)
@given(born=_days, educations=_educations, works=_works)
def test_the_short_look_finds_what_the_long_one_finds(
    born: date | None, educations: list[dict[str, Any]], works: list[dict[str, Any]]
) -> None:
    def found() -> list[Any]:
        person = {"birth_date": born}
        top = highest(educations)
        return list(life_dates.date_faults(person, educations, works, _TODAY, top))

    short = found()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(life_dates, "_is_common", lambda *_: False)
        assert found() == short


@pytest.mark.parametrize(
    ("levels", "told"),
    [
        (["本科"], [("graduated_on", "毕业时间")]),
        (["硕士"], [("graduated_on", "毕业时间")]),
        (["本科", "硕士"], [("bachelor_graduated_on", "本科毕业时间"), ("graduated_on", "毕业时间")]),
        (["大专", "本科"], [("graduated_on", "大专毕业时间"), ("graduated_on", "毕业时间")]),
    ],
)
def test_a_day_is_called_as_its_column(levels: list[str], told: list[tuple[str, str]]) -> None:
    """The days of a bachelor who has no higher degree stand in 毕业时间, not in 本科毕业时间 beside it."""
    educations: list[dict[str, Any]] = [
        {"level": LEVEL.parse(level), "graduated_on": date(9999, 12, 31)} for level in levels
    ]
    found = life_dates.date_faults({"birth_date": None}, educations, [], _TODAY, highest(educations))
    assert [(fault.field, fault.values["label"]) for fault in found if fault.code == "E126"] == told
