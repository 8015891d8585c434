"""What Tab offers from the database: batches, bases, specialties, application numbers, runs.

Nothing here may be slow, be heard or leave a trace: no SQLAlchemy, no database made, any error means
that nothing is offered.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any

import click
from click.shell_completion import CompletionItem

#: More than this nobody reads.
MOST = 100
_AFTER_ALL = "\U0010ffff"

_CODES = {
    "batch": "SELECT code, name FROM batch WHERE code >= ? AND code < ? ORDER BY year DESC, code",
    "base": "SELECT code, name FROM base WHERE code >= ? AND code < ? ORDER BY code",
    "specialty": "SELECT code, name FROM specialty WHERE code >= ? AND code < ? ORDER BY code",
}
_NAMES = {
    "base": "SELECT name, code FROM base WHERE name LIKE ? ORDER BY code",
    "specialty": "SELECT name, code FROM specialty WHERE name LIKE ? ORDER BY code",
}
_APPLICATIONS = (
    "SELECT application_no, status FROM application WHERE application_no >= ? AND application_no < ?"
)
_RUNS = (
    "SELECT DISTINCT run.number, run.rule FROM run JOIN batch ON batch.id = run.batch_id"
    " WHERE batch.code = COALESCE(?, batch.code) ORDER BY run.number DESC"
)
_IMPORTS = "SELECT id, kind FROM import_run ORDER BY id DESC"


def named(kind: str, ctx: click.Context, incomplete: str) -> list[CompletionItem[str]]:
    """Return what begins with `incomplete`, as `kind` says; nothing on any error."""
    try:
        return [CompletionItem(value, help=about) for value, about in _found(kind, ctx, incomplete)]
    except Exception:
        return []


def _found(kind: str, ctx: click.Context, incomplete: str) -> Iterator[tuple[str, str]]:
    kind, _, status = kind.partition(":")
    match kind:
        case "command":
            yield from _commands(ctx, incomplete)
        case "error":
            from zhupei_cli.words.catalogue import CATALOGUE

            yield from ((code, entry.cause) for code, entry in CATALOGUE.items() if _begins(code, incomplete))
        case "setting":
            from zhupei_cli.rules.batch.settings import SETTINGS

            yield from ((f"{key}=", "") for key in SETTINGS if key.startswith(incomplete))
        case _:
            with closing(_Database(ctx)) as database:
                yield from _rows(database, kind, status, incomplete, ctx.params.get("batch"))


def _begins(code: str, incomplete: str) -> bool:
    return code.startswith(incomplete.upper())


def _commands(ctx: click.Context, incomplete: str) -> Iterator[tuple[str, str]]:
    """Yield the commands below those that are typed after `zhupei help`."""
    command: click.Command | None = ctx.find_root().command
    for word in ctx.params.get("words") or ():
        command = command.get_command(ctx, word) if isinstance(command, click.Group) else None
    for name, (_, summary) in getattr(command, "lazy", {}).items():
        if name.startswith(incomplete):
            yield name, summary


def _rows(
    database: "_Database", kind: str, status: str, incomplete: str, batch: str | None
) -> Iterator[tuple[str, str]]:
    span = (incomplete, incomplete + _AFTER_ALL)
    match kind:
        case "application":
            wanted = tuple(status.split(",")) if status else ()
            where = f" AND status IN ({', '.join('?' * len(wanted))})" if wanted else ""
            found = database.rows(f"{_APPLICATIONS}{where} ORDER BY application_no", *span, *wanted)
        case "run":
            found = [row for row in database.rows(_RUNS, batch) if str(row[0]).startswith(incomplete)]
        case "import":
            found = [row for row in database.rows(_IMPORTS) if str(row[0]).startswith(incomplete)]
        case "place":
            for one in ("base", "specialty"):
                yield from _rows(database, one, "", incomplete, batch)
            return
        case _:
            found = database.rows(_CODES[kind], *span) or _by_name(database, kind, incomplete)
    yield from ((str(value), str(about)) for value, about in found)


def _by_name(database: "_Database", kind: str, incomplete: str) -> list[tuple[object, ...]]:
    """Return names that begin with what is typed, else those that hold it.

    What the shell would take for something else than a name is offered by its code.
    """
    if kind not in _NAMES:
        return []
    found = database.rows(_NAMES[kind], f"{incomplete}%") or database.rows(_NAMES[kind], f"%{incomplete}%")
    special = set(" \t\"'`$&|;<>()*?[]#~\\!{}")
    return [(code, name) if special & set(name) else (name, code) for name, code in found]


class _Database:
    """The database of the settings, read-only, by its bare driver."""

    def __init__(self, ctx: click.Context) -> None:
        from zhupei_cli.acting import system_clock
        from zhupei_cli.settings import load as load_settings
        from zhupei_cli.store.bare import BareDatabase

        given = {key: ctx.find_root().params.get(key) for key in ("database", "config")}
        settings = load_settings(given, environ=os.environ, clock=system_clock)
        self._database = BareDatabase(settings.database_url)

    def rows(self, statement: str, *values: object) -> Sequence[tuple[Any, ...]]:
        return self._database.rows(statement, *values, most=MOST)

    def close(self) -> None:
        self._database.close()
