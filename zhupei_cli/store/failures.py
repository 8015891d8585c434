"""What a database says in its own words, turned into errors people can mend."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import exc, make_url

from zhupei_cli.store.engines.choosing import backend_that_failed
from zhupei_cli.words.errors import ZhupeiError


@contextmanager
def translated(url: str | None = None) -> Iterator[None]:
    """Raise ZhupeiError for what the administrator can mend; anything else goes on as it is.

    With the `url` of the database E601 says who has it, where the server tells.
    """
    try:
        yield
    except (exc.DBAPIError, sqlite3.Error) as error:
        known = known_failure(error.orig if isinstance(error, exc.DBAPIError) else error, url)
        if known is None:
            raise
        raise known from error


#: What of a COMMIT that was sent leaves open whether it was carried out: no answer, or an end by time.
_UNANSWERED: Final = frozenset({"E513", "E709"})


@contextmanager
def committing() -> Iterator[None]:
    """Raise E799 where nobody knows whether the commit in the block was carried out."""
    try:
        yield
    except exc.DBAPIError as error:
        known = known_failure(error.orig)
        if known is None or known.code not in _UNANSWERED:
            raise
        raise ZhupeiError("E799") from error


def known_failure(error: BaseException | None, url: str | None = None) -> ZhupeiError | None:
    """Return what a driver's error means, None for one that nobody can mend."""
    known = None if error is None else backend_that_failed(error)
    if known is None:
        return None
    backend, code = known
    holder = backend.holder(make_url(url)) if url and code == "E601" else ""
    return ZhupeiError(code, database="文件", holder=holder, detail=backend.detail_of(code, str(error)))
