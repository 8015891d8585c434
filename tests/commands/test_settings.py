import os
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run
from tests.people import open_batch
from zhupei_cli.acting import Acting
from zhupei_cli.config_file import KEYS, MAIL_KEYS, read_file
from zhupei_cli.settings import Settings, load, origins
from zhupei_cli.store.engine import transaction
from zhupei_cli.words.errors import ZhupeiError

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


def test_what_is_blank_says_nothing_and_hides_nothing(home: Path, user_config: Path) -> None:
    user_config.write_text('batch = "A"\noperator = "用户"\nfonts = "字体"')
    (home / "zhupei.toml").write_text('batch = " "\nfonts = ""')
    found = loaded({"ZHUPEI_OPERATOR": " ", "ZHUPEI_BATCH": "　"})
    assert (found.batch, found.operator) == ("A", "用户")
    assert found.fonts == user_config.parent / "字体"
    user_config.write_text('fonts = ""')
    assert loaded().fonts is None


def test_home_is_meant_by_a_tilde_wherever_a_file_is_named(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(home))
    (home / "other.toml").write_text('operator = "另一个"')
    assert loaded(config="~/other.toml").operator == "另一个"
    environ = {"ZHUPEI_DATABASE_URL": "sqlite:///~/a.sqlite", "ZHUPEI_FONTS": "~/字体"}
    found = {one.key: one.value for one in origins({}, environ=environ)}
    assert (found["database"], found["fonts"]) == (f"sqlite:///{home}/a.sqlite", f"{home}/字体")
    assert loaded(environ).database_url == found["database"]


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
        (
            b'batch = "A"\noperator = B',
            '第 2 行不是正确的 TOML；文字要加引号：operator = "…"',
        ),
        (b'operator = "', "结尾处不是正确的 TOML"),
        (
            b'databse = "x"',
            "没有 databse 这一项，可用的有 "
            "database、operator、batch、quiet、verbose、no_input、no_color、log_file、fonts、compliance、mail",
        ),
        (b"batch = 2024", "batch 应为加引号的文字"),
        (b'quiet = "yes"', "quiet 应为 true 或 false"),
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


def test_the_nearest_file_above_counts_and_its_paths_are_beside_it(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "zhupei.toml").write_text(
        'database = "sqlite:///招收.sqlite"\nlog_file = "a.log"\nfonts = "/字体"\noperator = "王"\n', "utf-8"
    )
    below = home / "审核" / "内科"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    found = loaded()
    assert found.database_url == f"sqlite:///{home}/招收.sqlite"
    assert (found.log_file, found.fonts, found.operator) == (home / "a.log", Path("/字体"), "王")
    (home / "审核" / "zhupei.toml").write_text('database = "postgresql://h/d"\n')
    assert (loaded().database_url, loaded().operator) != (f"sqlite:///{home}/招收.sqlite", "王")
    assert loaded().database_url == "postgresql://h/d"
    assert loaded(config="../../zhupei.toml").log_file == Path("../../a.log")
    assert loaded(database="sqlite:///b.sqlite").database_url == "sqlite:///b.sqlite"


@pytest.mark.parametrize(
    "to",
    [
        '"a@b.cn；ｃ@d.cn, e@f.cn"',
        '["a@b.cn;ｃ@d.cn", " e@f.cn "]',
        '["a@b.cn，c@d.cn", "e@f.cn", "a@b.cn"]',
        '"a@b.cn、c＠d.cn\\te@f.cn"',
    ],
)
def test_addresses_are_taken_as_mail_programs_take_them(home: Path, to: str) -> None:
    (home / "zhupei.toml").write_text(f'[mail]\nhost = "h"\nfrom = "x@y.cn"\nto = {to}\n', "utf-8")
    mail = loaded().mail
    assert mail is not None
    assert mail.to == ("a@b.cn", "c@d.cn", "e@f.cn")


def test_words_of_the_environment_are_made_clean(home: Path) -> None:
    del home
    assert loaded({"ZHUPEI_OPERATOR": "\u3000王\u200b小明 "}).operator == "王小明"
    with pytest.raises(ZhupeiError) as refused:
        loaded({"ZHUPEI_OPERATOR": os.fsdecode(b"\xd5\xc5")})
    assert (refused.value.code, refused.value.exit_code) == ("E072", 2)


def test_the_sample_file_says_everything_a_file_may_say(home: Path) -> None:
    sample = (Path(__file__).parents[2] / "samples" / "zhupei.toml").read_text("utf-8")
    assert read_file_of(home, sample) == {}
    lines = [line.removeprefix("# ") for line in sample.splitlines() if re.match(r"# (\[|[a-z_]+ = )", line)]
    kept = {line.partition(" =")[0]: line for line in lines}  # of two databases the last
    found = read_file_of(home, "\n".join(kept.values()))
    assert set(found) == set(KEYS)
    assert set(found["mail"]) == set(MAIL_KEYS)


def read_file_of(home: Path, text: str) -> dict[str, Any]:
    """Return what a file with this text says."""
    (home / "x.toml").write_text(text, "utf-8")
    return read_file(home / "x.toml")


def test_a_database_that_is_named_by_nothing_is_not_the_default_one(home: Path, zhupei: Run) -> None:
    """`--database "$URL"` without a URL once wrote into the database in the user's folder."""
    url = "ZHUPEI_DATABASE_URL"
    assert loaded(database=" ").database_url == loaded({url: ""}).database_url == ""
    assert loaded({url: "sqlite:///a.sqlite"}, database="").database_url == ""
    assert loaded({url: ""}, database="sqlite:///a.sqlite").database_url == "sqlite:///a.sqlite"
    (home / "zhupei.toml").write_text('database = ""')
    assert loaded().database_url == ""
    assert loaded({url: "sqlite:///a.sqlite"}).database_url == "sqlite:///a.sqlite"
    (home / "zhupei.toml").unlink()
    for words in (("batch", "list"), ("db", "init")):
        ran = zhupei(*words, env={url: ""})
        assert (ran.code, ran.out, list(home.glob("*.sqlite"))) == (2, "", [])
        assert ran.err.startswith(
            f"错误 [E502]：数据库地址不对：--database、{url} 或配置文件的 database 是空的"
        )
    # What opens no database works all the same: the error sends people there.
    assert zhupei("explain", "E502", env={url: ""}).code == 0


@pytest.mark.parametrize("option", ["operator", "config", "log-file"])
def test_no_option_is_blank(zhupei: Run, option: str) -> None:
    for words in ((f"--{option}", "", "batch", "list"), ("batch", "list", f"--{option}=")):
        ran = zhupei(*words)
        assert (ran.code, ran.out) == (2, "")
        assert (
            ran.err == f"错误 [E080]：选项 '--{option}' 后面是空的。\n怎么办：运行 zhupei --help 查看用法\n"
        )


def test_no_name_of_a_thing_is_blank(zhupei: Run, database: str) -> None:
    """Nothing that is meant for one batch or base is done to the only live one, or to all."""
    with transaction(database) as session:
        open_batch(session)
    for line, name in (
        ("batch close --batch", "--batch"),
        ("batch close", "[CODE]"),
        ("review queue --base", "--base"),
        ("apply list --specialty", "--specialty"),
        ("batch plan list --base", "--base"),
    ):
        ran = zhupei("--database", database, *line.split(), "")
        assert (ran.code, ran.out) == (2, ""), line
        assert ran.err.startswith(f"错误 [E080]：'{name}' 的值不对：是空的，没有写编号或名称。\n"), ran.err
