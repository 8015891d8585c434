"""Refused rows given back: as many as the summary says, and taken when they are mended."""

from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import select

from tests.people import id_number, open_batch, person, write_book, write_people
from zhupei_cli.acting import Acting
from zhupei_cli.model import Batch
from zhupei_cli.services.applications.importing.case import Options
from zhupei_cli.services.applications.importing.intake import import_trainees
from zhupei_cli.services.records.import_ledger import Counts, Imported
from zhupei_cli.services.records.workbooks import Reading, read_workbooks, write_errors
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.store.engine import transaction

_WORK = {"id_number": id_number(1), "employer_name": "某县医院", "to_date": "2023-06"}


@pytest.fixture
def opened(database: str) -> str:
    """A database with an open batch."""
    with transaction(database) as session:
        open_batch(session)
    return database


def _import(database: str, by: Acting, *paths: Path) -> tuple[Imported, Reading]:
    reading = read_workbooks(
        paths, workbook_kinds.PERSON, further=(workbook_kinds.EDUCATION, workbook_kinds.WORK)
    )
    with transaction(database) as session:
        batch = session.execute(select(Batch)).scalar_one()
        return import_trainees(session, reading, batch=batch, by=by, options=Options(submit=True)), reading


def _rows(path: Path) -> int:
    book = openpyxl.load_workbook(path)
    return sum(sheet.max_row - 1 for sheet in book.worksheets if sheet.sheet_state == "visible")


def _mend(path: Path, sheet: str, heading: str, word: str) -> None:
    book = openpyxl.load_workbook(path)
    columns = [str(cell.value).rstrip("*") for cell in book[sheet][1]]
    for row in range(2, book[sheet].max_row + 1):
        book[sheet].cell(row, columns.index(heading) + 1).value = word
    book.save(path)


def test_mended_rows_of_every_sheet_go_in(opened: str, tmp_path: Path, by: Acting) -> None:
    path = write_book(
        tmp_path / "a.xlsx",
        [
            (workbook_kinds.PERSON, [person(1), person(2, ethnicity="火星族"), person(3)]),
            (
                workbook_kinds.WORK,
                [_WORK, {**_WORK, "to_date": "某年"}, {**_WORK, "id_number": id_number(3)}],
            ),
        ],
    )
    outcome, reading = _import(opened, by, path)
    # All lines of a person are taken together, or none.
    assert outcome.counts == Counts(rows=6, inserted=2, rejected=4)
    (returned,) = write_errors(reading).written
    assert _rows(returned) == outcome.counts.rejected
    _mend(returned, "报名信息", "民族", "汉族")
    _mend(returned, "工作经历", "终止", "2024-06")
    outcome, reading = _import(opened, by, returned)
    assert (outcome.ok, reading.problems) == (True, [])
    outcome, _ = _import(opened, by, returned)
    assert outcome.counts == Counts(rows=4, unchanged=4)


def test_each_file_has_its_own(opened: str, tmp_path: Path, by: Acting) -> None:
    paths = [
        write_people(tmp_path / f"{number}.xlsx", [person(number, mobile=mobile), person(number + 10)])
        for number, mobile in enumerate(("x", "13800000000", "y"))
    ]
    outcome, reading = _import(opened, by, *paths)
    returned = write_errors(reading).written
    assert [path.name for path in returned] == ["0_未通过.xlsx", "2_未通过.xlsx"]
    assert sum(map(_rows, returned)) == outcome.counts.rejected == 2
    assert [path.name for path in write_errors(reading, tmp_path / "错.xlsx").written] == [
        "错.xlsx",
        "错-2.xlsx",
    ]


def test_one_that_cannot_be_written_stops_no_other(opened: str, tmp_path: Path, by: Acting) -> None:
    folders = [tmp_path / name for name in ("甲", "乙", "丙")]
    for folder in folders:
        folder.mkdir()
    paths = [
        write_people(folder / f"{number}.xlsx", [person(number, mobile="x")])
        for number, folder in enumerate(folders)
    ]
    _, reading = _import(opened, by, *paths)
    paths[1].unlink()
    folders[1].rmdir()
    folders[1].touch()
    returned = write_errors(reading)
    assert [path.name for path in returned.written] == ["0_未通过.xlsx", "2_未通过.xlsx"]
    (error,) = returned.unwritten
    assert (error.code, "乙" in error.message) == ("E003", True)
