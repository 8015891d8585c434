"""Help in Chinese: Click's own words from our catalogue, lines broken by display width."""

import gettext
import inspect
import os
from collections.abc import Iterable
from typing import Any

import click

from zhupei_cli import __path__
from zhupei_cli.display import display_width, joined, padded, wrap
from zhupei_cli.shell.anywhere import take_anywhere, take_yes
from zhupei_cli.shell.arguments import clean_arguments
from zhupei_cli.shell.once import refuse_twice

#: One less than the narrowest terminal people use, and one for what counts wider than we think.
WIDTH = 78
_NARROWEST = 36

_TYPE_NAMES = {
    click.types.StringParamType: "文字",
    click.types.IntParamType: "整数",
    click.types.IntRange: "整数",
    click.types.FloatParamType: "数字",
    click.types.FloatRange: "数字",
}


def speak_chinese() -> None:
    """Make Click say its own words in Chinese, whatever the language of the shell."""
    gettext.bindtextdomain("messages", f"{__path__[0]}/data/locale")  # pathlib would cost 3 ms here
    os.environ["LANGUAGE"] = "zh_CN"
    for kind, name in _TYPE_NAMES.items():
        kind.name = name


class Formatter(click.HelpFormatter):
    """Click's help pages with Chinese punctuation and widths."""

    # Any: whatever Click gives a formatter.
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "width": _width()})

    def write_heading(self, heading: str) -> None:
        self.write(f"{self._margin()}{heading}：\n")

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        lead = f"{prefix or '用法：'}{prog} "
        self._write_beside(lead, args, display_width(lead))

    def write_text(self, text: str) -> None:
        self.write("\n\n".join(self._paragraph(lines) for lines in _paragraphs(text)) + "\n")

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        rows = list(rows)
        col_max = min(col_max, self.width * 2 // 5)
        column = min(max(display_width(first) for first, _ in rows), col_max) + col_spacing
        for first, second in rows:
            if display_width(first) + col_spacing > column:
                self.write(f"{self._margin()}{first}\n")
                first = ""
            if first or second:
                self._write_beside(first, second, column)

    def _write_beside(self, first: str, second: str, column: int) -> None:
        """Write `second` wrapped to the right of `first`, from `column` on."""
        for line in wrap(second, self.width - self.current_indent - column):
            self.write(f"{self._margin()}{padded(first, column)}{line}".rstrip() + "\n")
            first = ""

    def _paragraph(self, lines: list[str]) -> str:
        raw = lines[0] == "\b"
        shown = (
            lines[1:]
            if raw
            else wrap(joined([line.strip() for line in lines]), self.width - self.current_indent)
        )
        return "\n".join(self._margin() + line for line in shown)

    def _margin(self) -> str:
        return " " * self.current_indent


def _paragraphs(text: str) -> list[list[str]]:
    return [part.splitlines() for part in text.strip("\n").split("\n\n") if part.strip()]


def _width() -> int:
    """Return the columns to fill, from COLUMNS or the terminal; Click's own look at it imports shutil."""
    try:
        columns = int(os.environ.get("COLUMNS") or os.get_terminal_size().columns)
    except (OSError, ValueError):  # no terminal
        return WIDTH
    return min(max(columns - 2, _NARROWEST), WIDTH)


class Context(click.Context):
    """A context whose help pages are ours."""

    formatter_class = Formatter


def _first_sentence(text: str) -> str:
    return joined(text.split("\n\n")[0].splitlines()).partition("。")[0]


def dress(command: click.Command) -> None:
    """Give a command, and every command below it, our help page, its words and the global options."""
    take_yes(command)
    take_anywhere(command)
    clean_arguments(command)
    refuse_twice(command)
    command.context_class = Context
    command.options_metavar = "[选项]"
    if command.help and not command.short_help:
        command.short_help = _first_sentence(inspect.cleandoc(command.help))
    if isinstance(command, click.Group):
        command.subcommand_metavar = "命令 [参数]..."
        for below in command.commands.values():
            dress(below)
