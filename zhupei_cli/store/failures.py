"""What a database says in its own words, turned into errors people can mend."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import exc

from zhupei_cli.store.engines.choosing import backend_that_failed
from zhupei_cli.words.errors import ZhupeiError


@contextmanager
def translated() -> Iterator[None]:
    """Raise ZhupeiError for what the administrator can mend; anything else goes on as it is."""
    try:
        yield
    except (exc.DBAPIError, sqlite3.Error) as error:
        known = known_failure(error.orig if isinstance(error, exc.DBAPIError) else error)
        if known is None:
            raise
        raise known from error


def known_failure(error: BaseException | None) -> ZhupeiError | None:
    """Return what a driver's error means, None for one that nobody can mend."""
    known = None if error is None else backend_that_failed(error)
    if known is None:
        return None
    backend, code = known
    return ZhupeiError(code, database="文件", holder="", detail=backend.detail_of(code, str(error)))
