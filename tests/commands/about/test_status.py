import json
import shlex
from collections.abc import Iterator
from typing import Any, cast

import pytest

from tests.commands.about.test_help import parsed
from tests.conftest import NOW, Ran, Run
from tests.people import open_batch
from zhupei_cli.model import Application, Batch, Trainee
from zhupei_cli.services.reports import overview
from zhupei_cli.store.engine import shown_url, transaction
from zhupei_cli.words.vocabulary import BatchStatus

START = (
    "下一步  zhupei base import 基地.xlsx（导入培训基地）\n"
    "        zhupei batch create HN2026 --name … --year 2026 --apply-from … --apply-until …（新建招收批次）\n"
)


def test_before_any_batch(zhupei: Run, database: str) -> None:
    said = f"数据库  {shown_url(database)}\n{START}"
    assert zhupei("--database", database, "status") == Ran(0, said, "没有进行中的批次\n")
    answer = json.loads(zhupei("--database", database, "status", "--json").out)
    assert (answer["database"], answer["batch"], answer["batches"]) == (shown_url(database), None, [])
    assert answer["next"][0]["command"] == "zhupei base import 基地.xlsx"


def test_an_open_batch_on_one_screen(zhupei: Run, database: str) -> None:
    with transaction(database) as session:
        _apply(session, open_batch(session, contact="0371-00000000"))
    ran = zhupei("--database", database, "status")
    assert ran == Ran(
        0,
        f"数据库    {shown_url(database)}\n"
        "批次      HN2026 2026 年招收\n"
        "状态      报名中\n"
        "日期      报名开始 2026-06-01 08:00:00\n"
        "          报名截止 2026-06-30 08:00:00\n"
        "招收计划  3 个基地，9 个岗位，计划 90 人\n"
        "报名      未提交 1，已提交 1\n"
        "待审核    1 份，最早的已等 0 天\n"
        "技术支持  0371-00000000\n"
        "下一步    zhupei review queue --summary --batch HN2026（查看各基地待审核的报名）\n"
        "          zhupei apply list --status draft,returned --batch HN2026（催办未提交的报名）\n",
        "",
    )
    answer = json.loads(zhupei("--database", database, "status", "--batch", "HN2026", "--json").out)
    assert (answer["waiting"]["count"], answer["applications"]) == (1, {"draft": 1, "submitted": 1})
    assert [one["batch"] for one in answer["batches"]] == ["HN2026"]
    assert zhupei("--database", database, "status", "-f", "csv").out.startswith("数据库,批次,状态,日期,")


BOTH = """\
批次      HN2026 2026 年招收
状态      报名中
日期      报名开始 2026-06-01 08:00:00
          报名截止 2026-06-30 08:00:00
招收计划  3 个基地，9 个岗位，计划 90 人
报名      未提交 1，已提交 1
待审核    1 份，最早的已等 0 天
下一步    zhupei review queue --summary --batch HN2026（查看各基地待审核的报名）
          zhupei apply list --status draft,returned --batch HN2026（催办未提交的报名）

批次      HN2027 2027 年招收
状态      筹备中
日期      报名开始 2027-06-01 08:00:00
          报名截止 2027-06-30 08:00:00
招收计划  还没有导入
报名      还没有
下一步    zhupei batch plan import 招收计划.xlsx --batch HN2027（导入招收计划）
"""


def test_every_batch_under_way(zhupei: Run, database: str) -> None:
    with transaction(database) as session:
        _apply(session, open_batch(session))
        for code, status in (("HN2027", "draft"), ("HN2025", "archived"), ("HN2024", "cancelled")):
            _store(session, code, status)
    assert zhupei("--database", database, "status") == Ran(0, f"数据库  {shown_url(database)}\n\n{BOTH}", "")
    answer = json.loads(zhupei("--database", database, "status", "--json").out)
    assert (answer["batch"], [one["batch"] for one in answer["batches"]]) == (None, ["HN2026", "HN2027"])
    lines = zhupei("--database", database, "status", "-f", "jsonl").out.splitlines()
    assert [json.loads(line)["batch"] for line in lines] == ["HN2026", "HN2027"]
    csv = zhupei("--database", database, "status", "-f", "csv").out
    assert csv.count("下一步") == 1 and csv.count("zhupei batch plan import") == 1
    one = zhupei("--database", database, "status", "HN2025", "--json").out
    assert json.loads(one)["batch"] == "HN2025"


def _store(session: Any, code: str, status: str) -> None:
    year = int(code[-4:])
    dates = {
        "apply_from": NOW.replace(year=year, day=1, hour=0),
        "apply_until": NOW.replace(year=year, day=30, hour=0),
    }
    session.add(
        Batch(id=year, code=code, name=f"{year} 年招收", year=year, status=status, created_at=NOW, **dates)
    )
    session.flush()


def _apply(session: Any, batch: Batch) -> None:
    for id_, status in ((1, "draft"), (2, "submitted")):
        session.add(
            Trainee(
                id=id_,
                id_type="passport",
                id_number=f"E{id_}",
                name=f"考生{id_}",
                gender="1",
                created_at=NOW,
                updated_at=NOW,
                touched_by=0,
            )
        )
        session.flush()
        session.add(
            Application(
                id=id_,
                application_no=f"HN2026-000000{id_}",
                batch_id=batch.id,
                trainee_id=id_,
                identity="social",
                source_type="应届毕业生",
                train_years=3,
                accept_adjust=True,
                status=status,
                live_key=f"{batch.id}:{id_}",
                submitted_at=NOW if status == "submitted" else None,
                snapshot_version=0,
                created_at=NOW,
                touched_by=0,
            )
        )


def test_a_batch_that_does_not_exist(zhupei: Run, database: str) -> None:
    with transaction(database) as session:
        open_batch(session)
    ran = zhupei("--database", database, "status", "--batch", "HN2025")
    assert (ran.code, ran.err.splitlines()[0]) == (4, "错误 [E301]：没有批次 HN2025")
    assert "HN2026" in ran.err


def steps() -> Iterator[overview.NextStep]:
    """Yield what every state of a batch, and every stage within it, can say comes next."""
    base = {
        "batch": "HN2026",
        "bases": 3,
        "plan": {"seats": 9},
        "applications": {"draft": 1, "approved": 2},
        "waiting": {"count": 1},
        "unmarked": 2,
        "incomplete": 1,
        "last_run": {"run": 7, "stale": False},
        "refillable": 1,
        "waiting_run": None,
        "objections": 1,
        "admissions": {"admitted": 1},
        "now": NOW,
        "apply_from": NOW,
        "apply_until": NOW,
    }
    less: list[dict[str, Any]] = [
        {},
        {"bases": 0},
        {"plan": {"seats": 0}},
        {"applications": {}, "unmarked": 0, "incomplete": 0},
    ]
    less += [
        {"last_run": {"run": 7, "stale": True}},
        {"last_run": None},
        {"admissions": {}},
        {"waiting": {"count": 0}, "applications": {}},
    ]
    less += [{"waiting_run": {"run": 8, "round_label": "递补"}}]
    less += [{"apply_until": NOW.replace(year=2025)}]
    for status in BatchStatus:
        for changes in less:
            yield from overview._next(cast(overview.BatchFacts, {**base, **changes, "status": status}))


@pytest.mark.parametrize("command", sorted({step.command for step in steps()}))
def test_what_comes_next_can_be_typed(command: str) -> None:
    assert parsed(shlex.split(command)[1:]) is None
