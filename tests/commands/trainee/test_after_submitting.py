"""What stands on a submitted form: who edits the profile is told that it stays, and how it is corrected."""

import json
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from commands.shared.asking import pick
from tests.conftest import Ran, Run
from tests.people import BASES, id_number, open_batch, person, write_book, write_people
from tests.pictures import picture
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.store.engine import transaction
from zhupei_cli.words.vocabulary import IDENTITY

NO = "HN2026-0000001"


@pytest.fixture
def shell(zhupei: Run, database: str, home: Path) -> Run:
    """王一, submitted."""
    with transaction(database) as session:
        open_batch(session)

    def run(*args: str | Path, **kwargs: Any) -> Ran:
        return zhupei("--database", database, *args, **kwargs)

    assert run("trainee", "import", write_people(home / "报名.xlsx", [person(1)]), "--submit").code == 0
    return run


def test_editing_says_that_the_form_stays_and_correcting_reaches_every_field(shell: Run) -> None:
    said = f"已提交的报名 {NO} 仍是提交时的内容；一并更正用 zhupei apply correct {NO} 项目 内容 --reason 原因"
    assert said in shell("trainee", "edit", NO, "--marital-status", "已婚").err
    assert said not in shell("trainee", "edit", NO, "--mobile", "13800000009").err
    words = (
        ("婚姻状况", "已婚"),
        ("生源省份", "河南省"),
        ("毕业证书编号", "104591202605001234"),
        ("学位证书编号", "1045942026001234"),
    )
    pairs = [word for pair in words for word in pair]
    corrected = shell("apply", "correct", NO, *pairs, "--reason", "漏填", "--json")
    assert corrected.code == 0, corrected.err
    changes = json.loads(corrected.out)["changes"]
    assert {one["label"] for one in changes} == {heading for heading, _ in words}


def test_a_new_photo_is_on_what_is_printed_from_now_on(shell: Run, home: Path) -> None:
    """Nothing of an application keeps the photo it had."""
    (home / "新.jpg").write_bytes(picture())
    ran = shell("trainee", "edit", NO, "--photo", home / "新.jpg")
    assert (ran.code, "仍是提交时的内容" in ran.err) == (0, False), ran


def test_the_number_of_a_record_that_stands_twice_is_masked(shell: Run, home: Path) -> None:
    row = {
        "name": "王一",
        "id_number": id_number(1),
        "kind": "作弊",
        "from_date": "2025-01-01",
        "reason": "替考",
    }
    book = write_book(home / "诚信名单.xlsx", [(workbook_kinds.BAR, [row, row])])
    ran = shell("trainee", "bar", "import", book)
    told = f"居民身份证 4101**********{id_number(1)[-4:]} 2025-01-01 起的作弊记录"
    assert (ran.code, ran.err.count("E050"), told in ran.err, id_number(1) in ran.err) == (
        3,
        2,
        True,
        False,
    ), ran


def test_numbers_are_masked_wherever_they_were_typed(shell: Run, home: Path) -> None:
    """In a reason, as a code or an application number, under another heading; in the log too."""
    who, phone = id_number(1), "13812345678"
    assert shell("review", "reject", NO, "--reason", f"身份证 {who} 与照片不符，电话 {phone}").code == 0
    rows = [{"application_no": who, "decision": "通过"}]
    book = write_book(home / "意见.xlsx", [(workbook_kinds.REVIEW, rows)])
    shifted = person(2, nation=who, level=phone)
    people = write_people(home / "错位.xlsx", [shifted])
    commands: tuple[tuple[str | Path, ...], ...] = (
        ("apply", "status", NO),
        ("apply", "list"),
        ("apply", "show", NO),
        ("review", "show", NO),
        ("review", "log", "--json"),
        ("review", "show", who),
        ("admit", "explain", who),
        ("base", "show", who),
        ("batch", "show", who),
        ("apply", "list", "--base", who),
        ("trainee", "show", "王一", who),
        ("review", "approve", who),
        ("review", "approve", who, "--skip-bad"),
        ("review", "approve", who, "--skip-bad", "--json"),
        ("trainee", "standing", NO),
        ("review", "import", book, "--json"),
        ("trainee", "import", people),
        ("trainee", "import", people, "--json"),
    )
    for words in commands:
        ran = shell("--log-file", home / "日志.txt", *words)
        said = ran.out + ran.err
        assert (who in said, phone in said) == (False, False), (words, ran)
        assert "****" in said, (words, ran)
    log = (home / "日志.txt").read_text("utf-8")
    assert (who in log, phone in log, "****" in log) == (False, False, True)
    # The code of an institution is everybody's to read, and to compare.
    uscc = "12410000415800617X"
    row = {"code": "4101777", "name": "新基地", "city": "郑州市", "uscc": uscc}
    bases = write_book(home / "基地.xlsx", [(workbook_kinds.BASE, [row])])
    assert uscc in shell("base", "import", bases).err
    # Who may see them says so, and leaves an event.
    assert who in shell("apply", "show", NO, "--reveal").out


def test_withdrawing_asks_with_the_name(shell: Run) -> None:
    refused = shell("--no-input", "apply", "withdraw", NO)
    assert f"撤回后不能恢复，撤回 {NO}（王一，已提交）吗？" in refused.err


def test_a_workbook_of_another_kind_is_named_and_nothing_else(shell: Run, home: Path) -> None:
    rows = [{"code": code, "name": name, "city": "郑州市"} for code, name in BASES]
    book = write_book(home / "基地.xlsx", [(workbook_kinds.BASE, rows)])
    refused = shell("batch", "plan", "import", book, "--json")
    assert refused.code == 3
    assert [one["code"] for one in json.loads(refused.out)["problems"]] == ["E058"]
    assert not list(home.glob("*未通过*"))


def test_bytes_of_another_encoding_are_not_shown(shell: Run) -> None:
    refused = shell("\udcd5\udcc5")
    assert (refused.code, refused.err.splitlines()[0]) == (
        2,
        "错误 [E080]：命令行里的文字编码与终端不同（多半是 GBK），不能识别；请在 UTF-8 终端中输入。",
    )


@pytest.mark.parametrize(
    ("word", "code"), [("2", "social"), ("委培", "entrusted"), ("entrusted", "entrusted")]
)
def test_a_list_is_answered_by_number_or_by_any_word_workbooks_know(word: str, code: str) -> None:
    options = list(IDENTITY.labels.items())

    @click.command()
    def ask() -> None:
        click.echo(pick("个人身份", options, read=IDENTITY.parse))

    ran = CliRunner().invoke(ask, input=f"不知道\n{word}\n")
    assert ran.stdout == f"{code}\n"
