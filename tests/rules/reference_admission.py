"""The admission rules read aloud: slow, sentence by sentence, sharing only its values with the engine."""

from fractions import Fraction
from math import floor

from zhupei_cli.rules.admission.run import Candidate, Inputs, Place, ResultRow, Spot
from zhupei_cli.rules.admission.scores import Record

Seats = dict[str, tuple[Spot, str]]  # application → place, via
Merit = tuple[int | str, ...]


def reference(inputs: Inputs) -> tuple[ResultRow, ...]:
    """Return the rows of a run as the text of the rules defines them."""
    seats: Seats = {}
    if inputs.round == "main":
        seats = {"choice-first": choice_first, "score-first": score_first, "stable": stable}[inputs.rule](
            inputs
        )
    if inputs.adjust:
        seats = adjusted(inputs, seats)
    return dressed(inputs, seats)


def choice_first(inputs: Inputs) -> Seats:
    """First everybody's first choice, place by place; then the second of those without a seat."""
    seats: Seats = {}
    for number in range(1, 1 + max((len(c.choices) for c in inputs.candidates), default=0)):
        unseated = [c for c in inputs.candidates if c.no not in seats]
        for place in inputs.places:
            suitors = {c.no: number for c in unseated if choice(c, number) == place.spot}
            take(inputs, seats, place, suitors)
    return seats


def take(inputs: Inputs, seats: Seats, place: Place, suitors: dict[str, int]) -> None:
    """Seat at `place` what taking from the eligible `suitors` (application → number of the choice) gives."""
    in_order = in_merit_order(inputs, [c for c in inputs.candidates if c.no in suitors], place.base)
    able = [c for c in in_order if eligible(inputs, c, place.spot)]
    for c in able:
        if has_room(inputs, seats, place, c.identity) and _lacks_seats(inputs, seats, place, c.identity):
            seats[c.no] = (place.spot, f"choice{suitors[c.no]}")
    for c in able:
        if c.no not in seats and has_room(inputs, seats, place, c.identity):
            seats[c.no] = (place.spot, f"choice{suitors[c.no]}")


def _lacks_seats(inputs: Inputs, seats: Seats, place: Place, identity: str) -> bool:
    return _occupants(inputs, seats, place).count(identity) < place.reserves.get(identity, 0)


def score_first(inputs: Inputs) -> Seats:
    """All with a common total in the order of merit; each the first choice that is eligible and has room.

    With any reserve in the plan: as stable.
    """
    if any(seats for place in inputs.places for seats in place.reserves.values()):
        return stable(inputs)
    seats: Seats = {}
    for c in in_merit_order(inputs, inputs.candidates, "no base has an own record"):
        for number in range(1, 1 + len(c.choices)):
            spot = choice(c, number)
            if spot is None or c.no in seats or not eligible(inputs, c, spot):
                continue
            if has_room(inputs, seats, plan(inputs)[spot], c.identity):
                seats[c.no] = (spot, f"choice{number}")
    return seats


def stable(inputs: Inputs) -> Seats:
    """Candidates propose down their choices; each place holds the best of those who ever proposed."""
    proposed: dict[str, int] = {c.no: 0 for c in inputs.candidates}  # how many choices each has gone through
    while True:
        seats = _held_now(inputs, proposed)
        movers = [c for c in inputs.candidates if c.no not in seats and proposed[c.no] < len(c.choices)]
        if not movers:
            return seats
        for c in movers:
            proposed[c.no] += 1


def _held_now(inputs: Inputs, proposed: dict[str, int]) -> Seats:
    seats: Seats = {}
    for place in inputs.places:
        suitors = {
            c.no: number
            for c in inputs.candidates
            for number in range(1, 1 + proposed[c.no])
            if choice(c, number) == place.spot and eligible(inputs, c, place.spot)
        }
        here: Seats = {}
        take(inputs, here, place, suitors)
        assert not seats.keys() & here.keys(), "two places hold one candidate"
        seats |= here
    return seats


def adjusted(inputs: Inputs, seats: Seats) -> Seats:
    """One pass over those without a seat who accept it; each the best of all places by the stated order."""
    seats = dict(seats)
    merits = [
        (merit(inputs, c, c.choices[0][0]), c)
        for c in inputs.candidates
        if c.no not in seats and c.accept_adjust and c.choices
    ]
    for _, c in sorted(((m, c) for m, c in merits if m is not None), key=lambda pair: pair[0]):
        places = [place for place in inputs.places if may_be_adjusted_to(inputs, seats, c, place)]
        if places:
            first = min(places, key=lambda place: adjustment_order(inputs, seats, c, place))
            seats[c.no] = (first.spot, "adjust")
    return seats


def may_be_adjusted_to(inputs: Inputs, seats: Seats, c: Candidate, place: Place) -> bool:
    wish, offer = (inputs.specialties.get(code) for code in (c.choices[0][1], place.specialty))
    same_category = wish and offer and wish.category and wish.category == offer.category
    wanted = place.specialty == c.choices[0][1] or (inputs.adjust_scope == "category" and bool(same_category))
    if c.by_order and place.specialty not in inputs.order_specialties:
        return False
    return (
        wanted
        and place.spot not in c.choices
        and eligible(inputs, c, place.spot)
        and has_room(inputs, seats, place, c.identity)
    )


def adjustment_order(inputs: Inputs, seats: Seats, c: Candidate, place: Place) -> tuple[object, ...]:
    base, specialty = c.choices[0]
    kind = inputs.specialties.get(place.specialty)
    city, here = inputs.cities.get(base), inputs.cities.get(place.base)
    return (
        0 if place.specialty == specialty else 1,
        0 if kind is not None and kind.shortage else 1,
        0 if city and city == here else 1,
        -free_seats(inputs, seats, place),
        place.base,
        place.specialty,
    )


def dressed(inputs: Inputs, seats: Seats) -> tuple[ResultRow, ...]:
    """Return the rows that say these seats, each with its total, rank or reason."""
    return tuple(_row(inputs, seats, c) for c in sorted(inputs.candidates, key=lambda c: c.no))


def _row(inputs: Inputs, seats: Seats, c: Candidate) -> ResultRow:
    if c.no not in seats:
        return ResultRow(c.no, "not_admitted", reason=reason(inputs, c))
    spot, via = seats[c.no]
    rank = None if via == "adjust" else rank_at(inputs, c, spot)
    return ResultRow(c.no, "admitted", *spot, via, total(inputs, c, spot[0]), rank)


def rank_at(inputs: Inputs, c: Candidate, spot: Spot) -> int:
    rivals = [d for d in inputs.candidates if spot in d.choices and eligible(inputs, d, spot)]
    return 1 + sum(comes_before(inputs, d, c, spot[0]) for d in rivals)


def reason(inputs: Inputs, c: Candidate) -> str:
    if all(total(inputs, c, base) is None for base, _ in c.choices):
        return "absent"
    below = any(enabled(inputs, spot) and total(inputs, c, spot[0]) is not None for spot in c.choices)
    if below and not any(eligible(inputs, c, spot) for spot in c.choices):
        return "below_line"
    return "no_vacancy" if c.accept_adjust and inputs.adjust else "full"


def choice(c: Candidate, number: int) -> Spot | None:
    """The choice of that number; a repeated one counts at its first position only."""
    if number > len(c.choices) or c.choices[number - 1] in c.choices[: number - 1]:
        return None
    return c.choices[number - 1]


def plan(inputs: Inputs) -> dict[Spot, Place]:
    return {place.spot: place for place in inputs.places}


def enabled(inputs: Inputs, spot: Spot) -> bool:
    return spot in plan(inputs) and not plan(inputs)[spot].stopped


def eligible(inputs: Inputs, c: Candidate, spot: Spot) -> bool:
    points = total(inputs, c, spot[0])
    if not enabled(inputs, spot) or points is None:
        return False
    lines = [line for line in (inputs.min_score, plan(inputs)[spot].min_score) if line is not None]
    return not lines or points >= max(lines)


def has_room(inputs: Inputs, seats: Seats, place: Place, identity: str) -> bool:
    limit = place.limits.get(identity)
    if free_seats(inputs, seats, place) <= 0:
        return False
    return limit is None or len([who for who in _occupants(inputs, seats, place) if who == identity]) < limit


def free_seats(inputs: Inputs, seats: Seats, place: Place) -> int:
    return place.quota - len(_occupants(inputs, seats, place))


def _occupants(inputs: Inputs, seats: Seats, place: Place) -> list[str]:
    now = [c.identity for c in inputs.candidates if c.no in seats and seats[c.no][0] == place.spot]
    return now + [held.identity for held in inputs.held if (held.base, held.specialty) == place.spot]


def record_at(c: Candidate, base: str) -> Record | None:
    own = [record for record in c.records if record.base == base]
    common = [record for record in c.records if record.base is None]
    return next(iter([*own, *common]), None)


def total(inputs: Inputs, c: Candidate, base: str) -> int | None:
    record = record_at(c, base)
    if record is None:
        return None
    exact = Fraction(0)
    for component, text in inputs.weights.texts().items():
        mark = getattr(record, component)
        if Fraction(text) > 0:
            if mark is None:
                return None
            exact += Fraction(text) * mark
    return floor(exact + Fraction(1, 2))


def merit(inputs: Inputs, c: Candidate, base: str) -> Merit | None:
    points, record = total(inputs, c, base), record_at(c, base)
    if points is None:
        return None
    ties = [
        c.submitted_at if key == "submitted_at" else -(getattr(record, key) or 0) for key in inputs.tie_keys
    ]
    return (-points, *ties, c.no)


def comes_before(inputs: Inputs, one: Candidate, other: Candidate, base: str) -> bool:
    first, second = merit(inputs, one, base), merit(inputs, other, base)
    return first is not None and second is not None and first < second


def in_merit_order(
    inputs: Inputs, candidates: "list[Candidate] | tuple[Candidate, ...]", base: str
) -> list[Candidate]:
    """Those with a total at `base`, best first."""
    keyed = [(merit(inputs, c, base), c) for c in candidates]
    return [c for _, c in sorted(((m, c) for m, c in keyed if m is not None), key=lambda pair: pair[0])]


def wronged(inputs: Inputs, seats: Seats) -> set[str]:
    """Whom the result of the choices wrongs, over all choices."""
    by_choice = {no: seat for no, seat in seats.items() if seat[1] != "adjust"}
    return {
        c.no
        for c in inputs.candidates
        if any(_envies(inputs, by_choice, c, spot) for spot in _before(c, by_choice))
    }


def _before(c: Candidate, seats: Seats) -> tuple[Spot, ...]:
    return c.choices if c.no not in seats else c.choices[: c.choices.index(seats[c.no][0])]


def _envies(inputs: Inputs, seats: Seats, c: Candidate, spot: Spot) -> bool:
    if not eligible(inputs, c, spot):
        return False
    place = plan(inputs)[spot]
    if has_room(inputs, seats, place, c.identity):
        return True
    now = _occupants(inputs, seats, place)
    reserves = place.reserves
    for d in inputs.candidates:
        if d.no not in seats or seats[d.no][0] != spot:
            continue
        without = {no: seat for no, seat in seats.items() if no != d.no}
        limit = place.limits.get(c.identity)
        if limit is not None and _occupants(inputs, without, place).count(c.identity) >= limit:
            continue
        before = comes_before(inputs, c, d, spot[0])
        more = now.count(d.identity) > reserves.get(d.identity, 0)
        a = c.identity == d.identity and before
        b = now.count(c.identity) < reserves.get(c.identity, 0) and (more or before)
        if a or b or (before and more):
            return True
    return False
