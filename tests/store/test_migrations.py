"""One migration at a time: what stands in the database stays, up and down."""

from importlib.resources import as_file, files
from pathlib import Path

import pytest
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import IntegrityError

from zhupei_cli.store import schema
from zhupei_cli.store.engine import open_engine, transaction
from zhupei_cli.words.errors import ZhupeiError

PERSON = """INSERT INTO trainee (id, id_type, id_number, name, created_at, updated_at, touched_by)
    VALUES (1, 'passport', 'E12345678', '王小明', '2026-06-01', '2026-06-01', 0)"""
BATCH = """INSERT INTO batch (id, code, name, year, status, apply_from, apply_until, created_at)
    VALUES (1, 'B', 'B', 2026, 'open', '2026-06-01', '2026-06-30', '2026-05-01')"""
APPLICATION = """INSERT INTO application (id, application_no, batch_id, trainee_id, identity, source_type,
    train_years, accept_adjust, status, live_key, first_submitted_at, submitted_at, snapshot_version,
    created_at, touched_by) VALUES (1, 'B-0000001', 1, 1, 'own', '其他', 3, true, 'submitted', '1:1',
    '2026-06-04 16:30:00', '2026-06-09 01:00:00', 2, '2026-06-01', 0)"""
SCORE = """INSERT INTO score (application_id, record, written, touched_by) VALUES (1, '', 8000, 0)"""
EDUCATION = """INSERT INTO education (id, trainee_id, level, school, graduated_on)
    VALUES (1, 1, '21', '甲大学', '2024-06-30'), (2, 1, '14', '乙大学', '2026-06-01')"""
ADDED = {
    "bar",
    "exam_group",
    "exam_room",
    "exam_seat",
    "exam_site",
    "notice",
    "objection",
    "account",
    "employer",
    "night",
    "preplaced",
    "trainee_photo",
}


def _down(connection: Connection, revision: str) -> None:
    from alembic import command
    from alembic.config import Config

    with as_file(files("zhupei_cli.sql") / "migrations") as scripts:
        config = Config()
        config.set_main_option("script_location", str(scripts))
        config.attributes["connection"] = connection
        command.downgrade(config, revision)


def test_people_of_the_first_version_stay_up_and_down(nowhere: str) -> None:
    url = nowhere
    if url.startswith("sqlite"):
        Path(url.removeprefix("sqlite:///")).touch()
    schema.upgrade(url, "0001")
    with open_engine(url).begin() as connection:
        for row in (PERSON, BATCH, APPLICATION, SCORE):
            connection.execute(text(row))
        old = set(inspect(connection).get_table_names())
    with pytest.raises(ZhupeiError) as caught, transaction(url):
        pass
    assert caught.value.code == "E503"
    schema.upgrade(url)
    with transaction(url) as session:
        assert set(inspect(session.connection()).get_table_names()) - old == ADDED
        assert session.execute(text("SELECT name FROM trainee")).scalars().all() == ["王小明"]
        # The day of the first submission, in China: half past midnight there.
        days = session.execute(text("SELECT submitted_on FROM application")).scalars().all()
        assert list(map(str, days)) == ["2026-06-05"]
        # Who was absent could not be told from who has no mark yet.
        marks = session.execute(text("SELECT written, skill, skill_absent FROM score")).one()
        assert tuple(map(int, (marks.written, marks.skill_absent))) == (8000, 0)
        assert marks.skill is None
    with open_engine(url).begin() as connection:
        _down(connection, "0001")
    with open_engine(url).begin() as connection:
        assert set(inspect(connection).get_table_names()) == old
        assert connection.execute(text("SELECT name FROM trainee")).scalars().all() == ["王小明"]
        assert connection.execute(text("SELECT written FROM score")).scalars().all() == [8000]


def test_days_stay_days_and_months_become_first_days_on_the_way_back(nowhere: str) -> None:
    url = nowhere
    if url.startswith("sqlite"):
        Path(url.removeprefix("sqlite:///")).touch()
    schema.upgrade(url, "0004")
    with open_engine(url).begin() as connection:
        for row in (PERSON, EDUCATION):
            connection.execute(text(row))
    schema.upgrade(url)
    days = text("SELECT graduated_on FROM education ORDER BY id")
    with open_engine(url).begin() as connection:
        assert connection.execute(days).scalars().all() == ["2024-06-30", "2026-06-01"]
        connection.execute(text("UPDATE education SET graduated_on = '2026-06' WHERE id = 2"))
        with pytest.raises(IntegrityError), connection.begin_nested():
            connection.execute(text("UPDATE education SET degree_type = 'x'"))
    with open_engine(url).begin() as connection:
        _down(connection, "0004")
    with open_engine(url).begin() as connection:
        assert list(map(str, connection.execute(days).scalars())) == ["2024-06-30", "2026-06-01"]
