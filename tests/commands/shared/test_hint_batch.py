"""Commands that hints name carry the batch that the running one was told, where they need it."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Ran, Run
from tests.people import id_number, open_batch, person, write_book, write_people
from zhupei_cli.sheets.kinds import workbook_kinds as kinds
from zhupei_cli.shell.hints import in_batch
from zhupei_cli.store.engine import transaction


@pytest.mark.parametrize(
    ("said", "right"),
    [
        ("重新运行 zhupei admit run，再确定", "重新运行 zhupei admit run --batch B1，再确定"),
        ("先运行 zhupei admit commit RUN；", "先运行 zhupei admit commit RUN --batch B1；"),
        ("下一步：zhupei admit commit 3（确定）", "下一步：zhupei admit commit 3 --batch B1（确定）"),
        ("zhupei admit list --run 3（查看）", "zhupei admit list --run 3 --batch B1（查看）"),
        (
            "补导：zhupei admit scores import 成绩.xlsx；先 zhupei batch unlock",
            "补导：zhupei admit scores import 成绩.xlsx --batch B1；先 zhupei batch unlock B1",
        ),
        ("zhupei admit scores list 查看；", "zhupei admit scores list --batch B1 查看；"),
        (
            "zhupei apply list --status draft,returned（催办）",
            "zhupei apply list --status draft,returned --batch B1（催办）",
        ),
        ("zhupei batch plan list 核对", "zhupei batch plan list --batch B1 核对"),
        *((same, same) for same in (
            "zhupei admit run --batch B2（计算）",
            "zhupei batch lock B2（锁定）",
            "zhupei apply show 报名号 查看",
            "用 zhupei admit decline B2-0000001 --reason 原因；",
            "zhupei batch plan stop 基地 专业 --batch 批次",
            "zhupei status 查看",
            "zhupei batch list 查看全部批次",
            "运行 zhupei admit run --help 查看用法",
            "zhupei trainee edit 王一 …",
        )),
    ],
)  # fmt: skip
def test_a_command_that_means_a_batch_is_told_which(said: str, right: str) -> None:
    assert in_batch(said, "B1") == right


@pytest.fixture
def shell(zhupei: Run, database: str, home: Path) -> Run:
    """王一 and 王二 in HN2026, approved; the batch HN2025 beside it, with 王三."""
    with transaction(database) as session:
        open_batch(session)
        open_batch(session, code="HN2025")

    def run(*args: str | Path, **kwargs: Any) -> Ran:
        return zhupei("--database", database, *args, **kwargs)

    for code, numbers in (("HN2026", (1, 2)), ("HN2025", (3,))):
        book = write_people(home / f"{code}.xlsx", [person(number) for number in numbers])
        assert run("trainee", "import", book, "--batch", code, "--submit").code == 0
        every = [f"{code}-{place:07}" for place in range(1, len(numbers) + 1)]
        assert run("review", "approve", *every).code == 0
    return run


def test_hints_name_the_batch_only_where_another_could_be_meant(shell: Run) -> None:
    told = shell("admit", "check", "--batch", "HN2026")
    assert "补导成绩：zhupei admit scores import 成绩.xlsx --batch HN2026\n" in told.err
    refused = shell("export", "unadmitted", "--batch", "HN2026")
    assert "再运行 zhupei admit commit 编号 --batch HN2026" in refused.err
    assert shell("batch", "cancel", "HN2025", "--yes").code == 0
    alone = shell("admit", "check", "--batch", "HN2026")
    assert "补导成绩：zhupei admit scores import 成绩.xlsx\n" in alone.err


def _marks(path: Path, *numbers: str) -> Path:
    rows = [{"application_no": number, "written": 80, "skill": 80, "interview": 80} for number in numbers]
    return write_book(path, [(kinds.SCORE, rows)])


def test_rows_of_another_batch_are_told_as_such(shell: Run, home: Path) -> None:
    mine, other = "HN2026-0000001", "HN2025-0000001"
    whole = _marks(home / "别批.xlsx", other, other)
    refused = shell("admit", "scores", "import", whole, "--batch", "HN2026", "--json")
    assert refused.code == 3
    (problem,) = json.loads(refused.out)["problems"]
    assert (problem["row"], problem["code"], problem["message"]) == (
        0,
        "E437",
        "成绩 里的报名号都属于批次 HN2025，现在导入的是批次 HN2026；加 --batch HN2025 再导入一次",
    )
    mixed = _marks(home / "混.xlsx", mine, other)
    told = json.loads(shell("admit", "scores", "import", mixed, "--batch", "HN2026", "--json").out)
    assert [(one["row"], one["code"]) for one in told["problems"]] == [(3, "E438")]
    assert told["counts"]["inserted"] == 1
    decisions = [{"application_no": other, "decision": "通过"}]
    reviews = write_book(home / "审核.xlsx", [(kinds.REVIEW, decisions)])
    came = write_book(home / "报到.xlsx", [(kinds.CHECK_IN, [{"application_no": other, "checked_in": "是"}])])
    for words, book in ((("review",), reviews), (("admit", "checkin"), came)):
        assert "[E437]" in shell(*words, "import", book, "--batch", "HN2026").err


def test_numbers_in_cells_are_mended_as_arguments_are(shell: Run, home: Path) -> None:
    words = ("hn2026—0000001", "ＨＮ2026－000000２")
    taken = shell("admit", "scores", "import", _marks(home / "成绩.xlsx", *words), "--batch", "HN2026")
    assert (taken.code, taken.err.split("，提醒")[0]) == (
        0,
        "导入完成：共 2 行，新增 2，更新 0，不变 0，未通过 0",
    )


def test_an_id_number_on_the_command_line_is_mended_as_a_cell_is(shell: Run) -> None:
    number = id_number(1)
    assert number.endswith("X") or number[-1].isdigit()
    apart = f"{number[:6]}-{number[6:14]}-{number[14:]}"
    for word in (number.lower(), number.replace("X", "Х"), f"'{number}", apart, f"“{number}”"):
        assert "王一" in shell("trainee", "show", word).out
