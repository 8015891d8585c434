"""Back up under load: `python -m tests.bench.backups [TIMES]`.

TIMES (30) backups on SQLite and on PostgreSQL while four processes write as fast as they can. Each is
restored and checked: `db check` finds nothing, and it holds more than the one before it.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from sqlalchemy import func, select

from tests.bench.sides import Databases, Side, sides, zhupei
from zhupei_cli.model import Event
from zhupei_cli.services.upkeep.invariants import check_database
from zhupei_cli.store.backup import back_up, restore
from zhupei_cli.store.engine import reading

WRITERS = 4
#: Events in a chain, an employer each: what is half there breaks the chain or its counter.
WRITER = """
import sys
from datetime import UTC, datetime
from zhupei_cli.acting import Acting
from zhupei_cli.model import Employer
from zhupei_cli.services.records.events import Change, record
from zhupei_cli.store.counters import take
from zhupei_cli.store.engine import transaction

by = Acting("写", datetime(2026, 6, 5, tzinfo=UTC))
while True:
    with transaction(sys.argv[1]) as session:
        ids = take(session, "employer", 50)
        session.add_all(Employer(id=id_, name=f"单位{id_}") for id_ in ids)
        session.flush()
        record(session, by, [Change("employer.write", f"单位{id_}") for id_ in ids])
"""


def _events(url: str) -> int:
    with reading(url) as session:
        count: int = session.execute(select(func.count()).select_from(Event)).scalar_one()
        return count


def _wait_for_writers(url: str) -> None:
    before = _events(url)
    while _events(url) == before:
        time.sleep(0.02)


def main(times: int, folder: Path, side: Side) -> None:
    """Print how many backups of one side were whole."""
    url = side.new("live")
    zhupei(url, "db", "init")
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, url]) for _ in range(WRITERS)]
    try:
        for number in range(times):
            _wait_for_writers(url)
            back_up(url, folder / f"{side.name}-{number}")
    finally:
        for writer in writers:
            writer.kill()
            writer.wait()
    before = 0
    for number in range(times):
        restored = side.new(f"restored{number}")
        restore(folder / f"{side.name}-{number}", restored)
        with reading(restored) as session:
            assert check_database(session) == []
        events = _events(restored)
        assert events > before
        before = events
    print(f"{side.name:<12}{times}/{times} backups whole, the last with {before:,} events", flush=True)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary, sides(Path(temporary)) as both:
        for one in both:
            if isinstance(one, Databases) and one.server.programs:
                os.environ["PATH"] = f"{one.server.programs}{os.pathsep}{os.environ['PATH']}"
            main(int(sys.argv[1]) if len(sys.argv) > 1 else 30, Path(temporary), one)
