"""How a command is told which application or which person: numbers carry their batch, names are picked."""

import functools
import re
from collections.abc import Callable

import click

from zhupei_cli.services.people import whom
from zhupei_cli.services.records import lookup
from zhupei_cli.settings import Settings
from zhupei_cli.shell.arguments import CODE, NAME
from zhupei_cli.shell.hints import name_batch
from zhupei_cli.store.engine import reading
from zhupei_cli.words.errors import ZhupeiError

from .asking import pick
from .options import F, can_ask, current_settings


def numbered(key: str, *, who: bool = False) -> Callable[[F], F]:
    """Add --batch to a command on applications: their numbers say the batch, --batch may only agree.

    `key` is the parameter with the number or the numbers; the command gets it as numbers are stored. With
    `who` it may name a person instead.
    """

    def added(command: F) -> F:
        @functools.wraps(command)
        def with_batch(*args: object, batch: str | None, **kwargs: object) -> object:
            given = kwargs[key]
            words: tuple[str, ...] = ()
            if isinstance(given, tuple):
                words = _apart(given)
            elif given:
                words = (str(given),)
            batch, words = _of_numbers(words, batch, who=who)
            name_batch(batch)
            if words:
                kwargs[key] = words if isinstance(given, tuple) else words[0]
            return command(*args, batch=batch, **kwargs)

        return click.option(
            "--batch", type=CODE, metavar="CODE", help="批次编号；报名号自带批次，写了报名号可以省略"
        )(with_batch)  # type: ignore[return-value]

    return added


def _apart(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return the numbers that people put between them what stands between words of a Chinese sentence."""
    parts = (part.strip() for word in words for part in re.split("[,，、;；]", word))
    return tuple(part for part in parts if part)


def _of_numbers(
    words: tuple[str, ...], typed: str | None, *, who: bool
) -> tuple[str | None, tuple[str, ...]]:
    settings = current_settings()
    if not words:
        return typed or settings.batch, ()
    with reading(settings.database_url, bases=not who) as session:
        if who and not lookup.is_number(whom.spelt(words[0])):
            words = (whom.find_number(session, picked(settings, words[0]), batch=typed),)
        words = tuple(map(whom.spelt, words))
        return lookup.batch_of_numbers(session, words, typed=typed, default=settings.batch)


def who_argument(command: F) -> F:
    """Add WHO, a person; where the word means several, somebody at a terminal is asked which one."""

    @functools.wraps(command)
    def with_who(*args: object, who: str, **kwargs: object) -> object:
        return command(*args, who=picked(current_settings(), who), **kwargs)

    return click.argument("who", metavar="WHO", type=NAME)(with_who)  # type: ignore[return-value]


def picked(settings: Settings, who: str) -> str:
    """Return `who`, or what names the one of several people that was picked from their list."""
    if not can_ask(settings):
        return who
    with reading(settings.database_url) as session:
        try:
            whom.find_person(session, who)
            return who
        except ZhupeiError as error:
            if error.code != "E319":
                return who  # the command says so itself
            people = whom.choices(session, list(error.values["ids"]))  # type: ignore[call-overload]
    options = [(f"{whom.NUMBER}:{number}", about) for number, about in people.items()]
    return pick("哪一个", options)
