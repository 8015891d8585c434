import errno
import os

import pytest

from zhupei_cli.oswords import os_words


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (PermissionError(errno.EACCES, "Permission denied"), "没有权限"),
        (OSError(errno.ENOSPC, "No space left on device"), "磁盘已满"),
        (OSError(errno.EROFS, "Read-only file system"), "磁盘是只读的"),
        (ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused"), "连接被拒绝"),
        (TimeoutError("timed out"), "没有回应"),
        (OSError(errno.ENOTTY, os.strerror(errno.ENOTTY)), os.strerror(errno.ENOTTY)),
        (OSError("something"), "OSError"),
    ],
)
def test_why_the_system_refuses(error: OSError, words: str) -> None:
    assert os_words(error) == words
