"""OceanBase: a season on one node of it in every run; what it promises under fire where a run is about it."""

import gc
import json
import os
import shlex
import traceback
import warnings
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url, select, text

from tests.bench.kills import killed
from tests.bench.sides import OceanBases
from tests.builders import drawn_world, store_world
from tests.conftest import Ran, Run
from tests.oceanbase_server import OceanBase, is_installed, running_oceanbase
from tests.oceanbase_slots import OceanBaseSlots
from tests.slots import Slots
from zhupei_cli.model import Base, Counter, Event, ImportRow, Specialty
from zhupei_cli.store import schema
from zhupei_cli.store.backup import back_up, restore
from zhupei_cli.store.bulk import delete_rows, insert_rows, update_rows
from zhupei_cli.store.counters import take
from zhupei_cli.store.drift import unlike_model
from zhupei_cli.store.engine import HEAD, connected, current_version, open_engine, reading, transaction
from zhupei_cli.store.engines import patience
from zhupei_cli.store.engines.oceanbase.opening import kept_apart
from zhupei_cli.words.errors import ZhupeiError

COUNTER = Counter.metadata.tables["counter"]
SAMPLES = Path(__file__).parent.parent / "samples"
#: What README has of a season, up to the rosters.
SEASON = """
    db init
    base import {samples}/基地.xlsx
    batch create HN2026 --name 招收 --year 2026 --apply-from 2026-01-01 --apply-until 2099-12-31
    batch plan import {samples}/招收计划.xlsx
    batch open HN2026
    trainee import {samples}/报名信息.xlsx --submit
    review import {samples}/审核意见.xlsx
    batch close HN2026 --yes
    admit scores import {samples}/成绩.xlsx
    batch lock HN2026 --yes
    admit run --rule choice-first
    admit commit 1 --yes
    batch publish HN2026 --yes
    batch finalize HN2026 --yes
    export roster --all -o 录取名单
    db check
"""


@pytest.fixture
def engine() -> Iterator[OceanBase]:
    """Return the engine of this run, or one for this test."""
    with running_oceanbase() as running:
        yield running


@pytest.mark.skipif(not is_installed(), reason="pylibseekdb is not installed")
def test_a_season_goes_through(zhupei: Run, home: Path, engine: OceanBase) -> None:
    name = f"zhupei_season_{os.getpid()}"
    engine.drop(name)
    engine.create(name)
    _play(zhupei, engine.url(name), SEASON)
    assert len(list((home / "录取名单").iterdir())) > 1
    engine.drop(name)


def _play(zhupei: Run, url: str, lines: str) -> None:
    for line in lines.format(samples=SAMPLES).split("\n"):
        if words := shlex.split(line):
            ran = zhupei("--database", url, *words)
            assert ran.code in ((0, 3) if "import" in words else (0,)), (line, ran)


# -- with --on oceanbase ---------------------------------------------------------------------------

ALONE = pytest.mark.oceanbase


@ALONE
@pytest.mark.usefixtures("backend")
def test_kills_leave_nothing_half_done(oceanbase_slots: OceanBaseSlots, tmp_path: Path) -> None:
    side = OceanBases(oceanbase_slots.server, f"kills_{os.getpid()}_")
    left = dict(killed(10, tmp_path, side, applicants=60))
    assert [sum(found.values()) for found in left.values()] == [10, 10]
    for name in ("opened", "locked", "victim"):
        oceanbase_slots.server.drop(side.prefix + name)


@ALONE
def test_a_season_goes_through_partitioned_tables(nowhere: str, zhupei: Run, home: Path) -> None:
    init, season = SEASON.strip().split("\n", 1)
    _play(zhupei, nowhere, init)
    script = (files("zhupei_cli.sql") / "oceanbase" / "partitions.sql").read_text("utf-8")
    words = "\n".join(line for line in script.split("\n") if not line.startswith("--"))
    statements = [statement for statement in words.split(";") if statement.strip()]
    for statement in statements:
        _execute(nowhere, statement)
    _play(zhupei, nowhere, season)
    assert len(list((home / "录取名单").iterdir())) > 1
    with connected(nowhere) as connection:
        assert unlike_model(connection) == []
        counted = "SELECT COUNT(DISTINCT table_name) FROM information_schema.partitions"
        counted += " WHERE table_schema = DATABASE() AND partition_name IS NOT NULL"
        assert connection.exec_driver_sql(counted).scalar() == len(statements) > 5


@ALONE
@pytest.mark.parametrize(
    ("words", "code"),
    [
        ({"username": "nobody", "password": "geheim"}, "E510"),
        ({"database": "no such database"}, "E511"),
        ({"query": {}, "host": "127.0.0.1", "port": 1}, "E507"),
    ],
)
def test_a_server_that_cannot_be_reached_says_why(database: str, words: dict[str, Any], code: str) -> None:
    url = make_url(database).set(**words)
    with pytest.raises(ZhupeiError) as caught, transaction(url.render_as_string(hide_password=False)):
        pass
    assert (caught.value.code, caught.value.exit_code) == (code, 6)
    assert "geheim" not in f"{caught.value.message}{caught.value.hint}{caught.value.values}"


@ALONE
def test_a_socket_that_is_not_there_is_told(database: str) -> None:
    url = make_url(database).set(query={"unix_socket": "/nowhere/sql.sock"})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # the driver leaves it to be collected
        with pytest.raises(ZhupeiError) as caught, transaction(url.render_as_string()):
            pass
        told = (caught.value.code, caught.value.values["detail"])
        del caught
        gc.collect()
    assert told == ("E507", "本机没有运行数据库服务，或套接字文件的路径不对")


@ALONE
def test_a_connection_over_a_socket_prepares_no_encryption(database: str) -> None:
    with closing(open_engine(database).raw_connection()) as raw:
        assert raw.driver_connection is not None
        assert raw.driver_connection.ssl is ("unix_socket" not in make_url(database).query)


@ALONE
def test_a_database_that_does_not_know_case_is_refused(database: str) -> None:
    url = make_url(database)
    name = f"{url.database}_ci"
    with closing(open_engine(database).raw_connection()) as raw, closing(raw.cursor()) as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS `{name}`")
        cursor.execute(f"CREATE DATABASE `{name}` COLLATE utf8mb4_general_ci")
        with pytest.raises(ZhupeiError) as caught:
            schema.create(url.set(database=name).render_as_string(hide_password=False))
        cursor.execute(f"DROP DATABASE `{name}`")
    assert (caught.value.code, caught.value.values["collation"]) == ("E711", "utf8mb4_general_ci")


@ALONE
def test_codes_that_differ_in_case_are_two(database: str) -> None:
    with transaction(database) as session:
        assert (list(take(session, "A1", 1)), list(take(session, "a1", 5))) == ([1], [1, 2, 3, 4, 5])
    with reading(database) as session:
        found = session.execute(select(Counter.name, Counter.value).where(Counter.name.in_(("A1", "a1"))))
        assert dict(found.all()) == {"A1": 1, "a1": 5}


@ALONE
def test_any_text_comes_back_as_it_was(database: str) -> None:
    texts = [
        "a'b",
        'a"b',
        "a\\b",
        "%s %(x)s 100%",
        "a\nb\rc",
        "\\'; DROP TABLE counter; -- ",
        "𠮷",
        "x\x1ay",
        "\\",
    ]
    rows = [(f"{at}{text}", at) for at, text in enumerate(texts)]
    with transaction(database) as session:
        insert_rows(session, COUNTER, ("name", "value"), rows)
        moved = [(name, f"c{name}", value) for name, value in rows]
        update_rows(session, COUNTER, ("name",), ("name", "value"), moved)
        delete_rows(session, COUNTER, ("name",), [(moved[0][1],)])
        found = session.execute(select(Counter.name).where(Counter.name.startswith("c"))).scalars()
        assert sorted(found) == sorted(name for _, name, _ in moved[1:])


@ALONE
def test_what_fails_tells_no_value(database: str) -> None:
    secret = "4101" + "01200001010010"
    with pytest.raises(ZhupeiError) as caught, transaction(database) as session:
        insert_rows(session, COUNTER, ("name", "value"), [(secret, 1), (secret, 2)])
    assert caught.value.code == "E621"
    assert secret not in "".join(traceback.format_exception(caught.value))


@ALONE
def test_a_reader_cannot_write_and_sees_one_moment(database: str) -> None:
    with pytest.raises(ZhupeiError, match="E602"), reading(database) as session:
        take(session, "x", 1)
    with reading(database) as session:
        before = session.get_one(Specialty, "0100").name
        with transaction(database) as writer:
            writer.get_one(Specialty, "0100").name = "改过"
        session.expire_all()
        assert session.get_one(Specialty, "0100").name == before


@ALONE
def test_a_database_goes_round_all_engines(
    database: str, nowhere: str, slots: Slots, zhupei: Run, tmp_path: Path
) -> None:
    with transaction(database) as session:
        store_world(session, drawn_world(300, bases=4, specialties=3))
    slots.server.create(name := f"{slots.template}_round")
    server = slots.server.url(name, user=slots.user, password=slots.password)
    steps = [database, f"sqlite:///{tmp_path / 'a.sqlite'}", nowhere, server]
    tables = []
    for source, target in pairwise(steps):
        ran = zhupei("--database", source, "db", "copy", source, target, "--json")
        assert ran.code == 0, ran
        tables.append(json.loads(ran.out)["tables"])
    slots.server.drop(name)
    assert tables[0] == tables[1] == tables[2]
    assert tables[0]["application"] == 300
    with reading(database) as here, reading(nowhere) as there:
        for table in Base.metadata.sorted_tables:
            rows = [sorted(map(repr, one.execute(select(table)))) for one in (here, there)]
            assert rows[0] == rows[1], table.name


@ALONE
def test_the_doctor_knows_it(database: str, zhupei: Run) -> None:
    ran = zhupei("--database", database, "doctor", "--json")
    found = {row["name"]: (row["state"], row["found"]) for row in json.loads(ran.out)}
    assert ran.code == 0
    assert found["数据库"][1].startswith("OceanBase 4")
    assert found["排序规则"] == ("ok", "utf8mb4_bin，行尾空格不作区分")
    assert found["超时"] == ("ok", "一条语句 3,600 秒，一次写入 43,200 秒")
    assert found["占用"] == ("ok", "没有别的程序在写入")
    with transaction(database):
        rows = json.loads(zhupei("--database", database, "doctor", "--json").out)
    assert [row["found"] for row in rows if row["name"] == "占用"] == ["别的程序正在写入数据库"]


@ALONE
def test_an_earlier_version_is_backed_up_and_comes_back_at_this_one(nowhere: str, tmp_path: Path) -> None:
    schema.upgrade(nowhere, "0011")
    _execute(nowhere, "INSERT INTO counter VALUES ('c', 7)")
    back_up(nowhere, tmp_path / "old.sqlite")
    _execute(nowhere, "DELETE FROM counter")
    schema.upgrade(nowhere)
    restore(tmp_path / "old.sqlite", nowhere, replace=True)
    with reading(nowhere) as session:
        assert session.get_one(Counter, "c").value == 7


@ALONE
def test_an_upgrade_that_stopped_is_backed_up_and_replaced(nowhere: str, tmp_path: Path) -> None:
    schema.upgrade(nowhere, "0011")
    _execute(nowhere, "INSERT INTO counter VALUES ('c', 7)")
    at = "'2026-01-02 03:04:05'"
    _execute(
        nowhere,
        f"INSERT INTO event (seq, at, who, action, subject, hash) VALUES (1, {at}, '甲', 'x', 'y', 'z')",
    )
    # The first words of the next step, and no more of it.
    _execute(nowhere, "ALTER TABLE plan ADD COLUMN max_postgrad INTEGER")
    back_up(nowhere, tmp_path / "old.sqlite")
    _execute(nowhere, "DELETE FROM counter")
    with pytest.raises(ZhupeiError, match="E519"):
        restore(tmp_path / "old.sqlite", nowhere)
    restore(tmp_path / "old.sqlite", nowhere, replace=True)
    with reading(nowhere) as session:
        assert session.get_one(Counter, "c").value == 7
        assert session.execute(select(Event.at)).scalar_one() == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    with connected(nowhere) as connection:
        assert (current_version(connection), unlike_model(connection)) == (HEAD, [])


@ALONE
def test_what_is_being_filled_is_no_database_yet(nowhere: str) -> None:
    """Tables stay with their first word: that they are ours is only said together with their rows."""
    with schema.new_tables(nowhere) as connection:
        connection.execute(text("INSERT INTO counter VALUES ('c', 7)"))
        with pytest.raises(ZhupeiError, match="E503"), reading(nowhere):
            pass
    with reading(nowhere) as session:
        assert session.get_one(Counter, "c").value == 7


@ALONE
def test_what_an_import_keeps_of_a_photo_is_kept(nowhere: str) -> None:
    schema.upgrade(nowhere, "0016")
    # As it was made before long texts were known.
    _execute(nowhere, "ALTER TABLE import_row MODIFY `before` TEXT")
    schema.upgrade(nowhere)
    table, before = ImportRow.metadata.tables["import_row"], "x" * 400_000
    columns = [column.name for column in table.columns]
    with transaction(nowhere) as session:
        session.connection().execute(text("SET foreign_key_checks = 0"))
        insert_rows(session, table, columns, [(1, "photo", str(n), "updated", before) for n in range(30)])
    with reading(nowhere) as session:
        assert session.execute(select(ImportRow.before)).scalars().all() == [before] * 30


@ALONE
def test_a_start_that_was_cut_off_is_made_again(nowhere: str) -> None:
    # What a killed `db init` leaves: some tables of ours, of some version, without any row.
    with open_engine(nowhere).begin() as connection:
        for table in ("alembic_version (version_num VARCHAR(32) PRIMARY KEY)", "event (seq INT PRIMARY KEY)"):
            connection.execute(text(f"CREATE TABLE {table}"))
    schema.create(nowhere)
    with connected(nowhere) as connection:
        assert current_version(connection) == HEAD
    with pytest.raises(RuntimeError), schema.new_tables(nowhere):
        raise RuntimeError
    with pytest.raises(ZhupeiError, match="E509"), transaction(nowhere):
        pass


@ALONE
def test_an_upgrade_that_stopped_goes_on(nowhere: str, zhupei: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    schema.upgrade(nowhere, "0011")

    def run(*words: str) -> Ran:
        return zhupei("--database", nowhere, "db", "upgrade", *words)

    tried = run("--dry-run")
    assert tried.code == 0
    assert "逐步生效，不能撤回：0012 Reserve seats" in tried.err
    with kept_apart(make_url(nowhere), 500), monkeypatch.context() as hasty:
        hasty.setattr(patience, "BUSY_TIMEOUT", 100)
        assert "E601" in run().err
    _execute(nowhere, "RENAME TABLE admission TO away")
    stopped = run()
    assert (stopped.code, "E712" in stopped.err, "停在版本 0011" in stopped.err) == (6, True, True)
    _execute(nowhere, "RENAME TABLE away TO admission")
    done = run()
    assert (done.code, f"已从版本 0011 升级到 {HEAD}" in done.err) == (0, True)
    with connected(nowhere) as connection:
        assert (current_version(connection), unlike_model(connection)) == (HEAD, [])


def _execute(url: str, statement: str) -> None:
    with open_engine(url).begin() as connection:
        connection.execute(text(statement))
