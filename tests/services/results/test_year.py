"""A year as a whole: main, refill and supplement rounds together on rosters, register and status."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import update

from tests.builders import store_world, worked_example
from tests.conftest import Ran, Run
from zhupei_cli.model import Plan
from zhupei_cli.store.engine import transaction

Call = Callable[..., Ran]
NO = "T-000000{}".format


@pytest.fixture
def year(database: str, zhupei: Run) -> Call:
    """T in its 公示期: 2 gave up the seat at A, the refill that gives it to 3 waits for its commit."""
    with transaction(database) as session:
        store_world(session, worked_example(), told=True)

    def call(*args: str | Path) -> Ran:
        return zhupei("--database", database, *args)

    for line in (
        "admit run|admit commit 1|batch publish -y|admit decline T-0000002 --reason 放弃",
        "admit run --round refill",
    ):
        for step in line.split("|"):
            assert call(*step.split(), *_where(step)).code == 0, step
    return call


def _where(step: str) -> tuple[str, ...]:
    return () if "T-" in step or " T" in step else ("--batch", "T")


def _json(call: Call, *args: str) -> Any:
    ran = call(*args, "--json")
    assert ran.code == 0, ran.err
    return json.loads(ran.out)


def test_status_names_a_round_that_waits(year: Call) -> None:
    shown = year("status", "T")
    assert "第 2 次（递补）尚未确定" in shown.out
    assert "zhupei admit commit 2 --batch T（确定这一轮（递补）的结果）" in shown.out
    assert year("admit", "commit", "2").code == 0
    assert "尚未确定" not in year("status", "T").out


def test_a_refill_of_a_final_batch_asks(year: Call) -> None:
    assert year("batch", "finalize", "-y").code == 0
    refused = year("admit", "commit", "2")
    assert refused.code == 2
    assert "提醒 [E707]：批次 T 已正式录取，这一轮的 1 人直接成为已录取，没有经过公示" in refused.err
    assert year("admit", "commit", "2", "--yes").code == 0


def test_a_year_is_told_as_a_whole(year: Call, home: Path) -> None:
    for step in (
        "admit commit 2",
        "batch finalize -y",
        "admit decline T-0000001 --reason 放弃",
        "batch create T-2 --supplement-of T --name 补录 --apply-from 2026-06-01 --apply-until 2026-06-20",
    ):
        assert year(*step.split(), *_where(step)).code == 0, step
    # The seats that went over are named wherever a plan is.
    assert "已占 3 人，转补录 1 人" in year("status", "T").out
    assert [row["ceded"] for row in _json(year, "batch", "plan", "list", "--batch", "T")] == [1, 0, 0]
    assert "转补录" in year("batch", "plan", "list", "--batch", "T").out
    figures = {row["figure"]: row["count"] for row in _json(year, "report", "summary", "--batch", "T")}
    assert [figures[one] for one in ("plan", "admitted", "vacant", "ceded")] == [4, 3, 0, 1]
    # One number of vacancies on every screen, and on paper.
    assert year("export", "roster", "--all", "--batch", "T", "-o", "本批").code == 0
    summary = openpyxl.load_workbook(home / "本批" / "A_基地A_录取名单.xlsx")["汇总"]
    lines = [line for line in summary.iter_rows(values_only=True) if line[0] in ("0100", "合计")]
    assert [line[-3:] for line in lines] == [(2, 1, 0)] * 2
    assert "计划 2 人　　录取 1 人　　空缺 0 人　　转补录 1 人" in str(summary["A3"].value)
    assert [row["vacant"] for row in _json(year, "export", "vacancies", "--batch", "T")] == [0, 0, 0]
    assert [row["vacant"] for row in _json(year, "batch", "plan", "list", "--batch", "T")] == [0, 0, 0]
    shown = _json(year, "batch", "show", "T")["plan"]
    assert (shown["seats"], shown["taken"], shown["ceded"]) == (4, 3, 1)
    assert "ceded" not in {row["figure"] for row in _json(year, "report", "summary", "--batch", "T-2")}
    assert "转补录" not in year("batch", "plan", "list", "--batch", "T-2").out
    # Whose places the parent has filled lacks no plan in the round.
    assert "planless" not in {row["kind"] for row in _json(year, "report", "anomalies", "--batch", "T-2")}
    ran = year("status", "--year", "2026")
    assert ran.err == "还没有公示的批次只计计划，不计录取：T-2\n"
    assert ran.out == (
        "基地编号  基地名称  计划  志愿录取  递补  在录合计\n"
        "--------  --------  ----  --------  ----  --------\n"
        "A         基地A     2     0         1     1\n"
        "B         基地B     1     1         0     1\n"
        "C         基地C     1     1         0     1\n"
    )
    done = _json(year, "export", "roster", "--all", "--year", "2026", "-o", "名单")
    assert (done["kind"], done["people"]) == ("2026年度录取名单", 3)
    register = _json(year, "export", "register", "--year", "2026")
    assert [row["报名号"] for row in register if "报名号" in row] or len(register) == 3
    book = openpyxl.load_workbook(home / "名单" / "A_基地A_2026年度录取名单.xlsx")
    cells = [cell for sheet in book for line in sheet.iter_rows(values_only=True) for cell in line if cell]
    assert [cell for cell in cells if str(cell).startswith("T-000")] == [NO(3)]
    assert year("export", "roster", "--all", "--year", "2019", "-o", "名单").code == 4
    assert year("export", "roster", "--all", "--year", "2026", "--batch", "T", "-o", "名单").code == 2


def test_the_public_list_of_a_year_has_every_round(year: Call, home: Path) -> None:
    dates = "--apply-from 2026-06-01 --apply-until 2026-06-20"
    for step in (
        "admit commit 2",
        "batch finalize -y",
        "admit decline T-0000004 --reason 放弃",
        "admit reinstate T-0000004 --reason 又来",
        "admit place T-0000004 B 0100 --reason 又来 -y",
    ):
        ran = year(*step.split(), *_where(step))
        assert ran.code == 0, (step, ran.err)
    rows = _json(year, "export", "public", "--year", "2026")
    told = [(row["application_no"], row["base"], row["batch"], row["way_label"]) for row in rows]
    assert told == [
        (NO(1), "A", "T", "志愿录取"),
        (NO(3), "A", "T", "递补"),
        (NO(4), "B", "T", "个别安排"),
        (NO(5), "C", "T", "志愿录取"),
    ]
    assert all("**********" in row["id_number"] for row in rows)
    # Not a word of a batch that is not published.
    with_others = year("export", "public", "--year", "2026")
    assert "没有列入还没有公示的批次" not in with_others.err
    more = f"batch create U --name 另 --year 2026 {dates}"
    assert year(*more.split()).code == 0
    ran = year("export", "public", "--year", "2026", "-o", "年.xlsx")
    assert ran.err.splitlines()[-1] == "没有列入还没有公示的批次：U"
    book = openpyxl.load_workbook(home / "年.xlsx")
    cells = [str(cell) for line in book.worksheets[0].iter_rows(values_only=True) for cell in line if cell]
    assert {"2026 年度录取公示名单", "包括：T（已正式录取）"} <= set(cells), cells[:6]
    assert "批次" in cells and "轮次" in cells
    assert year("export", "public", "--year", "2026", "-o", "年.html").code == 0
    assert year("export", "public", "--year", "2019").code == 4
    for more in ("--draft", "--run 1", "--batch T"):
        assert year("export", "public", "--year", "2026", *more.split()).code == 2


def test_a_stopped_place_has_no_plan_on_paper_either(year: Call, home: Path, database: str) -> None:
    assert year("admit", "commit", "2").code == 0
    with transaction(database) as session:  # as a place is of which a seat was held before it was stopped
        session.execute(update(Plan).where(Plan.base_code == "A").values(stopped=True))
    figures = {row["figure"]: row["count"] for row in _json(year, "report", "summary", "--batch", "T")}
    assert year("export", "roster", "--all", "--batch", "T", "-o", "名单").code == 0
    heads = [
        str(openpyxl.load_workbook(path)["汇总"]["A3"].value) for path in sorted((home / "名单").iterdir())
    ]
    planned = [int(head.split(" 人", 1)[0].rpartition(" ")[2]) for head in heads]
    assert (sum(planned), planned[0], figures["plan"]) == (2, 0, 2), heads
