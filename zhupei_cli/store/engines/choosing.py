"""Which engine an address, a connection, an error or a backup belongs to."""

from typing import Final

from sqlalchemy import URL, Connection
from sqlalchemy.orm import Session

from zhupei_cli.store.engines import oceanbase, postgresql, sqlite
from zhupei_cli.store.engines.backend import Backend

#: The name SQLAlchemy knows an engine by → its module.
BACKENDS: Final[dict[str, Backend]] = {
    "sqlite": sqlite,
    "postgresql": postgresql,
    "mysql": oceanbase,
}


def backend_of(url: URL) -> Backend:
    """Return the engine of an address that `parse_url` let pass."""
    return BACKENDS[url.get_backend_name()]


def backend_at(connection: Connection | Session) -> Backend:
    """Return the engine somebody is connected to."""
    bind = connection.get_bind() if isinstance(connection, Session) else connection
    return BACKENDS[bind.dialect.name]


def backend_that_failed(error: BaseException) -> tuple[Backend, str] | None:
    """Return whose driver raised `error`, and the catalogue code of it; None where nobody knows it."""
    for backend in BACKENDS.values():
        code = backend.code_of(error)
        if code is not None:
            return backend, code
    return None
