"""A week of nights, a killed run and a full disk among them: a whole report or a clear failure."""

import os
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import text

from tests.report_world import draw, store
from zhupei_cli.store.engine import transaction

pytestmark = [
    pytest.mark.sqlite,
    pytest.mark.skipif(sys.platform == "win32", reason="limits and signals of POSIX"),
]

#: The program at an instant: its first argument; the second is the largest file it may write, 0 for no limit.
_NIGHT = """
import resource, sys
from datetime import datetime
if int(sys.argv[2]):
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
from zhupei_cli.shell.cli import cli
cli.main(sys.argv[3:], obj=lambda: datetime.fromisoformat(sys.argv[1]))
"""


class Office:
    """A folder of nightly reports of one database, and what was found there each morning."""

    def __init__(self, database: str, folder: Path) -> None:
        self.folder = folder
        self._environment = {**os.environ, "ZHUPEI_DATABASE_URL": database, "PYTHONUTF8": "1"}

    def begin(self, day: int, *, limit: int = 0) -> "subprocess.Popen[str]":
        """Start the report of a night."""
        moment = datetime(2026, 6, day, 18, 30, tzinfo=UTC).isoformat()
        command: Sequence[str] = ("-q", "report", "nightly", "-o", str(self.folder), "--keep", "5")
        return subprocess.Popen(
            [sys.executable, "-c", _NIGHT, moment, str(limit), *command],
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def night(self, day: int, *, limit: int = 0) -> tuple[int, str]:
        """Run the report of a night; return its code and what it said."""
        process = self.begin(day, limit=limit)
        out, err = process.communicate(timeout=60)
        assert out == ""
        return process.returncode, err

    def found(self, day: int) -> bool:
        """Return whether the report of a night is there: both files and whole, or nothing at all."""
        # 18:30 in UTC is half past two of the next morning.
        page, book = (self.folder / f"R_日报_2026-06-{day + 1:02d}.{end}" for end in ("html", "xlsx"))
        assert page.exists() == book.exists(), "one file without the other"
        if page.exists():
            assert page.read_text("utf-8").endswith("</html>")
            with zipfile.ZipFile(book) as archive:
                assert archive.testzip() is None
            assert openpyxl.load_workbook(book)["概览"]["B5"].value == 150
        return page.exists()

    def left(self) -> list[str]:
        """Return files in the making that nobody finished."""
        return [path.name for path in self.folder.glob(".zhupei*")]


@pytest.fixture
def office(database: str, tmp_path: Path) -> Office:
    with transaction(database) as session:
        store(session, draw(1), status="publicity")
    return Office(database, tmp_path / "日报")


def test_a_week(office: Office, database: str) -> None:
    assert (office.night(1), office.found(1)) == ((0, ""), True)
    assert (office.night(2), office.found(2)) == ((0, ""), True)

    killed = office.begin(3)
    _wait_until_it_works(office, killed)
    killed.kill()
    killed.communicate()
    assert killed.returncode == -signal.SIGKILL
    office.found(3)

    assert (office.night(4), office.found(4)) == ((0, ""), True)
    assert office.left() == [], "what the killed run left is gone"

    page = next(office.folder.glob("*.html"))
    code, said = office.night(5, limit=page.stat().st_size - 1)  # the disk is full
    assert (code, said[:9]) == (1, "错误 [E003]")
    assert "不能写入" in said
    assert (office.found(5), office.left()) == (False, [])
    assert "错误 [E003]" in (office.folder / "nightly.log").read_text("utf-8").splitlines()[-1]

    first, second = office.begin(6), office.begin(6)  # two at once
    first.communicate(timeout=60)
    second.communicate(timeout=60)
    assert (first.returncode, second.returncode) == (0, 0)
    assert office.found(6)
    assert (office.night(7), office.found(7)) == ((0, ""), True)
    assert not office.found(1), "kept for five days"
    with transaction(database) as session:
        nights = session.execute(text("SELECT count(*) FROM event WHERE action = 'report.nightly'")).scalar()
    assert nights in (6, 7), "one a run that ended well; the killed one may have got that far"


def _wait_until_it_works(office: Office, process: "subprocess.Popen[str]") -> None:
    log = office.folder / "nightly.log"
    lines = len(log.read_text("utf-8").splitlines())
    while len(log.read_text("utf-8").splitlines()) == lines and process.poll() is None:
        time.sleep(0.001)


def test_killed_at_any_moment(office: Office) -> None:
    assert office.night(1) == (0, "")
    for step in range(8):
        process = office.begin(2)
        _wait_until_it_works(office, process)
        time.sleep(step * 0.03)
        process.kill()
        process.communicate()
        office.found(2)
    assert (office.night(2), office.found(2), office.left()) == ((0, ""), True, [])


def test_a_disk_that_fills_while_the_second_file_is_written(office: Office) -> None:
    assert office.night(1) == (0, "")
    page, book = sorted(office.folder.glob("R_*"))
    assert page.stat().st_size > book.stat().st_size, "the page is written first; it must fit"
    before = [path.read_bytes() for path in (page, book)]
    code, said = office.night(1, limit=page.stat().st_size - 1)
    assert (code, said[:9]) == (1, "错误 [E003]")
    assert [path.read_bytes() for path in (page, book)] == before
    assert office.left() == []
