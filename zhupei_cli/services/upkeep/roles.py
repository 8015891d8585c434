"""Roles and row security of PostgreSQL: applied from sql/postgresql, compared with what the server has."""

from collections.abc import Iterable
from importlib.resources import files
from typing import TypedDict

from sqlalchemy import text
from sqlalchemy.orm import Session

from zhupei_cli.store.engine import parse_url
from zhupei_cli.store.engines.choosing import backend_at, backend_of
from zhupei_cli.store.walls import LoginKind, login_of
from zhupei_cli.words.errors import ZhupeiError

#: The roles people are members of.
_PEOPLE = ("province", "base", "auditor")

_Row = tuple[str, str, str, str]
_KEYS = ("kind", "name", "role", "holds")

_FOLDER = files("zhupei_cli.sql") / "postgresql"
_KINDS = {
    "role": "角色",
    "database": "数据库",
    "schema": "架构",
    "table": "表或视图",
    "column": "列",
    "function": "函数",
    "owner": "所有者",
    "rowsecurity": "行级安全",
    "policy": "策略",
    "view": "视图定义",
    "body": "函数定义",
}


class StateRow(TypedDict):
    """One thing the scripts say, or that stands there without them: `state` is ok, missing or extra."""

    kind: str
    name: str
    role: str
    holds: str
    kind_label: str
    state: str
    state_label: str


def apply_roles(session: Session) -> list[StateRow]:
    """Make roles, grants, policies, views and functions what the scripts say; return what that changed.

    Everything happens in the caller's transaction, and again changes nothing. Raises E606 on other databases,
    E605 for a login that does not own them.
    """
    return [row for row in compare_roles(session) if row["state"] != "ok"]


def compare_roles(session: Session) -> list[StateRow]:
    """Apply the scripts and return every row of the state: `ok`, `missing` before, or `extra` before.

    Rolled back, this is a look at the state: the scripts are the one list there is of what it must be. Tables
    are locked while it lasts.
    """
    require_postgresql(session)
    if login_of(session).kind != LoginKind.OWNER:
        raise ZhupeiError("E605")
    session.execute(text("SET LOCAL lock_timeout = '10s'"))
    before = _state(session)
    for script in sorted(path.name for path in _FOLDER.iterdir() if path.name[:2].isdigit()):
        _run(session, (_FOLDER / script).read_text("utf-8"))
    after = _state(session)
    marks = dict.fromkeys(after - before, "missing") | dict.fromkeys(before - after, "extra")
    return [_as_dict(row, marks.get(row, "ok")) for row in sorted(before | after)]


def by_table(rows: Iterable[StateRow]) -> list[dict[str, str]]:
    """Return for each table what the province, a base and an auditor hold of it, and its row security.

    部分列 says that only some columns are granted, 视图 that they read it through a view of the same name.
    """
    held: dict[tuple[str, str], list[str]] = {}
    tables: dict[str, str] = {}
    for row in rows:
        schema, _, name = row["name"].partition(".")
        if row["kind"] == "rowsecurity" and schema == "public":
            tables[name] = row["holds"]
        elif row["kind"] == "table":
            through = "" if schema == "public" else "（视图）"
            held.setdefault((name, row["role"]), []).append(f"{row['holds']}{through}")
        elif row["kind"] == "column" and f"{row['holds']}（部分列）" not in held.setdefault(
            (name.partition(".")[0], row["role"]), []
        ):
            held[name.partition(".")[0], row["role"]].append(f"{row['holds']}（部分列）")
    return [
        {
            "table": name,
            **{who: "；".join(held.get((name, f"zhupei_{who}"), ())) for who in _PEOPLE},
            "row_security": security,
        }
        for name, security in tables.items()
    ]


def require_server(url: str) -> None:
    """Raise E606 for a file: asked before it is opened, it may be locked or not be there."""
    if not backend_of(parse_url(url)).WALLS:
        raise ZhupeiError("E606")


def require_postgresql(session: Session) -> None:
    """Raise E606 on a database without logins and roles."""
    if not backend_at(session).WALLS:
        raise ZhupeiError("E606")


def _run(session: Session, script: str) -> None:
    # Through the driver: SQLAlchemy would prepare the script, and a prepared statement is only one.
    driver = session.connection().connection.driver_connection
    assert driver is not None
    with driver.cursor() as cursor:
        cursor.execute(script)


def _state(session: Session) -> set[_Row]:
    script = (_FOLDER / "state.sql").read_text("utf-8")
    return {tuple(row) for row in session.connection().exec_driver_sql(script)}


def _as_dict(row: _Row, state: str) -> StateRow:
    labels = {"ok": "符合", "missing": "缺少", "extra": "多余"}
    return {
        "kind": row[0],
        "name": row[1],
        "role": row[2],
        "holds": row[3],
        "kind_label": _KINDS[row[0]],
        "state": state,
        "state_label": labels[state],
    }
