"""`zhupei help`: the page of any command, asked for as git does."""

import click

from zhupei_cli.shell.help import Context


@click.command("help")
@click.argument("words", nargs=-1, metavar="[GROUP] [VERB]")
@click.pass_context
def help_(ctx: click.Context, words: tuple[str, ...]) -> None:
    """显示一个命令的用法，与命令后加 --help 相同；不写命令则列出全部命令。

    \b
    例：zhupei help trainee import
        zhupei help batch
    """
    here = ctx.find_root()
    for word in words:
        here = _below(here, word)
    click.echo(here.command.get_help(here), color=ctx.color)


def _below(here: click.Context, word: str) -> click.Context:
    """Return the context of the command `word` below `here`, as if it had been called."""
    command = here.command
    if not isinstance(command, click.Group):
        here.fail(f"{here.command_path} 下面没有别的命令。")
    _, below, _ = command.resolve_command(here, [word])
    assert below is not None
    return Context(below, parent=here, info_name=word)
