"""Stable matching: deferred acceptance, candidates proposing, places holding the best they may."""

from collections.abc import Iterable
from heapq import heappop, heappush, heapreplace
from operator import attrgetter

from zhupei_cli.rules.admission.free_seats import SeatsLeft
from zhupei_cli.rules.admission.merit import Bid
from zhupei_cli.rules.admission.run import Spot

_Heap = list[tuple[int, Bid]]


class _Bench:
    """Whom one place holds for now: for each identity a heap with the last in the order of merit on top."""

    __slots__ = ("_held", "_room")

    def __init__(self, room: SeatsLeft) -> None:
        self._room = room
        self._held: dict[str, _Heap] = {}

    def hold(self, bid: Bid) -> Bid | None:
        """Hold `bid` if it is among the best who ever proposed; return who is turned away, maybe itself.

        Quota, limits and reserves nest, so the best change by one exchange: at the limit of an identity its
        last one goes, else at the quota the last of all who sit on no reserved seat.
        """
        identity = bid.candidate.identity
        if self._room.left.get(identity, 1) <= 0:
            return self._exchange(bid, self._held.get(identity))
        if self._room.free <= 0:
            if self._room.short:
                return self._exchange_for_last(bid)
            return self._exchange(bid, min(filter(None, self._held.values()), default=None, key=_last))
        heappush(self._held.setdefault(identity, []), (-bid.position, bid))
        self._room.take(identity)
        return None

    def _exchange_for_last(self, bid: Bid) -> Bid:
        """Hold `bid` for the last one who sits on no reserved seat: itself, if its identity needs none.

        Earlier admissions can leave fewer seats than are reserved; then those on reserved seats compete.
        """
        needed = self._room.reserves_for(bid.candidate.identity)
        # With one more of an identity that needs none its last one sits on no reserved seat.
        last = None if needed else self._held.get(bid.candidate.identity)
        short = self._room.short
        for who, heap in self._held.items():
            if heap and short.get(who, -1) < 0 and (not last or heap[0][0] < last[0][0]):
                last = heap
        if not needed:
            return self._exchange(bid, last)
        if last:
            return self._replace(bid, last)
        return self._exchange(bid, min(filter(None, self._held.values()), default=None, key=_last))

    def _exchange(self, bid: Bid, heap: _Heap | None) -> Bid:
        """Hold `bid` for the last one of `heap`, unless it comes after."""
        if not heap or -bid.position < heap[0][0]:
            return bid
        return self._replace(bid, heap)

    def _replace(self, bid: Bid, heap: _Heap) -> Bid:
        identity = bid.candidate.identity
        if heap is self._held.get(identity):
            return heapreplace(heap, (-bid.position, bid))[1]
        turned_away = heappop(heap)[1]
        self._room.give_back(turned_away.candidate.identity)
        heappush(self._held.setdefault(identity, []), (-bid.position, bid))
        self._room.take(identity)
        return turned_away

    def held(self) -> Iterable[Bid]:
        return (bid for heap in self._held.values() for _, bid in heap)


def _last(heap: _Heap) -> int:
    return heap[0][0]


def match(in_order: list[Bid], rooms: dict[Spot, SeatsLeft]) -> dict[str, Bid]:
    """Return application → the bid it is seated by, and take those seats from `rooms`."""
    wishes: dict[str, list[Bid]] = {}
    for bid in in_order:
        wishes.setdefault(bid.candidate.no, []).append(bid)
    for bids in wishes.values():
        bids.sort(key=attrgetter("choice"), reverse=True)
    benches = {spot: _Bench(room) for spot, room in rooms.items()}
    # Whoever begins, the result is the same; the best first are hardly ever turned away again.
    waiting = list(reversed(wishes.values()))
    while waiting:
        if left := waiting.pop():
            bid = left.pop()
            if turned_away := benches[bid.spot].hold(bid):
                waiting.append(wishes[turned_away.candidate.no])
    return {bid.candidate.no: bid for bench in benches.values() for bid in bench.held()}
