"""Days and months of a life."""

from datetime import date

import pytest

from zhupei_cli.rules.people.dates import BIRTH, GRADUATION, Month, age_on, day_of


@pytest.mark.parametrize("text", ["2024-06", "2024-06-01"])
def test_a_day_and_a_month_come_back_as_they_were(text: str) -> None:
    assert (day_of(text).isoformat(), str(day_of(text)), f"{day_of(text)}") == (text, text, text)


def test_a_month_is_no_day_of_it() -> None:
    month, day = Month(2024, 6, 1), date(2024, 6, 1)
    assert (month == Month(2024, 6, 1), month == day, day == month, month != day) == (
        True,
        False,
        False,
        True,
    )
    assert sorted([date(2024, 6, 2), month, date(2024, 5, 31)]) == [
        date(2024, 5, 31),
        month,
        date(2024, 6, 2),
    ]
    assert len({month, day, Month(2024, 6, 1)}) == 2


def test_when_things_can_have_been() -> None:
    today = date(2026, 6, 15)
    days = (date(1929, 12, 31), date(1992, 3, 12), today, date(2026, 6, 16), date(9999, 12, 31))
    assert [BIRTH.holds(day, today) for day in days] == [False, True, True, False, False]
    ends = (date(1954, 6, 30), date(2026, 6, 30), date(2032, 12, 31), date(2033, 1, 1))
    assert [GRADUATION.holds(day, today) for day in ends] == [False, True, True, False]


def test_ages() -> None:
    born = date(1992, 3, 12)
    days = (date(2007, 3, 11), date(2007, 3, 12), Month(2007, 3, 1), Month(2007, 2, 1))
    assert [age_on(born, day) for day in days] == [14, 15, 15, 14]
