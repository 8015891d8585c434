"""Good workbooks damaged at random: read, or refused with a code of ours."""

import random
import zipfile
from pathlib import Path

import pytest

from tests.sheets.books import ods, typed
from zhupei_cli.errors import ZhupeiError
from zhupei_cli.sheets.read import read_book

_CELL = '<table:table-cell office:value-type="string"><text:p>x</text:p></table:table-cell>'


def _mutated(chance: random.Random, content: bytes) -> bytes:
    mutant = bytearray(content)
    for _ in range(chance.randrange(1, 5)):
        at, other = chance.randrange(len(mutant)), chance.randrange(len(mutant))
        match chance.randrange(4):
            case 0:
                mutant[at] = chance.choice(b"0123456789<>/\"'=ARZ&; ")
            case 1:
                del mutant[at : at + chance.randrange(1, 20)]
            case 2:
                mutant[at:at] = mutant[other : other + chance.randrange(1, 60)]
            case _:
                mutant[at:at] = str(chance.choice([0, 1, 99, 1_048_576, 4_294_967_295, -1])).encode()
    return bytes(mutant)


@pytest.mark.parametrize("suffix", ["xlsx", "ods"])
@pytest.mark.parametrize("seed", range(3))
def test_damaged_files_are_read_or_refused(tmp_path: Path, seed: int, suffix: str) -> None:
    """A hundred mutants of a good workbook each: never another error than ours."""
    chance = random.Random(seed)
    rows = [[f"姓名{row}", 1.5, "=1/0", None, "2024-06-30"] for row in range(20)]
    good = tmp_path / f"a.{suffix}"
    if suffix == "xlsx":
        typed(good, ("一", rows), formulas=True)
    else:
        ods(good, f"<table:table-row>{_CELL * 3}</table:table-row>" * 20)
    with zipfile.ZipFile(good) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    path = tmp_path / f"b.{suffix}"
    for _ in range(100):
        part = chance.choice([name for name in parts if name.endswith((".xml", ".rels"))])
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in parts.items():
                archive.writestr(name, _mutated(chance, content) if name == part else content)
        try:
            assert read_book(path).sheets
        except ZhupeiError as error:
            assert error.exit_code == 3
