"""Why adjustment ended as it did for one candidate: the places considered, what barred each."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import NamedTuple

from zhupei_cli.rules.admission.free_seats import SeatsLeft, open_rooms
from zhupei_cli.rules.admission.merit import Merits, open_lines
from zhupei_cli.rules.admission.run import AdjustScope, Candidate, Inputs, ResultRow, RunSpecialty, Spot

_UNLISTED = RunSpecialty(None, False)


class Ending(StrEnum):
    """How adjustment ended for somebody the choices left without a seat."""

    SEATED = "seated"
    NOT_DONE = "not_done"  # the run was made without it
    NO_CONSENT = "no_consent"
    NO_TOTAL = "no_total"  # at the base of the first choice, or no choice at all
    NO_PLACE = "no_place"


class Adjusting(NamedTuple):
    """The places of the batch's scope as they were at the candidate's turn, counted by what barred each.

    `turn` is the place in the list of adjustment, from 1; None for who is not on it.
    """

    ending: Ending
    turn: int | None = None
    considered: int = 0
    absent: int = 0
    below_line: int = 0
    full: int = 0
    suitable: int = 0
    by_order: bool = False
    """whether only specialties open to who studies by order were considered"""


def explain_adjustment(inputs: Inputs, rows: Sequence[ResultRow], no: str) -> Adjusting | None:
    """Return how adjustment ended for `no`; None if a choice had given the seat."""
    candidate = next(candidate for candidate in inputs.candidates if candidate.no == no)
    row = next(row for row in rows if row.no == no)
    if row.admitted and row.via != "adjust":
        return None
    if not inputs.adjust:
        return Adjusting(Ending.NOT_DONE)
    if not candidate.accept_adjust:
        return Adjusting(Ending.NO_CONSENT)
    seats = {row.no: row for row in rows if row.admitted}
    ahead = _ahead(inputs, candidate, seats)
    if ahead is None:
        return Adjusting(Ending.NO_TOTAL)
    identities = {candidate.no: candidate.identity for candidate in inputs.candidates}
    rooms = open_rooms(inputs)
    earlier = set(ahead)
    for seat in seats.values():
        if seat.spot is not None and (seat.via != "adjust" or seat.no in earlier):
            rooms[seat.spot].take(identities[seat.no])
    found = Counter(_fits(inputs, candidate, rooms))
    ending = Ending.SEATED if row.admitted else Ending.NO_PLACE
    return Adjusting(ending, len(ahead) + 1, found.total(), by_order=candidate.by_order, **found)


def _ahead(inputs: Inputs, candidate: Candidate, seats: dict[str, ResultRow]) -> list[str] | None:
    """Return who came before `candidate` in the list of adjustment; None if they are not on it."""
    listed = [
        other
        for other in inputs.candidates
        if other.accept_adjust
        and other.choices
        and (other.no not in seats or seats[other.no].via == "adjust")
    ]
    merits = Merits(replace(inputs, candidates=tuple(listed)))
    turns = {other.no: merits.at(other.no, other.choices[0][0]) for other in listed}
    own = turns.get(candidate.no)
    if own is None:
        return None
    return [no for no, turn in turns.items() if turn is not None and turn < own]


def _fits(inputs: Inputs, candidate: Candidate, rooms: dict[Spot, SeatsLeft]) -> Iterator[str]:
    """Yield for each place in scope what bars `candidate`, or `suitable`."""
    merits, lines = Merits(replace(inputs, candidates=(candidate,))), open_lines(inputs)
    for spot, room in rooms.items():
        if spot in candidate.choices or not _in_scope(inputs, candidate.choices[0], spot):
            continue
        if not inputs.open_to(candidate, spot[1]):
            continue
        position = merits.at(candidate.no, spot[0])
        if position is None:
            yield "absent"
        elif merits.totals[position] < lines[spot]:
            yield "below_line"
        else:
            yield "suitable" if room.admits(candidate.identity) else "full"


def _in_scope(inputs: Inputs, first_choice: Spot, spot: Spot) -> bool:
    if spot[1] == first_choice[1]:
        return True
    if inputs.adjust_scope != AdjustScope.CATEGORY:
        return False
    category = inputs.specialties.get(first_choice[1], _UNLISTED).category
    return category is not None and category == inputs.specialties.get(spot[1], _UNLISTED).category
