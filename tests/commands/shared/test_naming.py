"""What people name applications and persons by: numbers that carry their batch, names, last four digits."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from tests.conftest import Ran, Run
from tests.people import id_number, open_batch, person, write_people
from zhupei_cli.model import Application, Batch, Event
from zhupei_cli.store.engine import reading, transaction

A, B = "HN2026-0000001", "HN2025-0000001"
Status = Callable[[str, str], None]


@pytest.fixture
def shell(zhupei: Run, database: str, home: Path) -> Run:
    """Two live batches; 王一 in both, two called 李同 in the first."""
    with transaction(database) as session:
        open_batch(session)
        open_batch(session, code="HN2025")

    def run(*args: str | Path, **kwargs: Any) -> Ran:
        return zhupei("--database", database, *args, **kwargs)

    twins = [person(2, name="李同"), person(3, name="李同")]
    for batch, rows in (("HN2026", [person(1), *twins]), ("HN2025", [person(1)])):
        book = write_people(home / f"{batch}.xlsx", rows)
        assert run("trainee", "import", book, "--batch", batch).code == 0
    return run


@pytest.fixture
def status(database: str) -> Status:
    """Return what puts a batch into a state."""

    def put(code: str, state: str) -> None:
        with transaction(database) as session:
            session.execute(update(Batch).where(Batch.code == code).values(status=state))

    return put


READ = ("apply show", "apply status", "review show", "review log")


def test_a_number_says_its_batch_among_two_live_ones_and_in_archived_ones(shell: Run, status: Status) -> None:
    def batches() -> list[str]:
        rows = [json.loads(shell(*line.split(), no, "--json").out) for no in (A, B) for line in READ[:2]]
        return [row["batch"] for row in rows]

    assert batches() == ["HN2026", "HN2026", "HN2025", "HN2025"]
    for code in ("HN2026", "HN2025"):
        status(code, "archived")
        assert batches() == ["HN2026", "HN2026", "HN2025", "HN2025"]
        for line in READ:
            for no in (A, B):
                assert shell(*line.split(), no).code == 0


@pytest.mark.parametrize(
    "word",
    [
        "hn2026-0000001",
        "“ＨＮ2026-0000001”",
        "HN2026—0000001。",
        " HN2026-0000001\u3000",
        "HN2026-\u200b0000001",
    ],
)
def test_a_number_out_of_a_chat_is_understood(shell: Run, word: str) -> None:
    for line in READ:
        assert shell(*line.split(), word) == shell(*line.split(), A)
    assert shell("apply", "submit", word, "-n").err.startswith("试做（不保存）：可以提交 1 份报名")


def test_writing_commands_find_the_batch_too(shell: Run, database: str) -> None:
    assert shell("apply", "submit", A, "-q").code == 0
    assert shell("apply", "submit", B, "-q", "--batch", "hn2025").code == 0
    assert shell("apply", "correct", A, "毕业院校", "河南大学", "--reason", "填错", "-q").code == 0
    assert shell("review", "return", A, "--reason", "照片", "-q").code == 0
    assert shell("apply", "edit", A, "--choice2", "“4101002”", "-q").code == 0
    assert shell("review", "approve", B, "-q").code == 0
    assert shell("apply", "withdraw", A, "-y", "-q").code == 0
    with reading(database) as session:
        found = select(Application.application_no, Application.status).order_by(Application.id)
        assert [tuple(row) for row in session.execute(found)][::3] == [(A, "withdrawn"), (B, "approved")]


def test_a_batch_that_contradicts_is_said(shell: Run) -> None:
    told = (
        f"错误 [E317]：报名号 {A} 属于批次 HN2026，与 --batch HN2025 不符\n"
        "怎么办：核对报名号；报名号自带批次，可以不写 --batch\n"
    )
    for line in (*READ, "apply submit", "apply withdraw", "review approve"):
        assert shell(*line.split(), A, "--batch", "HN2025") == Ran(2, "", told)
    # What the environment says is meant only where nothing else says it.
    assert shell("apply", "show", A, env={"ZHUPEI_BATCH": "HN2025"}).code == 0
    assert shell("apply", "submit", A, B) == Ran(
        2,
        "",
        f"错误 [E318]：这些报名号属于不同的批次，例如 {A}、{B}\n怎么办：每个批次分别运行一次\n",
    )


def test_a_number_that_is_none_is_told_whole(shell: Run) -> None:
    nearest = "您要找的是不是 HN2026-0000009、HN2025-0000009？"
    assert shell("apply", "show", "HN2062-0000009") == Ran(
        4, "", f"错误 [E304]：没有报名号 HN2062-0000009\n怎么办：{nearest}zhupei apply list 查看报名号\n"
    )
    assert shell("trainee", "show", "HN2026-0000009").err.startswith("错误 [E310]：没有学员 HN2026-0000009\n")


def test_without_a_number_two_live_batches_are_listed(shell: Run) -> None:
    assert shell("apply", "list").err.startswith("错误 [E307]：没有指明批次（可选：HN2025、HN2026）\n")


NUMBER = id_number(1)
WHO = [NUMBER, f" {NUMBER[:6]} {NUMBER[6:]} ", f"“{NUMBER}”", "1015", "王一", A, B.lower()]


@pytest.mark.parametrize("who", WHO)
def test_a_person_is_found_by_whatever_is_at_hand(shell: Run, who: str) -> None:
    for line in ("trainee show", "trainee history", "trainee education list"):
        ran = shell(*line.split(), who)
        assert ran == shell(*line.split(), id_number(1))
        assert ran.code == 0


def test_several_of_one_name_are_listed_with_what_picks_one(shell: Run) -> None:
    people = (
        "编号:2 李同 4101**********1023 138****0002 HN2026-0000002；"
        "编号:3 李同 4101**********1031 138****0003 HN2026-0000003"
    )
    cure = "写 编号:数字 指明其中一个，例如 编号:2；也可写报名号、用户名或完整的证件号码"
    told = f"错误 [E319]：“李同”有 2 人：{people}\n怎么办：{cure}\n"
    for line in ("trainee show", "trainee edit", "trainee history", "apply show"):
        more = ("--mobile", "13900000009") if line.endswith("edit") else ()
        assert shell(*line.split(), "李同", *more) == Ran(2, "", told)
    assert (
        shell("trainee", "show", "编号:3", "--json").out
        == shell("trainee", "show", id_number(3), "--json").out
    )
    assert shell("trainee", "show", "编号：９").err.startswith("错误 [E310]：没有学员 编号：9\n")


def test_an_application_is_found_by_its_person(shell: Run) -> None:
    assert shell("apply", "show", "王一", "--batch", "HN2025") == shell("apply", "show", B)
    assert shell("apply", "status", id_number(2)[-4:]) == shell("apply", "status", "HN2026-0000002")
    several = f"错误 [E321]：王一 有 2 份报名：{A}、{B}\n怎么办：写其中一个报名号\n"
    assert shell("apply", "show", "王一") == Ran(2, "", several)
    shell("apply", "withdraw", B, "-y")
    assert shell("apply", "show", "王一") == shell("apply", "show", A)
    assert shell("apply", "show", "李同", "--batch", "HN2025").code == 2
    assert shell("apply", "show", "编号:3", "--batch", "HN2025").err.startswith(
        "错误 [E320]：李同 没有报名批次 HN2025\n"
    )


def test_applications_are_listed_by_name(shell: Run) -> None:
    ran = shell("apply", "list", "--batch", "HN2026", "--name", "李", "-f", "jsonl")
    assert [json.loads(line)["application_no"][-1] for line in ran.out.splitlines()] == ["2", "3"]
    assert shell("apply", "list", "--batch", "HN2026", "--name", "“王一”", "-f", "jsonl").out.count("\n") == 1


def test_nothing_is_written_by_looking(shell: Run, database: str) -> None:
    with reading(database) as session:
        before = session.execute(select(Event.seq)).all()
    shell("trainee", "show", "王一")
    shell("apply", "show", A)
    with reading(database) as session:
        assert session.execute(select(Event.seq)).all() == before
