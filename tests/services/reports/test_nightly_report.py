"""Old nights of a report go, and what is told of it is true."""

import os
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.report_world import draw, store
from zhupei_cli.services.reports import nightly_report, reporting
from zhupei_cli.store.engine import transaction

#: Who may remove nothing of others.
_NOBODY = 65_534


@pytest.fixture
def read_only() -> Iterator[Path]:
    """A folder in which nobody but root may remove anything; others may look into it."""
    if sys.platform == "win32" or os.geteuid() != 0:
        pytest.skip("only root may become somebody else")
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


@pytest.mark.sqlite
def test_what_could_not_be_removed_is_not_told_as_gone(database: str, read_only: Path) -> None:
    with transaction(database, dry_run=True) as session:
        batch = store(session, draw(1), status="open")
        report = reporting.measure(session, batch, now=datetime(2026, 6, 20, 2, 0, tzinfo=UTC))
    old = read_only / f"{report.head.batch}_日报_2026-06-01.html"
    old.touch()
    os.seteuid(_NOBODY)
    try:
        assert nightly_report.remove_old(read_only, report, keep=5) == []
    finally:
        os.seteuid(0)
    assert old.exists()
    assert nightly_report.remove_old(read_only, report, keep=5) == [old.name]
    assert not old.exists()
