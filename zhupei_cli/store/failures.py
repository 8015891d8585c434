"""What a database says in its own words, turned into errors people can mend."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import exc

from zhupei_cli.errors import ZhupeiError

#: Part of a driver's message → catalogue code. SQLite's primary result names come first.
_WORDS = (
    ("database is locked", "E601"),
    ("readonly database", "E602"),
    ("unable to open database", "E501"),
    ("file is not a database", "E505"),
    ("malformed", "E505"),
    ("database or disk is full", "E506"),
    ("disk I/O error", "E506"),
    ("connection failed", "E507"),
    ("could not connect", "E507"),
)


@contextmanager
def translated() -> Iterator[None]:
    """Raise ZhupeiError for what the administrator can mend; anything else goes on as it is."""
    try:
        yield
    except exc.DBAPIError as error:
        message = str(error.orig)
        for words, code in _WORDS:
            if words in message:
                raise ZhupeiError(code, database="", detail=message) from error
        raise
