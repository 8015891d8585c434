"""The audit of runs: silent on the engine's results, and a finding for every planted fault."""

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import drawn_world
from tests.rules.admission_worlds import worlds
from tests.rules.audited_twice import audit
from tests.rules.reference_admission import Seats, dressed
from tests.rules.reference_admission import wronged as wronged_by_reading
from zhupei_cli.rules.admission.admission import admit
from zhupei_cli.rules.admission.run import Candidate, Held, Inputs, Place, ResultRow, RunSpecialty, Spot
from zhupei_cli.rules.admission.scores import Record, Weights
from zhupei_cli.rules.proof.audit import Finding
from zhupei_cli.rules.proof.audit import audit as audit_of_any_size
from zhupei_cli.rules.proof.audit_at_once import flawless
from zhupei_cli.rules.proof.envy import wronged
from zhupei_cli.words.vocabulary import VIA

RULES = ("choice-first", "score-first", "stable")
quick = settings(max_examples=60, deadline=None, derandomize=True, database=None)

A, B, C, D, X = ("A", "0100"), ("B", "0100"), ("C", "0200"), ("D", "0100"), ("X", "0100")


def someone(
    no: int, mark: int | None, choices: tuple[Spot, ...], *, adjust: bool = False, identity: str = "social"
) -> Candidate:
    record = Record(None, mark, mark, mark)
    return Candidate(str(no), identity, choices, adjust, "2024-06-04T02:00:00Z", (record,))


# One seat at A and B, two at C but none of them for `own`, D stopped; the line is 60.
SMALL = Inputs(
    places=(Place(*A, 1), Place(*B, 1), Place(*C, 2, limits={"own": 0}), Place(*D, 9, stopped=True)),
    candidates=(
        someone(1, 9000, (A, B)),
        someone(2, 8000, (A, B), adjust=True),
        someone(3, 7000, (B, A), adjust=True),
        someone(4, 5900, (A, B)),
        someone(5, None, (A, X), adjust=True),
        someone(6, 6500, (A, D), identity="own", adjust=True),
        someone(7, 6400, (B,), adjust=False),
    ),
    cities={"A": "410100", "C": "410100"},
    specialties={"0100": RunSpecialty("西医", False), "0200": RunSpecialty("西医", True)},
    adjust_scope="category",
    min_score=6000,
)
RIGHT: Seats = {"1": (A, "choice1"), "3": (B, "choice1"), "2": (C, "adjust")}


def found(inputs: Inputs, seats: Seats) -> list[Finding]:
    """Audit rows that say these seats and are right in everything else."""
    return audit(inputs, dressed(inputs, seats))


def test_the_right_result() -> None:
    assert dressed(SMALL, RIGHT) == admit(SMALL)
    assert found(SMALL, RIGHT) == []


def test_over_quota() -> None:
    assert found(
        replace(SMALL, rule="stable"), {"1": (A, "choice1"), "2": (B, "choice2"), "3": (B, "choice1")}
    ) == [Finding("E441", "B 的 0100 计划 1 人，此前已占 0 人，本次又录取 2 人")]


def test_added_where_earlier_admissions_are_over_the_quota() -> None:
    held = (Held(*B, "social"),) * 2
    assert Finding("E441", "B 的 0100 计划 1 人，此前已占 2 人，本次又录取 1 人") in found(
        replace(SMALL, held=held), RIGHT
    )


def test_over_a_limit() -> None:
    seats = RIGHT | {"6": (C, "adjust")}
    assert found(SMALL, seats) == [
        Finding("E442", "C 的 0200 对本单位住院医师上限 0 人，此前已占 0 人，本次又录取 1 人"),
        Finding("E446", "6 的调剂去向应为 无，结果却是 C 的 0200"),
    ]


def test_a_candidate_twice_and_a_candidate_left_out() -> None:
    rows = dressed(SMALL, RIGHT)
    assert audit(SMALL, (*rows[:6], rows[5])) == [
        Finding("E440", "6：结果有 2 行，应当正好一行"),
        Finding("E440", "7：结果有 0 行，应当正好一行"),
    ]


def test_a_row_of_nobody() -> None:
    rows = (*dressed(SMALL, RIGHT), ResultRow("8", "admitted", *A, "choice1", 9000, 1))
    assert audit(SMALL, rows) == [Finding("E440", "8：结果有 1 行，应当正好一行")]


@pytest.mark.parametrize(
    ("no", "seat", "problem"),
    [
        ("4", (B, "choice2"), "未达到分数线"),
        ("5", (A, "choice1"), "在该基地没有总成绩"),
        ("5", (X, "choice2"), "不在招收计划中"),
        ("6", (D, "choice2"), "岗位已停招"),
        ("7", (A, "choice1"), "与本人志愿不符"),
        ("2", (B, "choice1"), "与本人志愿不符"),
        ("3", (B, "choice3"), "与本人志愿不符"),
        ("3", (B, "by hand"), "与本人志愿不符"),
    ],
)
def test_not_eligible_there(no: str, seat: tuple[Spot, str], problem: str) -> None:
    (base, specialty), via = seat
    expected = f"{no} 不应由{VIA.labels.get(via, via)}录取到 {base} 的 {specialty}：{problem}"
    assert Finding("E443", expected) in found(SMALL, RIGHT | {no: seat})


def test_a_choice_in_the_adjustment_round() -> None:
    findings = found(replace(SMALL, round="adjust"), RIGHT)
    assert [finding for finding in findings if finding.code == "E443"] == [
        Finding("E443", "1 不应由第一志愿录取到 A 的 0100：本轮只做调剂"),
        Finding("E443", "3 不应由第一志愿录取到 B 的 0100：本轮只做调剂"),
    ]


def test_envy_of_a_free_seat() -> None:
    assert found(
        SMALL, {"1": (A, "choice1"), "2": (C, "adjust"), "3": (C, "adjust"), "6": (B, "adjust")}
    ) == [
        Finding("E444", "2 应当优先于他人得到 B 的 0100（第 2 志愿）"),
        Finding("E444", "3 应当优先于他人得到 B 的 0100（第 1 志愿）"),
        Finding("E444", "7 应当优先于他人得到 B 的 0100（第 1 志愿）"),
    ]


def test_envy_of_somebody_who_comes_after() -> None:
    assert found(SMALL, RIGHT | {"7": (B, "choice1"), "3": (C, "adjust")}) == [
        Finding("E444", "3 应当优先于他人得到 B 的 0100（第 1 志愿）")
    ]


def test_envy_is_by_round_for_choice_first_only() -> None:
    assert found(replace(SMALL, rule="stable"), RIGHT) == [
        Finding("E444", "2 应当优先于他人得到 B 的 0100（第 2 志愿）")
    ]


def test_a_limit_excuses_envy() -> None:
    places = (Place(*A, 1, limits={"own": 0}),)
    candidates = (someone(1, 9000, (A,), identity="own"), someone(2, 8000, (A,)))
    inputs = replace(SMALL, places=places, candidates=candidates)
    assert found(inputs, {"2": (A, "choice1")}) == []
    assert found(replace(inputs, places=(Place(*A, 1, limits={"own": 1}),)), {"2": (A, "choice1")}) == [
        Finding("E444", "1 应当优先于他人得到 A 的 0100（第 1 志愿）")
    ]


def test_adjusted_without_consent() -> None:
    assert found(SMALL, RIGHT | {"7": (C, "adjust")}) == [Finding("E445", "7 不应调剂：本人不服从调剂")]


def test_adjusted_in_a_run_without_adjustment() -> None:
    assert found(replace(SMALL, adjust=False), RIGHT) == [Finding("E445", "2 不应调剂：本次录取不做调剂")]


def test_adjusted_without_a_total_at_the_first_choice() -> None:
    own = (Record("A", None, None, None), Record(None, 9900, 9900, 9900))
    candidate = someone(8, None, (A,), adjust=True)._replace(records=own)
    inputs = replace(SMALL, candidates=(*SMALL.candidates, candidate))
    assert found(inputs, RIGHT | {"8": (C, "adjust")}) == [
        Finding("E445", "8 不应调剂：在第一志愿基地没有总成绩")
    ]


def test_left_out_of_adjustment() -> None:
    seats = {no: seat for no, seat in RIGHT.items() if no != "2"}
    assert found(SMALL, seats) == [Finding("E446", "2 的调剂去向应为 C 的 0200，结果却是 无")]


def test_adjustment_out_of_order() -> None:
    # 2 comes before 8 in the list, and the same specialty elsewhere before a shortage one in the own city.
    e = ("E", "0100")
    inputs = replace(
        SMALL,
        places=(Place(*A, 1), Place(*B, 1), Place(*C, 1), Place(*e, 1)),
        candidates=(*SMALL.candidates[:3], someone(8, 7500, (A,), adjust=True)),
    )
    right = RIGHT | {"2": (e, "adjust"), "8": (C, "adjust")}
    assert found(inputs, right) == []
    assert found(inputs, right | {"2": (C, "adjust"), "8": (e, "adjust")}) == [
        Finding("E446", "2 的调剂去向应为 E 的 0100，结果却是 C 的 0200")
    ]


@pytest.mark.parametrize(
    ("no", "change", "message"),
    [
        ("1", {"total": 8999}, "1 的总成绩应为 90.00，结果却是 89.99"),
        ("1", {"rank": 2}, "1 的名次应为 1，结果却是 2"),
        ("2", {"rank": 1}, "2 的名次应为 空，结果却是 1"),
        ("4", {"reason": "full"}, "4 的未录取原因应为 below_line，结果却是 full"),
        ("4", {"total": 5900}, "4 的总成绩应为 空，结果却是 59.00"),
        ("7", {"outcome": "perhaps"}, "7 的录取结果应为 not_admitted，结果却是 perhaps"),
    ],
)
def test_wrong_figures(no: str, change: dict[str, object], message: str) -> None:
    rows = [row._replace(**change) if row.no == no else row for row in dressed(SMALL, RIGHT)]  # type: ignore[arg-type]
    assert audit(SMALL, rows) == [Finding("E447", message)]


def test_many_are_looked_at_all_at_once_and_told_of_one_by_one() -> None:
    inputs = replace(drawn_world(5_000, bases=25, specialties=8), rule="stable")
    rows = list(admit(inputs))
    assert audit_of_any_size(inputs, rows) == []
    at = next(at for at, row in enumerate(rows) if row.admitted and row.rank)
    rows[at] = rows[at]._replace(rank=0)
    (finding,) = audit_of_any_size(inputs, rows)
    assert finding.code == "E447"
    assert finding.message.startswith(f"{rows[at].no} 的名次应为 ")


@pytest.mark.parametrize(
    "unclear",
    [
        {"places": (*SMALL.places, Place(*B, 1))},
        {"candidates": (*SMALL.candidates, SMALL.candidates[0])},
        {"weights": Weights("0.4000000000001", "0.3999999999999", "0.2")},
    ],
)
def test_what_leaves_open_what_is_meant_is_acquitted_by_nobody(unclear: dict[str, object]) -> None:
    inputs = replace(SMALL, **unclear)  # type: ignore[arg-type]
    assert flawless(SMALL, admit(SMALL))
    assert not flawless(inputs, admit(inputs))


@pytest.mark.parametrize("rule", RULES)
def test_finds_nothing_on_results_of_the_engine(rule: str) -> None:
    @given(worlds(rule))
    @quick
    def check(inputs: Inputs) -> None:
        assert audit(inputs, admit(inputs)) == []

    check()


@given(worlds("choice-first", adjust_round=True))
@quick
def test_finds_nothing_on_an_adjustment_round(inputs: Inputs) -> None:
    assert audit(inputs, admit(inputs)) == []


@pytest.mark.parametrize("rule", ["choice-first", "score-first"])
def test_finds_any_other_result(rule: str) -> None:
    """These two rules leave one right result, so whatever else is said must break a promise."""

    # Where seats are reserved score-first is computed as stable, which leaves several.
    reserves = rule != "score-first"

    @given(worlds(rule, reserves=reserves), st.randoms(use_true_random=False))
    @quick
    def check(inputs: Inputs, random: Random) -> None:
        seats = {row.no: (spot, row.via) for row in admit(inputs) if (spot := row.spot) and row.via}
        changed = _disturbed(inputs, seats, random)
        assert bool(found(inputs, changed)) == (changed != seats)

    check()


def _disturbed(inputs: Inputs, seats: Seats, random: Random) -> Seats:
    """Return the seats with one taken away, one given by a choice or by adjustment, or two exchanged."""
    spots = [place.spot for place in inputs.places]
    changed = dict(seats)
    for candidate in random.sample(inputs.candidates, min(2, len(inputs.candidates))):
        changed.pop(candidate.no, None)
        given_by = random.choice(["nothing", "choice", "adjust"])
        if given_by == "choice" and candidate.choices:
            spot = random.choice(candidate.choices)
            changed[candidate.no] = (spot, f"choice{candidate.choices.index(spot) + 1}")
        elif given_by == "adjust" and spots:
            changed[candidate.no] = (random.choice(spots), "adjust")
    return changed


@given(worlds("choice-first"))
@quick
def test_wronged_over_all_choices(inputs: Inputs) -> None:
    rows = admit(inputs)
    seats = {row.no: (spot, row.via) for row in rows if (spot := row.spot) and row.via}
    assert wronged(inputs, rows) == wronged_by_reading(inputs, seats)
