"""The canonical text of a run."""

import json
from dataclasses import replace
from hashlib import sha256
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rules.admission_worlds import worlds
from zhupei_cli.rules.admission.admission import admit
from zhupei_cli.rules.admission.canonical import digest, inputs_text, parse_inputs, results_text
from zhupei_cli.rules.admission.run import Candidate, Held, Inputs, Place, ResultRow, RunSpecialty
from zhupei_cli.rules.admission.scores import Record, Weights

INPUTS = Inputs(
    places=(
        Place("B2", "0100", 1, 6050, True),
        Place("B1", "0100", 2, limits={"social": 0, "own": 3}),
    ),
    candidates=(
        Candidate("T-0000002", "own", (), False, "2024-06-04T02:00:01Z", ()),
        Candidate(
            "T-0000001",
            "social",
            (("B2", "0100"), ("B1", "0100")),
            True,
            "2024-06-04T02:00:00Z",
            (Record("B1", 8550, None, 5), Record(None, 0, 10000, 7000)),
        ),
    ),
    cities={"B2": None, "B1": "410100"},
    specialties={"0100": RunSpecialty("西医", True)},
    weights=Weights("0.40", "0.4", "0.2"),
    tie_keys=("skill", "written"),
    min_score=6000,
    held=(Held("B2", "0100", "own"), Held("B1", "0100", "own"), Held("B1", "0100", "own")),
)
TEXT = (
    '{"adjust":true,"adjust_scope":"specialty","candidates":['
    '{"accept_adjust":true,"choices":[["B2","0100"],["B1","0100"]],"identity":"social","no":"T-0000001","records":['
    '{"base":null,"interview":"70.00","skill":"100.00","written":"0.00"},'
    '{"base":"B1","interview":"0.05","skill":null,"written":"85.50"}],"submitted_at":"2024-06-04T02:00:00Z"},'
    '{"accept_adjust":false,"choices":[],"identity":"own","no":"T-0000002","records":[],'
    '"submitted_at":"2024-06-04T02:00:01Z"}],'
    '"cities":{"B1":"410100","B2":null},'
    '"held":[{"base":"B1","identity":"own","specialty":"0100"},{"base":"B1","identity":"own","specialty":"0100"},'
    '{"base":"B2","identity":"own","specialty":"0100"}],'
    '"min_score":"60.00","places":['
    '{"base":"B1","limits":{"entrusted":null,"own":3,"social":0},"min_score":null,"quota":2,"specialty":"0100",'
    '"stopped":false},'
    '{"base":"B2","limits":{"entrusted":null,"own":null,"social":null},"min_score":"60.50","quota":1,'
    '"specialty":"0100","stopped":true}],'
    '"round":"main","rule":"choice-first","specialties":{"0100":{"category":"西医","shortage":true}},'
    '"tie_keys":["skill","written"],"weights":{"interview":"0.2","skill":"0.4","written":"0.40"}}'
)
quick = settings(max_examples=60, deadline=None, derandomize=True, database=None)


def test_inputs_text() -> None:
    assert "".join(inputs_text(INPUTS)) == TEXT


def test_a_capacity_is_named_only_where_there_is_one() -> None:
    places = (replace(INPUTS.places[0], capacity=9), INPUTS.places[1])
    text = "".join(inputs_text(replace(INPUTS, places=places)))
    assert text.replace('"base":"B2","capacity":9,"limits"', '"base":"B2","limits"') == TEXT != text
    assert [place.capacity for place in parse_inputs([text]).places] == [None, 9]


def test_digest_is_of_the_whole_text() -> None:
    assert digest(inputs_text(INPUTS)) == sha256(TEXT.encode("utf-8")).hexdigest()


def test_results_text() -> None:
    rows = (
        ResultRow("T-0000002", "not_admitted", reason="absent"),
        ResultRow("T-0000001", "admitted", "B1", "0100", "choice2", 8550, 1),
    )
    assert "".join(results_text(rows)) == (
        '[{"base":"B1","no":"T-0000001","outcome":"admitted","rank":1,"reason":null,"specialty":"0100",'
        '"total":"85.50","via":"choice2"},'
        '{"base":null,"no":"T-0000002","outcome":"not_admitted","rank":null,"reason":"absent","specialty":null,'
        '"total":null,"via":null}]'
    )


def test_results_of_nobody() -> None:
    assert "".join(results_text(())) == "[]"


def test_many_rows_come_in_pieces_and_stay_one_array() -> None:
    rows = tuple(ResultRow(f"T-{no:07d}", "not_admitted", reason="full") for no in range(2500))
    pieces = list(results_text(rows))
    assert len(pieces) == 5
    assert [row["no"] for row in json.loads("".join(pieces))] == [row.no for row in rows]


def test_every_part_of_the_inputs_is_in_the_text() -> None:
    place, candidate = INPUTS.places[1], INPUTS.candidates[1]
    changed: list[dict[str, Any]] = [
        {"places": (INPUTS.places[0], replace(place, quota=3))},
        {"places": (INPUTS.places[0], replace(place, min_score=0))},
        {"places": (INPUTS.places[0], replace(place, stopped=True))},
        {"places": (INPUTS.places[0], replace(place, limits={}))},
        *(
            {"candidates": (INPUTS.candidates[0], candidate._replace(**part))}
            for part in (
                {"no": "T-0000003"},
                {"identity": "own"},
                {"choices": candidate.choices[::-1]},
                {"accept_adjust": False},
                {"submitted_at": "2024-06-04T02:00:02Z"},
                {"records": candidate.records[:1]},
                {"by_order": True},
            )
        ),
        {"cities": {}},
        {"specialties": {}},
        {"weights": Weights("0.4", "0.4", "0.2")},
        {"tie_keys": ("written", "skill")},
        {"min_score": None},
        {"adjust_scope": "category"},
        {"rule": "stable"},
        {"round": "adjust"},
        {"adjust": False},
        {"held": INPUTS.held[1:]},
    ]
    digests = {digest(inputs_text(replace(INPUTS, **change))) for change in changed}
    assert len(digests | {digest(inputs_text(INPUTS))}) == len(changed) + 1


@given(worlds("stable"))
@quick
def test_back_from_the_text(inputs: Inputs) -> None:
    text = list(inputs_text(inputs))
    parsed = parse_inputs(text)
    assert list(inputs_text(parsed)) == text
    assert admit(parsed) == admit(inputs)


@given(worlds("choice-first"), st.randoms(use_true_random=False))
@quick
def test_the_order_of_rows_does_not_show(inputs: Inputs, random: Random) -> None:
    shuffled = replace(
        inputs,
        places=tuple(random.sample(inputs.places, len(inputs.places))),
        candidates=tuple(
            candidate._replace(records=candidate.records[::-1])
            for candidate in random.sample(inputs.candidates, len(inputs.candidates))
        ),
        held=inputs.held[::-1],
        cities=dict(reversed(list(inputs.cities.items()))),
        specialties=dict(reversed(list(inputs.specialties.items()))),
    )
    assert list(inputs_text(shuffled)) == list(inputs_text(inputs))
