"""The code on a letter of admission (二维码): what it says, and the digest by which it is known again."""

from hashlib import sha256
from typing import Final, NamedTuple

_MARK: Final = "zhupei:1"
_BETWEEN: Final = "|"
_DIGITS: Final = 16


class LetterCode(NamedTuple):
    """What the code of a letter says; `id_number` is masked, base and specialty are codes.

    `lot` is drawn for each letter: from the digest alone, which leaves the office in sealed files, nobody
    can find out the name.
    """

    number: str
    name: str
    id_number: str
    base: str
    specialty: str
    lot: str

    @property
    def text(self) -> str:
        """What a camera reads."""
        return _BETWEEN.join((_MARK, *(part.replace(_BETWEEN, " ") for part in self)))

    @property
    def digest(self) -> str:
        """What is written down of the letter: another name, another base is another digest."""
        return sha256(self.text.encode()).hexdigest()[:_DIGITS]


def read_code(text: str) -> LetterCode:
    """Return the code that a camera read; ValueError when it is none of ours."""
    mark, *parts = text.strip().split(_BETWEEN)
    if mark != _MARK or len(parts) != len(LetterCode._fields):
        raise ValueError(text)
    return LetterCode(*parts)
