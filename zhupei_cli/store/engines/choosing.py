"""Which engine an address, a connection, an error or a backup belongs to."""

from collections.abc import Iterator
from typing import Final

from sqlalchemy import URL, Connection
from sqlalchemy.orm import Session

from zhupei_cli.store.engines.backend import Backend

#: The names by which SQLAlchemy knows the engines we speak to.
ENGINES: Final = ("sqlite", "postgresql", "mysql")


def backend_named(name: str) -> Backend | None:
    """Return the engine that SQLAlchemy calls `name`, None where we do not speak to it."""
    # Each is loaded when it is met: a command speaks to one of them.
    match name:
        case "sqlite":
            from zhupei_cli.store.engines import sqlite

            return sqlite
        case "postgresql":
            from zhupei_cli.store.engines import postgresql

            return postgresql
        case "mysql":
            from zhupei_cli.store.engines import oceanbase

            return oceanbase
    return None


def every_backend() -> Iterator[tuple[str, Backend]]:
    """Yield all engines, each behind the name SQLAlchemy knows it by."""
    for name in ENGINES:
        if (backend := backend_named(name)) is not None:
            yield name, backend


def backend_of(url: URL) -> Backend:
    """Return the engine of an address that `parse_url` let pass."""
    return _known(url.get_backend_name())


def backend_at(connection: Connection | Session) -> Backend:
    """Return the engine somebody is connected to."""
    bind = connection.get_bind() if isinstance(connection, Session) else connection
    return _known(bind.dialect.name)


def backend_that_failed(error: BaseException) -> tuple[Backend, str] | None:
    """Return whose driver raised `error`, and the catalogue code of it; None where nobody knows it."""
    for _, backend in every_backend():
        code = backend.code_of(error)
        if code is not None:
            return backend, code
    return None


def _known(name: str) -> Backend:
    backend = backend_named(name)
    assert backend is not None, name
    return backend
