"""Marks from workbooks, on a real database."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from tests.builders import drawn_world, store_world, worked_example
from tests.people import id_number, write_book
from tests.statements import statements
from zhupei_cli.acting import Acting
from zhupei_cli.model import Application, Event, ImportRow, ImportRun, Score, Trainee, TrainingBase
from zhupei_cli.rules.admission.run import Candidate, Inputs
from zhupei_cli.rules.admission.scores import ABSENT_PART, COMPONENTS, Record
from zhupei_cli.services.admission.readiness import check_admission
from zhupei_cli.services.marks import scores
from zhupei_cli.services.marks.score_marks import count_incomplete, mark_columns, marks_of
from zhupei_cli.services.records.import_ledger import Counts, Imported
from zhupei_cli.services.records.lookup import find_batch
from zhupei_cli.services.records.workbooks import Reading, read_workbooks
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.store.engine import transaction
from zhupei_cli.words.errors import ZhupeiError


def _no(number: int) -> str:
    return f"T-{number:07d}"


def _unmarked() -> Inputs:
    example = worked_example()
    return replace(example, candidates=tuple(one._replace(records=()) for one in example.candidates))


@pytest.fixture
def season(database: str) -> str:
    """Five approved applications without marks, in a closed batch."""
    with transaction(database) as session:
        store_world(session, _unmarked(), status="closed")
    return database


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    return tmp_path / "成绩.xlsx"


def _take(
    database: str, path: Path, rows: Sequence[Mapping[str, Any]], by: Acting
) -> tuple[Imported, Reading]:
    reading = read_workbooks([write_book(path, [(workbook_kinds.SCORE, rows)])], workbook_kinds.SCORE)
    with transaction(database) as session:
        outcome = scores.import_scores(session, reading, batch=find_batch(session, "T"), by=by)
    return outcome, reading


def _problems(reading: Reading) -> list[tuple[int, str, str, str]]:
    return [(one.row, one.column, one.code, one.severity) for one in reading.problems]


def _stored(database: str) -> list[tuple[Any, ...]]:
    columns = (Score.record, Score.base_code, *mark_columns())
    statement = select(Application.application_no, *columns).join(
        Score, Score.application_id == Application.id
    )
    with transaction(database, read_only=True) as session:
        rows = session.execute(statement.order_by(Application.application_no, Score.record))
        return [(no, of, base, *marks_of(values)) for no, of, base, *values in rows]


def test_marks_common_and_own(season: str, sheet: Path, by: Acting) -> None:
    rows: list[dict[str, Any]] = [
        {"application_no": _no(1), "name": "考生1", "written": 85.5, "skill": "90", "interview": "缺考"},
        {"id_number": id_number(2), "written": "100", "interview": 0},
        {"application_no": _no(1), "base": "基地B", "written": "60.25", "skill": 70, "interview": 80},
        {"application_no": _no(3), "id_number": id_number(3), "base": "A", "skill": "缺考"},
    ]
    outcome, reading = _take(season, sheet, rows, by)
    assert (outcome.counts, _problems(reading)) == (Counts(4, inserted=4), [])
    assert _stored(season) == [
        (_no(1), "", None, 8550, 9000, ABSENT_PART),
        (_no(1), "B", "B", 6025, 7000, 8000),
        (_no(2), "", None, 10000, None, 0),
        (_no(3), "A", "A", None, ABSENT_PART, None),
    ]
    with transaction(season, read_only=True) as session:
        events = session.execute(
            select(Event.action, Event.subject).order_by(Event.seq.desc()).limit(3)
        ).all()
        touched = session.execute(
            select(ImportRow.entity, ImportRow.key, ImportRow.action).where(
                ImportRow.import_id == outcome.import_id
            )
        ).all()
    of = f"import {outcome.import_id}"
    assert events == [("import.rows", of), ("score.import", _no(1)), ("score.import", of)]
    assert sorted(touched) == [("score", key, "inserted") for key in ("1/", "1/B", "2/", "3/A")]


def test_a_number_on_papers_of_two_people_is_not_anybodys(season: str, sheet: Path, by: Acting) -> None:
    with transaction(season) as session:
        other = update(Trainee).where(Trainee.id_number == id_number(3))
        session.execute(other.values(id_type="passport", id_number=id_number(2)))
    rows: list[dict[str, Any]] = [
        {"id_number": id_number(2), "written": 90},
        {"id_number": id_number(2), "name": "考生4", "written": 90},
        {"id_number": id_number(2), "name": "考生3", "written": 80},
        {"application_no": _no(2), "id_number": id_number(2), "written": 70},
    ]
    _, reading = _take(season, sheet, rows, by)
    assert _problems(reading) == [(row, "证件号码", "E312", "error") for row in (2, 3)]
    assert [(no, marks[0]) for no, _, _, *marks in _stored(season)] == [(_no(2), 7000), (_no(3), 8000)]


def test_a_blank_cell_keeps_what_is_stored_and_the_same_file_changes_nothing(
    season: str, sheet: Path, by: Acting
) -> None:
    _take(season, sheet, [{"application_no": _no(1), "written": 80, "skill": 70, "interview": 60}], by)
    again = [
        {"application_no": _no(1), "skill": 75, "interview": "缺考"},
        {"application_no": _no(2), "written": 1},
    ]
    outcome, reading = _take(season, sheet, again, by)
    assert outcome.counts == Counts(2, inserted=1, updated=1, warned=1, replaced=1)
    assert [(one.row, one.column, one.message.partition("；")[0]) for one in reading.problems] == [
        (2, "技能", f"{_no(1)} 已有的成绩 70.00 被替换为 75.00"),
        (2, "面试", f"{_no(1)} 已有的成绩 60.00 被替换为 缺考"),
    ]
    after = [(_no(1), "", None, 8000, 7500, ABSENT_PART), (_no(2), "", None, 100, None, None)]
    assert _stored(season) == after
    outcome, _ = _take(season, sheet, again, by)
    assert (outcome.import_id, outcome.counts, outcome.ok) == (None, Counts(2, unchanged=2), True)
    assert _stored(season) == after
    with transaction(season, read_only=True) as session:
        assert len(session.scalars(select(ImportRun.id).where(ImportRun.kind == "score")).all()) == 2
        before = session.scalars(
            select(ImportRow.before).where(ImportRow.entity == "score", ImportRow.action == "updated")
        ).all()
    assert before == ['{"marks":[8000,7000,6000],"touched_by":4}']


def test_every_problem_of_every_row_is_found_and_good_rows_go_in(
    season: str, sheet: Path, by: Acting
) -> None:
    with transaction(season) as session:
        session.add(TrainingBase(code="Z", name="他处", aliases="", city="410100", status="enabled"))
        session.execute(
            update(Application).where(Application.application_no == _no(5)).values(status="rejected")
        )
    rows: list[dict[str, Any]] = [
        {"application_no": "T-0000099", "written": 101},
        {"id_number": id_number(777), "written": "八十"},
        {"application_no": _no(1), "id_number": id_number(2), "name": "考生9", "skill": 80.125},
        {"application_no": _no(5), "written": 80},
        {"application_no": _no(2), "base": "Z", "written": 80},
        {"application_no": _no(2), "base": "没有的基地", "written": 80},
        {"name": "考生3", "written": 80},
        {"application_no": "清空", "written": 80},
        {"application_no": _no(4), "base": "C"},
        {"application_no": _no(3), "written": 80},
    ]
    outcome, reading = _take(season, sheet, rows, by)
    assert outcome.counts == Counts(10, inserted=1, rejected=8, blank=1)
    assert _problems(reading) == [
        (2, "笔试", "E017", "error"),
        (2, "报名号", "E304", "error"),
        (3, "笔试", "E017", "error"),
        (3, "证件号码", "E170", "error"),
        (4, "技能", "E017", "error"),
        (4, "证件号码", "E171", "error"),
        (4, "姓名", "E161", "error"),
        (5, "报名号", "E172", "error"),
        (6, "基地编号", "E173", "error"),
        (7, "基地编号", "E302", "error"),
        (8, "报名号", "E023", "error"),
        (9, "报名号", "E051", "error"),
    ]
    assert id_number(777)[6:14] not in str(reading.problems)
    assert _stored(season) == [(_no(3), "", None, 8000, None, None)]


def test_the_same_record_twice_refuses_both_rows_each_naming_the_other(
    season: str, sheet: Path, by: Acting
) -> None:
    rows: list[dict[str, Any]] = [
        {"application_no": _no(1), "written": 80},
        {"id_number": id_number(1), "written": 101},
        {"application_no": _no(1), "base": "A", "written": 70},
    ]
    outcome, reading = _take(season, sheet, rows, by)
    assert outcome.counts == Counts(3, inserted=1, rejected=2)
    assert [one.message for one in reading.problems if one.code == "E174"] == [
        f"{_no(1)} 的成绩在本次导入中重复出现，另见 成绩.xlsx 第 {row} 行；保留一行，删去其余"
        for row in (3, 2)
    ]
    assert _stored(season) == [(_no(1), "A", "A", 7000, None, None)]


def test_who_was_ticked_absent_by_mistake_is_so_no_more_where_the_tick_says_no(
    season: str, sheet: Path, by: Acting
) -> None:
    ticked = {"application_no": _no(1), "written_missed": "√", "skill": 70}
    _take(season, sheet, [ticked], by)
    outcome, _ = _take(
        season, sheet, [{"application_no": _no(one), "written_missed": "否"} for one in (1, 2)], by
    )
    assert (outcome.counts.updated, outcome.counts.unchanged, outcome.counts.blank) == (1, 0, 1)
    # Who came has such a tick in every sign-in sheet, beside a sheet with their marks.
    rows: list[dict[str, Any]] = [
        {"application_no": _no(2), "written_missed": "□"},
        {"application_no": _no(2), "written": 80},
    ]
    outcome, reading = _take(season, sheet, [*rows, {"application_no": _no(9), "written_missed": "□"}], by)
    assert (_problems(reading), outcome.counts.inserted, outcome.counts.blank) == ([], 1, 2)
    assert _stored(season) == [(_no(1), "", None, None, 7000, None), (_no(2), "", None, 8000, None, None)]


def test_status_and_the_check_count_incomplete_marks_alike(database: str) -> None:
    with transaction(database, dry_run=True) as session:
        batch = store_world(session, drawn_world(300, seed=3), status="closed")
        for column, every in ((Score.skill, 5), (Score.interview, 7)):
            session.execute(update(Score).where(Score.application_id % every == 0).values({column: None}))
        session.execute(update(Score).where(Score.application_id % 10 == 0).values(skill_absent=True))
        own = update(Score).where(Score.application_id == 11, Score.record == "")
        session.execute(own.values(record="B001", base_code="B001"))
        session.expire_all()
        _, findings = check_admission(session, batch)
        told = [one.message for one in findings if one.code == "E482"]
        assert [f"{count_incomplete(session, batch)} 名考生的成绩不全"] == [
            one.split("，")[0] for one in told
        ]


@pytest.mark.parametrize("status", ["draft", "locked", "committed", "final"])
def test_marks_are_taken_only_before_the_lock(database: str, sheet: Path, by: Acting, status: str) -> None:
    with transaction(database) as session:
        store_world(session, _unmarked(), status=status)
    with pytest.raises(ZhupeiError) as refused:
        _take(database, sheet, [{"application_no": _no(1), "written": 80}], by)
    assert (refused.value.code, refused.value.exit_code) == ("E460", 5)


def test_a_sheet_without_a_key_is_a_problem_of_the_file(season: str, tmp_path: Path, by: Acting) -> None:
    path = tmp_path / "成绩.csv"
    path.write_text("姓名,笔试\n考生1,80\n", "utf-8")
    reading = read_workbooks([path], workbook_kinds.SCORE)
    with transaction(season) as session:
        outcome = scores.import_scores(session, reading, batch=find_batch(session, "T"), by=by)
    assert (outcome.ok, outcome.counts) == (False, Counts())
    assert _problems(reading) == [(0, "报名号", "E021", "error")]


def test_the_list_has_totals_by_the_weights_of_the_batch(database: str) -> None:
    records = (Record(None, 8550, 9000, 10000), Record("B", 6025, None, 8000))
    one = Candidate("T-0000001", "social", (("A", "0100"),), False, "2026-06-01T00:00:00Z", records)
    with transaction(database) as session:
        batch = store_world(session, replace(worked_example(), candidates=(one,)))
        listed = scores.list_scores(session, batch)
    masked = f"{id_number(1)[:4]}**********{id_number(1)[-4:]}"
    person = {"application_no": "T-0000001", "name": "考生1", "id_number": masked}
    common = {"written": Decimal("85.50"), "skill": Decimal("90.00"), "interview": Decimal("100.00")}
    own = {"written": Decimal("60.25"), "skill": None, "interview": Decimal("80.00")}
    nowhere = {**{f"{name}_absent": False for name in COMPONENTS}, "forgotten": False}
    assert listed == [
        {**person, "base": None, "base_label": None, **common, **nowhere, "total": Decimal("90.20")},
        {**person, "base": "B", "base_label": "基地B", **own, **nowhere, "total": None},
    ]
    assert str(listed[0]["total"]) == "90.20"


def test_statements_do_not_grow_with_rows(database: str, tmp_path: Path, by: Acting) -> None:
    with transaction(database) as session:
        store_world(session, drawn_world(600), status="closed")
    counts = []
    for people in (range(1, 41), range(101, 501)):
        rows = [{"application_no": _no(number), "written": number % 100} for number in people]
        path = tmp_path / f"{len(people)}.xlsx"
        with statements() as seen:
            outcome, _ = _take(database, path, rows, by)
        assert outcome.counts == Counts(len(rows), updated=len(rows), warned=len(rows), replaced=len(rows))
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_a_form_that_is_not_filled_in_leaves_nothing_and_can_be_erased_from(
    season: str, sheet: Path, by: Acting
) -> None:
    rows: list[dict[str, Any]] = [
        {"application_no": _no(1), "name": "考生1"},
        {"application_no": _no(2), "base": "B"},
        # Forms may lie side by side, and one filled in is no second row of the other.
        {"application_no": _no(3), "written": 80, "skill": "缺考"},
        {"application_no": _no(3)},
        {"application_no": _no(4), "written": "清空"},
    ]
    outcome, reading = _take(season, sheet, rows, by)
    assert (outcome.counts, _problems(reading)) == (Counts(5, inserted=1, unchanged=1, blank=3), [])
    assert _stored(season) == [(_no(3), "", None, 8000, ABSENT_PART, None)]
    outcome, _ = _take(season, sheet, rows[:2], by)
    assert (outcome.import_id, outcome.ok, outcome.counts) == (None, True, Counts(2, blank=2))
    erased = {"application_no": _no(3), **dict.fromkeys(COMPONENTS, "清空")}
    outcome, _ = _take(season, sheet, [erased], by)
    assert outcome.counts == Counts(1, updated=1, warned=1, replaced=1)
    assert _stored(season) == [(_no(3), "", None, None, None, None)]


def test_a_record_of_a_base_nobody_chose_is_told(season: str, sheet: Path, by: Acting) -> None:
    rows = [{"application_no": _no(1), "base": base, "skill": "缺考"} for base in ("B", "C")]
    outcome, reading = _take(season, sheet, rows, by)
    assert outcome.counts == Counts(2, inserted=2, warned=1)
    assert [(one.row, one.column, one.code, one.severity) for one in reading.problems] == [
        (3, "基地编号", "E434", "warning")
    ]
