"""The global options, taken anywhere on the line: before the group, behind it, behind the command.

Every command has them, hidden from its page, and hands what it got up to the program; an option of its own
that has the same name wins.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import click

#: Names and what Click is told of each, Any of it; `zhupei --help` shows them in this order.
OPTIONS: Final[dict[tuple[str, ...], dict[str, Any]]] = {
    # Addresses and paths are bytes of whoever named them: nothing is mended in them.
    ("--database",): {
        "metavar": "URL",
        "type": click.UNPROCESSED,
        "help": "数据库地址（环境变量 ZHUPEI_DATABASE_URL）",
    },
    ("--operator",): {"metavar": "NAME", "help": "经办人姓名（环境变量 ZHUPEI_OPERATOR）"},
    ("--config",): {"metavar": "FILE", "type": click.UNPROCESSED, "help": "只读这一个配置文件"},
    ("-q", "--quiet"): {"is_flag": True, "help": "不显示提示信息"},
    ("-v", "--verbose"): {"is_flag": True, "help": "显示更多提示信息，先说用的是哪个数据库"},
    ("--debug",): {"is_flag": True, "help": "程序出错时显示详细位置"},
    ("--no-input",): {"is_flag": True, "help": "从不提问（环境变量 ZHUPEI_NO_INPUT）"},
    ("--no-color",): {"is_flag": True, "help": "不用颜色（环境变量 NO_COLOR）"},
    ("--log-file",): {"metavar": "FILE", "type": click.UNPROCESSED, "help": "把提示和错误另记入这个文件"},
    ("--version",): {"is_flag": True, "help": "显示版本号"},
}


def program_options() -> list[click.Option]:
    """Return the options of the program itself, as its page shows them."""
    return [*_made(hidden=False)]


def take_anywhere(command: click.Command) -> None:
    """Give a command the global options it has not got, once."""
    taken = {name for param in command.params for name in (*param.opts, *param.secondary_opts)}
    command.params += _made(hidden=True, taken=taken)


def take_yes(command: click.Command) -> None:
    """Give a command that writes --yes where it asks nothing: scripts may add it to every one of them."""
    names = {name for param in command.params for name in param.opts}
    if "--json" in names and "--yes" not in names and ("--dry-run" in names or "--format" not in names):
        about = "不再提问（这个命令不提问）"
        command.params.append(
            click.Option(["-y", "--yes"], is_flag=True, hidden=True, expose_value=False, help=about)
        )


def _made(*, hidden: bool, taken: Sequence[str] | set[str] = ()) -> Iterator[click.Option]:
    for names, about in OPTIONS.items():
        free = [name for name in names if name not in taken]
        if not free:
            continue
        key = names[-1].removeprefix("--").replace("-", "_")
        special: dict[str, Any] = {"callback": _version if key == "version" else None}
        if hidden:
            # Before all others: what those look up, such as the batch of the settings, depends on them.
            special = {"callback": special["callback"] or _hand_up, "hidden": True, "is_eager": True}
            special["expose_value"] = False
        elif key == "version":
            special |= {"is_eager": True, "expose_value": False}
        # A name of its own in the parser: a command may call a value of its own `database`.
        yield click.Option([*free, f"anywhere_{key}" if hidden else key], **about, **special)


def _hand_up(ctx: click.Context, param: click.Parameter, value: object) -> None:
    """Keep what was typed behind a command as if it had been typed before the group."""
    key = (param.name or "").removeprefix("anywhere_")
    root = ctx.find_root()
    if value or value == "":
        root.params[key] = value
    if root.params.get("no_color"):
        ctx.color = False


def _version(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    if not value or ctx.resilient_parsing:
        return
    from importlib.metadata import version

    click.echo(f"zhupei {version('zhupei')}")
    ctx.exit()
