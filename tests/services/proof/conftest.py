"""One prepared season for all plants: on a server a copy of the file's, nothing is ever committed."""

import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from tests.conftest import ASKED
from tests.forged_season import prepare
from tests.oceanbase_slots import OceanBaseSlots
from tests.slots import Slots
from zhupei_cli.services.upkeep.copying import copy_database
from zhupei_cli.store.engine import open_engine


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file of a season that nobody has touched."""
    path = prepare(tmp_path_factory.mktemp("season"))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


@pytest.fixture(scope="session")
def seasons(whole: Path, request: pytest.FixtureRequest) -> Callable[[str], str]:
    """Return what gives the URL of the season on a kind of database."""
    urls = {"sqlite": f"sqlite:///{whole}"}

    def url(backend: str) -> str:
        if backend == "oceanbase" and backend not in urls:
            made: OceanBaseSlots = request.getfixturevalue("oceanbase_slots")
            name = f"{made.template}_season"
            made.server.drop(name)
            made.server.create(name)
            urls[backend] = made.server.url(name)
            copy_database(urls["sqlite"], urls[backend])
        if backend not in urls:
            slots: Slots = request.getfixturevalue("slots")
            name = f"{slots.template}_season"
            slots.server.create(name)
            slots.made.add(name)  # dropped with the others
            urls[backend] = slots.server.url(name, user=slots.user, password=slots.password)
            copy_database(urls["sqlite"], urls[backend])
        return urls[backend]

    return url


def _quoted(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> tuple[str, Any]:
    """Write a name between quotes that is a word of the language there."""
    return re.sub(r"(?<![`\w])key(?![`\w])", "`key`", statement), parameters


@pytest.fixture
def forging(seasons: Callable[[str], str], backend: str) -> Iterator[Callable[[], object]]:
    """Return what opens the season for somebody no constraint holds, and takes all back."""
    assert backend in ASKED
    engine = open_engine(seasons(backend))
    if backend == "oceanbase":
        event.listen(engine, "before_cursor_execute", _quoted, retval=True)

    @contextmanager
    def opened() -> Iterator[Session]:
        with Session(engine) as session:
            if backend == "sqlite":
                session.execute(text("PRAGMA defer_foreign_keys=ON"))
                session.execute(text("PRAGMA ignore_check_constraints=ON"))
            elif backend == "oceanbase":  # CHECKs hold whoever it is
                session.execute(text("SET SESSION foreign_key_checks = 0"))
            else:
                session.execute(text("SET LOCAL session_replication_role = replica"))
            try:
                yield session
            finally:
                session.rollback()

    yield opened
    engine.dispose()


@pytest.fixture
def copied(whole: Path, tmp_path: Path) -> Path:
    """Return a copy of the season's file that may be damaged."""
    return Path(shutil.copyfile(whole, tmp_path / "season.sqlite"))
