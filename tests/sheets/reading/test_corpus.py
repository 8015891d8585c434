"""Every file of the corpus meets its verdict, in good time, in little memory; the one who asks lives on."""

import sys
import time
from pathlib import Path

import pytest

from tests.sheets.corpus import Case, Flagged, cases
from tests.sheets.taken import take
from zhupei_cli.sheets.reading.book import read_book
from zhupei_cli.sheets.reading.worker import WORKER
from zhupei_cli.words.errors import ZhupeiError

SECONDS, MEMORY = 10, 256 << 20
CASES = cases()


def test_the_corpus_is_large() -> None:
    assert len({case.name for case in CASES}) == len(CASES) >= 120


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_file_meets_its_verdict(tmp_path: Path, case: Case) -> None:
    path = tmp_path / case.name
    case.make(path)
    started = time.perf_counter()
    found = _verdict(path, case.verdict)
    assert time.perf_counter() - started < SECONDS
    assert found == case.verdict


def _verdict(path: Path, wanted: object) -> object:
    try:
        book = read_book(path)
    except ZhupeiError as error:
        assert error.exit_code == 3
        assert path.name in error.message
        return error.code
    if not isinstance(wanted, Flagged):
        return book.sheets[0].rows
    table = take(book, wanted.kind)
    rows = {row.number: tuple(fault.code for fault in row.faults) for row in table.rows if row.faults}
    values = [row.values for row in table.rows] if wanted.values is not None else None
    return Flagged(wanted.kind, tuple(fault.code for fault in table.faults), rows, values)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not tell")
def test_the_corpus_takes_little_memory(tmp_path: Path) -> None:
    """Read by one process, which ends none of them."""
    WORKER.close()
    processes = set()
    for at, case in enumerate(CASES):
        path = tmp_path / f"{at}{Path(case.name).suffix}"
        case.make(path)
        _verdict(path, [])
        path.unlink()
        processes.add(WORKER.process_id)
    assert len(processes) == 1
    _verdict(_good(tmp_path), [])
    assert 0 < WORKER.peak < MEMORY


def _good(folder: Path) -> Path:
    path = folder / "good.csv"
    path.write_text("甲,乙\n", "utf-8")
    return path
