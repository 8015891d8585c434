"""Making databases, and migrations that lead to the model and back."""

import stat
from collections.abc import Mapping
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, inspect

from zhupei_cli.model import Base
from zhupei_cli.store import schema
from zhupei_cli.store.engine import HEAD, open_engine, transaction
from zhupei_cli.words.errors import ZhupeiError


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / '新 库.sqlite'}"


def _path(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def test_a_new_database_is_its_owners_alone_and_ready(url: str) -> None:
    schema.create(url)
    assert stat.S_IMODE(_path(url).stat().st_mode) == 0o600
    with transaction(url) as session:
        assert session.connection().in_transaction()


def test_folders_on_the_way_are_made(tmp_path: Path) -> None:
    schema.create(f"sqlite:///{tmp_path / 'a' / 'b' / 'c.sqlite'}")
    assert (tmp_path / "a" / "b" / "c.sqlite").is_file()


def test_what_exists_is_never_overwritten(url: str) -> None:
    _path(url).write_bytes(b"my thesis")
    with pytest.raises(ZhupeiError) as caught:
        schema.create(url)
    assert (caught.value.code, caught.value.exit_code) == ("E508", 5)
    assert _path(url).read_bytes() == b"my thesis"


def test_a_failed_start_leaves_nothing(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(schema, "migrate", fail)
    with pytest.raises(RuntimeError):
        schema.create(url)
    assert list(_path(url).parent.iterdir()) == []


def test_an_address_that_cannot_be_makes_nothing() -> None:
    with pytest.raises(ZhupeiError) as caught:
        schema.create("nonsense")
    assert caught.value.code == "E502"


def test_the_newest_migration_is_the_head_the_program_asks_for() -> None:
    from alembic.script import ScriptDirectory

    with as_file(files("zhupei_cli.sql") / "migrations") as scripts:
        assert ScriptDirectory(str(scripts)).get_heads() == [HEAD]


def _shape(engine: Engine) -> Mapping[str, Any]:
    """Return all a database knows of its tables, in a form two databases can be compared in."""
    found = inspect(engine)
    parts = (
        "get_columns",
        "get_check_constraints",
        "get_unique_constraints",
        "get_foreign_keys",
        "get_indexes",
    )
    return {
        table: {
            "primary": found.get_pk_constraint(table),
            **{part: sorted(map(str, getattr(found, part)(table))) for part in parts},
        }
        for table in found.get_table_names()
        if table != "alembic_version"
    }


@pytest.fixture
def migrated(nowhere: str) -> Engine:
    schema.create(nowhere)
    return open_engine(nowhere)


def _differ(context: Any, _inspected: Any, column: Any, _type: Any, _wanted: Any) -> bool | None:
    """Let bytes be: MySQL makes the kind of blob that holds them, and tells its name, not its length."""
    return False if context.dialect.name == "mysql" and str(column) == "trainee_photo.content" else None


def test_migrations_lead_to_the_model(migrated: Engine) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with migrated.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": _differ})
        assert compare_metadata(context, Base.metadata) == []
    found = _shape(migrated)
    with migrated.begin() as connection:
        _migrate_down(connection)
        Base.metadata.create_all(connection)
    assert _shape(migrated) == found


def test_migrations_lead_down_to_nothing_and_up_again(migrated: Engine) -> None:
    before = _shape(migrated)
    with migrated.begin() as connection:
        _migrate_down(connection)
    assert _shape(migrated) == {}
    with migrated.begin() as connection:
        schema.migrate(connection)
    assert _shape(migrated) == before


def _migrate_down(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    with as_file(files("zhupei_cli.sql") / "migrations") as scripts:
        config = Config()
        config.set_main_option("script_location", str(scripts))
        config.attributes["connection"] = connection
        command.downgrade(config, "base")


def test_an_upgrade_that_is_only_tried_changes_nothing(migrated: Engine, nowhere: str) -> None:
    with migrated.begin() as connection:
        _migrate_down(connection)
    schema.upgrade(nowhere, dry_run=True)
    assert _shape(migrated) == {}
    schema.upgrade(nowhere)
    assert "batch" in _shape(migrated)
