"""Asking people for what they did not type as an option; without a terminal nothing ever asks."""

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

from zhupei_cli.display import harmless
from zhupei_cli.settings import Settings
from zhupei_cli.shell.arguments import NAME, TEXT, Whole
from zhupei_cli.words.errors import ZhupeiError
from zhupei_cli.words.vocabulary import YES_NO, flag

from .options import F, can_ask

if TYPE_CHECKING:
    from zhupei_cli.sheets.kinds.columns import Column

T = TypeVar("T")


def require_options(missing: Sequence[str]) -> None:
    """Fail with exit 2 naming the options that nobody can be asked for; nothing when none is missing."""
    if missing:
        words = f"缺少 {'、'.join(missing)}；不是在终端中运行，不能提问。"
        raise click.UsageError(words, click.get_current_context())


def option_name(column: "Column") -> str:
    """Return the option that stands for a field: --id-number."""
    return "--" + column.key.replace("_", "-")


def field_options(columns: Sequence["Column"], *, required: bool = False) -> Callable[[F], F]:
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


def ask_field(column: "Column", default: str | None = None) -> str:
    """Ask for one field until its value can be read; return the words typed."""
    return ask(column.heading, lambda word: _readable(column, word), default=default)


def ask_change(column: "Column", now: str) -> str:
    """Ask what a field that says `now` is to say, until it can be read; nothing for what stays."""
    question = f"{column.heading}（{now}）"
    return ask(question, lambda word: word and _readable(column, word), default="", show_default=False)


def _readable(column: "Column", word: str) -> str:
    # Here and below: commands that only ask yes or no come without a person's fields.
    from zhupei_cli.services.people.fields import read_field
    from zhupei_cli.sheets.kinds.cells import Unreadable

    try:
        read_field(column, word)
    except Unreadable as error:
        raise ZhupeiError(error.code, **error.values) from None
    return word


def ask(question: str, check: Callable[[str], T], *, default: str | None = None, **options: object) -> T:
    """Ask until `check` takes the answer; what it raises is told."""
    while True:
        word = prompt(question, default=default, **options)
        try:
            return check(word)
        except ZhupeiError as error:
            _tell(error)


def prompt(question: str, *, default: object = None, type: Any = TEXT, **options: Any) -> Any:
    """Ask once, on stderr, until the answer is of the type; Ctrl-C ends the line it was typed on."""
    try:
        return click.prompt(
            harmless(question), type=type, default=default, err=True, prompt_suffix="：", **options
        )
    except click.Abort:
        if not options.get("hide_input"):  # Click does it there itself
            click.echo(err=True)
        raise


def agree(question: str, *, default: bool | None = None) -> bool:
    """Ask for yes or no, in every spelling workbooks have."""
    hint = {True: "[Y/n]", False: "[y/N]", None: "[y/n]"}[default]
    while True:
        word = prompt(f"{question} {hint}", default="", show_default=False)
        answer = flag(YES_NO, word) if word else default
        if answer is not None:
            return answer
        click.echo("请回答 是（y）或 否（n）", err=True)


def pick(
    label: str,
    options: Sequence[tuple[str, str]],
    default: int | None = None,
    *,
    read: Callable[[str], str | None] = lambda _: None,
) -> str:
    """Ask for one of (value, text) by its number, its text or a word that `read` makes a value of."""
    for number, (_, text) in enumerate(options, 1):
        click.echo(harmless(f"  {number} {text}"), err=True)
    known = {key: value for value, text in options for key in (value, text)}
    word = str(prompt(f"{label}（序号）", type=NAME, default=default))
    while (value := known.get(word) or read(word)) not in {value for value, _ in options}:
        try:
            return options[Whole(1, len(options)).convert(word, None, None) - 1][0]
        except click.UsageError as error:
            click.echo(f"错误：{error.message}", err=True)
        word = str(prompt(f"{label}（序号）", type=NAME, default=default))
    assert value is not None
    return value


def new_password(settings: Settings, *, from_stdin: bool) -> str:
    """Return a new password: the first line of stdin, or asked twice without showing it."""
    from zhupei_cli.services.people.accounts import require_password

    if from_stdin or not can_ask(settings):
        return require_password(given_password(settings, from_stdin=from_stdin))
    while True:
        word = prompt(
            "密码（至少 8 个字符，有字母和数字）",
            type=str,
            hide_input=True,
            confirmation_prompt="再输入一次密码",
        )
        try:
            return require_password(word)
        except ZhupeiError as error:
            _tell(error)


def given_password(settings: Settings, *, from_stdin: bool) -> str:
    """Return a password as it is: the first line of stdin, or asked once without showing it."""
    if from_stdin:
        # Editors of Windows put a mark before the first line of a file.
        return sys.stdin.readline().removeprefix("\ufeff").rstrip("\r\n")
    if not can_ask(settings):
        require_options(["--password-stdin"])
    password: str = prompt("密码", type=str, hide_input=True)
    return password


def workbook_password(settings: Settings) -> str:
    """Return the first line of stdin, for a workbook; a usage error where it is empty."""
    word = given_password(settings, from_stdin=True)
    if not word:
        raise click.UsageError("标准输入里没有密码。", click.get_current_context())
    return word


def _tell(error: ZhupeiError) -> None:
    click.echo(harmless(f"{error.message}；{error.hint}"), err=True)


def password_option(command: F) -> F:
    """Add --password-stdin; a password is never an option's value: others could read it."""
    return click.option("--password-stdin", "from_stdin", is_flag=True, help="从标准输入读一行作为密码")(
        command
    )
