"""What databases of a server have in common: an administrator makes them, empty; we make tables in them."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

from sqlalchemy import URL, Connection, inspect

from zhupei_cli.store.engines.addresses import shown_url
from zhupei_cli.words.errors import ZhupeiError


def require_absent(url: URL) -> None:
    """Do nothing: whether there is room is seen inside."""
    del url


def require_another(path: Path, url: URL) -> None:
    """Do nothing: a server's database is no file of ours."""
    del path, url


def kept_apart(url: URL, patience: int) -> AbstractContextManager[None]:
    """Do nothing: the transaction that changes tables has the turn of writers until it ends."""
    del url, patience
    return nullcontext()


@contextmanager
def made(url: URL, *, dry_run: bool = False) -> Iterator[str]:
    """Yield the address of the database itself: what fails goes back with the transaction."""
    del dry_run
    yield address(url)


def address(url: URL) -> str:
    """Return `url` as it can be opened again."""
    return url.render_as_string(hide_password=False)


def shown(url: URL) -> str:
    """Return `url` as it may be printed."""
    return shown_url(address(url))


def require_no_tables(connection: Connection, url: URL, *, ours: bool) -> None:
    """Raise E508 when the tables there are `ours`, E514 when they are another program's."""
    if ours:
        raise ZhupeiError("E508", database=shown(url))
    tables = inspect(connection).get_table_names()
    if tables:
        raise ZhupeiError("E514", database=shown(url), tables="、".join(sorted(tables)[:3]))
