from datetime import UTC, datetime
from pathlib import Path

import pytest

from zhupei_cli.acting import Acting
from zhupei_cli.errors import ZhupeiError
from zhupei_cli.settings import Settings, load

NOW = datetime(2024, 6, 20, tzinfo=UTC)


def clock() -> datetime:
    return NOW


def loaded(environ: dict[str, str] | None = None, **given: object) -> Settings:
    return load(given, environ=environ or {}, clock=clock)


@pytest.fixture
def user_config(home: Path) -> Path:
    folder = home / "config" / "zhupei"
    folder.mkdir(parents=True)
    return folder / "zhupei.toml"


def test_defaults(home: Path) -> None:
    found = loaded()
    assert found.operator
    assert found == Settings(f"sqlite:///{home}/data/zhupei/zhupei.sqlite", found.operator, clock)
    assert loaded(operator="王").acting() == Acting("王", NOW)


def test_the_nearest_layer_wins(home: Path, user_config: Path) -> None:
    def operators(environ: dict[str, str] | None = None, **given: object) -> str:
        return loaded(environ, **given).operator

    user_config.write_text('operator = "用户"')
    assert operators() == "用户"
    (home / "zhupei.toml").write_text('operator = "文件夹"')
    assert operators() == "文件夹"
    assert operators({"ZHUPEI_OPERATOR": ""}) == "文件夹"
    assert operators({"ZHUPEI_OPERATOR": "环境"}) == "环境"
    assert operators({"ZHUPEI_OPERATOR": "环境"}, operator="选项") == "选项"
    assert operators({"ZHUPEI_OPERATOR": "环境"}, operator=None) == "环境"


def test_a_named_file_stands_for_all_others(home: Path, user_config: Path) -> None:
    user_config.write_text('operator = "用户"\nbatch = "A"')
    (home / "other.toml").write_text('operator = "另一个"')
    found = loaded(config="other.toml")
    assert (found.operator, found.batch) == ("另一个", None)


def test_everything_a_file_may_say(home: Path) -> None:
    (home / "zhupei.toml").write_text(
        "\ufeff"
        'database = "sqlite:///a.sqlite"\noperator = "王"\nbatch = "HN2024"\nquiet = true\n'
        'verbose = true\nno_input = true\nno_color = true\nlog_file = "a.log"\n',
        "utf-8",
    )
    assert loaded(debug=True) == Settings(
        database_url="sqlite:///a.sqlite",
        operator="王",
        clock=clock,
        batch="HN2024",
        quiet=True,
        verbose=True,
        debug=True,
        no_input=True,
        no_color=True,
        log_file=Path("a.log"),
    )


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, (False, False)),
        ({"ZHUPEI_NO_INPUT": "1", "NO_COLOR": "1"}, (True, True)),
        ({"ZHUPEI_NO_INPUT": "false", "NO_COLOR": "0"}, (False, True)),
        ({"ZHUPEI_NO_INPUT": "", "NO_COLOR": ""}, (False, False)),
    ],
)
def test_switches_of_the_environment(environ: dict[str, str], expected: tuple[bool, bool]) -> None:
    found = loaded(environ)
    assert (found.no_input, found.no_color) == expected


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"operator = \xcd\xf5", "不是 UTF-8 编码"),
        (b'batch = "A"\noperator = B', "第 2 行不是正确的 TOML"),
        (b'operator = "', "结尾处不是正确的 TOML"),
        (
            b'databse = "x"',
            "没有 databse 这一项，可用的有 "
            "database、operator、batch、quiet、verbose、no_input、no_color、log_file、fonts、mail",
        ),
        (b"batch = 2024", "batch 应为加引号的文字"),
        (b'quiet = "yes"', "quiet 应为true 或 false"),
    ],
)
def test_a_file_that_cannot_be_understood(home: Path, content: bytes, problem: str) -> None:
    (home / "zhupei.toml").write_bytes(content)
    with pytest.raises(ZhupeiError) as refused:
        loaded()
    assert (refused.value.code, refused.value.exit_code) == ("E083", 2)
    assert refused.value.message == f"配置文件 zhupei.toml 有误：{problem}"


def test_a_named_file_must_exist(home: Path) -> None:
    with pytest.raises(ZhupeiError) as refused:
        loaded(config=str(home / "none.toml"))
    assert (refused.value.code, refused.value.exit_code) == ("E001", 4)
