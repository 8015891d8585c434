"""The letter of admission (录取通知书) as PDF, one page a person, all in one run."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from zhupei_cli.printing.fonts import FontSet
from zhupei_cli.printing.typesetting import typeset


@dataclass(frozen=True, slots=True)
class Letter:
    """What is one person's on their letter, as texts; `letter_no` (文号) may be empty."""

    number: str
    name: str
    id_number: str
    base: str
    specialty: str
    years: str
    letter_no: str

    @property
    def text(self) -> str:
        """Every character of it, for asking the fonts."""
        return "".join(asdict(self).values())


@dataclass(frozen=True, slots=True)
class Letters:
    """Letters with what is the same on all of them; from `until` on all may be empty."""

    letters: Sequence[Letter]
    batch: str
    year: int
    made_on: str
    until: str
    place: str
    contact: str
    authority: str

    @property
    def text(self) -> str:
        """The words people chose that stand on each of them."""
        return "".join((self.batch, self.place, self.contact, self.authority))


def render_letters(letters: Letters, *, fonts: FontSet) -> bytes:
    """Return the PDF of all letters. Raises E089 when typst cannot set it."""
    return typeset("letter.typ", asdict(letters), fonts=fonts)
