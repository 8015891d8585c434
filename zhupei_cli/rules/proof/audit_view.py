"""The rules told a second time, for the audit: nothing of the solver's code is used here, only its values.

Totals are Decimal where the solver's are integers, and merit is compared key by key where it has positions.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal, localcontext
from functools import cache, cached_property
from typing import NamedTuple

from zhupei_cli.rules.admission.run import Candidate, Inputs, ResultRow, Spot
from zhupei_cli.rules.admission.scores import Record

ViewKey = tuple[int | str, ...]  # minus total, tie keys, application number: smaller is better


class Hope(NamedTuple):
    """A choice at which a candidate is eligible."""

    no: str
    choice: int
    spot: Spot
    key: ViewKey


class View:
    """What the audit knows of a run before it looks at the results.

    `open_lines` holds the enabled places with their lines, 0 without one. It knows all candidates, or some.
    """

    def __init__(self, inputs: Inputs, candidates: Sequence[Candidate] | None = None) -> None:
        self.inputs = inputs
        whom = inputs.candidates if candidates is None else candidates
        self.candidates = {candidate.no: candidate for candidate in whom}
        self.places = {place.spot: place for place in inputs.places}
        self.held: dict[Spot, Counter[str]] = {place.spot: Counter() for place in inputs.places}
        for held in inputs.held:
            if (held.base, held.specialty) in self.held:
                self.held[held.base, held.specialty][held.identity] += 1
        self.open_lines = {
            place.spot: max(line for line in (inputs.min_score, place.min_score, 0) if line is not None)
            for place in inputs.places
            if not place.stopped
        }
        self._keys = _keys(inputs, whom)

    @cached_property
    def hopes(self) -> list[Hope]:
        """Every eligible choice."""
        return [hope for candidate in self.candidates.values() for hope in self._hopes(candidate)]

    def key(self, no: str, base: str) -> ViewKey | None:
        """Return where `no` stands at `base`; None without a total there."""
        by_base = self._keys[no]
        return by_base[base] if base in by_base else by_base.get(None)

    def total(self, no: str, base: str) -> int | None:
        """Return the total of `no` at `base` in hundredths."""
        key = self.key(no, base)
        return None if key is None else -int(key[0])

    def common_total(self, no: str) -> int | None:
        """Return the total of `no` by the common record, in hundredths."""
        key = self._keys[no].get(None)
        return None if key is None else -int(key[0])

    def _hopes(self, candidate: Candidate) -> Iterator[Hope]:
        seen = set()
        for number, spot in enumerate(candidate.choices, 1):
            key = self.key(candidate.no, spot[0])
            if spot in self.open_lines and spot not in seen and key and -int(key[0]) >= self.open_lines[spot]:
                yield Hope(candidate.no, number, spot, key)
            seen.add(spot)


def seat_of(row: ResultRow) -> Spot | None:
    """Return where a row seats its candidate; None without a seat."""
    return row.spot if row.admitted else None


def choice_of(row: ResultRow) -> int | None:
    """Return the number of the choice a row was admitted by; None for adjustment or no seat."""
    return choice_number(row.via) if row.admitted and row.via else None


@cache
def choice_number(via: str) -> int | None:
    """Return the number of the choice a way to a seat tells of; None for any other way."""
    digits = via.removeprefix("choice")
    return int(digits) if digits != via and digits.isdecimal() else None


def _keys(inputs: Inputs, candidates: Sequence[Candidate]) -> dict[str, dict[str | None, ViewKey | None]]:
    keys: dict[str, dict[str | None, ViewKey | None]] = {}
    weights = [Decimal(text) for text in inputs.weights.texts().values()]
    with localcontext(prec=100):  # more digits than a weight can have, so that nothing is rounded but once
        for candidate in candidates:
            keys[candidate.no] = {
                record.base: _key(inputs, candidate, record, weights=weights) for record in candidate.records
            }
    return keys


def _key(inputs: Inputs, candidate: Candidate, record: Record, *, weights: list[Decimal]) -> ViewKey | None:
    total = _total(record, weights)
    if total is None:
        return None
    marks = {"written": record.written, "skill": record.skill, "interview": record.interview}
    ties = [
        candidate.submitted_at if name == "submitted_at" else -(marks[name] or 0) for name in inputs.tie_keys
    ]
    return (-total, *ties, candidate.no)


def _total(record: Record, weights: list[Decimal]) -> int | None:
    marks = (record.written, record.skill, record.interview)
    exact = Decimal(0)
    for weight, mark in zip(weights, marks, strict=True):
        if weight:
            if mark is None:
                return None
            exact += weight * mark
    return int(exact.quantize(Decimal(1), ROUND_HALF_UP))
