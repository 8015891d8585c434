"""Writing a file so that its readers see the old content or the new one, never half of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from zhupei_cli.errors import ZhupeiError

#: Lists of people are for whoever made them.
PRIVATE = 0o600


@contextmanager
def replacing(path: Path, force: bool = False) -> Iterator[Path]:
    """Yield an empty file beside `path` (same suffix, mode 0600) that takes its place when the block ends well.

    On any error the file beside goes away and `path` stays as it was. Refused are an existing file
    without `force` (E002), a folder that does not exist (E081), and what the system refuses (E082).
    """
    refuse_existing(path, force)
    beside = _beside(path)
    try:
        yield beside
        beside.chmod(PRIVATE)
        # Looked at again: the work in between may have taken minutes.
        refuse_existing(path, force)
        _rename(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def refuse_existing(path: Path, force: bool = False) -> None:
    """Raise E002 when `path` exists and may not be replaced; folders and devices never are."""
    if path.exists() and not (force and path.is_file()):
        raise ZhupeiError("E002", file=path)


def _beside(path: Path) -> Path:
    import os
    from tempfile import mkstemp

    if not path.parent.is_dir():
        raise ZhupeiError("E081", folder=path.parent)
    try:
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
    return ZhupeiError("E082", file=path, detail=error.strerror or type(error).__name__)
