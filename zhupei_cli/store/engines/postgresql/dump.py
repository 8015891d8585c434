"""Backups of a server: pg_dump and pg_restore of the server's own version, found and run."""

import os
import re
import shutil
import subprocess
from contextlib import AbstractContextManager
from pathlib import Path
from tempfile import NamedTemporaryFile

from sqlalchemy import URL, Connection, inspect

from zhupei_cli.store.engines.postgresql.health import has_version, has_walls
from zhupei_cli.store.engines.postgresql.opening import PATIENCE, at_work, open_engine
from zhupei_cli.store.engines.servers import shown
from zhupei_cli.words.errors import ZhupeiError

#: Where installers put the programs of one version, beside PATH.
_PLACES = (
    "/usr/lib/postgresql/{version}/bin",
    "/usr/pgsql-{version}/bin",
    "C:/Program Files/PostgreSQL/{version}/bin",
)
#: What makes our tables: roles, policies and functions are not part of a backup (`db roles apply`).
_ENTRY = re.compile(
    r"^\d+; \d+ \d+ (?:TABLE DATA|TABLE|CONSTRAINT|FK CONSTRAINT|CHECK CONSTRAINT|INDEX) public (\S+)"
)


def back_up(url: URL, path: Path) -> None:
    """Write the database into `path` by pg_dump; E516 when there is none of the server's version."""
    options = ["--format=custom", "--no-owner", "--no-privileges", "--schema=public", f"--file={path}"]
    # Whom the policies let see everything need not be above them: the owner on a managed server is not.
    options.append("--enable-row-security")
    _run("pg_dump", url, options, database=True)


def restore(path: Path, url: URL, *, replace: bool, dry_run: bool, head: str) -> None:
    """Restore `path` by pg_restore in one transaction. Raises E518 for what is no whole backup of ours,
    E519 when the database is not empty, E504 when the backup is newer than the program.
    """
    listed = _contents(path, url)
    version = _version(path, url)
    if version > head:
        raise ZhupeiError("E504", version=version, head=head)
    with _looking(url) as connection:
        emptied = _to_be_emptied(connection, url, replace=replace)
    if dry_run:
        return
    options = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"]
    options += ["--clean", "--if-exists"] if emptied else []
    with NamedTemporaryFile("w", encoding="utf-8", suffix=".list") as wanted:
        wanted.write("\n".join(listed))
        wanted.flush()
        try:
            _run("pg_restore", url, [*options, f"--use-list={wanted.name}", str(path)], database=True)
        except ZhupeiError as error:
            if error.code != "E517" or "input file" not in error.message:
                raise
            raise ZhupeiError("E518", file=path, problem="文件不完整或已损坏") from error


def _looking(url: URL) -> AbstractContextManager[Connection]:
    return at_work(open_engine(url), read_only=True).begin()


def _to_be_emptied(connection: Connection, url: URL, *, replace: bool) -> bool:
    """Return whether our tables stand there and go; E514, E519 when something may not."""
    from zhupei_cli.model import Base

    tables = set(inspect(connection).get_table_names())
    foreign = tables - set(Base.metadata.tables) - {"alembic_version"}
    if foreign or (tables and not has_version(connection)):
        names = "、".join(sorted(foreign or tables)[:3])
        raise ZhupeiError("E514", database=shown(url), tables=names)
    walls = has_walls(connection)
    if tables and (walls or not replace):
        # Views and policies hang on the tables: what has walls is restored beside, not over.
        raise ZhupeiError("E531" if walls else "E519", database=shown(url))
    return bool(tables)


def _contents(path: Path, url: URL) -> list[str]:
    try:
        lines = _run("pg_restore", url, ["--list", str(path)]).splitlines()
    except ZhupeiError as error:
        if error.code != "E517":
            raise
        raise ZhupeiError("E518", file=path, problem="文件不完整或已损坏") from error
    listed = [(line, found[1]) for line in lines if (found := _ENTRY.match(line))]
    tables = {name for line, name in listed if " TABLE DATA " in line}
    if not {"alembic_version", "application", "event"} <= tables:
        raise ZhupeiError("E518", file=path, problem="不是本程序的备份")
    return [line for line, _ in listed]


def _version(path: Path, url: URL) -> str:
    script = _run("pg_restore", url, ["--data-only", "--table=alembic_version", "--file=-", str(path)])
    found = re.search(r"^COPY .*\n(\w+)$", script, re.MULTILINE)
    if found is None:
        raise ZhupeiError("E518", file=path, problem="文件不完整或已损坏")
    return found[1]


def _run(program: str, url: URL, options: list[str], *, database: bool = False) -> str:
    """Run a program of the server's version, on the `database` itself or not, and return what it prints.

    Raises E516 when there is no such program, E517 when it fails.
    """
    with _looking(url) as connection:
        major = int((connection.dialect.server_version_info or (0,))[0])
    conninfo, password = _connection(url)
    words = [_found(program, major), *options]
    if database:
        words += ["--no-password", f"--dbname={conninfo}"]
    # Everybody may see the words of a running program: the password goes another way.
    environment = os.environ | {"LC_ALL": "C"} | ({"PGPASSWORD": password} if password else {})
    ran = subprocess.run(words, capture_output=True, env=environment)
    if ran.returncode:
        said = ran.stderr.decode(errors="replace").strip() or str(ran.returncode)
        raise ZhupeiError("E517", program=program, detail=said.splitlines()[0])
    return ran.stdout.decode(errors="replace")


def _connection(url: URL) -> tuple[str, str]:
    """Return how libpq writes the URL, without its password, and the password."""
    from psycopg.conninfo import make_conninfo

    parts = dict(url.get_dialect()().create_connect_args(url)[1])
    password = str(parts.pop("password", None) or "")
    return make_conninfo("", **{**PATIENCE, **parts}), password


def _found(program: str, major: int) -> str:
    places = [os.environ.get("PATH", ""), *(place.format(version=major) for place in _PLACES)]
    for folder in os.pathsep.join(places).split(os.pathsep):
        path = shutil.which(program, path=folder)
        if path and _major(path) == major:
            return path
    raise ZhupeiError("E516", program=program, version=major)


def _major(program: str) -> int | None:
    said = subprocess.run([program, "--version"], capture_output=True, text=True).stdout
    found = re.search(r"\) (\d+)", said)
    return int(found[1]) if found else None
