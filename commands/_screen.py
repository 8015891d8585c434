"""Fitting what is shown to the terminal somebody sits at; nothing here touches redirected output."""

import os
import sys
from collections.abc import Sequence

import click

from zhupei_cli.display import display_width, padded, wrap
from zhupei_cli.settings import Settings

#: Rows of a list nobody asked a number of: making a table of 100,000 takes seconds.
MOST_ROWS = 1000
_GAP = 2
#: No column is made narrower than this, heading aside.
_NARROWEST = 8


def on_terminal() -> bool:
    """Return whether stdout is a terminal."""
    return sys.stdout.isatty()


def terminal_size() -> tuple[int, int]:
    """Return columns and lines; COLUMNS and LINES win over what the terminal says."""
    from shutil import get_terminal_size

    return get_terminal_size()


def page(text: str, settings: Settings) -> None:
    """Print `text`, through a pager when it is longer than the screen and somebody can turn pages."""
    nobody = settings.no_input or not sys.stdin.isatty() or os.environ.get("TERM") == "dumb"
    if nobody or text.count("\n") < terminal_size()[1]:
        click.echo(text, nl=False)
        return
    os.environ.setdefault("LESS", "FRX")
    click.echo_via_pager(text.removesuffix("\n"))


def fitted(
    headings: Sequence[str], cells: Sequence[Sequence[str]], width: int
) -> tuple[Sequence[str], list[Sequence[str]], Sequence[str]]:
    """Return headings and cells that fill at most `width` columns, and the headings left out for it.

    Columns of Chinese text are cut short, the widest first; codes, numbers and dates never are. Where
    that is not enough, columns are left out from the right.
    """
    for count in range(len(headings), 0, -1):
        widths = _widths(headings[:count], cells, width)
        if widths is not None or count == 1:
            break
    if widths is None:
        return headings, list(cells), ()
    shortened = [[_cut(cell, wide) for cell, wide in zip(row, widths, strict=False)] for row in cells]
    return headings[:count], list(shortened), headings[count:]


def _widths(headings: Sequence[str], cells: Sequence[Sequence[str]], width: int) -> list[int] | None:
    """Return how wide each column may be, None when all of them cannot fit."""
    columns = list(zip(*cells, strict=True))[: len(headings)] if cells else [()] * len(headings)
    least = [display_width(heading) for heading in headings]
    widths = [max([floor, *map(display_width, column)]) for floor, column in zip(least, columns, strict=True)]
    soft = [any(not cell.isascii() for cell in column) for column in columns]
    spare = width - _GAP * (len(widths) - 1)
    while sum(widths) > spare:
        wide = [at for at, one in enumerate(widths) if soft[at] and one > max(least[at], _NARROWEST)]
        if not wide:
            return None
        widths[max(wide, key=widths.__getitem__)] -= 1
    return widths


def _cut(text: str, width: int) -> str:
    if display_width(text) <= width:
        return text
    while display_width(text) > width - 2:
        text = text[:-1]
    return text + ".."  # two dots: the width of … depends on the font


def sheet_lines(lines: Sequence[tuple[str, str]], width: int | None) -> str:
    """Return `heading  value` lines, values below each other; wrapped to `width` columns unless None."""
    column = max((display_width(heading) for heading, _ in lines), default=0) + _GAP
    text = []
    for heading, value in lines:
        for part in value.splitlines() or [""]:
            for line in [part] if width is None else wrap(part, max(width - column, 20)):
                text.append(f"{padded(heading, column)}{line}".rstrip() + "\n")
                heading = ""
    return "".join(text)
