"""One migration at a time: what stands in the database stays, up and down."""

from importlib.resources import as_file, files
from pathlib import Path

import pytest
from sqlalchemy import Connection, inspect, text

from zhupei_cli.errors import ZhupeiError
from zhupei_cli.store import schema
from zhupei_cli.store.engine import open_engine, transaction

PERSON = """INSERT INTO trainee (id, id_type, id_number, name, created_at, updated_at, touched_by)
    VALUES (1, 'passport', 'E12345678', '王小明', '2026-06-01', '2026-06-01', 0)"""
ADDED = {"account", "employer", "trainee_photo"}


def _down(connection: Connection, revision: str) -> None:
    from alembic import command
    from alembic.config import Config

    with as_file(files("zhupei_cli.sql") / "migrations") as scripts:
        config = Config()
        config.set_main_option("script_location", str(scripts))
        config.attributes["connection"] = connection
        command.downgrade(config, revision)


def test_people_of_the_first_version_stay_up_and_down(tmp_path: Path) -> None:
    path = tmp_path / "alt.sqlite"
    path.touch()
    url = f"sqlite:///{path}"
    schema.upgrade(url, "0001")
    with open_engine(url).begin() as connection:
        connection.execute(text(PERSON))
        old = set(inspect(connection).get_table_names())
    with pytest.raises(ZhupeiError) as caught, transaction(url):
        pass
    assert caught.value.code == "E503"
    schema.upgrade(url)
    with transaction(url) as session:
        assert set(inspect(session.connection()).get_table_names()) - old == ADDED
        assert session.execute(text("SELECT name FROM trainee")).scalars().all() == ["王小明"]
    with open_engine(url).begin() as connection:
        _down(connection, "0001")
    with open_engine(url).begin() as connection:
        assert set(inspect(connection).get_table_names()) == old
        assert connection.execute(text("SELECT name FROM trainee")).scalars().all() == ["王小明"]
