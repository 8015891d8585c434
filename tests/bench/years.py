"""Time the figures over years: `python -m tests.bench.years [APPLICATIONS A YEAR]`, three years on SQLite.

Prints the seconds on the clock and the MiB of each whole command; first, what the first command with pandas
takes on a database with next to nothing in it, against a list that needs none. README's figures are these.
"""

import os
import sys
import tempfile
from pathlib import Path

from sqlalchemy import text

from tests.bench.importing import measured
from tests.bench.nightly import fill
from zhupei_cli.store.engine import transaction

_YEARS, _FIRST = 3, 2026
#: Another year of the same people: `:by` moves ids, `:mark` numbers.
_COPIES = (
    """INSERT INTO batch (id, code, name, year, status, apply_from, apply_until, created_at)
    SELECT id + :at, code || :at, name, year - :at, 'final', apply_from, apply_until, created_at
    FROM batch WHERE id = :first""",
    """INSERT INTO plan (batch_id, base_code, specialty_code, quota, stopped, taken_own, taken_entrusted,
        taken_social) SELECT batch_id + :at, base_code, specialty_code, quota, stopped, taken_own,
        taken_entrusted, taken_social FROM plan WHERE batch_id = :first""",
    """INSERT INTO application (id, application_no, batch_id, trainee_id, identity, source_type, train_years,
        accept_adjust, status, live_key, first_submitted_at, submitted_on, submitted_at, snapshot_version,
        created_at, touched_by)
    SELECT id + :by, :mark || application_no, batch_id + :at, trainee_id, identity, source_type, train_years,
        accept_adjust, status, :mark || live_key, first_submitted_at, submitted_on, submitted_at,
        snapshot_version, created_at, touched_by FROM application WHERE batch_id = :first""",
    """INSERT INTO choice (application_id, number, batch_id, base_code, specialty_code)
    SELECT application_id + :by, number, batch_id + :at, base_code, specialty_code FROM choice
    WHERE batch_id = :first""",
    """INSERT INTO snapshot (application_id, version, id_type, id_number, name, gender, birth_date, level,
        school, major, degree, graduated_on, content, made_at)
    SELECT application_id + :by, version, id_type, id_number, name, gender, birth_date, level, school, major,
        degree, graduated_on, content, made_at FROM snapshot WHERE application_id <= :drawn""",
    """INSERT INTO admission (application_id, application_status, batch_id, status, live_key, identity,
        base_code, specialty_code, via, total, rank, decided_at)
    SELECT application_id + :by, application_status, batch_id + :at, 'reported', :mark || live_key, identity,
        base_code, specialty_code, via, total, rank, decided_at FROM admission WHERE batch_id = :first""",
)
_LINES = (
    ("trend", "--by", "base", "--of", "plan,applied,admitted,reported,fill_rate,lowest_total"),
    ("trend", "--by", "school"),
    (
        "pivot",
        "--rows",
        "choice1_base,identity",
        "--columns",
        "year",
        "--values",
        "applied,admitted",
        "--years",
        "3",
    ),
    ("compliance",),
    ("frame", "--batch", "BENCH"),
)


def _cold(folder: Path) -> None:
    """Print the best of five runs of a list and of a trend: what importing pandas costs."""
    url = f"sqlite:///{folder / 'small.sqlite'}"
    fill(url, 100)
    program, environment = Path(sys.executable).parent / "zhupei", {**os.environ, "ZHUPEI_DATABASE_URL": url}
    lines = (("batch", "list"), ("report", "trend", "--by", "base"))
    best = [
        min(
            measured([program, "-q", *line, "-o", folder / "cold.csv", "--force"], environment)[0]
            for _ in range(5)
        )
        for line in lines
    ]
    print(
        f"report trend, 100 applications: {best[1]:.2f} s, {best[1] / best[0]:.1f} × batch list", flush=True
    )


def main(applications: int, folder: Path) -> None:
    """Print all figures."""
    _cold(folder)
    url = f"sqlite:///{folder / 'bench.sqlite'}"
    fill(url, applications)
    with transaction(url) as session:
        first = session.execute(text("SELECT id FROM batch WHERE code = 'BENCH'")).scalar_one()
        for at in range(1, _YEARS):
            values = {"at": at, "by": at * 1_000_000, "mark": str(at), "first": first, "drawn": applications}
            for statement in _COPIES:
                session.execute(text(statement), values)
    program = Path(sys.executable).parent / "zhupei"
    for name, *words in _LINES:
        to = folder / f"{name}.{'parquet' if name == 'frame' else 'xlsx'}"
        command: list[str | Path] = [program, "-q", "report", name, *words, "-o", to, "--force"]
        seconds, memory = measured(command, {**os.environ, "ZHUPEI_DATABASE_URL": url})
        print(f"{' '.join((name, *words))[:60]:<62}{seconds:8.2f} s {memory:8.0f} MiB", flush=True)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000, Path(temporary))
