"""The log file of --log-file: a line for everything said on stderr, with time and operator."""

import os
import sys

from zhupei_cli.acting import CST
from zhupei_cli.settings import Settings


def log(settings: Settings, text: str) -> None:
    """Append `text` to the log file, if there is one; work goes on when it cannot be written."""
    if settings.log_file is None:
        return
    now = settings.clock().astimezone(CST).isoformat()
    line = " ".join([now, settings.operator, *text.split()]) + "\n"
    try:
        # One write of one line in append mode, so that commands running at once do not mix theirs.
        handle = os.open(settings.log_file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(handle, "ab") as file:
            file.write(line.encode())
    except OSError as error:
        print(f"提示：不能写入日志文件 {settings.log_file}：{error.strerror}", file=sys.stderr)
