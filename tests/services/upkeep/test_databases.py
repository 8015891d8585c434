"""The database itself."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect, text

from tests.server import Server
from zhupei_cli.acting import Acting
from zhupei_cli.services.reference.views import list_specialties
from zhupei_cli.services.upkeep.databases import database_info, init_database, upgrade_database
from zhupei_cli.store.engine import HEAD, open_engine, reading, shown_url
from zhupei_cli.words.errors import ZhupeiError


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'new.sqlite'}"


def test_a_new_database_has_the_catalogue(nowhere: str, by: Acting) -> None:
    assert init_database(nowhere, by=by) == {
        "database": shown_url(nowhere),
        "version": HEAD,
        "specialties": 37,
        "dry_run": False,
    }
    with reading(nowhere) as session:
        assert len(list_specialties(session)) == 37


def test_trying_makes_nothing(nowhere: str, by: Acting, tmp_path: Path) -> None:
    assert init_database(nowhere, by=by, dry_run=True)["dry_run"] is True
    assert list(tmp_path.iterdir()) == []
    assert init_database(nowhere, by=by)["dry_run"] is False


def test_of_two_at_once_one_makes_it(nowhere: str, by: Acting) -> None:
    def attempt(_number: int) -> str:
        try:
            init_database(nowhere, by=by)
        except ZhupeiError as error:
            return error.code
        return "made"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(attempt, range(2))) == ["E508", "made"]


def test_a_database_of_another_program_is_left_alone(server: Server, by: Acting) -> None:
    name = f"zhupei_foreign_{os.getpid()}"
    server.create(name)
    server.execute("CREATE TABLE 工资 (n int)", database=name)
    with pytest.raises(ZhupeiError) as caught:
        init_database(server.url(name), by=by)
    server.drop(name)
    assert (caught.value.code, caught.value.exit_code) == ("E514", 6)
    assert "工资" in caught.value.message


def test_a_database_that_cannot_hold_chinese_is_refused(server: Server, by: Acting) -> None:
    name = f"zhupei_latin_{os.getpid()}"
    server.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'")
    with pytest.raises(ZhupeiError) as caught:
        init_database(server.url(name), by=by)
    server.drop(name)
    assert (caught.value.code, caught.value.values["encoding"]) == ("E515", "LATIN1")


@pytest.mark.parametrize("dry_run", [True, False])
def test_what_exists_is_refused(database: str, by: Acting, dry_run: bool) -> None:
    with pytest.raises(ZhupeiError) as caught:
        init_database(database, by=by, dry_run=dry_run)
    assert caught.value.code == "E508"


def test_what_is_up_to_date_stays_as_it_is(database: str) -> None:
    assert upgrade_database(database) == {
        "database": shown_url(database),
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
    info: dict[str, Any] = dict(database_info(database))
    tables = info.pop("tables")
    server, size = info.pop("server"), info.pop("size")
    assert info == {
        "database": shown_url(database),
        "version": HEAD,
        "head": HEAD,
        "batches": 0,
        "rows": sum(tables.values()),
    }
    assert (tables["specialty"], tables["import_run"]) == (37, 1)
    if database.startswith("sqlite"):
        assert server.startswith("sqlite 3.")
        assert size == Path(database.removeprefix("sqlite:///")).stat().st_size
    elif database.startswith("postgresql"):
        assert server.startswith("postgresql 1")
        assert size > 1_000_000
    else:  # what was just written is in memory there, on no disk
        assert server.startswith("OceanBase 4")
        assert size >= 0


def test_a_database_that_is_not_ours_is_described_without_rows(url: str, tmp_path: Path) -> None:
    (tmp_path / "new.sqlite").touch()
    info = database_info(url)
    assert (info["version"], info["rows"], info["batches"], info["tables"]) == (None, None, None, {})
