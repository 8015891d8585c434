"""The short digest of a row: what an event keeps of it, and what `db check` compares with the row."""

import json
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from types import MappingProxyType
from typing import Any, Final

#: What an event keeps beside its states, from JSON. Any: each action has keys of its own.
EventData = Mapping[str, Any]
#: Data that nobody can read: known by being this very object.
UNREAD: Final[EventData] = MappingProxyType({})
#: Bytes of a digest: nobody finds another row with the same 64 bits.
_BYTES = 8
#: Columns that rows did not have when they were first digested: named only where they say something, so that
#: rows of before have the digests they had.
_LATER: Final = frozenset(("main_code", "is_joint", "institution", "affiliation"))


def event_data(text: str | None) -> EventData:
    """Return what an event keeps beside its states; UNREAD for what is no JSON object Python can take.

    A server takes more than Python does: thousands of brackets, a number of thousands of digits. An event
    that cannot be read must not keep the others from being read.
    """
    try:
        data = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return UNREAD
    return data if isinstance(data, dict) else UNREAD


def row_digest(values: Iterable[object]) -> str:
    """Return the digest of values as a database holds them: texts, whole numbers, flags, days, None."""
    # Joined by what no text of ours has: JSON takes four times as long, and an import has 100,000 people.
    text = "\x1f".join(["\x00" if value is None else str(value) for value in values])
    return blake2b(text.encode(), digest_size=_BYTES).hexdigest()


def named_digest(values: Mapping[str, object]) -> str:
    """Return the digest of named values, whatever their order."""
    return row_digest([values[name] for name in sorted(values) if name not in _LATER or values[name]])
