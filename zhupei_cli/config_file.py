"""The file zhupei.toml: what it may say, and how it is read."""

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from zhupei_cli.rules.people.addresses import split_addresses
from zhupei_cli.words.errors import ZhupeiError

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
    "compliance": str,
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


def addresses(given: str | Iterable[str]) -> tuple[str, ...]:
    """Return the mail addresses of a text or a list; each may hold several, as mail programs take them."""
    return split_addresses([given] if isinstance(given, str) else given)


def read_file(path: Path) -> dict[str, object]:
    """Return what a configuration file says, its paths relative to the file itself.

    Raises E001 when there is none, E083 when it cannot be understood.
    """
    from tomllib import TOMLDecodeError, loads

    try:
        found = loads(path.read_text("utf-8-sig"))  # Windows Notepad writes a BOM
    except FileNotFoundError as error:
        raise ZhupeiError("E001", file=path) from error
    except UnicodeDecodeError as error:
        raise ZhupeiError("E083", file=path, problem="不是 UTF-8 编码") from error
    except TOMLDecodeError as error:
        raise ZhupeiError("E083", file=path, problem=_unreadable(path, str(error))) from error
    for key, value in found.items():
        _check(path, key, value)
    return {key: _beside(path, key, value) for key, value in found.items()}


#: `name = word` where a text must stand between quotes.
_BARE = re.compile(r"\s*([A-Za-z_]+)\s*=\s*([^\s\"'\[{#].*?)\s*(?:#.*)?")


def _unreadable(path: Path, error: str) -> str:
    line = re.search(r"line (\d+)", error)
    if line is None:
        return "结尾处不是正确的 TOML"
    text = path.read_text("utf-8-sig").splitlines()[int(line[1]) - 1 :][:1]
    bare = _BARE.fullmatch(text[0]) if text else None
    # What is in the file may be secret: the name alone is said, not its value.
    cure = f'；文字要加引号：{bare[1]} = "…"' if bare else ""
    return f"第 {line[1]} 行不是正确的 TOML{cure}"


def at_home(name: str) -> str:
    """Return a path, or the address of a file of SQLite, with a leading `~` made the home it stands for.

    A shell does so where a word begins with it: not behind `=` or `:///`, and nothing does in a crontab.
    """
    scheme, slashes, place = name.rpartition(":///")
    if (place == "~" or place.startswith("~/")) and (not slashes or scheme.startswith("sqlite")):
        with suppress(RuntimeError):  # some run as nobody, with no home at all
            return f"{scheme}{slashes}{Path(place).expanduser().as_posix()}"
    return name


#: What names a file.
PATHS = ("log_file", "fonts", "compliance", "database")


def _beside(path: Path, key: str, value: Any) -> Any:
    """Return a value of a file, a path in it relative to the file and not to where somebody stands."""
    folder = path.parent
    if key in PATHS:
        value = at_home(value)
    if folder == Path() or (isinstance(value, str) and not value.strip()):
        return value
    if key in PATHS and key != "database":
        return str(folder / Path(value).expanduser())
    scheme, sep, place = value.partition(":///") if key == "database" else ("", "", "")
    if sep and scheme.startswith("sqlite") and place and not Path(place).is_absolute():
        return f"{scheme}:///{(folder / place).as_posix()}"
    return value


def _check(path: Path, key: str, value: object) -> None:
    if key not in KEYS:
        raise ZhupeiError("E083", file=path, problem=f"没有 {key} 这一项，可用的有 {'、'.join(KEYS)}")
    if not isinstance(value, KEYS[key]):
        raise ZhupeiError("E083", file=path, problem=f"{key} 应为{_WANTED[KEYS[key]]}")
    if isinstance(value, dict):
        _check_mail(path, value)


_WANTED = {
    bool: " true 或 false",
    str: "加引号的文字",
    int: "数字",
    list: ' "甲@example.com" 这样的地址，多个用分号隔开',
    dict: " [mail] 这样的一节",
}


def _check_mail(path: Path, table: Mapping[str, object]) -> None:
    missing = [key for key in ("host", "from") if not table.get(key)]
    if "to" in table and _is(table["to"], list) and not addresses(table["to"]):  # type: ignore[arg-type]
        missing.append("to")  # nothing but a semicolon
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
        return isinstance(value, str) or (
            isinstance(value, list) and all(isinstance(one, str) for one in value)
        )
    return isinstance(value, wanted) and not (wanted is int and isinstance(value, bool))
