"""Half of the work done by a copy of the process, whatever becomes of the copy."""

import os
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from zhupei_cli import second_core
from zhupei_cli.second_core import in_two

Thing = list[int]

pytestmark = pytest.mark.skipif(not second_core._has_second_core(), reason="a machine with one core")


@pytest.fixture(autouse=True)
def from_ten_things(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(second_core, "MANY", 10)
    monkeypatch.setattr(second_core, "_PIECE", 3)


def _square(thing: Thing) -> None:
    thing += [thing[0] ** 2, os.getpid()]


def _in_two(things: list[Thing], work: Callable[[Thing], None]) -> list[Thing]:
    return list(
        in_two(things, work, told=lambda thing: thing[1:], heard=lambda thing, told: thing.extend(told))
    )


@pytest.mark.parametrize("count", [0, 9, 10, 11, 100])
def test_each_thing_is_worked_on_once_and_yielded(count: int) -> None:
    things = [[number] for number in range(count)]
    done = _in_two(things, _square)
    assert sorted(map(id, done)) == sorted(map(id, things))
    assert [thing[:2] for thing in things] == [[number, number**2] for number in range(count)]
    by_copy = [thing[2] != os.getpid() for thing in things]
    own = count if count < 10 else count // 2
    assert by_copy == [False] * own + [True] * (count - own)


@pytest.mark.parametrize("how", [lambda: os._exit(1), lambda: 1 / 0, lambda: os.kill(os.getpid(), 9)])
def test_what_a_dead_copy_left_is_done_here(how: Callable[[], object]) -> None:
    me = os.getpid()

    def work(thing: Thing) -> None:
        if os.getpid() != me and thing[0] == 15:
            how()
        _square(thing)

    things = [[number] for number in range(20)]
    _in_two(things, work)
    assert [thing[:2] for thing in things] == [[number, number**2] for number in range(20)]
    assert things[-1][2] == me


def test_a_fault_of_the_work_is_raised_here_wherever_it_comes_up() -> None:
    def work(thing: Thing) -> None:
        if thing[0] == 19:
            raise ValueError("nineteen")

    with pytest.raises(ValueError, match="nineteen"):
        _in_two([[number] for number in range(20)], work)


def test_whoever_stops_half_way_leaves_no_process() -> None:
    children = Path(f"/proc/self/task/{os.getpid()}/children")
    before = children.read_text()
    things = [[number] for number in range(1_000)]
    with closing(in_two(things, _square, told=list, heard=list.extend)) as going:
        next(going)
        assert children.read_text() != before
    assert children.read_text() == before
