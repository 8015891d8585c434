"""Streams as shells and programs hand them over: of another encoding, closed, full."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.people import open_batch
from zhupei_cli.acting import Acting
from zhupei_cli.store.engine import transaction

pytestmark = [pytest.mark.long, pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX shell")]
ZHUPEI = f"{Path(sys.executable).parent}/zhupei"
#: Is not in GBK, and stands in names.
RARE = "𠮷"


def ran(line: str, home: Path, **env: str) -> "subprocess.CompletedProcess[bytes]":
    """Run a line of the shell in which `zhupei` is the program."""
    return subprocess.run(
        ["bash", "-c", f'zhupei() {{ "{ZHUPEI}" "$@"; }}; {line}'],
        capture_output=True,
        cwd=home,
        env={**os.environ, "ZHUPEI_DATABASE_URL": "sqlite:///zhupei.sqlite", **env},
        check=False,
    )


@pytest.fixture
def world(home: Path, database: str, by: Acting) -> Path:
    """A folder with a database whose batch has a name that GBK cannot write."""
    del by
    with transaction(database) as session:
        open_batch(session).name = f"朱{RARE}招收"
    return home


@pytest.mark.sqlite
@pytest.mark.parametrize("encoding", ["gbk", "ascii", "utf-8"])
def test_what_programs_read_is_utf8_whatever_the_terminal_speaks(world: Path, encoding: str) -> None:
    env = {"PYTHONIOENCODING": encoding}
    assert json.loads(ran("zhupei batch list --json", world, **env).stdout.decode())[0]["name"] == "朱𠮷招收"
    assert "朱𠮷招收" in ran("zhupei batch list -f csv", world, **env).stdout.decode()
    assert "朱𠮷招收" in ran("zhupei batch list -f jsonl", world, **env).stdout.decode()
    summary = ran("zhupei batch edit --set contact=甲 --json", world, **env)
    assert json.loads(summary.stdout.decode())["changes"][0]["after"] == "甲"
    error = json.loads(ran("zhupei batch show 无 --json", world, **env).stderr.decode())
    assert error["error"]["code"] == "E301"


@pytest.mark.sqlite
def test_people_at_a_gbk_terminal_read_gbk(world: Path) -> None:
    told = ran("zhupei batch list", world, PYTHONIOENCODING="gbk")
    assert "朱?招收" in told.stdout.decode("gbk")


@pytest.mark.sqlite
@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-"])
def test_closed_streams_are_no_trouble(world: Path, closed: str, thorough: bool) -> None:
    # Every command is walked so in tests/hardship; here it is the shell that closes them.
    lines = ("batch edit --set contact=乙", "batch list --json", "--help")
    for line in lines if thorough or "<" in closed else lines[:1]:
        one = ran(f"zhupei {line} {closed}", world)
        assert (one.returncode, b"Traceback" in one.stderr) == (0, False), one.stderr
    assert ran(f"zhupei batch show 无 {closed}", world).returncode == 4
    assert b"\xe4\xb9\x99" in ran("zhupei batch show", world).stdout  # 乙 was kept, and the file is whole


@pytest.mark.sqlite
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_behind_stdout_is_told(world: Path) -> None:
    for line in ("batch list", "batch list --json", "explain -f csv", "--help"):
        one = ran(f"zhupei {line} > /dev/full", world)
        assert one.returncode == 1
        message = "不能写入 标准输出：磁盘已满"
        hint = "请检查文件夹是否存在、是否有写权限、磁盘是否已满"
        if "--json" in line:
            expected = {"error": {"code": "E003", "message": message, "hint": hint}}
            assert json.loads(one.stderr.decode()) == expected
        else:
            assert one.stderr.decode() == f"错误 [E003]：{message}\n怎么办：{hint}\n"
    assert ran("zhupei batch edit --set contact=丙 2> /dev/full", world).returncode == 0
    assert ran("zhupei batch show 无 2> /dev/full", world).returncode == 4


@pytest.mark.sqlite
def test_nobody_reads_on(world: Path) -> None:
    """A reader that has enough is no error of ours, whatever is written and however much of it."""
    for line in ("explain", "explain --json", "batch list --json", "batch --help", "--version"):
        for reader in ("head -1", "true"):
            one = ran(f"zhupei {line} | {reader}; echo ${{PIPESTATUS[0]}} >&2", world)
            assert one.stderr == b"0\n", (line, reader)
    line = "zhupei explain | true; echo ${PIPESTATUS[0]} >&2"
    assert (
        ran(line, world, PYTHONUNBUFFERED="").stderr
        == ran(line, world, PYTHONUNBUFFERED="1").stderr
        == b"0\n"
    )
    one = ran("zhupei explain E501 2>&1 | true; echo ${PIPESTATUS[0]} >&2", world)
    assert one.stderr == b"0\n"


@pytest.mark.sqlite
def test_who_stops_reading_stops_no_work(world: Path) -> None:
    done = ran("zhupei batch edit --set contact=丁 --json | true; echo ${PIPESTATUS[0]} >&2", world)
    assert done.stderr == b"0\n"
    done = ran("zhupei batch edit --set contact=戊 2>&1 | true; echo ${PIPESTATUS[0]} >&2", world)
    assert done.stderr == b"0\n"
    assert "戊" in ran("zhupei batch show", world).stdout.decode()
    # What was found is said by the exit code, read or not; an error keeps its own.
    # The world was made without events: the check has something to find.
    assert ran("zhupei db check | true; echo ${PIPESTATUS[0]}", world).stdout == b"3\n"
    refused = ran("zhupei batch show 无 --json 2>&1 | true; echo ${PIPESTATUS[0]}", world)
    assert refused.stdout == b"4\n"
