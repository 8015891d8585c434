"""A real OceanBase for the tests: the engine in the wheel `pylibseekdb`, one node, over a Unix socket.

    with running_oceanbase() as server:         # about 3 seconds, 300 MB
        server.create("a")                      # an empty database
        server.url("a")                         # mysql+pymysql://…
        server.drop("a")

A run of pytest with `--on oceanbase` has one for all its workers (conftest.py): the first process starts it
and tells the others where it is by TEST_OCEANBASE_URL. Who sets that beforehand has another one used. The
engine goes away with the process that started it, however that ends.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from sqlalchemy import URL, make_url

GIVEN = "TEST_OCEANBASE_URL"
#: Opens the engine, says where, and waits for the end of its input: that comes when we close it, or die.
_KEEPER = """
import shutil
import sys
import pylibseekdb
engine = pylibseekdb.open(sys.argv[1])
print(engine.connection_options()["unix_socket"], flush=True)
sys.stdin.read()
engine.close()
shutil.rmtree(sys.argv[1], ignore_errors=True)
"""


class NoOceanBase(RuntimeError):
    """No OceanBase can be had: tests on it fail, they are not skipped."""


def is_installed() -> bool:
    """Return whether there is an engine to start, or one is given."""
    return GIVEN in os.environ or find_spec("pylibseekdb") is not None


@dataclass(frozen=True, slots=True)
class OceanBase:
    """A running engine: `address` is of its administrator."""

    address: URL

    def url(self, database: str) -> str:
        """Return the URL of `database`."""
        return self.address.set(database=database).render_as_string(hide_password=False)

    def create(self, database: str, *, collation: str = "utf8mb4_bin") -> None:
        """Make an empty database."""
        self.execute(f"CREATE DATABASE `{database}` CHARACTER SET utf8mb4 COLLATE {collation}")

    def drop(self, database: str) -> None:
        """Remove a database where it is."""
        self.execute(f"DROP DATABASE IF EXISTS `{database}`")

    def connect(self, database: str | None = None) -> Any:
        """Return a connection of the driver."""
        import pymysql

        return pymysql.connect(
            host=self.address.host or "localhost",
            port=self.address.port or 0,
            user=self.address.username,
            password=str(self.address.password or ""),
            unix_socket=self.address.query.get("unix_socket"),
            database=database,
            charset="utf8mb4",
            autocommit=True,
            ssl_disabled="unix_socket" in self.address.query,  # reading all certificates takes 0.1 s
        )

    def execute(self, *statements: str, database: str | None = None) -> None:
        """Run statements, each for itself."""
        with closing(self.connect(database)) as connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)


@contextmanager
def running_oceanbase(memory: int = 4) -> Iterator[OceanBase]:
    """Run an engine for the block, that may hold `memory` GiB, or use the one that is given.

    Left alone it takes one, and clears it again and again where much is written: an import of 100,000 people
    then takes half as long again, and four times its work.
    """
    if given := os.environ.get(GIVEN):
        yield OceanBase(make_url(given))
        return
    if not is_installed():
        raise NoOceanBase(f"no OceanBase: pip install '.[dev]', or set {GIVEN}")
    # In tests a commit waits for memory, 1 ms, and not for the disk, 13 ms (tests/careless.py).
    place = os.environ.get("PYTEST_DEBUG_TEMPROOT")
    with tempfile.TemporaryDirectory(prefix="zhupei-ob-", dir=place, ignore_cleanup_errors=True) as folder:
        process = subprocess.Popen(
            [sys.executable, "-c", _KEEPER, folder],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,  # Ctrl-C is for pytest, which then closes the input
        )
        try:
            assert process.stdout is not None
            where = process.stdout.readline().strip()
            if not where:
                raise NoOceanBase("the engine did not start")
            query = {"unix_socket": where}
            engine = OceanBase(URL.create("mysql+pymysql", "root", host="localhost", query=query))
            engine.execute(
                f"ALTER SYSTEM SET memory_budget = '{memory}G'",
                f"ALTER SYSTEM SET log_disk_size = '{2 * memory}G'",
            )
            yield engine
        finally:
            process.communicate()
