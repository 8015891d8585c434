"""What a row says twice about one education."""

from datetime import date
from typing import Any

import pytest

from zhupei_cli.rules.people.dates import Month
from zhupei_cli.services.people.merging import merge, said_by

_ROW = {
    "id_type": "passport",
    "id_number": "E12345678",
    "level": "21",
    "school": "甲大学",
    "major": "临床医学",
}


@pytest.mark.parametrize(
    ("highest", "bachelor", "kept", "codes"),
    [
        (date(2026, 6, 30), date(2026, 6, 30), date(2026, 6, 30), []),
        (Month(2026, 6, 1), date(2026, 6, 30), date(2026, 6, 30), []),
        (date(2026, 6, 30), Month(2026, 6, 1), date(2026, 6, 30), []),
        (Month(2026, 6, 1), Month(2026, 6, 1), Month(2026, 6, 1), []),
        (None, Month(2026, 6, 1), Month(2026, 6, 1), []),
        (date(2026, 6, 30), None, date(2026, 6, 30), []),
        (Month(2026, 7, 1), date(2026, 6, 30), Month(2026, 7, 1), [("E152", "bachelor_graduated_on")]),
        (date(2026, 7, 1), date(2026, 6, 30), date(2026, 7, 1), [("E152", "bachelor_graduated_on")]),
    ],
)
def test_a_month_says_nothing_against_a_day_of_it(
    highest: date | None, bachelor: date | None, kept: date, codes: list[tuple[str, str]]
) -> None:
    row: dict[str, Any] = {**_ROW, "graduated_on": highest, "bachelor_graduated_on": bachelor}
    after, faults = merge(None, said_by(row))
    assert [entry["graduated_on"] for entry in after.educations] == [kept]
    assert [(fault.code, fault.field) for fault in faults] == codes
