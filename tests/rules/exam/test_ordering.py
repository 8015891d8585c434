"""Names with numbers stand in the order people count in."""

import random

from zhupei_cli.rules.exam.ordering import as_counted


def test_groups_are_counted_not_spelt() -> None:
    for names in (
        ["第1组", "第2组", "第10组", "第11组"],
        ["内科一组", "内科二组", "内科三组", "内科十组", "内科十二组", "内科二十组", "内科二十一组"],
        ["1 组", "A 组", "内科组", "内科组 2", "内科组 10"],
    ):
        mixed = random.Random(7).sample(names, len(names))
        assert sorted(mixed, key=as_counted) == names
