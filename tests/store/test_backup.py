"""Backups: whole, made while others write, refused when they are damaged; restored whole or not at all."""

import sqlite3
import stat
import threading
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import func, inspect, select

from tests.slots import Slots
from zhupei_cli.model import Counter, Specialty
from zhupei_cli.store.backup import back_up, restore
from zhupei_cli.store.counters import take
from zhupei_cli.store.engine import open_engine, reading, transaction
from zhupei_cli.store.engines import patience
from zhupei_cli.store.engines.postgresql import dump
from zhupei_cli.words.errors import ZhupeiError

BACKUPS = pytest.mark.usefixtures("server_programs")


def _code(path: Path, url: str, *, replace: bool = False) -> str:
    with pytest.raises(ZhupeiError) as caught:
        restore(path, url, replace=replace)
    return caught.value.code


def _taken(url: str) -> int | None:
    with reading(url) as session:
        assert session.execute(select(func.count()).select_from(Specialty)).scalar() == 37
        value: int | None = session.execute(select(Counter.value).where(Counter.name == "c")).scalar()
        return value


def _take(url: str) -> None:
    with transaction(url) as session:
        take(session, "c", 1)


@BACKUPS
def test_a_backup_holds_the_moment_it_was_made(database: str, nowhere: str, tmp_path: Path) -> None:
    path = tmp_path / "备份.zip"
    _take(database)
    back_up(database, path)
    _take(database)
    restore(path, nowhere)
    assert (_taken(nowhere), _taken(database)) == (1, 2)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    _take(nowhere)


@BACKUPS
def test_an_existing_file_stays_unless_forced(database: str, tmp_path: Path) -> None:
    path = tmp_path / "b"
    path.write_bytes(b"mine")
    with pytest.raises(ZhupeiError) as caught:
        back_up(database, path)
    assert (caught.value.code, path.read_bytes()) == ("E002", b"mine")
    back_up(database, path, force=True)
    assert path.stat().st_size > 10_000


@BACKUPS
def test_what_holds_something_is_replaced_only_when_asked(database: str, tmp_path: Path) -> None:
    path = tmp_path / "b"
    back_up(database, path)
    _take(database)
    assert (_code(path, database), _taken(database)) == ("E519", 1)
    restore(path, database, replace=True)
    assert _taken(database) is None
    _take(database)


@BACKUPS
def test_no_damaged_backup_touches_the_database(database: str, nowhere: str, tmp_path: Path) -> None:
    whole, path = tmp_path / "whole", tmp_path / "b"
    back_up(database, whole)
    _take(database)
    content = whole.read_bytes()
    for size in (0, 10, 100, len(content) // 3, len(content) * 2 // 3, len(content) - 60):
        path.write_bytes(content[:size])
        assert (_code(path, database, replace=True), _taken(database)) == ("E518", 1), size
        assert _code(path, nowhere) == "E518"
    if nowhere.startswith("sqlite"):
        assert not (tmp_path / "new.sqlite").exists()
    else:
        with open_engine(nowhere).connect() as connection:
            assert not inspect(connection).has_table("application")


@pytest.mark.sqlite
@pytest.mark.parametrize("damage", ["none", "pages", "head", "gone"])
def test_a_file_of_another_page_size_and_a_broken_one_are_replaced(
    database: str, tmp_path: Path, damage: str
) -> None:
    """Databases made long ago have pages of 4 KB, those made now of 8."""
    path, target = tmp_path / "b", Path(database.removeprefix("sqlite:///"))
    back_up(database, path)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA page_size=4096")
        connection.execute("VACUUM")
    _take(database)
    with closing(sqlite3.connect(target)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = target.read_bytes()
    broken = {
        "none": content,
        "pages": content[:100] + b"\0" * 300_000 + content[300_100:],
        "head": content[:16] + b"\xff" * (len(content) - 16),
    }
    if damage == "gone":
        target.unlink()
        target.with_name(target.name + "-wal").write_bytes(content[:5000])
    else:
        target.write_bytes(broken[damage])
    restore(path, database, replace=True)
    assert _taken(database) is None
    _take(database)
    with closing(sqlite3.connect(target)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


@pytest.mark.sqlite
def test_pages_of_another_size_wait_for_who_has_the_file_open(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "b"
    back_up(database, path)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA page_size=4096")
        connection.execute("VACUUM")
    _take(database)
    monkeypatch.setattr(patience, "BUSY_TIMEOUT", 50)
    with reading(database) as session:
        session.execute(select(Counter.value)).all()
        assert _code(path, database, replace=True) == "E601"
    assert _taken(database) == 1


@pytest.mark.sqlite
def test_a_file_that_is_no_database_is_not_replaced(database: str, tmp_path: Path) -> None:
    path, other = tmp_path / "b", tmp_path / "录取名单.xlsx"
    back_up(database, path)
    other.write_bytes(b"PK" + b"\0" * 9000)
    assert _code(path, f"sqlite:///{other}", replace=True) == "E801"
    assert other.read_bytes() == b"PK" + b"\0" * 9000


@BACKUPS
def test_what_is_no_backup_of_ours_is_refused(database: str, tmp_path: Path) -> None:
    foreign, word = tmp_path / "foreign", tmp_path / "word"
    with closing(sqlite3.connect(foreign, isolation_level=None)) as connection:
        connection.execute("CREATE TABLE 工资 (n)")
    word.write_text("不是备份" * 100, encoding="utf-8")
    expected = "E530" if database.startswith("postgresql") else "E518"
    assert (_code(foreign, database), _code(word, database)) == (expected, "E518")


@BACKUPS
def test_backups_under_load_are_whole(database: str, nowhere: str, tmp_path: Path) -> None:
    done = threading.Event()

    def write() -> None:
        while not done.is_set():
            with transaction(database) as session:
                session.add_all(
                    Counter(name=f"p{at}:{take(session, 'c', 1)[0]}", value=1) for at in range(20)
                )

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(3):
            back_up(database, tmp_path / f"{number}")
    finally:
        done.set()
        writer.join()
    restore(tmp_path / "2", nowhere)
    with reading(nowhere) as session:
        taken = session.execute(select(Counter.value).where(Counter.name == "c")).scalar() or 0
        assert session.execute(select(func.count()).where(Counter.name.startswith("p"))).scalar() == taken


def test_without_the_program_of_that_version_it_says_so(
    slots: Slots, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(dump, "_PLACES", ())
    url = slots.take(0)
    with pytest.raises(ZhupeiError) as caught:
        back_up(url, tmp_path / "b")
    assert (caught.value.code, list(tmp_path.iterdir())) == ("E516", [])


@pytest.mark.parametrize("side", ["", "-wal", "-shm", "-journal"])
def test_a_backup_is_never_the_database_itself(database: str, side: str) -> None:
    if not database.startswith("sqlite"):
        pytest.skip("a server's database is no file of ours")
    path = Path(database.removeprefix("sqlite:///") + side)
    path.touch()
    with pytest.raises(ZhupeiError) as caught:
        back_up(database, path, force=True)
    assert caught.value.code == "E549"
    assert _code(path, database, replace=True) == "E549"
    with reading(database) as session:
        assert session.execute(select(func.count()).select_from(Specialty)).scalar() == 37


def test_what_is_left_of_another_database_is_not_laid_over_a_restored_one(
    database: str, tmp_path: Path
) -> None:
    """A -wal whose database was deleted: SQLite would take its pages for those of the new one."""
    if not database.startswith("sqlite"):
        pytest.skip("a server's database is no file of ours")
    target, path = Path(database.removeprefix("sqlite:///")), tmp_path / "b"
    _take(database)
    back_up(database, path)
    with closing(sqlite3.connect(target)) as kept:
        kept.execute("PRAGMA wal_autocheckpoint=0")
        for _ in range(50):
            kept.execute("UPDATE counter SET value = value + 1 WHERE name = 'c'")
            kept.commit()
        left = target.with_name(target.name + "-wal").read_bytes()
    target.unlink()
    target.with_name(target.name + "-wal").write_bytes(left)
    assert len(left) > 50 * 4096
    assert _code(path, database) == "E519"
    restore(path, database, replace=True)
    assert _taken(database) == 1
