"""The admission engine: the known cases, and its promises on drawn ones."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rules.admission_worlds import worlds
from tests.rules.reference_admission import reference
from zhupei_cli.rules.admission.admission import admit
from zhupei_cli.rules.admission.run import Candidate, Held, Inputs, Place, ResultRow, RunSpecialty
from zhupei_cli.rules.admission.scores import Record
from zhupei_cli.words.errors import ZhupeiError

RULES = ("choice-first", "score-first", "stable")
GOLDEN = json.loads((Path(__file__).parents[2] / "golden" / "admission_cases.json").read_text("utf-8"))
KINDS = {
    "0100": RunSpecialty("西医", False),
    "0200": RunSpecialty("西医", True),
    "2800": RunSpecialty("口腔", False),
}
quick = settings(max_examples=60, deadline=None, derandomize=True, database=None)


def _hundredths(mark: float | None) -> int | None:
    return None if mark is None else round(mark * 100)


def _record(row: Mapping[str, Any]) -> Record:
    return Record(row["base"], *(_hundredths(row[key]) for key in ("written", "skill", "interview")))


def _candidate(row: Mapping[str, Any]) -> Candidate:
    records = tuple(_record(record) for record in row["records"])
    choices = tuple((base, specialty) for base, specialty in row["choices"])
    consent, submitted_at = row["accept_adjust"], row["submitted_at"]
    return Candidate(row["no"], row["identity"], choices, consent, submitted_at, records)


def _place(row: Mapping[str, Any]) -> Place:
    line = _hundredths(row["min_score"])
    return Place(row["base"], row["specialty"], row["quota"], line, row["stopped"], row["limits"])


def _inputs(case: Mapping[str, Any], rule: str) -> Inputs:
    return Inputs(
        places=tuple(map(_place, case["places"])),
        candidates=tuple(map(_candidate, case["candidates"])),
        cities=case["cities"],
        specialties=KINDS,
        min_score=_hundredths(case["min_score"]),
        adjust_scope=case["adjust_scope"],
        rule=rule,
    )


def _answer(rows: tuple[ResultRow, ...]) -> dict[str, dict[str, str | None]]:
    shown = {True: ("outcome", "base", "specialty", "via"), False: ("outcome", "reason")}
    return {row.no: {key: getattr(row, key) for key in shown[row.admitted]} for row in rows}


@pytest.mark.parametrize("case", GOLDEN["cases"], ids=lambda case: str(case["case"]))
def test_known_case(case: Mapping[str, Any]) -> None:
    answers = {rule: _answer(admit(_inputs(case, rule))) for rule in case["expected"]}
    assert answers == case["expected"]


@pytest.mark.parametrize("case", GOLDEN["cases"], ids=lambda case: str(case["case"]))
def test_known_case_by_the_reference(case: Mapping[str, Any]) -> None:
    answers = {rule: _answer(reference(_inputs(case, rule))) for rule in case["expected"]}
    assert answers == case["expected"]


def worked_example(rule: str) -> Inputs:
    """The example that ends the rules: A has 2 seats, B and C one each."""
    a, b, c = ("A", "0100"), ("B", "0100"), ("C", "0100")
    wishes = [
        (90, (a, b), False),
        (80, (a, b), True),
        (78, (a, b), True),
        (70, (b, a), True),
        (60, (b, c), False),
    ]
    return Inputs(
        places=(Place(*a, 2), Place(*b, 1), Place(*c, 1)),
        candidates=tuple(
            Candidate(str(no), "social", choices, consent, "2024-06-04T02:00:00Z", (_common(total * 100),))
            for no, (total, choices, consent) in enumerate(wishes, 1)
        ),
        cities={},
        specialties=KINDS,
        rule=rule,
    )


def _common(mark: int | None) -> Record:
    return Record(None, mark, mark, mark)


def test_worked_example_choice_first() -> None:
    assert admit(worked_example("choice-first")) == (
        ResultRow("1", "admitted", "A", "0100", "choice1", 9000, 1),
        ResultRow("2", "admitted", "A", "0100", "choice1", 8000, 2),
        ResultRow("3", "not_admitted", reason="no_vacancy"),
        ResultRow("4", "admitted", "B", "0100", "choice1", 7000, 4),
        ResultRow("5", "admitted", "C", "0100", "choice2", 6000, 1),
    )


@pytest.mark.parametrize("rule", ["score-first", "stable"])
def test_worked_example_by_score(rule: str) -> None:
    assert admit(worked_example(rule)) == (
        ResultRow("1", "admitted", "A", "0100", "choice1", 9000, 1),
        ResultRow("2", "admitted", "A", "0100", "choice1", 8000, 2),
        ResultRow("3", "admitted", "B", "0100", "choice2", 7800, 3),
        ResultRow("4", "not_admitted", reason="no_vacancy"),
        ResultRow("5", "admitted", "C", "0100", "choice2", 6000, 1),
    )


def test_nobody_at_all() -> None:
    assert admit(replace(worked_example("stable"), candidates=())) == ()


def test_score_first_refuses_an_own_record_even_an_empty_one() -> None:
    inputs = worked_example("score-first")
    own = inputs.candidates[1]._replace(records=(_common(8000), Record("A", None, None, None)))
    with pytest.raises(ZhupeiError) as refused:
        admit(replace(inputs, candidates=(*inputs.candidates[2:], own)))
    assert (refused.value.code, refused.value.values) == ("E432", {"application_no": "2", "count": 1})


def test_earlier_admissions_beyond_the_quota_leave_no_room() -> None:
    inputs = worked_example("stable")
    held = (Held("A", "0100", "own"),) * 3
    rows = admit(replace(inputs, held=held, adjust=False))
    assert [(row.no, row.base, row.reason) for row in rows] == [
        ("1", "B", None),
        ("2", None, "full"),
        ("3", None, "full"),
        ("4", None, "full"),
        ("5", "C", None),
    ]


def test_the_adjustment_round_passes_over_the_own_choices() -> None:
    inputs = replace(worked_example("choice-first"), round="adjust")
    rows = admit(inputs)
    assert [(row.no, row.base, row.via, row.rank, row.reason) for row in rows] == [
        ("1", None, None, None, "full"),
        ("2", "C", "adjust", None, None),
        ("3", None, None, None, "no_vacancy"),
        ("4", None, None, None, "no_vacancy"),
        ("5", None, None, None, "full"),
    ]


@pytest.mark.parametrize("rule", RULES)
def test_equals_the_rules_read_aloud(rule: str) -> None:
    @given(worlds(rule))
    @quick
    def check(inputs: Inputs) -> None:
        assert admit(inputs) == reference(inputs)

    check()


@given(worlds("choice-first", adjust_round=True))
@quick
def test_the_adjustment_round_equals_the_rules_read_aloud(inputs: Inputs) -> None:
    assert admit(inputs) == reference(inputs)


@pytest.mark.parametrize("rule", RULES)
def test_the_order_of_the_inputs_does_not_matter(rule: str) -> None:
    @given(worlds(rule), st.randoms(use_true_random=False))
    @quick
    def check(inputs: Inputs, random: Random) -> None:
        shuffled = replace(
            inputs,
            places=_shuffled(random, inputs.places),
            candidates=tuple(
                candidate._replace(records=_shuffled(random, candidate.records))
                for candidate in _shuffled(random, inputs.candidates)
            ),
            held=_shuffled(random, inputs.held),
        )
        assert admit(shuffled) == admit(inputs)

    check()


def _shuffled(random: Random, values: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(random.sample(values, len(values)))


@pytest.mark.parametrize("rule", RULES)
def test_never_over_a_quota_or_limit_and_adjusted_only_with_consent(rule: str) -> None:
    @given(worlds(rule))
    @quick
    def check(inputs: Inputs) -> None:
        people = {candidate.no: candidate for candidate in inputs.candidates}
        rows = [row for row in admit(inputs) if row.admitted]
        for place in inputs.places:
            held = Counter(held.identity for held in inputs.held if held[:2] == place.spot)
            added = Counter(people[row.no].identity for row in rows if row.spot == place.spot)
            assert added.total() <= max(0, place.quota - held.total())
            assert all(added[who] <= max(0, most - held[who]) for who, most in place.limits.items())
        assert all(inputs.adjust and people[row.no].accept_adjust for row in rows if row.via == "adjust")

    check()


@given(worlds("score-first"))
@quick
def test_score_first_is_the_stable_result_where_records_are_common(inputs: Inputs) -> None:
    assert admit(inputs) == admit(replace(inputs, rule="stable"))
