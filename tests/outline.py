"""The outline of the program that completion reads: `python -m tests.outline` writes it anew."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from zhupei_cli import __path__
from zhupei_cli.shell.cli import cli

FILE = Path(__path__[0]) / "data" / "outline.json"

#: Whose names a parameter takes: by option, by metavar, then by command and parameter.
_BY_OPTION = {
    "--batch": "batch",
    "--like": "batch",
    "--supplement-of": "batch",
    "--base": "base",
    "--specialty": "specialty",
    "--place": "place",
    "--choice1-base": "base",
    "--choice2-base": "base",
    "--choice1": "base",
    "--choice2": "base",
    "--choice2-specialty": "specialty",
    "--run": "run",
    "--set": "setting",
}
_BY_METAVAR = {
    "NO": "application",
    "NO|WHO": "application",
    "NO…": "application",
    "[NO]": "application",
    "RUN": "run",
    "BASE": "base",
    "SPECIALTY": "specialty",
}
_BY_PLACE = {
    "base show": "base",
    "base edit": "base",
    "base enable": "base",
    "base disable": "base",
    "explain": "error",
    "export roster": "base",
    "help": "command",
    "imports show": "import",
    "imports undo": "import",
}
#: Of which status the applications are that a command is about.
_STATUS = {
    "apply submit": "draft,returned",
    "apply edit": "draft,returned",
    "review approve": "submitted",
    "review reject": "submitted",
    "review return": "submitted",
    "review revoke": "approved,rejected",
}


def commands(command: click.Command = cli, *path: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Yield every command of the program with the words that reach it."""
    yield path, command
    if isinstance(command, click.Group):
        ctx = click.Context(command)
        for name in command.list_commands(ctx):
            below = command.get_command(ctx, name)
            assert below is not None
            yield from commands(below, *path, name)


def outline() -> dict[str, dict[str, Any]]:
    """Return the outline of the program as it is now."""
    found: dict[str, dict[str, Any]] = {}
    for path, command in commands():
        entry: dict[str, Any] = {"summary": command.get_short_help_str(1000)}
        entry["params"] = [_param(path, param) for param in command.params if not _hidden(param)]
        if isinstance(command, click.Group):
            entry["commands"] = command.list_commands(click.Context(command))
        found[" ".join(path)] = entry
    return found


def _hidden(param: click.Parameter) -> bool:
    return isinstance(param, click.Option) and param.hidden


def _param(path: tuple[str, ...], param: click.Parameter) -> dict[str, Any]:
    entry: dict[str, Any]
    if isinstance(param, click.Option):
        entry = {"opts": [*param.opts, *param.secondary_opts], "help": param.help}
        if param.is_flag or param.count:
            return {**entry, "flag": True}
        if param.multiple:
            entry["multiple"] = True
    else:
        entry = {"name": param.name}
    if param.nargs != 1:
        entry["nargs"] = param.nargs
    if isinstance(param.type, click.Choice):
        entry["choices"] = list(param.type.choices)
    elif isinstance(param.type, click.Path):
        entry["file"] = True
    elif kind := _names(path, param):
        entry["names"] = kind
    return entry


def _names(path: tuple[str, ...], param: click.Parameter) -> str | None:
    words = " ".join(path)
    by_option = next((_BY_OPTION[opt] for opt in param.opts if opt in _BY_OPTION), None)
    if isinstance(param, click.Option):
        return by_option
    if path[:1] in (("batch",), ("status",)) and param.metavar == "[CODE]":
        return "batch"
    kind = _BY_PLACE.get(words) or _BY_METAVAR.get(param.metavar or "")
    return f"{kind}:{_STATUS[words]}" if kind == "application" and words in _STATUS else kind


def written() -> str:
    """Return the file: a line for each command, so that changes of two people merge."""
    lines = [
        f"{json.dumps(path, ensure_ascii=False)}: {json.dumps(entry, ensure_ascii=False)}"
        for path, entry in outline().items()
    ]
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    FILE.write_text(written(), "utf-8")
