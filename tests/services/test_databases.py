"""The database itself."""

from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from zhupei_cli.acting import Acting
from zhupei_cli.errors import ZhupeiError
from zhupei_cli.services.databases import database_info, init_database, upgrade_database
from zhupei_cli.services.reference import list_specialties
from zhupei_cli.store.engine import HEAD, open_engine, reading


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'new.sqlite'}"


def test_a_new_database_has_the_catalogue(url: str, by: Acting) -> None:
    assert init_database(url, by=by) == {
        "database": url,
        "version": HEAD,
        "specialties": 37,
        "dry_run": False,
    }
    with reading(url) as session:
        assert len(list_specialties(session)) == 37


def test_trying_makes_no_file(url: str, by: Acting, tmp_path: Path) -> None:
    assert init_database(url, by=by, dry_run=True)["dry_run"] is True
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("dry_run", [True, False])
def test_what_exists_is_refused(database: str, by: Acting, dry_run: bool) -> None:
    with pytest.raises(ZhupeiError) as caught:
        init_database(database, by=by, dry_run=dry_run)
    assert caught.value.code == "E508"


def test_what_is_up_to_date_stays_as_it_is(database: str) -> None:
    assert upgrade_database(database) == {
        "database": database,
        "before": HEAD,
        "version": HEAD,
        "dry_run": False,
    }


def test_only_databases_of_ours_are_upgraded(url: str, database: str, tmp_path: Path) -> None:
    (tmp_path / "new.sqlite").touch()
    with pytest.raises(ZhupeiError) as caught:
        upgrade_database(url)
    assert (caught.value.code, caught.value.exit_code) == ("E509", 6)
    assert inspect(open_engine(url)).get_table_names() == []
    with open_engine(database).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(ZhupeiError) as caught:
        upgrade_database(database)
    assert caught.value.code == "E504"


def test_what_there_is_to_know(database: str) -> None:
    info = database_info(database)
    tables = info.pop("tables")
    server, size = info.pop("server"), info.pop("size")
    assert info == {
        "database": database,
        "version": HEAD,
        "head": HEAD,
        "batches": 0,
        "rows": sum(tables.values()),
    }
    assert (tables["specialty"], tables["import_run"]) == (37, 1)
    assert server.startswith("sqlite 3.")
    assert size == Path(database.removeprefix("sqlite:///")).stat().st_size


def test_a_database_that_is_not_ours_is_described_without_rows(url: str, tmp_path: Path) -> None:
    (tmp_path / "new.sqlite").touch()
    info = database_info(url)
    assert (info["version"], info["rows"], info["batches"], info["tables"]) == (None, None, None, {})
