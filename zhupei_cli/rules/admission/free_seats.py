"""Free seats, identity limits and reserves of every place while a run fills them."""

from collections import Counter

from zhupei_cli.rules.admission.run import Inputs, Place, Spot


class SeatsLeft:
    """What is left at one place; below zero where earlier admissions exceed the quota or a limit.

    `short` is what each identity with a reserve still lacks of it, below zero where it has more seats.
    """

    __slots__ = ("free", "left", "short")

    def __init__(self, place: Place, held: Counter[str]) -> None:
        self.free = place.quota - held.total()
        self.left = {identity: limit - held[identity] for identity, limit in place.limits.items()}
        self.short = {identity: seats - held[identity] for identity, seats in place.reserves.items()}

    def admits(self, identity: str) -> bool:
        """Return whether there is a free seat and the limit for `identity` is not reached."""
        return self.free > 0 and self.left.get(identity, 1) > 0

    def reserves_for(self, identity: str) -> bool:
        """Return whether `identity` has fewer seats here than its reserve."""
        return self.short.get(identity, 0) > 0

    def take(self, identity: str) -> None:
        """Give one seat to somebody of `identity`."""
        self.free -= 1
        if identity in self.left:
            self.left[identity] -= 1
        if identity in self.short:
            self.short[identity] -= 1

    def give_back(self, identity: str) -> None:
        """Take back one seat given to somebody of `identity`."""
        self.free += 1
        if identity in self.left:
            self.left[identity] += 1
        if identity in self.short:
            self.short[identity] += 1


def open_rooms(inputs: Inputs) -> dict[Spot, SeatsLeft]:
    """Return the room of every enabled place, earlier live admissions counted."""
    held: dict[Spot, Counter[str]] = {}
    for seat in inputs.held:
        held.setdefault((seat.base, seat.specialty), Counter())[seat.identity] += 1
    nobody: Counter[str] = Counter()
    enabled = (place for place in inputs.places if not place.stopped)
    return {place.spot: SeatsLeft(place, held.get(place.spot, nobody)) for place in enabled}
