"""What is said to people on stderr, and the file of --log-file that keeps it with time and operator.

Beyond 1 MB it becomes FILE.1, that one FILE.2, up to FILE.5.
"""

import os
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import click

from zhupei_cli.acting import CST
from zhupei_cli.display import harmless
from zhupei_cli.oswords import os_words
from zhupei_cli.settings import Settings

_LARGEST, _KEPT = 1_000_000, 5


def log(settings: Settings, text: str) -> None:
    """Append `text` to the log file, if there is one; work goes on when it cannot be written."""
    if settings.log_file is None:
        return
    now = settings.clock().astimezone(CST).isoformat()
    line = harmless(" ".join([now, *settings.operator.split(), *text.split()])) + "\n"
    _rotate(settings.log_file)
    try:
        # One write of one line in append mode, so that commands running at once do not mix theirs.
        handle = os.open(settings.log_file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(handle, "ab") as file:
            file.write(line.encode(errors="replace"))
    except OSError as error:
        print(f"提示：不能写入日志文件 {settings.log_file}：{os_words(error)}", file=sys.stderr)


def warn(settings: Settings, text: str) -> None:
    """Say something to people on stderr, --quiet or not: what they may be blamed for not knowing."""
    note(replace(settings, quiet=False), text)


def note(settings: Settings, text: str) -> None:
    """Say something to people on stderr, unless --quiet; it goes into the log file either way."""
    if "zhupei " in text:
        from zhupei_cli.shell.hints import completed

        text = completed(settings, text)
    log(settings, text)
    if not settings.quiet:
        with suppress(OSError):  # whoever closed or filled stderr does not listen; the work goes on
            click.echo(harmless(text), err=True)


def _rotate(path: Path) -> None:
    # Whoever is writing to the file meanwhile goes on in the one with the next number.
    with suppress(OSError):
        if path.stat().st_size < _LARGEST:
            return
        for number in range(_KEPT - 1, 0, -1):
            older = path.with_name(f"{path.name}.{number}")
            if older.exists():
                older.replace(path.with_name(f"{path.name}.{number + 1}"))
        path.replace(path.with_name(f"{path.name}.1"))
