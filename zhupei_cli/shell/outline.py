"""The program in outline: what Tab needs to know of every command, without importing any.

`data/outline.json` is made from the commands themselves (`python -m tests.outline`); a test compares them.
Importing the commands of one group would take ten times as long as reading it.
"""

import os
from functools import partial
from typing import TYPE_CHECKING, Any, NotRequired, TypedDict

import click

from zhupei_cli import __path__
from zhupei_cli.shell.anywhere import take_anywhere
from zhupei_cli.shell.lazy import LazyGroup

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

#: What the shell asks by.
VARIABLE = "_ZHUPEI_COMPLETE"


class Param(TypedDict, total=False):
    """A parameter: `name` of an argument, or `opts`; `names` is the kind of what its value names."""

    name: str
    names: str
    opts: list[str]
    help: str
    flag: bool
    multiple: bool
    nargs: int
    choices: list[str]
    file: bool


class CommandEntry(TypedDict):
    """A command; a group has the names below it."""

    summary: str
    params: list[Param]
    commands: NotRequired[list[str]]


#: Words that lead to a command → what it is.
Outline = dict[str, CommandEntry]


def load_outline() -> Outline:
    """Read the outline."""
    from json import loads

    with open(f"{__path__[0]}/data/outline.json", encoding="utf-8") as file:  # noqa: PTH123 - pathlib: 3 ms
        found: Outline = loads(file.read())
    return found


def complete() -> int:
    """Answer the shell's question; never fails, never says anything else."""
    from click.shell_completion import shell_complete

    try:
        return shell_complete(command_at(load_outline()), {}, "zhupei", VARIABLE, os.environ[VARIABLE])
    except Exception:
        return 1


def command_at(outline: Outline, path: str = "") -> click.Command:
    """Return what Click can complete of the command at `path`; it cannot be run."""
    entry = outline[path]
    params = [_param(one) for one in entry["params"]]
    settings = {"help_option_names": ["-h", "--help"]}
    if "commands" not in entry:
        command = click.Command(path.rpartition(" ")[2], params=params, context_settings=settings)
        take_anywhere(command)
        return command
    below = {name: ("", outline[f"{path} {name}".strip()]["summary"]) for name in entry["commands"]}
    return _Group(path.rpartition(" ")[2], lazy=below, outline=outline, path=path, params=params)


class _Group(LazyGroup):
    """A group whose commands come from the outline."""

    # Any: whatever Click gives a group.
    def __init__(self, *args: Any, outline: Outline, path: str, **kwargs: Any) -> None:
        super().__init__(*args, context_settings={"help_option_names": ["-h", "--help"]}, **kwargs)
        self._outline, self._path = outline, path

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        return (
            command_at(self._outline, f"{self._path} {cmd_name}".strip()) if cmd_name in self.lazy else None
        )


def _param(entry: Param) -> click.Parameter:
    kind, count = _type(entry), entry.get("nargs", 1)
    ask = partial(_named, entry["names"]) if "names" in entry else None
    if "name" in entry:
        return click.Argument([entry["name"]], required=False, type=kind, nargs=count, shell_complete=ask)
    if entry.get("flag"):
        return click.Option(entry["opts"], is_flag=True, help=entry["help"])
    several = entry.get("multiple", False)
    return click.Option(
        entry["opts"], multiple=several, help=entry["help"], type=kind, nargs=count, shell_complete=ask
    )


def _type(entry: Param) -> click.Choice[str] | click.Path | None:
    if "choices" in entry:
        return click.Choice(entry["choices"])
    return click.Path() if entry.get("file") else None


def _named(kind: str, ctx: click.Context, _param: click.Parameter, incomplete: str) -> "list[CompletionItem]":
    from zhupei_cli.shell.completing import named

    return named(kind, ctx, incomplete)
