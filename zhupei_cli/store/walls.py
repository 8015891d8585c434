"""Who is logged in at a server database, and what the program lets them try.

The walls themselves are the database's (sql/postgresql); here the program only learns on which side it is.
"""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from zhupei_cli.words.errors import ZhupeiError


class LoginKind(StrEnum):
    """What a login is: `owner` stands for whoever no wall holds, on a file database everybody."""

    OWNER = "owner"
    PROVINCE = "province"
    BASE = "base"
    AUDITOR = "auditor"


@dataclass(frozen=True, slots=True)
class Login:
    """A login of the server: its name, None on a file; `base` is the code of the base it acts for.

    `row_security` says that the server looks at each row it reads and writes.
    """

    name: str | None
    kind: LoginKind
    base: str | None = None
    row_security: bool = False


_FILE = Login(None, LoginKind.OWNER)
_WHO = text("""
    SELECT session_user::text AS name, rolsuper AS everything,
           row_security_active('public.event') AS row_security,
           ARRAY(SELECT g.rolname::text FROM pg_roles g
                 WHERE g.rolname LIKE 'zhupei@_%' ESCAPE '@'
                   AND pg_has_role(session_user, g.oid, 'MEMBER')) AS roles
    FROM pg_roles WHERE rolname = session_user
""")


def login_of(session: Session) -> Login:
    """Return who is logged in; asked once a session."""
    if "login" not in session.info:
        session.info["login"] = _asked(session)
    login: Login = session.info["login"]
    return login


def _asked(session: Session) -> Login:
    if session.get_bind().dialect.name != "postgresql":
        return _FILE
    row = session.execute(_WHO).one()
    kind = _kind(row)
    base = session.execute(text("SELECT zhupei.my_base()")).scalar() if kind == LoginKind.BASE else None
    return Login(row.name, kind, base, row.row_security)


def _kind(row: Row[*tuple[object, ...]]) -> LoginKind:
    # The narrowest role counts: the database would let a login with two do what either may.
    if not row.everything and "zhupei_owner" not in row.roles:
        for kind in (LoginKind.BASE, LoginKind.AUDITOR, LoginKind.PROVINCE):
            if f"zhupei_{kind}" in row.roles:
                return kind
    return LoginKind.OWNER


def signature(session: Session, operator: str) -> str:
    """Return who does something: behind a wall the login, which cannot be forged, else the operator."""
    login = login_of(session)
    return operator if login.name is None or login.kind == LoginKind.OWNER else login.name


def require_admitted(session: Session, *, bases: bool) -> None:
    """Raise E605 for the login of a base, unless it has one and what is to be done is meant for `bases`."""
    login = login_of(session)
    if login.kind == LoginKind.BASE and (not bases or login.base is None):
        raise ZhupeiError("E605")
