"""Who could be seated at this moment: for them it is no longer true that there is no seat."""

from zhupei_cli.rules.admission.adjustment import adjustable
from zhupei_cli.rules.admission.free_seats import open_rooms
from zhupei_cli.rules.admission.merit import Merits, bids
from zhupei_cli.rules.admission.run import Inputs


def seatable(inputs: Inputs) -> set[str]:
    """Return who finds room at a choice of their own, or by adjustment if the run makes one, as if alone."""
    merits, rooms = Merits(inputs), open_rooms(inputs)
    found = {
        bid.candidate.no for bid in bids(inputs, merits) if rooms[bid.spot].admits(bid.candidate.identity)
    }
    return found | adjustable(inputs, merits, rooms) if inputs.adjust else found
