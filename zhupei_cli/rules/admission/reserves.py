"""The seats a batch reserves for who comes from the public, by its setting `reserve.social_share`."""

from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, NamedTuple

from zhupei_cli.rules.admission.run import Place
from zhupei_cli.words.vocabulary import Identity

_SOCIAL: Final = Identity.SOCIAL.value


def read_share(text: str) -> Decimal:
    """Return a share of 0 to 1 with at most two decimals; ValueError when it is none."""
    digits = text.replace(".", "", 1)
    if not (digits.isascii() and digits.isdigit() and len(text.partition(".")[2]) <= 2):
        raise ValueError(text)
    share = Decimal(text)
    if share > 1:
        raise ValueError(text)
    return share


class Shared(NamedTuple):
    """The seats a place reserves by the share of the batch, and how many it was to reserve."""

    seats: int
    wanted: int

    @property
    def cut(self) -> int:
        return self.wanted - self.seats


def shared_seats(place: Place, share: Decimal) -> Shared:
    """Return what follows for `place` from the share of its seats, rounded half-up.

    Nothing for a place that says a reserve for the identity itself. Neither its limit nor the seats that
    others have reserved are exceeded: what is cut off by them is told.
    """
    if not share or place.reserves.get(_SOCIAL):
        return Shared(0, 0)
    wanted = int((place.quota * share).quantize(Decimal(1), ROUND_HALF_UP))
    left = place.quota - sum(place.reserves.values())
    return Shared(max(0, min(wanted, left, place.limits.get(_SOCIAL, wanted))), wanted)


def with_social_share(place: Place, share: Decimal) -> Place:
    """Return `place` with the reserve that follows from the share of its seats (`shared_seats`)."""
    seats = shared_seats(place, share).seats
    return replace(place, reserves={**place.reserves, _SOCIAL: seats}) if seats > 0 else place


def without_social_share(place: Place, share: Decimal) -> Place:
    """Return the place that `with_social_share` makes `place` of; itself where there is none."""
    others = {who: seats for who, seats in place.reserves.items() if who != _SOCIAL}
    bare = replace(place, reserves=others)
    return bare if with_social_share(bare, share) == place else place
