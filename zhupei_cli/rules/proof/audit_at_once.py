"""The audit of many people at once: it acquits a result, or leaves it to the one that says what is wrong."""

from collections.abc import Sequence
from itertools import compress
from operator import itemgetter, not_
from typing import TYPE_CHECKING, Self

from zhupei_cli.rules.admission.run import Inputs, Reason, ResultRow, Round
from zhupei_cli.rules.proof.audit_adjustment import misplaced
from zhupei_cli.rules.proof.audit_columns import Columns, numbers, truths
from zhupei_cli.rules.proof.audit_view import View, choice_number
from zhupei_cli.words.vocabulary import Outcome, Rule

if TYPE_CHECKING:
    from zhupei_cli.rules.proof.audit_columns import Numbers

_EMPTY = frozenset({(None,) * 5})
_OUTCOMES = frozenset({Outcome.ADMITTED, Outcome.NOT_ADMITTED})


def flawless(inputs: Inputs, rows: Sequence[ResultRow], main: Inputs | None = None) -> bool:
    """Return whether a result surely keeps every promise. Where it does not, `audit` has the words for it."""
    known = Columns(inputs)
    ranking = known if main is None else Columns(main)
    if not (known.sound and ranking.sound):
        return False
    seats = _Seats.of(known, rows)
    return (
        seats is not None
        and seats.fit()
        and seats.within_quotas()
        and (inputs.round == Round.ADJUST or not seats.envied())
        and seats.figures(ranking)
        and seats.reasons()
        and seats.adjusted_in_order()
    )


class _Seats:
    """Who was seated, where, and by which choice; 0 for adjustment."""

    def __init__(self, known: Columns, rows: Sequence[ResultRow], seated: list[bool]) -> None:
        self._known, self._rows, self._seated = known, rows, seated
        self._given = list(compress(rows, seated))
        self.who = numbers(compress(range(len(rows)), seated))
        self.spot = numbers([known.spots.get(row[2:4], -1) for row in self._given])  # type: ignore[arg-type]
        ways = {row.via: choice_number(row.via or "") or -1 for row in self._given} | {"adjust": 0}
        self.number = numbers([ways[row.via] for row in self._given])
        self._consents = truths(known.people, "accept_adjust")

    @classmethod
    def of(cls, known: Columns, rows: Sequence[ResultRow]) -> Self | None:
        """Return the seats of a result that has one row each and says no more of who has none."""
        rows = sorted(rows, key=itemgetter(0))
        if [row.no for row in rows] != [one.no for one in known.people]:
            return None
        seated = [row.outcome == Outcome.ADMITTED for row in rows]
        without = {row[2:7] for row in compress(rows, map(not_, seated))}
        if not {row.outcome for row in rows} <= _OUTCOMES or not without <= _EMPTY:
            return None
        return cls(known, rows, seated)

    def fit(self) -> bool:
        """Return whether everybody is eligible where they are, by the choice they are said to be there by."""
        import numpy as np

        known = self._known
        if (self.spot < 0).any() or (self.spot >= known.planned).any() or (self.number < 0).any():
            return False
        chosen, adjusted = self.number > 0, self.number == 0
        if (self.number > known.counts[self.who]).any():
            return False
        at = known.starts[self.who[chosen]] + self.number[chosen] - 1
        if not np.isin(at, known.hopes).all() or (known.chosen[at] != self.spot[chosen]).any():
            return False
        if chosen.any() and known.inputs.round == Round.ADJUST:
            return False
        totals, _ = known.standing(self.who[adjusted], self.spot[adjusted])
        listed = np.isin(self.who[adjusted], self._could_be_adjusted())
        return bool(known.reaches(self.spot[adjusted], totals).all() and listed.all())

    def _could_be_adjusted(self) -> "Numbers":
        """Return who consents and has a total at the first choice."""
        import numpy as np

        known = self._known
        who = np.flatnonzero(self._consents & (known.counts > 0) & known.inputs.adjust)
        listed: Numbers = who[known.chosen_total[known.starts[who]] >= 0]
        return listed

    def _taken(self, rounds: int, round_: "Numbers", seats: "Numbers") -> "Numbers":
        """Count `seats`, numbers of ours, by round, place and identity."""
        import numpy as np

        shape = (rounds, len(self._known.spots), len(self._known.identities))
        cell = (round_, self.spot[seats], self._known.identity[self.who[seats]])
        flat = np.ravel_multi_index(cell, shape)
        return np.bincount(flat, minlength=int(np.prod(shape))).reshape(shape)

    def within_quotas(self) -> bool:
        """Return whether quotas and limits hold; where earlier admissions are over one, nobody was added."""
        import numpy as np

        known = self._known
        everybody = np.arange(len(self.who))
        taken = self._taken(1, np.zeros_like(everybody), everybody)[0]
        free = np.maximum(0, known.quota - known.held.sum(axis=1))
        left = np.maximum(0, known.limits - known.held)
        return bool((taken.sum(axis=1) <= free).all() and (taken <= left).all())

    def envied(self) -> bool:
        """Return whether anybody should have had a seat before others, as the rule of the run means it."""
        import numpy as np

        known = self._known
        by_round = known.inputs.rule == Rule.CHOICE_FIRST
        hopes = known.hopes
        rounds = int(known.number[hopes].max(initial=1)) if by_round else 1
        chosen = np.flatnonzero(self.number > 0)
        round_ = self.number[chosen] - 1 if by_round else np.zeros_like(chosen)
        taken = known.held + np.cumsum(self._taken(rounds, round_, chosen), axis=0)
        last = np.full(taken.shape, -1)
        who, spot = self.who[chosen], self.spot[chosen]
        np.maximum.at(last, (round_, spot, known.identity[who]), known.standing(who, spot)[1])

        got = np.full(len(known.people), 1 << 40)
        got[who] = self.number[chosen]
        hopes = hopes[got[known.chooser[hopes]] > known.number[hopes]]
        identity = known.identity[known.chooser[hopes]]
        end = (known.number[hopes] - 1 if by_round else np.zeros_like(hopes), known.chosen[hopes])
        full = taken[(*end, identity)] >= known.limits[end[1], identity]
        short = taken[(*end, identity)] < known.reserves[end[1], identity]
        wronged = ~full & (taken.sum(axis=2)[end] < known.quota[end[1]])
        for other in range(len(known.identities)):
            theirs = last[end][:, other]
            over = taken[end][:, other] > known.reserves[end[1], other]
            before = known.chosen_position[hopes] < theirs
            same = identity == other
            # Only the seat of somebody of the same identity keeps a limit that is reached.
            yields = np.where(same, before, ~full & np.where(short, before | over, before & over))
            wronged |= (theirs >= 0) & yields
        return bool(wronged.any())

    def figures(self, ranking: Columns) -> bool:
        """Return whether every seat has the total there, the rank among who chose it, and no reason."""
        known, given = self._known, self._given
        totals, _ = known.standing(self.who, self.spot)
        who, spot = self.who, self.spot
        if ranking is not known:
            who = numbers([ranking.at.get(row.no, -1) for row in given])
            spot = numbers([ranking.spots.get(row[2:4], -1) for row in given])  # type: ignore[arg-type]
        ranks = ranking.ranks(who, spot)
        for at in (self.number == 0).nonzero()[0].tolist():
            ranks[at] = None
        expected = list(zip(totals.tolist(), ranks, [None] * len(given), strict=True))
        return [row[5:] for row in given] == expected

    def reasons(self) -> bool:
        """Return whether everybody without a seat has the first reason that applies."""
        import numpy as np

        known = self._known
        some, below, enough = (np.zeros(len(known.people), np.bool_) for _ in range(3))
        some[known.chooser[known.chosen_total >= 0]] = True
        below[known.chooser[(known.chosen_total >= 0) & (known.open[known.chosen] > 0)]] = True
        enough[known.chooser[known.enough]] = True
        which = np.select([~some, below & ~enough, self._consents & known.inputs.adjust], [0, 1, 2], 3)
        words = (Reason.ABSENT, Reason.BELOW_LINE, Reason.NO_VACANCY, Reason.FULL)
        found = zip(self._rows, which.tolist(), self._seated, strict=True)
        return all(seated or row.reason == words[reason] for row, reason, seated in found)

    def adjusted_in_order(self) -> bool:
        """Return whether adjustment went as it should at each step; who was seated by choice holds a seat."""
        import numpy as np

        known, rows = self._known, self._rows
        if not known.inputs.adjust:
            return True
        chosen = np.flatnonzero(self.number > 0)
        listed = np.setdiff1d(self._could_be_adjusted(), self.who[chosen]).tolist()
        view = View(known.inputs, [known.people[at] for at in listed])
        taken = known.held + self._taken(1, np.zeros_like(chosen), chosen)[0]
        spots, identities = list(known.spots), list(known.identities)
        for spot, identity in zip(*(axis.tolist() for axis in taken.nonzero()), strict=True):
            view.held[spots[spot]][identities[identity]] = int(taken[spot, identity])
        return next(misplaced(view, {rows[at].no: rows[at] for at in listed}), None) is None
