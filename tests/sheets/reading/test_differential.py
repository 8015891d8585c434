"""Ours against python-calamine and openpyxl, cell by cell; every way of ours against every other.

What ours marks (an error, a formula without a result) is no difference: it is said, not lost.
"""

from itertools import islice
from pathlib import Path
from zipfile import BadZipFile, ZipFile

import pytest

from tests.sheets.corpus import Case, cases
from tests.sheets.large_mutants import differences, mutants, unlike, write
from tests.sheets.offices import PROGRAMS, save_as
from tests.sheets.reading.test_offices import CHOICES, KINDS, filled
from tests.sheets.readings import by_calamine, by_openpyxl, read_here
from zhupei_cli.sheets.kinds.columns import Kind
from zhupei_cli.sheets.writing.template import form_of, write_template

_PACKAGES = [case for case in cases() if case.name.endswith((".xlsx", ".xlsm", ".ods"))]
_READ = [case for case in _PACKAGES if not isinstance(case.verdict, str) and "text named" not in case.name]
_HALVES = "it leaves half a character as it is written, which is no text"
#: Where another library reads otherwise, or gives up: why ours does not.
_CALAMINE = {
    "four thousand million strings promised.xlsx": "it makes room for them, and the process ends",
    "a number that is none.xlsx": "it gives the whole file up for one cell",
    "a shared string that is not there.xlsx": "it gives the whole file up for one cell",
    "half a character.xlsx": _HALVES,
    "two halves of one.xlsx": _HALVES,
    "a comment.ods": "it gives the whole file up for a comment",
}
_OPENPYXL = {
    "a million rows with a look.xlsx": "the sheet names a style the workbook has not",
    "cells with a look to the last column.xlsx": "the sheet names a style the workbook has not",
    "the strict edition.xlsx": "it knows no cells of the strict edition",
    "dates of every look.xlsx": "it does not know the dates of Chinese Excel, 27 to 36 and 50 to 58",
    "days counted from 1904.xlsx": "it does not know the dates of Chinese Excel, 27 to 36 and 50 to 58",
    "a shared string that is not there.xlsx": "it gives the whole file up for one cell",
    "a string in pieces.xlsx": "the strings have no namespace",
    "an escaped character.xlsx": "it leaves what is escaped as it is written",
    "half a character.xlsx": _HALVES,
    "two halves of one.xlsx": _HALVES,
}
#: Bytes of a sheet that are read piece by piece within a test's time.
_BYTES = {1: 30_000, 7: 200_000, 4096: 6 << 20}


def _unpacked(path: Path) -> int:
    try:
        with ZipFile(path) as package:
            return sum(info.file_size for info in package.infolist())
    except (BadZipFile, UnicodeDecodeError):
        return path.stat().st_size


@pytest.mark.parametrize("case", _PACKAGES, ids=lambda case: case.name)
@pytest.mark.parametrize("chunk", _BYTES)
def test_pieces_of_every_size_are_the_same_sheet(tmp_path: Path, case: Case, chunk: int) -> None:
    path = tmp_path / case.name
    case.make(path)
    if _unpacked(path) > _BYTES[chunk]:
        pytest.skip("too large for this size of pieces")
    whole = read_here(path, parser_only=True)
    assert read_here(path) == whole
    assert read_here(path, chunk=chunk) == whole


@pytest.mark.parametrize("case", _READ, ids=lambda case: case.name)
def test_another_library_reads_the_same(tmp_path: Path, case: Case) -> None:
    path = tmp_path / case.name
    case.make(path)
    ours = read_here(path)
    assert not isinstance(ours, str)
    if case.name not in _CALAMINE:
        assert list(unlike(ours, by_calamine(path))) == []
    if path.suffix != ".ods" and case.name not in _OPENPYXL:
        assert list(unlike(ours, by_openpyxl(path))) == []


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.key)
def test_what_offices_save_is_read_the_same(tmp_path: Path, kind: Kind, program: str) -> None:
    write_template(tmp_path / "a.xlsx", [form_of(kind, "表")], CHOICES)
    path = save_as(program, filled(tmp_path / "a.xlsx", kind), tmp_path / "b.xlsx")
    ours = read_here(path)
    assert not isinstance(ours, str)
    assert len(ours[kind.title]) > 2 * sum(not column.ignored for column in kind.columns)
    assert list(unlike(ours, by_calamine(path))) == list(unlike(ours, by_openpyxl(path))) == []


def test_large_sheets_spelled_otherwise_or_damaged(tmp_path: Path, thorough: bool) -> None:
    """A few of those that `python -m tests.bench.mutants` reads by the thousand."""
    for number, xml in enumerate(islice(mutants(seed=11), 7 if thorough else 3)):
        assert differences(write(tmp_path / "a.xlsx", xml), slow=number == 0) == []
