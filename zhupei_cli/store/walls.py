"""Who is logged in at a server database, and what the program lets them try.

The walls themselves are the database's (sql/postgresql); here the program only learns on which side it is.
"""

from sqlalchemy.orm import Session

from zhupei_cli.store.engines.backend import Login, LoginKind
from zhupei_cli.store.engines.choosing import backend_at
from zhupei_cli.words.errors import ZhupeiError

__all__ = ["Login", "LoginKind", "login_of", "require_admitted", "signature"]


def login_of(session: Session) -> Login:
    """Return who is logged in; asked once a session."""
    if "login" not in session.info:
        session.info["login"] = backend_at(session).who(session)
    login: Login = session.info["login"]
    return login


def signature(session: Session, operator: str) -> str:
    """Return who does something: behind a wall the login, which cannot be forged, else the operator."""
    login = login_of(session)
    return operator if login.name is None or login.kind == LoginKind.OWNER else login.name


def require_admitted(session: Session, *, bases: bool) -> None:
    """Raise E605 for the login of a base, unless it has one and what is to be done is meant for `bases`."""
    login = login_of(session)
    if login.kind == LoginKind.BASE and (not bases or login.base is None):
        raise ZhupeiError("E605")
