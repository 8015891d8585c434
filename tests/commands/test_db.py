"""`zhupei db`."""

import json
from pathlib import Path

from tests.conftest import Ran, Run
from zhupei_cli.store.engine import HEAD, shown


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
        "database": shown(database),
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
    assert ran.out.splitlines()[0] == f"数据库          {shown(database)}"
    found = json.loads(zhupei("--database", database, "db", "info", "--json").out)
    assert found["tables"]["specialty"] == 37
    assert found["size"] > 100_000


def test_a_password_is_never_shown(zhupei: Run) -> None:
    ran = zhupei("--database", "nosuch://zhang:geheim@host/zhupei", "db", "info")
    assert ran == Ran(
        2,
        "",
        "错误 [E502]：数据库地址不对：nosuch://zhang:***@host/zhupei\n"
        "怎么办：例如 sqlite:///zhupei.sqlite 或 postgresql+psycopg://用户@主机/库名\n",
    )
