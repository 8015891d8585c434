"""Justified envy: who is wronged by a result, over all choices or within the rounds of choice-first."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from zhupei_cli.rules.admission.run import Inputs, ResultRow, Spot
from zhupei_cli.rules.proof.audit_view import Hope, View, ViewKey, choice_of

_WHOLE = 0  # the only round, when all choices are looked at together


class _End(NamedTuple):
    """A place at the end of a round: whom it still has room for, and the last whom it seated in the round.

    Identities are `short` with fewer seats than their reserve, `over` with more.
    """

    free: bool
    full: frozenset[str]
    short: frozenset[str]
    over: frozenset[str]
    last: dict[str, ViewKey]

    def wrongs(self, identity: str, key: ViewKey) -> bool:
        """Return whether somebody of `identity` who stands at `key` should have a seat here."""
        if identity not in self.full and self.free:
            return True
        # Only the seat of somebody of the same identity keeps a limit that is reached.
        open_to = self.last if identity not in self.full else self.last.keys() & {identity}
        return any(self._yields(who, identity, key) for who in open_to)

    def _yields(self, who: str, identity: str, key: ViewKey) -> bool:
        """Return whether the last one here of identity `who` should have left their seat to that somebody."""
        before = key < self.last[who]
        if who == identity:
            return before
        if identity in self.short:
            return before or who in self.over
        return before and who in self.over


def wronged(inputs: Inputs, rows: Sequence[ResultRow]) -> set[str]:
    """Return the applications wronged over all choices, whatever the rule; what `admit compare` counts."""
    return {hope.no for hope in envious(View(inputs), rows, by_round=False)}


def envious(view: View, rows: Sequence[ResultRow], *, by_round: bool) -> Iterator[Hope]:
    """Yield each choice at which a candidate is wronged; `by_round` as choice-first means it."""
    got = {row.no: number for row in rows if (number := choice_of(row)) is not None}
    ends = _ends(view, rows, by_round)
    for hope in view.hopes:
        if hope.no in got and got[hope.no] <= hope.choice:
            continue
        identity = view.candidates[hope.no].identity
        if ends[hope.spot, hope.choice if by_round else _WHOLE].wrongs(identity, hope.key):
            yield hope


def _ends(view: View, rows: Sequence[ResultRow], by_round: bool) -> dict[tuple[Spot, int], _End]:
    seated: dict[tuple[Spot, int], list[str]] = {}
    for row in rows:
        number, spot = choice_of(row), row.spot
        if number is not None and spot is not None:
            seated.setdefault((spot, number if by_round else _WHOLE), []).append(row.no)
    longest = max((hope.choice for hope in view.hopes), default=0)
    rounds = range(1, longest + 1) if by_round else (_WHOLE,)
    ends = {}
    for spot, place in view.places.items():
        taken = view.held[spot].copy()
        for number in rounds:
            last: dict[str, ViewKey] = {}
            for no in seated.get((spot, number), ()):
                identity, key = view.candidates[no].identity, view.key(no, spot[0])
                taken[identity] += 1
                if key is not None:
                    last[identity] = max(key, last.get(identity, key))
            full = frozenset(who for who, limit in place.limits.items() if taken[who] >= limit)
            short = frozenset(who for who, seats in place.reserves.items() if taken[who] < seats)
            over = frozenset(who for who, count in taken.items() if count > place.reserves.get(who, 0))
            ends[spot, number] = _End(taken.total() < place.quota, full, short, over, last)
    return ends
