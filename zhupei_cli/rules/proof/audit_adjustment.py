"""The audit of adjustment: the pass is replayed, and each step compared with what the order asks for."""

from bisect import bisect_left, insort
from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from zhupei_cli.rules.admission.run import AdjustScope, Candidate, ResultRow, Spot
from zhupei_cli.rules.proof.audit_view import View, choice_of, seat_of

_Entry = tuple[int, str, str]  # minus free seats, base, specialty
_Group = tuple[object, ...]


class _Kind(NamedTuple):
    specialty: str
    category: str | None
    shortage: bool
    city: str | None


def misplaced(view: View, rows: Mapping[str, ResultRow]) -> Iterator[tuple[ResultRow, Spot | None]]:
    """Yield each row that adjustment should have ended otherwise, with the place it should have.

    `rows` by application, of known candidates and places. A wrong step is replayed as it was taken, so that
    one fault is not found again at everybody after it.
    """
    vacancies = _Vacancies(view, rows)
    for candidate in _listed(view, rows):
        row = rows[candidate.no]
        expected = vacancies.first_for(candidate)
        seat = seat_of(row)
        if seat != expected:
            yield row, expected
        if seat is not None:
            vacancies.take(seat, candidate.identity)


def on_list(view: View, candidate: Candidate) -> bool:
    """Return whether `candidate`, if without a seat after the choices, is one to be adjusted."""
    choices = candidate.choices
    return candidate.accept_adjust and bool(choices) and view.key(candidate.no, choices[0][0]) is not None


def _listed(view: View, rows: Mapping[str, ResultRow]) -> list[Candidate]:
    keyed = []
    for no, row in rows.items():
        candidate = view.candidates[no]
        if choice_of(row) is None and on_list(view, candidate):
            keyed.append((view.key(no, candidate.choices[0][0]) or (), candidate))
    return [candidate for _, candidate in sorted(keyed, key=lambda pair: pair[0])]


class _Vacancies:
    """The places with room, in sorted lists by identity, group and line, kept exact after every seat."""

    def __init__(self, view: View, rows: Mapping[str, ResultRow]) -> None:
        self._view = view
        self._identities = sorted({candidate.identity for candidate in view.candidates.values()})
        self._taken = {spot: held.copy() for spot, held in view.held.items()}
        self._lists: dict[_Group, dict[int, list[_Entry]]] = {}
        self._at_base: dict[str, set[Spot]] = {}
        self._free: dict[Spot, int] = {}
        self._groups: dict[Spot, list[_Group]] = {}
        self._kinds: dict[Spot, _Kind] = {}
        for no, row in rows.items():
            if choice_of(row) is not None and row.spot is not None:
                self._taken[row.spot][view.candidates[no].identity] += 1
        for spot in view.open_lines:
            self._groups[spot] = [*_same_specialty(self._kind(spot)), *_same_category(self._kind(spot))]
            self._free[spot] = view.places[spot].quota - self._taken[spot].total()
            if self._free[spot] > 0:
                self._at_base.setdefault(spot[0], set()).add(spot)
            self._enter(spot)

    def first_for(self, candidate: Candidate) -> Spot | None:
        """Return the place the order gives `candidate` now."""
        own = {record.base for record in candidate.records if record.base is not None}
        offers = [
            spot for base in own for spot in self._at_base.get(base, ()) if self._suits(candidate, spot)
        ]
        common = self._view.common_total(candidate.no)
        if common is not None:
            offers += self._by_common(candidate, own, common)
        return min(offers, key=lambda spot: self._preference(candidate, spot), default=None)

    def take(self, spot: Spot, identity: str) -> None:
        """Seat somebody of `identity` at `spot`."""
        if spot in self._groups:
            for entries, entry in self._where(spot):
                del entries[bisect_left(entries, entry)]
            self._taken[spot][identity] += 1
            self._free[spot] -= 1
            if self._free[spot] <= 0:
                self._at_base.get(spot[0], set()).discard(spot)
            self._enter(spot)

    def _enter(self, spot: Spot) -> None:
        for entries, entry in self._where(spot):
            insort(entries, entry)

    def _where(self, spot: Spot) -> Iterator[tuple[list[_Entry], _Entry]]:
        entry, line = (-self._free[spot], *spot), self._view.open_lines[spot]
        for identity in self._identities:
            if self._room(spot, identity):
                for group in self._groups[spot]:
                    yield self._lists.setdefault((identity, *group), {}).setdefault(line, []), entry

    def _by_common(self, candidate: Candidate, own: Collection[str], total: int) -> list[Spot]:
        """Return the first place of each list open to the common total, same specialty if any."""
        kind = self._kind(candidate.choices[0])
        if candidate.by_order:
            return self._by_order(candidate, own)
        tiers = [_same_specialty(kind)]
        if self._view.inputs.adjust_scope == AdjustScope.CATEGORY:
            tiers.append([g for mark in (True, False) for g in _same_category(kind._replace(shortage=mark))])
        for groups in tiers:
            heads = []
            for group in groups:
                for line, entries in self._lists.get((candidate.identity, *group), {}).items():
                    if line <= total:
                        heads += _head(entries, own, candidate.choices)
            if heads:
                return heads
        return []

    def _by_order(self, candidate: Candidate, own: Collection[str]) -> list[Spot]:
        """Return every place that suits somebody who studies by order: few people, few specialties."""
        allowed = self._view.inputs.order_specialties
        return [
            spot
            for spot in self._groups
            if spot[1] in allowed and spot[0] not in own and self._suits(candidate, spot)
        ]

    def _room(self, spot: Spot, identity: str) -> bool:
        limit = self._view.places[spot].limits.get(identity)
        return self._free[spot] > 0 and (limit is None or self._taken[spot][identity] < limit)

    def _kind(self, spot: Spot) -> _Kind:
        if spot not in self._kinds:
            inputs = self._view.inputs
            specialty = inputs.specialties.get(spot[1])
            category, shortage = (specialty.category, specialty.shortage) if specialty else (None, False)
            self._kinds[spot] = _Kind(spot[1], category or None, shortage, inputs.cities.get(spot[0]) or None)
        return self._kinds[spot]

    def _suits(self, candidate: Candidate, spot: Spot) -> bool:
        total = self._view.total(candidate.no, spot[0])
        return (
            total is not None
            and total >= self._view.open_lines[spot]
            and self._room(spot, candidate.identity)
            and spot not in candidate.choices
            and self._in_scope(candidate.choices[0], spot)
            and (not candidate.by_order or spot[1] in self._view.inputs.order_specialties)
        )

    def _in_scope(self, first_choice: Spot, spot: Spot) -> bool:
        wish, offer = self._kind(first_choice), self._kind(spot)
        wider = self._view.inputs.adjust_scope == AdjustScope.CATEGORY and offer.category is not None
        return offer.specialty == wish.specialty or (wider and offer.category == wish.category)

    def _preference(self, candidate: Candidate, spot: Spot) -> tuple[bool, bool, bool, int, Spot]:
        """Return what places are compared by; the smallest comes first."""
        wish, offer = self._kind(candidate.choices[0]), self._kind(spot)
        elsewhere = offer.city is None or offer.city != wish.city
        return offer.specialty != wish.specialty, not offer.shortage, elsewhere, -self._free[spot], spot


def _head(entries: list[_Entry], own: Collection[str], choices: Collection[Spot]) -> list[Spot]:
    for _, base, specialty in entries:
        if base not in own and (base, specialty) not in choices:
            return [(base, specialty)]
    return []


def _same_specialty(kind: _Kind) -> list[_Group]:
    return [(kind.specialty, city) for city in {kind.city, None}]


def _same_category(kind: _Kind) -> list[_Group]:
    if kind.category is None:
        return []
    return [(kind.category, kind.shortage, city) for city in {kind.city, None}]
