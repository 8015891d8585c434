"""Who sits on a seat that a place reserves for their identity (ADMISSION.md, Reserved seats)."""

from collections import Counter
from collections.abc import Iterable
from operator import attrgetter

from zhupei_cli.rules.admission.merit import Bid
from zhupei_cli.rules.admission.run import Inputs, Place
from zhupei_cli.words.vocabulary import Rule


def on_reserve(inputs: Inputs, place: Place, seated: Iterable[Bid]) -> set[str]:
    """Return who of `seated`, everybody the run seated at `place` by a choice, has a reserved seat.

    They are told from the result alone: whoever was taken first for a reserve is among those seated.
    """
    counts = Counter(seat.identity for seat in inputs.held if seat[:2] == place.spot)
    rounds: dict[int, list[Bid]] = {}
    for bid in seated:
        rounds.setdefault(bid.choice if inputs.rule == Rule.CHOICE_FIRST else 0, []).append(bid)
    found = set()
    for _, bids in sorted(rounds.items()):
        first: Counter[str] = Counter()
        for bid in sorted(bids, key=attrgetter("position")):
            identity = bid.candidate.identity
            if counts[identity] + first[identity] < place.reserves.get(identity, 0):
                first[identity] += 1
                found.add(bid.candidate.no)
        counts.update(bid.candidate.identity for bid in bids)
    return found
