"""What a careful office looks at before it computes an admission: who would go empty, and why."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from zhupei_cli.rules.merit import Merits
from zhupei_cli.rules.rooms import open_rooms
from zhupei_cli.rules.run import Candidate, Inputs


class Doubt(NamedTuple):
    """One thing to look at: a catalogue code and the values of its sentence."""

    code: str
    values: dict[str, Any]


def doubts(inputs: Inputs) -> Iterator[Doubt]:
    """Yield what about `inputs` will likely surprise somebody; a run is possible all the same.

    E480 nobody to admit · E481 no score record, not even an absence · E482 marks without a total at any
    choice · E483 no choice that is open · E484 more seats held than a place has.
    """
    if not inputs.candidates:
        yield Doubt("E480", {})
    merits = Merits(inputs)
    open_ = {place.spot for place in inputs.places if not place.stopped}
    yield from _some("E481", [one.no for one in inputs.candidates if not one.records])
    yield from _some("E482", [one.no for one in inputs.candidates if _is_half_marked(one, merits)])
    yield from _some("E483", [one.no for one in inputs.candidates if open_.isdisjoint(one.choices)])
    for (base, specialty), room in open_rooms(inputs).items():
        if room.free < 0:
            yield Doubt("E484", {"base": base, "specialty": specialty, "count": -room.free})


def _is_half_marked(one: Candidate, merits: Merits) -> bool:
    """Tell whether there are marks, but a total at none of the choices; who was absent has no marks."""
    marked = any(mark is not None for record in one.records for mark in record[1:])
    return marked and all(merits.at(one.no, base) is None for base, _ in one.choices)


def _some(code: str, numbers: list[str]) -> Iterator[Doubt]:
    if numbers:
        yield Doubt(code, {"count": len(numbers), "example": min(numbers)})
