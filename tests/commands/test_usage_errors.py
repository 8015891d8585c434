"""Every way a command line can be wrong, told in Chinese, on stderr, as JSON when that is asked for."""

import json
import re

import pytest

from tests.conftest import Run
from tests.people import open_batch
from zhupei_cli.store.engine import transaction

WRONG = [
    ("zzz", "没有命令 'zzz'。"),
    ("batch lst", "没有命令 'lst'。您是不是要用 'list'？"),
    ("batch plan st", "没有命令 'st'。您是不是要用 'set'？"),
    ("batch list --opne", "没有选项 '--opne'。您是不是要用 '--open'？"),
    ("trainee import F --sbumit", "没有选项 '--sbumit'。"),  # not --quiet: the people would stay drafts
    ("apply new --no-adjst", "没有选项 '--no-adjst'。"),
    ("trainee import F --jsno", "没有选项 '--jsno'。您是不是要用 '--json'？"),
    ("batch list -z", "没有选项 '-z'。"),
    ("batch list extra", "多出参数：extra"),
    ("batch list extra more", "多出参数：extra more"),
    ("batch create A", "缺少选项 '--name'。"),
    ("batch create A --name", "选项 '--name' 后面缺少值。"),
    ("batch create A --name B --year x", "'--year' 的值不对：'x' 不是整数。"),
    ("batch create A --name B --year 1", "'--year' 的值不对：1 不在 2000 到 2100 之间。"),
    ("batch list --open=1", "选项 '--open' 后面不带值。"),
    ("batch plan set A B", "缺少参数 'QUOTA'。"),
    ("batch plan set A B x", "'QUOTA' 的值不对：'x' 不是整数。"),
    (
        "admit run --rule luck",
        "'--rule' 的值不对：'luck' 不在可选范围内，"
        "可选：choice-first（志愿优先）、score-first（分数优先）、stable（稳定匹配）。",
    ),
    ("admit run --rule", "选项 '--rule' 后面缺少值。"),
    ("admit explain --place A", "选项 '--place' 后面要有 2 个值。"),
    ("trainee import", "缺少参数 'FILE…'。"),
    ("review approve", "缺少参数 'NO…'。"),
    ("completion", "缺少参数 'SHELL'。可选：bash、zsh、fish、powershell"),
    (
        "completion tcsh",
        "'SHELL' 的值不对：'tcsh' 不在可选范围内，可选：'bash', 'zsh', 'fish', 'powershell'。",
    ),
    ("--config", "选项 '--config' 后面缺少值。"),
]


@pytest.mark.parametrize(("line", "problem"), WRONG)
def test_a_wrong_command_line(zhupei: Run, line: str, problem: str) -> None:
    ran = zhupei(*line.split())
    told = re.match(r"错误 \[E080\]：(.*)\n怎么办：运行 (zhupei.*) --help 查看用法\n$", ran.err, re.DOTALL)
    assert (ran.code, ran.out, told and told[1]) == (2, "", problem)


@pytest.mark.parametrize(
    "line",
    [
        "zzz --json",
        "batch lst --json",
        "batch list extra --json",
        "batch list --opne --format=json",
        "batch create A --json",
        "admit run --rule luck --json",
        "trainee import -f json",
        "apply list --limit -1 -f json",
        "db restore --json",
    ],
)
def test_as_json_where_that_is_asked_for(zhupei: Run, line: str) -> None:
    ran = zhupei(*line.split())
    assert (ran.code, ran.out) == (2, "")
    error = json.loads(ran.err)["error"]
    assert (error["code"], set(error)) == ("E080", {"code", "message", "hint"})


def test_the_nearest_of_everything_that_is_named(zhupei: Run, database: str) -> None:
    with transaction(database) as session:
        open_batch(session)
    for line, near in (
        ("batch show HN2062", "HN2026"),
        ("base show 郑州第一医", "郑州第一医院"),
        ("base show 4101003", "4101001"),
        ("batch plan set 4101001 麻酉科 5", "麻醉科"),
        ("explain E5011", "E501"),
        ("help batch opn", "open"),
    ):
        ran = zhupei("--database", database, *line.split())
        assert ran.code in (2, 4)
        assert near in ran.err, (line, ran.err)
