"""Who a login is, how long it may keep others waiting, and what it cannot leave behind for the province."""

import json
import socket
from contextlib import closing

import psycopg
import pytest

from tests.conftest import Run
from tests.people import id_number
from tests.postgresql.conftest import BASE, PASSWORD, World
from tests.postgresql.sessions import address, ask
from zhupei_cli.rules.people.masking import mask_id
from zhupei_cli.store.engine import connected
from zhupei_cli.store.engines import patience

COUNTS = {
    "rows": 1,
    "inserted": 0,
    "updated": 1,
    "unchanged": 0,
    "rejected": 0,
    "warned": 0,
    "blank": 0,
    "replaced": 0,
}
FILE = {"name": "a.xlsx", "sha256": "0" * 64, "rows": 1}
CRAFTED = (
    ("{}", COUNTS),
    ('"a"', COUNTS),
    ("[1]", COUNTS),
    ("[]", COUNTS),
    ("null", COUNTS),
    (json.dumps([{"name": "a"}]), COUNTS),
    (json.dumps([FILE | {"sha256": "x"}]), COUNTS),
    (json.dumps([FILE | {"rows": "1"}]), COUNTS),
    (json.dumps([FILE | {"name": None}]), COUNTS),
    (json.dumps([FILE | {"name": "\x1b[2J"}]), COUNTS),
    (json.dumps([FILE | {"more": 1}]), COUNTS),
    (json.dumps([FILE]), COUNTS | {"updated": 1.5}),
    (json.dumps([FILE]), COUNTS | {"updated": "x"}),
    (json.dumps([FILE]), {"updated": 1}),
)


def _begin(world: World, files: str, counts: object) -> str:
    sql = f"SELECT zhupei.begin_import({world.facts['batch']}, $a${files}$a$, $a${json.dumps(counts)}$a$)"
    return ask(world.login("zhao"), sql).sqlstate


def test_a_base_leaves_no_import_that_nobody_can_read(world: World, zhupei: Run) -> None:
    assert {_begin(world, files, counts) for files, counts in CRAFTED} == {"42501"}
    assert _begin(world, json.dumps([FILE]), COUNTS) == ""
    # What one of them left before it was looked at.
    ask(world.admin, "UPDATE import_run SET files = '{\"a\": [1]}' WHERE id = 1")
    for login in (world.admin, world.login("li")):
        ran = zhupei("--database", login, "imports", "list", "--json")
        assert (ran.code, len(json.loads(ran.out))) == (0, 4), ran.err


def test_a_base_and_an_auditor_see_the_year_of_birth(world: World) -> None:
    ask(
        world.admin,
        "UPDATE trainee SET birth_date = '1996-07-08'; UPDATE snapshot SET birth_date = '1996-07-08',"
        " content = replace(content, '1995-01-01', '1996-07-08')",
    )
    for login in ("zhao", "sun"):
        for table in ("trainee", "snapshot"):
            seen = ask(world.login(login), f"SELECT * FROM {table}")
            assert (seen.sqlstate, "1996" in seen.rows) == ("", True)
            assert "07-08" not in seen.rows
            assert "7, 8" not in seen.rows
    for table in ("trainee", "snapshot"):
        assert ask(world.login("sun"), f"SELECT birth_date FROM public.{table}").sqlstate == "42501"


def test_a_name_is_one_login_for_good(world: World, zhupei: Run) -> None:
    env = {"ZHUPEI_NEW_PASSWORD": PASSWORD}
    admin = ("--database", world.admin, "db", "user")
    assert zhupei(*admin, "add", "wu", "--base", BASE, env=env).code == 0
    url = world.server.url(world.database, user="wu", password=PASSWORD)
    assert zhupei("--database", url, "review", "export", "--batch", "HN2026", "-o", "x").code == 0
    assert len(ask(url, "SELECT * FROM event").rows) > 10
    assert zhupei(*admin, "remove", "wu", "--yes").code == 0
    again = zhupei(*admin, "add", "wu", "--base", BASE, env=env)
    assert again.code == 5
    assert "这个账号名用过" in again.err
    # Nor does it help to make the role by hand.
    ask(world.admin, f"CREATE ROLE wu LOGIN PASSWORD '{PASSWORD}' IN ROLE zhupei_base")
    try:
        assert ask(url, "SELECT * FROM zhupei_base.event").rows == "[]"
        ask(world.admin, f"INSERT INTO zhupei.login VALUES ('wu', '{BASE}', 1)")
        assert ask(url, "SELECT * FROM zhupei_base.event").rows == "[]"
        assert ask(url, "SELECT zhupei.my_base()").rows == "[(None,)]"
    finally:
        ask(world.admin, "DROP ROLE wu")


def test_who_keeps_others_waiting_is_named_and_let_go(
    walls: World, zhupei: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "BUSY_TIMEOUT", 200)
    for lock in ("pg_advisory_lock(1)", "pg_advisory_xact_lock(1)", "pg_try_advisory_lock_shared(1, 2)"):
        for login in ("zhao", "li", "sun"):
            assert ask(walls.login(login), f"SELECT {lock}").sqlstate == "42501"
    assert ask(walls.login("sun"), "SELECT zhupei.take_turn()").sqlstate == "42501"
    notes = f"SELECT zhupei.note('review.export', {walls.facts['batch']}, '{{\"rows\":1}}')"
    edit = ("--database", walls.login("li"), "batch", "edit", "HN2026", "--name", "新名")
    with psycopg.connect(address(walls.login("zhao"))) as holding:
        for writes in (notes, f"SELECT zhupei.reveal(ARRAY[{walls.facts['own']}])"):  # the turn, the counters
            holding.execute(writes)
            assert "[E601]：数据库正忙，等了 30 秒仍被别的程序占用：登录账号 zhao\n" in zhupei(*edit).err
            holding.rollback()
        holding.execute("SELECT zhupei.take_turn()")
        limit = holding.execute("SHOW idle_in_transaction_session_timeout").fetchone()
        assert limit == ("1min",)
        for login in (walls.admin, walls.login("li")):
            ran = zhupei("--database", login, "batch", "edit", "HN2026", "--name", "新名")
            assert ran.code == 6
            assert "[E601]" in ran.err
            told = "：登录账号 zhao（127.0.0.1" if login == walls.admin else "：登录账号 zhao\n"
            assert told in ran.err
            assert ("现在闲置" in ran.err) == (login == walls.admin)
        holding.rollback()


def test_an_auditor_reads_no_number_in_what_was_typed(world: World) -> None:
    number = id_number(9)
    reason, masked = f"与 {number} 重名，见 13800000009", f"与 {mask_id(number)} 重名，见 138****0009"
    decided = f"SELECT zhupei.decide({{batch}}, ARRAY['{{own_no}}'], ARRAY['return'], ARRAY['{reason}'])"
    assert ask(world.login("zhao"), decided.format(**world.facts)).sqlstate == ""
    ask(world.admin, f"UPDATE admission SET reason = '{reason}'; UPDATE snapshot SET reason = '{reason}'")
    for table in ("review", "admission", "snapshot"):
        seen = ask(world.login("sun"), f"SELECT reason FROM {table}")
        assert (seen.sqlstate, masked in seen.rows, number in seen.rows) == ("", True, False), table
        assert ask(world.login("sun"), f"SELECT reason FROM public.{table}").sqlstate == "42501"


def test_what_a_login_had_written_that_nobody_can_read_stops_nobody(world: World, zhupei: Run) -> None:
    """A base could have the server write JSON that Python does not take, before that was refused."""
    for data in (f'{{"rows":{"1" * 6000}}}', f'{{"rows":{"[" * 3000}{"]" * 3000}}}', "[1]"):
        values = f"{world.facts['batch']}, 'x', NULL, NULL, NULL, '{data}'"
        written = f"SELECT zhupei.append_event(zhupei.take('event', 1)::int, 'review.export', {values})"
        assert ask(world.admin, written).sqlstate == ""
    ran = zhupei("--database", world.admin, "audit", "log", "--json")
    assert (ran.code, ran.out.count("review.export")) == (0, 3)
    ran = zhupei("--database", world.admin, "db", "check", "--deep", "--json")
    assert "E533" not in ran.out
    (told,) = (one["message"] for one in json.loads(ran.out)["findings"] if one["code"] == "E715")
    assert told.count("第 ") == 3
    assert "postgres" in told


def test_a_network_that_swallows_everything_is_given_up(walls: World) -> None:
    with connected(walls.admin) as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        with closing(socket.fromfd(driver.pgconn.socket, socket.AF_INET, socket.SOCK_STREAM)) as line:
            assert line.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
            assert line.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 60_000
            assert line.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == 20
