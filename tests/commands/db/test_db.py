"""`zhupei db`."""

import json
import os
import sys
from pathlib import Path

import pexpect
import pytest

from tests.conftest import Ran, Run
from zhupei_cli.model import Base
from zhupei_cli.store.engine import HEAD, connected, shown_url


def test_a_new_database(zhupei: Run, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'a.sqlite'}"
    assert zhupei("--database", url, "db", "init", "-n") == Ran(0, "", f"可以新建数据库 {url}\n")
    assert not (tmp_path / "a.sqlite").exists()
    assert zhupei("--database", url, "db", "init") == Ran(
        0, "", f"已新建数据库 {url}\n下一步：zhupei base import 基地.xlsx（导入培训基地）\n"
    )
    assert zhupei("--database", url, "db", "init") == Ran(
        5,
        "",
        f"错误 [E508]：数据库已存在：{url}\n怎么办：直接使用即可；要升级用 zhupei db upgrade\n",
    )


def test_the_summary_as_json(zhupei: Run, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'a.sqlite'}"
    ran = zhupei("-q", "--database", url, "db", "init", "--json")
    assert (ran.code, ran.err) == (0, "")
    assert json.loads(ran.out) == {"database": url, "version": HEAD, "specialties": 37, "dry_run": False}


def test_the_default_place_is_the_users_data_folder(zhupei: Run, home: Path) -> None:
    assert zhupei("db", "init").code == 0
    assert (home / "data" / "zhupei" / "zhupei.sqlite").is_file()


def test_without_a_database_nothing_runs(zhupei: Run, tmp_path: Path) -> None:
    path = tmp_path / "typo.sqlite"
    for verb in ("info", "upgrade"):
        assert zhupei("--database", f"sqlite:///{path}", "db", verb) == Ran(
            6,
            "",
            f"错误 [E501]：数据库不存在：{path}\n"
            "怎么办：先运行 zhupei db init 建库，或用 --database 指向已有数据库\n",
        )
    assert not path.exists()


def test_an_upgrade_that_is_not_needed(zhupei: Run, database: str) -> None:
    assert zhupei("--database", database, "db", "upgrade") == Ran(
        0, "", f"数据库已是最新版本 {HEAD}，不必升级\n"
    )
    ran = zhupei("--database", database, "db", "upgrade", "--json")
    assert json.loads(ran.out) == {
        "database": shown_url(database),
        "before": HEAD,
        "version": HEAD,
        "dry_run": False,
    }


def test_info(zhupei: Run, database: str) -> None:
    ran = zhupei("--database", database, "db", "info")
    assert (ran.code, ran.err) == (0, "")
    headings = [line.split("  ")[0] for line in ran.out.splitlines()]
    assert headings == [
        "数据库",
        "类型",
        "数据库版本",
        "程序需要的版本",
        "批次",
        "总行数",
        "大小（字节）",
    ]
    assert ran.out.splitlines()[0] == f"数据库          {shown_url(database)}"
    found = json.loads(zhupei("--database", database, "db", "info", "--json").out)
    assert found["tables"]["specialty"] == 37
    # What was just written is in memory on OceanBase, on no disk.
    assert found["size"] > (-1 if database.startswith("mysql") else 100_000)


def test_a_password_is_never_shown(zhupei: Run) -> None:
    ran = zhupei("--database", "nosuch://zhang:geheim@host/zhupei", "db", "info")
    assert ran == Ran(
        2,
        "",
        "错误 [E502]：数据库地址不对：nosuch://zhang:***@host/zhupei；"
        "不支持 nosuch，可用 sqlite、postgresql+psycopg、mysql+pymysql\n"
        "怎么办：例如 sqlite:///zhupei.sqlite 或 postgresql+psycopg://用户@主机/库名\n",
    )


@pytest.mark.usefixtures("server_programs")
def test_backup_restore_and_check(zhupei: Run, database: str, tmp_path: Path) -> None:
    path = tmp_path / "备份"
    ran = zhupei("--database", database, "db", "backup", path)
    size = path.stat().st_size
    assert ran == Ran(0, "", f"已备份到 {path}（{size:,} 字节）；内含完整的个人信息，请妥善保管\n")
    ran = zhupei("--database", database, "db", "backup", path)
    assert (ran.code, ran.err.splitlines()[0][:9]) == (5, "错误 [E002]")
    ran = zhupei("--database", database, "db", "restore", tmp_path / "没有", "-y")
    assert (ran.code, ran.err.splitlines()[0]) == (4, f"错误 [E001]：找不到文件 {tmp_path / '没有'}")
    ran = zhupei("--database", database, "db", "restore", path)
    assert (ran.code, ran.err.splitlines()[0][:9]) == (5, "错误 [E519]")
    ran = zhupei("--database", database, "db", "restore", path, "--yes", "--json")
    assert (ran.code, json.loads(ran.out)) == (
        0,
        {"database": shown_url(database), "file": str(path), "version": HEAD, "dry_run": False},
    )
    ran = zhupei("--database", database, "db", "restore", path, "-y", "-n")
    assert ran == Ran(0, "", f"可以恢复数据库 {shown_url(database)}\n")
    assert zhupei("--database", database, "db", "check") == Ran(0, "", "数据库完好，没有发现问题\n")
    assert json.loads(zhupei("--database", database, "db", "check", "--json").out) == {
        "ok": True,
        "findings": [],
    }


@pytest.mark.sqlite
@pytest.mark.parametrize("left", ["broken pages", "a log alone"])
def test_the_cure_of_a_damaged_database_is_taken_at_a_terminal(
    zhupei: Run, database: str, tmp_path: Path, left: str
) -> None:
    path, target = tmp_path / "备份", Path(database.removeprefix("sqlite:///"))
    assert zhupei("--database", database, "db", "backup", path).code == 0
    content = target.read_bytes()
    if left == "broken pages":
        target.write_bytes(content[:100] + b"\xff" * (len(content) - 100))
    else:
        target.unlink()
        target.with_name(target.name + "-wal").write_bytes(content[:5000])
    environ = {**os.environ, "ZHUPEI_DATABASE_URL": database, "PYTHONPATH": os.pathsep.join(sys.path)}
    program = ["-c", "from zhupei_cli.shell.cli import main; main()", "db", "restore", str(path)]
    terminal = pexpect.spawn(sys.executable, program, env=environ, encoding="utf-8", dimensions=(24, 300))
    terminal.expect_exact("（内容读不出）的全部内容吗？")
    assert "批次 0 个，学员 0 人，报名 0 份" in str(terminal.before)
    terminal.sendline("y")
    terminal.expect_exact("已恢复数据库")
    terminal.expect(pexpect.EOF)
    assert zhupei("--database", database, "db", "check") == Ran(0, "", "数据库完好，没有发现问题\n")


def test_copy_and_a_check_that_finds(zhupei: Run, database: str, nowhere: str) -> None:
    ran = zhupei("db", "copy", database, nowhere)
    assert (ran.code, ran.out) == (0, "")
    copied = f"{len(Base.metadata.tables)} 个表、{_rows(ran.err)} 行到 {shown_url(nowhere)}"
    assert ran.err == f"已复制 {copied}，逐表核对一致\n"
    assert zhupei("db", "copy", database, nowhere).code == 5
    with connected(nowhere, read_only=False) as connection:
        connection.exec_driver_sql("UPDATE counter SET value = 9 WHERE name = 'event'")
    ran = zhupei("--database", nowhere, "db", "check", "-f", "json")
    assert (ran.code, ran.err) == (3, "发现 1 处问题\n")
    (finding,) = json.loads(ran.out)["findings"]
    assert finding["code"] == "E522"
    ran = zhupei("--database", nowhere, "db", "check")
    assert (ran.code, ran.out.splitlines()[2].split()[0]) == (3, "E522")


def _rows(said: str) -> str:
    return said.partition("、")[2].partition(" 行")[0]
