"""What the program takes care of because its work is kept, and a run of tests does without."""

import os
import shutil
import sys
from functools import partial
from pathlib import Path
from typing import Final

import pytest
from argon2 import PasswordHasher

_MEMORY: Final = Path("/dev/shm")
#: Its folders take some hundred megabytes; a container may have 64 in all.
_ENOUGH: Final = 4 << 30


def hurry() -> None:
    """Keep modules compiled, work in memory and hash weakly; processes begun here do the first two."""
    # Where nothing may be kept compiled, each of the thousand processes that tests begin compiles our
    # modules anew: a quarter of its start.
    sys.dont_write_bytecode = False
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    # A transaction waits for the disk several times: 30 ms where others are at work, 2 in memory.
    if _MEMORY.is_dir() and os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _ENOUGH:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_MEMORY))
    # A hash takes 64 MB and a third of a second, so that nobody guesses; nobody guesses here.
    weak = partial(PasswordHasher, time_cost=1, memory_cost=8, parallelism=1)
    pytest.MonkeyPatch().setattr("argon2.PasswordHasher", weak)


def hash_with_care(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a test hash passwords as the program does."""
    monkeypatch.setattr("argon2.PasswordHasher", PasswordHasher)
