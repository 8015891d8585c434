"""What is doubtful before an admission is computed."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from tests.builders import worked_example
from zhupei_cli.rules.admission.readiness import Absences, Doubt, doubts
from zhupei_cli.rules.admission.run import Held, Inputs, Place
from zhupei_cli.rules.admission.scores import ABSENT_PART, Mark, Record, Weights


def found(inputs: Inputs, *records: tuple[Record, ...], absences: Absences | None = None) -> list[Doubt]:
    """Return the doubts about `inputs` whose first candidates have these records."""
    pairs = zip(inputs.candidates, records, strict=False)
    changed = tuple(one._replace(records=given) for one, given in pairs)
    return list(
        doubts(replace(inputs, candidates=changed + inputs.candidates[len(records) :]), absences or {})
    )


def test_nothing_is_doubtful_about_the_example() -> None:
    assert found(worked_example()) == []


def test_nobody_to_admit() -> None:
    assert found(replace(worked_example(), candidates=())) == [Doubt("E480", {})]


def test_no_record_is_doubtful_and_an_absence_is_not() -> None:
    nothing = (Record(None, None, None, None),)
    absences: Absences = {"T-0000001": {None: (ABSENT_PART, None, None)}}
    assert found(worked_example(), nothing, (), nothing, absences=absences) == [
        Doubt("E481", {"count": 2, "example": "T-0000002"})
    ]


def test_an_absence_explains_why_there_is_no_total_but_only_where_it_counts() -> None:
    half = Record(None, 8000, None, None)
    cases: tuple[tuple[Mapping[str | None, Sequence[Mark]], bool], ...] = (
        ({None: (8000, ABSENT_PART, ABSENT_PART)}, False),
        ({None: (8000, ABSENT_PART, None)}, False),
        # Of a base that was not chosen, and of one that has a record of its own.
        ({"C": (8000, ABSENT_PART, None)}, True),
        ({"B": (8000, None, ABSENT_PART)}, False),
    )
    for absences, incomplete in cases:
        own = (half, *(half._replace(base=base) for base in absences if base))
        doubt = [Doubt("E482", {"count": 1, "example": "T-0000001"})]
        assert found(worked_example(), own, absences={"T-0000001": absences}) == doubt * incomplete


def test_an_absence_from_a_part_without_weight_explains_nothing() -> None:
    inputs = replace(worked_example(), weights=Weights("1", "0", "0"))
    half = (Record(None, None, None, 8000),)
    assert found(inputs, half, absences={"T-0000001": {None: (None, ABSENT_PART, 8000)}}) == [
        Doubt("E482", {"count": 1, "example": "T-0000001"})
    ]


def test_marks_that_give_no_total_at_any_choice() -> None:
    half, elsewhere = Record(None, 8000, None, 8000), Record("C", 8000, 8000, 8000)
    # The second has a total at a base that is none of the choices.
    assert found(worked_example(), (half,), (half, elsewhere)) == [
        Doubt("E482", {"count": 2, "example": "T-0000001"})
    ]
    assert found(worked_example(), (half, Record("B", 8000, 8000, 8000))) == []


def test_choices_that_are_all_stopped_or_not_in_the_plan() -> None:
    inputs = worked_example()
    stopped = tuple(replace(place, stopped=place.base in "AB") for place in inputs.places)
    doubt = [Doubt("E483", {"count": 4, "example": "T-0000001"})]
    assert found(replace(inputs, places=stopped)) == doubt
    assert found(replace(inputs, places=inputs.places[2:])) == doubt


def test_more_seats_held_than_there_are() -> None:
    inputs = replace(worked_example(), places=(Place("A", "0100", 1), *worked_example().places[1:]))
    held = (Held("A", "0100", "social"),) * 3
    assert found(replace(inputs, held=held)) == [
        Doubt("E484", {"base": "A", "specialty": "0100", "count": 2})
    ]
