import pytest

from zhupei_cli.rules.people.addresses import split_addresses, wire_address


@pytest.mark.parametrize(
    ("texts", "single"),
    [
        (["a@example.com"], ("a@example.com",)),
        (["a@example.com;b@example.com"], ("a@example.com", "b@example.com")),
        (
            ["a@example.com；b@example.com，", " c@example.com"],
            ("a@example.com", "b@example.com", "c@example.com"),
        ),
        (["a@example.com、b@example.com a@example.com\n"], ("a@example.com", "b@example.com")),
        (["赵老师 <a@example.com>, b@example.com"], ("赵老师 <a@example.com>", "b@example.com")),
        (["", " ; "], ()),
    ],
)
def test_several_addresses_in_one_text(texts: list[str], single: tuple[str, ...]) -> None:
    assert split_addresses(texts) == single


@pytest.mark.parametrize(
    ("text", "wire"),
    [
        ("a@example.com", "a@example.com"),
        ("赵老师 <a@example.com>", "a@example.com"),
        ("赵@例子.中国", "赵@xn--fsqu00a.xn--fiqs8s"),
        ("a", None),
        ("a@", None),
        ("a@b@example.com", None),
        (f"a@{'例' * 80}.cn", None),
    ],
)
def test_what_servers_take(text: str, wire: str | None) -> None:
    assert wire_address(text) == wire
