"""`db check`: every promise that is broken behind the program's back is found."""

import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import text

from tests.people import open_batch, person, write_people
from zhupei_cli.acting import Acting
from zhupei_cli.services.admission import admissions
from zhupei_cli.services.applications.importing.case import Options
from zhupei_cli.services.applications.importing.intake import import_trainees
from zhupei_cli.services.records.workbooks import read_workbooks
from zhupei_cli.services.reviews import decisions
from zhupei_cli.services.reviews.decisions import Verdict
from zhupei_cli.services.upkeep.invariants import check_database
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.store.counters import take
from zhupei_cli.store.engine import connected, reading, transaction
from zhupei_cli.words.errors import ZhupeiError
from zhupei_cli.words.vocabulary import Decision


@pytest.fixture
def season(database: str, tmp_path: Path, by: Acting) -> str:
    """A database with five people, three of them approved, two of them with a seat."""
    reading_ = read_workbooks(
        [write_people(tmp_path / "a.xlsx", [person(n) for n in range(5)])], workbook_kinds.PERSON
    )
    with transaction(database) as session:
        batch = open_batch(session)
        take(session, "batch", 1)
        import_trainees(session, reading_, batch=batch, by=by, options=Options(submit=True))
        approved = [Verdict(f"HN2026-{n:07d}", Decision.APPROVE) for n in range(1, 4)]
        rejected = [Verdict(f"HN2026-{n:07d}", Decision.REJECT, "材料不全") for n in (4, 5)]
        decisions.decide(session, batch, [*approved, *rejected], by=by)
        session.execute(text("UPDATE plan SET quota = 2"))
        numbers = text(
            "INSERT INTO score (application_id, record, written, skill, interview, written_absent,"
            " skill_absent, interview_absent, touched_by)"
            " SELECT id, '', 8000 + id, 8000, 8000, false, false, false, 1 FROM application"
        )
        session.execute(numbers)
        batch.status = "locked"
        session.flush()
        run = admissions.run_admission(
            session, batch, by=by, rule="choice-first", round_="main", adjust=False
        )
        admissions.commit_run(session, batch, run["run"], by=by)
    return database


def _codes(url: str) -> list[str]:
    with reading(url) as session:
        return [finding.code for finding in check_database(session)]


def test_what_the_program_made_is_whole(season: str) -> None:
    assert _codes(season) == []


@pytest.mark.parametrize(
    ("code", "damage"),
    [
        ("E540", "UPDATE plan SET taken_social = taken_social - 1 WHERE taken_social > 0"),
        ("E542", "UPDATE application SET status = 'rejected' WHERE id = 1"),
        ("E543", "UPDATE application SET live_key = '1:77' WHERE id = 5"),
        (
            "E543",
            "UPDATE admission SET live_key = '1999:1' WHERE live_key IS NOT NULL AND application_id = 3",
        ),
        ("E544", "DELETE FROM choice WHERE application_id = 4"),
        ("E544", "UPDATE application SET snapshot_version = 9 WHERE id = 4"),
        ("E545", "UPDATE application SET status = 'returned' WHERE id = 5"),
        ("E546", "UPDATE counter SET value = 2 WHERE name = 'trainee'"),
        ("E546", "UPDATE counter SET value = 2 WHERE name LIKE 'application_no:%'"),
        ("E547", "UPDATE trainee SET touched_by = 9999 WHERE id = 1"),
        ("E548", "UPDATE batch SET status = 'locked'"),
        ("E465", "UPDATE run_row SET total = 1 WHERE application_id = 3"),
        ("E521", "UPDATE event SET after = 'approved' WHERE seq = 3"),
        ("E522", "DELETE FROM event WHERE seq = (SELECT max(seq) FROM (SELECT seq FROM event) e)"),
    ],
)
def test_each_promise_broken_is_found(season: str, code: str, damage: str) -> None:
    _damage(season, damage)
    assert code in _codes(season)


def _damage(url: str, statement: str) -> None:
    """Do what only another program would: past the foreign keys."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as file:
            assert file.execute(statement).rowcount > 0
            file.commit()
        return
    with connected(url, read_only=False) as connection:
        server = url.startswith("postgresql")
        connection.exec_driver_sql(
            "SET LOCAL session_replication_role = replica" if server else "SET foreign_key_checks = 0"
        )
        assert connection.exec_driver_sql(statement.replace("%", "%%")).rowcount > 0


@pytest.mark.sqlite
def test_a_damaged_file_is_found(season: str) -> None:
    path = Path(season.removeprefix("sqlite:///"))
    content = bytearray(path.read_bytes())
    content[len(content) // 3 : len(content) // 3 + 3000] = b"\x07" * 3000
    path.write_bytes(content)
    assert _codes(season) == ["E533"]


@pytest.mark.sqlite
def test_whatever_broken_pages_break_the_file_is_what_is_told_of(season: str) -> None:
    path = Path(season.removeprefix("sqlite:///"))
    content, random = path.read_bytes(), Random(1)
    told = Counter[str]()
    for _ in range(40):
        start = random.randrange(20_000, len(content))
        path.write_bytes(content[:start] + random.randbytes(2_000) + content[start + 2_000 :])
        try:
            told[",".join(_codes(season)) or "nothing"] += 1
        except ZhupeiError as error:  # it cannot even be opened
            told[error.code] += 1
    # Many meet what is empty: each table and index has a page of its own.
    assert told.keys() <= {"E533", "E505", "nothing"}, told
    assert told["E533"] > 10, told
    path.write_bytes(content)
    assert _codes(season) == []
