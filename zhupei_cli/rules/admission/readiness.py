"""What a careful office looks at before it computes an admission: who would go empty, and why."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from zhupei_cli.rules.admission.free_seats import open_rooms
from zhupei_cli.rules.admission.merit import Merits
from zhupei_cli.rules.admission.run import Candidate, Inputs
from zhupei_cli.rules.admission.scores import ABSENT_PART, Mark, lacking

#: Number → base (None: the common record) → its marks, of the records in which somebody was absent from a
#: part: a run's inputs say only that the mark is missing.
Absences = Mapping[str, Mapping[str | None, Sequence[Mark]]]


class Doubt(NamedTuple):
    """One thing to look at: a catalogue code and the values of its sentence."""

    code: str
    values: dict[str, Any]


def doubts(inputs: Inputs, absences: Absences) -> Iterator[Doubt]:
    """Yield what about `inputs` will likely surprise somebody; a run is possible all the same.

    E480 nobody to admit · E481 no mark, and no absence either · E482 marks without a total at any choice, and
    no absence to explain it · E483 no choice that is open · E777 choices not open to who studies by order ·
    E484 more seats held than a place has.
    """
    if not inputs.candidates:
        yield Doubt("E480", {})
    merits = Merits(inputs)
    open_ = {place.spot for place in inputs.places if not place.stopped}
    silent = (one for one in inputs.candidates if not is_marked(one))
    yield from _some("E481", [one.no for one in silent if one.no not in absences])
    half = (one for one in inputs.candidates if is_marked(one) and not _has_total(one, merits))
    yield from _some("E482", [one.no for one in half if not _was_absent(one, inputs, absences)])
    yield from _some("E483", [one.no for one in inputs.candidates if open_.isdisjoint(one.choices)])
    yield from _some("E777", [one.no for one in inputs.candidates if _strays(one, inputs)])
    for (base, specialty), room in open_rooms(inputs).items():
        if room.free < 0:
            yield Doubt("E484", {"base": base, "specialty": specialty, "count": -room.free})


def _strays(one: Candidate, inputs: Inputs) -> bool:
    return any(not inputs.open_to(one, specialty) for _, specialty in one.choices)


def is_marked(one: Candidate) -> bool:
    """Return whether a candidate 有成绩: one mark at least, in whatever record."""
    return any(mark is not None for record in one.records for mark in record[1:])


def _has_total(one: Candidate, merits: Merits) -> bool:
    return any(merits.at(one.no, base) is not None for base, _ in one.choices)


def _was_absent(one: Candidate, inputs: Inputs, absences: Absences) -> bool:
    """Return whether at one of the choices the record that counts there lacks its total by an absence."""
    given = absences.get(one.no, {})
    own = {record.base for record in one.records}
    counting = (given.get(base if base in own else None, ()) for base, _ in one.choices)
    return any(ABSENT_PART in marks and lacking(marks, inputs.weights)[0] for marks in counting)


def _some(code: str, numbers: list[str]) -> Iterator[Doubt]:
    if numbers:
        yield Doubt(code, {"count": len(numbers), "example": min(numbers)})
