"""Walls between bases on OceanBase: what the login of a base may try in SQL, and what it finds."""

import re
from collections.abc import Iterator
from contextlib import closing
from importlib.resources import files
from typing import Any

import pytest
from sqlalchemy import make_url

from tests.builders import drawn_world, store_world
from tests.oceanbase_server import OceanBase
from tests.oceanbase_slots import OceanBaseSlots
from zhupei_cli.store.engine import transaction

pytestmark = pytest.mark.oceanbase

DENIED, NO_DATABASE, NO_RIGHT, NOT_WRITTEN, NOT_ADDED = 1142, 1044, 1227, 1288, 1471
#: {…}: the tables' database, another base's application, this login.
ATTACKS = {
    "SELECT * FROM application WHERE id = {foreign}": (),
    "SELECT * FROM application WHERE 1 = 2 OR id = {foreign}": (),
    "SELECT * FROM person WHERE application_id = {foreign}": (),
    "SELECT * FROM batch b LEFT JOIN person p ON p.application_id = {foreign} WHERE p.name IS NOT NULL": (),
    "SELECT * FROM plan WHERE base_code <> 'B001'": (),
    "SELECT column_name FROM information_schema.columns WHERE table_schema = '{here}'": (),
    "SELECT * FROM {here}.application": DENIED,
    "SELECT id_number FROM {here}.snapshot": DENIED,
    "SELECT * FROM {here}.trainee": DENIED,
    "SELECT * FROM {here}.event": DENIED,
    "SELECT * FROM {here}.alembic_version FOR UPDATE": DENIED,
    "SELECT * FROM {here}_walls.login": DENIED,
    "INSERT INTO {here}_walls.login VALUES ('{login}2', 'B002')": DENIED,
    "UPDATE {here}.choice SET base_code = 'B001'": DENIED,
    "UPDATE application SET status = 'approved'": NOT_WRITTEN,
    "DELETE FROM review": NOT_WRITTEN,
    "INSERT INTO review SELECT * FROM review": NOT_ADDED,
    "CREATE VIEW mine AS SELECT * FROM {here}.snapshot": DENIED,
    "SHOW CREATE VIEW application": DENIED,
    "DROP VIEW application": DENIED,
    "USE {here}": NO_DATABASE,
    "GRANT SELECT ON {here}.* TO {login}": NO_DATABASE,
    "CREATE USER {login}2 IDENTIFIED BY 'x'": NO_RIGHT,
    "SELECT * FROM person INTO OUTFILE '/tmp/person'": NO_RIGHT,
    "SELECT * FROM mysql.user": DENIED,
}


@pytest.fixture
def facts(database: str, oceanbase_slots: OceanBaseSlots) -> Iterator[dict[str, Any]]:
    """Store a season of four bases, and make a login of B001 by the script."""
    server, here = oceanbase_slots.server, make_url(database).database
    login = f"zhao_{here}"
    with transaction(database) as session:
        store_world(session, drawn_world(60, bases=4, specialties=3))
    script = (files("zhupei_cli.sql") / "oceanbase" / "walls.sql").read_text("utf-8")
    words = "\n".join(line for line in script.split("\n") if not line.startswith("--"))
    statements = [one for one in re.sub(r"\bzhupei(?=[._])", str(here), words).split(";") if one.strip()]
    server.execute(
        *statements,
        f"CREATE USER {login} IDENTIFIED BY 'x'",
        f"INSERT INTO {here}_walls.login VALUES ('{login}', 'B001')",
        f"GRANT SELECT ON {here}_base.* TO {login}",
    )
    counted = f"SELECT application_id, base_code = 'B001' FROM {here}.choice WHERE number = 1"
    with closing(server.connect()) as connection, connection.cursor() as cursor:
        cursor.execute(counted)
        rows = cursor.fetchall()
    mine = sorted(id_ for id_, own in rows if own)
    foreign = next(id_ for id_, own in rows if not own)
    yield {"here": here, "login": login, "foreign": foreign, "mine": mine, "server": server}
    server.execute(f"DROP USER {login}")
    for ending in ("_base", "_walls"):
        server.drop(f"{here}{ending}")


def _ask(facts: dict[str, Any], statement: str) -> tuple[Any, int]:
    """Return what the login of B001 finds, or the number of the error; and the warnings it was given."""
    import pymysql

    server: OceanBase = facts["server"]
    login = OceanBase(server.address.set(username=facts["login"], password="x"))
    with closing(login.connect(f"{facts['here']}_base")) as connection, connection.cursor() as cursor:
        try:
            cursor.execute(statement.format(**facts))
        except pymysql.MySQLError as error:
            return error.args[0], 0
        found = cursor.fetchall()
        cursor.execute("SHOW COUNT(*) WARNINGS")
        return found, cursor.fetchone()[0]


def test_a_login_reads_the_people_of_its_base_alone(facts: dict[str, Any]) -> None:
    mine = tuple((id_,) for id_ in facts["mine"])
    assert _ask(facts, "SELECT id FROM application ORDER BY id")[0] == mine
    assert _ask(facts, "SELECT application_id FROM person ORDER BY 1")[0] == mine
    # A warning a row tells its value: the condition is tried on rows of the base alone.
    found, warnings = _ask(facts, "SELECT * FROM application WHERE CAST(application_no AS SIGNED) = 5")
    assert (found, warnings) == ((), len(mine))
    ended = {attack: _ask(facts, attack)[0] for attack in ATTACKS}
    assert ended == ATTACKS


def test_what_was_returned_is_read_by_who_decided_on_it_alone(facts: dict[str, Any]) -> None:
    """Its first choice may be another base by now, which reads it when it is handed in."""
    server, here = facts["server"], facts["here"]
    decided, moved, *rest = facts["mine"]
    review = f"""INSERT INTO {here}.review
        (id, application_id, decision, reason, base_code, snapshot_version, decided_by, decided_at)
        SELECT {{}} + a.id, a.id, 'return', '缺材料', '{{}}', a.snapshot_version, '甲', '2026-06-05 02:00:00'
        FROM {here}.application a WHERE a.id = {{}}"""
    server.execute(
        f"UPDATE {here}.application SET status = 'returned' WHERE id IN ({decided}, {moved})",
        review.format(1000, "B001", decided),
        review.format(1000, "B002", moved),
    )
    seen = tuple((id_,) for id_ in sorted((decided, *rest)))
    assert _ask(facts, "SELECT id FROM application ORDER BY id")[0] == seen
    assert _ask(facts, "SELECT application_id FROM person ORDER BY 1")[0] == seen
    assert _ask(facts, "SELECT application_id, reason FROM review")[0] == ((decided, "缺材料"),)
