"""Lists as asked for, and what happens on a terminal: narrow, dumb, GBK, without anybody."""

import os
import re
import subprocess
import sys
import termios
from pathlib import Path

import pexpect
import pytest
import wcwidth

from commands.shared.screen import fitted, sheet_lines
from tests.conftest import Ran, Run
from tests.people import open_batch
from zhupei_cli.display import display_width
from zhupei_cli.store.engine import transaction

HEADINGS = ["报名号", "姓名", "第一志愿", "状态"]
CELLS = [
    ["HN2026-0000001", "王小明", "郑州市第一示例医院", "已录取（录取基地：郑州市第一示例医院）"],
    ["HN2026-0000002", "欧阳春", "洛阳市中心示例医院", "未提交"],
]


def table_width(headings: list[str], cells: list[list[str]]) -> int:
    columns = zip(headings, *cells, strict=True)
    return sum(max(map(display_width, column)) + 2 for column in columns) - 2


@pytest.mark.parametrize("width", [120, 80, 60, 40])
def test_a_list_fills_no_more_than_the_screen(width: int) -> None:
    headings, cells, left_out = fitted(HEADINGS, CELLS, width)
    assert table_width(headings, cells) <= width
    assert sorted([*headings, *left_out]) == sorted(HEADINGS)
    assert [row[0] for row in cells] == [row[0] for row in CELLS]


def test_what_has_room_is_left_alone() -> None:
    assert fitted(HEADINGS, CELLS, 200) == (HEADINGS, CELLS, [])


def test_long_texts_are_cut_before_a_column_is_left_out() -> None:
    headings, cells, left_out = fitted(HEADINGS, CELLS, 60)
    assert (headings, left_out) == (HEADINGS, [])
    assert cells[0] == ["HN2026-0000001", "王小明", "郑州市第一示例..", "已录取（录取基.."]


def test_the_state_of_things_is_left_out_last() -> None:
    headings, cells, left_out = fitted(HEADINGS, CELLS, 40)
    assert (headings, left_out) == (["报名号", "姓名", "状态"], ["第一志愿"])
    assert cells[0] == ["HN2026-0000001", "王小明", "已录取（录取基.."]


def test_a_sheet_is_wrapped_beside_its_headings() -> None:
    lines = [("日期", "报名开始\n报名截止"), ("基地名称", "郑州市第一示例医院郑州市第一示例医院")]
    assert sheet_lines(lines, 30) == (
        "日期      报名开始\n          报名截止\n基地名称  郑州市第一示例医院郑\n          州市第一示例医院\n"
    )
    assert max(map(display_width, sheet_lines(lines, None).splitlines())) == 46


# -- --columns, --sort, --limit --------------------------------------------------------------------


@pytest.fixture
def places(zhupei: Run, database: str) -> Run:
    with transaction(database) as session:
        open_batch(session)

    def run(*args: str) -> Ran:
        return zhupei("--database", database, "batch", "plan", "list", *args)

    return run


def test_columns_by_heading_or_key(places: Run) -> None:
    ran = places("--columns", "计划人数,base,专业代码", "--limit", "2", "-f", "csv")
    assert ran == Ran(0, "计划人数,基地编号,专业代码\n10,4101001,0100\n10,4101001,0200\n", "")
    assert places("--columns", "base", "--limit", "1", "-f", "jsonl").out == '{"base": "4101001"}\n'


def test_sorted_up_and_down(places: Run) -> None:
    up = places("--columns", "base,specialty", "--sort", "specialty", "--limit", "1", "-f", "csv").out
    down = places("--columns", "base,specialty", "--sort=-specialty", "--limit", "1", "-f", "csv").out
    assert (up.split("\n")[1], down.split("\n")[1]) == ("4101001,0100", "4101001,2800")


def test_a_column_that_does_not_exist(places: Run) -> None:
    ran = places("--sort", "zzz")
    assert (ran.code, ran.err[:35]) == (2, "错误 [E080]：没有列 'zzz'，可用的列：基地编号、基地名称、")


def test_a_pipe_gets_every_row_and_column(places: Run) -> None:
    lines = places().out.splitlines()
    assert len(lines) == 2 + 9


# -- on a terminal ---------------------------------------------------------------------------------


def on_terminal(url: str, *args: str, columns: int, lines: int = 50, **more: str) -> str:
    """Return what a terminal shows of one command, without control sequences."""
    env = {**os.environ, "ZHUPEI_DATABASE_URL": url, "TERM": "xterm", "PAGER": "cat", "PYTHONUTF8": "1"}
    for name in ("COLUMNS", "LINES"):
        env.pop(name, None)
    child = pexpect.spawn(
        sys.executable,
        ["-c", "from zhupei_cli.shell.cli import main; main()", *args],
        env={**env, **more},
        encoding="utf-8",
        dimensions=(lines, columns),
        # Set from outside alone, the size may come after the command has looked.
        preexec_fn=lambda: termios.tcsetwinsize(0, (lines, columns)),
        timeout=30,
    )
    child.expect(pexpect.EOF)
    return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", str(child.before)).replace("\r", "")


@pytest.mark.sqlite
@pytest.mark.parametrize("columns", [40, 80, 120])
def test_lists_sheets_and_status_keep_to_the_width(database: str, columns: int) -> None:
    with transaction(database) as session:
        open_batch(session)
    for words in (("batch", "plan", "list"), ("base", "show", "4101001"), ("base", "list")):
        shown = on_terminal(database, *words, columns=columns)
        data = [line for line in shown.splitlines() if not line.startswith("屏幕不够宽")]
        assert max(wcwidth.wcswidth(line) for line in data) <= columns, shown
        assert not re.search("[\u2500-\u257f\U0001f300-\U0001faff]", shown)


@pytest.mark.sqlite
def test_columns_left_out_are_named(database: str) -> None:
    with transaction(database) as session:
        open_batch(session)
    shown = on_terminal(database, "batch", "plan", "list", columns=40)
    assert "屏幕不够宽，没有显示：" in shown
    assert "没有显示" not in on_terminal(database, "batch", "plan", "list", "--columns", "base", columns=40)


@pytest.mark.sqlite
def test_a_long_list_is_paged_only_where_somebody_can_turn_pages(database: str, tmp_path: Path) -> None:
    pager = tmp_path / "pager"
    pager.write_text("#!/bin/sh\nexec sed 's/^/PAGED /'\n")
    pager.chmod(0o755)
    words = ("base", "specialty", "list")
    paged = on_terminal(database, *words, columns=80, lines=10, PAGER=str(pager))
    assert paged.startswith("PAGED 专业代码")
    for more in ({"TERM": "dumb"}, {"ZHUPEI_NO_INPUT": "1"}):
        plain = on_terminal(database, *words, columns=80, lines=10, **{"PAGER": str(pager), **more})
        assert plain.startswith("专业代码")
    assert "PAGED" not in on_terminal(database, *words, columns=80, lines=100, PAGER=str(pager))


# -- other encodings -------------------------------------------------------------------------------


def in_gbk(url: str, *args: str) -> subprocess.CompletedProcess[bytes]:
    env = {**os.environ, "ZHUPEI_DATABASE_URL": url, "PYTHONUTF8": "0", "PYTHONIOENCODING": "gbk"}
    command = [sys.executable, "-c", "from zhupei_cli.shell.cli import main; main()", *args]
    return subprocess.run(command, capture_output=True, env=env, check=False)


@pytest.mark.sqlite
def test_a_gbk_console_reads_every_screen(database: str, home: Path) -> None:
    with transaction(database) as session:
        open_batch(session, contact="𠮷野 0371")
    for words in (("--help",), ("batch", "create", "--help"), ("base", "list"), ("doctor",), ("explain",)):
        ran = in_gbk(database, *words)
        assert (ran.returncode, "?" in ran.stdout.decode("gbk")) == (0, False), words
    assert "技术支持  ?野 0371" in in_gbk(database, "status").stdout.decode("gbk")
    # A file is for other programs: whole, whatever the console can show.
    assert in_gbk(database, "batch", "show", "-o", "a.json").returncode == 0
    assert "𠮷野" in (home / "a.json").read_text("utf-8")
