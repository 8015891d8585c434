"""Time the main job as whole commands: `python -m tests.bench.main_job [APPLICANTS [FOLDER]]`.

Prints seconds per command, then the start-up ratios, each side by side with its yardstick in the same run
(medians of 15). The figures in README come from here.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from sqlalchemy import select

from zhupei_cli.demo.generate import Season, generate, review_rows, score_rows
from zhupei_cli.demo.workbooks import write_rows, write_season
from zhupei_cli.model import Application, Snapshot
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.store.engine import transaction

BASES, PLACES = 150, 1500
_BARE = """
import click
from sqlalchemy import Column, Integer, MetaData, String, Table, create_engine, select
batch = Table("batch", MetaData(), Column("id", Integer), Column("code", String), Column("name", String))
with create_engine("sqlite:///{path}").connect() as connection:
    for row in connection.execute(select(batch)):
        click.echo(row)
"""


class Shell:
    """Runs zhupei on one database, and tells how long each command took."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "bench.sqlite"
        self.url = f"sqlite:///{self.path}"
        self._environment = {**os.environ, "ZHUPEI_DATABASE_URL": self.url}

    def run(self, *arguments: str | Path, may_find: bool = False) -> float:
        """Run one command and return its seconds; exit 3 is an error unless it `may_find`."""
        started = time.perf_counter()
        done = subprocess.run(
            [str(Path(sys.executable).parent / "zhupei"), *map(str, arguments)],
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        seconds = time.perf_counter() - started
        assert done.returncode in ((0, 3) if may_find else (0,)), done.stderr
        return seconds

    def numbers(self, status: str) -> list[tuple[str, str]]:
        """Return (application number, ID number) of the applications in `status`."""
        with transaction(self.url, read_only=True) as session:
            statement = (
                select(Application.application_no, Snapshot.id_number)
                .join(Snapshot, Snapshot.application_id == Application.id)
                .where(Application.status == status)
            )
            return [(number, id_number) for number, id_number in session.execute(statement)]


def play(shell: Shell, folder: Path, season: Season) -> None:
    """Play the season command by command and print the seconds of each."""
    bases, plan, people = write_season(folder, season)
    year = str(season.year)
    shell.run("db", "init")
    shell.run("base", "import", bases)
    dates = ("--apply-from", "2020-01-01", "--apply-until", "2099-12-31")
    shell.run("batch", "create", "BENCH", "--name", "测速", "--year", year, *dates)
    shell.run("batch", "plan", "import", plan)
    shell.run("batch", "open", "BENCH")
    told("trainee import --submit", shell.run("trainee", "import", people, "--submit", may_find=True))
    told("the same import again", shell.run("trainee", "import", people, "--submit", may_find=True))
    write_rows(
        folder / "r.xlsx", workbook_kinds.REVIEW, review_rows(season, shell.numbers("submitted")), year=2026
    )
    told("review import", shell.run("review", "import", folder / "r.xlsx"))
    shell.run("batch", "close", "BENCH")
    write_rows(
        folder / "s.xlsx", workbook_kinds.SCORE, score_rows(season, shell.numbers("approved")), year=2026
    )
    told("admit scores import", shell.run("admit", "scores", "import", folder / "s.xlsx"))
    shell.run("batch", "lock", "BENCH", "--yes")
    told("admit run", shell.run("admit", "run"))
    told("admit commit", shell.run("admit", "commit", "1", "--yes"))
    told("export roster --all", shell.run("export", "roster", "--all", "-o", folder / "rosters"))
    told("apply list -f json", shell.run("apply", "list", "-f", "json"))


def told(what: str, seconds: float) -> None:
    """Print one figure."""
    print(f"{what:<28}{seconds:8.2f} s", flush=True)


def ratio(what: str, ours: list[str], yardstick: list[str], environment: dict[str, str]) -> None:
    """Run both commands in turn and print the ratio of their medians."""

    def seconds(command: list[str]) -> float:
        started = time.perf_counter()
        subprocess.run(command, env=environment, capture_output=True, check=True)
        return time.perf_counter() - started

    runs = [(seconds(ours), seconds(yardstick)) for _ in range(16)][1:]
    one, other = (statistics.median(side) for side in zip(*runs, strict=True))
    print(f"{what:<28}{one / other:8.2f} ×   ({one * 1000:.0f} ms : {other * 1000:.0f} ms)", flush=True)


def main(applicants: int, folder: Path) -> None:
    """Print all figures."""
    shell = Shell(folder)
    play(shell, folder, generate(7, bases=BASES, places=PLACES, applicants=applicants))
    # As installed: with compiled modules, which some environments forbid to keep.
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    program = str(Path(sys.executable).parent / "zhupei")
    ratio("zhupei --help", [program, "--help"], [sys.executable, "-c", "import click"], environment)
    for what, words in (("Tab, static", "review approve --"), ("Tab, dynamic", "apply show BENCH-0")):
        asked = {"_ZHUPEI_COMPLETE": "bash_complete", "COMP_WORDS": f"zhupei {words}", "COMP_CWORD": "3"}
        shell_asks = {**environment, **asked, "ZHUPEI_DATABASE_URL": shell.url}
        ratio(what, [program], [sys.executable, "-c", "import click"], shell_asks)
    listing = [program, "--database", shell.url, "batch", "list"]
    ratio("batch list", listing, [sys.executable, "-c", _BARE.format(path=shell.path)], environment)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
        main(count, Path(sys.argv[2]) if len(sys.argv) > 2 else Path(temporary))
