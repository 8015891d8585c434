"""Why a result is as it is: the way of one candidate, the list of one place."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import NamedTuple

from zhupei_cli.rules.admission.main_ranks import MainRanks
from zhupei_cli.rules.admission.merit import Bid, Merits, bids, open_lines
from zhupei_cli.rules.admission.run import Candidate, Inputs, ResultRow, Round, Spot
from zhupei_cli.rules.proof.reserved_seats import on_reserve
from zhupei_cli.words.vocabulary import Rule


class Fate(StrEnum):
    """What became of one choice."""

    ADMITTED = "admitted"
    REPEATED = "repeated"  # counts at its first position only
    NOT_IN_PLAN = "not_in_plan"
    STOPPED = "stopped"
    ABSENT = "absent"
    BELOW_LINE = "below_line"
    FULL = "full"
    NOT_NEEDED = "not_needed"  # an earlier choice was got
    NOT_ASKED = "not_asked"  # the round of adjustment goes by no choice


class Cause(StrEnum):
    """Why a choice was full for somebody eligible there."""

    NO_SEATS = "no_seats"  # none planned, or all held before the run
    LIMIT = "limit"  # of the candidate's identity
    EARLIER_ROUND = "earlier_round"  # choice-first: the seats went to earlier choices
    RESERVED = "reserved"  # somebody who comes after has a seat reserved for another identity
    BEHIND = "behind"  # everybody seated comes before


class Step(NamedTuple):
    """One choice, or adjustment (`choice` None); `cutoff` is the lowest total seated there by choice.

    `reserved` where the seat is one that the place reserves for the candidate's identity.
    """

    choice: int | None
    base: str
    specialty: str
    quota: int | None
    total: int | None
    rank: int | None
    cutoff: int | None
    result: Fate
    reserved: bool = False


class Rung(NamedTuple):
    """Somebody eligible at a place by a choice, or seated there by adjustment (`choice` None)."""

    rank: int | None
    no: str
    choice: int | None
    identity: str
    total: int | None
    result: Fate
    reserved: bool = False


#: Application number and place → rank.
_Ranks = dict[tuple[str, Spot], int]


class Contests:
    """Who contends for places: worked out once for each set of them, for many explanations of one run.

    Ranks of a refill are those of `main`, the inputs of the main run it names.
    """

    def __init__(self, inputs: Inputs, main: Inputs | None = None) -> None:
        self._inputs = inputs
        self._main = None if main is None else MainRanks(main)
        self._over: dict[frozenset[Spot], tuple[Merits, list[Bid], _Ranks]] = {}

    def over(self, spots: Iterable[Spot]) -> tuple[Merits, list[Bid]]:
        """Return merits and bids of those who chose any of `spots`; nobody else counts for a rank there."""
        return self._worked_out(frozenset(spots))[:2]

    def rank(self, no: str, spot: Spot, among: Iterable[Spot]) -> int | None:
        """Return the rank of `no` at `spot`, one of the places `among` which they chose."""
        if self._main is not None:
            return self._main.at(no, spot)
        return self._worked_out(frozenset(among))[2].get((no, spot))

    def _worked_out(self, wanted: frozenset[Spot]) -> tuple[Merits, list[Bid], _Ranks]:
        if wanted not in self._over:
            rivals = tuple([c for c in self._inputs.candidates if not wanted.isdisjoint(c.choices)])
            contest = replace(self._inputs, candidates=rivals)
            merits = Merits(contest)
            in_order = bids(contest, merits)
            self._over[wanted] = merits, in_order, _ranks(in_order)
        return self._over[wanted]


def explain(
    inputs: Inputs,
    rows: Sequence[ResultRow],
    no: str,
    main: Inputs | None = None,
    contests: Contests | None = None,
) -> tuple[Step, ...]:
    """Return what happened at each choice of `no`, then the seat by adjustment if there is one.

    Ranks of a refill are those of `main`, the inputs of the main run it names; whoever explains many people
    of a run gives their `contests`.
    """
    candidate = next(candidate for candidate in inputs.candidates if candidate.no == no)
    row = next(row for row in rows if row.no == no)
    contests = contests or Contests(inputs, main)
    merits, in_order = contests.over(candidate.choices)
    quotas = {place.spot: place.quota for place in inputs.places}
    reserved = row.spot in candidate.choices and no in _on_reserve(inputs, rows, row.spot, in_order)
    steps = []
    for number, spot in enumerate(candidate.choices, 1):
        position = merits.at(no, spot[0])
        total = None if position is None else merits.totals[position]
        fate = _before_seating(inputs, candidate, number, total) or _seating(inputs, candidate, row, number)
        rank = contests.rank(no, spot, candidate.choices)
        place = (quotas.get(spot), total, rank, _cutoff(rows, spot))
        steps.append(Step(number, *spot, *place, fate, fate is Fate.ADMITTED and reserved))
    if row.via == "adjust" and row.spot:
        place = (quotas[row.spot], row.total, None, _cutoff(rows, row.spot))
        steps.append(Step(None, *row.spot, *place, Fate.ADMITTED))
    return tuple(steps)


def explain_place(inputs: Inputs, rows: Sequence[ResultRow], spot: Spot) -> tuple[Rung, ...]:
    """Return who was eligible at `spot` by a choice, in the order of merit, then who was adjusted to it."""
    _, in_order = Contests(inputs).over((spot,))
    by_no = {row.no: row for row in rows}
    reserved = _on_reserve(inputs, rows, spot, in_order)
    rungs = []
    for rank, bid in enumerate((bid for bid in in_order if bid.spot == spot), 1):
        candidate = bid.candidate
        fate = _seating(inputs, candidate, by_no[candidate.no], bid.choice)
        person = (candidate.no, bid.choice, candidate.identity, bid.total)
        rungs.append(Rung(rank, *person, fate, fate is Fate.ADMITTED and candidate.no in reserved))
    identities = {candidate.no: candidate.identity for candidate in inputs.candidates}
    adjusted = (row for row in rows if row.via == "adjust" and row.spot == spot)
    rungs += [Rung(None, row.no, None, identities[row.no], row.total, Fate.ADMITTED) for row in adjusted]
    return tuple(rungs)


def why_full(
    inputs: Inputs, rows: Sequence[ResultRow], no: str, number: int, contests: Contests | None = None
) -> Cause:
    """Return what decided choice `number` of `no`, whose fate was FULL."""
    candidate = next(candidate for candidate in inputs.candidates if candidate.no == no)
    spot = candidate.choices[number - 1]
    place = next(place for place in inputs.places if place.spot == spot)
    taken = Counter(seat.identity for seat in inputs.held if seat[:2] == spot)
    if taken.total() >= place.quota:
        return Cause.NO_SEATS
    _, in_order = (contests or Contests(inputs)).over((spot,))
    here = {bid.candidate.no: bid for bid in in_order if bid.spot == spot}
    seated = [here[row.no] for row in rows if row.spot == spot and row.via != "adjust"]
    if inputs.rule == Rule.CHOICE_FIRST:
        taken.update(bid.candidate.identity for bid in seated if bid.choice < number)
        if taken.total() >= place.quota:
            return Cause.EARLIER_ROUND
        seated = [bid for bid in seated if bid.choice == number]
    taken.update(bid.candidate.identity for bid in seated)
    limit = place.limits.get(candidate.identity)
    # Had it been the seats alone, nobody seated could come after.
    outrun = any(bid.position > here[no].position for bid in seated)
    limited = limit is not None and taken[candidate.identity] >= limit
    if limited and (outrun or taken.total() < place.quota):
        return Cause.LIMIT
    return Cause.RESERVED if outrun else Cause.BEHIND


def tie_lost(
    inputs: Inputs, rows: Sequence[ResultRow], no: str, number: int, contests: Contests | None = None
) -> str | None:
    """Return the tie key by which `no` came after the last one seated, with the same total, at a choice.

    `number` where the application number decided; None where the totals differ.
    """
    candidate = next(candidate for candidate in inputs.candidates if candidate.no == no)
    spot = candidate.choices[number - 1]
    _, in_order = (contests or Contests(inputs)).over((spot,))
    here = {bid.candidate.no: bid for bid in in_order if bid.spot == spot}
    seated = [here[row.no] for row in rows if row.spot == spot and row.via != "adjust"]
    if inputs.rule == Rule.CHOICE_FIRST:
        seated = [bid for bid in seated if bid.choice == number]
    last = max(seated, key=lambda bid: bid.position, default=None)
    if last is None or last.total != here[no].total:
        return None
    mine, theirs = (_tie_marks(inputs, one, spot[0]) for one in (candidate, last.candidate))
    return next((key for key in inputs.tie_keys if mine[key] != theirs[key]), "number")


def _tie_marks(inputs: Inputs, candidate: Candidate, base: str) -> dict[str, object]:
    records = {record.base: record for record in candidate.records}
    record = records.get(base, records.get(None))
    marks = (key for key in inputs.tie_keys if key != "submitted_at")
    return {"submitted_at": candidate.submitted_at, **{key: getattr(record, key) or 0 for key in marks}}


def _on_reserve(inputs: Inputs, rows: Sequence[ResultRow], spot: Spot, in_order: Iterable[Bid]) -> set[str]:
    """Return who has a reserved seat at `spot`; `in_order` holds the bids of everybody who chose it."""
    place = next((place for place in inputs.places if place.spot == spot), None)
    if place is None or not place.reserves:
        return set()
    seated = {row.no for row in rows if row.spot == spot and row.via != "adjust"}
    return on_reserve(
        inputs, place, [bid for bid in in_order if bid.spot == spot and bid.candidate.no in seated]
    )


def _ranks(in_order: Iterable[Bid]) -> _Ranks:
    seen: dict[Spot, int] = {}
    found = {}
    for bid in in_order:
        seen[bid.spot] = found[bid.candidate.no, bid.spot] = seen.get(bid.spot, 0) + 1
    return found


def _before_seating(inputs: Inputs, candidate: Candidate, number: int, total: int | None) -> Fate | None:
    """Return why a choice was no bid; None if it was one."""
    lines, spot = open_lines(inputs), candidate.choices[number - 1]
    if candidate.choices.index(spot) != number - 1:
        return Fate.REPEATED
    if spot not in lines:
        planned = any(place.spot == spot for place in inputs.places)
        return Fate.STOPPED if planned else Fate.NOT_IN_PLAN
    if total is None:
        return Fate.ABSENT
    return Fate.BELOW_LINE if total < lines[spot] else None


def _seating(inputs: Inputs, candidate: Candidate, row: ResultRow, number: int) -> Fate:
    if inputs.round == Round.ADJUST:
        return Fate.NOT_ASKED
    got = candidate.choices.index(row.spot) + 1 if row.spot in candidate.choices else None
    if got is None or number < got:
        return Fate.FULL
    return Fate.ADMITTED if number == got else Fate.NOT_NEEDED


def _cutoff(rows: Iterable[ResultRow], spot: Spot) -> int | None:
    base, specialty = spot
    # Base and specialty before all else: few rows are of this place, and it is asked for every choice.
    here = (row for row in rows if row.base == base and row.specialty == specialty and row.via != "adjust")
    return min((row.total for row in here if row.total is not None), default=None)
