"""Every command on a full disk, in a read-only folder, on a locked database, with a stream closed or full.

None ends as a fault of the program: each says what is wrong, with a code and its exit, or does its work.
"""

import os
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from tests.hardship import walks, world
from tests.hardship.walks import Ended
from zhupei_cli.shell.outline import load_outline
from zhupei_cli.store.engines import patience

pytestmark = [
    pytest.mark.sqlite,
    pytest.mark.long,
    pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux"),
]

#: Ways in which commands have it hard; each has commands of its own where not all are walked.
_WALKS = 7


@pytest.fixture(scope="module")
def prepared(template: Path) -> Iterator[Path]:
    """A folder with the database and the workbooks of `world`."""
    folder = walks.temporary()
    shutil.copyfile(template, folder / "zhupei.sqlite")
    world.fill(f"sqlite:///{folder}/zhupei.sqlite", folder)
    yield folder
    shutil.rmtree(folder)


def _unforeseen(ended: list[Ended]) -> list[tuple[str, int, str]]:
    return [
        (one.command, one.code, one.err[-400:])
        for one in ended
        if one.code not in (0, 2, 3, 4, 5, 6, 1) or "E901" in one.err or "Traceback" in one.err
    ]


def _lines(at: int, *, thorough: bool) -> list[str]:
    """Return a seventh of the commands, another for each walk, and those that most may befall: or all."""
    return [
        one
        for number, one in enumerate(world.LINES)
        if thorough
        or number % _WALKS == at
        or one.startswith("db ")
        or one.endswith(" import")
        or one == "doctor"
    ]


def _require_disks() -> None:
    if os.geteuid() != 0:
        pytest.skip("only root may lay a small disk over a folder")


def test_every_command_has_a_line() -> None:
    leaves = {words for words, entry in load_outline().items() if words and "commands" not in entry}
    assert set(world.LINES) == leaves


def _on_a_full_disk(prepared: Path, home: Path, lines: Sequence[str]) -> list[Ended]:
    ended = []
    with walks.small_disk(home):
        walks.prepare(home)
        for command in lines:
            walks.fresh(prepared, home)
            path = home / "zhupei.sqlite"
            with walks.in_use(path):
                walks.fill_up(home)
                ended.append(walks.run(command, f"sqlite:///{path}", home))
    return ended


def test_a_disk_that_is_full(prepared: Path, tmp_path: Path, thorough: bool) -> None:
    """The database, what it needs beside it and all that is written are on one disk without a free byte."""
    _require_disks()
    lines = _lines(4, thorough=thorough)
    assert _unforeseen(walks.apart(_on_a_full_disk, prepared, tmp_path, lines)) == []


def _with_a_full_disk(prepared: Path, home: Path, lines: Sequence[str]) -> list[Ended]:
    ended = []
    disk = home / "disk"
    disk.mkdir()
    with walks.small_disk(disk):
        walks.prepare(home)
        walks.fresh(prepared, disk)
        (disk / "zhupei.sqlite").unlink()
        walks.fill_up(disk)
        for command in lines:
            path = home / "zhupei.sqlite"
            for old in home.glob("zhupei.sqlite*"):
                old.unlink()
            shutil.copyfile(prepared / "zhupei.sqlite", path)
            ended.append(walks.run(command, f"sqlite:///{path}", disk))
    return ended


def test_a_disk_for_what_is_written_that_is_full(prepared: Path, tmp_path: Path, thorough: bool) -> None:
    """The database has room. Imports are kept, and say what they did and refused."""
    _require_disks()
    ended = walks.apart(_with_a_full_disk, prepared, tmp_path, _lines(0, thorough=thorough))
    assert _unforeseen(ended) == []
    for one in ended:
        if one.command.endswith(" import"):
            assert "导入完成：共 2 " in one.err, one
            assert (one.code, "错误 [E" in one.err) in ((3, True), (0, False)), one
        elif "-o {home}" in world.LINES[one.command] and one.code:
            assert one.code == 1, one
            assert "[E003]：不能写入" in one.err, one
            assert "标准输出" not in one.err, one


def _on_a_read_only_disk(prepared: Path, home: Path, lines: Sequence[str]) -> list[Ended]:
    with walks.small_disk(home):
        walks.prepare(home)
        walks.fresh(prepared, home)
        walks.make_read_only(home)
        return [walks.run(one, f"sqlite:///{home}/zhupei.sqlite", home) for one in lines]


def test_a_disk_that_is_read_only(prepared: Path, tmp_path: Path, thorough: bool) -> None:
    _require_disks()
    lines = _lines(1, thorough=thorough)
    assert _unforeseen(walks.apart(_on_a_read_only_disk, prepared, tmp_path, lines)) == []


def _waiting_briefly(home: Path, lines: Sequence[str]) -> list[Ended]:
    walks.prepare(home)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(patience, "BUSY_TIMEOUT", 20)
        return [walks.run(one, f"sqlite:///{home}/zhupei.sqlite", home) for one in lines]


@pytest.mark.parametrize("hoarded", [False, True], ids=["written to", "exclusive"])
def test_a_database_that_is_locked(prepared: Path, tmp_path: Path, hoarded: bool, thorough: bool) -> None:
    walks.fresh(prepared, tmp_path)
    with closing(sqlite3.connect(tmp_path / "zhupei.sqlite")) as other:
        if hoarded:
            other.execute("PRAGMA locking_mode=EXCLUSIVE")
        other.execute("BEGIN IMMEDIATE")
        other.execute("UPDATE counter SET value = value")
        ended = walks.apart(_waiting_briefly, tmp_path, _lines(2 + hoarded, thorough=thorough))
    assert _unforeseen(ended) == []


def _without_streams(prepared: Path, home: Path, stream: str, lines: Sequence[str]) -> list[Ended]:
    walks.prepare(home)
    ended = []
    for command in lines:
        walks.fresh(prepared, home)
        made = None if stream == "closed" else partial(Path(stream).open, "wb", buffering=0)
        ended.append(walks.run(command, f"sqlite:///{home}/zhupei.sqlite", home, stream=made))
    return ended


@pytest.mark.parametrize(("at", "stream"), list(enumerate(["closed", "/dev/full"])))
def test_streams_that_are_gone(prepared: Path, tmp_path: Path, at: int, stream: str, thorough: bool) -> None:
    lines = _lines(5 + at, thorough=thorough)
    assert _unforeseen(walks.apart(_without_streams, prepared, tmp_path, stream, lines)) == []
