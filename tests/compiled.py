"""Statements compiled once for all the databases of a test run.

Every run of the program opens an engine of its own, as a shell would; each then compiles the same few
hundred statements anew, which was a third of the suite's time. What is compiled depends on the kind of
dialect alone, so the engines of one worker share it.
"""

from typing import Any, Final

from sqlalchemy import Connection, Engine, event
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


def _use(connection: Connection) -> None:
    connection.execution_options(compiled_cache=_COMPILED)
