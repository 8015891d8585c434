"""Eight real processes at once on one database: whatever they do, every invariant stays whole."""

import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.people import open_batch, person, write_people
from zhupei_cli.acting import Acting
from zhupei_cli.model import Admission, Application, Batch, Counter, Plan, Trainee
from zhupei_cli.services.applications.importing.case import Options
from zhupei_cli.services.applications.importing.intake import import_trainees
from zhupei_cli.services.records.workbooks import read_workbooks
from zhupei_cli.services.reviews import decisions
from zhupei_cli.services.reviews.decisions import Verdict
from zhupei_cli.services.upkeep.invariants import check_database
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.store.counters import take
from zhupei_cli.store.engine import transaction
from zhupei_cli.words.vocabulary import Decision

pytestmark = pytest.mark.long

PROCESSES, SEATS, TRIES = 8, 100, 15

#: One worker: places TRIES people of the committed batch into the same place, imports a workbook of its own
#: into the open batch, and approves what it imported. Prints how many of its people found a seat.
WORKER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from zhupei_cli.acting import Acting
from zhupei_cli.words.errors import ZhupeiError
from zhupei_cli.services.admission import by_hand
from zhupei_cli.services.applications.importing import intake
from zhupei_cli.services.records import lookup
from zhupei_cli.services.reviews import decisions
from zhupei_cli.services.applications.importing.case import Options
from zhupei_cli.services.reviews.decisions import Verdict
from zhupei_cli.services.records.workbooks import read_workbooks
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.store.counters import take
from zhupei_cli.store.engine import transaction
from zhupei_cli.store.engines import patience
from zhupei_cli.words.vocabulary import Decision

# Who is told after half a minute to try again is not what this is about, and on a busy machine somebody is.
patience.BUSY_TIMEOUT = 300_000
url, book, first, tries = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
by = Acting(f"进程{first}", datetime(2026, 6, 5, 2, tzinfo=UTC))
seated = 0
for number in range(first, first + tries):
    try:
        with transaction(url) as session:
            batch = lookup.find_batch(session, "HN2025")
            seat = ("4101001", "0100")
            by_hand.place(session, batch, f"HN2025-{number:07d}", seat, reason="个别安排", by=by)
            seated += 1
    except ZhupeiError as error:
        assert error.code == "E463", error
reading = read_workbooks([book], workbook_kinds.PERSON)
with transaction(url) as session:
    batch = lookup.find_batch(session, "HN2026")
    intake.import_trainees(session, reading, batch=batch, by=by, options=Options(submit=True))
with transaction(url) as session:
    batch = lookup.find_batch(session, "HN2026")
    verdicts = [Verdict(f"HN2026-{n:07d}", Decision.APPROVE) for n in range(1, 500)]
    rows = decisions.faults(session, batch, verdicts, base=None)[0]
    decisions.carry_out(session, batch, rows, by=by, base=None)
print(seated)
"""


def _season(database: str, folder: Path, by: Acting) -> None:
    """Make HN2025, committed, 120 approved and 100 seats left at one place; and HN2026, open."""
    people = [person(n) for n in range(PROCESSES * TRIES)]
    reading = read_workbooks([write_people(folder / "old.xlsx", people)], workbook_kinds.PERSON)
    with transaction(database) as session:
        batch = open_batch(session, code="HN2025")
        import_trainees(session, reading, batch=batch, by=by, options=Options(submit=True))
        numbers = [f"HN2025-{n:07d}" for n in range(1, PROCESSES * TRIES + 1)]
        decisions.decide(session, batch, [Verdict(number, Decision.APPROVE) for number in numbers], by=by)
        batch.status = "committed"
        plan = session.get_one(Plan, (batch.id, "4101001", "0100"))
        plan.quota = SEATS
        # Another year: the people of HN2025 are none of HN2026.
        batch.year = 2025
        open_batch(session)
        take(session, "batch", 2)


def _worker(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WORKER, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parent.parent,
    )


def test_eight_processes_place_import_and_review_at_once(database: str, tmp_path: Path, by: Acting) -> None:
    _season(database, tmp_path, by)
    with ExitStack() as ended:
        workers = []
        for process in range(PROCESSES):
            people = [person(1000 + process * 50 + n) for n in range(25)]
            book = write_people(tmp_path / f"{process}.xlsx", people)
            worker = _worker(database, str(book), str(process * TRIES + 1), str(TRIES))
            workers.append(ended.enter_context(worker))
            # Whoever still works after a failure would be there, with its pipes, in the tests that follow.
            ended.callback(worker.kill)
        ends = [worker.communicate(timeout=400) for worker in workers]
    assert [worker.returncode for worker in workers] == [0] * PROCESSES, [error for _, error in ends]
    assert sum(int(out) for out, _ in ends) == SEATS
    _assert_whole(database)


def _assert_whole(database: str) -> None:
    with transaction(database, read_only=True) as session:
        batch = session.execute(select(Batch).where(Batch.code == "HN2025")).scalar_one()
        plan = session.get_one(Plan, (batch.id, "4101001", "0100"))
        seated = session.execute(
            select(func.count()).where(Admission.batch_id == batch.id, Admission.status == "proposed")
        ).scalar()
        assert (plan.taken_own + plan.taken_entrusted + plan.taken_social, seated) == (SEATS, SEATS)
        numbers = session.execute(
            select(Application.application_no)
            .where(Application.application_no.startswith("HN2026"))
            .order_by(Application.application_no)
        ).scalars()
        # Every number once, without a gap: they are taken in the transaction that uses them.
        assert list(numbers) == [f"HN2026-{n:07d}" for n in range(1, PROCESSES * 25 + 1)]
        people = session.execute(select(func.count()).select_from(Trainee)).scalar()
        counted = session.execute(select(Counter.value).where(Counter.name == "trainee")).scalar()
        assert people == counted == PROCESSES * TRIES + PROCESSES * 25
        assert check_database(session) == []
