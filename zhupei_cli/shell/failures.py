"""How a run ends: errors become a line (or JSON) on stderr and an exit code."""

import errno
import re
import sys
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import pairwise, takewhile

import click

from zhupei_cli.display import harmless
from zhupei_cli.oswords import os_words
from zhupei_cli.rules.people.masking import masked_message
from zhupei_cli.settings import Settings
from zhupei_cli.shell.advice import advice
from zhupei_cli.shell.hints import completed
from zhupei_cli.shell.logfile import log
from zhupei_cli.shell.streams import flushed, in_utf8
from zhupei_cli.words.errors import ZhupeiError

CANCELLED = 130
#: What Python makes of bytes of another encoding; Click shows it as an escape.
_SURROGATES = re.compile(r"[\ud800-\udfff]|\\udc[89a-f][0-9a-f]")


def told(error: Exception, argv: Sequence[str]) -> int:
    """Tell on stderr what ended a run and return its exit code."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        click.echo(error.format_message())
        return 0
    if isinstance(error, click.Abort):
        return _cancelled(argv)
    known = as_zhupei_error(error)
    with suppress(OSError):  # nobody may be there to hear it
        if "--debug" in argv:
            traceback.print_exception(error)
        _tell(known, argv)
    flushed()
    return known.exit_code


def ending(settings: Callable[[], Settings], error: Exception) -> None:
    """Write into the log file what stopped a command, whose cure now names the batch it is about.

    Help and exit codes are no errors.
    """
    if isinstance(error, click.exceptions.Exit | click.exceptions.NoArgsIsHelpError | click.Abort):
        return
    known = as_zhupei_error(error)
    with suppress(ZhupeiError):  # a broken configuration file names no log file
        log(settings(), f"错误 [{known.code}]：{known.message}")
        known.hint = completed(settings(), known.hint)


def as_zhupei_error(error: Exception) -> ZhupeiError:
    """Return `error` as one of the catalogue; what nobody foresaw is E901 and says nothing of its values.

    Whatever somebody typed where something else is wanted, their numbers are masked in it.
    """
    known = _known(error)
    known.message = masked_message(known.code, known.message)
    return known


def _known(error: Exception) -> ZhupeiError:
    if isinstance(error, ZhupeiError):
        return error
    if isinstance(error, click.UsageError):
        return _usage(error)
    if isinstance(error, click.ClickException):
        return ZhupeiError("E901", detail=error.format_message())
    return _of_database(error) or _of_file(error) or _unforeseen(error)


def _usage(error: click.UsageError) -> ZhupeiError:
    command = error.ctx.command_path if error.ctx else "zhupei"
    if _SURROGATES.search(error.format_message()):
        problem = "命令行里的文字编码与终端不同（多半是 GBK），不能识别；请在 UTF-8 终端中输入。"
        return ZhupeiError("E080", problem=problem, command=command)
    return ZhupeiError("E080", problem=_sentence(error), command=command)


def _sentence(error: click.UsageError) -> str:
    message = error.format_message()
    if isinstance(error, click.NoSuchOption | click.NoSuchCommand):
        names = ", ".join(map(repr, near := advice(error)))
        offer = f"您是不是要用其中之一：{names}？" if near[1:] else f"您是不是要用 {names}？"
        message = f"{error.message} {offer}" if near else error.message
    if isinstance(error, click.MissingParameter):
        message = message.replace("'.", "'。", 1)  # this full stop is not in Click's catalogue
    # Click lists choices below each other; an error is one line.
    return message.replace("。 ", "。").replace(",\n\t", "、").strip()


def _of_database(error: Exception) -> ZhupeiError | None:
    if "sqlalchemy" not in sys.modules:
        return None
    from zhupei_cli.store.failures import translated

    try:
        with translated():
            raise error
    except ZhupeiError as known:
        return known
    except Exception:
        return None


def _of_file(error: Exception) -> ZhupeiError | None:
    if not isinstance(error, OSError):
        return None
    if error.filename is None:
        # What has no name was written to a stream: a full disk behind `>`, a terminal that is gone.
        lost = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF)
        return ZhupeiError("E003", file="标准输出", detail=os_words(error)) if lost else None
    if isinstance(error, FileNotFoundError):
        return ZhupeiError("E001", file=error.filename)
    if isinstance(error, IsADirectoryError):
        return ZhupeiError("E070", folder=error.filename)
    return ZhupeiError("E084", file=error.filename, detail=os_words(error))


def _unforeseen(error: Exception) -> ZhupeiError:
    # The text of the exception may hold personal data; its place in the program cannot.
    places = [
        f"{frame.f_globals['__name__']}:{line}" for frame, line in traceback.walk_tb(error.__traceback__)
    ]
    ours = [place for place in places if place.startswith("zhupei_cli.")]
    return ZhupeiError("E901", detail=f"{type(error).__name__}，位于 {(ours or places)[-1]}")


def _tell(error: ZhupeiError, argv: Sequence[str]) -> None:
    if wants_json(argv):
        from json import dumps

        in_utf8(sys.stderr)
        content = {"code": error.code, "message": error.message, "hint": error.hint}
        click.echo(dumps({"error": content}, ensure_ascii=False), err=True)
        return
    click.echo(harmless(f"错误 [{error.code}]：{error.message}"), err=True)
    if error.hint:
        click.echo(harmless(f"怎么办：{error.hint}"), err=True)


def _cancelled(argv: Sequence[str]) -> int:
    if wants_json(argv):
        _tell(ZhupeiError("E902"), argv)
    else:
        click.echo("已取消，没有写入任何内容", err=True)
    return CANCELLED


def wants_json(argv: Sequence[str]) -> bool:
    """Return whether the command line asks for JSON; known even when the rest of it is wrong."""
    words = [word.casefold() for word in takewhile(lambda word: word != "--", argv)]
    joined = {"--json", "--format=json", "--format=jsonl", "-fjson", "-fjsonl"}
    after = {value for option, value in pairwise(words) if option in ("-f", "--format")}
    return not joined.isdisjoint(words) or not after.isdisjoint({"json", "jsonl"})
