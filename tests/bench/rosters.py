"""Time the rosters of a large season against pandas: `python -m tests.bench.rosters [APPLICANTS]`.

Ours are styled workbooks, a summary and one sheet a specialty each, as one command (reading, the events, the
check that nobody is lost, writing), and the writing alone. The peer writes the same rows with
`DataFrame.to_excel` and openpyxl, unstyled, one sheet a base. Medians of three; the peer runs once.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.bench.main_job import Shell, play
from zhupei_cli.acting import Acting, system_clock
from zhupei_cli.demo.generate import generate
from zhupei_cli.services.records.lookup import find_batch
from zhupei_cli.services.results.rosters import Targets, WantedRosters, prepare_rosters, write_rosters
from zhupei_cli.sheets.kinds.roster_columns import ROSTER_COLUMNS
from zhupei_cli.store.engine import transaction

_BASES, _PLACES, _RUNS = 150, 2_000, 3


def peer(targets: Targets, folder: Path) -> None:
    """Write all rows of each base with pandas."""
    import pandas as pd

    folder.mkdir()
    headings = [column.heading for column in ROSTER_COLUMNS]
    for path, roster in targets:
        rows = [row for place in roster.specialties for row in place.rows]
        pd.DataFrame(rows, columns=headings).to_excel(folder / path.name, index=False, engine="openpyxl")


def seconds(work: Callable[[], object]) -> float:
    """Return how long `work` takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def main(applicants: int, folder: Path) -> None:
    """Play a season up to its results, then print the figures."""
    shell = Shell(folder)
    play(shell, folder, generate(7, bases=_BASES, places=_PLACES, applicants=applicants))
    with transaction(shell.url, dry_run=True) as session:
        wanted = WantedRosters(folder / "alone", force=True)
        by = Acting("测速", system_clock())
        targets = prepare_rosters(session, find_batch(session, None), wanted, by=by)
    people = sum(len(place.rows) for _, roster in targets for place in roster.specialties)
    print(f"{people} people, {len(targets)} workbooks, {len(ROSTER_COLUMNS)} columns", flush=True)

    def whole() -> float:
        return shell.run("export", "roster", "--all", "--force", "-o", folder / "rosters")

    ours = statistics.median(whole() for _ in range(_RUNS))
    alone = statistics.median(seconds(lambda: write_rosters(targets, force=True)) for _ in range(_RUNS))
    pandas = seconds(lambda: peer(targets, folder / "peer"))
    for what, took in (
        ("export roster --all", ours),
        ("the writing alone", alone),
        ("pandas.to_excel, unstyled", pandas),
    ):
        print(f"{what:<28}{took:8.2f} s {took / pandas:6.2f} ×", flush=True)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 125_000, Path(temporary))
