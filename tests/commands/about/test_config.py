import json
from pathlib import Path

from tests.conftest import OPERATOR, Ran, Run


def rows(ran: Ran) -> dict[str, tuple[object, str, str]]:
    assert (ran.code, ran.err) == (0, "")
    return {row["key"]: (row["value"], row["origin"], row["where"]) for row in json.loads(ran.out)}


def test_every_value_says_where_it_comes_from(zhupei: Run, home: Path) -> None:
    folder = home / "config" / "zhupei"
    folder.mkdir(parents=True)
    (folder / "zhupei.toml").write_text('operator = "甲"\nbatch = "A"\nfonts = "字体"\n')
    Path("zhupei.toml").write_text('batch = "B"\n[mail]\nhost = "mail"\nfrom = "a@b.cn"\nto = ["c@d.cn"]\n')
    ran = zhupei("--database", "postgresql://u:secret@h/d", "-q", "config", "list", "--json")
    found = rows(ran)
    assert found["database"] == ("postgresql://u:***@h/d", "option", "--database")
    assert found["operator"] == (OPERATOR, "environment", "ZHUPEI_OPERATOR")
    assert found["quiet"] == (True, "option", "--quiet")
    assert found["batch"] == ("B", "file", "zhupei.toml")
    assert found["mail"] == ("host mail，from a@b.cn，to c@d.cn", "file", "zhupei.toml")
    assert found["fonts"] == (str(folder / "字体"), "file", str(folder / "zhupei.toml"))
    assert found["no_input"] == (False, "default", "")
    assert found["log_file"] == (None, "default", "")
    assert "secret" not in ran.out


def test_the_default_database(zhupei: Run, home: Path) -> None:
    expected = (f"sqlite:///{home}/data/zhupei/zhupei.sqlite", "default", "")
    assert rows(zhupei("config", "list", "--json"))["database"] == expected


def test_where_files_are_looked_for(zhupei: Run, home: Path) -> None:
    Path("zhupei.toml").touch()
    found = json.loads(zhupei("config", "path", "--json").out)
    assert [(row["path"], row["exists"]) for row in found] == [
        (str(home / "zhupei.toml"), True),
        (str(home / "config" / "zhupei" / "zhupei.toml"), False),
    ]
    named = json.loads(zhupei("--config", "x.toml", "config", "path", "--json").out)
    assert named == [{"path": str(home / "x.toml"), "meaning": "--config 指定", "exists": False}]


def test_a_broken_file_is_told_with_its_line(zhupei: Run) -> None:
    Path("zhupei.toml").write_text('batch = "A"\noperator = 王\n')
    ran = zhupei("config", "list")
    assert (ran.code, ran.err.splitlines()[0]) == (
        2,
        '错误 [E083]：配置文件 zhupei.toml 有误：第 2 行不是正确的 TOML；文字要加引号：operator = "…"',
    )
    assert zhupei("config", "path").code == 0
