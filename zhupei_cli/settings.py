"""What a command runs with: option, environment, ./zhupei.toml, user config, default, in this order."""

import re
from collections import ChainMap
from collections.abc import Mapping
from dataclasses import dataclass
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
}
_FILE = "zhupei.toml"


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
    )


def _from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    names = {
        "database": "ZHUPEI_DATABASE_URL",
        "operator": "ZHUPEI_OPERATOR",
        "batch": "ZHUPEI_BATCH",
        "fonts": "ZHUPEI_FONTS",
    }
    found: dict[str, Any] = {key: environ[name] for key, name in names.items() if environ.get(name)}
    if environ.get("ZHUPEI_NO_INPUT"):
        found["no_input"] = environ["ZHUPEI_NO_INPUT"].lower() not in ("0", "false", "no", "off")
    if environ.get("NO_COLOR"):  # any value counts, https://no-color.org
        found["no_color"] = True
    return found


def _files(named: str | None) -> list[Path]:
    """Return the configuration files that count; one that is named stands for all others."""
    if named:
        return [Path(named)]
    from platformdirs import user_config_path

    candidates = (Path(_FILE), user_config_path("zhupei", appauthor=False) / _FILE)
    return [path for path in candidates if path.is_file()]


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
        wanted = "true 或 false" if KEYS[key] is bool else "加引号的文字"
        raise ZhupeiError("E083", file=path, problem=f"{key} 应为{wanted}")


def _default_database() -> str:
    from platformdirs import user_data_path

    return f"sqlite:///{(user_data_path('zhupei', appauthor=False) / 'zhupei.sqlite').as_posix()}"


def _os_user() -> str:
    from getpass import getuser

    try:
        return getuser()
    except (KeyError, OSError, ImportError):  # a container may run as a number without a name
        return "未知"
