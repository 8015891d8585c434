"""Time the main job on SQLite and on PostgreSQL side by side: `python -m tests.bench.postgres [APPLICANTS]`.

Whole commands, each on both databases in turn, both writing through to the disk. Prints the seconds of
each and their ratio; the figures in README come from here.
"""

import sys
import tempfile
import time
from pathlib import Path

from sqlalchemy import select

from tests.bench.sides import Side, sides, zhupei
from zhupei_cli.demo.generate import Season, generate, review_rows, score_rows
from zhupei_cli.demo.workbooks import write_rows, write_season
from zhupei_cli.model import Application, Snapshot
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.store.engine import reading

BASES, PLACES = 150, 1500


def numbers(url: str, status: str) -> list[tuple[str, str]]:
    """Return (application number, ID number) of the applications in `status`."""
    statement = (
        select(Application.application_no, Snapshot.id_number)
        .join(Snapshot, Snapshot.application_id == Application.id)
        .where(Application.status == status)
        .order_by(Application.application_no)
    )
    with reading(url) as session:
        return [(number, id_number) for number, id_number in session.execute(statement)]


def compared(what: str, urls: tuple[str, str], *command: str | Path) -> None:
    """Run a command on both databases and print how long it took."""
    taken = []
    for url in urls:
        started = time.perf_counter()
        zhupei(url, *command)
        taken.append(time.perf_counter() - started)
    one, other = taken
    print(f"{what:<28}{one:8.2f} s{other:8.2f} s{other / one:8.2f} ×", flush=True)


def main(applicants: int, folder: Path, both: tuple[Side, Side]) -> None:
    """Play a season on both."""
    season: Season = generate(7, bases=BASES, places=PLACES, applicants=applicants)
    bases, plan, people = write_season(folder, season)
    urls = both[0].new("bench"), both[1].new("bench")
    dates = ("--apply-from", "2020-01-01", "--apply-until", "2099-12-31")
    for url in urls:
        zhupei(url, "db", "init")
        zhupei(url, "base", "import", bases)
        zhupei(url, "batch", "create", "BENCH", "--name", "测速", "--year", str(season.year), *dates)
        zhupei(url, "batch", "plan", "import", plan)
        zhupei(url, "batch", "open", "BENCH")
    print(f"{applicants:,} applicants{'':<{28 - len(f'{applicants:,} applicants')}}  SQLite    PostgreSQL")
    compared("trainee import --submit", urls, "trainee", "import", people, "--submit")
    compared("the same import again", urls, "trainee", "import", people, "--submit")
    submitted = numbers(urls[0], "submitted")
    assert submitted == numbers(urls[1], "submitted")
    write_rows(folder / "r.xlsx", workbook_kinds.REVIEW, review_rows(season, submitted), year=2026)
    compared("review import", urls, "review", "import", folder / "r.xlsx")
    approved = numbers(urls[0], "approved")
    write_rows(folder / "s.xlsx", workbook_kinds.SCORE, score_rows(season, approved), year=2026)
    for url in urls:
        zhupei(url, "batch", "close", "BENCH")
    compared("admit scores import", urls, "admit", "scores", "import", folder / "s.xlsx")
    for url in urls:
        zhupei(url, "batch", "lock", "BENCH", "--yes")
    for rule in ("choice-first", "score-first", "stable"):
        compared(f"admit run --rule {rule}", urls, "admit", "run", "--rule", rule)
    compared("admit commit", urls, "admit", "commit", "1", "--yes")
    compared("export roster --all", urls, "export", "roster", "--all", "--force", "-o", folder / "rosters")
    compared("apply list -f json", urls, "apply", "list", "-f", "json")
    compared("db check", urls, "db", "check")
    for source, side in zip(urls, reversed(both), strict=True):
        started = time.perf_counter()
        zhupei(source, "db", "copy", source, side.new("copied"))
        print(f"db copy to {side.name:<17}{time.perf_counter() - started:8.2f} s", flush=True)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary, sides(Path(temporary)) as found:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000, Path(temporary), found)
