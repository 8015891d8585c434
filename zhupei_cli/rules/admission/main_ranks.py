"""The ranks of the committed main run, which refills and placings by hand go by (ADMISSION.md, Refill)."""

from bisect import bisect_left

from zhupei_cli.rules.admission.merit import Merits, bids, open_lines
from zhupei_cli.rules.admission.run import Inputs, Spot


class MainRanks:
    """Where the candidates of a main run stand at every place, by its stored inputs."""

    def __init__(self, main: Inputs) -> None:
        self._merits = Merits(main)
        self._lines = open_lines(main)
        self._ladders: dict[Spot, list[int]] = {}
        for bid in bids(main, self._merits):
            self._ladders.setdefault(bid.spot, []).append(bid.position)

    def at(self, no: str, spot: Spot) -> int | None:
        """Return 1 + the number of those who chose `spot`, were eligible there and come before `no`.

        None for who was no candidate of the main run, or not eligible there.
        """
        position = self._merits.at(no, spot[0])
        if position is None or spot not in self._lines or self._merits.totals[position] < self._lines[spot]:
            return None
        return bisect_left(self._ladders.get(spot, []), position) + 1
