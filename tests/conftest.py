"""What every test may ask for: a real database, the program run in a folder of its own at a fixed time."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import click
import pytest
from click.testing import CliRunner

from zhupei_cli.acting import Acting
from zhupei_cli.cli import cli
from zhupei_cli.services.reference import load_default_specialties
from zhupei_cli.store.engine import transaction
from zhupei_cli.store.schema import create

#: 2026-06-05 10:00:00 in +08:00: inside the dates of the batches that tests open.
NOW = datetime(2026, 6, 5, 2, 0, tzinfo=UTC)
OPERATOR = "测试员"


class Ran(NamedTuple):
    """How a run ended: exit code, data for programs, words for people."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture
def by() -> Acting:
    """Somebody of the province, at NOW."""
    return Acting(OPERATOR, NOW)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with its tables and the default specialties, made once."""
    path = tmp_path_factory.mktemp("template") / "template.sqlite"
    create(f"sqlite:///{path}")
    with transaction(f"sqlite:///{path}") as session:
        load_default_specialties(session, by=Acting(OPERATOR, NOW))
    return path


@pytest.fixture
def database(template: Path, tmp_path: Path) -> str:
    """Return the URL of a fresh database."""
    path = tmp_path / "zhupei.sqlite"
    shutil.copyfile(template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder, without the settings of whoever runs the tests."""
    for name in ("DATABASE_URL", "OPERATOR", "BATCH", "NO_INPUT"):
        monkeypatch.delenv(f"ZHUPEI_{name}", raising=False)
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def zhupei(home: Path) -> Run:
    """Return what runs `zhupei ARGS…` as 测试员 at NOW; `program` stands in for the whole program."""
    del home

    def run(
        *args: str | Path,
        env: dict[str, str] | None = None,
        stdin: str | None = None,
        program: click.Command = cli,
    ) -> Ran:
        result = CliRunner().invoke(
            program,
            [str(arg) for arg in args],
            input=stdin,
            env={"ZHUPEI_OPERATOR": OPERATOR, **(env or {})},
            obj=lambda: NOW,
        )
        return Ran(result.exit_code, result.stdout, result.stderr)

    return run
