"""What whoever mistyped an option or a command is told: the dash, or the nearest name that does nobody harm.

A name is near that is a slip of the hand away, or that begins with what was typed. Following the advice
must never do harm: where the nearest name would, nothing is advised, for what was meant by --sbumit is not
--quiet.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final

import click

#: What a command that writes may be asked for without anybody being the worse for it.
_HARMLESS: Final = frozenset(
    {
        *("--help", "--version", "--quiet", "--verbose", "--debug", "--no-color", "--no-input"),
        *("--json", "--format", "--columns", "--sort", "--limit", "--dry-run", "--database", "--config"),
        # Nothing that is stored or decided depends on them.
        *("--errors", "--max-rows", "--font"),
    }
)
#: What shows more than was asked for, or writes, in a command that otherwise only shows.
_REVEALING: Final = frozenset(
    ("--reveal", "--unpublished", "--output", "--force", "--yes", "--operator", "--log-file")
)
#: What decides about people without asking first, or cannot be had back.
_DECIDING: Final = frozenset(("approve", "reject", "return", "reset"))
#: A mistyped option: a dash where minus signs belong, then letters.
_DASHED: Final = r"-?[‐‑‒–—―−－﹣][-‐‑‒–—―−－﹣]*([A-Za-z][A-Za-z-]*)(?:=.*)?"
#: A name behind one minus sign: -json, where short options of one letter each are meant.
_ONE_MINUS: Final = r"-([a-z][a-z0-9-]{2,})(?:=.*)?"
#: Of how many letters the longer word is when two slips still say which one was meant.
_LONG: Final = 6
#: What a name counts that was only begun: farther than any slip.
_BEGUN: Final = 3


def refuse_dashes(argv: Sequence[str]) -> None:
    """Raise when an option begins with a dash, which Click would take for a value: —limit.

    Raise for -json too, which it would take for -j, -s, -o, -n, and -output for a file named utput. What
    really is a value that begins so is written --reason=—x.
    """
    for word in argv:
        if word == "--":
            return
        if not word.isascii() and (found := re.fullmatch(_DASHED, word, re.DOTALL)):
            right = f"{'--' if len(found[1]) > 1 else '-'}{found[1]}"
            raise click.UsageError(f"{word!r} 前面是破折号，不是减号；选项写作 {right}。")
        if (found := re.fullmatch(_ONE_MINUS, word, re.DOTALL)) and _is_option(f"--{found[1]}"):
            raise click.UsageError(f"{word!r} 前面只有一个减号；选项写全名时前面是两个。")


def _is_option(name: str) -> bool:
    from zhupei_cli.shell.outline import load_outline

    params = (param for command in load_outline().values() for param in command["params"])
    return name == "--help" or any(name in param.get("opts", ()) for param in params)


def advice(error: click.NoSuchOption | click.NoSuchCommand) -> list[str]:
    """Return what is offered in place of a name that there is not; nothing where that could do harm."""
    if error.ctx is None:
        return []
    command = error.ctx.command
    if isinstance(error, click.NoSuchOption):
        near = nearest_words(error.option_name, _options(command, error.ctx))
        return near if all(is_harmless(name, command) for name in near) else []
    assert isinstance(command, click.Group)
    near = nearest_words(error.command_name, command.list_commands(error.ctx))
    if error.ctx.find_root().invoked_subcommand == "help":  # which only shows what is named
        return near
    found = [command.get_command(error.ctx, name) for name in near]
    return near if not any(one is None or is_final(one) for one in found) else []


def _options(command: click.Command, ctx: click.Context) -> list[str]:
    names = (name for param in command.get_params(ctx) for name in (*param.opts, *param.secondary_opts))
    return [name for name in names if name.startswith("--")]


def nearest_words(word: str, names: Iterable[str]) -> list[str]:
    """Return the names that `word` was most likely meant to be, all as near as each other; maybe none."""
    bare = word.lstrip("-").casefold()
    near: dict[int, list[str]] = {}
    for name in names:
        letters = name.lstrip("-")
        slips = _slips(bare, letters) if abs(len(bare) - len(letters)) <= 2 else _BEGUN
        if slips == 1 or (slips <= 2 and max(len(bare), len(letters)) >= _LONG):
            near.setdefault(slips, []).append(name)
        elif len(bare) > 1 and letters.startswith(bare):
            near.setdefault(_BEGUN, []).append(name)
    return sorted(near[min(near)]) if near else []


def _slips(left: str, right: str) -> int:
    """Return by how many letters dropped, added, changed or swapped with the next two words differ."""
    before: list[int] = []
    line = list(range(len(right) + 1))
    for at, letter in enumerate(left, 1):
        before, above, line = line, before, [at]
        for to, other in enumerate(right, 1):
            least = min(before[to] + 1, line[-1] + 1, before[to - 1] + (letter != other))
            if above and to > 1 and letter == right[to - 2] and left[at - 2] == other:
                least = min(least, above[to - 2] + 1)
            line.append(least)
    return line[-1]


def is_harmless(option: str, command: click.Command) -> bool:
    """Say whether an option may be offered to whoever mistyped another one of `command`.

    Never one that changes what is written, decided, revealed or deleted: `--quiet` was once answered
    with `--submit`, which cannot be taken back.
    """
    if option in _HARMLESS:
        return True
    only_shows = any("--format" in param.opts for param in command.params)
    return only_shows and option not in _REVEALING


def is_final(command: click.Command) -> bool:
    """Say whether a command is none to be offered to whoever mistyped the name of another one.

    What asks before it acts does so for what cannot be taken back: `unpublish` was once answered with
    `publish`, `store` with `restore`.
    """
    asks = any("--yes" in param.opts and not getattr(param, "hidden", False) for param in command.params)
    return asks or command.name in _DECIDING
