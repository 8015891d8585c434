"""Who is logged in at a server database, and what the program lets them try.

The walls themselves are the database's (sql/postgresql); here the program only learns on which side it is.
"""

from sqlalchemy.orm import Session

from zhupei_cli.store.engines.backend import Login, LoginKind
from zhupei_cli.store.engines.choosing import backend_at
from zhupei_cli.words.errors import ZhupeiError

__all__ = ["Login", "LoginKind", "is_veiled", "login_of", "require_admitted", "require_whole", "signature"]


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


def is_veiled(session: Session) -> bool:
    """Return whether whoever is logged in sees rows masked, or some of them only: an auditor, a base."""
    return login_of(session).kind in (LoginKind.AUDITOR, LoginKind.BASE)


def require_whole(session: Session) -> None:
    """Raise E605 for a login that does not see every row whole: what it checks or copies would be untrue."""
    if is_veiled(session):
        raise ZhupeiError("E605")
