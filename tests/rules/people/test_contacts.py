"""Telephone numbers as they are dialled."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhupei_cli.rules.people.contacts import mobile_doubt, read_phone


@given(st.sampled_from(["010", "0371", "0398"]), st.integers(2_000_000, 99_999_999))
def test_every_landline_is_read_whatever_stands_in_it(area: str, number: int) -> None:
    """0371-60000086 holds 0086, and is no number of China's abroad."""
    written = f"{area}-{number}"
    assert read_phone(written) == (written if str(number)[0] in "23456789" else None)


def test_several_numbers_where_messages_go_are_told() -> None:
    assert mobile_doubt("13900860086") is None
    for written, count in (("13900860086 / 13900860087", 2), ("13900860086、0371-60000086；4001234567", 3)):
        doubt = mobile_doubt(read_phone(written) or "")
        assert doubt == ("E429", "warning", {"count": count})


@pytest.mark.parametrize(
    ("written", "dialled"),
    [
        ("0371-60000086", "0371-60000086"),
        ("+86-371-60000086", "0371-60000086"),
        ("0086 371 60000086", "037160000086"),
        ("13900860086", "13900860086"),
        ("0086-13900860086", "13900860086"),
        ("+13900860086", None),
        ("+12125550100", "+12125550100"),
    ],
)
def test_the_number_of_china_stands_in_front_alone(written: str, dialled: str | None) -> None:
    assert read_phone(written) == dialled
