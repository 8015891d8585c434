"""The order of merit, and each candidate's bids: the choices at which they are eligible."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import attrgetter, itemgetter
from typing import NamedTuple

from zhupei_cli.rules.admission.run import Candidate, Inputs, Spot
from zhupei_cli.rules.admission.scores import Record, scoring


class Bid(NamedTuple):
    """An eligible choice, `choice` counting from 1, with the position in the order of merit at its base."""

    position: int
    choice: int
    candidate: Candidate
    spot: Spot
    total: int


class Merits:
    """Where every candidate stands at every base.

    One order of all records serves every base: nothing in it depends on the base, so at any base two
    candidates come as the records that count there. A standing is a position in it, `totals` has its total.
    """

    def __init__(self, inputs: Inputs) -> None:
        self.totals: list[int] = []
        self._common: dict[str, int] = {}
        self._own: dict[tuple[str, str], int | None] = {}
        owners, records, totals = self._totalled(inputs)
        for position, (key, no, base) in enumerate(_ordered(inputs.tie_keys, owners, records, totals)):
            self.totals.append(-key)
            if base:
                self._own[no, base] = position
            else:
                self._common[no] = position

    def common(self, no: str) -> int | None:
        """Return the standing of application `no` by its common record, which counts wherever none is own."""
        return self._common.get(no)

    def at(self, no: str, base: str) -> int | None:
        """Return the standing of application `no` at `base`; None without a total there."""
        # An own record replaces the common one entirely, even if it gives no total.
        if self._own and (no, base) in self._own:
            return self._own[no, base]
        return self._common.get(no)

    def _totalled(self, inputs: Inputs) -> tuple[list[Candidate], list[Record], list[int]]:
        score = scoring(inputs.weights)
        owners, records, totals = [], [], []
        for candidate in inputs.candidates:
            for record in candidate.records:
                total = score(record)
                if total is not None:
                    owners.append(candidate)
                    records.append(record)
                    totals.append(total)
                elif record.base is not None:
                    self._own[candidate.no, record.base] = None
        return owners, records, totals


def _ordered(
    tie_keys: Iterable[str], owners: Sequence[Candidate], records: Sequence[Record], totals: Sequence[int]
) -> Iterator[tuple[int, str, str]]:
    """Yield minus total, application and base ("" for the common record) in the order of merit."""
    ties: list[list[int] | list[str]] = []
    for key in tie_keys:
        if key == "submitted_at":
            ties.append([owner.submitted_at for owner in owners])
        else:
            ties.append([-(mark or 0) for mark in map(attrgetter(key), records)])
    lost = [-total for total in totals]
    numbers, bases = [owner.no for owner in owners], [record.base or "" for record in records]
    return map(itemgetter(0, -2, -1), sorted(zip(lost, *ties, numbers, bases, strict=True)))


def bids(inputs: Inputs, merits: Merits) -> list[Bid]:
    """Return every candidate's eligible choices in the order of merit, then of choice.

    A repeated choice counts at its first position only.
    """
    lines = open_lines(inputs)
    found = []
    for candidate in inputs.candidates:
        choices = candidate.choices
        for number, spot in enumerate(choices, 1):
            if spot not in lines or choices.index(spot) != number - 1:
                continue
            position = merits.at(candidate.no, spot[0])
            if position is not None and (total := merits.totals[position]) >= lines[spot]:
                found.append(Bid(position, number, candidate, spot, total))
    return sorted(found, key=itemgetter(0))


def ranks(in_order: Iterable[Bid], chosen: Mapping[str, Bid]) -> dict[str, int]:
    """Return application → rank of its chosen bid, counting from 1 over all bids in the order of merit."""
    seen: dict[Spot, int] = {}
    found = {}
    for bid in in_order:
        _, _, candidate, spot, _ = bid
        seen[spot] = rank = seen.get(spot, 0) + 1
        if chosen.get(candidate.no) is bid:
            found[candidate.no] = rank
    return found


def open_lines(inputs: Inputs) -> dict[Spot, int]:
    """Return enabled place → its line, the larger of the batch's and its own; 0 bars nobody."""
    batch_line = inputs.min_score or 0
    return {place.spot: max(place.min_score or 0, batch_line) for place in inputs.places if not place.stopped}
