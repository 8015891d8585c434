"""Mail addresses as people write them down: one by one, or several in one text."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

_BETWEEN: Final = re.compile(r"[;,、\n]")
_ADDRESS: Final = re.compile(r"[^@\s<>]+@[^@\s<>]+")


def split_addresses(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the single addresses of texts such as `a@example.com；b@example.com`, each once.

    An address with a name, `赵老师 <a@example.com>`, is one; else spaces part them too.
    """
    parts = (part for text in texts for part in _BETWEEN.split(unicodedata.normalize("NFKC", text)))
    found = (one for part in parts for one in ([part.strip()] if "<" in part else part.split()))
    return tuple(dict.fromkeys(filter(None, found)))


def wire_address(text: str) -> str | None:
    """Return the address as mail servers take it, without a name beside it; None when it is none.

    A domain in Chinese is written in its ASCII form. What stands before the @ cannot be: a server must
    understand it as it is (SMTPUTF8).
    """
    from email.utils import parseaddr

    bare = parseaddr(text)[1]
    name, _, domain = bare.rpartition("@")
    if not _ADDRESS.fullmatch(bare):
        return None
    try:
        return f"{name}@{domain if domain.isascii() else domain.encode('idna').decode()}"
    except UnicodeError:
        return None
