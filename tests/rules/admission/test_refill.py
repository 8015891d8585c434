"""Refilling: each clause by hand, against the plain reference, and what it promises on drawn seasons."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import worked_example
from tests.rules.admission_worlds import worlds
from tests.rules.audited_twice import audit
from tests.rules.reference_admission import wronged
from tests.rules.reference_refill import reference_refill, refill_of
from zhupei_cli.rules.admission.admission import admit
from zhupei_cli.rules.admission.canonical import digest, inputs_text, parse_inputs, results_text
from zhupei_cli.rules.admission.run import Candidate, Held, Inputs, MainRun, Place, ResultRow
from zhupei_cli.rules.admission.scores import Record, Weights
from zhupei_cli.rules.proof.explanation import explain

A, B, C = ("A", "0100"), ("B", "0100"), ("C", "0100")
MAIN = worked_example()
many = settings(max_examples=150, deadline=None, derandomize=True, database=None)


def _refilled(inputs: Inputs, main: Inputs = MAIN) -> dict[str, tuple[object, ...]]:
    rows = admit(inputs, main)
    assert rows == reference_refill(inputs, main)
    assert audit(inputs, rows, main) == []
    return {row.no[-1]: (row.base, row.via, row.total, row.rank, row.reason) for row in rows}


def _after(*gone: int, adjust: bool = True, main: Inputs = MAIN) -> Inputs:
    numbers = frozenset(f"T-{number:07d}" for number in gone)
    return refill_of(main, admit(main), numbers, adjust=adjust)


# Main: 1 and 2 at A, 4 at B, 5 at C; 3 (A, B; 78) has nothing.


def test_a_seat_given_up_goes_to_who_wanted_it() -> None:
    # 3 is the third of the four who chose A: the rank of the main run, not the first of one candidate.
    assert _refilled(_after(2)) == {"3": ("A", "choice1", 7800, 3, None)}


def test_the_better_of_the_own_choices_comes_first() -> None:
    assert _refilled(_after(2, 4))["3"] == ("A", "choice1", 7800, 3, None)
    assert _refilled(_after(4))["3"] == ("B", "choice2", 7800, 3, None)


def test_own_choices_come_before_adjustment_and_adjusted_seats_have_no_rank() -> None:
    assert _refilled(_after(5)) == {"3": ("C", "adjust", 7800, None, None)}
    assert _refilled(_after(5, adjust=False)) == {"3": (None, None, None, None, "full")}


def test_nobody_moves_though_they_would_like_to() -> None:
    # 4 sits at B, the first choice; 5 sits at C, the second, and would like the seat at B that 4 gave up.
    main = replace(MAIN, candidates=tuple(one for one in MAIN.candidates if one.no != "T-0000003"))
    assert _refilled(_after(4, main=main), main) == {}


def test_who_gave_a_seat_up_is_no_candidate_and_nothing_to_refill_changes_nothing() -> None:
    assert set(_refilled(_after(1, 2))) == {"3"}
    assert _refilled(_after()) == {"3": (None, None, None, None, "no_vacancy")}


def test_who_was_no_candidate_of_the_main_run_has_no_rank() -> None:
    late = Candidate(
        "T-0000009", "social", (A,), False, "2026-06-02T00:00:00Z", (Record(None, *(9500,) * 3),)
    )
    inputs = _after(2)
    assert _refilled(replace(inputs, candidates=(*inputs.candidates, late))) == {
        "9": ("A", "choice1", 9500, None, None),
        "3": (None, None, None, None, "no_vacancy"),
    }


def test_marks_and_lines_are_those_of_now_and_the_rank_is_that_of_then() -> None:
    inputs = _after(2)
    raised = tuple(one._replace(records=(Record(None, *(9900,) * 3),)) for one in inputs.candidates)
    assert _refilled(replace(inputs, candidates=raised))["3"] == ("A", "choice1", 9900, 3, None)
    assert _refilled(replace(inputs, min_score=8000))["3"] == (None, None, None, None, "below_line")


def test_weights_limits_and_stopped_places_are_those_of_now() -> None:
    inputs = _after(2)
    uneven = tuple(one._replace(records=(Record(None, 9000, 5000, 5000),)) for one in inputs.candidates)
    weighted = replace(inputs, candidates=uneven, weights=Weights("1", "0", "0"))
    assert _refilled(weighted)["3"] == ("A", "choice1", 9000, 3, None)
    # 1 sits at A: a limit set since counts who holds a seat; a place stopped since gives none.
    limited = replace(inputs, places=(Place(*A, 2, limits={"social": 1}), *MAIN.places[1:]))
    assert _refilled(limited)["3"] == (None, None, None, None, "no_vacancy")
    stopped = replace(inputs, places=(Place(*A, 2, stopped=True), *MAIN.places[1:]))
    assert _refilled(stopped)["3"] == (None, None, None, None, "no_vacancy")


@pytest.mark.parametrize(("rule", "first"), [("choice-first", "4"), ("score-first", "3"), ("stable", "3")])
def test_it_goes_by_the_rule_of_the_main_run(rule: str, first: str) -> None:
    # A and C hold two better ones; 3 (78) wants A, then B, 4 (70) wants B, then A, and B had no seat.
    # When B has one, its first choices come first by choice-first, the better one by the other rules.
    main = replace(MAIN, rule=rule, adjust=False, places=(Place(*A, 2), Place(*B, 0), Place(*C, 1)))
    inputs = replace(_after(adjust=False, main=main), places=MAIN.places)
    found = {no: got for no, got in _refilled(inputs, main).items() if got[0] is not None}
    # B had no seats, but it was in the plan: ranks there are those of the main run.
    via, total, rank = ("choice1", 7000, 4) if first == "4" else ("choice2", 7800, 3)
    assert found == {first: ("B", via, total, rank, None)}


def test_who_was_not_eligible_there_in_the_main_run_has_no_rank() -> None:
    lined = replace(MAIN, places=(Place(*A, 2, min_score=7900), Place(*B, 1), Place(*C, 1)))
    inputs = replace(_after(2, main=lined), places=MAIN.places)
    assert _refilled(inputs, lined)["3"] == ("A", "choice1", 7800, None, None)


def test_a_limit_counts_who_sits_there() -> None:
    main = replace(MAIN, places=(Place(*A, 3, limits={"social": 2}), *MAIN.places[1:]))
    assert _refilled(_after(main=main), main) == {"3": (None, None, None, None, "no_vacancy")}
    assert _refilled(_after(1, main=main), main)["3"] == ("A", "choice1", 7800, 3, None)


def test_the_inputs_name_the_main_run_and_other_runs_have_the_text_they_had() -> None:
    inputs = _after(2)
    text = "".join(inputs_text(inputs))
    assert f'"main":{{"inputs_sha256":"{"0" * 64}","run":1}}' in text
    assert parse_inputs([text]).main == MainRun(1, "0" * 64)
    assert '"main":{' not in "".join(inputs_text(MAIN))
    with pytest.raises(ValueError, match="main run"):
        admit(inputs)
    with pytest.raises(ValueError, match="main run"):
        admit(MAIN, MAIN)


def test_an_explanation_has_the_ranks_of_the_main_run() -> None:
    inputs = _after(2)
    steps = explain(inputs, admit(inputs, MAIN), "T-0000003", MAIN)
    assert [(step.base, step.rank, step.result) for step in steps] == [
        ("A", 3, "admitted"),
        ("B", 3, "not_needed"),
    ]


def test_a_planted_rank_is_found() -> None:
    inputs = _after(2)
    (row,) = admit(inputs, MAIN)
    assert [one.code for one in audit(inputs, [row._replace(rank=1)], MAIN)] == ["E447"]


@many
@given(st.data())
def test_drawn_seasons(data: st.DataObject) -> None:
    """The reference agrees; quotas, limits and held seats hold; nobody unseated is wronged; nothing twice."""
    rule = data.draw(st.sampled_from(("choice-first", "score-first", "stable")))
    main = data.draw(worlds(rule))
    rows = admit(main)
    seated = sorted(row.no for row in rows if row.admitted)
    gone = frozenset(data.draw(st.lists(st.sampled_from(seated), unique=True)) if seated else ())
    inputs = refill_of(main, rows, gone, adjust=data.draw(st.booleans()))
    found = admit(inputs, main)
    assert found == reference_refill(inputs, main)
    assert audit(inputs, found, main) == []
    # Nobody seated has moved: they are no candidates, and their seats are counted as held.
    assert {row.no for row in found} == {row.no for row in rows if not row.admitted}
    _require_seats(inputs, found)
    if rule == "stable":
        assert (
            wronged(inputs, {row.no: (row.spot, row.via) for row in found if row.spot and row.via}) == set()
        )
    if not gone and main.adjust:
        assert not any(row.admitted for row in found)
    # A refill of what a refill left, nothing given up since, gives nobody anything.
    if inputs.adjust:
        assert not any(row.admitted for row in admit(_again(inputs, found), main))
    shuffled = replace(inputs, candidates=inputs.candidates[::-1], places=inputs.places[::-1])
    assert digest(results_text(admit(shuffled, main))) == digest(results_text(found))


def _again(inputs: Inputs, rows: tuple[ResultRow, ...]) -> Inputs:
    identity = {one.no: one.identity for one in inputs.candidates}
    seated = [Held(*row.spot, identity[row.no]) for row in rows if row.spot]
    left = {row.no for row in rows if not row.admitted}
    candidates = tuple(one for one in inputs.candidates if one.no in left)
    return replace(inputs, candidates=candidates, held=(*inputs.held, *seated))


def _require_seats(inputs: Inputs, rows: tuple[ResultRow, ...]) -> None:
    identity = {one.no: one.identity for one in inputs.candidates}
    for place in inputs.places:
        before = Counter(seat.identity for seat in inputs.held if seat[:2] == place.spot)
        new = Counter(identity[row.no] for row in rows if row.spot == place.spot)
        assert not new or (before + new).total() <= place.quota
        assert all(not new[who] or before[who] + new[who] <= limit for who, limit in place.limits.items())
