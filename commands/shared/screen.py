"""Fitting what is shown to the terminal somebody sits at; nothing here touches redirected output."""

import os
import sys
from collections.abc import Sequence

import click

from zhupei_cli.display import display_width, harmless, padded, wrap
from zhupei_cli.settings import Settings

#: Rows of a list nobody asked a number of: making a table of 100,000 takes seconds.
MOST_ROWS = 1000
#: … where nobody can turn pages.
FEW_ROWS = 100
_GAP = 2
#: No column is made narrower than this, heading aside.
_NARROWEST = 12
_STATE = "状态"


def on_terminal() -> bool:
    """Return whether stdout is a terminal."""
    return sys.stdout.isatty()


def terminal_size() -> tuple[int, int]:
    """Return columns and lines; COLUMNS and LINES win over what the terminal says."""
    from shutil import get_terminal_size

    return get_terminal_size()


def can_page(settings: Settings) -> bool:
    """Return whether somebody can turn pages, with a program that shows them."""
    from shutil import which

    if settings.no_input or not sys.stdin.isatty() or os.environ.get("TERM") == "dumb":
        return False
    pager = os.environ.get("PAGER", "").split()[:1]
    return any(which(name) for name in (*pager, "less", "more"))


def page(text: str, settings: Settings) -> None:
    """Print `text`, through a pager when it is longer than the screen and somebody can turn pages."""
    text = harmless(text)
    if not can_page(settings) or text.count("\n") < terminal_size()[1]:
        click.echo(text, nl=False)
        return
    os.environ.setdefault("LESS", "FRX")
    click.echo_via_pager(text.removesuffix("\n"))


def fitted(
    headings: Sequence[str], cells: Sequence[Sequence[str]], width: int
) -> tuple[list[str], list[list[str]], list[str]]:
    """Return headings and cells that fill at most `width` columns, and the headings left out for it.

    Columns of Chinese text are cut short, the widest first; codes, numbers and dates never are. Where
    that is not enough, columns are left out from the right; the state of things stays, people look for it.
    """
    kept, left_out = list(range(len(headings))), list[int]()
    while (widths := _widths(kept, headings, cells, width)) is None and len(kept) > 1:
        left_out.insert(0, next((at for at in reversed(kept[1:]) if headings[at] != _STATE), kept[-1]))
        kept.remove(left_out[0])
    if widths is None:
        widths = [max(display_width(row[kept[0]]) for row in (headings, *cells))]
    shortened = [[_cut(row[at], wide) for at, wide in zip(kept, widths, strict=True)] for row in cells]
    return [headings[at] for at in kept], shortened, [headings[at] for at in sorted(left_out)]


def _widths(
    kept: Sequence[int], headings: Sequence[str], cells: Sequence[Sequence[str]], width: int
) -> list[int] | None:
    """Return how wide each of the `kept` columns may be, None when all of them cannot fit."""
    least = [max(display_width(headings[at]), _NARROWEST) for at in kept]
    columns = [[row[at] for row in cells] for at in kept]
    widths = [
        max(map(display_width, [headings[at], *column])) for at, column in zip(kept, columns, strict=True)
    ]
    soft = [any(not cell.isascii() for cell in column) for column in columns]
    spare = width - _GAP * (len(widths) - 1)
    while sum(widths) > spare:
        wide = [at for at, one in enumerate(widths) if soft[at] and one > least[at]]
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
