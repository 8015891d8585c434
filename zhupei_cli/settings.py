"""What a command runs with: option, environment, the nearest zhupei.toml, user config, default."""

from collections import ChainMap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from zhupei_cli.acting import Acting, Clock
from zhupei_cli.config_file import KEYS, PATHS, SECURITY, addresses, at_home, read_file
from zhupei_cli.rules.people.plain_words import require_operator
from zhupei_cli.words.errors import ZhupeiError

_FILE = "zhupei.toml"


@dataclass(frozen=True, slots=True)
class Mail:
    """The mail server reports and notices go through, and to whom reports go; notices need no `to`."""

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
    compliance: Path | None = None
    mail: Mail | None = None

    def acting(self) -> Acting:
        """Return the operator and now, for services to write down; E660 or E661 for a name that is none."""
        require_operator(self.operator)
        return Acting(self.operator, self.clock())


def load(given: Mapping[str, Any], *, environ: Mapping[str, str], clock: Clock) -> Settings:
    """Look up every setting; `given` are the options, None or False where none was typed.

    Raises E001 for a missing --config file, E083 for one that cannot be understood, E080 for a blank option.
    """
    found = ChainMap(*(layer for _, _, layer in _layers(given, environ)))
    log_file, fonts, lines = (found.get(key) for key in ("log_file", "fonts", "compliance"))
    return Settings(
        database_url=found["database"] if "database" in found else _default_database(),
        operator=_readable(found.get("operator"), "经办人") or _os_user(),
        clock=clock,
        batch=_readable(found.get("batch"), "批次"),
        quiet=found.get("quiet", False),
        verbose=found.get("verbose", False),
        debug=found.get("debug", False),
        no_input=found.get("no_input", False),
        no_color=found.get("no_color", False),
        log_file=Path(log_file) if log_file else None,
        fonts=Path(fonts) if fonts else None,
        compliance=Path(lines) if lines else None,
        mail=_mail(found["mail"], environ.get("ZHUPEI_MAIL_PASSWORD")) if "mail" in found else None,
    )


#: What a layer of settings says: each has a kind of its own.
_Said = dict[str, Any]
#: Where a layer comes from, as an `Origin` says it, and what it says.
_Layer = tuple[str, str, _Said]


def _layers(given: Mapping[str, Any], environ: Mapping[str, str]) -> list[_Layer]:
    """Return what says something of the settings, the nearest first."""
    layers: list[_Layer] = [("option", "", _typed(given)), ("environment", "", _from_environment(environ))]
    layers += [("file", str(path), read_file(path)) for path in _files(given.get("config"))]
    return [(kind, where, _said(layer)) for kind, where, layer in layers]


def _said(layer: Mapping[str, object]) -> _Said:
    """Return what a layer says: what is blank in it says nothing, so that the next layer is asked.

    A blank address is one all the same: whoever opens it says so (E502), not who only wants to know what
    that means.
    """
    said: _Said = {key: value for key, value in layer.items() if key == "database" or not _is_blank(value)}
    return said | {key: at_home(said[key].strip()) for key in PATHS if key in said}


def _is_blank(value: object) -> bool:
    return isinstance(value, str) and not value.strip()


def _typed(given: Mapping[str, Any]) -> _Said:
    """Return the options that were typed; E080 for one that is blank, as `--config "$FILE"` without a FILE.

    Else all would be done as if nobody had typed it. A blank address is refused by whoever opens it (E502).
    """
    for key, value in given.items():
        if key != "database" and _is_blank(value):
            problem = f"选项 '--{key.replace('_', '-')}' 后面是空的。"
            raise ZhupeiError("E080", problem=problem, command="zhupei")
    return {key: value for key, value in given.items() if value not in (None, False)}


@dataclass(frozen=True, slots=True)
class Origin:
    """A setting, its value and where it comes from; `kind` is option, environment, file or default."""

    key: str
    value: Any
    kind: str
    where: str = ""


def origins(given: Mapping[str, Any], *, environ: Mapping[str, str]) -> Iterator[Origin]:
    """Yield every setting with the layer that decides it; raises what `load` raises."""
    layers = _layers(given, environ)
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
    """Return the files settings are looked for in, the nearest first; they need not be there.

    That of a folder above counts where the current one has none, as git finds its own.
    """
    if named:
        return [Path(at_home(named))]
    from platformdirs import user_config_path

    here = Path.cwd()
    above = (folder / _FILE for folder in here.parents if (folder / _FILE).is_file())
    nearest = Path(_FILE) if Path(_FILE).is_file() else next(above, Path(_FILE))
    return [nearest, user_config_path("zhupei", appauthor=False) / _FILE]


def _readable(word: str | None, what: str) -> str | None:
    """Return a word of the environment or of a file made clean, as one of the command line is.

    None for a blank one, which says nothing; E072 for other bytes.
    """
    word = (word or "").strip()
    if word.isascii():
        return word or None
    if any("\ud800" <= char <= "\udfff" for char in word):
        raise ZhupeiError("E072", what=what)
    from zhupei_cli.sheets.kinds.cells import text

    return text(word)


def _mail(table: Mapping[str, Any], password: str | None) -> Mail:
    security = table.get("security", "starttls")
    return Mail(
        host=table["host"],
        port=table.get("port", SECURITY[security]),
        security=security,
        sender=table["from"],
        to=addresses(table.get("to", ())),
        user=table.get("user"),
        password=password,
    )


_VARIABLES = {
    "database": "ZHUPEI_DATABASE_URL",
    "operator": "ZHUPEI_OPERATOR",
    "batch": "ZHUPEI_BATCH",
    "fonts": "ZHUPEI_FONTS",
    "compliance": "ZHUPEI_COMPLIANCE",
    "no_input": "ZHUPEI_NO_INPUT",
    "no_color": "NO_COLOR",
}


_PREFIX = "ZHUPEI_"
_PASSWORDS = (f"{_PREFIX}MAIL_PASSWORD", f"{_PREFIX}NEW_PASSWORD")


def useless_variables(environ: Mapping[str, str]) -> list[str]:
    """Return the variables that look like ours but that nothing reads, such as ZHUPEI_DATABASE."""
    known = {*_VARIABLES.values(), *_PASSWORDS}
    return sorted(name for name in environ if name.startswith(_PREFIX) and name not in known)


def _from_environment(environ: Mapping[str, str]) -> _Said:
    texts = ("database", "operator", "batch", "fonts", "compliance")
    found: dict[str, object] = {
        key: environ[_VARIABLES[key]] for key in texts if environ.get(_VARIABLES[key])
    }
    if environ.get(_VARIABLES["database"]) == "":
        found["database"] = ""  # a variable that was to be put in was not there
    if environ.get("ZHUPEI_NO_INPUT"):
        found["no_input"] = environ["ZHUPEI_NO_INPUT"].lower() not in ("0", "false", "no", "off")
    if environ.get("NO_COLOR"):  # any value counts, https://no-color.org
        found["no_color"] = True
    return found


def _files(named: str | None) -> list[Path]:
    """Return the configuration files that count; one that is named stands for all others."""
    return [path for path in candidates(named) if named or path.is_file()]


def _default_database() -> str:
    from platformdirs import user_data_path

    return f"sqlite:///{(user_data_path('zhupei', appauthor=False) / 'zhupei.sqlite').as_posix()}"


def _os_user() -> str:
    from getpass import getuser

    try:
        return getuser()
    except (KeyError, OSError, ImportError):  # a container may run as a number without a name
        return "未知"
