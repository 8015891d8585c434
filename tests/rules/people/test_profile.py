"""What a profile lacks, and which education counts."""

from datetime import date
from typing import Any

import pytest

from zhupei_cli.rules.people.fields import NEEDED
from zhupei_cli.rules.people.profile import highest, is_whole, missing

WHOLE: dict[str, Any] = {
    "name": "王小明",
    "id_type": "id_card",
    "id_number": "410101199003072024",
    "gender": "2",
    "birth_date": date(1990, 3, 7),
    "ethnicity": "01",
    "mobile": "13812340000",
    "address": "河南省郑州市",
    "emergency_name": "王大明",
    "emergency_phone": "13812340001",
    "level": "21",
    "school": "某某医学院",
    "major": "临床医学",
    "graduated_on": date(2013, 7, 1),
    "full_time": False,
    "has_employer": True,
    "employer_name": "甲医院",
}


def test_a_whole_profile_lacks_nothing() -> None:
    assert missing(WHOLE) == {}
    assert set(WHOLE) == set(NEEDED)


@pytest.mark.parametrize("key", sorted(set(WHOLE) - {"id_type", "gender", "birth_date", "has_employer"}))
@pytest.mark.parametrize("nothing", [None, ""])
def test_every_required_part_is_missed(key: str, nothing: str | None) -> None:
    assert missing({**WHOLE, key: nothing}) == {key: NEEDED[key]}
    assert missing({name: value for name, value in WHOLE.items() if name != key}) == {key: NEEDED[key]}


@pytest.mark.parametrize("key", sorted(WHOLE))
@pytest.mark.parametrize("nothing", [None, "", False])
def test_one_look_never_passes_what_is_missing(key: str, nothing: object) -> None:
    values = {**WHOLE, key: nothing}
    of_education = ("level", "school", "major", "graduated_on", "full_time")
    work = {"employer_name": values.pop("employer_name")}
    education = {name: values.pop(name) for name in of_education}
    assert is_whole(values, education, work) <= (missing({**values, **education, **work}) == {})
    assert is_whole(values, None, work) is False


def test_one_look_is_enough_for_nearly_everybody() -> None:
    assert is_whole(WHOLE, WHOLE, WHOLE)
    assert is_whole({**WHOLE, "has_employer": False}, WHOLE, None)
    assert not is_whole(WHOLE, WHOLE, None)


def test_sex_and_birth_date_follow_from_some_papers_only() -> None:
    bare = {key: value for key, value in WHOLE.items() if key not in ("gender", "birth_date", "ethnicity")}
    assert missing(bare) == {"ethnicity": "民族"}
    assert missing({**bare, "id_type": "residence_permit"}) == {"ethnicity": "民族"}
    for id_type in ("passport", "hk_macao_pass", "taiwan_pass", "permanent_residence"):
        assert missing({**bare, "id_type": id_type}) == {"gender": "性别", "birth_date": "出生日期"}


def test_who_has_no_employer_names_none() -> None:
    assert missing({**WHOLE, "has_employer": False, "employer_name": None}) == {}
    assert missing({**WHOLE, "has_employer": None, "employer_name": None}) == {
        "has_employer": "是否有工作单位"
    }


def test_the_highest_education_is_the_latest_of_the_highest_level() -> None:
    college: dict[str, Any] = {"level": "31", "graduated_on": date(2020, 7, 1)}
    early: dict[str, Any] = {"level": "14", "graduated_on": date(2012, 7, 1)}
    late: dict[str, Any] = {"level": "14", "graduated_on": date(2015, 7, 1)}
    undated: dict[str, Any] = {"level": "14", "graduated_on": None}
    assert highest([early, late, undated, college]) is late
    assert highest([college, undated]) is undated
    assert highest([]) is None
