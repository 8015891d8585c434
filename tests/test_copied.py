"""Work done ahead by a copy of the process: the same in the same order, whatever becomes of the copy."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from zhupei_cli.copied import worked_ahead

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux makes copies of a process safely")

_MANY = 2_500


def _numbers() -> Iterator[tuple[int, str]]:
    for number in range(_MANY):
        yield number, f"{number} 号"


def _who() -> Iterator[int]:
    for _ in range(_MANY):
        yield os.getpid()


def _children() -> set[str]:
    return set(Path(f"/proc/self/task/{os.getpid()}/children").read_text().split())


@pytest.mark.parametrize("worth", [True, False])
def test_it_yields_what_would_be_worked_out_here(worth: bool) -> None:
    with worked_ahead(_numbers, worth=worth) as told:
        assert list(told) == list(_numbers())


def test_only_what_is_worth_it_is_done_by_a_copy() -> None:
    with worked_ahead(_who, worth=False) as told:
        assert set(told) == {os.getpid()}
    with worked_ahead(_who, worth=True) as told:
        copies = set(told)
    assert len(copies) == 1
    assert os.getpid() not in copies


def test_what_the_copy_did_not_live_to_tell_is_worked_out_here() -> None:
    here = os.getpid()

    def dying() -> Iterator[int]:
        for number in range(_MANY):
            if number == 1_500 and os.getpid() != here:
                os._exit(1)
            yield number

    with worked_ahead(dying, worth=True) as told:
        assert list(told) == list(range(_MANY))


def test_an_error_is_raised_here_after_what_came_before_it() -> None:
    def failing() -> Iterator[int]:
        yield from range(1_200)
        raise ValueError("odd")

    got: list[int] = []
    with worked_ahead(failing, worth=True) as told, pytest.raises(ValueError, match="odd"):
        got.extend(iter(lambda: next(told), None))
    assert got == list(range(1_200))


def test_who_leaves_early_leaves_no_process_behind() -> None:
    def endless() -> Iterator[int]:
        number = 0
        while True:
            yield (number := number + 1)

    before = _children()
    with worked_ahead(endless, worth=True) as told:
        assert next(told) == 1
        assert len(_children() - before) == 1
    assert _children() == before


def _copies_of(make: str, *before: str) -> str:
    """Run a program of its own that prints how many results it got, and by whom they were worked out."""
    code = "\n".join(
        (
            "import os, resource, signal, sys, tempfile",
            "from zhupei_cli.copied import worked_ahead",
            *before,
            "def make():",
            f"    for number in range(4_000): yield {make}",
            "with worked_ahead(make, worth=True) as told:",
            "    got = list(told)",
            "print(len(got), len({one[-1] for one in got}), [one[0] for one in got] == list(range(4_000)))",
        )
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert ran.stderr == ""
    return ran.stdout.strip()


@pytest.mark.parametrize(
    ("before", "workers"),
    [
        ((), 1),
        (("signal.signal(signal.SIGCHLD, signal.SIG_IGN)",), 1),
        # Some pieces stand in the file, the rest is worked out here.
        (
            (
                "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)",
                "resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, 30_000))",
            ),
            2,
        ),
        (("tempfile.tempdir = '/nowhere/at/all'",), 1),
        (("resource.setrlimit(resource.RLIMIT_NOFILE, (4, 4))",), 1),
    ],
    ids=["as it is", "children are reaped", "a full disk", "no temporary folder", "no files more"],
)
def test_whatever_it_lacks_all_is_worked_out(before: tuple[str, ...], workers: int) -> None:
    assert _copies_of("(number, os.getpid())", *before) == f"4000 {workers} True"


def test_a_copy_whose_parent_is_gone_ends() -> None:
    """It notices when it has the next piece to tell."""
    source, target = os.pipe()
    parent = os.fork()
    if not parent:
        try:
            os.close(source)

            def endless() -> Iterator[int]:
                os.write(target, os.getpid().to_bytes(8, "big"))
                while True:
                    yield 0

            with worked_ahead(endless, worth=True):
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
    def endless() -> Iterator[int]:
        while True:
            yield 0

    before = _children()
    # Who runs the tests in the background may have Ctrl-C ignored.
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt), worked_ahead(endless, worth=True) as told:
            assert next(told) == 0
            signal.raise_signal(signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, handler)
    assert _children() == before
