"""Unified social credit codes (统一社会信用代码, GB 32100-2015)."""

import re
from typing import Final

#: The standard's 31 characters in the order of their values: no I, O, S, V, Z.
_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_FORM: Final = re.compile(rf"[{_ALPHABET}]{{2}}[0-9]{{6}}[{_ALPHABET}]{{10}}")


def is_formed(code: str) -> bool:
    """Return whether `code` has the form of a code: 18 characters, six digits of a division among them."""
    return _FORM.fullmatch(code) is not None


def agrees(code: str) -> bool:
    """Return whether the last character of a well-formed code is its check character (mod 31, weight 3^i)."""
    total = sum(_ALPHABET.index(char) * pow(3, place, 31) for place, char in enumerate(code[:17]))
    return _ALPHABET[-total % 31] == code[17]
