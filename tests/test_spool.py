"""Pieces in a file without a name: what was put in comes out, wherever it has to wait."""

import os
import random
import sys
import tempfile
from pathlib import Path

import pytest

from zhupei_cli import spool
from zhupei_cli.spool import Spool


def _pieces(count: int, longest: int) -> list[bytes]:
    made = random.Random(7)
    return [made.randbytes(made.randrange(longest)) for _ in range(count)]


def _filled(pieces: list[bytes]) -> Spool:
    filled = Spool()
    for piece in pieces:
        filled.append(piece)
    return filled


@pytest.mark.parametrize("longest", [8, 3_000, 900_000])
def test_pieces_come_out_as_they_went_in(longest: int) -> None:
    pieces = _pieces(2_000 if longest < 10_000 else 12, longest)
    filled = _filled(pieces)
    assert len(filled) == len(pieces)
    assert [filled[at] for at in range(len(pieces))] == pieces
    order = random.Random(1).sample(range(len(pieces)), len(pieces))
    assert [filled[at] for at in order] == [pieces[at] for at in order]


def test_what_is_added_between_is_found_too() -> None:
    pieces, filled = _pieces(3_000, 2_000), Spool()
    for at, piece in enumerate(pieces):
        filled.append(piece)
        assert filled[at // 2] == pieces[at // 2]
    assert [filled[at] for at in range(len(pieces))] == pieces


def test_few_bytes_need_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere/at/all")
    assert _filled([b"a", b"bc"])[1] == b"bc"


def test_without_a_file_all_stays_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere/at/all")
    pieces = _pieces(2_000, 3_000)
    filled = _filled(pieces)
    assert [filled[at] for at in range(len(pieces))] == pieces


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no disk that is full")
def test_a_full_disk_costs_memory_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def opened(**_how: object) -> object:
        return Path("/dev/full").open("r+b", buffering=0)

    monkeypatch.setattr(spool, "TemporaryFile", opened)
    pieces = _pieces(2_000, 3_000)
    filled = _filled(pieces)
    assert [filled[at] for at in range(len(pieces))] == pieces


@pytest.mark.skipif(sys.platform == "win32", reason="there are no copies of a process")
def test_a_copy_of_the_process_reads_beside_it() -> None:
    pieces = _pieces(4_000, 3_000)
    filled = _filled(pieces)
    copy = os.fork()
    if not copy:
        os._exit([filled[at] for at in reversed(range(len(pieces)))] != pieces[::-1])
    assert [filled[at] for at in range(len(pieces))] == pieces
    assert os.waitpid(copy, 0)[1] == 0
