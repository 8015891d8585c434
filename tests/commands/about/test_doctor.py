import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Ran, Run
from zhupei_cli.store.engines.sqlite import health


def states(ran: Ran) -> dict[str, str]:
    return {row["name"]: row["state"] for row in json.loads(ran.out)}


def row_of(ran: Ran, name: str) -> dict[str, Any]:
    (found,) = [row for row in json.loads(ran.out) if row["name"] == name]
    return dict(found)


@pytest.fixture
def mine(home: Path, template: Path) -> Path:
    """A database of our own as `db init` leaves it."""
    path = home / "a.sqlite"
    shutil.copyfile(template, path)
    path.chmod(0o600)
    return path


def test_nothing_is_bad_on_a_fresh_database(zhupei: Run, database: str) -> None:
    ran = zhupei("--database", database, "doctor", "--json")
    assert (ran.code, ran.err) == (0, "")
    found = states(ran)
    assert "bad" not in found.values()
    assert {found[name] for name in ("程序", "数据库", "数据库版本", "占用", "配置")} == {"ok"}


def test_lines_for_people(zhupei: Run, mine: Path) -> None:
    ran = zhupei("--database", f"sqlite:///{mine}", "doctor")
    assert ran.code == 0
    assert "正常  日志方式" in ran.out
    assert all(line[:2] in ("正常", "注意", "  ") for line in ran.out.splitlines())


def test_no_database(zhupei: Run, home: Path) -> None:
    ran = zhupei("--database", "sqlite:///none.sqlite", "doctor")
    assert ran.code == 3
    assert "异常  数据库" in ran.out
    assert "怎么办：先运行 zhupei db init 建库" in ran.out
    assert not (home / "none.sqlite").exists()


def test_a_broken_font(zhupei: Run, mine: Path, home: Path) -> None:
    (home / "字体").mkdir()
    (home / "字体" / "a.ttf").write_bytes(b"hello")
    ran = zhupei("--database", f"sqlite:///{mine}", "doctor", env={"ZHUPEI_FONTS": "字体"})
    assert ran.code == 0
    assert "1 个文件读不出：a.ttf" in ran.out


def test_a_file_that_is_no_database(zhupei: Run, home: Path) -> None:
    (home / "a.sqlite").write_bytes(b"hello" * 1000)
    ran = zhupei("--database", "sqlite:///a.sqlite", "doctor", "--json")
    assert (ran.code, states(ran)["数据库"]) == (3, "bad")


def test_a_network_share(zhupei: Run, mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "network_type", lambda _path, _mounts: "nfs4")
    ran = zhupei("--database", f"sqlite:///{mine}", "doctor", "--json")
    row = row_of(ran, "数据库位置")
    assert (ran.code, row["state"], row["cure"]) == (3, "bad", "把数据库移到本机磁盘，或改用 PostgreSQL")


def test_what_is_worth_a_warning(zhupei: Run, mine: Path) -> None:
    mine.chmod(0o644)
    with closing(sqlite3.connect(mine, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    ran = zhupei("--database", f"sqlite:///{mine}", "doctor", "--json")
    found = states(ran)
    assert (ran.code, found["文件权限"], found["日志方式"]) == (0, "warning", "warning")


def test_somebody_is_writing(zhupei: Run, mine: Path) -> None:
    with closing(sqlite3.connect(mine, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        ran = zhupei("--database", f"sqlite:///{mine}", "doctor", "--json")
    assert row_of(ran, "占用")["found"] == "别的程序正在写入数据库"


def test_a_full_disk(zhupei: Run, mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = type(shutil.disk_usage(mine.parent))(100, 99, 1)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)
    ran = zhupei("--database", f"sqlite:///{mine}", "doctor", "--json")
    assert (ran.code, states(ran)["磁盘空间"]) == (3, "bad")


def test_a_clock_that_runs_behind(zhupei: Run, mine: Path) -> None:
    with closing(sqlite3.connect(mine, isolation_level=None)) as connection:
        connection.execute("UPDATE event SET at = '2030-01-01 00:00:00.000000'")
    ran = zhupei("--database", f"sqlite:///{mine}", "doctor", "--json")
    assert (ran.code, row_of(ran, "时钟")["state"]) == (3, "bad")


def test_a_broken_configuration_is_told_and_the_rest_looked_at(zhupei: Run, mine: Path) -> None:
    Path("zhupei.toml").write_text("operator = 王")
    ran = zhupei("--database", f"sqlite:///{mine}", "doctor", "--json")
    assert ran.code == 3
    assert (
        row_of(ran, "配置")["found"]
        == '配置文件 zhupei.toml 有误：第 1 行不是正确的 TOML；文字要加引号：operator = "…"'
    )
    assert states(ran)["数据库"] == "ok"
