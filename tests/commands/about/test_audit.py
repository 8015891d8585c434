"""`zhupei audit`: whole output and exit codes."""

import json
from collections.abc import Callable

import pytest
from sqlalchemy import delete, select

from tests.conftest import Ran, Run
from zhupei_cli.model import Event
from zhupei_cli.store.engine import transaction

Call = Callable[..., Ran]


@pytest.fixture
def audit(database: str, zhupei: Run) -> Call:
    return lambda *args: zhupei("--database", database, "audit", *args)


def _head(database: str) -> str:
    with transaction(database, read_only=True) as session:
        return "3:" + session.execute(select(Event.hash).where(Event.seq == 3)).scalar_one()[:16]


def test_the_log_shows_the_latest_first(audit: Call) -> None:
    assert audit("log") == (
        0,
        "编号  时间                 经办人  操作          批次  对象    之前  之后  原因  说明\n"
        "----  -------------------  ------  ------------  ----  ------  ----  ----  ----  --------\n"
        "3     2026-06-05 10:00:00  测试员  导入写入的行        导入 1\n"
        "2     2026-06-05 10:00:00  测试员  写入专业目录        0100                      等 37 项\n"
        "1     2026-06-05 10:00:00  测试员  导入专业目录        导入 1\n",
        "",
    )
    assert audit("log", "--limit", "1").err == "只列出最近 1 条，共 3 条；加 --limit 0 可全部列出\n"
    rows = json.loads(audit("log", "--kind", "specialty.import", "--since", "2026-06-05", "--json").out)
    assert [(row["seq"], row["subject"], row["data"]["import"]) for row in rows] == [(1, "import 1", 1)]
    # As the column says it, whole or in part; what nothing is called is no empty list.
    for kind, found in (
        ("写入专业目录", [2]),
        ("专业目录", [2, 1]),
        ("specialty", [2, 1]),
        ("诚信", []),
        ("递补", []),
    ):
        rows = json.loads(audit("log", "--kind", kind, "--json").out)
        assert [row["seq"] for row in rows] == found, kind
    refused = audit("log", "--kind", "写入专业目彔")
    assert (refused.code, "[E497]" in refused.err, "您要找的是不是 写入专业目录" in refused.err) == (
        4,
        True,
        True,
    )
    assert json.loads(audit("log", "--until", "2026-06-04", "--json").out) == []
    assert audit("log", "--batch", "NONE").code == 4


def test_a_whole_chain_verifies(audit: Call, database: str) -> None:
    head = _head(database)
    said = f"操作记录  3\n存证      {head}\n核对结果  完整，没有改动\n"
    assert audit("verify") == (0, said, "")
    assert audit("verify", "--head", head) == (0, said, "")
    whole = {"ok": True, "events": 3, "head": head, "findings": [], "warnings": []}
    assert json.loads(audit("verify", "--json").out) == whole
    wrong = audit("verify", "--head", "zwei")
    assert (wrong.code, wrong.err.splitlines()[0]) == (
        2,
        "错误 [E080]：--head 应写成 编号:摘要，例如 120:0f3a9c5577e1b2d4，"
        "或照印出的写“第 120 号 0f3a9c5577e1b2d4”。",
    )


def test_a_damaged_chain_is_exit_3(audit: Call, database: str) -> None:
    head = _head(database)
    with transaction(database) as session:
        session.execute(delete(Event).where(Event.seq == 3))
    ran = audit("verify", "--head", head)
    assert (ran.code, ran.out.splitlines()[-1]) == (3, "核对结果  发现 2 处问题")
    assert ran.err == (
        "错误 [E522]：操作记录到第 2 条为止，编号却已用到第 3 条；请从备份核对\n"
        "错误 [E523]：操作记录只到第 2 条，没有存证的第 3 条；请从备份核对\n"
    )
    told = json.loads(audit("verify", "--json").out)
    assert (told["ok"], [one["code"] for one in told["findings"]]) == (False, ["E522"])
