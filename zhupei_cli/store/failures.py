"""What a database says in its own words, turned into errors people can mend."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import exc

from zhupei_cli.words.errors import ZhupeiError

#: Part of a driver's message → catalogue code. SQLite's primary result names come first; then what
#: libpq says before a server has answered, when there is no SQLSTATE yet.
_WORDS = (
    ("database is locked", "E601"),
    ("readonly database", "E602"),
    ("unable to open database", "E525"),
    ("file is not a database", "E505"),
    ("malformed", "E505"),
    ("Could not decode", "E505"),
    ("constraint failed", "E621"),
    ("database or disk is full", "E506"),
    ("disk I/O error", "E506"),
    ("password authentication failed", "E510"),
    ("no password supplied", "E510"),
    ("no pg_hba.conf entry", "E510"),
    ('" does not exist', "E511"),
    ("too many clients", "E512"),
    ("remaining connection slots", "E512"),
    ("connection failed", "E507"),
    ("failed to resolve host", "E507"),
    ("connection is bad", "E507"),
    ("connection timeout", "E507"),
    ("server closed the connection", "E513"),
    ("consuming input failed", "E513"),
    ("connection is lost", "E513"),
)

#: SQLSTATE, or its class, → catalogue code. Of what is not allowed (42501: privileges, row security, the
#: refusals of our own functions) nobody learns the table, the column or the policy.
_STATES = {
    "42501": "E605",
    "25006": "E602",
    "55P03": "E601",
    "40": "E620",
    "23": "E621",
    "53100": "E506",
    "53300": "E512",
    "57P01": "E513",
    "25P03": "E513",
    "57P02": "E513",
    "57P03": "E507",
    "08": "E513",
    "XX001": "E505",
    "XX002": "E505",
}


@contextmanager
def translated() -> Iterator[None]:
    """Raise ZhupeiError for what the administrator can mend; anything else goes on as it is."""
    try:
        yield
    except (exc.DBAPIError, sqlite3.Error) as error:
        known = known_failure(error.orig if isinstance(error, exc.DBAPIError) else error)
        if known is None:
            raise
        raise known from error


def known_failure(error: BaseException | None) -> ZhupeiError | None:
    """Return what a driver's error means, None for one that nobody can mend."""
    message = str(error)
    code = _of_state(getattr(error, "sqlstate", None) or "") or _of_words(message)
    if code is None:
        return None
    return ZhupeiError(code, database="文件", holder="", detail=_in_words(code, message))


#: What libpq says of a server that cannot be reached → the same for people; more than that helps nobody.
_UNREACHED: Final = (
    ("refused", "服务器拒绝连接，多半没有启动，或端口不对"),
    ("resolve host", "找不到这台主机"),
    ("translate host name", "找不到这台主机"),
    ("timeout", "连接超时"),
    ("timed out", "连接超时"),
    ("No such file", "本机没有运行数据库服务"),
    ("unreachable", "网络不通"),
    ("No route", "网络不通"),
)


def _in_words(code: str, message: str) -> str:
    """Return what a driver said, in Chinese where it is about a server that cannot be reached."""
    if code != "E507":
        # "… with text '张三'": of what is in the rows nothing is said.
        return message.partition(" with text ")[0]
    return next((words for part, words in _UNREACHED if part in message), "连接没有成功")


def _of_state(state: str) -> str | None:
    return _STATES.get(state) or _STATES.get(state[:2])


def _of_words(message: str) -> str | None:
    return next((code for words, code in _WORDS if words in message), None)
