"""The letter of admission (录取通知书) as PDF, one page a person, all in one run."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from zhupei_cli.printing.fonts import FontSet
from zhupei_cli.printing.typesetting import typeset


@dataclass(frozen=True, slots=True)
class Letter:
    """What is one person's on their letter, as texts."""

    number: str
    name: str
    id_number: str
    base: str
    specialty: str
    years: str


@dataclass(frozen=True, slots=True)
class Letters:
    """Letters with what is the same on all of them; `until` and `contact` may be empty."""

    letters: Sequence[Letter]
    batch: str
    year: int
    until: str
    contact: str
    made_on: str


def missing_characters(letters: Letters, fonts: FontSet) -> list[tuple[Letter, list[str]]]:
    """Return the letters with characters the fonts cannot show, and these characters."""
    found = ((one, fonts.missing("".join(asdict(one).values()))) for one in letters.letters)
    return [(one, characters) for one, characters in found if characters]


def render_letters(letters: Letters, *, fonts: FontSet) -> bytes:
    """Return the PDF of all letters. Raises E089 when typst cannot set it."""
    return typeset("letter.typ", asdict(letters), fonts=fonts)
