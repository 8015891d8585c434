"""Opening databases: what is refused, what a transaction promises."""

import os
import re
import shutil
import stat
import sys
import threading
import traceback
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url, select, text

from tests.slots import Slots
from zhupei_cli.model import Batch, BatchSetting, Counter, Specialty
from zhupei_cli.store import engine
from zhupei_cli.store.bulk import insert_rows
from zhupei_cli.store.counters import take
from zhupei_cli.store.engine import HEAD, current_version, open_engine, reading, shown_url, transaction
from zhupei_cli.store.engines import patience
from zhupei_cli.words.errors import ZhupeiError


def _refusal(url: str) -> tuple[str, int]:
    with pytest.raises(ZhupeiError) as caught, transaction(url):
        pass
    return caught.value.code, caught.value.exit_code


def test_a_mistyped_path_is_refused_and_makes_no_file(tmp_path: Path) -> None:
    path = tmp_path / "typo.sqlite"
    assert _refusal(f"sqlite:///{path}") == ("E501", 6)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("url", ["nonsense", "sqlite://", "sqlite:///:memory:", "nosuch://user@host/name"])
def test_an_address_that_cannot_be_is_a_usage_error(url: str) -> None:
    assert _refusal(url) == ("E502", 2)


@pytest.mark.parametrize("password", ["geheim", "ge@heim", "ge@he@im", "ge/h@eim"])
def test_a_password_is_never_shown(password: str) -> None:
    shown = shown_url(f"postgresql+psycopg://zhang:{password}@host/zhupei")
    assert shown == "postgresql+psycopg://zhang:***@host/zhupei"


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("这不是数据库。" * 200)
    assert _refusal(f"sqlite:///{path}") == ("E505", 6)


def test_a_database_without_our_tables_is_not_written_to(tmp_path: Path) -> None:
    path = tmp_path / "empty.sqlite"
    path.touch()
    assert _refusal(f"sqlite:///{path}") == ("E509", 6)


def test_a_newer_database_is_refused(database: str) -> None:
    with open_engine(database).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert _refusal(database) == ("E504", 6)


@pytest.mark.sqlite
def test_a_connection_is_set_for_safety(database: str) -> None:
    with transaction(database) as session:
        found = {
            name: session.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30_000}


def test_the_database_says_no_by_itself(database: str) -> None:
    with pytest.raises(ZhupeiError) as caught, transaction(database) as session:
        session.add(BatchSetting(batch_id=77, key="weights", value=""))
        session.flush()
    assert caught.value.code == "E621"


def test_a_block_that_ends_well_is_kept_and_any_other_is_not(database: str) -> None:
    with transaction(database) as session:
        take(session, "kept", 1)
    with transaction(database, dry_run=True) as session:
        take(session, "tried", 1)
    with pytest.raises(RuntimeError), transaction(database) as session:
        take(session, "failed", 1)
        raise RuntimeError
    with reading(database) as session:
        names = session.execute(select(Counter.name).where(Counter.name.in_(("kept", "tried", "failed"))))
        assert names.scalars().all() == ["kept"]


def test_a_reader_neither_waits_for_a_writer_nor_sees_what_is_not_committed(database: str) -> None:
    with transaction(database) as writer:
        writer.execute(text("UPDATE specialty SET name = '改过' WHERE code = '0100'"))
        with reading(database) as session:
            assert session.get_one(Specialty, "0100").name == "内科"


def test_a_second_writer_is_told_after_its_wait(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "BUSY_TIMEOUT", 50)
    with transaction(database):
        assert _refusal(database) == ("E601", 6)


def test_two_writers_take_different_numbers(database: str) -> None:
    taken: list[int] = []

    def write() -> None:
        for _ in range(10):
            with transaction(database) as session:
                taken.extend(take(session, "race", 3))

    threads = [threading.Thread(target=write) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == list(range(1, 61))


def test_what_a_writer_has_read_is_still_true_when_it_writes(database: str) -> None:
    """A deferred transaction would let both read 0 and both write 1."""

    def add_one() -> None:
        with transaction(database) as session:
            counter = session.get(Counter, "plain") or Counter(name="plain", value=0)
            counter.value += 1
            session.add(counter)

    threads = [threading.Thread(target=add_one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with reading(database) as session:
        assert session.get_one(Counter, "plain").value == 4


@pytest.mark.sqlite
def test_files_beside_the_database_are_its_owners_alone(database: str, template: Path) -> None:
    assert stat.S_IMODE(template.stat().st_mode) == 0o600
    path = Path(database.removeprefix("sqlite:///"))
    path.chmod(0o600)
    with transaction(database) as session:
        take(session, "wal", 1)
        beside = [other for other in path.parent.iterdir() if other.name.startswith(path.name)]
        assert len(beside) == 3
        assert {stat.S_IMODE(other.stat().st_mode) for other in beside} == {0o600}


def test_no_batch_is_there_before_one_is_made(database: str) -> None:
    with reading(database) as session:
        assert session.execute(select(Batch)).all() == []
        assert engine.current_version(session.connection()) == HEAD


def test_a_file_is_named_as_people_wrote_it() -> None:
    assert shown_url("sqlite:///招收 2026.sqlite") == "sqlite:///招收 2026.sqlite"
    assert (
        shown_url("postgresql+psycopg://甲:密码@host/库")
        == "postgresql+psycopg://%E7%94%B2:***@host/%E5%BA%93"
    )
    assert shown_url("招收.sqlite") == "招收.sqlite"


@pytest.mark.sqlite
def test_a_copy_nobody_can_write_to_is_still_read(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = Path(database.removeprefix("sqlite:///"))
    monkeypatch.setattr("os.access", lambda *_: False)
    with reading(database) as session:
        assert session.get_one(Specialty, "0100").name == "内科"
    assert [other.name for other in path.parent.iterdir()] == [path.name]
    with pytest.raises(ZhupeiError) as caught, transaction(database) as session:
        take(session, "c", 1)
    assert (caught.value.code, caught.value.exit_code) == ("E602", 6)


@pytest.mark.sqlite
def test_what_is_in_the_log_of_such_a_copy_is_read(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, folder = Path(database.removeprefix("sqlite:///")), tmp_path / "medium"
    folder.mkdir()
    with reading(database) as held, transaction(database) as session:
        held.get_one(Specialty, "0100")
        take(session, "logged", 7)
        session.commit()
        for other in path.parent.glob(f"{path.name}*"):
            shutil.copyfile(other, folder / other.name)
    monkeypatch.setattr("os.access", lambda *_: False)
    with reading(f"sqlite:///{folder / path.name}") as session:
        assert session.get_one(Counter, "logged").value == 7


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ({"username": "nobody", "password": "geheim"}, "E510"),
        ({"database": "no such database"}, "E511"),
        ({"port": 1}, "E507"),
        ({"host": "nowhere.invalid"}, "E507"),
    ],
)
def test_a_server_that_cannot_be_reached_says_why_and_no_password(
    slots: Slots, words: dict[str, Any], code: str
) -> None:
    url = make_url(slots.take(0)).set(**words)
    with pytest.raises(ZhupeiError) as caught, transaction(url.render_as_string(hide_password=False)):
        pass
    error = caught.value
    assert (error.code, error.exit_code) == (code, 6)
    assert not re.search("[a-z]{4}", error.message), error.message  # no word of the driver's
    assert str(url.password) not in f"{error.message}{error.hint}{error.values}"


#: A connection that the server ends while it carries out the COMMIT: no answer comes.
_GONE_AT_COMMIT = """
    CREATE TEMP TABLE gone (id integer);
    CREATE FUNCTION pg_temp.go() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END';
    CREATE CONSTRAINT TRIGGER go AFTER INSERT ON gone DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION pg_temp.go();
    INSERT INTO gone VALUES (1)
"""


@pytest.mark.parametrize(("when", "code"), [("before", "E513"), ("in", "E799")])
def test_a_commit_that_was_not_answered_is_not_told_as_undone(slots: Slots, when: str, code: str) -> None:
    with pytest.raises(ZhupeiError) as caught, transaction(slots.take(0)) as session:
        session.execute(text(_GONE_AT_COMMIT))
        if when == "before":
            session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    assert (caught.value.code, caught.value.exit_code) == (code, 6)


@pytest.mark.parametrize("how", ["one by one", "copied"])
def test_an_error_of_a_server_names_no_value(slots: Slots, how: str) -> None:
    url, secret = slots.take(0), "4101" + "01200001010010"
    table = Counter.metadata.tables["counter"]

    def write() -> None:
        with transaction(url) as session:
            if how == "copied":
                insert_rows(session, table, ("name", "value"), [(secret, 1)])
            else:
                session.add(Counter(name=secret, value=1))

    write()
    with pytest.raises(ZhupeiError) as caught:
        write()
    assert caught.value.code == "E621"
    assert secret not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("mysql://u:p@h/x", "mysql://u:***@h/x；不支持 mysql，mysql 请写 mysql+pymysql"),
        (
            "oracle+cx_oracle://u:p@h/x",
            "oracle+cx_oracle://u:***@h/x；不支持 oracle+cx_oracle，"
            "可用 sqlite、postgresql+psycopg、mysql+pymysql",
        ),
        (
            "postgresql+psycopg2://u:p@h/x",
            "postgresql+psycopg2://u:***@h/x；不支持 postgresql+psycopg2，postgresql 请写 postgresql+psycopg",
        ),
        (
            "postgresql+psycopg://u:geheim@127.0.0.1:port/x",
            "postgresql+psycopg://u:***@127.0.0.1:port/x；端口 port 应为数字",
        ),
        ("postgresql://u:ge:h/e@im@h:５x/x", "postgresql://u:***@h:５x/x；端口 ５x 应为数字"),
        ("zhupei.sqlite", "zhupei.sqlite；文件请写成 sqlite:///zhupei.sqlite"),
        (r"C:\data\x.db", r"C:\data\x.db；文件请写成 sqlite:///C:/data/x.db"),
        ("u:geheim@h/x", "u:***@h/x"),
        ("postgresql+psycopg:/u:geheim@h/x", "postgresql+psycopg:/u:***@h/x"),
        (
            "postgresql+psycopg://u:ge@heim@h/x",
            "postgresql+psycopg://u:***@h/x；密码或用户名里的 @ 请写成 %40",
        ),
        (
            "postgresql+psycopg://u:p@h:99999/x",
            "postgresql+psycopg://u:***@h:99999/x；端口 99999 应为 1 至 65535",
        ),
        ("sqlite://", "sqlite://；没有写文件名"),
    ],
)
def test_what_is_wrong_with_an_address_is_said_without_the_password(url: str, told: str) -> None:
    with pytest.raises(ZhupeiError) as caught:
        open_engine(url)
    assert (caught.value.code, caught.value.message) == ("E502", f"数据库地址不对：{told}")


@pytest.mark.sqlite
def test_somebody_elses_database_is_not_called_missing(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(path: Path, *_: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "open", refused)
    assert _refusal(database) == ("E525", 5)


def test_a_driver_that_is_missing_is_told_with_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    assert _refusal("postgresql+psycopg://u@h/x") == ("E526", 2)


def test_a_database_in_a_folder_with_a_name_in_gbk_is_opened(template: Path, tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"\xd5\xc5.sqlite")
    shutil.copyfile(template, path)
    with reading(f"sqlite:///{path}") as session:
        assert current_version(session.connection()) == HEAD
