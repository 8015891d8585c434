"""What may be seen of a number, a phone, an address, a mailbox."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhupei_cli.rules.people.masking import mask_address, mask_email, mask_id, mask_paper, mask_phone


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("410101199003072024", "4101**********2024"),
        ("41010119900307202X", "4101**********202X"),
        ("410101900307202", "4101*******7202"),
        ("H12345678", "*****5678"),
        ("CAN110190030712", "***********0712"),
        ("E1234", "***34"),
        ("", ""),
    ],
)
def test_numbers_of_papers(number: str, masked: str) -> None:
    assert mask_id(number) == masked


@pytest.mark.parametrize(
    ("number", "masked"),
    [("13812340000", "138****0000"), ("65900001", "****0001"), ("+8613812340000", "+86*******0000")],
)
def test_phones(number: str, masked: str) -> None:
    assert mask_phone(number) == masked


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        ("河南省郑州市金水区文化路1号", "河南省郑州市****"),
        ("郑州市金水区文化路1号", "郑州市****"),
        ("河南省 新乡市 红旗区", "河南省新乡市****"),
        ("北京市海淀区", "北京市****"),
        ("江苏省镇江市京口区", "江苏省镇江市****"),
        ("内蒙古自治区呼和浩特市新城区", "内蒙古自治区呼和浩特市****"),
        ("湖北省恩施土家族苗族自治州恩施市", "湖北省恩施土家族苗族自治州****"),
        ("河南省固始县城关镇", "河南省****"),
        ("文化路市场街3号", "****"),
        ("龙湖镇某超市旁", "****"),
        ("", "****"),
    ],
)
def test_addresses_are_shown_to_the_city(address: str, masked: str) -> None:
    assert mask_address(address) == masked


@pytest.mark.parametrize(
    ("email", "masked"),
    [("zhangsan@example.com", "z****@example.com"), ("a@b.cn", "a****@b.cn"), ("no mailbox", "****")],
)
def test_mailboxes(email: str, masked: str) -> None:
    assert mask_email(email) == masked


@given(st.text(alphabet="0123456789ABCDEF", max_size=30))
def test_never_more_than_four_characters_nor_half_of_a_paper(number: str) -> None:
    masked = mask_paper(number)
    shown = len(masked) - masked.count("*")
    assert len(masked) == len(number)
    assert shown == min(4, len(number) // 2)
