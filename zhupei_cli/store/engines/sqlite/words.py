"""What SQLite says of its own accord, as our errors."""

import sqlite3
from typing import Final

#: Part of a message → catalogue code; the primary result names.
_WORDS: Final = (
    ("database is locked", "E601"),
    ("readonly database", "E602"),
    ("unable to open database", "E525"),
    ("file is not a database", "E505"),
    ("malformed", "E505"),
    ("Could not decode", "E505"),
    ("constraint failed", "E621"),
    ("database or disk is full", "E506"),
    ("disk I/O error", "E506"),
)


def code_of(error: BaseException) -> str | None:
    """Return the catalogue code of an error of SQLite."""
    if not isinstance(error, sqlite3.Error):
        return None
    return next((code for words, code in _WORDS if words in str(error)), None)


def detail_of(code: str, message: str) -> str:
    """Return a message without what is in the rows: `… with text '张三'`."""
    del code
    return message.partition(" with text ")[0]
