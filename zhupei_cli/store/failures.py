"""What a database says in its own words, turned into errors people can mend."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

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


def known_failure(error: BaseException | None, url: str | None = None) -> ZhupeiError | None:
    """Return what a driver's error means, None for one that nobody can mend."""
    known = None if error is None else backend_that_failed(error)
    if known is None:
        return None
    backend, code = known
    holder = backend.holder(make_url(url)) if url and code == "E601" else ""
    return ZhupeiError(code, database="文件", holder=holder, detail=backend.detail_of(code, str(error)))
