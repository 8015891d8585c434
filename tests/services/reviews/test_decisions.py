"""Decisions of the first-choice base, on a real database."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from tests.people import open_batch, person, write_book, write_people
from zhupei_cli.acting import Acting
from zhupei_cli.model import Application, Batch, Event, Review
from zhupei_cli.services.applications.importing.case import Options
from zhupei_cli.services.applications.importing.intake import import_trainees
from zhupei_cli.services.applications.submitting import submit
from zhupei_cli.services.records.import_ledger import Counts
from zhupei_cli.services.records.workbooks import read_workbooks
from zhupei_cli.services.reviews import decisions
from zhupei_cli.services.reviews.decisions import Verdict
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.store.engine import transaction
from zhupei_cli.words.errors import ZhupeiError
from zhupei_cli.words.vocabulary import Decision

APPROVE, REJECT, RETURN = Decision.APPROVE, Decision.REJECT, Decision.RETURN


@pytest.fixture
def season(database: str, tmp_path: Path, by: Acting) -> str:
    """Three submitted applications: 1 and 2 to 郑州第一医院 first, 3 to 洛阳中心医院."""
    rows = [person(1), person(2), person(3, choice1_base="4103001", choice2_base="4101001")]
    reading = read_workbooks([write_people(tmp_path / "a.xlsx", rows)], workbook_kinds.PERSON)
    with transaction(database) as session:
        batch = open_batch(session)
        import_trainees(session, reading, batch=batch, by=by, options=Options(submit=True))
    return database


def _no(number: int) -> str:
    return f"HN2026-{number:07d}"


def _statuses(database: str) -> list[str]:
    with transaction(database, read_only=True) as session:
        return list(session.execute(select(Application.status).order_by(Application.id)).scalars())


def _decide(database: str, verdicts: list[Verdict], by: Acting, **options: Any) -> Any:
    with transaction(database) as session:
        batch = session.execute(select(Batch)).scalar_one()
        return decisions.decide(session, batch, verdicts, by=by, **options)


def test_decisions_become_states_rows_and_events(season: str, by: Acting) -> None:
    verdicts = [
        Verdict(_no(1), APPROVE),
        Verdict(_no(2), RETURN, "照片不清"),
        Verdict(_no(3), REJECT, "学历不符"),
    ]
    assert _decide(season, verdicts, by) == (3, [])
    assert _statuses(season) == ["approved", "returned", "rejected"]
    with transaction(season, read_only=True) as session:
        rows = session.execute(
            select(Review.decision, Review.reason, Review.base_code).order_by(Review.id)
        ).all()
        events = session.execute(
            select(Event.action, Event.subject, Event.before, Event.after, Event.reason)
            .where(Event.action.startswith("review."))
            .order_by(Event.seq)
        ).all()
    assert rows == [("approve", None, None), ("return", "照片不清", None), ("reject", "学历不符", None)]
    assert events == [
        ("review.approve", _no(1), "submitted", "approved", None),
        ("review.return", _no(2), "submitted", "returned", "照片不清"),
        ("review.reject", _no(3), "submitted", "rejected", "学历不符"),
    ]


def test_one_bad_verdict_refuses_all_unless_skipped(season: str, by: Acting) -> None:
    verdicts = [Verdict(_no(1), APPROVE), Verdict(_no(9), APPROVE)]
    with pytest.raises(ZhupeiError) as caught:
        _decide(season, verdicts, by)
    assert (caught.value.code, caught.value.exit_code) == ("E304", 4)
    assert _statuses(season) == ["submitted"] * 3
    done, refused = _decide(season, verdicts, by, skip_bad=True)
    assert (done, [(verdict.application_no, fault.code) for verdict, fault in refused]) == (
        1,
        [(_no(9), "E304")],
    )
    assert _statuses(season) == ["approved", "submitted", "submitted"]


def test_a_base_decides_only_about_its_own_first_choices(season: str, by: Acting) -> None:
    with pytest.raises(ZhupeiError) as caught:
        _decide(season, [Verdict(_no(3), APPROVE)], by, base="4101001")
    with pytest.raises(ZhupeiError) as unknown:
        _decide(season, [Verdict(_no(9), APPROVE)], by, base="4101001")
    assert caught.value.message.replace(_no(3), "…") == unknown.value.message.replace(_no(9), "…")
    assert _decide(season, [Verdict(_no(3), APPROVE)], by, base="4103001") == (1, [])


@pytest.mark.parametrize("decision", [REJECT, RETURN])
@pytest.mark.parametrize("reason", [None, "", "  "])
def test_reject_and_return_need_a_reason(
    season: str, by: Acting, decision: Decision, reason: str | None
) -> None:
    with pytest.raises(ZhupeiError) as caught:
        _decide(season, [Verdict(_no(1), decision, reason)], by)
    assert caught.value.code == "E404"
    assert _statuses(season) == ["submitted"] * 3


def test_a_decision_is_not_overwritten(season: str, by: Acting) -> None:
    _decide(season, [Verdict(_no(1), APPROVE)], by)
    with pytest.raises(ZhupeiError) as caught:
        _decide(season, [Verdict(_no(1), REJECT, "反悔")], by)
    assert (caught.value.code, caught.value.exit_code) == ("E402", 5)


@pytest.mark.parametrize("status", ["draft", "locked", "committed", "publicity", "final"])
def test_reviews_end_when_the_batch_is_locked(season: str, by: Acting, status: str) -> None:
    with transaction(season) as session:
        session.execute(select(Batch)).scalar_one().status = status
    with pytest.raises(ZhupeiError) as caught:
        _decide(season, [Verdict(_no(1), APPROVE)], by)
    assert (caught.value.code, caught.value.exit_code) == ("E451", 5)


def test_a_returned_application_is_submitted_again_and_keeps_its_place(season: str, by: Acting) -> None:
    _decide(season, [Verdict(_no(1), RETURN, "照片不清")], by)
    later = Acting(by.who, by.at.replace(hour=9))
    with transaction(season) as session:
        batch = session.execute(select(Batch)).scalar_one()
        assert submit(session, batch, [_no(1)], by=later) == ([_no(1)], [], [])
        row = session.execute(
            select(
                *(Application.status, Application.first_submitted_at, Application.submitted_at),
                Application.snapshot_version,
            ).where(Application.id == 1)
        ).one()
    assert row == ("submitted", by.at, later.at, 2)


def test_a_workbook_of_decisions(season: str, by: Acting, tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        {"application_no": _no(1), "name": "王一", "decision": "通过"},
        {"application_no": _no(2), "name": "别人", "decision": "通过"},
        {"application_no": _no(3), "decision": "不通过"},
        {"application_no": _no(7), "decision": "通过"},
        {"application_no": None, "decision": "也许"},
        # Not decided yet; the second has a reason, and was forgotten more likely than not.
        {"application_no": _no(2), "name": "王2"},
        {"application_no": _no(3), "reason": "材料不全"},
    ]
    path = write_book(tmp_path / "审核意见.xlsx", [(workbook_kinds.REVIEW, rows)])

    def run() -> tuple[Any, list[tuple[int, str, str]]]:
        reading = read_workbooks([path], workbook_kinds.REVIEW)
        with transaction(season) as session:
            batch = session.execute(select(Batch)).scalar_one()
            outcome = decisions.import_reviews(session, reading, batch=batch, by=by)
        return outcome, [(one.row, one.column, one.code) for one in reading.problems]

    outcome, problems = run()
    assert problems == [
        (3, "姓名", "E161"),
        (4, "原因", "E404"),
        (5, "报名号", "E304"),
        (6, "审核结果", "E014"),
        (6, "报名号", "E023"),
        (8, "原因", "E436"),
    ]
    assert outcome.counts == Counts(7, updated=1, rejected=4, warned=1, blank=2)
    assert _statuses(season) == ["approved", "submitted", "submitted"]
    outcome, _ = run()
    assert (outcome.import_id, outcome.counts.updated, outcome.counts.unchanged) == (None, 0, 1)
