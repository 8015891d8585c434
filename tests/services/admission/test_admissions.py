"""Runs and results on a real database: the known cases, what is written, what is refused."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Update, select, update
from sqlalchemy.orm import Session

from tests.builders import GOLDEN, drawn_world, golden_inputs, store_world, worked_example
from tests.statements import statements
from zhupei_cli.acting import Acting
from zhupei_cli.model import (
    Admission,
    Application,
    Batch,
    BatchSetting,
    Event,
    Plan,
    Run,
    RunInput,
    RunRow,
    Score,
    TrainingBase,
)
from zhupei_cli.model import Specialty as Specialty_
from zhupei_cli.rules.admission.admission import admit
from zhupei_cli.rules.admission.canonical import digest, inputs_text
from zhupei_cli.rules.admission.run import Held, Inputs, Place, ResultRow, RunSpecialty
from zhupei_cli.services.admission import admissions, runs
from zhupei_cli.services.admission.run_inputs import load_inputs
from zhupei_cli.services.admission.seats import free_seats, list_vacancies, take_seats
from zhupei_cli.services.admission.stages import Moved
from zhupei_cli.services.records.lookup import find_batch
from zhupei_cli.store.engine import transaction
from zhupei_cli.words.errors import ZhupeiError

A, B, C = ("A", "0100"), ("B", "0100"), ("C", "0100")
TAKEN = ("taken_own", "taken_entrusted", "taken_social")


def _store(database: str, inputs: Inputs, **options: Any) -> None:
    with transaction(database) as session:
        store_world(session, inputs, **options)


def _run(database: str, by: Acting, code: str = "T", **options: Any) -> runs.RunSummary:
    with transaction(database) as session:
        return admissions.run_admission(session, find_batch(session, code), by=by, **options)


def _commit(database: str, by: Acting, number: int = 1) -> Moved:
    with transaction(database) as session:
        return admissions.commit_run(session, find_batch(session, "T"), number, by=by)


def _uncommit(database: str, by: Acting, reason: str | None = "计划调整") -> Moved:
    with transaction(database) as session:
        return admissions.uncommit(session, find_batch(session, "T"), reason=reason, by=by)


def _results(session: Session, number: int = 1) -> list[runs.ResultLine]:
    return runs.list_results(session, runs.find_run(session, find_batch(session, "T"), number))


def _taken(session: Session) -> dict[tuple[str, str], tuple[int, ...]]:
    rows = session.execute(
        select(Plan.base_code, Plan.specialty_code, *(getattr(Plan, key) for key in TAKEN))
    )
    return {(base, specialty): tuple(taken) for base, specialty, *taken in rows}


def _admissions(session: Session) -> list[tuple[Any, ...]]:
    columns = (Admission.status, Admission.base_code, Admission.via, Admission.total, Admission.rank)
    statement = select(Application.application_no, *columns, Admission.live_key, Admission.run_id)
    joined = statement.join(Application, Application.id == Admission.application_id)
    return [tuple(row) for row in session.execute(joined.order_by(Application.application_no))]


# -- the known cases -------------------------------------------------------------------------------


@pytest.mark.parametrize("case", GOLDEN, ids=lambda case: str(case["case"]))
def test_known_case(database: str, by: Acting, case: Mapping[str, Any]) -> None:
    _store(database, golden_inputs(case))
    answers = {}
    for number, rule in enumerate(case["expected"], 1):
        _run(database, by, rule=rule)
        with transaction(database, read_only=True) as session:
            answers[rule] = {row["application_no"]: _answer(row) for row in _results(session, number)}
    assert answers == case["expected"]


def _answer(row: Mapping[str, Any]) -> dict[str, Any]:
    admitted = row["outcome"] == "admitted"
    keys = ("outcome", "base", "specialty", "via") if admitted else ("outcome", "reason")
    return {key: row[key] for key in keys}


@pytest.mark.parametrize("adjust", [True, False])
def test_inputs_come_back_as_they_were_stored(database: str, adjust: bool) -> None:
    held = (Held("B001", "0100", "own"), Held("B002", "0200", "social"))
    world = replace(
        drawn_world(300),
        held=held,
        min_score=5050,
        tie_keys=("skill", "submitted_at"),
        adjust_scope="category",
        adjust=adjust,
    )
    _store(database, world)
    with transaction(database, read_only=True) as session:
        batch = find_batch(session, "T")
        loaded = load_inputs(session, batch, rule="choice-first", round_="main", adjust=adjust)
    assert "".join(inputs_text(loaded.inputs)) == "".join(inputs_text(world))


# -- a run -----------------------------------------------------------------------------------------


def test_run_tells_and_stores_what_it_found(database: str, by: Acting) -> None:
    _store(database, worked_example())
    summary = _run(database, by)
    assert summary == {
        "run": 1,
        "rule": "choice-first",
        "round": "main",
        "candidates": 5,
        "admitted": 4,
        "not_admitted": 1,
        "by_via": {"choice1": 3, "choice2": 1, "adjust": 0},
        "vacancies": 0,
        "inputs_sha256": digest(inputs_text(worked_example())),
        "results_sha256": summary["results_sha256"],
    }
    with transaction(database, read_only=True) as session:
        listed = [
            (row["application_no"], row["base"], row["via"], row["rank"], row["reason"])
            for row in _results(session)
        ]
        events = session.execute(select(Event.action, Event.who)).all()[-1:]
        (stored,) = runs.list_runs(session, find_batch(session, "T"))
        verified = runs.verify_run(session, runs.find_run(session, find_batch(session, "T"), 1))
    assert listed == [
        ("T-0000001", "A", "choice1", 1, None),
        ("T-0000002", "A", "choice1", 2, None),
        ("T-0000003", None, None, None, "no_vacancy"),
        ("T-0000004", "B", "choice1", 4, None),
        ("T-0000005", "C", "choice2", 1, None),
    ]
    assert events == [("admission.run", by.who)]
    assert summary.items() <= stored.items()
    assert verified == []


def test_results_name_people_with_masked_numbers(database: str, by: Acting) -> None:
    _store(database, worked_example())
    _run(database, by)
    with transaction(database, read_only=True) as session:
        first = _results(session)[0]
        run = runs.current_run(session, find_batch(session, "T"))
        whole = runs.list_results(session, run, reveal=True)[0]["id_number"]
    assert first == {
        "application_no": "T-0000001",
        "name": "考生1",
        "id_number": f"{whole[:4]}**********{whole[-4:]}",
        "outcome": "admitted",
        "outcome_label": "录取",
        "base": "A",
        "base_label": "基地A",
        "specialty": "0100",
        "specialty_label": first["specialty_label"],
        "via": "choice1",
        "via_label": "第一志愿",
        "total": 90,
        "rank": 1,
        "reason": None,
        "reason_label": None,
    }
    assert len(whole) == 18


@pytest.mark.parametrize(("year", "candidates"), [(2026, 2), (2025, 3)])
def test_candidates_are_approved_and_have_no_seat_of_the_year(
    database: str, by: Acting, year: int, candidates: int
) -> None:
    elsewhere = Inputs(
        places=(Place(*A, 1),),
        candidates=(),
        cities={},
        specialties={"0100": RunSpecialty("西医", False)},
        held=(Held(*A, "social"),),
    )
    with transaction(database) as session:
        store_world(session, worked_example())
        _give(session, _id(session, 1), "declined")
        session.execute(
            update(Application).where(Application.id == _id(session, 2)).values(status="rejected")
        )
        store_world(session, elsewhere, code="U", year=year)
        person = session.get_one(Application, _id(session, 3)).trainee_id
        session.execute(
            update(Application).where(Application.application_no == "U-9000000").values(trainee_id=person)
        )
        seat = select(Application.id).where(Application.application_no == "U-9000000").scalar_subquery()
        held = update(Admission).where(Admission.application_id == seat)
        session.execute(held.values(live_key=f"{year}:{person}"))
    assert _run(database, by)["candidates"] == candidates


def _id(session: Session, number: int) -> int:
    wanted = select(Application.id).where(Application.application_no == f"T-{number:07d}")
    return session.execute(wanted).scalar_one()


def _give(session: Session, application_id: int, status: str) -> None:
    """Let somebody have had a seat at A, as if by hand."""
    application = session.get_one(Application, application_id)
    session.add(
        Admission(
            application_id=application_id,
            application_status="approved",
            batch_id=application.batch_id,
            status=status,
            identity=application.identity,
            base_code="A",
            specialty_code="0100",
            decided_at=application.created_at,
        )
    )
    session.flush()


@pytest.mark.parametrize("status", ["open", "closed", "committed", "final"])
def test_run_needs_a_locked_batch(database: str, by: Acting, status: str) -> None:
    _store(database, worked_example(), status=status)
    with pytest.raises(ZhupeiError, match="E401"):
        _run(database, by)


#: The first digits of the SHA-256 of inputs and results of 400 drawn people: the same everywhere, always.
DIGESTS = {
    "choice-first": ("7d751d4a026f5f72161f49a2ed19666d", "d64288fd1e0ab9e09432383dd0d2fc1a"),
    "score-first": ("466b7414d105b1037c40b43829de54da", "759f6512015862eed2e3bb6b7d2cbfe8"),
    "stable": ("9a8e5537b6979062f95960e27a6aa5d7", "759f6512015862eed2e3bb6b7d2cbfe8"),
}


@pytest.mark.parametrize("days", [0, 400])
def test_digests_depend_neither_on_the_database_nor_on_the_day(database: str, by: Acting, days: int) -> None:
    _store(database, drawn_world(400, seed=5))
    later = Acting("别人", by.at + timedelta(days=days))
    found = {rule: _run(database, later, rule=rule) for rule in DIGESTS}
    assert {
        rule: (run["inputs_sha256"][:32], run["results_sha256"][:32]) for rule, run in found.items()
    } == DIGESTS


def test_a_run_that_fails_the_audit_is_not_stored(
    database: str, by: Acting, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unjust(inputs: Inputs, main: Inputs | None) -> tuple[ResultRow, ...]:
        rows = list(admit(inputs, main))
        rows[0] = ResultRow(rows[0].no, "not_admitted", reason="full")
        return tuple(rows)

    _store(database, worked_example())
    monkeypatch.setattr(admissions, "admit", unjust)
    with pytest.raises(ZhupeiError) as refused:
        _run(database, by)
    assert (refused.value.code, refused.value.exit_code) == ("E448", 3)
    assert "T-0000001 应当优先于他人得到 A 的 0100" in refused.value.message
    with transaction(database, read_only=True) as session:
        assert session.scalars(select(Run.id)).all() == []


@pytest.mark.parametrize(
    ("change", "kept", "code"),
    [
        (update(Score).where(Score.application_id == 5).values(interview=6100), 1, "E462"),
        (update(Batch).values(status="closed"), 0, "E401"),
    ],
)
def test_others_write_while_a_run_is_computed(
    database: str, by: Acting, change: Update, kept: int, code: str
) -> None:
    _store(database, worked_example())
    with transaction(database, read_only=True) as session:
        computed = admissions.compute_run(session, find_batch(session, "T"))
        with transaction(database) as other:
            other.execute(change)
    with pytest.raises(ZhupeiError) as refused:
        with transaction(database) as session:
            admissions.keep_run(session, find_batch(session, "T"), computed, by=by)
        _commit(database, by)
    with transaction(database, read_only=True) as session:
        assert (refused.value.code, len(session.scalars(select(Run.id)).all())) == (code, kept)


def test_runs_are_numbered_and_the_last_is_current(database: str, by: Acting) -> None:
    _store(database, worked_example())
    with transaction(database, read_only=True) as session:
        with pytest.raises(ZhupeiError, match="E309"):
            runs.current_run(session, find_batch(session, "T"))
        with pytest.raises(ZhupeiError, match="E305"):
            runs.find_run(session, find_batch(session, "T"), 1)
    assert [_run(database, by, rule=rule)["run"] for rule in ("stable", "choice-first")] == [1, 2]
    with transaction(database, read_only=True) as session:
        assert runs.current_run(session, find_batch(session, "T")).number == 2
    _commit(database, by, 1)
    with transaction(database, read_only=True) as session:
        batch = find_batch(session, "T")
        assert runs.current_run(session, batch).number == 1
        listed = [(run["run"], run["rule"], run["committed_at"]) for run in runs.list_runs(session, batch)]
    assert listed == [(1, "stable", by.at), (2, "choice-first", None)]


def test_verify_finds_what_was_tampered_with(database: str, by: Acting) -> None:
    _store(database, worked_example())
    _run(database, by)
    with transaction(database) as session:
        third = update(RunRow).where(RunRow.application_id == _id(session, 3))
        session.execute(third.values(reason="full"))
    assert _verified(database) == ["第 1 次录取计算：保存的结果与当时的摘要不符"]
    with transaction(database) as session:
        (part,) = session.scalars(select(RunInput)).all()
        part.content = part.content.replace('"written":"60.00"', '"written":"99.00"')
    assert _verified(database) == ["第 1 次录取计算：输入与当时的摘要不符"]


def _verified(database: str) -> list[str]:
    with transaction(database, read_only=True) as session:
        run = runs.find_run(session, find_batch(session, "T"), 1)
        return [finding.message for finding in runs.verify_run(session, run)]


# -- the result ------------------------------------------------------------------------------------


def test_commit_writes_admissions_seats_and_events(database: str, by: Acting) -> None:
    _store(database, worked_example())
    _run(database, by)
    assert _commit(database, by) == {
        "batch": "T",
        "before": "locked",
        "status": "committed",
        "status_label": "已定拟录取",
        "run": 1,
        "proposed": 4,
        "not_admitted": 1,
        "doubts": [],
    }
    with transaction(database, read_only=True) as session:
        assert _admissions(session) == [
            ("T-0000001", "proposed", "A", "choice1", 9000, 1, "2026:1", 1),
            ("T-0000002", "proposed", "A", "choice1", 8000, 2, "2026:2", 1),
            ("T-0000003", "not_admitted", None, None, None, None, None, 1),
            ("T-0000004", "proposed", "B", "choice1", 7000, 4, "2026:4", 1),
            ("T-0000005", "proposed", "C", "choice2", 6000, 1, "2026:5", 1),
        ]
        assert _taken(session) == {A: (0, 0, 2), B: (0, 0, 1), C: (0, 0, 1)}
        events = [
            tuple(row)
            for row in session.execute(
                select(Event.action, Event.subject, Event.before, Event.after).order_by(Event.seq)
            )
        ]
        vacant = [
            place["vacant"] for place in list_vacancies(session, find_batch(session, "T"), unpublished=True)
        ]
    assert events[-7:] == [
        ("batch.commit", "T", "locked", "committed"),
        ("admission.commit", "T", None, None),
        ("admission.propose", "T-0000001", None, "proposed"),
        ("admission.propose", "T-0000002", None, "proposed"),
        ("admission.pass_over", "T-0000003", None, "not_admitted"),
        ("admission.propose", "T-0000004", None, "proposed"),
        ("admission.propose", "T-0000005", None, "proposed"),
    ]
    assert vacant == [0, 0, 0]


def test_a_batch_has_one_result(database: str, by: Acting) -> None:
    _store(database, worked_example())
    _run(database, by)
    _run(database, by)
    _commit(database, by)
    for number in (1, 2):
        with pytest.raises(ZhupeiError) as refused:
            _commit(database, by, number)
        assert (refused.value.code, refused.value.exit_code) == ("E461", 5)
        assert refused.value.message == "批次 T 已有录取结果（第 1 次录取计算）"


@pytest.mark.parametrize(
    "change",
    [
        update(BatchSetting).where(BatchSetting.key == "min_score").values(value="61"),
        update(Plan).where(Plan.base_code == "C").values(quota=2),
        update(Score).where(Score.application_id == 5).values(interview=6100),
        update(Application).where(Application.id == 3).values(accept_adjust=False),
        update(TrainingBase).where(TrainingBase.code == "C").values(city="410100"),
    ],
)
def test_a_stale_run_is_refused(database: str, by: Acting, change: Update) -> None:
    _store(database, worked_example())
    _run(database, by)
    with transaction(database) as session:
        session.execute(change)
    with pytest.raises(ZhupeiError) as refused:
        _commit(database, by)
    assert (refused.value.code, refused.value.exit_code) == ("E462", 5)
    with transaction(database, read_only=True) as session:
        assert (_admissions(session), _taken(session)[A]) == ([], (0, 0, 0))
        assert find_batch(session, "T").status == "locked"


def test_what_takes_no_part_makes_no_run_stale(database: str, by: Acting) -> None:
    _store(database, worked_example())
    _run(database, by)
    with transaction(database) as session:
        session.add(TrainingBase(code="Z", name="他处", aliases="", city="410100", status="enabled"))
        session.execute(update(Specialty_).where(Specialty_.code == "0200").values(category="中医"))
    assert _commit(database, by)["proposed"] == 4


def test_uncommit_takes_everything_back_but_what_people_decided(database: str, by: Acting) -> None:
    _store(database, worked_example())
    _run(database, by)
    _commit(database, by)
    with transaction(database) as session:
        batch, gone = find_batch(session, "T"), _id(session, 2)
        session.execute(
            update(Admission).where(Admission.application_id == gone).values(status="declined", live_key=None)
        )
        free_seats(session, batch, [(*A, "social")])
    with pytest.raises(ZhupeiError, match="E404"):
        _uncommit(database, by, " ")
    assert _uncommit(database, by) == {
        "batch": "T",
        "before": "committed",
        "status": "locked",
        "status_label": "已锁定",
        "proposed": 3,
        "taken_back": 4,
        "placed": [],
    }
    with transaction(database, read_only=True) as session:
        assert _admissions(session) == [("T-0000002", "declined", "A", "choice1", 8000, 2, None, None)]
        assert _taken(session) == {A: (0, 0, 0), B: (0, 0, 0), C: (0, 0, 0)}
        reasons = session.execute(
            select(Event.subject, Event.reason).where(Event.action == "admission.uncommit")
        ).all()
    assert reasons == [(f"T-{number:07d}", "计划调整") for number in (1, 3, 4, 5)]
    # Whoever gave up is no candidate, so the old run is stale and the new one has four.
    with pytest.raises(ZhupeiError, match="E462"):
        _commit(database, by)
    assert _run(database, by)["candidates"] == 4
    assert _commit(database, by, 2)["proposed"] == 4


def test_commit_and_uncommit_leave_the_run_as_it_was(database: str, by: Acting) -> None:
    _store(database, worked_example())
    _run(database, by)
    _commit(database, by)
    _uncommit(database, by)
    assert _verified(database) == []
    assert _commit(database, by)["proposed"] == 4


def test_nothing_can_be_taken_back_once_published(database: str, by: Acting) -> None:
    _store(database, worked_example(), status="publicity")
    with pytest.raises(ZhupeiError, match="E401"):
        _uncommit(database, by)


# -- the round of adjustment -----------------------------------------------------------------------


def test_adjust_round_fills_what_was_given_up_and_moves_nobody(database: str, by: Acting) -> None:
    # Number 3 accepts adjustment, and is placed when the seat at C is given up.
    _store(database, worked_example())
    _run(database, by)
    _commit(database, by)
    with transaction(database) as session:
        batch, gone = find_batch(session, "T"), _id(session, 5)
        session.execute(
            update(Admission).where(Admission.application_id == gone).values(status="declined", live_key=None)
        )
        free_seats(session, batch, [(*C, "social")])
        before = _admissions(session)
    summary = _run(database, by, round_="adjust")
    assert (summary["run"], summary["candidates"], summary["by_via"]) == (
        2,
        1,
        {"choice1": 0, "choice2": 0, "adjust": 1},
    )
    assert _commit(database, by, 2)["status"] == "committed"
    with transaction(database, read_only=True) as session:
        third = ("T-0000003", "proposed", "C", "adjust", 7800, None, "2026:3", 2)
        assert _admissions(session) == [*before[:2], third, *before[3:]]
        assert _taken(session) == {A: (0, 0, 2), B: (0, 0, 1), C: (0, 0, 1)}
    with pytest.raises(ZhupeiError, match="E461"):
        _commit(database, by, 2)


# -- seats -----------------------------------------------------------------------------------------


def test_seats_cannot_exceed_quota_or_limit(database: str) -> None:
    _store(database, replace(worked_example(), places=(Place(*A, 2, limits={"own": 1}),)))
    for seats in ([(*A, "social")] * 3, [(*A, "own")] * 2):
        with pytest.raises(ZhupeiError) as refused, transaction(database) as session:
            take_seats(session, find_batch(session, "T"), seats)
        assert (refused.value.code, refused.value.exit_code) == ("E463", 5)
    with transaction(database) as session:
        take_seats(session, find_batch(session, "T"), [(*A, "own"), (*A, "social")])
        assert _taken(session)[A] == (1, 0, 1)


def test_vacancies_name_places_and_a_stopped_one_offers_none(database: str) -> None:
    places = (Place(*A, 2), Place(*B, 3, stopped=True))
    _store(database, replace(worked_example(), candidates=(), places=places, held=(Held(*A, "own"),)))
    with transaction(database, read_only=True) as session:
        hidden = list_vacancies(session, find_batch(session, "T"))
        found = list_vacancies(session, find_batch(session, "T"), unpublished=True)
    name = found[0]["specialty_label"]
    shared = {"specialty": "0100", "specialty_label": name, "is_shortage": False, "ceded": 0, "preplaced": 0}
    first = {"base": "A", "base_label": "基地A", "quota": 2, "taken": 1, "vacant": 1, "stopped": False}
    second = {"base": "B", "base_label": "基地B", "quota": 3, "taken": 0, "vacant": 0, "stopped": True}
    assert found == [{**first, **shared}, {**second, **shared}]
    # Nothing of it before publication.
    assert hidden == [{**one, "taken": None, "preplaced": None, "vacant": None} for one in found]


# -- no statement per row --------------------------------------------------------------------------


def test_statements_do_not_grow_with_people(new_database: Callable[[], str], by: Acting) -> None:
    counts = []
    for people in (50, 500):
        database = new_database()
        _store(database, drawn_world(people))
        with statements() as seen:
            _run(database, by)
            _commit(database, by)
            _uncommit(database, by)
        counts.append(len(seen))
    assert counts[0] == counts[1]
