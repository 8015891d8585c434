"""Mail addresses as people write them down: one by one, or several in one text."""

import re
from collections.abc import Iterable
from typing import Final

_BETWEEN: Final = re.compile(r"[;；,，、\n]")
_ADDRESS: Final = re.compile(r"[^@\s<>]+@[^@\s<>]+")


def split_addresses(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the single addresses of texts such as `a@example.com; b@example.com`, each once."""
    found = (one.strip() for text in texts for one in _BETWEEN.split(text))
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
