"""Numbers taken in blocks."""

from zhupei_cli.store.counters import take
from zhupei_cli.store.engine import transaction


def test_blocks_follow_each_other_and_names_do_not_mix(database: str) -> None:
    with transaction(database) as session:
        assert take(session, "a", 3) == range(1, 4)
        assert take(session, "a", 2) == range(4, 6)
        assert take(session, "b", 1) == range(1, 2)
    with transaction(database) as session:
        assert take(session, "a", 1) == range(6, 7)


def test_what_is_rolled_back_is_given_back(database: str) -> None:
    with transaction(database, dry_run=True) as session:
        assert take(session, "a", 3) == range(1, 4)
    with transaction(database) as session:
        assert take(session, "a", 1) == range(1, 2)


def test_taking_nothing_takes_nothing(database: str) -> None:
    with transaction(database) as session:
        assert list(take(session, "a", 0)) == []
        assert take(session, "a", 1) == range(1, 2)
