"""Asking people for what they did not type as an option; without a terminal nothing ever asks."""

import sys
from collections.abc import Callable, Sequence
from typing import TypeVar

import click

from zhupei_cli.errors import ZhupeiError
from zhupei_cli.services.accounts import require_password
from zhupei_cli.services.fields import read_field
from zhupei_cli.settings import Settings
from zhupei_cli.sheets.cells import Unreadable
from zhupei_cli.sheets.columns import Column

from ._options import F, can_ask

T = TypeVar("T")


def require_options(missing: Sequence[str]) -> None:
    """Fail with exit 2 naming the options that nobody can be asked for; nothing when none is missing."""
    if missing:
        words = f"缺少 {'、'.join(missing)}；不是在终端中运行，不能提问。"
        raise click.UsageError(words, click.get_current_context())


def option_name(column: Column) -> str:
    """Return the option that stands for a field: --id-number."""
    return "--" + column.key.replace("_", "-")


def field_options(columns: Sequence[Column], *, required: bool = False) -> Callable[[F], F]:
    """Add an option for each field; with `required` those marked so must be given."""

    def add(command: F) -> F:
        for column in reversed(columns):
            command = click.option(
                option_name(column),
                column.key,
                required=required and column.required,
                help=column.heading,
            )(command)
        return command

    return add


def given_of(words: dict[str, str | None]) -> dict[str, str]:
    """Return the fields that were given."""
    return {key: word for key, word in words.items() if word is not None}


def ask_field(column: Column, default: str | None = None) -> str:
    """Ask for one field until its value can be read; return the words typed."""

    def readable(word: str) -> str:
        try:
            read_field(column, word)
        except Unreadable as error:
            raise ZhupeiError(error.code, **error.values) from None
        return word

    return ask(column.heading, readable, default=default)


def ask(question: str, check: Callable[[str], T], *, default: str | None = None) -> T:
    """Ask until `check` takes the answer; what it raises is told."""
    while True:
        try:
            word = click.prompt(question, type=str, default=default, err=True)
        except click.Abort:
            click.echo(err=True)  # what is said next begins a line of its own
            raise
        try:
            return check(word)
        except ZhupeiError as error:
            _tell(error)


def new_password(settings: Settings, *, from_stdin: bool) -> str:
    """Return a new password: the first line of stdin, or asked twice without showing it."""
    if from_stdin or not can_ask(settings):
        return require_password(given_password(settings, from_stdin=from_stdin))
    while True:
        word = click.prompt(
            "密码（至少 8 个字符，有字母和数字）",
            hide_input=True,
            confirmation_prompt="再输入一次密码",
            err=True,
        )
        try:
            return require_password(word)
        except ZhupeiError as error:
            _tell(error)


def given_password(settings: Settings, *, from_stdin: bool) -> str:
    """Return a password as it is: the first line of stdin, or asked once without showing it."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not can_ask(settings):
        require_options(["--password-stdin"])
    password: str = click.prompt("密码", hide_input=True, err=True)
    return password


def _tell(error: ZhupeiError) -> None:
    click.echo(f"{error.message}；{error.hint}", err=True)


def password_option(command: F) -> F:
    """Add --password-stdin; a password is never an option's value: others could read it."""
    return click.option("--password-stdin", "from_stdin", is_flag=True, help="从标准输入读一行作为密码")(
        command
    )
