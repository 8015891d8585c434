"""Which tests of services show the server a statement that no other does.

    .venv/bin/python -m pytest tests/services --thorough -k postgresql -p tests.statements_of_services

writes the names of all others into `services/nothing_new.txt`: the gate leaves them to SQLite, --thorough
does not. A test that is not named there, as a new one, is done on both.
"""

from collections import defaultdict
from collections.abc import Generator
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import Connection, Engine, event

NOTHING_NEW: Final = Path(__file__).parent / "services" / "nothing_new.txt"

_now: set[str] = set()
_told: dict[str, set[str]] = defaultdict(set)


@cache
def nothing_new() -> frozenset[str]:
    """Return the tests, without their parameters, that show the server nothing of their own."""
    return frozenset(NOTHING_NEW.read_text("utf-8").split())


def chosen(told: dict[str, set[str]]) -> set[str]:
    """Return tests that together show all statements: each time the one that shows most of what is left."""
    left, found = set[str]().union(*told.values()), set()
    while left:
        best = max(sorted(told), key=lambda test: len(told[test] & left))
        left -= told[best]
        found.add(best)
    return found


def pytest_configure() -> None:
    """Look at each statement from now on."""
    event.listen(Engine, "before_cursor_execute", _notice)


def _notice(connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
    if connection.dialect.name == "postgresql":
        _now.add(statement)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """Note the statements of a test; those of its fixtures are of others too."""
    _now.clear()
    result = yield
    _told[item.nodeid.partition("[")[0]] |= _now
    return result


def pytest_sessionfinish(exitstatus: int) -> None:
    """Write down who showed nothing new, if all was well."""
    if exitstatus == 0 and _told:
        names = sorted(set(_told) - chosen(_told))
        NOTHING_NEW.write_text("\n".join(names) + "\n", "utf-8")
