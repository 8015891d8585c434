"""Options that hold one value, typed twice: Click keeps the last one, and nobody hears of the first."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import click
from click.core import ParameterSource

from zhupei_cli.shell.anywhere import OPTIONS

#: A script may put these behind those of its own.
_ANYWHERE = frozenset(name for names in OPTIONS for name in names)


def refuse_twice(command: click.Command) -> None:
    """Make every option of a command that holds one value refuse a second one that differs.

    Flags, options of several values and the global ones stay as they are.
    """
    for param in command.params:
        if not isinstance(param, click.Option) or param.is_flag or param.multiple or param.count:
            continue
        if not _ANYWHERE & {*param.opts} and "add_to_parser" not in vars(param):
            # Of this one option: the class is Click's, and options are made all over the commands.
            vars(param)["add_to_parser"] = partial(_gather, param)
            vars(param)["consume_value"] = partial(_single, param, param.consume_value)


# Any: what Click's parser is.
def _gather(param: click.Option, parser: Any, _ctx: click.Context) -> None:
    parser.add_option(obj=param, opts=param.opts, dest=param.name, action="append", nargs=param.nargs)


#: The value of an option, and where it comes from.
_Consume = Callable[[click.Context, Mapping[str, Any]], tuple[object, ParameterSource]]


def _single(
    param: click.Option, consume: _Consume, ctx: click.Context, opts: Mapping[str, Any]
) -> tuple[object, ParameterSource]:
    typed = opts.get(param.name or "")
    if not isinstance(typed, list):
        value, source = consume(ctx, opts)
        return value, source
    if any(one != typed[-1] for one in typed) and not ctx.resilient_parsing:
        # The values may be of people: they are not told.
        name = max(param.opts, key=len)
        raise click.UsageError(f"选项 '{name}' 写了两次，值不一样；它只能写一个值。", ctx)
    found, source = consume(ctx, {**opts, param.name: typed[-1]})
    return found, source
