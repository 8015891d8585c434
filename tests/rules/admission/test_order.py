"""Students by order (订单定向): adjustment never moves them out of the specialties of their order."""

from dataclasses import replace

import pytest

from tests.rules.audited_twice import audit
from zhupei_cli.rules.admission.admission import admit
from zhupei_cli.rules.admission.overriding import look_at
from zhupei_cli.rules.admission.run import Candidate, Inputs, Place, RunSpecialty
from zhupei_cli.rules.admission.scores import Record
from zhupei_cli.rules.proof.explanation_adjustment import explain_adjustment

KINDS = {
    "0100": RunSpecialty("西医", False),
    "0700": RunSpecialty("西医", True),
    "0701": RunSpecialty("西医", False),
    "2800": RunSpecialty("口腔", True),
}


def _one(no: str, specialty: str, mark: int, *, by_order: bool) -> Candidate:
    record = Record(None, mark, mark, mark)
    return Candidate(no, "social", (("A", specialty),), True, "2024-06-04T02:00:00Z", (record,), by_order)


def _inputs(*candidates: Candidate, **more: object) -> Inputs:
    places = [("A", "0700", 0), ("A", "0100", 0), ("B", "0100", 5), ("B", "0700", 1), ("C", "0701", 2)]
    inputs = Inputs(
        places=tuple([Place(*place) for place in places]),
        candidates=candidates,
        cities={"A": "410100", "B": "410200", "C": "410100"},
        specialties=KINDS,
        adjust_scope="category",
        order_specialties=frozenset(("0700", "0701", "2800")),
    )
    return replace(inputs, **more)  # type: ignore[arg-type]  # as the caller says


def _seats(inputs: Inputs) -> dict[str, str | None]:
    rows = admit(inputs)
    assert audit(inputs, rows) == []
    return {row.no: row.base and f"{row.base}/{row.specialty}" for row in rows}


def test_they_stay_within_their_specialties() -> None:
    # 1 takes the one seat of 全科; 2 goes to the next specialty of the order, though 0100 has more seats;
    # 3 and 4 take what is left of it; 5 finds nothing, while somebody without an order gets 内科.
    people = [_one(str(no), "0700", 10_000 - no, by_order=True) for no in (1, 2, 3, 4)]
    free = _one("5", "0700", 1, by_order=False)
    found = _seats(_inputs(*people, free))
    assert found == {"1": "B/0700", "2": "C/0701", "3": "C/0701", "4": None, "5": "B/0100"}


def test_the_scope_of_the_batch_holds_for_them_too() -> None:
    people = [_one(str(no), "0700", 10_000 - no, by_order=True) for no in (1, 2)]
    assert _seats(_inputs(*people, adjust_scope="specialty")) == {"1": "B/0700", "2": None}


def test_a_choice_outside_of_the_order_is_no_way_out_of_it() -> None:
    # A batch may let them apply for 内科; adjustment leads back to the order, or nowhere.
    one = _one("1", "0100", 9_000, by_order=True)
    assert _seats(_inputs(one)) == {"1": "B/0700"}
    assert _seats(_inputs(one, adjust_scope="specialty")) == {"1": None}
    assert _seats(_inputs(one, order_specialties=frozenset())) == {"1": None}


def test_a_record_of_a_base_opens_no_other_specialty_there() -> None:
    one = _one("1", "0700", 9_000, by_order=True)
    own = one._replace(records=(*one.records, Record("B", 9_000, 9_000, 9_000)))
    full = tuple([place for place in _inputs().places if place.spot != ("B", "0700")])
    assert _seats(_inputs(own, places=full)) == {"1": "C/0701"}


def test_the_audit_finds_who_was_moved_out() -> None:
    inputs = _inputs(_one("1", "0700", 9_000, by_order=True))
    free = replace(inputs, candidates=(inputs.candidates[0]._replace(by_order=False),))
    moved = list(admit(replace(free, places=free.places[2:3])))
    assert [(row.base, row.specialty) for row in moved] == [("B", "0100")]
    assert [finding.code for finding in audit(replace(inputs, places=inputs.places[2:3]), moved)] != []
    assert audit(replace(free, places=free.places[2:3]), moved) == []


def test_explaining_counts_what_is_open() -> None:
    one = _one("1", "0700", 9_000, by_order=True)
    inputs = _inputs(one)
    assert look_at(inputs, one, ("C", "0701")).unwanted is None
    found = explain_adjustment(inputs, admit(inputs), "1")
    assert found is not None and (found.considered, found.suitable, found.by_order) == (2, 2, True)


@pytest.mark.parametrize("rule", ["choice-first", "score-first", "stable"])
def test_the_choices_are_not_touched(rule: str) -> None:
    one = _one("1", "0100", 9_000, by_order=True)
    places = (Place("A", "0100", 1),)
    assert _seats(_inputs(one, places=places, rule=rule)) == {"1": "A/0100"}
