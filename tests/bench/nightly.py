"""Time the nightly report as a whole command: `python -m tests.bench.nightly [APPLICATIONS [postgresql]]`.

Prints the seconds on the clock and of the processor, and the MiB, of three runs (at PostgreSQL without the
server's), then the seconds of each section.

Beyond 100,000 applications those are copied as often as wanted. README's figures come from here.
"""

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.bench.importing import measured
from tests.builders import drawn_world, store_world
from tests.server import running_server
from zhupei_cli.acting import Acting, system_clock
from zhupei_cli.services.records.lookup import find_batch
from zhupei_cli.services.reference.lists import load_default_specialties
from zhupei_cli.services.reports.queries import section
from zhupei_cli.store.engine import open_engine, reading, transaction
from zhupei_cli.store.schema import create

_RUNS, _DRAWN = 3, 100_000
#: Who sits where, and who still waits: every tenth form is under review, every twentieth was returned.
_SEATS = """
    INSERT INTO admission (application_id, application_status, batch_id, status, live_key, identity,
                           base_code, specialty_code, via, total, rank, decided_at)
    SELECT a.id, 'approved', a.batch_id, 'proposed', '2026:' || a.trainee_id, a.identity, c.base_code,
           c.specialty_code, 'choice1', (s.written + s.skill + s.interview) / 3, 1, a.submitted_at
    FROM application a
    JOIN choice c ON c.application_id = a.id AND c.number = 1
    JOIN score s ON s.application_id = a.id AND s.record = ''
    WHERE a.id % 10 > 2
"""
_STATES = (
    "UPDATE application SET status = 'submitted' WHERE id % 10 = 0",
    "UPDATE application SET status = 'returned' WHERE id % 20 = 1",
    "INSERT INTO education (id, trainee_id, level, school) SELECT id, id, '21', '郑州大学' FROM trainee",
    "UPDATE snapshot SET school = '大学' || (application_id % 400), name = '考生' || application_id",
    "UPDATE trainee SET ethnicity = '01', address = '郑州市', emergency_name = '张三',"
    " emergency_phone = '13900000000', has_employer = false WHERE id % 997 > 0",
)
#: One more copy of everybody; `:by` moves ids, `:mark` numbers. In the order of the foreign keys.
_COPIES = (
    """INSERT INTO trainee (id, id_type, id_number, name, gender, birth_date, mobile, ethnicity,
        address, emergency_name, emergency_phone, has_employer, created_at, updated_at, touched_by)
    SELECT id + :by, id_type, :mark || id_number, name, gender, birth_date, :mark || mobile, ethnicity,
        address, emergency_name, emergency_phone, has_employer, created_at, updated_at, touched_by
    FROM trainee WHERE id <= :drawn""",
    """INSERT INTO education (id, trainee_id, level, school)
    SELECT id + :by, trainee_id + :by, level, school FROM education WHERE id <= :drawn""",
    """INSERT INTO application (id, application_no, batch_id, trainee_id, identity, source_type, train_years,
        accept_adjust, status, live_key, first_submitted_at, submitted_on, submitted_at, snapshot_version,
        created_at, touched_by)
    SELECT id + :by, :mark || application_no, batch_id, trainee_id + :by, identity, source_type, train_years,
        accept_adjust, status, :mark || live_key, first_submitted_at, submitted_on, submitted_at,
        snapshot_version, created_at, touched_by FROM application WHERE id <= :drawn""",
    """INSERT INTO choice (application_id, number, batch_id, base_code, specialty_code)
    SELECT application_id + :by, number, batch_id, base_code, specialty_code FROM choice
    WHERE application_id <= :drawn""",
    """INSERT INTO snapshot (application_id, version, id_type, id_number, name, gender, birth_date, level,
        school, major, degree, graduated_on, content, made_at)
    SELECT application_id + :by, version, id_type, :mark || id_number, :mark || name, gender, birth_date,
        level, school, major, degree, graduated_on, content, made_at
    FROM snapshot WHERE application_id <= :drawn""",
    """INSERT INTO score (application_id, record, written, skill, interview, written_absent, skill_absent,
        interview_absent, touched_by)
    SELECT application_id + :by, record, written, skill, interview, written_absent, skill_absent,
        interview_absent, touched_by FROM score
    WHERE application_id <= :drawn""",
    """INSERT INTO admission (application_id, application_status, batch_id, status, live_key, identity,
        base_code, specialty_code, via, total, rank, decided_at)
    SELECT application_id + :by, application_status, batch_id, status, :mark || live_key, identity, base_code,
        specialty_code, via, total, rank, decided_at FROM admission WHERE application_id <= :drawn""",
)


def fill(url: str, applications: int) -> None:
    """Make a published batch of that many applications, 150 bases and 5,250 places."""
    create(url)
    drawn = min(applications, _DRAWN)
    with transaction(url) as session:
        load_default_specialties(session, by=Acting("bench", system_clock()))
        store_world(session, drawn_world(drawn, bases=150, specialties=35), code="BENCH", status="publicity")
        session.execute(text("UPDATE plan SET quota = 100000"))
        # A form's content is two kilobytes in life: rows this far apart are what a scan pays for.
        content = '{"person":"' + "某" * 600 + '"}'
        session.execute(text("UPDATE snapshot SET content = :content"), {"content": content})
        for statement in (_SEATS, *_STATES):
            session.execute(text(statement))
        for copy in range(1, applications // drawn):
            values = {"by": copy * drawn, "mark": str(copy), "drawn": drawn}
            for statement in _COPIES:
                session.execute(text(statement), values)
    with open_engine(url).connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))


@contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    """Return the URL of an empty database that goes away after the block."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'bench.sqlite'}"
        return
    with running_server(durable=True) as server:
        server.create("bench")
        yield server.url("bench")


def main(applications: int, kind: str, folder: Path) -> None:
    """Print all figures."""
    with database(kind, folder) as url:
        fill(url, applications)
        program = Path(sys.executable).parent / "zhupei"
        for _ in range(_RUNS):
            command: list[str | Path] = [program, "-q", "report", "nightly", "-o", folder / "out"]
            before = os.times()
            seconds, memory = measured(command, {**os.environ, "ZHUPEI_DATABASE_URL": url})
            spent = sum(os.times()[2:4]) - sum(before[2:4])
            print(f"{'report nightly':<28}{seconds:8.2f} s {spent:8.2f} s {memory:8.0f} MiB", flush=True)
        with reading(url) as session:
            _sections(session)


def _sections(session: Session) -> None:
    batch = find_batch(session, None)
    for path in sorted((files("zhupei_cli.sql") / "reports").iterdir(), key=lambda path: path.name):
        started = time.perf_counter()
        rows = len(section(session, batch, path.name.removesuffix(".sql")))
        print(f"  {path.name:<26}{time.perf_counter() - started:8.2f} s {rows:8} rows", flush=True)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        main(
            int(sys.argv[1]) if len(sys.argv) > 1 else 100_000,
            sys.argv[2] if len(sys.argv) > 2 else "sqlite",
            Path(temporary),
        )
