"""Writing a file so that its readers see the old content or the new one, never half of it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from zhupei_cli.errors import ZhupeiError

#: Lists of people are for whoever made them.
PRIVATE = 0o600


@contextmanager
def replacing(path: Path, *, force: bool = False) -> Iterator[Path]:
    """Yield an empty file beside `path` that takes its place when the block ends well.

    It has the suffix of `path` and mode 0600; missing folders are made. On any error it goes away and
    `path` stays as it was. Raises E002 when `path` exists, unless `force`, E003 when it cannot be written.
    """
    refuse_existing(path, force=force)
    beside = _beside(path)
    try:
        yield beside
        beside.chmod(PRIVATE)  # some writers make the file anew
        refuse_existing(path, force=force)  # looked at again: the work may have taken minutes
        _rename(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def refuse_existing(path: Path, *, force: bool = False) -> None:
    """Raise E002 when `path` exists and may not be replaced; folders and devices never are."""
    if path.exists() and not (force and path.is_file()):
        raise ZhupeiError("E002", file=path)


def _beside(path: Path) -> Path:
    from tempfile import mkstemp

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = mkstemp(prefix=".zhupei-", suffix=path.suffix, dir=path.parent)
    except OSError as error:
        raise _unwritable(path, error) from error
    os.close(handle)
    return Path(name)


def _rename(beside: Path, path: Path) -> None:
    try:
        beside.replace(path)
    except OSError as error:  # on Windows: the old file is open in Excel
        raise _unwritable(path, error) from error


def _unwritable(path: Path, error: OSError) -> ZhupeiError:
    return ZhupeiError("E003", file=path, detail=error.strerror or type(error).__name__)
