"""Unified social credit codes."""

import pytest

from zhupei_cli.rules.people.uscc import agrees, is_formed


@pytest.mark.parametrize(
    "code", ["1241000041580000", "12410000MB000000IJ", "12410000mb0000001j", "1241000OMB00000011", ""]
)
def test_a_code_of_another_form(code: str) -> None:
    assert not is_formed(code)


def test_one_wrong_character_is_seen() -> None:
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    (right,) = (last for last in alphabet if agrees("12410000MB0000001" + last))
    code = "12410000MB0000001" + right
    assert is_formed(code)
    for place in range(17):
        others = alphabet if place not in range(2, 8) else "0123456789"
        for char in others.replace(code[place], ""):
            assert not agrees(code[:place] + char + code[place + 1 :])


def test_published_codes_agree() -> None:
    # Of two companies, as their public registers print them.
    assert all(is_formed(code) and agrees(code) for code in ("91330100799655058B", "91110000710925462X"))
