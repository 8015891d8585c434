"""Statements compiled once for all the databases of a test run; each database asked once what it can.

Every run of the program opens an engine of its own, as a shell would; each then compiles the same few
hundred statements anew, which was a third of the suite's time. What is compiled depends on the kind of
dialect alone, so the engines of one worker share it. And each first asks a server its version, its default
schema and more: what the first was told of a URL, the later ones know.
"""

from collections.abc import Callable
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, event
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.util import LRUCache


class _ByKind(LRUCache[Any, Any]):
    """A cache of compiled statements that knows a dialect by its class: two SQLite files are one."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(_kind(key), default)

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(_kind(key), value)


def _kind(key: Any) -> Any:
    dialect, *rest = key
    return (type(dialect), *rest)


_COMPILED: Final = _ByKind(4000)


def share() -> None:
    """Let every connection opened from now on use what the others compiled."""
    event.listen(Engine, "engine_connect", _use)
    told: dict[URL, dict[str, Any]] = {}
    ask: Callable[[PGDialect_psycopg, Connection], None] = PGDialect_psycopg.initialize

    def initialize(dialect: PGDialect_psycopg, connection: Connection) -> None:
        url = connection.engine.url
        if url not in told:
            before = dict(vars(dialect))
            ask(dialect, connection)
            told[url] = {
                name: value for name, value in vars(dialect).items() if before.get(name, told) is not value
            }
        vars(dialect).update(told[url])

    PGDialect_psycopg.initialize = initialize  # type: ignore[method-assign]


def _use(connection: Connection) -> None:
    connection.execution_options(compiled_cache=_COMPILED)
