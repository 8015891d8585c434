"""A PostgreSQL 16 and an 18 with walls: people of two bases, a login of each kind, what must not be seen."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.builders import store_world
from tests.conftest import NOW, OPERATOR
from tests.people import id_number, open_batch, person, write_people
from tests.server import Server, running_server
from zhupei_cli.acting import Acting
from zhupei_cli.model import Batch
from zhupei_cli.rules.admission.run import Held, Inputs, Place, RunSpecialty
from zhupei_cli.rules.people.masking import mask_id
from zhupei_cli.services.applications.importing.case import Options
from zhupei_cli.services.applications.importing.intake import import_trainees
from zhupei_cli.services.records.workbooks import read_workbooks
from zhupei_cli.services.reference.lists import load_default_specialties
from zhupei_cli.services.reviews import decisions
from zhupei_cli.services.reviews.decisions import Verdict
from zhupei_cli.services.upkeep import logins, roles
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.store.engine import transaction
from zhupei_cli.store.schema import create
from zhupei_cli.store.walls import LoginKind
from zhupei_cli.words.vocabulary import Decision

BASE, OTHER = "4101001", "4103001"
PASSWORD = "geheim-2026-x"
REASON = "别家的理由"
#: login → its kind and base
LOGINS = {
    "zhao": (LoginKind.BASE, BASE),
    "qian": (LoginKind.BASE, OTHER),
    "sun": (LoginKind.AUDITOR, None),
    "li": (LoginKind.PROVINCE, None),
}
_BY = Acting(OPERATOR, NOW)
_PEOPLE = (
    person(1),
    person(2),
    person(3, name="钱外一", choice1_base=OTHER, choice2_base=BASE),
    person(4, name="钱外二", choice1_base=OTHER, choice2_base="4101002"),
)
_DRAFT = person(5, name="王草稿")


@dataclass(frozen=True, slots=True)
class World:
    """A database with walls. `facts` fill the placeholders of attacks; no base may see `secrets`."""

    server: Server
    database: str
    facts: dict[str, Any]
    secrets: frozenset[str]

    @property
    def admin(self) -> str:
        """The URL of the superuser."""
        return self.server.url(self.database)

    def login(self, name: str) -> str:
        """Return the URL of one of LOGINS."""
        return self.server.url(self.database, user=name, password=PASSWORD)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave to --thorough what is the same on both versions; the attacks are always tried on both."""
    if config.getoption("--thorough"):
        return
    twice = [item for item in items if _is_repeated(item)]
    config.hook.pytest_deselected(items=twice)
    items[:] = [item for item in items if item not in twice]


def _is_repeated(item: pytest.Item) -> bool:
    """Say whether the item is done on the newer version what is done on the older one too."""
    here = item.path.is_relative_to(Path(__file__).parent)
    newer = isinstance(item, pytest.Function) and "[18" in item.name
    return here and newer and item.path.name != "test_attacks.py"


@pytest.fixture(scope="session", params=(16, 18), ids=("16", "18"))
def version(request: pytest.FixtureRequest) -> Iterator[Server]:
    """Return a server of each version."""
    with running_server(request.param) as server:
        yield server


@pytest.fixture(scope="session")
def made(version: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Return a world nobody stays connected to: others are copies of it."""
    database = f"zhupei_{os.getpid()}_made"
    version.create(database)
    url = version.url(database)
    _fill(url, tmp_path_factory.mktemp("people"))
    version.execute("ANALYZE", database=database)
    yield World(version, database, *_told(url))
    version.drop(database)


@pytest.fixture(scope="session")
def walls(made: World) -> Iterator[World]:
    """Return a world that stays as it is: attacks change nothing."""
    yield from _copied(made, "walls")


@pytest.fixture
def world(made: World) -> Iterator[World]:
    """Return a world of the test's own."""
    yield from _copied(made, "world")


def _copied(made: World, name: str) -> Iterator[World]:
    database = f"zhupei_{os.getpid()}_{name}"
    made.server.create(database, template=made.database)
    # What `db user add` sets belongs to one database and is not copied.
    for login, (kind, _) in LOGINS.items():
        if kind != LoginKind.PROVINCE:
            path = f"zhupei_{kind}, public"
            made.server.execute(f"ALTER ROLE {login} IN DATABASE {database} SET search_path = {path}")
    # Neither are the privileges on the database itself.
    with transaction(made.server.url(database)) as session:
        roles.apply_roles(session)
    yield replace(made, database=database)
    made.server.drop(database)


def _fill(url: str, folder: Path) -> None:
    create(url)
    with transaction(url) as session:
        load_default_specialties(session, by=_BY)
        open_batch(session)
    _import(url, folder / "a.xlsx", _PEOPLE, submit=True)
    _import(url, folder / "b.xlsx", (_DRAFT,), submit=False)
    with transaction(url) as session:
        _seats_and_reviews(session)
        roles.apply_roles(session)
        for login, (kind, base) in LOGINS.items():
            logins.add_login(session, login, kind, base=base, password=PASSWORD, by=_BY)


def _import(url: str, path: Path, rows: tuple[dict[str, Any], ...], *, submit: bool) -> None:
    reading = read_workbooks([write_people(path, rows)], workbook_kinds.PERSON)
    with transaction(url) as session:
        batch = session.get_one(Batch, 1)
        import_trainees(session, reading, batch=batch, by=_BY, options=Options(submit=submit))


def _seats_and_reviews(session: Session) -> None:
    verdicts = [Verdict("HN2026-0000004", Decision.REJECT, REASON)]
    decisions.decide(session, session.get_one(Batch, 1), verdicts, by=_BY, base=OTHER)
    # Placed with the login's base, though another one's first choice: one published, one not yet.
    inputs = Inputs(
        places=(Place(BASE, "0100", 5), Place(OTHER, "0100", 5)),
        candidates=(),
        cities={},
        specialties={"0100": RunSpecialty("西医", shortage=False)},
        held=(Held(BASE, "0100", "social"),),
    )
    session.execute(text("INSERT INTO counter VALUES ('batch', 1) ON CONFLICT DO NOTHING"))
    for code, status in (("PUB", "publicity"), ("COM", "committed")):
        store_world(session, inputs, code=code, status=status)
    session.execute(text(f"UPDATE choice SET base_code = '{OTHER}' WHERE batch_id > 1"))


def _told(url: str) -> tuple[dict[str, Any], frozenset[str]]:
    with transaction(url, read_only=True) as session:
        ids = dict(tuple(row) for row in session.execute(text("SELECT application_no, id FROM application")))
        trainees = dict(tuple(row) for row in session.execute(text("SELECT id, name FROM trainee")))
        batches = dict(tuple(row) for row in session.execute(text("SELECT code, id FROM batch")))
    own, second, foreign = (f"HN2026-000000{number}" for number in (1, 3, 4))
    unseen = max(trainees)
    facts = {
        "base": BASE,
        "other": OTHER,
        "batch": batches["HN2026"],
        "own": ids[own],
        "own_no": own,
        "published": batches["PUB"],
        "committed": batches["COM"],
        "placed_no": "PUB-9000000",
        "second": ids[second],
        "second_no": second,
        "foreign": ids[foreign],
        "foreign_no": foreign,
        "foreign_trainee": 4,
        "foreign_name": "钱外二",
        "foreign_id": id_number(4),
        "unused_id": id_number(99),
    }
    hidden = {"钱外一", "钱外二", "王草稿", REASON, trainees[unseen], "SCRAM-SHA-256", "COM-9000000"}
    hidden |= {second, foreign, "HN2026-0000005", f"<{ids[second]}>", f"<{ids[foreign]}>"}
    hidden |= {id_number(number) for number in trainees} | {f"138{number:08d}" for number in trainees}
    hidden |= {mask_id(id_number(number)) for number in (3, 4, 5, unseen)} | {"文化路", "13900000000"}
    return facts, frozenset(hidden)
