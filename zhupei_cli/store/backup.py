"""Backups: made while the database is in use, refused when they are not whole."""

from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from zhupei_cli.files import replacing
from zhupei_cli.store import portable
from zhupei_cli.store.engine import HEAD, connected, current_version, parse_url
from zhupei_cli.store.engines.addresses import shown_url
from zhupei_cli.store.engines.backend import Backups
from zhupei_cli.store.engines.choosing import backend_of, every_backend
from zhupei_cli.store.engines.sqlite.file import BEGIN, flush
from zhupei_cli.store.failures import translated
from zhupei_cli.store.walls import require_whole
from zhupei_cli.words.errors import ZhupeiError

_PORTABLE: Final = Backups(BEGIN, portable.back_up, portable.restore)


def back_up(url: str, path: Path, *, force: bool = False, keep: bool = True) -> None:
    """Write all of the database into `path` as it is at one moment, whoever else works with it.

    Unless it is to be kept, the file goes away again.

    Raises E509 when it is not ours, E605 for a login that does not see it whole, E002 when `path` exists,
    E549 when that is the database itself or what stands beside it, E516 or E517 when a server's pg_dump is
    missing or fails.
    """
    parsed = parse_url(url)
    backend = backend_of(parsed)
    backend.require_another(path, parsed)
    form = backend.BACKUPS or _PORTABLE
    with connected(url) as connection:
        if current_version(connection) is None:
            raise ZhupeiError("E509", database=shown_url(url))
        require_whole(Session(connection))
    with replacing(path, force=force, keep=keep) as beside:
        with translated():
            form.back_up(parsed, beside)
        flush(beside)


def restore(path: Path, url: str, *, replace: bool = False, dry_run: bool = False) -> None:
    """Make the database what `path` holds: all of it, or nothing is changed; `dry_run` only looks.

    Raises E518 when `path` is no whole backup of ours, E504 when it is newer than the program, E519 when the
    database holds something, or something is left of one, and `replace` is not set, E530 when the backup is
    one of the other kind, E549 when it is the database itself.
    """
    parsed = parse_url(url)
    backend = backend_of(parsed)
    backend.require_another(path, parsed)
    form = backend.BACKUPS or _PORTABLE
    known = {each.BACKUPS.begin for _, each in every_backend() if each.BACKUPS}
    with path.open("rb") as file:
        begins = file.read(max(map(len, known)))
    if not begins.startswith(tuple(known)):
        raise ZhupeiError("E518", file=path, problem="不是本程序的备份")
    if not begins.startswith(form.begin):
        raise ZhupeiError("E530", file=path, database=shown_url(url))
    with translated():
        form.restore(path, parsed, replace=replace, dry_run=dry_run, head=HEAD)
