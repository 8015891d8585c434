"""Refilling (递补) on a real database: committed, explained, verified, sealed, published, in every state."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.builders import drawn_world, store_world, worked_example
from tests.rules.reference_refill import reference_refill, refill_of
from zhupei_cli.acting import Acting
from zhupei_cli.model import Admission, Application, Batch, Event, Run
from zhupei_cli.rules.admission.admission import admit
from zhupei_cli.rules.admission.canonical import digest, results_text
from zhupei_cli.services.admission import admissions, by_hand, runs, stages, stale_runs
from zhupei_cli.services.admission.explaining import explain_candidate
from zhupei_cli.services.admission.explaining_result import explain_place_now
from zhupei_cli.services.admission.give_up import decide_admissions
from zhupei_cli.services.admission.runs import RunSummary
from zhupei_cli.services.batches import batches
from zhupei_cli.services.records.lookup import find_batch
from zhupei_cli.services.reports import reporting
from zhupei_cli.services.reports.overview import batch_now
from zhupei_cli.services.results import result_lists, sealed_files, sealing
from zhupei_cli.store.engine import transaction
from zhupei_cli.words.errors import ZhupeiError

NO = "T-000000{}".format
DATES = {"name": "补录", "apply_from": "2026-06-01", "apply_until": "2026-06-20"}


@pytest.fixture
def published(database: str, by: Acting) -> str:
    """The worked example in its 公示期; 2 gave up the seat at A. 3 has nothing."""
    with transaction(database) as session:
        batch = store_world(session, worked_example(), told=True)
        admissions.run_admission(session, batch, by=by)
        admissions.commit_run(session, batch, 1, by=by)
        stages.move_batch(session, batch, "publish", by=by)
        _give_up(session, by, 2)
    return database


def _give_up(session: Session, by: Acting, *numbers: int) -> None:
    batch = find_batch(session, "T")
    decide_admissions(session, batch, "decline", [NO(one) for one in numbers], reason="放弃", by=by)


def _refill(session: Session, by: Acting, **options: Any) -> RunSummary:
    return admissions.run_admission(session, find_batch(session, "T"), by=by, round_="refill", **options)


def _stand(session: Session) -> dict[str, tuple[Any, ...]]:
    columns = (Admission.status, Admission.base_code, Admission.via, Admission.total, Admission.rank)
    statement = select(Application.application_no, *columns)
    joined = statement.join(Admission, Admission.application_id == Application.id)
    return {row[0][-1]: tuple(row)[1:] for row in session.execute(joined)}


def _refused(database: str, act: Any) -> str:
    with pytest.raises(ZhupeiError) as error, transaction(database) as session:
        act(session)
    return error.value.code


@pytest.mark.parametrize("final", [False, True])
def test_a_refill_is_computed_committed_and_told(published: str, by: Acting, final: bool) -> None:
    with transaction(published) as session:
        batch = find_batch(session, "T")
        if final:
            stages.finalize_batch(session, batch, by=by)
        summary = _refill(session, by)
        assert {key: summary[key] for key in ("run", "rule", "round", "candidates", "admitted")} == {
            "run": 2,
            "rule": "choice-first",
            "round": "refill",
            "candidates": 1,
            "admitted": 1,
        }
        # The same digest on both databases, and as the plain reference has it.
        main = worked_example()
        inputs = refill_of(main, admit(main), frozenset([NO(2)]), adjust=True)
        assert summary["results_sha256"] == digest(results_text(reference_refill(inputs, main)))
        assert stale_runs.stale_runs(session, batch, [2]) == set()
        done = admissions.commit_run(session, batch, 2, by=by)
        assert (done["status"], done["proposed"]) == ("final" if final else "publicity", 1)
        stand = "admitted" if final else "proposed"
        assert _stand(session)["3"] == (stand, "A", "choice1", 7800, 3)
        told = select(Event.action, Event.before, Event.after, Event.data).where(
            Event.subject == NO(3), Event.action.startswith("admission.")
        )
        events = [tuple(row) for row in session.execute(told.order_by(Event.seq))]
        data = '{"base":"A","run":2,"seat_of":"T-0000002","specialty":"0100","via":"choice1"}'
        assert events[1] == ("admission.propose", "not_admitted", "proposed", data)
        assert [row[0] for row in events[2:]] == (["admission.finalize"] if final else [])
        assert [runs.verify_run(session, one) for one in session.scalars(select(Run))] == [[], []]


#: Of a drawn season of 200 after every tenth seated person gave up: the same on every database and machine.
DIGESTS = (
    "3142c67a87ff16d6941ccbf545240ab5d40a880365d0cb43ccde11584d502f62",
    "b30bfad8a45f662149c311fbb0bbc9457c96fdf0e9297c2a3b75c8b57b069a35",
)


def test_a_refill_has_one_digest_on_every_database(database: str, by: Acting) -> None:
    with transaction(database) as session:
        batch = store_world(session, drawn_world(200, bases=4, specialties=3))
        admissions.run_admission(session, batch, by=by, rule="stable")
        admissions.commit_run(session, batch, 1, by=by)
        seated = select(Application.application_no).join(
            Admission, Admission.application_id == Application.id
        )
        held = sorted(session.scalars(seated.where(Admission.live_key.is_not(None))))
        decide_admissions(session, batch, "decline", held[::10], reason="放弃", by=by)
        summary = _refill(session, by)
        assert (summary["rule"], summary["admitted"] > 10) == ("stable", True)
        assert (summary["inputs_sha256"], summary["results_sha256"]) == DIGESTS
        # In a batch that is only committed nothing is published by it.
        assert admissions.commit_run(session, batch, 2, by=by)["status"] == "committed"


def test_who_has_a_seat_in_another_batch_of_the_year_is_no_candidate(published: str, by: Acting) -> None:
    with transaction(published) as session:
        world = worked_example()
        people = tuple(one._replace(no=one.no.replace("T", "U")) for one in world.candidates)
        other = store_world(session, replace(world, candidates=people), code="U")
        mine, theirs = (
            session.execute(select(Application).where(Application.application_no == no)).scalar_one()
            for no in (NO(3), "U-0000001")
        )
        theirs.trainee_id, theirs.live_key = mine.trainee_id, f"{other.id}:{mine.trainee_id}"
        session.flush()
        admissions.run_admission(session, other, by=by)
        admissions.commit_run(session, other, 1, by=by)
        summary = _refill(session, by)
        assert (summary["candidates"], summary["admitted"]) == (0, 0)
        # Reinstated, 2 is one: of those who are 未录取, whatever they gave up before.
        decide_admissions(session, find_batch(session, "T"), "reinstate", [NO(2)], reason="改变主意", by=by)
        summary = _refill(session, by)
        assert (summary["candidates"], summary["admitted"]) == (1, 1)


def test_the_reason_of_who_still_has_no_seat_is_the_newest(published: str, by: Acting) -> None:
    with transaction(published) as session:
        batch = find_batch(session, "T")
        _refill(session, by, adjust=False)
        admissions.commit_run(session, batch, 2, by=by)
        # Nothing is given up: a refill of nothing seats nobody, and 2, reinstated, has a reason.
        decide_admissions(session, batch, "reinstate", [NO(2)], reason="改变主意", by=by)
        assert _refill(session, by, adjust=False)["admitted"] == 0
        admissions.commit_run(session, batch, 3, by=by)
        assert _stand(session)["2"][0] == "not_admitted"
        run = session.execute(select(Admission.run_id).where(Admission.status == "not_admitted")).scalar_one()
        rows = {row.no: row.reason for row in runs.stored_rows(session, session.get_one(Run, run))}
        assert rows == {NO(2): "full"}


def test_each_seat_is_named_once_and_of_who_left_it_first(published: str, by: Acting) -> None:
    with transaction(published) as session:
        batch = find_batch(session, "T")
        _give_up(session, by, 1)
        decide_admissions(session, batch, "reinstate", [NO(2)], reason="改变主意", by=by)
        assert _refill(session, by)["admitted"] == 2
        admissions.commit_run(session, batch, 2, by=by)
        data = select(Event.subject, Event.data).where(Event.action == "admission.propose")
        found = session.execute(data.order_by(Event.seq)).all()[-2:]
        assert [(row.subject, '"seat_of":"T-0000002"' in row.data) for row in found] == [
            (NO(2), True),
            (NO(3), False),
        ]
        assert '"seat_of":"T-0000001"' in found[1].data


def test_what_is_refused(published: str, by: Acting) -> None:
    assert _refused(published, lambda session: _refill(session, by, rule="stable")) == "E683"
    with transaction(published) as session:
        assert _refill(session, by, rule="choice-first")["run"] == 2
        _give_up(session, by, 4)
    # Stale since 4 gave up, and the cure is a run of the same round.
    with transaction(published) as session:
        assert stale_runs.stale_runs(session, find_batch(session, "T"), [2]) == {2}
        with pytest.raises(ZhupeiError) as stale:
            admissions.commit_run(session, find_batch(session, "T"), 2, by=by)
        assert "zhupei admit run --round refill --batch T" in stale.value.hint
    with transaction(published) as session:
        batch = find_batch(session, "T")
        _refill(session, by)
        stages.finalize_batch(session, batch, by=by)
        batches.create_batch(session, "S", year=2026, given=DATES, by=by, supplement_of="T")
    assert _refused(published, lambda session: _refill(session, by)) == "E486"

    def commit(session: Session) -> None:
        admissions.commit_run(session, find_batch(session, "T"), 3, by=by)

    assert _refused(published, commit) == "E486"
    with transaction(published) as session:
        stages.cancel_batch(session, find_batch(session, "S"), by=by)
        assert admissions.commit_run(session, find_batch(session, "T"), 3, by=by)["proposed"] == 1
    with transaction(published) as session:
        session.execute(Batch.__table__.update().values(status="locked"))  # type: ignore[attr-defined]
    assert _refused(published, lambda session: _refill(session, by)) == "E401"


def test_a_sealed_refill_is_verified_from_the_file(published: str, by: Acting, tmp_path: Path) -> None:
    with transaction(published) as session:
        batch = find_batch(session, "T")
        _refill(session, by)
        admissions.commit_run(session, batch, 2, by=by)
        stages.finalize_batch(session, batch, by=by)
        seal = sealing.seal_batch(session, batch, tmp_path / "T.zip", by=by)
    assert (seal["runs"], sealed_files.verify_file(tmp_path / "T.zip").findings) == (2, [])


def test_a_placing_stores_total_and_rank_and_tells_what_it_overrode(published: str, by: Acting) -> None:
    with transaction(published) as session:
        batch = find_batch(session, "T")
        _give_up(session, by, 4)
        decide_admissions(session, batch, "reinstate", [NO(4)], reason="改变主意", by=by)
        done = by_hand.place(session, batch, NO(4), ("A", "0100"), reason="照顾", by=by)
        assert [one.code for one in done["doubts"]] == ["E421"]
        assert (done["passed_over"], done["rank"]) == ([NO(3)], 4)
        # The rank is that of the main run, where 1, 2 and 3 come before.
        assert _stand(session)["4"] == ("proposed", "A", "place", 7000, 4)
        data = select(Event.data).where(Event.action == "admission.place")
        assert session.execute(data).scalar_one() == (
            '{"base":"A","overridden":["E421"],"passed_over":["T-0000003"],"rank":4,"seat_of":"T-0000002",'
            '"specialty":"0100","total":"70.00","via":"place"}'
        )
        # Whose seat at A it was is told once; that of 4 at B goes to 3.
        assert _refill(session, by)["admitted"] == 1
        admissions.commit_run(session, batch, 2, by=by)
        last = select(Event.data).where(Event.action == "admission.propose").order_by(Event.seq.desc())
        assert '"base":"B","run":2,"seat_of":"T-0000004"' in (session.scalars(last).first() or "")


def test_the_ranking_shows_the_seats_as_they_are_now(published: str, by: Acting) -> None:
    with transaction(published) as session:
        batch = find_batch(session, "T")

        def results(run: int | None) -> dict[str, str]:
            rows = result_lists.ranking(session, batch, run=run, base="A", specialty="0100")
            return {row["application_no"][-1]: row["result"] for row in rows}

        found = results(1)
        assert (found["2"], found["3"]) == ("录取", "未录取")
        assert results(None) == found | {"2": "放弃录取"}
        _refill(session, by)
        admissions.commit_run(session, batch, 2, by=by)
        assert results(None) == found | {"2": "放弃录取", "3": "录取"}
        assert results(1) == found


def test_who_is_placed_by_hand_sets_no_line(published: str, by: Acting) -> None:
    with transaction(published) as session:
        batch = find_batch(session, "T")

        def lowest() -> list[tuple[str, str]]:
            rows = result_lists.ranking(session, batch, run=None, base="A", specialty="0100")
            cut = explain_place_now(session, batch, "A", "0100")["cutoff"]
            (report,) = (
                one for one in reporting.measure(session, batch, now=by.at).cutoffs if one.base == "A"
            )
            (told,) = {str(row["cutoff"]) for row in rows}
            return [(told, str(cut)), (str(report.lowest), str(report.count))]

        before = lowest()
        assert before == [("90.00", "90.00"), ("9000", "1")]
        by_hand.place(session, batch, NO(3), ("A", "0100"), reason="递补", by=by)
        assert lowest() == before


def test_a_round_that_was_left_uncommitted_is_told_before_the_end(published: str, by: Acting) -> None:
    with transaction(published) as session:
        _refill(session, by)
    for more, cure in (((), "admit commit 2 --batch T"), ((4,), "admit run --round refill --batch T")):
        with transaction(published, dry_run=True) as session:
            _give_up(session, by, *more)
            done = stages.finalize_batch(session, find_batch(session, "T"), by=by)
            (told,) = (doubt.message for doubt in done["doubts"] if doubt.code == "E489")
            assert cure in told


def test_what_was_built_on_a_result_taken_back_is_no_result(database: str, by: Acting) -> None:
    with transaction(database) as session:
        batch = store_world(session, worked_example())
        admissions.run_admission(session, batch, by=by)
        admissions.commit_run(session, batch, 1, by=by)
        _give_up(session, by, 2)
        _refill(session, by)
        admissions.uncommit(session, batch, reason="错", by=by)
        assert 2 in stale_runs.stale_runs(session, batch, [1, 2])
        assert runs.current_run(session, batch).number == 1
        last = batch_now(session, batch, now=by.at)["last_run"]
        assert last is not None and (last["run"], last["round"]) == (1, "main")
        assert explain_candidate(session, batch, NO(3))["run"] == 1
