"""Five people of several years: barred, in training, left, cleared, free; asked about in each place."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from tests.builders import store_world, worked_example
from tests.conftest import Ran
from tests.people import called, id_number, open_batch, person, write_book, write_people
from zhupei_cli.acting import Acting
from zhupei_cli.model import Admission, Application, Trainee
from zhupei_cli.services.applications.importing.case import Options
from zhupei_cli.services.applications.importing.intake import import_trainees
from zhupei_cli.services.records.lookup import find_batch
from zhupei_cli.services.records.workbooks import read_workbooks
from zhupei_cli.sheets.kinds import workbook_kinds as kinds
from zhupei_cli.store.engine import transaction

Call = Callable[..., Ran]
BARRED, TRAINING, LEFT, CLEARED, FREE = range(21, 26)
NO = "T-000000{}".format
#: What the rules say of each, in the order of the numbers above.
CODES = {BARRED: ["E690"], TRAINING: ["E691"], LEFT: ["E692"], CLEARED: [], FREE: []}


def store_years(database: str, call: Call, folder: Path, by: Acting) -> None:
    """Store five people of 2026: two came to T of 2025, one of them left; two are on the list of bars."""
    book = write_people(folder / "人.xlsx", [person(one) for one in (*CODES, 29)])
    with transaction(database) as session:
        store_world(session, worked_example(), status="final", year=2025)
        people = read_workbooks([book], kinds.PERSON)
        open_batch(session, code="HN2025", status="open")
        batch = find_batch(session, "HN2025")
        batch.code, batch.apply_until = "HN2026", datetime(2100, 1, 1, tzinfo=UTC)
        import_trainees(session, people, batch=None, by=by, options=Options(profile_only=True))
        ids = dict(session.execute(select(Trainee.id_number, Trainee.id)).all())
        for at, number in ((1, TRAINING), (2, LEFT)):
            seat_at(session, at, ids[id_number(number)])
    bars = [
        {
            "id_number": id_number(one),
            "name": called(one),
            "kind": "作弊",
            "from_date": "2025-09-01",
            "years": 5,
            "reason": "代考",
        }
        for one in (BARRED, CLEARED)
    ]
    assert call("trainee", "bar", "import", write_book(folder / "名单.xlsx", [(kinds.BAR, bars)])).code == 0
    assert call("trainee", "bar", "lift", "2", "--reason", "查明无误").code == 0
    assert call("admit", "quit", NO(2), "--reason", "本人申请", "--on", "2025-12-01", "-y").code == 0


def seat_at(session: Session, at: int, trainee: int, status: str = "reported") -> None:
    """Let a person sit at A, by the application of that number in the batch T."""
    number = NO(at)
    one = session.execute(select(Application).where(Application.application_no == number)).scalar_one()
    one.trainee_id, one.live_key = trainee, f"{one.batch_id}:{trainee}"
    session.flush()
    session.add(
        Admission(
            application_id=one.id,
            application_status="approved",
            batch_id=one.batch_id,
            status=status,
            live_key=f"2025:{trainee}",
            identity="social",
            base_code="A",
            specialty_code="0100",
            via="choice1",
            total=9000,
            rank=at,
            decided_at=datetime(2025, 9, 1, tzinfo=UTC),
        )
    )
    session.flush()
    session.execute(
        text("UPDATE plan SET taken_social = taken_social + 1 WHERE batch_id = :b AND base_code = 'A'"),
        {"b": one.batch_id},
    )
