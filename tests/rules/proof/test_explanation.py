"""Explaining a result: the way of one candidate, the list of one place."""

from dataclasses import replace

from tests.rules.admission.test_admission import worked_example
from zhupei_cli.rules.admission.admission import admit
from zhupei_cli.rules.admission.run import Place
from zhupei_cli.rules.admission.scores import Record
from zhupei_cli.rules.proof.explanation import Fate, Rung, Step, explain, explain_place

INPUTS = worked_example("choice-first")
ROWS = admit(INPUTS)


def test_full_everywhere() -> None:
    assert explain(INPUTS, ROWS, "3") == (
        Step(1, "A", "0100", 2, 7800, 3, 8000, Fate.FULL),
        Step(2, "B", "0100", 1, 7800, 3, 7000, Fate.FULL),
    )


def test_what_comes_after_the_seat_was_not_needed() -> None:
    assert explain(INPUTS, ROWS, "4") == (
        Step(1, "B", "0100", 1, 7000, 4, 7000, Fate.ADMITTED),
        Step(2, "A", "0100", 2, 7000, 4, 8000, Fate.NOT_NEEDED),
    )


def test_adjustment_is_the_last_step() -> None:
    inputs = replace(INPUTS, round="adjust")
    assert explain(inputs, admit(inputs), "2") == (
        Step(1, "A", "0100", 2, 8000, 2, None, Fate.NOT_ASKED),
        Step(2, "B", "0100", 1, 8000, 2, None, Fate.NOT_ASKED),
        Step(None, "C", "0100", 1, 8000, None, None, Fate.ADMITTED),
    )


def test_choices_that_were_passed_over() -> None:
    a, b, x = ("A", "0100"), ("B", "0100"), ("X", "0100")
    records = (Record(None, 5000, 5000, 5000), Record("C", None, None, None))
    one = INPUTS.candidates[0]._replace(choices=(a, a, x, b, ("C", "0100")), records=records)
    places = (Place(*a, 2, 6000), Place(*b, 1, stopped=True), Place("C", "0100", 1))
    inputs = replace(INPUTS, places=places, candidates=(one,), rule="stable")
    assert explain(inputs, admit(inputs), "1") == (
        Step(1, "A", "0100", 2, 5000, None, None, Fate.BELOW_LINE),
        Step(2, "A", "0100", 2, 5000, None, None, Fate.REPEATED),
        Step(3, "X", "0100", None, 5000, None, None, Fate.NOT_IN_PLAN),
        Step(4, "B", "0100", 1, 5000, None, None, Fate.STOPPED),
        Step(5, "C", "0100", 1, None, None, None, Fate.ABSENT),
    )


def test_the_list_of_a_place() -> None:
    assert explain_place(INPUTS, ROWS, ("B", "0100")) == (
        Rung(1, "1", 2, "social", 9000, Fate.NOT_NEEDED),
        Rung(2, "2", 2, "social", 8000, Fate.NOT_NEEDED),
        Rung(3, "3", 2, "social", 7800, Fate.FULL),
        Rung(4, "4", 1, "social", 7000, Fate.ADMITTED),
        Rung(5, "5", 1, "social", 6000, Fate.FULL),
    )
