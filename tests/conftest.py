"""What every test may ask for: a real database, the program run in a folder of its own at a fixed time."""

import os
import secrets
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

import click
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, settings

from tests import careless, compiled
from tests.oceanbase_server import GIVEN, running_oceanbase
from tests.oceanbase_slots import OceanBaseSlots
from tests.server import Server, running_server
from tests.slots import Slots
from tests.statements_of_services import nothing_new
from zhupei_cli.acting import Acting
from zhupei_cli.services.reference.lists import load_default_specialties
from zhupei_cli.shell.cli import cli
from zhupei_cli.store.engine import transaction
from zhupei_cli.store.schema import create

#: 2026-06-05 10:00:00 in +08:00: inside the dates of the batches that tests open.
NOW = datetime(2026, 6, 5, 2, 0, tzinfo=UTC)
OPERATOR = "测试员"
#: What every run is about, and what one is about that asks for it.
BACKENDS = ("sqlite", "postgresql")
ASKED = (*BACKENDS, "oceanbase")
#: The engine of this run, for as long as it lasts.
_RUNNING = pytest.StashKey[ExitStack]()


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


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take which databases the run is about: both, unless somebody is in a hurry."""
    parser.addoption("--on", choices=(*ASKED, "both"), default="both", help="databases to test on")
    parser.addoption("--thorough", action="store_true", help="all of what is taken in samples otherwise")
    parser.addoption("--server", type=int, choices=(16, 18), default=16, help="version of PostgreSQL")


def pytest_configure(config: pytest.Config) -> None:
    """Name the marks of this suite, compile each statement once for all its databases, and waste no care."""
    compiled.share()
    careless.hurry()
    # How fast a machine draws examples depends on who else is at work: no test is wrong for it.
    settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("busy")
    config.addinivalue_line("markers", "sqlite: about files of SQLite, or the same on every database")
    config.addinivalue_line("markers", "oceanbase: about OceanBase alone, with --on oceanbase")
    config.addinivalue_line("markers", "long: takes its file a quarter of a minute or more")
    config.addinivalue_line("markers", "once: on SQLite alone, where one database or all is not asked for")
    if config.getoption("--on") == "oceanbase" and not hasattr(config, "workerinput"):
        running = config.stash[_RUNNING] = ExitStack()
        os.environ[GIVEN] = running.enter_context(running_oceanbase()).url("")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the engine that was started for this run."""
    if _RUNNING in config.stash:
        config.stash[_RUNNING].close()
        del os.environ[GIVEN]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take long: begun last, they would run while the other workers are idle."""
    long = {item.path for item in items if item.get_closest_marker("long")}
    items.sort(key=lambda item: item.path not in long)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that asks for a database on SQLite and on PostgreSQL."""
    if "backend" in metafunc.fixturenames:
        chosen: str = metafunc.config.getoption("--on")
        backends: Sequence[str] = BACKENDS if chosen == "both" else (chosen,)
        thorough = metafunc.config.getoption("--thorough")
        if chosen == "both" and not thorough and not _in_sample(metafunc.definition):
            backends = ["sqlite"]
        if metafunc.definition.get_closest_marker("sqlite"):
            backends = [backend for backend in backends if backend == "sqlite"]
        if metafunc.definition.get_closest_marker("oceanbase"):
            backends = [backend for backend in backends if backend == "oceanbase"]
        metafunc.parametrize("backend", backends)


#: Rooms of tests whose services have their own on both databases, and of which part is done on both here.
_OF_COMMANDS = Path(__file__).parent / "commands"
_ONE_OF = 3


def _in_sample(item: pytest.Item) -> bool:
    """Say whether a test is always done on both databases.

    All are but most of those of single commands, those of services that bring no statement of their own, and
    those marked `once`: long, and of what screens say beside each other.
    """
    if item.get_closest_marker("once"):
        return False
    if _OF_COMMANDS in item.path.parents and item.path.parent != _OF_COMMANDS:
        return crc32(item.nodeid.encode()) % _ONE_OF == 0
    return item.nodeid not in nothing_new()


@pytest.fixture(scope="session")
def thorough(request: pytest.FixtureRequest) -> bool:
    """Whether all is tried of what is taken in samples otherwise, for the gate's sake."""
    chosen: bool = request.config.getoption("--thorough")
    return chosen


@pytest.fixture(scope="session")
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """Return the PostgreSQL of this run, started when the first test asks for it."""
    with running_server(request.config.getoption("--server")) as running:
        yield running


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with our tables and the default specialties, made once."""
    path = tmp_path_factory.mktemp("template") / "template.sqlite"
    _fill(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def slots(server: Server) -> Iterator[Slots]:
    """Return what hands out databases of the server, with our tables and the default specialties."""
    password, template = secrets.token_hex(8), f"zhupei_test_{os.getpid()}"
    # On a server the login counts, not the operator's name: here they are one.
    server.execute(f'DROP ROLE IF EXISTS "{OPERATOR}"')
    server.execute(f"CREATE ROLE \"{OPERATOR}\" SUPERUSER LOGIN PASSWORD '{password}'")
    server.create(template)
    _fill(server.url(template, user=OPERATOR, password=password))
    made = Slots(server, template, OPERATOR, password)
    yield made
    made.drop()


@pytest.fixture(scope="session")
def oceanbase_slots() -> Iterator[OceanBaseSlots]:
    """Return what hands out databases of OceanBase, with our tables and the default specialties."""
    with running_oceanbase() as server:
        made = OceanBaseSlots(server, f"zhupei_test_{os.getpid()}")
        made.fill(_fill)
        yield made
        made.drop()


def _fill(url: str) -> None:
    create(url)
    with transaction(url) as session:
        load_default_specialties(session, by=Acting(OPERATOR, NOW))


@pytest.fixture
def new_database(request: pytest.FixtureRequest, backend: str, tmp_path: Path) -> Callable[[], str]:
    """Return what makes one more database and returns its URL."""
    numbers = count()

    def in_file() -> str:
        path = tmp_path / f"zhupei{next(numbers) or ''}.sqlite"
        shutil.copyfile(request.getfixturevalue("template"), path)
        return f"sqlite:///{path}"

    def on_server() -> str:
        slots: Slots = request.getfixturevalue("slots")
        return slots.take(next(numbers))

    def on_oceanbase() -> str:
        slots: OceanBaseSlots = request.getfixturevalue("oceanbase_slots")
        return slots.take(next(numbers))

    return {"sqlite": in_file, "postgresql": on_server, "oceanbase": on_oceanbase}[backend]


@pytest.fixture
def database(new_database: Callable[[], str]) -> str:
    """Return the URL of a fresh database: the test runs on SQLite and on PostgreSQL."""
    return new_database()


@pytest.fixture
def nowhere(request: pytest.FixtureRequest, backend: str, tmp_path: Path) -> Iterator[str]:
    """Return a URL where `db init` makes a database: no file yet, or an empty database of the server."""
    if backend == "sqlite":
        yield f"sqlite:///{tmp_path / 'new.sqlite'}"
        return
    if backend == "oceanbase":
        made: OceanBaseSlots = request.getfixturevalue("oceanbase_slots")
        made.server.drop(f"{made.template}_empty")
        made.server.create(f"{made.template}_empty")
        yield made.server.url(f"{made.template}_empty")
        made.server.drop(f"{made.template}_empty")
        return
    slots: Slots = request.getfixturevalue("slots")
    name = f"{slots.template}_empty"
    slots.server.create(name)
    yield slots.server.url(name, user=slots.user, password=slots.password)
    slots.server.drop(name)


@pytest.fixture
def server_programs(request: pytest.FixtureRequest, backend: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pg_dump and pg_restore of the server's version be found."""
    if backend == "postgresql":
        server: Server = request.getfixturevalue("server")
        if server.programs is not None:
            monkeypatch.setenv("PATH", f"{server.programs}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder, without the settings of whoever runs the tests."""
    for name in [name for name in os.environ if name.startswith("ZHUPEI_")]:
        monkeypatch.delenv(name)
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
