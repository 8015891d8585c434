"""`zhupei db roles` and `db user`: applied once or twice, compared, logins made and taken away."""

import json
import os
import re
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from tests.conftest import Ran, Run
from tests.people import write_book
from tests.postgresql.conftest import PASSWORD, World
from tests.postgresql.sessions import ask
from tests.server import Server
from zhupei_cli.model import Base
from zhupei_cli.rules.people import masking
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.store.engine import transaction

pytestmark = pytest.mark.long

ROLES = ("zhupei_owner", "zhupei_keeper", "zhupei_province", "zhupei_base", "zhupei_auditor")
NEW = {"ZHUPEI_NEW_PASSWORD": PASSWORD}
NEXT = "下一步：zhupei db user add 账号 --base 基地编号（给各基地建立登录账号）\n"


@pytest.fixture
def admin(world: World, zhupei: Run) -> Run:
    return lambda *args, **more: zhupei("--database", world.admin, *args, **more)


def test_applied_again_nothing_changes(admin: Run) -> None:
    assert admin("db", "roles", "apply") == Ran(0, "", "已设置角色和行级安全，改动 0 项\n")
    ran = admin("db", "roles", "show", "--json")
    assert (ran.code, ran.err) == (0, "")
    assert {row["state"] for row in json.loads(ran.out)} == {"ok"}


@pytest.mark.parametrize(
    ("mistake", "found"),
    [
        ("DROP POLICY base ON public.choice", [("policy", "public.choice base", "missing")]),
        ("ALTER TABLE trainee NO FORCE ROW LEVEL SECURITY", [("rowsecurity", "public.trainee", "extra")]),
        ("GRANT SELECT ON trainee TO zhupei_base", [("table", "public.trainee", "extra")]),
        ("GRANT UPDATE (who) ON event TO zhupei_province", [("column", "public.event.who", "extra")]),
        ("GRANT CREATE ON SCHEMA public TO PUBLIC", [("schema", "public", "extra")]),
        ("ALTER FUNCTION zhupei.my_base SECURITY INVOKER", [("body", "zhupei.my_base()", "missing")]),
        (
            "GRANT EXECUTE ON FUNCTION zhupei.take TO PUBLIC",
            [("function", "zhupei.take(text,integer)", "extra")],
        ),
        ("CREATE POLICY x ON trainee USING (true)", [("policy", "public.trainee x", "extra")]),
        ("ALTER TABLE trainee OWNER TO postgres", [("owner", "public.trainee", "extra")]),
        (
            "CREATE VIEW spare AS SELECT 1; GRANT SELECT ON spare TO zhupei_base",
            [("table", "public.spare", "extra")],
        ),
    ],
)
def test_a_difference_is_shown_and_mended(
    world: World, admin: Run, mistake: str, found: list[tuple[str, str, str]]
) -> None:
    assert ask(world.admin, mistake).sqlstate == ""
    ran = admin("db", "roles", "show", "--json")
    rows = [row for row in json.loads(ran.out) if row["state"] != "ok"]
    assert ran.code == 3
    assert set(found) <= {(row["kind"], row["name"], row["state"]) for row in rows}
    assert ran.err == f"有 {len(rows)} 项与应有的不同，用 zhupei db roles apply 恢复\n"
    assert admin("db", "roles", "apply", "-n").err == f"可以设置角色和行级安全，改动 {len(rows)} 项\n"
    assert admin("db", "roles", "apply").err == f"已设置角色和行级安全，改动 {len(rows)} 项\n{NEXT}"
    assert admin("db", "roles", "show").code == 0


def test_show_for_people(admin: Run) -> None:
    lines = admin("db", "roles", "show").out.splitlines()
    cells = {cell[0]: cell[1:] for cell in (re.split(r"\s{2,}", line) for line in lines)}
    every = "DELETE, INSERT, SELECT, UPDATE"
    assert cells["表"] == ["省级", "基地", "审计", "行级安全"]
    assert cells["event"] == ["INSERT, SELECT", "SELECT（视图）", "SELECT", "ENABLE FORCE"]
    assert cells["snapshot"] == [every, "SELECT（视图）", "SELECT（部分列）；SELECT（视图）", "ENABLE FORCE"]
    assert cells["specialty"] == [every, "SELECT", "SELECT", "ENABLE FORCE"]
    assert set(Base.metadata.tables) < set(cells)
    lines = admin("db", "roles", "show", "--all").out.splitlines()
    assert lines[0].split() == ["内容", "名称", "角色", "权限", "状态"]


def test_a_base_with_a_login_is_not_taken_back(admin: Run, home: Path) -> None:
    rows = [{"code": "4101555", "name": "新基地", "city": "郑州市"}]
    book = write_book(home / "新.xlsx", [(workbook_kinds.BASE, rows)])
    made = str(json.loads(admin("base", "import", book, "--json").out)["import_id"])
    assert admin("db", "user", "add", "wu", "--base", "4101555", env=NEW).code == 0
    undo = ("imports", "undo", made, "--reason", "不要了", "--yes")
    try:
        refused = admin(*undo)
        assert (refused.code, "新建登录账号" in refused.err) == (5, True), refused
        assert "可以撤销" not in admin("imports", "show", made).out
    finally:
        assert admin("db", "user", "remove", "wu", "--yes").code == 0
    assert admin(*undo).code == 0


def test_logins_come_and_go(world: World, admin: Run) -> None:
    listed = "sun"
    ran = admin(
        "db", "user", "add", "zhou", "--base", "郑州第二医院", "--password-stdin", stdin="Zhou-2026-x\n"
    )
    assert ran == Ran(0, "", "已新建登录账号 zhou（基地 郑州第二医院）\n")
    try:
        url = world.server.url(world.database, user="zhou", password="Zhou-2026-x")
        assert ask(url, "SELECT zhupei.my_base(), current_setting('search_path')").rows == str(
            [("4101002", "zhupei_base, public")]
        )
        rows = json.loads(admin("db", "user", "list", "--json").out)
        assert [(row["login"], row["kind"], row["base"], row["problem"]) for row in rows] == [
            ("li", "province", None, None),
            ("qian", "base", "4103001", None),
            (listed, "auditor", None, None),
            ("zhao", "base", "4101001", None),
            ("zhou", "base", "4101002", None),
        ]
        again = admin("db", "user", "add", "zhou", "--province", env={"ZHUPEI_NEW_PASSWORD": PASSWORD})
        assert (again.code, again.err.splitlines()[0]) == (
            5,
            "错误 [E608]：不能新建登录账号 zhou：已经有这个账号",
        )
    finally:
        ran = admin("db", "user", "remove", "zhou", "--yes")
    assert ran == Ran(0, "", "已删除登录账号 zhou\n")
    assert admin("db", "user", "remove", "zhou", "--yes").code == 4
    with transaction(world.admin, read_only=True) as session:
        events = session.execute(
            text("SELECT action, subject, before, after FROM event ORDER BY seq DESC")
        ).all()
    assert [tuple(row) for row in events[:2]] == [
        ("login.remove", "zhou", "base", None),
        ("login.add", "zhou", None, "base"),
    ]


def test_a_login_that_a_restored_database_lost_is_taken_up_again(world: World, admin: Run) -> None:
    add = ("db", "user", "add", "zhou", "--base")
    assert admin(*add, "郑州第二医院", env=NEW).code == 0
    lost = (
        (
            "DELETE FROM zhupei.login WHERE login = 'zhou'",
            f"ALTER ROLE zhou IN DATABASE {world.database} RESET ALL",
        ),
        ("DROP ROLE zhou",),
    )
    try:
        for statements in lost:
            for statement in statements:
                ask(world.admin, statement)
            for wrong in (("--province",), ("--base", "4101001")):
                refused = admin(*add[:-1], *wrong, env=NEW)
                assert (refused.code, "E608" in refused.err) == (5, True)
            assert admin(*add, "4101002", env=NEW).code == 0
            url = world.server.url(world.database, user="zhou", password=PASSWORD)
            told = ask(url, "SELECT zhupei.my_base(), current_setting('search_path')").rows
            assert told == str([("4101002", "zhupei_base, public")])
            assert admin(*add, "4101002", env=NEW).code == 5
    finally:
        assert admin("db", "user", "remove", "zhou", "--yes").code == 0
    assert admin(*add, "4101002", env=NEW).code == 5


def test_names_and_passwords_that_are_refused(admin: Run) -> None:
    env = {"ZHUPEI_NEW_PASSWORD": PASSWORD}
    for name in ("Zhou", "zhupei_x", "pg_x", 'a"; DROP ROLE zhao; --', "a b", "1a"):
        ran = admin("db", "user", "add", "--province", "--", name, env=env)
        assert (ran.code, ran.err[:9]) == (5, "错误 [E608]")
    assert admin("db", "user", "add", "zhou", "--province", env={"ZHUPEI_NEW_PASSWORD": "short"}).code != 0
    assert admin("db", "user", "add", "zhou", "--province", "--auditor", env=env).code == 2
    assert admin("db", "user", "add", "zhou", "--base", "没有的医院", env=env).code == 4
    assert "zhou" not in admin("db", "user", "list").out


def test_a_login_above_the_walls_is_told(world: World, admin: Run) -> None:
    ask(world.admin, "ALTER ROLE zhao BYPASSRLS")
    try:
        ran = admin("db", "user", "list", "--json")
        problems = {row["login"]: row["problem"] for row in json.loads(ran.out)}
    finally:
        ask(world.admin, "ALTER ROLE zhao NOBYPASSRLS")
    assert (ran.code, problems["zhao"]) == (3, "有超级用户、跳过行级安全或管理账号的权力")


def test_a_login_made_anew_under_an_old_name_has_no_base(world: World, admin: Run) -> None:
    """The walls ask for the role itself; the list said that all is well."""
    ask(world.admin, "UPDATE zhupei.login SET role = 1 WHERE login = 'zhao'")
    rows = {row["login"]: row for row in json.loads(admin("db", "user", "list", "--json").out)}
    assert (rows["zhao"]["base"], rows["zhao"]["problem"]) == (None, "在本库没有对应的基地")
    assert rows["qian"]["problem"] is None


def test_an_administrator_without_superuser_rights_keeps_the_walls(
    version: Server, zhupei: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if version.programs is not None:
        monkeypatch.setenv("PATH", f"{version.programs}{os.pathsep}{os.environ['PATH']}")
    database, dba = f"zhupei_{os.getpid()}_managed", f"dba_{os.getpid()}"
    version.execute(f"CREATE ROLE {dba} LOGIN CREATEROLE PASSWORD '{PASSWORD}'")
    # As if it had made the roles itself: they belong to the server, and another world may have been first.
    for role in ROLES:
        with suppress(ProgrammingError):
            version.execute(f"GRANT {role} TO {dba} WITH ADMIN TRUE, INHERIT FALSE, SET FALSE")
    version.execute(f"CREATE DATABASE {database} OWNER {dba} TEMPLATE template0 ENCODING 'UTF8'")
    url = version.url(database, user=dba, password=PASSWORD)
    try:
        assert zhupei("--database", url, "db", "init").code == 0
        assert zhupei("--database", url, "db", "roles", "apply").code == 0
        assert zhupei("--database", url, "db", "roles", "apply").err.endswith("改动 0 项\n")
        book = write_book(
            tmp_path / "基地.xlsx", [(workbook_kinds.BASE, [{"code": "1", "name": "甲", "city": "郑州市"}])]
        )
        assert zhupei("--database", url, "base", "import", book).code == 0
        made = zhupei("--database", url, "db", "user", "add", "wu", "--base", "甲", env=NEW)
        assert made == Ran(0, "", "已新建登录账号 wu（基地 甲）\n")
        listed = json.loads(zhupei("--database", url, "db", "user", "list", "--json").out)
        found = [(row["login"], row["base"], row["problem"]) for row in listed if row["login"] in ("wu", dba)]
        assert found == [("wu", "1", None)]
        # Nobody is above the walls there: what the policies let the owner see is all of it.
        backup = tmp_path / "备份"
        assert zhupei("--database", url, "db", "backup", backup).code == 0
        again = f"{database}_again"
        version.create(again)
        try:
            copy = version.url(again)
            assert zhupei("--database", copy, "db", "restore", backup).code == 0
            assert zhupei("--database", copy, "db", "check", "--deep").code == 0
            listed = [zhupei("--database", one, "base", "list", "--json").out for one in (url, copy)]
            assert listed[0] == listed[1] != "[]\n"
        finally:
            version.drop(again)
        as_base = version.url(database, user="wu", password=PASSWORD)
        assert zhupei("--database", as_base, "db", "backup", tmp_path / "基地").code == 5
        assert zhupei("--database", url, "db", "user", "remove", "wu", "--yes").code == 0
    finally:
        version.drop(database)
        version.execute(f"DROP OWNED BY {dba} CASCADE")
        version.execute(f"DROP ROLE {dba}")


@pytest.mark.parametrize("words", ["roles apply", "roles show", "user list", "user remove x --yes"])
def test_on_a_file_there_are_no_roles(
    zhupei: Run, tmp_path_factory: pytest.TempPathFactory, words: str
) -> None:
    url = f"sqlite:///{tmp_path_factory.mktemp('file') / 'a.sqlite'}"
    zhupei("-q", "--database", url, "db", "init")
    assert zhupei("--database", url, "db", *words.split()) == Ran(
        5,
        "",
        "错误 [E606]：角色、账号和行级安全只用于 PostgreSQL\n怎么办：用 --database 指向 PostgreSQL 数据库\n",
    )


def test_before_apply_there_are_no_logins(world: World, zhupei: Run) -> None:
    ask(world.admin, "DROP SCHEMA zhupei_base, zhupei_auditor, zhupei CASCADE")
    ran = zhupei("--database", world.admin, "db", "user", "list")
    assert ran == Ran(5, "", "错误 [E607]：数据库还没有设置角色\n怎么办：先运行 zhupei db roles apply\n")


def test_a_base_is_told_to_wait_between_an_upgrade_and_its_roles(world: World, zhupei: Run) -> None:
    ask(world.admin, "DROP VIEW zhupei_base.review")
    ask(world.admin, "CREATE VIEW zhupei_base.review AS SELECT id, application_id FROM public.review")
    ask(world.admin, "GRANT SELECT ON zhupei_base.review TO zhupei_base")
    ran = zhupei("--database", world.login("zhao"), "review", "log", "--batch", "HN2026")
    assert (ran.code, ran.err.splitlines()) == (
        6,
        [
            "错误 [E815]：数据库里各账号用的视图和函数还是以前版本的",
            "怎么办：请省级管理员运行 zhupei db roles apply",
        ],
    )


def test_the_masks_of_the_database_are_those_of_the_program(walls: World) -> None:
    masks = {
        "id_number": (masking.mask_id, ["410101199501011015", "C1234", "HA123456789012345", "12", ""]),
        "licence_no": (masking.mask_id, ["110410100001234", "X1"]),
        "mobile": (masking.mask_phone, ["13800000001", "+8613800000001", "12345", "1"]),
        "email": (masking.mask_email, ["zhang@example.com", "a@b@c", "none", "@x"]),
        "diploma_no": (masking.mask_paper, ["105123202105001234", "123", ""]),
    }
    with transaction(walls.admin, read_only=True) as session:
        for kind, (mask, values) in masks.items():
            for value in values:
                found = session.execute(
                    text("SELECT zhupei.masked(:k, :v)"), {"k": kind, "v": value}
                ).scalar()
                assert (kind, value, found) == (kind, value, mask(value))


def test_what_a_base_types_is_masked_as_the_program_masks_it(walls: World) -> None:
    typed = "见 410101199501011015、41010119950101101X 与 13800000001，编号 123456789012345678901"
    typed += "；410101 19950101 1015，410101-199501011015，41010119950101-101Ｘ"
    typed += "；４１０１０１１９９５０１０１１０１５"
    typed += "；138 0000 0001，138-00000001，1380000 0001"
    with transaction(walls.admin, read_only=True) as session:
        found = session.execute(text("SELECT zhupei.masked_text(:typed)"), {"typed": typed}).scalar()
    assert found == masking.masked_text(typed) != typed


def test_masked_tables_have_the_columns_of_the_model(walls: World) -> None:
    with transaction(walls.admin, read_only=True) as session:
        rows = session.execute(
            text(
                "SELECT c.relname, array_agg(attname::text ORDER BY attnum) FROM pg_attribute a"
                " JOIN pg_class c ON c.oid = a.attrelid"
                " WHERE c.relnamespace IN ('zhupei_base'::regnamespace, 'zhupei_auditor'::regnamespace)"
                " AND attnum > 0 AND NOT attisdropped GROUP BY c.oid, c.relname ORDER BY c.oid"
            )
        ).all()
    assert len(rows) == 21
    for name, columns in rows:
        wanted = [column.name for column in Base.metadata.tables[name].columns]
        # Counts of seats are the province's: taken ones, and those handed to supplement rounds.
        counted = ("taken_", "ceded")
        assert (name, set(columns)) == (name, {one for one in wanted if not one.startswith(counted)})
