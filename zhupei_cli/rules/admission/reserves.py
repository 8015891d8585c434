"""The seats a batch reserves for who comes from the public, by its setting `reserve.social_share`."""

from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

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


def with_social_share(place: Place, share: Decimal) -> Place:
    """Return `place` with the reserve that follows from the share of its seats, rounded half-up.

    A place that says a reserve for the identity itself keeps it. Neither the limit nor the seats that
    others have reserved are exceeded.
    """
    if not share or place.reserves.get(_SOCIAL):
        return place
    wanted = int((place.quota * share).quantize(Decimal(1), ROUND_HALF_UP))
    left = place.quota - sum(place.reserves.values())
    seats = min(wanted, left, place.limits.get(_SOCIAL, wanted))
    return replace(place, reserves={**place.reserves, _SOCIAL: seats}) if seats > 0 else place


def without_social_share(place: Place, share: Decimal) -> Place:
    """Return the place that `with_social_share` makes `place` of; itself where there is none."""
    others = {who: seats for who, seats in place.reserves.items() if who != _SOCIAL}
    bare = replace(place, reserves=others)
    return bare if with_social_share(bare, share) == place else place
