"""Numbers of identity papers: what is mended, what is refused, what a number says."""

from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from zhupei_cli.rules.people import idcard
from zhupei_cli.words.errors import Fault
from zhupei_cli.words.vocabulary import IdType

TODAY = date(2024, 6, 20)
CARD, PERMIT = IdType.ID_CARD, IdType.RESIDENCE_PERMIT


def completed(first17: str) -> str:
    """Return the 18 characters; the sum as GB 11643 defines it, by powers of two."""
    total = sum(int(digit) * 2 ** (17 - place) for place, digit in enumerate(first17))
    return first17 + "0123456789X"[(12 - total) % 11]


@st.composite
def cards(draw: st.DrawFn) -> str:
    born = draw(st.dates(date(1900, 1, 1), TODAY))
    return completed(f"410101{born:%Y%m%d}{draw(st.integers(1, 999)):03d}")


@given(cards())
def test_a_valid_number_passes_and_says_who_it_is(number: str) -> None:
    born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    gender = "1" if int(number[16]) % 2 else "2"
    assert idcard.check_number(CARD, number, TODAY) == (number, [])
    assert idcard.facts(CARD, number) == (gender, born)


@given(cards(), st.integers(0, 17), st.sampled_from("0123456789X"))
def test_one_wrong_character_is_refused(number: str, place: int, character: str) -> None:
    assume(number[place] != character)
    wrong = number[:place] + character + number[place + 1 :]
    assert len(idcard.check_number(CARD, wrong, TODAY)[1]) == 1


@given(cards(), st.integers(0, 16))
def test_two_characters_in_the_wrong_order_are_refused(number: str, place: int) -> None:
    assume(number[place] != number[place + 1])
    wrong = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assert len(idcard.check_number(CARD, wrong, TODAY)[1]) == 1


VALID = completed("41010119900307202")
WITH_X = next(number for number in (completed(f"41010119900307{n:03d}") for n in range(99)) if "X" in number)


@pytest.mark.parametrize(
    ("typed", "mended"),
    [
        (f" {VALID[:6]} {VALID[6:14]} {VALID[14:]}\n", VALID),
        (WITH_X.lower(), WITH_X),
        ("".join(chr(ord(character) + 0xFEE0) for character in WITH_X), WITH_X),
    ],
)
def test_slips_of_typing_are_mended(typed: str, mended: str) -> None:
    assert idcard.check_number(CARD, typed, TODAY) == (mended, [])


@pytest.mark.parametrize(
    ("id_type", "number", "sentence"),
    [
        (CARD, "410101900307202", "4101*******7202 是 15 位旧身份证号码；请填 18 位的新号码"),
        (
            CARD,
            VALID[:17],
            "居民身份证号码 4101*********7202 有 17 位，应为 18 位；"
            "对照证件重新填写；Excel 中先把该列设为文本再填",
        ),
        (
            CARD,
            "41O101" + VALID[6:],
            f"居民身份证号码 **************{VALID[14:]} 含有不应有的字符“O”；"
            "前 17 位只能是数字，最后一位是数字或 X",
        ),
        (
            CARD,
            completed("99010119900307202"),
            f"居民身份证号码 9901**********{completed('99010119900307202')[14:]} 开头的省份代码不存在；"
            "请核对号码的前两位，或改正证件类型",
        ),
        (
            CARD,
            completed("41010119900230202"),
            f"居民身份证号码 4101**********{completed('41010119900230202')[14:]} 中的出生日期不存在；"
            "请核对号码的第 7 至 14 位",
        ),
        (
            CARD,
            completed("41010120240621202"),
            f"居民身份证号码 4101**********{completed('41010120240621202')[14:]} 中的出生日期在今天之后；"
            "请核对号码的第 7 至 14 位",
        ),
        (
            CARD,
            VALID[:17] + ("1" if VALID[17] != "1" else "2"),
            f"居民身份证号码 4101**********202{'1' if VALID[17] != '1' else '2'} 的校验位不符；"
            "至少有一位写错，请对照证件重新填写",
        ),
        (
            IdType.PASSPORT,
            VALID,
            f"4101**********{VALID[14:]} 是居民身份证号码，证件类型却是护照；"
            "把证件类型改为居民身份证；确是护照的，对照护照重新填写号码",
        ),
        (
            IdType.PASSPORT,
            completed("81000019900307202"),
            f"8100**********{completed('81000019900307202')[14:]} 是港澳台居民居住证号码，证件类型却是护照；"
            "把证件类型改为港澳台居民居住证；确是护照的，对照护照重新填写号码",
        ),
        (
            CARD,
            completed("81000019900307202"),
            f"8100**********{completed('81000019900307202')[14:]} 是居住证号码，证件类型却是居民身份证；"
            "把证件类型改为港澳台居民居住证",
        ),
        (
            PERMIT,
            VALID,
            f"4101**********{VALID[14:]} 不是港澳台居民居住证的号码；"
            "居住证号码以 81、82 或 83 开头；若是身份证，请把证件类型改为居民身份证",
        ),
        (
            IdType.HK_MACAO_PASS,
            "H1234567",
            "港澳居民来往内地通行证号码 ****4567 的格式不对；"
            "应为H 或 M 加 8 位或 10 位数字，请核对证件类型和号码",
        ),
    ],
)
def test_what_is_wrong_is_said_without_the_number(id_type: str, number: str, sentence: str) -> None:
    mended, faults = idcard.check_number(id_type, number, TODAY)
    assert mended == number
    assert [(fault.field, fault.severity, fault.message) for fault in faults] == [
        ("id_number", "error", sentence)
    ]


@pytest.mark.parametrize("prefix", ["810000", "820000", "830000"])
def test_residence_permits_are_checked_like_cards(prefix: str) -> None:
    number = completed(prefix + "19900307202")
    assert idcard.check_number(PERMIT, number, TODAY) == (number, [])
    assert idcard.facts(PERMIT, number) == ("2", date(1990, 3, 7))


@pytest.mark.parametrize(
    ("id_type", "good", "bad"),
    [
        (IdType.HK_MACAO_PASS, ["H12345678", "M1234567801"], ["12345678", "H123456789"]),
        (IdType.TAIWAN_PASS, ["12345678", "0123456789", "0123456789B"], ["1234567", "A2345678"]),
        (
            IdType.PERMANENT_RESIDENCE,
            ["CAN110190030712", "911101199003072024"],
            ["110190030712", "811101199003072024"],
        ),
        (IdType.PASSPORT, ["E12345678", "AB1234567"], ["E123", "E12-34567"]),
    ],
)
def test_other_papers_are_checked_for_form_only(id_type: str, good: list[str], bad: list[str]) -> None:
    assert [idcard.check_number(id_type, number, TODAY) for number in good] == [
        (number, []) for number in good
    ]
    codes = [[fault.code for fault in idcard.check_number(id_type, number, TODAY)[1]] for number in bad]
    assert codes == [["E110"]] * len(bad)
    assert idcard.facts(id_type, good[0]) is None


def test_an_unknown_county_is_no_fault() -> None:
    number = completed("41019919900307202")
    assert idcard.check_number(CARD, number, TODAY) == (number, [])


@pytest.mark.parametrize("number", ["", VALID[:17], VALID[:17] + "A", completed("41010119900230202")])
def test_a_wrong_number_says_nothing(number: str) -> None:
    with pytest.raises(idcard.NotACard):
        idcard.facts(CARD, number)


def test_values_of_a_fault_are_masked() -> None:
    [fault] = idcard.check_number(CARD, VALID[:17], TODAY)[1]
    assert fault == Fault(
        "E111",
        "id_number",
        "error",
        {"id_type": "居民身份证", "number": "4101*********7202", "length": 17, "form": "", "characters": ""},
    )
