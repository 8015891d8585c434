"""Stable matching: deferred acceptance, candidates proposing, places holding greedily within their limits."""

from collections.abc import Iterable
from heapq import heappop, heappush
from operator import attrgetter

from zhupei_cli.rules.merit import Bid
from zhupei_cli.rules.rooms import Room
from zhupei_cli.rules.run import Spot


class _Bench:
    """Whom one place holds for now: for each identity a heap with the last in the order of merit on top."""

    __slots__ = ("_held", "_room")

    def __init__(self, room: Room) -> None:
        self._room = room
        self._held: dict[str, list[tuple[int, Bid]]] = {}

    def hold(self, bid: Bid) -> Bid | None:
        """Hold `bid` if it is among the best who ever proposed; return who is turned away for it.

        Quota and limits nest, so the greedy best changes by one exchange: beyond the limit of an identity
        its last one goes, else beyond the quota the last of all.
        """
        identity = bid.candidate.identity
        heappush(self._held.setdefault(identity, []), (-bid.position, bid))
        self._room.take(identity)
        if self._room.left.get(identity, 0) < 0:
            return self._turn_away(identity)
        if self._room.free < 0:
            return self._turn_away(min((heap[0], name) for name, heap in self._held.items() if heap)[1])
        return None

    def held(self) -> Iterable[Bid]:
        return (bid for heap in self._held.values() for _, bid in heap)

    def _turn_away(self, identity: str) -> Bid:
        self._room.give_back(identity)
        return heappop(self._held[identity])[1]


def match(in_order: list[Bid], rooms: dict[Spot, Room]) -> dict[str, Bid]:
    """Return application → the bid it is seated by, and take those seats from `rooms`."""
    wishes: dict[str, list[Bid]] = {}
    for bid in sorted(in_order, key=attrgetter("choice"), reverse=True):
        wishes.setdefault(bid.candidate.no, []).append(bid)
    benches = {spot: _Bench(rooms[spot]) for spot in {bid.spot for bid in in_order}}
    waiting = list(wishes)
    while waiting:
        if left := wishes[waiting.pop()]:
            bid = left.pop()
            if turned_away := benches[bid.spot].hold(bid):
                waiting.append(turned_away.candidate.no)
    return {bid.candidate.no: bid for bench in benches.values() for bid in bench.held()}
