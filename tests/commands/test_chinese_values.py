"""Values of options as workbooks have them, mended as cells are."""

import json
from typing import Any

import pytest

from tests.conftest import Ran, Run
from tests.people import open_batch, person, write_people
from zhupei_cli.store.engine import transaction


@pytest.fixture
def shell(zhupei: Run, database: str, home: Any) -> Run:
    """A database with an open batch, two applications submitted and one not."""
    with transaction(database) as session:
        open_batch(session)

    def run(*args: str, **kwargs: Any) -> Ran:
        return zhupei("--database", database, *args, **kwargs)

    names = ["阿强", "张三", "李四"]
    rows = [person(number, name=name) for number, name in enumerate(names, 1)]
    assert run("trainee", "import", str(write_people(home / "a.xlsx", rows)), "-q").code == 0
    assert run("apply", "submit", "HN2026-0000001", "HN2026-0000003", "-q").code == 0
    return run


def numbers(ran: Ran) -> list[int]:
    assert ran.code == 0, ran.err
    return [int(json.loads(line)["application_no"][-1]) for line in ran.out.splitlines()]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (("--status", "已提交"), [1, 3]),
        (("--status", "未提交、退回修改"), [2]),
        (("--status", "draft，ＳＵＢＭＩＴＴＥＤ"), [1, 2, 3]),
        (("--base", "“4101001”"), [1, 2, 3]),
        (("--base", "４１０１００２"), []),
        (("--specialty", " 内 科 "), [1, 2, 3]),
        (("--sort", "姓名"), [1, 3, 2]),  # 阿 李 张: by sound, not by code point
        (("--sort", "-姓名"), [2, 3, 1]),
        (("--limit", "0"), [1, 2, 3]),
        (("--limit", "２"), [1, 2]),
    ],
)
def test_lists(shell: Run, given: tuple[str, ...], expected: list[int]) -> None:
    assert numbers(shell("apply", "list", "-f", "jsonl", *given)) == expected


def test_formats_rules_and_modes(shell: Run, home: Any) -> None:
    assert shell("batch", "list", "-f", "ＪＳＯＮ") == shell("batch", "list", "--json")
    assert shell("batch", "list", "-f", "工作簿", "-o", "b.xlsx").code == 0
    assert shell("trainee", "import", str(home / "a.xlsx"), "--mode", "新增", "-n").err.count("E159") == 3
    assert shell("trainee", "import", str(home / "a.xlsx"), "--mode", "只更新", "-n").code == 0
    assert "'--rule' 的值不对" not in shell("admit", "run", "--rule", "志愿优先").err
    assert shell("imports", "list", "--kind", "学员和报名", "-f", "jsonl").out.count("\n") == 1
    refused = shell("apply", "list", "--status", "完成")
    assert (refused.code, "draft（未提交）" in refused.err) == (2, True)


def test_settings_in_chinese_are_stored_as_codes(shell: Run) -> None:
    given = (
        "成绩权重=笔试=0.5，技能=0.5",
        "tie_keys=技能、笔试",
        "severity.train_years=警告",
        "报到截止=2026年9月1日",
    )
    pairs = [word for one in given for word in ("--set", one)]
    ran = shell("batch", "edit", *pairs, "--apply-until", "2026年6月20日 18:00", "--json")
    assert {one["key"]: one["after"] for one in json.loads(ran.out)["changes"]} == {
        "weights": "written=0.5,skill=0.5",
        "tie_keys": "skill,written",
        "checkin_until": "2026-09-01T23:59:59+08:00",
        "apply_until": "2026-06-20T18:00:00+08:00",
    }
    assert shell("status", "hn2026", "--json") == shell("status", "--json")


def test_a_reason_of_nothing_is_none(shell: Run) -> None:
    for reason in ("", "  ", "\u200b\u3000", "\ufeff\u2060"):
        ran = shell("review", "return", "HN2026-0000001", "--reason", reason)
        assert (ran.code, ran.err[:9]) == (2, "错误 [E404]"), reason
        assert shell("imports", "undo", "1", "--reason", reason, "-y").code == 2


def test_the_newest_review_is_first(shell: Run) -> None:
    shell("review", "return", "HN2026-0000001", "--reason", "照片")
    shell("review", "approve", "HN2026-0000003")
    assert numbers(shell("review", "log", "-f", "jsonl")) == [3, 1]
    assert numbers(shell("review", "log", "-f", "jsonl", "--limit", "1")) == [3]


def test_bases_are_found_among_employers(shell: Run) -> None:
    ran = shell("trainee", "employer", "search", "中心医院", "--json")
    assert json.loads(ran.out) == [
        {
            "name": "洛阳中心医院",
            "uscc": None,
            "level": None,
            "institution": None,
            "city": "洛阳市",
            "is_medical": True,
            "affiliation": None,
            "base": "4103001",
        }
    ]
    assert shell("trainee", "edit", "李四", "--has-employer", "是").code == 0
    told = shell("trainee", "work", "add", "李四", "--employer-name", "洛阳 中心医院")
    assert (told.code, "按所写的名称保存" in told.err) == (0, False)


def test_the_head_is_taken_as_it_is_printed(shell: Run) -> None:
    head = json.loads(shell("audit", "verify", "--json").out)["head"]
    number, _, digest = head.partition(":")
    for word in (
        head,
        f"第 {number} 号 {digest[:16]}",
        f"存证：第 {number} 号 {digest[:16]}…",
        f"第{number}号{digest}",
    ):
        assert shell("audit", "verify", "--head", word).code == 0
    assert shell("audit", "verify", "--head", f"第 {number} 号 {'0' * 16}").code == 3
    assert shell("audit", "verify", "--head", "第 x 号").code == 2


@pytest.mark.sqlite
@pytest.mark.parametrize("word", ["—limit", "－－limit", "–limit", "—-limit=5"])
def test_a_dash_for_minus_signs_is_named(shell: Run, word: str) -> None:
    ran = shell("apply", "list", word, "5")
    problem = f"{word!r} 前面是破折号，不是减号；选项写作 --limit。"
    told = f"错误 [E080]：{problem}\n怎么办：运行 zhupei --help 查看用法\n"
    assert ran == Ran(2, "", told)
    assert shell("review", "return", "HN2026-0000001", "--reason", "——见附件", "-n").code == 0


@pytest.mark.sqlite
@pytest.mark.parametrize(
    "word", ["-json", "-output", "-format=json", "-dry-run", "-quiet", "-help", "-reveal"]
)
def test_one_minus_sign_for_two_is_named(shell: Run, word: str) -> None:
    """Not taken for short options, one a letter, nor for a file named utput."""
    ran = shell("apply", "list", word, "5")
    told = f"错误 [E080]：{word!r} 前面只有一个减号；选项写全名时前面是两个。\n"
    assert ran == Ran(2, "", f"{told}怎么办：运行 zhupei --help 查看用法\n")
    assert shell("apply", "list", "-fjson").code == shell("apply", "list", "-qv").code == 0
    assert shell("review", "return", "HN2026-0000001", "--reason=-json", "-n").code == 0


@pytest.mark.sqlite
def test_bytes_of_another_encoding_are_refused(shell: Run) -> None:
    import os

    word = os.fsdecode("张".encode("gbk"))
    for line in (
        ("trainee", "list", "--name", word),
        ("review", "return", "HN2026-0000001", "--reason", word),
        ("apply", "show", word),
        ("batch", "edit", "--set", f"contact={word}"),
        ("batch", "list", "--operator", word),
        ("trainee", "register", "--name", word),
    ):
        ran = shell(*line)
        assert (ran.code, "编码与终端不同" in ran.err) == (2, True), (line, ran.err)
