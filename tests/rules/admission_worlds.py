"""Small invented rounds of admission for the property tests, drawn so that ties, lines and limits meet."""

from dataclasses import replace
from itertools import product

from hypothesis import strategies as st

from zhupei_cli.rules.admission.run import Candidate, Held, Inputs, Place, RunSpecialty
from zhupei_cli.rules.admission.scores import TIE_KEYS, Record, Weights

BASES = ("B1", "B2", "B3")
SPECIALTIES = {
    "0100": RunSpecialty("西医", False),
    "0200": RunSpecialty("西医", True),
    "2800": RunSpecialty("口腔", False),
    "9900": RunSpecialty(None, True),
}
IDENTITIES = ("own", "social", "entrusted", "postgrad")
WEIGHTS = (
    Weights(),
    Weights("0.5", "0.50", "0"),
    Weights("0.335", "0.33", "0.335"),
    Weights("1", "0.0", "0"),
)

_spots = st.sampled_from([*product(BASES, SPECIALTIES), ("B9", "0100"), ("B1", "7777")])
_identities = st.sampled_from(IDENTITIES)
_marks = st.sampled_from((None, 0, 5999, 6000, 6001, 7050, 7051, 10000))
_lines = st.sampled_from((None, None, None, 0, 6000, 6500))
_limits = st.dictionaries(_identities, st.integers(0, 2), max_size=2)
_times = st.sampled_from(("2024-06-04T02:00:00Z", "2024-06-04T02:00:01Z", "2024-06-05T02:00:00Z"))


def _records(bases: tuple[str | None, ...]) -> st.SearchStrategy[tuple[Record, ...]]:
    one = st.builds(Record, st.sampled_from(bases), _marks, _marks, _marks)
    return st.lists(one, max_size=3, unique_by=lambda record: record.base).map(tuple)


@st.composite
def _places(draw: st.DrawFn, reserves: bool) -> list[Place]:
    spots = draw(st.lists(_spots, max_size=7, unique=True))
    stopped = st.sampled_from((False, False, False, True))
    capacity = st.none() | st.integers(0, 9)
    places = [
        Place(*s, draw(st.integers(0, 2)), draw(_lines), draw(stopped), draw(_limits), draw(capacity))
        for s in spots
    ]
    return [replace(one, reserves=draw(_reserves(one))) for one in places] if reserves else places


def _reserves(place: Place) -> st.SearchStrategy[dict[str, int]]:
    """Draw none half of the time, else what the quota and the limits of `place` allow."""
    whom = st.lists(_identities, max_size=place.quota)
    return st.just({}) | whom.map(
        lambda drawn: {
            who: min(drawn.count(who), place.limits.get(who, place.quota))
            for who in drawn
            if place.limits.get(who, 1) > 0
        }
    )


@st.composite
def worlds(draw: st.DrawFn, rule: str, adjust_round: bool = False, reserves: bool = True) -> Inputs:
    """Draw one run's inputs; for score-first without own records, without `reserves` with none anywhere."""
    bases = (None,) if rule == "score-first" else (None, None, *BASES)
    places = draw(_places(reserves))
    spots = [place.spot for place in places]
    wished = st.sampled_from(spots) | _spots if spots else _spots
    candidates = st.builds(
        Candidate,
        no=st.integers(1, 40).map("T-{:07d}".format),
        identity=_identities,
        choices=st.lists(wished, max_size=3).map(tuple),
        accept_adjust=st.booleans(),
        submitted_at=_times,
        records=_records(bases),
        by_order=st.sampled_from((False, False, True)),
    )
    held = st.builds(lambda spot, identity: Held(spot[0], spot[1], identity), wished, _identities)
    return Inputs(
        places=tuple(places),
        candidates=tuple(draw(st.lists(candidates, max_size=9, unique_by=lambda c: c.no))),
        cities=draw(st.fixed_dictionaries(dict.fromkeys(BASES, st.sampled_from((None, "410100", "410200"))))),
        specialties=SPECIALTIES,
        weights=draw(st.sampled_from(WEIGHTS)),
        tie_keys=tuple(draw(st.lists(st.sampled_from(TIE_KEYS), unique=True))),
        min_score=draw(_lines),
        adjust_scope=draw(st.sampled_from(("specialty", "category"))),
        rule=rule,
        round="adjust" if adjust_round else "main",
        adjust=draw(st.sampled_from((True, True, True, False))),
        held=tuple(draw(st.lists(held, max_size=4))),
        order_specialties=frozenset(
            draw(st.sampled_from(((), ("0200",), ("0100", "2800"), ("0200", "9900"))))
        ),
    )
