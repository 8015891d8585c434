"""The meaning of the identities, with the years of the batch."""

from zhupei_cli.rules.people.identities import definitions
from zhupei_cli.words.vocabulary import Identity


def test_each_identity_has_its_meaning() -> None:
    assert list(definitions(2026, 3)) == list(Identity)


def test_the_years_are_those_of_the_batch() -> None:
    assert "2022、2023、2024 年毕业" in definitions(2024, 3)["social"]
    assert "2026 年毕业" in definitions(2026, 1)["social"]
    assert "、" not in definitions(2026, 1)["social"].split("年毕业")[0]
    assert definitions(2024, 3)["own"].startswith("2024 年度由培训基地招聘")
