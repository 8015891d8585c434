"""An import in portions, shared with a copy of the process, does what one in a single piece does."""

import random
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.conftest import Run
from tests.people import id_number, open_batch, person, write_book, write_people
from zhupei_cli.acting import Acting
from zhupei_cli.model import Base, Batch, Event
from zhupei_cli.services.applications.importing import intake
from zhupei_cli.services.applications.importing.case import Options
from zhupei_cli.services.applications.importing.groups import STOWING, prepare
from zhupei_cli.services.kinds.trainee import TRAINEE_IMPORT
from zhupei_cli.services.records.import_ledger import Imported
from zhupei_cli.services.records.workbooks import Reading, write_errors
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.store.engine import transaction

#: Tables whose rows are told in other pieces where portions are smaller.
_TOLD = ("event", "import_row", "counter")
_ENTRIES = ("education", "work")
_PEOPLE = 120


def _people() -> list[dict[str, Any]]:
    rows = [person(number) for number in range(1, _PEOPLE + 1)]
    rows[3] |= {"mobile": "1"}
    rows[10] |= {"choice1_base": "没有的医院"}
    rows[11] |= {"address": "清空"}
    rows[12] |= {"id_number": "E12345678", "id_type": "护照", "gender": "女", "birth_date": "1995-02-03"}
    rows[20] |= {"name": "另一人"}
    rows[30] = person(5, mobile="13900000000")
    rows[40] |= {"id_number": None}
    rows[41] |= {"order_oriented": "是"}
    rows[50] |= {"graduated_on": "2031-06"}
    rows[60] |= {"accept_adjust": None}
    return rows


def _entries() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    made = random.Random(3)
    some = made.sample(range(1, _PEOPLE + 20), 60)
    educations = [
        {
            "id_number": id_number(number),
            "level": "专科",
            "school": f"某卫校{number % 3}",
            "major": "护理",
            "graduated_on": "2016-06",
            "full_time": "是",
        }
        for number in some
    ]
    educations[7]["school"] = "清空"
    educations.append({**educations[0], "id_number": "e12345678", "level": "硕士研究生"})
    works = [
        {
            "id_number": id_number(number),
            "employer_name": "某医院",
            "from_date": "2021-07",
            "to_date": "2022-06",
        }
        for number in some[:30]
    ]
    return educations, works


@pytest.fixture
def book(tmp_path: Path, database: str, by: Acting) -> Path:
    """A workbook of people new and known, good and bad, with further sheets in no order."""
    with transaction(database) as session:
        open_batch(session)
    known = write_people(tmp_path / "已有.xlsx", [person(number) for number in range(15, 35)])
    _import(database, known, by, Options(), stored=False)
    sent = write_people(tmp_path / "已交.xlsx", [person(number) for number in range(70, 80)])
    _import(database, sent, by, Options(submit=True), stored=False)
    people, (educations, works) = _people(), _entries()
    sheets = [
        (workbook_kinds.PERSON, people),
        (workbook_kinds.EDUCATION, educations),
        (workbook_kinds.WORK, works),
    ]
    return write_book(tmp_path / "报名信息.xlsx", sheets)


def _import(
    database: str, path: Path, by: Acting, options: Options, *, stored: bool, dry_run: bool = False
) -> tuple[Imported, Reading, Mapping[str, list[tuple[Any, ...]]], int]:
    reading = TRAINEE_IMPORT.read(
        [path], prepare=partial(prepare, today=by.today), stowing=STOWING if stored else None
    )
    with transaction(database, dry_run=dry_run) as session:
        batch = session.execute(select(Batch).where(Batch.code == "HN2026")).scalar_one()
        outcome = intake.import_trainees(session, reading, batch=batch, by=by, options=options)
        told = session.execute(select(func.max(Event.seq))).scalar_one()
        return outcome, reading, _rows(session), told


def _rows(session: Session) -> dict[str, list[tuple[Any, ...]]]:
    found = {}
    for table in Base.metadata.sorted_tables:
        if table.name not in _TOLD:
            rows = [tuple(row) for row in session.execute(select(table).order_by(*table.primary_key))]
            # New entries of known people have numbers in the order of the portions.
            found[table.name] = sorted((row[1:] for row in rows), key=str) if table.name in _ENTRIES else rows
    return found


@pytest.mark.parametrize("submit", [False, True])
@pytest.mark.parametrize(("portion", "piece", "many"), [(7, 3, 0), (1, 1, 0), (50, 250, 10_000)])
def test_portions_do_what_one_piece_does(
    database: str,
    book: Path,
    by: Acting,
    monkeypatch: pytest.MonkeyPatch,
    zhupei: Run,
    submit: bool,
    portion: int,
    piece: int,
    many: int,
) -> None:
    options = Options(submit=submit)
    checked = zhupei("--database", database, "db", "check", "--deep").out
    whole, read, rows, _ = _import(database, book, by, options, stored=False, dry_run=True)
    monkeypatch.setattr(intake, "_PORTION", portion)
    monkeypatch.setattr(intake, "_PIECE", piece)
    monkeypatch.setattr(intake, "_MANY", many)
    outcome, again, same, _ = _import(database, book, by, options, stored=True)
    assert outcome == whole
    assert outcome.counts.rejected > 10
    assert [one.as_json() for one in again.problems] == [one.as_json() for one in read.problems]
    assert same == rows
    first, second = (
        write_errors(one, book.with_name(name)).written[0]
        for one, name in ((read, "甲.xlsx"), (again, "乙.xlsx"))
    )
    assert _cells(first) == _cells(second)
    # Of the batch, which was put in past the program, it says the same as before.
    assert zhupei("--database", database, "db", "check", "--deep").out == checked
    outcome, _, _, _ = _import(database, again.sources[0], by, options, stored=True)
    assert (outcome.import_id, outcome.counts.written) == (None, 0)


def _cells(path: Path) -> list[list[Any]]:
    import openpyxl

    return [
        [cell.value for cell in row] for sheet in openpyxl.load_workbook(path) for row in sheet.iter_rows()
    ]


@pytest.mark.usefixtures("book")
@pytest.mark.parametrize("many", [0, 10_000])
def test_all_or_nothing_writes_nothing_where_the_last_portion_is_bad(
    database: str, by: Acting, monkeypatch: pytest.MonkeyPatch, many: int, tmp_path: Path
) -> None:
    monkeypatch.setattr(intake, "_PORTION", 7)
    monkeypatch.setattr(intake, "_MANY", many)
    rows = [person(number) for number in range(200, 240)]
    bad = write_people(tmp_path / "末行错.xlsx", [*rows, person(240, mobile="1")])
    with transaction(database, read_only=True) as session:
        before, told = _rows(session), session.execute(select(func.max(Event.seq))).scalar_one()
    options = Options(submit=True, all_or_nothing=True)
    outcome, _, after, now = _import(database, bad, by, options, stored=True)
    assert (outcome.import_id, outcome.counts.rejected, outcome.counts.inserted) == (None, 1, 0)
    assert (after, now) == (before, told)
    good = write_people(tmp_path / "都对.xlsx", rows)
    outcome, _, _, now = _import(database, good, by, options, stored=True)
    assert (outcome.counts.inserted, now > told) == (40, True)
