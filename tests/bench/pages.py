"""Damage pages of a season's file: `python -m tests.bench.pages [DAMAGES [SEED]]`.

Each damage is 1 to 4,096 bytes, random ones or digits, in a random page of a fresh copy. One that changes
nothing that is stored (free space between rows) is drawn again; of the others the number that `db check
--deep` finds, or that cannot be opened, is told: it must be all.
"""

import shutil
import sqlite3
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random

from sqlalchemy.exc import DatabaseError

from tests.forged_season import prepare
from zhupei_cli.services.upkeep.invariants import check_database
from zhupei_cli.store.engine import reading
from zhupei_cli.words.errors import ZhupeiError


def content(path: Path) -> object:
    """Return everything a file stores, None when it cannot be read."""
    try:
        with closing(sqlite3.connect(path)) as connection:
            connection.text_factory = bytes
            names = connection.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall()
            tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
            stored = {
                name: sorted(
                    connection.execute(f'SELECT * FROM "{name.decode()}"').fetchall(),
                    key=lambda row: tuple((value is not None, str(value)) for value in row),
                )
                for (name,) in tables
            }
            return names, stored, connection.execute("PRAGMA integrity_check").fetchall()
    except (sqlite3.Error, UnicodeDecodeError):
        return None


def damages(whole: Path, copy: Path, chance: Random) -> Iterator[str]:
    """Make `copy` a damaged copy of `whole` again and again; yield where it was damaged."""
    size, page, sound = whole.stat().st_size, 8192, content(whole)
    while True:
        shutil.copyfile(whole, copy)
        number, length = chance.randrange(size // page), chance.choice((1, 4, 16, 256, 4096))
        start = number * page + chance.randrange(page - length)
        with copy.open("rb+") as file:
            file.seek(start)
            file.write(chance.choice((chance.randbytes(length), b"7" * length)))
        if content(copy) != sound:
            yield f"page {number + 1}, {length} bytes"


def verdict(path: Path) -> str:
    """Return how a damage shows: the first code, or that the file cannot be opened; "" when it does not."""
    try:
        with reading(f"sqlite:///{path}") as session:
            found = check_database(session, deep=True)
    except ZhupeiError as error:
        return error.code
    except (DatabaseError, UnicodeDecodeError):
        return "cannot be opened"
    return found[0].code if found else ""


def main(many: int, seed: int) -> int:
    """Damage so many pages, tell how each kind of damage was found; return how many were not."""
    with tempfile.TemporaryDirectory() as folder:
        whole = prepare(Path(folder))
        with closing(sqlite3.connect(whole)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        copy = Path(folder) / "copy.sqlite"
        told = Counter[str]()
        for _, where in zip(range(many), damages(whole, copy, Random(seed)), strict=False):
            how = verdict(copy)
            told[how or "NOT FOUND"] += 1
            if not how:
                print("not found:", where)
    print(", ".join(f"{how}: {count}" for how, count in told.most_common()))
    return told["NOT FOUND"]


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    sys.exit(bool(main(given[0] if given else 120, given[1] if len(given) > 1 else 2026)))
