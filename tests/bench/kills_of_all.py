"""Kill every writing command at random moments: `python -m tests.bench.kills_of_all [TIMES [WORD …]]`.

TIMES (60) of each command of `tests.hardship.world` that writes there, or of those that begin with a WORD,
on SQLite. After each kill the database opens whole, holds nothing of the command or all of it, `db check`
finds nothing it did not find before, and what was to be written is not there or can be read.
"""

import os
import signal
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from random import Random

from tests.conftest import _fill
from tests.hardship import walks, world
from zhupei_cli.services.upkeep.invariants import check_database
from zhupei_cli.store.engine import reading

#: A fork has no threads: what starts them in a process must not have run before, nor in another's fork.
_THREADS = ("apply print", "export letters")


def counts(path: Path) -> dict[str, int]:
    """Return the rows of each table; AssertionError for a file that is not whole."""
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        names = [
            name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        return {
            name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]
            for name in names
            if not name.startswith("sqlite_")
        }


def found(path: Path) -> list[str]:
    """Return the codes of what `db check` finds."""
    with reading(f"sqlite:///{path}") as session:
        return sorted(problem.code for problem in check_database(session))


def start(command: str, home: Path) -> int:
    """Begin a command in a fork; return its process."""
    child = os.fork()
    if child:
        return child
    try:
        os.setsid()
        walks.prepare(home)
        walks.run(command, f"sqlite:///{home}/zhupei.sqlite", home)
    finally:
        os._exit(0)


def whole(command: str, source: Path, home: Path) -> tuple[float, dict[str, int]]:
    """Run a command to its end; return its seconds and what it leaves."""
    walks.fresh(source, home)
    begun = time.perf_counter()
    os.waitpid(start(command, home), 0)
    return time.perf_counter() - begun, counts(home / "zhupei.sqlite")


def attempt(command: str, source: Path, home: Path, *, seconds: float) -> dict[str, int]:
    """Kill a command, with whatever it started, after `seconds`; return the rows it leaves."""
    walks.fresh(source, home)
    child = start(command, home)
    time.sleep(seconds)
    try:
        os.killpg(child, signal.SIGKILL)
    except ProcessLookupError:  # before it has a group of its own
        os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    left = {made.name: counts(made) for made in home.glob("*.sqlite")}
    return left["zhupei.sqlite"]


def main(times: int, words: Sequence[str], folder: Path) -> None:
    """Print what the kills left, a line a command."""
    source, home = folder / "world", folder / "home"
    source.mkdir()
    home.mkdir()
    _fill(f"sqlite:///{source}/zhupei.sqlite")
    world.fill(f"sqlite:///{source}/zhupei.sqlite", source)
    before, known, random = counts(source / "zhupei.sqlite"), found(source / "zhupei.sqlite"), Random(7)
    for command in world.LINES:
        if command in _THREADS or (words and not command.startswith(tuple(words))):
            continue
        seconds, after = whole(command, source, home)
        if after == before and not command.startswith("db "):
            continue
        left: Counter[str] = Counter()
        for _ in range(times):
            kept = attempt(command, source, home, seconds=seconds * (0.1 + random.random()))
            assert kept in (before, after), (
                command,
                kept.items() ^ before.items(),
                kept.items() ^ after.items(),
            )
            assert found(home / "zhupei.sqlite") == known, command
            left["all" if kept == after else "nothing"] += 1
        print(f"{command:<28}{times} kills: {dict(left)}, none half", flush=True)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 60, sys.argv[2:], Path(temporary))
