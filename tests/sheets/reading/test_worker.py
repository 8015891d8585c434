"""The reading process may die of a file; whoever asked hears of it, and reads on."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from zhupei_cli.sheets.reading.scan import Limits
from zhupei_cli.sheets.reading.worker import Worker
from zhupei_cli.words.errors import ZhupeiError

#: A reading process to which a file named bad.* does what stands here.
START = """
import sys
sys.path[:] = sys.argv[1:]
from zhupei_cli.sheets.reading import child, guard
import os, time
real, child._SECONDS = guard.package_form, 0
def form_of(path):
    if path.stem == "bad":
        {deed}
    return real(path)
guard.package_form = form_of
child.main()
"""
LIMITS = Limits(100, 100)
GOOD = [("hidden", []), ("sheet", "a"), ("rows", 1, [["甲", "乙"]], []), ("end", [], [])]

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limits")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("a", "bad"):
        (tmp_path / f"{name}.csv").write_text("甲,乙\n", "utf-8")
    return tmp_path


@pytest.fixture
def worker(request: pytest.FixtureRequest) -> Iterator[Worker]:
    worker = Worker(START.format(deed=request.param))
    yield worker
    worker.close()


@pytest.mark.parametrize(
    ("worker", "code"),
    [
        ("os.abort()", "E044"),
        ("os._exit(0)", "E044"),
        ("1 / 0", "E044"),
        pytest.param("os.kill(os.getpid(), 9)", "E044", marks=posix),
        pytest.param("bytes(1 << 30)", "E043", marks=posix),
        pytest.param("while True: pass", "E042", marks=posix),
        ("time.sleep(60)", "E042"),
    ],
    indirect=["worker"],
)
def test_a_file_that_ends_the_process(folder: Path, worker: Worker, code: str) -> None:
    assert list(worker.read(folder / "a.csv", LIMITS)) == GOOD
    started = time.perf_counter()
    with pytest.raises(ZhupeiError) as caught:
        list(worker.read(folder / "bad.csv", LIMITS, patience=2))
    assert time.perf_counter() - started < 5
    assert (caught.value.code, caught.value.exit_code) == (code, 3)
    assert "bad.csv" in caught.value.message
    assert list(worker.read(folder / "a.csv", LIMITS)) == GOOD


@pytest.mark.parametrize("worker", ["pass"], indirect=True)
def test_a_process_is_kept_for_further_files_but_not_when_one_is_left_half_way(
    folder: Path, worker: Worker
) -> None:
    assert [list(worker.read(folder / name, LIMITS)) for name in ("a.csv", "a.csv")] == [GOOD, GOOD]
    first = worker.process_id
    messages = worker.read(folder / "a.csv", LIMITS)
    assert (next(messages), worker.process_id) == (GOOD[0], first)
    messages.close()  # type: ignore[attr-defined]
    assert worker.process_id is None
    assert list(worker.read(folder / "a.csv", LIMITS)) == GOOD
    assert worker.process_id != first


@pytest.mark.parametrize("worker", ["pass"], indirect=True)
def test_a_file_that_may_not_be_read_says_so(folder: Path, worker: Worker) -> None:
    with pytest.raises(IsADirectoryError) as caught:
        list(worker.read(folder, LIMITS))
    assert caught.value.filename == str(folder)


_ASKS = """
import os, signal, sys
from pathlib import Path
from zhupei_cli.sheets.reading.scan import Limits
from zhupei_cli.sheets.reading.worker import WORKER
messages = WORKER.read(Path(sys.argv[1]), Limits(10, 10))
next(messages)
print(WORKER.process_id, flush=True)
os.kill(os.getpid(), int(sys.argv[2]))
"""


@posix
@pytest.mark.parametrize("number", [2, 9, 15])
def test_no_orphan_stays(folder: Path, number: int) -> None:
    """Ctrl-C, or any other end of the program, is the end of its reading process too."""
    command = [sys.executable, "-c", _ASKS, str(folder / "a.csv"), str(number)]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    deadline = time.perf_counter() + 5
    while _lives(int(ran.stdout)) and time.perf_counter() < deadline:
        time.sleep(0.02)
    assert not _lives(int(ran.stdout))


def _lives(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{process_id}/stat")  # a dead one nobody has asked after yet
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] != "Z"
