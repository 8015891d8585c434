"""Logins of PostgreSQL: one a person, of the province, of one base, or of an auditor."""

import json
import re
from typing import TypedDict

from sqlalchemy import Row, and_, or_, select, text
from sqlalchemy.orm import Session

from zhupei_cli.acting import Acting
from zhupei_cli.model import Event
from zhupei_cli.services.records.events import Change, record
from zhupei_cli.services.records.lookup import base_names, find_base, nearest
from zhupei_cli.services.upkeep.roles import require_postgresql
from zhupei_cli.store.walls import LoginKind, login_of
from zhupei_cli.words.errors import ZhupeiError

LOGIN_LABELS = {LoginKind.PROVINCE: "省级", LoginKind.BASE: "基地", LoginKind.AUDITOR: "审计"}
#: Names that need no quotes anywhere, and are none of the roles' own.
_NAME = re.compile(r"(?!pg_|zhupei_)[a-z_][a-z0-9_]{0,62}")

_LOGINS = text("""
    SELECT l.rolname::text AS login, substr(g.rolname, 8) AS kind, m.base_code, l.rolcanlogin,
           l.rolsuper OR l.rolbypassrls OR l.rolcreaterole AS above,
           count(*) OVER (PARTITION BY l.oid) > 1 AS several,
           -- What it sees is said for each database: a restored one has lost it.
           g.rolname = 'zhupei_province' OR EXISTS (
               SELECT 1 FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase
               WHERE s.setrole = l.oid AND d.datname = current_database()) AS here
    FROM pg_auth_members a
    JOIN pg_roles g ON g.oid = a.roleid AND g.rolname IN ('zhupei_province', 'zhupei_base', 'zhupei_auditor')
    JOIN pg_roles l ON l.oid = a.member AND (a.inherit_option OR a.set_option)  -- not who only made the role
    LEFT JOIN zhupei.login m ON m.login = l.rolname AND m.role = l.oid  -- not of another role of that name
    GROUP BY l.oid, l.rolname, g.rolname, m.base_code, l.rolcanlogin, above
    ORDER BY 1, 2
""")


class LoginMade(TypedDict):
    """A login that was made or taken away."""

    login: str
    kind: str
    base: str | None
    base_label: str | None


class LoginRow(LoginMade):
    """A login as a list has it, and what is wrong with it."""

    kind_label: str
    problem: str | None


def list_logins(session: Session) -> list[LoginRow]:
    """Return every login with its kind, its base and what is wrong with it.

    Raises E606 on other databases, E607 before `db roles apply`, E605 for whoever may not look.
    """
    _require_keeping(session)
    labels = base_names(session).labels
    return [
        {
            "login": row.login,
            "kind": row.kind,
            "kind_label": LOGIN_LABELS[LoginKind(row.kind)],
            "base": row.base_code,
            "base_label": row.base_code and labels[row.base_code],
            "problem": _problem(row),
        }
        for row in session.execute(_LOGINS)
    ]


def _problem(row: Row[*tuple[object, ...]]) -> str | None:
    """Return why the walls do not hold this login, or hold it from everything."""
    if row.above:
        return "有超级用户、跳过行级安全或管理账号的权力"
    if row.several:
        return "同时属于几个角色"
    if row.kind == LoginKind.BASE and row.base_code is None:
        return "在本库没有对应的基地"
    if not row.here:
        return "在本库没有建立，用 zhupei db user add 按原来的类别再建一次"
    return None if row.rolcanlogin else "已停用登录"


def add_login(
    session: Session, name: str, kind: LoginKind, *, base: str | None, password: str, by: Acting
) -> LoginMade:
    """Make a login with its role and, for `LoginKind.BASE`, its base (code or name).

    The password leaves this computer only as its SCRAM digest. A login that a restored database lost, with
    its role on this server or without, is taken up again under its name.
    Raises E608 (a name that is none, or taken), E302 (no such base).
    """
    _require_keeping(session)
    code = None if base is None else find_base(session, base)
    there = _require_free(session, name, kind, code)
    _create(session, name, kind, _digest(session, name, password), there=there)
    if code is not None:
        session.execute(text("DELETE FROM zhupei.login WHERE login = :login"), {"login": name})
        values = {"login": name, "base": code}
        statement = (
            "INSERT INTO zhupei.login (login, base_code, role)"
            " SELECT rolname, :base, oid FROM pg_roles WHERE rolname = :login"
        )
        session.execute(text(statement), values)
    record(session, by, [Change("login.add", name, after=kind.value, data={"base": code})])
    label = None if code is None else base_names(session).labels[code]
    return {"login": name, "kind": kind.value, "base": code, "base_label": label}


def remove_login(session: Session, name: str, *, by: Acting) -> LoginMade:
    """Take a login away; what it did stays under its name. Raises E315 when it is none of ours."""
    known = {row["login"]: row for row in list_logins(session)}
    if name not in known:
        raise ZhupeiError("E315", login=name, nearest=nearest(name, known))
    for table in ("revealed", "login"):
        session.execute(text(f"DELETE FROM zhupei.{table} WHERE login = :login"), {"login": name})
    session.execute(text(f'DROP ROLE "{name}"'))
    row = known[name]
    record(session, by, [Change("login.remove", name, before=row["kind"], data={"base": row["base"]})])
    return {"login": name, "kind": row["kind"], "base": row["base"], "base_label": row["base_label"]}


def _require_keeping(session: Session) -> None:
    require_postgresql(session)
    if login_of(session).kind != LoginKind.OWNER:
        raise ZhupeiError("E605")
    if session.execute(text("SELECT to_regclass('zhupei.login')")).scalar() is None:
        raise ZhupeiError("E607")


def _require_free(session: Session, name: str, kind: LoginKind, base: str | None) -> bool:
    """Raise E608 for a name nobody may be given; return whether its role is there, not known here."""
    if not _NAME.fullmatch(name):
        raise ZhupeiError(
            "E608", login=name, problem="只能用小写字母、数字和下划线，不能以 pg_ 或 zhupei_ 开头"
        )
    same = _is_the_same(session, name, kind, base)
    if session.execute(text("SELECT 1 FROM pg_roles WHERE rolname = :name"), {"name": name}).scalar():
        kinds = [(row.kind, row.base_code, row.here) for row in session.execute(_LOGINS) if row.login == name]
        if not same or kinds != [(kind.value, None, False)]:
            raise ZhupeiError("E608", login=name, problem="已经有这个账号")
        return True
    # What somebody did stays under their name: the next one with it would be shown it, and blamed for it.
    done = or_(Event.who == name, and_(Event.action == "login.add", Event.subject == name))
    if not same and session.execute(select(Event.seq).where(done).limit(1)).scalar():
        raise ZhupeiError("E608", login=name, problem="这个账号名用过，它的操作记录还在")
    return False


def _is_the_same(session: Session, name: str, kind: LoginKind, base: str | None) -> bool:
    """Return whether a name was last given to a login of this kind and base, and not taken away since."""
    told = select(Event.action, Event.after, Event.data).where(
        Event.subject == name, Event.action.in_(("login.add", "login.remove"))
    )
    last = session.execute(told.order_by(Event.seq.desc()).limit(1)).first()
    if last is None or last.action != "login.add" or last.after != kind.value:
        return False
    return bool(json.loads(last.data or "{}").get("base") == base)


def _digest(session: Session, name: str, password: str) -> str:
    driver = session.connection().connection.driver_connection
    assert driver is not None
    digest: bytes = driver.pgconn.encrypt_password(password.encode(), name.encode(), b"scram-sha-256")
    return digest.decode("ascii")


def _create(session: Session, name: str, kind: LoginKind, digest: str, *, there: bool) -> None:
    """Make the role, or what is `there` a login of this database. No part of these statements can be a
    parameter; none can hold a quotation mark.
    """
    verb = "ALTER" if there else "CREATE"
    session.execute(text(f"{verb} ROLE \"{name}\" LOGIN PASSWORD '{digest}'".replace(":", r"\:")))
    # SET FALSE: a login acts under its own name only.
    session.execute(text(f'GRANT zhupei_{kind} TO "{name}" WITH INHERIT TRUE, SET FALSE, ADMIN FALSE'))
    # A session that takes part in nothing must not keep others waiting.
    session.execute(text(f"ALTER ROLE \"{name}\" SET idle_in_transaction_session_timeout = '10min'"))
    if kind != LoginKind.PROVINCE:
        database = session.execute(text("SELECT quote_ident(current_database())")).scalar_one()
        session.execute(
            text(f'ALTER ROLE "{name}" IN DATABASE {database} SET search_path = zhupei_{kind}, public')
        )
