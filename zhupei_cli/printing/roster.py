"""The roster of a base on paper: its specialties one after the other, on as few pages as they take."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from zhupei_cli.printing.fonts import FontSet
from zhupei_cli.printing.typesetting import typeset


@dataclass(frozen=True, slots=True)
class PaperColumn:
    """A column: how wide it is beside the others, and whether its texts stay `whole`, on one line."""

    heading: str
    width: float
    whole: bool


@dataclass(frozen=True, slots=True)
class PaperPlace:
    """A specialty with the people admitted there, cells as texts."""

    heading: str
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class PaperRoster:
    """What stands on the paper; `empty` names the specialties without anybody, "" for none."""

    title: str
    lines: Sequence[str]
    columns: Sequence[PaperColumn]
    places: Sequence[PaperPlace]
    empty: str
    total: str
    base: str
    seal: str
    made: str

    @property
    def text(self) -> str:
        """The words on it, but for those of the people."""
        headings = (place.heading for place in self.places)
        return "".join((self.title, *self.lines, *headings, self.empty, self.total, self.base))


def render_roster(roster: PaperRoster, *, fonts: FontSet) -> bytes:
    """Return the PDF. Raises E089 when typst cannot set it."""
    return typeset("roster.typ", asdict(roster), fonts=fonts)
