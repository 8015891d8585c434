"""Digests of profiles: what events that are years old say of people must agree with their rows still."""

from datetime import date

import pytest

from zhupei_cli.services.people import profiles
from zhupei_cli.services.people.profiles import Profile, profile_digest


def _somebody(**fresh: bool) -> Profile:
    card = {"id_type": "id_card", "id_number": "41010119900101001X", "name": "王", "gender": "1"}
    said = {"mobile": "13800000000", "has_employer": True, "order_oriented": True, "order_county": "甲县"}
    return Profile(
        1,
        {**card, "birth_date": date(1990, 1, 1), **said},
        [{"id": 2, "level": "21", "school": "甲", **fresh}, {"level": "14", "school": "乙"}],
        [{"employer_name": "丙", "from_date": date(2020, 1, 1)}],
    )


def test_a_digest_is_what_it_was_when_it_was_told() -> None:
    assert profile_digest(_somebody(is_fresh=True)) == "05b8d3ff5fbaea03"


def test_a_column_that_comes_later_changes_no_digest_of_who_says_nothing_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As if whether somebody is fresh had not been asked at first, and then had been."""
    before = [name for name in profiles._DIGESTED_EDUCATION if name != "is_fresh"]
    monkeypatch.setattr(profiles, "_DIGESTED_EDUCATION", before)
    told = profile_digest(_somebody())
    monkeypatch.setattr(profiles, "_LATER_EDUCATION", ("is_fresh",))
    assert profile_digest(_somebody()) == told
    assert len({profile_digest(_somebody(is_fresh=said)) for said in (True, False)} - {told}) == 2
