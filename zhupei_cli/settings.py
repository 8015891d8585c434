"""What a command runs with: option, environment, ./zhupei.toml, user config, default, in this order."""

import re
from collections import ChainMap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from zhupei_cli.acting import Acting, Clock
from zhupei_cli.errors import ZhupeiError

#: What a configuration file may say, and of which type.
KEYS: Mapping[str, type] = {
    "database": str,
    "operator": str,
    "batch": str,
    "quiet": bool,
    "verbose": bool,
    "no_input": bool,
    "no_color": bool,
    "log_file": str,
    "fonts": str,
    "mail": dict,
}
#: What its table [mail] may say; the password comes from the environment only.
MAIL_KEYS: Mapping[str, type] = {
    "host": str,
    "port": int,
    "security": str,
    "user": str,
    "from": str,
    "to": list,
}
#: How a mail server is spoken to, and on which port unless another is named.
SECURITY: Mapping[str, int] = {"starttls": 587, "tls": 465, "none": 25}
_FILE = "zhupei.toml"


@dataclass(frozen=True, slots=True)
class Mail:
    """The mail server reports go through, and to whom."""

    host: str
    port: int
    security: str
    sender: str
    to: tuple[str, ...]
    user: str | None = None
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Settings:
    """The answers of all layers; `batch` is what is meant when a command names none."""

    database_url: str
    operator: str
    clock: Clock
    batch: str | None = None
    quiet: bool = False
    verbose: bool = False
    debug: bool = False
    no_input: bool = False
    no_color: bool = False
    log_file: Path | None = None
    fonts: Path | None = None
    mail: Mail | None = None

    def acting(self) -> Acting:
        """Return the operator and now, for services to write down."""
        return Acting(self.operator, self.clock())


def load(given: Mapping[str, Any], *, environ: Mapping[str, str], clock: Clock) -> Settings:
    """Look up every setting; `given` are the options, None or False where none was typed.

    Raises E001 for a missing --config file, E083 for one that cannot be understood.
    """
    typed = {key: value for key, value in given.items() if value}
    found = ChainMap(typed, _from_environment(environ), *map(_from_file, _files(given.get("config"))))
    log_file, fonts = found.get("log_file"), found.get("fonts")
    return Settings(
        database_url=found.get("database") or _default_database(),
        operator=found.get("operator") or _os_user(),
        clock=clock,
        batch=found.get("batch"),
        quiet=found.get("quiet", False),
        verbose=found.get("verbose", False),
        debug=found.get("debug", False),
        no_input=found.get("no_input", False),
        no_color=found.get("no_color", False),
        log_file=Path(log_file) if log_file else None,
        fonts=Path(fonts) if fonts else None,
        mail=_mail(found["mail"], environ.get("ZHUPEI_MAIL_PASSWORD")) if "mail" in found else None,
    )


@dataclass(frozen=True, slots=True)
class Origin:
    """A setting, its value and where it comes from; `kind` is option, environment, file or default."""

    key: str
    value: Any
    kind: str
    where: str = ""


def origins(given: Mapping[str, Any], *, environ: Mapping[str, str]) -> Iterator[Origin]:
    """Yield every setting with the layer that decides it; raises what `load` raises."""
    typed = {key: value for key, value in given.items() if value}
    layers: list[tuple[str, str, Mapping[str, Any]]] = [("option", "", typed)]
    layers.append(("environment", "", _from_environment(environ)))
    layers += [("file", str(path), _from_file(path)) for path in _files(given.get("config"))]
    defaults = {"database": _default_database(), "operator": _os_user(), "batch": None}
    layers.append(("default", "", {**dict.fromkeys(KEYS), **_SWITCHES, **defaults}))
    for key in KEYS:
        kind, where, layer = next(one for one in layers if key in one[2])
        where = {"option": f"--{key.replace('_', '-')}", "environment": _VARIABLES.get(key, "")}.get(
            kind, where
        )
        yield Origin(key, layer[key], kind, where)


_SWITCHES = dict.fromkeys(("quiet", "verbose", "no_input", "no_color"), False)


def candidates(named: str | None) -> list[Path]:
    """Return the files settings are looked for in, the nearest first; they need not be there."""
    if named:
        return [Path(named)]
    from platformdirs import user_config_path

    return [Path(_FILE), user_config_path("zhupei", appauthor=False) / _FILE]


def _mail(table: Mapping[str, Any], password: str | None) -> Mail:
    security = table.get("security", "starttls")
    return Mail(
        host=table["host"],
        port=table.get("port", SECURITY[security]),
        security=security,
        sender=table["from"],
        to=tuple(table["to"]),
        user=table.get("user"),
        password=password,
    )


_VARIABLES = {
    "database": "ZHUPEI_DATABASE_URL",
    "operator": "ZHUPEI_OPERATOR",
    "batch": "ZHUPEI_BATCH",
    "fonts": "ZHUPEI_FONTS",
    "no_input": "ZHUPEI_NO_INPUT",
    "no_color": "NO_COLOR",
}


_PREFIX = "ZHUPEI_"
_PASSWORDS = (f"{_PREFIX}MAIL_PASSWORD", f"{_PREFIX}NEW_PASSWORD")


def useless_variables(environ: Mapping[str, str]) -> list[str]:
    """Return the variables that look like ours but that nothing reads, such as ZHUPEI_DATABASE."""
    known = {*_VARIABLES.values(), *_PASSWORDS}
    return sorted(name for name in environ if name.startswith(_PREFIX) and name not in known)


def _from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    texts = ("database", "operator", "batch", "fonts")
    found: dict[str, Any] = {key: environ[_VARIABLES[key]] for key in texts if environ.get(_VARIABLES[key])}
    if environ.get("ZHUPEI_NO_INPUT"):
        found["no_input"] = environ["ZHUPEI_NO_INPUT"].lower() not in ("0", "false", "no", "off")
    if environ.get("NO_COLOR"):  # any value counts, https://no-color.org
        found["no_color"] = True
    return found


def _files(named: str | None) -> list[Path]:
    """Return the configuration files that count; one that is named stands for all others."""
    return [path for path in candidates(named) if named or path.is_file()]


def _from_file(path: Path) -> dict[str, Any]:
    from tomllib import TOMLDecodeError, loads

    try:
        found = loads(path.read_text("utf-8-sig"))  # Windows Notepad writes a BOM
    except FileNotFoundError as error:
        raise ZhupeiError("E001", file=path) from error
    except UnicodeDecodeError as error:
        raise ZhupeiError("E083", file=path, problem="不是 UTF-8 编码") from error
    except TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        place = f"第 {line[1]} 行" if line else "结尾处"
        raise ZhupeiError("E083", file=path, problem=f"{place}不是正确的 TOML") from error
    for key, value in found.items():
        _check(path, key, value)
    return found


def _check(path: Path, key: str, value: object) -> None:
    if key not in KEYS:
        raise ZhupeiError("E083", file=path, problem=f"没有 {key} 这一项，可用的有 {'、'.join(KEYS)}")
    if not isinstance(value, KEYS[key]):
        raise ZhupeiError("E083", file=path, problem=f"{key} 应为{_WANTED[KEYS[key]]}")
    if isinstance(value, dict):
        _check_mail(path, value)


_WANTED = {
    bool: "true 或 false",
    str: "加引号的文字",
    int: "数字",
    list: '["甲@example.com"] 这样的地址',
    dict: "[mail] 这样的一节",
}


def _check_mail(path: Path, table: Mapping[str, object]) -> None:
    missing = [key for key in ("host", "from", "to") if not table.get(key)]
    unknown = [key for key in table if key not in MAIL_KEYS]
    wrong = [key for key, value in table.items() if key in MAIL_KEYS and not _is(value, MAIL_KEYS[key])]
    if unknown:
        keys = "、".join(MAIL_KEYS)
        problem = f"[mail] 没有 {unknown[0]} 这一项，可用的有 {keys}；密码用环境变量 ZHUPEI_MAIL_PASSWORD"
    elif missing:
        problem = f"[mail] 缺少 {'、'.join(missing)}"
    elif wrong:
        problem = f"[mail] 的 {wrong[0]} 应为{_WANTED[MAIL_KEYS[wrong[0]]]}"
    elif table.get("security", "starttls") not in SECURITY:
        problem = f"[mail] 的 security 可用 {'、'.join(SECURITY)}"
    elif table.get("security") == "none" and table.get("user"):
        problem = "[mail] 的 security 为 none 时不能有 user：密码不能不加密就发出去"
    else:
        return
    raise ZhupeiError("E083", file=path, problem=problem)


def _is(value: object, wanted: type) -> bool:
    if wanted is list:
        return isinstance(value, list) and all(isinstance(one, str) for one in value)
    return isinstance(value, wanted) and not (wanted is int and isinstance(value, bool))


def _default_database() -> str:
    from platformdirs import user_data_path

    return f"sqlite:///{(user_data_path('zhupei', appauthor=False) / 'zhupei.sqlite').as_posix()}"


def _os_user() -> str:
    from getpass import getuser

    try:
        return getuser()
    except (KeyError, OSError, ImportError):  # a container may run as a number without a name
        return "未知"
