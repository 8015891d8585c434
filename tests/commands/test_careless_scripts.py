"""What scripts type that nobody would: variables without a value, ~ in a crontab, numbers run together."""

import json
from pathlib import Path

import pytest

from tests.builders import store_world, worked_example
from tests.conftest import NOW, Run
from tests.people import open_batch
from zhupei_cli.services.records.lookup import find_batch
from zhupei_cli.store.engine import transaction

pytestmark = pytest.mark.sqlite
NO = "T-000000{}".format


@pytest.fixture
def call(database: str, zhupei: Run) -> Run:
    """The worked example as batch T, locked."""
    with transaction(database) as session:
        store_world(session, worked_example(), told=True)
    return lambda *args, **how: zhupei("--database", database, *args, **how)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("trainee", "import", "a.xlsx", "--errors", ""), "文件名是空白的"),
        (("trainee", "import", "a.xlsx", "--errors", "."), "是文件夹"),
        (("trainee", "import", "a.xlsx", "--errors", "a.csv"), "应以 .xlsx 结尾"),
        (("trainee", "photo", "import", "a.zip", "--errors", " "), "文件名是空白的"),
        (("export", "roster", "--all", "-o", ""), "文件名是空白的"),
        (("export", "roster", "--all", "-o", "x", "--passwords", "密码.txt"), "应以 .csv 结尾"),
        (("notice", "export", "--event", "拟录取", "-o", "短信"), "应以 .xlsx 结尾"),
        (("exam", "groups", "sheets", "-o", "签到表.xlsx"), "应以 .pdf 结尾"),
        (("apply", "print", "--all", "-o", ""), "文件名是空白的"),
        (("apply", "list", "-f", "csv", "-o", "."), "是文件夹"),
        (("report", "nightly", "-o", "n", "--keep", "999999"), "999999"),
        (("apply", "list", "--status", ""), "是空的"),
        (("trainee", "list", "--school", ""), "是空的"),
        (("audit", "log", "--who", ""), "是空的"),
        (("audit", "log", "--kind", ""), "是空的"),
        (("imports", "show", "9" * 20), "太大"),
        (("admit", "commit", "9" * 20), "太大"),
        (("admit", "list", "--run", "9" * 20), "太大"),
        (("report", "pivot", "--rows", ",", "--columns", "identity", "--values", "applied"), "是空的"),
        (
            ("trainee", "bar", "add", NO(1), "--kind", "作弊", "--reason", "x", "--from", "9990-01-01"),
            "不是日期",
        ),
    ],
)
def test_what_can_mean_nothing_is_refused_before_anything_is_done(
    call: Run, words: tuple[str, ...], told: str
) -> None:
    refused = call(*words)
    assert (refused.code, refused.out, told in refused.err) == (2, "", True), refused


def test_home_is_meant_where_no_shell_says_so(
    call: Run, zhupei: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "家"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    assert call("apply", "list", "--output=~/名单.csv").code == 0
    assert (home / "名单.csv").is_file()
    assert not Path("~").exists()
    Path("zhupei.toml").write_text('log_file = "~/z.log"\ndatabase = "sqlite:///~/库.sqlite"\n', "utf-8")
    assert zhupei("db", "init").code == 0
    assert sorted(path.name for path in home.iterdir() if "sqlite-" not in path.name) == [
        "z.log",
        "名单.csv",
        "库.sqlite",
    ]
    assert json.loads(zhupei("status", "--json").out)["batches"] == []


def test_two_batches_in_one_command_are_one_too_many(call: Run, database: str) -> None:
    with transaction(database) as session:
        open_batch(session, code="HN2025")
    refused = call("batch", "unlock", "T", "--batch", "HN2025", "--reason", "重来")
    assert (refused.code, "批次写了两个：T 和 --batch HN2025" in refused.err) == (2, True)
    assert call("batch", "show", "T", "--batch", "T").code == 0


def test_a_folder_is_asked_for_where_many_files_go(call: Run) -> None:
    Path("名单").touch()
    for words in (("apply", "print", "--all"), ("admit", "checkin", "template", "--all")):
        refused = call(*words, "-o", "名单")
        assert (refused.code, "名单 是文件，这里请写文件夹" in refused.err) == (2, True), refused


def test_json_has_one_shape_wherever_it_goes(call: Run) -> None:
    for words in (("status", "T"), ("admit", "check")):
        assert call(*words, "-o", "one.json").err.startswith("已写入 one.json")
        shown, kept = call(*words, "--json").out, Path("one.json").read_text("utf-8")
        assert json.loads(kept) == json.loads(shown)
        Path("one.json").unlink()
    assert json.loads(call("apply", "list", "-f", "JSON", "--batch", "X").err)["error"]["code"] == "E301"


def test_who_was_no_candidate_is_not_sent_to_a_commit(call: Run, database: str) -> None:
    assert (call("admit", "run").code, call("admit", "commit", "1", "-y").code) == (0, 0)
    assert call("batch", "publish", "T", "-y").code == 0
    with transaction(database) as session:
        session.connection().exec_driver_sql("DELETE FROM admission WHERE base_code IS NULL")
    refused = call("admit", "decline", NO(3), "--reason", "x", "-y")
    assert (refused.code, "没有参加录取，没有名额" in refused.err) == (5, True)
    assert "admit commit" not in refused.err


def test_before_the_first_day_the_next_step_says_from_when(database: str, zhupei: Run) -> None:
    with transaction(database) as session:
        batch = open_batch(session, code="HN2025")
        batch.apply_from = NOW.replace(month=6, day=20)
    (step,) = json.loads(zhupei("--database", database, "status", "HN2025", "--json").out)["next"]
    assert step["purpose"] == "2026-06-20 10:00:00 报名开始以后，导入报名"


def test_a_batch_of_the_environment_is_made_clean_as_a_typed_one(call: Run, database: str) -> None:
    assert json.loads(call("batch", "show", "--json", env={"ZHUPEI_BATCH": "T\r"}).out)["batch"] == "T"
    Path("zhupei.toml").write_text('batch = ""\n', "utf-8")
    assert json.loads(call("batch", "show", "--json").out)["batch"] == "T"
    with transaction(database) as session:
        find_batch(session, "T").status = "archived"
    refused = call("batch", "show")
    assert (refused.code, "没有进行中的批次" in refused.err) == (2, True)
