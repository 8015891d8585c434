"""A database by its bare driver, read-only, for Tab: SQLAlchemy alone takes longer than anybody waits."""

from collections.abc import Callable, Sequence
from typing import Any, Final
from urllib.parse import parse_qs, quote, unquote, urlsplit

#: What a driver opens. Any: psycopg takes no statement that is put together.
Connection = Any


class BareDatabase:
    """What stands at an address; any error of the driver's comes as it is."""

    def __init__(self, url: str) -> None:
        driver, _, place = url.partition("://")
        name = driver.partition("+")[0]
        self._mark = "?" if name == "sqlite" else "%s"
        self._connection = _OPENED[name](place)

    def rows(self, statement: str, *values: object, most: int) -> Sequence[tuple[Any, ...]]:
        """Return the first `most` rows of a statement, whose values are written `?`."""
        cursor = self._connection.cursor()
        cursor.execute(statement.replace("?", self._mark), values)
        return cursor.fetchmany(most)  # type: ignore[no-any-return]

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def _sqlite(place: str) -> Connection:
    import sqlite3

    return sqlite3.connect(f"file:{quote(place[1:])}?mode=ro", uri=True, timeout=0.1)


def _postgresql(place: str) -> Connection:
    import psycopg

    connection = psycopg.connect(f"postgresql://{place}", connect_timeout=2)
    connection.read_only = True
    return connection


def _oceanbase(place: str) -> Connection:
    import pymysql

    parts = urlsplit(f"mysql://{place}")
    options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    return pymysql.connect(
        host=parts.hostname or "localhost",
        port=parts.port or 3306,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        database=unquote(parts.path[1:]),
        unix_socket=options.get("unix_socket"),
        charset="utf8mb4",
        connect_timeout=2,
        init_command="SET SESSION TRANSACTION READ ONLY",
    )


_OPENED: Final[dict[str, Callable[[str], Connection]]] = {
    "sqlite": _sqlite,
    "postgresql": _postgresql,
    "mysql": _oceanbase,
}
