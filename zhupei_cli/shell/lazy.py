"""A group that knows its commands by name and summary, and imports only the one that runs."""

import gc
import sys
from collections.abc import Mapping
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

import click

from zhupei_cli.shell.help import dress

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


def _imported(name: str) -> ModuleType:
    """Import a module of commands, and spare what it brings the search for garbage at the program's end.

    Hundreds of thousands of objects come with SQLAlchemy and stay.
    """
    if name in sys.modules:
        return sys.modules[name]
    module = import_module(name)
    gc.freeze()
    return module


class LazyGroup(click.Group):
    """Commands named as `name → ("module:attribute", summary)`; help and completion import none of them."""

    # Any: whatever Click gives a group.
    def __init__(self, *args: Any, lazy: Mapping[str, tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lazy = lazy
        dress(self)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order they are used in a season."""
        return list(self.lazy)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.lazy:
            return None
        module, attribute = self.lazy[cmd_name][0].split(":")
        command: click.Command = getattr(_imported(module), attribute)
        dress(command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("命令"):
            formatter.write_dl([(name, summary) for name, (_, summary) in self.lazy.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list["CompletionItem"]:
        from click.shell_completion import CompletionItem

        named = [
            CompletionItem(name, help=summary)
            for name, (_, summary) in self.lazy.items()
            if name.startswith(incomplete)
        ]
        return named + click.Command.shell_complete(self, ctx, incomplete)
