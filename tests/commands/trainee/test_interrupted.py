"""Ctrl-C while an import tells what it did: the change is kept by then, and nobody is told otherwise."""

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.people import open_batch, person, write_people
from zhupei_cli.store.engine import transaction

_PROGRAM = (
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler);"
    "from zhupei_cli.shell.cli import main; main()"
)


@pytest.mark.skipif(sys.platform == "win32", reason="there is no signal of that kind")
def test_who_is_interrupted_after_the_change_is_told_that_it_is_kept(
    zhupei: Run, database: str, home: Path
) -> None:
    with transaction(database) as session:
        batch = open_batch(session)
        batch.apply_from, batch.apply_until = (
            datetime(2020, 1, 1, tzinfo=UTC),
            datetime(2099, 1, 1, tzinfo=UTC),
        )
    people = [person(number, mobile="1" if number % 2 else "13800000000") for number in range(1, 801)]
    path = write_people(home / "报名.xlsx", people)
    command = ("--database", database, "trainee", "import", path, "--json")
    # Nobody reads what it says: the summary of some hundred problems does not fit into the pipe.
    with subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, *map(str, command)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONUTF8": "1"},
    ) as process:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and not (home / "报名_未通过.xlsx").exists():
            time.sleep(0.05)
        time.sleep(0.5)
        assert process.poll() is None
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert (process.returncode, "E796" in err.decode(), "没有写入" in err.decode()) == (1, True, False)
    assert zhupei("--database", database, "trainee", "list", "--json").out.count('"name"') == 400
