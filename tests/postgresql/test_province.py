"""A province's login does the work of a whole season, and cannot touch what stands behind it."""

from pathlib import Path

import pytest
from sqlalchemy import text

from tests.postgresql.conftest import World
from tests.postgresql.sessions import ask
from zhupei_cli.demo import season
from zhupei_cli.store.engine import transaction


def test_the_whole_season_under_a_province_login(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(season.DemoStage, "database", property(lambda _: world.login("li")))
    monkeypatch.setattr(season, "_STEPS", [one for one in season._STEPS if one[1] is not season._database])
    folder = tmp_path / "季"
    folder.mkdir()
    steps = list(season.play(folder, bases=4, places=12, applicants=120))
    assert len(steps) == len(season._STEPS) == 14
    assert len(list((folder / "录取名单").glob("*.xlsx"))) == 4
    with transaction(world.admin, read_only=True) as session:
        batch = session.execute(text("SELECT id, status FROM batch WHERE code = 'DEMO2026'")).one()
        seats = text("SELECT count(*) FROM admission WHERE batch_id = :id AND status = 'admitted'")
        assert session.execute(seats, {"id": batch.id}).scalar_one() > 50
        signed = text("SELECT DISTINCT who, data::jsonb ->> 'operator' FROM event WHERE batch_id = :id")
        assert [tuple(row) for row in session.execute(signed, {"id": batch.id})] == [("li", "演示")]
        made = text("SELECT DISTINCT made_by FROM import_run WHERE batch_id = :id")
        assert session.execute(made, {"id": batch.id}).scalars().all() == ["li"]


REFUSED = (
    "UPDATE event SET who = 'qian'",
    "DELETE FROM event",
    "TRUNCATE event",
    "UPDATE event SET reason = 'x' WHERE who = 'li'",
    "INSERT INTO event (seq, at, who, action, subject, hash) VALUES (9999, now(), 'qian', 'x', 'x', '')",
    "DROP TABLE review",
    "ALTER TABLE event DISABLE ROW LEVEL SECURITY",
    "CREATE TABLE public.mine (a int)",
    "CREATE TEMP TABLE mine (a int)",
    "UPDATE alembic_version SET version_num = '9999'",
    "SET ROLE zhupei_owner",
    "SET ROLE zhupei_keeper",
    "SELECT * FROM zhupei.login",
    "INSERT INTO zhupei.login VALUES ('li', '4101001')",
    "CREATE ROLE wu LOGIN",
    "ALTER ROLE zhao PASSWORD 'x'",
    "SELECT zhupei.decide(1, ARRAY['HN2026-0000001'], ARRAY['approve'], ARRAY[NULL])",
    "SELECT rolpassword FROM pg_authid",
)


@pytest.mark.parametrize("sql", REFUSED)
def test_the_province_is_no_owner(walls: World, sql: str) -> None:
    assert ask(walls.login("li"), sql).sqlstate == "42501"


def test_the_province_appends_events_under_its_own_name(world: World) -> None:
    sql = "INSERT INTO event (seq, at, who, action, subject, hash) VALUES (9999, now(), 'li', 'x', 'x', '')"
    assert ask(world.login("li"), sql).sqlstate == ""
