"""Admission: who gets which seat, by the rule of the run, then adjustment, then a reason for everybody else.

Pure and deterministic: every order it sorts by is total, so the order of the inputs cannot matter.
"""

from collections.abc import Callable, Iterable, Mapping
from itertools import groupby
from operator import attrgetter

from zhupei_cli.rules.admission.adjustment import Seat, adjust
from zhupei_cli.rules.admission.free_seats import SeatsLeft, open_rooms
from zhupei_cli.rules.admission.main_ranks import MainRanks
from zhupei_cli.rules.admission.matching import match
from zhupei_cli.rules.admission.merit import Bid, Merits, bids, open_lines, ranks
from zhupei_cli.rules.admission.run import Candidate, Inputs, Reason, ResultRow, Round, Spot
from zhupei_cli.words.errors import ZhupeiError
from zhupei_cli.words.vocabulary import Outcome, Rule


def admit(inputs: Inputs, main: Inputs | None = None) -> tuple[ResultRow, ...]:
    """Return one row per candidate, sorted by application number. E432 if score-first meets an own record.

    A refill has its ranks from `main`, the inputs of the main run it names, and needs them.
    """
    if (inputs.main is None) != (main is None):
        raise ValueError("a refill, and nothing else, goes by the inputs of its main run")
    rule = Rule(inputs.rule)
    if rule is Rule.SCORE_FIRST:
        _refuse_own_records(inputs.candidates)
    merits = Merits(inputs)
    rooms = open_rooms(inputs)
    in_order = bids(inputs, merits)
    chosen = {} if inputs.round == Round.ADJUST else _fill(rule, in_order, rooms)
    adjusted = adjust(inputs, merits, rooms, chosen) if inputs.adjust else {}
    rank = ranks(in_order, chosen) if main is None else _main_ranks(main, chosen)
    return _rows(inputs, merits, in_order, rank, chosen, adjusted)


def _main_ranks(main: Inputs, chosen: dict[str, Bid]) -> dict[str, int | None]:
    standings = MainRanks(main)
    return {no: standings.at(no, bid.spot) for no, bid in chosen.items()}


def _refuse_own_records(candidates: Iterable[Candidate]) -> None:
    owners = sorted(c.no for c in candidates if any(record.base is not None for record in c.records))
    if owners:
        raise ZhupeiError("E432", application_no=owners[0], count=len(owners))


def _fill(rule: Rule, in_order: list[Bid], rooms: dict[Spot, SeatsLeft]) -> dict[str, Bid]:
    reserved = any(room.short for room in rooms.values())
    # Who comes first at one place may come last at another where seats are reserved: no one list serves all.
    if rule is Rule.STABLE or (rule is Rule.SCORE_FIRST and reserved):
        return match(in_order, rooms)
    seated: dict[str, Bid] = {}
    if rule is Rule.SCORE_FIRST:
        _take(in_order, rooms, seated)
        return seated
    # Places do not touch each other within a round of choices, so one pass in the order of merit is the same
    # as place by place. The sort is stable: each round keeps that order.
    for _, round_ in groupby(sorted(in_order, key=attrgetter("choice")), key=attrgetter("choice")):
        turns = list(round_)
        if reserved:
            _take(turns, rooms, seated, reserved=True)
        _take(turns, rooms, seated)
    return seated


def _take(
    turns: Iterable[Bid], rooms: dict[Spot, SeatsLeft], seated: dict[str, Bid], *, reserved: bool = False
) -> None:
    """Seat in turn who has none and finds room; `reserved` only whose identity lacks some of its reserve."""
    for bid in turns:
        room, candidate = rooms[bid.spot], bid.candidate
        if (
            candidate.no not in seated
            and room.admits(candidate.identity)
            and (not reserved or room.reserves_for(candidate.identity))
        ):
            room.take(candidate.identity)
            seated[candidate.no] = bid


def _rows(
    inputs: Inputs,
    merits: Merits,
    in_order: list[Bid],
    rank: Mapping[str, int | None],
    chosen: dict[str, Bid],
    adjusted: dict[str, Seat],
) -> tuple[ResultRow, ...]:
    reason = _reasons(inputs, merits, {bid.candidate.no for bid in in_order})
    rows = []
    for candidate in sorted(inputs.candidates, key=attrgetter("no")):
        no = candidate.no
        if bid := chosen.get(no):
            seat = (*bid.spot, f"choice{bid.choice}", bid.total, rank[no])
            rows.append(ResultRow(no, Outcome.ADMITTED, *seat))
        elif given := adjusted.get(no):
            rows.append(ResultRow(no, Outcome.ADMITTED, *given.spot, "adjust", given.total))
        else:
            rows.append(ResultRow(no, Outcome.NOT_ADMITTED, reason=reason(candidate)))
    return tuple(rows)


def _reasons(inputs: Inputs, merits: Merits, eligible: set[str]) -> Callable[[Candidate], Reason]:
    lines = open_lines(inputs)

    def reason(candidate: Candidate) -> Reason:
        no, choices = candidate.no, candidate.choices
        with_total = [spot for spot in choices if merits.at(no, spot[0]) is not None]
        if not with_total:
            return Reason.ABSENT
        # Not eligible, but a total at an enabled place: it can only be the line.
        if no not in eligible and any(spot in lines for spot in with_total):
            return Reason.BELOW_LINE
        return Reason.NO_VACANCY if candidate.accept_adjust and inputs.adjust else Reason.FULL

    return reason
