"""Work shared with a copy of the process: the same in the same order, whatever becomes of the copy."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from zhupei_cli.copied import MAX_PIECES, work_shared

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux makes copies of a process safely")

_MANY = 40


def _words(piece: int) -> list[str]:
    return [f"{piece}/{number} 号" for number in range(100)]


def _who(piece: int) -> list[int]:
    time.sleep(0.002)
    return [os.getpid(), piece]


def _children() -> set[str]:
    return set(Path(f"/proc/self/task/{os.getpid()}/children").read_text().split())


@pytest.mark.parametrize("pieces", [0, 1, 2, _MANY, MAX_PIECES])
def test_it_yields_what_would_be_worked_out_here(pieces: int) -> None:
    with work_shared(_words, pieces) as told:
        assert list(told) == list(map(_words, range(pieces)))


def test_both_take_part() -> None:
    with work_shared(_who, _MANY) as told:
        done = list(told)
    assert [piece for _, piece in done] == list(range(_MANY))
    assert len({process for process, _ in done}) == 2
    assert os.getpid() in {process for process, _ in done}


def test_what_the_copy_did_not_live_to_tell_is_worked_out_here() -> None:
    here = os.getpid()

    def dying(piece: int) -> list[int]:
        time.sleep(0.002)
        if piece >= 10 and os.getpid() != here:
            os._exit(1)
        return [piece]

    with work_shared(dying, _MANY) as told:
        assert list(told) == [[piece] for piece in range(_MANY)]


def test_an_error_is_raised_here() -> None:
    def failing(piece: int) -> list[int]:
        if piece == 20:
            raise ValueError("odd")
        return [piece]

    got: list[list[int]] = []
    with work_shared(failing, _MANY) as told, pytest.raises(ValueError, match="odd"):
        got.extend(iter(lambda: next(told), None))
    assert got == [[piece] for piece in range(len(got))]
    assert len(got) <= 20


def test_who_leaves_early_leaves_no_process_behind() -> None:
    before = _children()
    with work_shared(_who, _MANY) as told:
        next(told)
        assert len(_children() - before) == 1
    assert _children() == before


def _copies_of(make: str, *before: str) -> str:
    """Run a program of its own that prints how many results it got, and whether all are right."""
    code = "\n".join(
        (
            "import os, resource, signal, sys, tempfile, time",
            "from zhupei_cli.copied import work_shared",
            *before,
            "def make(piece):",
            "    time.sleep(0.001)",
            f"    return {make}",
            "with work_shared(make, 200) as told:",
            "    got = list(told)",
            "print(len(got), len({one[-1] for one in got}), [one[0] for one in got] == list(range(200)))",
        )
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert ran.stderr == ""
    return ran.stdout.strip()


@pytest.mark.parametrize(
    ("before", "workers"),
    [
        ((), 2),
        (("signal.signal(signal.SIGCHLD, signal.SIG_IGN)",), 2),
        # Some pieces stand in the file, the rest is worked out here.
        (
            (
                "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)",
                "resource.setrlimit(resource.RLIMIT_FSIZE, (500, 500))",
            ),
            2,
        ),
        (("tempfile.tempdir = '/nowhere/at/all'",), 1),
        (("resource.setrlimit(resource.RLIMIT_NOFILE, (4, 4))",), 1),
        (("resource.setrlimit(resource.RLIMIT_NOFILE, (6, 6))",), 1),
    ],
    ids=[
        "as it is",
        "children are reaped",
        "a full disk",
        "no temporary folder",
        "no file",
        "one pipe alone",
    ],
)
def test_whatever_it_lacks_all_is_worked_out(before: tuple[str, ...], workers: int) -> None:
    assert _copies_of("(piece, os.getpid())", *before) == f"200 {workers} True"


def test_a_copy_whose_parent_is_gone_ends() -> None:
    """It notices when it has the next piece to tell."""
    source, target = os.pipe()
    parent = os.fork()
    if not parent:
        try:
            os.close(source)

            def slow(_piece: int) -> list[int]:
                os.write(target, os.getpid().to_bytes(8, "big"))
                time.sleep(0.05)
                return [0]

            with work_shared(slow, MAX_PIECES):
                time.sleep(60)
        finally:
            os._exit(0)
    os.close(target)
    with os.fdopen(source, "rb") as said:
        copy = int.from_bytes(said.read(8), "big")
        os.kill(parent, signal.SIGKILL)
        os.waitpid(parent, 0)
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline and _lives(copy):
            time.sleep(0.05)
    assert not _lives(copy)


def _lives(process: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{process}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_ctrl_c_ends_the_copy_and_is_raised_here() -> None:
    before = _children()
    # Who runs the tests in the background may have Ctrl-C ignored.
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt), work_shared(_who, MAX_PIECES) as told:
            next(told)
            signal.raise_signal(signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, handler)
    assert _children() == before
