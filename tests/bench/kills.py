"""Kill imports and commits at random moments: `python -m tests.bench.kills [TIMES] [--on ENGINE …]`.

TIMES (50) of each on SQLite and on PostgreSQL, or on each ENGINE named. After each kill the database holds
nothing of the command or all of it, the same command run again finishes the job, `db check` finds nothing.

From some thousand `--people` on a copy of the process reads ahead and shares its connection. Every other kill
meets the process alone, as the kernel does where memory ends: its copy has to notice and go by itself.
"""

import argparse
import os
import signal
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

from sqlalchemy import func, select

from tests.bench.postgres import numbers
from tests.bench.sides import ENGINES, ZHUPEI, Side, running_side, zhupei
from zhupei_cli.demo.generate import Season, generate, review_rows, score_rows
from zhupei_cli.demo.workbooks import write_rows, write_season
from zhupei_cli.model import Admission, Application
from zhupei_cli.services.upkeep.invariants import check_database
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.store.engine import reading


def prepare(side: Side, folder: Path, season: Season) -> dict[str, tuple[str | Path, ...]]:
    """Make the databases `opened` and `locked`; return the command that is next on each."""
    bases, plan, people = write_season(folder, season)
    url = side.new("opened")
    dates = ("--apply-from", "2020-01-01", "--apply-until", "2099-12-31")
    zhupei(url, "db", "init")
    zhupei(url, "base", "import", bases)
    zhupei(url, "batch", "create", "KILL", "--name", "杀", "--year", str(season.year), *dates)
    zhupei(url, "batch", "plan", "import", plan)
    zhupei(url, "batch", "open", "KILL")
    commands: dict[str, tuple[str | Path, ...]] = {"opened": ("trainee", "import", people, "--submit")}
    url = side.copy("locked", "opened")
    zhupei(url, *commands["opened"])
    rows = review_rows(season, numbers(url, "submitted"))
    write_rows(folder / "r.xlsx", workbook_kinds.REVIEW, rows, year=season.year)
    zhupei(url, "review", "import", folder / "r.xlsx")
    zhupei(url, "batch", "close", "KILL")
    rows = score_rows(season, numbers(url, "approved"))
    write_rows(folder / "s.xlsx", workbook_kinds.SCORE, rows, year=season.year)
    zhupei(url, "admit", "scores", "import", folder / "s.xlsx")
    zhupei(url, "batch", "lock", "KILL", "--yes")
    zhupei(url, "admit", "run")
    return commands | {"locked": ("admit", "commit", "1", "--yes")}


def written(url: str, state: str) -> int:
    """Return how many rows of its own the command on `state` has written."""
    table = Application if state == "opened" else Admission
    with reading(url) as session:
        count: int = session.execute(select(func.count()).select_from(table)).scalar_one()
        return count


def kill(url: str, command: tuple[str | Path, ...], seconds: float, *, alone: bool) -> None:
    """Run a command and kill it after `seconds`, `alone` or with whatever it started."""
    process = subprocess.Popen(
        [ZHUPEI, "--database", url, *map(str, command)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    time.sleep(seconds)
    (os.kill if alone else os.killpg)(process.pid, signal.SIGKILL)
    process.wait()


def attempt(
    side: Side, state: str, command: tuple[str | Path, ...], *, whole: int, seconds: float, alone: bool
) -> str:
    """Kill once, look, finish the job, look again; return what the kill left."""
    url = side.copy("victim", state)
    kill(url, command, seconds, alone=alone)
    left = written(url, state)
    assert left in (0, whole), f"half written: {left} of {whole}"
    # A commit that had been made is refused the second time: it is done.
    zhupei(url, *command, ends=(0, 3, 5) if left else (0, 3))
    assert written(url, state) == whole
    with reading(url) as session:
        assert check_database(session) == []
    return "all" if left else "nothing"


def killed(
    times: int, folder: Path, side: Side, *, applicants: int
) -> Iterator[tuple[tuple[str | Path, ...], Counter[str]]]:
    """Yield for each command what its kills left; AssertionError where anything was half done."""
    commands = prepare(side, folder, generate(7, bases=20, places=100, applicants=applicants))
    random = Random(7)
    for state, command in commands.items():
        url = side.copy("victim", state)
        started = time.perf_counter()
        zhupei(url, *command)
        seconds, whole = time.perf_counter() - started, written(url, state)
        # From the end of the start-up to a little after the end: what a kill before that leaves is clear.
        moments = [seconds * (0.35 + 0.75 * random.random()) for _ in range(times)]
        yield (
            command,
            Counter(
                attempt(side, state, command, whole=whole, seconds=moment, alone=number % 2 == 1)
                for number, moment in enumerate(moments)
            ),
        )


def main(times: int, folder: Path, side: Side, applicants: int) -> None:
    """Print what the kills left on one side."""
    for command, left in killed(times, folder, side, applicants=applicants):
        print(
            f"{side.name:<12}{command[0]} {command[1]:<8}{times} kills: {dict(left)}, none half", flush=True
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.bench.kills")
    parser.add_argument("times", type=int, nargs="?", default=50)
    parser.add_argument("--on", choices=ENGINES, nargs="+", default=["sqlite", "postgresql"])
    parser.add_argument("--people", type=int, default=600)
    asked = parser.parse_args()
    for engine in asked.on:
        with (
            tempfile.TemporaryDirectory() as temporary,
            running_side(engine, Path(temporary)) as one,
            tempfile.TemporaryDirectory() as books,
        ):
            main(asked.times, Path(books), one, asked.people)
