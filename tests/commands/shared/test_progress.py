import os
import re
import subprocess
import sys

import pexpect
import pytest

from commands.shared.progress import progress_line

WORK = """
import time
from datetime import UTC, datetime
from commands.shared.progress import Progress
from zhupei_cli.settings import Settings

with Progress(Settings("sqlite:///a", "王", lambda: datetime.now(UTC))) as progress:
    for _ in progress.watch(range(%d), "检查", "人", then="写入"):
        time.sleep(0.1)
print("完")
"""


@pytest.mark.parametrize(
    ("done", "total", "seconds", "line"),
    [
        (0, 0, 3.4, "检查……已 3 秒"),
        (0, 10, 3.4, "检查 0/10 人"),
        (50, 150, 2.0, "检查 50/150 人，每秒 25 人，还要 4 秒"),
        (10, 10_000, 1.0, "检查 10/10000 人，每秒 10 人，还要 16 分 39 秒"),
    ],
)
def test_what_is_said(done: int, total: int, seconds: float, line: str) -> None:
    assert progress_line("检查", "人", done=done, total=total, seconds=seconds) == line


def shown(pieces: int, **more: str) -> str:
    env = {**os.environ, "TERM": "xterm", "PYTHONUTF8": "1", **more}
    child = pexpect.spawn(sys.executable, ["-c", WORK % pieces], env=env, encoding="utf-8", timeout=20)
    child.expect(pexpect.EOF)
    return str(child.before)


def test_long_work_on_a_terminal_tells_rate_and_rest_and_wipes_itself_out() -> None:
    out = shown(18)
    assert re.search(r"\r检查 1\d/18 人，每秒 \d+ 人，还要 [01] 秒", out)
    assert re.search(r"\r +\r完\r\n$", out)


def test_short_work_and_dumb_terminals_say_nothing() -> None:
    assert shown(3) == "完\r\n"
    assert shown(13, TERM="dumb") == "完\r\n"


def test_nothing_where_stderr_is_no_terminal() -> None:
    ran = subprocess.run([sys.executable, "-c", WORK % 13], capture_output=True, text=True, check=True)
    assert (ran.stdout, ran.stderr) == ("完\n", "")
