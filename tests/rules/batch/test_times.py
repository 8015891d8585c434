"""Instants as people write them."""

from datetime import UTC, datetime

import pytest

from zhupei_cli.rules.batch.times import iso_time, parse_time, show_time
from zhupei_cli.words.errors import ZhupeiError


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2024-06-20", "2024-06-20T00:00:00+08:00", "2024-06-20T23:59:59+08:00"),
        ("2024/6/20", "2024-06-20T00:00:00+08:00", "2024-06-20T23:59:59+08:00"),
        ("2024.6.20", "2024-06-20T00:00:00+08:00", "2024-06-20T23:59:59+08:00"),
        ("20240620", "2024-06-20T00:00:00+08:00", "2024-06-20T23:59:59+08:00"),
        (" ２０２４-06-20　", "2024-06-20T00:00:00+08:00", "2024-06-20T23:59:59+08:00"),
        ("2024-06-20 18:00", "2024-06-20T18:00:00+08:00", "2024-06-20T18:00:00+08:00"),
        ("2024年6月20日", "2024-06-20T00:00:00+08:00", "2024-06-20T23:59:59+08:00"),
        ("２０２４ 年 06 月 20 号", "2024-06-20T00:00:00+08:00", "2024-06-20T23:59:59+08:00"),
        ("2024年6月20日 18:00", "2024-06-20T18:00:00+08:00", "2024-06-20T18:00:00+08:00"),
        ("2024年6月20日18时", "2024-06-20T18:00:00+08:00", "2024-06-20T18:00:00+08:00"),
        ("2024年6月20日8点5分6秒", "2024-06-20T08:05:06+08:00", "2024-06-20T08:05:06+08:00"),
        ("20240620 8:05:06", "2024-06-20T08:05:06+08:00", "2024-06-20T08:05:06+08:00"),
        ("2024-06-20T23:59:59+08:00", "2024-06-20T23:59:59+08:00", "2024-06-20T23:59:59+08:00"),
        ("2024-06-20 16:00Z", "2024-06-21T00:00:00+08:00", "2024-06-21T00:00:00+08:00"),
    ],
)
def test_every_form_is_the_same_instant(text: str, start: str, end: str) -> None:
    assert iso_time(parse_time(text)) == start
    assert iso_time(parse_time(text, end=True)) == end
    assert parse_time(text).tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    [
        "",
        "明天",
        "2024-02-30",
        "2024年2月30日",
        "2024年6月",
        "2024年6月20日25时",
        "2024-6/20",
        "202406",
        "2024-06-20 24:00",
        "2024-06-20 1200",
        "0001-01-01",
        "六月",
    ],
)
def test_what_is_no_instant_is_a_usage_error(text: str) -> None:
    with pytest.raises(ZhupeiError) as caught:
        parse_time(text)
    assert (caught.value.code, caught.value.exit_code) == ("E272", 2)
    assert text in caught.value.message


def test_people_see_china_standard_time() -> None:
    assert show_time(datetime(2024, 6, 20, 15, 59, 59, tzinfo=UTC)) == "2024-06-20 23:59:59"
