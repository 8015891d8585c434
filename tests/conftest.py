"""Fixtures shared by all tests: a real database, and somebody who acts at a fixed instant."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from zhupei_cli.acting import Acting
from zhupei_cli.services.reference import load_default_specialties
from zhupei_cli.store.engine import transaction
from zhupei_cli.store.schema import create

#: Inside the dates of the batches that tests open.
NOW = datetime(2026, 6, 5, 2, 0, 0, tzinfo=UTC)


@pytest.fixture
def by() -> Acting:
    """Somebody of the province, at NOW."""
    return Acting("省厅经办", NOW)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with its tables and the default specialties, made once."""
    path = tmp_path_factory.mktemp("template") / "template.sqlite"
    url = f"sqlite:///{path}"
    create(url)
    with transaction(url) as session:
        load_default_specialties(session, by=Acting("测试", NOW))
    return path


@pytest.fixture
def database(template: Path, tmp_path: Path) -> str:
    """The URL of a fresh database."""
    path = tmp_path / "zhupei.sqlite"
    shutil.copyfile(template, path)
    return f"sqlite:///{path}"
