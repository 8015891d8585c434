"""A run's inputs in columns of numbers, for the audit of many people at once.

The rules are told here as `audit_view` tells them, not as the solver has them: the two share values alone.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import chain
from operator import itemgetter
from typing import TYPE_CHECKING, Final

from zhupei_cli.rules.admission.run import Candidate, Inputs, Spot
from zhupei_cli.rules.admission.scores import COMPONENTS, Record

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]
    Truths = NDArray[np.bool_]

#: Digits of a weight up to which a weighted mark fits 64 bits with room to spare.
_DIGITS: Final = 12
_NO_LIMIT: Final = 1 << 40


class Columns:
    """What the audit knows of a run before it looks at the results, by numbers from 0.

    Candidates are numbered in the order of their application numbers, so that it is the last tie key. Choices
    and records stand one after the other, those of one candidate together. `sound` is False for inputs that
    leave open what is meant; nothing may be concluded from them here.
    """

    def __init__(self, inputs: Inputs) -> None:
        self.inputs = inputs
        self.people = sorted(inputs.candidates, key=itemgetter(0))
        self.at = {one.no: number for number, one in enumerate(self.people)}
        self.spots = {place.spot: number for number, place in enumerate(inputs.places)}
        self.planned = len(self.spots)
        flat = list(chain.from_iterable([one.choices for one in self.people]))
        for spot in set(flat) - self.spots.keys():
            self.spots[spot] = len(self.spots)
        unique = len(self.at) == len(self.people) and self.planned == len(inputs.places)
        self._places(inputs)
        self.sound = self._records(inputs) and unique
        self._choices([one.choices for one in self.people], flat)

    def _places(self, inputs: Inputs) -> None:
        import numpy as np

        said = {who for place in inputs.places for who in (*place.limits, *place.reserves)}
        known = {one.identity for one in self.people} | {seat.identity for seat in inputs.held}
        self.identities = {who: number for number, who in enumerate(sorted(known | said))}
        self.identity = numbers(map(self.identities.__getitem__, [one.identity for one in self.people]))
        count = len(self.spots)
        self.open, self.line, self.quota = (np.zeros(count, np.int64) for _ in range(3))
        self.held, self.reserves = (np.zeros((count, len(self.identities)), np.int64) for _ in range(2))
        self.limits = np.full((count, len(self.identities)), _NO_LIMIT)
        for number, place in enumerate(inputs.places):
            self.open[number] = not place.stopped
            self.line[number] = max(inputs.min_score or 0, place.min_score or 0)
            self.quota[number] = place.quota
            for who, limit in place.limits.items():
                self.limits[number, self.identities[who]] = limit
            for who, seats in place.reserves.items():
                self.reserves[number, self.identities[who]] = seats
        for seat in inputs.held:
            if self.spots.get(seat[:2], self.planned) < self.planned:
                self.held[self.spots[seat[:2]], self.identities[seat.identity]] += 1

    def _records(self, inputs: Inputs) -> bool:
        """Total and rank every record; tell whether that could be done."""
        import numpy as np

        flat = list(chain.from_iterable([one.records for one in self.people]))
        owner = self._repeated([len(one.records) for one in self.people])
        bases = {spot[0] for spot in self.spots} | {record.base for record in flat if record.base is not None}
        self._bases = {base: number for number, base in enumerate(bases)}
        self.base_of = numbers([self._bases[spot[0]] for spot in self.spots])
        base = numbers([-1 if record.base is None else self._bases[record.base] for record in flat])
        marks = {name: _marks(flat, at) for at, name in enumerate(COMPONENTS, 1)}
        totals, could = _totals(inputs, marks)
        position = np.empty_like(owner)
        position[np.lexsort((owner, *self._ties(inputs, marks, owner), -totals))] = np.arange(len(flat))
        # One more, which -1 leads to: the record of who has none there.
        self.totals, self.positions = np.append(totals, -1), np.append(position, -1)
        self._common = np.full(len(self.people), -1)
        self._common[owner[base < 0]] = np.flatnonzero(base < 0)
        keys = owner * len(bases) + base
        own = np.flatnonzero(base >= 0)
        self._own = own[np.argsort(keys[own])]
        self._own_keys = keys[self._own]
        return could and len(np.unique(owner * (len(bases) + 1) + base + 1)) == len(flat)

    def _ties(self, inputs: Inputs, marks: dict[str, "Numbers"], owner: "Numbers") -> Iterable["Numbers"]:
        """Yield the tie keys, the last first: the smaller comes first."""
        import numpy as np

        for name in reversed(inputs.tie_keys):
            if name == "submitted_at":
                told = [one.submitted_at for one in self.people]
                order = {moment: number for number, moment in enumerate(sorted(set(told)))}
                yield numbers(map(order.__getitem__, told))[owner]
            else:
                yield -np.maximum(marks[name], 0)

    def _choices(self, choices: Sequence[tuple[Spot, ...]], flat: Sequence[Spot]) -> None:
        import numpy as np

        self.counts = numbers(map(len, choices))
        self.starts = np.cumsum(self.counts) - self.counts
        self.chooser = self._repeated(self.counts)
        self.number = np.arange(len(flat)) - self.starts[self.chooser] + 1
        self.chosen = numbers(map(self.spots.__getitem__, flat))
        self.chosen_total, self.chosen_position = self.standing(self.chooser, self.chosen)
        first = np.zeros(len(flat), np.bool_)
        first[np.unique(self.chooser * len(self.spots) + self.chosen, return_index=True)[1]] = True
        self.enough = self.reaches(self.chosen, self.chosen_total)
        self.hopes = np.flatnonzero(self.enough & first)

    def _repeated(self, counts: "Sequence[int] | Numbers") -> "Numbers":
        import numpy as np

        return np.repeat(np.arange(len(self.people)), counts)

    def standing(self, people: "Numbers", spots: "Numbers") -> "tuple[Numbers, Numbers]":
        """Return the totals and positions of candidates at the bases of places; -1 without a total."""
        import numpy as np

        record = self._common[people]
        if len(self._own):
            wanted = people * len(self._bases) + self.base_of[spots]
            at = np.minimum(np.searchsorted(self._own_keys, wanted), len(self._own) - 1)
            record = np.where(self._own_keys[at] == wanted, self._own[at], record)
        return self.totals[record], self.positions[record]

    def reaches(self, spots: "Numbers", totals: "Numbers") -> "Truths":
        """Return which places are open, with a line that the total reaches; -1 reaches none."""
        return (self.open[spots] > 0) & (totals >= self.line[spots])

    def ranks(self, people: "Numbers", spots: "Numbers") -> list[int | None]:
        """Return the rank of candidates at places among who chose them; None where not eligible.

        Numbers of -1 are of nobody, and of no place.
        """
        import numpy as np

        width = len(self.positions)
        ladder = np.sort(self.chosen[self.hopes] * width + self.chosen_position[self.hopes])
        known = (people >= 0) & (spots >= 0)
        ranks: list[int | None] = [None] * len(people)
        which = np.flatnonzero(known)
        totals, positions = self.standing(people[which], spots[which])
        eligible = self.reaches(spots[which], totals)
        which, floor = which[eligible], spots[which[eligible]] * width
        found = np.searchsorted(ladder, floor + positions[eligible]) - np.searchsorted(ladder, floor) + 1
        for at, rank in zip(which.tolist(), found.tolist(), strict=True):
            ranks[at] = rank
        return ranks


def numbers(values: Iterable[int]) -> "Numbers":
    """Return whole numbers as a column."""
    import numpy as np

    return np.fromiter(values, np.int64)


def truths(people: Sequence[Candidate], name: str) -> "Truths":
    """Return a yes or no of each candidate as a column."""
    import numpy as np

    return np.fromiter([getattr(one, name) for one in people], np.bool_)


def _marks(records: Sequence[Record], at: int) -> "Numbers":
    return numbers([-1 if (mark := record[at]) is None else mark for record in records])  # type: ignore[misc]


def _totals(inputs: Inputs, marks: dict[str, "Numbers"]) -> "tuple[Numbers, bool]":
    """Return the totals in hundredths, -1 for none, and whether the weights are short enough for that."""
    import numpy as np

    weights = [Decimal(text) for text in inputs.weights.texts().values()]
    digits = max(0, *(-int(weight.as_tuple().exponent) for weight in weights))
    if digits > _DIGITS:
        return np.full(len(marks["written"]), -1), False
    doubled = np.zeros(len(marks["written"]), np.int64)
    missing = np.zeros(len(doubled), np.bool_)
    for weight, mark in zip(weights, marks.values(), strict=True):
        if weight:
            doubled += 2 * int(weight.scaleb(digits)) * mark
            missing |= mark < 0
    scale = 10**digits
    # Half of a hundredth more, then cut: rounded once, half-up.
    return np.where(missing, -1, (doubled + scale) // (2 * scale)), True
