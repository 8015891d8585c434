"""补录 from the shell, through to its own rosters."""

import json
from pathlib import Path

import openpyxl
import pytest

from tests.builders import store_world, worked_example
from tests.conftest import Ran, Run
from tests.people import person, write_book
from zhupei_cli.acting import Acting
from zhupei_cli.services.admission import admissions, stages
from zhupei_cli.services.admission.give_up import decide_admissions
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.store.engine import transaction

#: 3 wanted A, where a seat is free.
WAITING = (
    "提醒 [E499]：批次 T 还有 1 人报了现在空出的岗位，可以递补；新建补录批次以后不再递补；要先递补的：{}"
)


@pytest.fixture
def final(database: str, by: Acting) -> str:
    """The worked example, final; 2 gave up the seat at A, 4 that at B. 3 has nothing."""
    with transaction(database) as session:
        batch = store_world(session, worked_example())
        admissions.run_admission(session, batch, by=by)
        admissions.commit_run(session, batch, 1, by=by)
        stages.move_batch(session, batch, "publish", by=by)
        stages.finalize_batch(session, batch, by=by)
        numbers = ("T-0000002", "T-0000004")
        decide_admissions(session, batch, "decline", numbers, reason="放弃", by=by)
    return database


def test_a_supplement_round_ends_in_rosters_of_its_own(final: str, zhupei: Run, home: Path) -> None:
    def call(*args: str | Path) -> Ran:
        return zhupei("--database", final, *args, env={"ZHUPEI_BATCH": "S"})

    dates = ("--apply-from", "2026-06-01", "--apply-until", "2026-06-20")
    create = ("batch", "create", "S", "--supplement-of", "T", "--name", "补录", *dates)
    assert call(*create, "--year", "2025") == Ran(
        2, "", "错误 [E472]：补录批次的年份 2025 与批次 T 的 2026 不同\n怎么办：写 --year 2026\n"
    )
    assert call(*create, "--year", "2026", "--like", "T").code == 2
    made = "已新建批次 S（补录）\n下一步：zhupei batch open S（开放补录报名）\n"
    refill = "zhupei admit run --round refill --batch T，确定以后再建补录批次"
    assert call(*create, "--year", "2026") == Ran(0, "", f"{WAITING.format(refill)}\n{made}")
    assert call("batch", "open").code == 0

    def row(number: int, base: str) -> dict[str, object]:
        form = {"specialty": "0100", "choice1_base": base, "choice2_base": None}
        return person(number, name=f"考生{number}", gender=None, birth_date=None, **form)

    # 2 declined and 3 was not admitted: both apply anew, beside one who was not there before.
    book = write_book(home / "补录.xlsx", [(workbook_kinds.PERSON, [row(2, "A"), row(3, "B"), row(6, "B")])])
    assert call("trainee", "import", book, "--submit").code == 0
    numbers = [f"S-000000{number}" for number in (1, 2, 3)]
    assert call("review", "approve", *numbers).code == 0
    assert call("batch", "close").code == 0
    marks = [
        {"application_no": number, "written": mark, "skill": mark, "interview": mark}
        for number, mark in zip(numbers, (70, 80, 90), strict=True)
    ]
    assert (
        call(
            "admit", "scores", "import", write_book(home / "成绩.xlsx", [(workbook_kinds.SCORE, marks)])
        ).code
        == 0
    )
    for step in (("batch", "lock"), ("admit", "run"), ("admit", "commit", "1")):
        assert call(*step).code == 0
    for step in (("batch", "publish", "-y"), ("batch", "finalize", "-y")):
        assert call(*step).code == 0
    assert call("export", "roster", "--all", "-o", "名单").code == 0
    found = {}
    for path in sorted((home / "名单").iterdir()):
        sheet = openpyxl.load_workbook(path).worksheets[1]
        cells = [cell for line in sheet.iter_rows(values_only=True) for cell in line]
        found[path.name] = [cell for cell in cells if str(cell).startswith("S-")]
    assert found == {"A_基地A_录取名单.xlsx": [numbers[0]], "B_基地B_录取名单.xlsx": [numbers[2]]}


def test_who_waits_for_a_free_seat_is_told_of_before_a_round_takes_it(final: str, zhupei: Run) -> None:
    dates = ("--apply-from", "2026-06-01", "--apply-until", "2026-06-20")
    create = ("batch", "create", "S", "--supplement-of", "T", "--name", "补录", *dates)

    def told(*args: str) -> tuple[int, list[str]]:
        ran = zhupei("--database", final, *args)
        return ran.code, [line for line in ran.err.splitlines() if "提醒" in line]

    assert told(*create, "-n")[1] == [
        WAITING.format("zhupei admit run --round refill --batch T，确定以后再建补录批次")
    ]
    assert told("admit", "run", "--round", "refill", "--batch", "T")[0] == 0
    assert told(*create, "-n", "-y") == (
        0,
        [WAITING.format("zhupei admit commit 2 --batch T，再建补录批次")],
    )
    doubts = json.loads(zhupei("--database", final, *create, "-n", "--json").out)["doubts"]
    assert [one["code"] for one in doubts] == ["E499"]
    assert told("admit", "commit", "2", "--batch", "T", "-y")[0] == 0
    assert told(*create) == (0, [])


def test_seats_of_a_disabled_base_are_named_before_they_stay_behind(final: str, zhupei: Run) -> None:
    dates = ("--apply-from", "2026-06-01", "--apply-until", "2026-06-20")
    create = ("batch", "create", "S", "--supplement-of", "T", "--name", "补录", *dates)
    assert zhupei("--database", final, "base", "disable", "B", "--reason", "退出").code == 0
    made = zhupei("--database", final, *create, "--json")
    doubts = {one["code"]: one["message"] for one in json.loads(made.out)["doubts"]}
    assert "1 个空缺名额在停用的基地（基地B）" in doubts["E819"]
    plan = json.loads(zhupei("--database", final, "batch", "plan", "list", "--batch", "S", "--json").out)
    assert [row["base"] for row in plan] == ["A"]
