"""Five thousand good workbooks damaged at random: read, or refused with a code of ours; never worse.

The gate takes the first quarter of each herd.

A package whose bytes were touched has checksums: it must give the very same cells, or be refused.
"""

import random
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sheets.books import ods, typed
from tests.sheets.xls_books import xls
from zhupei_cli.sheets.reading.book import Sheet, read_book
from zhupei_cli.sheets.reading.worker import WORKER
from zhupei_cli.words.errors import ZhupeiError

pytestmark = pytest.mark.long

ROWS = [[f"姓名{row}", 1.5, "=1/0", None, "2024-06-30"] for row in range(20)]
_CELL = '<table:table-cell office:value-type="string"><text:p>x</text:p></table:table-cell>'

#: Format, what is damaged, how many of them.
HERDS = [
    *[("xlsx", "bytes", 500, seed) for seed in range(3)],
    *[("xlsx", "xml", 500, seed) for seed in range(3)],
    ("ods", "bytes", 300, 0),
    ("ods", "xml", 300, 0),
    *[("xls", "bytes", 500, seed) for seed in range(2)],
    ("csv", "bytes", 400, 0),
]


def test_there_are_enough() -> None:
    assert sum(count for _, _, count, _ in HERDS) >= 5_000


@pytest.mark.parametrize(("suffix", "damaged", "count", "seed"), HERDS)
def test_damaged_files_are_read_or_refused(
    tmp_path: Path, suffix: str, damaged: str, count: int, seed: int, thorough: bool
) -> None:
    good = _good(tmp_path, suffix)
    sheets = read_book(good).sheets
    path = tmp_path / f"b.{suffix}"
    chance = random.Random(f"{suffix} {damaged} {seed}")
    process, outcomes = WORKER.process_id, {"read": 0, "refused": 0}
    for _ in range(count if thorough else count // 4):
        _damage(chance, good, path, damaged)
        try:
            read = read_book(path).sheets
        except ZhupeiError as error:
            assert error.exit_code == 3
            assert error.code not in ("E042", "E043", "E044"), getattr(error, "__notes__", error.code)
            outcomes["refused"] += 1
        else:
            outcomes["read"] += 1
            if damaged == "bytes" and suffix in ("xlsx", "ods"):
                assert _cells(read) == _cells(sheets)
    assert min(outcomes.values()) > 0
    assert suffix == "ods" or WORKER.process_id == process


def _cells(sheets: tuple[Sheet, ...]) -> list[object]:
    return [(sheet.first_row, sheet.rows) for sheet in sheets]


def _good(folder: Path, suffix: str) -> Path:
    path = folder / f"a.{suffix}"
    match suffix:
        case "xlsx":
            typed(path, ("一", ROWS), formulas=True)
        case "ods":
            ods(path, f"<table:table-row>{_CELL * 3}</table:table-row>" * 20)
        case "xls":
            xls(path, [*ROWS, [True, b"#N/A", (45473,)]])
        case _:
            lines = [",".join(map(str, row)) for row in ROWS]
            path.write_text("\n".join(lines), "gb18030")
    return path


def _damage(chance: random.Random, good: Path, path: Path, damaged: str) -> None:
    if damaged == "bytes":
        path.write_bytes(_mutated(chance, good.read_bytes()))
        return
    with zipfile.ZipFile(good) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    part = chance.choice([name for name in parts if name.endswith((".xml", ".rels"))])
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, _mutated(chance, content) if name == part else content)


def _mutated(chance: random.Random, content: bytes) -> bytes:
    mutant = bytearray(content)
    for _ in range(chance.randrange(1, 5)):
        for change in _changes(chance, mutant):
            mutant = change
    return bytes(mutant)


def _changes(chance: random.Random, mutant: bytearray) -> Iterator[bytearray]:
    at, other = chance.randrange(len(mutant)), chance.randrange(len(mutant))
    head, tail = mutant[:at], mutant[at:]
    match chance.randrange(5):
        case 0:
            yield head + bytes([chance.choice(b"0123456789<>/\"'=ARZ&; \x00\xff")]) + tail[1:]
        case 1:
            yield head + tail[chance.randrange(1, 20) :]
        case 2:
            yield head + mutant[other : other + chance.randrange(1, 60)] + tail
        case 3:
            yield head + str(chance.choice([0, 1, 99, 1_048_576, 4_294_967_295, -1])).encode() + tail
        case _ if chance.random() < 0.1 and at > 1:
            yield head
