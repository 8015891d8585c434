"""Tiny rounds with reserved, limited and held seats, and all their results: the paper read to the letter."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from random import Random

from tests.rules.audited_twice import audit
from zhupei_cli.rules.admission.admission import admit
from zhupei_cli.rules.admission.free_seats import open_rooms
from zhupei_cli.rules.admission.matching import match
from zhupei_cli.rules.admission.merit import Merits, bids
from zhupei_cli.rules.admission.run import Candidate, Held, Inputs, Place
from zhupei_cli.rules.admission.scores import Record

_WHO = ("own", "social", "entrusted")
_BASES = ("A", "B", "C")
_SPECIALTY = "0100"
_UNSEATED = 9

#: Who sits where: one base or None for each candidate, in their order.
Result = tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Tiny:
    """A round: the places, and for each candidate the identity, the choices and the mark at each base."""

    places: Mapping[str, Place]
    held: tuple[tuple[str, str], ...]
    people: tuple[tuple[str, tuple[str, ...], Mapping[str, int]], ...]

    def inputs(self, rule: str) -> Inputs:
        """Return it as a run has it; everybody has a record of their own at each base."""
        return Inputs(
            places=tuple(self.places.values()),
            candidates=tuple(
                Candidate(
                    str(number),
                    identity,
                    tuple((base, _SPECIALTY) for base in choices),
                    False,
                    "2024-06-04T02:00:00Z",
                    tuple(Record(base, mark, mark, mark) for base, mark in marks.items()),
                )
                for number, (identity, choices, marks) in enumerate(self.people)
            ),
            cities={},
            specialties={},
            rule=rule,
            adjust=False,
            held=tuple(Held(base, _SPECIALTY, who) for base, who in self.held),
        )

    def counts(self, result: Result, base: str) -> dict[str, int]:
        """Return the seats each identity has at a base, held ones included."""
        sitting = [who for (who, _, _), at in zip(self.people, result, strict=True) if at == base]
        sitting += [who for at, who in self.held if at == base]
        return {who: sitting.count(who) for who in _WHO}

    def possible(self, result: Result) -> bool:
        """Tell whether nobody is seated beyond a quota or a limit."""
        for base, place in self.places.items():
            new = {who for (who, _, _), at in zip(self.people, result, strict=True) if at == base}
            counts = self.counts(result, base)
            if new and sum(counts.values()) > place.quota:
                return False
            if any(counts[who] > place.limits.get(who, place.quota) for who in new):
                return False
        return True

    def wronged(self, result: Result) -> bool:
        """Tell whether anybody has justified envy, clause by clause."""
        return any(
            self._wrongs(result, number, base)
            for number, (_, choices, _) in enumerate(self.people)
            for base in choices[: _preference(choices, result[number])]
        )

    def _wrongs(self, result: Result, c: int, base: str) -> bool:
        place, counts = self.places[base], self.counts(result, base)
        mine, _, marks = self.people[c]
        most = place.limits.get(mine, place.quota + len(self.held))
        if sum(counts.values()) < place.quota and counts[mine] < most:
            return True
        for d, at in enumerate(result):
            theirs = self.people[d][0]
            if at != base or counts[mine] + (mine != theirs) > most:
                continue
            before = marks[base] > self.people[d][2][base]
            over = counts[theirs] > place.reserves.get(theirs, 0)
            a = mine == theirs and before
            b = counts[mine] < place.reserves.get(mine, 0) and (over or before)
            if a or b or (before and over):
                return True
        return False

    def stable_results(self) -> Iterator[Result]:
        """Yield every possible result without justified envy."""
        for result in product(*((*choices, None) for _, choices, _ in self.people)):
            if self.possible(result) and not self.wronged(result):
                yield result


def _preference(choices: tuple[str, ...], base: str | None) -> int:
    return choices.index(base) if base is not None else _UNSEATED


def draw(random: Random) -> Tiny:
    """Draw a round in which reserves, limits and held seats meet."""
    bases = _BASES[: random.randint(1, 3)]
    places = {}
    for base in bases:
        quota = random.randint(0, 3)
        limits = {who: random.randint(0, 2) for who in _WHO if random.random() < 0.25}
        reserves: dict[str, int] = {}
        for who in random.choices(_WHO, k=random.randint(0, quota)):
            if reserves.get(who, 0) < limits.get(who, quota):
                reserves[who] = reserves.get(who, 0) + 1
        places[base] = Place(base, _SPECIALTY, quota, None, False, limits, reserves=reserves)
    held = tuple((random.choice(bases), random.choice(_WHO)) for _ in range(random.choice((0, 0, 0, 1, 2))))
    count = random.randint(1, 5)
    marks = {base: random.sample(range(6000, 6000 + count), count) for base in bases}
    people = [
        (
            random.choice(_WHO),
            tuple(random.sample(bases, random.randint(1, len(bases)))),
            {base: marks[base][number] for base in bases},
        )
        for number in range(count)
    ]
    return Tiny(places, held, tuple(people))


def check_stable(tiny: Tiny, random: Random) -> None:
    """Assert that `stable` is without envy, best for everybody, and the same in any order of proposals."""
    inputs = tiny.inputs("stable")
    rows = admit(inputs)
    assert audit(inputs, rows) == []
    by_no = {row.no: row.base for row in rows}
    ours = tuple(by_no[str(number)] for number in range(len(tiny.people)))
    others = list(tiny.stable_results())
    assert ours in others
    for other in others:
        for (_, choices, _), mine, theirs in zip(tiny.people, ours, other, strict=True):
            assert _preference(choices, mine) <= _preference(choices, theirs)
    in_order = bids(inputs, Merits(inputs))
    random.shuffle(in_order)
    seated = {no: bid.spot[0] for no, bid in match(in_order, open_rooms(inputs)).items()}
    assert seated == {no: base for no, base in by_no.items() if base is not None}
