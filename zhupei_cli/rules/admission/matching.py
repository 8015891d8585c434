"""Stable matching: deferred acceptance, candidates proposing, places holding the best they may."""

from collections.abc import Iterable
from heapq import heappop, heappush
from operator import attrgetter

from zhupei_cli.rules.admission.free_seats import Room
from zhupei_cli.rules.admission.merit import Bid
from zhupei_cli.rules.admission.run import Spot


class _Bench:
    """Whom one place holds for now: for each identity a heap with the last in the order of merit on top."""

    __slots__ = ("_held", "_room")

    def __init__(self, room: Room) -> None:
        self._room = room
        self._held: dict[str, list[tuple[int, Bid]]] = {}

    def hold(self, bid: Bid) -> Bid | None:
        """Hold `bid` if it is among the best who ever proposed; return who is turned away, maybe itself.

        Quota, limits and reserves nest, so the best change by one exchange: at the limit of an identity its
        last one goes, else at the quota the last of all who sit on no reserved seat.
        """
        identity = bid.candidate.identity
        if self._room.left.get(identity, 1) <= 0:
            return self._exchange(bid, self._held.get(identity))
        if self._room.free <= 0:
            return self._exchange_for_last(bid) if self._room.short else self._exchange(bid, self._last_of())
        heappush(self._held.setdefault(identity, []), (-bid.position, bid))
        self._room.take(identity)
        return None

    def _last_of(self, identities: Iterable[str] | None = None) -> list[tuple[int, Bid]] | None:
        """Return the heap with the last of all on top, or the last of these identities."""
        held = self._held
        heaps = held.values() if identities is None else [held.get(identity) for identity in identities]
        return min(filter(None, heaps), default=None, key=_last)

    def _exchange_for_last(self, bid: Bid) -> Bid:
        """Hold `bid` for the last one who sits on no reserved seat: itself, if its identity needs none.

        Earlier admissions can leave fewer seats than are reserved; then those on reserved seats compete.
        """
        identity, short = bid.candidate.identity, self._room.short
        unreserved = [who for who in self._held if short.get(who, -1) < 0]
        if not self._room.reserves_for(identity):
            # With one more of the identity its last one sits on no reserved seat.
            return self._exchange(bid, self._last_of((*unreserved, identity)))
        if (heap := self._last_of(unreserved)) is not None:
            return self._replace(bid, heap)
        return self._exchange(bid, self._last_of())

    def _exchange(self, bid: Bid, heap: list[tuple[int, Bid]] | None) -> Bid:
        """Hold `bid` for the last one of `heap`, unless it comes after."""
        if not heap or -bid.position < heap[0][0]:
            return bid
        return self._replace(bid, heap)

    def _replace(self, bid: Bid, heap: list[tuple[int, Bid]]) -> Bid:
        turned_away = heappop(heap)[1]
        self._room.give_back(turned_away.candidate.identity)
        heappush(self._held.setdefault(bid.candidate.identity, []), (-bid.position, bid))
        self._room.take(bid.candidate.identity)
        return turned_away

    def held(self) -> Iterable[Bid]:
        return (bid for heap in self._held.values() for _, bid in heap)


def _last(heap: list[tuple[int, Bid]]) -> int:
    return heap[0][0]


def match(in_order: list[Bid], rooms: dict[Spot, Room]) -> dict[str, Bid]:
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
