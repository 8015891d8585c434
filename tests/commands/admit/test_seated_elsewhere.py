"""People who have a seat in another batch of the year: left out on every screen alike, and told of."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Ran, Run
from tests.exam_world import ROOMS
from tests.people import open_batch, person, write_book, write_people
from zhupei_cli.sheets.kinds import workbook_kinds as kinds
from zhupei_cli.sheets.kinds.exam_kinds import EXAM_ROOM
from zhupei_cli.store.engine import transaction

MINE, OTHER = "HN2026-0000001", "HN2025-0000001"


@pytest.fixture
def shell(zhupei: Run, database: str, home: Path) -> Run:
    """王一 and 王二 approved with marks in two batches of 2026; in HN2025 王一 has a seat."""
    with transaction(database) as session:
        open_batch(session)
        open_batch(session, code="HN2025")

    def run(*args: str | Path, **kwargs: Any) -> Ran:
        return zhupei("--database", database, *args, **kwargs)

    def done(*args: str | Path) -> None:
        ran = run(*args)
        assert ran.code == 0, ran

    for code in ("HN2026", "HN2025"):
        people = write_people(home / f"{code}.xlsx", [person(1), person(2)])
        done("trainee", "import", people, "--batch", code, "--submit")
        numbers = [f"{code}-000000{place}" for place in (1, 2)]
        done("review", "approve", *numbers)
        rows = [{"application_no": no, "written": 80, "skill": 80, "interview": 80} for no in numbers]
        marks = write_book(home / f"{code}成绩.xlsx", [(kinds.SCORE, rows)])
        done("admit", "scores", "import", marks, "--batch", code)
    done("batch", "close", "HN2025")
    done("batch", "plan", "set", "郑州第一医院", "内科", "1", "--batch", "HN2025")
    done("batch", "plan", "set", "洛阳中心医院", "内科", "0", "--batch", "HN2025")
    done("batch", "lock", "HN2025")
    done("admit", "run", "--batch", "HN2025", "--no-adjust")
    done("admit", "commit", "1", "--batch", "HN2025", "--yes")
    done("batch", "close", "HN2026")
    return run


def _json(shell: Run, *words: str | Path) -> Any:
    ran = shell(*words, "--json")
    assert ran.code in (0, 3), ran
    return json.loads(ran.out)


def _stages(shell: Run, what: str, key: str) -> Mapping[str, int]:
    return {row[key]: row["count"] for row in _json(shell, "report", what, "--batch", "HN2026")}


def test_all_screens_leave_them_out_and_say_so(shell: Run, home: Path) -> None:
    told = "提醒：1 人本年度已在别的批次录取，不参加；zhupei apply list --seated --batch HN2026 查看"
    check = _json(shell, "admit", "check", "--batch", "HN2026")
    status = _json(shell, "status", "HN2026")
    funnel, summary = _stages(shell, "funnel", "stage"), _stages(shell, "summary", "figure")
    nightly = _json(shell, "report", "nightly", "-o", home / "日报", "--batch", "HN2026")["figures"]
    assert {
        "check": (check["candidates"], check["sitting_out"], check["with_scores"]),
        "status": (2 - status["sitting_out"], status["sitting_out"], status["scored"]),
        **{
            name: (one["approved"] - one["sitting_out"], one["sitting_out"], one["scored"])
            for name, one in (("funnel", funnel), ("summary", summary), ("nightly", nightly))
        },
    } == dict.fromkeys(("check", "status", "funnel", "summary", "nightly"), (1, 1, 1))
    assert "审核通过的 2 人中，1 人本年度已在别的批次录取，不参加" in shell("status", "HN2026").out
    for words in (("admit", "check"), ("report", "funnel"), ("report", "summary")):
        assert told in shell(*words, "--batch", "HN2026").err
    listed = _json(shell, "apply", "list", "--seated", "--batch", "HN2026")
    assert [row["application_no"] for row in listed] == [MINE]
    locked = shell("batch", "lock", "HN2026")
    assert "参加录取 1 人，本年度已录取、不参加 1 人" in locked.err
    assert told in locked.err
    assert told in shell("admit", "run", "--batch", "HN2026").err


def test_each_of_them_is_told_where_they_are(shell: Run) -> None:
    def line() -> Any:
        return _json(shell, "apply", "status", MINE)["seated_label"]

    assert line() is None  # not published yet
    assert shell("batch", "lock", "HN2026").code == 0
    assert shell("admit", "run", "--batch", "HN2026").code == 0
    why = shell("admit", "explain", MINE).err
    assert "[E449]" in why
    assert "此人本年度已在批次 HN2025 录取到郑州第一医院的内科（拟录取）" in why
    assert shell("batch", "publish", "HN2025", "--yes").code == 0
    assert line() == "已在批次 HN2025 录取到郑州第一医院的内科，不参加本批次的录取"
    assert shell("admit", "commit", "1", "--batch", "HN2026", "--yes").code == 0
    placed = shell("admit", "place", MINE, "郑州第二医院", "内科", "--reason", "有原因")
    assert "本年度已在批次 HN2025 录取到郑州第一医院的内科（拟录取）" in placed.err
    elsewhere = shell("admit", "place", OTHER, "郑州第二医院", "内科", "--reason", "有原因")
    assert (elsewhere.code, "[E439]" in elsewhere.err) == (5, True)
    assert (
        f"zhupei admit revoke {OTHER} --reason 原因，再运行 zhupei admit reinstate {OTHER}" in elsewhere.err
    )


def test_explaining_somebody_without_a_seat_says_that_they_have_one_elsewhere(shell: Run) -> None:
    assert "另：" not in shell("admit", "explain", "HN2025-0000002").out
    for step in (("batch", "lock", "HN2026"), ("admit", "run"), ("admit", "commit", "1", "-y")):
        assert shell(*step, *(() if step[0] == "batch" else ("--batch", "HN2026"))).code == 0
    # One number and one list of them, whoever asks.
    where = ("--batch", "HN2025")
    assert _json(shell, "admit", "check", *where)["sitting_out"] == 1
    assert _json(shell, "admit", "run", "--round", "refill", "-n", *where)["sitting_out"] == 1
    seated = [row["application_no"] for row in _json(shell, "apply", "list", "--seated", *where)]
    assert seated == ["HN2025-0000002"]
    # Not that all was full, once a seat was given up and nobody asked them; nor where they are, yet.
    assert shell("admit", "decline", "HN2025-0000001", "--reason", "放弃").code == 0
    for words in (("admit", "list"), ("export", "unadmitted")):
        told = {row["application_no"]: row["reason_label"] for row in _json(shell, *words, *where)}
        assert told["HN2025-0000002"] == "未参加此后的递补"
    line = "另：本年度已在批次 HN2026 录取到郑州第一医院的内科（拟录取）"
    assert line in shell("admit", "explain", "HN2025-0000002").out.splitlines()


def test_who_has_a_seat_elsewhere_is_not_sent_for_a_seat_of_the_exam(shell: Run, home: Path) -> None:
    book = write_book(home / "考场.xlsx", [(EXAM_ROOM, ROOMS)])
    assert shell("exam", "sites", "import", book, "--batch", "HN2026").code == 0
    assert shell("exam", "allot", "--batch", "HN2026").code == 0
    refused = shell("exam", "tickets", MINE, "-o", "准考证.pdf")
    assert refused == Ran(
        4,
        "",
        f"错误 [E742]：{MINE} 本年度在别的批次有名额，没有座位\n"
        f"怎么办：这样的人不参加考试；历年记录：zhupei trainee standing {MINE}\n",
    )


def test_a_seat_of_another_batch_makes_a_run_stale_on_every_screen(shell: Run) -> None:
    assert shell("admit", "uncommit", "--batch", "HN2025", "--reason", "重算").code == 0
    assert shell("batch", "lock", "HN2026", "--yes").code == 0
    assert shell("admit", "run", "--batch", "HN2026").code == 0
    assert _json(shell, "status", "HN2026")["last_run"]["stale"] is False
    assert shell("admit", "commit", "1", "--batch", "HN2025", "--yes").code == 0
    (listed,) = _json(shell, "admit", "runs", "--batch", "HN2026")
    assert listed["stale"] is _json(shell, "status", "HN2026")["last_run"]["stale"] is True
    assert "已过时" in shell("admit", "explain", "HN2026-0000002").out
    assert "E462" in shell("admit", "commit", "1", "--batch", "HN2026", "--yes").err
