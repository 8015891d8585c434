"""The generator: one seed, one season; good rows go in, each wrong row is refused for its own fault."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from tests.people import open_batch
from zhupei_cli.acting import Acting
from zhupei_cli.demo.faults import SPOILS, TWINS
from zhupei_cli.demo.generate import Season, generate, review_rows, score_rows
from zhupei_cli.demo.people import DemoRow
from zhupei_cli.demo.samples import write_samples
from zhupei_cli.demo.workbooks import write_rows, write_season
from zhupei_cli.model import Application, Batch, Plan, Trainee, TrainingBase
from zhupei_cli.rules.people.idcard import check_character
from zhupei_cli.services.applications.importing.case import Options
from zhupei_cli.services.applications.importing.intake import import_trainees
from zhupei_cli.services.batches.plan_sheets import import_plan, read_plan
from zhupei_cli.services.marks.scores import import_scores
from zhupei_cli.services.records.import_ledger import Imported
from zhupei_cli.services.records.workbooks import Reading, read_workbooks
from zhupei_cli.services.reference.lists import import_bases
from zhupei_cli.services.reviews.decisions import import_reviews
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.sheets.kinds.columns import Kind
from zhupei_cli.sheets.reading.book import read_book
from zhupei_cli.store.engine import transaction

SAMPLES = Path(__file__).parent.parent / "samples"


@pytest.fixture(scope="module")
def season() -> Season:
    return generate(7, bases=4, places=28, applicants=600, faulty=0.08)


@dataclass(frozen=True, slots=True)
class Office:
    """A database with an empty batch HN2026, and somebody who takes workbooks in."""

    database: str
    by: Acting

    def take(self, path: Path, kind: Kind) -> tuple[Imported, Reading]:
        reading = read_plan([path]) if kind is workbook_kinds.PLAN else read_workbooks([path], kind)
        with transaction(self.database) as session:
            return self._imports(session)[kind.key](reading), reading

    def _imports(self, session: Session) -> dict[str, Callable[[Reading], Imported]]:
        batch = session.execute(select(Batch)).scalar_one()
        by, submit = self.by, Options(submit=True)
        return {
            "base": lambda reading: import_bases(session, reading, by=by),
            "plan": lambda reading: import_plan(session, reading, batch=batch, by=by),
            "person": lambda reading: import_trainees(session, reading, batch=batch, by=by, options=submit),
            "review": lambda reading: import_reviews(session, reading, batch=batch, by=by),
            "score": lambda reading: import_scores(session, reading, batch=batch, by=by),
        }

    def applications(self, status: str) -> list[tuple[str, str]]:
        """Return (application number, ID number) of those in `status`."""
        statement = (
            select(Application.application_no, Trainee.id_number)
            .join(Trainee, Trainee.id == Application.trainee_id)
            .where(Application.status == status)
        )
        with transaction(self.database) as session:
            return [(number, id_number) for number, id_number in session.execute(statement)]


@pytest.fixture
def office(database: str, by: Acting) -> Office:
    with transaction(database) as session:
        open_batch(session)
        session.execute(delete(Plan))
        session.execute(delete(TrainingBase))
    return Office(database, by)


def outcome(taken: tuple[Imported, Reading]) -> tuple[dict[str, int], list[tuple[int, str]]]:
    """Return how many rows came in, and every problem, warnings too, as (row, code)."""
    counts = taken[0].counts
    numbers = {"rows": counts.rows, "written": counts.written, "rejected": counts.rejected}
    return numbers, [(one.row, one.code) for one in taken[1].problems]


def test_a_season_goes_through_every_import(office: Office, season: Season, tmp_path: Path) -> None:
    bases, plan, people = write_season(tmp_path, season)
    assert outcome(office.take(bases, workbook_kinds.BASE)) == ({"rows": 4, "written": 4, "rejected": 0}, [])
    assert outcome(office.take(plan, workbook_kinds.PLAN)) == ({"rows": 28, "written": 28, "rejected": 0}, [])
    taken = office.take(people, workbook_kinds.PERSON)
    wrong = [(row, one.fault) for row, one in enumerate(season.applicants, 2) if one.fault]
    errors = [(one.row, one.code) for one in taken[1].problems if one.severity == "error"]
    assert errors == wrong
    assert outcome(taken)[0] == {"rows": 600, "written": 552, "rejected": 48}
    good_rows = {row for row, one in enumerate(season.applicants, 2) if one.fault is None}
    assert [one for one in taken[1].problems if one.row in good_rows] == []

    reviews = review_rows(season, office.applications("submitted"))
    write_rows(tmp_path / "审核意见.xlsx", workbook_kinds.REVIEW, reviews, year=2026)
    everybody = {"rows": 552, "written": 552, "rejected": 0}
    assert outcome(office.take(tmp_path / "审核意见.xlsx", workbook_kinds.REVIEW)) == (everybody, [])

    approved = office.applications("approved")
    write_rows(tmp_path / "成绩.xlsx", workbook_kinds.SCORE, score_rows(season, approved), year=2026)
    scored = {"rows": len(approved), "written": len(approved), "rejected": 0}
    assert outcome(office.take(tmp_path / "成绩.xlsx", workbook_kinds.SCORE)) == (scored, [])


def test_the_samples_go_through_every_import(office: Office) -> None:
    names = {workbook_kinds.BASE: "基地", workbook_kinds.PLAN: "招收计划", workbook_kinds.PERSON: "报名信息"}
    names |= {workbook_kinds.REVIEW: "审核意见", workbook_kinds.SCORE: "成绩"}
    assert outcome(office.take(SAMPLES / "报名信息模板.xlsx", workbook_kinds.PERSON)) == (
        {"rows": 0, "written": 0, "rejected": 0},
        [],
    )
    taken = {name: outcome(office.take(SAMPLES / f"{name}.xlsx", kind)) for kind, name in names.items()}
    rows = {"基地": 3, "招收计划": 6, "报名信息": 12, "审核意见": 12, "成绩": 10}
    assert taken == {name: ({"rows": n, "written": n, "rejected": 0}, []) for name, n in rows.items()}


def test_the_samples_are_what_the_generator_writes(tmp_path: Path) -> None:
    def grids(folder: Path) -> dict[str, object]:
        return {path.name: read_book(path).sheets for path in folder.glob("*.xlsx")}

    write_samples(tmp_path)
    assert grids(SAMPLES) == grids(tmp_path)


def test_the_same_seed_gives_the_same_season() -> None:
    one, two, other = (generate(seed, bases=3, places=9, applicants=50) for seed in (1, 1, 2))
    assert one == two
    assert [row.cells for row in one.applicants] != [row.cells for row in other.applicants]


def test_every_kind_of_fault_comes_as_often_as_another(season: Season) -> None:
    faults = Counter(one.fault for one in season.applicants if one.fault)
    assert faults == {**dict.fromkeys(SPOILS, 3), TWINS: 6}


def test_numbers_are_valid_and_nobody_comes_twice() -> None:
    people = [one.cells for one in generate(3, bases=6, places=40, applicants=3000, faulty=0).applicants]
    numbers = [str(one["id_number"]) for one in people]
    cards = [number for number in numbers if not number.startswith("H")]
    assert len(set(numbers)) == 3000
    assert {number[:6] for number in cards} == {"410101"}
    assert [number for number in cards if check_character(number[:17]) != number[17]] == []


def test_reviews_and_marks_do_not_hang_on_the_order_of_the_applications(season: Season) -> None:
    numbers = [(f"HN2026-{at:07d}", str(one.cells["id_number"])) for at, one in enumerate(season.applicants)]
    assert review_rows(season, numbers) == review_rows(season, reversed(numbers))
    assert score_rows(season, numbers) == score_rows(season, reversed(numbers))


def test_shares_of_decisions_and_absences() -> None:
    season = generate(5, bases=2, places=4, applicants=2, faulty=0)
    numbers = [(f"HN2026-{at:07d}", "") for at in range(4000)]

    def share(rows: list[DemoRow], key: str, word: str) -> float:
        return sum(row[key] == word for row in rows) / len(rows)

    reviews, scores = review_rows(season, numbers), score_rows(season, numbers)
    assert share(reviews, "decision", "通过") == pytest.approx(0.91, abs=0.02)
    assert [row for row in reviews if (row["decision"] == "通过") != (row["reason"] is None)] == []
    assert share(scores, "written", "缺考") == pytest.approx(0.03, abs=0.01)


def test_workbooks_are_written_the_same_to_the_byte(season: Season, tmp_path: Path) -> None:
    before = [path.read_bytes() for path in write_season(tmp_path, season)]
    assert [path.read_bytes() for path in write_season(tmp_path, season, force=True)] == before
