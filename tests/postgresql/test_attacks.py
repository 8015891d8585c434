"""The login of a base attacks: nothing succeeds, nothing shows a value or that something exists (issue 6)."""

import re
from importlib.resources import files
from typing import Any

import psycopg
import pytest

from tests.postgresql.attacks import ATTACKS, PROBES, Attack, Probe
from tests.postgresql.conftest import World
from tests.postgresql.sessions import Seen, address, ask

_STATE = (files("zhupei_cli.sql") / "postgresql" / "state.sql").read_text("utf-8")
_TABLES = (
    "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname IN ('public', 'zhupei')"
)


def _seen(world: World, seen: Seen, typed: str) -> set[str]:
    """Return the secrets that came back; a message may repeat what was typed."""
    return {one for one in world.secrets if one in seen.rows or (one in seen.said and one not in typed)}


def _whole(world: World) -> list[Any]:
    """Return all there is, rows and rules."""
    with psycopg.connect(address(world.admin)) as connection:
        tables = sorted(row[0] for row in connection.execute(_TABLES))
        rows = [
            connection.execute(f"SELECT t::text FROM {table} t ORDER BY 1").fetchall() for table in tables
        ]
        return [*zip(tables, rows, strict=True), connection.execute(_STATE).fetchall()]


@pytest.fixture(scope="module")
def before(walls: World) -> list[Any]:
    return _whole(walls)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_an_attack_fails_and_shows_nothing(walls: World, before: list[Any], attack: Attack) -> None:
    sql = attack.sql.format(**walls.facts)
    seen = ask(walls.login("zhao"), sql)
    assert (seen.sqlstate, _seen(walls, seen, sql)) == (attack.ends, set())
    # What ended in an error was rolled back; the last test looks at everything again.
    assert attack.ends or _whole(walls) == before


def _without(seen: Seen, value: str) -> Seen:
    rows, said = (re.sub(rf"\b{value}\b", "…", part) for part in (seen.rows, seen.said))
    return Seen(rows, said, seen.sqlstate)


@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.name)
def test_a_probe_hears_the_same_of_what_exists_and_what_does_not(walls: World, probe: Probe) -> None:
    there, missing = (value.format(**walls.facts) for value in (probe.exists, probe.missing))
    answers = [
        _without(ask(walls.login("zhao"), probe.sql.format(**walls.facts, value=value)), value)
        for value in (there, missing)
    ]
    assert answers[0] == answers[1]


def test_after_all_of_them_everything_is_as_before(walls: World, before: list[Any]) -> None:
    assert _whole(walls) == before


def test_there_are_enough_of_them() -> None:
    names = [*(one.name for one in ATTACKS), *(one.name for one in PROBES)]
    assert len(names) == len(set(names)) >= 60


#: What somebody might add with the best of intentions, and a question of the base that then finds others.
LEAKS = {
    "a superuser's view": (
        "CREATE VIEW public.helpful AS SELECT * FROM public.snapshot;"
        "GRANT SELECT ON public.helpful TO zhupei_base",
        "SELECT * FROM public.helpful",
    ),
    "a materialized view": (
        "CREATE MATERIALIZED VIEW public.helpful AS SELECT * FROM public.snapshot;"
        "GRANT SELECT ON public.helpful TO zhupei_base",
        "SELECT * FROM public.helpful",
    ),
    "a superuser's function": (
        "CREATE FUNCTION public.helpful() RETURNS SETOF public.snapshot LANGUAGE sql SECURITY DEFINER"
        " AS 'SELECT * FROM public.snapshot'; GRANT EXECUTE ON FUNCTION public.helpful TO zhupei_base",
        "SELECT * FROM public.helpful()",
    ),
    "a policy on a setting": (
        "CREATE POLICY helpful ON public.snapshot FOR SELECT TO zhupei_base USING (application_id IN"
        " (SELECT application_id FROM zhupei.base_choice()) OR current_setting('app.base', true) <> '');"
        "GRANT SELECT ON public.snapshot TO zhupei_base",
        "SET app.base = '4103001'; SELECT * FROM public.snapshot",
    ),
    "no row security": (
        "ALTER TABLE public.snapshot DISABLE ROW LEVEL SECURITY;"
        "GRANT SELECT ON public.snapshot TO zhupei_base",
        "SELECT * FROM public.snapshot",
    ),
    "a function anybody may call": (
        "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA zhupei TO PUBLIC;"
        "ALTER FUNCTION zhupei.masked(text, text) RENAME TO spare; CREATE FUNCTION zhupei.masked(text, text)"
        " RETURNS text LANGUAGE sql AS 'SELECT $2'",
        "SELECT id_number FROM snapshot",
    ),
    "the province's rights": (
        "GRANT SELECT ON public.snapshot TO zhupei_base;"
        "ALTER POLICY province ON public.snapshot TO zhupei_province, zhupei_base",
        "SELECT * FROM public.snapshot",
    ),
}


@pytest.mark.parametrize("name", LEAKS)
def test_what_must_leak_leaks(world: World, name: str) -> None:
    mistake, question = LEAKS[name]
    assert ask(world.login("zhao"), question).sqlstate in ("", "42501", "42P01", "42883")
    assert _seen(world, ask(world.login("zhao"), question), question) == set()
    assert ask(world.admin, mistake).sqlstate == ""
    assert _seen(world, ask(world.login("zhao"), question), question)


def test_a_table_granted_by_mistake_shows_own_rows_only(world: World) -> None:
    ask(world.admin, "GRANT SELECT ON ALL TABLES IN SCHEMA public TO zhupei_base")
    for question, numbers in (
        (
            "SELECT application_no FROM public.application",
            ["HN2026-0000001", "HN2026-0000002", "PUB-9000000"],
        ),
        ("SELECT id FROM public.education", [1, 2]),
        ("SELECT name FROM public.trainee WHERE id < 6", ["王一", "王二"]),
        ("SELECT seq FROM public.event", []),
        ("SELECT application_id FROM public.run_row", []),
        ("SELECT username FROM public.account", []),
    ):
        assert ask(world.login("zhao"), f"{question} ORDER BY 1").rows == str([(one,) for one in numbers])
