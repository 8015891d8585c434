"""What a placing by hand overrides (ADMISSION.md, Refill): who comes before, the line, the own wish."""

from dataclasses import replace
from enum import StrEnum
from typing import NamedTuple

from zhupei_cli.rules.admission.merit import Merits, bids, open_lines
from zhupei_cli.rules.admission.run import AdjustScope, Candidate, Inputs, Spot


class Unwanted(StrEnum):
    """Why a place that is none of the choices is not allowed by adjustment either."""

    NO_CONSENT = "no_consent"
    OUT_OF_SCOPE = "out_of_scope"


class Looks(NamedTuple):
    """The three looks; `total` and `line` in hundredths, `before` the numbers in the order of merit."""

    total: int | None
    line: int
    before: tuple[str, ...]
    unwanted: Unwanted | None


def look_at(inputs: Inputs, person: Candidate, spot: Spot) -> Looks:
    """Return what speaks against seating `person` at the enabled place `spot`.

    `before` is everybody without a seat who chose it, is eligible there and comes before; whoever has no
    total there comes after all.
    """
    rivals = tuple([one for one in inputs.candidates if spot in one.choices and one.no != person.no])
    contest = replace(inputs, candidates=(*rivals, person))
    merits = Merits(contest)
    position, line = merits.at(person.no, spot[0]), open_lines(contest)[spot]
    before = tuple(
        [
            bid.candidate.no
            for bid in bids(contest, merits)
            if bid.spot == spot
            and bid.candidate.no != person.no
            and (position is None or bid.position < position)
        ]
    )
    total = None if position is None else merits.totals[position]
    return Looks(total, line, before, _unwanted(inputs, person, spot))


def _unwanted(inputs: Inputs, person: Candidate, spot: Spot) -> Unwanted | None:
    if spot in person.choices:
        return None
    if not person.accept_adjust:
        return Unwanted.NO_CONSENT
    if not person.choices:
        return Unwanted.OUT_OF_SCOPE
    wished, offered = person.choices[0][1], spot[1]
    if wished == offered:
        return None
    kinds = (inputs.specialties.get(wished), inputs.specialties.get(offered))
    categories = [kind.category if kind is not None else None for kind in kinds]
    same = categories[0] is not None and categories[0] == categories[1]
    within = inputs.adjust_scope == AdjustScope.CATEGORY and same
    return None if within else Unwanted.OUT_OF_SCOPE
