"""Reserved seats (保留名额): each clause of the rules by a case worked out by hand, then drawn ones."""

from collections.abc import Mapping
from dataclasses import replace
from random import Random

import pytest

from tests.rules.audited_twice import audit
from tests.rules.reference_admission import reference
from tests.rules.tiny_reserves import check_stable, draw
from zhupei_cli.rules.admission.admission import admit
from zhupei_cli.rules.admission.canonical import digest, inputs_text, parse_inputs
from zhupei_cli.rules.admission.run import Candidate, Held, Inputs, Place, ResultRow, RunSpecialty, Spot
from zhupei_cli.rules.admission.scores import Record
from zhupei_cli.rules.proof.explanation import Cause, explain, explain_place, why_full
from zhupei_cli.rules.proof.explanation_words import decided, fate_label
from zhupei_cli.words.vocabulary import Outcome

RULES = ("choice-first", "score-first", "stable")
A, B, C = ("A", "0100"), ("B", "0100"), ("C", "0100")


def someone(no: int, who: str, mark: int, *choices: Spot, adjust: bool = False) -> Candidate:
    record = Record(None, mark * 100, mark * 100, mark * 100)
    return Candidate(str(no), who, choices, adjust, "2024-06-04T02:00:00Z", (record,))


def place(spot: Spot, quota: int, *, limits: Mapping[str, int] = {}, **reserves: int) -> Place:
    return Place(*spot, quota, limits=limits, reserves=reserves)


def round_(places: tuple[Place, ...], *people: Candidate, held: tuple[Held, ...] = ()) -> Inputs:
    return Inputs(
        places=places,
        candidates=people,
        cities={},
        specialties={"0100": RunSpecialty("西医", False)},
        held=held,
    )


def seats(inputs: Inputs, rule: str) -> dict[str, str]:
    """Return number → base and way of whoever is seated, of a run that the audit finds nothing in."""
    inputs = replace(inputs, rule=rule)
    rows = admit(inputs)
    assert audit(inputs, rows) == []
    assert rows == reference(inputs)
    return {row.no: f"{row.base} {row.via}" for row in rows if row.admitted}


CASES = {
    "an identity below its reserve comes first": (
        round_((place(A, 1, own=1),), someone(1, "social", 90, A), someone(2, "own", 70, A)),
        {"2": "A choice1"},
    ),
    "what it does not use is open to all": (
        round_((place(A, 2, own=2),), someone(1, "social", 90, A), someone(2, "social", 80, A)),
        {"1": "A choice1", "2": "A choice1"},
    ),
    "beyond the reserve by merit alone": (
        round_(
            (place(A, 2, own=1),),
            someone(1, "social", 90, A),
            someone(2, "own", 80, A),
            someone(3, "own", 85, A),
        ),
        {"1": "A choice1", "3": "A choice1"},
    ),
    "the reserve is filled by merit": (
        round_((place(A, 1, own=1),), someone(1, "own", 70, A), someone(2, "own", 71, A)),
        {"2": "A choice1"},
    ),
    "its best sit on it, so that the next compete": (
        round_(
            (place(A, 3, own=1),),
            someone(1, "own", 99, A),
            someone(2, "social", 90, A),
            someone(3, "social", 80, A),
            someone(4, "own", 79, A),
        ),
        {"1": "A choice1", "2": "A choice1", "3": "A choice1"},
    ),
    "a limit holds beside a reserve": (
        round_(
            (place(A, 3, limits={"own": 1}, own=1),),
            someone(1, "own", 70, A),
            someone(2, "own", 60, A),
            someone(3, "social", 50, A),
        ),
        {"1": "A choice1", "3": "A choice1"},
    ),
    "two reserves beside each other": (
        round_(
            (place(A, 2, own=1, entrusted=1),),
            someone(1, "social", 99, A),
            someone(2, "own", 60, A),
            someone(3, "entrusted", 61, A),
        ),
        {"2": "A choice1", "3": "A choice1"},
    ),
    "held seats count against the reserve": (
        round_(
            (place(A, 2, own=1),),
            someone(1, "social", 90, A),
            someone(2, "own", 70, A),
            held=(Held(*A, "own"),),
        ),
        {"1": "A choice1"},
    ),
    "held seats of others leave fewer than are reserved": (
        round_(
            (place(A, 2, own=1, entrusted=1),),
            someone(1, "social", 99, A),
            someone(2, "own", 60, A),
            someone(3, "entrusted", 61, A),
            held=(Held(*A, "social"),),
        ),
        {"3": "A choice1"},
    ),
    "a fourth identity has its reserve": (
        round_((place(A, 1, postgrad=1),), someone(1, "social", 99, A), someone(2, "postgrad", 60, A)),
        {"2": "A choice1"},
    ),
}


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("name", CASES)
def test_taking_at_one_place(name: str, rule: str) -> None:
    inputs, expected = CASES[name]
    assert seats(inputs, rule) == expected


# 2 comes to A by the second choice; A reserves a seat for 2's identity.
SECOND = round_(
    (place(A, 1, own=1), place(B, 1)),
    someone(1, "social", 80, A),
    someone(2, "own", 60, B, A),
    someone(3, "social", 90, B),
)


def test_the_reserve_is_of_its_round() -> None:
    # Seats of earlier rounds stay: in the first nobody else wanted the reserved one.
    assert seats(SECOND, "choice-first") == {"1": "A choice1", "3": "B choice1"}
    assert seats(SECOND, "stable") == {"2": "A choice2", "3": "B choice1"}


def test_seats_of_earlier_rounds_count_against_the_reserve() -> None:
    # 1 sits on the reserved seat since round 1, so in round 2 the better one comes first, not 2's identity.
    inputs = round_(
        (place(A, 2, own=1), place(B, 1)),
        someone(1, "own", 70, A),
        someone(2, "own", 60, B, A),
        someone(3, "social", 80, B, A),
        someone(4, "social", 90, B),
    )
    found = {"1": "A choice1", "3": "A choice2", "4": "B choice1"}
    assert {rule: seats(inputs, rule) for rule in RULES} == dict.fromkeys(RULES, found)


def test_score_first_is_computed_as_stable() -> None:
    assert seats(SECOND, "score-first") == seats(SECOND, "stable")
    without = replace(SECOND, places=(place(A, 1), place(B, 1)))
    assert seats(without, "score-first") == {"1": "A choice1", "3": "B choice1"}


def test_who_holds_an_open_seat_leaves_it_for_a_reserved_one() -> None:
    inputs = round_(
        (place(A, 2, own=1), place(B, 1), place(C, 1)),
        someone(1, "social", 95, A),
        someone(2, "social", 85, A, C),
        someone(3, "own", 50, B, A),
        someone(4, "social", 60, B),
    )
    assert seats(inputs, "stable") == {
        "1": "A choice1",
        "2": "C choice2",
        "3": "A choice2",
        "4": "B choice1",
    }


def test_adjustment_looks_at_room_alone() -> None:
    inputs = round_(
        (place(A, 0), place(B, 1, own=1)),
        someone(1, "social", 90, A, adjust=True),
        someone(2, "own", 80, A, adjust=True),
    )
    for rule in RULES:
        assert seats(inputs, rule) == {"1": "B adjust"}


def row(no: str, base: str | None = None, total: int | None = None, rank: int | None = None) -> ResultRow:
    if base is None:
        return ResultRow(no, Outcome.NOT_ADMITTED, reason="full")
    return ResultRow(no, Outcome.ADMITTED, base, "0100", "choice1", total, rank)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize(
    ("inputs", "rows", "wronged"),
    [
        (  # (a) the same identity, and before
            round_((place(A, 1, own=1),), someone(1, "own", 90, A), someone(2, "own", 80, A)),
            (row("1"), row("2", "A", 8000, 2)),
            "1",
        ),
        (  # (b) the own identity below its reserve, the other above its own
            round_((place(A, 1, own=1),), someone(1, "social", 90, A), someone(2, "own", 80, A)),
            (row("1", "A", 9000, 1), row("2")),
            "2",
        ),
        (  # (b) … or after, where both are below: earlier admissions left one seat
            round_(
                (place(A, 2, own=1, entrusted=1),),
                someone(1, "own", 90, A),
                someone(2, "entrusted", 80, A),
                held=(Held(*A, "social"),),
            ),
            (row("1"), row("2", "A", 8000, 2)),
            "1",
        ),
        (  # (c) before somebody whose identity has more than its reserve
            round_(
                (place(A, 2, own=1),),
                someone(1, "own", 70, A),
                someone(2, "own", 60, A),
                someone(3, "social", 65, A),
            ),
            (row("1", "A", 7000, 1), row("2", "A", 6000, 3), row("3")),
            "3",
        ),
        (  # room at the end
            round_((place(A, 2, own=1),), someone(1, "own", 70, A), someone(2, "social", 60, A)),
            (row("1", "A", 7000, 1), row("2")),
            "2",
        ),
    ],
)
def test_the_audit_finds_envy(inputs: Inputs, rows: tuple[ResultRow, ...], wronged: str, rule: str) -> None:
    found = audit(replace(inputs, rule=rule), rows)
    assert [(one.code, one.message) for one in found] == [
        ("E444", f"{wronged} 应当优先于他人得到 A 的 0100（第 1 志愿）")
    ]


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize(
    ("inputs", "rows"),
    [
        (  # by (c) 3 would be wronged, but in 2's seat there would be one more of social than may be
            round_(
                (place(A, 2, limits={"social": 1}, own=1),),
                someone(1, "social", 90, A),
                someone(2, "entrusted", 60, A),
                someone(3, "social", 65, A),
            ),
            (row("1", "A", 9000, 1), row("2", "A", 6000, 3), row("3")),
        ),
        (  # earlier live admissions are never envied, whatever is reserved
            round_((place(A, 1, own=1),), someone(1, "own", 90, A), held=(Held(*A, "social"),)),
            (row("1"),),
        ),
    ],
)
def test_what_is_no_justified_envy(inputs: Inputs, rows: tuple[ResultRow, ...], rule: str) -> None:
    assert audit(replace(inputs, rule=rule), rows) == []


def test_a_reserved_seat_excuses_envy() -> None:
    inputs = round_((place(A, 1, own=1),), someone(1, "social", 90, A), someone(2, "own", 80, A))
    assert audit(inputs, (row("1"), row("2", "A", 8000, 2))) == []


def test_why_there_was_no_seat_and_why_there_was_one() -> None:
    inputs = round_(
        (place(A, 2, own=1),),
        someone(1, "social", 90, A),
        someone(2, "own", 80, A),
        someone(3, "social", 85, A),
    )
    for rule in RULES:
        rows = admit(replace(inputs, rule=rule))
        assert [one.reserved for one in explain_place(inputs, rows, A)] == [False, False, True]
        assert [fate_label(one) for one in explain_place(inputs, rows, A)] == [
            *("录取", "已录满", "录取于保留名额")
        ]
        (seated,), (behind,) = (explain(inputs, rows, no) for no in ("2", "3"))
        (there,) = inputs.places
        assert (
            decided(seated, None, identity="own", place=there, line=None)
            == "录取于保留名额（为本单位住院医师保留 1 人）"
        )
        assert why_full(inputs, rows, "3", 1) is Cause.RESERVED
        assert decided(behind, Cause.RESERVED, identity="social", place=there, line=None) == (
            "名额已录满，其中有为其他身份保留的名额（本单位住院医师 1 人）"
        )


def test_inputs_name_only_reserves_there_are() -> None:
    without = round_((place(A, 1), Place(*B, 1)), someone(1, "own", 80, A))
    nothing = replace(without, places=(place(A, 1, own=0, social=0), Place(*B, 1)))
    assert digest(inputs_text(nothing)) == digest(inputs_text(without))
    some = replace(without, places=(place(A, 1, own=1, social=0), place(B, 1)))
    text = "".join(inputs_text(some))
    assert '"quota":1,"reserves":{"own":1},"specialty":"0100"' in text
    assert text.count("reserves") == 1
    assert parse_inputs([text]).places == (place(A, 1, own=1), place(B, 1))


def test_tiny_rounds_against_all_their_results() -> None:
    for number in range(300):
        random = Random(number)
        tiny = draw(random)
        check_stable(tiny, random)
        inputs = tiny.inputs("choice-first")
        assert admit(inputs) == reference(inputs)


def test_a_seat_of_an_earlier_round_uses_the_reserve_up() -> None:
    # 2 lost B to 3 and came to A in the second round: 1 has the reserved seat since the first.
    inputs = round_(
        (place(A, 2, own=1), place(B, 1)),
        someone(1, "own", 60, A),
        someone(2, "own", 90, B, A),
        someone(3, "social", 95, B),
    )
    rows = admit(inputs)
    rungs = explain_place(inputs, rows, A)
    assert {rung.no: rung.reserved for rung in rungs} == {"1": True, "2": False}
    assert [explain(inputs, rows, no)[-1].reserved for no in "12"] == [True, False]
    # Had there been two, both would sit on one.
    two = replace(inputs, places=(place(A, 2, own=2), place(B, 1)))
    assert [rung.reserved for rung in explain_place(two, admit(two), A)] == [True, True]
