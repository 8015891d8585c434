"""What PostgreSQL and libpq say, as our errors; and what of it nobody may read."""

from typing import Final

#: What libpq says before a server has answered, when there is no SQLSTATE yet → catalogue code.
_WORDS: Final = (
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
_STATES: Final = {
    "42501": "E605",
    # The tables are the program's, or it would not have begun: what a view or a function lacks is of before.
    "42703": "E815",
    "42883": "E815",
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


def code_of(error: BaseException) -> str | None:
    """Return the catalogue code of an error of PostgreSQL's driver."""
    if type(error).__module__.partition(".")[0] != "psycopg":
        return None
    state, message = getattr(error, "sqlstate", None) or "", str(error)
    return (
        _STATES.get(state)
        or _STATES.get(state[:2])
        or next((code for words, code in _WORDS if words in message), None)
    )


def detail_of(code: str, message: str) -> str:
    """Return what libpq said, in Chinese where it is about a server that cannot be reached."""
    if code != "E507":
        return message
    return next((words for part, words in _UNREACHED if part in message), "连接没有成功")


def without_details(error: BaseException | None) -> str | None:
    """Take the details out of a driver's error and return what is left; None where it has none.

    "DETAIL: Key (id_number)=(…) already exists" tells of people whoever must not know them.
    """
    diagnosis = getattr(error, "diag", None)
    if error is None or diagnosis is None or not diagnosis.message_primary:
        return None
    error.args = (f"({diagnosis.sqlstate}) {diagnosis.message_primary}",)
    return str(error)
