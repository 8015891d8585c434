"""The databases side by side: where a benchmark or a soak gets fresh copies of a state it prepared."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tests.oceanbase_server import OceanBase, running_oceanbase
from tests.server import Server, running_server

ENGINES = ("sqlite", "postgresql", "oceanbase")
ZHUPEI = str(Path(sys.executable).parent / "zhupei")


class Side(Protocol):
    """A kind of database: gives URLs of new ones, and of copies of others nobody is using."""

    @property
    def name(self) -> str:
        """Return what people call it."""

    def new(self, database: str) -> str:
        """Return the URL of a database that `db init` can make."""

    def copy(self, database: str, template: str) -> str:
        """Make `database` what `template` is, whatever it was, and return its URL."""


@dataclass(frozen=True, slots=True)
class Files:
    """SQLite files in a folder."""

    folder: Path
    name: str = "SQLite"

    def new(self, database: str) -> str:
        """Return the URL of a file that is not there."""
        return f"sqlite:///{self.folder / database}.sqlite"

    def copy(self, database: str, template: str) -> str:
        """Copy the file, and drop what a killed writer left beside the old one."""
        for left in self.folder.glob(f"{database}.sqlite*"):
            left.unlink()
        shutil.copyfile(self.folder / f"{template}.sqlite", self.folder / f"{database}.sqlite")
        return self.new(database)


@dataclass(frozen=True, slots=True)
class Databases:
    """Databases of a server."""

    server: Server
    name: str = "PostgreSQL"

    def new(self, database: str) -> str:
        """Make an empty database."""
        self.server.drop(database)
        self.server.create(database)
        return self.server.url(database)

    def copy(self, database: str, template: str) -> str:
        """Make a database from another one."""
        self.server.drop(database)
        self.server.create(database, template=template)
        return self.server.url(database)


@dataclass(frozen=True, slots=True)
class OceanBases:
    """Databases of OceanBase: their rows are copied by the engine, their tables made once."""

    server: OceanBase
    prefix: str
    name: str = "OceanBase"

    def new(self, database: str) -> str:
        """Make an empty database."""
        self.server.drop(f"{self.prefix}{database}")
        self.server.create(f"{self.prefix}{database}")
        return self.server.url(f"{self.prefix}{database}")

    def copy(self, database: str, template: str) -> str:
        """Make the rows of a database those of another one."""
        here, there = f"{self.prefix}{database}", f"{self.prefix}{template}"
        with closing(self.server.connect()) as connection, connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE IF NOT EXISTS `{here}` COLLATE utf8mb4_bin")
            cursor.execute(f"USE `{here}`")
            cursor.execute("SET foreign_key_checks = 0")
            cursor.execute(f"SHOW TABLES FROM `{there}`")
            tables = [table for (table,) in cursor.fetchall()]
            cursor.execute("SHOW TABLES")
            if not cursor.fetchall():
                for table in tables:
                    cursor.execute(f"SHOW CREATE TABLE `{there}`.`{table}`")
                    cursor.execute(cursor.fetchone()[1].replace(f"`{there}`.", ""))
            for table in tables:
                cursor.execute(f"DELETE FROM `{table}`")
                cursor.execute(f"INSERT INTO `{table}` SELECT * FROM `{there}`.`{table}`")
        return self.server.url(here)


@contextmanager
def sides(folder: Path, version: int = 16) -> Iterator[tuple[Side, Side]]:
    """Yield both: the server writes through to its disk, as the file does."""
    with running_server(version, durable=True) as server:
        yield Files(folder), Databases(server)


@contextmanager
def running_side(engine: str, folder: Path) -> Iterator[Side]:
    """Yield one of them, by its name in ENGINES; what it wrote goes away with it."""
    if engine == "sqlite":
        yield Files(folder)
    elif engine == "postgresql":
        with running_server(durable=True) as server:
            yield Databases(server)
    else:
        with running_oceanbase(memory=8) as oceanbase:
            yield OceanBases(oceanbase, f"bench_{os.getpid()}_")


def zhupei(url: str, *arguments: str | Path, ends: tuple[int, ...] = (0, 3)) -> str:
    """Run one command on a database and return what it said; any other end is an error."""
    done = subprocess.run(
        [ZHUPEI, "--database", url, "--operator", "测速", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in ends, (arguments, done.returncode, done.stderr)
    return done.stdout
