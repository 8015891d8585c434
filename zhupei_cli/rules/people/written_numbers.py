"""Application numbers and codes as people write them: one spelling for cells, arguments and answers."""

import re
import unicodedata
from typing import Final

from zhupei_cli.words.vocabulary import HYPHENS

#: What a chat window, a csv or a spreadsheet puts around a number.
AROUND: Final = "“”‘’「」『』\"'`′"
# Chinese keyboards write a dash as two of them.
_DASHES: Final = re.compile(f"[{''.join(map(chr, HYPHENS))}]+")


def written(word: str) -> str:
    """Return a number or a code: half width, no spaces, every dash a hyphen, nothing around it."""
    if not word.isascii():
        word = unicodedata.normalize("NFKC", _DASHES.sub("-", word))
    return "".join(word.split()).strip(AROUND)
